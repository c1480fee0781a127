//! The second file: the derived tables of Private.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use super::DataKey;
use crate::error::IoKind;
use crate::store::derived::DERIVED_VERSION;
use crate::store::{StoreError, schema};

/// What lists read of both files under one name. The search index is asked in each.
const UNITED: [&str; 6] = ["row", "row_tag", "words", "preference", "record", "session"];

/// Makes the second file, empty, if there is none: a connection that opened a file that has to exist makes no other either.
pub(super) fn make_file(path: &Path) -> Result<(), StoreError> {
    std::fs::File::options().create(true).append(true).open(path)?;
    Ok(())
}

/// Lets a connection see the second file.
pub(super) fn attach(connection: &Connection, path: &Path, key: &DataKey) -> Result<(), StoreError> {
    let path = path.to_str().ok_or(StoreError::Io(IoKind::NoAccess))?;
    connection.execute("ATTACH DATABASE ?1 AS private KEY ?2", params![path, *key.file_key()])?;
    Ok(())
}

/// Lets the names of the derived tables stand for a union of both files.
pub(super) fn make_views(connection: &Connection) -> Result<(), StoreError> {
    connection.flush_prepared_statement_cache();
    for table in UNITED {
        let union = format!("SELECT * FROM main.{table} UNION ALL SELECT * FROM private.{table}");
        connection.execute_batch(&format!("CREATE TEMP VIEW IF NOT EXISTS {table} AS {union}"))?;
    }
    Ok(())
}

pub(super) fn detach(connection: &Connection) -> Result<(), StoreError> {
    connection.flush_prepared_statement_cache();
    for table in UNITED {
        connection.execute_batch(&format!("DROP VIEW IF EXISTS temp.{table}"))?;
    }
    let attached = "SELECT 1 FROM pragma_database_list WHERE name = 'private'";
    if connection.prepare(attached)?.exists([])? {
        connection.execute_batch("DETACH DATABASE private")?;
    }
    Ok(())
}

/// Does the second file list what the first one holds?
pub(super) fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    let tables: i64 = connection.query_row("SELECT count(*) FROM private.sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(false);
    }
    let sql = "SELECT stamp = (SELECT value FROM main.meta WHERE name = 'private_stamp') AND made_by = ?1
               FROM private.stamp";
    Ok(connection.query_row(sql, [made_by()], |row| row.get::<_, Option<bool>>(0)).optional()?.flatten() == Some(true))
}

/// Which version of the code makes the derived tables.
pub(super) fn made_by() -> String {
    format!("{} {DERIVED_VERSION}", schema::VERSION)
}

/// Makes the second file's tables, without rows, as they are in the first.
pub(super) fn make_tables(connection: &Connection) -> Result<(), StoreError> {
    let old = "SELECT name FROM private.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
               AND name NOT LIKE 'search_%' ORDER BY name = 'row'";
    // What points at rows goes before them.
    for table in texts(connection, old)? {
        connection.execute_batch(&format!("DROP TABLE private.{table}"))?;
    }
    let sql = format!(
        "SELECT sql FROM main.sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index')
               AND tbl_name IN ('search', '{}') ORDER BY type DESC",
        UNITED.join("', '")
    );
    for sql in texts(connection, &sql)? {
        // What a row points at is in the first file, and no key reaches there.
        let sql = sql.replace("REFERENCES document (id)", "").replace("REFERENCES place (id)", "");
        let begun =
            ["CREATE TABLE ", "CREATE VIRTUAL TABLE ", "CREATE INDEX "].iter().find(|begun| sql.starts_with(*begun));
        let begun = begun.ok_or(StoreError::Misuse("a derived table of an unknown form"))?;
        connection.execute_batch(&format!("{begun}private.{}", &sql[begun.len()..]))?;
    }
    connection.execute_batch(
        "INSERT INTO private.search (search, rank) SELECT k, v FROM main.search_config WHERE k = 'pgsz';
         CREATE TABLE private.stamp (stamp INTEGER NOT NULL, made_by TEXT NOT NULL) STRICT;",
    )?;
    Ok(())
}

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql)?;
    let texts = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>();
    Ok(texts?)
}
