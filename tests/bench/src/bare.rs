//! Bare SQLCipher: the same library with the same provider, key and settings as a vault, and nothing above it.

use std::path::Path;

use nightstand_sqlcipher as _;
use rusqlite::Connection;

/// The key of [`ours::KEY`](crate::ours::KEY) and its salt, as `docs/open-the-file.md` has them.
const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f1e35414d4201f138f65d7727d202da7a";

/// Those of `core/src/store/file.rs`.
const SETTINGS: &str = "
    PRAGMA cipher_plaintext_header_size = 32;
    PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA mmap_size = 0;
    PRAGMA journal_mode = WAL;
    PRAGMA journal_size_limit = 4194304;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA secure_delete = ON;";

/// Opens a file, or makes it.
pub(crate) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(&format!("PRAGMA key = \"x'{KEY}'\";{SETTINGS}"))?;
    Ok(connection)
}
