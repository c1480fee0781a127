//! How segments are written: runs of small differences.
//!
//! ```text
//! segment.entries            form, arrival before the first, then runs
//!   run                      flags, [numbers left out], [arrivals left out], [length less 2], document
//! segment_document.numbers   form, then runs
//!   run                      numbers left out, (length less 1) × 4 + flags, [sequence numbers left out]
//! segment_document.told      form, then for each of those: digest, number of the last operation (8 bytes, little-endian)
//! ```
//!
//! Numbers are varints. Of an entry that came here withheld no sequence number is known: it is 0. A run of a segment is of one document, with numbers and arrivals that rise by one.

use nightstand_engine::hash::Hash;
use nightstand_engine::wire::{Reader, WireError, Writer};

use crate::store::StoreError;

/// Most entries that a document is believed to have in one log: more than it may have operations.
const MOST: u64 = 1 << 22;

const FORM: u8 = 1;
const NUMBERS_LEFT_OUT: u8 = 1;
const ARRIVALS_LEFT_OUT: u8 = 2;
const LONG: u8 = 4;

const SEQUENCES_LEFT_OUT: u64 = 1;
const WITHOUT_SEQUENCES: u64 = 2;

/// An entry of a segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Placed {
    pub(super) number: u64,
    pub(super) arrival: u64,
    /// The row of its document.
    pub(super) document: i64,
}

/// An entry of a document in one log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Numbered {
    pub(super) number: u64,
    /// 0: not known.
    pub(super) sequence: u64,
}

/// What a document that can't be asked would have told of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Spelled {
    pub(super) digest: Hash,
    pub(super) last_op: u64,
}

impl From<WireError> for StoreError {
    fn from(_: WireError) -> Self {
        Self::Damaged
    }
}

/// Entries in rising order of numbers and arrivals, the first of which has this number.
pub(super) fn write_entries(entries: &[Placed]) -> Vec<u8> {
    let mut writer = Writer::new();
    let Some(first) = entries.first() else { return writer.finish() };
    let before = Placed { number: first.number - 1, arrival: first.arrival - 1, document: 0 };
    writer.raw(&[FORM]).varint(before.arrival);
    let follows = |before: &Placed, next: &Placed| {
        next.document == before.document && next.number == before.number + 1 && next.arrival == before.arrival + 1
    };
    let mut last = before;
    for run in entries.chunk_by(follows) {
        let (numbers, arrivals) = (run[0].number - last.number - 1, run[0].arrival - last.arrival - 1);
        let flag = |flag: u8, set: bool| if set { flag } else { 0 };
        writer.raw(&[flag(NUMBERS_LEFT_OUT, numbers > 0)
            | flag(ARRIVALS_LEFT_OUT, arrivals > 0)
            | flag(LONG, run.len() > 1)]);
        for number in [numbers, arrivals].into_iter().filter(|number| *number > 0) {
            writer.varint(number);
        }
        if run.len() > 1 {
            writer.varint(run.len() as u64 - 2);
        }
        writer.varint(run[0].document.cast_unsigned());
        last = run[run.len() - 1];
    }
    writer.finish()
}

/// Reads what [`write_entries`] wrote of `count` entries, the first of which has this number.
pub(super) fn read_entries(number: u64, count: u64, bytes: &[u8]) -> Result<Vec<Placed>, StoreError> {
    let mut reader = formed(bytes)?;
    let mut arrival = reader.varint()?;
    let mut number = number.checked_sub(1).ok_or(StoreError::Damaged)?;
    let mut entries = Vec::new();
    while !reader.is_empty() {
        let flags = reader.byte()?;
        let mut if_set = |flag: u8| if flags & flag == 0 { Ok(0) } else { reader.varint() };
        let (numbers, arrivals) = (if_set(NUMBERS_LEFT_OUT)?, if_set(ARRIVALS_LEFT_OUT)?);
        let length = if flags & LONG == 0 { 1 } else { sum(&[if_set(LONG)?, 2])? };
        let document = reader.varint()?.cast_signed();
        (number, arrival) = (sum(&[number, numbers])?, sum(&[arrival, arrivals])?);
        if length > count - entries.len() as u64 {
            return Err(StoreError::Damaged);
        }
        for _ in 0..length {
            (number, arrival) = (sum(&[number, 1])?, sum(&[arrival, 1])?);
            entries.push(Placed { number, arrival, document });
        }
    }
    if entries.len() as u64 == count { Ok(entries) } else { Err(StoreError::Damaged) }
}

/// Entries of one document and log, in rising order of numbers and of those sequence numbers that are known.
pub(super) fn write_numbers(entries: &[Numbered]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.raw(&[FORM]);
    let follows = |before: &Numbered, next: &Numbered| {
        let known = before.sequence > 0;
        let sequence = before.sequence + u64::from(known);
        (next.number, next.sequence, next.sequence > 0) == (before.number + 1, sequence, known)
    };
    let mut last = Numbered { number: 0, sequence: 0 };
    for run in entries.chunk_by(follows) {
        let numbers = run[0].number - last.number - 1;
        let sequences = run[0].sequence.saturating_sub(last.sequence + 1);
        let flags = match run[0].sequence {
            0 => WITHOUT_SEQUENCES,
            _ if sequences > 0 => SEQUENCES_LEFT_OUT,
            _ => 0,
        };
        writer.varint(numbers).varint((run.len() as u64 - 1) << 2 | flags);
        if sequences > 0 {
            writer.varint(sequences);
        }
        let end = run[run.len() - 1];
        last = Numbered { number: end.number, sequence: end.sequence.max(last.sequence) };
    }
    writer.finish()
}

/// Reads what [`write_numbers`] wrote.
pub(super) fn read_numbers(bytes: &[u8]) -> Result<Vec<Numbered>, StoreError> {
    let mut reader = formed(bytes)?;
    let (mut number, mut sequence, mut entries) = (0, 0, Vec::new());
    while !reader.is_empty() {
        let left_out = reader.varint()?;
        let run = reader.varint()?;
        let sequences = if run & SEQUENCES_LEFT_OUT == 0 { 0 } else { reader.varint()? };
        let known = run & WITHOUT_SEQUENCES == 0;
        (number, sequence) = (sum(&[number, left_out])?, sum(&[sequence, sequences])?);
        if (run >> 2) + entries.len() as u64 >= MOST {
            return Err(StoreError::Damaged);
        }
        for _ in 0..=run >> 2 {
            (number, sequence) = (sum(&[number, 1])?, sum(&[sequence, u64::from(known)])?);
            entries.push(Numbered { number, sequence: if known { sequence } else { 0 } });
        }
    }
    Ok(entries)
}

/// What a document would have told, in the order of the numbers.
pub(super) fn write_told(told: &[Spelled]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.raw(&[FORM]);
    for one in told {
        writer.raw(one.digest.as_bytes()).raw(&one.last_op.to_le_bytes());
    }
    writer.finish()
}

/// Reads what [`write_told`] wrote.
pub(super) fn read_told(bytes: &[u8]) -> Result<Vec<Spelled>, StoreError> {
    let mut reader = formed(bytes)?;
    let mut told = Vec::new();
    while !reader.is_empty() {
        let (digest, last_op) = (Hash::from_bytes(reader.array()?), u64::from_le_bytes(reader.array()?));
        told.push(Spelled { digest, last_op });
    }
    Ok(told)
}

fn formed(bytes: &[u8]) -> Result<Reader<'_>, StoreError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? == FORM { Ok(reader) } else { Err(StoreError::Damaged) }
}

fn sum(parts: &[u64]) -> Result<u64, StoreError> {
    let sum = parts.iter().try_fold(0, |sum: u64, part| sum.checked_add(*part));
    sum.filter(|sum| sum.cast_signed() >= 0).ok_or(StoreError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn placed() -> impl Strategy<Value = Vec<Placed>> {
        let step = (prop_oneof![4 => Just(0u64), 1 => 0..9u64], prop_oneof![4 => Just(0u64), 1 => 0..900u64], 1..4i64);
        prop::collection::vec(step, 1..80).prop_map(|steps| {
            let (mut number, mut arrival) = (0, 0);
            let next = |(numbers, arrivals, document)| {
                (number, arrival) = (number + 1 + numbers, arrival + 1 + arrivals);
                Placed { number, arrival, document }
            };
            steps.into_iter().map(next).collect()
        })
    }

    fn numbered() -> impl Strategy<Value = Vec<Numbered>> {
        let sequences = prop_oneof![9 => Just(Some(0u64)), 1 => (0..3u64).prop_map(Some), 2 => Just(None)];
        let step = (prop_oneof![3 => Just(0u64), 1 => 0..300u64], sequences);
        prop::collection::vec(step, 0..80).prop_map(|steps| {
            let (mut number, mut last) = (0, 0);
            let next = |(numbers, sequences): (u64, Option<u64>)| {
                number += 1 + numbers;
                let sequence = sequences.map_or(0, |sequences| last + 1 + sequences);
                last = last.max(sequence);
                Numbered { number, sequence }
            };
            steps.into_iter().map(next).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in placed(), numbers in numbered()) {
            let count = entries.len() as u64;
            prop_assert_eq!(read_entries(entries[0].number, count, &write_entries(&entries)).unwrap(), entries);
            prop_assert_eq!(read_numbers(&write_numbers(&numbers)).unwrap(), numbers);
        }

        /// Damage ends in an error or in other entries, not in a panic or in more memory than there are entries.
        #[test]
        fn damage_is_met_with_an_error(
            entries in placed(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = write_entries(&entries);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let cut = &bytes[..=cut.index(bytes.len())];
            for bytes in [&bytes[..], cut] {
                let count = entries.len() as u64;
                prop_assert!(read_entries(1, count, bytes).is_ok_and(|read| read.len() as u64 == count) || read_entries(1, count, bytes).is_err());
                let _ = read_told(bytes);
            }
        }
    }

    #[test]
    fn a_run_takes_a_few_bytes() {
        let run: Vec<_> = (1..=256).map(|number| Placed { number, arrival: 9_000 + number, document: 300 }).collect();
        assert_eq!(write_entries(&run).len(), 1 + 2 + 1 + 2 + 2);
        let numbers: Vec<_> = (1..=256).map(|number| Numbered { number, sequence: number + 1 }).collect();
        assert_eq!(write_numbers(&numbers).len(), 1 + 1 + 2 + 1);
        let withheld: Vec<_> = (1..=256).map(|number| Numbered { number, sequence: 0 }).collect();
        assert_eq!(write_numbers(&withheld).len(), 1 + 1 + 2);
    }

    #[test]
    fn another_form_and_a_run_without_end_are_damage() {
        assert_eq!(read_numbers(&[2]), Err(StoreError::Damaged));
        assert_eq!(read_numbers(&[FORM, 0, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x7f]), Err(StoreError::Damaged));
        assert_eq!(read_told(&[FORM, 1]), Err(StoreError::Damaged));
    }
}
