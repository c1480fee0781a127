//! Which devices a person has, said by the person: the roster, and each device's record of its keys.
//!
//! A roster is signed by the person's root. The one with the higher epoch counts. It travels and is kept as the bytes that
//! were signed, so fields from the future stay in it and its signature stays good.
//!
//! A [`DeviceRecord`] is signed by a device's identity and names its session keys under one bond. It is believed while the
//! roster lists the device. A device whose file was copied back under a new install mark has new keys and says so with a
//! new record.

use crate::hash::{Hash, Hasher, Label};
use crate::ids::{BondId, DeviceId, PersonId};
use crate::keys::{self, DeviceKeys, Root};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Most devices that a roster may list.
pub const MOST_DEVICES: usize = 16;

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

/// A person's devices, as far as everybody may know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Whose devices.
    pub person: PersonId,
    /// Rises with each change; starts at 1.
    pub epoch: u64,
    /// The devices, each once, in rising order.
    pub devices: Vec<DeviceId>,
    /// Which own-entries key counts.
    pub key_number: u64,
}

/// A roster with its signature, as it is kept and sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedRoster {
    roster: Roster,
    bytes: Vec<u8>,
}

impl SignedRoster {
    /// Signs a roster.
    pub fn sign(root: &Root, epoch: u64, mut devices: Vec<DeviceId>, key_number: u64) -> Self {
        devices.sort_unstable();
        devices.dedup();
        let roster = Roster { person: root.person(), epoch, devices, key_number };
        let mut list = Writer::new();
        for device in &roster.devices {
            list.raw(device.as_bytes());
        }
        let mut body = Writer::new();
        body.field(1, Unknown::Refuse, roster.person.as_bytes())
            .number(2, Unknown::Refuse, roster.epoch)
            .field(3, Unknown::Refuse, &list.finish())
            .number(4, Unknown::Refuse, roster.key_number);
        let body = body.finish();
        let signature = root.sign(&to_be_signed(Label::Roster, &body));
        let mut bytes = Writer::new();
        bytes.bytes(&body).raw(&signature);
        Self { roster, bytes: bytes.finish() }
    }

    /// Reads a roster and checks its signature.
    pub fn parse(bytes: &[u8]) -> Result<Self, RosterError> {
        let mut reader = Reader::new(bytes);
        let body = reader.bytes()?;
        let signature = reader.array::<64>()?;
        reader.end()?;

        let mut record = Record::parse(body)?;
        let person = PersonId::from_bytes(record.array(1)?);
        let epoch = record.number(2)?.ok_or(WireError::Malformed)?;
        let list = record.required(3)?;
        let key_number = record.number(4)?.ok_or(WireError::Malformed)?;
        record.finish()?;
        if !keys::signature_holds(person.as_bytes(), &to_be_signed(Label::Roster, body), &signature) {
            return Err(RosterError::Forged);
        }
        if list.len() > MOST_DEVICES * DeviceId::SIZE {
            return Err(WireError::TooLarge.into());
        }
        let (devices, []) = list.as_chunks::<{ DeviceId::SIZE }>() else { return Err(WireError::Malformed.into()) };
        let devices: Vec<_> = devices.iter().copied().map(DeviceId::from_bytes).collect();
        if epoch == 0 || devices.is_empty() || !devices.is_sorted_by(|a, b| a < b) {
            return Err(WireError::Malformed.into());
        }
        Ok(Self { roster: Roster { person, epoch, devices, key_number }, bytes: bytes.to_vec() })
    }

    /// What it says.
    pub fn roster(&self) -> &Roster {
        &self.roster
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

    /// The one of two rosters of a person that counts.
    pub fn newer(self, other: Self) -> Self {
        let rank = |roster: &Self| (roster.roster.epoch, core::cmp::Reverse(roster.hash()));
        if rank(&other) > rank(&self) { other } else { self }
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
        let body = body.finish();
        let signature = keys.sign(&to_be_signed(Label::DeviceRecord, &body));
        let mut bytes = Writer::new();
        bytes.bytes(&body).raw(&signature);
        Self { device, bond, noise_key, endpoint_key, bytes: bytes.finish() }
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
        record.finish()?;
        if !keys::signature_holds(device.as_bytes(), &to_be_signed(Label::DeviceRecord, body), &signature) {
            return Err(RosterError::Forged);
        }
        Ok(Self { device, bond, noise_key, endpoint_key, bytes: bytes.to_vec() })
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

fn to_be_signed(label: Label, body: &[u8]) -> [u8; 32] {
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
        let signed = SignedRoster::sign(&root, 1, vec![keys.device()], 1);
        let read = SignedRoster::parse(signed.as_bytes()).expect("as signed");
        assert_eq!(read.roster(), signed.roster());
        for at in 0..signed.as_bytes().len() {
            let mut changed = signed.as_bytes().to_vec();
            changed[at] ^= 1;
            assert!(SignedRoster::parse(&changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn the_higher_epoch_counts_and_ties_have_one_winner() {
        let (root, keys) = alex();
        let other = DeviceKeys::new([9; 32], [3; 16]);
        let first = SignedRoster::sign(&root, 1, vec![keys.device()], 1);
        let second = SignedRoster::sign(&root, 2, vec![keys.device()], 1);
        let rival = SignedRoster::sign(&root, 2, vec![other.device()], 1);
        assert_eq!(first.clone().newer(second.clone()), second);
        assert_eq!(second.clone().newer(first), second);
        assert_eq!(second.clone().newer(rival.clone()), rival.newer(second));
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
