//! Listing in the second file what was committed to the first.
//!
//! Two files have no common commit in WAL mode: of one transaction over both, the first file's part could stand and the second's
//! not, and the call would say that it failed. So a transaction writes the first file alone and raises its stamp; what it changed
//! of the lists follows in a transaction of the second file, which then bears the same stamp. Whatever keeps that from happening
//! leaves the stamps apart, and the lists are made again.

use rusqlite::{Connection, params};

use super::STAMP;
use super::lists::made_by;
use crate::docs::Derived;
use crate::store::{StoreError, StoreTx};

/// A change of the lists of Private.
pub(in crate::store) enum Late {
    /// A document, its place, and what follows from it.
    Put(i64, i64, Derived),
    /// A document that is no longer listed.
    Drop(i64),
}

/// Says in the first file that the lists are of an earlier commit.
pub(in crate::store) fn raise_stamp(connection: &Connection) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE main.meta SET value = value + 1 WHERE name = ?1")?.execute([STAMP])?;
    Ok(())
}

impl StoreTx<'_> {
    /// Writes the lists alone.
    pub(in crate::store) fn list(mut self, late: Vec<Late>) -> Result<(), StoreError> {
        let before = "SELECT stamp + 1 = (SELECT value FROM main.meta WHERE name = ?1) FROM private.stamp";
        if self.rows().one(before, [STAMP], |row| Ok(row.get::<_, Option<bool>>(0)?))?.flatten() != Some(true) {
            return Err(StoreError::Misuse("lists of an earlier commit"));
        }
        for change in late {
            match change {
                Late::Put(document, place, derived) => self.put_derived_in("private", document, place, &derived)?,
                Late::Drop(document) => self.drop_derived_in("private", document)?,
            }
        }
        self.rows().run("UPDATE private.stamp SET stamp = stamp + 1", [])?;
        self.commit_lists()
    }

    /// Says that the lists are those of this version of the code, and of the first file as it stands.
    pub(super) fn note_made(&mut self, stamp: i64) -> Result<(), StoreError> {
        self.rows().run("DELETE FROM private.stamp", [])?;
        let sql = "INSERT INTO private.stamp (stamp, made_by) VALUES (?1, ?2)";
        self.rows().run(sql, params![stamp, made_by()]).map(drop)
    }
}
