//! A closed vault's file, read as `docs/open-the-file.md` says: past the core, so that the check does not believe the code
//! that it checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use automerge::{Automerge, Change, ObjType, ROOT, ReadDoc, Value};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use nightstand_sqlcipher as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use sha2::Sha256;

use crate::Trouble;
use crate::canaries::{Canaries, Search, distinctive};

/// Every chunk that Automerge saves begins so; the ninth byte says what it is.
const AUTOMERGE: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// So many shared documents are enough to see that a search sees.
const CONTROLS: u32 = 50;

/// A closed vault's file.
pub(crate) struct File {
    connection: Connection,
}

impl File {
    /// Opens it.
    pub(crate) fn open(path: &Path, key: &[u8; 32]) -> Result<Self, Trouble> {
        let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
        mac.update(b"nightstand database salt v1");
        let salt = mac.finalize().into_bytes();
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.execute_batch(&format!(
            "PRAGMA key = \"x'{}{}'\";
             PRAGMA cipher_plaintext_header_size = 32;
             PRAGMA cipher_hmac_algorithm = HMAC_SHA256;",
            HEXLOWER.encode(key),
            HEXLOWER.encode(&salt[..16])
        ))?;
        Ok(Self { connection })
    }

    /// Whose it is, in hexadecimal.
    pub(crate) fn person(&self) -> Result<String, Trouble> {
        let person: Vec<u8> =
            self.connection.query_row("SELECT value FROM meta WHERE name = 'person'", [], |row| row.get(0))?;
        Ok(HEXLOWER.encode(&person))
    }

    /// What to look for elsewhere. A document that is shared, or was until it was taken back, is known to the partner as far
    /// as it was shared: of that, only what was written since is private.
    pub(crate) fn canaries(&self, taken_back: &BTreeSet<String>) -> Result<Canaries, Trouble> {
        let mut canaries = Canaries::default();
        let mut statement = self.connection.prepare(
            "SELECT document.document, document.stored, row.published FROM document
                 JOIN place ON place.id = document.place LEFT JOIN row ON row.document = document.id
             WHERE place.space = 0 AND document.kind = 1 AND document.stored IS NOT NULL",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id: Vec<u8> = row.get(0)?;
            if taken_back.contains(&HEXLOWER.encode(&id)) {
                continue;
            }
            let (title, body) = words(&row.get::<_, Vec<u8>>(1)?)?;
            let shared = row.get::<_, Option<Vec<u8>>>(2)?.map(|id| self.shared_words(&id)).transpose()?.flatten();
            let known = |text: &String| shared.as_ref().is_some_and(|shared| shared.contains(text));
            canaries.private.extend(distinctive(&title, &body).into_iter().filter(|text| !known(text)));
        }
        canaries.private.extend(self.private_preferences()?);
        canaries.private.extend(self.private_records()?);
        let mut statement = self.connection.prepare(
            "SELECT document.stored FROM document JOIN place ON place.id = document.place
             WHERE place.space = 1 AND place.owner = (SELECT value FROM meta WHERE name = 'person')
                 AND document.kind = 1 AND document.stored IS NOT NULL
             ORDER BY document.document LIMIT ?1",
        )?;
        let mut rows = statement.query([CONTROLS])?;
        while let Some(row) = rows.next()? {
            let (title, body) = words(&row.get::<_, Vec<u8>>(0)?)?;
            canaries.shared.extend(distinctive(&title, &body));
        }
        Ok(canaries)
    }

    /// The notes of preferences that are kept, and the names of the items that nothing is shared of.
    fn private_preferences(&self) -> Result<BTreeSet<String>, Trouble> {
        let said = |space: u32| -> Result<BTreeMap<String, String>, Trouble> {
            let mut statement = self.connection.prepare(
                "SELECT document.stored FROM document JOIN place ON place.id = document.place
                 WHERE place.space = ?1 AND place.owner = (SELECT value FROM meta WHERE name = 'person')
                     AND document.kind = 2 AND document.stored IS NOT NULL",
            )?;
            let stored = statement.query_map([space], |row| row.get::<_, Vec<u8>>(0))?;
            stored
                .map(|stored| {
                    let document = Automerge::load(&stored?)?;
                    let Some((Value::Scalar(item), _)) = document.get(ROOT, "item")? else {
                        return Err("an item without a name".into());
                    };
                    Ok((item.as_str().unwrap_or_default().to_owned(), text(&document, "note")?))
                })
                .collect()
        };
        let (private, shared) = (said(0)?, said(1)?);
        let known = |text: &String| shared.values().any(|note| note.contains(text));
        let notes = private.values().flat_map(|note| distinctive("", note)).filter(|text| !known(text));
        let names = private.keys().filter(|item| !shared.contains_key(*item)).cloned();
        Ok(notes.chain(names).collect())
    }

    /// What is written in records that are kept, such as check-ins, and not in those that both can read.
    fn private_records(&self) -> Result<BTreeSet<String>, Trouble> {
        let written = |private: bool| -> Result<String, Trouble> {
            let mut statement = self.connection.prepare(
                "SELECT record.content FROM record JOIN place ON place.id = record.place WHERE (place.space = 0) = ?1",
            )?;
            let contents = statement.query_map([private], |row| row.get::<_, String>(0))?;
            let mut lines = Vec::new();
            for content in contents {
                texts(&serde_json::from_str(&content?)?, &mut lines);
            }
            Ok(lines.join("\n"))
        };
        let known = written(false)?;
        Ok(distinctive("", &written(true)?).into_iter().filter(|text| !known.contains(text)).collect())
    }

    fn shared_words(&self, id: &[u8]) -> Result<Option<String>, Trouble> {
        let stored: Option<Vec<u8>> = self
            .connection
            .query_row(
                "SELECT document.stored FROM document JOIN place ON place.id = document.place
                 WHERE place.space = 1 AND document.document = ?1 AND document.stored IS NOT NULL",
                [id],
                |row| row.get(0),
            )
            .optional()?;
        stored.map(|stored| words(&stored).map(|(title, body)| format!("{title}\n{body}"))).transpose()
    }

    /// Shows every text and blob of every table to the searches; documents and changes also as they are unpacked.
    pub(crate) fn search(&self, searches: &mut [&mut Search<'_>]) -> Result<(), Trouble> {
        let tables: Vec<String> = self
            .connection
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut look = |bytes: &[u8]| searches.iter_mut().for_each(|search| search.look(bytes));
        for table in tables {
            let mut statement = self.connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
            let columns = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column)? {
                        look(bytes);
                        if bytes.starts_with(&AUTOMERGE) {
                            unpack(bytes)?.iter().for_each(|unpacked| look(unpacked));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// The texts that people wrote in a record: what has a space in it is no name of the format.
fn texts(content: &serde_json::Value, lines: &mut Vec<String>) {
    match content {
        serde_json::Value::String(text) if text.contains(' ') => lines.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| texts(value, lines)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| texts(value, lines)),
        _ => {}
    }
}

/// A document's title and body.
fn words(stored: &[u8]) -> Result<(String, String), Trouble> {
    let document = Automerge::load(stored)?;
    Ok((text(&document, "title")?, text(&document, "body")?))
}

fn text(document: &Automerge, key: &str) -> Result<String, Trouble> {
    match document.get(ROOT, key)? {
        Some((Value::Object(ObjType::Text), object)) => Ok(document.text(&object)?),
        _ => Ok(String::new()),
    }
}

/// What Automerge packed: a document with all its history, deleted letters too, and its present texts in one piece; or a
/// single change.
fn unpack(packed: &[u8]) -> Result<Vec<Vec<u8>>, Trouble> {
    const DOCUMENT: Option<&u8> = Some(&0);
    if packed.get(8) != DOCUMENT {
        return Ok(vec![Change::from_bytes(packed.to_vec())?.raw_bytes().to_vec()]);
    }
    let document = Automerge::load(packed)?;
    let mut unpacked = vec![document.save_nocompress()];
    for key in ["title", "body", "note"] {
        unpacked.push(text(&document, key)?.into_bytes());
    }
    Ok(unpacked)
}
