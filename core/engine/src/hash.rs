//! One hash function, BLAKE3, and a label for each use of it.
//!
//! Every hash, tag and derived key in Nightstand begins with its own label (BLAKE3's key derivation context), so a value
//! made for one purpose can never pass for another. Fields are length-prefixed, so two lists of fields never hash alike.

use zeroize::Zeroizing;

/// What a hash is for. The text is part of the format and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The first value of a log's running hash.
    LogOpening,
    /// Each further value of it.
    LogEntry,
    /// The nonce of a log that goes on where another was forked.
    MovedLog,
    /// The body of a tombstone.
    Tombstone,
    /// The tag by which a person's own devices vouch for a log.
    Tag,
    /// A whole version vector.
    Vector,
    /// All that is enclosed in a parcel.
    Parcel,
    /// What a device knows of persons and devices.
    Known,
    /// The text that a root signs.
    Roster,
    /// Several rosters of one epoch together.
    Membership,
    /// The key under which a roster's sealed part is encrypted.
    RosterSeal,
    /// The name under which a person's own devices know each other's keys.
    OwnDevices,
    /// All that own devices tell each other of whom they know.
    Circle,
    /// The text that a device identity signs.
    DeviceRecord,
    /// The joiner's promise of its random bytes during pairing.
    PairingCommitment,
    /// The code that two people compare.
    CheckCode,
    /// A bond's id.
    Bond,
    /// The pre-shared key of a pairing.
    InviteKey,
    /// Ids of documents that exist once in a place.
    DerivedDocument,
    /// A device's Noise key for one bond and install mark.
    NoiseKey,
    /// A device's endpoint key for one bond and install mark.
    EndpointKey,
    /// A device's identity.
    DeviceIdentity,
    /// The exact wording of an agreement.
    Agreement,
    /// The promise of a reflection's text.
    Seal,
    /// Which round of a question a reflection is.
    Round,
    /// The text by which a root shows that its person comes back.
    ComingBack,
}

impl Label {
    const fn context(self) -> &'static str {
        match self {
            Self::LogOpening => "nightstand 1 log opening",
            Self::LogEntry => "nightstand 1 log entry",
            Self::MovedLog => "nightstand 1 moved log",
            Self::Tombstone => "nightstand 1 tombstone",
            Self::Tag => "nightstand 1 tag",
            Self::Vector => "nightstand 1 version vector",
            Self::Known => "nightstand 1 known",
            Self::Parcel => "nightstand 1 parcel",
            Self::Roster => "nightstand 1 roster",
            Self::Membership => "nightstand 1 rosters of one epoch",
            Self::RosterSeal => "nightstand 1 roster seal",
            Self::OwnDevices => "nightstand 1 own devices",
            Self::Circle => "nightstand 1 circle",
            Self::DeviceRecord => "nightstand 1 device record",
            Self::PairingCommitment => "nightstand 1 pairing commitment",
            Self::CheckCode => "nightstand 1 check code",
            Self::Bond => "nightstand 1 bond",
            Self::InviteKey => "nightstand 1 invite key",
            Self::DerivedDocument => "nightstand 1 derived document",
            Self::NoiseKey => "nightstand 1 noise key",
            Self::EndpointKey => "nightstand 1 endpoint key",
            Self::DeviceIdentity => "nightstand 1 device identity",
            Self::Agreement => "nightstand 1 agreement wording",
            Self::Seal => "nightstand 1 sealed reflection",
            Self::Round => "nightstand 1 reflection round",
            Self::ComingBack => "nightstand 1 coming back",
        }
    }
}

/// A 32-byte hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The hash with these bytes, if there are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first `N` bytes, for values that need no more.
    pub fn first<const N: usize>(&self) -> [u8; N] {
        const { assert!(N <= 32) };
        let mut out = [0; N];
        out.copy_from_slice(&self.0[..N]);
        out
    }
}

impl core::fmt::Debug for Hash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Hash({:02x}{:02x}{:02x}{:02x}…)", self.0[0], self.0[1], self.0[2], self.0[3])
    }
}

/// Hashes labelled, length-prefixed fields.
pub struct Hasher(blake3::Hasher);

impl Hasher {
    /// A hash for one purpose.
    pub fn new(label: Label) -> Self {
        Self(blake3::Hasher::new_derive_key(label.context()))
    }

    /// Adds a field of any length.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The hash of all fields.
    pub fn finish(&self) -> Hash {
        Hash(*self.0.finalize().as_bytes())
    }
}

/// A secret derived from another: `label` and `fields` say which.
pub fn derive_key(label: Label, secret: &[u8; 32], fields: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hasher = Hasher::new(label);
    hasher.field(secret);
    for field in fields {
        hasher.field(field);
    }
    Zeroizing::new(*hasher.finish().as_bytes())
}

/// The first 16 bytes of a keyed hash.
pub fn keyed_tag(label: Label, key: &[u8; 32], fields: &[&[u8]]) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_keyed(key);
    hasher.update(label.context().as_bytes());
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field);
    }
    Hash(*hasher.finalize().as_bytes()).first()
}
