//! Sharing, sharing again, and taking back.

use super::working_copy::{for_partner, load};
use super::{Author, EntryId, Journal, Mine, SharedText};
use crate::docs;
use crate::error::NightstandError;

impl Journal {
    /// Lets the partner read an entry as it stands, at the next sync. Called again, it hands on what was edited since.
    /// What is typed in an open editor is in it.
    ///
    /// Errors: `NotPaired`, `NotYours`, `NotFound`, `Deleted`.
    pub fn share(&self, id: &EntryId) -> Result<(), NightstandError> {
        self.of_mine(id)?;
        self.vault.finish_typing(id);
        self.vault.write(|tx| {
            let mut mine = Mine::find_to_change(&tx.rows(), tx.person(), id)?;
            if !mine.has_working {
                return Ok(()); // it has only its shared text, and the partner has all of it
            }
            let fresh = super::write::make_id(tx);
            mine.publish(tx, fresh)
        })
    }

    /// What the partner would see if it were shared this moment, and what they see already.
    pub fn preview(&self, id: &EntryId) -> Result<SharedText, NightstandError> {
        self.of_mine(id)?;
        self.vault.finish_typing(id);
        self.vault.read(|rows, person| {
            let mine = Mine::find_to_change(rows, person, id)?;
            let shared = mine.shared.map(|key| load(rows, &key)).transpose()?;
            let shared = shared.map(|document| docs::entry::read(&document));
            let next = if mine.has_working {
                Some(for_partner(rows, person, docs::entry::read(&load(rows, &mine.working)?))?)
            } else {
                shared.clone()
            };
            Ok(SharedText { present: shared, next: next.unwrap_or_default() })
        })
    }

    /// Stops sharing an entry. It stays here, for the person alone; the partner's app removes it at the next sync. What the
    /// partner has read or photographed can't be undone.
    ///
    /// Errors: `NotYours` for the partner's, and for a joint entry, which is both of yours: it can be deleted. `NotFound`,
    /// `Deleted`. An entry that is not shared stays as it is.
    pub fn take_back(&self, id: &EntryId) -> Result<(), NightstandError> {
        self.of_mine(id)?;
        self.vault.write(|tx| {
            let mut mine = Mine::find_to_change(&tx.rows(), tx.person(), id)?;
            if mine.shared.is_none() {
                return Ok(());
            }
            mine.ensure_working(tx)?;
            mine.bury_shared(tx)?;
            mine.link(tx, None)
        })
    }

    fn of_mine(&self, id: &EntryId) -> Result<(), NightstandError> {
        if id.author == Author::Me { Ok(()) } else { Err(NightstandError::NotYours) }
    }
}
