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

pub(crate) fn written(error: io::Error) -> NightstandError {
    StoreError::from(error).into()
}
