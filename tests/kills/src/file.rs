//! A phone's file as it lies there, read past the core: is it whole, and how far do its logs go?

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use nightstand_engine::ids::LogId;
use nightstand_engine::vector::{Position, VersionVector};
use nightstand_sqlcipher as _;
use rusqlite::{Connection, OpenFlags};
use sha2::Sha256;

use crate::Trouble;

/// The file and its write-ahead log: all that a kill leaves. The index of the log is made anew from it.
const PARTS: [&str; 2] = ["", "-wal"];

/// What a file says.
#[derive(Default)]
pub(crate) struct Inside {
    /// How far the logs of what is shared go.
    pub(crate) vector: VersionVector,
    /// How many entries of them are from the other phone.
    pub(crate) received: u64,
    /// What both phones are held to have, as they agreed last.
    pub(crate) agreed: Vec<VersionVector>,
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Copies a file as it lies there, in place of what is at `to`.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Trouble> {
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::remove_file(beside(to, suffix)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    for part in PARTS {
        let from = beside(from, part);
        if from.exists() {
            std::fs::copy(from, beside(to, part))?;
        }
    }
    Ok(())
}

/// Changes a few bytes in the middle of a file.
pub(crate) fn damage(path: &Path) -> Result<(), Trouble> {
    let mut bytes = std::fs::read(path)?;
    let middle = bytes.len() / 2;
    bytes.iter_mut().skip(middle).take(16).for_each(|byte| *byte ^= 0x55);
    Ok(std::fs::write(path, bytes)?)
}

/// What `integrity_check` and `cipher_integrity_check` find wrong with a file. SQLite moves the write-ahead log into it when it
/// is looked at: hand in a copy.
pub(crate) fn faults(path: &Path, key: &[u8; 32]) -> Result<Vec<String>, Trouble> {
    let connection = open(path, key)?;
    let mut faults = Vec::new();
    for check in ["integrity_check", "cipher_integrity_check"] {
        match lines(&connection, check) {
            Ok(found) => faults.extend(found.into_iter().filter(|line| line != "ok")),
            Err(error) => faults.push(format!("{check}: {error}")),
        }
    }
    Ok(faults)
}

/// Looks into a file. Hand in a copy.
pub(crate) fn inside(path: &Path, key: &[u8; 32]) -> Result<Inside, Trouble> {
    let connection = open(path, key)?;
    let (mut vector, mut received) = (VersionVector::default(), 0);
    let mut statement = connection.prepare(
        "SELECT log.log, log.count, log.head, log.person = (SELECT value FROM meta WHERE name = 'person')
         FROM log JOIN place ON place.id = log.place WHERE place.space > 0",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (log, head): ([u8; 16], [u8; 32]) = (row.get(0)?, row.get(2)?);
        let (count, own) = (u64::try_from(row.get::<_, i64>(1)?)?, row.get::<_, bool>(3)?);
        let hash = *head.first_chunk().ok_or("a short hash")?;
        vector.set(LogId::from_bytes(log), Position { count, hash });
        received += if own { 0 } else { count };
    }
    let mut statement = connection.prepare("SELECT vector FROM agreed")?;
    let agreed = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    let agreed = agreed.map(|bytes| Ok(VersionVector::parse(&bytes?)?)).collect::<Result<_, Trouble>>()?;
    Ok(Inside { vector, received, agreed })
}

/// As `docs/open-the-file.md` says.
fn open(path: &Path, key: &[u8; 32]) -> Result<Connection, Trouble> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(b"nightstand database salt v1");
    let salt = mac.finalize().into_bytes();
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(&format!(
        "PRAGMA key = \"x'{}{}'\";
         PRAGMA cipher_plaintext_header_size = 32;
         PRAGMA cipher_hmac_algorithm = HMAC_SHA256;",
        HEXLOWER.encode(key),
        HEXLOWER.encode(&salt[..16])
    ))?;
    Ok(connection)
}

fn lines(connection: &Connection, pragma: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(&format!("PRAGMA {pragma}"))?;
    statement.query_map([], |row| row.get(0))?.collect()
}
