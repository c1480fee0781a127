//! The part of a roster that only own devices read: the own-entries keys, what the devices are called, and how far the private
//! logs went.
//!
//! ```text
//! sealed  := varint count { device(32) bytes(letter) }*     one letter a device: Noise N to the device's identity
//!            nonce(24) ciphertext                           XChaCha20-Poly1305 under the newest own-entries key
//! letter  := varint number · key(32)                        the newest own-entries key
//! content := record   1 { device(32) bytes(name) }* · 2 floors of private logs · 3 padding
//!                     4 { varint number · key(32) }*          the keys before it, the newest 64
//! ```
//!
//! Anybody may pass a roster on, and it is signed by the root, so a letter need not say who wrote it. It is sealed to the
//! X25519 form of the device's Ed25519 identity, so that a roster can be signed on any device without asking the others
//! for a further key. (That one key may serve both for Ed25519 and for X25519 in this way is shown by Thormarker, "On using
//! the same key pair for Ed25519 and an X25519 based KEM", IACR ePrint 2021/509; the Noise prologue keeps the uses apart.)
//!
//! A removed device finds no letter in the next roster, and can't derive the next key from those that it has.

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::hash::{self, Label};
use crate::ids::{DeviceId, LogId};
use crate::keys::{self, DeviceKeys, OwnEntriesKey, OwnKeys};
use crate::noise;
use crate::random::{self, Random};
use crate::roster::{Floor, MOST_DEVICES, Roster, SignedRoster, read_floors};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// The content is padded to a multiple of this many bytes, so that its length tells little of the names.
const PADDED_TO: usize = 512;

/// Most bytes of a device's name.
pub const NAME_BYTES: usize = 256;

/// Most earlier own-entries keys that are handed on.
const MOST_EARLIER_KEYS: usize = 64;

/// What own devices alone know of a roster.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ForOwnDevices {
    /// What each device is called.
    pub names: BTreeMap<DeviceId, String>,
    /// Floors of private logs.
    pub floors: BTreeMap<LogId, Floor>,
}

impl core::fmt::Debug for ForOwnDevices {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ForOwnDevices({} devices)", self.names.len())
    }
}

impl ForOwnDevices {
    /// Seals it for the devices of a roster, with the keys. A device whose identity is no point that one could seal to gets
    /// no letter.
    pub fn seal(&self, roster: &Roster, own_keys: &OwnKeys, random: &mut dyn Random) -> Vec<u8> {
        let current = key_bytes([own_keys.current()]);
        let letters: Vec<_> = roster
            .devices
            .iter()
            .filter_map(|device| {
                let to = keys::sealing_public_key(device)?;
                Some((device, noise::seal(&to, &current, random::make_bytes(random)).ok()?))
            })
            .collect();
        let mut writer = Writer::new();
        writer.varint(letters.len() as u64);
        for (device, letter) in letters {
            writer.raw(device.as_bytes()).bytes(&letter);
        }
        let nonce: [u8; 24] = random::make_bytes(random);
        let payload = Payload { msg: &self.to_bytes(own_keys), aad: roster.person.as_bytes() };
        let sealed = cipher(own_keys.current(), roster.epoch)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("encrypting in memory takes no input that it could refuse");
        writer.raw(&nonce).raw(&sealed);
        writer.finish()
    }

    /// Opens a roster's sealed part with the keys that a device has or finds in it. None where there is nothing for this
    /// device.
    pub fn open(signed: &SignedRoster, device: &DeviceKeys) -> Option<(Self, OwnKeys)> {
        let mut reader = Reader::new(signed.sealed());
        let letter = letters(&mut reader).ok()?.remove(&device.device())?;
        let plain = Zeroizing::new(noise::unseal(&device.sealing_key(), letter).ok()?);
        let current = read_keys(&plain).ok().filter(|keys| keys.len() == 1)?;
        let (content, earlier) = Self::open_content(signed, &OwnKeys::from_keys(current.clone())?)?;
        Some((content, OwnKeys::from_keys([earlier, current].concat())?))
    }

    /// The same for who has the keys already, as from the phrase.
    pub fn open_with(signed: &SignedRoster, own_keys: &OwnKeys) -> Option<Self> {
        Some(Self::open_content(signed, own_keys)?.0)
    }

    fn open_content(signed: &SignedRoster, own_keys: &OwnKeys) -> Option<(Self, Vec<OwnEntriesKey>)> {
        let roster = signed.roster();
        let mut reader = Reader::new(signed.sealed());
        letters(&mut reader).ok()?;
        let nonce: [u8; 24] = reader.array().ok()?;
        let sealed = reader.rest();
        let payload = Payload { msg: sealed, aad: roster.person.as_bytes() };
        let key = own_keys.get(roster.key_number)?;
        let plain = Zeroizing::new(cipher(key, roster.epoch).decrypt(&XNonce::from(nonce), payload).ok()?);
        Self::parse(&plain).ok()
    }

    fn to_bytes(&self, own_keys: &OwnKeys) -> Zeroizing<Vec<u8>> {
        let (mut names, mut floors) = (Writer::new(), Writer::new());
        for (device, name) in &self.names {
            names.raw(device.as_bytes()).bytes(name.as_bytes());
        }
        for (log, floor) in &self.floors {
            floors.raw(log.as_bytes()).varint(floor.number).raw(&floor.hash);
        }
        let earlier: Vec<_> = own_keys.iter().filter(|key| key.number() < own_keys.current().number()).collect();
        let earlier = key_bytes(earlier.into_iter().rev().take(MOST_EARLIER_KEYS).rev());
        let mut writer = Writer::new();
        writer.field(1, Unknown::Skip, &names.finish()).field(2, Unknown::Skip, &floors.finish());
        let length = writer.len() + earlier.len() + 8;
        writer.field(3, Unknown::Skip, &vec![0; length.next_multiple_of(PADDED_TO) - length]);
        writer.field(4, Unknown::Skip, &earlier);
        Zeroizing::new(writer.finish())
    }

    fn parse(bytes: &[u8]) -> Result<(Self, Vec<OwnEntriesKey>), WireError> {
        let mut record = Record::parse(bytes)?;
        let mut reader = Reader::new(record.field(1).unwrap_or_default());
        let mut names = BTreeMap::new();
        while !reader.is_empty() {
            let device = DeviceId::from_bytes(reader.array()?);
            let name = reader.bytes()?;
            if name.len() > NAME_BYTES || names.len() == MOST_DEVICES * 8 {
                return Err(WireError::TooLarge);
            }
            let name = core::str::from_utf8(name).map_err(|_| WireError::Malformed)?;
            names.insert(device, name.to_owned());
        }
        let floors = read_floors(record.field(2).unwrap_or_default())?;
        record.field(3);
        let earlier = read_keys(record.field(4).unwrap_or_default())?;
        record.finish()?;
        Ok((Self { names, floors }, earlier))
    }
}

fn key_bytes<'a>(keys: impl IntoIterator<Item = &'a OwnEntriesKey>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity((MOST_EARLIER_KEYS + 1) * 42));
    for key in keys {
        let mut number = Writer::new();
        number.varint(key.number());
        bytes.extend_from_slice(&number.finish());
        bytes.extend_from_slice(key.secret());
    }
    bytes
}

fn read_keys(bytes: &[u8]) -> Result<Vec<OwnEntriesKey>, WireError> {
    let mut reader = Reader::new(bytes);
    let mut keys = Vec::new();
    while !reader.is_empty() {
        if keys.len() > MOST_EARLIER_KEYS {
            return Err(WireError::TooLarge);
        }
        let number = reader.varint()?;
        keys.push(OwnEntriesKey::from_parts(number, reader.array()?));
    }
    Ok(keys)
}

fn letters<'a>(reader: &mut Reader<'a>) -> Result<BTreeMap<DeviceId, &'a [u8]>, WireError> {
    let count = reader.count(MOST_DEVICES)?;
    (0..count).map(|_| Ok((DeviceId::from_bytes(reader.array()?), reader.bytes()?))).collect()
}

fn cipher(key: &OwnEntriesKey, epoch: u64) -> XChaCha20Poly1305 {
    let derived = hash::derive_key(Label::RosterSeal, key.secret(), &[&epoch.to_le_bytes()]);
    XChaCha20Poly1305::new((&*derived).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;
    use crate::keys::{Phrase, Root};
    use crate::random::Seeded;

    fn tablet() -> DeviceKeys {
        DeviceKeys::new([3; 32], [4; 16])
    }

    fn sealed(root: &Root, roster: Roster, content: &ForOwnDevices) -> SignedRoster {
        let own_keys = OwnKeys::of(root, roster.key_number);
        let sealed = content.seal(&roster, &own_keys, &mut Seeded::from_number(1));
        SignedRoster::sign(root, roster, sealed)
    }

    #[test]
    fn listed_devices_and_the_phrase_open_it_and_a_removed_one_does_not() {
        let root = Phrase::from_entropy([1; 32]).root();
        let phone = DeviceKeys::new([2; 32], [4; 16]);
        let content = ForOwnDevices {
            names: [(phone.device(), "Phone".to_owned()), (tablet().device(), "Tablet 📓".to_owned())].into(),
            floors: [(LogId::from_bytes([9; 16]), Floor { number: 4, hash: [6; 16] })].into(),
        };
        let second = Roster::first(root.person(), phone.device()).with(tablet().device());
        let signed = SignedRoster::parse(sealed(&root, second.clone(), &content).as_bytes()).unwrap();
        for device in [&phone, &tablet()] {
            let (opened, keys) = ForOwnDevices::open(&signed, device).unwrap();
            assert_eq!(opened, content);
            assert_eq!(keys.current().secret(), root.own_entries_key(1).secret());
        }
        // A file that was copied back under another install mark is still this device.
        assert!(ForOwnDevices::open(&signed, &DeviceKeys::new([2; 32], [5; 16])).is_some());

        let third = sealed(&root, second.without(&[tablet().device()].into(), BTreeMap::new()), &content);
        let (_, keys) = ForOwnDevices::open(&third, &phone).unwrap();
        assert_eq!((keys.current().number(), keys.iter().count()), (2, 2));
        assert!(ForOwnDevices::open(&third, &tablet()).is_none());
        assert!(ForOwnDevices::open_with(&third, &OwnKeys::of(&root, 1)).is_none());
        assert_eq!(ForOwnDevices::open_with(&third, &OwnKeys::of(&root, 2)), Some(content));
    }

    #[test]
    fn its_length_tells_little_of_the_names() {
        let root = Phrase::from_entropy([1; 32]).root();
        let length = |name: &str| {
            let names = [(tablet().device(), name.to_owned())].into();
            let content = ForOwnDevices { names, ..ForOwnDevices::default() };
            sealed(&root, Roster::first(root.person(), tablet().device()), &content).sealed().len()
        };
        assert_eq!(length(""), length("The tablet that stands in the kitchen"));
    }

    #[test]
    fn a_device_that_is_no_point_gets_no_letter() {
        let root = Phrase::from_entropy([1; 32]).root();
        // The neutral element: everybody knows what is sealed to it.
        let weak = DeviceId::from_bytes({
            let mut bytes = [0; 32];
            bytes[0] = 1;
            bytes
        });
        let roster = Roster::first(PersonId::from_bytes([0; 32]), tablet().device()).with(weak);
        let signed = sealed(&root, roster, &ForOwnDevices::default());
        assert_eq!(letters(&mut Reader::new(signed.sealed())).unwrap().len(), 1);
    }
}
