//! Vaults that leave nothing behind.

use std::path::PathBuf;
use std::sync::Arc;

use nightstand::error::{IoKind, NightstandError as CoreError};
use nightstand::vault::{Clock, Disk, OpenOptions, Vault as CoreVault};
use nightstand_ffi::error::NightstandError;
use nightstand_ffi::vault::Vault;
use nightstand_ffi::work::apart;
use tempfile::TempDir;

use crate::clock::{TestClock, or_sunday};

/// A new vault in a folder of its own, which is removed when the last handle on the vault has gone. A process that is killed
/// leaves the folder to the system.
///
/// `seed` determines its key, its ids and what it sends: give each phone of a test another one. Without a `clock` it is a
/// Sunday evening. The folder is made in `parent`, or else where the system keeps such things; on Android an app has to name
/// its `cacheDir`.
#[uniffi::export(default(clock = None, parent = None))]
pub async fn scratch_vault(
    seed: u64,
    clock: Option<Arc<TestClock>>,
    parent: Option<String>,
) -> Result<Arc<Vault>, NightstandError> {
    apart(move || Vault::from_core(open(seed, &or_sunday(clock), parent.map(PathBuf::from))?)).await
}

/// How much room a vault's disk has.
#[uniffi::remote(Enum)]
pub enum Disk {
    /// As much as there really is.
    Roomy,
    /// None: whatever would write is told `DiskFull`, and nothing of it is written.
    Full,
}

/// As if the vault's disk were full, or had room, until it is said otherwise or the vault is paused.
#[uniffi::export]
pub async fn set_disk(vault: Arc<Vault>, disk: Disk) -> Result<(), NightstandError> {
    apart(move || vault.core().set_disk(disk)).await
}

pub(crate) fn open(seed: u64, clock: &Arc<TestClock>, parent: Option<PathBuf>) -> Result<CoreVault, CoreError> {
    let parent = parent.unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::Builder::new().prefix("nightstand-").tempdir_in(parent);
    let folder = folder.map_err(|_| CoreError::Io(IoKind::NoAccess))?;
    let path = folder.path().join("vault.db");
    let options = OpenOptions::new(path, derive(seed, b'k'), derive(seed, b'm'))
        .seed(derive(seed, b's'))
        .clock(Arc::new(Tenant { clock: Arc::clone(clock), _folder: folder }));
    CoreVault::open_with(options)
}

/// What the number stands for.
fn derive<const N: usize>(seed: u64, what: u8) -> [u8; N] {
    let mut bytes = [what; N];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes
}

/// Keeps the folder for as long as the vault keeps its clock, which is the last thing that it lets go of.
struct Tenant {
    clock: Arc<TestClock>,
    _folder: TempDir,
}

impl Clock for Tenant {
    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}
