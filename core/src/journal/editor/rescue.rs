//! What is kept of an entry that was deleted before all was saved.
//!
//! As for what was saved (see [`docs`](crate::docs)): of a joint entry that the partner deleted, one's own letters; of an entry
//! that a person deleted themself, on another screen, all of it, since what they typed after that nobody meant to delete.

use automerge::Automerge;
use nightstand_engine::author::Draft;
use nightstand_engine::change;
use nightstand_engine::ids::{DocumentKey, Place};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{DocumentRow, Transaction};

use crate::docs::{self, typing::Typed};
use crate::error::NightstandError;
use crate::journal::rich_text::RichText;
use crate::journal::working_copy::load;
use crate::journal::{Author, EntryDraft, EntryId, write};
use crate::store::StoreTx;

/// Keeps what was typed into `before`, the document as it was last seen. The answer is the entry that has it, if there is
/// anything to keep.
pub(super) fn keep(
    tx: &mut StoreTx<'_>,
    key: &DocumentKey,
    before: &Automerge,
    typed: &[Typed],
    body: &RichText,
) -> Result<Option<EntryId>, NightstandError> {
    let person = tx.person();
    let place = Place::Private { owner: person };
    let log = tx.open_writing_log(&place)?;
    let mut draft = Draft::of(before.clone(), &log, *key, Kind::JournalEntry);
    docs::typing::write::<crate::store::StoreError>(&mut draft, typed, Some(body))?;

    let actors: Vec<_> = tx.rows().logs_of(&person)?.iter().map(change::actor).collect();
    let mine = deleted_by_me(tx, key)?;
    let of = |document: &Automerge| -> EntryDraft {
        if mine { docs::entry::read(document) } else { docs::entry::written_by(document, &actors) }
    };
    let (saved, whole) = (of(before), of(draft.document()));
    if whole.title.trim().is_empty() && whole.body.text.trim().is_empty() {
        return Ok(None);
    }
    let mut kept = docs::kept_key(key, person);
    // What was saved may have been kept already, in the moment of the deletion.
    let free = match tx.rows().document(&kept)? {
        None => true,
        Some(DocumentRow::Buried) => false,
        Some(DocumentRow::Alive { .. }) => docs::entry::read(&load(&tx.rows(), &kept)?) == saved,
    };
    if !free {
        kept.id = write::make_id(tx);
    }
    let mut draft = Draft::open(tx, &log, kept, Kind::JournalEntry)?;
    docs::entry::write(&mut draft, &whole)?;
    docs::entry::set_kept(&mut draft)?;
    draft.finish(tx)?;
    Ok(Some(EntryId::new(Author::Me, kept.id)))
}

fn deleted_by_me(tx: &StoreTx<'_>, key: &DocumentKey) -> Result<bool, NightstandError> {
    for tombstone in tx.tombstones(key)? {
        if tx.log(&tombstone.log)?.is_some_and(|log| log.opening.person == tx.person()) {
            return Ok(true);
        }
    }
    Ok(false)
}
