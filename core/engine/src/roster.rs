//! Which devices a person has, said by the person: the roster, and each device's record of its keys.
//!
//! A roster is signed by the person's root. The one with the higher epoch counts. It travels and is kept as the bytes that
//! were signed, so fields from the future stay in it and its signature stays good.
//!
//! ```text
//! roster := record   1 person · 2 epoch · 3 devices · 4 key number
//!                    5 devices that were removed, ever · 6 floors · 7 sealed for the own devices (see [`crate::sealed`])
//! ```
//!
//! **Removal** takes a device off the list for good, raises the key number and lists a **floor** for every log of the
//! person: how far it went when the roster was signed, and the running hash there. Up to its floor a log is as it was. Past
//! it, only what a listed device vouches for under the new key counts; what the removed device wrote there is set aside.
//!
//! A person may sign two rosters of one epoch, on two devices that are out of reach of each other. Both count then, see
//! [`Membership`].
//!
//! A [`DeviceRecord`] is signed by a device's identity and names its session keys under one bond. It is believed while the
//! roster lists the device. A device whose file was copied back under a new install mark has new keys and says so with a
//! new record.

mod membership;

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::{Hash, Hasher, Label};
use crate::ids::{BondId, DeviceId, LogId, PersonId};
use crate::keys::{self, DeviceKeys, Root};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

pub use membership::Membership;

/// Most devices that a roster may list.
pub const MOST_DEVICES: usize = 16;

/// Most devices that a person may have removed.
pub const MOST_REMOVED: usize = 64;

/// Most floors of a roster. Logs that it does not name have none, and count from their beginning under the new key alone.
pub const MOST_FLOORS: usize = 1024;

/// Most floors of private logs, which stand in the sealed part.
pub const MOST_PRIVATE_FLOORS: usize = 256;

/// Most bytes of the part that only own devices read.
const MOST_SEALED: usize = 24 * 1024;

/// Why a roster or record was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// Its bytes do not read as one.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// It is not signed by whom it names.
    #[error("the signature does not hold")]
    Forged,
    /// It is older than the one that is held.
    #[error("older than the one held")]
    Stale,
    /// It is about somebody or something else.
    #[error("about somebody else")]
    NotTheirs,
}

/// How far a log went when a device was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// How many entries.
    pub number: u64,
    /// The first 16 bytes of the running hash there.
    pub hash: [u8; 16],
}

impl Floor {
    /// The floor of a log that goes so far.
    pub fn new(number: u64, hash: &Hash) -> Self {
        Self { number, hash: hash.first() }
    }
}

/// A person's devices, as far as everybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Whose devices.
    pub person: PersonId,
    /// Rises with each change; starts at 1.
    pub epoch: u64,
    /// The devices, each once, in rising order.
    pub devices: Vec<DeviceId>,
    /// Which own-entries key counts. Rises with each removal.
    pub key_number: u64,
    /// Devices that were removed, ever, in rising order.
    pub removed: Vec<DeviceId>,
    /// How far the logs under the person's bond went at the last removal; of removed devices, at theirs.
    pub floors: BTreeMap<LogId, Floor>,
}

impl Roster {
    /// A person's first roster, with one device.
    pub fn first(person: PersonId, device: DeviceId) -> Self {
        Self { person, epoch: 1, devices: vec![device], key_number: 1, removed: Vec::new(), floors: BTreeMap::new() }
    }

    /// The next roster, which lists one more device.
    pub fn with(&self, device: DeviceId) -> Self {
        let mut next = Self { epoch: self.epoch + 1, ..self.clone() };
        if let Err(place) = next.devices.binary_search(&device) {
            next.devices.insert(place, device);
        }
        next
    }

    /// The next roster, which does not list these devices, under the next own-entries key. `floors` says how far the
    /// person's logs go; where a log has a floor already and its device was removed before, that one stays.
    pub fn without(&self, gone: &BTreeSet<DeviceId>, floors: BTreeMap<LogId, Floor>) -> Self {
        let devices = self.devices.iter().filter(|device| !gone.contains(device)).copied().collect();
        let removed: BTreeSet<_> = self.removed.iter().chain(gone).copied().collect();
        Self {
            person: self.person,
            epoch: self.epoch + 1,
            devices,
            key_number: self.key_number + 1,
            removed: removed.into_iter().collect(),
            floors,
        }
    }

    fn to_bytes(&self, sealed: &[u8]) -> Vec<u8> {
        let list = |devices: &[DeviceId]| {
            let mut list = Writer::new();
            devices.iter().for_each(|device| {
                list.raw(device.as_bytes());
            });
            list.finish()
        };
        let mut body = Writer::new();
        body.field(1, Unknown::Refuse, self.person.as_bytes())
            .number(2, Unknown::Refuse, self.epoch)
            .field(3, Unknown::Refuse, &list(&self.devices))
            .number(4, Unknown::Refuse, self.key_number);
        if !self.removed.is_empty() {
            body.field(5, Unknown::Skip, &list(&self.removed));
        }
        if !self.floors.is_empty() {
            let mut floors = Writer::new();
            for (log, floor) in &self.floors {
                floors.raw(log.as_bytes()).varint(floor.number).raw(&floor.hash);
            }
            body.field(6, Unknown::Skip, &floors.finish());
        }
        if !sealed.is_empty() {
            body.field(7, Unknown::Skip, sealed);
        }
        body.finish()
    }

    /// Reads the fields, and gives the sealed part as it is.
    fn parse(body: &[u8]) -> Result<(Self, Vec<u8>), WireError> {
        let mut record = Record::parse(body)?;
        let person = PersonId::from_bytes(record.array(1)?);
        let epoch = record.number(2)?.ok_or(WireError::Malformed)?;
        let devices = read_devices(record.required(3)?, MOST_DEVICES)?;
        let key_number = record.number(4)?.ok_or(WireError::Malformed)?;
        let removed = read_devices(record.field(5).unwrap_or_default(), MOST_REMOVED)?;
        let floors = read_floors(record.field(6).unwrap_or_default())?;
        let sealed = record.field(7).unwrap_or_default().to_vec();
        record.finish()?;
        if epoch == 0 || devices.is_empty() {
            return Err(WireError::Malformed);
        }
        if sealed.len() > MOST_SEALED {
            return Err(WireError::TooLarge);
        }
        Ok((Self { person, epoch, devices, key_number, removed, floors }, sealed))
    }
}

fn read_devices(list: &[u8], most: usize) -> Result<Vec<DeviceId>, WireError> {
    if list.len() > most * DeviceId::SIZE {
        return Err(WireError::TooLarge);
    }
    let (devices, []) = list.as_chunks::<{ DeviceId::SIZE }>() else { return Err(WireError::Malformed) };
    let devices: Vec<_> = devices.iter().copied().map(DeviceId::from_bytes).collect();
    if devices.is_sorted_by(|a, b| a < b) { Ok(devices) } else { Err(WireError::Malformed) }
}

pub(crate) fn read_floors(bytes: &[u8]) -> Result<BTreeMap<LogId, Floor>, WireError> {
    let mut reader = Reader::new(bytes);
    let mut floors = BTreeMap::new();
    while !reader.is_empty() {
        if floors.len() == MOST_FLOORS {
            return Err(WireError::TooLarge);
        }
        let log = LogId::from_bytes(reader.array()?);
        let floor = Floor { number: reader.varint()?, hash: reader.array()? };
        if floors.last_key_value().is_some_and(|(last, _)| *last >= log) {
            return Err(WireError::Malformed);
        }
        floors.insert(log, floor);
    }
    Ok(floors)
}

/// A roster with its signature, as it is kept and sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRoster {
    roster: Roster,
    sealed: Vec<u8>,
    bytes: Vec<u8>,
}

impl SignedRoster {
    /// Signs a roster, with what only own devices shall read, as [`crate::sealed`] makes it; empty if there is nothing.
    pub fn sign(root: &Root, mut roster: Roster, sealed: Vec<u8>) -> Self {
        roster.person = root.person();
        roster.devices.sort_unstable();
        roster.devices.dedup();
        let body = roster.to_bytes(&sealed);
        let signature = root.sign(&to_be_signed(Label::Roster, &body));
        let mut bytes = Writer::new();
        bytes.bytes(&body).raw(&signature);
        Self { roster, sealed, bytes: bytes.finish() }
    }

    /// Reads a roster and checks its signature.
    pub fn parse(bytes: &[u8]) -> Result<Self, RosterError> {
        let mut reader = Reader::new(bytes);
        let body = reader.bytes()?;
        let signature = reader.array::<64>()?;
        reader.end()?;
        let (roster, sealed) = Roster::parse(body)?;
        if !keys::signature_holds(roster.person.as_bytes(), &to_be_signed(Label::Roster, body), &signature) {
            return Err(RosterError::Forged);
        }
        Ok(Self { roster, sealed, bytes: bytes.to_vec() })
    }

    /// What it says.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// What only own devices can read. Empty in a roster that says no more than which devices there are.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    /// The bytes to keep and send.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Stands for the whole roster where two with one epoch must be told apart.
    pub fn hash(&self) -> Hash {
        let mut hasher = Hasher::new(Label::Roster);
        hasher.field(&self.bytes);
        hasher.finish()
    }

    /// Does it list this device?
    pub fn lists(&self, device: &DeviceId) -> bool {
        self.roster.devices.binary_search(device).is_ok()
    }
}

impl core::fmt::Debug for SignedRoster {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.roster.fmt(f)
    }
}

/// A device's session keys under one bond, signed by its identity.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// The device.
    pub device: DeviceId,
    /// The bond that the keys are for.
    pub bond: BondId,
    /// X25519 public key of sessions.
    pub noise_key: [u8; 32],
    /// Ed25519 public key of the endpoint on the road underneath.
    pub endpoint_key: [u8; 32],
    /// How often the device was installed; of two records the one with the higher number counts, where no device says so
    /// itself.
    pub install: u64,
    bytes: Vec<u8>,
}

impl DeviceRecord {
    /// States a device's keys under a bond.
    pub fn sign(keys: &DeviceKeys, bond: BondId) -> Self {
        let device = keys.device();
        let noise_key = keys::noise_public_key(&keys.noise_key(&bond));
        let endpoint_key = keys::endpoint_public_key(&keys.endpoint_key(&bond));
        let mut body = Writer::new();
        body.field(1, Unknown::Refuse, device.as_bytes())
            .field(2, Unknown::Refuse, bond.as_bytes())
            .field(3, Unknown::Refuse, &noise_key)
            .field(4, Unknown::Refuse, &endpoint_key);
        if keys.install() > 0 {
            body.number(5, Unknown::Skip, keys.install());
        }
        let body = body.finish();
        let signature = keys.sign(&to_be_signed(Label::DeviceRecord, &body));
        let mut bytes = Writer::new();
        bytes.bytes(&body).raw(&signature);
        Self { device, bond, noise_key, endpoint_key, install: keys.install(), bytes: bytes.finish() }
    }

    /// Reads a record and checks its signature.
    pub fn parse(bytes: &[u8]) -> Result<Self, RosterError> {
        let mut reader = Reader::new(bytes);
        let body = reader.bytes()?;
        let signature = reader.array::<64>()?;
        reader.end()?;
        let mut record = Record::parse(body)?;
        let device = DeviceId::from_bytes(record.array(1)?);
        let bond = BondId::from_bytes(record.array(2)?);
        let (noise_key, endpoint_key) = (record.array(3)?, record.array(4)?);
        let install = record.number(5)?.unwrap_or(0);
        record.finish()?;
        if !keys::signature_holds(device.as_bytes(), &to_be_signed(Label::DeviceRecord, body), &signature) {
            return Err(RosterError::Forged);
        }
        Ok(Self { device, bond, noise_key, endpoint_key, install, bytes: bytes.to_vec() })
    }

    /// The bytes to keep and send.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl core::fmt::Debug for DeviceRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DeviceRecord({:?}, {:?})", self.device, self.bond)
    }
}

pub(crate) fn to_be_signed(label: Label, body: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::new(label);
    hasher.field(body);
    *hasher.finish().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Phrase;

    fn alex() -> (Root, DeviceKeys) {
        (Phrase::from_entropy([1; 32]).root(), DeviceKeys::new([2; 32], [3; 16]))
    }

    #[test]
    fn a_roster_reads_back_and_a_changed_one_is_forged() {
        let (root, keys) = alex();
        let tablet = DeviceKeys::new([9; 32], [3; 16]);
        let first = Roster::first(root.person(), keys.device());
        let floors = [(LogId::from_bytes([7; 16]), Floor { number: 300, hash: [8; 16] })];
        let third = first.with(tablet.device()).without(&[tablet.device()].into(), floors.into());
        for (roster, sealed) in [(first, Vec::new()), (third, vec![5; 40])] {
            let signed = SignedRoster::sign(&root, roster, sealed);
            let read = SignedRoster::parse(signed.as_bytes()).expect("as signed");
            assert_eq!(read, signed);
            for at in 0..signed.as_bytes().len() {
                let mut changed = signed.as_bytes().to_vec();
                changed[at] ^= 1;
                assert!(SignedRoster::parse(&changed).is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn a_record_names_keys_that_fit_the_device() {
        let (_, keys) = alex();
        let bond = BondId::from_bytes([4; 16]);
        let record = DeviceRecord::sign(&keys, bond);
        assert_eq!(DeviceRecord::parse(record.as_bytes()).expect("as signed"), record);
        let mut changed = record.as_bytes().to_vec();
        *changed.last_mut().expect("not empty") ^= 1;
        assert_eq!(DeviceRecord::parse(&changed), Err(RosterError::Forged));
    }
}
