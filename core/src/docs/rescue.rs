//! What is kept when a document is deleted.
//!
//! A tombstone names the heads that its author had seen. What this person wrote beyond them nobody meant to delete, and
//! what they wrote in a joint entry is theirs: both are copied into `Private` before the document goes.
//!
//! Of a preference the working copy has the words already. But a boundary that was shared here while another of this
//! person's devices took the item back goes over to the working copy, and to what that device shared of it anew.

use automerge::{ActorId, Automerge};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::change;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, LogId, PersonId, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, DocumentRow, Transaction};

use super::{entry, preference};
use crate::care::Stance;
use crate::journal::entry::EntryDraft;

/// Where what must stay of a buried document is written, beside what a preference's next documents are told.
pub(crate) fn rescue_place(burial: &Burial, kind: Kind, person: PersonId) -> Place {
    match kind {
        Kind::JournalEntry => Place::Private { owner: person },
        Kind::Preference | Kind::Record => burial.key.place,
    }
}

/// A document that holds what must stay of an entry, and nothing else of it; none if nothing must.
pub(crate) fn kept_alone<E>(
    burial: &Burial,
    stored: &[u8],
    person: PersonId,
    own_logs: &[LogId],
) -> Result<Option<Vec<u8>>, AuthorError<E>> {
    let document = Document::load(stored)?.into_automerge();
    let actors: Vec<ActorId> = own_logs.iter().map(change::actor).collect();
    let Some(kept) = what_stays(&document, burial, person, &actors) else { return Ok(None) };
    let new = Kind::JournalEntry.new_document();
    let mut draft = Draft::of(new, &LogId::from_bytes([1; 16]), burial.key, Kind::JournalEntry);
    entry::write(&mut draft, &kept)?;
    Ok(Some(draft.document().save()))
}

/// Hands a boundary on to the person's working copy, if the tombstone's author had not seen it.
pub(crate) fn rescue_to_private<T: Transaction>(
    tx: &mut T,
    item: &str,
    stance: Stance,
    from: &Automerge,
    log: &LogId,
    person: PersonId,
) -> Result<(), AuthorError<T::Error>> {
    let place = Place::Private { owner: person };
    let name = preference::Name { item, generation: 0 };
    let key = DocumentKey { place, id: preference::id_of(&name, &place) };
    let mut draft = match Draft::open(tx, log, key, Kind::Preference) {
        Err(AuthorError::Buried) => return Ok(()),
        draft => draft?,
    };
    let present = preference::read(draft.document());
    let saying = preference::Saying { choices: &present.choices, note: &present.note, stance: None };
    preference::write(&mut draft, &name, &saying)?;
    preference::tighten(&mut draft, stance, from)?;
    draft.finish(tx)?;
    Ok(())
}

/// The boundary that a deleted preference held and its deleter had not seen, with its item and the document.
pub(crate) fn boundary_beyond(
    burial: &Burial,
    stored: &[u8],
    person: PersonId,
    own_logs: &[LogId],
) -> Option<(String, Stance, Automerge)> {
    let document = Document::load(stored).ok()?.into_automerge();
    let actors: Vec<ActorId> = own_logs.iter().map(change::actor).collect();
    if burial.by != person || !went_beyond(&document, burial, &actors) {
        return None;
    }
    let ((item, _), stance) = (preference::item_of(&burial.key, &document)?, preference::read(&document).stance?);
    Some((item, stance, document))
}

/// Copies what must stay. `log` is this install's log in the [place](rescue_place) for it, `own_logs` are all logs of
/// `person`.
pub(crate) fn rescue<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    kind: Kind,
    stored: &[u8],
    person: PersonId,
    log: &LogId,
    own_logs: &[LogId],
) -> Result<(), AuthorError<T::Error>> {
    if burial.key.place.space() == Space::Private {
        return Ok(());
    }
    let document = Document::load(stored)?.into_automerge();
    let actors: Vec<ActorId> = own_logs.iter().map(change::actor).collect();
    match kind {
        Kind::JournalEntry => rescue_entry(tx, burial, &document, person, log, &actors),
        Kind::Preference if burial.by == person && went_beyond(&document, burial, &actors) => {
            rescue_boundary(tx, burial, &document, log)
        }
        Kind::Preference | Kind::Record => Ok(()),
    }
}

/// Hands the strictest stance of a document on to the next ones of its item that live.
fn rescue_boundary<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    document: &Automerge,
    log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    let place = burial.key.place;
    let (Some((item, mut generation)), Some(stance)) =
        (preference::item_of(&burial.key, document), preference::read(document).stance)
    else {
        return Ok(());
    };
    loop {
        generation += 1;
        let name = preference::Name { item: &item, generation };
        let key = DocumentKey { place, id: preference::id_of(&name, &place) };
        match tx.document(&key).map_err(AuthorError::Store)? {
            None => return Ok(()),
            Some(DocumentRow::Buried) => {}
            Some(DocumentRow::Alive { .. }) => {
                let mut draft = Draft::open(tx, log, key, Kind::Preference)?;
                preference::tighten(&mut draft, stance, document)?;
                draft.finish(tx)?;
            }
        }
    }
}

fn rescue_entry<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    document: &Automerge,
    person: PersonId,
    private_log: &LogId,
    actors: &[ActorId],
) -> Result<(), AuthorError<T::Error>> {
    let Some(kept) = what_stays(document, burial, person, actors) else { return Ok(()) };
    keep(tx, burial, &kept, person, private_log)
}

/// Writes to Private what [`kept_alone`] has kept.
pub(crate) fn keep_late<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    stored: &[u8],
    person: PersonId,
    private_log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    keep(tx, burial, &entry::read(Document::load(stored)?.automerge()), person, private_log)
}

fn keep<T: Transaction>(
    tx: &mut T,
    burial: &Burial,
    kept: &EntryDraft,
    person: PersonId,
    private_log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    let key = kept_key(&burial.key, person);
    if tx.document(&key).map_err(AuthorError::Store)?.is_some() {
        return Ok(());
    }
    let mut draft = Draft::open(tx, private_log, key, Kind::JournalEntry)?;
    entry::write(&mut draft, kept)?;
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
    (mine && went_beyond(document, burial, actors)).then(|| entry::read(document))
}

/// Did these actors write something that the tombstone's author had not seen?
fn went_beyond(document: &Automerge, burial: &Burial, actors: &[ActorId]) -> bool {
    let heads: Vec<_> = burial.heads.iter().map(change::change_hash).collect();
    // The author saw more than is here, as when an old copy was put back: nothing here can be beyond that.
    let all_here = heads.iter().all(|head| document.get_change_meta_by_hash(head).is_some());
    all_here && document.get_changes_meta(&heads).iter().any(|meta| actors.contains(&meta.actor))
}

fn hex(id: &DocumentId) -> String {
    data_encoding::HEXLOWER.encode(id.as_bytes())
}
