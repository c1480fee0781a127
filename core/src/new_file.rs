//! A file that is written for somebody else to read: whole, or not at all.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::error::{InvalidInput, NightstandError};
use crate::store::StoreError;

/// Makes a file and lets `write` fill it. What is there already is not overwritten, and half a file is not left.
pub(crate) fn new_file<R>(
    path: &Path,
    write: impl FnOnce(File) -> Result<R, NightstandError>,
) -> Result<R, NightstandError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    // It is not encrypted: nobody else on this machine is to read it.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| match error.kind() {
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

/// The same, where a kill in the middle leaves no file under that name either: what is written lies beside it until it is
/// whole, with `.part` added to its name, and what an earlier kill left there is written over.
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
    let _left_by_a_kill = std::fs::remove_file(part);
    let done = new_file(part, write)?;
    if exists()? {
        let _not_needed = std::fs::remove_file(part);
        return Err(in_the_way());
    }
    std::fs::rename(part, path).map_err(written)?;
    Ok(done)
}

pub(crate) fn written(error: io::Error) -> NightstandError {
    StoreError::from(error).into()
}
