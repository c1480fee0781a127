//! One person's vault on one phone: it is opened, paused, resumed and closed here, and lends its connections to the parts
//! that do the work. It decides nothing itself.

mod attend;
mod clock;
mod erase;
mod inspect;
mod lifecycle;
mod lock;
mod options;
pub mod passphrase;
mod private;
mod slot;
mod support;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub(crate) use attend::{Attendant, Forget};
pub use clock::{Clock, SystemClock};
pub use erase::erase;
pub use inspect::{FileForm, Inspection, KeyedInspection, Layout, inspect, inspect_with_key};
pub use lifecycle::{Ended, Paused};
pub use options::{OpenOptions, Purpose};
pub use private::PrivateLock;
pub use support::{ReportLine, SupportReport};

use lifecycle::Life;
use nightstand_engine::ids::PersonId;
use slot::{Door, Slot};

#[cfg(feature = "testing")]
pub use crate::store::Disk;

use crate::error::{NightstandError, Salvage};
use crate::log::{Level, Log};
use crate::mailbox::Turns;
use crate::observe::Bells;
use crate::store::{CommitWatch, Commits, Committed, Randomness, Reader, Rows, StoreTx, Writer};

/// An open vault.
///
/// A handle: clones are the same vault, and every thread may use one. Calls that write come one after the other; reading
/// goes on beside them. When the last clone is dropped, the vault closes.
///
/// One process has a vault open at a time, and that once: anybody else is told
/// [`Locked`](NightstandError::Locked) until it is paused, closed, or its process has ended.
///
/// ```no_run
/// use nightstand::vault::{SystemClock, Vault};
/// use std::{sync::Arc, time::Duration};
///
/// # fn main() -> Result<(), nightstand::error::NightstandError> {
/// # let (path, key, install_mark) = ("journal.db", [0; 32], [0; 16]);
/// let vault = Vault::open(path, key, install_mark, Arc::new(SystemClock))?;
/// // … and when the app goes to the background:
/// vault.pause(Duration::from_secs(2))?;
/// // … and comes back:
/// vault.resume()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    // In this order they are dropped: connections first, then the lock that keeps others out.
    writer: Slot<Writer>,
    reader: Slot<Reader>,
    life: Mutex<Life>,
    commits: Commits,
    attendants: Mutex<Vec<Weak<dyn Attendant>>>,
    awakenings: Bells,
    /// How often the file was taken up again.
    wakes: AtomicU64,
    randomness: Randomness,
    clock: Arc<dyn Clock>,
    person: Mutex<PersonId>,
    purpose: Purpose,
    /// Held while Private is locked, unlocked, or put under another key.
    private_change: Mutex<()>,
    mailbox_turns: Turns,
    log: Log,
}

impl Vault {
    /// Opens the vault in this file; makes it if there is none.
    ///
    /// `key` is 32 random bytes that the app keeps in Keychain or Keystore. `install_mark` is 16 random bytes that it keeps
    /// where backups of the system don't reach: by them a vault notices that it was copied back in time, and goes on in new
    /// logs. `clock` is asked for times to write down.
    ///
    /// Beside the file lie two more while it is open, with `-wal` and `-shm` added to its name, and one with `.lock` for good.
    /// The newest words may be in `-wal`; of a paused or closed vault the one file is everything.
    pub fn open(
        path: impl Into<PathBuf>,
        key: [u8; 32],
        install_mark: [u8; 16],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, NightstandError> {
        Self::open_with(OpenOptions::new(path, key, install_mark).clock(clock))
    }

    /// Opens a vault with every choice there is.
    pub fn open_with(options: OpenOptions) -> Result<Self, NightstandError> {
        let randomness = options.randomness()?;
        let commits = Commits::default();
        let (clock, purpose) = (options.clock.clone(), options.purpose);
        let log = Log::new(options.log.clone());
        let begun = Life::begin(options, &randomness, &commits, &log);
        let not_opened =
            |error: &NightstandError| log.say(Level::Warn, "not_opened", &[("error", error.code().into())]);
        let (life, opened) = begun.inspect_err(not_opened)?;
        let person = Mutex::new(opened.person);
        let writer = opened.writer.map_or_else(|| Slot::empty(Door::ReadOnly), Slot::new);
        let (reader, life) = (Slot::new(opened.reader), Mutex::new(life));
        let (attendants, awakenings, wakes) = (Mutex::default(), Bells::default(), AtomicU64::new(0));
        let inner = Inner {
            writer,
            reader,
            life,
            commits,
            attendants,
            awakenings,
            wakes,
            randomness,
            clock,
            person,
            purpose,
            private_change: Mutex::default(),
            mailbox_turns: Turns::default(),
            log,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Opens a vault to read in it, as an extension or a widget does; see [`Purpose::Read`].
    pub fn open_read_only(path: impl Into<PathBuf>, key: [u8; 32]) -> Result<Self, NightstandError> {
        Self::open_with(OpenOptions::new(path, key, [0; 16]).purpose(Purpose::Read))
    }

    /// One round with a mailbox at a time.
    pub(crate) fn mailbox_turns(&self) -> &Turns {
        &self.0.mailbox_turns
    }

    /// Whose vault it is.
    pub(crate) fn person(&self) -> PersonId {
        *self.0.person.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It became the vault of another person.
    pub(crate) fn belongs_to(&self, person: PersonId) {
        *self.0.person.lock().unwrap_or_else(PoisonError::into_inner) = person;
    }

    /// Was it opened to read?
    pub(crate) fn is_read_only(&self) -> bool {
        self.0.purpose == Purpose::Read
    }

    /// The clock that the app gave.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.0.clock)
    }

    /// Milliseconds since 1970, as the app's clock says.
    pub(crate) fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Where ids, nonces and keys are drawn from.
    pub(crate) fn randomness(&self) -> Randomness {
        self.0.randomness.clone()
    }

    /// Reads, on a connection that never waits for a writer. All that `read` sees is of one moment.
    pub(crate) fn read<R>(
        &self,
        read: impl FnOnce(&Rows<'_>, PersonId) -> Result<R, NightstandError>,
    ) -> Result<R, NightstandError> {
        let read = self.0.reader.with(|reader| {
            let read = reader.read(|rows| read(rows, self.person()));
            let read = read.map_err(|error| with_salvage(error, || reader.after_damage()));
            read.inspect_err(|error| self.0.log.say_failed("read_failed", error))
        });
        if matches!(read, Err(NightstandError::Damaged { .. })) {
            self.mend_private();
        }
        read
    }

    /// Writes in one transaction: all of it if `write` returns Ok, else nothing.
    pub(crate) fn write<R>(
        &self,
        write: impl FnOnce(&mut StoreTx<'_>) -> Result<R, NightstandError>,
    ) -> Result<R, NightstandError> {
        use nightstand_engine::store::{Store, Transaction};
        self.with_store(|store| {
            let mut tx = store.begin()?;
            let written = write(&mut tx)?;
            tx.commit()?;
            Ok(written)
        })
    }

    /// Lends the store to what begins and commits transactions by itself: the engine's sessions.
    pub(crate) fn with_store<R>(
        &self,
        drive: impl FnOnce(&mut Writer) -> Result<R, NightstandError>,
    ) -> Result<R, NightstandError> {
        // The app is asked before the file is locked for writing.
        let now_ms = self.now_ms();
        self.0.writer.with(|writer| {
            writer.set_now(now_ms);
            let driven = drive(writer).map_err(|error| with_salvage(error, || writer.after_damage()));
            let driven = driven.inspect_err(|error| self.0.log.say_failed("write_failed", error));
            // What this can't do, it does after a later call or at the next opening; the call itself is done.
            let _ = writer.mend_private(false);
            if let Err(error) = writer.purge() {
                self.0.log.say_failed("purge_put_off", &error.into());
            }
            if let Err(error) = writer.compact() {
                self.0.log.say_failed("compaction_put_off", &error.into());
            }
            driven
        })
    }

    /// As if the disk had room, or none, until it is said otherwise or the vault is paused. Only in a core that is built
    /// with the feature `testing`.
    #[cfg(feature = "testing")]
    pub fn set_disk(&self, disk: Disk) -> Result<(), NightstandError> {
        self.0.writer.with(|writer| {
            writer.set_disk(disk);
            Ok(())
        })
    }

    /// Where the vault says what it does.
    pub(crate) fn log(&self) -> &Log {
        &self.0.log
    }

    /// Rises with each commit that changed documents.
    pub(crate) fn revision(&self) -> u64 {
        self.0.commits.revision()
    }

    /// A handle that does not keep the vault open.
    pub(crate) fn downgrade(&self) -> WeakVault {
        WeakVault(Arc::downgrade(&self.0))
    }

    /// How often the file was taken up again after a pause.
    pub(crate) fn wakes(&self) -> u64 {
        self.0.wakes.load(Ordering::SeqCst)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.reader.is_closed()
    }

    /// Those who want to know when the file is there again, or is closed.
    pub(crate) fn awakenings(&self) -> &Bells {
        &self.0.awakenings
    }

    /// Calls `watcher` after each commit that changed documents, until the answer is dropped (see [`Commits::watch`]).
    pub(crate) fn on_commit(&self, watcher: impl Fn(&Committed) + Send + Sync + 'static) -> CommitWatch {
        self.0.commits.watch(watcher)
    }
}

/// A handle that does not keep the vault open.
pub(crate) struct WeakVault(Weak<Inner>);

impl WeakVault {
    pub(crate) fn upgrade(&self) -> Option<Vault> {
        self.0.upgrade().map(Vault)
    }
}

/// Says of damage how much of the file is whole.
fn with_salvage(error: NightstandError, count: impl FnOnce() -> Option<Salvage>) -> NightstandError {
    match error {
        NightstandError::Damaged { salvage: None } => NightstandError::Damaged { salvage: count() },
        error => error,
    }
}

impl core::fmt::Debug for Vault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Vault")
    }
}
