//! Those who hold something unsaved, and want to save it before the vault lets go of the file.

use std::sync::{Arc, PoisonError, Weak};
use std::time::Instant;

use super::Vault;
use crate::error::NightstandError;
use crate::journal::EntryId;

/// Holds something unsaved.
pub(crate) trait Attendant: Send + Sync {
    /// Save soon, on a thread of your own.
    fn ask(&self);

    /// Waits until what was asked for is done, well or not, at most until then.
    fn wait(&self, until: Option<Instant>);

    /// Save at once, on this thread, if it is of this entry.
    fn finish(&self, id: &EntryId);

    /// Let go of what is saved: it is locked away. What is not saved stays, to be saved later.
    fn forget(&self, what: Forget, why: NightstandError);
}

/// What is locked away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Forget {
    /// What is saved, of everything.
    All,
    /// What is saved, of what is private.
    Private,
    /// Everything, saved or not.
    Erased,
}

impl Vault {
    /// Asks `attendant` from here on, for as long as it lives.
    pub(crate) fn attend(&self, attendant: &Arc<dyn Attendant>) {
        let mut attendants = self.0.attendants.lock().unwrap_or_else(PoisonError::into_inner);
        attendants.retain(|attendant| attendant.strong_count() > 0);
        attendants.push(Arc::downgrade(attendant));
    }

    /// Lets open editors of an entry save what is typed. What can't be saved stays with them.
    pub(crate) fn finish_typing(&self, id: &EntryId) {
        self.attendants().iter().for_each(|attendant| attendant.finish(id));
    }

    /// Lets all save, and waits for them at most until then.
    pub(super) fn let_save(&self, until: Option<Instant>) {
        let attendants = self.attendants();
        attendants.iter().for_each(|attendant| attendant.ask());
        attendants.iter().for_each(|attendant| attendant.wait(until));
    }

    /// Says that the file is there again.
    pub(super) fn ask_to_save(&self) {
        self.attendants().iter().for_each(|attendant| attendant.ask());
    }

    /// Lets all let go of what is saved.
    pub(super) fn let_forget(&self, what: Forget, why: NightstandError) {
        self.attendants().iter().for_each(|attendant| attendant.forget(what, why));
    }

    fn attendants(&self) -> Vec<Arc<dyn Attendant>> {
        let attendants = self.0.attendants.lock().unwrap_or_else(PoisonError::into_inner);
        attendants.iter().filter_map(Weak::upgrade).collect()
    }
}
