//! Telling others, after each commit that changed documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use nightstand_engine::ids::DocumentKey;

/// What a commit did.
#[derive(Debug)]
pub(crate) struct Committed {
    /// Rises with each commit that changed documents; starts at 0 each time the vault is opened.
    pub(crate) revision: u64,
    /// The documents that changed or went.
    pub(crate) documents: BTreeSet<DocumentKey>,
}

type Watcher = Arc<dyn Fn(&Committed) + Send + Sync>;

/// Counts commits and calls those who watch.
#[derive(Clone, Default)]
pub(crate) struct Commits(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    revision: u64,
    next: u64,
    watchers: BTreeMap<u64, Watcher>,
}

/// Watches until it is dropped.
#[must_use = "watching ends when this is dropped"]
pub(crate) struct CommitWatch {
    state: Weak<Mutex<State>>,
    number: u64,
}

impl Commits {
    /// The revision of the newest commit.
    pub(crate) fn revision(&self) -> u64 {
        self.state().revision
    }

    /// Calls `watcher` after each commit, in order, on the thread that committed and before its call returns. It may note
    /// that something changed and wake others; a call into the vault from there is refused.
    pub(crate) fn watch(&self, watcher: impl Fn(&Committed) + Send + Sync + 'static) -> CommitWatch {
        let mut state = self.state();
        let number = state.next;
        state.next += 1;
        state.watchers.insert(number, Arc::new(watcher));
        CommitWatch { state: Arc::downgrade(&self.0), number }
    }

    pub(super) fn tell(&self, documents: BTreeSet<DocumentKey>) {
        let mut state = self.state();
        state.revision += 1;
        let commit = Committed { revision: state.revision, documents };
        let watchers: Vec<_> = state.watchers.values().cloned().collect();
        // A watcher may start or stop watching.
        drop(state);
        for watcher in watchers {
            watcher(&commit);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CommitWatch {
    fn drop(&mut self) {
        if let Some(state) = self.state.upgrade() {
            state.lock().unwrap_or_else(PoisonError::into_inner).watchers.remove(&self.number);
        }
    }
}
