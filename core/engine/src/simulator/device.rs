//! A simulated device: a store that survives crashes, keys, and the writing of small documents.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};

use super::store::{DiskFull, MemoryStore, MemoryTransaction};
use crate::author::{self, AuthorError, Draft};
use crate::circle::{BondStanding, Circle, KnownBond};
use crate::document::Document;
use crate::exchange::{Audience, Parties, Reach, removal};
use crate::hash::Hash;
use crate::ids::{BondId, DeviceId, DocumentId, DocumentKey, LogId, PersonId, Place, Space};
use crate::keys::{DeviceKeys, OwnKeys, Phrase, Root};
use crate::kinds::Kind;
use crate::log::Opening;
use crate::random::{self, Random, Seeded};
use crate::roster::{DeviceRecord, Floor, Membership, Roster, SignedRoster};
use crate::sealed::ForOwnDevices;
use crate::session::{Config, Event};
use crate::store::{DocumentRow, Store, Transaction};

/// A person of the simulation, with the roster that they signed.
pub struct Person {
    /// Their roster.
    pub roster: SignedRoster,
    /// Vouch for their logs.
    pub own_keys: OwnKeys,
    /// Signs their rosters.
    pub root: Root,
    seeds: Vec<[u8; 32]>,
}

impl Person {
    /// A person with this many devices.
    pub fn make(devices: usize, random: &mut dyn Random) -> Self {
        let root = Phrase::make(random).root();
        let seeds: Vec<[u8; 32]> = (0..devices).map(|_| random::make_bytes(random)).collect();
        let mut ids = seeds.iter().map(|seed| DeviceKeys::new(*seed, [0; 16]).device());
        let first = Roster::first(root.person(), ids.next().expect("a person has a device"));
        let devices = ids.fold(first, |roster, device| Roster { epoch: 1, ..roster.with(device) });
        Self { roster: SignedRoster::sign(&root, devices, Vec::new()), own_keys: OwnKeys::of(&root, 1), root, seeds }
    }

    /// Signs a roster without these devices, as `on` would sign it: with what that device knows of the logs.
    pub fn remove(&self, gone: &[DeviceId], on: &Device, random: &mut dyn Random) -> SignedRoster {
        let held = on.parties().me.roster().clone();
        let floors = |space: fn(Space) -> bool| {
            let logs = on.store.stored.logs();
            let mine = logs.filter(|row| row.opening.person == held.person && space(row.opening.space));
            mine.map(|row| (row.opening.log(), Floor::new(row.count, &row.head))).collect()
        };
        let next = held.without(&gone.iter().copied().collect(), floors(|space| space != Space::Private));
        let own = ForOwnDevices { floors: floors(|space| space == Space::Private), ..ForOwnDevices::default() };
        let sealed = own.seal(&next, &OwnKeys::of(&self.root, next.key_number), random);
        SignedRoster::sign(&self.root, next, sealed)
    }
}

/// One phone.
pub struct Device {
    /// What it has stored.
    pub store: MemoryStore,
    /// On how many threads it takes a batch in.
    pub workers: usize,
    parties: Parties,
    private_floors: BTreeMap<LogId, Floor>,
    seed: [u8; 32],
    install_mark: [u8; 16],
    logs: [LogId; 3],
}

impl Device {
    /// The `index`th device of `me`, in a bond with `partner`.
    pub fn new(me: &Person, partner: &Person, bond: BondId, index: usize, random: &mut dyn Random) -> Self {
        let (mine, theirs) = (me.roster.clone().into(), partner.roster.clone().into());
        let parties = Parties::couple(bond, mine, theirs, me.own_keys.clone());
        let mut device = Self {
            store: MemoryStore { person: Some(parties.my_person()), ..MemoryStore::default() },
            workers: 1,
            parties,
            private_floors: BTreeMap::new(),
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
        let bond = self.bond();
        let mut tx = self.store.begin().expect("memory");
        for (slot, space) in self.logs.iter_mut().zip([Space::Private, Space::Mine, Space::Joint]) {
            let bond = (space != Space::Private).then_some(bond);
            let opening = Opening { person, device, space, bond, nonce: random::make_bytes(random) };
            tx.open_log(&opening).expect("memory");
            *slot = opening.log();
        }
        tx.commit().expect("installing is not simulated on a full disk");
    }

    /// Whose it is.
    pub fn person(&self) -> PersonId {
        self.parties.my_person()
    }

    /// The bond that it is in.
    pub fn bond(&self) -> BondId {
        self.parties.channel()
    }

    /// Which it is.
    pub fn device(&self) -> DeviceId {
        DeviceKeys::new(self.seed, self.install_mark).device()
    }

    /// The two persons as it knows them.
    pub fn parties(&self) -> &Parties {
        &self.parties
    }

    /// What it knows of both persons' devices.
    pub fn memberships(&self) -> impl Iterator<Item = &Membership> {
        self.parties.bonds.values().chain([&self.parties.me])
    }

    /// What it is made of.
    pub fn keys(&self) -> DeviceKeys {
        DeviceKeys::new(self.seed, self.install_mark)
    }

    /// Its record under the bond.
    pub fn record(&self) -> DeviceRecord {
        DeviceRecord::sign(&self.keys(), self.bond())
    }

    /// Its record for its person's other devices.
    pub fn own_record(&self) -> DeviceRecord {
        DeviceRecord::sign(&self.keys(), BondId::of_own_devices(&self.person()))
    }

    /// Takes in a roster of one of the two persons, with what follows from it for what is stored.
    pub fn take_roster(&mut self, roster: SignedRoster) {
        let person = roster.roster().person;
        let own = ForOwnDevices::open(&roster, &self.keys());
        let mine = person == self.person();
        let membership = if mine { &mut self.parties.me } else { self.parties.bonds.values_mut().next().expect("one") };
        if membership.take(roster) != Ok(true) {
            return;
        }
        if let Some((own, keys)) = own.filter(|_| mine) {
            self.parties.own_keys = keys;
            self.private_floors = own.floors;
        }
        self.settle_removals();
    }

    /// Sets aside what removed devices wrote. A vault does so when it takes a roster in, and the roster lies in its file; here
    /// it outlives an old copy that is put back, and what that has not set aside follows.
    pub fn settle_removals(&mut self) {
        let commits_left = self.store.commits_left.take();
        let mut tx = self.store.begin().expect("memory");
        let logs = tx.logs(&Audience::OwnDevice(Reach::Everything)).expect("memory");
        let private = |log: &LogId| self.private_floors.get(log).map_or(0, |floor| floor.number);
        for membership in self.parties.bonds.values().chain([&self.parties.me]) {
            removal::settle(&mut tx, membership, &private, &logs).expect("memory");
        }
        tx.commit().expect("settling is not simulated on a full disk");
        self.store.commits_left = commits_left;
    }

    /// What it brings to a session.
    pub fn config(&self, introduce: bool, seed: [u8; 32], now_ms: u64) -> Config {
        Config {
            parties: self.parties.clone(),
            device: self.keys(),
            peers: self.store.peers.clone(),
            circle: Circle::default(),
            private_for: BTreeSet::new(),
            introduce,
            offered: false,
            live: false,
            workers: self.workers,
            seed,
            now_ms,
        }
    }

    /// What it brings to a session with another device of its person.
    pub fn own_config(&self, introduce: bool, seed: [u8; 32], now_ms: u64) -> Config {
        let parties = Parties { audience: Audience::OwnDevice(Reach::Everything), ..self.parties.clone() };
        let own = BondId::of_own_devices(&self.person());
        let of = |channel: BondId| {
            let records = self.store.peers.iter().filter(move |record| record.bond == channel);
            records.map(|record| (record.device, record.clone())).collect()
        };
        let mut devices: BTreeMap<_, _> = of(own);
        devices.insert(self.device(), self.own_record());
        let bonds = parties.bonds.iter().map(|(id, partner)| {
            let (standing, name) = (BondStanding::Held, String::new());
            (*id, KnownBond { standing, name, since_ms: 0, partner: partner.clone(), devices: of(*id) })
        });
        let circle = Circle { bonds: bonds.collect(), devices, refused: BTreeSet::new() };
        let private_for = parties.me.devices().copied().collect();
        Config { parties, circle, private_for, ..self.config(introduce, seed, now_ms) }
    }

    /// Keeps what a session says to keep.
    pub fn keep(&mut self, event: &Event) {
        match event {
            Event::Record(record) => self.store.peers.push(record.clone()),
            Event::Roster(roster) => self.take_roster(roster.clone()),
            // Its person knows what they wrote.
            Event::Unconfirmed(doubt) => self.parties.believed.set(doubt.log, doubt.until),
            Event::Circle(circle) => {
                let partners = circle.bonds.values().flat_map(|bond| bond.devices.values());
                let told: Vec<_> = circle.devices.values().chain(partners).cloned().collect();
                self.store.peers.retain(|record| !told.iter().any(|new| new.device == record.device));
                self.store.peers.extend(told);
                let partners = circle.bonds.values().flat_map(|bond| bond.partner.rosters());
                partners.for_each(|roster| self.take_roster(roster.clone()));
            }
            _ => {}
        }
    }

    /// A space of this device.
    pub fn place(&self, space: Space) -> Place {
        let bond = (space != Space::Private).then_some(self.bond());
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
