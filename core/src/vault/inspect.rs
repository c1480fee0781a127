//! Looking at a vault's file without opening it.

use std::path::Path;

use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::store::{self, Access, Header, VERSION, header, needed_bytes};

/// What can be said of a file without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// What it looks like.
    pub form: FileForm,
    /// How many bytes it has on disk, with its write-ahead log.
    pub bytes: u64,
}

/// What a file looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileForm {
    /// There is none.
    Absent,
    /// There is one with nothing in it: opening it makes a vault.
    Empty,
    /// It begins as a vault does. Whether it is one, only the key tells.
    Plausible,
    /// It is something else, or its beginning is damaged.
    Other,
}

/// What the key tells beside [`Inspection`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyedInspection {
    /// The version of the file's tables.
    pub version: u32,
    /// How many bytes have to be free beside the file to migrate it; 0 if it needs no migration.
    pub needed_bytes: u64,
    /// What that means to this app.
    pub layout: Layout,
}

/// How a file's tables stand to what this app knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Opening it migrates it first, which may take a while.
    NeedsMigration,
    /// It opens as it is.
    Current,
    /// A newer app wrote it: it does not open here.
    Newer,
}

/// Looks at a file from outside. Changes nothing, and needs no lock: it may be open elsewhere.
pub fn inspect(path: impl AsRef<Path>) -> Result<Inspection, NightstandError> {
    let path = path.as_ref();
    let form = match header(path)? {
        Header::Absent => FileForm::Absent,
        Header::Empty => FileForm::Empty,
        Header::Ours => FileForm::Plausible,
        Header::Other => FileForm::Other,
    };
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    Ok(Inspection { form, bytes: size(path) + size(Path::new(&log)) })
}

/// Looks at a file with its key. Changes nothing in it, and needs no lock.
///
/// Fails with [`NightstandError::WrongKey`], [`NightstandError::NotFound`] and what else reading can fail with.
pub fn inspect_with_key(path: impl AsRef<Path>, key: [u8; 32]) -> Result<KeyedInspection, NightstandError> {
    let path = path.as_ref();
    let connection = Access::new(path.to_owned(), Zeroizing::new(key)).read_only()?;
    let store::Layout { version, derived_is_current } = store::Layout::of(&connection)?;
    let layout = match version {
        VERSION if derived_is_current => Layout::Current,
        0..=VERSION => Layout::NeedsMigration,
        _ => Layout::Newer,
    };
    let needed_bytes = if layout == Layout::NeedsMigration { needed_bytes(inspect(path)?.bytes) } else { 0 };
    Ok(KeyedInspection { version, needed_bytes, layout })
}
