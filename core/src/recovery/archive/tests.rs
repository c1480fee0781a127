//! Every phone of Alex's is gone, and there is an archive.

mod lanes;

use std::collections::BTreeSet;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;

use nightstand_engine::batch;
use nightstand_engine::keys::Phrase;

use super::{ArchiveReport, ArchiveRestored, VolumeName};
use crate::devices::tests::{Home, meet, meet_own, open, titles, write};
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::journal::Sharing;
use crate::mailbox::Storage;
use crate::recovery::backup::envelope;
use crate::recovery::backup::tar::TarReader;
use crate::sync::tests::shelf::{Fault, MINUTE, Shelf, visit};
use crate::sync::{Cancel, MailboxTrouble};
use crate::vault::Vault;

fn archive(vault: &Vault, shelf: &Arc<Shelf>) -> ArchiveReport {
    vault.archive().write(Arc::clone(shelf) as Arc<dyn Storage>, MINUTE, &Cancel::new()).unwrap()
}

fn restore(vault: &Vault, shelf: &Arc<Shelf>, words: &str) -> Result<ArchiveRestored, NightstandError> {
    let storage = Arc::clone(shelf) as Arc<dyn Storage>;
    vault.archive().restore(storage, words, MINUTE, &Cancel::new(), &mut |_| true)
}

fn phone(home: &Home, name: &str, number: u8) -> Vault {
    open(&home.folder, &home.clock, name, number)
}

/// Somebody else, and their words.
fn somebody(home: &Home) -> (Vault, String) {
    let vault = phone(home, "somebody", 21);
    let words = vault.recovery_phrase().show().unwrap().as_text().to_owned();
    (vault, words)
}

fn lanes(shelf: &Shelf) -> BTreeSet<[u8; 16]> {
    shelf.list().unwrap().iter().filter_map(|name| VolumeName::parse(name)).map(|name| name.lane).collect()
}

impl Home {
    /// Alex's phone, with something in every space, and an archive of that.
    fn archived() -> (Self, Arc<Shelf>) {
        let (home, shelf) = (Self::new(), Shelf::new());
        write(&home.phone, "Mine alone", Sharing::Private);
        write(&home.phone, "For both to read", Sharing::Shared);
        write(&home.phone, "Of us both", Sharing::Joint);
        write(&home.sam, "From Sam", Sharing::Shared);
        meet(&home.phone, &home.sam);
        home.phone.archive().set_up(&home.words).unwrap();
        let report = archive(&home.phone, &shelf);
        assert!(report.is_complete && report.entries_written > 0, "{report:?}");
        (home, shelf)
    }
}

const EVERYTHING: [&str; 4] = ["For both to read", "From Sam", "Mine alone", "Of us both"];

/// What lies there, opened: every entry's bytes.
fn opened(shelf: &Shelf, words: &str) -> Vec<u8> {
    let identity = envelope::identity_of(&Phrase::from_words(words).unwrap().root()).unwrap();
    let mut all = Vec::new();
    for (name, bytes) in shelf.files() {
        if VolumeName::parse(&name).is_none() {
            continue;
        }
        let mut input = TarReader::new(envelope::open_any(Cursor::new(bytes), &identity).unwrap());
        while let Some(member) = input.next().unwrap() {
            let content = input.content(usize::MAX).unwrap();
            let plain = if member.name.starts_with("entries/") { batch::unpack(&content).unwrap() } else { content };
            all.extend_from_slice(&plain);
        }
    }
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn everything_comes_back_from_the_words_and_the_archive() {
    let (home, shelf) = Home::archived();
    assert_eq!(archive(&home.phone, &shelf).entries_written, 0);
    write(&home.phone, "Since then", Sharing::Private);
    assert!(archive(&home.phone, &shelf).is_complete);
    assert_eq!((lanes(&shelf).len(), shelf.files().len()), (1, 2));
    home.phone.close().unwrap();

    let new = phone(&home, "new", 7);
    let restored = restore(&new, &shelf, &home.words).unwrap();
    assert!(restored.is_whole && restored.with_private && restored.trouble.is_none(), "{restored:?}");
    assert_eq!(titles(&new), ["For both to read", "From Sam", "Mine alone", "Of us both", "Since then"]);
    // It goes on with the archive, and the old lane goes once its own is complete.
    let before = lanes(&shelf);
    assert!(archive(&new, &shelf).is_complete);
    assert!(lanes(&shelf).is_disjoint(&before) && lanes(&shelf).len() == 1);
    let third = phone(&home, "third", 8);
    restore(&third, &shelf, &home.words).unwrap();
    assert_eq!(titles(&third), titles(&new));
}

/// The two phones never meet again: what is left is the archive, and a mailbox.
#[test]
fn with_only_a_mailbox_left_the_couple_goes_on() {
    let (home, shelf) = Home::archived();
    for vault in [&home.phone, &home.sam, &home.phone] {
        visit(vault, &shelf);
    }
    home.phone.close().unwrap();
    write(&home.sam, "While it was gone", Sharing::Shared);
    visit(&home.sam, &shelf);

    let new = phone(&home, "new", 7);
    restore(&new, &shelf, &home.words).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
    new.devices().list_this(&home.words, "New phone").unwrap();
    write(&new, "From the new phone", Sharing::Shared);
    for _ in 0..6 {
        visit(&new, &shelf);
        visit(&home.sam, &shelf);
    }
    assert!(titles(&home.sam).contains(&"From the new phone".to_owned()), "{:?}", titles(&home.sam));
    assert!(titles(&new).contains(&"While it was gone".to_owned()), "{:?}", titles(&new));
}

#[test]
fn what_was_deleted_leaves_the_archive_within_a_day() {
    let (home, shelf) = Home::archived();
    let gone = write(&home.phone, "velvet-otter-dusk", Sharing::Private);
    archive(&home.phone, &shelf);
    assert!(holds(&opened(&shelf, &home.words), "velvet-otter-dusk"));
    home.phone.journal().delete(&gone).unwrap();
    let before = lanes(&shelf);
    archive(&home.phone, &shelf);
    assert_eq!(lanes(&shelf), before, "not with every deletion");
    home.hours_pass(25);
    // The new lane can't be finished: the old one stays until it can.
    shelf.fail_after(1, Fault::Before);
    assert_eq!(archive(&home.phone, &shelf).trouble, Some(MailboxTrouble::Unreachable));
    assert!(lanes(&shelf).is_superset(&before));
    assert!(archive(&home.phone, &shelf).is_complete);
    assert!(lanes(&shelf).is_disjoint(&before));
    assert!(!holds(&opened(&shelf, &home.words), "velvet-otter-dusk"));
    let new = phone(&home, "new", 7);
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert_eq!(titles(&new), EVERYTHING);
}

/// Each call of two rounds goes wrong in each way. What stands there afterwards is all of it.
#[test]
fn a_storage_that_fails_loses_nothing() {
    for fault in [Fault::Before, Fault::After, Fault::Half, Fault::Full] {
        for call in 0..4 {
            let (home, shelf) = Home::archived();
            write(&home.phone, "Since then", Sharing::Private);
            shelf.fail_after(call, fault);
            for _ in 0..3 {
                archive(&home.phone, &shelf);
            }
            assert!(archive(&home.phone, &shelf).is_complete, "{fault:?} at {call}");
            let new = phone(&home, "new", 7);
            let restored = restore(&new, &shelf, &home.words).unwrap();
            assert!(restored.is_whole, "{fault:?} at {call}: {restored:?}");
            assert_eq!(titles(&new), titles(&home.phone));
        }
    }
}

/// And while it is brought back: nothing has changed then, and the next try brings all.
#[test]
fn a_restoring_that_fails_changes_nothing() {
    let (home, shelf) = Home::archived();
    write(&home.phone, "Since then", Sharing::Private);
    archive(&home.phone, &shelf);
    let new = phone(&home, "new", 7);
    for call in 0..4 {
        shelf.fail_after(call, Fault::Before);
        let restored = restore(&new, &shelf, &home.words).unwrap();
        assert_eq!((restored.entries, restored.trouble), (0, Some(MailboxTrouble::Unreachable)), "call {call}");
        assert_eq!(titles(&new), [""; 0]);
    }
    let cancelled = Cancel::new();
    cancelled.cancel();
    let storage = || Arc::clone(&shelf) as Arc<dyn Storage>;
    let ended = new.archive().restore(storage(), &home.words, MINUTE, &cancelled, &mut |_| true);
    assert_eq!(ended, Err(NightstandError::Cancelled));
    let ended = new.archive().restore(storage(), &home.words, MINUTE, &Cancel::new(), &mut |_| false);
    assert_eq!(ended, Err(NightstandError::Cancelled));
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert_eq!(titles(&new).len(), 5);
}

#[test]
fn what_is_missing_or_damaged_is_said_and_the_rest_comes_back() {
    let (home, shelf) = Home::archived();
    for title in ["Second", "Third"] {
        write(&home.phone, title, Sharing::Private);
        archive(&home.phone, &shelf);
    }
    let whole = shelf.files();
    let names: Vec<_> = whole.keys().cloned().collect();
    assert_eq!(names.len(), 3);
    for (number, damage) in [(1, "gone"), (1, "half"), (1, "changed"), (2, "gone"), (2, "half"), (2, "changed")] {
        let mut files = whole.clone();
        let file = files.get_mut(&names[number]).unwrap();
        match damage {
            "gone" => drop(files.remove(&names[number])),
            "half" => file.truncate(file.len() / 2),
            _ => *file.last_mut().unwrap() ^= 1,
        }
        shelf.set(files);
        let new = phone(&home, &format!("{damage}{number}"), 7);
        let restored = restore(&new, &shelf, &home.words).unwrap();
        // Of a last volume that is gone nothing tells.
        assert_eq!(restored.is_whole, damage == "gone" && number == 2, "{damage} {number}: {restored:?}");
        assert_eq!(titles(&new).len(), 3 + number, "{damage} {number}");
    }
    // Whoever wrote them finds out at the next round, and writes anew.
    shelf.set([].into());
    assert!(archive(&home.phone, &shelf).is_complete);
    let new = phone(&home, "new", 7);
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert_eq!(titles(&new).len(), 6);
}

/// The owner of the storage puts what is there in other places. What comes back then is no more than what stands where it was put.
#[test]
fn a_volume_counts_where_it_was_put() {
    let (home, shelf) = Home::archived();
    write(&home.phone, "Second", Sharing::Private);
    archive(&home.phone, &shelf);
    let whole = shelf.files();
    let names: Vec<_> = whole.keys().cloned().collect();
    let moved = |from: usize, to: &str| {
        let mut files = whole.clone();
        let volume = files.remove(&names[from]).unwrap();
        files.insert(to.to_owned(), volume);
        files
    };
    let new = phone(&home, "new", 7);
    for files in [moved(1, &names[0]), moved(0, &names[1])] {
        shelf.set(files);
        assert_eq!(restore(&new, &shelf, &home.words), Err(InvalidInput::File.into()));
    }
    let elsewhere = VolumeName { lane: [15; 16], number: 1 }.to_text();
    shelf.set(moved(1, &elsewhere));
    restore(&new, &shelf, &home.words).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
}

#[test]
fn two_devices_a_mailbox_and_strangers_share_one_storage() {
    let (home, shelf) = Home::archived();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    home.hours_pass(73);
    meet_own(&tablet, &home.phone);
    tablet.archive().set_up(&home.words).unwrap();
    write(&tablet, "On the tablet", Sharing::Private);
    archive(&tablet, &shelf);
    write(&home.phone, "On the phone", Sharing::Private);
    archive(&home.phone, &shelf);
    let (other, words) = somebody(&home);
    write(&other, "Somebody else's", Sharing::Private);
    other.archive().set_up(&words).unwrap();
    archive(&other, &shelf);
    let before: BTreeSet<_> = shelf.list().unwrap().into_iter().collect();
    for vault in [&home.phone, &tablet, &home.sam, &home.phone, &tablet, &home.sam] {
        visit(vault, &shelf);
    }
    let after: BTreeSet<_> = shelf.list().unwrap().into_iter().collect();
    assert!(after.is_superset(&before), "a mailbox leaves an archive alone");
    let new = phone(&home, "new", 7);
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert_eq!(
        titles(&new),
        ["For both to read", "From Sam", "Mine alone", "Of us both", "On the phone", "On the tablet"]
    );
    // Both lanes of Alex's go once the new phone's is complete; the other person's stays.
    archive(&new, &shelf);
    assert_eq!(lanes(&shelf).len(), 2);
}

#[test]
fn while_private_is_locked_the_rest_is_written() {
    let (home, shelf) = (Home::new(), Shelf::new());
    write(&home.phone, "Mine alone", Sharing::Private);
    write(&home.phone, "For both to read", Sharing::Shared);
    home.phone.archive().set_up(&home.words).unwrap();
    home.phone.set_private_key(Some([7; 32]), |_| ControlFlow::Continue(())).unwrap();
    home.phone.lock_private().unwrap();
    let report = archive(&home.phone, &shelf);
    assert!(report.private_waits && !report.is_complete && report.entries_written > 0, "{report:?}");
    home.phone.unlock_private([7; 32], |_| ControlFlow::Continue(())).unwrap();
    let report = archive(&home.phone, &shelf);
    assert!(!report.private_waits && report.is_complete, "{report:?}");
    let new = phone(&home, "new", 7);
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert_eq!(titles(&new), ["For both to read", "Mine alone"]);
}

#[test]
fn a_phone_that_was_put_back_begins_another_lane() {
    let (home, shelf) = Home::archived();
    home.phone.close().unwrap();
    let copy = std::fs::read(home.folder.path().join("phone")).unwrap();
    let alex = phone(&home, "phone", 1);
    write(&alex, "After the copy", Sharing::Private);
    archive(&alex, &shelf);
    let before = lanes(&shelf);
    alex.close().unwrap();
    std::fs::write(home.folder.path().join("phone"), copy).unwrap();
    let alex = phone(&home, "phone", 1);
    assert!(archive(&alex, &shelf).is_complete);
    assert!(archive(&alex, &shelf).is_complete);
    assert_eq!(lanes(&shelf).difference(&before).count(), 1);
    // What came after the copy stands in the old lane alone.
    let new = phone(&home, "new", 7);
    assert!(restore(&new, &shelf, &home.words).unwrap().is_whole);
    assert!(titles(&new).contains(&"After the copy".to_owned()), "{:?}", titles(&new));
}

#[test]
fn it_opens_with_its_words_alone() {
    let (home, shelf) = Home::archived();
    let (_, others) = somebody(&home);
    let new = phone(&home, "new", 7);
    let written = |vault: &Vault| vault.archive().write(Shelf::new(), MINUTE, &Cancel::new());
    assert_eq!(written(&new), Err(NightstandError::NotFound));
    assert_eq!(new.archive().set_up(&home.words), Err(InvalidInput::AnotherPhrase.into()));
    assert_eq!(restore(&new, &shelf, &others), Err(NightstandError::WrongKey));
    assert_eq!(restore(&new, &shelf, "no words"), Err(InvalidInput::Phrase.into()));
    assert_eq!(restore(&new, &Shelf::new(), &home.words), Err(NightstandError::NotFound));
    assert_eq!(restore(&home.sam, &shelf, &home.words), Err(NightstandError::Refused(Refused::NotEmpty)));
    for (name, bytes) in shelf.files() {
        assert!(VolumeName::parse(&name).is_some());
        assert!(!holds(&bytes, "Mine alone") && !holds(&bytes, &home.words));
    }
    assert_eq!(home.phone.archive().is_set_up(), Ok(true));
    home.phone.archive().turn_off().unwrap();
    assert_eq!(home.phone.archive().is_set_up(), Ok(false));
    assert_eq!(written(&home.phone), Err(NightstandError::NotFound));
    assert!(!lanes(&shelf).is_empty());
}

#[test]
fn volumes_come_in_few_sizes() {
    let (home, shelf) = Home::archived();
    let identity = envelope::identity_of(&Phrase::from_words(&home.words).unwrap().root()).unwrap();
    let mut sizes = BTreeSet::new();
    for length in [1, 40, 90] {
        write(&home.phone, &"x".repeat(length), Sharing::Private);
        archive(&home.phone, &shelf);
        let (_, bytes) = shelf.files().pop_last().unwrap();
        let mut plain = Vec::new();
        envelope::open_any(Cursor::new(bytes), &identity).unwrap().read_to_end(&mut plain).unwrap();
        assert_eq!(plain.len(), nightstand_engine::frame::padme(plain.len()));
        sizes.insert(plain.len());
    }
    assert_eq!(sizes.len(), 1, "{sizes:?}");
}
