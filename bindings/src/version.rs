//! Which versions this library is, has and speaks.

use nightstand::version::{CATALOGUE, LIBRARY, PROTOCOL, SCHEMA, SYNONYMS};

/// Counts the landings after which an app that was written for the one before has to change its own code: a call, a record, a
/// field or a case of an enum went, has another name or another type; a list of cases that an app matches to the last has one
/// more; a call asks for something that it did without, or refuses what it did. Whatever an app may leave alone (a new call,
/// a new field or argument with a default, a text) does not raise it. One landing raises it once, however much it changes.
const BINDING: u32 = 2;

/// Versions, for a page on support and to see whether two parts fit.
#[derive(uniffi::Record)]
pub struct Version {
    /// Of the library, as in `1.4.0`.
    pub library: String,
    /// Of the calls that an app makes. It rises when an app has to change its own: when one of them went, is called
    /// otherwise, takes or gives something else, or has a case more to be matched; not by what is new and can be left alone.
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
