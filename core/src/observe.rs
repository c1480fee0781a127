//! Hearing of changes: a screen says that it wants to know, and is told after commits.
//!
//! Calls come from one thread of the subscription, in the order of commits, never from inside a caller's own call, and at
//! most one in fifty milliseconds: who is slow gets the newest state, not a queue, and holds up nobody else. They carry a
//! number and nothing of what changed; a list that is told what changed is [`LiveRows`](crate::journal::LiveRows). Calling
//! back into the vault is allowed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::error::NightstandError;
use crate::store::CommitWatch;
use crate::vault::Vault;

/// The least time between two calls.
const APART: Duration = Duration::from_millis(50);

/// Wants to know of changes.
pub trait Observer: Send + Sync {
    /// Something changed. `revision` rises with every commit since the vault was opened; changes between two calls are told
    /// as one.
    fn changed(&self, revision: u64);
}

/// Tells an observer until it is dropped.
#[must_use = "observing ends when this is dropped"]
pub struct Subscription {
    shared: Arc<Shared>,
    _watch: Option<CommitWatch>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    woken: Condvar,
}

#[derive(Default)]
struct State {
    revision: Option<u64>,
    ended: bool,
}

impl Vault {
    /// Tells `observer` of every change from here on. The first call comes at once, and one after each resume, so that a
    /// screen draws itself the same way the first time and every other time.
    ///
    /// Errors: `Internal` if the system gives no thread to call from.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Subscription, NightstandError> {
        let vault = self.downgrade();
        self.on_change(move |revision| {
            if vault.upgrade().is_some_and(|vault| !vault.is_closed()) {
                observer.changed(revision);
            }
        })
    }

    /// The same for what observes within the core. It is told of the vault's closing, too.
    pub(crate) fn on_change(&self, tell: impl FnMut(u64) + Send + 'static) -> Result<Subscription, NightstandError> {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        let watch = self.on_commit(move |committed| told.tell(committed.revision));
        self.awakenings().add(&shared);
        shared.tell(self.revision());
        Subscription::start(tell, shared, Some(watch))
    }
}

/// Those who want to know of something that is no commit.
#[derive(Default)]
pub(crate) struct Bells(Mutex<Vec<Weak<Shared>>>);

impl Bells {
    /// Tells `observer` of every ring from here on; of the first, with this number, at once.
    pub(crate) fn observe(&self, observer: Arc<dyn Observer>, first: u64) -> Result<Subscription, NightstandError> {
        let shared = Arc::new(Shared::default());
        shared.tell(first);
        self.add(&shared);
        Subscription::start(move |number| observer.changed(number), shared, None)
    }

    fn add(&self, shared: &Arc<Shared>) {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| bell.strong_count() > 0);
        bells.push(Arc::downgrade(shared));
    }

    /// There is news, of this number.
    pub(crate) fn ring(&self, number: u64) {
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bells.iter().filter_map(Weak::upgrade).for_each(|bell| bell.tell(number));
    }
}

impl Subscription {
    /// Lets it tell once more, though nothing was committed; of no commit, or of one that comes just then.
    pub(crate) fn wake(&self) {
        self.shared.tell(0);
    }

    fn start(
        tell: impl FnMut(u64) + Send + 'static,
        shared: Arc<Shared>,
        watch: Option<CommitWatch>,
    ) -> Result<Self, NightstandError> {
        let heard = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("nightstand observer".into())
            .spawn(move || heard.call(tell))
            .map_err(|_| NightstandError::Internal("the system gives no thread"))?;
        Ok(Self { shared, _watch: watch, thread: Some(thread) })
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, revision: u64) {
        let mut state = self.lock();
        state.revision = state.revision.max(Some(revision));
        drop(state);
        self.woken.notify_all();
    }

    fn call(&self, mut tell: impl FnMut(u64)) {
        loop {
            let mut state = self.lock();
            while state.revision.is_none() && !state.ended {
                state = self.woken.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.ended {
                return;
            }
            let revision = state.revision.take().unwrap_or_default();
            drop(state);
            // An observer that panics is told again at the next commit.
            let _ = catch_unwind(AssertUnwindSafe(|| tell(revision)));
            let state = self.lock();
            let pause = self.woken.wait_timeout_while(state, APART, |state| !state.ended);
            drop(pause);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.woken.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != thread::current().id()
        {
            let _ = thread.join();
        }
    }
}
