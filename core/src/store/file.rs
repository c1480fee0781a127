//! Opening the file: its key, its settings, whose it is, and what a failure to read it means.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use nightstand_sqlcipher as _;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, ffi};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::private::{DataKey, Private};
use super::{StoreError, salvage, schema};
use crate::error::Salvage;

/// What each connection needs before it reads. SQLCipher keeps none of it in the file (see `docs/open-the-file.md`).
const CIPHER: &str = "
    PRAGMA cipher_plaintext_header_size = 32;
    PRAGMA cipher_hmac_algorithm = HMAC_SHA256;";

/// What both connections run with; `docs/storage.md` says why.
const SETTINGS: &str = "
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA mmap_size = 0;";

pub(super) const WRITER_SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA journal_size_limit = 4194304;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA secure_delete = ON;";

const READER_SETTINGS: &str = "PRAGMA query_only = ON;";

/// Only tools that look at the file can be in the way, and for moments.
const BUSY_TIMEOUT: Duration = Duration::from_millis(250);

/// More than there are different statements.
const STATEMENTS: usize = 128;

/// Where a vault lies and what opens it.
pub(crate) struct Access {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    /// While Private is unlocked, so that it is again when the file is opened again.
    private: Mutex<Option<DataKey>>,
}

/// May a file be made?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Creation {
    IfAbsent,
    Never,
}

impl Access {
    pub(crate) fn new(path: PathBuf, key: Zeroizing<[u8; 32]>) -> Self {
        Self { path, key, private: Mutex::default() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The same key for another file.
    pub(super) fn beside(&self, path: PathBuf) -> Self {
        Self::new(path, self.key.clone())
    }

    /// Where the second file lies (see `private.rs`).
    pub(crate) fn private_path(&self) -> PathBuf {
        private_path(&self.path)
    }

    pub(super) fn remember(&self, private: &Private) {
        *self.private.lock().unwrap_or_else(PoisonError::into_inner) = match private {
            Private::Unlocked(key) => Some(key.clone()),
            Private::Open | Private::Locked => None,
        };
    }

    /// The next opening finds Private locked.
    pub(crate) fn forget_private(&self) {
        self.remember(&Private::Locked);
    }

    pub(super) fn remembered(&self) -> Option<DataKey> {
        self.private.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The connection that writes. A file without tables gets those of the present version; an earlier version is
    /// [`StoreError::Older`].
    pub(crate) fn writer(&self, creation: Creation) -> Result<Connection, StoreError> {
        let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match creation {
            Creation::IfAbsent => flags |= OpenFlags::SQLITE_OPEN_CREATE,
            Creation::Never => self.must_exist()?,
        }
        let mut connection = self.connect(flags)?;
        let found = schema::version(&connection)?;
        if found > schema::VERSION {
            return Err(StoreError::Newer { found, supported: schema::VERSION });
        }
        if (1..schema::VERSION).contains(&found) {
            return Err(StoreError::Older);
        }
        connection.execute_batch(WRITER_SETTINGS)?;
        schema::migrate(&mut connection)?;
        Ok(connection)
    }

    /// A connection that reads, beside the writer.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.execute_batch(READER_SETTINGS)?;
        Ok(connection)
    }

    /// A connection that reads, whoever has the file open. It changes nothing.
    pub(crate) fn read_only(&self) -> Result<Connection, StoreError> {
        self.must_exist()?;
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.execute_batch(READER_SETTINGS)?;
        Ok(connection)
    }

    /// What can be read of a damaged file.
    pub(crate) fn salvage(&self) -> Option<Salvage> {
        salvage::salvage(|| self.unlock(OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)).ok()
    }

    /// Is it this one that opens the file?
    pub(crate) fn is_key(&self, key: &[u8; 32]) -> bool {
        *self.key == *key
    }

    fn must_exist(&self) -> Result<(), StoreError> {
        std::fs::metadata(&self.path)?;
        Ok(())
    }

    fn unlock(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        initialize();
        let connection = Connection::open_with_flags(&self.path, flags)?;
        set_key(&connection, &self.key)?;
        connection.execute_batch(CIPHER)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(connection)
    }

    pub(super) fn connect(&self, flags: OpenFlags) -> Result<Connection, StoreError> {
        let connection = self.unlock(flags)?;
        match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(StoreError::from) {
            Ok(()) => {}
            Err(StoreError::Damaged) => return Err(self.diagnose(&connection)),
            Err(error) => return Err(error),
        }
        connection.execute_batch(SETTINGS)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        Ok(connection)
    }

    /// A wrong key and a damaged first page look the same to SQLCipher. The other pages tell: under the right key some of
    /// their tags fit. A file that does not even begin like ours, and of which no page fits, is none of ours.
    fn diagnose(&self, connection: &Connection) -> StoreError {
        match (salvage::page_tags(connection), header(&self.path)) {
            (Ok(tags), Ok(Header::Ours)) if tags.damaged == tags.pages => StoreError::WrongKey,
            (Ok(tags), Ok(Header::Other)) if tags.damaged == tags.pages => StoreError::NotAVault,
            _ => StoreError::Damaged,
        }
    }
}

/// Where a vault's second file lies.
pub(crate) fn private_path(vault: &Path) -> PathBuf {
    let mut path = vault.as_os_str().to_owned();
    path.push(".private");
    path.into()
}

/// Settings of the attached second file. It can be made again, so the newest words in it need not survive a power cut.
pub(super) fn set_up_private(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(
        "PRAGMA private.journal_mode = WAL;
         PRAGMA private.synchronous = NORMAL;
         PRAGMA private.secure_delete = ON;",
    )?)
}

/// What can be said of a file without its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    Absent,
    Empty,
    Ours,
    Other,
}

/// Looks at the bytes that are not encrypted: SQLite's name, the page size, and room on each page for what SQLCipher adds.
pub(crate) fn header(path: &Path) -> Result<Header, StoreError> {
    let file = match std::fs::File::open(path).map_err(StoreError::from) {
        Err(StoreError::Absent) => return Ok(Header::Absent),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(32).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        return Ok(Header::Empty);
    }
    let ours = bytes.len() == 32 && bytes.starts_with(b"SQLite format 3\0\x10\0") && bytes[20] >= 48;
    Ok(if ours { Header::Ours } else { Header::Other })
}

/// Lets the process's first connection come up alone. SQLite counts itself as initialised just before it initialises
/// SQLCipher, so a second connection at that moment would find no cryptography ("SQL logic error").
fn initialize() {
    static READY: Once = Once::new();
    READY.call_once(|| drop(Connection::open_in_memory()));
}

/// Gives the connection its raw key and salt. They go through the C interface: a `PRAGMA key` would stand in SQL text, which
/// SQLite keeps and may report.
#[expect(unsafe_code, reason = "rusqlite has no call for it")]
fn set_key(connection: &Connection, key: &[u8; 32]) -> Result<(), StoreError> {
    let mut text = Zeroizing::new([b'\''; 99]);
    text[0] = b'x';
    HEXLOWER.encode_mut(key, &mut text[2..66]);
    HEXLOWER.encode_mut(&salt(key), &mut text[66..98]);
    // SAFETY: the handle is that of an open connection, which only this thread has; the name ends with a zero byte; the text
    // is good for the length beside it, and SQLCipher copies it.
    let code = unsafe {
        ffi::sqlite3_key_v2(connection.handle(), c"main".as_ptr(), text.as_ptr().cast(), text.len() as core::ffi::c_int)
    };
    if code == ffi::SQLITE_OK { Ok(()) } else { Err(StoreError::Sqlite(code)) }
}

/// With a plain header the file has no room for a salt, so it comes from the key.
fn salt(key: &[u8; 32]) -> [u8; 16] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(b"nightstand database salt v1");
    let mut salt = [0; 16];
    salt.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    salt
}

/// Moves what is in the write-ahead log into the file and empties the log.
pub(crate) fn checkpoint(connection: &Connection) -> Result<(), StoreError> {
    let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))?;
    if busy { Err(StoreError::Locked) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `docs/open-the-file.md` states it: without this salt nobody opens a file by hand.
    #[test]
    fn the_salt_of_the_documented_key_is_the_documented_one() {
        let key = core::array::from_fn(|index| index as u8);
        assert_eq!(HEXLOWER.encode(&salt(&key)), "1e35414d4201f138f65d7727d202da7a");
    }
}
