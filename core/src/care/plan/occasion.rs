//! What a plan is for.

use std::collections::{BTreeMap, BTreeSet};

use crate::care::catalogue::{Family, Need};
use crate::care::{Condition, Side, Stance};
use crate::error::{InvalidInput, NightstandError};

/// Most minutes that are planned for.
pub const MOST_MINUTES: u16 = 240;

/// Most own activities beside the built-in ones.
pub const MOST_OWN: usize = 200;

/// Most that is handed in of any one thing: what was said aloud, feelings, what is not at hand, what was done lately.
pub const MOST_SAID: usize = 1_000;

/// Up to so many minutes the two are short on time.
const SHORT_MINUTES: u16 = 10;

/// The most that a person's energy is.
pub(super) const MOST_ENERGY: u8 = 10;

/// For whom a plan is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Company {
    /// For whoever asks, alone.
    Alone,
    /// For the two.
    #[default]
    Two,
}

/// The occasion that a plan is made for: what is so this once. None of it is stored.
///
/// A reason may name a need, a stance or a situation that is handed in here. So hand in what was said between the two, or
/// what may be read over a shoulder; what is kept to oneself belongs into the preferences, and needs no handing in.
#[derive(Clone, PartialEq, Eq)]
pub struct Occasion {
    /// How many minutes there are, from 1 to [`MOST_MINUTES`].
    pub minutes: u16,
    /// What it comes after, and how it is. With [`Condition::Apart`] only what works apart is planned.
    pub situation: BTreeSet<Condition>,
    /// For one or for two.
    pub company: Company,
    /// How I am.
    pub me: PersonState,
    /// How my partner is, so far as they said.
    pub partner: PersonState,
    /// How many days ago something was last done, by the ids of activities. What is not in it counts as neither lately nor
    /// long ago.
    pub lately: BTreeMap<String, u16>,
    /// The ids of activities that can't be done here: there is no bath, say.
    pub not_at_hand: BTreeSet<String>,
    /// Activities for this occasion alone, beside the built-in ones and those that the couple [made](crate::care::activities),
    /// which need no handing in. One with the id of another is not looked at.
    pub own: Vec<OccasionActivity>,
    /// Which of equally good plans it is. Hand in another number each time, such as a counter or the day.
    pub rotation: u32,
}

impl Default for Occasion {
    /// A quarter of an hour for two.
    fn default() -> Self {
        Self {
            minutes: 15,
            situation: BTreeSet::new(),
            company: Company::default(),
            me: PersonState::default(),
            partner: PersonState::default(),
            lately: BTreeMap::new(),
            not_at_hand: BTreeSet::new(),
            own: Vec::new(),
            rotation: 0,
        }
    }
}

/// How somebody says they are.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PersonState {
    /// The ids of feelings, as in a check-in. One's own words say nothing here.
    pub feelings: BTreeSet<String>,
    /// From 0 to 10.
    pub energy: Option<u8>,
    /// What they ask for.
    pub needs: BTreeSet<Need>,
    /// What they said aloud for this once: it counts beside what is written down, and of both the stricter.
    pub said: Vec<SaidAloud>,
}

/// Something said aloud, for this once.
#[derive(Clone, PartialEq, Eq)]
pub struct SaidAloud {
    /// The activity's id.
    pub activity: String,
    /// On which side.
    pub side: Side,
    /// How they feel about it.
    pub stance: Stance,
}

/// An activity that stands in no list, or one of the couple's own as an occasion has it.
#[derive(Clone, PartialEq, Eq)]
pub struct OccasionActivity {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub family: Family,
    /// What it can be good for; the first is what it is best known for.
    pub needs: Vec<Need>,
    /// How long it usually takes, in minutes: at least and at most.
    pub minutes: (u16, u16),
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

impl Occasion {
    /// The minutes, whatever was handed in.
    pub(crate) fn minutes_in_range(&self) -> u16 {
        self.minutes.clamp(1, MOST_MINUTES)
    }

    pub(super) fn is_short(&self) -> bool {
        self.minutes_in_range() <= SHORT_MINUTES
    }

    pub(super) fn is_apart(&self) -> bool {
        self.situation.contains(&Condition::Apart)
    }

    /// The conditions that hold for somebody who is in this state.
    pub(crate) fn conditions_of(&self, state: &PersonState) -> BTreeSet<Condition> {
        let mut conditions = self.situation.clone();
        if self.is_short() {
            conditions.insert(Condition::ShortTime);
        }
        conditions.extend(state.feelings.iter().filter_map(|feeling| condition_of(feeling)));
        if state.energy.is_some_and(|energy| energy <= LOW_ENERGY) {
            conditions.insert(Condition::Tired);
        }
        conditions
    }

    /// Errors: `InvalidInput` (`Occasion`) for what is out of range.
    pub(crate) fn check(&self) -> Result<(), NightstandError> {
        let states = [&self.me, &self.partner];
        let fits = (1..=MOST_MINUTES).contains(&self.minutes)
            && self.own.len() <= MOST_OWN
            && self.own.iter().all(OccasionActivity::is_in_range)
            && self.lately.len() <= MOST_SAID
            && self.not_at_hand.len() <= MOST_SAID
            && states.iter().all(|state| state.is_in_range());
        if fits { Ok(()) } else { Err(InvalidInput::Occasion.into()) }
    }
}

/// Up to this energy somebody is tired.
pub(super) const LOW_ENERGY: u8 = 3;

impl PersonState {
    fn is_in_range(&self) -> bool {
        self.energy.is_none_or(|energy| energy <= MOST_ENERGY)
            && self.feelings.len() <= MOST_SAID
            && self.said.len() <= MOST_SAID
    }
}

impl OccasionActivity {
    pub(super) fn is_in_range(&self) -> bool {
        let (least, most) = self.minutes;
        !self.id.is_empty() && (1..=most).contains(&least) && most <= MOST_MINUTES
    }
}

/// A feeling under which a stance may have been said for that case.
fn condition_of(feeling: &str) -> Option<Condition> {
    Some(match feeling {
        "sleepy" | "tired" | "exhausted" => Condition::Tired,
        "vulnerable" | "tearful" | "insecure" => Condition::Vulnerable,
        "disappointed" => Condition::Disappointed,
        _ => return None,
    })
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for Occasion {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Occasion({} minutes, {} own activities)", self.minutes, self.own.len())
    }
}

/// Shows that there is one.
impl core::fmt::Debug for PersonState {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("PersonState(…)")
    }
}

/// Names no activity.
impl core::fmt::Debug for SaidAloud {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SaidAloud(…)")
    }
}

/// Shows that there is one.
impl core::fmt::Debug for OccasionActivity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OccasionActivity(…)")
    }
}
