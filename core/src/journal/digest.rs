//! One value that two phones can compare: do they show the same?
//!
//! The digest is SHA-256 over the shared documents as canonical JSON: an array sorted by `id`, each document an object with
//! its keys in rising order, UTF-8, no white space. `docs/digest.md` gives the format and a program that checks it from the
//! file alone.

use nightstand_engine::ids::Space;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Journal;
use crate::error::NightstandError;
use crate::store::{Rows, StoreError};

/// A document as it goes into the digest.
#[derive(Serialize)]
#[serde(untagged)]
enum Shared {
    Entry(Entry),
    Preference(Preference),
    Record(Record),
}

impl Shared {
    fn place(&self) -> (&str, &str) {
        match self {
            Self::Entry(entry) => (&entry.id, &entry.owner),
            Self::Preference(preference) => (&preference.id, &preference.owner),
            Self::Record(record) => (&record.id, &record.owner),
        }
    }
}

/// An item of the preferences. The fields stand in rising order of their names.
#[derive(Serialize)]
struct Preference {
    choices: Vec<String>,
    id: String,
    item: String,
    note: String,
    owner: String,
    stance: Option<u8>,
    until_ms: Option<i64>,
}

/// A check-in, a session or the like, likewise.
#[derive(Serialize)]
struct Record {
    content: String,
    id: String,
    name: String,
    owner: String,
}

/// A journal entry, likewise.
#[derive(Serialize)]
struct Entry {
    all_day: bool,
    favourite: bool,
    id: String,
    mood: Option<String>,
    offset_seconds: Option<i32>,
    owner: String,
    tags: Vec<String>,
    text: String,
    when_ms: i64,
    zone: Option<String>,
}

/// What both phones should have alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedDigest {
    /// How many documents both share.
    pub documents: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Journal {
    /// The digest of everything that both partners share. Equal on both phones once each has what the other wrote.
    pub fn shared_digest(&self) -> Result<SharedDigest, NightstandError> {
        let mut shared = self.vault.read(|rows, _| {
            let mut shared = entries(rows)?;
            shared.extend(preferences(rows)?);
            shared.extend(records(rows)?);
            Ok(shared)
        })?;
        shared.sort_by(|one, other| one.place().cmp(&other.place()));
        let json = serde_json::to_vec(&shared).map_err(|_| NightstandError::Internal("a document is not JSON"))?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&json));
        Ok(SharedDigest { documents: shared.len() as u64, sha256 })
    }
}

fn entries(rows: &Rows<'_>) -> Result<Vec<Shared>, StoreError> {
    let sql = "SELECT document.document, place.space, place.owner, row.all_day, row.favourite, row.mood,
                   row.offset_seconds, words.text, row.when_ms, row.zone,
                   (SELECT group_concat(tag, char(31) ORDER BY tag) FROM row_tag WHERE row_tag.document = row.document)
               FROM row JOIN document ON document.id = row.document JOIN place ON place.id = row.place
                   JOIN words ON words.document = row.document
               WHERE row.kind = 1 AND place.space > 0";
    rows.all(sql, [], |row| {
        let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
        let owner: Vec<u8> = row.get(2)?;
        Ok(Shared::Entry(Entry {
            all_day: row.get(3)?,
            favourite: row.get(4)?,
            id: hex(row.get(0)?),
            mood: row.get(5)?,
            offset_seconds: row.get(6)?,
            owner: if space == Space::Joint { String::new() } else { data_encoding::HEXLOWER.encode(&owner) },
            tags: list(row.get(10)?),
            text: row.get(7)?,
            when_ms: row.get(8)?,
            zone: row.get(9)?,
        }))
    })
}

fn preferences(rows: &Rows<'_>) -> Result<Vec<Shared>, StoreError> {
    let sql = "SELECT document.document, place.owner, preference.item, preference.stance, preference.until_ms,
                   preference.choices, preference.note
               FROM preference JOIN document ON document.id = preference.document
                   JOIN place ON place.id = preference.place
               WHERE place.space > 0";
    rows.all(sql, [], |row| {
        let owner: Vec<u8> = row.get(1)?;
        Ok(Shared::Preference(Preference {
            choices: list(row.get(5)?),
            id: hex(row.get(0)?),
            item: row.get(2)?,
            note: row.get(6)?,
            owner: data_encoding::HEXLOWER.encode(&owner),
            stance: row.get(3)?,
            until_ms: row.get(4)?,
        }))
    })
}

fn records(rows: &Rows<'_>) -> Result<Vec<Shared>, StoreError> {
    let sql = "SELECT document.document, place.owner, record.what || '/' || record.id, record.content
               FROM record JOIN document ON document.id = record.document JOIN place ON place.id = record.place
               WHERE place.space > 0";
    rows.all(sql, [], |row| {
        let owner: Vec<u8> = row.get(1)?;
        let owner = data_encoding::HEXLOWER.encode(&owner);
        Ok(Shared::Record(Record { content: row.get(3)?, id: hex(row.get(0)?), name: row.get(2)?, owner }))
    })
}

fn hex(id: [u8; 16]) -> String {
    data_encoding::HEXLOWER.encode(&id)
}

/// What stands with U+001F between.
fn list(joined: Option<String>) -> Vec<String> {
    let joined = joined.filter(|joined| !joined.is_empty());
    joined.map(|joined| joined.split('\u{1f}').map(str::to_owned).collect()).unwrap_or_default()
}
