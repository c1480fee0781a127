//! A folder as a mailbox.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Storage, StorageError};

/// What a file is called until all of it is there.
const UNFINISHED: &str = ".part";

/// A folder that both phones reach, as one that a service copies between them. Whatever else lies there is left alone.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// This folder. It has to be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn path(&self, name: &str) -> Result<PathBuf, StorageError> {
        let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if plain && !name.is_empty() { Ok(self.0.join(name)) } else { Err(StorageError::Missing) }
    }

    /// Takes away what a kill left of earlier files of this lane. Nobody else writes there.
    fn sweep(&self, name: &str) {
        let Some((lane, _)) = name.rsplit_once('-') else { return };
        for entry in fs::read_dir(&self.0).into_iter().flatten().flatten() {
            let other = entry.file_name().into_string().unwrap_or_default();
            let blob = other.strip_suffix(UNFINISHED).and_then(|blob| blob.rsplit_once('-'));
            if blob.is_some_and(|(other, _)| other == lane) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Storage for Folder {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StorageError> {
        let path = self.path(name)?;
        self.sweep(name);
        let unfinished = path.with_added_extension(&UNFINISHED[1..]);
        let put = write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
        put.map_err(|error| {
            // Half a file is of no use; what can't be removed is passed over by readers.
            let _ = fs::remove_file(&unfinished);
            what_it_means(&error)
        })
    }

    fn get(&self, name: &str, most: u64) -> Result<Vec<u8>, StorageError> {
        let mut bytes = Vec::new();
        let file = File::open(self.path(name)?).map_err(|error| what_it_means(&error))?;
        file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| what_it_means(&error))?;
        if bytes.len() as u64 > most { Err(StorageError::TooLarge) } else { Ok(bytes) }
    }

    fn list(&self) -> Result<Vec<String>, StorageError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(|error| what_it_means(&error))? {
            let Ok(entry) = entry else { continue };
            names.extend(entry.file_name().into_string().ok().filter(|name| self.path(name).is_ok()));
        }
        Ok(names)
    }

    fn delete(&self, name: &str) -> Result<(), StorageError> {
        match fs::remove_file(self.path(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(|error| what_it_means(&error)),
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn what_it_means(error: &io::Error) -> StorageError {
    match error.kind() {
        io::ErrorKind::NotFound => StorageError::Missing,
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StorageError::Full,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StorageError::Refused,
        _ => StorageError::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_the_contract() {
        let folder = tempfile::tempdir().unwrap();
        super::super::contract::holds(&Folder::new(folder.path()));
    }

    #[test]
    fn whatever_else_lies_there_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Folder::new(folder.path());
        fs::write(folder.path().join("Holiday.jpg"), b"x").unwrap();
        fs::create_dir(folder.path().join("a-folder")).unwrap();
        storage.put("ab-1", b"one").unwrap();
        fs::write(folder.path().join("ab-2.part"), b"half").unwrap();
        assert_eq!(storage.get("../ab-1", 9), Err(StorageError::Missing));
        let mut names = storage.list().unwrap();
        names.sort();
        assert_eq!(names, ["a-folder", "ab-1"]);
        assert!(storage.get("a-folder", 9).is_err());
        assert_eq!(Folder::new(folder.path().join("gone")).list(), Err(StorageError::Missing));

        // What a kill left of this lane goes with the next file of it; another's may be on its way.
        fs::write(folder.path().join("cd-1.part"), b"half").unwrap();
        storage.put("ab-3", b"three").unwrap();
        let there = |name: &str| folder.path().join(name).exists();
        assert_eq!((there("ab-2.part"), there("cd-1.part"), there("Holiday.jpg")), (false, true, true));
    }
}
