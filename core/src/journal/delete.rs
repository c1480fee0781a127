//! Deleting an entry, everywhere and for ever.

use nightstand_engine::author;

use super::working_copy::joint_key;
use super::{Author, EntryId, Journal, Mine};
use crate::error::NightstandError;

impl Journal {
    /// Deletes an entry from this phone and, at the next sync, from the partner's, for ever.
    ///
    /// Of a joint entry the partner keeps a private copy of what they wrote themself, if they wrote anything.
    ///
    /// Errors: `NotYours` for the partner's, `NotFound`, `Deleted`.
    pub fn delete(&self, id: &EntryId) -> Result<(), NightstandError> {
        if id.author != Author::Partner {
            self.vault.finish_typing(id);
        }
        self.vault.write(|tx| match id.author {
            Author::Partner => Err(NightstandError::NotYours),
            Author::Both => {
                let key = joint_key(&tx.rows(), tx.person(), id)?;
                let log = tx.open_writing_log(&key.place)?;
                Ok(author::bury(tx, &log, &key)?)
            }
            Author::Me => {
                let mut mine = Mine::find_to_change(&tx.rows(), tx.person(), id)?;
                mine.bury_shared(tx)?;
                if mine.has_working {
                    let log = tx.open_writing_log(&mine.working.place)?;
                    author::bury(tx, &log, &mine.working)?;
                }
                Ok(())
            }
        })
    }
}
