//! What own devices tell each other of whom they know: bonds, partners' rosters, and each device's keys.
//!
//! A device that was linked to a person learns from the others whom that person is paired with, and under which keys the
//! partner's phones are to be found. Who has less learns; nothing is unlearned but by parting, and parting wins.
//!
//! ```text
//! circle := record   1 { bytes(bond) }* · 2 { bytes(device record) }* · 3 refused devices
//! bond   := record   1 id · 2 standing · 3 name · 4 since · 5 { bytes(roster) }* · 6 { bytes(device record) }*
//! ```
//!
//! Device records name the keys that own devices use among each other; those inside a bond are the partner's under that bond.
//! **Refused** devices are those to which somebody, on any own device, said that Private shall not pass.

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::{Hasher, Label};
use crate::ids::{BondId, DeviceId, PersonId};
use crate::roster::{DeviceRecord, MOST_DEVICES, MOST_REMOVED, Membership, RosterError, SignedRoster};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Most bonds of one person, past ones too.
const MOST_BONDS: usize = 64;

/// Most bytes of a partner's name.
const NAME_BYTES: usize = 256;

/// How a bond stands among a person's own devices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum BondStanding {
    /// Both persons confirmed it.
    Held,
    /// This person has left, and what was written together is to go.
    PartedAndLetGo,
    /// This person has left, and keeps what was written together. Where own devices differ, keeping wins.
    PartedAndKept,
}

impl BondStanding {
    const ALL: [Self; 3] = [Self::Held, Self::PartedAndLetGo, Self::PartedAndKept];

    /// Has this person left?
    pub fn is_parted(self) -> bool {
        self != Self::Held
    }
}

/// A bond as own devices know it.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownBond {
    /// How it stands.
    pub standing: BondStanding,
    /// What the partner wants to be called.
    pub name: String,
    /// When this person confirmed it, in milliseconds since 1970.
    pub since_ms: i64,
    /// The partner.
    pub partner: Membership,
    /// The partner's devices that are known, by device.
    pub devices: BTreeMap<DeviceId, DeviceRecord>,
}

/// All of it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Circle {
    /// Bonds that were confirmed by both.
    pub bonds: BTreeMap<BondId, KnownBond>,
    /// Own devices, the teller's own keys among them.
    pub devices: BTreeMap<DeviceId, DeviceRecord>,
    /// Own devices that Private shall not pass to.
    pub refused: BTreeSet<DeviceId>,
}

impl core::fmt::Debug for Circle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Circle({} bonds, {} devices)", self.bonds.len(), self.devices.len())
    }
}

impl Circle {
    /// Takes in what another own device knows. `true` if anything was new.
    ///
    /// Of two records of one device the later install's counts. A record whose device is not listed is left out.
    pub fn take(&mut self, other: Self, me: &Membership) -> bool {
        let before = self.digest();
        let channel = BondId::of_own_devices(&me.person());
        take_records(&mut self.devices, other.devices, channel, me);
        self.refused.extend(other.refused);
        for (id, theirs) in other.bonds {
            if let Some(mine) = self.bonds.get_mut(&id) {
                mine.take(id, theirs);
            } else if self.bonds.len() < MOST_BONDS {
                self.bonds.insert(id, theirs);
            }
        }
        before != self.digest()
    }

    /// Eight bytes that stand for the whole.
    pub fn digest(&self) -> [u8; 8] {
        let mut hasher = Hasher::new(Label::Circle);
        hasher.field(&self.to_bytes());
        hasher.finish().first()
    }

    /// The bytes to send.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut bonds, mut refused) = (Writer::new(), Writer::new());
        for (id, bond) in &self.bonds {
            bonds.bytes(&bond.to_bytes(id));
        }
        for device in &self.refused {
            refused.raw(device.as_bytes());
        }
        let mut writer = Writer::new();
        writer.field(1, Unknown::Refuse, &bonds.finish()).field(2, Unknown::Refuse, &records(&self.devices)).field(
            3,
            Unknown::Refuse,
            &refused.finish(),
        );
        writer.finish()
    }

    /// Reads what [`Self::to_bytes`] wrote. Signatures are checked; which devices are listed, [`Self::take`] asks.
    pub fn parse(bytes: &[u8]) -> Result<Self, RosterError> {
        let mut record = Record::parse(bytes)?;
        let mut reader = Reader::new(record.required(1)?);
        let mut bonds = BTreeMap::new();
        while !reader.is_empty() {
            if bonds.len() == MOST_BONDS {
                return Err(WireError::TooLarge.into());
            }
            let (id, bond) = KnownBond::parse(reader.bytes()?)?;
            bonds.insert(id, bond);
        }
        let devices = read_records(record.required(2)?)?;
        let (refused, []) = record.required(3)?.as_chunks::<{ DeviceId::SIZE }>() else {
            return Err(WireError::Malformed.into());
        };
        if refused.len() > MOST_DEVICES + MOST_REMOVED {
            return Err(WireError::TooLarge.into());
        }
        let refused = refused.iter().copied().map(DeviceId::from_bytes).collect();
        record.finish()?;
        Ok(Self { bonds, devices, refused })
    }
}

impl KnownBond {
    /// Whom it is with.
    pub fn partner_person(&self) -> PersonId {
        self.partner.person()
    }

    fn take(&mut self, id: BondId, theirs: Self) {
        if self.partner_person() != theirs.partner_person() {
            return; // nobody can make one bond with two persons
        }
        self.standing = self.standing.max(theirs.standing);
        for roster in theirs.partner.rosters() {
            let _ = self.partner.take(roster.clone());
        }
        take_records(&mut self.devices, theirs.devices, id, &self.partner);
    }

    fn to_bytes(&self, id: &BondId) -> Vec<u8> {
        let mut rosters = Writer::new();
        for roster in self.partner.rosters() {
            rosters.bytes(roster.as_bytes());
        }
        let mut since = Writer::new();
        since.signed(self.since_ms);
        let standing = BondStanding::ALL.iter().position(|standing| *standing == self.standing);
        let mut writer = Writer::new();
        writer
            .field(1, Unknown::Refuse, id.as_bytes())
            .number(2, Unknown::Refuse, standing.unwrap_or_default() as u64)
            .field(3, Unknown::Skip, self.name.as_bytes())
            .field(4, Unknown::Skip, &since.finish())
            .field(5, Unknown::Refuse, &rosters.finish())
            .field(6, Unknown::Refuse, &records(&self.devices));
        writer.finish()
    }

    fn parse(bytes: &[u8]) -> Result<(BondId, Self), RosterError> {
        let mut record = Record::parse(bytes)?;
        let id = BondId::from_bytes(record.array(1)?);
        let standing = record.number(2)?.and_then(|number| BondStanding::ALL.get(usize::try_from(number).ok()?));
        let name = record.field(3).unwrap_or_default();
        if name.len() > NAME_BYTES {
            return Err(WireError::TooLarge.into());
        }
        let name = core::str::from_utf8(name).map_err(|_| WireError::Malformed)?.to_owned();
        let since_ms = record.field(4).map(|bytes| Reader::new(bytes).signed()).transpose()?.unwrap_or_default();
        let mut reader = Reader::new(record.required(5)?);
        let mut partner = Membership::from(SignedRoster::parse(reader.bytes()?)?);
        while !reader.is_empty() {
            partner.take(SignedRoster::parse(reader.bytes()?)?)?;
        }
        let devices = read_records(record.required(6)?)?;
        record.finish()?;
        let standing = *standing.ok_or(WireError::TooNew)?;
        Ok((id, Self { standing, name, since_ms, partner, devices }))
    }
}

fn take_records(
    mine: &mut BTreeMap<DeviceId, DeviceRecord>,
    theirs: BTreeMap<DeviceId, DeviceRecord>,
    channel: BondId,
    of: &Membership,
) {
    for (device, record) in theirs {
        let newer = mine.get(&device).is_none_or(|held| held.install < record.install);
        if newer && record.bond == channel && of.lists(&device) {
            mine.insert(device, record);
        }
    }
    mine.retain(|device, _| of.lists(device));
}

fn records(devices: &BTreeMap<DeviceId, DeviceRecord>) -> Vec<u8> {
    let mut writer = Writer::new();
    for record in devices.values() {
        writer.bytes(record.as_bytes());
    }
    writer.finish()
}

fn read_records(bytes: &[u8]) -> Result<BTreeMap<DeviceId, DeviceRecord>, RosterError> {
    let mut reader = Reader::new(bytes);
    let mut records = BTreeMap::new();
    while !reader.is_empty() {
        if records.len() == MOST_DEVICES {
            return Err(WireError::TooLarge.into());
        }
        let record = DeviceRecord::parse(reader.bytes()?)?;
        records.insert(record.device, record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{DeviceKeys, Phrase};
    use crate::roster::Roster;

    const BOND: BondId = BondId::from_bytes([4; 16]);

    fn person(number: u8, devices: &[&DeviceKeys]) -> Membership {
        let root = Phrase::from_entropy([number; 32]).root();
        let mut roster = Roster::first(root.person(), devices[0].device());
        for device in &devices[1..] {
            roster = roster.with(device.device());
        }
        SignedRoster::sign(&root, roster, Vec::new()).into()
    }

    fn keys(number: u8) -> DeviceKeys {
        DeviceKeys::new([number; 32], [0; 16])
    }

    fn by_device(records: &[DeviceRecord]) -> BTreeMap<DeviceId, DeviceRecord> {
        records.iter().map(|record| (record.device, record.clone())).collect()
    }

    fn circle(bonds: &[(BondId, KnownBond)], devices: &[DeviceRecord]) -> Circle {
        Circle { bonds: bonds.iter().cloned().collect(), devices: by_device(devices), refused: BTreeSet::new() }
    }

    fn with_sam(standing: BondStanding, devices: &[DeviceRecord]) -> (BondId, KnownBond) {
        let partner = person(2, &[&keys(20), &keys(21)]);
        let name = "Sam".to_owned();
        (BOND, KnownBond { standing, name, since_ms: -5, partner, devices: by_device(devices) })
    }

    #[test]
    fn it_reads_back() {
        let alex = person(1, &[&keys(10)]);
        let own = DeviceRecord::sign(&keys(10), BondId::of_own_devices(&alex.person()));
        let bond = with_sam(BondStanding::PartedAndKept, &[DeviceRecord::sign(&keys(20), BOND)]);
        let mut whole = circle(&[bond], &[own]);
        whole.refused.insert(keys(11).device());
        assert_eq!(Circle::parse(&whole.to_bytes()), Ok(whole));
    }

    #[test]
    fn both_come_to_the_same_and_parting_wins() {
        let alex = person(1, &[&keys(10), &keys(11)]);
        let own = BondId::of_own_devices(&alex.person());
        let sams = |number| DeviceRecord::sign(&keys(number), BOND);
        let phone = circle(&[with_sam(BondStanding::Held, &[sams(20)])], &[DeviceRecord::sign(&keys(10), own)]);
        let restored = DeviceKeys::new([10; 32], [9; 16]).installed(1);
        let tablet = circle(
            &[with_sam(BondStanding::PartedAndLetGo, &[sams(21)])],
            &[DeviceRecord::sign(&restored, own), DeviceRecord::sign(&keys(11), own)],
        );
        let (mut here, mut there) = (phone.clone(), tablet.clone());
        assert!(here.take(tablet, &alex) && there.take(phone, &alex));
        assert_eq!(here, there);
        assert!(!here.take(there, &alex));
        assert_eq!(here.bonds[&BOND].standing, BondStanding::PartedAndLetGo);
        assert_eq!(here.bonds[&BOND].devices.len(), 2);
        assert_eq!(here.devices[&keys(10).device()].install, 1);
    }

    #[test]
    fn keys_of_a_device_that_is_not_listed_are_left_out() {
        let alex = person(1, &[&keys(10)]);
        let own = BondId::of_own_devices(&alex.person());
        let mut here = circle(&[with_sam(BondStanding::Held, &[])], &[]);
        let strangers = [DeviceRecord::sign(&keys(99), own), DeviceRecord::sign(&keys(10), BOND)];
        let told = circle(&[with_sam(BondStanding::Held, &[DeviceRecord::sign(&keys(99), BOND)])], &strangers);
        assert!(!here.take(told, &alex));
    }
}
