//! Saying something about an item.

use std::collections::BTreeSet;

use nightstand_engine::author;
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;

use super::look_again;
use super::read::Documents;
use super::{Item, ItemVersion, ItemView, Line, LineId, Preferences, Stance};
use crate::docs::preference::{self, Name, Saying};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::records::is_blank;
use crate::store::StoreTx;

/// Longest note, in UTF-16 units.
pub const MOST_NOTE_UNITS: usize = 4_000;

/// What a screen says of an item. What is none stays as it is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ItemDraft {
    /// The stance. Said again it is a write too: a boundary that is said again holds against whoever loosens it at the same
    /// time without having seen that. To clear a stance, say [`Stance::Open`]. Only of [`Item::Stance`].
    pub stance: Option<Stance>,
    /// All that is chosen, by ids (see [`Question::choices`](super::Question::choices)). Only of [`Item::Question`].
    pub choices: Option<BTreeSet<String>>,
    /// The note, at most [`MOST_NOTE_UNITS`] UTF-16 units.
    pub note: Option<String>,
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for ItemDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let choices = self.choices.as_ref().map_or(0, BTreeSet::len);
        write!(f, "ItemDraft({choices} choices, {} bytes)", self.note.as_ref().map_or(0, String::len))
    }
}

impl Preferences {
    /// Says something about an item of one's own: `since` is the version that [`read`](Self::read) gave with it. Saved, in
    /// `Private`, when this returns; the partner learns of it when the item is shared (again). The answer is the item as it
    /// is then.
    ///
    /// Choices and a note are merged with what came since. A stance takes the place of all that the screen showed.
    ///
    /// Errors: `ChangedMeanwhile` if something stricter than the new stance came since and was not shown, or if this vault
    /// does not know the version: then nothing was written, and the screen is to be drawn again. `InvalidInput` for what the
    /// item can't say, an item that this version does not know, a text over its limit, a line that says nothing, or (`Date`)
    /// a boundary that is over before it begins; `Deleted` for a line that is gone.
    pub fn set(&self, item: &Item, draft: &ItemDraft, since: &ItemVersion) -> Result<ItemView, NightstandError> {
        check(item, draft)?;
        self.vault.write(|tx| {
            let mut documents = Documents::find(&tx.rows(), tx.person(), item)?;
            let seen = documents.seen(since)?;
            if let Some(stance) = draft.stance {
                documents.check_seen(stance, &seen)?;
                documents.check_end(stance, tx.now_ms())?;
            }
            documents.ensure_working(tx, item)?;
            documents.write_working(tx, item, draft, &seen)?;
            Ok(Documents::find(&tx.rows(), tx.person(), item)?.view(item))
        })
    }

    /// Adds a line of one's own words. Saved, in `Private`, when this returns.
    ///
    /// Errors: `InvalidInput` for a text that is empty, or over its limit.
    pub fn add(&self, line: Line, note: &str) -> Result<ItemView, NightstandError> {
        let draft = ItemDraft { note: Some(note.to_owned()), ..ItemDraft::default() };
        let id = LineId::from_bytes(random::make_bytes(&mut self.vault.randomness()));
        self.set(&Item::Line(line, id), &draft, &ItemVersion::default())
    }

    /// Deletes a line, on the partner's phone too if it was shared.
    ///
    /// Errors: `InvalidInput` for any other item: say [`Stance::Open`], no choices, an empty note; or take it back.
    /// `NotFound`, `Deleted`.
    pub fn remove(&self, item: &Item) -> Result<(), NightstandError> {
        let Item::Line(..) = item else { return Err(InvalidInput::Item.into()) };
        self.vault.write(|tx| {
            let mut documents = Documents::find(&tx.rows(), tx.person(), item)?;
            if documents.working.is_none() && documents.shared.is_empty() {
                return Err(NightstandError::NotFound);
            }
            documents.bury_shared(tx)?;
            look_again::withdraw(tx, item)?;
            if documents.working.is_some() {
                let log = tx.open_writing_log(&documents.working_key.place)?;
                author::bury(tx, &log, &documents.working_key)?;
            }
            Ok(())
        })
    }
}

impl Documents {
    /// A boundary is not said to end at a time that is past, unless it stands so.
    fn check_end(&self, stance: Stance, now_ms: i64) -> Result<(), NightstandError> {
        match stance {
            Stance::NotNow { until_ms: Some(until) } if until <= now_ms && !self.stands(stance) => {
                Err(InvalidInput::Date.into())
            }
            _ => Ok(()),
        }
    }

    fn stands(&self, stance: Stance) -> bool {
        let contents = [self.working_content(), self.shared_content()];
        contents.iter().flatten().any(|content| content.stance == Some(stance))
    }

    /// Makes the working copy of an item of which only the shared part is here.
    pub(super) fn ensure_working(&mut self, tx: &mut StoreTx<'_>, item: &Item) -> Result<(), NightstandError> {
        if let (None, Some(shared)) = (&self.working, self.shared_content()) {
            let draft = ItemDraft { stance: shared.stance, choices: Some(shared.choices), note: Some(shared.note) };
            self.write_working(tx, item, &draft, &[])?;
            self.working = Some(crate::docs::load(&tx.rows(), &self.working_key)?);
        }
        Ok(())
    }

    pub(super) fn write_working(
        &self,
        tx: &mut StoreTx<'_>,
        item: &Item,
        draft: &ItemDraft,
        seen: &[nightstand_engine::hash::Hash],
    ) -> Result<(), NightstandError> {
        let name = item.to_string();
        let present = self.working_content().unwrap_or_default();
        let mut document = tx.draft(self.working_key, Kind::Preference)?;
        let saying = Saying {
            choices: draft.choices.as_ref().unwrap_or(&present.choices),
            note: draft.note.as_ref().unwrap_or(&present.note),
            stance: draft.stance.map(|stance| (stance, random::make_bytes(&mut tx.randomness()))),
        };
        let name = Name { item: &name, generation: 0 };
        if draft.choices.is_none() && draft.note.is_none() {
            preference::write(&mut document, &name, &saying)?;
        } else {
            preference::write_since(&mut document, &name, &saying, seen)?;
        }
        document.finish(tx)?;
        Ok(())
    }
}

fn check(item: &Item, draft: &ItemDraft) -> Result<(), NightstandError> {
    let ItemDraft { stance, choices, note } = draft;
    if !item.is_known()
        || (stance.is_some() && !matches!(item, Item::Stance { .. }))
        || (choices.as_ref().is_some_and(|choices| !choices.is_empty()) && !matches!(item, Item::Question(_)))
    {
        return Err(InvalidInput::Item.into());
    }
    if let (Some(choices), Item::Question(question)) = (choices, item)
        && choices.iter().any(|choice| !question.choices().contains(&choice.as_str()))
    {
        return Err(InvalidInput::Choices.into());
    }
    if let Some(Stance::NotNow { until_ms: Some(until) }) = stance
        && !TIMES_MS.contains(until)
    {
        return Err(InvalidInput::Date.into());
    }
    if matches!(item, Item::Line(..)) && note.as_ref().is_some_and(|note| is_blank(note)) {
        return Err(InvalidInput::Empty.into());
    }
    if note.as_ref().is_some_and(|note| note.encode_utf16().count() > MOST_NOTE_UNITS) {
        return Err(InvalidInput::TextTooLong.into());
    }
    Ok(())
}
