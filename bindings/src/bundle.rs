//! What the other phone lacks, as one sealed file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use nightstand::sync as core;
use nightstand::sync::{BundleExtent, BundleFor, BundleOutcome, BundleReport};

use crate::error::NightstandError;
use crate::sync::{Cancel, Sync};
use crate::work::apart;

#[uniffi::export]
impl Sync {
    /// Makes a bundle: what the other side lacks, as the bytes of one sealed file, for a share sheet or whatever means there is.
    /// Nothing is marked as sent by it, since it may get lost; the next one holds the same and what is new. When the time is over
    /// it is cut there.
    ///
    /// Errors: `NotPaired`, also for one's own devices while there is no other; `Refused` (`Device`) while no device is known that
    /// could open it; `Cancelled`.
    #[uniffi::method(default(cancel = None))]
    pub async fn make_bundle(
        &self,
        whose: BundleFor,
        extent: BundleExtent,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<Bundle, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        apart(move || Ok(vault.sync().make_bundle(whose, extent, within, &cancel)?.into())).await
    }

    /// Makes a bundle and writes it to a new file. True if it is cut, as `Bundle.is_cut` says it.
    ///
    /// Errors: as `make_bundle()`; `InvalidInput` (`FileExists`), `DiskFull`, `Io`, and no file is left.
    #[uniffi::method(default(cancel = None))]
    pub async fn write_bundle(
        &self,
        whose: BundleFor,
        extent: BundleExtent,
        path: String,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<bool, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        apart(move || vault.sync().write_bundle(whose, extent, &PathBuf::from(path), within, &cancel)).await
    }

    /// Takes a bundle in. What it brought is on disk when this returns. Bundles may come in any order, and more than once: what is
    /// here already is passed over. Who made it hears nothing of it until the phones talk.
    ///
    /// Errors: `Refused` (`Bytes`) for what was changed or cut off; `Refused` (`Device`) for the bundle of a device that is not
    /// listed any more; `Refused` (`Removed`) if it tells that this phone was removed; `PeerTooNew`; `TooLarge`; `Cancelled`. What
    /// came before the fault stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn take_bundle(
        &self,
        bytes: Vec<u8>,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<BundleReport, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        apart(move || vault.sync().take_bundle(&bytes, within, &cancel)).await
    }

    /// Takes in a bundle that lies in a file, which stays.
    ///
    /// Errors: as `take_bundle()`; `NotFound` and `Io` for a file that can't be read.
    #[uniffi::method(default(cancel = None))]
    pub async fn read_bundle(
        &self,
        path: String,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<BundleReport, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        apart(move || vault.sync().read_bundle(&PathBuf::from(path), within, &cancel)).await
    }
}

/// Whose devices a bundle is for.
#[uniffi::remote(Enum)]
pub enum BundleFor {
    /// The partner's.
    Partner,
    /// This person's other devices. What is private does not go with it.
    OwnDevices,
}

/// How much a bundle holds.
#[uniffi::remote(Enum)]
pub enum BundleExtent {
    /// What its readers lack, as far as is known from the last time that each of them and this phone talked.
    SinceLastSync,
    /// Everything, for a reader that has lost something or was never met.
    Everything,
}

/// A sealed file.
#[derive(uniffi::Record)]
pub struct Bundle {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// There was more than fits into 64 MiB or was made in time, or something that can't go yet. The next sync, or a bundle
    /// after it, brings the rest.
    pub is_cut: bool,
}

impl From<core::Bundle> for Bundle {
    fn from(bundle: core::Bundle) -> Self {
        Self { bytes: bundle.bytes, is_cut: bundle.is_cut }
    }
}

/// How the taking in of a bundle ended.
#[uniffi::remote(Enum)]
pub enum BundleOutcome {
    /// All that it holds is here.
    AllHere,
    /// It builds on what is not here. A bundle with everything helps, or a direct sync.
    EarlierMissing,
    /// Something in it differs from what is here, or waits for this person's word: that was left out, and the rest is here. A direct
    /// sync settles what differs; what waits for a word is in the list of devices.
    TalkNeeded,
    /// It is not sealed to this phone, or its outside is damaged. It may have been made before the other phone knew this one.
    NotForThisPhone,
    /// The time was over. What came is here; taken in again, it goes on from there.
    OutOfTime,
}

/// What a bundle brought.
#[uniffi::remote(Record)]
pub struct BundleReport {
    /// How it ended.
    pub outcome: BundleOutcome,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that came, are kept and can't be used by this version.
    pub set_aside: u64,
    /// All that it holds is here, and its maker had more than went into it: a sync, or a bundle after it, brings the rest.
    pub is_cut: bool,
    /// Something was learned of this person's devices or of the partner's: worth another look at `devices()`.
    pub devices_changed: bool,
}
