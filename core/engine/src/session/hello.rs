//! What both sides say first: versions, rosters as each knows them, and what each has.
//!
//! The vector is said as the digest of one that both agreed on before, and the logs that moved since. When nothing moved
//! that is sixteen bytes. A side that does not know the digest says so and gets the whole.

use super::Config;
use crate::exchange::{Audience, Reach};
use crate::kinds::Kind;
use crate::roster::Membership;
use crate::vector::VersionVector;
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// The oldest and newest protocol that this code speaks.
pub const VERSIONS: (u64, u64) = (1, 1);

/// A person's rosters named briefly: their epoch and the first eight bytes of their hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RosterName {
    pub(crate) epoch: u64,
    pub(crate) hash: [u8; 8],
}

impl RosterName {
    pub(crate) fn of(membership: &Membership) -> Self {
        Self { epoch: membership.roster().epoch, hash: membership.hash().first() }
    }

    /// Stands for what an own device knows of whom they know.
    pub(crate) fn of_circle(digest: [u8; 8]) -> Self {
        Self { epoch: 0, hash: digest }
    }

    /// Has its side something to say to one that has `other`? Of two with one epoch, both have.
    pub(crate) fn tells(&self, other: &Self) -> bool {
        self.epoch > other.epoch || (self.epoch == other.epoch && self.hash != other.hash)
    }

    fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.varint(self.epoch).raw(&self.hash);
        writer.finish()
    }

    fn read(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let name = Self { epoch: reader.varint()?, hash: reader.array()? };
        reader.end()?;
        Ok(name)
    }
}

/// The first words of a side.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Hello {
    pub(crate) versions: (u64, u64),
    /// The sender's own person's roster.
    pub(crate) mine: RosterName,
    /// The other person's roster as the sender has it. Between own devices, what the sender knows of their circle.
    pub(crate) yours: RosterName,
    /// The digest of the vector that `moved` counts from.
    pub(crate) base: [u8; 16],
    /// The logs that stand elsewhere than in the base.
    pub(crate) moved: VersionVector,
    /// The sender does not know the base that it was told.
    pub(crate) base_unknown: bool,
    /// The sender's keys, where the receiver may not know them.
    pub(crate) record: Option<Vec<u8>>,
    /// The sender would stay connected. In an answer: both would.
    pub(crate) live: bool,
    /// The greatest number of a document's kind that the sender knows.
    pub(crate) kinds: u32,
    /// The sender's person's roster, where the receiver may hold one that does not list the sender.
    pub(crate) roster: Option<Vec<u8>>,
    /// Between own devices: Private may pass, as far as the sender is concerned.
    pub(crate) private: bool,
}

impl Hello {
    pub(crate) fn new(config: &Config, base: &VersionVector, vector: &VersionVector) -> Self {
        let parties = &config.parties;
        let yours = match parties.audience {
            Audience::Partner(_) => RosterName::of(parties.other()),
            Audience::OwnDevice(_) => RosterName::of_circle(config.circle.digest()),
        };
        Self {
            versions: VERSIONS,
            mine: RosterName::of(&parties.me),
            yours,
            base: base.digest(),
            moved: vector.changed_since(base),
            base_unknown: false,
            record: None,
            live: false,
            kinds: Kind::NEWEST,
            roster: None,
            private: parties.audience == Audience::OwnDevice(Reach::Everything),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut versions = Writer::new();
        versions.varint(self.versions.0).varint(self.versions.1);
        let mut writer = Writer::new();
        writer
            .field(1, Unknown::Refuse, &versions.finish())
            .field(2, Unknown::Refuse, &self.mine.write())
            .field(3, Unknown::Refuse, &self.yours.write())
            .field(4, Unknown::Refuse, &self.base);
        if !self.moved.is_empty() {
            writer.field(5, Unknown::Refuse, &self.moved.to_bytes());
        }
        if self.base_unknown {
            writer.field(6, Unknown::Refuse, &[]);
        }
        if let Some(record) = &self.record {
            writer.field(7, Unknown::Skip, record);
        }
        if self.live {
            writer.field(8, Unknown::Skip, &[]);
        }
        let mut kinds = Writer::new();
        kinds.varint(self.kinds.into());
        writer.field(9, Unknown::Skip, &kinds.finish());
        if let Some(roster) = &self.roster {
            writer.field(10, Unknown::Skip, roster);
        }
        if self.private {
            writer.field(11, Unknown::Skip, &[]);
        }
        writer.finish()
    }

    /// Reads the versions first: a hello of an unknown version is no more than that.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, HelloError> {
        let mut record = Record::parse(bytes)?;
        let mut reader = Reader::new(record.required(1)?);
        let versions = (reader.varint()?, reader.varint()?);
        if versions.0 > VERSIONS.1 {
            return Err(HelloError::PeerTooNew);
        }
        if versions.1 < VERSIONS.0 {
            return Err(HelloError::PeerTooOld);
        }
        let hello = Self {
            versions,
            mine: RosterName::read(record.required(2)?)?,
            yours: RosterName::read(record.required(3)?)?,
            base: record.array(4)?,
            moved: record.field(5).map(VersionVector::parse).transpose()?.unwrap_or_default(),
            base_unknown: record.field(6).is_some(),
            record: record.field(7).map(<[u8]>::to_vec),
            live: record.field(8).is_some(),
            kinds: record.field(9).map(read_kinds).transpose()?.unwrap_or(Kind::KNOWN_TO_ALL),
            roster: record.field(10).map(<[u8]>::to_vec),
            private: record.field(11).is_some(),
        };
        record.finish()?;
        Ok(hello)
    }
}

fn read_kinds(bytes: &[u8]) -> Result<u32, WireError> {
    let mut reader = Reader::new(bytes);
    let kinds = reader.varint()?;
    reader.end()?;
    u32::try_from(kinds).map_err(|_| WireError::Malformed)
}

/// Why a hello leads nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HelloError {
    PeerTooNew,
    PeerTooOld,
    Wire(WireError),
}

impl From<WireError> for HelloError {
    fn from(error: WireError) -> Self {
        Self::Wire(error)
    }
}
