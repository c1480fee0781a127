//! A place where two phones that are rarely awake together leave each other sealed files.

use std::sync::Arc;
use std::time::Duration;

use nightstand::mailbox::{Folder, Storage as CoreStorage, StorageError as CoreStorageError};
use nightstand::sync::{MailboxReport, MailboxTrouble, SyncOutcome};

use crate::error::NightstandError;
use crate::sync::{Cancel, Sync};
use crate::work::{Held, apart};

/// A place of the app's own that keeps files under names, for `use_mailbox()`: a bucket, a server, a cloud drive, whatever both
/// phones reach. It is trusted with nothing: what lies there is sealed. It needs no lock, no order and no clock.
///
/// The calls are not async, so that each can wait for its answer: within a round they come from one thread of the core's, one after
/// the other. A call that takes longer than the round had time for is left to itself; its answer is not heard, and a later round
/// may call meanwhile. What is thrown that is no `StorageError` counts as `Unreachable`.
///
/// Names are of small letters, digits and `-`, at most 64 of them. A file is written once and never changed.
#[uniffi::export(foreign)]
pub trait Storage: Send + std::marker::Sync {
    /// Keeps a file. Under its name there is the whole of it afterwards or, after an error, nothing or what was there before.
    fn put(&self, name: String, bytes: Vec<u8>) -> Result<(), StorageError>;

    /// A file. Throw `TooLarge` if it has more than `most` bytes, and `Missing` if there is none.
    fn get(&self, name: String, most: u64) -> Result<Vec<u8>, StorageError>;

    /// The names of all files, in any order; others that lie there do no harm.
    fn list(&self) -> Result<Vec<String>, StorageError>;

    /// Deletes a file. That there is none is no error.
    fn delete(&self, name: String) -> Result<(), StorageError>;
}

/// Why a storage did not do what it was asked. The app throws it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, uniffi::Error)]
pub enum StorageError {
    /// There is nothing under that name.
    Missing,
    /// There is no room left in it.
    Full,
    /// It wants other credentials, or does not let this app in.
    Refused,
    /// It was not reached, or failed.
    Unreachable,
    /// What lies there is larger than was asked for.
    TooLarge,
}

impl core::fmt::Display for StorageError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        CoreStorageError::from(*self).fmt(f)
    }
}

impl core::error::Error for StorageError {}

/// What the app's own code throws is not looked at: it may quote what people wrote.
impl From<uniffi::UnexpectedUniFFICallbackError> for StorageError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unreachable
    }
}

impl From<StorageError> for CoreStorageError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Missing => Self::Missing,
            StorageError::Full => Self::Full,
            StorageError::Refused => Self::Refused,
            StorageError::Unreachable => Self::Unreachable,
            StorageError::TooLarge => Self::TooLarge,
        }
    }
}

/// A storage of the host's as one of the core's.
struct HostStorage(Held<dyn Storage>);

impl HostStorage {
    /// Asks the app. Where it wants no calls any more it is out of reach.
    fn ask<R>(
        &self,
        call: impl FnOnce(&(dyn Storage + 'static)) -> Result<R, StorageError>,
    ) -> Result<R, CoreStorageError> {
        Ok(self.0.call(call).unwrap_or(Err(StorageError::Unreachable))?)
    }
}

impl CoreStorage for HostStorage {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), CoreStorageError> {
        self.ask(|storage| storage.put(name.into(), bytes.to_vec()))
    }

    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, CoreStorageError> {
        self.ask(|storage| storage.get(name.into(), most))
    }

    fn list(&self) -> Result<Vec<String>, CoreStorageError> {
        self.ask(|storage| storage.list())
    }

    fn delete(&self, name: &str) -> Result<(), CoreStorageError> {
        self.ask(|storage| storage.delete(name.into()))
    }
}

/// A storage of the app's, as the core asks it.
pub(crate) fn storage(storage: Arc<dyn Storage>) -> Arc<dyn CoreStorage> {
    Arc::new(HostStorage(Held::new(storage)))
}

#[uniffi::export]
impl Sync {
    /// One round with a mailbox: takes in what others left, leaves what they lack, deletes what did its work. It goes on for this
    /// long at most, whatever the storage does; what is left then, the next round does. There is one round at a time: another waits
    /// for its turn. Use one mailbox.
    ///
    /// Whatever the storage does wrong is said in the report. Errors: `Cancelled`; `Refused` (`Removed`) where something there
    /// tells that this phone was removed; those of the vault. In every case what was committed stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn use_mailbox(
        &self,
        storage: Arc<dyn Storage>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<MailboxReport, NightstandError> {
        self.visit(self::storage(storage), within, cancel).await
    }

    /// The same with a folder that both phones reach, as one that a service copies between them. It has to be there; whatever else
    /// lies in it is left alone.
    ///
    /// Errors: as `use_mailbox()`.
    #[uniffi::method(default(cancel = None))]
    pub async fn use_mailbox_folder(
        &self,
        path: String,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<MailboxReport, NightstandError> {
        self.visit(Arc::new(Folder::new(path)), within, cancel).await
    }
}

impl Sync {
    pub(crate) async fn visit(
        &self,
        storage: Arc<dyn CoreStorage>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<MailboxReport, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        apart(move || vault.sync().use_mailbox(storage, within, &cancel)).await
    }
}

/// What a mailbox did not do.
#[uniffi::remote(Enum)]
pub enum MailboxTrouble {
    /// It is full.
    Full,
    /// It does not let this app in.
    Refused,
    /// It is not there, was not reached, did not answer in the time there was, or failed.
    Unreachable,
}

/// What a round with a mailbox moved.
#[uniffi::remote(Record)]
pub struct MailboxReport {
    /// `AllHandedOver` once each of the other devices has said that it has everything, and all that they said they have is here.
    pub outcome: SyncOutcome,
    /// What the mailbox did not do. What was done before stays, and the next round goes on from there.
    pub trouble: Option<MailboxTrouble>,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that were left in the mailbox.
    pub entries_left: u64,
    /// Files that can't be read as they are: half of them is there, or somebody changed them. They are tried again.
    pub damaged: u64,
    /// Files of a later version of the app. They are read once this one was updated.
    pub too_new: u64,
    /// What lies there builds on something that is not here and not there, or differs from what is here. What is lacking the
    /// other side is asked for through the mailbox; a direct sync settles either at once. Of what differs nothing is taken in,
    /// and of all else everything.
    pub missing: bool,
    /// Something was learned of this person's devices or of the partner's: worth another look at `devices()`.
    pub devices_changed: bool,
}
