//! Asking a storage without waiting for it beyond one's time.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{Storage, StorageError};
use crate::cancel::Until;
use crate::error::NightstandError;
use crate::transport::GLANCE;

type Question = Box<dyn FnOnce(&dyn Storage) + Send>;

/// A storage on a thread of its own, which answers one question after the other. Whoever asks goes on when their time is over:
/// the storage may answer late, and nobody hears it.
pub(crate) struct Asking {
    questions: mpsc::Sender<Question>,
    until: Until,
}

impl Asking {
    pub(crate) fn new(storage: Arc<dyn Storage>, until: Until) -> Result<Self, NightstandError> {
        let (questions, asked) = mpsc::channel::<Question>();
        let answer = move || {
            for question in asked {
                question(&*storage);
            }
        };
        let spawned = thread::Builder::new().name("nightstand mailbox".into()).spawn(answer);
        spawned.map_err(|_| NightstandError::Internal("the system gives no thread"))?;
        Ok(Self { questions, until })
    }

    /// Asks it. What does not answer in time is out of reach.
    ///
    /// Errors: `Cancelled`.
    pub(crate) fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Storage) -> Result<R, StorageError> + Send + 'static,
    ) -> Result<Result<R, StorageError>, NightstandError> {
        let (answer, heard) = mpsc::channel();
        // Whoever does not listen any more has gone on.
        let put = Box::new(move |storage: &dyn Storage| drop(answer.send(question(storage))));
        let _ = self.questions.send(put);
        loop {
            match heard.recv_timeout(self.until.left().min(GLANCE)) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Timeout) if self.until.goes_on()? => {}
                // A storage that panicked answers nothing any more.
                Err(_) => return Ok(Err(StorageError::Unreachable)),
            }
        }
    }
}

/// One round at a time: what a device remembers of its mailbox changes with each.
#[derive(Default)]
pub(crate) struct Turns {
    is_taken: Mutex<bool>,
    is_free: Condvar,
}

impl Turns {
    /// Waits for a turn. None when the time is over first.
    ///
    /// Errors: `Cancelled`.
    pub(crate) fn take(&self, until: &Until) -> Result<Option<Turn<'_>>, NightstandError> {
        let mut is_taken = self.hold();
        while until.goes_on()? {
            if !*is_taken {
                *is_taken = true;
                return Ok(Some(Turn(self)));
            }
            let waited = self.is_free.wait_timeout(is_taken, until.left().min(GLANCE));
            is_taken = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(None)
    }

    fn hold(&self) -> MutexGuard<'_, bool> {
        self.is_taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lasts until it is dropped.
pub(crate) struct Turn<'a>(&'a Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.hold() = false;
        self.0.is_free.notify_one();
    }
}
