//! Which versions this library is, has and speaks.

use crate::care::catalogue;
use crate::journal::synonyms;
use crate::store;

/// Of this library.
pub const LIBRARY: &str = env!("CARGO_PKG_VERSION");

/// The newest one that it speaks with another phone.
pub const PROTOCOL: u64 = nightstand_engine::session::VERSIONS.1;

/// Of the built-in activities.
pub const CATALOGUE: u32 = catalogue::VERSION;

/// Of the words that search takes for each other.
pub const SYNONYMS: u32 = synonyms::VERSION;

/// Of the tables in a vault's file.
pub const SCHEMA: u32 = store::VERSION;
