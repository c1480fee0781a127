//! Which of picked steps meet a boundary.

use std::collections::BTreeSet;

use super::best::Totals;
use super::candidates::{Activity, Whom};
use super::composed::{Gap, Scene};
use super::occasion::{Company, Occasion, OccasionActivity};
use super::person::Person;
use super::step::Step;
use crate::care::catalogue::Family;

/// A picked step that meets a boundary of whoever holds the phone.
///
/// It is theirs alone to see: it is made anew each time a screen is drawn, stored nowhere and sent nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct StepMark {
    /// Which of the steps, counted from 0.
    pub step: u32,
    /// What could stand in its place with one tap, as ordinary as any other suggestion; none if there is nothing.
    pub swap: Option<Step>,
}

/// Says which of these steps meet a boundary of mine, private or shared, and offers something else for each.
///
/// The steps may come from anywhere: an older plan, a ritual, the partner. One of an activity that is not known here is
/// looked at too.
pub fn marks(occasion: &Occasion, me: &Person, partner: &Person, steps: &[Step]) -> Vec<StepMark> {
    let occasion = &with_unknown(occasion, steps);
    let scene = Scene::of(occasion, me, partner);
    let candidates = match occasion.company {
        Company::Alone => scene.alone(Whom::Me),
        Company::Two => scene.for_two(),
    };
    let picked: Vec<_> = steps.iter().map(|step| scene.activities.get(&step.activity)).collect();
    let mut offered: Vec<&Activity<'_>> = Vec::new();
    let mut marks = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let Some(activity) = picked[number] else { continue };
        if !scene.my_table.has_boundary(activity.number, step.way) {
            continue;
        }
        let others = picked.iter().enumerate().filter(|(other, _)| *other != number).filter_map(|(_, it)| *it);
        let beside = others.chain(offered.iter().copied()).collect();
        let gap = Gap { activity, minutes: step.minutes, beside, totals: Totals::default() };
        let swap = gap.alike(&candidates).chain(gap.unlike(&candidates)).next();
        offered.extend(swap.map(|it| it.activity));
        marks.push(StepMark {
            step: u32::try_from(number).unwrap_or(u32::MAX),
            swap: swap.map(|it| it.step(step.minutes)),
        });
    }
    marks
}

/// May these steps be offered whole, beside a plan? Not if one of them meets a boundary of either on their side of it, as far as
/// this phone knows, is not at hand, or while the two are apart does not work so.
pub(crate) fn may_offer(occasion: &Occasion, me: &Person, partner: &Person, steps: &[Step]) -> bool {
    let occasion = &with_unknown(occasion, steps);
    let scene = Scene::of(occasion, me, partner);
    steps.iter().all(|step| {
        let Some(activity) = scene.activities.get(&step.activity) else { return false };
        let theirs = occasion.company == Company::Two
            && scene.partners_table.has_boundary(activity.number, step.way.seen_by_partner());
        let is_boundary = theirs || scene.my_table.has_boundary(activity.number, step.way);
        let works = activity.works_apart || !occasion.is_apart();
        !is_boundary && works && !occasion.not_at_hand.contains(activity.id)
    })
}

/// The occasion with the activities of steps that are neither built-in nor told of: what was said of them counts all the
/// same.
fn with_unknown(occasion: &Occasion, steps: &[Step]) -> Occasion {
    let known: BTreeSet<&str> =
        occasion.own.iter().filter(|own| own.is_in_range()).map(|own| own.id.as_str()).collect();
    let unknown: BTreeSet<&str> =
        steps.iter().map(|step| step.activity.as_str()).filter(|id| !known.contains(id)).collect();
    let mut occasion = occasion.clone();
    occasion.own.extend(unknown.into_iter().map(|id| OccasionActivity {
        id: id.to_owned(),
        family: Family::Shared,
        needs: Vec::new(),
        minutes: (1, 1),
        works_apart: true,
    }));
    occasion
}

/// Names no activity.
impl core::fmt::Debug for StepMark {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("StepMark(…)")
    }
}
