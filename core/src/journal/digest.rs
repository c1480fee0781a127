//! One value that two phones can compare: do they show the same?
//!
//! The digest is SHA-256 over the shared entries as canonical JSON: an array sorted by `id`, each entry an object with its
//! keys in rising order, UTF-8, no white space. `docs/digest.md` gives the format and a program that checks it from the
//! file alone.

use nightstand_engine::ids::{DocumentId, Space};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Journal;
use crate::error::NightstandError;
use crate::store::StoreError;

/// An entry as it goes into the digest. The fields stand in rising order of their names.
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
        let sql = "SELECT document.document, place.space, place.owner, row.all_day, row.favourite, row.mood,
                       row.offset_seconds, words.text, row.when_ms, row.zone,
                       (SELECT group_concat(tag, char(31) ORDER BY tag) FROM row_tag WHERE row_tag.document = row.document)
                   FROM row JOIN document ON document.id = row.document JOIN place ON place.id = row.place
                       JOIN words ON words.document = row.document
                   WHERE row.kind = 1 AND place.space > 0 ORDER BY document.document, place.owner";
        let entries = self.vault.read(|rows, _| {
            let entries = rows.all(sql, [], |row| {
                let id = DocumentId::from_bytes(row.get(0)?);
                let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
                let owner: Vec<u8> = row.get(2)?;
                let tags: Option<String> = row.get(10)?;
                Ok(Entry {
                    all_day: row.get(3)?,
                    favourite: row.get(4)?,
                    id: data_encoding::HEXLOWER.encode(id.as_bytes()),
                    mood: row.get(5)?,
                    offset_seconds: row.get(6)?,
                    owner: if space == Space::Joint { String::new() } else { data_encoding::HEXLOWER.encode(&owner) },
                    tags: tags.map(|tags| tags.split('\u{1f}').map(str::to_owned).collect()).unwrap_or_default(),
                    text: row.get(7)?,
                    when_ms: row.get(8)?,
                    zone: row.get(9)?,
                })
            })?;
            Ok(entries)
        })?;
        let json = serde_json::to_vec(&entries).map_err(|_| NightstandError::Internal("an entry is not JSON"))?;
        let sha256 = data_encoding::HEXLOWER.encode(&Sha256::digest(&json));
        Ok(SharedDigest { documents: entries.len() as u64, sha256 })
    }
}
