//! What can still be read out of a damaged file. Nothing is repaired and nothing deleted: it may be the only copy.

use rusqlite::Connection;

use super::StoreError;
use crate::error::Salvage;

const PAGE_BYTES: u64 = 4096;

/// How many of the file's pages have a tag that does not fit.
pub(super) struct PageTags {
    pub(super) pages: u64,
    pub(super) damaged: u64,
}

/// Checks every page's tag, without the tables.
pub(super) fn page_tags(connection: &Connection) -> Result<PageTags, StoreError> {
    let path = connection.path().ok_or(StoreError::Misuse("a vault is a file"))?;
    let pages = std::fs::metadata(path)?.len() / PAGE_BYTES;
    let mut check = connection.prepare("PRAGMA cipher_integrity_check")?;
    let damaged = check.query_map([], |_| Ok(()))?.count() as u64;
    Ok(PageTags { pages, damaged: damaged.min(pages) })
}

/// Counts what is whole. Each count takes a new connection, since SQLCipher reads nothing more through one that has met a
/// damaged page.
pub(super) fn salvage(connect: impl Fn() -> Result<Connection, StoreError>) -> Result<Salvage, StoreError> {
    let tags = page_tags(&connect()?)?;
    // A damaged page ends a walk through the table, so it is walked from both ends.
    let forwards = "SELECT stored FROM document WHERE stored IS NOT NULL ORDER BY id";
    let backwards = "SELECT stored FROM document WHERE stored IS NOT NULL ORDER BY id DESC";
    let documents = match readable(&connect()?, forwards) {
        (count, Ok(())) => count,
        (first, Err(_)) => first + readable(&connect()?, backwards).0,
    };
    Ok(Salvage { pages: tags.pages, damaged_pages: tags.damaged, documents })
}

/// How many documents a walk meets, and how it ends.
fn readable(connection: &Connection, sql: &str) -> (u64, rusqlite::Result<()>) {
    let mut count = 0;
    let mut walk = || {
        let mut statement = connection.prepare(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            row.get_ref(0)?;
            count += 1;
        }
        Ok(())
    };
    let end = walk();
    (count, end)
}
