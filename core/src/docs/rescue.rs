//! What is kept when a document is deleted.
//!
//! A tombstone names the heads that its author had seen. What this person wrote beyond them nobody meant to delete, and
//! what they wrote in a joint entry is theirs: both are copied into `Private` before the document goes.

use automerge::{ActorId, Automerge};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::change;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, LogId, PersonId, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, Transaction};

use super::entry;
use crate::journal::entry::EntryDraft;

/// Copies what must stay. `private_log` is this install's log in `Private`, `own_logs` are all logs of `person`.
pub(crate) fn rescue<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    kind: Kind,
    stored: &[u8],
    person: PersonId,
    private_log: &LogId,
    own_logs: &[LogId],
) -> Result<(), AuthorError<T::Error>> {
    if burial.key.place.space() == Space::Private {
        return Ok(());
    }
    let document = Document::load(stored)?.into_automerge();
    let actors: Vec<ActorId> = own_logs.iter().map(change::actor).collect();
    let Some(kept) = what_stays(&document, burial, person, &actors) else { return Ok(()) };

    let key = kept_key(&burial.key, person);
    if tx.document(&key).map_err(AuthorError::Store)?.is_some() {
        return Ok(());
    }
    let mut draft = Draft::open(tx, private_log, key, kind)?;
    entry::write(&mut draft, &kept)?;
    entry::set_kept(&mut draft)?;
    draft.finish(tx)?;
    Ok(())
}

/// The private document that keeps what must stay of another.
pub(crate) fn kept_key(of: &DocumentKey, person: PersonId) -> DocumentKey {
    let place = Place::Private { owner: person };
    DocumentKey { place, id: DocumentId::derive(&format!("kept {}", hex(&of.id)), &place) }
}

fn what_stays(document: &Automerge, burial: &Burial, person: PersonId, actors: &[ActorId]) -> Option<EntryDraft> {
    let mine = burial.by == person;
    let joint = burial.key.place.space() == Space::Joint;
    if joint && !mine {
        let entry = entry::written_by(document, actors);
        let wrote = !entry.title.trim().is_empty() || !entry.body.text.trim().is_empty();
        return wrote.then_some(entry);
    }
    let heads: Vec<_> = burial.heads.iter().map(change::change_hash).collect();
    // The author saw more than is here, as when an old copy was put back: nothing here can be beyond that.
    if heads.iter().any(|head| document.get_change_meta_by_hash(head).is_none()) {
        return None;
    }
    let beyond = document.get_changes_meta(&heads).iter().any(|meta| actors.contains(&meta.actor));
    (mine && beyond).then(|| entry::read(document))
}

fn hex(id: &DocumentId) -> String {
    data_encoding::HEXLOWER.encode(id.as_bytes())
}
