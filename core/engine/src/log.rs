//! Logs: what one device wrote in one place, numbered without gaps and bound together by a running hash.
//!
//! ```text
//! h_0 = H(opening: person, device, space, bond, nonce)         log id = first 16 bytes of h_0
//! h_n = H(h_{n−1} ‖ n ‖ document ‖ kind ‖ digest)
//! ```
//!
//! The **digest** of a change is the hash that Automerge names it by (SHA-256 over its chunk): it covers every byte that a
//! peer applies, and dependencies name changes by it, so one digest serves both and none is stored twice. A tombstone's
//! digest is a labelled hash of its body.
//!
//! Since the id comes from the opening, nobody can open a log under an id that is taken, and whoever learns the opening
//! knows for certain who writes there and where.
//!
//! A **tag** vouches, among one person's own devices, for a log up to a number. It is a keyed hash and no signature on
//! purpose: whoever can check a tag could have made it, so no one can prove to a third person what somebody wrote.

use subtle::ConstantTimeEq;

use crate::hash::{self, Hash, Hasher, Label};
use crate::ids::{BondId, DeviceId, DocumentId, LogId, PersonId, Place, Space};
use crate::keys::OwnEntriesKey;
use crate::wire::{Reader, WireError, Writer};

/// What opens a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opening {
    /// Who writes.
    pub person: PersonId,
    /// On which of their devices.
    pub device: DeviceId,
    /// In which space.
    pub space: Space,
    /// Under which bond; none for [`Space::Private`].
    pub bond: Option<BondId>,
    /// Makes each log its own: a device opens new ones with each install mark and after a fork.
    pub nonce: [u8; 16],
}

impl Opening {
    /// The hash that the log starts from.
    pub fn hash(&self) -> Hash {
        let mut hasher = Hasher::new(Label::LogOpening);
        hasher.field(self.person.as_bytes());
        hasher.field(self.device.as_bytes());
        hasher.field(&[self.space.number()]);
        hasher.field(self.bond.as_ref().map_or(&[][..], |bond| bond.as_bytes()));
        hasher.field(&self.nonce);
        hasher.finish()
    }

    /// The log that it opens.
    pub fn log(&self) -> LogId {
        self.hash().into()
    }

    /// Where the log writes. `None` if space and bond do not go together.
    pub fn place(&self) -> Option<Place> {
        Place::of(self.space, self.bond, self.person)
    }

    /// The bytes to send: space, person, device, nonce. The bond is left out where it is known from where they are read
    /// (`one_bond`); else it stands behind the space, but for [`Space::Private`].
    pub fn write(&self, writer: &mut Writer, one_bond: Option<BondId>) {
        writer.raw(&[self.space.number()]);
        if let Some(bond) = self.bond.filter(|_| one_bond.is_none()) {
            writer.raw(bond.as_bytes());
        }
        writer.raw(self.person.as_bytes()).raw(self.device.as_bytes()).raw(&self.nonce);
    }

    /// Reads what [`Self::write`] wrote.
    pub fn read(reader: &mut Reader<'_>, one_bond: Option<BondId>) -> Result<Self, WireError> {
        let space = Space::from_number(reader.byte()?).ok_or(WireError::TooNew)?;
        let bond = match (space, one_bond) {
            (Space::Private, Some(_)) => return Err(WireError::Malformed),
            (Space::Private, None) => None,
            (_, Some(bond)) => Some(bond),
            (_, None) => Some(BondId::from_bytes(reader.array()?)),
        };
        Ok(Self {
            space,
            person: PersonId::from_bytes(reader.array()?),
            device: DeviceId::from_bytes(reader.array()?),
            bond,
            nonce: reader.array()?,
        })
    }
}

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EntryKind {
    /// One Automerge change; the payload is its uncompressed chunk.
    Change,
    /// The end of a document; the payload is a [`Tombstone`].
    Tombstone,
}

impl EntryKind {
    /// The number that stands for the kind in hashes, files and frames.
    pub const fn number(self) -> u8 {
        match self {
            Self::Change => 0,
            Self::Tombstone => 1,
        }
    }

    /// The kind with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Change),
            1 => Some(Self::Tombstone),
            _ => None,
        }
    }
}

/// The running hash after one more entry.
pub fn next_hash(before: &Hash, number: u64, document: &DocumentId, kind: EntryKind, digest: &Hash) -> Hash {
    let mut hasher = Hasher::new(Label::LogEntry);
    hasher.field(before.as_bytes());
    hasher.field(&number.to_le_bytes());
    hasher.field(document.as_bytes());
    hasher.field(&[kind.number()]);
    hasher.field(digest.as_bytes());
    hasher.finish()
}

/// The end of a document. It wins for ever.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tombstone {
    /// The document's heads that its author had seen, in rising order: what a device wrote beyond them was not meant to
    /// go and is copied to `Private` before the document goes.
    pub heads: Vec<Hash>,
}

/// Most heads that a tombstone names. A document with more is named by this many of them.
pub const MOST_HEADS: usize = 64;

impl Tombstone {
    /// The payload.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.varint(self.heads.len() as u64);
        for head in &self.heads {
            writer.raw(head.as_bytes());
        }
        writer.finish()
    }

    /// Reads a payload.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let count = reader.count(MOST_HEADS)?;
        let heads = (0..count).map(|_| Ok(Hash::from_bytes(reader.array()?))).collect::<Result<Vec<_>, WireError>>()?;
        reader.end()?;
        Ok(Self { heads })
    }

    /// The digest of a payload.
    pub fn digest(bytes: &[u8]) -> Hash {
        let mut hasher = Hasher::new(Label::Tombstone);
        hasher.field(bytes);
        hasher.finish()
    }
}

/// Vouches for a log up to `number`, to the person's own devices.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tag {
    /// Up to which entry.
    pub number: u64,
    /// Under which own-entries key.
    pub key_number: u64,
    /// The first 16 bytes of the keyed hash.
    pub mac: [u8; 16],
}

impl Tag {
    /// Vouches for the log whose running hash at `number` is `hash`.
    pub fn make(key: &OwnEntriesKey, number: u64, hash: &Hash) -> Self {
        Self { number, key_number: key.number(), mac: mac(key, hash) }
    }

    /// Does it vouch for this hash under this key?
    pub fn holds(&self, key: &OwnEntriesKey, hash: &Hash) -> bool {
        self.key_number == key.number() && bool::from(self.mac[..].ct_eq(&mac(key, hash)[..]))
    }
}

fn mac(key: &OwnEntriesKey, hash: &Hash) -> [u8; 16] {
    hash::keyed_tag(Label::Tag, key.secret(), &[&key.number().to_le_bytes(), hash.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Phrase;

    #[test]
    fn every_part_of_an_entry_moves_the_hash() {
        let (before, document, digest) =
            (Hash::from_bytes([1; 32]), DocumentId::from_bytes([2; 16]), Hash::from_bytes([3; 32]));
        let hash = next_hash(&before, 1, &document, EntryKind::Change, &digest);
        let others = [
            next_hash(&Hash::from_bytes([9; 32]), 1, &document, EntryKind::Change, &digest),
            next_hash(&before, 2, &document, EntryKind::Change, &digest),
            next_hash(&before, 1, &DocumentId::from_bytes([9; 16]), EntryKind::Change, &digest),
            next_hash(&before, 1, &document, EntryKind::Tombstone, &digest),
            next_hash(&before, 1, &document, EntryKind::Change, &Hash::from_bytes([9; 32])),
        ];
        assert!(!others.contains(&hash));
    }

    #[test]
    fn a_tag_holds_for_its_hash_and_key_alone() {
        let root = Phrase::from_entropy([1; 32]).root();
        let (key, next) = (root.own_entries_key(1), root.own_entries_key(2));
        let hash = Hash::from_bytes([5; 32]);
        let tag = Tag::make(&key, 3, &hash);
        assert!(tag.holds(&key, &hash));
        assert!(!tag.holds(&next, &hash));
        assert!(!tag.holds(&key, &Hash::from_bytes([6; 32])));
    }
}
