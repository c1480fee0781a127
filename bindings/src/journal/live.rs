//! A list on a screen that stays true.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use nightstand::journal as core;
use nightstand::journal::live::{RowChange as CoreChange, RowsObserver, RowsUpdate as CoreUpdate};
use nightstand::journal::{Month, RowCursor};

use super::rows::JournalRow;
use crate::error::NightstandError;
use crate::work::{call_out, drop_apart, lock};

/// A window of a list, watched: `next` gives the whole of it first, and then what changes in it.
///
/// ```text
/// Whole 1 ─▶ Changed 2 ─▶ Changed 3 ─▶ … ─▶ Whole 9 (after a resume) ─▶ Changed 10 …
/// ```
///
/// In Kotlin `updates()` is a flow of the same, in Swift a stream.
#[derive(uniffi::Object)]
pub struct LiveRows {
    list: Mutex<Option<core::LiveRows>>,
    told: Arc<Told>,
}

/// Where the core's thread puts an update and the host's call takes it.
#[derive(Default)]
pub(super) struct Told {
    state: Mutex<State>,
    taken: Condvar,
}

#[derive(Default)]
struct State {
    update: Option<CoreUpdate>,
    over: bool,
    wakers: Vec<Waker>,
}

impl LiveRows {
    pub(super) fn watch(journal: &core::Journal, query: &core::RowsQuery) -> Result<Arc<Self>, NightstandError> {
        let told = Arc::new(Told::default());
        let list = Mutex::new(Some(journal.watch_rows(query, Arc::clone(&told) as Arc<dyn RowsObserver>)?));
        Ok(Arc::new(Self { list, told }))
    }
}

#[uniffi::export]
impl LiveRows {
    /// Waits for what there is to tell next; none once the list was ended or the vault closed. Who asks seldom gets the newest
    /// state, not a queue: what came in between is in one update. Updates come at least fifty milliseconds apart.
    ///
    /// Errors: none so far.
    pub async fn next(&self) -> Result<Option<RowsUpdate>, NightstandError> {
        Ok(Next(&self.told).await.map(RowsUpdate::from))
    }

    /// Moves or resizes the window: the first `limit` rows behind `after`, of the same filters. What that changes is told like
    /// any other change, so a list that grows by a page is told of its new rows.
    ///
    /// To grow, hand in the first `after` and a greater limit, up to 1,000. To jump, hand in a month's `start`.
    ///
    /// Errors: none so far. An ended list stays ended.
    pub fn show(&self, after: Option<RowCursor>, limit: u32) -> Result<(), NightstandError> {
        if let Some(list) = &*lock(&self.list) {
            list.show(after, limit);
        }
        Ok(())
    }

    /// Ends it: whoever waits in `next` is told so. Letting go of the list ends it, too.
    ///
    /// Errors: none so far.
    pub fn end(&self) -> Result<(), NightstandError> {
        self.told.end();
        if let Some(list) = lock(&self.list).take() {
            drop_apart(list);
        }
        Ok(())
    }
}

impl Drop for LiveRows {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl RowsObserver for Told {
    /// Holds the core's thread until the one before was taken: then the next is the newest.
    fn updated(&self, update: CoreUpdate) {
        let waiting = |state: &mut State| state.update.is_some() && !state.over;
        let mut state = self.taken.wait_while(lock(&self.state), waiting).unwrap_or_else(|state| state.into_inner());
        if !state.over {
            state.update = Some(update);
        }
        wake(state);
    }
}

impl Told {
    fn end(&self) {
        let mut state = lock(&self.state);
        (state.over, state.update) = (true, None);
        self.taken.notify_all();
        wake(state);
    }
}

/// Wakes them once nothing is locked any more: they may ask at once.
fn wake(mut locked: MutexGuard<'_, State>) {
    let wakers = std::mem::take(&mut locked.wakers);
    drop(locked);
    call_out(|| wakers.into_iter().for_each(Waker::wake));
}

struct Next<'a>(&'a Told);

impl Future for Next<'_> {
    type Output = Option<CoreUpdate>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.0.state);
        let closed = CoreUpdate::Failed { error: nightstand::error::NightstandError::Closed };
        match state.update.take() {
            Some(update) => {
                state.over = update == closed;
                self.0.taken.notify_all();
                Poll::Ready(Some(update).filter(|update| *update != closed))
            }
            None if state.over => Poll::Ready(None),
            None => {
                state.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// What a watched list is told.
#[derive(uniffi::Enum)]
pub enum RowsUpdate {
    /// The whole window: first, after each resume, after a failure, and where more than 256 steps would lead to it.
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
    /// vault is no failure: the whole comes after its resume.
    Failed {
        /// Why.
        error: NightstandError,
    },
}

/// What a window shows.
#[derive(uniffi::Record)]
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

/// One step. Steps are applied one after the other, each to what the one before has left; places count from 0. That is what
/// Android's `ListUpdateCallback` takes, and what turns an array into the next one for a diffable data source.
///
/// They come in this order: deletions from the end to the beginning, then insertions and moves from the beginning to the end,
/// then updates.
#[derive(uniffi::Enum)]
pub enum RowChange {
    /// The row at this place goes.
    Delete {
        /// Its place.
        at: u32,
    },
    /// A row comes to stand at this place.
    Insert {
        /// Its place.
        at: u32,
        /// The row.
        row: JournalRow,
    },
    /// A row goes from one place to another.
    Move {
        /// Its place.
        origin: u32,
        /// Its place once it was taken out and put in again.
        target: u32,
    },
    /// The row at this place shows something else.
    Update {
        /// Its place.
        at: u32,
        /// What it shows.
        row: JournalRow,
    },
}

/// A month of a list.
#[uniffi::remote(Record)]
pub struct Month {
    /// The year, 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// How many entries it has; in a window, how many of its rows.
    pub entries: u64,
    /// Handed in as `after`, a page begins with the newest of them.
    pub start: RowCursor,
}

impl From<CoreUpdate> for RowsUpdate {
    fn from(update: CoreUpdate) -> Self {
        match update {
            CoreUpdate::Whole { state: core::live::RowsState { number, rows, months, next } } => {
                let rows = rows.into_iter().map(JournalRow::from).collect();
                Self::Whole { state: RowsState { number, rows, months, next } }
            }
            CoreUpdate::Changed { number, changes, months, next } => {
                let changes = changes.into_iter().map(RowChange::from).collect();
                Self::Changed { number, changes, months, next }
            }
            CoreUpdate::Failed { error } => Self::Failed { error: error.into() },
        }
    }
}

impl From<CoreChange> for RowChange {
    fn from(change: CoreChange) -> Self {
        match change {
            CoreChange::Delete { at } => Self::Delete { at },
            CoreChange::Insert { at, row } => Self::Insert { at, row: row.into() },
            CoreChange::Move { origin, target } => Self::Move { origin, target },
            CoreChange::Update { at, row } => Self::Update { at, row: row.into() },
        }
    }
}
