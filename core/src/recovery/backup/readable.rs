//! `readable/`: every document as it reads at present, for whoever has no Nightstand.

use automerge::AutoSerde;
use data_encoding::HEXLOWER;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{PersonId, Space};
use nightstand_engine::kinds::Kind;
use serde::Serialize;

use crate::error::NightstandError;
use crate::store::Living;

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    space: &'static str,
    author: &'static str,
    kind: &'static str,
    content: AutoSerde<'a, automerge::Automerge>,
}

/// A line, with its end. None of a document that does not load: its entries are in the backup all the same.
pub(super) fn line(living: &Living, me: PersonId) -> Result<Option<Vec<u8>>, NightstandError> {
    let Ok(document) = Document::load(&living.stored) else { return Ok(None) };
    let place = &living.key.place;
    let line = Line {
        id: HEXLOWER.encode(living.key.id.as_bytes()),
        space: match place.space() {
            Space::Private => "private",
            Space::Mine => "shared by one",
            Space::Joint => "written together",
        },
        author: match place.owner() {
            Some(owner) if owner == me => "me",
            Some(_) => "partner",
            None => "both",
        },
        kind: match Kind::from_number(living.kind) {
            Some(Kind::JournalEntry) => "journal entry",
            Some(Kind::Preference) => "preference",
            Some(Kind::Record) => "record",
            None => "of a later version",
        },
        content: AutoSerde::from(document.automerge()),
    };
    let mut json = serde_json::to_vec(&line).map_err(|_| NightstandError::Internal("a document that is no JSON"))?;
    json.push(b'\n');
    Ok(Some(json))
}
