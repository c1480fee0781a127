//! Opening, pausing, resuming and closing.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nightstand_engine::ids::PersonId;
use zeroize::Zeroizing;

use super::attend::Forget;
use super::erase::remove_all;
use super::lock::{FileLock, followed};
use super::options::{OpenOptions, Purpose};
use super::slot::Door;
use super::{Inner, Vault};
use crate::error::NightstandError;
use crate::log::{Level, Log};
use crate::store::{Access, Commits, Creation, Cut, Randomness, Reader, Renewal, StoreError, VERSION, Writer, migrate};

/// What a pause did to the calls that were under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paused {
    /// What became of a call that wrote.
    pub writing: Ended,
    /// What became of a call that read.
    pub reading: Ended,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, or there was none.
    Finished,
    /// It was cut off: nothing of it was written, and its caller hears [`NightstandError::Paused`].
    Cut,
}

/// What it takes to open the file again, and what to let go of.
pub(super) struct Life {
    door: Door,
    path: PathBuf,
    // Forgotten when the vault is locked or closed.
    access: Option<Arc<Access>>,
    install_mark: [u8; 16],
    cuts: Cuts,
    lock: Option<FileLock>,
}

struct Cuts {
    writer: Option<Cut>,
    reader: Cut,
}

/// What an opening gives.
pub(super) struct Opened {
    lock: Option<FileLock>,
    /// None in a vault that only reads.
    pub(super) writer: Option<Writer>,
    pub(super) reader: Reader,
    pub(super) person: PersonId,
}

impl Opened {
    fn cuts(&self) -> Cuts {
        Cuts { writer: self.writer.as_ref().map(Writer::cut), reader: self.reader.cut() }
    }
}

impl Life {
    pub(super) fn begin(
        options: OpenOptions,
        randomness: &Randomness,
        commits: &Commits,
        log: &Log,
    ) -> Result<(Self, Opened), NightstandError> {
        let OpenOptions { path, key, install_mark, purpose, mut migrating, .. } = options;
        let path = followed(path);
        let access = Arc::new(Access::new(path.clone(), key));
        let (creation, renewal) = match purpose {
            Purpose::Use => (Creation::IfAbsent, Renewal::Allowed(&mut *migrating)),
            Purpose::Background | Purpose::Read => (Creation::Never, Renewal::Refused),
        };
        let mut opened = match purpose {
            Purpose::Read => open_to_read(&access)?,
            Purpose::Use | Purpose::Background => {
                open_to_write(&access, install_mark, creation, renewal, randomness, commits, log)?
            }
        };
        let (cuts, lock) = (opened.cuts(), opened.lock.take());
        log.say(Level::Info, "opened", &[("schema", u64::from(VERSION).into())]);
        Ok((Self { door: Door::Open, path, access: Some(access), install_mark, cuts, lock }, opened))
    }
}

fn open_to_read(access: &Arc<Access>) -> Result<Opened, NightstandError> {
    let open = || -> Result<_, StoreError> {
        let mut reader = Reader::open_alone(access)?;
        Ok(Opened { lock: None, writer: None, person: reader.person()?, reader })
    };
    open().map_err(|error| said(error, access))
}

fn open_to_write(
    access: &Arc<Access>,
    install_mark: [u8; 16],
    creation: Creation,
    renewal: Renewal<'_>,
    randomness: &Randomness,
    commits: &Commits,
    log: &Log,
) -> Result<Opened, NightstandError> {
    let lock = FileLock::take(access.path())?;
    let open = |renewal: Renewal<'_>| -> Result<_, StoreError> {
        let mut writer = Writer::open(access, creation, install_mark, randomness.clone(), commits.clone(), renewal)?;
        // Left over from a kill; tried again after the next call that writes.
        let _ = writer.purge();
        Ok((writer, Reader::open(access)?))
    };
    let opened = match renewal {
        Renewal::Refused => open(Renewal::Refused),
        Renewal::Allowed(told) => match open(Renewal::Allowed(told)) {
            Err(StoreError::Older) => {
                log.say(Level::Info, "migrating", &[("to", u64::from(VERSION).into())]);
                migrate(access, install_mark, randomness, told).and_then(|()| open(Renewal::Refused))
            }
            opened => opened,
        },
    };
    let (writer, reader) = opened.map_err(|error| said(error, access))?;
    Ok(Opened { lock: Some(lock), person: writer.person(), writer: Some(writer), reader })
}

fn said(error: StoreError, access: &Access) -> NightstandError {
    match error {
        StoreError::Damaged => NightstandError::Damaged { salvage: access.salvage() },
        error => error.into(),
    }
}

impl Vault {
    /// Lets go of the file: open editors save what is typed, calls under way have until `within` to finish and are cut off
    /// then, the write-ahead log goes into the file, connections and the lock are closed. Until [`Vault::resume`] every call
    /// hears [`NightstandError::Paused`]. A time beyond what the system's clock can hold is no limit.
    ///
    /// Call it when the app goes to the background: iOS ends an app that is suspended while it holds a lock on a file in a
    /// shared container. Nothing is lost if the system does not leave the time. What an editor could not save in time stays in
    /// its memory, and is saved after [`Vault::resume`].
    pub fn pause(&self, within: Duration) -> Result<Paused, NightstandError> {
        let deadline = Instant::now().checked_add(within);
        drop(self.life()?);
        self.let_save(deadline);
        let mut life = self.life()?;
        match life.door {
            Door::Closed => return Err(NightstandError::Closed),
            Door::Paused | Door::KeyNeeded => return Ok(Paused { writing: Ended::Finished, reading: Ended::Finished }),
            Door::Open | Door::ReadOnly => {}
        }
        Ok(self.0.let_go(&mut life, Door::Paused, deadline))
    }

    /// Takes the file up again after a pause. Does nothing in an open vault.
    ///
    /// Fails with [`NightstandError::Locked`] while somebody else has the file, and with [`NightstandError::NotFound`] if it
    /// is gone; the vault then stays paused.
    pub fn resume(&self) -> Result<(), NightstandError> {
        let life = self.life()?;
        match life.door {
            Door::Closed => return Err(NightstandError::Closed),
            Door::Open | Door::ReadOnly => return Ok(()),
            Door::Paused | Door::KeyNeeded => {}
        }
        let access = life.access.clone().ok_or(NightstandError::KeyNeeded)?;
        self.take_up(life, access, "resumed")
    }

    /// Pauses, and forgets the key: until [`Vault::unlock`] every call hears [`NightstandError::KeyNeeded`]. For an app that
    /// asks who is there when it comes back. Of a paused vault it forgets the key.
    ///
    /// Open editors let go of their text and end; one that could not save what was typed keeps it in memory, and saves it
    /// after the unlocking. What the app itself holds on to stays, too.
    pub fn lock(&self, within: Duration) -> Result<Paused, NightstandError> {
        let paused = self.pause(within)?;
        let mut life = self.life()?;
        match life.door {
            Door::Paused => self.0.shut(&mut life, Door::KeyNeeded),
            Door::Closed => return Err(NightstandError::Closed),
            // Somebody resumed it in this very moment.
            Door::Open | Door::ReadOnly => drop(self.0.let_go(&mut life, Door::KeyNeeded, None)),
            Door::KeyNeeded => {}
        }
        life.access = None;
        drop(life);
        self.0.log.say(Level::Info, "locked", &[]);
        self.let_forget(Forget::All, NightstandError::KeyNeeded);
        Ok(paused)
    }

    /// Takes the file up again after [`Vault::lock`], or after a pause. Does nothing in an open vault.
    ///
    /// Fails as [`Vault::resume`], and with [`NightstandError::WrongKey`]; the vault then stays locked.
    pub fn unlock(&self, key: [u8; 32]) -> Result<(), NightstandError> {
        let life = self.life()?;
        match life.door {
            Door::Closed => return Err(NightstandError::Closed),
            Door::Open | Door::ReadOnly => return Ok(()),
            Door::Paused | Door::KeyNeeded => {}
        }
        let access = Arc::new(Access::new(life.path.clone(), Zeroizing::new(key)));
        self.take_up(life, access, "unlocked")
    }

    fn take_up(
        &self,
        mut life: MutexGuard<'_, Life>,
        access: Arc<Access>,
        word: &'static str,
    ) -> Result<(), NightstandError> {
        let Inner { randomness, commits, purpose, log, .. } = &*self.0;
        let opened = match purpose {
            Purpose::Read => open_to_read(&access)?,
            Purpose::Use | Purpose::Background => {
                let mark = life.install_mark;
                open_to_write(&access, mark, Creation::Never, Renewal::Refused, randomness, commits, log)?
            }
        };
        if opened.person != self.person() {
            return Err(NightstandError::NotFound);
        }
        life.cuts = opened.cuts();
        life.lock = opened.lock;
        life.door = Door::Open;
        life.access = Some(access);
        match opened.writer {
            Some(writer) => self.0.writer.reopen(writer),
            None => self.0.writer.shut(Door::ReadOnly),
        }
        self.0.reader.reopen(opened.reader);
        drop(life);
        self.0.log.say(Level::Info, word, &[]);
        self.0.wakes.fetch_add(1, Ordering::SeqCst);
        self.ask_to_save();
        self.awakenings().ring(self.revision());
        Ok(())
    }

    /// Closes the vault on all its handles, after open editors have saved and the calls that are under way, and forgets the
    /// key. Every later call hears [`NightstandError::Closed`].
    pub fn close(&self) -> Result<(), NightstandError> {
        drop(self.life()?);
        self.let_save(None);
        let mut life = self.life()?;
        self.0.end(&mut life);
        drop(life);
        self.awakenings().ring(self.revision());
        Ok(())
    }

    /// Closes the vault on all its handles and removes its file and all that lies beside it but the empty file of the lock.
    /// Nothing is saved first; what is typed is gone, too. Works on a paused, locked or closed vault as well.
    ///
    /// What was written to a phone's storage can stay there unseen for a while; it is encrypted. So let go of the key in
    /// Keychain or Keystore as well, and of backups. The partner's phone keeps what it has.
    ///
    /// Fails with [`NightstandError::Locked`] if somebody else has the file, and with what removing a file can fail with; it
    /// can then be called again.
    pub fn erase_everything(&self) -> Result<(), NightstandError> {
        if self.0.purpose == Purpose::Read {
            return Err(NightstandError::ReadOnly);
        }
        let mut life = self.life()?;
        self.0.end(&mut life);
        let path = life.path.clone();
        drop(life);
        self.let_forget(Forget::Erased, NightstandError::Closed);
        self.awakenings().ring(self.revision());
        remove_all(&path)
    }

    pub(super) fn is_own_key(&self, key: &[u8; 32]) -> bool {
        let life = self.0.life.lock().unwrap_or_else(PoisonError::into_inner);
        life.access.as_ref().is_some_and(|access| access.is_key(key))
    }

    /// Lets go of what unlocks Private, also of a paused vault's.
    pub(super) fn forget_private(&self) {
        let life = self.0.life.lock().unwrap_or_else(PoisonError::into_inner);
        life.access.iter().for_each(|access| access.forget_private());
    }

    /// A call into the vault from within one would wait for itself.
    pub(super) fn not_from_within(&self) -> Result<(), NightstandError> {
        if self.0.writer.is_lent_here() || self.0.reader.is_lent_here() {
            return Err(NightstandError::Internal("a call into the vault from within one"));
        }
        Ok(())
    }

    fn life(&self) -> Result<MutexGuard<'_, Life>, NightstandError> {
        self.not_from_within()?;
        Ok(self.0.life.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    /// Lets go of all for good.
    fn end(&self, life: &mut Life) {
        match life.door {
            Door::Open | Door::ReadOnly => drop(self.let_go(life, Door::Closed, None)),
            Door::Paused | Door::KeyNeeded | Door::Closed => self.shut(life, Door::Closed),
        }
        life.access = None;
    }

    fn let_go(&self, life: &mut Life, door: Door, deadline: Option<Instant>) -> Paused {
        self.shut(life, door);
        let mut paused = Paused { writing: Ended::Finished, reading: Ended::Finished };
        let reader = self.reader.take(deadline, || {
            paused.reading = Ended::Cut;
            life.cuts.reader.now();
        });
        drop(reader);
        let writer = self.writer.take(deadline, || {
            paused.writing = Ended::Cut;
            life.cuts.writer.iter().for_each(Cut::now);
        });
        // On a full disk the log can't go into the file; it is as safe where it is.
        if let Some(writer) = writer {
            let _ = writer.checkpoint();
        }
        life.lock = None;
        let word = |ended| if ended == Ended::Cut { "cut" } else { "finished" };
        let values = [("writing", word(paused.writing).into()), ("reading", word(paused.reading).into())];
        self.log.say(Level::Info, door.word(), &values);
        paused
    }

    fn shut(&self, life: &mut Life, door: Door) {
        self.writer.shut(door);
        self.reader.shut(door);
        life.door = door;
    }
}
