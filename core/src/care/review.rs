//! To look at it all again, since needs change: at the pace that a person picks.
//!
//! The pace is what they chose of [`Question::Review`], an item of their own. When they last looked stands in the same item:
//! saying so is a change of its working copy, and each change there has its time. So it comes to all of a person's devices,
//! and to nobody else: it can't be shared.

use std::collections::BTreeSet;

use chrono::{DateTime, Months};
use nightstand_engine::ids::PersonId;

use super::read::Documents;
use super::{Item, ItemDraft, Preferences, Question, Stance};
use crate::docs::preference;
use crate::error::NightstandError;
use crate::store::Rows;

/// How often to look again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ReviewPace {
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    HalfYearly,
    /// Every year.
    Yearly,
    /// Never by itself.
    WhenAsked,
}

impl ReviewPace {
    /// All, the most often first.
    pub const ALL: &'static [Self] = &[Self::Monthly, Self::Quarterly, Self::HalfYearly, Self::Yearly, Self::WhenAsked];

    /// What is chosen of [`Question::Review`].
    pub const fn choice(self) -> &'static str {
        match self {
            Self::Monthly => "every-month",
            Self::Quarterly => "every-season",
            Self::HalfYearly => "every-half-year",
            Self::Yearly => "every-year",
            Self::WhenAsked => "when-i-ask",
        }
    }

    fn months(self) -> Option<Months> {
        Some(Months::new(match self {
            Self::Monthly => 1,
            Self::Quarterly => 3,
            Self::HalfYearly => 6,
            Self::Yearly => 12,
            Self::WhenAsked => return None,
        }))
    }
}

/// When to look again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Review {
    /// The pace that was picked; none if none was. Where two devices picked at the same time, the more frequent.
    pub pace: Option<ReviewPace>,
    /// When its person last said that they had looked, or picked a pace, in milliseconds since 1970; none if never.
    pub last_ms: Option<i64>,
    /// When the next review is due; none if nothing is due by itself.
    pub next_ms: Option<i64>,
    /// It is due now.
    pub is_due: bool,
}

impl Preferences {
    /// When to look at one's own preferences again. `now_ms` is in milliseconds since 1970.
    ///
    /// Errors: `PrivateLocked`.
    pub fn review(&self, now_ms: i64) -> Result<Review, NightstandError> {
        self.vault.read(|rows, person| of(rows, person, now_ms))
    }

    /// Picks a pace; it begins at this moment. Saved when this returns, and told to nobody else.
    ///
    /// Errors: `PrivateLocked`.
    pub fn set_review_pace(&self, pace: ReviewPace) -> Result<(), NightstandError> {
        let choices = BTreeSet::from([pace.choice().to_owned()]);
        self.write_review(ItemDraft { choices: Some(choices), ..ItemDraft::default() })
    }

    /// Notes that one has looked at it all: the next review is due one pace from this moment. Saved when this returns, and
    /// told to nobody else.
    ///
    /// Errors: `PrivateLocked`.
    pub fn reviewed(&self) -> Result<(), NightstandError> {
        self.write_review(ItemDraft::default())
    }

    fn write_review(&self, draft: ItemDraft) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let documents = Documents::find(&tx.rows(), tx.person(), &REVIEW)?;
            let seen = documents.heads();
            // A stance of a question says nothing; that it is said again makes this a change even if all else stays.
            let draft = ItemDraft { stance: Some(Stance::Open), ..draft };
            documents.write_working(tx, &REVIEW, &draft, &seen)
        })
    }
}

const REVIEW: Item = Item::Question(Question::Review);

/// When to look again.
pub(super) fn of(rows: &Rows<'_>, person: PersonId, now_ms: i64) -> Result<Review, NightstandError> {
    let documents = Documents::find(rows, person, &REVIEW)?;
    let past = documents.working.as_ref().map(preference::past).unwrap_or_default();
    let choices = documents.working_content().map(|content| content.choices).unwrap_or_default();
    let looked: Vec<_> = past.into_iter().map(|(at_ms, _)| at_ms).collect();
    Ok(review(&choices, &looked, now_ms))
}

/// `looked` is when something was noted, as the clock had it then. One that was ahead puts nothing off: it is passed over.
fn review(choices: &BTreeSet<String>, looked: &[i64], now_ms: i64) -> Review {
    let pace = ReviewPace::ALL.iter().copied().find(|pace| choices.contains(pace.choice()));
    let last_ms = looked.iter().copied().filter(|at| *at <= now_ms).max();
    let next_ms = pace.and_then(ReviewPace::months).and_then(|months| match last_ms {
        Some(last) => Some(DateTime::from_timestamp_millis(last)?.checked_add_months(months)?.timestamp_millis()),
        None => Some(now_ms),
    });
    Review { pace, last_ms, next_ms, is_due: next_ms.is_some_and(|next| next <= now_ms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;
    /// The last of January 2026, at noon.
    const JANUARY: i64 = 1_769_860_800_000;

    #[test]
    fn a_pace_is_in_months() {
        let of =
            |pace: ReviewPace, now| review(&BTreeSet::from([pace.choice().to_owned()]), &[JANUARY - DAY, JANUARY], now);
        let monthly = of(ReviewPace::Monthly, JANUARY);
        assert_eq!((monthly.next_ms, monthly.is_due), (Some(JANUARY + 28 * DAY), false), "the last of February");
        assert!(of(ReviewPace::Monthly, JANUARY + 28 * DAY).is_due);
        assert_eq!(of(ReviewPace::Quarterly, JANUARY).next_ms, Some(JANUARY + 89 * DAY));
        assert_eq!(of(ReviewPace::HalfYearly, JANUARY).next_ms, Some(JANUARY + 181 * DAY));
        assert_eq!(of(ReviewPace::Yearly, JANUARY).next_ms, Some(JANUARY + 365 * DAY));
        assert_eq!(of(ReviewPace::WhenAsked, i64::MAX).next_ms, None);
        assert!(!review(&BTreeSet::new(), &[JANUARY], i64::MAX).is_due);
        // The last one was noted by a clock that was a year ahead.
        let month = BTreeSet::from(["every-month".into()]);
        let ahead = review(&month, &[JANUARY, JANUARY + 365 * DAY], JANUARY + DAY);
        assert_eq!((ahead.last_ms, ahead.next_ms), (Some(JANUARY), Some(JANUARY + 28 * DAY)));
        assert!(review(&month, &[JANUARY + 365 * DAY], JANUARY).is_due);
        assert_eq!(review(&month, &[i64::MAX], i64::MAX).next_ms, None);
    }
}
