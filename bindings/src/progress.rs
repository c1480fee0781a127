//! How far a long call is, and ending it.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use nightstand::progress::ProgressReport;

use crate::error::NightstandError;
use crate::sync::Cancel;
use crate::work::Held;

/// Wants to know how far a long call is: an import, an export, a migration.
///
/// It is called on one of the core's threads; the work goes on when it returns, or, in a restoring, meanwhile. What it throws is
/// dropped.
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

/// Tells the app from a thread of its own. That is for work which holds the vault to its end: an observer that waits for the vault
/// would else hold up what it waits for. A report that comes before the one ahead was heard is passed over, but for the last.
pub(crate) struct Aside(Option<(SyncSender<ProgressReport>, JoinHandle<()>)>, Option<ProgressReport>);

impl Aside {
    pub(crate) fn new(observer: Option<Arc<dyn ProgressObserver>>) -> Self {
        let begun = observer.map(Held::new).and_then(|observer| {
            let (sender, reports) = sync_channel(1);
            let tell = move || reports.iter().for_each(|report| drop(observer.call(|to| to.progressed(report))));
            Some((sender, Builder::new().name("nightstand progress".into()).spawn(tell).ok()?))
        });
        Self(begun, None)
    }

    pub(crate) fn tell(&mut self, report: ProgressReport) {
        let said = self.0.as_ref().map(|(sender, _)| sender.try_send(report));
        self.1 = said.is_some_and(|said| said.is_err()).then_some(report);
    }

    /// Comes back when everything was heard.
    pub(crate) fn end(self) {
        let Self(Some((sender, thread)), last) = self else { return };
        last.map(|last| sender.send(last));
        drop(sender);
        let _ = thread.join();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Barrier, Mutex};

    use super::*;
    use crate::work::lock;

    struct Observer {
        heard: Mutex<Vec<u64>>,
        vault: Barrier,
    }

    impl ProgressObserver for Observer {
        fn progressed(&self, progress: ProgressReport) -> Result<(), NightstandError> {
            if progress.done == 1 {
                self.vault.wait();
            }
            lock(&self.heard).push(progress.done);
            Ok(())
        }
    }

    /// Its first call returns only when the work is over.
    #[test]
    fn an_observer_that_waits_for_the_vault_holds_up_itself_alone() {
        let observer = Arc::new(Observer { heard: Mutex::default(), vault: Barrier::new(2) });
        let mut aside = Aside::new(Some(observer.clone()));
        for done in 1..=100 {
            aside.tell(ProgressReport { done, total: 100 });
        }
        observer.vault.wait();
        aside.end();
        let heard = lock(&observer.heard).clone();
        assert_eq!((heard.first(), heard.last()), (Some(&1), Some(&100)));
        assert!(heard.is_sorted());
    }
}
