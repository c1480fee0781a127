//! Reading a Day One export, before anything of it is kept.
//!
//! Day One writes a JSON file per journal, alone or in a zip beside the folders with photos. This module opens one, refuses
//! what is no export or would fill the memory, and hands out [entries](DayOneEntry) one by one; it knows no vault.
//! Photos and other attachments are never unpacked. File names inside a zip are not used for anything but finding `.json`.
//!
//! A file is either readable to its end or refused, so half of a journal is never mistaken for all of it. Inside a
//! readable file, one broken entry is reported and doesn't stop the others.

mod entry;
mod raw;
mod styled;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

pub use entry::{DayOneEntry, DayOneSkip};
use raw::{Budget, RawEntry, read_journal};

/// How many bytes of JSON are unpacked from one export, all journals together: 512 MiB. Seventy times a diary of ten years.
pub const MAX_JSON_BYTES: u64 = 512 << 20;
/// How many entries one export may hold: five hundred thousand.
pub const MAX_ENTRIES: u32 = 500_000;

/// Why an export can't be read. Says nothing about what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayOneError {
    /// It is something else: no JSON with entries in it, and no zip with such a JSON.
    #[error("not a Day One JSON export")]
    NotAnExport,
    /// It is a zip with a password. It has to be unpacked first.
    #[error("the export is protected with a password")]
    Encrypted,
    /// It unpacks to more than [`MAX_JSON_BYTES`] or has more than [`MAX_ENTRIES`].
    #[error("the export is too large")]
    TooLarge,
    /// It began as an export, then breaks off or makes no sense. A fresh export may help.
    #[error("the export is damaged")]
    Damaged,
    /// The phone could not read the file.
    #[error("the export could not be read: {0}")]
    Unreadable(io::ErrorKind),
}

/// An opened export: all its journals, one after the other.
///
/// Holds the texts in memory, at most [`MAX_JSON_BYTES`]. Iterating turns one after the other into a [`DayOneEntry`], or says
/// why that entry can't be read; the iterator's `len()` is what is left to do.
pub struct DayOneExport {
    entries: Vec<Result<RawEntry, DayOneSkip>>,
}

impl DayOneExport {
    /// Opens a `.json` or `.zip` as Day One exports it, told apart by what is in it and not by its name.
    ///
    /// # Errors
    /// [`DayOneError`]; then nothing of it can be imported.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, DayOneError> {
        let file = File::open(path).map_err(|error| DayOneError::Unreadable(error.kind()))?;
        Self::read(BufReader::new(file))
    }

    /// The same from anything that can be read, for a host that has no path to give.
    ///
    /// # Errors
    /// [`DayOneError`]; then nothing of it can be imported.
    pub fn read(source: impl Read + Seek) -> Result<Self, DayOneError> {
        Self::read_within(source, &Budget::new(MAX_JSON_BYTES, MAX_ENTRIES))
    }

    /// How many entries it has, the unreadable ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn read_within(mut source: impl Read + Seek, budget: &Budget) -> Result<Self, DayOneError> {
        let mut entries = Vec::new();
        let mut start = Vec::new();
        source.by_ref().take(4).read_to_end(&mut start).map_err(from_io)?;
        source.seek(SeekFrom::Start(0)).map_err(from_io)?;
        let found = match start.as_slice() {
            b"PK\x03\x04" | b"PK\x05\x06" | b"PK\x07\x08" => read_zip(source, budget, &mut entries)?,
            _ => read_journal(source, budget, &mut entries)?,
        };
        if found { Ok(Self { entries }) } else { Err(DayOneError::NotAnExport) }
    }
}

impl fmt::Debug for DayOneExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayOneExport").field("entries", &self.entries.len()).finish()
    }
}

impl IntoIterator for DayOneExport {
    type Item = Result<DayOneEntry, DayOneSkip>;
    type IntoIter = DayOneEntries;

    fn into_iter(self) -> DayOneEntries {
        DayOneEntries { entries: self.entries.into_iter() }
    }
}

/// The entries of a [`DayOneExport`], in the order of the files.
pub struct DayOneEntries {
    entries: std::vec::IntoIter<Result<RawEntry, DayOneSkip>>,
}

impl Iterator for DayOneEntries {
    type Item = Result<DayOneEntry, DayOneSkip>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.entries.next()?.and_then(DayOneEntry::from_raw))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.entries.size_hint()
    }
}

impl ExactSizeIterator for DayOneEntries {}

fn read_zip(
    source: impl Read + Seek,
    budget: &Budget,
    entries: &mut Vec<Result<RawEntry, DayOneSkip>>,
) -> Result<bool, DayOneError> {
    let mut archive = ZipArchive::new(source).map_err(from_zip)?;
    let mut found = false;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index).map_err(from_zip)?;
        let name = file.name().to_ascii_lowercase();
        // macOS puts a small binary twin of every file there.
        if file.is_dir() || !name.ends_with(".json") || name.starts_with("__macosx/") {
            continue;
        }
        if file.encrypted() {
            return Err(DayOneError::Encrypted);
        }
        drop(file);
        found |= read_journal(archive.by_index(index).map_err(from_zip)?, budget, entries)?;
    }
    Ok(found)
}

fn from_zip(error: ZipError) -> DayOneError {
    match error {
        ZipError::Io(error) => from_io(error),
        ZipError::InvalidPassword => DayOneError::Encrypted,
        _ => DayOneError::Damaged,
    }
}

/// Unpacking reports bad bytes as `Damaged` kinds; a folder opens like a file and says what it is when read; all others come
/// from the phone.
fn from_io(error: io::Error) -> DayOneError {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => DayOneError::Damaged,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => DayOneError::Damaged,
        io::ErrorKind::IsADirectory => DayOneError::NotAnExport,
        kind => DayOneError::Unreadable(kind),
    }
}

#[cfg(test)]
mod tests;
