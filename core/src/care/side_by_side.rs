//! What the two want, side by side: where they match, where one would adjust, what to ask.
//!
//! Of what is shared alone. What a person keeps to themself is not looked at, so both phones show the same once they have
//! met, and nothing here tells that there is more. It can be read while Private is locked.

use std::collections::{BTreeMap, BTreeSet};

use super::list::{Said, said};
use super::plan::Way;
use super::read::strictest;
use super::{Condition, Item, Preferences, Question, Side, Stance, Whose};
use crate::error::NightstandError;
use crate::names::names;

/// How what the two share of something stands to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// They match: both like it, or are as open to it.
    Match,
    /// One would adjust: one likes it more.
    Adjust,
    /// One has said something, the other nothing: what to ask.
    Ask,
    /// One or both have a boundary. It holds; nobody is asked to adjust.
    Boundary,
}

names!(Standing {
    Self::Match = "match",
    Self::Adjust = "adjust",
    Self::Ask = "ask",
    Self::Boundary = "boundary",
});

/// What one of the two shares of an activity.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedStance {
    /// How they feel about their side of it.
    pub stance: Stance,
    /// In their own words.
    pub note: String,
}

/// An activity, in one way of doing it.
#[derive(Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its id.
    pub activity: String,
    /// Together, for me, or for my partner.
    pub way: Way,
    /// Under which condition; none: always.
    pub condition: Option<Condition>,
    /// How the two stand to each other.
    pub standing: Standing,
    /// What I share of my side of it; none if nothing.
    pub mine: Option<SharedStance>,
    /// What my partner shares of theirs; none if nothing.
    pub partners: Option<SharedStance>,
}

/// A question.
#[derive(Clone, PartialEq, Eq)]
pub struct QuestionRow {
    /// Which.
    pub question: Question,
    /// [`Standing::Match`] if something was chosen by both, [`Standing::Adjust`] if not, [`Standing::Ask`] if one has chosen
    /// nothing.
    pub standing: Standing,
    /// What both chose, by ids, in rising order.
    pub both: Vec<String>,
    /// What I alone chose.
    pub mine: Vec<String>,
    /// What my partner alone chose.
    pub partners: Vec<String>,
}

/// What the two share, side by side.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SideBySide {
    /// Activities, in rising order of ids.
    pub activities: Vec<ActivityRow>,
    /// Questions, in the order of a screen.
    pub questions: Vec<QuestionRow>,
}

impl Preferences {
    /// What the two share, side by side. Without a partner it is empty.
    ///
    /// What is shared in one's own words alone, remarks and lines, is in the [lists](Self::list).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # let folder = tempfile::tempdir()?;
    /// # let clock = std::sync::Arc::new(SystemClock);
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], clock)?;
    /// use nightstand::care::Standing;
    ///
    /// let both = vault.preferences().side_by_side()?;
    /// let to_ask = both.activities.iter().filter(|row| row.standing == Standing::Ask);
    /// assert_eq!(to_ask.count(), 0, "nothing is shared yet");
    /// # Ok(())
    /// # }
    /// ```
    pub fn side_by_side(&self) -> Result<SideBySide, NightstandError> {
        let (mine, partners) = self.vault.read(|rows, person| {
            let shared = |whose| -> Result<_, NightstandError> {
                Ok(Shared::of(said(rows, person, whose, "")?.into_iter().filter(|said| !said.private)))
            };
            Ok((shared(Whose::Me)?, shared(Whose::Partner)?))
        })?;
        Ok(SideBySide {
            activities: activities(mine.stances, partners.stances),
            questions: questions(&mine.choices, &partners.choices),
        })
    }
}

/// What one of the two shares.
#[derive(Default)]
struct Shared {
    stances: BTreeMap<(String, Side, Option<Condition>), SharedStance>,
    choices: BTreeMap<Question, BTreeSet<String>>,
}

impl Shared {
    fn of(all: impl Iterator<Item = Said>) -> Self {
        let mut shared = Self::default();
        for said in all {
            match (said.item.parse(), said.content.stance) {
                (Ok(Item::Stance { activity, side, condition }), Some(stance)) => {
                    let new = || SharedStance { stance, note: said.content.note };
                    let there = shared.stances.entry((activity, side, condition)).or_insert_with(new);
                    there.stance = strictest([Some(there.stance), Some(stance)]).unwrap_or(stance);
                }
                (Ok(Item::Question(question)), _) => {
                    shared.choices.entry(question).or_default().extend(said.content.choices);
                }
                _ => {}
            }
        }
        shared
    }
}

fn activities(
    mut mine: BTreeMap<(String, Side, Option<Condition>), SharedStance>,
    mut partners: BTreeMap<(String, Side, Option<Condition>), SharedStance>,
) -> Vec<ActivityRow> {
    let of_mine = mine.keys().map(|(activity, side, condition)| (activity.clone(), way(*side), *condition));
    let of_partners =
        partners.keys().map(|(activity, side, condition)| (activity.clone(), way(*side).seen_by_partner(), *condition));
    let all: BTreeSet<_> = of_mine.chain(of_partners).collect();
    let row = |(activity, way, condition): (String, Way, Option<Condition>)| {
        let take = |from: &mut BTreeMap<_, _>, way| from.remove(&(activity.clone(), side(way), condition));
        let (mine, partners) = (take(&mut mine, way), take(&mut partners, way.seen_by_partner()));
        let stance = |said: &Option<SharedStance>| said.as_ref().map(|said| said.stance);
        let standing = standing(stance(&mine), stance(&partners));
        ActivityRow { activity, way, condition, standing, mine, partners }
    };
    all.into_iter().map(row).collect()
}

fn questions(
    mine: &BTreeMap<Question, BTreeSet<String>>,
    partners: &BTreeMap<Question, BTreeSet<String>>,
) -> Vec<QuestionRow> {
    let none = BTreeSet::new();
    // How often to look at one's own preferences is nobody else's.
    let asked = Question::ALL.iter().copied().filter(|question| *question != Question::Review);
    let rows = asked.filter_map(|question| {
        let (mine, partners) = (mine.get(&question).unwrap_or(&none), partners.get(&question).unwrap_or(&none));
        let both: Vec<_> = mine.intersection(partners).cloned().collect();
        let standing = match (mine.is_empty(), partners.is_empty()) {
            (true, true) => return None,
            (false, false) if both.is_empty() => Standing::Adjust,
            (false, false) => Standing::Match,
            _ => Standing::Ask,
        };
        let alone = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect();
        Some(QuestionRow { question, standing, both, mine: alone(mine, partners), partners: alone(partners, mine) })
    });
    rows.collect()
}

fn standing(mine: Option<Stance>, partners: Option<Stance>) -> Standing {
    let liked = |stance: Stance| stance >= Stance::Like;
    match (mine, partners) {
        _ if [mine, partners].into_iter().flatten().any(Stance::is_boundary) => Standing::Boundary,
        (Some(mine), Some(partners)) if liked(mine) == liked(partners) => Standing::Match,
        (Some(_), Some(_)) => Standing::Adjust,
        _ => Standing::Ask,
    }
}

/// My side of an activity, as a way of doing it.
fn way(side: Side) -> Way {
    match side {
        Side::Receive => Way::ForMe,
        Side::Give => Way::ForPartner,
        Side::Together => Way::Together,
    }
}

fn side(way: Way) -> Side {
    match way {
        Way::ForMe => Side::Receive,
        Way::ForPartner => Side::Give,
        Way::Together | Way::InTurns | Way::Alone => Side::Together,
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for SideBySide {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SideBySide({} activities, {} questions)", self.activities.len(), self.questions.len())
    }
}

/// Names no activity.
impl core::fmt::Debug for ActivityRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ActivityRow(…)")
    }
}

/// Shows that there is one.
impl core::fmt::Debug for QuestionRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("QuestionRow(…)")
    }
}

/// Shows that there is one.
impl core::fmt::Debug for SharedStance {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SharedStance(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_never_to_be_adjusted() {
        let not_now = Stance::NotNow { until_ms: None };
        let cases = [
            (Some(Stance::Love), Some(Stance::Like), Standing::Match),
            (Some(Stance::Open), Some(Stance::Open), Standing::Match),
            (Some(Stance::Love), Some(Stance::Open), Standing::Adjust),
            (Some(Stance::Open), None, Standing::Ask),
            (Some(Stance::Love), Some(not_now), Standing::Boundary),
            (Some(Stance::Never), Some(Stance::Never), Standing::Boundary),
            (Some(Stance::Never), None, Standing::Boundary),
        ];
        for (one, other, expected) in cases {
            assert_eq!((standing(one, other), standing(other, one)), (expected, expected));
        }
    }
}
