//! A connection that is lent to one call at a time and can be taken away in good time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use crate::error::NightstandError;

const CUT_AGAIN: Duration = Duration::from_millis(5);

pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    thing: Option<T>,
    borrower: Option<ThreadId>,
    door: Door,
}

/// May it be lent?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Door {
    Open,
    Paused,
    KeyNeeded,
    /// Of the writer, in a vault that only reads.
    ReadOnly,
    Closed,
}

impl Door {
    /// What the log says of it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::KeyNeeded => "locked",
            Self::ReadOnly => "read_only",
            Self::Closed => "closed",
        }
    }

    pub(super) fn check(self) -> Result<(), NightstandError> {
        match self {
            Self::Open => Ok(()),
            Self::Paused => Err(NightstandError::Paused),
            Self::KeyNeeded => Err(NightstandError::KeyNeeded),
            Self::ReadOnly => Err(NightstandError::ReadOnly),
            Self::Closed => Err(NightstandError::Closed),
        }
    }
}

impl<T> Slot<T> {
    pub(super) fn new(thing: T) -> Self {
        Self::of(Some(thing), Door::Open)
    }

    /// With nothing in it to lend.
    pub(super) fn empty(door: Door) -> Self {
        Self::of(None, door)
    }

    fn of(thing: Option<T>, door: Door) -> Self {
        Self { state: Mutex::new(State { thing, borrower: None, door }), changed: Condvar::new() }
    }

    /// Lends the thing to `use_it`, when nobody else has it.
    pub(super) fn with<R>(
        &self,
        use_it: impl FnOnce(&mut T) -> Result<R, NightstandError>,
    ) -> Result<R, NightstandError> {
        let mut loan = self.borrow()?;
        use_it(loan.thing.as_mut().ok_or(NightstandError::Internal("a loan of nothing"))?)
    }

    fn borrow(&self) -> Result<Loan<'_, T>, NightstandError> {
        let me = thread::current().id();
        let mut state = self.state();
        loop {
            state.door.check()?;
            if state.borrower == Some(me) {
                return Err(NightstandError::Internal("a call into the vault from within one"));
            }
            if let Some(thing) = state.thing.take() {
                state.borrower = Some(me);
                return Ok(Loan { slot: self, thing: Some(thing) });
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Has this very thread borrowed it? Then it would wait for itself.
    pub(super) fn is_lent_here(&self) -> bool {
        self.state().borrower == Some(thread::current().id())
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().door == Door::Closed
    }

    /// Lends it to nobody from now on.
    pub(super) fn shut(&self, door: Door) {
        self.state().door = door;
        self.changed.notify_all();
    }

    /// Takes the thing away from a shut slot: when its borrower is done or, from `deadline` on, when `cut` has made it stop.
    /// `None` for no deadline.
    pub(super) fn take(&self, deadline: Option<Instant>, mut cut: impl FnMut()) -> Option<T> {
        let lent = |state: &mut State<T>| state.borrower.is_some();
        let mut state = self.state();
        let Some(deadline) = deadline else {
            return self.changed.wait_while(state, lent).unwrap_or_else(PoisonError::into_inner).thing.take();
        };
        let mut patience = deadline.saturating_duration_since(Instant::now());
        loop {
            state = self.changed.wait_timeout_while(state, patience, lent).unwrap_or_else(PoisonError::into_inner).0;
            if state.borrower.is_none() {
                return state.thing.take();
            }
            // Again and again: a statement that is just about to begin is not interrupted.
            cut();
            patience = CUT_AGAIN;
        }
    }

    /// Lends again.
    pub(super) fn reopen(&self, thing: T) {
        let mut state = self.state();
        state.thing = Some(thing);
        state.door = Door::Open;
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives the thing back when it is dropped, also when its borrower panics.
struct Loan<'a, T> {
    slot: &'a Slot<T>,
    thing: Option<T>,
}

impl<T> Drop for Loan<'_, T> {
    fn drop(&mut self) {
        let mut state = self.slot.state();
        state.thing = self.thing.take();
        state.borrower = None;
        self.slot.changed.notify_all();
    }
}
