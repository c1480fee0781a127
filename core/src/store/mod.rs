//! The vault's file: one SQLCipher database that holds everything a phone knows.
//!
//! The engine decides, the store keeps rows. [`Writer`] is the engine's [`Store`](nightstand_engine::store::Store) and
//! [`StoreTx`] its transaction; lists and screens read [`Rows`] through a connection of their own, which never waits for the
//! writer.
//!
//! ```text
//! file         opens connections: key, settings, whose file it is, what a failure to read means
//! schema       the tables' version, and the steps that lead to it
//! migration    taking an earlier file through them, in a copy
//! rows         reading: one view of the file
//! transaction  writing: one transaction, and what its commit sets off (commits, burial)
//! private      Private under a second key
//! segments     entries that arrived long ago
//! places · logs · entries · documents · burial · received · peers · identity · meta      rows, one concern a file
//! derived · search                                                            what lists read instead of documents
//! salvage      what is whole in a damaged file
//! ```
//!
//! `schema.sql` explains the tables, `docs/storage.md` the whole.

mod archive;
mod aside;
mod burial;
mod commits;
mod derived;
mod devices;
#[cfg(feature = "testing")]
mod disk;
mod documents;
mod entries;
mod error;
mod file;
mod identity;
mod imported;
mod logs;
mod mailbox;
mod meta;
mod migration;
mod parting;
mod peers;
mod places;
mod private;
mod randomness;
mod received;
mod records;
mod rows;
mod salvage;
mod schema;
mod search;
mod segments;
mod transaction;
mod unconfirmed;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use archive::{ArchiveLane, ArchiveState};
pub(crate) use aside::Aside;
pub(crate) use commits::{CommitWatch, Commits, Committed};
pub(crate) use devices::{OwnDeviceRow, PrivateFor, RosterChange};
#[cfg(feature = "testing")]
pub use disk::Disk;
pub(crate) use documents::Living;
pub(crate) use error::StoreError;
pub(crate) use file::{Access, Creation, Header, header, private_path};
pub(crate) use migration::{Renewal, Told, copy_of, migrate, needed_bytes, remove};
pub(crate) use peers::{BondRow, BondState};
pub(crate) use private::Private;
pub(crate) use randomness::Randomness;
pub(crate) use records::{Hand, RecordRow, Records};
pub(crate) use rows::{Cut, Layout, Reader, Rows};
pub(crate) use schema::VERSION;
pub(crate) use transaction::{StoreTx, Writer};
pub(crate) use unconfirmed::Answer;
