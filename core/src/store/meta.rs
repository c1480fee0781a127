//! Single values of this file.

use rusqlite::types::FromSql;
use rusqlite::{ToSql, params};

use super::{Rows, StoreError};

impl Rows<'_> {
    pub(super) fn meta<T: FromSql>(&self, name: &str) -> Result<Option<T>, StoreError> {
        self.one("SELECT value FROM meta WHERE name = ?1", [name], |row| Ok(row.get(0)?))
    }

    pub(super) fn required_meta<T: FromSql>(&self, name: &str) -> Result<T, StoreError> {
        self.meta(name)?.ok_or(StoreError::Damaged)
    }

    pub(super) fn set_meta(&self, name: &str, value: impl ToSql) -> Result<(), StoreError> {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.run(sql, params![name, value]).map(drop)
    }

    pub(super) fn drop_meta(&self, name: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM meta WHERE name = ?1", [name]).map(drop)
    }
}
