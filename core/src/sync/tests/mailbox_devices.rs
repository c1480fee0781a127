//! Several devices at one mailbox: at once, put back, removed, parted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::shelf::{MINUTE, Shelf, visit};
use crate::devices::tests::{Home, meet, meet_own, this, titles, write};
use crate::error::NightstandError;
use crate::journal::Sharing;
use crate::mailbox::Storage;
use crate::pairing::{PartingChoice, Stays};
use crate::sync::{Cancel, SyncOutcome, Way};
use crate::vault::{Clock, OpenOptions, Vault};

fn all(vaults: &[&Vault], shelf: &Arc<Shelf>, rounds: usize) {
    for _ in 0..rounds {
        for vault in vaults {
            visit(vault, shelf);
        }
    }
}

/// Closes a vault and puts an earlier copy in its place.
fn put_back(home: &Home, vault: &Vault, name: &str, copy: &[u8], install_mark: u8) -> Vault {
    vault.close().unwrap();
    let path = home.folder.path().join(name);
    std::fs::write(&path, copy).unwrap();
    let options = OpenOptions::new(path, [1; 32], [install_mark; 16]).seed([77; 32]);
    Vault::open_with(options.clock(Arc::clone(&home.clock) as Arc<dyn Clock>)).unwrap()
}

/// The vault's file as it is, and the vault opened again.
fn copy_of(home: &Home, vault: &Vault, name: &str) -> (Vec<u8>, Vault) {
    vault.close().unwrap();
    let copy = std::fs::read(home.folder.path().join(name)).unwrap();
    let options = OpenOptions::new(home.folder.path().join(name), [1; 32], [1; 16]).seed([66; 32]);
    let vault = Vault::open_with(options.clock(Arc::clone(&home.clock) as Arc<dyn Clock>)).unwrap();
    (copy, vault)
}

#[test]
fn two_own_devices_and_two_calls_at_once() {
    let home = Home::new();
    let shelf = Shelf::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    let mut written = Vec::new();
    for round in 0..6 {
        for (vault, who) in [(&home.phone, "phone"), (&tablet, "tablet"), (&home.sam, "Sam")] {
            let title = format!("Round {round} from {who}");
            write(vault, &title, Sharing::Shared);
            written.push(title);
        }
        std::thread::scope(|threads| {
            for vault in [&home.phone, &tablet, &home.sam, &home.phone] {
                threads.spawn(|| visit(vault, &shelf));
            }
        });
    }
    all(&[&home.phone, &tablet, &home.sam], &shelf, 4);
    written.sort();
    for vault in [&home.phone, &tablet, &home.sam] {
        assert_eq!(titles(vault), written);
        assert_eq!(visit(vault, &shelf).outcome, SyncOutcome::AllHandedOver);
    }
}

#[test]
fn a_phone_that_was_put_back_goes_on_in_a_new_lane_and_gets_back_what_it_lost() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let (copy, phone) = copy_of(&home, &home.phone, "phone");
    write(&phone, "After", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    all(&[&phone, &home.sam], &shelf, 3);
    write(&phone, "Never read", Sharing::Shared);
    visit(&phone, &shelf);

    let phone = put_back(&home, &phone, "phone", &copy, 9);
    write(&phone, "On the new phone", Sharing::Shared);
    all(&[&phone, &home.sam], &shelf, 6);
    let everything = ["After", "Before", "From Sam", "Never read", "On the new phone"];
    assert_eq!(titles(&phone), everything);
    assert_eq!(titles(&home.sam), everything);
    for vault in [&phone, &home.sam] {
        assert_eq!(visit(vault, &shelf).outcome, SyncOutcome::AllHandedOver);
    }
}

/// By hand, under the same install mark: what it left since, and nobody has read, stays for its readers.
#[test]
fn what_a_phone_left_before_it_was_put_back_by_hand_is_not_deleted() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let (copy, phone) = copy_of(&home, &home.phone, "phone");
    write(&phone, "Never read", Sharing::Shared);
    visit(&phone, &shelf);

    let phone = put_back(&home, &phone, "phone", &copy, 1);
    assert_eq!(titles(&phone), ["Before"]);
    visit(&phone, &shelf);
    all(&[&home.sam, &phone], &shelf, 4);
    for vault in [&phone, &home.sam] {
        assert_eq!(titles(vault), ["Before", "Never read"]);
        assert_eq!(visit(vault, &shelf).outcome, SyncOutcome::AllHandedOver);
    }
}

/// Somebody who reaches the storage puts a file with a far number into a lane, again and again.
#[test]
fn a_far_number_in_a_lane_changes_nothing() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let lanes = || shelf.list().unwrap().iter().map(|name| name[..32].to_owned()).collect::<BTreeSet<_>>();
    let before = lanes();
    for round in 0..4 {
        for lane in &before {
            shelf.put(&format!("{lane}-9999999999"), &[1, 0]).unwrap();
        }
        write(&home.phone, &format!("Round {round}"), Sharing::Shared);
        all(&[&home.phone, &home.sam], &shelf, 2);
        assert_eq!(lanes(), before);
    }
    assert_eq!(titles(&home.sam).len(), 5);
}

#[test]
fn a_log_that_goes_on_twice_is_said_and_a_direct_sync_settles_it() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let (copy, phone) = copy_of(&home, &home.phone, "phone");
    write(&phone, "One branch", Sharing::Shared);
    all(&[&phone, &home.sam], &shelf, 2);

    // Put back under the same install mark, as by hand: its log goes on a second time.
    let phone = put_back(&home, &phone, "phone", &copy, 1);
    write(&phone, "Another branch", Sharing::Shared);
    visit(&phone, &shelf);
    let on_sam = visit(&home.sam, &shelf);
    assert_eq!((on_sam.outcome, on_sam.missing), (SyncOutcome::NotYet, true));
    assert_eq!(titles(&home.sam), ["Before", "One branch"], "nothing of the other branch was taken");
    all(&[&phone, &home.sam], &shelf, 2);

    meet(&phone, &home.sam);
    meet(&phone, &home.sam);
    all(&[&phone, &home.sam], &shelf, 4);
    write(&home.sam, "Later", Sharing::Shared);
    all(&[&home.sam, &phone], &shelf, 3);
    for vault in [&phone, &home.sam] {
        assert_eq!(titles(vault), ["Another branch", "Before", "Later", "One branch"]);
        assert_eq!(visit(vault, &shelf).outcome, SyncOutcome::AllHandedOver);
    }
}

#[test]
fn a_removed_device_is_not_read_and_reads_nothing() {
    let home = Home::new();
    let shelf = Shelf::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&tablet, "From the tablet", Sharing::Shared);
    all(&[&tablet, &home.phone, &home.sam], &shelf, 4);
    assert_eq!(titles(&home.sam), ["From the tablet"]);

    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    write(&home.phone, "After it", Sharing::Shared);
    write(&tablet, "By a stranger", Sharing::Shared);
    visit(&home.phone, &shelf);
    visit(&tablet, &shelf);
    all(&[&home.sam, &home.phone], &shelf, 3);
    write(&home.sam, "From Sam", Sharing::Shared);
    all(&[&home.sam, &home.phone, &tablet, &home.sam, &home.phone], &shelf, 2);
    assert_eq!(titles(&home.sam), ["After it", "From Sam", "From the tablet"]);
    assert_eq!(titles(&home.phone), ["After it", "From Sam", "From the tablet"]);
    assert_eq!(titles(&tablet), ["By a stranger", "From the tablet"]);
    let names = |vault: &Vault| visit(vault, &shelf).outcome;
    assert_eq!((names(&home.phone), names(&home.sam)), (SyncOutcome::AllHandedOver, SyncOutcome::AllHandedOver));
}

#[test]
fn who_parted_takes_their_files_away_and_reads_no_more() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "From Alex", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    write(&home.phone, "Not read yet", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    visit(&home.sam, &shelf);
    let of_sam: Vec<_> = shelf.files().into_keys().collect();
    visit(&home.phone, &shelf);
    let before = shelf.files().len();

    home.phone.pairing().part(&PartingChoice { mine: Stays::LetGo, together: Stays::LetGo }).unwrap();
    write(&home.sam, "Into the void", Sharing::Shared);
    let ways = vec![Way::Mailbox(Arc::clone(&shelf) as Arc<dyn Storage>)];
    let nobody = home.phone.sync().once(ways, MINUTE, &Cancel::new()).err();
    assert_eq!(nobody, Some(NightstandError::NotPaired));
    let left: Vec<_> = shelf.files().into_keys().collect();
    assert!(left.len() < before && left.iter().all(|name| of_sam.contains(name)), "{left:?}");
    // Sam's phone is told nothing, and goes on waiting.
    let report = visit(&home.sam, &shelf);
    assert_eq!((report.outcome, report.trouble, report.missing), (SyncOutcome::NotYet, None, false));
    assert_eq!(visit(&home.phone, &shelf).entries_received, 0);
    assert!(titles(&home.sam).contains(&"Into the void".to_owned()));
}

#[test]
fn a_device_that_was_added_reads_what_was_left_before_it_was_known() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.sam, "From Sam", Sharing::Shared);
    write(&home.phone, "From the phone", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&home.sam, "Later", Sharing::Shared);
    visit(&home.sam, &shelf);
    all(&[&tablet, &home.phone, &home.sam], &shelf, 4);
    assert_eq!(titles(&tablet), ["From Sam", "From the phone", "Later"]);
    let report = home.sam.sync().use_mailbox(shelf, MINUTE, &Cancel::new()).unwrap();
    assert_eq!(report.outcome, SyncOutcome::AllHandedOver);
}

/// Alex's phone was put back, and removed the tablet before it met anybody: whether what Sam's phone has of it since is its own,
/// only Alex can tell. Everything else goes on meanwhile.
#[test]
fn what_only_its_person_can_tell_holds_up_nothing_else() {
    let home = Home::new();
    let shelf = Shelf::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    let (copy, phone) = copy_of(&home, &home.phone, "phone");
    write(&phone, "After the copy", Sharing::Shared);
    all(&[&phone, &home.sam], &shelf, 2);

    let phone = put_back(&home, &phone, "phone", &copy, 9);
    phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    write(&phone, "New", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    let asked: usize = (0..6)
        .map(|_| {
            visit(&home.sam, &shelf);
            let report = phone.sync().use_mailbox(Arc::clone(&shelf) as Arc<dyn Storage>, MINUTE, &Cancel::new());
            usize::from(report.unwrap().devices_changed)
        })
        .sum();
    assert_eq!((asked, phone.devices().view().unwrap().unconfirmed.len()), (1, 1), "one time");
    write(&home.sam, "From Sam, later", Sharing::Shared);
    all(&[&home.sam, &phone], &shelf, 2);
    let meanwhile = ["Before", "From Sam", "From Sam, later", "New"];
    assert_eq!(titles(&phone), meanwhile);
    assert_eq!(titles(&home.sam), ["After the copy", "Before", "From Sam", "From Sam, later", "New"]);
    assert_eq!(visit(&phone, &shelf).outcome, SyncOutcome::NotYet);

    phone.devices().confirm(&this(&phone), true).unwrap();
    all(&[&phone, &home.sam], &shelf, 5);
    for vault in [&phone, &home.sam] {
        assert_eq!(titles(vault), ["After the copy", "Before", "From Sam", "From Sam, later", "New"]);
        assert_eq!(visit(vault, &shelf).outcome, SyncOutcome::AllHandedOver);
    }
}

/// The tablet holds another branch of the phone's log: it has to settle that with the phone itself. The reader goes on.
#[test]
fn a_device_with_another_branch_holds_up_nobody_else() {
    let home = Home::new();
    let shelf = Shelf::new();
    let (tablet, reader) = (home.device("Tablet", 3), home.device("Reader", 4));
    for device in [&tablet, &reader, &tablet, &reader] {
        meet_own(device, &home.phone);
    }
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &tablet, &reader], &shelf, 3);
    let (copy, phone) = copy_of(&home, &home.phone, "phone");
    write(&phone, "One branch", Sharing::Shared);
    all(&[&phone, &tablet], &shelf, 2);

    let phone = put_back(&home, &phone, "phone", &copy, 1);
    shelf.change(BTreeMap::clear);
    write(&phone, "Another branch", Sharing::Shared);
    write(&tablet, "From the tablet", Sharing::Shared);
    all(&[&phone, &tablet, &reader], &shelf, 3);
    write(&phone, "And on", Sharing::Shared);
    all(&[&phone, &tablet, &reader], &shelf, 3);
    assert_eq!(titles(&phone), ["And on", "Another branch", "Before", "From the tablet"]);
    assert_eq!(titles(&tablet), ["Before", "From the tablet", "One branch"]);
    let of_reader = titles(&reader);
    for title in ["Before", "From the tablet"] {
        assert!(of_reader.iter().any(|shown| shown == title), "{of_reader:?}");
    }
    assert!(of_reader.contains(&"And on".to_owned()) != of_reader.contains(&"One branch".to_owned()), "{of_reader:?}");
    for device in [&tablet, &reader, &tablet, &reader] {
        meet_own(device, &phone);
    }
    all(&[&phone, &tablet, &reader], &shelf, 3);
    for vault in [&phone, &tablet, &reader] {
        assert_eq!(titles(vault), ["And on", "Another branch", "Before", "From the tablet", "One branch"]);
    }
}

/// Who sees the folder does not see how often somebody looked into it.
#[test]
fn a_round_that_leaves_nothing_uses_no_number() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    visit(&home.phone, &shelf);
    let newest = || {
        let mut newest = BTreeMap::<String, u64>::new();
        for name in shelf.list().unwrap() {
            let (lane, number) = name.split_once('-').unwrap();
            newest.insert(lane.to_owned(), number.parse().unwrap());
        }
        newest
    };
    let before = newest();
    for _ in 0..20 {
        visit(&home.phone, &shelf);
    }
    write(&home.phone, "Later", Sharing::Shared);
    visit(&home.phone, &shelf);
    let after = newest();
    let steps: Vec<u64> = after.iter().map(|(lane, number)| number - before[lane]).filter(|step| *step > 0).collect();
    assert_eq!(steps, [1]);
}

/// More lanes than are looked at lie there, and the storage names them first.
#[test]
fn lanes_of_nobody_do_not_hide_those_that_are_known() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "Before", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    shelf.change(|files| files.extend((0..300_u64).map(|lane| (format!("{lane:032x}-0000000001"), vec![1, 0]))));
    assert!(shelf.list().unwrap().iter().take(300).all(|name| name.starts_with("00000")));
    write(&home.phone, "Later", Sharing::Shared);
    all(&[&home.phone, &home.sam], &shelf, 2);
    assert_eq!(titles(&home.sam), ["Before", "Later"]);
}
