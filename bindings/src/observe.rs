//! Hearing of changes.

use std::sync::Mutex;

use nightstand::observe::{Observer as CoreObserver, Subscription as CoreSubscription};

use crate::error::NightstandError;
use crate::work::{self, Held, apart, drop_apart, lock};

/// Wants to know of changes.
///
/// Calls come from one thread of the core's for each subscription, in the order of commits, never from inside a call of the
/// app's own, and at most one in fifty milliseconds: who is slow gets the newest state, not a queue. Calling back into the
/// vault is allowed. What it throws is dropped, and the next call comes all the same.
#[uniffi::export(foreign)]
pub trait Observer: Send + Sync {
    /// Something changed. `revision` rises with every commit since the vault was opened; changes between two calls are told
    /// as one.
    fn changed(&self, revision: u64) -> Result<(), NightstandError>;
}

pub(crate) struct HostObserver(pub(crate) Held<dyn Observer>);

impl CoreObserver for HostObserver {
    fn changed(&self, revision: u64) {
        let _ = self.0.call(|observer| observer.changed(revision));
    }
}

/// Tells an observer, until it is ended or the last reference to it goes.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<CoreSubscription>>);

impl Subscription {
    pub(crate) fn new(subscription: CoreSubscription) -> Self {
        Self(Mutex::new(Some(subscription)))
    }
}

#[uniffi::export]
impl Subscription {
    /// Ends it. When this returns, the observer's last call is over; so don't wait for it inside that call.
    pub async fn end(&self) -> Result<(), NightstandError> {
        let ended = lock(&self.0).take();
        apart(move || {
            drop(ended);
            Ok(())
        })
        .await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        // It waits for the observer's last call, which may wait for this very thread.
        if let Some(left) = lock(&self.0).take() {
            drop_apart(left);
        }
    }
}

/// The core calls the host no more: no observer, no log, no answer that somebody awaits. For a host whose runtime is about to
/// end and must not be called meanwhile, as Python's; there is no way back.
///
/// Returns once none of the core's threads is inside a call into the host, and after a second in any case. Not to be called from
/// inside such a call.
///
/// Errors: none so far.
#[uniffi::export]
pub fn end_calls() -> Result<(), NightstandError> {
    work::end_calls();
    Ok(())
}
