//! The files inside: a tar archive in the form that POSIX calls ustar, with plain files alone.
//!
//! Ours is written and read here in few lines, so that nothing of it depends on a clock, a user or a file system, and so that a
//! reader of damaged bytes keeps to its limits.

use std::io::{self, Read, Write};

use super::envelope;
use crate::error::{InvalidInput, NightstandError};

const BLOCK: usize = 512;
const NAME: usize = 100;
const SIZE: core::ops::Range<usize> = 124..136;
const CHECKSUM: core::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: core::ops::Range<usize> = 257..265;

/// Writes files one after the other.
pub(super) struct ArchiveWriter<W>(W);

impl<W: Write> ArchiveWriter<W> {
    pub(super) fn new(output: W) -> Self {
        Self(output)
    }

    pub(super) fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.0.write_all(&header(name, content.len()))?;
        self.0.write_all(content)?;
        self.0.write_all(&[0; BLOCK][..padding(content.len() as u64) as usize])
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.0.write_all(&[0; 2 * BLOCK])?;
        Ok(self.0)
    }
}

fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

fn header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000600\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(SIZE.start, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(CHECKSUM.start, "        ");
    put(KIND, "0");
    put(MAGIC.start, "ustar\x0000");
    let sum = sum(&header);
    header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

fn sum(header: &[u8; BLOCK]) -> u64 {
    let spaces = |at: usize| if CHECKSUM.contains(&at) { b' ' } else { header[at] };
    (0..BLOCK).map(|at| u64::from(spaces(at))).sum()
}

/// A file of an archive that is being read.
pub(super) struct Member {
    pub(super) name: String,
    size: u64,
}

/// Reads files one after the other. Nothing is believed of an archive before it was read to its end.
pub(super) struct ArchiveReader<R> {
    input: R,
    /// What was not read of the present file, and what fills its last block.
    left: u64,
    padding: u64,
}

impl<R: Read> ArchiveReader<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, left: 0, padding: 0 }
    }

    /// The next file; none at the end, and then there is nothing behind it.
    pub(super) fn next(&mut self) -> Result<Option<Member>, NightstandError> {
        self.skip(self.left + self.padding)?;
        (self.left, self.padding) = (0, 0);
        let mut header = [0; BLOCK];
        self.input.read_exact(&mut header).map_err(envelope::unreadable)?;
        if header == [0; BLOCK] {
            io::copy(&mut self.input, &mut io::sink()).map_err(envelope::unreadable)?;
            return Ok(None);
        }
        let member = member(&header).ok_or(InvalidInput::File)?;
        (self.left, self.padding) = (member.size, padding(member.size));
        Ok(Some(member))
    }

    /// The content of the present file, which is of this size at most.
    pub(super) fn content(&mut self, most: usize) -> Result<Vec<u8>, NightstandError> {
        let size = usize::try_from(self.left).ok().filter(|size| *size <= most).ok_or(NightstandError::TooLarge)?;
        let mut content = vec![0; size];
        self.input.read_exact(&mut content).map_err(envelope::unreadable)?;
        self.left = 0;
        Ok(content)
    }

    fn skip(&mut self, bytes: u64) -> Result<(), NightstandError> {
        let skipped = io::copy(&mut (&mut self.input).take(bytes), &mut io::sink()).map_err(envelope::unreadable)?;
        if skipped == bytes { Ok(()) } else { Err(InvalidInput::File.into()) }
    }
}

fn member(header: &[u8; BLOCK]) -> Option<Member> {
    let text = |field: &[u8]| {
        let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
        core::str::from_utf8(&field[..end]).map(str::to_owned).ok()
    };
    let number = |field: &[u8]| u64::from_str_radix(text(field)?.trim(), 8).ok();
    let plain = matches!(header[KIND], b'0' | 0);
    (plain && number(&header[CHECKSUM])? == sum(header)).then_some(())?;
    Some(Member { name: text(&header[..NAME])?, size: number(&header[SIZE])? })
}
