//! What a session costs, and that it can be cut at any frame.

use nightstand_engine::ids::Space;
use nightstand_engine::session::{Event, Outcome};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::talk::{Transcript, couple, faithfully, talk};

fn write_entries(device: &mut Device, space: Space, count: u64, seed: u64) {
    let mut random = nightstand_engine::random::Seeded::from_number(seed);
    for number in 0..count {
        let key = device.new_key(space, &mut random);
        device.write(key, &format!("entry {number}"), 0).expect("there is room");
    }
}

fn outcome(transcript: &Transcript, side: usize) -> Option<Outcome> {
    transcript.events[side].iter().find_map(|event| match event {
        Event::Ended(outcome) => Some(*outcome),
        _ => None,
    })
}

#[test]
fn nothing_changed_is_one_round_trip_and_under_400_bytes_at_any_size() {
    let mut costs = Vec::new();
    for entries in [0, 1, 10, 200] {
        let mut devices = couple(entries);
        write_entries(&mut devices[0], Space::Mine, entries, 1);
        write_entries(&mut devices[1], Space::Joint, entries, 2);
        assert!(talk(&mut devices, 1, faithfully).succeeded());
        let idle = talk(&mut devices, 2, faithfully);
        assert!(idle.succeeded());
        assert_eq!((idle.frames.len(), idle.round_trips()), (2, 1));
        assert!(idle.bytes() <= 400, "{} bytes", idle.bytes());
        costs.push(idle.bytes());
    }
    assert!(costs.windows(2).all(|pair| pair[0] == pair[1]), "{costs:?}");
}

#[test]
fn both_sides_hand_over_what_the_other_lacks() {
    let mut devices = couple(3);
    write_entries(&mut devices[0], Space::Mine, 30, 1);
    write_entries(&mut devices[0], Space::Private, 5, 2);
    write_entries(&mut devices[1], Space::Joint, 20, 3);
    let transcript = talk(&mut devices, 1, faithfully);
    assert!(transcript.succeeded());
    assert_eq!(outcome(&transcript, 0), Some(Outcome::AllHandedOver));
    assert_eq!(devices[1].store.stored.documents().len(), 50);
    assert_eq!(devices[0].store.stored.documents().len(), 55);
}

/// Cut after each frame in turn, the next session goes on and ends with everything, once.
#[test]
fn cut_after_any_frame_it_goes_on_later() {
    let whole = {
        let mut devices = couple(4);
        write_entries(&mut devices[0], Space::Mine, 40, 1);
        write_entries(&mut devices[1], Space::Mine, 40, 2);
        talk(&mut devices, 1, faithfully).frames.len()
    };
    for cut in 0..=whole {
        let mut devices = couple(4);
        write_entries(&mut devices[0], Space::Mine, 40, 1);
        write_entries(&mut devices[1], Space::Mine, 40, 2);
        talk(&mut devices, 1, |index, sent| if index < cut { faithfully(index, sent) } else { Vec::new() });
        let after = talk(&mut devices, 2, faithfully);
        assert!(after.succeeded(), "cut after {cut} frames");
        for device in &devices {
            assert_eq!(device.store.stored.documents().len(), 80, "cut after {cut} frames");
        }
    }
}

#[test]
fn a_changed_byte_ends_the_session_and_changes_nothing() {
    for position in 0..3 {
        let mut devices = couple(5);
        write_entries(&mut devices[0], Space::Mine, 3, 1);
        let before = devices[1].store.stored.clone();
        talk(&mut devices, 1, |index, sent| {
            let mut frame = sent.frame.clone();
            if index == position {
                let middle = frame.len() / 2;
                frame[middle] ^= 1;
            }
            vec![frame]
        });
        if position < 3 {
            assert_eq!(devices[1].store.stored, before, "frame {position}");
        }
    }
}

#[test]
fn a_full_disk_ends_the_session_and_loses_nothing() {
    let mut devices = couple(6);
    write_entries(&mut devices[0], Space::Mine, 10, 1);
    devices[1].store.commits_left = Some(0);
    let transcript = talk(&mut devices, 1, faithfully);
    assert!(!transcript.succeeded());
    devices[1].store.commits_left = None;
    assert!(talk(&mut devices, 2, faithfully).succeeded());
    assert_eq!(devices[1].store.stored.documents().len(), 10);
}

/// Documents are worked on side by side; what comes of it is the same as one after the other.
#[test]
fn any_number_of_workers_leads_to_the_same_store() {
    let taken_by = |workers| {
        let mut devices = couple(6);
        devices[1].workers = workers;
        write_entries(&mut devices[0], Space::Mine, 150, 1);
        write_entries(&mut devices[0], Space::Joint, 50, 2);
        assert!(talk(&mut devices, 1, faithfully).succeeded());
        devices[1].store.stored.clone()
    };
    let alone = taken_by(1);
    assert_eq!(alone.documents().len(), 200);
    assert!([2, 7].into_iter().all(|workers| taken_by(workers) == alone));
}

/// Message 1 may be a replay. A phone whose bond is only offered answers it, and says nothing that people wrote before the
/// other side has shown that it lives.
#[test]
fn an_offered_bond_sends_nothing_before_it_is_proved() {
    use nightstand_engine::session::{Config, Session};
    let mut devices = couple(3);
    write_entries(&mut devices[1], Space::Joint, 3, 3);
    let peer = devices[1].record();
    let first = devices[0].config(true, [1; 32], 0);
    let second = Config { offered: true, ..devices[1].config(false, [2; 32], 0) };
    let mut begun = Session::initiate(first, peer, &mut devices[0].store).expect("memory");
    let mut answering = Session::respond(second);
    let [alex, sam] = &mut devices;
    let hello = begun.poll_frame(&mut alex.store).expect("memory").expect("a first frame");
    answering.handle_frame(&mut sam.store, &hello, 0).expect("a listed device");
    let answers: Vec<_> =
        std::iter::from_fn(|| answering.poll_frame(&mut sam.store).expect("memory")).map(|frame| frame.len()).collect();
    assert_eq!(answers, [192]);
}
