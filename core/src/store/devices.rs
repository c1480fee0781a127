//! This person's devices: rosters as they come, what follows from them, and what other own devices are told.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::circle::{BondStanding, Circle, KnownBond};
use nightstand_engine::exchange::{Audience, Reach, removal};
use nightstand_engine::ids::{BondId, DeviceId, LogId, PersonId, Place, Space};
use nightstand_engine::keys::{OwnEntriesKey, OwnKeys, Root};
use nightstand_engine::random::Random;
use nightstand_engine::roster::{DeviceRecord, Floor, MOST_FLOORS, MOST_PRIVATE_FLOORS, Membership, SignedRoster};
use nightstand_engine::sealed::ForOwnDevices;
use rusqlite::params;

use super::{BondRow, BondState, Private, Rows, StoreError, StoreTx};

/// In `meta` while what removed devices wrote to Private is still to be set aside: it was locked.
const UNSETTLED: &str = "private_unsettled";

/// In `meta`, 32 bytes each: the devices that were here before the second key.
const BEFORE_KEY: &str = "before_second_key";

/// How Private stands with another own device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PrivateFor {
    /// It passes once the device has been known for long enough.
    Waits,
    /// It passes.
    Passes,
    /// Somebody said that it shall not.
    Refused,
}

impl PrivateFor {
    const ALL: [Self; 3] = [Self::Waits, Self::Passes, Self::Refused];

    const fn number(self) -> u8 {
        match self {
            Self::Waits => 0,
            Self::Passes => 1,
            Self::Refused => 2,
        }
    }
}

/// Another device of this person, as it was first heard of here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct OwnDeviceRow {
    pub(crate) device: DeviceId,
    pub(crate) since_ms: i64,
    pub(crate) private: PrivateFor,
    /// The person has seen that it is there.
    pub(crate) seen: bool,
}

impl Rows<'_> {
    /// This person's other devices, in the order in which they were heard of.
    pub(crate) fn own_devices(&self) -> Result<Vec<OwnDeviceRow>, StoreError> {
        let sql = "SELECT device, since_ms, private, seen FROM own_device ORDER BY since_ms, device";
        self.all(sql, [], |row| {
            let private = PrivateFor::ALL.get(usize::from(row.get::<_, u8>(2)?)).copied().ok_or(StoreError::Damaged)?;
            let device = DeviceId::from_bytes(row.get(0)?);
            Ok(OwnDeviceRow { device, since_ms: row.get(1)?, private, seen: row.get(3)? })
        })
    }

    /// Was this device here before Private was put under its second key? Then whoever linked it could have set the key as well.
    pub(crate) fn was_before_second_key(&self, device: &DeviceId) -> Result<bool, StoreError> {
        let before: Vec<u8> = self.meta(BEFORE_KEY)?.unwrap_or_default();
        Ok(before.chunks(32).any(|known| known == device.as_bytes()))
    }

    /// Is the vault as new: nothing written, nobody paired with, no other device?
    pub(crate) fn nothing_was_written(&self) -> Result<bool, StoreError> {
        let something =
            "SELECT 1 FROM document UNION ALL SELECT 1 FROM bond UNION ALL SELECT 1 FROM own_device LIMIT 1";
        Ok(self.one(something, [], |_| Ok(()))?.is_none())
    }

    /// What only own devices know of the roster that counts: what the devices are called, and the floors of private logs.
    pub(crate) fn for_own_devices(&self, me: &Membership) -> Result<ForOwnDevices, StoreError> {
        let own_keys = self.own_keys()?;
        let mut all = ForOwnDevices::default();
        for signed in me.rosters().iter().rev() {
            let Some(own) = ForOwnDevices::open_with(signed, &own_keys) else { continue };
            all.names.extend(own.names);
            for (log, floor) in own.floors {
                let lowest = all.floors.get(&log).is_none_or(|held| held.number > floor.number);
                if lowest {
                    all.floors.insert(log, floor);
                }
            }
        }
        Ok(all)
    }

    /// What this device tells other own devices of whom it knows.
    pub(crate) fn circle(&self, person: PersonId) -> Result<Circle, StoreError> {
        let own = BondId::of_own_devices(&person);
        let by_device = |bond: &BondId| -> Result<BTreeMap<DeviceId, DeviceRecord>, StoreError> {
            Ok(self.peer_devices(bond)?.into_iter().map(|record| (record.device, record)).collect())
        };
        let mut devices = by_device(&own)?;
        let record = DeviceRecord::sign(&self.device_keys()?, own);
        devices.insert(record.device, record);
        let mut bonds = BTreeMap::new();
        for bond in self.bonds()?.into_iter().filter(|bond| bond.state != BondState::Offered) {
            let Some(partner) = self.membership(&bond.partner)? else { continue };
            let standing = match (bond.state, bond.kept) {
                (BondState::Parted, true) => BondStanding::PartedAndKept,
                (BondState::Parted, false) => BondStanding::PartedAndLetGo,
                _ => BondStanding::Held,
            };
            let devices = if standing.is_parted() { BTreeMap::new() } else { by_device(&bond.bond)? };
            let known = KnownBond { standing, name: bond.name, since_ms: bond.offered_at_ms, partner, devices };
            bonds.insert(bond.bond, known);
        }
        let refused = self.own_devices()?.into_iter().filter(|row| row.private == PrivateFor::Refused);
        Ok(Circle { bonds, devices, refused: refused.map(|row| row.device).collect() })
    }

    /// Up to where this person's logs are here: those that others may know of, and the private ones. Of removed devices, up to
    /// where they count.
    fn floors(&self, me: &Membership) -> Result<[BTreeMap<LogId, Floor>; 2], StoreError> {
        let earlier = self.for_own_devices(me)?;
        let [mut shared, mut private] = [Vec::new(), Vec::new()];
        for row in self.logs(&Audience::OwnDevice(Reach::Everything))? {
            let (log, opening) = (row.opening.log(), row.opening);
            if opening.person != me.person() || row.count == 0 {
                continue;
            }
            let gone = me.has_removed(&opening.device);
            let known = me.floor(&log).or(earlier.floors.get(&log).copied());
            let floor = if gone { known } else { Some(Floor::new(row.count, &row.head)) };
            let floors = if opening.space == Space::Private { &mut private } else { &mut shared };
            floors.extend(floor.map(|floor| (!gone, log, floor)));
        }
        // Where there is no room for all, those of removed devices come first: without a floor nothing of them would count.
        Ok([(shared, MOST_FLOORS), (private, MOST_PRIVATE_FLOORS)].map(|(mut floors, most)| {
            floors.sort_by_key(|(listed, log, _)| (*listed, *log));
            floors.into_iter().take(most).map(|(_, log, floor)| (log, floor)).collect()
        }))
    }
}

impl StoreTx<'_> {
    /// Notes which devices are here before Private is put under a second key.
    pub(crate) fn second_key_comes(&mut self) -> Result<(), StoreError> {
        let known: Vec<u8> = self.rows().own_devices()?.iter().flat_map(|row| *row.device.as_bytes()).collect();
        self.rows().set_meta(BEFORE_KEY, known)
    }

    /// Takes a roster in, with all that follows: newer keys for own entries, devices to announce, and what removed devices
    /// wrote past what was known of them. `false` if it is nothing new.
    pub(crate) fn take_roster(&mut self, roster: &SignedRoster) -> Result<bool, StoreError> {
        self.take_roster_with(roster, &BTreeMap::new())
    }

    /// The same, of a backup of this person's own: it brings the floors of private logs, which are sealed in the roster to devices that this
    /// one is none of.
    pub(crate) fn take_roster_with(
        &mut self,
        roster: &SignedRoster,
        private_floors: &BTreeMap<LogId, u64>,
    ) -> Result<bool, StoreError> {
        let person = roster.roster().person;
        let membership = match self.rows().membership(&person)? {
            None => Membership::from(roster.clone()),
            Some(mut held) => match held.take(roster.clone()) {
                Ok(true) => held,
                Ok(false) | Err(_) => return Ok(false),
            },
        };
        self.put_membership(&membership)?;
        if person == self.person() {
            self.take_own_keys(roster)?;
            self.announce_devices(&membership)?;
        }
        self.set_removed_aside(&membership, private_floors)?;
        self.forget_removed(&membership)?;
        Ok(true)
    }

    fn take_own_keys(&mut self, roster: &SignedRoster) -> Result<(), StoreError> {
        let opened = ForOwnDevices::open(roster, &self.device_keys()?);
        let held = self.rows().own_keys()?.current().number();
        match opened.filter(|(_, keys)| keys.current().number() > held) {
            Some((_, keys)) => self.put_own_keys(&keys),
            None => Ok(()),
        }
    }

    /// Notes devices that were not known, so that the person sees them and Private waits.
    fn announce_devices(&mut self, me: &Membership) -> Result<(), StoreError> {
        let this = self.device_keys()?.device();
        let now_ms = self.now_ms();
        for device in me.devices().filter(|device| **device != this) {
            let sql = "INSERT OR IGNORE INTO own_device (device, since_ms, private, seen) VALUES (?1, ?2, 0, 0)";
            self.rows().run(sql, params![device.as_bytes(), now_ms])?;
        }
        let listed: BTreeSet<_> = me.devices().copied().collect();
        for row in self.rows().own_devices()?.into_iter().filter(|row| !listed.contains(&row.device)) {
            self.rows().run("DELETE FROM own_device WHERE device = ?1", [row.device.as_bytes()])?;
        }
        Ok(())
    }

    /// Says how Private stands with an own device. `false` if there is no such device.
    pub(crate) fn set_private_for(&mut self, device: &DeviceId, private: PrivateFor) -> Result<bool, StoreError> {
        let sql = "UPDATE own_device SET private = ?2 WHERE device = ?1";
        Ok(self.rows().run(sql, params![device.as_bytes(), private.number()])? == 1)
    }

    /// The person has seen which devices there are.
    pub(crate) fn devices_were_seen(&mut self) -> Result<(), StoreError> {
        self.rows().run("UPDATE own_device SET seen = 1 WHERE seen = 0", []).map(drop)
    }

    fn set_removed_aside(
        &mut self,
        membership: &Membership,
        private_floors: &BTreeMap<LogId, u64>,
    ) -> Result<(), StoreError> {
        // What is on a removed device stays as it is there.
        if !membership.has_removed_any() || membership.has_removed(&self.device_keys()?.device()) {
            return Ok(());
        }
        let mine = membership.person() == self.person();
        let own = if mine { self.rows().for_own_devices(membership)? } else { ForOwnDevices::default() };
        let locked = matches!(self.private(), Private::Locked);
        let logs = self.rows().logs(&Audience::OwnDevice(Reach::Everything))?;
        let readable: Vec<_> = logs.into_iter().filter(|row| row.opening.space != Space::Private || !locked).collect();
        let brought = |log: &LogId| private_floors.get(log).copied().unwrap_or(0);
        let private_floor = |log: &LogId| own.floors.get(log).map_or_else(|| brought(log), |floor| floor.number);
        removal::settle(self, membership, &private_floor, &readable)?;
        match mine && locked {
            true => self.rows().set_meta(UNSETTLED, true),
            false if mine => self.rows().drop_meta(UNSETTLED),
            false => Ok(()),
        }
    }

    /// Sets aside in Private what could not be while it was locked.
    pub(super) fn settle_private(&mut self) -> Result<(), StoreError> {
        if self.rows().meta::<bool>(UNSETTLED)?.is_none() {
            return Ok(());
        }
        let me = self.rows().membership(&self.person())?.ok_or(StoreError::Damaged)?;
        self.set_removed_aside(&me, &BTreeMap::new())
    }

    /// Forgets the keys of devices that their person does not list any more.
    fn forget_removed(&mut self, membership: &Membership) -> Result<(), StoreError> {
        let own = BondId::of_own_devices(&membership.person());
        let bonds = self.rows().bonds()?.into_iter().filter(|bond| bond.partner == membership.person());
        for bond in bonds.map(|bond| bond.bond).chain([own]).collect::<Vec<_>>() {
            for record in self.rows().peer_devices(&bond)? {
                if !membership.lists(&record.device) {
                    self.drop_peer_device(&record.noise_key)?;
                }
            }
        }
        Ok(())
    }

    /// Signs the next roster, with one more device, or without some.
    ///
    /// A successor of several rosters of one epoch raises the key number, as a removal does: a device that one of them removed
    /// knows the present key.
    pub(crate) fn sign_roster(&mut self, root: &Root, change: RosterChange<'_>) -> Result<SignedRoster, StoreError> {
        let me = self.rows().membership(&self.person())?.ok_or(StoreError::Damaged)?;
        let (mut own, base) = (self.rows().for_own_devices(&me)?, me.base());
        let next = match change {
            RosterChange::Add { device, .. } if !me.is_disputed() => base.with(device),
            RosterChange::Add { .. } | RosterChange::Remove(_) => {
                let gone = if let RosterChange::Remove(gone) = change { gone.clone() } else { BTreeSet::new() };
                let [shared, private] = self.rows().floors(&me)?;
                own.floors = private;
                let without = base.without(&gone, shared);
                match change {
                    RosterChange::Add { device, .. } => {
                        let with = without.with(device);
                        nightstand_engine::roster::Roster { epoch: without.epoch, ..with }
                    }
                    RosterChange::Remove(_) => without,
                }
            }
        };
        if let RosterChange::Add { device, name } = change {
            own.names.insert(device, name.to_owned());
        }
        own.names.retain(|device, _| next.devices.contains(device));
        let mut randomness = self.randomness();
        let sealed = own.seal(&next, &OwnKeys::of(root, next.key_number), &mut randomness as &mut dyn Random);
        let signed = SignedRoster::sign(root, next, sealed);
        self.take_roster(&signed)?;
        Ok(signed)
    }

    /// Takes in what another own device knows.
    pub(crate) fn take_circle(&mut self, circle: &Circle) -> Result<(), StoreError> {
        for record in circle.devices.values() {
            self.take_record(record)?;
        }
        for device in &circle.refused {
            self.set_private_for(device, PrivateFor::Refused)?;
        }
        let mine: BTreeMap<_, _> = self.rows().bonds()?.into_iter().map(|bond| (bond.bond, bond)).collect();
        for (id, known) in &circle.bonds {
            for roster in known.partner.rosters() {
                self.take_roster(roster)?;
            }
            let state = if known.standing.is_parted() { BondState::Parted } else { BondState::Held };
            let kept = known.standing == BondStanding::PartedAndKept;
            match mine.get(id) {
                Some(held) if held.state == BondState::Parted || !known.standing.is_parted() => {
                    if held.state == BondState::Offered {
                        self.put_bond(&BondRow { state, ..held.clone() })?;
                    }
                }
                Some(_) => self.part(id, kept)?,
                None => {
                    let (name, partner) = (known.name.clone(), known.partner_person());
                    let offered_at_ms = known.since_ms;
                    self.put_bond(&BondRow { bond: *id, state, partner, name, offered_at_ms, kept })?;
                }
            }
            if !known.standing.is_parted() {
                known.devices.values().try_for_each(|record| self.take_record(record))?;
            }
        }
        Ok(())
    }

    /// Keeps a device's keys, unless those of a later install are known.
    fn take_record(&mut self, record: &DeviceRecord) -> Result<(), StoreError> {
        if record.device == self.device_keys()?.device() {
            return Ok(());
        }
        let held = self.rows().peer_devices(&record.bond)?.into_iter().find(|held| held.device == record.device);
        match held {
            Some(held) if held.install >= record.install => Ok(()),
            held => {
                if let Some(held) = held {
                    self.drop_peer_device(&held.noise_key)?;
                }
                self.put_peer_device(record)
            }
        }
    }

    /// Makes this vault, in which nothing was written, one of another person's: it keeps its device and writes as theirs from
    /// here on. `false` if something was written.
    pub(crate) fn become_device_of(
        &mut self,
        roster: &SignedRoster,
        others: &[DeviceRecord],
    ) -> Result<bool, StoreError> {
        if !self.rows().nothing_was_written()? {
            return Ok(false);
        }
        let person = roster.roster().person;
        for sql in [
            "DELETE FROM tag",
            "DELETE FROM entry",
            "DELETE FROM log",
            "DELETE FROM place",
            "DELETE FROM roster",
            "DELETE FROM roster_rival",
            "DELETE FROM own_device",
            "DELETE FROM peer_device",
            "DELETE FROM agreed",
        ] {
            self.rows().run(sql, [])?;
        }
        self.set_person(person)?;
        self.forget_phrase()?;
        self.put_membership(&roster.clone().into())?;
        for record in others {
            self.put_peer_device(record)?;
        }
        // Whoever was listed before this device was there needs nobody's leave.
        for device in &roster.roster().devices {
            let sql = "INSERT INTO own_device (device, since_ms, private, seen) VALUES (?1, ?2, 1, 1)";
            self.rows().run(sql, params![device.as_bytes(), self.now_ms()])?;
        }
        // The keys under which own devices vouch for their logs come with the roster that lists this device.
        let none_yet = OwnEntriesKey::from_parts(0, self.randomness().bytes());
        self.put_own_keys(&none_yet.into())?;
        self.open_writing_log(&Place::Private { owner: person })?;
        Ok(true)
    }
}

impl StoreTx<'_> {
    /// Makes this vault, in which nothing was written, one of a person who knows these devices and partners, and of whose list
    /// somebody else told it. None of them lists it yet, and one of them may be in a stranger's hand: all are shown as new, and
    /// Private waits. `false` if something was written.
    pub(crate) fn become_restored(&mut self, me: &Membership, circle: &Circle) -> Result<bool, StoreError> {
        if !self.become_device_of(me.signed(), &[])? {
            return Ok(false);
        }
        self.rows().run("DELETE FROM own_device", [])?;
        self.put_membership(me)?;
        self.announce_devices(me)?;
        self.take_circle(circle)?;
        Ok(true)
    }
}

/// What the next roster says otherwise.
pub(crate) enum RosterChange<'a> {
    /// One more device, and what it is called.
    Add { device: DeviceId, name: &'a str },
    /// Without these.
    Remove(&'a BTreeSet<DeviceId>),
}
