//! From memory to the file: a thread of the editor's saves what is typed, and takes in what came from elsewhere.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use nightstand_engine::ids::{DocumentKey, Space};

use super::rescue;
use super::standing::{Found, Standing, typed};
use super::state::State;
use super::{Editor, Field, Handle};
use crate::error::NightstandError;
use crate::journal::EntryId;
use crate::observe::Bells;
use crate::store::{CommitWatch, Committed};
use crate::vault::{Attendant, Forget, Vault};

/// After a failed save the next one waits so long, then twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What all handles of an editor and its thread share. Locked in this order: `standing`, the vault, `state`.
pub(super) struct Shared {
    pub(super) vault: Vault,
    pub(super) id: EntryId,
    key: DocumentKey,
    pause: Duration,
    state: Mutex<State>,
    woken: Condvar,
    standing: Mutex<Standing>,
    /// The thread that saves at the moment: what it commits is no news.
    saver: Mutex<Option<ThreadId>>,
    pub(super) bells: Bells,
    _watch: CommitWatch,
}

impl Editor {
    /// Saves what is typed, at once: when this returns, it is in the file. Text that is being composed is not saved.
    ///
    /// Call it before the app reads the entry elsewhere. Pausing and closing the vault, sharing and deleting the entry do it by
    /// themselves.
    ///
    /// Errors: what `edit` of a journal may say, such as `DiskFull` and `Paused`: then all stays in memory and is tried again.
    /// `TooLarge` for an entry with a history of half a million letters. None for an entry that was deleted: see
    /// [`EditorState::kept`](super::EditorState::kept).
    pub fn flush(&self) -> Result<(), NightstandError> {
        self.0.shared.round()
    }

    /// Finishes what is being composed, saves, and ends the editor on all its handles: every later edit is told `Closed`. If
    /// saving fails the editor stays open, and says why.
    pub fn close(&self) -> Result<(), NightstandError> {
        let shared = &self.0.shared;
        shared.state().finish_composing();
        shared.round()?;
        let mut state = shared.state();
        // What was typed meanwhile on another thread is still saved.
        state.ended = state.ended.or(Some(NightstandError::Closed));
        drop(state);
        shared.round()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.state().duty.leaving = true;
        self.shared.woken.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

impl Shared {
    pub(super) fn new(vault: Vault, id: EntryId, key: DocumentKey, standing: Standing, pause: Duration) -> Arc<Self> {
        let shared = Arc::new_cyclic(|shared: &std::sync::Weak<Self>| {
            let watcher = shared.clone();
            let watch = vault.on_commit(move |committed| {
                if let Some(shared) = watcher.upgrade() {
                    shared.hear(committed);
                }
            });
            let mut state = State::of(&standing.texts);
            // Somebody may have written between the reading and this.
            state.duty.heard = true;
            let (state, standing) = (Mutex::new(state), Mutex::new(standing));
            let (woken, saver, bells) = (Condvar::new(), Mutex::new(None), Bells::default());
            Self { vault, id, key, pause, state, woken, standing, saver, bells, _watch: watch }
        });
        let attendant: Arc<dyn Attendant> = shared.clone();
        shared.vault.attend(&attendant);
        shared
    }

    pub(super) fn start(shared: &Arc<Self>) -> Result<JoinHandle<()>, NightstandError> {
        let shared = Arc::clone(shared);
        thread::Builder::new()
            .name("nightstand editor".into())
            .spawn(move || shared.serve())
            .map_err(|_| NightstandError::Internal("the system gives no thread"))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// After an edit: it is saved in a while.
    pub(super) fn see_to_saving(&self, state: &mut State) {
        if state.duty.due.is_none() && state.is_unsaved() {
            state.duty.due = Instant::now().checked_add(self.pause);
            self.woken.notify_all();
        }
    }

    fn hear(&self, committed: &Committed) {
        let own = *lock(&self.saver) == Some(thread::current().id());
        if !own && committed.documents.contains(&self.key) {
            self.state().duty.heard = true;
            self.woken.notify_all();
        }
    }

    fn serve(&self) {
        loop {
            let mut state = self.state();
            while !state.duty.leaving && !state.duty.asked && !state.duty.heard {
                let patience = state.duty.due.map(|due| due.saturating_duration_since(Instant::now()));
                state = match patience {
                    Some(Duration::ZERO) => break,
                    Some(patience) => {
                        self.woken.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner).0
                    }
                    None => self.woken.wait(state).unwrap_or_else(PoisonError::into_inner),
                };
            }
            let leaving = state.duty.leaving;
            if leaving {
                state.finish_composing();
            }
            let due = state.duty.due.is_some_and(|due| due <= Instant::now());
            let to_save = leaving || due || state.duty.asked;
            state.duty.heard = false;
            drop(state);
            if !to_save && self.is_as_it_was() {
                continue; // what is typed waits for its time
            }
            // It is noted in the state, and tried again.
            let _ = self.round();
            if leaving {
                return;
            }
        }
    }

    fn is_as_it_was(&self) -> bool {
        if self.state().ended.is_some() {
            return false;
        }
        let standing = lock(&self.standing);
        matches!(self.vault.read(|rows, _| standing.look(rows, &self.key)), Ok(Found::Saved(None)))
    }

    /// Saves what is to be saved, takes in what came, and notes how that went.
    fn round(&self) -> Result<(), NightstandError> {
        self.state().duty.rounds += 1;
        let done = catch_unwind(AssertUnwindSafe(|| self.exchange()));
        let done = done.unwrap_or(Err(NightstandError::Internal("a panic")));
        let mut state = self.state();
        let unsaved = state.is_unsaved();
        let failed = done.err().filter(|_| unsaved);
        state.duty.failures = if failed.is_some() { state.duty.failures.saturating_add(1) } else { 0 };
        let pause = match state.duty.failures {
            0 => self.pause,
            failures => (FIRST_PAUSE * (1 << (failures - 1).min(8))).min(LONGEST_PAUSE),
        };
        state.duty.due = if unsaved { Instant::now().checked_add(pause) } else { None };
        if failed != state.failed || !unsaved {
            state.duty.news += 1;
        }
        state.failed = failed;
        state.duty.rounds -= 1;
        let news = state.duty.news;
        drop(state);
        self.woken.notify_all();
        self.bells.ring(news);
        done
    }

    fn exchange(&self) -> Result<(), NightstandError> {
        let mut standing = lock(&self.standing);
        let mut state = self.state();
        state.duty.asked = false;
        if state.ended.is_some() && !state.is_unsaved() {
            return Ok(());
        }
        let pending = state.pages.each_mut().map(|page| page.begin_saving());
        drop(state);
        let found = if pending.iter().all(Vec::is_empty) {
            self.vault.read(|rows, _| standing.look(rows, &self.key))?
        } else {
            self.as_saver(|| self.vault.write(|tx| standing.save(tx, &self.key, &pending)))?
        };
        match found {
            Found::Saved(next) => {
                if let Some(next) = next {
                    *standing = *next;
                }
                let mut state = self.state();
                state.pages.iter_mut().for_each(|page| _ = page.saved(None));
            }
            Found::Changed(next, arrived) => {
                *standing = *next;
                let mut state = self.state();
                let mut news = false;
                for ((page, arrived), base) in state.pages.iter_mut().zip(arrived).zip(&standing.texts) {
                    news |= page.saved(Some((arrived, base)));
                }
                state.duty.news += u64::from(news);
            }
            Found::Gone => self.rescue(&mut standing)?,
        }
        Ok(())
    }

    /// The entry was deleted: what was typed and not saved is kept in an entry of its own.
    fn rescue(&self, standing: &mut Standing) -> Result<(), NightstandError> {
        let mut state = self.state();
        state.finish_composing();
        state.duty.news += 1;
        state.ended = state.ended.or(Some(NightstandError::Deleted));
        let pending = state.pages.each_mut().map(|page| page.begin_saving());
        drop(state);
        if pending.iter().all(Vec::is_empty) {
            return Ok(());
        }
        let kept = self.as_saver(|| {
            self.vault.write(|tx| {
                let before = standing.loaded()?;
                let (typed, texts) = typed(&standing.texts, &pending);
                rescue::keep(tx, &self.key, &before, &typed, &texts[Field::Body.index()].rich())
            })
        })?;
        let mut state = self.state();
        state.kept = kept;
        state.pages.iter_mut().for_each(|page| _ = page.saved(None));
        Ok(())
    }

    fn as_saver<R>(&self, save: impl FnOnce() -> R) -> R {
        *lock(&self.saver) = Some(thread::current().id());
        let saved = save();
        *lock(&self.saver) = None;
        saved
    }
}

impl Attendant for Shared {
    fn ask(&self) {
        self.state().duty.asked = true;
        self.woken.notify_all();
    }

    fn wait(&self, until: Option<Instant>) {
        let mut state = self.state();
        while state.is_unsaved() && (state.duty.asked || state.duty.rounds > 0) && !state.duty.leaving {
            let patience = until.map(|until| until.saturating_duration_since(Instant::now()));
            state = match patience {
                Some(Duration::ZERO) => return,
                Some(patience) => self.woken.wait_timeout(state, patience).unwrap_or_else(PoisonError::into_inner).0,
                None => self.woken.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    fn finish(&self, id: &EntryId) {
        if self.id == *id {
            self.state().finish_composing();
            let _ = self.round();
        }
    }

    fn forget(&self, what: Forget, why: NightstandError) {
        if what == Forget::Private && self.key.place.space() != Space::Private {
            return;
        }
        let mut standing = lock(&self.standing);
        let mut state = self.state();
        if state.is_unsaved() && what != Forget::Erased {
            return;
        }
        *standing = Standing::nothing();
        let ended = state.ended.or(Some(why));
        let duty = std::mem::take(&mut state.duty);
        *state = State { ended, kept: state.kept, duty, ..State::of(&standing.texts) };
        state.duty.news += 1;
        let news = state.duty.news;
        drop(state);
        self.bells.ring(news);
    }
}

/// What these hold is whole at every moment, whoever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
