//! What imports have brought, remembered beyond the life of their entries.

use rusqlite::params;

use super::{Rows, StoreError, StoreTx};

impl Rows<'_> {
    /// Did an import bring this before? Files of version 1 know it only of living entries, by the source's own id.
    pub(crate) fn was_imported(&self, source: &[u8; 16], id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM imported WHERE source = ?1 UNION ALL
                   SELECT 1 FROM row JOIN place ON place.id = row.place
                   WHERE row.source = ?2 AND ?2 <> '' AND place.owner = (SELECT value FROM meta WHERE name = 'person')
                   LIMIT 1";
        Ok(self.one(sql, params![source, id], |_| Ok(()))?.is_some())
    }
}

impl Rows<'_> {
    /// What imports have brought, in order, after this one.
    pub(crate) fn imported_after(&self, last: Option<&[u8; 16]>, most: u32) -> Result<Vec<[u8; 16]>, StoreError> {
        let sql = "SELECT source FROM imported WHERE source > ?1 ORDER BY source LIMIT ?2";
        self.all(sql, params![last.map_or(&[][..], |last| &last[..]), most], |row| Ok(row.get(0)?))
    }

    /// How many there are.
    pub(crate) fn count_imported(&self) -> Result<u64, StoreError> {
        let count: Option<i64> = self.one("SELECT count(*) FROM imported", [], |row| Ok(row.get(0)?))?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }
}

impl StoreTx<'_> {
    /// Remembers that an import brought this.
    pub(crate) fn note_imported(&mut self, source: &[u8; 16]) -> Result<(), StoreError> {
        self.rows().run("INSERT OR IGNORE INTO imported (source) VALUES (?1)", [source])?;
        Ok(())
    }
}
