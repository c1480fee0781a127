//! Alex's and Sam's phones as every target finds them: paired, with a few documents, and with something that Sam's has not
//! handed over yet.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use nightstand_engine::batch;
use nightstand_engine::document::Document;
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::ids::{DocumentKey, Space};
use nightstand_engine::limits;
use nightstand_engine::random::Seeded;
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::store::MemoryStore;
use nightstand_engine::simulator::talk::{couple, faithfully, talk};
use nightstand_engine::store::{self, DocumentRow, Store};
use nightstand_engine::vector::VersionVector;

/// Both phones.
pub(crate) struct Pair {
    pub(crate) alex: Device,
    pub(crate) sam: Device,
}

/// Always the same two.
pub(crate) static PAIR: LazyLock<Pair> = LazyLock::new(|| {
    let mut random = Seeded::from_number(1660);
    let mut devices = couple(1660);
    let mut shared = Vec::new();
    for device in &mut devices {
        for space in [Space::Private, Space::Mine, Space::Mine, Space::Joint] {
            let key = device.new_key(space, &mut random);
            device.write(key, "<rain> on the roof", 0).expect("memory");
            device.write(key, "<tea> in bed", 3).expect("memory");
            shared.push(key);
        }
    }
    assert!(talk(&mut devices, 1, faithfully).succeeded());
    let [alex, mut sam] = devices;
    let new = sam.new_key(Space::Joint, &mut random);
    for (key, words) in [(shared[3], "<snow>"), (shared[5], "<wind>"), (new, "<sun>"), (new, "<shade>")] {
        sam.write(key, words, 1).expect("memory");
    }
    sam.bury(shared[6]).expect("memory");
    Pair { alex, sam }
});

impl Pair {
    /// Alex's phone as it stands, or after it was lost: new, with nothing in it.
    pub(crate) fn alexs_store(&self, lost: bool) -> MemoryStore {
        let person = Some(self.alex.person());
        if lost { MemoryStore { person, ..MemoryStore::default() } } else { self.alex.store.clone() }
    }

    /// What Sam's phone would send to one that has this, as plain batches.
    pub(crate) fn sams_batches(&self, have: &VersionVector, whole: bool) -> Vec<Vec<u8>> {
        let mut outbox = Outbox::new(have, BTreeSet::new());
        if whole {
            outbox.send_whole();
        }
        let mut store = self.sam.store.clone();
        let tx = store.begin().expect("memory");
        let next = || outbox.next_batch(&tx, self.sam.parties(), limits::BATCH_TARGET).expect("memory");
        let packed = std::iter::from_fn(next);
        packed.map(|packed| batch::unpack(&packed.bytes).expect("it was packed here")).collect()
    }

    pub(crate) fn alexs_vector(&self) -> VersionVector {
        store::vector(&self.alex.store.clone().begin().expect("memory"), self.alex.parties()).expect("memory")
    }
}

/// Nothing that Sam's phone says changes what only Alex writes.
pub(crate) fn assert_own_words_stand(store: &MemoryStore) {
    let alex = &PAIR.alex;
    let own = |key: &DocumentKey| key.place.owner() == Some(alex.person());
    let before = alex.store.stored.documents().iter().filter(|(key, _)| own(key));
    let now = store.stored.documents().iter().filter(|(key, _)| own(key));
    assert!(before.eq(now), "somebody else changed what only Alex writes");
}

/// Every document loads, and saves so that it loads with the same heads.
pub(crate) fn assert_documents_load(store: &MemoryStore) {
    let before = PAIR.alex.store.stored.documents();
    for (key, row) in store.stored.documents() {
        let DocumentRow::Alive { stored, .. } = row else { continue };
        if before.get(key) == Some(row) {
            continue;
        }
        assert_loads(stored);
    }
}

/// A stored form that has to load.
pub(crate) fn assert_loads(stored: &[u8]) {
    let document = Document::load(stored).expect("what was taken in loads");
    let again = Document::load(&document.save()).expect("what loads can be saved");
    assert_eq!(again.heads(), document.heads());
}
