//! The best of all plans, exactly.
//!
//! Of all sets of candidates that fit (the minutes, how many steps, how many of a family, an activity once), the best has the
//! greatest worth for whoever it is worth less to; then the greatest sum; then the fewest minutes at least, so that there is
//! time for each step; then the one whose first candidates stand first, in the order of [`Candidates`].
//!
//! It is found by branch and bound. Three things keep the search short:
//!
//! - A candidate goes if others of its family are at least as good in everything, as many of them as a plan may have of that
//!   family: whatever plan has it, one of those is free to take its place.
//! - Candidates that are worth more to both stand first. What can still be reached from a beginning is bounded by the best
//!   few left, for each person and for both, and where minutes are short by the greatest sum that fits them.
//! - A plan made greedily tells from the start what need not be looked at.

use core::cmp::Reverse;

use super::candidates::{Candidate, Candidates};
use crate::care::catalogue::Family;

/// Most steps of any plan.
pub(super) const MOST_STEPS: usize = 5;

/// How many families there are.
const FAMILIES: usize = Family::Later as usize + 1;

/// What a plan may have.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) minutes: u16,
    /// At most [`MOST_STEPS`].
    pub(super) steps: usize,
}

/// How many steps of one family a plan may have. One sleep and one film are enough, and one thing to come back to.
pub(super) const fn most_of(family: Family) -> usize {
    match family {
        Family::Touch | Family::Words | Family::Quiet | Family::Body => 2,
        Family::Rest | Family::Shared | Family::Later => 1,
    }
}

/// How good a plan is: the greater, the better.
pub(super) type Rating = (u16, u16, Reverse<u16>);

/// What the chosen ones come to.
#[derive(Clone, Copy, Default)]
pub(super) struct Totals {
    mine: u16,
    partners: u16,
    minutes: u16,
}

impl Totals {
    pub(super) fn of(candidates: &[&Candidate<'_>]) -> Self {
        candidates.iter().fold(Self::default(), |totals, candidate| totals.with(candidate))
    }

    pub(super) fn with(self, candidate: &Candidate<'_>) -> Self {
        Self {
            mine: self.mine + candidate.mine,
            partners: self.partners + candidate.partners,
            minutes: self.minutes + candidate.minutes.0,
        }
    }

    pub(super) fn rating(self) -> Rating {
        (self.mine.min(self.partners), self.mine + self.partners, Reverse(self.minutes))
    }
}

/// The best plan, by the numbers of its candidates, in rising order.
pub(super) fn pick(candidates: &Candidates<'_>, limits: &Limits) -> Vec<usize> {
    let all = candidates.as_slice();
    let kept = worth_looking_at(all);
    let looked_at: Vec<_> = kept.iter().map(|number| &all[*number]).collect();
    let mut search = Search::new(looked_at, *limits);
    search.go(0, &mut Vec::new(), Totals::default());
    search.best.into_iter().map(|at| kept[at]).collect()
}

/// Leaves out what is never in the best plan.
fn worth_looking_at(all: &[Candidate<'_>]) -> Vec<usize> {
    let mut families: [Vec<usize>; FAMILIES] = Default::default();
    for (at, candidate) in all.iter().enumerate() {
        families[candidate.activity.family as usize].push(at);
    }
    let mut kept = Vec::new();
    for mut members in families {
        // Whatever is at least as good in everything stands before.
        members.sort_by_key(|at| (Reverse(all[*at].both()), all[*at].minutes.0, *at));
        for (rank, at) in members.iter().enumerate() {
            if !is_spare(&all[*at], members[..rank].iter().map(|better| &all[*better])) {
                kept.push(*at);
            }
        }
    }
    kept.sort_unstable();
    kept
}

/// Are there others that are at least as good in everything: another way of the same activity, or as many activities as a
/// plan may have of the family?
fn is_spare<'a>(candidate: &Candidate<'_>, before: impl Iterator<Item = &'a Candidate<'a>>) -> bool {
    let most = most_of(candidate.activity.family);
    let mut found = [usize::MAX; 2];
    let mut count = 0;
    for better in before {
        let as_good = better.mine >= candidate.mine
            && better.partners >= candidate.partners
            && better.minutes.0 <= candidate.minutes.0;
        let activity = better.activity.number;
        if !as_good || found[..count].contains(&activity) {
            continue;
        }
        if activity == candidate.activity.number {
            return true;
        }
        found[count] = activity;
        count += 1;
        if count == most {
            return true;
        }
    }
    false
}

struct Search<'a> {
    all: Vec<&'a Candidate<'a>>,
    limits: Limits,
    /// The greatest worth for each and for both of so many candidates from a place on: `[place][count]`.
    mine: Vec<[u16; MOST_STEPS + 1]>,
    partners: Vec<[u16; MOST_STEPS + 1]>,
    both: Vec<[u16; MOST_STEPS + 1]>,
    /// The greatest worth for both from a place on in so many steps and minutes, if minutes are short.
    in_time: Option<Sums>,
    /// The fewest minutes of any from a place on.
    least: Vec<u16>,
    best: Vec<usize>,
    rating: Rating,
    /// Until one is found, the rating is that of a plan made greedily, and one that is as good is looked for too.
    found: bool,
}

impl<'a> Search<'a> {
    fn new(all: Vec<&'a Candidate<'a>>, limits: Limits) -> Self {
        let mut least = vec![u16::MAX; all.len() + 1];
        for at in (0..all.len()).rev() {
            least[at] = least[at + 1].min(all[at].minutes.0);
        }
        let (mine, partners) = (greatest(&all, |it| it.mine), greatest(&all, |it| it.partners));
        let (both, in_time) = (greatest(&all, |it| it.both()), Sums::of(&all, &limits));
        let mut search = Self {
            all,
            limits,
            mine,
            partners,
            both,
            in_time,
            least,
            best: Vec::new(),
            rating: Totals::default().rating(),
            found: false,
        };
        search.rating = search.greedily();
        search
    }

    /// How good a plan is to which always the best next one is added.
    fn greedily(&self) -> Rating {
        let (mut chosen, mut totals) = (Vec::new(), Totals::default());
        while chosen.len() < self.limits.steps {
            let next = (0..self.all.len()).filter(|at| self.may_join(*at, &chosen, totals));
            let Some(next) = next.max_by_key(|at| totals.with(self.all[*at]).rating()) else { break };
            totals = totals.with(self.all[next]);
            chosen.push(next);
        }
        totals.rating()
    }

    fn may_join(&self, at: usize, chosen: &[usize], totals: Totals) -> bool {
        let candidate = self.all[at];
        let activity = candidate.activity;
        let mut of_family = 0;
        for other in chosen {
            let other = self.all[*other].activity;
            if other.number == activity.number {
                return false;
            }
            of_family += usize::from(other.family == activity.family);
        }
        of_family < most_of(activity.family) && totals.minutes + candidate.minutes.0 <= self.limits.minutes
    }

    /// Looks at all plans that begin with the chosen ones and go on with those from a place on.
    fn go(&mut self, from: usize, chosen: &mut Vec<usize>, totals: Totals) {
        let rating = totals.rating();
        if rating > self.rating || (!self.found && rating == self.rating) {
            (self.rating, self.found) = (rating, true);
            self.best.clone_from(chosen);
        }
        if chosen.len() == self.limits.steps {
            return;
        }
        for at in from..self.all.len() {
            if !self.may_better(at, self.limits.steps - chosen.len(), totals) {
                return;
            }
            if self.may_join(at, chosen, totals) {
                chosen.push(at);
                self.go(at + 1, chosen, totals.with(self.all[at]));
                chosen.pop();
            }
        }
    }

    /// Can something better come of it if one or more from this place on are added?
    fn may_better(&self, from: usize, steps: usize, totals: Totals) -> bool {
        let minutes = self.limits.minutes - totals.minutes;
        if self.least[from] > minutes {
            return false;
        }
        let in_time = self.in_time.as_ref().map_or(u16::MAX, |sums| sums.at_most(from, steps, minutes));
        let sum = totals.mine + totals.partners + self.both[from][steps].min(in_time);
        let mine = totals.mine + self.mine[from][steps];
        let partners = totals.partners + self.partners[from][steps];
        let bound = (mine.min(partners).min(sum / 2), sum, Reverse(totals.minutes + self.least[from]));
        bound > self.rating || (!self.found && bound == self.rating)
    }
}

/// The greatest sums of up to so many from each place on, as many of a family as a plan may have: `[place][count]`.
fn greatest(all: &[&Candidate<'_>], of: impl Fn(&Candidate<'_>) -> u16) -> Vec<[u16; MOST_STEPS + 1]> {
    let mut sums = vec![[0; MOST_STEPS + 1]; all.len() + 1];
    let mut families = [[0; 2]; FAMILIES];
    let mut top = [0; MOST_STEPS];
    for at in (0..all.len()).rev() {
        let (family, one) = (all[at].activity.family, of(all[at]));
        sums[at] = sums[at + 1];
        // What is not among the greatest of its family, or of all, changes nothing.
        if insert(&mut families[family as usize][..most_of(family)], one) && one > top[MOST_STEPS - 1] {
            top = [0; MOST_STEPS];
            for one in families.iter().flatten() {
                insert(&mut top, *one);
            }
            for count in 1..=MOST_STEPS {
                sums[at][count] = sums[at][count - 1] + top[count - 1];
            }
        }
    }
    sums
}

/// Puts one among the greatest, which fall, if it is one of them.
fn insert(greatest: &mut [u16], mut one: u16) -> bool {
    if greatest.last().is_none_or(|least| one <= *least) {
        return false;
    }
    for there in greatest {
        if one > *there {
            core::mem::swap(there, &mut one);
        }
    }
    true
}

/// The greatest worth for both of up to so many candidates from a place on that take up to so many minutes, whatever their
/// families and activities.
struct Sums {
    steps: usize,
    minutes: usize,
    /// `[place][steps][minutes]`.
    table: Vec<u16>,
}

impl Sums {
    /// None if there is time for whatever is chosen.
    fn of(all: &[&Candidate<'_>], limits: &Limits) -> Option<Self> {
        let longest = greatest(all, |it| it.minutes.0)[0][limits.steps];
        if longest <= limits.minutes {
            return None;
        }
        let (steps, minutes) = (limits.steps, usize::from(limits.minutes));
        let (row, layer) = (minutes + 1, (steps + 1) * (minutes + 1));
        let mut table = vec![0_u16; (all.len() + 1) * layer];
        for at in (0..all.len()).rev() {
            let (before, after) = table.split_at_mut((at + 1) * layer);
            let (here, next) = (&mut before[at * layer..], &after[..layer]);
            here.copy_from_slice(next);
            let (takes, worth) = (usize::from(all[at].minutes.0), all[at].both());
            let Some(fits) = row.checked_sub(takes) else { continue };
            for count in 1..=steps {
                let without = &next[(count - 1) * row..][..fits];
                let with = &mut here[count * row + takes..][..fits];
                for (with, without) in with.iter_mut().zip(without) {
                    *with = (*with).max(without + worth);
                }
            }
        }
        Some(Self { steps, minutes, table })
    }

    fn at_most(&self, from: usize, steps: usize, minutes: u16) -> u16 {
        self.table[(from * (self.steps + 1) + steps) * (self.minutes + 1) + usize::from(minutes)]
    }
}
