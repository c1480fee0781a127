//! What goes into a batch, and what is said of what does not.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::collections::BTreeSet;

use automerge::Automerge;
use nightstand_engine::batch::{self, Batch};
use nightstand_engine::change::Unusable;
use nightstand_engine::exchange::admit::{AdmitError, Refusal, Terms, admit};
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::Space;
use nightstand_engine::kinds::Kind;
use nightstand_engine::limits;
use nightstand_engine::log::{EntryKind, next_hash};
use nightstand_engine::random::Seeded;
use nightstand_engine::session::{Event, Outcome};
use nightstand_engine::simulator::store::MemoryStore;
use nightstand_engine::simulator::talk::{couple, faithfully, talk};
use nightstand_engine::store::{EntryRow, EntryState, Store, Transaction};
use nightstand_engine::vector::VersionVector;

/// An entry that no version of the app can use may be as large as a batch. It does not keep the others back, nor they it.
#[test]
fn a_huge_entry_behind_small_ones_goes_alone() {
    let mut random = Seeded::from_number(7);
    let [mut alex, _sam] = couple(7);
    let log = alex.log(Space::Mine);
    let words = "rain ".repeat(200);
    for _ in 0..600 {
        let key = alex.new_key(Space::Mine, &mut random);
        alex.write(key, &words, 0).unwrap();
    }
    let mut tx = alex.store.begin().unwrap();
    let row = tx.log(&log).unwrap().unwrap();
    let (digest, number) = (Hash::from_bytes([9; 32]), row.count + 1);
    let key = tx.entry(&log, 1).unwrap().unwrap().document;
    let huge = EntryRow {
        log,
        number,
        document: key,
        kind: EntryKind::Change,
        digest,
        hash: next_hash(&row.head, number, &key, EntryKind::Change, &digest),
        sequence: 0,
        last_op: 0,
        state: EntryState::SetAside(Unusable::TooLarge),
        payload: Some(vec![9; limits::BATCH_BYTES - 4096]),
    };
    tx.append(&huge).unwrap();
    tx.commit().unwrap();
    let key = alex.new_key(Space::Mine, &mut random);
    alex.write(key, "after it", 0).unwrap();

    let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
    let parties = alex.parties().clone();
    let tx = alex.store.begin().unwrap();
    let mut entries = 0;
    while let Some(packed) = outbox.next_batch(&tx, &parties, limits::BATCH_TARGET).unwrap() {
        assert!(batch::unpack(&packed.bytes).unwrap().len() <= limits::BATCH_BYTES);
        entries += packed.entries;
    }
    assert_eq!((entries, outbox.held_back()), (602, false));
}

/// A document here does not load any more, and a new phone of the partner has nothing yet: both phones say that not
/// everything could be handed over.
#[test]
fn what_cannot_be_read_here_is_said_on_both_sides() {
    let mut random = Seeded::from_number(8);
    let mut devices = couple(8);
    let keys = [(); 3].map(|()| devices[0].new_key(Space::Mine, &mut random));
    for key in keys {
        devices[0].write(key, "a line", 0).unwrap();
    }
    assert!(talk(&mut devices, 1, faithfully).succeeded());
    let mut tx = devices[0].store.begin().unwrap();
    tx.put_document(&keys[1], Kind::JournalEntry, &Automerge::new(), b"damaged").unwrap();
    tx.commit().unwrap();

    devices[1].store = MemoryStore { person: devices[1].store.person, ..MemoryStore::default() };
    devices[1].install(&mut random);
    let transcript = talk(&mut devices, 2, faithfully);
    assert!(transcript.succeeded());
    for events in &transcript.events {
        assert!(events.contains(&Event::Ended(Outcome::NotYet)), "{events:?}");
    }
    assert_eq!(devices[1].store.stored.documents().len(), 1);
}

/// Values that are empty take no bytes: a batch of them is bounded by their number. The writer keeps the bound, and whoever
/// does not is refused as a whole.
#[test]
fn a_batch_has_only_so_many_operations() {
    let mut random = Seeded::from_number(9);
    let [mut alex, mut sam] = couple(9);
    let empty = " ".repeat(8_000);
    for _ in 0..140 {
        let key = alex.new_key(Space::Mine, &mut random);
        alex.write(key, &empty, 0).unwrap();
    }
    let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
    let (of_alex, of_sam) = (alex.parties().clone(), sam.parties().clone());
    let tx = alex.store.begin().unwrap();
    // Whatever room there is in bytes, no batch has more than the limit.
    let most = limits::BATCH_OPERATIONS / 8_000;
    let mut batches = Vec::new();
    while let Some(packed) = outbox.next_batch(&tx, &of_alex, usize::MAX).unwrap() {
        assert!(packed.entries <= most);
        batches.push(packed);
    }
    assert_eq!((batches.len(), batches.iter().map(|packed| packed.entries).sum::<u64>()), (2, 140));
    drop(tx);

    let terms = Terms::with(2);
    let plain = batches.iter().map(|packed| batch::unpack(&packed.bytes).unwrap()).collect::<Vec<_>>();
    let [mut both, second] = [0, 1].map(|at: usize| Batch::parse(&plain[at], sam.bond()).unwrap());
    for (log, run) in &mut both.runs {
        run.end = second.runs[log].end;
    }
    both.entries.extend(second.entries);
    let refused = admit(&mut sam.store.begin().unwrap(), &of_sam, &both.to_bytes(of_sam.channel()), &terms);
    assert!(matches!(refused, Err(AdmitError::Refused(Refusal::TooManyOperations))));
    for plain in plain {
        let mut tx = sam.store.begin().unwrap();
        assert!(admit(&mut tx, &of_sam, &plain, &terms).is_ok());
        tx.commit().unwrap();
    }
    assert_eq!(sam.store.stored.documents().len(), 140);
}
