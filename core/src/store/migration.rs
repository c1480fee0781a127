//! Taking a file of an earlier version to the present one.
//!
//! It is done in a copy beside the file, `<file>.migrating`. Only once the copy has passed its check does it take the file's
//! name, in one step of the file system. Whatever happens before that (a full disk, a kill, a change of mind, a mistake of ours)
//! the file is as it was, and the copy is thrown away.
//!
//! Tables that only have to be [made again](super::derived) are made in the file itself, in one transaction: nothing of
//! theirs is anybody's only copy.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use crate::progress::ProgressReport;

use super::{Access, Commits, Creation, Randomness, StoreError, Writer, file, schema};

/// Is told how far it is, and says whether to go on. What it counts are documents that are listed and indexed anew, which takes
/// nearly all of the time.
pub(crate) type Told<'a> = dyn FnMut(ProgressReport) -> ControlFlow<()> + Send + 'a;

/// May an opening take its time to bring a file up to date?
pub(crate) enum Renewal<'a> {
    Refused,
    Allowed(&'a mut Told<'static>),
}

/// So many bytes have to be free beside a file of this size: for its copy, and for what is written into that before it is
/// folded in.
pub(crate) fn needed_bytes(file: u64) -> u64 {
    file.saturating_mul(2).saturating_add(4 * 1024 * 1024)
}

/// What must be there as often after as before.
const KEPT: [&str; 6] = ["document", "entry", "log", "tag", "bond", "meta"];

/// Takes the file to the present version. The caller holds its lock, and nobody has it open.
pub(crate) fn migrate(
    access: &Arc<Access>,
    install_mark: [u8; 16],
    randomness: &Randomness,
    told: &mut Told<'static>,
) -> Result<(), StoreError> {
    let copy = Arc::new(access.beside(copy_of(access.path())));
    remove(copy.path())?;
    let migrated = migrate_copy(access, &copy, install_mark, randomness, told);
    if migrated.is_err() {
        // A copy that can't be removed is removed by the next attempt.
        let _ = remove(copy.path());
    }
    migrated
}

/// Where a copy lies while it is migrated.
pub(crate) fn copy_of(path: &Path) -> PathBuf {
    with_ending(path, ".migrating")
}

/// Removes a vault's file and those that belong to it. The lock's file stays.
pub(crate) fn remove(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(with_ending(path, ending)).map_err(StoreError::from) {
            Ok(()) | Err(StoreError::Absent) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

fn migrate_copy(
    access: &Access,
    copy: &Arc<Access>,
    install_mark: [u8; 16],
    randomness: &Randomness,
    told: &mut Told<'static>,
) -> Result<(), StoreError> {
    let before = {
        let connection = access.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        file::checkpoint(&connection)?;
        counts(&connection)?
    };
    let log = with_ending(access.path(), "-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        // A tool that reads the file keeps its log alive, and that would be taken for the new file's.
        return Err(StoreError::Locked);
    }
    fs::copy(access.path(), copy.path())?;
    let mut connection = copy.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch(file::WRITER_SETTINGS)?;
    schema::migrate(&mut connection)?;
    drop(connection);
    let renewal = Renewal::Allowed(told);
    let writer = Writer::open(copy, Creation::Never, install_mark, randomness.clone(), Commits::default(), renewal)?;
    check(writer.connection(), before)?;
    writer.checkpoint()?;
    drop(writer);

    File::open(copy.path())?.sync_all()?;
    let _ = fs::remove_file(&log);
    fs::rename(copy.path(), access.path())?;
    // Where a folder can't be synced, its system does that by itself.
    if let Some(folder) = access.path().parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn counts(connection: &Connection) -> Result<[u64; KEPT.len()], StoreError> {
    let mut counts = [0; KEPT.len()];
    for (count, table) in counts.iter_mut().zip(KEPT) {
        let sql = format!("SELECT count(*) FROM {table}");
        *count = connection.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
    }
    Ok(counts)
}

/// Is the copy whole, and has nothing gone?
fn check(connection: &Connection, before: [u64; KEPT.len()]) -> Result<(), StoreError> {
    let whole = connection.query_row("PRAGMA integrity_check(1)", [], |row| Ok(row.get::<_, String>(0)? == "ok"))?;
    let dangling = connection.prepare("PRAGMA foreign_key_check")?.exists([])?;
    let lost = counts(connection)?.iter().zip(before).any(|(after, before)| *after < before);
    if !whole || dangling || lost {
        return Err(StoreError::Misuse("a migration that did not pass its check"));
    }
    Ok(())
}
