//! All that a vault holds in one sealed file.

use std::sync::Arc;

use nightstand::recovery::backup as core;
use nightstand::recovery::backup::{BackupExtent, BackupSummary};
use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::progress::{Aside, ProgressObserver, go_on};
use crate::sync::Cancel;
use crate::time::Timestamp;
use crate::work::{Desk, Held, apart};

/// Backups: one file in the format of age, which opens with a passphrase or with the recovery phrase, in an app or with the tool
/// `age`. Nothing in it lets anybody be this phone or this person.
#[derive(uniffi::Object)]
pub struct Backup(pub(crate) Arc<Desk>);

/// What opens a backup.
#[derive(uniffi::Enum)]
pub enum BackupKey {
    /// A passphrase. It takes a second or so, and 128 MiB of memory meanwhile.
    Passphrase {
        /// The passphrase.
        passphrase: String,
    },
    /// The recovery phrase. What it opens a backup with can do nothing else.
    Phrase {
        /// The 24 words.
        words: String,
    },
}

/// How much a backup holds.
#[uniffi::remote(Enum)]
pub enum BackupExtent {
    /// Everything.
    Everything,
    /// What is shared, and nothing of Private: while that is locked, or where the file will lie with somebody else.
    WithoutPrivate,
}

/// What a backup holds.
#[uniffi::remote(Record)]
pub struct BackupSummary {
    /// Entries of logs: one per change, so an edit is one too.
    pub entries: u64,
    /// Private is in it.
    pub with_private: bool,
    /// Nothing was left out: every document and every log could be read to its end.
    pub is_whole: bool,
}

/// What a restoring brought.
#[derive(uniffi::Record)]
pub struct RestoreSummary {
    /// Entries of logs.
    pub entries: u64,
    /// Private was in it.
    pub with_private: bool,
    /// When the backup was made, by the clock of the phone that made it.
    pub made: Timestamp,
}

#[uniffi::export]
impl Backup {
    /// Writes a backup into a new file. While it is written, `.part` is added to the file's name; a kill leaves nothing else.
    ///
    /// `progress` is told how many entries are in it; `cancel` ends it.
    ///
    /// Errors: `InvalidInput`: words that are not this vault's phrase, a passphrase that is empty or over 1,024 bytes, and
    /// `FileExists`, since nothing is overwritten; `PrivateLocked`, unless Private is left out; `NotFound`, `Io`, `DiskFull` if it
    /// can't be written; `Cancelled`. Then no file is left.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn write(
        &self,
        path: String,
        key: BackupKey,
        extent: BackupExtent,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<BackupSummary, NightstandError> {
        let (backup, secret) = (self.0.vault().backup(), Secret::from(key));
        let progress = progress.map(Held::new);
        apart(move || {
            let mut told = |done| go_on(progress.as_ref(), cancel.as_ref(), done);
            backup.write(path.as_ref(), &secret.as_key(), extent, &mut told)
        })
        .await
    }

    /// Brings a backup back into this vault, in which nothing was written: whose vault it is, and everything in it. From then on
    /// it is the vault of the backup's person, and its own recovery phrase is void. All of it comes, or nothing.
    ///
    /// It is not among that person's devices yet, and hands nothing to anybody until `devices().list_this()`. What else is asked of
    /// this vault waits until it is over.
    ///
    /// Errors: `WrongKey`; `Refused` (`NotEmpty`) if something was written here, or Private is under a second key: put it under one
    /// afterwards; `InvalidInput` for a file that is no backup, or is damaged or cut off, and for words that are no phrase;
    /// `NewerVersion`, `TooLarge`, `Cancelled`, `DiskFull`. Then nothing has changed.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn restore(
        &self,
        path: String,
        key: BackupKey,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<RestoreSummary, NightstandError> {
        let (backup, secret) = (self.0.vault().backup(), Secret::from(key));
        apart(move || {
            let mut aside = Aside::new(progress);
            let mut told = |done| {
                aside.tell(done);
                go_on(None, cancel.as_ref(), done)
            };
            let restored = backup.restore(path.as_ref(), &secret.as_key(), &mut told);
            aside.end();
            Ok(restored?.into())
        })
        .await
    }

    /// What `age --decrypt --identity` asks for, to open what was written to the recovery phrase: a line that begins with
    /// `AGE-SECRET-KEY-1`. Whoever has it opens every such backup, and can do nothing else with it.
    ///
    /// Errors: `InvalidInput` for words that are not this vault's phrase.
    pub async fn identity(&self, words: String) -> Result<String, NightstandError> {
        let words = Zeroizing::new(words);
        self.0.read(move |vault| Ok(vault.backup().identity(&words)?.to_string())).await
    }
}

/// Wiped when it is dropped.
enum Secret {
    Passphrase(Zeroizing<String>),
    Words(Zeroizing<String>),
}

impl Secret {
    fn as_key(&self) -> core::BackupKey<'_> {
        match self {
            Self::Passphrase(passphrase) => core::BackupKey::Passphrase(passphrase),
            Self::Words(words) => core::BackupKey::Phrase(words),
        }
    }
}

impl From<BackupKey> for Secret {
    fn from(key: BackupKey) -> Self {
        match key {
            BackupKey::Passphrase { passphrase } => Self::Passphrase(Zeroizing::new(passphrase)),
            BackupKey::Phrase { words } => Self::Words(Zeroizing::new(words)),
        }
    }
}

impl From<core::RestoreSummary> for RestoreSummary {
    fn from(summary: core::RestoreSummary) -> Self {
        let core::RestoreSummary { entries, with_private, made_ms } = summary;
        Self { entries, with_private, made: Timestamp(made_ms) }
    }
}
