//! A disk that a test has made full.

use std::cell::Cell;

use rusqlite::Connection;

use super::{StoreError, Writer};

/// How much room there is for what a vault writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// As much as the disk really has.
    Roomy,
    /// None: whatever would write is told `DiskFull`, and nothing of it is written.
    Full,
}

/// What a transaction asks before it commits. A real disk may still have room for the few bytes of one write; this one
/// has none for any, so that a test sees the error each time.
pub(super) struct Room {
    disk: Cell<Disk>,
    changes_before: Cell<u64>,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { disk: Cell::new(Disk::Roomy), changes_before: Cell::new(0) }
    }

    pub(super) fn begin(&self, connection: &Connection) {
        self.changes_before.set(connection.total_changes());
    }

    pub(super) fn check(&self, connection: &Connection) -> Result<(), StoreError> {
        let wrote = connection.total_changes() > self.changes_before.get();
        if wrote && self.disk.get() == Disk::Full { Err(StoreError::DiskFull) } else { Ok(()) }
    }
}

impl Writer {
    pub(crate) fn set_disk(&self, disk: Disk) {
        self.room().disk.set(disk);
    }
}
