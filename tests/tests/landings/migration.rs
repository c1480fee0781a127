//! A vault of an earlier version is brought up to date beside itself: until that has worked out, it stays as it was.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use nightstand::error::NightstandError;
use nightstand::journal::RowsQuery;
use nightstand::progress::ProgressReport;
use nightstand::vault::{Layout, OpenOptions, Purpose, Vault, inspect, inspect_with_key};

use crate::fixture;

fn alex() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alex.vault");
    fs::copy(fixture(1, "alex.vault"), &path).unwrap();
    (folder, path)
}

fn options(path: &Path) -> OpenOptions {
    OpenOptions::new(path, [1; 32], [1; 16])
}

fn beside(folder: &tempfile::TempDir) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn extensions_and_the_background_leave_it_to_the_app() {
    let (_folder, path) = alex();
    let before = fs::read(&path).unwrap();
    for purpose in [Purpose::Background, Purpose::Read] {
        let error = Vault::open_with(options(&path).purpose(purpose)).unwrap_err();
        assert_eq!(error, NightstandError::MigrationNeeded);
    }
    let needed = inspect_with_key(&path, [1; 32]).unwrap();
    assert_eq!((needed.version, needed.layout), (1, Layout::NeedsMigration));
    assert!(needed.needed_bytes > 2 * inspect(&path).unwrap().bytes);
    assert_eq!(fs::read(&path).unwrap(), before);

    Vault::open_with(options(&path)).unwrap().close().unwrap();
    let current = inspect_with_key(&path, [1; 32]).unwrap();
    assert_eq!((current.layout, current.needed_bytes), (Layout::Current, 0));
    for purpose in [Purpose::Background, Purpose::Read] {
        let vault = Vault::open_with(options(&path).purpose(purpose)).unwrap();
        assert!(!vault.journal().rows(&RowsQuery::default()).unwrap().rows.is_empty());
    }
}

#[test]
fn it_says_how_far_it_is_and_can_be_called_off() {
    let (folder, path) = alex();
    let before = fs::read(&path).unwrap();
    let called_off = Vault::open_with(options(&path).migrating(|_| ControlFlow::Break(())));
    assert_eq!(called_off.unwrap_err(), NightstandError::Cancelled);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(beside(&folder), ["alex.vault", "alex.vault.lock"]);

    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let vault = Vault::open_with(options(&path).migrating(move |progress| {
        notes.lock().unwrap().push(progress);
        ControlFlow::Continue(())
    }));
    vault.unwrap().close().unwrap();
    let told = told.lock().unwrap();
    assert!(matches!(told[..], [ProgressReport { done: 0, total: 7.. }, ..]), "{told:?}");
    assert_eq!(beside(&folder), ["alex.vault", "alex.vault.lock"]);
}

#[test]
fn what_goes_wrong_on_the_way_leaves_it_as_it_was() {
    let (folder, path) = alex();
    let before = fs::read(&path).unwrap();
    // No copy can lie where a folder does.
    let copy = folder.path().join("alex.vault.migrating");
    fs::create_dir(&copy).unwrap();
    fs::write(copy.join("in the way"), "").unwrap();
    let error = Vault::open_with(options(&path)).unwrap_err();
    assert_eq!(error.code(), "io");
    assert_eq!(fs::read(&path).unwrap(), before);

    // And what a kill left of an earlier attempt is in nobody's way.
    fs::remove_dir_all(&copy).unwrap();
    fs::write(&copy, &before[..8192]).unwrap();
    fs::write(folder.path().join("alex.vault.migrating-wal"), "half a log").unwrap();
    let vault = Vault::open_with(options(&path)).unwrap();
    assert!(!vault.journal().rows(&RowsQuery::default()).unwrap().rows.is_empty());
    vault.close().unwrap();
    assert_eq!(beside(&folder), ["alex.vault", "alex.vault.lock"]);
}
