//! When things came here that fade by themselves.
//!
//! What a phone says of its own time is advice: a signal that was sent an hour ago, by a clock that is an hour behind, would
//! look fresh. So the time at which this phone first had it is kept beside it, once, for as long as the document lives. A later
//! change of the document leaves it, else whoever wrote it could make it fresh again.

use nightstand_engine::ids::Place;
use rusqlite::params;

use super::{StoreError, StoreTx};
use crate::docs::Derived;

impl StoreTx<'_> {
    /// Notes it of what fades and is the partner's.
    pub(super) fn note_received(&mut self, document: i64, place: &Place, derived: &Derived) -> Result<(), StoreError> {
        let theirs = matches!(place, Place::Mine { owner, .. } if *owner != self.person());
        match derived {
            Derived::Record(record) if theirs && record.fades() => {
                let sql = "INSERT OR IGNORE INTO received (document, received_ms) VALUES (?1, ?2)";
                self.rows().run(sql, params![document, self.now_ms()]).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// As if everything had come at this time.
    #[cfg(test)]
    pub(crate) fn set_received(&self, received_ms: i64) -> Result<(), StoreError> {
        self.rows().run("UPDATE received SET received_ms = ?1", [received_ms]).map(drop)
    }

    pub(super) fn drop_received(&mut self, document: i64) -> Result<(), StoreError> {
        self.rows().run("DELETE FROM received WHERE document = ?1", [document]).map(drop)
    }
}
