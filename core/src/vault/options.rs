//! How a vault is opened.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Clock, SystemClock};
use crate::error::NightstandError;
use crate::log::{Level, LogSink};
use crate::progress::ProgressReport;
use crate::store::{Randomness, Told};

/// What a vault is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Purpose {
    /// The app in use: everything. A file of an earlier version is brought up to date first, a file that is not there is made.
    #[default]
    Use,
    /// Work in the background, which has no time for a migration: [`MigrationNeeded`](NightstandError::MigrationNeeded) if the
    /// file needs one, [`NotFound`](NightstandError::NotFound) if there is none.
    Background,
    /// Looking, as an extension or a widget does: nothing is ever written, and it may be beside somebody who has the vault
    /// open. Who writes is not heard of: read again. Every call that writes is told [`ReadOnly`](NightstandError::ReadOnly).
    /// `MigrationNeeded` and `NotFound` as in the background.
    Read,
}

/// What a vault is opened with. The key is wiped from memory when it is closed or dropped.
pub struct OpenOptions {
    pub(super) path: PathBuf,
    pub(super) key: Zeroizing<[u8; 32]>,
    pub(super) install_mark: [u8; 16],
    pub(super) clock: Arc<dyn Clock>,
    pub(super) purpose: Purpose,
    pub(super) migrating: Box<Told<'static>>,
    pub(super) log: Option<(Level, Arc<dyn LogSink>)>,
    seed: Option<Zeroizing<[u8; 32]>>,
}

impl OpenOptions {
    /// A file, its key and the install mark; see [`Vault::open`](super::Vault::open). The clock is the system's.
    pub fn new(path: impl Into<PathBuf>, key: [u8; 32], install_mark: [u8; 16]) -> Self {
        let (path, key) = (path.into(), Zeroizing::new(key));
        let migrating = Box::new(|_| ControlFlow::Continue(()));
        Self {
            path,
            key,
            install_mark,
            clock: Arc::new(SystemClock),
            purpose: Purpose::Use,
            migrating,
            log: None,
            seed: None,
        }
    }

    /// Opens it for this.
    pub fn purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Tells how far a migration is, if the vault needs one, and asks whether to go on. On a break the opening fails with
    /// [`Cancelled`](NightstandError::Cancelled), and the file is as it was.
    pub fn migrating(mut self, told: impl FnMut(ProgressReport) -> ControlFlow<()> + Send + 'static) -> Self {
        self.migrating = Box::new(told);
        self
    }

    /// Asks this clock for the time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Says to this sink what the vault does, down to this level; see [`log`](crate::log).
    pub fn log(mut self, level: Level, sink: Arc<dyn LogSink>) -> Self {
        self.log = Some((level, sink));
        self
    }

    /// Draws all ids and keys from this seed. For tests and previews alone: whoever knows the seed knows every secret of
    /// the vault.
    pub fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(Zeroizing::new(seed));
        self
    }

    pub(super) fn randomness(&self) -> Result<Randomness, NightstandError> {
        match &self.seed {
            Some(seed) => Ok(Randomness::from_seed(**seed)),
            None => Ok(Randomness::from_system()?),
        }
    }
}

impl core::fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OpenOptions")
    }
}
