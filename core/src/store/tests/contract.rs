//! The store against the plainest one that keeps the engine's promises: whatever is done to both, both answer alike.

use nightstand_engine::change::Unusable;
use nightstand_engine::exchange::{Audience, Reach};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{BondId, DeviceId, DocumentId, DocumentKey, LogId, PersonId, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::log::{EntryKind, Opening, Tag};
use nightstand_engine::simulator::store::MemoryStore;
use nightstand_engine::store::{Burial, DocumentRow, EntryRow, EntryState, Store, Transaction};
use nightstand_engine::vector::{Position, VersionVector};
use proptest::prelude::*;

use super::Phone;

/// What is done to a store. Logs and documents are named by small numbers.
#[derive(Clone, Debug)]
enum Act {
    Open { log: u8 },
    Append { log: u8, document: u8, kind: EntryKind, state: EntryState, huge: bool },
    SetState { log: u8, number: u64, state: EntryState },
    Put { log: u8, document: u8 },
    Bury { log: u8, document: u8 },
    SetAside { log: u8, number: u64 },
    Withdraw { log: u8, document: u8 },
    Freeze { log: u8, frozen: bool },
    Cut { log: u8, count: u64 },
    Succeed { log: u8, next: u8 },
    HandedOver { log: u8, count: u64 },
    Tag { log: u8, number: u64, key: u64 },
    Agree { peer: u8, count: u64 },
    Commit,
    Forget,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let state = prop_oneof![
        Just(EntryState::Applied),
        Just(EntryState::Waiting),
        Just(EntryState::Buried),
        Just(EntryState::SetAside(Unusable::TooLarge)),
        Just(EntryState::SetAside(Unusable::Damaging)),
        Just(EntryState::SetAside(Unusable::Removed)),
    ];
    let kind = prop_oneof![4 => Just(EntryKind::Change), 1 => Just(EntryKind::Tombstone)];
    let act = prop_oneof![
        2 => (0..4u8).prop_map(|log| Act::Open { log }),
        12 => (0..4u8, 0..4u8, kind, state.clone(), any::<bool>())
            .prop_map(|(log, document, kind, state, huge)| Act::Append { log, document, kind, state, huge }),
        2 => (0..4u8, 1..6u64, state).prop_map(|(log, number, state)| Act::SetState { log, number, state }),
        3 => (0..4u8, 0..4u8).prop_map(|(log, document)| Act::Put { log, document }),
        1 => (0..4u8, 0..4u8).prop_map(|(log, document)| Act::Bury { log, document }),
        1 => (0..4u8, 1..6u64).prop_map(|(log, number)| Act::SetAside { log, number }),
        1 => (0..4u8, 0..4u8).prop_map(|(log, document)| Act::Withdraw { log, document }),
        1 => (0..4u8, any::<bool>()).prop_map(|(log, frozen)| Act::Freeze { log, frozen }),
        1 => (0..4u8, 0..4u64).prop_map(|(log, count)| Act::Cut { log, count }),
        1 => (0..4u8, 0..4u8).prop_map(|(log, next)| Act::Succeed { log, next }),
        1 => (0..4u8, 0..6u64).prop_map(|(log, count)| Act::HandedOver { log, count }),
        2 => (0..4u8, any::<u64>(), any::<u64>()).prop_map(|(log, number, key)| Act::Tag { log, number, key }),
        2 => (0..2u8, 1..4u64).prop_map(|(peer, count)| Act::Agree { peer, count }),
        3 => Just(Act::Commit),
        1 => Just(Act::Forget),
    ];
    prop::collection::vec(act, 0..60)
}

fn bond(number: u8) -> BondId {
    BondId::from_bytes([number; 16])
}

/// Logs 0 and 1 write in one bond's Joint and Mine, log 2 in Joint too, log 3 under another bond.
fn opening(log: u8) -> Opening {
    Opening {
        person: PersonId::from_bytes([log + 1; 32]),
        device: DeviceId::from_bytes([log + 1; 32]),
        space: if log == 1 { Space::Mine } else { Space::Joint },
        bond: Some(bond(u8::from(log == 3))),
        nonce: [log; 16],
    }
}

fn key(log: u8, document: u8) -> DocumentKey {
    DocumentKey { place: opening(log).place().unwrap(), id: DocumentId::from_bytes([document; 16]) }
}

/// Does it, if it can be done. What can't be done depends on the store's answers alone, which are to be alike.
fn perform<T: Transaction>(tx: &mut T, act: &Act) -> Result<(), T::Error> {
    let state_of = |tx: &T, log: u8| tx.log(&opening(log).log());
    match *act {
        Act::Open { log } => tx.open_log(&opening(log)),
        Act::Append { log, document, kind, state, huge } => {
            let Some(row) = state_of(tx, log)? else { return Ok(()) };
            let number = row.count + 1;
            let digest = Hash::from_bytes([number as u8 * 16 + document; 32]);
            let kept = kind == EntryKind::Tombstone || state != EntryState::Buried;
            let hash = Hash::from_bytes([number as u8; 32]);
            let (sequence, last_op) = if huge { (u64::MAX, u64::MAX - 1) } else { (number, number) };
            let payload = kept.then(|| vec![log, document]);
            let document = key(log, document).id;
            let log = opening(log).log();
            tx.append(&EntryRow { log, number, document, kind, digest, hash, sequence, last_op, state, payload })
        }
        Act::SetState { log, number, state } => {
            let log = opening(log).log();
            match tx.entry(&log, number)? {
                Some(row) if row.kind == EntryKind::Change && row.payload.is_some() => {
                    tx.set_state(&log, number, state)
                }
                _ => Ok(()),
            }
        }
        Act::Put { log, document } => {
            if tx.document(&key(log, document))? == Some(DocumentRow::Buried) {
                return Ok(());
            }
            let empty = Kind::JournalEntry.new_document();
            tx.put_document(&key(log, document), Kind::JournalEntry, &empty, &empty.save())
        }
        Act::Bury { log, document } => {
            tx.bury(&Burial { key: key(log, document), by: opening(log).person, heads: Vec::new() })
        }
        Act::SetAside { log, number } => {
            let id = opening(log).log();
            match tx.entry(&id, number)? {
                Some(row) if row.kind == EntryKind::Change => tx.set_aside(&id, number, Unusable::Removed, &[log, 9]),
                _ => Ok(()),
            }
        }
        Act::Withdraw { log, document } => match tx.document(&key(log, document))? {
            Some(DocumentRow::Alive { .. }) => tx.withdraw_document(&key(log, document)),
            _ => Ok(()),
        },
        Act::Freeze { log, frozen } => tx.set_frozen(&opening(log).log(), frozen),
        Act::Cut { log, count } => {
            let id = opening(log).log();
            let head = match tx.entry(&id, count)? {
                Some(entry) => entry.hash,
                None => opening(log).hash(),
            };
            match state_of(tx, log)? {
                Some(row) if row.count > count => tx.cut_log(&id, count, &head),
                _ => Ok(()),
            }
        }
        Act::Succeed { log, next } => tx.succeed_log(&opening(log).log(), &opening(next)),
        Act::HandedOver { log, count } => {
            let position = Position { count, hash: [log; 8] };
            tx.handed_over(&VersionVector::from_iter([(opening(log).log(), position)]))
        }
        Act::Tag { log, number, key } => match state_of(tx, log)? {
            Some(_) => tx.put_tag(&opening(log).log(), &Tag { number, key_number: key, mac: [log; 16] }),
            None => Ok(()),
        },
        Act::Agree { peer, count } => {
            let position = Position { count, hash: [peer; 8] };
            tx.put_agreed(&[peer; 32], &VersionVector::from_iter([(LogId::from_bytes([1; 16]), position)]))
        }
        Act::Commit | Act::Forget => Ok(()),
    }
}

/// Everything that can be asked.
fn answers<T: Transaction>(tx: &T, acts: &[Act]) -> Result<String, T::Error> {
    use std::fmt::Write;
    let mut all = String::new();
    let mut note = |answer: &dyn core::fmt::Debug| writeln!(all, "{answer:?}").unwrap();
    let full = |row: &Option<EntryRow>| {
        row.clone().map(|row| (row.sequence, row.last_op, row.digest, row.hash, row.payload.clone(), row))
    };
    let own = Audience::OwnDevice(Reach::Everything);
    for audience in [Audience::Partner(bond(0)), Audience::Partner(bond(1)), own] {
        let mut logs = tx.logs(&audience)?;
        logs.retain(|row| row.opening.bond.is_some()); // a vault has one of its own from the beginning
        note(&logs);
        for after in [0, 3] {
            note(&tx.arrivals(&audience, after, 5)?);
        }
    }
    for log in 0..4 {
        let id = opening(log).log();
        note(&tx.log(&id)?);
        for number in 1..8 {
            note(&full(&tx.entry(&id, number)?));
            note(&tx.hash_after(&id, number)?);
            note(&tx.reference(&id, number)?);
            note(&tx.arrival(&id, number)?);
            for document in 0..4 {
                note(&tx.sequence_before(&id, &key(log, document), number)?);
            }
        }
        for document in 0..4 {
            let key = key(log, document);
            note(&tx.first_entry(&key)?);
            for most in [0, 40, usize::MAX] {
                note(&tx.waiting(&key, most)?);
                note(&tx.left_behind(&key, most)?);
            }
            note(&tx.tombstones(&key)?);
            note(&tx.document(&key)?);
            for byte in 16..64 {
                note(&tx.find_entry(&key, &Hash::from_bytes([byte; 32]))?);
            }
        }
        for act in acts {
            if let Act::Tag { number, .. } = act {
                note(&tx.tag(&id, *number)?);
            }
        }
    }
    for peer in 0..2 {
        note(&tx.agreed(&[peer; 32])?);
    }
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn it_answers_as_the_store_in_memory_does(acts in acts()) {
        let phone = Phone::alex();
        let vault = phone.open();
        let mut memory = MemoryStore::default();
        vault.with_store(|store| {
            for chunk in acts.split_inclusive(|act| matches!(act, Act::Commit | Act::Forget)) {
                let (mut ours, mut theirs) = (store.begin()?, memory.begin().unwrap());
                for act in chunk {
                    perform(&mut ours, act)?;
                    perform(&mut theirs, act).unwrap();
                }
                assert_eq!(answers(&ours, &acts)?, answers(&theirs, &acts).unwrap());
                if matches!(chunk.last(), Some(Act::Commit)) {
                    ours.commit()?;
                    theirs.commit().unwrap();
                }
            }
            assert_eq!(answers(&store.begin()?, &acts)?, answers(&memory.begin().unwrap(), &acts).unwrap());
            Ok(())
        }).unwrap();
    }
}
