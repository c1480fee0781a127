//! What somebody found who set out to break the second key, boundaries and the life of a vault: each was a gap once.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use common::{Couple, entry, vault};
use nightstand::care::{Item, ItemDraft, Line, Side, Stance, Whose};
use nightstand::error::NightstandError;
use nightstand::journal::{EntryId, ExportAs, ImportInto, RowsQuery, Sharing};
use nightstand::observe::Observer;
use nightstand::progress::ProgressReport;
use nightstand::vault::{OpenOptions, PrivateLock, Vault};
use tempfile::tempdir;

const LONG: Duration = Duration::from_secs(600);
const SECOND: [u8; 32] = [42; 32];
const HANDS: &str = "stance/holding-hands/together";

fn go_on(_: ProgressReport) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn unlock(vault: &Vault) {
    vault.unlock_private(SECOND, go_on).unwrap();
}

fn say(vault: &Vault, stance: Stance) {
    let (item, preferences) = (HANDS.parse::<Item>().unwrap(), vault.preferences());
    let seen = preferences.read(&item).unwrap().version;
    preferences.set(&item, &ItemDraft { stance: Some(stance), ..ItemDraft::default() }, &seen).unwrap();
}

fn share(vault: &Vault) {
    let item = HANDS.parse::<Item>().unwrap();
    let seen = vault.preferences().read(&item).unwrap().version;
    vault.preferences().share(&item, &seen).unwrap();
}

/// What counts, so far as this vault knows.
fn effective(vault: &Vault) -> Result<Option<Stance>, NightstandError> {
    vault.preferences().effective(Whose::Me, "holding-hands", Side::Together, &BTreeSet::new())
}

fn titles(vault: &Vault) -> Vec<String> {
    vault.journal().rows(&RowsQuery::default()).unwrap().rows.into_iter().map(|row| row.title).collect()
}

fn file(path: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", path.display()))
}

fn reopen(path: &Path) -> Vault {
    Vault::open_with(OpenOptions::new(path, [1; 32], [1; 16])).unwrap()
}

/// A screen that was drawn while Private was locked names an own shared entry by what the partner sees of it. After unlocking,
/// that name must not stand for a second entry.
fn drawn_while_locked(couple: &Couple) -> EntryId {
    let journal = couple.alex.journal();
    journal.write(&entry("Letter", "dear Sam", 1), Sharing::Shared).unwrap();
    couple.meet();
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    couple.alex.lock_private().unwrap();
    let id = journal.rows(&RowsQuery::default()).unwrap().rows[0].id;
    unlock(&couple.alex);
    id
}

#[test]
fn an_entry_deleted_from_a_screen_drawn_while_locked_is_gone() {
    let couple = Couple::new();
    let id = drawn_while_locked(&couple);
    match couple.alex.journal().delete(&id) {
        Ok(()) => assert_eq!(titles(&couple.alex), [""; 0], "it said that it deleted the entry"),
        Err(error) => assert_eq!(error, NightstandError::NotFound),
    }
}

#[test]
fn an_entry_edited_from_a_screen_drawn_while_locked_stays_one() {
    let couple = Couple::new();
    let id = drawn_while_locked(&couple);
    let journal = couple.alex.journal();
    if let Ok(view) = journal.read(&id) {
        let _ = journal.edit(&id, &entry("Letter", "dear Sam, with love", 1), &view.version);
    }
    assert_eq!(titles(&couple.alex), ["Letter"]);
}

#[test]
fn an_entry_taken_back_from_a_screen_drawn_while_locked_stays_one() {
    let couple = Couple::new();
    let id = drawn_while_locked(&couple);
    let _ = couple.alex.journal().take_back(&id);
    assert_eq!(titles(&couple.alex), ["Letter"]);
}

/// An old copy is put back; the boundary that was shared since comes back from the partner. Taking the item back must leave it
/// as strict as it was.
#[test]
fn taking_back_loosens_no_boundary_that_only_the_shared_part_has() {
    let mut couple = Couple::new();
    say(&couple.alex, Stance::Love);
    share(&couple.alex);
    couple.meet();
    let copy = couple.copy_of_alex();
    say(&couple.alex, Stance::Never);
    share(&couple.alex);
    couple.meet();

    couple.reopen_alex(&copy);
    couple.alex.journal().write(&entry("So that logs go on", "…", 1), Sharing::Shared).unwrap();
    couple.meet_whatever_it_says();
    couple.meet_whatever_it_says();
    assert_eq!(effective(&couple.alex), Ok(Some(Stance::Never)), "the partner's phone brought it back");
    let item = HANDS.parse::<Item>().unwrap();
    couple.alex.preferences().take_back(&item).unwrap();
    assert_eq!(effective(&couple.alex), Ok(Some(Stance::Never)), "as strict as it was");
}

#[test]
fn an_export_that_private_is_locked_under_is_not_taken_for_all() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    for day in 0..150 {
        alex.journal().write(&entry(&format!("Day {day}"), "tea", day), Sharing::Private).unwrap();
    }
    alex.set_private_key(Some(SECOND), go_on).unwrap();
    let path = folder.path().join("all.json");
    let mut lock_midway = |_| alex.lock_private().is_ok();
    let exported = alex.journal().export(&path, ExportAs::Json, &RowsQuery::default(), &mut lock_midway);
    assert_eq!(exported, Err(NightstandError::PrivateLocked));
    assert!(!path.exists());
}

/// As other calls into the vault from within one, these are refused and not waited for.
#[test]
fn a_progress_bar_that_locks_private_does_not_hang() {
    for call in [
        (|vault: &Vault| vault.lock_private()) as fn(&Vault) -> Result<(), NightstandError>,
        |vault| vault.unlock_private(SECOND, go_on),
        |vault| vault.set_private_key(None, go_on),
    ] {
        let folder = tempdir().unwrap();
        let alex = vault(&folder, "alex.db", 1);
        alex.journal().write(&entry("Day", "tea", 1), Sharing::Private).unwrap();
        let (done, heard) = channel();
        thread::spawn(move || {
            let within = |_| {
                let _ = done.send(call(&alex).map_err(|error| error.code()));
                ControlFlow::Continue(())
            };
            let _ = alex.set_private_key(Some(SECOND), within);
            // Kept for as long as the vault is in use.
            drop(folder);
        });
        assert_eq!(heard.recv_timeout(Duration::from_secs(20)), Ok(Err("internal")), "it waits for itself");
    }
}

/// A call that failed has done nothing: an app that hears of an error lets go of the new key, and Private would be lost with it.
#[test]
fn a_second_key_that_is_said_not_to_be_set_is_not_set() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    alex.journal().write(&entry("Day", "tea", 1), Sharing::Private).unwrap();
    let set = thread::scope(|scope| {
        let vault = &alex;
        vault.set_private_key(Some(SECOND), |_| {
            // The app goes to the background and leaves time enough for what is under way.
            scope.spawn(|| vault.pause(LONG).unwrap());
            while vault.private_lock() != Err(NightstandError::Paused) {
                thread::yield_now();
            }
            ControlFlow::Continue(())
        })
    });
    alex.resume().unwrap();
    let stands = if set.is_ok() { PrivateLock::Unlocked } else { PrivateLock::None };
    assert_eq!(alex.private_lock(), Ok(stands), "it answered {set:?}");
}

/// Eight times as many private entries take about eight times as long. (Each step went through all of them.)
#[test]
fn many_private_entries_are_listed_anew_in_good_time() {
    let time_for = |entries: u32| {
        let folder = tempdir().unwrap();
        let (path, export) = (folder.path().join("alex.db"), folder.path().join("in.json"));
        let alex = vault(&folder, "alex.db", 1);
        let page = |number| {
            let text = format!("Page {number}");
            serde_json::json!({ "uuid": format!("{number:032X}"), "creationDate": "2020-05-05T10:00:00Z", "text": text })
        };
        let pages: Vec<_> = (0..entries).map(page).collect();
        fs::write(&export, serde_json::json!({ "metadata": { "version": "1.0" }, "entries": pages }).to_string())
            .unwrap();
        alex.journal().import_day_one(&export, ImportInto::Private, &(), &mut |_| true).unwrap();
        alex.set_private_key(Some(SECOND), go_on).unwrap();
        let again = || {
            alex.lock_private().unwrap();
            fs::remove_file(file(&path, ".private")).unwrap();
            let begun = Instant::now();
            unlock(&alex);
            begun.elapsed()
        };
        (0..3).map(|_| again()).min().unwrap()
    };
    let (few, many) = (time_for(500), time_for(4_000));
    assert!(many < few * 16, "{few:?} for 500, {many:?} for 4000");
}

fn with_key() -> Couple {
    let couple = Couple::new();
    say(&couple.alex, Stance::Love);
    couple.alex.set_private_key(Some(SECOND), go_on).unwrap();
    couple
}

/// The second file can be lost. Who reads beside must not go on with the lost one: a boundary set since is not in it.
#[test]
fn a_widget_does_not_go_on_with_a_second_file_that_was_lost() {
    let couple = with_key();
    let widget = Vault::open_read_only(couple.path_of_alex(), [1; 32]).unwrap();
    unlock(&widget);
    assert_eq!(effective(&widget), Ok(Some(Stance::Love)));
    couple.alex.lock_private().unwrap();
    for ending in [".private", ".private-wal", ".private-shm"] {
        let _ = fs::remove_file(file(&couple.path_of_alex(), ending));
    }
    unlock(&couple.alex);
    say(&couple.alex, Stance::Never);
    assert_eq!(effective(&couple.alex), Ok(Some(Stance::Never)));
    assert_ne!(effective(&widget), Ok(Some(Stance::Love)), "the boundary was set and is not seen");
}

/// `unlock_private` of a vault that only reads refuses lists that are behind; a resume must not take them either.
#[test]
fn a_widget_that_resumes_does_not_take_lists_that_are_behind() {
    let couple = with_key();
    let (path, second) = (couple.path_of_alex(), file(&couple.path_of_alex(), ".private"));
    couple.alex.close().unwrap();
    let old = fs::read(&second).unwrap();
    let widget = Vault::open_read_only(&path, [1; 32]).unwrap();
    unlock(&widget);
    widget.pause(LONG).unwrap();
    let alex = reopen(&path);
    unlock(&alex);
    say(&alex, Stance::Never);
    alex.close().unwrap();
    fs::write(&second, &old).unwrap();

    let fresh = Vault::open_read_only(&path, [1; 32]).unwrap();
    assert_eq!(fresh.unlock_private(SECOND, go_on), Err(NightstandError::MigrationNeeded));
    widget.resume().unwrap();
    assert_ne!(effective(&widget), Ok(Some(Stance::Love)), "the boundary was set and is not seen");
}

/// Backups of the two files can be of different times. As many commits do not make them one.
#[test]
fn a_second_file_of_another_course_of_things_is_not_taken() {
    let couple = with_key();
    let (path, second) = (couple.path_of_alex(), file(&couple.path_of_alex(), ".private"));
    couple.alex.close().unwrap();
    let backup = fs::read(&path).unwrap();
    let alex = reopen(&path);
    unlock(&alex);
    alex.preferences().add(Line::Wish, "a walk").unwrap();
    alex.close().unwrap();
    let of_another_course = fs::read(&second).unwrap();

    fs::write(&path, &backup).unwrap();
    let alex = reopen(&path);
    unlock(&alex);
    say(&alex, Stance::Never);
    alex.close().unwrap();
    fs::write(&second, &of_another_course).unwrap();
    let alex = reopen(&path);
    unlock(&alex);
    assert_eq!(effective(&alex), Ok(Some(Stance::Never)));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_vault_that_is_yet_to_be_made_opens_it_once() {
    let folder = tempdir().unwrap();
    let (link, target) = (folder.path().join("link.db"), folder.path().join("alex.db"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let open = |path: &Path| Vault::open_with(OpenOptions::new(path, [1; 32], [1; 16]));
    let first = open(&link).unwrap();
    first.journal().write(&entry("Day", "tea", 1), Sharing::Private).unwrap();
    assert_eq!(open(&target).unwrap_err(), NightstandError::Locked);
}

#[cfg(unix)]
#[test]
fn a_vault_made_through_a_link_is_erased() {
    let folder = tempdir().unwrap();
    let (link, target) = (folder.path().join("link.db"), folder.path().join("alex.db"));
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let alex = Vault::open_with(OpenOptions::new(&link, [1; 32], [1; 16])).unwrap();
    alex.journal().write(&entry("Day", "tea", 1), Sharing::Private).unwrap();
    alex.erase_everything().unwrap();
    assert!(!target.exists(), "it said that everything is erased");
}

struct Clumsy(std::sync::Mutex<std::sync::mpsc::Sender<u64>>);

impl Observer for Clumsy {
    fn changed(&self, revision: u64) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).send(revision).unwrap();
        assert!(revision > 0, "a panic at the first call");
    }
}

/// As in the other languages: what an observer throws is dropped, and the next call comes all the same.
#[test]
fn an_observer_that_panics_once_is_told_again() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let (told, heard) = channel();
    let _subscription = alex.observe(std::sync::Arc::new(Clumsy(told.into()))).unwrap();
    assert_eq!(heard.recv_timeout(LONG), Ok(0));
    alex.journal().write(&entry("Day", "tea", 1), Sharing::Private).unwrap();
    assert_eq!(heard.recv_timeout(Duration::from_secs(20)), Ok(1));
}

#[test]
fn a_list_of_preferences_shows_none_of_them_in_debug() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    alex.preferences().add(Line::Wish, "canary at the sea").unwrap();
    let shown = format!("{:?}", alex.preferences().list(Whose::Me).unwrap());
    assert!(!shown.contains("canary"), "{shown}");
}
