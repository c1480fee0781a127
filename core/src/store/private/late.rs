//! Listing in the second file what was committed to the first.
//!
//! Two files have no common commit in WAL mode: of one transaction over both, the first file's part could stand and the
//! second's not, and the call would say that it failed. So a transaction writes the first file alone and changes its stamp;
//! what it changed of the lists follows in a transaction of the second file, which then bears the same stamp. Whatever keeps
//! that from happening leaves the stamps apart, and the lists are made again.

use rusqlite::{Connection, OptionalExtension, params};

use super::STAMP;
use super::lists::made_by;
use crate::docs::Derived;
use crate::store::{Randomness, StoreError, StoreTx};

/// A change of the lists of Private.
pub(in crate::store) enum Late {
    /// A document, its place, and what follows from it.
    Put(i64, i64, Derived),
    /// A document that is no longer listed.
    Drop(i64),
}

/// The stamp of the lists as they were, and the one that they are to bear.
pub(in crate::store) struct Stamps {
    before: Option<i64>,
    next: i64,
}

impl Stamps {
    /// Says in the first file that the lists are of an earlier commit. A stamp is drawn and not counted: a second file of
    /// another course of things, put here from a backup, may have seen as many commits.
    pub(in crate::store) fn change(connection: &Connection, randomness: &Randomness) -> Result<Self, StoreError> {
        let mut old = connection.prepare_cached("SELECT value FROM main.meta WHERE name = ?1")?;
        let before = old.query_row([STAMP], |row| row.get(0)).optional()?;
        let next = i64::from_le_bytes(randomness.bytes());
        connection.prepare_cached("UPDATE main.meta SET value = ?2 WHERE name = ?1")?.execute(params![STAMP, next])?;
        Ok(Self { before, next })
    }
}

impl StoreTx<'_> {
    /// Writes the lists alone.
    pub(in crate::store) fn list(mut self, late: Vec<Late>, stamps: &Stamps) -> Result<(), StoreError> {
        if self.rows().one("SELECT stamp FROM private.stamp", [], |row| Ok(row.get(0)?))? != stamps.before {
            return Err(StoreError::Misuse("lists of an earlier commit"));
        }
        for change in late {
            match change {
                Late::Put(document, place, derived) => self.put_derived_in("private", document, place, &derived)?,
                Late::Drop(document) => self.drop_derived_in("private", document)?,
            }
        }
        self.rows().run("UPDATE private.stamp SET stamp = ?1", [stamps.next])?;
        self.commit_lists()
    }

    /// Says that the lists are those of this version of the code, and of the first file as it stands.
    pub(super) fn note_made(&mut self, stamp: i64) -> Result<(), StoreError> {
        self.rows().run("DELETE FROM private.stamp", [])?;
        let sql = "INSERT INTO private.stamp (stamp, made_by) VALUES (?1, ?2)";
        self.rows().run(sql, params![stamp, made_by()]).map(drop)
    }
}
