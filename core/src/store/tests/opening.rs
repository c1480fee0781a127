//! Files that open, and files that do not.

use std::fs;

use nightstand_engine::ids::Space;

use super::{Journaling, Phone};
use crate::error::{InvalidInput, NightstandError};
use crate::store::VERSION;
use crate::vault::{FileForm, Layout, inspect, inspect_with_key};

const CANARY: &str = "xylophonquartz";

#[test]
fn what_was_written_is_there_after_opening_again() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    let person = vault.person();
    drop(vault);
    let vault = phone.open();
    assert_eq!(vault.person(), person);
    assert_eq!(vault.title(&key).as_deref(), Some("Lighthouse"));
    assert_eq!(vault.listed(), ["Lighthouse"]);
}

#[test]
fn a_kill_loses_nothing_that_was_committed() {
    let phone = Phone::alex();
    let vault = phone.open();
    let key = vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    let half = vault.write(|tx| {
        tx.open_writing_log(&key.place)?;
        tx.forget_phrase()?;
        let copy = phone.killed_copy();
        Ok(copy)
    });
    let vault = phone.open_at(&half.unwrap()).unwrap();
    assert_eq!(vault.title(&key).as_deref(), Some("Lighthouse"));
    assert_eq!(vault.found("walked"), 1);
    assert!(vault.read(|rows, _| Ok(rows.phrase()?.is_some())).unwrap(), "what was not committed is not there");
}

#[test]
fn a_wrong_key_is_said_and_changes_nothing() {
    let mut phone = Phone::alex();
    phone.open().begin_entry(Space::Private, "Lighthouse", "We walked.");
    let before = fs::read(phone.path()).unwrap();
    let right = phone.seed;
    phone.seed = 77;
    assert_eq!(phone.try_open().unwrap_err(), NightstandError::WrongKey);
    assert_eq!(inspect_with_key(phone.path(), phone.key()), Err(NightstandError::WrongKey));
    assert_eq!(fs::read(phone.path()).unwrap(), before);
    phone.seed = right;
    assert_eq!(phone.open().listed(), ["Lighthouse"]);
}

/// Page 1 is then in the write-ahead log, and SQLCipher takes the file for a new one at first.
#[test]
fn a_wrong_key_is_said_after_a_kill_too() {
    let mut phone = Phone::alex();
    let vault = phone.open();
    vault.begin_entry(Space::Private, "Lighthouse", "We walked.");
    let copy = phone.killed_copy();
    phone.seed = 77;
    assert_eq!(phone.open_at(&copy).unwrap_err(), NightstandError::WrongKey);
    phone.seed = 1;
    assert_eq!(phone.open_at(&copy).unwrap().listed(), ["Lighthouse"]);
}

#[test]
fn damage_is_said_with_what_is_whole_and_the_file_is_left_alone() {
    let phone = Phone::alex();
    let vault = phone.open();
    for number in 0..200 {
        vault.begin_entry(Space::Private, &format!("Entry {number}"), &"We walked and talked. ".repeat(40));
    }
    drop(vault);
    let mut bytes = fs::read(phone.path()).unwrap();
    let pages = bytes.len() / 4096;
    for page in pages / 2..pages / 2 + 20 {
        bytes[page * 4096 + 1000] ^= 1;
    }
    fs::write(phone.path(), &bytes).unwrap();

    let vault = phone.open();
    let sum = "SELECT sum(length(stored)) FROM document";
    let error = vault.read(|rows, _| Ok(rows.one(sum, [], |_| Ok(()))?)).unwrap_err();
    let NightstandError::Damaged { salvage: Some(salvage) } = error else { panic!("{error}") };
    assert_eq!((salvage.pages, salvage.damaged_pages), (pages as u64, 20));
    assert!(salvage.documents > 20 && salvage.documents < 200, "{salvage:?}");
    assert_eq!(
        vault.read(|rows, person| Ok(rows.membership(&person)?.is_some())),
        Ok(true),
        "the rest can still be read"
    );
    drop(vault);
    assert_eq!(fs::read(phone.path()).unwrap(), bytes, "nothing is repaired, nothing deleted");
}

#[test]
fn a_damaged_first_page_is_no_wrong_key() {
    let phone = Phone::alex();
    phone.open().begin_entry(Space::Private, "Lighthouse", "We walked.");
    for at in [3, 2000] {
        let whole = fs::read(phone.path()).unwrap();
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(phone.path(), &bytes).unwrap();
        let error = phone.try_open().unwrap_err();
        let NightstandError::Damaged { salvage: Some(salvage) } = error else { panic!("{at}: {error}") };
        assert!(salvage.damaged_pages <= 1 && salvage.pages > 10, "{salvage:?}");
        assert_eq!(fs::read(phone.path()).unwrap(), bytes);
        fs::write(phone.path(), &whole).unwrap();
    }
    assert_eq!(phone.open().listed(), ["Lighthouse"]);
}

#[test]
fn a_newer_file_is_not_touched() {
    let phone = Phone::alex();
    phone.open();
    let next = VERSION + 1;
    let pragmas = format!("PRAGMA user_version = {next}; PRAGMA wal_checkpoint(TRUNCATE)");
    phone.writing_tool().execute_batch(&pragmas).unwrap();
    let before = fs::read(phone.path()).unwrap();
    let newer = NightstandError::NewerVersion { found: next, supported: VERSION };
    assert_eq!(phone.try_open().unwrap_err(), newer);
    let inspection = inspect_with_key(phone.path(), phone.key()).unwrap();
    assert_eq!((inspection.version, inspection.layout), (next, Layout::Newer));
    assert_eq!(fs::read(phone.path()).unwrap(), before);
}

#[test]
fn a_file_that_is_none_of_ours_is_refused() {
    let others: [&[u8]; 3] = [&[b'x'; 9_000], b"a short text", &[0; 4_096]];
    for bytes in others {
        let phone = Phone::alex();
        fs::write(phone.path(), bytes).unwrap();
        assert_eq!(phone.try_open().unwrap_err(), NightstandError::InvalidInput { what: InvalidInput::File });
        assert_eq!(fs::read(phone.path()).unwrap(), bytes);
    }
}

#[test]
fn another_apps_database_is_refused() {
    let phone = Phone::alex();
    let other = phone.writing_tool();
    other.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE contact (name TEXT)").unwrap();
    drop(other);
    let error = phone.try_open().unwrap_err();
    assert_eq!(error, NightstandError::InvalidInput { what: InvalidInput::File });
}

#[test]
fn thirty_two_bytes_are_plain_and_no_word_of_the_rest() {
    let phone = Phone::alex();
    let vault = phone.open();
    vault.begin_entry(Space::Private, CANARY, CANARY);
    let mut files = 0;
    for suffix in ["", "-wal", "-shm"] {
        let bytes = fs::read(format!("{}{suffix}", phone.path().display())).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()), "{suffix}");
        files += 1;
    }
    assert_eq!(files, 3);
    drop(vault);
    let bytes = fs::read(phone.path()).unwrap();
    assert_eq!(&bytes[..16], b"SQLite format 3\0");
    // In a plain file, bytes 32 to 99 are mostly zeros and the table names follow.
    assert!(bytes[32..100].iter().filter(|byte| **byte == 0).count() < 8);
    assert!(!bytes.windows(12).any(|part| part == b"CREATE TABLE"));
}

#[test]
fn a_look_from_outside_tells_form_and_size() {
    let phone = Phone::alex();
    let form = |bytes: Option<&[u8]>| {
        let path = phone.path().with_extension("other");
        match bytes {
            Some(bytes) => fs::write(&path, bytes).unwrap(),
            None => drop(fs::remove_file(&path)),
        }
        inspect(&path).unwrap().form
    };
    assert_eq!(form(None), FileForm::Absent);
    assert_eq!(form(Some(b"")), FileForm::Empty);
    assert_eq!(form(Some(&[7; 8192])), FileForm::Other);
    assert_eq!(inspect_with_key(phone.path(), phone.key()), Err(NightstandError::NotFound));

    let vault = phone.open();
    let open = inspect(phone.path()).unwrap();
    assert_eq!(open.form, FileForm::Plausible);
    assert_eq!(inspect_with_key(phone.path(), phone.key()).unwrap().layout, Layout::Current, "open or not");
    drop(vault);
    let closed = inspect(phone.path()).unwrap();
    assert_eq!(closed.bytes, fs::metadata(phone.path()).unwrap().len());
}
