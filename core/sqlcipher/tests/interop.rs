//! Files that a stock SQLCipher on OpenSSL wrote; `fixtures/README.md` says how. The other direction is `page.rs`.

mod common;

use common::{KEY, WORDS, ask, damage, here, open, raw_key, read, vault_settings};

#[test]
fn recorded_files_open_and_can_be_written() {
    for (name, settings) in [("raw-key.sqlcipher", raw_key(KEY)), ("vault.sqlcipher", vault_settings(KEY))] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::copy(here("tests/fixtures").join(name), &path).unwrap();

        assert_eq!(read(&path, &settings).unwrap(), WORDS, "{name}");
        let db = open(&path, &settings);
        assert_eq!(ask(&db, "PRAGMA user_version"), "7");
        assert_eq!(ask(&db, "SELECT words FROM found WHERE found MATCH 'lighthouse'"), WORDS[0]);
        assert_eq!(damage(&db), [""; 0], "{name}");

        db.execute_batch("INSERT INTO entry VALUES ('2026-02-16', 'Sun.')").unwrap();
        drop(db);
        assert_eq!(read(&path, &settings).unwrap().last().unwrap(), "Sun.", "{name}");
        assert_eq!(damage(&open(&path, &settings)), [""; 0], "{name}");
    }
}
