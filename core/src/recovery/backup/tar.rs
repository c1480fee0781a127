//! The files inside: tar, in the form that POSIX calls ustar, with plain files alone.
//!
//! Ours is written and read here in few lines, so that nothing of it depends on a clock, a user or a file system, and so that a
//! reader of damaged bytes keeps to its limits.

use std::io::{self, Read, Write};

use nightstand_engine::frame::padme;

use super::envelope;
use crate::error::{InvalidInput, NightstandError};

const BLOCK: usize = 512;
const NAME: usize = 100;
const SIZE: core::ops::Range<usize> = 124..136;
const CHECKSUM: core::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: core::ops::Range<usize> = 257..265;

/// Writes files one after the other.
pub(in crate::recovery) struct TarWriter<W>(W);

impl<W: Write> TarWriter<W> {
    pub(in crate::recovery) fn new(output: W) -> Self {
        Self(output)
    }

    pub(in crate::recovery) fn file(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.0.write_all(&header(name, content.len()))?;
        self.0.write_all(content)?;
        self.0.write_all(&[0; BLOCK][..padding(content.len() as u64) as usize])
    }

    /// One more file, of zeros, so that all of it comes to one of few sizes. `written` is how much there is before it.
    pub(in crate::recovery) fn fill_up(&mut self, written: usize) -> io::Result<()> {
        let end = 3 * BLOCK;
        let room = padme(written + end) - written - end;
        self.file("padding", &vec![0; room / BLOCK * BLOCK])
    }

    pub(in crate::recovery) fn finish(mut self) -> io::Result<W> {
        self.0.write_all(&[0; 2 * BLOCK])?;
        Ok(self.0)
    }
}

/// How many bytes a file of this size takes.
pub(in crate::recovery) fn taken_by(size: usize) -> usize {
    BLOCK + size.next_multiple_of(BLOCK)
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

/// A file that is being read.
pub(in crate::recovery) struct Member {
    pub(in crate::recovery) name: String,
    size: u64,
}

/// Reads files one after the other. Nothing is believed before all was read to its end.
pub(in crate::recovery) struct TarReader<R> {
    input: R,
    /// What was not read of the present file, and what fills its last block.
    left: u64,
    padding: u64,
}

impl<R: Read> TarReader<R> {
    pub(in crate::recovery) fn new(input: R) -> Self {
        Self { input, left: 0, padding: 0 }
    }

    /// The next file; none at the end, and then there is nothing behind it.
    pub(in crate::recovery) fn next(&mut self) -> Result<Option<Member>, NightstandError> {
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
    pub(in crate::recovery) fn content(&mut self, most: usize) -> Result<Vec<u8>, NightstandError> {
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
