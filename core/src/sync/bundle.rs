//! What the other phone lacks as one sealed file: for AirDrop, a share sheet or a stick.
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! use nightstand::sync::{BundleExtent, BundleFor, BundleOutcome, Cancel};
//! use std::time::Duration;
//!
//! # let (alex, sam): (nightstand::vault::Vault, nightstand::vault::Vault) = unimplemented!();
//! let (within, cancel) = (Duration::from_secs(20), Cancel::new());
//! let bundle = alex.sync().make_bundle(BundleFor::Partner, BundleExtent::SinceLastSync, within, &cancel)?;
//! // … the file changes hands …
//! let report = sam.sync().take_bundle(&bundle.bytes, within, &cancel)?;
//! if report.outcome == BundleOutcome::EarlierMissing {
//!     // Ask for one with `BundleExtent::Everything`, or let the two phones talk once.
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A bundle holds everything that was written since the two phones last talked, both people's, and nothing private. It can be
//! opened by the devices that the other person lists and whose keys are known here, and by nobody else, and it shows them who
//! made it. Anybody can see about how large it is.
//!
//! Bundles can be taken in in any order, and again: what is here already is passed over. Making one changes nothing, and taking
//! one in tells the other side nothing: until the phones talk, the next bundle holds all that this one did. A
//! bundle that was opened once can be opened again by whoever gets hold of that phone's keys: it is not forward secret.

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::parcel::{Cut, Head, Missing, PARCEL_BYTES};
use nightstand_engine::random::{self, Seeded};
use nightstand_engine::store::{Store, Transaction};
use nightstand_engine::vector::{self, VersionVector};

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use super::conversation::let_go_of_what_faded;
use super::parcels::{Channel, Opened};
use super::{Cancel, Sync};
use crate::cancel::Until;
use crate::error::{NightstandError, Refused};
use crate::names::names;
use crate::new_file::{new_file, written};
use crate::vault::Vault;

/// No bundle has more bytes, with what it is filled up with.
const MOST_BYTES: u64 = (PARCEL_BYTES + PARCEL_BYTES / 8) as u64;

/// Whose devices a bundle is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BundleFor {
    /// The partner's.
    Partner,
    /// This person's other devices. Private does not go with it.
    OwnDevices,
}

names!(BundleFor { Self::Partner = "partner", Self::OwnDevices = "own-devices" });

/// How much a bundle holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BundleExtent {
    /// What its readers lack, as far as is known from the last time that each of them and this phone talked.
    SinceLastSync,
    /// Everything, for a reader that has lost something or was never met.
    Everything,
}

names!(BundleExtent { Self::SinceLastSync = "since-last-sync", Self::Everything = "everything" });

/// A sealed file.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// There was more than fits into 64 MiB or was made in time, or something that can't go yet. The next sync, or a bundle
    /// after it, brings the rest.
    pub is_cut: bool,
    /// All that was sealed, as it was before.
    #[cfg(feature = "recording")]
    pub recorded: Vec<Vec<u8>>,
}

impl core::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Bundle({} bytes)", self.bytes.len())
    }
}

/// How the taking in of a bundle ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
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

names!(BundleOutcome {
    Self::AllHere = "all-here",
    Self::EarlierMissing = "earlier-missing",
    Self::TalkNeeded = "talk-needed",
    Self::NotForThisPhone = "not-for-this-phone",
    Self::OutOfTime = "out-of-time",
});

/// What a bundle brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BundleReport {
    /// How it ended.
    pub outcome: BundleOutcome,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that came, are kept and can't be used by this version.
    pub set_aside: u64,
    /// All that it holds is here, and its maker had more than went into it: a sync, or a bundle after it, brings the rest.
    pub is_cut: bool,
    /// Something was learned of this person's devices or of the partner's.
    pub devices_changed: bool,
}

impl Sync {
    /// Makes a bundle. Nothing is marked as sent by it: it may get lost. When the time is over it is cut there.
    ///
    /// Errors: `NotPaired` while the bond is not held by both, or without another own device; `Refused(Device)` while no
    /// device is known that could open it; `Cancelled`.
    pub fn make_bundle(
        &self,
        whose: BundleFor,
        extent: BundleExtent,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<Bundle, NightstandError> {
        let (vault, until) = (&self.vault, Until::new(within, cancel));
        let_go_of_what_faded(vault);
        let channel = match whose {
            BundleFor::Partner => Channel::with_partner(vault)?,
            BundleFor::OwnDevices => Channel::with_own_devices(vault)?.ok_or(NightstandError::NotPaired)?,
        };
        if !channel.is_held() {
            return Err(NightstandError::NotPaired);
        }
        if channel.readers().is_empty() {
            return Err(NightstandError::Refused(Refused::Device));
        }
        let base = match extent {
            BundleExtent::SinceLastSync => agreed_by_all(vault, &channel)?,
            BundleExtent::Everything => VersionVector::default(),
        };
        let mut outbox = Outbox::new(&base, BTreeSet::new());
        if extent == BundleExtent::Everything {
            outbox.send_whole();
        }
        let mut random = Seeded::new(random::make_bytes(&mut vault.randomness()));
        let head = Head { base, ..Head::default() };
        let cut = Cut { most: PARCEL_BYTES, goes_on: &|| until.goes_on().unwrap_or(false) };
        let made = channel.make(vault, head, &mut outbox, &cut, &mut random)?;
        until.goes_on()?;
        Ok(Bundle {
            is_cut: !made.complete || outbox.held_back(),
            #[cfg(feature = "recording")]
            recorded: made.recorded().map(<[u8]>::to_vec).collect(),
            bytes: made.bytes,
        })
    }

    /// Makes a bundle and writes it to a new file. `true` if it is cut: see [`Bundle::is_cut`].
    ///
    /// Errors: as [`Self::make_bundle`]; `InvalidInput(FileExists)`, `DiskFull`, `Io`, and no file is left.
    pub fn write_bundle(
        &self,
        whose: BundleFor,
        extent: BundleExtent,
        path: &Path,
        within: Duration,
        cancel: &Cancel,
    ) -> Result<bool, NightstandError> {
        let bundle = self.make_bundle(whose, extent, within, cancel)?;
        new_file(path, |mut file| {
            file.write_all(&bundle.bytes).and_then(|()| file.sync_all()).map_err(written)?;
            Ok(bundle.is_cut)
        })
    }

    /// Takes a bundle in. What it brought is on disk when this returns; after an error, what came before the fault is.
    ///
    /// Errors: `Refused(Bytes)` for what was changed or cut off, `Refused(Device)` for the bundle of a device that is not
    /// listed any more, `Refused(Removed)` if it tells that this phone was removed, `PeerTooNew`, `TooLarge`, `Cancelled`.
    pub fn take_bundle(
        &self,
        bytes: &[u8],
        within: Duration,
        cancel: &Cancel,
    ) -> Result<BundleReport, NightstandError> {
        let until = Until::new(within, cancel);
        let mut report = BundleReport {
            outcome: BundleOutcome::NotForThisPhone,
            entries_received: 0,
            set_aside: 0,
            is_cut: false,
            devices_changed: false,
        };
        until.goes_on()?;
        let Some(opened) = Opened::open(&self.vault, bytes)? else { return Ok(report) };
        if opened.introduced.head.place.is_some() {
            return Err(NightstandError::Refused(Refused::Bytes));
        }
        report.devices_changed = !opened.introduced.rosters.is_empty() || opened.introduced.circle.is_some();
        let (taken, asks) = opened.take_in(&self.vault, &until)?;
        report.devices_changed |= asks;
        report.entries_received = taken.batches.iter().map(|batch| batch.entries).sum();
        report.set_aside = taken.batches.iter().map(|batch| batch.set_aside).sum();
        report.outcome = match taken.missing {
            None => BundleOutcome::AllHere,
            Some(Missing::Earlier) => BundleOutcome::EarlierMissing,
            Some(Missing::Talk) => BundleOutcome::TalkNeeded,
            Some(Missing::Time) => {
                until.goes_on()?;
                BundleOutcome::OutOfTime
            }
        };
        report.is_cut = taken.missing.is_none() && !taken.complete;
        Ok(report)
    }

    /// Takes in a bundle that lies in a file, which stays.
    ///
    /// Errors: as [`Self::take_bundle`]; `NotFound` and `Io` for a file that can't be read.
    pub fn read_bundle(&self, path: &Path, within: Duration, cancel: &Cancel) -> Result<BundleReport, NightstandError> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(written)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(NightstandError::TooLarge);
        }
        self.take_bundle(&bytes, within, cancel)
    }
}

/// What each of the readers has said it has, when it last talked with this phone. One that never did may have nothing.
fn agreed_by_all(vault: &Vault, channel: &Channel) -> Result<VersionVector, NightstandError> {
    vault.with_store(|store| {
        let tx = store.begin()?;
        let mut vectors = Vec::new();
        for reader in channel.readers() {
            vectors.push(tx.agreed(&reader.noise_key)?.into_iter().next().unwrap_or_default());
        }
        Ok(vector::common(vectors))
    })
}
