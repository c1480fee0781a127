//! A list on a screen that stays true: the whole of a window first, then what changes in it.
//!
//! ```
//! # use nightstand::{error::NightstandError, vault::Vault};
//! # use nightstand::journal::{EntryDraft, JournalRow, RowsQuery, Sharing, live::{RowsObserver, RowsUpdate}};
//! # use std::sync::{Arc, Mutex, mpsc};
//! # fn main() -> Result<(), NightstandError> {
//! # let folder = tempfile::tempdir().map_err(|_| NightstandError::Internal("no folder"))?;
//! # let vault = Vault::open(folder.path().join("a.db"), [0; 32], [0; 16], Arc::new(nightstand::vault::SystemClock))?;
//! struct Screen(Mutex<Vec<JournalRow>>, mpsc::Sender<usize>);
//!
//! impl RowsObserver for Screen {
//!     fn updated(&self, update: RowsUpdate) {
//!         let mut rows = self.0.lock().unwrap();
//!         match update {
//!             RowsUpdate::Whole { state } => *rows = state.rows,
//!             RowsUpdate::Changed { changes, .. } => changes.into_iter().for_each(|change| change.apply(&mut rows)),
//!             RowsUpdate::Failed { .. } => {}
//!         }
//!         let _ = self.1.send(rows.len());
//!     }
//! }
//!
//! let (told, heard) = mpsc::channel();
//! let window = RowsQuery { limit: 50, ..RowsQuery::default() };
//! let list = vault.journal().watch_rows(&window, Arc::new(Screen(Mutex::default(), told)))?;
//! assert_eq!(heard.recv(), Ok(0));
//! vault.journal().write(&EntryDraft { title: "Sunday".into(), ..EntryDraft::default() }, Sharing::Private)?;
//! assert_eq!(heard.recv(), Ok(1));
//! # drop(list);
//! # Ok(())
//! # }
//! ```

mod changes;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use changes::RowChange;

use super::rows::{JournalRow, RowCursor, RowsQuery, filters, page};
use super::{Journal, Month, months};
use crate::error::NightstandError;
use crate::observe::Subscription;
use crate::vault::Vault;

/// More changes than this are told as a whole state.
pub const MOST_CHANGES: usize = 256;

/// Wants to know what a window of a list shows.
pub trait RowsObserver: Send + Sync {
    /// The window is this, or changed so.
    fn updated(&self, update: RowsUpdate);
}

/// What an observer of a list is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowsUpdate {
    /// The whole window: first, after each resume, after a failure, and where more changed than [`MOST_CHANGES`].
    Whole {
        /// What it shows.
        state: RowsState,
    },
    /// What changed since the state of the number before.
    Changed {
        /// This state's number, one more than the last that was told.
        number: u64,
        /// To be applied one after the other.
        changes: Vec<RowChange>,
        /// The window's months, as they are then.
        months: Vec<Month>,
        /// Where the next page begins then.
        next: Option<RowCursor>,
    },
    /// The list could not be read; the screen keeps what it shows. The next change tries again and tells the whole. A paused
    /// vault is no failure: the whole comes after its resume. With [`Closed`](NightstandError::Closed) nothing more comes.
    Failed {
        /// Why.
        error: NightstandError,
    },
}

/// What a window shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowsState {
    /// Rises by one with each state that is told, whole or as changes; from 1.
    pub number: u64,
    /// Its rows, newest first.
    pub rows: Vec<JournalRow>,
    /// The sections between them: the first so many rows are of the first month, and so on.
    pub months: Vec<Month>,
    /// Where the next page begins; none if nothing is behind the window.
    pub next: Option<RowCursor>,
}

/// A watched window. It is told of until this is dropped; that waits for the observer's last call.
#[must_use = "watching ends when this is dropped"]
pub struct LiveRows {
    window: Arc<Mutex<RowsQuery>>,
    subscription: Subscription,
}

impl Journal {
    /// Tells `observer` what stands in a window of the list, at once and after every change to it. The window is the query's:
    /// its first `limit` rows behind `after`. What changes elsewhere is not told.
    ///
    /// Calls come as those of [`observe`](crate::observe): from one thread of this window's, in the order of commits, at most
    /// one in fifty milliseconds, the newest state alone.
    ///
    /// Errors: `InvalidInput` for a query that can't be used, `Internal` if the system gives no thread to call from.
    pub fn watch_rows(&self, query: &RowsQuery, observer: Arc<dyn RowsObserver>) -> Result<LiveRows, NightstandError> {
        filters(query, &self.vault.person())?;
        let window = Arc::new(Mutex::new(query.clone()));
        let mut told = Told::default();
        let (vault, asked) = (self.vault.downgrade(), Arc::clone(&window));
        let subscription = self.vault.on_change(move |_| {
            let query = lock(&asked).clone();
            let update = vault.upgrade().and_then(|vault| told.next(&vault, &query));
            if let Some(update) = update {
                observer.updated(update);
            }
        })?;
        Ok(LiveRows { window, subscription })
    }
}

impl LiveRows {
    /// Moves or resizes the window: the first `limit` rows behind `after`, of the same filters. What that changes is told like
    /// any other change, so a list that grows by a page is told of its new rows.
    ///
    /// To grow, hand in the first `after` and a greater limit, up to [`MOST_ROWS`](super::MOST_ROWS). To jump, hand in a
    /// month's [`start`](Month::start).
    pub fn show(&self, after: Option<RowCursor>, limit: u32) {
        let mut window = lock(&self.window);
        (window.after, window.limit) = (after, limit);
        drop(window);
        self.subscription.wake();
    }
}

/// What was told last.
#[derive(Default)]
struct Told {
    shown: Option<RowsState>,
    wakes: u64,
    number: u64,
    over: bool,
}

impl Told {
    /// What there is to tell, if there is anything.
    fn next(&mut self, vault: &Vault, query: &RowsQuery) -> Option<RowsUpdate> {
        let wakes = vault.wakes();
        let mut state = match read(vault, query) {
            Ok(state) => state,
            Err(NightstandError::Paused) => return None,
            Err(_) if self.over => return None,
            Err(error) => {
                (self.shown, self.over) = (None, error == NightstandError::Closed);
                return Some(RowsUpdate::Failed { error });
            }
        };
        state.number = self.number + 1;
        let shown = self.shown.take().filter(|_| self.wakes == wakes);
        let update = match &shown {
            Some(shown) if (&shown.rows, &shown.months, &shown.next) == (&state.rows, &state.months, &state.next) => {
                None
            }
            Some(shown) => Some(changed(shown, &state)),
            None => Some(RowsUpdate::Whole { state: state.clone() }),
        };
        if update.is_some() {
            (self.wakes, self.number) = (wakes, state.number);
            self.shown = Some(state);
        } else {
            self.shown = shown;
        }
        update
    }
}

fn changed(shown: &RowsState, state: &RowsState) -> RowsUpdate {
    let changes = changes::between(&shown.rows, &state.rows);
    if changes.len() > MOST_CHANGES {
        return RowsUpdate::Whole { state: state.clone() };
    }
    let RowsState { number, months, next, .. } = state.clone();
    RowsUpdate::Changed { number, changes, months, next }
}

fn read(vault: &Vault, query: &RowsQuery) -> Result<RowsState, NightstandError> {
    vault.read(|rows, me| {
        let (found, next) = page(rows, &me, query)?;
        let months = months::of_page(rows, &me, query, &found)?;
        let rows = found.into_iter().map(|(row, _)| row).collect();
        Ok(RowsState { number: 0, rows, months, next })
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
