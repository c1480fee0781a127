//! An archive: all that a vault holds, Private too, kept up to date on a storage that is this person's alone, for the day on which
//! nothing is left but the recovery phrase.
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! # let (vault, new_vault): (nightstand::vault::Vault, nightstand::vault::Vault) = unimplemented!();
//! # let (words, storage): (&str, std::sync::Arc<dyn nightstand::mailbox::Storage>) = unimplemented!();
//! use nightstand::sync::Cancel;
//! use std::time::Duration;
//!
//! let minute = Duration::from_secs(60);
//! vault.archive().set_up(words)?;                                       // one time
//! vault.archive().write(storage.clone(), minute, &Cancel::new())?;      // now and then, without the words
//!
//! // … every phone is gone. On a new one, in a vault in which nothing was written:
//! new_vault.archive().restore(storage, words, minute, &Cancel::new(), &mut |_| true)?;
//! new_vault.devices().list_this(words, "New phone")?;
//! # Ok(())
//! # }
//! ```
//!
//! # What lies there
//!
//! ```text
//! name   := "archive-" lane(32 hex digits) "-" number(10 digits)        a volume
//! volume := what a backup is (see super::backup), sealed to the phrase's key, without `readable`
//! ```
//!
//! A **volume** holds the entries since the end of the volume before it, the person's signed lists of devices, and what imports have
//! brought, filled up so that its size is one of few. Readable copies are left out: they would be written anew with each. Each
//! device writes a **lane** of its own, in one after the other; nobody else writes there, so there is no lock. A lane that is
//! complete can be restored from by itself.
//!
//! A lane is begun anew under a new install mark, when volumes are gone, when they are many, and when something that they may hold was
//! deleted: then at most once a day, so that deleting is no upload each time. The old lane stays until the new one is complete, and
//! for good where it goes on beyond what this device knows to be in it: another phone writes there, or did, and that is not here.
//!
//! Private is in it. While that is locked, the rest is written, and Private once it is unlocked.
//!
//! # Who can do what
//!
//! Whoever owns the storage sees when and about how much is written. With the 24 words they read everything, as a backup that is
//! sealed to the words opens with them; without, nothing. They can delete, keep back and put back older states. They can't make up
//! a volume: the key to seal to is not in what lies there, and leaves the phone in no form. So each device is set up by itself.

mod restore;
#[cfg(test)]
mod tests;
mod write;

use super::backup::envelope;
use super::phrase::root_of;
use crate::error::NightstandError;
use crate::store::{ArchiveLane, ArchiveState};
use crate::sync::MailboxTrouble;
use crate::vault::Vault;

/// What a round of writing did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ArchiveReport {
    /// Everything that could be written stands there.
    pub is_complete: bool,
    /// Private was locked, and what is new in it is not there yet.
    pub private_waits: bool,
    /// Entries of logs (one per change, so an edit is one too) that were written.
    pub entries_written: u64,
    /// What the storage did not do. What was done before stays, and the next round goes on from there.
    pub trouble: Option<MailboxTrouble>,
}

/// What an archive brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ArchiveRestored {
    /// Entries of logs. With none, nothing has changed here.
    pub entries: u64,
    /// Private was in it.
    pub with_private: bool,
    /// When its newest volume was written, by the clock of the phone that wrote it: milliseconds since 1970.
    pub made_ms: i64,
    /// Nothing of it was missing or damaged.
    pub is_whole: bool,
    /// What the storage did not do. Then nothing has changed here.
    pub trouble: Option<MailboxTrouble>,
}

/// The archive of a vault.
///
/// A small handle; get one from [`Vault::archive`].
#[derive(Clone)]
pub struct Archive {
    vault: Vault,
}

impl Vault {
    /// This vault's archive.
    pub fn archive(&self) -> Archive {
        Archive { vault: self.clone() }
    }
}

impl Archive {
    /// Makes [`Self::write`] possible from here on. `words` are the recovery phrase; what is kept of them can only seal.
    ///
    /// Errors: `InvalidInput` for words that are not this vault's phrase.
    pub fn set_up(&self, words: &str) -> Result<(), NightstandError> {
        let recipient = envelope::recipient_line(&root_of(&self.vault, words)?)?;
        self.vault.write(|tx| {
            let state = tx.rows().archive()?.unwrap_or_default();
            Ok(tx.put_archive(Some(&ArchiveState { recipient, ..state }))?)
        })
    }

    /// Was it set up on this device?
    pub fn is_set_up(&self) -> Result<bool, NightstandError> {
        self.vault.read(|rows, _| Ok(rows.archive()?.is_some()))
    }

    /// Nothing is written from here on. What lies in the storage stays there: it may be all there is one day, so it goes by hand.
    pub fn turn_off(&self) -> Result<(), NightstandError> {
        self.vault.write(|tx| Ok(tx.put_archive(None)?))
    }
}

/// Where a volume lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct VolumeName {
    lane: ArchiveLane,
    number: u64,
}

const BEGINNING: &str = "archive-";

impl VolumeName {
    fn to_text(self) -> String {
        format!("{BEGINNING}{}-{:010}", data_encoding::HEXLOWER.encode(&self.lane), self.number)
    }

    /// None for whatever else lies there.
    fn parse(text: &str) -> Option<Self> {
        let (lane, number) = text.strip_prefix(BEGINNING)?.split_once('-')?;
        let lane = data_encoding::HEXLOWER.decode(lane.as_bytes()).ok()?.try_into().ok()?;
        let digits = number.len() == 10 && number.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.then(|| number.parse().ok())?.filter(|number| *number > 0)?;
        Some(Self { lane, number })
    }
}
