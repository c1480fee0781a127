//! What the tests share. Each test file is a crate of its own and uses a part of it.
#![allow(dead_code, reason = "each test file uses a part")]

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use nightstand_sqlcipher::{SQLITE_OK, SqlcipherProvider, nightstand_sqlcipher_setup};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// The key of the fixtures and of every file the tests write: the bytes 0 to 31.
pub(crate) const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The salt of a vault, as `docs/open-the-file.md` tells it: the first 16 bytes of an HMAC-SHA-256 under its key.
pub(crate) fn salt(key: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&unhex(key)).unwrap();
    mac.update(b"nightstand database salt v1");
    HEXLOWER.encode(&mac.finalize().into_bytes()[..16])
}

/// The settings of a vault's file, in the order in which they have to be given.
pub(crate) fn vault_settings(key: &str) -> Vec<String> {
    vec![
        format!("key = \"x'{key}{}'\"", salt(key)),
        "cipher_plaintext_header_size = 32".into(),
        "cipher_hmac_algorithm = HMAC_SHA256".into(),
    ]
}

/// SQLCipher's defaults with a raw key.
pub(crate) fn raw_key(key: &str) -> Vec<String> {
    vec![format!("key = \"x'{key}'\"")]
}

/// Opens a file; a wrong key shows only when it is read.
pub(crate) fn open(path: &Path, settings: &[String]) -> Connection {
    let db = Connection::open(path).unwrap();
    for setting in settings {
        db.execute_batch(&format!("PRAGMA {setting};")).unwrap();
    }
    db
}

/// Writes a file with a user version of 7 and two entries, one page each.
pub(crate) fn write(path: &Path, settings: &[String]) {
    let db = open(path, settings);
    db.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA user_version = 7;
         CREATE TABLE entry (day TEXT NOT NULL, words TEXT NOT NULL, picture BLOB) STRICT;
         INSERT INTO entry VALUES ('2026-02-14', 'We walked to the lighthouse.', randomblob(3000)),
                                  ('2026-02-15', 'Rain, and soup for two.', randomblob(3000));",
    )
    .unwrap();
}

/// The words of every entry in a file, or why they can't be read.
pub(crate) fn read(path: &Path, settings: &[String]) -> rusqlite::Result<Vec<String>> {
    let db = open(path, settings);
    let mut query = db.prepare("SELECT words FROM entry ORDER BY day")?;
    query.query_map([], |row| row.get(0))?.collect()
}

/// What `write` puts into a file, and the fixtures hold too.
pub(crate) const WORDS: [&str; 2] = ["We walked to the lighthouse.", "Rain, and soup for two."];

/// One answer as text.
pub(crate) fn ask(db: &Connection, query: &str) -> String {
    db.query_row(query, [], |row| row.get::<_, rusqlite::types::Value>(0).map(text)).unwrap()
}

fn text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}

/// What `cipher_integrity_check` complains about: nothing, where every page's tag is right.
pub(crate) fn damage(db: &Connection) -> Vec<String> {
    let mut check = db.prepare("PRAGMA cipher_integrity_check").unwrap();
    check.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The callbacks as SQLCipher gets them.
pub(crate) fn provider() -> SqlcipherProvider {
    let mut provider = std::mem::MaybeUninit::uninit();
    // SAFETY: the memory is writable and aligned; it is read after the function says it is filled.
    unsafe {
        assert_eq!(nightstand_sqlcipher_setup(provider.as_mut_ptr()), SQLITE_OK);
        provider.assume_init()
    }
}

pub(crate) fn unhex(digits: &str) -> Vec<u8> {
    HEXLOWER.decode(digits.as_bytes()).unwrap()
}

/// A path relative to this crate.
pub(crate) fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Writes a line past the test harness, which swallows what passing tests print.
pub(crate) fn say(line: &str) {
    use std::io::Write;
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
