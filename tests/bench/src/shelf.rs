//! Files that a row prepares once for all its measurements: the parent makes a folder that goes with it, and tells its
//! children where.

use std::path::{Path, PathBuf};

const VARIABLE: &str = "NIGHTSTAND_BENCH_SHELF";

/// The parent's half.
pub(crate) struct Shelf(tempfile::TempDir);

impl Shelf {
    pub(crate) fn new() -> std::io::Result<Self> {
        tempfile::tempdir().map(Self)
    }

    /// What a child's environment needs.
    pub(crate) fn variable(&self) -> (&str, &Path) {
        (VARIABLE, self.0.path())
    }
}

/// Where a file of this name stands, or is to be put.
pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os(VARIABLE).expect("the parent has told it")).join(name)
}

/// A copy that may be written to, in a folder of its own.
pub(crate) fn copy(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let copy = folder.path().join(name);
    std::fs::copy(path(name), &copy).expect("it was prepared, and there is room");
    (folder, copy)
}
