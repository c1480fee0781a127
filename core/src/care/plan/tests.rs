//! The rules of a plan hold whatever two people say; and some evenings.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::reference::{self, Named, Who};
use super::*;
use crate::care::catalogue::{self, Family, Need};
use crate::care::{Condition, Question, Side, Stance};

/// What the small worlds are made of: some of each family, some gentle ones, one own.
const POOL: [&str; 14] = [
    "holding-hands",
    "kissing",
    "quick-kisses",
    "debrief",
    "reassurance",
    "quiet-presence",
    "water",
    "small-treat",
    "breathing-together",
    "bath",
    "blanket",
    "nap-together",
    "message-later-today",
    "our-dance",
];

/// How many of them there are at once, so that every plan can be looked at.
const AT_ONCE: usize = 5;

/// A small world as numbers, so that a failure can be read.
#[derive(Clone, Debug)]
struct Drawn {
    here: Vec<&'static str>,
    minutes: u16,
    company: Company,
    situation: Vec<Condition>,
    lately: Vec<(&'static str, u16)>,
    rotation: u32,
    me: DrawnPerson,
    partner: DrawnPerson,
}

#[derive(Clone, Debug)]
struct DrawnPerson {
    wants: Vec<(&'static str, Side, Option<Condition>, Stance, Known)>,
    said: Vec<(&'static str, Side, Stance)>,
    avoids: Vec<&'static str>,
    talks: Vec<&'static str>,
    feelings: Vec<&'static str>,
    energy: Option<u8>,
    needs: Vec<Need>,
}

struct World {
    occasion: Occasion,
    me: Person,
    partner: Person,
}

impl World {
    fn of(drawn: &Drawn) -> Self {
        let not_at_hand = catalogue::activities().iter().map(|it| it.id).filter(|id| !drawn.here.contains(id));
        let dance = OccasionActivity {
            id: "our-dance".into(),
            family: Family::Shared,
            needs: vec![Need::Play, Need::Touch],
            minutes: (3, 12),
            works_apart: false,
        };
        let occasion = Occasion {
            minutes: drawn.minutes,
            situation: drawn.situation.iter().copied().collect(),
            company: drawn.company,
            me: drawn.me.state(),
            partner: drawn.partner.state(),
            lately: drawn.lately.iter().map(|(id, days)| ((*id).to_owned(), *days)).collect(),
            not_at_hand: not_at_hand.map(str::to_owned).collect(),
            own: drawn.here.contains(&"our-dance").then_some(dance).into_iter().collect(),
            rotation: drawn.rotation,
        };
        let mut partner = drawn.partner.person();
        // Of the partner a phone knows nothing but what they share.
        partner.wants.iter_mut().for_each(|want| want.known = Known::ToBoth);
        Self { occasion, me: drawn.me.person(), partner }
    }

    fn plan(&self) -> Plans {
        plan(&self.occasion, &self.me, &self.partner)
    }

    fn who(&self) -> [Who<'_>; 2] {
        [(&self.me, &self.occasion.me), (&self.partner, &self.occasion.partner)]
    }

    /// The same, in which I keep a boundary on every side of an activity to myself.
    fn with_private_never(&self, activity: &str) -> Self {
        let mut me = self.me.clone();
        for side in Side::ALL {
            me.wants.push(want(activity, *side, None, Stance::Never, Known::ToOwner));
        }
        Self { occasion: self.occasion.clone(), me, partner: self.partner.clone() }
    }

    /// The same without an activity at hand.
    fn without(&self, activities: impl IntoIterator<Item = String>) -> Self {
        let mut occasion = self.occasion.clone();
        occasion.not_at_hand.extend(activities);
        Self { occasion, me: self.me.clone(), partner: self.partner.clone() }
    }
}

impl DrawnPerson {
    fn person(&self) -> Person {
        let wants =
            self.wants.iter().map(|(id, side, condition, stance, known)| want(id, *side, *condition, *stance, *known));
        let texts = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
        let choices = [(Question::Avoid, texts(&self.avoids)), (Question::WhenToTalk, texts(&self.talks))];
        Person { wants: wants.collect(), choices: choices.into() }
    }

    fn state(&self) -> PersonState {
        PersonState {
            feelings: self.feelings.iter().map(|it| (*it).to_owned()).collect(),
            energy: self.energy,
            needs: self.needs.iter().copied().collect(),
            said: self.said.iter().map(|(id, side, stance)| aloud(id, *side, *stance)).collect(),
        }
    }
}

fn want(activity: &str, side: Side, condition: Option<Condition>, stance: Stance, known: Known) -> Want {
    Want { activity: activity.to_owned(), side, condition, stance, known }
}

fn aloud(activity: &str, side: Side, stance: Stance) -> SaidAloud {
    SaidAloud { activity: activity.to_owned(), side, stance }
}

fn stance() -> impl Strategy<Value = Stance> {
    prop_oneof![
        1 => Just(Stance::Never),
        1 => Just(Stance::NotNow { until_ms: None }),
        1 => Just(Stance::NotNow { until_ms: Some(1) }),
        2 => Just(Stance::Open),
        4 => Just(Stance::Like),
        4 => Just(Stance::Love),
    ]
}

/// Conditions that can be drawn: the reference knows these.
const CONDITIONS: [Condition; 5] =
    [Condition::Intense, Condition::Tired, Condition::Vulnerable, Condition::ShortTime, Condition::Apart];

fn person(here: Vec<&'static str>) -> impl Strategy<Value = DrawnPerson> {
    let condition = prop_oneof![3 => Just(None), 1 => select(&CONDITIONS[..]).prop_map(Some)];
    let side = select(Side::ALL);
    let known = prop_oneof![2 => Just(Known::ToBoth), 1 => Just(Known::ToOwner)];
    let want = (select(here.clone()), side.clone(), condition, stance(), known);
    let needs = vec![Need::Touch, Need::Words, Need::Reassurance, Need::Quiet, Need::Body, Need::Rest, Need::Play];
    (
        prop::collection::vec(want, 0..22),
        prop::collection::vec((select(here), side, stance()), 0..3),
        subsequence(vec!["analysis", "falling-asleep-at-once", "jokes"], 0..2),
        subsequence(vec!["now", "tomorrow"], 0..2),
        subsequence(vec!["sleepy", "tearful", "disappointed", "playful", "my own word"], 0..3),
        prop::option::of(0_u8..=10),
        subsequence(needs, 0..4),
    )
        .prop_map(|(wants, said, avoids, talks, feelings, energy, needs)| DrawnPerson {
            wants,
            said,
            avoids,
            talks,
            feelings,
            energy,
            needs,
        })
}

fn world() -> impl Strategy<Value = Drawn> {
    let here = subsequence(POOL.to_vec(), 1..=AT_ONCE);
    here.prop_flat_map(|here| {
        let minutes = prop_oneof![1_u16..=6, 5_u16..=20, 15_u16..=60, Just(MOST_MINUTES)];
        let company = prop_oneof![4 => Just(Company::Two), 1 => Just(Company::Alone)];
        let situation = subsequence(CONDITIONS.to_vec(), 0..3);
        let lately = prop::collection::vec((select(here.clone()), 0_u16..30), 0..3);
        let people = (person(here.clone()), person(here.clone()));
        (Just(here), minutes, company, situation, lately, any::<u32>(), people).prop_map(
            |(here, minutes, company, situation, lately, rotation, (me, partner))| Drawn {
                here,
                minutes,
                company,
                situation,
                lately,
                rotation,
                me,
                partner,
            },
        )
    })
}

fn named(steps: &[PlannedStep]) -> BTreeSet<Named> {
    steps.iter().map(|it| (it.step.activity.clone(), it.step.way)).collect()
}

fn ids(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|it| it.step.activity.clone()).collect()
}

/// Every step that is suggested to the two anywhere.
fn everything(plans: &Plans) -> Vec<&Step> {
    let plans = plans.others.iter().chain([&plans.plan]);
    plans.flat_map(|plan| &plan.steps).flat_map(|it| it.swaps.iter().chain([&it.step])).collect()
}

/// Why each step is there that is suggested anywhere; what each could do alone apart from the rest.
fn why(plans: &Plans) -> BTreeMap<(u8, Named), Vec<Reason>> {
    let planned = plans.others.iter().chain([&plans.plan]).flat_map(|plan| &plan.steps).map(|it| (0, it));
    let alone = plans
        .talk
        .iter()
        .flat_map(|talk| talk.mine.iter().map(|it| (1, it)).chain(talk.partners.iter().map(|it| (2, it))));
    let all = planned.chain(alone);
    all.map(|(of, it)| ((of, (it.step.activity.clone(), it.step.way)), it.reasons.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Fair first: it is worth most to whoever it is worth less to, then most to both; and it is the reference's to the step.
    #[test]
    fn the_plan_is_the_best_of_all(drawn in world()) {
        let world = World::of(&drawn);
        let [me, partner] = world.who();
        let plans = world.plan();
        prop_assert_eq!(named(&plans.plan.steps), reference::best(&world.occasion, me, partner));
        if let Some(next) = plans.others.first() {
            let left = world.without(ids(&plans.plan)).plan().plan;
            prop_assert!(left.steps.is_empty() || *next == left, "the second is not the best of what is left");
        }
    }

    #[test]
    fn nobodys_boundary_is_suggested(drawn in world()) {
        let world = World::of(&drawn);
        let [me, partner] = world.who();
        let two = world.occasion.company == Company::Two;
        let plans = world.plan();
        for step in everything(&plans) {
            let (id, way) = (step.activity.as_str(), step.way);
            prop_assert!(!reference::has_boundary(&world.occasion, me, id, way), "mine: {id} {way:?}");
            prop_assert!(!reference::is_silent_beside_a_boundary(&world.occasion, me, id, way), "mine: {id} {way:?}");
            let theirs = way.seen_by_partner();
            prop_assert!(!two || !reference::has_boundary(&world.occasion, partner, id, theirs), "theirs: {id} {way:?}");
            let unasked = two && !reference::asks_nobody_to_give(&world.occasion, me, partner, id, way);
            prop_assert!(!unasked, "neither spoke of it, and one is to give: {id} {way:?}");
            prop_assert!(!world.occasion.not_at_hand.contains(id));
        }
        for (steps, who) in plans.talk.iter().flat_map(|talk| [(&talk.mine, me), (&talk.partners, partner)]) {
            for it in steps {
                prop_assert_eq!(it.step.way, Way::Alone);
                prop_assert!(!reference::has_boundary(&world.occasion, who, &it.step.activity, Way::Alone));
            }
        }
    }

    #[test]
    fn a_plan_fits_its_minutes(drawn in world()) {
        let world = World::of(&drawn);
        let plans = world.plan();
        for plan in plans.others.iter().chain([&plans.plan]) {
            prop_assert!(plan.minutes() <= world.occasion.minutes && plan.steps.len() <= 5);
            prop_assert_eq!(ids(plan).into_iter().collect::<BTreeSet<_>>().len(), plan.steps.len());
            for it in &plan.steps {
                let built_in = catalogue::activity(&it.step.activity).map(|it| it.minutes);
                let (least, most) = built_in.unwrap_or((3, 12));
                let times = if it.step.way == Way::InTurns { 2 } else { 1 };
                prop_assert!((least * times..=most * times).contains(&it.step.minutes));
                prop_assert!(!it.reasons.is_empty());
                for swap in &it.swaps {
                    prop_assert!(swap.minutes <= it.step.minutes && !ids(plan).contains(&swap.activity));
                }
            }
        }
        prop_assert!(plans.others.len() <= 3);
        let all: BTreeSet<_> = plans.others.iter().chain([&plans.plan]).map(|plan| named(&plan.steps)).collect();
        prop_assert_eq!(all.len(), plans.others.len() + 1, "one plan is there twice");
    }

    #[test]
    fn equal_inputs_give_equal_plans(drawn in world()) {
        let world = World::of(&drawn);
        let mut again = World::of(&drawn);
        again.me.wants.reverse();
        again.me.wants.extend(world.me.wants.clone());
        prop_assert!(world.plan() == again.plan(), "the order in which things were said counts");
    }

    /// Whether I keep a boundary to myself or the thing is not there: no plan tells.
    #[test]
    fn a_private_boundary_looks_like_what_is_not_there(drawn in world(), which in any::<prop::sample::Index>()) {
        let world = World::of(&drawn);
        let activity = *which.get(&drawn.here);
        let private = world.with_private_never(activity).plan();
        let absent = world.without([activity.to_owned()]).plan();
        prop_assert!(private.plan == absent.plan && private.others == absent.others);
        prop_assert_eq!(private.talk.is_some(), absent.talk.is_some());
        if let (Some(private), Some(absent)) = (private.talk, absent.talk) {
            prop_assert!(private.mine == absent.mine);
        }
    }

    /// Whatever I keep to myself: of a step that is there either way, the reasons are the same.
    #[test]
    fn reasons_never_rest_on_what_is_private(drawn in world(), kept in person(POOL.to_vec())) {
        let world = World::of(&drawn);
        let mut other = World::of(&drawn);
        other.me.wants.retain(|want| want.known == Known::ToBoth);
        other.me.wants.extend(kept.person().wants.into_iter().map(|want| Want { known: Known::ToOwner, ..want }));
        let (one, other) = (why(&world.plan()), why(&other.plan()));
        for (step, reasons) in &one {
            prop_assert!(other.get(step).is_none_or(|others| others == reasons), "{step:?}");
        }
    }

    #[test]
    fn without_an_overlap_they_are_asked_to_talk(drawn in world()) {
        let world = World::of(&drawn);
        let [me, partner] = world.who();
        let plans = world.plan();
        let both_said_yes = reference::rests_on_a_yes(&world.occasion, me, partner);
        match &plans.talk {
            Some(talk) => {
                prop_assert!(!both_said_yes);
                prop_assert_eq!(talk.reason, Reason::Talk);
                let each = talk.mine.iter().chain(&talk.partners);
                prop_assert!(each.clone().all(|it| it.reasons[0] == Reason::ForEachAlone));
                prop_assert!(talk.mine.len() <= 3 && talk.partners.len() <= 3);
            }
            None => prop_assert!(both_said_yes || world.occasion.company == Company::Alone),
        }
    }

    #[test]
    fn marks_are_where_boundaries_are(drawn in world(), other in world()) {
        let world = World::of(&drawn);
        let picked: Vec<_> = everything(&World::of(&other).plan()).into_iter().cloned().collect();
        let marks = marks(&world.occasion, &world.me, &world.partner, &picked);
        let [me, _] = world.who();
        let met = |step: &Step| reference::has_boundary(&world.occasion, me, &step.activity, step.way);
        let expected: Vec<_> = (0..picked.len()).filter(|at| met(&picked[*at])).map(|at| at as u32).collect();
        prop_assert_eq!(marks.iter().map(|mark| mark.step).collect::<Vec<_>>(), expected);
        for mark in marks {
            let Some(swap) = mark.swap else { continue };
            prop_assert!(!met(&swap) && swap.minutes <= picked[mark.step as usize].minutes);
        }
    }

    /// Of what a program hands in by mistake nothing breaks.
    #[test]
    fn whatever_is_handed_in_there_is_an_answer(
        drawn in world(), minutes in any::<u16>(), energy in any::<u8>(), own in any::<(u16, u16)>()
    ) {
        let mut world = World::of(&drawn);
        world.occasion.minutes = minutes;
        world.occasion.me.energy = Some(energy);
        world.occasion.own.push(OccasionActivity {
            id: String::new(),
            family: Family::Touch,
            needs: vec![Need::Touch; 40],
            minutes: own,
            works_apart: true,
        });
        let plans = world.plan();
        prop_assert!(plans.plan.minutes() <= minutes.clamp(1, MOST_MINUTES));
    }
}

/// Both love some things and like one more, and have shared it.
fn both(loved: &[(&str, Side)], liked: &[(&str, Side)]) -> (Person, Person) {
    let person = |mirror: bool| {
        let wants = loved.iter().map(|it| (it, Stance::Love)).chain(liked.iter().map(|it| (it, Stance::Like)));
        let wants = wants.map(|((activity, side), stance)| {
            let side = match (mirror, side) {
                (true, Side::Give) => Side::Receive,
                (true, Side::Receive) => Side::Give,
                (_, side) => *side,
            };
            want(activity, side, None, stance, Known::ToBoth)
        });
        Person { wants: wants.collect(), ..Person::default() }
    };
    (person(false), person(true))
}

fn of(plans: &Plans, activity: &str) -> Option<PlannedStep> {
    plans.plan.steps.iter().find(|it| it.step.activity == activity).cloned()
}

#[test]
fn one_minute_is_enough() {
    let one = Occasion { minutes: 1, ..Occasion::default() };
    let nothing_said = plan(&one, &Person::default(), &Person::default());
    assert_eq!(nothing_said.plan.minutes(), 1);
    assert!(nothing_said.talk.is_some() && nothing_said.others.len() == 2);
    let (me, partner) = both(&[], &[("quick-kisses", Side::Together)]);
    let plans = plan(&one, &me, &partner);
    assert_eq!(ids(&plans.plan), ["quick-kisses"]);
    assert_eq!(plans.plan.steps[0].reasons, [Reason::BothLike, Reason::FitsTime]);
    assert!(plans.talk.is_none());
    // What both love takes longer. They need not talk about that.
    let (me, partner) = both(&[("bath", Side::Together)], &[]);
    let plans = plan(&one, &me, &partner);
    assert_eq!((plans.plan.minutes(), plans.talk.is_none()), (1, true));
}

#[test]
fn an_hour_begins_as_they_like_and_ends_with_sleep() {
    let (mut me, mut partner) = both(
        &[("phones-away", Side::Together), ("silent-cuddling", Side::Together), ("nap-together", Side::Together)],
        &[("back-rub", Side::Receive), ("gratitude", Side::Give)],
    );
    for person in [&mut me, &mut partner] {
        person.choices.push((Question::FirstConnection, BTreeSet::from(["words".into()])));
    }
    let plans = plan(&Occasion { minutes: 60, ..Occasion::default() }, &me, &partner);
    assert_eq!(ids(&plans.plan), ["phones-away", "gratitude", "back-rub", "silent-cuddling", "nap-together"]);
    assert_eq!(plans.plan.minutes(), 60);
    assert_eq!(of(&plans, "back-rub").unwrap().step.way, Way::ForMe);
    assert_eq!(of(&plans, "gratitude").unwrap().step.way, Way::ForPartner);
}

/// I love to be massaged and am only open to doing it, and so are they: both get one.
#[test]
fn in_turns_is_fairer_than_one_for_the_other() {
    let wants = |known| {
        let of = |side, stance| want("light-massage", side, None, stance, known);
        Person { wants: vec![of(Side::Receive, Stance::Love), of(Side::Give, Stance::Open)], ..Person::default() }
    };
    let only = catalogue::activities().iter().map(|it| it.id.to_owned()).filter(|id| id != "light-massage");
    let mut occasion = Occasion { minutes: 20, not_at_hand: only.collect(), ..Occasion::default() };
    let massage =
        |occasion: &Occasion| of(&plan(occasion, &wants(Known::ToBoth), &wants(Known::ToBoth)), "light-massage");
    let step = massage(&occasion).unwrap();
    assert_eq!((step.step.way, step.step.minutes, step.reasons), (Way::InTurns, 20, vec![Reason::BothLove]));
    // In nine minutes there is time for one.
    occasion.minutes = 9;
    assert!(matches!(massage(&occasion).unwrap().step.way, Way::ForMe | Way::ForPartner));
}

#[test]
fn what_somebody_asks_for_comes_first() {
    let (me, partner) = both(&[], &[("back-rub", Side::Receive), ("lying-side-by-side", Side::Together)]);
    let only = ["back-rub", "lying-side-by-side"];
    let others = catalogue::activities().iter().map(|it| it.id.to_owned()).filter(|id| !only.contains(&id.as_str()));
    let mut occasion = Occasion { minutes: 9, not_at_hand: others.collect(), ..Occasion::default() };
    for (need, activity) in [(Need::Touch, "back-rub"), (Need::Space, "lying-side-by-side")] {
        occasion.me.needs = BTreeSet::from([need]);
        let plans = plan(&occasion, &me, &partner);
        assert_eq!(ids(&plans.plan), [activity]);
        assert_eq!(plans.plan.steps[0].reasons, [Reason::BothLike, Reason::Need(need), Reason::FitsTime]);
    }
    // What I give does not meet my own need, and the partner asked for nothing.
    occasion.me.needs = BTreeSet::from([Need::Touch]);
    let swapped = plan(&occasion, &partner, &me);
    assert!(swapped.plan.steps.iter().all(|it| !it.reasons.contains(&Reason::Need(Need::Touch))));
}

#[test]
fn silence_is_no_yes() {
    let (me, _) = both(&[("kissing", Side::Together), ("back-rub", Side::Receive)], &[]);
    let occasion = Occasion { minutes: 60, ..Occasion::default() };
    let plans = plan(&occasion, &me, &Person::default());
    assert!(everything(&plans).iter().all(|step| !["kissing", "back-rub"].contains(&step.activity.as_str())));
    assert!(plans.talk.is_some());
    // A word about it, this evening, is enough; and it is forgotten with the plan.
    let mut occasion = occasion;
    occasion.partner.said.push(aloud("kissing", Side::Together, Stance::Open));
    let kissing = of(&plan(&occasion, &me, &Person::default()), "kissing").unwrap();
    assert_eq!(kissing.reasons, [Reason::YouLike]);
}

/// Whoever asks first is not the one who gives, and nobody is taken to want to be touched.
#[test]
fn with_nothing_said_nobody_is_asked_to_give() {
    let nobody = Person::default();
    for (minutes, rotation) in [1, 5, 15, 60].into_iter().flat_map(|minutes| (0..20).map(move |it| (minutes, it))) {
        let mut occasion = Occasion { minutes, rotation, ..Occasion::default() };
        let plans = plan(&occasion, &nobody, &nobody);
        assert!(!plans.plan.steps.is_empty() && !plans.others.is_empty() && plans.talk.is_some());
        let touches = |step: &Step| catalogue::activity(&step.activity).is_none_or(|it| it.family == Family::Touch);
        let all = everything(&plans);
        assert!(all.iter().all(|step| step.way == Way::Together && !touches(step)), "{minutes} minutes");

        // Somebody who asks for a kind word this once may get one, and is not the one who is to give it.
        occasion.me.needs = BTreeSet::from([Need::Reassurance]);
        let plans = plan(&occasion, &nobody, &nobody);
        let mut all = everything(&plans).into_iter();
        assert!(all.all(|step| matches!(step.way, Way::Together | Way::ForMe) && !touches(step)));
        assert!(plans.plan.steps.iter().any(|it| it.step.way == Way::ForMe), "{minutes} minutes");
    }
    let apart = Occasion { minutes: 5, situation: BTreeSet::from([Condition::Apart]), ..Occasion::default() };
    assert!(!plan(&apart, &nobody, &nobody).plan.steps.is_empty());
}

/// However little was said: a step that meets a boundary has something else to tap.
#[test]
fn there_is_a_swap_for_a_step_that_only_one_of_them_can_not_have() {
    let (mut me, partner) = both(&[("kissing", Side::Together)], &[]);
    for (minutes, rotation) in [5, 15, 30, 60].into_iter().flat_map(|minutes| (0..20).map(move |it| (minutes, it))) {
        let occasion = Occasion { minutes, rotation, ..Occasion::default() };
        let picked: Vec<_> = plan(&occasion, &partner, &me).plan.steps.into_iter().map(|it| it.step).collect();
        me.wants.push(want("kissing", Side::Together, None, Stance::Never, Known::ToOwner));
        let marks = marks(&occasion, &me, &partner, &picked);
        assert!(marks.len() == 1 && marks[0].swap.is_some(), "{minutes} minutes");
        me.wants.pop();
    }
}

#[test]
fn what_is_said_for_a_feeling_holds_for_whoever_has_it() {
    let (mut me, partner) = both(&[("pillow-talk", Side::Together)], &[]);
    let tired =
        want("pillow-talk", Side::Together, Some(Condition::Tired), Stance::NotNow { until_ms: None }, Known::ToBoth);
    me.wants.push(tired);
    let talks = |occasion: &Occasion| of(&plan(occasion, &me, &partner), "pillow-talk").is_some();
    let mut occasion = Occasion::default();
    assert!(talks(&occasion));
    occasion.partner.feelings = BTreeSet::from(["exhausted".into()]);
    assert!(talks(&occasion), "it is the partner who is tired");
    occasion.me.energy = Some(2);
    assert!(!talks(&occasion));
    occasion.me.energy = None;
    occasion.situation = BTreeSet::from([Condition::Tired]);
    assert!(!talks(&occasion));
}

#[test]
fn apart_there_is_what_works_apart() {
    let (me, partner) = both(&[("cuddling", Side::Together), ("pillow-talk", Side::Together)], &[]);
    let occasion = Occasion { situation: BTreeSet::from([Condition::Apart]), ..Occasion::default() };
    let plans = plan(&occasion, &me, &partner);
    assert!(of(&plans, "pillow-talk").unwrap().reasons.contains(&Reason::Apart));
    let works_apart = |id: &str| catalogue::activity(id).is_some_and(|it| it.works_apart);
    assert!(everything(&plans).iter().all(|step| works_apart(&step.activity)));
}

#[test]
fn alone_there_is_a_plan_for_one() {
    let bath = want("bath", Side::Receive, None, Stance::Love, Known::ToBoth);
    let me = Person { wants: vec![bath], ..Person::default() };
    let occasion = Occasion { minutes: 40, company: Company::Alone, ..Occasion::default() };
    let plans = plan(&occasion, &me, &Person::default());
    assert!(plans.talk.is_none() && plans.plan.steps.iter().all(|it| it.step.way == Way::Alone));
    assert_eq!(of(&plans, "bath").unwrap().reasons, [Reason::YouLike]);
}

#[test]
fn with_nothing_in_common_each_has_something() {
    let all = |stance| {
        let sides = |id| Side::ALL.iter().map(move |side| want(id, *side, None, stance, Known::ToBoth));
        catalogue::activities().iter().flat_map(move |it| sides(it.id)).collect::<Vec<_>>()
    };
    let bath = want("bath", Side::Receive, None, Stance::Love, Known::ToBoth);
    let mut wants = all(Stance::Never);
    wants.retain(|want| want.activity != "bath");
    wants.push(bath);
    let me = Person { wants, ..Person::default() };
    let partner = Person { wants: all(Stance::Love), ..Person::default() };
    let plans = plan(&Occasion { minutes: 30, ..Occasion::default() }, &me, &partner);
    // They love to prepare one, so the two have that much in common.
    assert_eq!(ids(&plans.plan), ["bath"]);
    assert!(plans.others.is_empty() && plans.talk.is_none());

    let mut no_bath = Occasion { minutes: 30, ..Occasion::default() };
    no_bath.partner.said.push(aloud("bath", Side::Give, Stance::NotNow { until_ms: None }));
    let plans = plan(&no_bath, &me, &partner);
    assert!(plans.plan.steps.is_empty() && plans.others.is_empty());
    let talk = plans.talk.unwrap();
    assert_eq!(named(&talk.mine), [("bath".to_owned(), Way::Alone)].into());
    assert_eq!(talk.partners.len(), 3);
}

/// Ten things that both love as much, and time for one: each has its turn, and none is missing for long.
#[test]
fn ties_rotate() {
    let loved: Vec<_> = ["cuddling", "spooning", "holding-hands", "skin-to-skin", "caressing"]
        .into_iter()
        .flat_map(|id| [(id, Side::Together)])
        .collect();
    let (me, partner) = both(&loved, &[]);
    let others = catalogue::activities().iter().map(|it| it.id.to_owned());
    let not_at_hand = others.filter(|id| loved.iter().all(|(loved, _)| loved != id)).chain(["holding-hands".into()]);
    let mut occasion = Occasion { minutes: 9, not_at_hand: not_at_hand.collect(), ..Occasion::default() };
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for rotation in 0..400 {
        occasion.rotation = rotation;
        for id in ids(&plan(&occasion, &me, &partner).plan) {
            *times.entry(id).or_default() += 1;
        }
    }
    assert_eq!(times.len(), 4);
    assert!(times.values().all(|times| (70..130).contains(times)), "{times:?}");
}

/// Nobody who looks over a shoulder or into a log sees what it is about.
#[test]
fn nothing_is_shown_for_debugging() {
    let (me, partner) = both(&[("cuddling", Side::Together)], &[]);
    let mut occasion = Occasion::default();
    occasion.me.feelings.insert("tearful".into());
    occasion.me.said.push(aloud("cuddling", Side::Together, Stance::Love));
    let plans = plan(&occasion, &me, &partner);
    let marks = marks(&occasion, &me, &partner, &[plans.plan.steps[0].step.clone()]);
    let shown =
        format!("{occasion:?} {:?} {me:?} {:?} {plans:?} {:?} {marks:?}", occasion.me, me.wants, plans.plan.steps);
    assert!(!shown.contains("cuddl") && !shown.contains("tearful") && !shown.contains("Love"), "{shown}");
}
