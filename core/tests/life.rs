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
