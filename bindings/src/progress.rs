//! How far a long call is, and ending it.

use std::sync::Arc;

use nightstand::progress::ProgressReport;

use crate::error::NightstandError;
use crate::sync::Cancel;
use crate::work::Held;

/// Wants to know how far a long call is: an import, an export, a migration.
///
/// It is called on one of the core's threads; the work goes on when it returns. What it throws is dropped.
#[uniffi::export(foreign)]
pub trait ProgressObserver: Send + Sync {
    /// This far.
    fn progressed(&self, progress: ProgressReport) -> Result<(), NightstandError>;
}

/// How far a long call is.
#[uniffi::remote(Record)]
pub struct ProgressReport {
    /// Done so far: entries of an import, an export or a backup, documents of a migration.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// Tells the app how far it is, and says whether to go on.
pub(crate) fn go_on(
    observer: Option<&Held<dyn ProgressObserver>>,
    cancel: Option<&Arc<Cancel>>,
    progress: ProgressReport,
) -> bool {
    if let Some(observer) = observer {
        let _ = observer.call(|observer| observer.progressed(progress));
    }
    !cancel.is_some_and(|cancel| cancel.is_cancelled())
}
