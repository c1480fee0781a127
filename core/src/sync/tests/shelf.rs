//! A storage whose owner does with it what they like, and that fails when it is told to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use crate::mailbox::{Storage, StorageError};
use crate::sync::{Cancel, MailboxReport};
use crate::vault::Vault;

/// How a call goes wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// Nothing is done.
    Before,
    /// It is done, and the answer is lost.
    After,
    /// Half of it is done: half a file is kept or handed out, half of the names are told. The answer says that all is well, but
    /// for a file that was to be kept.
    Half,
    /// There is no room. Of calls that need none, nothing is wrong.
    Full,
}

#[derive(Default)]
pub(crate) struct Shelf {
    files: Mutex<BTreeMap<String, Vec<u8>>>,
    pub(crate) is_full: AtomicBool,
    pub(crate) is_away: AtomicBool,
    was_overwritten: AtomicBool,
    calls: AtomicUsize,
    fault: Mutex<Option<(usize, Fault)>>,
    /// Calls wait here while it is shut.
    shut: Mutex<bool>,
    opened: Condvar,
}

impl Shelf {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    pub(crate) fn set(&self, files: BTreeMap<String, Vec<u8>>) {
        *self.files.lock().unwrap() = files;
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.files.lock().unwrap());
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// The call after so many others goes wrong.
    pub(crate) fn fail_after(&self, calls: usize, fault: Fault) {
        *self.fault.lock().unwrap() = Some((self.calls() + calls, fault));
    }

    pub(crate) fn shut(&self, shut: bool) {
        *self.shut.lock().unwrap() = shut;
        self.opened.notify_all();
    }

    /// Waits until so many calls were begun.
    pub(crate) fn wait_for_calls(&self, calls: usize) {
        while self.calls() < calls {
            std::thread::yield_now();
        }
    }

    fn begin(&self) -> Result<Option<Fault>, StorageError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        drop(self.opened.wait_while(self.shut.lock().unwrap(), |shut| *shut).unwrap());
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StorageError::Unreachable);
        }
        let mut fault = self.fault.lock().unwrap();
        let now = fault.take_if(|(at, _)| *at == call).map(|(_, fault)| fault);
        if now == Some(Fault::Before) { Err(StorageError::Unreachable) } else { Ok(now) }
    }
}

fn answered<R>(fault: Option<Fault>, answer: R) -> Result<R, StorageError> {
    if fault == Some(Fault::After) { Err(StorageError::Unreachable) } else { Ok(answer) }
}

impl Storage for Shelf {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let fault = self.begin()?;
        if self.is_full.load(Ordering::SeqCst) || fault == Some(Fault::Full) {
            return Err(StorageError::Full);
        }
        let kept = if fault == Some(Fault::Half) { &bytes[..bytes.len() / 2] } else { bytes };
        let before = self.files.lock().unwrap().insert(name.to_owned(), kept.to_vec());
        self.was_overwritten.fetch_or(before.is_some(), Ordering::SeqCst);
        if fault == Some(Fault::Half) { Err(StorageError::Unreachable) } else { answered(fault, ()) }
    }

    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, StorageError> {
        let fault = self.begin()?;
        let mut bytes = self.files.lock().unwrap().get(name).cloned().ok_or(StorageError::Missing)?;
        if bytes.len() as u64 > most {
            return Err(StorageError::TooLarge);
        }
        if fault == Some(Fault::Half) {
            bytes.truncate(bytes.len() / 2);
        }
        answered(fault, bytes)
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let fault = self.begin()?;
        let mut names: Vec<_> = self.files.lock().unwrap().keys().cloned().collect();
        if fault == Some(Fault::Half) {
            names.truncate(names.len() / 2);
        }
        answered(fault, names)
    }

    fn delete(&self, name: &str) -> Result<(), StorageError> {
        let fault = self.begin()?;
        if fault != Some(Fault::Half) {
            self.files.lock().unwrap().remove(name);
        }
        answered(fault, ())
    }
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// One round with nobody in a hurry.
pub(crate) fn visit(vault: &Vault, shelf: &Arc<Shelf>) -> MailboxReport {
    let report = visit_place(vault, shelf);
    assert!(!shelf.was_overwritten.load(Ordering::SeqCst), "a file is written once");
    report
}

pub(crate) fn visit_place<S: Storage + 'static>(vault: &Vault, storage: &Arc<S>) -> MailboxReport {
    let storage = Arc::clone(storage);
    vault.sync().use_mailbox(storage, MINUTE, &Cancel::new()).unwrap()
}

#[test]
fn a_shelf_keeps_the_contract() {
    crate::mailbox::contract::holds(&Shelf::default());
}
