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

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::{Hash, Hasher, Label};
use crate::ids::{BondId, DeviceId, LogId, PersonId};
use crate::keys::{self, DeviceKeys, Root};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

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

/// Most rosters of one epoch that are kept beside each other.
const MOST_RIVALS: usize = 8;

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

/// A person's devices as they are known here: the roster that counts, and any others that were signed for the same epoch.
///
/// Of several rosters of one epoch the one with the smallest hash counts, without the devices that any of them removed:
/// whoever was removed by one stays removed, and whoever was added by another is added again by hand. The person is asked to
/// sign a successor. Everybody who has the same rosters comes to the same devices, in whatever order they came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// Of one epoch, by their hashes in rising order.
    rosters: Vec<SignedRoster>,
}

impl From<SignedRoster> for Membership {
    fn from(roster: SignedRoster) -> Self {
        Self { rosters: vec![roster] }
    }
}

impl Membership {
    /// Whose devices.
    pub fn person(&self) -> PersonId {
        self.roster().person
    }

    /// The roster that counts.
    pub fn roster(&self) -> &Roster {
        self.signed().roster()
    }

    /// The same with its signature.
    pub fn signed(&self) -> &SignedRoster {
        self.rosters.first().expect("made of one, and never emptied")
    }

    /// All rosters of the epoch; the first is the one that counts.
    pub fn rosters(&self) -> &[SignedRoster] {
        &self.rosters
    }

    /// Takes a roster in. `false` if it was here.
    pub fn take(&mut self, roster: SignedRoster) -> Result<bool, RosterError> {
        let (here, there) = (self.roster(), roster.roster());
        if there.person != here.person {
            return Err(RosterError::NotTheirs);
        }
        if there.epoch < here.epoch {
            return Err(RosterError::Stale);
        }
        if there.epoch > here.epoch {
            self.rosters = vec![roster];
            return Ok(true);
        }
        if self.rosters.contains(&roster) {
            return Ok(false);
        }
        self.rosters.push(roster);
        self.rosters.sort_by_key(SignedRoster::hash);
        self.rosters.truncate(MOST_RIVALS);
        Ok(true)
    }

    /// What the next roster begins from: the devices that count, and all that were removed.
    pub fn base(&self) -> Roster {
        let removed: BTreeSet<_> =
            self.rosters.iter().flat_map(|signed| signed.roster().removed.iter().copied()).collect();
        let key_number = self.rosters.iter().map(|signed| signed.roster().key_number).max();
        let logs: BTreeSet<_> = self.rosters.iter().flat_map(|signed| signed.roster().floors.keys().copied()).collect();
        Roster {
            devices: self.devices().copied().collect(),
            key_number: key_number.unwrap_or_default(),
            removed: removed.into_iter().collect(),
            floors: logs.into_iter().filter_map(|log| Some((log, self.floor(&log)?))).collect(),
            ..self.roster().clone()
        }
    }

    /// Is this a device of the person?
    pub fn lists(&self, device: &DeviceId) -> bool {
        self.signed().lists(device) && !self.has_removed(device)
    }

    /// Was this device removed?
    pub fn has_removed(&self, device: &DeviceId) -> bool {
        self.rosters.iter().any(|signed| signed.roster().removed.binary_search(device).is_ok())
    }

    /// The devices of the person.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceId> {
        self.roster().devices.iter().filter(|device| !self.has_removed(device))
    }

    /// Was any device ever removed?
    pub fn has_removed_any(&self) -> bool {
        self.rosters.iter().any(|signed| !signed.roster().removed.is_empty())
    }

    /// The floor of a log: of several, the lowest.
    pub fn floor(&self, log: &LogId) -> Option<Floor> {
        let floors = self.rosters.iter().filter_map(|signed| signed.roster().floors.get(log));
        floors.min_by_key(|floor| floor.number).copied()
    }

    /// Were several rosters signed for one epoch? A successor is to be signed.
    pub fn is_disputed(&self) -> bool {
        self.rosters.len() > 1
    }

    /// Names all rosters together.
    pub(crate) fn hash(&self) -> Hash {
        if let [only] = &self.rosters[..] {
            return only.hash();
        }
        let mut hasher = Hasher::new(Label::Membership);
        for roster in &self.rosters {
            hasher.field(roster.hash().as_bytes());
        }
        hasher.finish()
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
    fn the_higher_epoch_counts() {
        let (root, keys) = alex();
        let first = SignedRoster::sign(&root, Roster::first(root.person(), keys.device()), Vec::new());
        let second = SignedRoster::sign(&root, first.roster().with(DeviceId::from_bytes([9; 32])), Vec::new());
        let mut held = Membership::from(first.clone());
        assert_eq!(held.take(second.clone()), Ok(true));
        assert_eq!(held.take(second.clone()), Ok(false));
        assert_eq!(held.take(first), Err(RosterError::Stale));
        assert_eq!(held.rosters(), [second]);
        let stranger = Phrase::from_entropy([8; 32]).root();
        let theirs = SignedRoster::sign(&stranger, Roster::first(stranger.person(), keys.device()), Vec::new());
        assert_eq!(held.take(theirs), Err(RosterError::NotTheirs));
    }

    /// Three devices sign for the same epoch without having heard of each other.
    #[test]
    fn rosters_of_one_epoch_come_to_the_same_in_any_order() {
        let (root, _) = alex();
        let device = |number| DeviceId::from_bytes([number; 32]);
        let second = Roster::first(root.person(), device(1)).with(device(2)).with(device(3));
        let sign = |roster| SignedRoster::sign(&root, roster, Vec::new());
        let rivals = [
            sign(second.without(&[device(3)].into(), BTreeMap::new())),
            sign(second.without(&[device(2)].into(), BTreeMap::new())),
            sign(second.with(device(4))),
        ];
        let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0]];
        let held = orders.map(|order| {
            let mut held = Membership::from(sign(second.clone()));
            order.iter().for_each(|at| assert_eq!(held.take(rivals[*at].clone()), Ok(true)));
            held
        });
        assert!(held.iter().all(|other| *other == held[0] && other.hash() == held[0].hash()));
        assert!(held[0].is_disputed());
        assert!(held[0].lists(&device(1)));
        assert!(!held[0].lists(&device(2)) && !held[0].lists(&device(3)));
        let next = sign(held[0].roster().with(device(5)));
        assert_eq!(held[0].clone().take(next), Ok(true));
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
