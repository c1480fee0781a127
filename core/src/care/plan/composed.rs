//! From picked candidates to a plan: how long each, in which order, why, and what could stand in its place.

use core::cmp::Reverse;

use super::best::{Limits, MOST_STEPS, Totals, most_of};
use super::candidates::{Activities, Activity, Candidate, Candidates};
use super::occasion::{Company, Occasion};
use super::person::Person;
use super::reason::{Grounds, Reason};
use super::step::{Plan, PlannedStep, Step};
use super::table::Table;
use super::worth::Wishes;
use crate::care::Question;
use crate::care::catalogue::Family;

/// Swaps that are offered for a step.
const MOST_SWAPS: usize = 2;

/// Everything that a plan is made from, worked out once.
pub(super) struct Scene<'a> {
    pub(super) occasion: &'a Occasion,
    pub(super) activities: Activities<'a>,
    pub(super) my_table: Table,
    pub(super) partners_table: Table,
    pub(super) my_wishes: Wishes,
    pub(super) partners_wishes: Wishes,
    me: &'a Person,
    partner: &'a Person,
}

impl<'a> Scene<'a> {
    pub(super) fn of(occasion: &'a Occasion, me: &'a Person, partner: &'a Person) -> Self {
        let activities = Activities::of(occasion);
        let my_conditions = occasion.conditions_of(&occasion.me);
        let partners_conditions = occasion.conditions_of(&occasion.partner);
        Self {
            my_table: Table::of(me, &occasion.me.said, &my_conditions, &activities),
            partners_table: Table::of(partner, &occasion.partner.said, &partners_conditions, &activities),
            my_wishes: Wishes::of(&occasion.me, &my_conditions),
            partners_wishes: Wishes::of(&occasion.partner, &partners_conditions),
            occasion,
            activities,
            me,
            partner,
        }
    }

    /// Few steps leave room for each.
    pub(super) fn most_steps(&self) -> usize {
        match self.occasion.minutes_in_range() {
            0..5 => 2,
            5..15 => 3,
            15..40 => 4,
            _ => MOST_STEPS,
        }
    }

    pub(super) fn limits(&self, steps: usize) -> Limits {
        Limits { minutes: self.occasion.minutes_in_range(), steps }
    }

    /// Makes a plan of the candidates with these numbers.
    pub(super) fn compose(&self, candidates: &Candidates<'_>, picked: &[usize]) -> Plan {
        let picked: Vec<_> = picked.iter().map(|number| &candidates.as_slice()[*number]).collect();
        let minutes = stretch(&picked, self.occasion.minutes_in_range());
        let mut in_order: Vec<_> = (0..picked.len()).collect();
        in_order.sort_by_key(|at| (self.turn(picked[*at].activity), *at));
        let steps = in_order.into_iter().map(|at| {
            let candidate = picked[at];
            PlannedStep {
                step: candidate.step(minutes[at]),
                reasons: self.reasons(candidate),
                swaps: swaps(candidates, &picked, at, minutes[at]),
            }
        });
        Plan { steps: steps.collect() }
    }

    fn reasons(&self, candidate: &Candidate<'_>) -> Vec<Reason> {
        let grounds = Grounds {
            occasion: self.occasion,
            mine: self.my_table.shown(),
            partners: self.partners_table.shown(),
            my_wishes: &self.my_wishes,
            partners_wishes: &self.partners_wishes,
        };
        grounds.reasons(candidate.activity, candidate.way, candidate.doer)
    }

    /// When in a plan it has its turn: phones go away first, then comes how the two like to connect first, then what calms,
    /// and last what is for later.
    fn turn(&self, activity: &Activity<'_>) -> (bool, u8, u8) {
        let choice = match activity.family {
            Family::Touch => "touch",
            Family::Words => "words",
            Family::Quiet => "quiet",
            Family::Body => "body",
            Family::Rest | Family::Shared | Family::Later => "",
        };
        let chose = |person: &Person| u8::from(person.chose(Question::FirstConnection, choice));
        let chosen = match self.occasion.company {
            Company::Alone => chose(self.me),
            Company::Two => chose(self.me) + chose(self.partner),
        };
        let usual = match activity.family {
            Family::Touch => 0,
            Family::Words => 1,
            Family::Body => 2,
            Family::Quiet => 3,
            Family::Shared => 4,
            Family::Rest => 5,
            Family::Later => 6,
        };
        (activity.id != "phones-away", 2 - chosen, usual)
    }
}

impl Candidate<'_> {
    pub(super) fn step(&self, minutes: u16) -> Step {
        let minutes = minutes.clamp(self.minutes.0, self.minutes.1);
        Step { activity: self.activity.id.to_owned(), way: self.way, minutes }
    }
}

/// Gives each step at least its least minutes, and shares out what is left by how much longer each can go on. What is for
/// later takes only the moment that it needs.
fn stretch(picked: &[&Candidate<'_>], minutes: u16) -> Vec<u16> {
    let room = |it: &Candidate<'_>| match it.activity.family {
        Family::Later => 0,
        _ => u32::from(it.minutes.1.saturating_sub(it.minutes.0)),
    };
    let needed: u32 = picked.iter().map(|it| u32::from(it.minutes.0)).sum();
    let (left, all_room) = (u32::from(minutes).saturating_sub(needed), picked.iter().map(|it| room(it)).sum::<u32>());
    let mut over = left.min(all_room);
    let mut given: Vec<u32> =
        picked.iter().map(|it| (over * room(it)).checked_div(all_room).unwrap_or_default()).collect();
    over -= given.iter().sum::<u32>();
    for (more, it) in given.iter_mut().zip(picked) {
        let one = u32::from(over > 0 && *more < room(it));
        (*more, over) = (*more + one, over - one);
    }
    given
        .iter()
        .zip(picked)
        .map(|(more, it)| it.minutes.0.saturating_add(u16::try_from(*more).unwrap_or_default()))
        .collect()
}

/// A step for which something else is looked for.
pub(super) struct Gap<'a> {
    pub(super) activity: &'a Activity<'a>,
    pub(super) minutes: u16,
    /// The activities of the other steps.
    pub(super) beside: Vec<&'a Activity<'a>>,
    /// What the other steps come to.
    pub(super) totals: Totals,
}

impl Gap<'_> {
    /// What is of the same kind or good for the same, and leaves the plan a plan: the best first.
    pub(super) fn alike<'c>(&self, candidates: &'c Candidates<'c>) -> impl Iterator<Item = &'c Candidate<'c>> {
        self.fitting(candidates, true)
    }

    /// What is neither.
    pub(super) fn unlike<'c>(&self, candidates: &'c Candidates<'c>) -> impl Iterator<Item = &'c Candidate<'c>> {
        self.fitting(candidates, false)
    }

    fn fitting<'c>(&self, candidates: &'c Candidates<'c>, alike: bool) -> impl Iterator<Item = &'c Candidate<'c>> {
        let fits = |it: &&Candidate<'_>| {
            let activity = it.activity;
            let is_alike =
                activity.family == self.activity.family || !activity.good_for.and(self.activity.good_for).is_empty();
            let of_family = self.beside.iter().filter(|other| other.family == activity.family).count();
            is_alike == alike
                && it.minutes.0 <= self.minutes
                && of_family < most_of(activity.family)
                && activity.number != self.activity.number
                && self.beside.iter().all(|other| other.number != activity.number)
        };
        let mut best: Vec<_> = candidates.as_slice().iter().filter(fits).collect();
        best.sort_by_cached_key(|it| Reverse(self.totals.with(it).rating()));
        best.into_iter()
    }
}

fn swaps(candidates: &Candidates<'_>, picked: &[&Candidate<'_>], at: usize, minutes: u16) -> Vec<Step> {
    let rest: Vec<_> = picked.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, it)| *it).collect();
    let beside = rest.iter().map(|it| it.activity).collect();
    let gap = Gap { activity: picked[at].activity, minutes, beside, totals: Totals::of(&rest) };
    let mut steps: Vec<Step> = Vec::new();
    for it in gap.alike(candidates) {
        if steps.iter().all(|step| step.activity != it.activity.id) {
            steps.push(it.step(minutes));
        }
        if steps.len() == MOST_SWAPS {
            break;
        }
    }
    steps
}
