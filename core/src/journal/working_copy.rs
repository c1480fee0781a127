//! The two documents of one's own entry: the working copy in `Private`, and what is shared of it in `Mine`.
//!
//! An entry that was imported straight into `Mine` has no working copy until it is first edited or taken back; it then gets
//! one under the same id, so that lists go on naming it as before.

use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;

use super::{EntryDraft, EntryId, Mine, alive, held_bond, place};
use crate::care::sessions;
use crate::docs;
pub(super) use crate::docs::load;
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::{Private, Rows, StoreTx};

impl Mine {
    /// Finds the documents of an own entry.
    pub(super) fn find(
        rows: &Rows<'_>,
        person: nightstand_engine::ids::PersonId,
        id: &EntryId,
    ) -> Result<Self, NightstandError> {
        let working = DocumentKey { place: place(Space::Private, person, None)?, id: id.id };
        let bond = held_bond(rows)?;
        let in_mine = |id| -> Result<Option<DocumentKey>, NightstandError> {
            let Some(bond) = &bond else { return Ok(None) };
            let key = DocumentKey { place: place(Space::Mine, person, Some(bond))?, id };
            Ok(alive(rows, &key)?.then_some(key))
        };
        match rows.document(&working)? {
            Some(DocumentRow::Alive { stored, .. }) => {
                let document =
                    Document::load(&stored).map_err(|_| NightstandError::Damaged { salvage: None })?.into_automerge();
                let shared = match docs::entry::published(&document) {
                    Some(published) => in_mine(published)?,
                    None => None,
                };
                Ok(Self { working, has_working: true, shared })
            }
            Some(DocumentRow::Buried) => Err(NightstandError::Deleted),
            None => match rows.working_copy_of(&id.id)? {
                // It was listed under the id of what is shared, while its working copy was locked.
                Some(working) => Self::find(rows, person, &EntryId { id: working, ..*id }),
                None => match in_mine(id.id)? {
                    Some(shared) => Ok(Self { working, has_working: false, shared: Some(shared) }),
                    None => Err(NightstandError::NotFound),
                },
            },
        }
    }

    /// Finds them for who changes something: while Private is locked, an entry's working copy is only out of sight, and what is
    /// shared of it is not to be taken for all there is.
    pub(super) fn find_to_change(
        rows: &Rows<'_>,
        person: nightstand_engine::ids::PersonId,
        id: &EntryId,
    ) -> Result<Self, NightstandError> {
        match rows.private() {
            Private::Locked => Err(NightstandError::PrivateLocked),
            Private::Open | Private::Unlocked(_) => Self::find(rows, person, id),
        }
    }

    /// Makes the working copy of an entry that has only a shared document.
    pub(super) fn ensure_working(&mut self, tx: &mut StoreTx<'_>) -> Result<(), NightstandError> {
        let (false, Some(shared)) = (self.has_working, self.shared) else { return Ok(()) };
        let text = docs::entry::read(&load(&tx.rows(), &shared)?);
        let mut draft = tx.draft(self.working, Kind::JournalEntry)?;
        docs::entry::write(&mut draft, &text)?;
        docs::entry::set_published(&mut draft, Some(shared.id))?;
        draft.finish(tx)?;
        self.has_working = true;
        Ok(())
    }

    /// Writes the present text of the working copy into the shared document, and makes that if there is none.
    pub(super) fn publish(&mut self, tx: &mut StoreTx<'_>, fresh: DocumentId) -> Result<(), NightstandError> {
        let text = for_partner(&tx.rows(), tx.person(), docs::entry::read(&load(&tx.rows(), &self.working)?))?;
        let shared = match self.shared {
            Some(shared) => shared,
            None => {
                let bond = super::required_bond(&tx.rows())?;
                DocumentKey { place: place(Space::Mine, tx.person(), Some(&bond))?, id: fresh }
            }
        };
        let mut draft = tx.draft(shared, Kind::JournalEntry)?;
        docs::entry::write(&mut draft, &text)?;
        draft.finish(tx)?;
        if self.shared.is_none() {
            self.link(tx, Some(shared.id))?;
            self.shared = Some(shared);
        }
        Ok(())
    }

    /// Notes in the working copy which document shares it.
    pub(super) fn link(&self, tx: &mut StoreTx<'_>, shared: Option<DocumentId>) -> Result<(), NightstandError> {
        let mut draft = tx.draft(self.working, Kind::JournalEntry)?;
        docs::entry::set_published(&mut draft, shared)?;
        draft.finish(tx)?;
        Ok(())
    }

    /// Ends the shared document, on the partner's phone too.
    pub(super) fn bury_shared(&mut self, tx: &mut StoreTx<'_>) -> Result<(), NightstandError> {
        let Some(shared) = self.shared.take() else { return Ok(()) };
        let log = tx.open_writing_log(&shared.place)?;
        Ok(nightstand_engine::author::bury(tx, &log, &shared)?)
    }
}

/// What the partner may have of an entry: a session of one's own is not named to them.
pub(super) fn for_partner(
    rows: &Rows<'_>,
    person: nightstand_engine::ids::PersonId,
    entry: EntryDraft,
) -> Result<EntryDraft, NightstandError> {
    if entry.session.is_none() {
        return Ok(entry);
    }
    let session = sessions::named_to_partner(rows, &Places::of(rows, person)?, entry.session)?;
    Ok(EntryDraft { session, ..entry })
}

/// A document of `Joint`.
pub(super) fn joint_key(
    rows: &Rows<'_>,
    person: nightstand_engine::ids::PersonId,
    id: &EntryId,
) -> Result<DocumentKey, NightstandError> {
    let bond = super::required_bond(rows)?;
    Ok(DocumentKey { place: place(Space::Joint, person, Some(&bond))?, id: id.id })
}
