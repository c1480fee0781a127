//! How much a transaction appends to SQLite's write-ahead log. SQLCipher encrypts the pages in it; what stands around them can
//! be read: <https://www.sqlite.org/fileformat2.html#walformat>.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

pub(crate) struct Wal {
    path: PathBuf,
    salt: [u8; 8],
    frames: usize,
}

impl Wal {
    const HEADER: usize = 32;
    const FRAME_HEADER: usize = 24;
    /// A page of 4,096 bytes and what stands before it.
    pub(crate) const FRAME: usize = 4_096 + Self::FRAME_HEADER;

    /// That of a database.
    pub(crate) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), salt: [0; 8], frames: 0 }
    }

    /// Frames that came since it was last asked. One transaction at a time: after a checkpoint the log begins anew.
    pub(crate) fn appended(&mut self) -> usize {
        let (salt, frames) = self.read().expect("the log is there");
        let before = if salt == self.salt { self.frames } else { 0 };
        (self.salt, self.frames) = (salt, frames);
        frames - before
    }

    /// The salt of its present turn, and how many frames have it.
    fn read(&self) -> io::Result<([u8; 8], usize)> {
        let mut file = File::open(&self.path)?;
        let mut header = [0; Self::HEADER];
        file.read_exact(&mut header)?;
        let salt = |bytes: &[u8], at: usize| bytes[at..at + 8].try_into().unwrap_or_default();
        let turn = salt(&header, 16);
        let mut frames = 0;
        let mut frame = [0; Self::FRAME_HEADER];
        loop {
            file.seek(SeekFrom::Start((Self::HEADER + frames * Self::FRAME) as u64))?;
            match file.read_exact(&mut frame) {
                Ok(()) if salt(&frame, 8) == turn => frames += 1,
                Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
                _ => return Ok((turn, frames)),
            }
        }
    }
}
