//! Two phones that are never awake together.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::shelf::{MINUTE, Shelf, visit, visit_place};
use crate::devices::tests::{Home, meet, meet_own, titles, write};
use crate::error::NightstandError;
use crate::journal::Sharing;
use crate::mailbox::{Folder, Storage};
use crate::sync::{Cancel, MailboxTrouble, SyncOutcome};

#[test]
fn two_phones_never_online_together_exchange_everything() {
    let home = Home::new();
    let folder = tempfile::tempdir().unwrap();
    let storage = Arc::new(Folder::new(folder.path()));
    write(&home.phone, "From the phone", Sharing::Shared);
    write(&home.phone, "Mine alone", Sharing::Private);
    let joint = write(&home.sam, "Our evening", Sharing::Joint);
    for _ in 0..2 {
        visit_place(&home.phone, &storage);
        visit_place(&home.sam, &storage);
    }
    assert_eq!(titles(&home.phone), ["From the phone", "Mine alone", "Our evening"]);
    assert_eq!(titles(&home.sam), ["From the phone", "Our evening"]);
    let mut draft = home.phone.journal().read(&joint).unwrap();
    draft.entry.title = "Our long evening".into();
    home.phone.journal().edit(&joint, &draft.entry, &draft.version).unwrap();
    visit_place(&home.phone, &storage);
    assert_eq!(visit_place(&home.sam, &storage).outcome, SyncOutcome::AllHandedOver);
    let report = visit_place(&home.phone, &storage);
    assert_eq!((report.outcome, report.missing, report.damaged), (SyncOutcome::AllHandedOver, false, 0));
    assert_eq!(titles(&home.sam), ["From the phone", "Our long evening"]);

    // What did its work is gone: each lane's last word is left. And nothing more is said.
    visit_place(&home.sam, &storage);
    let names = storage.list().unwrap();
    assert!(names.len() <= 2, "{names:?}");
    for _ in 0..3 {
        visit_place(&home.phone, &storage);
        visit_place(&home.sam, &storage);
        let mut same = storage.list().unwrap();
        let mut before = names.clone();
        same.sort();
        before.sort();
        assert_eq!(same, before);
    }
    for name in &names {
        assert_eq!(std::fs::metadata(folder.path().join(name)).unwrap().len(), 2048);
    }
}

#[test]
fn a_tablet_takes_part() {
    let home = Home::new();
    let shelf = Shelf::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&tablet, "From the tablet", Sharing::Shared);
    write(&home.phone, "From the phone", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    write(&tablet, "Mine alone", Sharing::Private);
    for _ in 0..4 {
        for vault in [&home.phone, &tablet, &home.sam] {
            visit(vault, &shelf);
        }
    }
    assert_eq!(titles(&home.phone), ["From Sam", "From the phone", "From the tablet"]);
    assert_eq!(titles(&home.sam), ["From Sam", "From the phone", "From the tablet"]);
    assert_eq!(titles(&tablet), ["From Sam", "From the phone", "From the tablet", "Mine alone"]);
    let report = visit(&home.phone, &shelf);
    assert_eq!((report.outcome, report.missing), (SyncOutcome::AllHandedOver, false));
}

#[test]
fn copies_junk_and_halves_do_no_harm() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let whole = shelf.files();
    let (name, bytes) = whole.iter().next().map(|(name, bytes)| (name.clone(), bytes.clone())).unwrap();
    let (lane, _) = name.split_once('-').unwrap();
    let mut files = whole.clone();
    files.insert(name.clone(), bytes[..bytes.len() / 2].to_vec());
    files.insert(format!("{name} (1)"), bytes.clone());
    files.insert(format!("{lane}-0000000900"), bytes.clone());
    files.insert(format!("{}-0000000001", "ab".repeat(16)), vec![7; 3000]);
    files.insert("Holiday.jpg".into(), vec![1; 10]);
    shelf.set(files);
    let report = visit(&home.sam, &shelf);
    assert!(report.damaged > 0);
    assert_eq!((report.outcome, report.entries_received), (SyncOutcome::NotYet, 0));
    // The rest of it comes.
    let mut files = shelf.files();
    files.insert(name, bytes);
    shelf.set(files);
    visit(&home.sam, &shelf);
    assert_eq!(titles(&home.sam), ["First"]);
}

#[test]
fn what_is_gone_before_its_time_is_said_again() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let first = shelf.files();
    write(&home.phone, "Second", Sharing::Shared);
    visit(&home.phone, &shelf);
    // The first one is gone, and only Sam's phone looks: it lacks something, and says so when it has seen it twice.
    let mut files = shelf.files();
    first.keys().for_each(|name| drop(files.remove(name)));
    shelf.set(files.clone());
    for _ in 0..2 {
        let report = visit(&home.sam, &shelf);
        assert!(report.missing);
        assert_eq!(titles(&home.sam), [""; 0]);
    }
    visit(&home.phone, &shelf);
    assert!(!visit(&home.sam, &shelf).missing);
    assert_eq!(titles(&home.sam), ["First", "Second"]);

    // The whole storage is put back to how it was.
    shelf.set(first);
    for _ in 0..2 {
        visit(&home.sam, &shelf);
        visit(&home.phone, &shelf);
    }
    write(&home.phone, "Third", Sharing::Shared);
    for _ in 0..2 {
        visit(&home.phone, &shelf);
        visit(&home.sam, &shelf);
    }
    assert_eq!(titles(&home.sam), ["First", "Second", "Third"]);

    // And it is emptied.
    shelf.set(BTreeMap::new());
    write(&home.sam, "From Sam", Sharing::Shared);
    for _ in 0..2 {
        visit(&home.sam, &shelf);
        visit(&home.phone, &shelf);
    }
    assert_eq!(titles(&home.phone), ["First", "From Sam", "Second", "Third"]);
}

#[test]
fn a_full_or_failing_storage_is_said_and_the_next_round_goes_on() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    shelf.is_full.store(true, Ordering::SeqCst);
    let report = visit(&home.phone, &shelf);
    assert_eq!((report.trouble, report.outcome), (Some(MailboxTrouble::Full), SyncOutcome::NotYet));
    shelf.is_full.store(false, Ordering::SeqCst);
    shelf.is_away.store(true, Ordering::SeqCst);
    assert_eq!(visit(&home.phone, &shelf).trouble, Some(MailboxTrouble::Unreachable));
    shelf.is_away.store(false, Ordering::SeqCst);
    assert_eq!(visit(&home.phone, &shelf).trouble, None);
    visit(&home.sam, &shelf);
    assert_eq!(titles(&home.sam), ["First"]);

    let cancel = Cancel::new();
    cancel.cancel();
    let cancelled = home.sam.sync().use_mailbox(shelf.clone(), MINUTE, &cancel);
    assert_eq!(cancelled, Err(NightstandError::Cancelled));
    let late = home.sam.sync().use_mailbox(shelf.clone(), Duration::ZERO, &Cancel::new()).unwrap();
    assert_eq!((late.outcome, late.trouble), (SyncOutcome::NotYet, None));
}

#[test]
fn a_tombstone_takes_own_blobs_away_that_may_hold_what_was_deleted() {
    let home = Home::new();
    let shelf = Shelf::new();
    let id = write(&home.phone, "Not for long", Sharing::Shared);
    visit(&home.phone, &shelf);
    let before = shelf.files();
    home.phone.journal().delete(&id).unwrap();
    visit(&home.phone, &shelf);
    assert!(before.keys().all(|name| !shelf.files().contains_key(name)));
    visit(&home.sam, &shelf);
    assert_eq!(titles(&home.sam), [""; 0]);
}

#[test]
fn other_roads_between_do_no_harm() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    write(&home.phone, "Second", Sharing::Shared);
    meet(&home.phone, &home.sam);
    assert_eq!(visit(&home.sam, &shelf).entries_received, 0);
    assert_eq!(visit(&home.phone, &shelf).outcome, SyncOutcome::AllHandedOver);
    write(&home.sam, "Third", Sharing::Shared);
    visit(&home.sam, &shelf);
    visit(&home.phone, &shelf);
    assert_eq!(titles(&home.phone), ["First", "Second", "Third"]);
}
