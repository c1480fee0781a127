//! An old copy of a vault is put back under the same install mark and written to: its logs go on twice. At the next session
//! each log keeps the branch that the partner has, and what was written here goes on in a new log.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::collections::BTreeSet;

use nightstand_engine::ids::{DocumentKey, Space};
use nightstand_engine::random::Seeded;
use nightstand_engine::session::{Event, Outcome};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::talk::{Transcript, couple, faithfully, talk};

fn meet(devices: &mut [Device; 2], seed: u64, alex_begins: bool) -> Transcript {
    if alex_begins {
        return talk(devices, seed, faithfully);
    }
    devices.swap(0, 1);
    let mut transcript = talk(devices, seed, faithfully);
    devices.swap(0, 1);
    transcript.events.swap(0, 1);
    transcript
}

fn outcomes(transcript: &Transcript) -> [Option<Outcome>; 2] {
    transcript.events.each_ref().map(|events| {
        events.iter().find_map(|event| match event {
            Event::Ended(outcome) => Some(*outcome),
            _ => None,
        })
    })
}

fn repaired(transcript: &Transcript, side: usize) -> usize {
    let took = transcript.events[side].iter().filter_map(|event| match event {
        Event::Took(admitted) => Some(admitted.repaired.len()),
        _ => None,
    });
    took.sum()
}

fn tokens(device: &Device, key: &DocumentKey) -> BTreeSet<String> {
    device.tokens(key).unwrap_or_default()
}

/// Two phones that know each other's keys, as pairing leaves them.
fn acquainted(seed: u64) -> [Device; 2] {
    let mut devices = couple(seed);
    assert!(meet(&mut devices, 90, false).succeeded());
    assert!(meet(&mut devices, 91, true).succeeded());
    devices
}

/// Alex writes `before` entries, makes a copy, writes and hands over `lost` more, and gets the copy back.
fn put_back(devices: &mut [Device; 2], key: DocumentKey, before: u64, lost: u64) {
    for number in 0..before {
        devices[0].write(key, &format!("<before {number}>"), number).unwrap();
    }
    assert!(talk(devices, 1, faithfully).succeeded());
    let copy = devices[0].store.clone();
    for number in 0..lost {
        devices[0].write(key, &format!("<lost {number}>"), number).unwrap();
    }
    assert!(talk(devices, 2, faithfully).succeeded());
    devices[0].store = copy;
}

#[test]
fn nothing_is_lost_whichever_branch_is_longer_and_whoever_begins() {
    for (lost, again, before) in [(1, 1, 3), (1, 4, 3), (5, 1, 3), (3, 3, 0), (40, 7, 90)] {
        for alex_begins in [true, false] {
            let mut devices = acquainted(lost * 100 + again);
            let key = devices[0].new_key(Space::Joint, &mut Seeded::from_number(9));
            put_back(&mut devices, key, before, lost);
            let fork = devices[0].log(Space::Joint);
            for number in 0..again {
                devices[0].write(key, &format!("<again {number}>"), number).unwrap();
            }
            devices[1].write(key, "<by sam>", 5).unwrap();

            let transcript = meet(&mut devices, 3, alex_begins);
            assert!(transcript.succeeded(), "{:?}", transcript.errors);
            assert_eq!(repaired(&transcript, 0), 1);
            assert_ne!(devices[0].log(Space::Joint), fork, "what was written goes on in a new log");
            let expected = before + lost + again + 1;
            for device in &devices {
                assert_eq!(tokens(device, &key).len() as u64, expected, "{before} {lost} {again} {alex_begins}");
            }
            assert_eq!(devices[0].text(&key), devices[1].text(&key));

            // From here on it is as if nothing had been: the log agrees again, and nothing costs nothing.
            devices[0].write(key, "<later>", 1).unwrap();
            let transcript = meet(&mut devices, 4, alex_begins);
            assert_eq!(outcomes(&transcript), [Some(Outcome::AllHandedOver); 2]);
            assert_eq!(devices[0].text(&key), devices[1].text(&key));
            assert!(devices[1].store.stored.logs().all(|log| !log.frozen));
            let idle = meet(&mut devices, 5, alex_begins);
            assert_eq!((idle.round_trips(), idle.bytes()), (1, 384));
        }
    }
}

#[test]
fn a_copy_that_was_not_written_to_only_catches_up() {
    let mut devices = acquainted(7);
    let key = devices[0].new_key(Space::Mine, &mut Seeded::from_number(9));
    put_back(&mut devices, key, 2, 3);
    let log = devices[0].log(Space::Mine);
    let transcript = meet(&mut devices, 3, true);
    assert_eq!((outcomes(&transcript), repaired(&transcript, 0)), ([Some(Outcome::AllHandedOver); 2], 0));
    assert_eq!((tokens(&devices[0], &key).len(), devices[0].log(Space::Mine)), (5, log));
}

#[test]
fn both_spaces_at_once_and_a_deletion_in_either_branch() {
    for alex_begins in [true, false] {
        let mut devices = acquainted(8);
        let mut random = Seeded::from_number(9);
        let keys =
            [Space::Mine, Space::Joint, Space::Mine, Space::Joint].map(|space| devices[0].new_key(space, &mut random));
        for key in keys {
            devices[0].write(key, "<before>", 0).unwrap();
        }
        assert!(talk(&mut devices, 1, faithfully).succeeded());
        let copy = devices[0].store.clone();
        devices[0].write(keys[0], "<lost>", 0).unwrap();
        devices[0].bury(keys[1]).unwrap();
        devices[0].write(keys[2], "<lost>", 0).unwrap();
        assert!(talk(&mut devices, 2, faithfully).succeeded());
        devices[0].store = copy;
        devices[0].write(keys[1], "<again>", 0).unwrap();
        devices[0].write(keys[0], "<again>", 0).unwrap();
        devices[0].bury(keys[2]).unwrap();
        devices[0].bury(keys[3]).unwrap();
        for seed in 3..5 {
            assert!(meet(&mut devices, seed, alex_begins).succeeded());
        }
        for device in &devices {
            let alive = keys.map(|key| device.text(&key).is_some());
            assert_eq!(alive, [true, false, false, false], "a tombstone wins, whichever branch it stands in");
            assert_eq!(tokens(device, &keys[0]).len(), 3);
        }
        let idle = meet(&mut devices, 6, alex_begins);
        assert_eq!(outcomes(&idle), [Some(Outcome::AllHandedOver); 2]);
        assert_eq!(idle.bytes(), 384);
    }
}

#[test]
fn copies_put_back_on_both_sides_come_together() {
    let mut devices = acquainted(9);
    let key = devices[0].new_key(Space::Joint, &mut Seeded::from_number(9));
    for (side, token) in [(0, "<a>"), (1, "<b>")] {
        devices[side].write(key, token, 0).unwrap();
        assert!(talk(&mut devices, side as u64, faithfully).succeeded());
    }
    let copies = devices.each_ref().map(|device| device.store.clone());
    for side in [0, 1] {
        devices[side].write(key, &format!("<lost {side}>"), 1).unwrap();
    }
    assert!(talk(&mut devices, 2, faithfully).succeeded());
    // Sam's copy is put back first and meets Alex, who still has all; then Alex's.
    for (side, copy) in [1, 0].into_iter().zip(copies.into_iter().rev()) {
        devices[side].store = copy;
        devices[side].write(key, &format!("<again {side}>"), 2).unwrap();
        for seed in [10, 11] {
            assert!(meet(&mut devices, seed + side as u64 * 2, side == 0).succeeded());
        }
    }
    assert_eq!(tokens(&devices[0], &key).len(), 6);
    assert_eq!(devices[0].text(&key), devices[1].text(&key));
}

/// An old copy is put back by mistake and written to; then the right file comes back, with more than the partner has.
#[test]
fn a_log_that_was_frozen_thaws_when_the_right_file_comes_back() {
    for alex_begins in [true, false] {
        let mut devices = acquainted(12);
        let key = devices[0].new_key(Space::Joint, &mut Seeded::from_number(9));
        devices[0].write(key, "<1>", 0).unwrap();
        assert!(talk(&mut devices, 1, faithfully).succeeded());
        let old = devices[0].store.clone();
        devices[0].write(key, "<2>", 0).unwrap();
        assert!(talk(&mut devices, 2, faithfully).succeeded());
        devices[0].write(key, "<3>", 0).unwrap();
        let newest = devices[0].store.clone();

        devices[0].store = old;
        devices[0].write(key, "<2'>", 0).unwrap();
        assert_eq!(repaired(&meet(&mut devices, 3, alex_begins), 0), 1);
        devices[0].store = newest;
        for seed in 4..8 {
            devices[0].write(key, &format!("<{seed}>"), 0).unwrap();
            assert!(meet(&mut devices, seed, alex_begins).succeeded());
        }
        let expected = ["<1>", "<2>", "<2'>", "<3>", "<4>", "<5>", "<6>", "<7>"].map(str::to_owned);
        for device in &devices {
            assert_eq!(tokens(device, &key), BTreeSet::from(expected.clone()), "{alex_begins}");
        }
    }
}

/// A log forked, and before anybody heard of it the file moved on to a new phone, which went on upon the fork. That fork can't
/// be made again under another log, since a healthy one builds on it: it stays and is said. What has nothing to do with it
/// arrives all the same.
#[test]
fn a_fork_that_stays_holds_up_nothing_else() {
    for alex_begins in [true, false] {
        let mut devices = acquainted(41);
        let mut random = Seeded::from_number(41);
        let key = devices[0].new_key(Space::Joint, &mut random);
        put_back(&mut devices, key, 1, 3);
        let key = devices[0].new_key(Space::Joint, &mut random);
        devices[0].write(key, "<in the fork>", 0).unwrap();
        devices[0].install(&mut random);
        let record = devices[0].record();
        devices[1].store.peers.push(record);
        devices[0].write(key, "<upon the fork>", 0).unwrap();
        let healthy = devices[0].new_key(Space::Joint, &mut random);
        devices[0].write(healthy, "<of today>", 0).unwrap();
        for seed in [3, 4] {
            let transcript = meet(&mut devices, seed, alex_begins);
            assert_eq!(transcript.errors, [None, None]);
            assert_eq!(outcomes(&transcript), [Some(Outcome::NotYet); 2]);
            assert_eq!(tokens(&devices[1], &healthy), BTreeSet::from(["<of today>".to_owned()]));
            assert!(tokens(&devices[0], &key).contains("<upon the fork>"));
        }
    }
}
