//! How a vault is opened.

use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Clock, SystemClock};
use crate::error::NightstandError;
use crate::store::Randomness;

/// What a vault is opened with. The key is wiped from memory when it is closed or dropped.
pub struct OpenOptions {
    pub(super) path: PathBuf,
    pub(super) key: Zeroizing<[u8; 32]>,
    pub(super) install_mark: [u8; 16],
    pub(super) clock: Arc<dyn Clock>,
    seed: Option<Zeroizing<[u8; 32]>>,
}

impl OpenOptions {
    /// A file, its key and the install mark; see [`Vault::open`](super::Vault::open). The clock is the system's.
    pub fn new(path: impl Into<PathBuf>, key: [u8; 32], install_mark: [u8; 16]) -> Self {
        let (path, key) = (path.into(), Zeroizing::new(key));
        Self { path, key, install_mark, clock: Arc::new(SystemClock), seed: None }
    }

    /// Asks this clock for the time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
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
