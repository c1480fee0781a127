//! The care plan: what the two could do now, in the minutes there are.
//!
//! It is asked for on one phone, for this once, and stored nowhere. Each phone plans for itself, from what it knows; only
//! steps that a person picks go anywhere, and they go without what led to them.
//!
//! ```text
//!   Occasion   minutes · situation · how each is · at hand ─┐
//!   Person     mine: private and shared                     ├─▶ candidates ─▶ best ─▶ Plan ─▶ Plans
//!   Person     partner's: what they share                  ─┘     may it?    which   order    others, swaps, talk
//! ```
//!
//! # What may be suggested
//!
//! A step is an activity and a [`Way`]: together, one for the other, in turns, or each alone. It may be suggested if neither
//! has a boundary on their side of it, always or under any condition that holds. The conditions that hold are those of the
//! situation; [short on time](super::Condition::ShortTime) up to ten minutes; and for each person those that follow from how
//! they say they are, such as [tired](super::Condition::Tired). A "not now" whose end has passed is a boundary still: no
//! clock is asked here.
//!
//! **Silence is not a yes.** Of whoever has said nothing about their side, a step may be suggested only if it is one of a few
//! that cost a moment, touch nobody and keep nobody: water, a kind word, a blanket. Where neither has said anything about it,
//! nobody is taken to want to give: what is left is done together, such as a glass of water or a few slow breaths, and beside
//! it what is good for something that whoever gets it asked for this once, such as a kind word. Where the same person has a
//! boundary on another side of that activity, silence is not even that. To do something together takes that there is no
//! boundary on any side of it.
//!
//! # Which is best
//!
//! Each step is worth a small whole number to each of the two. Of all plans that fit, the best is the one that is worth most
//! to whoever it is worth less to; then the one that is worth more to both; then the shorter one. The numbers are seen
//! nowhere outside: nobody is compared. Ties are broken by [`Occasion::rotation`], so that what is not in a plan means
//! little.
//!
//! # Why a step is there
//!
//! A [`Reason`] rests on what both know: what is shared, what was said for this once, the situation. What a person keeps to
//! themself decides which steps remain, and is never the reason of one: a plan looks the same whether something has a private
//! boundary or simply is not at hand.
//!
//! ```
//! use nightstand::care::plan::{Known, Occasion, Person, Reason, Want, Way, plan};
//! use nightstand::care::{Side, Stance};
//!
//! let loves = |known| {
//!     let activity = "holding-hands".to_owned();
//!     let want = Want { activity, side: Side::Together, condition: None, stance: Stance::Love, known };
//!     Person { wants: vec![want], ..Person::default() }
//! };
//! let occasion = Occasion { minutes: 10, ..Occasion::default() };
//! let plans = plan(&occasion, &loves(Known::ToBoth), &loves(Known::ToBoth));
//! let hands = plans.plan.steps.iter().find(|step| step.step.activity == "holding-hands");
//! let hands = hands.expect("both love it");
//! assert_eq!(hands.step.way, Way::Together);
//! assert!(hands.reasons.contains(&Reason::BothLove));
//! assert!(plans.plan.steps.iter().map(|step| step.step.minutes).sum::<u16>() <= 10);
//!
//! // The same love, kept private, may still bring the step, and is not named.
//! let plans = plan(&occasion, &loves(Known::ToOwner), &loves(Known::ToBoth));
//! let hands = plans.plan.steps.iter().find(|step| step.step.activity == "holding-hands");
//! assert!(!hands.expect("both love it").reasons.contains(&Reason::BothLove));
//! ```

mod best;
mod candidates;
mod composed;
mod mark;
mod occasion;
mod person;
mod reason;
mod step;
mod table;
mod worth;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

pub(crate) use mark::may_offer;
pub use mark::{StepMark, marks};
pub use occasion::{Company, MOST_MINUTES, MOST_OWN, MOST_SAID, Occasion, OccasionActivity, PersonState, SaidAloud};
pub use person::{Known, Person, Want};
pub use reason::Reason;
pub use step::{Plan, PlannedStep, Plans, Step, TalkFirst, Way};

use candidates::Candidates;
use composed::Scene;

/// Most plans beside the first.
const MOST_OTHERS: usize = 3;

/// Most steps for each alone, where the two have nothing in common at this moment.
const MOST_ALONE: usize = 3;

/// Makes the plan for an occasion, and others beside it. Equal inputs give equal plans.
///
/// `me` is whoever holds the phone, with what they keep to themself; `partner` is what this phone knows of the other. Alone,
/// the partner is not looked at. What is out of range counts as the nearest that is in it.
pub fn plan(occasion: &Occasion, me: &Person, partner: &Person) -> Plans {
    let scene = Scene::of(occasion, me, partner);
    let (candidates, talk) = match occasion.company {
        Company::Alone => (scene.alone(candidates::Whom::Me), None),
        Company::Two => {
            let candidates = scene.for_two();
            let talk = (!candidates.rest_on_a_yes()).then(|| talk(&scene));
            (candidates, talk)
        }
    };
    let most = scene.most_steps();
    let first = scene.compose(&candidates, &best::pick(&candidates, &scene.limits(most)));
    let others = others(&scene, &candidates, &first);
    Plans { plan: first, others, talk, rituals: Vec::new() }
}

fn talk(scene: &Scene<'_>) -> TalkFirst {
    let kindest = |whom| {
        let candidates = scene.alone(whom);
        let picked = best::pick(&candidates, &scene.limits(MOST_ALONE));
        scene.compose(&candidates, &picked).steps.into_iter().map(PlannedStep::for_each_alone).collect()
    };
    TalkFirst {
        reason: Reason::Talk,
        mine: kindest(candidates::Whom::Me),
        partners: kindest(candidates::Whom::Partner),
    }
}

/// First plans that share no activity with an earlier one; where those run out, the best that leave out one step of the
/// first.
fn others(scene: &Scene<'_>, candidates: &Candidates<'_>, first: &Plan) -> Vec<Plan> {
    let mut others: Vec<Plan> = Vec::new();
    let is_new = |others: &[Plan], plan: &Plan| {
        !plan.steps.is_empty() && others.iter().chain([first]).all(|other| !other.has_the_steps_of(plan))
    };
    let limits = scene.limits(scene.most_steps());
    let mut left = candidates.without(first);
    while others.len() < MOST_OTHERS {
        let next = scene.compose(&left, &best::pick(&left, &limits));
        if !is_new(&others, &next) {
            break;
        }
        left = left.without(&next);
        others.push(next);
    }
    for step in &first.steps {
        if others.len() == MOST_OTHERS {
            break;
        }
        let left = candidates.without_activity(&step.step.activity);
        let next = scene.compose(&left, &best::pick(&left, &limits));
        if is_new(&others, &next) {
            others.push(next);
        }
    }
    others
}
