//! Who and what: the identifiers of persons, devices, bonds, logs and documents.
//!
//! All are opaque bytes. Their `Debug` shows the first four bytes only, enough to follow a test's trace; identifiers of
//! people never reach a log (see the invariants in the README).

use crate::hash::{Hash, Hasher, Label};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            /// How many bytes it has.
            pub const SIZE: usize = $size;

            /// The identifier with these bytes.
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// The identifier with these bytes, if there are just as many as it takes.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({:02x}{:02x}{:02x}{:02x}…)"), self.0[0], self.0[1], self.0[2], self.0[3])
            }
        }
    };
}

id!(
    /// A person: the Ed25519 public key of their root, which signs their roster and nothing else.
    PersonId, 32
);
id!(
    /// A device: the Ed25519 public key of its identity.
    DeviceId, 32
);
id!(
    /// The pairing of two persons. Made from the pairing's handshake, so neither can choose it.
    BondId, 16
);
id!(
    /// A log, and the Automerge actor id of every change in it. Made from what opens the log (see [`crate::log::Opening`]),
    /// so nobody can take an id that another log has.
    LogId, 16
);
id!(
    /// A document within its [`Place`].
    DocumentId, 16
);

/// What a log or document is for, as people see it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Space {
    /// My devices write and read.
    Private,
    /// My devices write, both partners read.
    Mine,
    /// Both write and read.
    Joint,
}

impl Space {
    /// The number that stands for the space in hashes, files and frames.
    pub const fn number(self) -> u8 {
        match self {
            Self::Private => 0,
            Self::Mine => 1,
            Self::Joint => 2,
        }
    }

    /// The space with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Private),
            1 => Some(Self::Mine),
            2 => Some(Self::Joint),
            _ => None,
        }
    }
}

/// A space of somebody: where documents live and what a log may write.
///
/// A log belongs to one place and names documents only within it. So no entry can touch a document that its author may
/// not write: there is no way to say it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// What one person keeps on their own devices.
    Private {
        /// Whose.
        owner: PersonId,
    },
    /// What one person shares with their partner.
    Mine {
        /// The bond that it is shared in.
        bond: BondId,
        /// Whose.
        owner: PersonId,
    },
    /// What both partners write.
    Joint {
        /// The bond that it belongs to.
        bond: BondId,
    },
}

impl Place {
    /// The place that a log of `person` writes.
    pub fn of(space: Space, bond: Option<BondId>, person: PersonId) -> Option<Self> {
        match (space, bond) {
            (Space::Private, None) => Some(Self::Private { owner: person }),
            (Space::Mine, Some(bond)) => Some(Self::Mine { bond, owner: person }),
            (Space::Joint, Some(bond)) => Some(Self::Joint { bond }),
            _ => None,
        }
    }

    /// The space as people see it.
    pub const fn space(&self) -> Space {
        match self {
            Self::Private { .. } => Space::Private,
            Self::Mine { .. } => Space::Mine,
            Self::Joint { .. } => Space::Joint,
        }
    }

    /// The bond, unless the place is private.
    pub const fn bond(&self) -> Option<BondId> {
        match self {
            Self::Private { .. } => None,
            Self::Mine { bond, .. } | Self::Joint { bond } => Some(*bond),
        }
    }

    /// The one person who writes here, unless both do.
    pub const fn owner(&self) -> Option<PersonId> {
        match self {
            Self::Private { owner } | Self::Mine { owner, .. } => Some(*owner),
            Self::Joint { .. } => None,
        }
    }

    /// May `person` write here?
    pub fn writable_by(&self, person: &PersonId) -> bool {
        self.owner().is_none_or(|owner| owner == *person)
    }
}

/// A document, named so that it can be found anywhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DocumentKey {
    /// Where it lives. A document never changes its place.
    pub place: Place,
    /// Its id there.
    pub id: DocumentId,
}

impl DocumentId {
    /// An id that every device of a couple derives alike, for documents that exist once (`name`) in a place.
    pub fn derive(name: &str, place: &Place) -> Self {
        let mut hasher = Hasher::new(Label::DerivedDocument);
        hasher.field(&[place.space().number()]);
        hasher.field(place.bond().as_ref().map_or(&[][..], |bond| bond.as_bytes()));
        hasher.field(place.owner().as_ref().map_or(&[][..], |owner| owner.as_bytes()));
        hasher.field(name.as_bytes());
        Self(hasher.finish().first())
    }
}

impl BondId {
    /// What a person's own devices know each other's keys under. No entry belongs to it.
    pub fn of_own_devices(person: &PersonId) -> Self {
        let mut hasher = Hasher::new(Label::OwnDevices);
        hasher.field(person.as_bytes());
        Self(hasher.finish().first())
    }
}

/// A 32-byte hash cut to what an id takes.
impl From<Hash> for LogId {
    fn from(hash: Hash) -> Self {
        Self(hash.first())
    }
}
