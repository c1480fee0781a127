//! Files written and read back, with each kind of key and each setting the vault uses.

mod common;

use common::{KEY, WORDS, ask, damage, open, raw_key, read, salt, vault_settings, write};
use rusqlite::ErrorCode;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    (dir, path)
}

fn every_kind_of_key() -> Vec<Vec<String>> {
    let hmac_sha256 = || "cipher_hmac_algorithm = HMAC_SHA256".to_owned();
    vec![
        raw_key(KEY),
        vec![raw_key(KEY).remove(0), hmac_sha256()],
        vec![format!("key = \"x'{KEY}{}'\"", salt(KEY)), "cipher_plaintext_header_size = 32".into()],
        vault_settings(KEY),
        vec!["key = 'correct horse battery staple'".into()],
        vec!["key = 'correct horse battery staple'".into(), hmac_sha256()],
    ]
}

#[test]
fn what_is_written_is_read_back_and_whole() {
    for settings in every_kind_of_key() {
        let (_dir, path) = file();
        write(&path, &settings);
        assert_eq!(read(&path, &settings).unwrap(), WORDS, "{settings:?}");
        assert_eq!(damage(&open(&path, &settings)), [""; 0], "{settings:?}");
    }
}

#[test]
fn no_word_stands_in_the_file_or_its_log() {
    for settings in every_kind_of_key() {
        let (dir, path) = file();
        write(&path, &settings);
        // An open connection keeps the write-ahead log on disk.
        let db = open(&path, &settings);
        db.execute_batch("INSERT INTO entry VALUES ('2026-02-16', 'A lighthouse again.', NULL)").unwrap();
        let mut files = 0;
        for entry in fs::read_dir(dir.path()).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(10).any(|part| part == b"lighthouse"), "{settings:?}");
            files += 1;
        }
        assert_eq!(files, 3, "the file, its log and the log's index");
    }
}

#[test]
fn a_wrong_key_is_not_a_database() {
    let wrong_key = KEY.replacen("00", "01", 1);
    for (settings, wrong) in [
        (raw_key(KEY), raw_key(&wrong_key)),
        (vault_settings(KEY), vault_settings(&wrong_key)),
        (vec!["key = 'right'".into()], vec!["key = 'wrong'".into()]),
    ] {
        let (_dir, path) = file();
        write(&path, &settings);
        let before = fs::read(&path).unwrap();
        let error = read(&path, &wrong).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase), "{wrong:?}");
        assert_eq!(fs::read(&path).unwrap(), before, "a wrong key changes nothing");
    }
}

/// After a crash page 1 is in the write-ahead log, and with a plain header a wrong key gets as far as `user_version`, which
/// reads 0 as in a new file. `cipher_status` tells: 0 once a page could not be read with this key.
#[test]
fn after_a_crash_cipher_status_tells_a_wrong_key() {
    let wrong_key = KEY.replacen("00", "01", 1);
    let (dir, alive) = file();
    write(&alive, &vault_settings(KEY));
    let db = open(&alive, &vault_settings(KEY));
    db.execute_batch("INSERT INTO entry VALUES ('2026-02-16', 'Sun.', NULL); CREATE TABLE newest (words TEXT) STRICT;")
        .unwrap();
    let crashed = dir.path().join("crashed.db");
    for suffix in ["", "-wal", "-shm"] {
        let beside = |path: &Path| format!("{}{suffix}", path.display());
        fs::copy(beside(&alive), beside(&crashed)).unwrap();
    }

    let wrong = open(&crashed, &vault_settings(&wrong_key));
    assert_eq!(ask(&wrong, "PRAGMA cipher_status"), "1", "nothing was read so far");
    assert_eq!(ask(&wrong, "PRAGMA user_version"), "0");
    assert_eq!(ask(&wrong, "PRAGMA cipher_status"), "0");
    for (statement, code) in [
        ("SELECT count(*) FROM sqlite_schema", ErrorCode::DatabaseCorrupt),
        ("PRAGMA user_version = 1", ErrorCode::ReadOnly),
        ("CREATE TABLE entry (day TEXT)", ErrorCode::DatabaseCorrupt),
    ] {
        let error = wrong.execute_batch(statement).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(code), "{statement}");
    }
    drop(wrong);

    let words = read(&crashed, &vault_settings(KEY)).unwrap();
    assert_eq!(words, [WORDS.as_slice(), &["Sun."]].concat(), "the wrong key lost nothing");
    let db = open(&crashed, &vault_settings(KEY));
    assert_eq!(damage(&db), [""; 0]);
    assert_eq!(ask(&db, "PRAGMA user_version"), "7");
    assert_eq!(ask(&db, "PRAGMA cipher_status"), "1");
}

/// Each of the vault's settings counts: without one of them the right key opens nothing.
#[test]
fn every_setting_of_the_vault_is_needed() {
    let (_dir, path) = file();
    write(&path, &vault_settings(KEY));
    for left_out in 1..3 {
        let mut settings = vault_settings(KEY);
        settings.remove(left_out);
        let error = read(&path, &settings).unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase), "{settings:?}");
    }
    let mut without_salt = vault_settings(KEY);
    without_salt[0] = raw_key(KEY).remove(0);
    assert!(read(&path, &without_salt).is_err());
}

#[test]
fn the_vaults_header_shows_sqlite_and_nothing_of_the_key() {
    let (_dir, path) = file();
    write(&path, &vault_settings(KEY));
    let bytes = fs::read(&path).unwrap();
    assert_eq!(&bytes[..16], b"SQLite format 3\0");
    assert_eq!(bytes[16..18], [0x10, 0], "pages of 4096 bytes");
    assert_eq!(bytes[18..20], [2, 2], "write-ahead log");
    let salt = common::unhex(&salt(KEY));
    assert!(!bytes.windows(16).any(|part| part == salt), "the salt is not in the file");
}

/// SQLCipher puts 80 bytes a page aside when the key is set, and takes only 48 of them for the IV and SHA-256's tag. The header
/// goes on saying 80, also after VACUUM.
#[test]
fn vacuum_keeps_a_vault_readable() {
    let (_dir, path) = file();
    write(&path, &vault_settings(KEY));
    let db = open(&path, &vault_settings(KEY));
    db.execute_batch("DELETE FROM entry WHERE day = '2026-02-15'; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    drop(db);
    assert_eq!(fs::read(&path).unwrap()[20], 80);
    assert_eq!(read(&path, &vault_settings(KEY)).unwrap(), WORDS[..1]);
    assert_eq!(damage(&open(&path, &vault_settings(KEY))), [""; 0]);
}

#[test]
fn a_flipped_bit_is_reported() {
    for settings in every_kind_of_key() {
        let (_dir, path) = file();
        write(&path, &settings);
        let mut bytes = fs::read(&path).unwrap();
        let second_page = 4096 + 100;
        bytes[second_page] ^= 1;
        fs::write(&path, bytes).unwrap();
        let damage = damage(&open(&path, &settings));
        assert_eq!(damage, ["HMAC verification failed for page 2"], "{settings:?}");
        assert!(read(&path, &settings).is_err());
    }
}

#[test]
fn full_text_search_works() {
    let (_dir, path) = file();
    let db = open(&path, &vault_settings(KEY));
    db.execute_batch(
        "CREATE VIRTUAL TABLE found USING fts5 (words);
         INSERT INTO found VALUES ('We walked to the lighthouse.'), ('Rain, and soup for two.');",
    )
    .unwrap();
    assert_eq!(ask(&db, "SELECT words FROM found WHERE found MATCH 'soup'"), WORDS[1]);
}

#[test]
fn a_key_can_be_changed_and_the_vaults_salt_with_it() {
    let new_key = KEY.replacen("00", "ff", 1);
    for (old, new) in [(raw_key(KEY), raw_key(&new_key)), (vault_settings(KEY), vault_settings(&new_key))] {
        let (_dir, path) = file();
        write(&path, &old);
        open(&path, &old).execute_batch(&format!("PRAGMA re{}", new[0])).unwrap();
        assert_eq!(read(&path, &new).unwrap(), WORDS);
        assert_eq!(damage(&open(&path, &new)), [""; 0]);
        assert!(read(&path, &old).is_err());
    }
}

#[test]
fn eight_threads_share_a_file() {
    const THREADS: usize = 8;
    const ROWS: usize = 40;
    let (_dir, path) = file();
    write(&path, &vault_settings(KEY));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let path = &path;
            scope.spawn(move || {
                let db = open(path, &vault_settings(KEY));
                db.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
                for row in 0..ROWS {
                    db.execute("INSERT INTO entry VALUES (?1, ?2, NULL)", (thread.to_string(), row.to_string()))
                        .unwrap();
                    assert_eq!(
                        ask(&db, &format!("SELECT count(*) FROM entry WHERE day = '{thread}'")),
                        (row + 1).to_string()
                    );
                }
            });
        }
    });
    let db = open(&path, &vault_settings(KEY));
    assert_eq!(ask(&db, "SELECT count(*) FROM entry"), (WORDS.len() + THREADS * ROWS).to_string());
    assert_eq!(damage(&db), [""; 0]);
    assert_eq!(ask(&db, "PRAGMA integrity_check"), "ok");
}
