//! A backup: all that a vault holds in one file, which opens with a passphrase or with the recovery phrase.
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! # let (vault, new_vault): (nightstand::vault::Vault, nightstand::vault::Vault) = unimplemented!();
//! use nightstand::recovery::backup::{BackupExtent, BackupKey};
//!
//! let key = BackupKey::Passphrase("four quiet yellow boats");
//! vault.backup().write("nightstand.age".as_ref(), &key, BackupExtent::Everything, &mut |_| true)?;
//!
//! // … the phone is gone. On another one, in a vault in which nothing was written:
//! new_vault.backup().restore("nightstand.age".as_ref(), &key, &mut |_| true)?;
//! # Ok(())
//! # }
//! ```
//!
//! # What it is
//!
//! One file in the format of [age](https://age-encryption.org/v1), version 1: `age -d` opens it. Enclosed is tar:
//!
//! | file | what |
//! |---|---|
//! | `README.txt` | says what this is |
//! | `backup.json` | its version, whose vault it is, that person's signed lists of devices, whom they are paired with |
//! | `entries/000001.zst` … | every log's entries in the order in which they came, as own devices send them to each other (see `nightstand_engine::batch`), each change as Automerge writes it; restoring reads these |
//! | `imported/000001` … | what imports have brought, 16 bytes of a hash each, so that what was deleted since is not brought again |
//! | `readable/000001.jsonl.zst` … | every document as it reads at present, one JSON object a line, for whoever has no Nightstand; restoring passes it over |
//!
//! Documents are kept as their changes and not as Automerge saves them, since a saved document of 186 bytes can ask for 763 MB
//! before anything of it can be checked; a change is checked before it is applied. So a backup is taken in by the same code that
//! takes in what comes from elsewhere, with the same limits.
//!
//! # What it does not hold
//!
//! No key of the vault, of the device, of a bond, none under which own devices vouch for their logs, no recovery phrase and no
//! install mark. Who opens it can read everything and be nobody: neither the device that made it, nor any other of that person.
//!
//! # What comes of restoring
//!
//! The phone is a new device of the same person. It writes logs of its own, so a backup that is restored on two phones forks
//! nothing. What it writes stays on it, until the person lists it among their devices with their recovery phrase
//! ([`Devices::list_this`](crate::devices::Devices::list_this)); then it goes on with the partner and with other own devices as if
//! it had been linked. Without the phrase it reads and writes everything, and hands nothing to anybody: a passphrase alone must
//! not make anybody a device of this person.
//!
//! Nothing is read-only meanwhile: whoever has lost a phone should find their journal as it was, and what they write before the
//! phrase turns up goes over then.

pub(super) mod envelope;
pub(super) mod manifest;
mod readable;
pub(super) mod restore;
pub(super) mod tar;
#[cfg(test)]
mod tests;
pub(super) mod write;

use zeroize::Zeroizing;

use super::phrase::root_of;
use crate::error::NightstandError;
use crate::vault::Vault;

/// The version of what is enclosed. A higher one is refused.
pub(crate) const VERSION: u32 = 1;

/// What opens a backup.
#[derive(Clone, Copy)]
pub enum BackupKey<'a> {
    /// A passphrase, stretched with scrypt: it takes a second or so, and 128 MiB of memory meanwhile.
    Passphrase(&'a str),
    /// The 24 words of the recovery phrase. What they open it with can do nothing else.
    Phrase(&'a str),
}

impl core::fmt::Debug for BackupKey<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BackupKey(…)")
    }
}

/// How much a backup holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BackupExtent {
    /// Everything.
    Everything,
    /// What is shared, and nothing of Private: while that is locked, or where the file will lie with somebody else.
    WithoutPrivate,
}

/// What a backup holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BackupSummary {
    /// Entries of logs: one per change, so an edit is one too.
    pub entries: u64,
    /// Private is in it.
    pub with_private: bool,
    /// Nothing was left out: every document and every log could be read to its end.
    pub is_whole: bool,
}

/// What a restoring brought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RestoreSummary {
    /// Entries of logs.
    pub entries: u64,
    /// Private was in it.
    pub with_private: bool,
    /// When the backup was made, by the clock of the phone that made it: milliseconds since 1970.
    pub made_ms: i64,
}

/// Backups of a vault.
///
/// A small handle; get one from [`Vault::backup`].
#[derive(Clone)]
pub struct Backup {
    vault: Vault,
}

impl Vault {
    /// Backups of this vault.
    pub fn backup(&self) -> Backup {
        Backup { vault: self.clone() }
    }
}

impl Backup {
    /// What `age --decrypt --identity` asks for, to open what was written to the recovery phrase: a line that begins with
    /// `AGE-SECRET-KEY-1`. Whoever has it opens every such backup, and can do nothing else with it.
    ///
    /// Errors: `InvalidInput` for words that are not this vault's phrase.
    pub fn identity(&self, words: &str) -> Result<Zeroizing<String>, NightstandError> {
        envelope::identity_line(&root_of(&self.vault, words)?)
    }
}
