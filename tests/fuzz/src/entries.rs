//! Batches of entries, taken in by Alex's phone as Sam's phone would send them.

mod mend;

use std::collections::BTreeSet;

use nightstand_engine::batch::{self, Batch};
use nightstand_engine::exchange::Parties;
use nightstand_engine::exchange::admit::{AdmitError, Admitted, Refusal, Terms, admit};
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::Space;
use nightstand_engine::limits;
use nightstand_engine::simulator::store::MemoryStore;
use nightstand_engine::store::{DocumentRow, Store, Transaction};
use nightstand_engine::vector::VersionVector;

use crate::pair::{PAIR, assert_documents_load, assert_own_words_stand};

/// Of a mode: the phone is new. Logs of Alex's are in dispute.
const LOST: u8 = 4;
const DISPUTED: u8 = 8;

/// A batch as it comes: packed, read alone, or taken in as it stands.
pub(crate) fn batch(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    let bond = PAIR.alex.bond();
    match mode % 3 {
        0 => {
            let Ok(plain) = batch::unpack(rest) else { return };
            assert!(plain.len() <= limits::BATCH_BYTES);
            read(&plain);
        }
        1 => read(rest),
        _ => {
            let mut store = PAIR.alexs_store(mode & LOST != 0);
            let taken = take_in(&mut store, PAIR.alex.parties(), rest, mode & DISPUTED != 0);
            let own = |batch: Batch<'_>| batch.runs.values().any(|run| run.end.is_some_and(|end| end.tag.is_some()));
            if taken.is_ok() && mode & LOST == 0 && !Batch::parse(rest, bond).is_ok_and(own) {
                assert_own_words_stand(&store);
            }
            assert_documents_load(&store);
        }
    }
}

fn read(plain: &[u8]) {
    let bond = PAIR.alex.bond();
    let Ok(batch) = Batch::parse(plain, bond) else { return };
    let written = batch.to_bytes(PAIR.alex.bond());
    let again = Batch::parse(&written, bond).expect("what was read is written so that it reads");
    assert!(again.runs == batch.runs && again.entries == batch.entries);
}

pub(crate) fn batches() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for plain in plain_batches() {
        seeds.push([&[0], &batch::pack(&plain).expect("memory")[..]].concat());
        for mode in [1, 2, 2 | DISPUTED, 5 | LOST] {
            seeds.push([&[mode], &plain[..]].concat());
        }
    }
    seeds
}

/// What Sam's phone sends to Alex's, and to a new one, stripped and whole.
fn plain_batches() -> Vec<Vec<u8>> {
    [news(), all()].concat()
}

fn news() -> Vec<Vec<u8>> {
    let have = PAIR.alexs_vector();
    [false, true].into_iter().flat_map(|whole| PAIR.sams_batches(&have, whole)).collect()
}

fn all() -> Vec<Vec<u8>> {
    [false, true].into_iter().flat_map(|whole| PAIR.sams_batches(&VersionVector::default(), whole)).collect()
}

/// Entries whose running hashes hold, as a partner's phone with our code changed to lie sends them: so what is refused is
/// refused for what the entries say.
pub(crate) fn entry(data: &[u8]) {
    let _ = mended(data);
}

/// What became of a batch, if it is one.
fn mended(data: &[u8]) -> Option<Result<Admitted, Refusal>> {
    let (mode, rest) = data.split_first()?;
    let parties = PAIR.alex.parties();
    let mut store = PAIR.alexs_store(mode & LOST != 0);
    let mut batch = Batch::parse(rest, PAIR.alex.bond()).ok()?;
    // Tags of Alex's are nobody else's to make. They are made here all the same, in one mode, to reach what is behind.
    let tagged = mode & 1 != 0;
    mend::mend(&mut batch, &store.begin().expect("memory"), parties, tagged);
    let plain = batch.to_bytes(PAIR.alex.bond());
    let taken = take_in(&mut store, parties, &plain, mode & DISPUTED != 0);
    if !tagged && mode & LOST == 0 {
        assert_own_words_stand(&store);
    }
    assert_documents_load(&store);
    if taken.is_ok() && mode & 2 != 0 {
        assert_passed_on(&mut store, parties);
    }
    Some(taken)
}

pub(crate) fn entries() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (batches, modes) in [(news(), [0, 2, 1 | DISPUTED]), (all(), [1 | LOST, 3 | LOST, 1 | DISPUTED])] {
        for (plain, mode) in batches.iter().flat_map(|plain| modes.map(|mode| (plain, mode))) {
            let seed = [&[mode], &plain[..]].concat();
            let taken = mended(&seed).expect("a batch").expect("what Sam's phone sends is taken in");
            assert!(mode & DISPUTED != 0 || taken.entries > 0 && !taken.documents.is_empty());
            seeds.push(seed);
        }
    }
    seeds
}

/// Takes a batch in. Where it is refused, nothing has changed.
fn take_in(store: &mut MemoryStore, parties: &Parties, plain: &[u8], disputed: bool) -> Result<Admitted, Refusal> {
    let before = store.stored.clone();
    let own = [Space::Mine, Space::Joint].map(|space| PAIR.alex.log(space));
    let disputed = if disputed { BTreeSet::from(own) } else { BTreeSet::new() };
    let mut tx = store.begin().expect("memory");
    match admit(&mut tx, parties, plain, &Terms { disputed: &disputed, ..Terms::with(1) }) {
        Ok(admitted) => {
            tx.commit().expect("memory");
            Ok(admitted)
        }
        Err(AdmitError::Refused(refusal)) => {
            drop(tx);
            assert!(store.stored == before, "a refused batch changed something");
            Err(refusal)
        }
        Err(AdmitError::Store(_)) => panic!("memory does not fail"),
    }
}

/// What was taken in can be handed on: a new phone of Alex's takes all of it and comes to the same documents.
fn assert_passed_on(store: &mut MemoryStore, parties: &Parties) {
    let mut fresh = PAIR.alexs_store(true);
    let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
    let tx = store.begin().expect("memory");
    while let Some(packed) = outbox.next_batch(&tx, parties, limits::BATCH_TARGET).expect("memory") {
        let plain = batch::unpack(&packed.bytes).expect("it was packed here");
        match take_in(&mut fresh, parties, &plain, false) {
            Ok(_) => {}
            // A stripped change that can't be put together is asked for again, whole.
            Err(Refusal::UnknownReference) => return,
            Err(refusal) => panic!("what was taken in is not taken from here: {refusal:?}"),
        }
    }
    drop(tx);
    if outbox.held_back() {
        return;
    }
    for (key, row) in fresh.stored.documents() {
        let DocumentRow::Alive { stored, .. } = row else { continue };
        if let Some(DocumentRow::Alive { stored: here, .. }) = store.stored.documents().get(key) {
            let heads = |stored: &[u8]| nightstand_engine::document::Document::load(stored).map(|it| it.heads());
            assert!(heads(stored) == heads(here), "the same entries came to something else");
        }
    }
}
