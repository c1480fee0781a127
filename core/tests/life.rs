//! The life of an app around a vault: locked, looked into from an extension, worked on in the background, erased.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{Couple, entry, vault};
use nightstand::error::{Action, InvalidInput, NightstandError};
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::log::{Level, LogSink};
use nightstand::observe::Observer;
use nightstand::vault::{Ended, OpenOptions, Paused, Purpose, Vault, erase};
use tempfile::tempdir;

const LONG: Duration = Duration::from_secs(600);

fn titles(vault: &Vault) -> Result<Vec<String>, NightstandError> {
    Ok(vault.journal().rows(&RowsQuery::default())?.rows.into_iter().map(|row| row.title).collect())
}

fn write(vault: &Vault, title: &str) -> Result<(), NightstandError> {
    vault.journal().write(&entry(title, "…", title.len() as i64), Sharing::Private).map(drop)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_locked_vault_goes_on_with_its_key_alone() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, "Tea").unwrap();
    let nothing = Paused { writing: Ended::Finished, reading: Ended::Finished };
    assert_eq!(alex.lock(LONG), Ok(nothing));
    assert_eq!(alex.lock(LONG), Ok(nothing), "twice is harmless");
    for refused in [titles(&alex).map(drop), write(&alex, "Rain"), alex.resume(), alex.sync().begin().map(drop)] {
        let error = refused.unwrap_err();
        assert_eq!(error, NightstandError::KeyNeeded);
        assert_eq!((error.code(), error.action(), error.retryable()), ("key_needed", Action::Unlock, true));
    }
    // It has let go of the file.
    vault(&folder, "alex.db", 1).close().unwrap();
    assert_eq!(alex.unlock([9; 32]), Err(NightstandError::WrongKey));
    assert_eq!(titles(&alex), Err(NightstandError::KeyNeeded), "it stays locked");
    alex.unlock([1; 32]).unwrap();
    alex.unlock([9; 32]).unwrap();
    write(&alex, "Rain").unwrap();
    assert_eq!(titles(&alex).unwrap().len(), 2);

    alex.pause(LONG).unwrap();
    alex.lock(LONG).unwrap();
    assert_eq!(alex.resume(), Err(NightstandError::KeyNeeded), "a paused vault can be locked");
    alex.unlock([1; 32]).unwrap();
    alex.pause(LONG).unwrap();
    assert_eq!(alex.unlock([9; 32]), Err(NightstandError::WrongKey));
    alex.resume().unwrap();
    alex.close().unwrap();
    assert_eq!((alex.lock(LONG), alex.unlock([1; 32])), (Err(NightstandError::Closed), Err(NightstandError::Closed)));
}

struct Unheard;

impl Observer for Unheard {
    fn changed(&self, _: u64) {}
}

#[test]
fn an_extension_looks_into_a_vault_and_changes_nothing() {
    let couple = Couple::new();
    write(&couple.alex, "Tea").unwrap();
    let look = || Vault::open_read_only(couple.path_of_alex(), [1; 32]);
    // Beside the app, and after it.
    let widget = look().unwrap();
    assert_eq!(titles(&widget).unwrap(), ["Tea"]);
    write(&couple.alex, "Rain").unwrap();
    assert_eq!(titles(&widget).unwrap(), ["Rain", "Tea"]);
    let row = widget.journal().rows(&RowsQuery::default()).unwrap().rows[0].clone();
    assert_eq!(widget.journal().read(&row.id).unwrap().entry.body.text, "…");
    assert_eq!(widget.journal().shared_digest(), couple.alex.journal().shared_digest());
    let journal = widget.journal();
    let refusals = [
        write(&widget, "Not here"),
        journal.delete(&row.id),
        journal.share(&row.id),
        widget.sync().begin().map(drop),
        widget.erase_everything(),
    ];
    for refused in refusals {
        assert_eq!(refused.unwrap_err(), NightstandError::ReadOnly);
    }
    drop(widget.observe(Arc::new(Unheard)).unwrap());
    couple.alex.close().unwrap();
    assert_eq!(titles(&widget).unwrap().len(), 2);
    widget.pause(LONG).unwrap();
    assert_eq!(titles(&widget), Err(NightstandError::Paused));
    widget.resume().unwrap();
    assert_eq!(write(&widget, "Not here"), Err(NightstandError::ReadOnly));
    widget.lock(LONG).unwrap();
    widget.unlock([1; 32]).unwrap();
    assert_eq!(titles(&widget).unwrap().len(), 2);
    widget.close().unwrap();

    let before = fs::read(couple.path_of_alex()).unwrap();
    assert_eq!(titles(&look().unwrap()).unwrap().len(), 2);
    assert_eq!(fs::read(couple.path_of_alex()).unwrap(), before);
    assert_eq!(look().unwrap().close(), Ok(()));
    assert_eq!(Vault::open_read_only(couple.path_of_alex(), [9; 32]).unwrap_err(), NightstandError::WrongKey);
    let nowhere = couple.path_of_alex().with_file_name("nobody.db");
    assert_eq!(Vault::open_read_only(&nowhere, [1; 32]).unwrap_err(), NightstandError::NotFound);
    assert!(!nowhere.exists());
}

#[test]
fn the_background_makes_no_vault() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("alex.db");
    let open = || Vault::open_with(OpenOptions::new(&path, [1; 32], [1; 16]).purpose(Purpose::Background));
    assert_eq!(open().unwrap_err(), NightstandError::NotFound);
    assert!(!path.exists());
    vault(&folder, "alex.db", 1).close().unwrap();
    write(&open().unwrap(), "Tea").unwrap();
}

#[test]
fn everything_is_erased() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("alex.db");
    let alex = vault(&folder, "alex.db", 1);
    write(&alex, "Tea").unwrap();
    fs::write(folder.path().join("alex.db.migrating"), "a copy that a kill left").unwrap();
    assert_eq!(erase(&path), Err(NightstandError::Locked), "it is open");
    alex.erase_everything().unwrap();
    assert_eq!(names(folder.path()), ["alex.db.lock"]);
    assert_eq!(titles(&alex), Err(NightstandError::Closed));
    alex.erase_everything().unwrap();

    let again = vault(&folder, "alex.db", 1);
    assert_eq!(titles(&again).unwrap(), [""; 0], "a new one");
    again.close().unwrap();
    erase(&path).unwrap();
    erase(&path).unwrap();
    assert_eq!(names(folder.path()), ["alex.db.lock"]);
    let other = folder.path().join("holiday.jpg");
    fs::write(&other, "no vault at all").unwrap();
    assert_eq!(erase(&other), Err(NightstandError::InvalidInput { what: InvalidInput::File }));
    assert!(other.exists());
}

/// Notes lines, and says each to whom it concerns.
struct Notes(std::sync::mpsc::Sender<String>);

impl LogSink for Notes {
    fn log(&self, level: Level, line: &str) {
        let _ = self.0.send(format!("{level:?} {line}"));
    }
}

#[test]
fn the_log_and_the_report_say_how_much_and_never_what() {
    let folder = tempdir().unwrap();
    let (sender, heard) = std::sync::mpsc::channel();
    let open = |key| {
        let options = OpenOptions::new(folder.path().join("quiet-canary.db"), key, [1; 16]);
        Vault::open_with(options.log(Level::Debug, Arc::new(Notes(sender.clone()))))
    };
    let alex = open([1; 32]).unwrap();
    assert_eq!(heard.recv().unwrap(), format!("Info opened schema={}", nightstand::version::SCHEMA));
    for title in ["canary in the morning", "a canary in the evening"] {
        write(&alex, title).unwrap();
    }
    assert_eq!(
        alex.journal().read(&"mine-00000000000000000000000000000000".parse().unwrap()).map(drop),
        Err(NightstandError::NotFound)
    );
    assert_eq!(heard.recv().unwrap(), "Debug read_failed error=not_found");
    assert_eq!(open([1; 32]).unwrap_err(), NightstandError::Locked);
    assert_eq!(heard.recv().unwrap(), "Warn not_opened error=locked");
    alex.pause(LONG).unwrap();
    alex.resume().unwrap();
    assert_eq!(heard.recv().unwrap(), "Info paused writing=finished reading=finished");
    assert_eq!(heard.recv().unwrap(), "Info resumed");

    let report = alex.support_report().unwrap();
    let value = |name: &str| report.lines.iter().find(|line| line.name == name).map(|line| line.value.as_str());
    assert_eq!(
        (value("documents_private"), value("entries"), value("file_pages_damaged")),
        (Some("2"), Some("2"), Some("0"))
    );
    assert_eq!((value("library"), value("bonds_held")), (Some(env!("CARGO_PKG_VERSION")), Some("0")));
    assert!(report.lines.iter().all(|line| line.value != "unreadable"), "{report}");
    assert_eq!(report.log.last().unwrap(), "0 s: resumed");
    let text = report.to_string();
    assert!(text.contains("documents_private: 2\n") && !text.contains("canary"), "{text}");
    alex.close().unwrap();
    assert_eq!(alex.support_report(), Err(NightstandError::Closed));
    assert_eq!(heard.recv().unwrap(), "Info closed writing=finished reading=finished");
}

#[test]
fn a_report_of_a_damaged_file_says_what_it_can() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("alex.db");
    let alex = vault(&folder, "alex.db", 1);
    for number in 0..200 {
        let draft = entry(&format!("Entry {number}"), &format!("{number} walked and talked. ").repeat(40), number);
        alex.journal().write(&draft, Sharing::Private).unwrap();
    }
    alex.close().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    (pages / 2..pages / 2 + 20).for_each(|page| bytes[page * 4096 + 1000] ^= 1);
    fs::write(&path, &bytes).unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let report = alex.support_report().unwrap();
    let value = |name: &str| report.lines.iter().find(|line| line.name == name).map(|line| line.value.clone());
    assert_eq!(value("file_pages_damaged").as_deref(), Some("20"), "{report}");
    assert!(report.lines.iter().any(|line| line.value == "unreadable"), "{report}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn meetings_are_logged_with_what_they_moved() {
    let couple = Couple::new();
    couple.alex.journal().write(&entry("For us", "…", 1), Sharing::Joint).unwrap();
    couple.meet();
    let log = couple.sam.support_report().unwrap().log;
    let last = log.last().unwrap();
    assert!(last.contains("synced outcome=all_handed_over") && last.contains("entries_received=1"), "{last}");
}
