//! A vault: one person's file on one phone.

pub mod inspect;
pub mod passphrase;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use nightstand::error::{InvalidInput, NightstandError as CoreError};
use nightstand::log::Level;
use nightstand::progress::ProgressReport;
use nightstand::vault::{
    Ended, OpenOptions, Paused, PrivateLock, Purpose, ReportLine, SupportReport as CoreReport, Vault as CoreVault,
};
use zeroize::Zeroizing;

use crate::archive::Archive;
use crate::backup::Backup;
use crate::care::Preferences;
use crate::care::activities::Activities;
use crate::care::check_ins::CheckIns;
use crate::care::drop::DropCare;
use crate::care::due::DueItems;
use crate::care::follow_ups::FollowUps;
use crate::care::not_right::NotRight;
use crate::care::room::Rooms;
use crate::care::sessions::Sessions;
use crate::care::settings::OwnSettings;
use crate::care::signals::Signals;
use crate::devices::Devices;
use crate::error::NightstandError;
use crate::insights::Insights;
use crate::journal::Journal;
use crate::log::{HostSink, LogSink};
use crate::observe::{HostObserver, Observer, Subscription};
use crate::pairing::Pairing;
use crate::progress::{ProgressObserver, go_on};
use crate::recovery::RecoveryPhrase;
use crate::sync::{Cancel, Sync};
use crate::time::{Clock, HostClock};
use crate::together::agreements::Agreements;
use crate::together::reflections::Reflections;
use crate::together::rituals::Rituals;
use crate::together::songs::Songs;
use crate::together::ticks::Ticks;
use crate::work::{Desk, Held, apart};

/// An open vault: one encrypted file, one person, one phone.
///
/// Every thread may use it. One process has a vault open at a time, and that once: anybody else is told `Locked` until it is
/// paused, closed, or its process has ended.
#[derive(uniffi::Object)]
pub struct Vault(Arc<Desk>);

/// For what is built on the binding, such as `nightstand-testing`.
impl Vault {
    /// A vault that was opened in some other way.
    pub fn from_core(vault: CoreVault) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self(Arc::new(Desk::new(vault)?))))
    }

    /// The core's own handle.
    pub fn core(&self) -> &CoreVault {
        self.0.vault()
    }
}

#[uniffi::export]
impl Vault {
    /// Opens the vault in this file; makes it if there is none.
    ///
    /// `key` is 32 random bytes that the app keeps in Keychain or Keystore. `install_mark` is 16 random bytes that it keeps
    /// where backups of the system don't reach: by them a vault notices that it was copied back in time. `clock` is asked for
    /// times to write down; without one, the system's is. `log` hears of steps in the vault's life, down to `Info`.
    ///
    /// A vault that an earlier version of the app wrote is brought up to date first, in a copy: `progress` is told how far
    /// that is, and `cancel` calls it off. `inspect_with_key` says whether it is needed, and how much space. Until it has
    /// worked out, the file stays as it was.
    ///
    /// Errors: `WrongKey`, `Locked`, `NewerVersion`, `Damaged`, `DiskFull`, `Io`, `Cancelled`, `InvalidInput` for a key of
    /// another length or another app's file. The file is never deleted or overwritten because of one.
    #[uniffi::constructor(default(clock = None, log = None, progress = None, cancel = None))]
    pub async fn open(
        path: String,
        key: Vec<u8>,
        install_mark: Vec<u8>,
        clock: Option<Arc<dyn Clock>>,
        log: Option<Arc<dyn LogSink>>,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<Arc<Self>, NightstandError> {
        let options = options(path, key, &install_mark, clock, log)?.migrating(told(progress, cancel));
        apart(|| Self::from_core(CoreVault::open_with(options)?)).await
    }

    /// Opens the vault for work in the background, which has no time for a migration and makes no vault.
    ///
    /// Errors: as `open`; `MigrationNeeded` if the app itself has to bring the file up to date, `NotFound` if there is none.
    #[uniffi::constructor(default(clock = None, log = None))]
    pub async fn open_in_background(
        path: String,
        key: Vec<u8>,
        install_mark: Vec<u8>,
        clock: Option<Arc<dyn Clock>>,
        log: Option<Arc<dyn LogSink>>,
    ) -> Result<Arc<Self>, NightstandError> {
        let options = options(path, key, &install_mark, clock, log)?.purpose(Purpose::Background);
        apart(|| Self::from_core(CoreVault::open_with(options)?)).await
    }

    /// Opens the vault to read in it, as an extension or a widget does: nothing is ever written, and it may be beside an app
    /// that has the vault open. What that writes is not told to observers here: read again. Every call that writes is told
    /// `ReadOnly`.
    ///
    /// Errors: `WrongKey`, `MigrationNeeded`, `NewerVersion`, `NotFound`, `Damaged`, `Io`, `InvalidInput`.
    #[uniffi::constructor]
    pub async fn open_read_only(path: String, key: Vec<u8>) -> Result<Arc<Self>, NightstandError> {
        let key = Zeroizing::new(key);
        apart(move || Self::from_core(CoreVault::open_read_only(path, bytes(&key)?)?)).await
    }

    /// The journal.
    pub fn journal(&self) -> Arc<Journal> {
        Arc::new(Journal(Arc::clone(&self.0)))
    }

    /// This person's devices.
    pub fn devices(&self) -> Arc<Devices> {
        Arc::new(Devices(Arc::clone(&self.0)))
    }

    /// Pairing with a partner.
    pub fn pairing(&self) -> Arc<Pairing> {
        Arc::new(Pairing(Arc::clone(&self.0)))
    }

    /// Backups of this vault in one file each.
    pub fn backup(&self) -> Arc<Backup> {
        Arc::new(Backup(Arc::clone(&self.0)))
    }

    /// An archive on a storage of this person's own.
    pub fn archive(&self) -> Arc<Archive> {
        Arc::new(Archive(Arc::clone(&self.0)))
    }

    /// The recovery phrase.
    pub fn recovery_phrase(&self) -> Arc<RecoveryPhrase> {
        Arc::new(RecoveryPhrase(Arc::clone(&self.0)))
    }

    /// What the two want in the time after.
    pub fn preferences(&self) -> Arc<Preferences> {
        Arc::new(Preferences(Arc::clone(&self.0)))
    }

    /// Care sessions.
    pub fn sessions(&self) -> Arc<Sessions> {
        Arc::new(Sessions(Arc::clone(&self.0)))
    }

    /// Check-ins: one's own, and what the partner shares of theirs.
    pub fn check_ins(&self) -> Arc<CheckIns> {
        Arc::new(CheckIns(Arc::clone(&self.0)))
    }

    /// One-tap signals: one's own, and the partner's.
    pub fn signals(&self) -> Arc<Signals> {
        Arc::new(Signals(Arc::clone(&self.0)))
    }

    /// Care for a low, hours to days after closeness.
    pub fn drop_care(&self) -> Arc<DropCare> {
        Arc::new(DropCare(Arc::clone(&self.0)))
    }

    /// For somebody for whom something was not right.
    pub fn not_right(&self) -> Arc<NotRight> {
        Arc::new(NotRight(Arc::clone(&self.0)))
    }

    /// Wishes about later.
    pub fn follow_ups(&self) -> Arc<FollowUps> {
        Arc::new(FollowUps(Arc::clone(&self.0)))
    }

    /// Times that both set aside.
    pub fn rooms(&self) -> Arc<Rooms> {
        Arc::new(Rooms(Arc::clone(&self.0)))
    }

    /// What is due, for local notifications.
    pub fn due(&self) -> Arc<DueItems> {
        Arc::new(DueItems(Arc::clone(&self.0)))
    }

    /// What the vault's person wants to hear of, and when.
    pub fn settings(&self) -> Arc<OwnSettings> {
        Arc::new(OwnSettings(Arc::clone(&self.0)))
    }

    /// Activities of the couple's own.
    pub fn activities(&self) -> Arc<Activities> {
        Arc::new(Activities(Arc::clone(&self.0)))
    }

    /// What the two agreed on.
    pub fn agreements(&self) -> Arc<Agreements> {
        Arc::new(Agreements(Arc::clone(&self.0)))
    }

    /// What both write to one question, unseen until both have sealed.
    pub fn reflections(&self) -> Arc<Reflections> {
        Arc::new(Reflections(Arc::clone(&self.0)))
    }

    /// What was ticked: questions talked through, things tried, cards put away.
    pub fn ticks(&self) -> Arc<Ticks> {
        Arc::new(Ticks(Arc::clone(&self.0)))
    }

    /// What happened, in figures.
    pub fn insights(&self) -> Arc<Insights> {
        Arc::new(Insights(Arc::clone(&self.0)))
    }

    /// Rituals.
    pub fn rituals(&self) -> Arc<Rituals> {
        Arc::new(Rituals(Arc::clone(&self.0)))
    }

    /// Songs to come down to.
    pub fn songs(&self) -> Arc<Songs> {
        Arc::new(Songs(Arc::clone(&self.0)))
    }

    /// Sync with the partner's phone.
    pub fn sync(&self) -> Arc<Sync> {
        Arc::new(Sync(Arc::clone(&self.0)))
    }

    /// Tells `observer` of every change from here on, until the answer is let go of or ended. The first call comes at once,
    /// and one after each `resume`, so that a screen draws itself the same way the first time and every other time.
    ///
    /// Errors: `Internal` if the system gives no thread to call from.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Arc<Subscription>, NightstandError> {
        Ok(Arc::new(Subscription::new(self.0.vault().observe(Arc::new(HostObserver(Held::new(observer))))?)))
    }

    /// Lets go of the file: calls under way have until `within` to finish and are cut off then, and the write-ahead log goes
    /// into the file. Until `resume` every call is told `Paused`. A time beyond what the system's clock can hold is no limit.
    ///
    /// Call it when the app goes to the background: iOS ends an app that is suspended while it holds a lock on a file in a
    /// shared container. Nothing is lost if the system does not leave the time.
    pub async fn pause(&self, within: Duration) -> Result<Paused, NightstandError> {
        self.0.live(move |vault| vault.pause(within)).await
    }

    /// Takes the file up again after a pause. Does nothing in an open vault.
    ///
    /// Errors: `Locked` while somebody else has the file, `NotFound` if it is gone; the vault then stays paused.
    pub async fn resume(&self) -> Result<(), NightstandError> {
        self.0.live(CoreVault::resume).await
    }

    /// Pauses, and forgets the key: until `unlock` every call is told `KeyNeeded`. For an app that asks who is there when it
    /// comes back. Of a paused vault it forgets the key. Open editors end, with `KeyNeeded` as their reason; one that could
    /// not save what was typed keeps it in memory. So does the app with what it holds on to itself.
    ///
    /// Errors: `Closed`.
    pub async fn lock(&self, within: Duration) -> Result<Paused, NightstandError> {
        self.0.live(move |vault| vault.lock(within)).await
    }

    /// Takes the file up again after `lock`, or after a pause. Does nothing in an open vault.
    ///
    /// Errors: as `resume`, and `WrongKey`; the vault then stays locked.
    pub async fn unlock(&self, key: Vec<u8>) -> Result<(), NightstandError> {
        let key = Zeroizing::new(key);
        self.0.live(move |vault| vault.unlock(bytes(&key)?)).await
    }

    /// How Private stands: under no second key, locked, or unlocked.
    ///
    /// Errors: `Paused`, `KeyNeeded`, `Closed`.
    pub async fn private_lock(&self) -> Result<PrivateLock, NightstandError> {
        self.0.read(CoreVault::private_lock).await
    }

    /// Puts Private (private entries and preferences, the working copies of what is shared) under a second key of 32 random
    /// bytes: it is then encrypted under a key of its own, and closed to whoever has the vault's key alone, while the rest is
    /// read, written and synced. With another key the old one is good no more; with none Private is as open as the vault. The
    /// first and the last write every private document anew: `progress` is told how far that is, and `cancel` leaves all as
    /// it was.
    ///
    /// Whoever forgets the second key has lost what is private: nothing else opens it. What the vault's key alone still
    /// shows: that there is something private, how many documents, how large, and which changes each has; when the file was
    /// written; and about which activities and questions something private is said, though not what.
    ///
    /// Keep the key where it is safe before you call.
    ///
    /// Errors: `PrivateLocked` while Private is locked, `Cancelled`, `DiskFull`, `InvalidInput` for a key of another length,
    /// or for the vault's own. Then the old key still holds, if there was one.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn set_private_key(
        &self,
        key: Option<Vec<u8>>,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<(), NightstandError> {
        let key = key.map(Zeroizing::new);
        let told = told(progress, cancel);
        let set = move |vault: &CoreVault| {
            let key = key.as_ref().map(|key| bytes(key)).transpose()?;
            vault.set_private_key(key, told)
        };
        self.0.write(set).await
    }

    /// Unlocks Private. Does nothing without a second key. Its lists and search may have to be made again, as after a crash
    /// or an update of the app: `progress` is told how far that is.
    ///
    /// Errors: `WrongKey`; `Cancelled`; in a vault that was opened to read, `MigrationNeeded` if the lists have to be made
    /// again. Private then stays locked.
    #[uniffi::method(default(progress = None, cancel = None))]
    pub async fn unlock_private(
        &self,
        key: Vec<u8>,
        progress: Option<Arc<dyn ProgressObserver>>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<(), NightstandError> {
        let key = Zeroizing::new(key);
        let told = told(progress, cancel);
        self.0.write(move |vault| vault.unlock_private(bytes(&key)?, told)).await
    }

    /// Locks Private, after open editors have saved. Does nothing without a second key. Every call that needs something
    /// private is then told `PrivateLocked`, also those that read one's own preferences: a boundary that can't be seen is not
    /// to be taken for none. The journal's list and search show what is shared and joint.
    ///
    /// Editors of what is private end, with `PrivateLocked` as their reason; one that could not save what was typed keeps it in
    /// memory. So does the app with what it holds on to itself.
    ///
    /// Errors: `Paused`, `Closed`.
    pub async fn lock_private(&self) -> Result<(), NightstandError> {
        self.0.write(CoreVault::lock_private).await
    }

    /// What a person can hand to those who help them: versions, sizes, counts, and the newest lines of the log. It says how
    /// much there is, also of private entries, and nothing of what they say: show it to the person before it goes anywhere.
    /// It reads the whole file, a second for a few hundred megabytes.
    ///
    /// Errors: `Paused`, `KeyNeeded`, `Closed`.
    pub async fn support_report(&self) -> Result<SupportReport, NightstandError> {
        self.0.read(|vault| Ok(vault.support_report()?.into())).await
    }

    /// Closes the vault on all its handles and removes its file and all that lies beside it but the empty file of a lock.
    /// What is typed and not saved is gone, too. Works on a paused, locked or closed vault as well.
    ///
    /// What was written to a phone's storage can stay there unseen for a while; it is encrypted. So let go of the key in
    /// Keychain or Keystore as well, and of backups. The partner's phone keeps what it has.
    ///
    /// Errors: `Locked` if somebody else has the file, `Io`, `ReadOnly`. Call it again then.
    pub async fn erase_everything(&self) -> Result<(), NightstandError> {
        self.0.live(CoreVault::erase_everything).await
    }

    /// Closes the vault on all its handles, after the calls that are under way, and forgets the key. Every later call is told
    /// `Closed`. In Kotlin it is `shut()`, since `close()` there lets go of the handle.
    pub async fn close(&self) -> Result<(), NightstandError> {
        self.0.live(CoreVault::close).await
    }
}

/// Removes a vault that is not open, such as one whose passphrase is forgotten: its file and all that lies beside it but the
/// empty file of a lock. It asks for no key. A vault that is not there is removed already.
///
/// Errors: `InvalidInput` for a file that does not begin as a vault does, `Locked` if somebody has it open, `Io`.
#[uniffi::export]
pub async fn erase(path: String) -> Result<(), NightstandError> {
    apart(move || nightstand::vault::erase(path)).await
}

fn options(
    path: String,
    key: Vec<u8>,
    install_mark: &[u8],
    clock: Option<Arc<dyn Clock>>,
    log: Option<Arc<dyn LogSink>>,
) -> Result<OpenOptions, NightstandError> {
    let key = Zeroizing::new(key);
    let mut options = OpenOptions::new(path, bytes(&key)?, bytes(install_mark)?);
    if let Some(clock) = clock {
        options = options.clock(Arc::new(HostClock(Held::new(clock))));
    }
    if let Some(log) = log {
        options = options.log(Level::Info, Arc::new(HostSink(Held::new(log))));
    }
    Ok(options)
}

/// What the core tells how far it is.
fn told(
    progress: Option<Arc<dyn ProgressObserver>>,
    cancel: Option<Arc<Cancel>>,
) -> impl FnMut(ProgressReport) -> ControlFlow<()> + Send + 'static {
    let progress = progress.map(Held::new);
    move |done| match go_on(progress.as_ref(), cancel.as_ref(), done) {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    }
}

pub(crate) fn bytes<const N: usize>(given: &[u8]) -> Result<[u8; N], CoreError> {
    given.try_into().map_err(|_| CoreError::InvalidInput { what: InvalidInput::Key })
}

/// How Private stands.
#[uniffi::remote(Enum)]
pub enum PrivateLock {
    /// There is no second key: Private is as open as the vault.
    None,
    /// It needs its second key.
    Locked,
    /// It was unlocked with its second key.
    Unlocked,
}

/// A report for support.
#[derive(uniffi::Record)]
pub struct SupportReport {
    /// What was found, a name and a value each. Which there are may change with every version.
    pub lines: Vec<ReportLine>,
    /// The newest lines of the log, at most 64, each with the seconds since the vault was opened.
    pub log: Vec<String>,
    /// All of it as one text, a line each.
    pub text: String,
}

/// A line of a report.
#[uniffi::remote(Record)]
pub struct ReportLine {
    /// What it is about, such as `entries_waiting`.
    pub name: String,
    /// A number or a word; `unreadable` where the file did not say.
    pub value: String,
}

impl From<CoreReport> for SupportReport {
    fn from(report: CoreReport) -> Self {
        let text = report.to_string();
        let CoreReport { lines, log } = report;
        Self { lines, log, text }
    }
}

/// What a pause did to the calls that were under way.
#[uniffi::remote(Record)]
pub struct Paused {
    /// What became of a call that wrote.
    pub writing: Ended,
    /// What became of a call that read.
    pub reading: Ended,
}

/// How a call ended.
#[uniffi::remote(Enum)]
pub enum Ended {
    /// By itself, or there was none.
    Finished,
    /// It was cut off: nothing of it was written, and its caller is told `Paused`.
    Cut,
}
