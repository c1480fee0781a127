//! Opening, pausing, resuming and closing.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::lock::FileLock;
use super::options::OpenOptions;
use super::slot::Door;
use super::{Inner, Vault};
use crate::error::NightstandError;
use crate::store::{Access, Commits, Creation, Cut, Randomness, Reader, StoreError, Writer};

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
    // Forgotten at close.
    access: Option<Arc<Access>>,
    install_mark: [u8; 16],
    cuts: Cuts,
    lock: Option<FileLock>,
}

struct Cuts {
    writer: Cut,
    reader: Cut,
}

impl Life {
    pub(super) fn begin(
        options: OpenOptions,
        randomness: &Randomness,
        commits: &Commits,
    ) -> Result<(Self, Writer, Reader), NightstandError> {
        let OpenOptions { path, key, install_mark, .. } = options;
        let access = Arc::new(Access::new(path, key));
        let opened = open_files(&access, install_mark, Creation::IfAbsent, randomness, commits)?;
        let life =
            Self { door: Door::Open, access: Some(access), install_mark, cuts: opened.cuts(), lock: Some(opened.lock) };
        Ok((life, opened.writer, opened.reader))
    }
}

struct Opened {
    lock: FileLock,
    writer: Writer,
    reader: Reader,
}

impl Opened {
    fn cuts(&self) -> Cuts {
        Cuts { writer: self.writer.cut(), reader: self.reader.cut() }
    }
}

fn open_files(
    access: &Arc<Access>,
    install_mark: [u8; 16],
    creation: Creation,
    randomness: &Randomness,
    commits: &Commits,
) -> Result<Opened, NightstandError> {
    let lock = FileLock::take(access.path())?;
    let open = || -> Result<_, StoreError> {
        let mut writer = Writer::open(access, creation, install_mark, randomness.clone(), commits.clone())?;
        // Left over from a kill; tried again after the next call that writes.
        let _ = writer.purge();
        Ok((writer, Reader::open(access)?))
    };
    match open() {
        Ok((writer, reader)) => Ok(Opened { lock, writer, reader }),
        Err(StoreError::Damaged) => Err(NightstandError::Damaged { salvage: access.salvage() }),
        Err(error) => Err(error.into()),
    }
}

impl Vault {
    /// Lets go of the file: open editors save what is typed, calls under way have until `within` to finish and are cut off then, the write-ahead log goes
    /// into the file, connections and the lock are closed. Until [`Vault::resume`] every call hears
    /// [`NightstandError::Paused`]. A time beyond what the system's clock can hold is no limit.
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
            Door::Paused => return Ok(Paused { writing: Ended::Finished, reading: Ended::Finished }),
            Door::Open => {}
        }
        Ok(self.0.let_go(&mut life, Door::Paused, deadline))
    }

    /// Takes the file up again after a pause. Does nothing in an open vault.
    ///
    /// Fails with [`NightstandError::Locked`] while somebody else has the file, and with [`NightstandError::NotFound`] if it
    /// is gone; the vault then stays paused.
    pub fn resume(&self) -> Result<(), NightstandError> {
        let mut life = self.life()?;
        match life.door {
            Door::Closed => return Err(NightstandError::Closed),
            Door::Open => return Ok(()),
            Door::Paused => {}
        }
        let access = life.access.as_ref().ok_or(NightstandError::Closed)?;
        let opened = open_files(access, life.install_mark, Creation::Never, &self.0.randomness, &self.0.commits)?;
        if opened.writer.person() != self.0.person {
            return Err(NightstandError::NotFound);
        }
        life.cuts = opened.cuts();
        life.lock = Some(opened.lock);
        life.door = Door::Open;
        self.0.writer.reopen(opened.writer);
        self.0.reader.reopen(opened.reader);
        drop(life);
        self.0.wakes.fetch_add(1, Ordering::SeqCst);
        self.ask_to_save();
        self.awakenings().ring(self.revision());
        Ok(())
    }

    /// Closes the vault on all its handles, after open editors have saved and the calls that are under way, and forgets the key. Every later call hears
    /// [`NightstandError::Closed`].
    pub fn close(&self) -> Result<(), NightstandError> {
        drop(self.life()?);
        self.let_save(None);
        let mut life = self.life()?;
        if life.door != Door::Closed {
            self.0.let_go(&mut life, Door::Closed, None);
        }
        life.access = None;
        drop(life);
        self.awakenings().ring(self.revision());
        Ok(())
    }

    fn life(&self) -> Result<MutexGuard<'_, Life>, NightstandError> {
        if self.0.writer.is_lent_here() || self.0.reader.is_lent_here() {
            return Err(NightstandError::Internal("a call into the vault from within one"));
        }
        Ok(self.0.life.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Inner {
    fn let_go(&self, life: &mut Life, door: Door, deadline: Option<Instant>) -> Paused {
        self.writer.shut(door);
        self.reader.shut(door);
        let mut paused = Paused { writing: Ended::Finished, reading: Ended::Finished };
        let reader = self.reader.take(deadline, || {
            paused.reading = Ended::Cut;
            life.cuts.reader.now();
        });
        drop(reader);
        let writer = self.writer.take(deadline, || {
            paused.writing = Ended::Cut;
            life.cuts.writer.now();
        });
        // On a full disk the log can't go into the file; it is as safe where it is.
        if let Some(writer) = writer {
            let _ = writer.checkpoint();
        }
        life.lock = None;
        life.door = door;
        paused
    }
}
