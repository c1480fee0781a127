//! What tests of the whole need to reach into. Only in a core that is built with the feature `testing`; no app is.

use automerge::{Automerge, ROOT, ReadDoc};
use nightstand_engine::ids::{DocumentId, DocumentKey, Place};
use nightstand_engine::kinds::Kind;

use crate::care::ItemContent;
use crate::docs::{self, Derived, DerivedRecord, DerivedSession, preference, record};
use crate::journal::EntryDraft;

/// What lists, search and screens would show of a document.
#[derive(PartialEq)]
pub struct Shown {
    derived: Derived,
    entry: EntryDraft,
    item: ItemContent,
}

/// Reads a document as lists, search and screens do, whatever is in it. It has the id that its name asks for.
///
/// # Panics
/// If what lists keep of a record does not read back as it was.
pub fn read_document(kind: Kind, place: Place, document: &Automerge) -> Shown {
    let key = DocumentKey { place, id: id(kind, &place, document) };
    let derived = docs::derive(kind, &key, document);
    if let Derived::Record(derived) = &derived {
        read_record(derived);
    }
    let _ = (docs::entry::past(document), docs::entry::version(document));
    Shown { derived, entry: docs::entry::read(document), item: preference::read(document) }
}

fn read_record(derived: &DerivedRecord) {
    let kept = record::Record::of_json(&derived.record.to_json());
    assert!(kept.as_ref() == Some(&derived.record), "lists keep a record as it was");
    let _ = (derived.fades(), DerivedSession::of(derived), derived.record.text_of_each(2));
}

fn id(kind: Kind, place: &Place, document: &Automerge) -> DocumentId {
    let value = |key| document.get(ROOT, key).ok().flatten().map(|(value, _)| value);
    let text = |key| value(key).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    match kind {
        Kind::JournalEntry => DocumentId::from_bytes([0; 16]),
        Kind::Preference => {
            let generation = value("generation").and_then(|value| value.as_i64()).unwrap_or_default();
            let generation = generation.try_into().unwrap_or_default();
            preference::id_of(&preference::Name { item: &text("item"), generation }, place)
        }
        Kind::Record => record::id_of(&text("name"), place),
    }
}
