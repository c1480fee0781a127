//! What every storage has to do. Each adapter's tests call this.

use super::{Storage, StorageError};

/// Panics where a storage, which is empty, does otherwise. It is empty again afterwards.
#[allow(clippy::unwrap_used, reason = "it is a test")]
pub fn holds(storage: &dyn Storage) {
    assert_eq!(storage.list(), Ok(Vec::new()));
    assert_eq!(storage.get("ab-1", 10), Err(StorageError::Missing));
    assert_eq!(storage.delete("ab-1"), Ok(()));
    storage.put("ab-1", b"one").unwrap();
    storage.put("ab-2", b"").unwrap();
    let mut names = storage.list().unwrap();
    names.sort();
    assert_eq!(names, ["ab-1", "ab-2"]);
    assert_eq!(storage.get("ab-1", 3).as_deref(), Ok(&b"one"[..]));
    assert_eq!(storage.get("ab-1", 2), Err(StorageError::TooLarge));
    assert_eq!(storage.get("ab-2", 3).as_deref(), Ok(&b""[..]));
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| at as u8).collect();
    storage.put("ab-3", &large).unwrap();
    assert!(storage.get("ab-3", 3_000_000) == Ok(large));
    for name in ["ab-1", "ab-2", "ab-3", "ab-3"] {
        storage.delete(name).unwrap();
    }
    assert_eq!(storage.list(), Ok(Vec::new()));
}
