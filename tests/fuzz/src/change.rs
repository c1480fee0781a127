//! One document, and changes that no app would make.

use std::collections::BTreeMap;

use automerge::transaction::Transactable;
use automerge::{ROOT, ReadDoc};
use nightstand_engine::change::{self, Parsed, Stripped};
use nightstand_engine::document::{Document, Verdict};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::LogId;
use nightstand_engine::kinds::{Kind, ZERO_ACTOR};

use crate::bytes::{Source, piece};
use crate::pair::assert_loads;

const LOGS: [LogId; 2] = [LogId::from_bytes([7; 16]), LogId::from_bytes([8; 16])];

/// Of a mode: the bytes are a chunk as it stands. Its checksum is put right.
const CHUNK: u8 = 0x40;
const CHECKED: u8 = 0x80;

/// How one change is made. See [`step`].
const SECOND_LOG: u8 = 1;
const BUILDS_ON: u8 = 0b110;
const ODD_NUMBERS: u8 = 8;
const NAMES_OTHER: u8 = 16;
const NAMES_ZERO: u8 = 32;
const TOGETHER: u8 = 64;

/// Changes to a new document: a chunk, or operations around which a chunk is put that follows or does not.
pub(crate) fn change(data: &[u8]) {
    let _ = applied(data);
}

/// How many changes the document took.
fn applied(data: &[u8]) -> usize {
    let mut source = Source::new(data);
    let mode = source.byte();
    let kind = Kind::ALL[usize::from(mode) % Kind::ALL.len()];
    if mode & CHUNK != 0 {
        return chunk(kind, source.rest(), mode & CHECKED != 0);
    }
    let mut growing = Growing::new(kind);
    let mut open = Vec::new();
    while !source.is_empty() {
        let how = source.byte();
        open.push(growing.step(how, &mut source));
        if how & TOGETHER == 0 {
            growing.take_in(core::mem::take(&mut open));
        }
    }
    growing.take_in(open);
    growing.assert_sound();
    growing.applied.len()
}

fn chunk(kind: Kind, bytes: &[u8], checked: bool) -> usize {
    let mut chunk = bytes.to_vec();
    if checked
        && let Some(digest) = change::digest(&chunk)
        && let Some(checksum) = chunk.get_mut(4..8)
    {
        checksum.copy_from_slice(&digest.first::<4>());
    }
    if let Some(stripped) = Stripped::of(&chunk, &LOGS[0]) {
        assert_eq!(stripped.chunk(&LOGS[0]), chunk);
    }
    let mut growing = Growing::new(kind);
    growing.take_in(vec![(LOGS[0], chunk)]);
    growing.assert_sound();
    growing.applied.len()
}

/// A document, and what is known of its changes.
struct Growing {
    document: Document,
    kind: Kind,
    /// The last operation of each change.
    known: BTreeMap<Hash, u64>,
    /// Of each log: how many changes, and the last.
    last: BTreeMap<LogId, (u64, Hash)>,
    /// What was taken in, in order.
    applied: Vec<(LogId, Vec<u8>)>,
}

impl Growing {
    fn new(kind: Kind) -> Self {
        let known = BTreeMap::from([(kind.first_change(), kind.first_last_op())]);
        Self { document: Document::new(kind), kind, known, last: BTreeMap::new(), applied: Vec::new() }
    }

    /// A change as `how` says.
    fn step(&mut self, how: u8, source: &mut Source<'_>) -> (LogId, Vec<u8>) {
        let (log, other) = if how & SECOND_LOG == 0 { (LOGS[0], LOGS[1]) } else { (LOGS[1], LOGS[0]) };
        let last = self.last.get(&log).copied();
        let mut dependencies = match how & BUILDS_ON {
            0 => self.document.heads(),
            2 => vec![self.kind.first_change()],
            4 if self.last.is_empty() => vec![self.kind.first_change()],
            4 => last.iter().chain(self.last.get(&other)).map(|(_, hash)| *hash).collect(),
            _ => vec![Hash::from_bytes([9; 32]), self.kind.first_change()],
        };
        dependencies.sort_unstable();
        dependencies.dedup();
        let greatest = dependencies.iter().filter_map(|digest| self.known.get(digest)).max();
        let (mut sequence, mut start_op) = (last.map_or(0, |(count, _)| count) + 1, greatest.map_or(0, |op| *op) + 1);
        if how & ODD_NUMBERS != 0 {
            sequence = sequence.wrapping_add_signed(i64::from(source.byte() as i8));
            start_op = start_op.wrapping_add_signed(i64::from(source.short() as i16) << (source.byte() % 48));
        }
        let mut actors = Vec::new();
        actors.extend((how & NAMES_ZERO != 0).then_some(ZERO_ACTOR));
        actors.extend((how & NAMES_OTHER != 0).then_some(other));
        let operations = source.piece();
        let chunk = Stripped { dependencies, sequence, start_op, actors, operations }.chunk(&log);
        if let (Ok(change), Some(digest)) = (change::parse(&chunk, &log), change::digest(&chunk)) {
            self.known.insert(digest, change.max_op());
            self.last.insert(log, (change.seq(), digest));
        }
        (log, chunk)
    }

    fn take_in(&mut self, chunks: Vec<(LogId, Vec<u8>)>) {
        let parsed: Vec<(LogId, Parsed)> =
            chunks.iter().map(|(log, chunk)| (*log, change::parse(chunk, log))).collect();
        let changes: Vec<_> = parsed.iter().map(|(log, parsed)| (*log, parsed)).collect();
        let verdicts = self.document.admit(&changes);
        assert_eq!(verdicts.len(), chunks.len());
        for ((log, chunk), verdict) in chunks.into_iter().zip(verdicts) {
            let digest = change::digest(&chunk).unwrap_or(Hash::from_bytes([0; 32]));
            let held = self.document.holds(&digest);
            assert_eq!(held, verdict == Verdict::Applied, "{verdict:?}");
            if verdict == Verdict::Applied {
                assert!(self.document.chunk(&digest).as_ref() == Some(&chunk), "it gives a change back as it was");
                self.applied.push((log, chunk));
            } else if self.last.get(&log).is_some_and(|(_, last)| *last == digest) {
                self.forget(log);
            }
        }
    }

    /// The last change of a log was not taken in, so the next follows from what is there.
    fn forget(&mut self, log: LogId) {
        let last = self.applied.iter().rev().find(|(of, _)| *of == log);
        let parsed = last.and_then(|(_, chunk)| change::parse(chunk, &log).ok());
        match parsed {
            Some(change) => self.last.insert(log, (change.seq(), change::hash_of(&change.hash()))),
            None => self.last.remove(&log),
        };
    }

    /// It loads as it was saved, and the same changes make the same document, one by one.
    fn assert_sound(&self) {
        let saved = self.document.save();
        assert_loads(&saved);
        let mut again = Document::load(&saved).expect("it was seen to load");
        assert_eq!(again.heads(), self.document.heads());
        let mut anew = Document::new(self.kind);
        for (log, chunk) in &self.applied {
            let parsed = change::parse(chunk, log);
            assert_eq!(again.admit(&[(*log, &parsed)]), [Verdict::Applied]);
            assert_eq!(anew.admit(&[(*log, &parsed)]), [Verdict::Applied]);
        }
        assert_eq!(anew.heads(), self.document.heads());
    }
}

/// What an app writes, taken apart.
pub(crate) fn changes() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for kind in Kind::ALL {
        let chunks = honest(kind);
        let mode = kind as u8;
        for (log, chunk) in &chunks[..2] {
            assert_eq!(*log, LOGS[0]);
            seeds.push([&[mode_of(mode, CHUNK)], &chunk[..]].concat());
            seeds.push([&[mode_of(mode, CHUNK | CHECKED)], &chunk[..]].concat());
        }
        for how in [0, TOGETHER] {
            let mut seed = vec![mode];
            for (log, chunk) in &chunks {
                let stripped = Stripped::of(chunk, log).expect("our own changes are plain");
                let mut how = how | if *log == LOGS[1] { SECOND_LOG } else { 0 };
                how |= if stripped.actors.contains(&ZERO_ACTOR) { NAMES_ZERO } else { 0 };
                how |= if stripped.actors.len() > usize::from(how & NAMES_ZERO != 0) { NAMES_OTHER } else { 0 };
                seed.push(how | if how & TOGETHER != 0 { 4 } else { 0 });
                seed.extend(piece(stripped.operations));
            }
            assert_eq!(applied(&seed), chunks.len(), "what an app writes is taken in");
            seeds.push(seed);
        }
    }
    seeds
}

/// A mode that stands for this kind, with these bits.
fn mode_of(kind: u8, bits: u8) -> u8 {
    (0..).map(|more| bits | more).find(|mode| mode % 3 == kind).expect("one of three")
}

fn honest(kind: Kind) -> Vec<(LogId, Vec<u8>)> {
    let mut document = kind.new_document();
    let text = match kind {
        Kind::JournalEntry => "body",
        Kind::Preference => "note",
        Kind::Record => "text",
    };
    let mut chunks = Vec::new();
    for (log, step) in [LOGS[0], LOGS[0], LOGS[1], LOGS[0], LOGS[1]].into_iter().zip(0..) {
        document.set_actor(change::actor(&log));
        let done = document.transact::<_, _, automerge::AutomergeError>(|edit| {
            let (_, body) = edit.get(ROOT, text)?.expect("the kind's first change makes it");
            match step {
                0 => edit.splice_text(&body, 0, 0, "rain on the roof")?,
                1 => {
                    edit.put(ROOT, "when", 1_790_000_000_000_i64)?;
                    edit.put(ROOT, "mood", "calm")?;
                }
                2 => edit.splice_text(&body, 4, 3, ", tea")?,
                3 => {
                    let mark = automerge::marks::Mark::new("bold".into(), true, 0, 4);
                    edit.mark(&body, mark, automerge::marks::ExpandMark::After)?;
                }
                _ => {
                    edit.delete(ROOT, "mood")?;
                    let map = edit.put_object(ROOT, "more", automerge::ObjType::Map)?;
                    edit.put(&map, "minutes", automerge::ScalarValue::counter(2))?;
                }
            }
            Ok(())
        });
        let hash = done.expect("the edit fits").hash.expect("something was written");
        let change = document.get_change_by_hash(&hash).expect("just made");
        chunks.push((log, change.raw_bytes().to_vec()));
    }
    chunks
}
