//! What a step is worth to somebody: small whole numbers that are seen nowhere outside.

use std::collections::BTreeSet;

use super::occasion::{LOW_ENERGY, PersonState};
use super::table::Answer;
use crate::care::catalogue::Need;
use crate::care::{Condition, Stance};

/// From this energy somebody may want to play.
const HIGH_ENERGY: u8 = 8;

/// Done so many days ago at most, it was done lately.
const LATELY_DAYS: u16 = 1;

/// Done so many days ago at least, it was done long ago.
const LONG_AGO_DAYS: u16 = 14;

/// Of the needs that somebody asked for, so many count in one step.
const MOST_NEEDS: u32 = 2;

/// A set of needs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Needs(u16);

impl Needs {
    pub(super) fn contains(self, need: Need) -> bool {
        self.0 & (1 << need as u16) != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }
}

impl FromIterator<Need> for Needs {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        Self(needs.into_iter().fold(0, |all, need| all | 1 << need as u16))
    }
}

/// What would be good for somebody.
pub(super) struct Wishes {
    /// They asked for it.
    pub(super) asked: Needs,
    /// It often helps in such a situation, or with such a feeling.
    pub(super) often: Needs,
}

impl Wishes {
    /// `conditions` are all that hold for them.
    pub(super) fn of(state: &PersonState, conditions: &BTreeSet<Condition>) -> Self {
        let of_feelings = state.feelings.iter().flat_map(|feeling| after_feeling(feeling));
        let of_conditions = conditions.iter().flat_map(|condition| after_condition(*condition));
        let of_energy: &[Need] = match state.energy {
            Some(energy) if energy <= LOW_ENERGY => &[Need::Rest, Need::Quiet],
            Some(energy) if energy >= HIGH_ENERGY => &[Need::Play],
            _ => &[],
        };
        let often = of_feelings.chain(of_conditions).chain(of_energy).copied().collect();
        Self { asked: state.needs.iter().copied().collect(), often }
    }
}

/// What a step is worth to somebody: at least 1, at most 14. `meets` are the needs that the step is good for, if this person
/// is one of those who get it.
pub(super) fn worth(answer: Answer, meets: Needs, wishes: &Wishes, days_ago: Option<u16>) -> u16 {
    let liked = match answer {
        Answer::Yes(Stance::Love) => 6,
        Answer::Yes(Stance::Like) => 4,
        Answer::Yes(_) => 2,
        Answer::Silence => 1,
    };
    let asked = 3 * meets.and(wishes.asked).count().min(MOST_NEEDS) as u16;
    let often = u16::from(!meets.and(wishes.often).is_empty());
    let long_ago = u16::from(is_long_ago(days_ago));
    let lately = u16::from(days_ago.is_some_and(|days| days <= LATELY_DAYS));
    (liked + asked + often + long_ago - lately).max(1)
}

pub(super) fn is_long_ago(days_ago: Option<u16>) -> bool {
    days_ago.is_some_and(|days| days >= LONG_AGO_DAYS)
}

/// What often helps with a feeling. It never makes a step possible, it only tips the scales among those that are.
fn after_feeling(feeling: &str) -> &'static [Need] {
    match feeling {
        "playful" | "energised" | "elated" => &[Need::Play],
        "sleepy" | "tired" | "exhausted" => &[Need::Rest],
        "vulnerable" | "tearful" | "anxious" | "insecure" | "uncertain" | "confused" => &[Need::Reassurance],
        "overwhelmed" | "irritable" => &[Need::Quiet, Need::Space],
        "numb" | "distant" | "disconnected" => &[Need::Quiet, Need::Reassurance],
        "used" | "ashamed" => &[Need::BeingSeen, Need::Reassurance],
        "lonely" | "sad" | "disappointed" => &[Need::BeingSeen, Need::Words],
        _ => &[],
    }
}

/// What often helps in a situation.
fn after_condition(condition: Condition) -> &'static [Need] {
    match condition {
        Condition::Intense => &[Need::Reassurance, Need::Body],
        Condition::RolePlay | Condition::Vulnerable | Condition::OldIssue => &[Need::Reassurance],
        Condition::Vigorous => &[Need::Body],
        Condition::New => &[Need::Words],
        Condition::Tired => &[Need::Rest],
        Condition::Disappointed => &[Need::Reassurance, Need::Words],
        Condition::LittlePrivacy => &[Need::Quiet],
        Condition::Charged => &[Need::Reassurance, Need::Quiet],
        Condition::ShortTime | Condition::Apart | Condition::Closeness => &[],
    }
}
