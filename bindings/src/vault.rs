//! A vault: one person's file on one phone.

pub mod inspect;

use std::sync::Arc;
use std::time::Duration;

use nightstand::error::{InvalidInput, NightstandError as CoreError};
use nightstand::vault::{Ended, OpenOptions, Paused, Vault as CoreVault};
use zeroize::Zeroizing;

use crate::care::Preferences;
use crate::error::NightstandError;
use crate::journal::Journal;
use crate::observe::{HostObserver, Observer, Subscription};
use crate::pairing::Pairing;
use crate::sync::Sync;
use crate::time::{Clock, HostClock};
use crate::work::{Desk, apart};

/// An open vault: one encrypted file, one person, one phone.
///
/// Every thread may use it. One process has a vault open at a time, and that once: anybody else is told `Locked` until it is
/// paused, closed, or its process has ended.
#[derive(uniffi::Object)]
pub struct Vault(Arc<Desk>);

/// For what is built on the binding, such as `nightstand-testing`.
impl Vault {
    /// A vault that was opened in some other way.
    pub fn from_core(vault: CoreVault) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self(Arc::new(Desk::new(vault)?))))
    }

    /// The core's own handle.
    pub fn core(&self) -> &CoreVault {
        self.0.vault()
    }
}

#[uniffi::export]
impl Vault {
    /// Opens the vault in this file; makes it if there is none.
    ///
    /// `key` is 32 random bytes that the app keeps in Keychain or Keystore. `install_mark` is 16 random bytes that it keeps
    /// where backups of the system don't reach: by them a vault notices that it was copied back in time. `clock` is asked for
    /// times to write down; without one, the system's is.
    ///
    /// Errors: `WrongKey`, `Locked`, `NewerVersion`, `Damaged`, `DiskFull`, `Io`, `InvalidInput` for a key of another length
    /// or another app's file. The file is never deleted or overwritten because of one.
    #[uniffi::constructor(default(clock = None))]
    pub async fn open(
        path: String,
        key: Vec<u8>,
        install_mark: Vec<u8>,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Arc<Self>, NightstandError> {
        let key = Zeroizing::new(key);
        let mut options = OpenOptions::new(path, bytes(&key)?, bytes(&install_mark)?);
        if let Some(clock) = clock {
            options = options.clock(Arc::new(HostClock(clock)));
        }
        apart(|| Self::from_core(CoreVault::open_with(options)?)).await
    }

    /// The journal.
    pub fn journal(&self) -> Arc<Journal> {
        Arc::new(Journal(Arc::clone(&self.0)))
    }

    /// Pairing with a partner.
    pub fn pairing(&self) -> Arc<Pairing> {
        Arc::new(Pairing(Arc::clone(&self.0)))
    }

    /// What the two want in the time after.
    pub fn preferences(&self) -> Arc<Preferences> {
        Arc::new(Preferences(Arc::clone(&self.0)))
    }

    /// Sync with the partner's phone.
    pub fn sync(&self) -> Arc<Sync> {
        Arc::new(Sync(Arc::clone(&self.0)))
    }

    /// Tells `observer` of every change from here on, until the answer is let go of or ended. The first call comes at once,
    /// so that a screen draws itself the same way the first time and every other time.
    ///
    /// Errors: `Internal` if the system gives no thread to call from.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Arc<Subscription>, NightstandError> {
        Ok(Arc::new(Subscription::new(self.0.vault().observe(Arc::new(HostObserver(observer)))?)))
    }

    /// Lets go of the file: calls under way have until `within` to finish and are cut off then, and the write-ahead log goes
    /// into the file. Until `resume` every call is told `Paused`. A time beyond what the system's clock can hold is no limit.
    ///
    /// Call it when the app goes to the background: iOS ends an app that is suspended while it holds a lock on a file in a
    /// shared container. Nothing is lost if the system does not leave the time.
    pub async fn pause(&self, within: Duration) -> Result<Paused, NightstandError> {
        self.0.live(move |vault| vault.pause(within)).await
    }

    /// Takes the file up again after a pause. Does nothing in an open vault.
    ///
    /// Errors: `Locked` while somebody else has the file, `NotFound` if it is gone; the vault then stays paused.
    pub async fn resume(&self) -> Result<(), NightstandError> {
        self.0.live(CoreVault::resume).await
    }

    /// Closes the vault on all its handles, after the calls that are under way, and forgets the key. Every later call is told
    /// `Closed`. In Kotlin it is `shut()`, since `close()` there lets go of the handle.
    pub async fn close(&self) -> Result<(), NightstandError> {
        self.0.live(CoreVault::close).await
    }
}

pub(crate) fn bytes<const N: usize>(given: &[u8]) -> Result<[u8; N], CoreError> {
    given.try_into().map_err(|_| CoreError::InvalidInput { what: InvalidInput::Key })
}

/// What a pause did to the calls that were under way.
#[uniffi::remote(Record)]
pub struct Paused {
    /// What became of a call that wrote.
    pub writing: Ended,
    /// What became of a call that read.
    pub reading: Ended,
}

/// How a call ended.
#[uniffi::remote(Enum)]
pub enum Ended {
    /// By itself, or there was none.
    Finished,
    /// It was cut off: nothing of it was written, and its caller is told `Paused`.
    Cut,
}
