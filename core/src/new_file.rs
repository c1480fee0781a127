//! A file that is written for somebody else to read: whole, or not at all.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::{InvalidInput, NightstandError};
use crate::store::StoreError;

/// Files that are being written. One process writes for a vault, so it is enough that this one knows.
static BEING_WRITTEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Makes a file and lets `write` fill it. What is there already is not overwritten, and half a file is not left under that name,
/// by a kill in the middle either: what is written lies beside it until it is whole, with `.part` added to its name, and what an
/// earlier kill left there is written over. Of two calls at once the second finds the file in the way.
pub(crate) fn new_file<R>(
    path: &Path,
    write: impl FnOnce(File) -> Result<R, NightstandError>,
) -> Result<R, NightstandError> {
    let exists = || path.try_exists().map_err(written);
    let in_the_way = || NightstandError::InvalidInput { what: InvalidInput::FileExists };
    let _turn = Turn::take(path).ok_or_else(in_the_way)?;
    if exists()? {
        return Err(in_the_way());
    }
    let part = path.with_added_extension("part");
    let _left_by_a_kill = std::fs::remove_file(&part);
    let mut options = File::options();
    options.write(true).create_new(true);
    // It may not be encrypted: nobody else on this machine is to read it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&part).map_err(written)?;
    let done = write(file).and_then(|done| if exists()? { Err(in_the_way()) } else { Ok(done) });
    let done = done.and_then(|done| std::fs::rename(&part, path).map_err(written).map(|()| done));
    if done.is_err() {
        // It was made by this call, and half of it is not to be taken for all.
        let _left_behind = std::fs::remove_file(&part);
    }
    done
}

/// The right to write a file, for as long as it is held.
struct Turn(PathBuf);

impl Turn {
    /// None while another call writes it.
    fn take(path: &Path) -> Option<Self> {
        let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
        let path = folder.zip(path.file_name()).map_or_else(|| path.to_owned(), |(folder, name)| folder.join(name));
        let mut all = BEING_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
        // Made only where it was taken: dropping one gives its path up, and asks for the lock that is held here.
        if all.insert(path.clone()) { Some(Self(path)) } else { None }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        BEING_WRITTEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

pub(crate) fn written(error: io::Error) -> NightstandError {
    StoreError::from(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn of_two_calls_at_once_one_file_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup");
        let in_the_way = NightstandError::InvalidInput { what: InvalidInput::FileExists };
        std::fs::write(folder.path().join("backup.part"), b"what an earlier kill left, and longer").unwrap();
        let first = new_file(&path, |mut file| {
            file.write_all(b"one").map_err(written)?;
            assert_eq!(new_file(&path, |_| Ok(())), Err(in_the_way));
            file.write_all(b", whole").map_err(written)
        });
        assert_eq!(first, Ok(()));
        assert_eq!(std::fs::read(&path).unwrap(), b"one, whole");
        assert_eq!(new_file(&path, |_| Ok(())), Err(in_the_way));
        let other = folder.path().join("other");
        assert_eq!(new_file(&other, |_| Err::<(), _>(NightstandError::Cancelled)), Err(NightstandError::Cancelled));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
