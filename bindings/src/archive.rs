//! All that a vault holds on a storage of the person's own, kept up to date.

use std::sync::Arc;
use std::time::Duration;

use nightstand::mailbox::{Folder, Storage as CoreStorage};
use nightstand::recovery::archive as core;
use nightstand::recovery::archive::ArchiveReport;
use nightstand::sync::MailboxTrouble;
use nightstand::vault::Vault;
use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::mailbox::{Storage, storage};
use crate::progress::{Aside, ProgressObserver};
use crate::server::MailboxServer;
use crate::sync::Cancel;
use crate::time::Timestamp;
use crate::work::{Desk, apart};

/// The archive of a vault: everything in it, Private too, in files that only the recovery phrase opens, on a storage that is this
/// person's alone. It is a backup that nobody has to remember to make, for the day on which nothing else is left.
///
/// Each file is what `backup().write()` with the phrase makes, without the copies that can be read as they are.
#[derive(uniffi::Object)]
pub struct Archive(pub(crate) Arc<Desk>);

/// Where an archive lies. It may be the place of a mailbox too; yet a partner who reaches that can delete it there.
#[derive(uniffi::Enum)]
pub enum ArchivePlace {
    /// A storage of the app's own: a cloud drive, say.
    Own {
        /// As for a mailbox.
        storage: Arc<dyn Storage>,
    },
    /// A folder, as one that a service copies elsewhere. It has to be there.
    Folder {
        /// Its path.
        path: String,
    },
    /// A server.
    Server {
        /// As for a mailbox.
        server: MailboxServer,
    },
}

/// What a round of writing did.
#[uniffi::remote(Record)]
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
#[derive(uniffi::Record)]
pub struct ArchiveRestored {
    /// Entries of logs. With `trouble` and none, nothing has changed here.
    pub entries: u64,
    /// Private was in it.
    pub with_private: bool,
    /// When its newest file was written, by the clock of the phone that wrote it.
    pub made: Timestamp,
    /// Nothing of it was missing or damaged.
    pub is_whole: bool,
    /// What the storage did not do. Then nothing has changed here.
    pub trouble: Option<MailboxTrouble>,
}

#[uniffi::export]
impl Archive {
    /// Makes `write()` possible on this device from here on, without the words. What is kept of them can only seal.
    ///
    /// Errors: `InvalidInput` for words that are not this vault's recovery phrase.
    pub async fn set_up(&self, words: String) -> Result<(), NightstandError> {
        let words = Zeroizing::new(words);
        self.0.write(move |vault| vault.archive().set_up(&words)).await
    }

    /// Was it set up on this device? Each device of a person's is set up by itself.
    pub async fn is_set_up(&self) -> Result<bool, NightstandError> {
        self.0.read(|vault| vault.archive().is_set_up()).await
    }

    /// Nothing is written from here on. What lies in the place stays there, since it may be all there is one day; the person
    /// deletes the files whose names begin with `archive-`.
    pub async fn turn_off(&self) -> Result<(), NightstandError> {
        self.0.write(|vault| vault.archive().turn_off()).await
    }

    /// One round: writes what is new, for this long at most, whatever the place does. What is left then, the next round does. It
    /// takes turns with rounds of a mailbox.
    ///
    /// Whatever the place does wrong is said in the report. Errors: `NotFound` if no archive is set up; `Cancelled`; `InvalidInput`
    /// for a server as of `use_mailbox_server()`; those of the vault. In every case what was written stays.
    #[uniffi::method(default(cancel = None))]
    pub async fn write(
        &self,
        place: ArchivePlace,
        within: Duration,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<ArchiveReport, NightstandError> {
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        let storage = place.storage(&vault)?;
        apart(move || vault.archive().write(storage, within, &cancel)).await
    }

    /// Brings an archive back into this vault, in which nothing was written: whose vault it is, and everything in it. From then on
    /// it is the vault of the archive's person, its own recovery phrase is void, and it is set up to go on with the archive. What
    /// several devices wrote in one place comes back together.
    ///
    /// It is not among that person's devices yet, and hands nothing to anybody until `devices().list_this()`.
    ///
    /// `progress` is told how many entries have come. What else is asked of this vault waits until it is over. A place that fails is
    /// said in what comes back, and nothing has changed then. Errors: `NotFound` if there is no archive; `WrongKey` if there are
    /// some, and none of these words; `Refused` (`NotEmpty`) if something was written here, or Private is under a second key: put it
    /// under one afterwards; `InvalidInput` for words that are no phrase, for a server as of `use_mailbox_server()`, and if nothing of
    /// the archive can be read; `NewerVersion`, `TooLarge`, `Cancelled`, `DiskFull`. Then nothing has changed.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn restore(
        &self,
        place: ArchivePlace,
        words: String,
        within: Duration,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<ArchiveRestored, NightstandError> {
        let words = Zeroizing::new(words);
        let (vault, cancel) = (self.0.vault().clone(), Cancel::or_none(cancel));
        let storage = place.storage(&vault)?;
        apart(move || {
            let mut aside = Aside::new(progress);
            let mut told = |done| {
                aside.tell(done);
                true
            };
            let restored = vault.archive().restore(storage, &words, within, &cancel, &mut told);
            aside.end();
            Ok(restored?.into())
        })
        .await
    }
}

impl ArchivePlace {
    fn storage(self, vault: &Vault) -> Result<Arc<dyn CoreStorage>, NightstandError> {
        Ok(match self {
            Self::Own { storage: own } => storage(own),
            Self::Folder { path } => Arc::new(Folder::new(path)),
            Self::Server { server } => server.storage(vault)?,
        })
    }
}

impl From<core::ArchiveRestored> for ArchiveRestored {
    fn from(restored: core::ArchiveRestored) -> Self {
        let core::ArchiveRestored { entries, with_private, made_ms, is_whole, trouble } = restored;
        Self { entries, with_private, made: Timestamp(made_ms), is_whole, trouble }
    }
}
