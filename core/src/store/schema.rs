//! The version of the tables, and the steps that lead to it.
//!
//! The file's `user_version` says how many steps it has been through. Steps are only ever added; each runs in one
//! transaction, so a crash leaves the file at a whole step.

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Stands in the file's header and says that the database is ours: "Nstd".
pub(crate) const APPLICATION_ID: i32 = 0x4e73_7464;

/// The steps. Add at the end, and change `schema.sql` to what comes out.
const STEPS: &[&str] = &[
    include_str!("migrations/01_first.sql"),
    include_str!("migrations/02_unsent_and_imported.sql"),
    include_str!("migrations/03_preferences.sql"),
    include_str!("migrations/04_folded_search.sql"),
    include_str!("migrations/05_private_lock.sql"),
    include_str!("migrations/06_records.sql"),
    include_str!("migrations/07_prompts_and_received.sql"),
    include_str!("migrations/08_levels.sql"),
    include_str!("migrations/09_sessions.sql"),
    include_str!("migrations/10_own_devices.sql"),
    include_str!("migrations/11_segments.sql"),
];

/// The version that the steps lead to.
pub(crate) const VERSION: u32 = STEPS.len() as u32;

/// The version of a file. 0 is a file without tables, as it is before the first step.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    let number = |pragma| connection.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let (version, application) = (number("user_version")?, number("application_id")?);
    match u32::try_from(version) {
        Ok(0) if tables == 0 => Ok(0),
        Ok(found) if found > 0 && application == APPLICATION_ID => Ok(found),
        _ => Err(StoreError::NotAVault),
    }
}

/// Takes a file to the present version.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = version(connection)?;
    if found > VERSION {
        return Err(StoreError::Newer { found, supported: VERSION });
    }
    for (step, sql) in (found + 1..).zip(&STEPS[found as usize..]) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID)?;
        tx.pragma_update(None, "user_version", step)?;
        tx.commit()?;
    }
    Ok(())
}
