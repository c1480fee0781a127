//! Batches: runs of entries as they travel, in a session or in a file.
//!
//! ```text
//! packed := zstd frame of plain                       one stream, so that alike entries cost little
//! plain  := varint version(1)
//!           varint logs   { id(16) varint(first·2 + has opening) opening? }*
//!           varint count  { entry }*
//!           { end hash(8) tag? }  for each log with entries, in the order of the table
//! entry  := varint log·16 + flags
//!             bit 0    tombstone
//!             bit 1    its document is new: its id follows (16 bytes); else (log, number) of an entry of it
//!             bits 2–3 form: 0 stripped change · 1 payload as it is · 2 withheld
//!           document, then by form
//! ```
//!
//! Between own devices an opening names its bond, since theirs may be under several and under none.
//!
//! `first` is the number of the log's first entry here; the others follow without gaps. A log that is only referred to has
//! `first` 0. An opening goes with a log whose first entry is number 1.
//!
//! A **stripped** change leaves out what the receiver knows: the author, the sequence number that follows from the log, the
//! first operation that follows from the dependencies, the checksum. Dependencies and documents are named by entries. The
//! receiver puts the same bytes together, and the end hash proves it. A **withheld** entry is only its digest: its document
//! was deleted and the payload is gone.
//!
//! Named by their ids, the logs of a couple cost 16 bytes each per batch; naming them by their place in a sorted list
//! would save that and make every batch depend on both sides agreeing on the list, so they are named in full.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::ids::{BondId, DocumentId, LogId};
use crate::kinds::{Kind, ZERO_ACTOR};
use crate::limits;
use crate::log::{EntryKind, Opening, Tag};
use crate::wire::{Reader, WireError, Writer};

const VERSION: u64 = 1;

const TOMBSTONE: u64 = 1;
const NEW_DOCUMENT: u64 = 2;
const FORM: u64 = 0b1100;
const FORM_STRIPPED: u64 = 0 << 2;
const FORM_WHOLE: u64 = 1 << 2;
const FORM_WITHHELD: u64 = 2 << 2;

/// An entry named by where it stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EntryName {
    /// Its log.
    pub log: LogId,
    /// Its number there.
    pub number: u64,
}

/// How an entry names its document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DocumentName {
    /// By its id.
    New(DocumentId),
    /// By an entry of it that stands before this one.
    Known(EntryName),
}

/// What a change builds on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dependency {
    /// The fixed first change of a kind.
    First(Kind),
    /// An entry.
    Entry(EntryName),
    /// A change that the sender has no entry of.
    Digest(Hash),
}

/// An entry's content as it travels.
#[derive(Clone, PartialEq, Eq)]
pub enum Form<'a> {
    /// A change without what the receiver knows.
    Stripped {
        /// What it builds on.
        dependencies: Vec<Dependency>,
        /// Other actors that it names.
        actors: Vec<LogId>,
        /// Columns and what stands behind them.
        operations: &'a [u8],
    },
    /// The payload as it is.
    Whole(&'a [u8]),
    /// Only the digest.
    Withheld(Hash),
}

/// An entry as it travels.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Its log.
    pub log: LogId,
    /// What it is.
    pub kind: EntryKind,
    /// Its document.
    pub document: DocumentName,
    /// Its content.
    pub form: Form<'a>,
}

/// How a log's run in a batch ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End {
    /// The first eight bytes of the running hash there.
    pub hash: [u8; 8],
    /// Vouches for it to the person's own devices.
    pub tag: Option<Tag>,
}

/// Where a log's run in a batch begins and ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// The number of the first entry; 0 if the log is only referred to.
    pub first: u64,
    /// What opens the log, where the receiver may not know it.
    pub opening: Option<Opening>,
    /// How it ends; none for a log that is only referred to.
    pub end: Option<End>,
}

/// A batch, read.
pub struct Batch<'a> {
    /// The logs.
    pub runs: BTreeMap<LogId, Run>,
    /// The entries, in an order in which dependencies come first.
    pub entries: Vec<Entry<'a>>,
}

impl<'a> Batch<'a> {
    /// The bytes before packing. Where all is under `one_bond`, that is left out.
    pub fn to_bytes(&self, one_bond: impl Into<Option<BondId>>) -> Vec<u8> {
        let one_bond = one_bond.into();
        let places: BTreeMap<_, _> = self.runs.keys().zip(0u64..).map(|(log, place)| (*log, place)).collect();
        let mut writer = Writer::new();
        writer.varint(VERSION).varint(self.runs.len() as u64);
        for (log, run) in &self.runs {
            writer.raw(log.as_bytes()).varint(run.first << 1 | u64::from(run.opening.is_some()));
            if let Some(opening) = &run.opening {
                opening.write(&mut writer, one_bond);
            }
        }
        writer.varint(self.entries.len() as u64);
        for entry in &self.entries {
            write_entry(&mut writer, entry, &places);
        }
        for end in self.runs.values().filter_map(|run| run.end) {
            writer.raw(&end.hash).raw(&[u8::from(end.tag.is_some())]);
            if let Some(tag) = end.tag {
                writer.varint(tag.key_number).raw(&tag.mac);
            }
        }
        writer.finish()
    }

    /// Reads a batch, of one bond or of own devices. Every size in it is checked against the limits before anything is made
    /// of it.
    pub fn parse(bytes: &'a [u8], one_bond: impl Into<Option<BondId>>) -> Result<Self, WireError> {
        let one_bond = one_bond.into();
        let mut reader = Reader::new(bytes);
        if reader.varint()? != VERSION {
            return Err(WireError::TooNew);
        }
        let mut runs = BTreeMap::new();
        let mut places = Vec::new();
        for _ in 0..reader.count(crate::vector::MOST_LOGS)? {
            let log = LogId::from_bytes(reader.array()?);
            let first = reader.varint()?;
            let opening = if first & 1 == 1 { Some(Opening::read(&mut reader, one_bond)?) } else { None };
            if places.last().is_some_and(|last| *last >= log) {
                return Err(WireError::Malformed);
            }
            places.push(log);
            runs.insert(log, Run { first: first >> 1, opening, end: None });
        }
        let count = reader.count(limits::BATCH_ENTRIES)?;
        let entries = (0..count).map(|_| read_entry(&mut reader, &places)).collect::<Result<Vec<_>, _>>()?;
        let mut last: BTreeMap<LogId, u64> = BTreeMap::new();
        for entry in &entries {
            let first = runs.get(&entry.log).map_or(0, |run| run.first);
            let number = last.entry(entry.log).or_insert(first.checked_sub(1).ok_or(WireError::Malformed)?);
            *number = number.checked_add(1).ok_or(WireError::Malformed)?;
        }
        for (log, run) in &mut runs {
            let Some(number) = last.get(log).copied() else { continue };
            let hash = reader.array()?;
            let tag = match reader.byte()? {
                0 => None,
                1 => Some(Tag { number, key_number: reader.varint()?, mac: reader.array()? }),
                _ => return Err(WireError::Malformed),
            };
            run.end = Some(End { hash, tag });
        }
        reader.end()?;
        Ok(Self { runs, entries })
    }
}

fn write_entry(writer: &mut Writer, entry: &Entry<'_>, places: &BTreeMap<LogId, u64>) {
    let place = |log: &LogId| *places.get(log).expect("the table names every log that entries name");
    let form = match &entry.form {
        Form::Stripped { .. } => FORM_STRIPPED,
        Form::Whole(_) => FORM_WHOLE,
        Form::Withheld(_) => FORM_WITHHELD,
    };
    let kind = if entry.kind == EntryKind::Tombstone { TOMBSTONE } else { 0 };
    let new = if matches!(entry.document, DocumentName::New(_)) { NEW_DOCUMENT } else { 0 };
    writer.varint(place(&entry.log) << 4 | form | kind | new);
    match &entry.document {
        DocumentName::New(id) => writer.raw(id.as_bytes()),
        DocumentName::Known(name) => writer.varint(place(&name.log)).varint(name.number),
    };
    match &entry.form {
        Form::Whole(payload) => writer.bytes(payload),
        Form::Withheld(digest) => writer.raw(digest.as_bytes()),
        Form::Stripped { dependencies, actors, operations } => {
            writer.varint(dependencies.len() as u64);
            for dependency in dependencies {
                match dependency {
                    Dependency::First(kind) => writer.varint(0).varint(u64::from(kind.number())),
                    Dependency::Digest(digest) => writer.varint(1).raw(digest.as_bytes()),
                    Dependency::Entry(name) => writer.varint(2 + place(&name.log)).varint(name.number),
                };
            }
            writer.varint(actors.len() as u64);
            for actor in actors {
                let named = if *actor == ZERO_ACTOR { 0 } else { 1 + place(actor) };
                writer.varint(named);
            }
            writer.bytes(operations)
        }
    };
}

fn read_entry<'a>(reader: &mut Reader<'a>, places: &[LogId]) -> Result<Entry<'a>, WireError> {
    let log_at = |place: u64| {
        usize::try_from(place).ok().and_then(|place| places.get(place)).copied().ok_or(WireError::Malformed)
    };
    let header = reader.varint()?;
    let log = log_at(header >> 4)?;
    let kind = if header & TOMBSTONE == 0 { EntryKind::Change } else { EntryKind::Tombstone };
    let document = if header & NEW_DOCUMENT != 0 {
        DocumentName::New(DocumentId::from_bytes(reader.array()?))
    } else {
        DocumentName::Known(EntryName { log: log_at(reader.varint()?)?, number: reader.varint()? })
    };
    let form = match header & FORM {
        FORM_STRIPPED if kind == EntryKind::Change => {
            let mut dependencies = Vec::new();
            for _ in 0..reader.count(limits::CHANGE_REFERENCES)? {
                dependencies.push(match reader.varint()? {
                    0 => {
                        let number = u32::try_from(reader.varint()?).map_err(|_| WireError::Malformed)?;
                        Dependency::First(Kind::from_number(number).ok_or(WireError::TooNew)?)
                    }
                    1 => Dependency::Digest(Hash::from_bytes(reader.array()?)),
                    place => Dependency::Entry(EntryName { log: log_at(place - 2)?, number: reader.varint()? }),
                });
            }
            let mut actors = Vec::new();
            for _ in 0..reader.count(limits::CHANGE_REFERENCES)? {
                actors.push(match reader.varint()? {
                    0 => ZERO_ACTOR,
                    place => log_at(place - 1)?,
                });
            }
            Form::Stripped { dependencies, actors, operations: reader.bytes()? }
        }
        FORM_WHOLE => Form::Whole(reader.bytes()?),
        FORM_WITHHELD => Form::Withheld(Hash::from_bytes(reader.array()?)),
        _ => return Err(WireError::Malformed),
    };
    Ok(Entry { log, kind, document, form })
}

/// Packs a batch's bytes into one compressed stream.
///
/// Level 12 for what a person waits for; below 64 KiB level 19 costs a few milliseconds.
pub fn pack(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let level = if plain.len() < 64 * 1024 { 19 } else { 12 };
    let mut compressor = zstd::bulk::Compressor::new(level)?;
    compressor.include_contentsize(true)?;
    compressor.include_checksum(false)?;
    compressor.compress(plain)
}

/// Unpacks a batch, never making more than [`limits::BATCH_BYTES`] of it.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, WireError> {
    let size = zstd::zstd_safe::get_frame_content_size(packed).ok().flatten().ok_or(WireError::Malformed)?;
    let size = usize::try_from(size).map_err(|_| WireError::TooLarge)?;
    if size > limits::BATCH_BYTES {
        return Err(WireError::TooLarge);
    }
    let plain = zstd::bulk::decompress(packed, size).map_err(|_| WireError::Malformed)?;
    if plain.len() == size { Ok(plain) } else { Err(WireError::Malformed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bomb_is_refused_before_it_inflates() {
        let bomb = zstd::bulk::compress(&vec![0; limits::BATCH_BYTES + 1], 19).expect("compresses");
        assert!(bomb.len() < 4096);
        assert_eq!(unpack(&bomb), Err(WireError::TooLarge));
    }

    #[test]
    fn a_stream_that_lies_about_its_size_is_malformed() {
        let mut packed = pack(&[7; 1000]).expect("packs");
        // The frame header: magic (4), descriptor (1), then the content size less 256 in two bytes.
        packed[5] ^= 1;
        assert_eq!(unpack(&packed), Err(WireError::Malformed));
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_batch_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = unpack(&bytes);
            let _ = Batch::parse(&bytes, BondId::from_bytes([0; 16]));
        }
    }
}
