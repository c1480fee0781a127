//! Removing a vault for good.

use std::path::Path;

use super::lock::{FileLock, followed, lock_file};
use crate::error::{InvalidInput, NightstandError};
use crate::store::{Header, copy_of, header, private_path, remove};

/// Removes a vault that is not open: its file and all that lies beside it but the empty file of the lock. For a vault that
/// can't be opened any more, say because its passphrase is forgotten. It asks for no key. A vault that is not there is
/// removed already.
///
/// Fails with [`NightstandError::InvalidInput`] for a file that does not begin as a vault does, with
/// [`NightstandError::Locked`] if somebody has it open, and with what removing a file can fail with; it can then be called
/// again.
pub fn erase(path: impl AsRef<Path>) -> Result<(), NightstandError> {
    let path = followed(path.as_ref().to_owned());
    match header(&path)? {
        // Nothing is locked where nothing is, since the lock would leave its own file.
        Header::Absent if !lock_file(&path).exists() => Ok(()),
        Header::Ours | Header::Empty | Header::Absent => remove_all(&path),
        Header::Other => Err(NightstandError::InvalidInput { what: InvalidInput::File }),
    }
}

pub(super) fn remove_all(path: &Path) -> Result<(), NightstandError> {
    let _lock = FileLock::take(path)?;
    remove(path)?;
    remove(&private_path(path))?;
    Ok(remove(&copy_of(path))?)
}
