//! A clock to set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use nightstand::vault::Clock;
use nightstand_ffi::time::Timestamp;

/// A Sunday evening in November 2026.
pub(crate) const SUNDAY_MS: i64 = 1_794_774_600_000;

/// A clock that stands still until it is set or moved. Vaults that were made with it ask it.
///
/// What an app hands to `Vault.open` is a `Clock` of the app's own: one whose `now()` asks this one's.
#[derive(uniffi::Object)]
pub struct TestClock(AtomicI64);

#[uniffi::export]
impl TestClock {
    /// A clock that shows this time.
    #[uniffi::constructor]
    pub fn new(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.0)))
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.now_ms())
    }

    /// Sets it, also back.
    pub fn set(&self, to: Timestamp) {
        self.0.store(to.0, Ordering::Relaxed);
    }

    /// Moves it on. It stops at the end of time.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| Some(now.saturating_add(by)));
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The clock that was given, or one that shows a Sunday evening.
pub(crate) fn or_sunday(clock: Option<Arc<TestClock>>) -> Arc<TestClock> {
    clock.unwrap_or_else(|| TestClock::new(Timestamp(SUNDAY_MS)))
}
