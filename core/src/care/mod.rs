//! Care: what each of the two wants in the time after.
//!
//! What a person wants is said beforehand, in items; what was done stands in [sessions], how somebody was in
//! [check-ins](check_ins), what is said with one tap in [signals], what is to come in [wishes about later](follow_ups) and
//! [time set aside](room). What is [due] follows from all of it and from what its person [wants to hear of](settings). A low
//! is met with [care](mod@drop); what was [not right](not_right) is taken as it is said. The words and activities that all of
//! them use are in [feelings], the [catalogue] and one's own [activities].
//!
//! Everything that a person says about what they want is an **item**: how they feel about one activity, what they answer to
//! one question, one wish. Each item is a document of its own, so that each is shared or taken back alone.
//!
//! | an item | lives in | who reads | who writes |
//! |---|---|---|---|
//! | private | a document in `Private` | I | I |
//! | shared by me | the same, as working copy, and a second document in `Mine` | I; my partner what was shared | I |
//! | shared by my partner | a document in their `Mine` | we both | my partner |
//!
//! # What no merge loosens
//!
//! A [`Stance`] is never one value that one of two phones wins: it is the **strictest** of all that stand, in the private
//! document and in the shared one. So a boundary set on any phone of a person holds wherever its change has come. It is
//! loosened only by its own person, on a screen that showed it: [`Preferences::set`] is told what the screen was drawn from,
//! and writes nothing looser over something stricter that came since ([`ChangedMeanwhile`]).
//!
//! ```text
//!   phone 1   like ───▶ never            (a boundary)
//!   phone 2   like ───────────▶ love     (has not heard of it)
//!   merged    never and love stand: never counts
//!   phone 2   shows never; its person says: open
//!   merged    open has seen both, and stands alone
//! ```
//!
//! The partner sees what stands, without a date, and is not told that it changed, unless its owner
//! [asks them to look](Preferences::ask_to_look).
//!
//! A private boundary counts on its person's own devices and nowhere else: nothing that leaves the phone says that it
//! exists.
//!
//! # What is made of it
//!
//! | | from | |
//! |---|---|---|
//! | a [plan](Preferences::plan) | all that this device knows | read, suggested, forgotten: see [`plan`] |
//! | the two [side by side](Preferences::side_by_side) | what is shared alone | the same on both phones |
//! | a [card](Preferences::card) | what its person picks | leaves the vault, unencrypted |
//! | a [review](Preferences::review) | how often its person wants to look again | nobody else's |
//!
//! [`ChangedMeanwhile`]: crate::error::NightstandError::ChangedMeanwhile

pub mod activities;
pub mod breathing;
mod bring_back;
mod card;
pub mod catalogue;
mod change;
pub mod check_ins;
mod choices;
pub mod drop;
pub mod due;
mod export;
mod export_records;
pub mod feelings;
pub mod follow_ups;
mod history;
mod item;
mod lately;
mod list;
mod look_again;
pub mod not_right;
pub mod plan;
mod read;
mod review;
pub mod room;
pub mod sessions;
pub mod settings;
mod share;
mod side_by_side;
pub mod signals;
mod stance;
mod suggest;
mod yes;

#[cfg(test)]
mod tests;

pub(crate) use bring_back::bring_back;
pub use card::CardAs;
pub use change::{ItemDraft, MOST_NOTE_UNITS};
pub use choices::{Condition, Line, Question, Remark, Side};
pub use export::PreferencesAs;
pub use export_records::RecordsAs;
pub use history::PastItem;
pub use item::{Item, LineId};
pub use lately::LATELY_DAYS;
pub use list::{ItemRow, ItemRows, MOST_ITEMS, Whose};
pub use look_again::MOST_NOTES;
pub use read::{ItemContent, ItemVersion, ItemView, SharedItem};
pub use review::{Review, ReviewPace};
pub use side_by_side::{ActivityRow, QuestionRow, SharedStance, SideBySide, Standing};
pub use stance::Stance;

use crate::vault::Vault;

/// The preferences of a vault's person, and what their partner shares of theirs.
///
/// A small handle; get one from [`Vault::preferences`]. Its calls touch the disk and take from a fraction of a millisecond to
/// a few; the binding runs them on the core's own threads.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::{collections::BTreeSet, sync::Arc};
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::{Item, ItemDraft, Side, Stance, Whose};
///
/// let preferences = vault.preferences();
/// let item = Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition: None };
/// let screen = preferences.read(&item)?; // an empty one, as nothing was said yet
/// let loved = ItemDraft { stance: Some(Stance::Love), note: Some("Not too tight.".into()), ..ItemDraft::default() };
/// preferences.set(&item, &loved, &screen.version)?;
///
/// assert_eq!(preferences.list(Whose::Me)?.items[0].stance, Some(Stance::Love));
/// assert_eq!(preferences.effective(Whose::Me, "holding-hands", Side::Together, &BTreeSet::new())?, Some(Stance::Love));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Preferences {
    vault: Vault,
}

impl Vault {
    /// What the two want in the time after.
    pub fn preferences(&self) -> Preferences {
        Preferences { vault: self.clone() }
    }
}
