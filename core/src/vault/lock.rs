//! One holder at a time.
//!
//! An advisory lock of the operating system on a small file beside the vault, `<file>.lock`. It goes when the handle is
//! closed, also when the process is killed, so there are no stale locks. It is not on the vault's own file, where SQLite has
//! locks of its own that closing a second handle would drop. Tools that only know SQLite don't see it; they may read beside an
//! open vault.
//!
//! iOS ends an app that is suspended while it holds a lock on a file in a shared container, as this is one: `pause` lets go
//! of it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::NightstandError;
use crate::store::StoreError;

/// Held until it is dropped.
pub(super) struct FileLock(#[expect(dead_code, reason = "it is held, not used")] File);

/// The file itself where the path is a link to it: else one vault could be open under two names, and what replaces or removes
/// the file would meet the link.
pub(super) fn followed(path: PathBuf) -> PathBuf {
    let mut followed = path;
    // So many steps as systems take themselves. What a link leads to may be yet to be made.
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&followed) else { break };
        followed = followed.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    }
    let folder = followed.parent().filter(|folder| !folder.as_os_str().is_empty()).map(std::fs::canonicalize);
    match (folder, followed.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => followed,
    }
}

/// Where the lock's file lies.
pub(super) fn lock_file(vault: &Path) -> PathBuf {
    let mut path = vault.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

impl FileLock {
    pub(super) fn take(vault: &Path) -> Result<Self, NightstandError> {
        // The file stays for good: if one holder removed it, two others could each lock a file of this name.
        let file = File::options().create(true).truncate(false).write(true).open(lock_file(vault));
        let file = file.map_err(|error| match StoreError::from(error) {
            StoreError::Absent => StoreError::Io(crate::error::IoKind::NoAccess),
            error => error,
        })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(NightstandError::Locked),
            Err(TryLockError::Error(error)) => Err(StoreError::from(error).into()),
        }
    }
}
