//! The full-text index over `words`.
//!
//! FTS5 takes an entry out of its index only when told exactly what it was given, so the old text is read before it is
//! replaced. The index is written through this file alone: whoever changes how words are [folded](crate::words) raises
//! `DERIVED_VERSION`, so that every file is indexed anew.

use rusqlite::params;

use super::{StoreError, StoreTx};
use crate::words::folded;

impl StoreTx<'_> {
    pub(super) fn put_words(&mut self, schema: &str, document: i64, text: &str) -> Result<(), StoreError> {
        let old = self.words(schema, document)?;
        if old.as_deref() == Some(text) {
            return Ok(());
        }
        if let Some(old) = old {
            self.unindex(schema, document, &old)?;
        }
        let sql = format!(
            "INSERT INTO {schema}.words (document, text) VALUES (?1, ?2)
             ON CONFLICT (document) DO UPDATE SET text = excluded.text"
        );
        self.rows().run(&sql, params![document, text])?;
        let (title, rest) = parts(text);
        let sql = format!("INSERT INTO {schema}.search (rowid, title, text) VALUES (?1, ?2, ?3)");
        self.rows().run(&sql, params![document, title, rest])?;
        Ok(())
    }

    pub(super) fn drop_words(&mut self, schema: &str, document: i64) -> Result<(), StoreError> {
        let Some(old) = self.words(schema, document)? else { return Ok(()) };
        self.unindex(schema, document, &old)?;
        self.rows().run(&format!("DELETE FROM {schema}.words WHERE document = ?1"), [document])?;
        Ok(())
    }

    pub(super) fn drop_all_words(&mut self) -> Result<(), StoreError> {
        self.rows().run("INSERT INTO main.search (search) VALUES ('delete-all')", [])?;
        self.rows().run("DELETE FROM main.words", [])?;
        Ok(())
    }

    fn words(&self, schema: &str, document: i64) -> Result<Option<String>, StoreError> {
        let sql = format!("SELECT text FROM {schema}.words WHERE document = ?1");
        self.rows().one(&sql, [document], |row| Ok(row.get(0)?))
    }

    fn unindex(&mut self, schema: &str, document: i64, old: &str) -> Result<(), StoreError> {
        let (title, rest) = parts(old);
        let sql = format!("INSERT INTO {schema}.search (search, rowid, title, text) VALUES ('delete', ?1, ?2, ?3)");
        self.rows().run(&sql, params![document, title, rest])?;
        Ok(())
    }
}

/// Title and the rest, as the index takes them.
fn parts(text: &str) -> (String, String) {
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    (folded(title), folded(rest))
}
