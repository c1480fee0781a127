//! Changes that no app would make.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::batch::{Batch, Dependency, DocumentName, End, Entry, EntryName, Form, Run};
use nightstand_engine::change::{self, Stripped, Unusable};
use nightstand_engine::exchange::admit::Refusal;
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::{LogId, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::limits;
use nightstand_engine::log::EntryKind;
use nightstand_engine::simulator::store::Stored;
use nightstand_engine::simulator::talk::couple;
use nightstand_engine::store::{EntryState, Store};
use nightstand_engine::vector::VersionVector;

use crate::lie::{Lie, document, honest_change, tell};

/// The same letter by letter: as many changes, each building on the one before.
fn honest_chain(log: &LogId, letters: usize) -> Vec<Vec<u8>> {
    use automerge::transaction::Transactable;
    use automerge::{ROOT, ReadDoc};
    let mut document = Kind::JournalEntry.new_document();
    document.set_actor(change::actor(log));
    let (_, body) = document.get(ROOT, "body").expect("it is there").expect("the first change makes it");
    let letter = |at| {
        let done = document.transact(|edit| edit.splice_text(&body, at, 0, "a")).expect("the edit fits");
        let change = document.get_change_by_hash(&done.hash.expect("something was written")).expect("just made");
        change.raw_bytes().to_vec()
    };
    (0..letters).map(letter).collect()
}

fn set_aside(stored: &Stored) -> Vec<Unusable> {
    stored
        .entries()
        .filter_map(|row| if let EntryState::SetAside(why) = row.state { Some(why) } else { None })
        .collect()
}

#[test]
fn a_change_that_claims_a_million_operations_is_set_aside_unread() {
    let [mut alex, sam] = couple(1);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let million = include_bytes!("../../fixtures/million-operations.change");
    assert!(million.len() < 150, "{} bytes", million.len());
    let honest = honest_change(&lie.opening.log(), "what follows is fine");
    let lie = lie.change(document(1), million.to_vec()).change(document(2), honest);
    let admitted = tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!((admitted.entries, admitted.set_aside), (2, 1));
    assert_eq!(set_aside(&alex.store.stored), [Unusable::TooManyOperations]);
    // It is counted and kept, and blocks nothing behind it.
    assert_eq!(alex.store.stored.documents().len(), 1);
}

/// A dozen bytes say that something stands there a million million times. Found by fuzzing: Automerge would count through it,
/// or fill the memory with it, before it found anything amiss.
#[test]
fn what_is_claimed_without_end_is_set_aside_unread() {
    // Specifications and data of columns: keys, whether inserted, actions, kinds of values, how many are overwritten by each.
    let (often, once) = (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20][..], &[1][..]);
    let all = |times: &[u8], key: &[u8], overwrites: &[u8]| {
        let run = |value: &[u8]| [times, value].concat();
        vec![(0x15, run(key)), (0x34, times.to_vec()), (0x42, run(&[1])), (0x56, run(&[0])), (0x70, run(overwrites))]
    };
    let mut overwriting = all(once, b"\x01k", often);
    overwriting.extend([(0x71, [often, &[0]].concat()), (0x73, [often, &[1]].concat())]);
    let cases = [
        (all(often, b"\x01k", &[0]), Unusable::TooManyOperations),
        (overwriting, Unusable::TooLarge),
        (all(once, b"\xff\xff\xff\x7fk", &[0]), Unusable::NotAChange),
    ];
    for (columns, why) in cases {
        let mut operations = vec![columns.len() as u8];
        operations.extend(columns.iter().flat_map(|(specification, data)| [*specification, data.len() as u8]));
        operations.extend(columns.iter().flat_map(|(_, data)| data));
        let [mut alex, sam] = couple(1);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let chunk = Stripped {
            dependencies: vec![Kind::JournalEntry.first_change()],
            sequence: 1,
            start_op: Kind::JournalEntry.first_last_op() + 1,
            actors: Vec::new(),
            operations: &operations,
        };
        let lie = lie.change(document(1), chunk.chunk(&log)).change(document(2), honest_change(&log, "what follows"));
        let admitted = tell(&mut alex, &lie.plain()).expect("authentic");
        assert_eq!((admitted.entries, admitted.set_aside), (2, 1));
        assert_eq!(set_aside(&alex.store.stored), [why]);
        assert_eq!(alex.store.stored.documents().len(), 1);
    }
}

#[test]
fn a_first_operation_that_does_not_follow_is_set_aside() {
    for wrong in [1, 3, 1000, (1 << 32) - 2] {
        let [mut alex, sam] = couple(2);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let honest = honest_change(&log, "hello");
        let mut stripped = Stripped::of(&honest, &log).expect("plain");
        stripped.start_op = wrong;
        let lie = lie.change(document(1), stripped.chunk(&log));
        tell(&mut alex, &lie.plain()).expect("authentic");
        let why = set_aside(&alex.store.stored);
        assert!(why == [Unusable::OutOfSequence] || why == [Unusable::NotAChange], "{why:?} for {wrong}");
        assert!(alex.store.stored.documents().is_empty());
    }
}

#[test]
fn a_gap_in_an_actors_sequence_is_set_aside() {
    let [mut alex, sam] = couple(3);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let log = lie.opening.log();
    let honest = honest_change(&log, "hello");
    let mut stripped = Stripped::of(&honest, &log).expect("plain");
    stripped.sequence = 9;
    let lie = lie.change(document(1), stripped.chunk(&log));
    tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!(set_aside(&alex.store.stored), [Unusable::OutOfSequence]);
}

/// Numbers so great that the next would be none: what refers to them is refused, here and by whoever passes it on.
#[test]
fn numbers_at_their_end_are_no_beginning() {
    let (id, chain) = (document(1), |log: &LogId| honest_chain(log, 2));
    for (sequence, start_op) in [(u64::MAX, 5), (9, u64::from(u32::MAX)), (u64::MAX, u64::MAX)] {
        let [mut alex, sam] = couple(3);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let chain = chain(&log);
        let mut last = Stripped::of(&chain[0], &log).expect("plain");
        (last.sequence, last.start_op) = (sequence, start_op);
        let chunk = last.chunk(&log);
        let digest = change::digest(&chunk).expect("long enough");
        let mut next = Stripped::of(&chain[1], &log).expect("plain");
        next.dependencies = vec![digest];
        let lie = lie.change(id, chunk).change(id, next.chunk(&log));
        tell(&mut alex, &lie.plain()).expect("authentic");
        assert!(alex.store.stored.documents().is_empty());

        let continued = Entry {
            log,
            kind: EntryKind::Change,
            document: DocumentName::Known(EntryName { log, number: 1 }),
            form: Form::Stripped {
                dependencies: vec![Dependency::Entry(EntryName { log, number: 1 })],
                actors: Vec::new(),
                operations: next.operations,
            },
        };
        let run = Run { first: 3, opening: None, end: Some(End { hash: [0; 8], tag: None }) };
        let plain = Batch { runs: BTreeMap::from([(log, run)]), entries: vec![continued] }.to_bytes(sam.bond());
        assert_eq!(tell(&mut alex, &plain), Err(Refusal::UnknownReference));

        let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
        let parties = alex.parties().clone();
        let tx = alex.store.begin().expect("memory");
        let packed = outbox.next_batch(&tx, &parties, limits::BATCH_TARGET).expect("memory");
        // Sam's phone gave no tag under which it would take them back.
        assert!(packed.is_none() && outbox.held_back());
    }
}

/// An honest sender puts what is built upon first. Whoever turns it around costs no more than the sorting.
#[test]
fn a_history_that_comes_backwards_is_taken_in() {
    let [mut alex, sam] = couple(3);
    let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
    for chunk in honest_chain(&lie.opening.log(), 3_000).into_iter().rev() {
        lie = lie.change(document(1), chunk);
    }
    let admitted = tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!((admitted.entries, admitted.set_aside), (3_000, 0));
    let key = *alex.store.stored.documents().keys().next().expect("there is one");
    assert_eq!(alex.text(&key).expect("alive").len(), 3_000);
    assert!(alex.store.stored.entries().all(|row| row.state == EntryState::Applied));
}
