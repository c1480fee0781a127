//! Copies to Private of what lives under a bond, made before the bond is left.
//!
//! A copy has an id that follows from the original's, so that two devices of a person make the same one. Where Private says
//! something already, that stays as it is; a boundary alone is handed on if it is stricter.

use automerge::Automerge;
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentKey, LogId, PersonId, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::Transaction;

use super::{entry, kept_key, preference, record};

/// Writes to Private what a document says, unless that is there. `log` is this install's private log.
pub(crate) fn copy_to_private<T: Transaction>(
    tx: &mut T,
    from: &DocumentKey,
    kind: Kind,
    stored: &[u8],
    person: PersonId,
    log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    let document = Document::load(stored)?.into_automerge();
    let place = Place::Private { owner: person };
    match kind {
        Kind::JournalEntry => copy_entry(tx, from, &document, person, log),
        Kind::Preference => copy_preference(tx, from, &document, &place, log),
        Kind::Record => {
            let Some(name) = record::name(&document) else { return Ok(()) };
            let key = DocumentKey { place, id: record::id_of(&name, &place) };
            let Some(mut draft) = begin(tx, log, key, kind)? else { return Ok(()) };
            record::write(&mut draft, &name, &record::read(&document))?;
            draft.finish(tx).map(drop)
        }
    }
}

fn copy_entry<T: Transaction>(
    tx: &mut T,
    from: &DocumentKey,
    document: &Automerge,
    person: PersonId,
    log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    let joint = from.place.space() == Space::Joint;
    // One's own entry gets its working copy, under its id; what both wrote is kept.
    let own = DocumentKey { place: Place::Private { owner: person }, id: from.id };
    let key = if joint { kept_key(from, person) } else { own };
    let Some(mut draft) = begin(tx, log, key, Kind::JournalEntry)? else { return Ok(()) };
    entry::write(&mut draft, &entry::read(document))?;
    if joint {
        entry::set_kept(&mut draft)?;
    }
    draft.finish(tx).map(drop)
}

fn copy_preference<T: Transaction>(
    tx: &mut T,
    from: &DocumentKey,
    document: &Automerge,
    place: &Place,
    log: &LogId,
) -> Result<(), AuthorError<T::Error>> {
    let Some((item, _)) = preference::item_of(from, document) else { return Ok(()) };
    let name = preference::Name { item: &item, generation: 0 };
    let key = DocumentKey { place: *place, id: preference::id_of(&name, place) };
    let said = preference::read(document);
    let is_new = tx.document(&key).map_err(AuthorError::Store)?.is_none();
    let mut draft = match Draft::open(tx, log, key, Kind::Preference) {
        Err(AuthorError::Buried) => return Ok(()),
        draft => draft?,
    };
    if is_new {
        let saying = preference::Saying { choices: &said.choices, note: &said.note, stance: None };
        preference::write(&mut draft, &name, &saying)?;
    }
    if let Some(stance) = said.stance {
        preference::tighten(&mut draft, stance, document)?;
    }
    draft.finish(tx).map(drop)
}

/// A document that is not there yet; none if it is, or was deleted.
fn begin<T: Transaction>(
    tx: &T,
    log: &LogId,
    key: DocumentKey,
    kind: Kind,
) -> Result<Option<Draft>, AuthorError<T::Error>> {
    match tx.document(&key).map_err(AuthorError::Store)? {
        Some(_) => Ok(None),
        None => Draft::open(tx, log, key, kind).map(Some),
    }
}
