//! Looking at a vault's file without opening it.

use nightstand::vault::{
    FileForm, Inspection, KeyedInspection, Layout, inspect as look, inspect_with_key as look_with_key,
};
use zeroize::Zeroizing;

use super::bytes;
use crate::error::NightstandError;
use crate::work::apart;

/// Looks at a file from outside. Changes nothing, and needs no lock: it may be open elsewhere.
#[uniffi::export]
pub async fn inspect(path: String) -> Result<Inspection, NightstandError> {
    apart(move || look(path)).await
}

/// Looks at a file with its key. Changes nothing in it, and needs no lock.
///
/// Errors: `WrongKey`, `NotFound`, and what else reading can fail with.
#[uniffi::export]
pub async fn inspect_with_key(path: String, key: Vec<u8>) -> Result<KeyedInspection, NightstandError> {
    let key = Zeroizing::new(key);
    apart(move || look_with_key(path, bytes(&key)?)).await
}

/// What can be said of a file without its key.
#[uniffi::remote(Record)]
pub struct Inspection {
    /// What it looks like.
    pub form: FileForm,
    /// How many bytes it has on disk, with its write-ahead log.
    pub bytes: u64,
}

/// What a file looks like from outside.
#[uniffi::remote(Enum)]
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

/// What the key tells of a file.
#[uniffi::remote(Record)]
pub struct KeyedInspection {
    /// The version of the file's tables.
    pub version: u32,
    /// How many bytes have to be free beside the file to migrate it; 0 if it needs no migration.
    pub needed_bytes: u64,
    /// What that means to this app.
    pub layout: Layout,
}

/// How a file's tables stand to what this app knows.
#[uniffi::remote(Enum)]
pub enum Layout {
    /// Opening it migrates it first, which may take a while.
    NeedsMigration,
    /// It opens as it is.
    Current,
    /// A newer app wrote it: it does not open here.
    Newer,
}
