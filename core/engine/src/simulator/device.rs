//! A simulated device: a store that survives crashes, keys, and the writing of small documents.

use std::collections::BTreeSet;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use zeroize::Zeroizing;

use super::store::{DiskFull, MemoryStore, MemoryTransaction};
use crate::author::{self, AuthorError, Draft};
use crate::document::Document;
use crate::exchange::Couple;
use crate::hash::Hash;
use crate::ids::{BondId, DeviceId, DocumentId, DocumentKey, LogId, PersonId, Place, Space};
use crate::keys::{DeviceKeys, OwnEntriesKey, Phrase};
use crate::kinds::Kind;
use crate::log::Opening;
use crate::random::{self, Random, Seeded};
use crate::roster::{DeviceRecord, SignedRoster};
use crate::session::Config;
use crate::store::{DocumentRow, Store, Transaction};

/// A person of the simulation, with the roster that they signed.
pub struct Person {
    /// Their roster.
    pub roster: SignedRoster,
    /// Vouches for their logs.
    pub own_key: OwnEntriesKey,
    seeds: Vec<[u8; 32]>,
}

impl Person {
    /// A person with this many devices.
    pub fn make(devices: usize, random: &mut dyn Random) -> Self {
        let root = Phrase::make(random).root();
        let seeds: Vec<[u8; 32]> = (0..devices).map(|_| random::make_bytes(random)).collect();
        let ids = seeds.iter().map(|seed| DeviceKeys::new(*seed, [0; 16]).device()).collect();
        Self { roster: SignedRoster::sign(&root, 1, ids, 1), own_key: root.own_entries_key(1), seeds }
    }
}

/// One phone.
pub struct Device {
    /// What it has stored.
    pub store: MemoryStore,
    /// On how many threads it takes a batch in.
    pub workers: usize,
    couple: Couple,
    seed: [u8; 32],
    install_mark: [u8; 16],
    logs: [LogId; 3],
}

impl Device {
    /// The `index`th device of `me`, in a bond with `partner`.
    pub fn new(me: &Person, partner: &Person, bond: BondId, index: usize, random: &mut dyn Random) -> Self {
        let couple =
            Couple { bond, me: me.roster.clone(), partner: partner.roster.clone(), own_key: me.own_key.clone() };
        let mut device = Self {
            store: MemoryStore { person: Some(couple.my_person()), ..MemoryStore::default() },
            workers: 1,
            couple,
            seed: me.seeds[index],
            install_mark: [0; 16],
            logs: [LogId::from_bytes([0; 16]); 3],
        };
        device.install(random);
        device
    }

    /// Starts over under a new install mark: new session keys and new logs, as a phone does whose file was copied back.
    pub fn install(&mut self, random: &mut dyn Random) {
        self.install_mark = random::make_bytes(random);
        let person = self.person();
        let device = self.device();
        let mut tx = self.store.begin().expect("memory");
        for (slot, space) in self.logs.iter_mut().zip([Space::Private, Space::Mine, Space::Joint]) {
            let bond = (space != Space::Private).then_some(self.couple.bond);
            let opening = Opening { person, device, space, bond, nonce: random::make_bytes(random) };
            tx.open_log(&opening).expect("memory");
            *slot = opening.log();
        }
        tx.commit().expect("installing is not simulated on a full disk");
    }

    /// Whose it is.
    pub fn person(&self) -> PersonId {
        self.couple.my_person()
    }

    /// Which it is.
    pub fn device(&self) -> DeviceId {
        DeviceKeys::new(self.seed, self.install_mark).device()
    }

    /// The two persons as it knows them.
    pub fn couple(&self) -> &Couple {
        &self.couple
    }

    /// Its record under the bond.
    pub fn record(&self) -> DeviceRecord {
        DeviceRecord::sign(&DeviceKeys::new(self.seed, self.install_mark), self.couple.bond)
    }

    /// What it brings to a session.
    pub fn config(&self, introduce: bool, seed: [u8; 32], now_ms: u64) -> Config {
        let keys = DeviceKeys::new(self.seed, self.install_mark);
        let noise_key: Zeroizing<[u8; 32]> = keys.noise_key(&self.couple.bond);
        let peers = self.store.peers.clone();
        Config {
            couple: self.couple.clone(),
            noise_key,
            record: self.record(),
            peers,
            introduce,
            offered: false,
            live: false,
            workers: self.workers,
            seed,
            now_ms,
        }
    }

    /// A space of this device.
    pub fn place(&self, space: Space) -> Place {
        let bond = (space != Space::Private).then_some(self.couple.bond);
        Place::of(space, bond, self.person()).expect("the bond goes with the space")
    }

    /// The log that it writes in a space.
    pub fn log(&self, space: Space) -> LogId {
        self.store.stored.successor(self.logs[usize::from(space.number())])
    }

    /// The mark of the present install.
    pub fn install_mark(&self) -> [u8; 16] {
        self.install_mark
    }

    /// Writes `token` into a document's text, at a place that `at` chooses, and begins the document if need be. The token
    /// is a key of the document too. Returns the entry's digest.
    pub fn write(&mut self, key: DocumentKey, token: &str, at: u64) -> Result<Hash, AuthorError<DiskFull>> {
        let log = self.log(key.place.space());
        let mut tx = self.store.begin().map_err(AuthorError::Store)?;
        let mut draft = Draft::open(&tx, &log, key, Kind::JournalEntry)?;
        draft.edit::<_, DiskFull>(|edit| {
            let (_, body) = edit.get(ROOT, "body")?.expect("the kind's first change makes it");
            let length = edit.length(&body) as u64;
            edit.splice_text(&body, (at % (length + 1)) as usize, 0, token)?;
            edit.put(ROOT, token, at as i64)
        })?;
        draft.finish(&mut tx)?;
        Self::commit(tx, &log)
    }

    /// Commits what was written last into a log. Returns its digest.
    fn commit(tx: MemoryTransaction<'_>, log: &LogId) -> Result<Hash, AuthorError<DiskFull>> {
        let row = tx.log(log).map_err(AuthorError::Store)?.ok_or(AuthorError::Absent)?;
        let entry = tx.entry(log, row.count).map_err(AuthorError::Store)?.ok_or(AuthorError::Absent)?;
        tx.commit().map_err(AuthorError::Store)?;
        Ok(entry.digest)
    }

    /// Ends a document.
    pub fn bury(&mut self, key: DocumentKey) -> Result<(), AuthorError<DiskFull>> {
        let log = self.log(key.place.space());
        let mut tx = self.store.begin().map_err(AuthorError::Store)?;
        author::bury(&mut tx, &log, &key)?;
        tx.commit().map_err(AuthorError::Store)
    }

    /// The tokens of a document, if it is alive here.
    pub fn tokens(&self, key: &DocumentKey) -> Option<BTreeSet<String>> {
        let DocumentRow::Alive { stored, .. } = self.store.stored.documents().get(key)? else { return None };
        let document = Document::load(stored).ok()?.into_automerge();
        Some(document.keys(ROOT).filter(|key| key.starts_with('<')).collect())
    }

    /// The text of a document, if it is alive here.
    pub fn text(&self, key: &DocumentKey) -> Option<String> {
        match self.store.stored.documents().get(key)? {
            DocumentRow::Buried => None,
            DocumentRow::Alive { stored, .. } => {
                let document = Document::load(stored).ok()?.into_automerge();
                let (_, body) = document.get(ROOT, "body").ok()??;
                document.text(&body).ok()
            }
        }
    }

    /// The documents of this device's writable spaces that are alive.
    pub fn writable(&self) -> Vec<DocumentKey> {
        let person = self.person();
        let documents = self.store.stored.documents().iter();
        let alive = documents.filter(|(_, row)| matches!(row, DocumentRow::Alive { .. })).map(|(key, _)| *key);
        alive.filter(|key| key.place.writable_by(&person)).collect()
    }

    /// A new document in a space.
    pub fn new_key(&self, space: Space, random: &mut Seeded) -> DocumentKey {
        DocumentKey { place: self.place(space), id: DocumentId::from_bytes(random::make_bytes(random)) }
    }
}
