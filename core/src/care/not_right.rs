//! "Something was not right for me": what a screen answers.
//!
//! Consent does not end when sex does. Whoever writes a check-in of this
//! [moment](super::check_ins::CheckInMoment::SomethingNotRight) is offered, in this order and each to be left alone: words, in
//! their own voice; a boundary; people who listen. Nobody is asked to confront anybody, to explain, or to tell.
//!
//! **Private by default.** The check-in lies in `Private`. Nothing that the core gives a screen offers to share it, and
//! [`CheckIns::share`](super::check_ins::CheckIns::share), the call for any other, refuses it. Who wants to can, on purpose, with
//! [`CheckIns::share_previewed`](super::check_ins::CheckIns::share_previewed), after a look at what would be read: to refuse it
//! altogether would take a decision away from the one person whose it is. Taking back is one call, as ever. Of this moment a
//! screen shows no button for sharing beside its answer.
//!
//! **Never used.** It is in no figure and no series, it is never taken for a [low](super::drop), and no plan, reason or text on
//! the partner's phone rests on it. What it leads to is what its person sets: a boundary is an ordinary private stance, honoured
//! by every plan on their own devices.
//!
//! A boundary on something that is no activity is a line in own words: `preferences().add(Line::Avoid, …)`.

use super::{Item, ItemDraft, ItemVersion, Side, Stance};
use crate::error::{InvalidInput, NightstandError};
use crate::vault::Vault;

/// What the screen says, by key, in its order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotRightTexts {
    /// That it was heard, that it counts, and that it stays here.
    pub begin: Vec<&'static str>,
    /// A line, and beginnings in one's own voice below it, to be taken over into a note, or left.
    pub words: Vec<&'static str>,
    /// The offer of a boundary.
    pub boundary: &'static str,
    /// Where help is. `help-where` takes the contacts, `help-now` the emergency number that the app has for where its person
    /// lives; where it has none, say `help-where-none` and leave `help-now` out.
    pub help: Vec<&'static str>,
    /// That the page can be closed.
    pub close: &'static str,
}

/// What the screen says.
///
/// ```
/// let texts = nightstand::care::not_right::texts();
/// assert_eq!(texts.begin[0], "not-right-begin");
/// ```
pub fn texts() -> NotRightTexts {
    NotRightTexts {
        begin: vec!["not-right-begin", "not-right-consent", "not-right-private"],
        words: vec![
            "not-right-words",
            "not-right-words.one",
            "not-right-words.two",
            "not-right-words.three",
            "not-right-words.four",
            "not-right-words.five",
        ],
        boundary: "not-right-boundary",
        help: vec!["not-right-help", "help-where", "help-now", "not-medical-advice"],
        close: "not-right-no-hurry",
    }
}

/// A boundary that can be set with one tap: `preferences().set(&offer.item, &offer.draft, &offer.since)`.
#[derive(Clone, PartialEq, Eq)]
pub struct BoundaryOffer {
    /// About which activity, on which side.
    pub item: Item,
    /// What a tap says.
    pub draft: ItemDraft,
    /// What the offer was drawn from.
    pub since: ItemVersion,
    /// How the person feels about it so far, as this device knows; none if nothing was said.
    pub present: Option<Stance>,
    /// A boundary as strict or stricter stands already: there is nothing to tap, and a tap never loosens one.
    pub stands: bool,
}

/// The offer of a boundary.
///
/// A small handle; get one from [`Vault::not_right`]. It reads, and writes nothing.
#[derive(Clone)]
pub struct NotRight {
    vault: Vault,
}

impl Vault {
    /// For somebody for whom something was not right.
    pub fn not_right(&self) -> NotRight {
        NotRight { vault: self.clone() }
    }
}

impl NotRight {
    /// A boundary on the activity that the person named, one for each side: to receive it, to give it, to do it together.
    /// Nothing is set until it is tapped.
    ///
    /// Errors: `InvalidInput` for an activity that does not exist, and for a stance that is no boundary (never, not now);
    /// `PrivateLocked`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # use std::sync::Arc;
    /// # let folder = tempfile::tempdir()?;
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
    /// use nightstand::care::Stance;
    ///
    /// let offers = vault.not_right().boundaries("light-massage", Stance::Never)?;
    /// let receive = &offers[0];
    /// vault.preferences().set(&receive.item, &receive.draft, &receive.since)?;
    /// assert!(vault.not_right().boundaries("light-massage", Stance::Never)?[0].stands);
    /// # Ok(())
    /// # }
    /// ```
    pub fn boundaries(&self, activity: &str, stance: Stance) -> Result<Vec<BoundaryOffer>, NightstandError> {
        let invalid = NightstandError::InvalidInput { what: InvalidInput::Item };
        if !stance.is_boundary() {
            return Err(invalid);
        }
        let preferences = self.vault.preferences();
        let mut offers = Vec::new();
        for side in Side::ALL {
            let item = Item::Stance { activity: activity.to_owned(), side: *side, condition: None };
            if !item.is_known() {
                return Err(invalid);
            }
            let view = preferences.read(&item)?;
            let present = view.content.stance;
            let stands = present.is_some_and(|present| present <= stance);
            let stricter = present.map_or(stance, |present| present.min(stance));
            let draft = ItemDraft { stance: Some(stricter), ..ItemDraft::default() };
            offers.push(BoundaryOffer { item, draft, since: view.version, present, stands });
        }
        Ok(offers)
    }
}

/// Without what was said of it before.
impl core::fmt::Debug for BoundaryOffer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "BoundaryOffer({:?})", self.item)
    }
}
