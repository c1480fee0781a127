//! Which versions this library is, has and speaks.

use nightstand::version::{CATALOGUE, LIBRARY, PROTOCOL, SCHEMA, SYNONYMS};

/// What the names and shapes here are counted by. It rises with every change that an app has to follow.
const BINDING: u32 = 1;

/// Versions, for a page on support and to see whether two parts fit.
#[derive(uniffi::Record)]
pub struct Version {
    /// Of the library, as in `1.4.0`.
    pub library: String,
    /// Of the calls that an app makes. It rises when an app has to change its own.
    pub binding: u32,
    /// Newest one that it speaks with another phone.
    pub protocol: u64,
    /// Of the tables in a vault's file. An older file is migrated when it is opened, a newer one is not opened.
    pub schema: u32,
    /// Of the built-in activities. It rises when some are added or what is said of them changes.
    pub catalogue: u32,
    /// Of the words that search takes for each other. It rises with every change of what is found.
    pub synonyms: u32,
}

/// The versions of this library.
#[uniffi::export]
pub fn version() -> Version {
    Version {
        library: LIBRARY.into(),
        binding: BINDING,
        protocol: PROTOCOL,
        schema: SCHEMA,
        catalogue: CATALOGUE,
        synonyms: SYNONYMS,
    }
}
