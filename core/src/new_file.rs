//! A file that is written for somebody else to read: whole, or not at all.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use crate::error::{InvalidInput, NightstandError};
use crate::store::StoreError;

/// Makes a file and lets `write` fill it. What is there already is not overwritten, and half a file is not left.
pub(crate) fn new_file<R>(
    path: &Path,
    write: impl FnOnce(File) -> Result<R, NightstandError>,
) -> Result<R, NightstandError> {
    let file =
        for_this_user(File::options().write(true).create_new(true)).open(path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => NightstandError::InvalidInput { what: InvalidInput::FileExists },
            _ => written(error),
        })?;
    let done = write(file);
    if done.is_err() {
        // It was made by this call, and half of it is not to be taken for all.
        let _left_behind = std::fs::remove_file(path);
    }
    done
}

/// It may not be encrypted: nobody else on this machine is to read it.
fn for_this_user(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// The same, where a kill in the middle leaves no file under that name either: what is written lies beside it until it is
/// whole, with `.part` added to its name, and what an earlier kill left there is written over. Of two calls at once the second
/// finds the file in the way.
pub(crate) fn whole_file<R>(
    path: &Path,
    write: impl FnOnce(File) -> Result<R, NightstandError>,
) -> Result<R, NightstandError> {
    let exists = || path.try_exists().map_err(written);
    let in_the_way = || NightstandError::InvalidInput { what: InvalidInput::FileExists };
    if exists()? {
        return Err(in_the_way());
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let file = for_this_user(File::options().write(true).create(true).truncate(false)).open(part).map_err(written)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(in_the_way()),
        // Not every file system has locks.
        Ok(()) | Err(TryLockError::Error(_)) => {}
    }
    // Who held the lock may have been done just now, and then this file has gone to its place.
    if exists()? {
        return Err(in_the_way());
    }
    file.set_len(0).map_err(written)?;
    let held = file.try_clone().map_err(written)?;
    let done = write(file).and_then(|done| if exists()? { Err(in_the_way()) } else { Ok(done) });
    let done = done.and_then(|done| std::fs::rename(part, path).map_err(written).map(|()| done));
    if done.is_err() {
        let _not_needed = std::fs::remove_file(part);
    }
    drop(held);
    done
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
        let first = whole_file(&path, |mut file| {
            file.write_all(b"one").map_err(written)?;
            assert_eq!(whole_file(&path, |_| Ok(())), Err(in_the_way));
            file.write_all(b", whole").map_err(written)
        });
        assert_eq!(first, Ok(()));
        assert_eq!(std::fs::read(&path).unwrap(), b"one, whole");
        assert_eq!(whole_file(&path, |_| Ok(())), Err(in_the_way));
        let other = folder.path().join("other");
        assert_eq!(whole_file(&other, |_| Err::<(), _>(NightstandError::Cancelled)), Err(NightstandError::Cancelled));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
