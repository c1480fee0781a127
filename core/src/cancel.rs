//! How long a call may take: until its time is over, or until somebody ends it from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::NightstandError;

/// Ends a long call from another thread. What was committed stays.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// A handle that was not used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the calls that were given this handle, within a tenth of a second; a live conversation that has nothing under way
    /// says goodbye first, within half a second.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Was it used?
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long a call may take.
#[derive(Clone, Debug)]
pub(crate) struct Until {
    /// None for a time beyond what the system's clock can hold.
    end: Option<Instant>,
    cancel: Cancel,
}

impl Until {
    /// For this long from here on, or until it is cancelled.
    pub(crate) fn new(within: Duration, cancel: &Cancel) -> Self {
        Self { end: Instant::now().checked_add(within), cancel: cancel.clone() }
    }

    /// Is there time left? Errors: `Cancelled`.
    pub(crate) fn goes_on(&self) -> Result<bool, NightstandError> {
        if self.cancel.is_cancelled() { Err(NightstandError::Cancelled) } else { Ok(!self.left().is_zero()) }
    }

    /// How long that still is.
    pub(crate) fn left(&self) -> Duration {
        self.end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()))
    }
}
