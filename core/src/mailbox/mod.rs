//! Storage where two phones leave each other sealed files, for when they are never awake together.
//!
//! It may be any place that both reach and that keeps files under names: a folder that some service copies between devices, a
//! bucket, a server. It needs no lock, no order and no clock, and it is trusted with nothing: what lies there is sealed, named at
//! random and of few sizes. Whoever owns it can withhold or delete it, see when phones write and read and about how
//! much, and no more. One round of reading and writing is [`Sync::use_mailbox`](crate::sync::Sync::use_mailbox).
//!
//! [`Folder`] is one, [`http::HttpMailbox`] another; an app brings others by its own [`Storage`].

mod asking;
#[cfg(any(test, feature = "testing"))]
pub mod contract;
mod folder;
pub mod http;
#[cfg(feature = "object-store")]
mod objects;

pub(crate) use asking::{Asking, Turns};
pub use folder::Folder;
#[cfg(feature = "object-store")]
pub use {object_store, objects::ObjectStorage};

/// Why a storage did not do what it was asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum StorageError {
    /// There is nothing under that name.
    #[error("nothing under that name")]
    Missing,
    /// There is no room left in it.
    #[error("the storage is full")]
    Full,
    /// It wants other credentials, or does not let this app in.
    #[error("the storage refused")]
    Refused,
    /// It was not reached, or failed.
    #[error("the storage is out of reach")]
    Unreachable,
    /// What lies there is larger than was asked for.
    #[error("too large")]
    TooLarge,
}

/// A place that keeps files under names. Its calls may take their time: in a round they come one after the other from one
/// thread of its own, and the core holds nothing meanwhile. A call that lasts beyond the time of its round is left alone: its
/// answer is not heard, and a later round may call from another thread meanwhile.
///
/// Names are of small letters, digits and `-`. A file is written once and never changed.
pub trait Storage: Send + Sync {
    /// Keeps a file. Under its name there is the whole of it afterwards or, after an error, nothing or what was there before.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError>;
    /// A file, unless it has more than `most` bytes.
    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, StorageError>;
    /// The names of all files, those of others too.
    fn list(&self) -> Result<Vec<String>, StorageError>;
    /// Deletes a file. That there is none is no error.
    fn delete(&self, name: &str) -> Result<(), StorageError>;
}
