//! Entries that arrived long ago, in segments.
//!
//! The row of an entry takes some 134 bytes with its indexes, more than a sentence does in its document; two thirds of them are hashes, which
//! nothing makes smaller. The stored form of a document gives each of its changes back byte for byte, though, and so their
//! hashes, sequence numbers and last operations. What it does not tell is where in which log they stand. That alone is kept of
//! entries that arrived long ago, some hundred to a row:
//!
//! ```text
//! segment            of one log: which documents its entries change, when each arrived, the running hash after the last
//! segment_document   of one document in one log: the numbers of its entries, in the order of their sequence numbers
//! ```
//!
//! An edit of one of many documents takes about five bytes so, and one that follows another in the same document nearly none.
//! The price is paid by who asks for what is long ago: the document is loaded to tell a digest, and a running hash that no row
//! has is counted from the nearest that is known. Nothing is asked that old in the ordinary run of things; a device that is new
//! or a year behind is sent the changes out of the documents anyway.
//!
//! In rows stay: the [newest](Pace) entries, a log's first, the first entry that each log has of each document but a journal's (who
//! began or wrote in it is asked often), tombstones, and what waits or was set aside. An entry goes into a segment only after its document has told it
//! as the row has it. Where the document can't be asked, since it was deleted or Private is under a second key, what it told is
//! **spelled out** beside the numbers.
//!
//! ```text
//! form       the bytes of segments
//! histories  what documents told, for as long as one transaction lasts
//! mod        asking for entries, wherever they stand
//! compact    rows into segments
//! alter      entries out of segments: set aside, cut off, deleted
//! ```

mod alter;
mod compact;
mod form;
mod histories;

use std::sync::Arc;

use nightstand_engine::batch::EntryName;
use nightstand_engine::exchange::Audience;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::LogId;
use nightstand_engine::log::{self, EntryKind};
use nightstand_engine::store::{EntryRow, EntryState, Reference};
use rusqlite::{Row, params};

pub(super) use compact::Compaction;
#[cfg(test)]
pub(super) use compact::Pace;
use form::{Numbered, Placed};
pub(super) use histories::Histories;
use histories::{History, Listed};

use super::{Rows, StoreError};

/// A stretch of a log.
struct Segment {
    id: i64,
    /// Its log's row.
    log: i64,
    /// The running hash after its last entry.
    head: Hash,
    entries: Vec<Placed>,
}

const SEGMENT: &str = "SELECT id, log, number, count, head, entries FROM segment";

impl Segment {
    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let (number, count) = (row.get::<_, i64>(2)?.cast_unsigned(), row.get::<_, i64>(3)?.cast_unsigned());
        let entries = form::read_entries(number, count, row.get_ref(5)?.as_blob().map_err(|_| StoreError::Damaged)?)?;
        Ok(Self { id: row.get(0)?, log: row.get(1)?, head: Hash::from_bytes(row.get(4)?), entries })
    }

    fn last(&self) -> Option<&Placed> {
        self.entries.last()
    }

    /// Where an entry stands in it.
    fn find(&self, number: u64) -> Option<usize> {
        self.entries.binary_search_by_key(&number, |placed| placed.number).ok()
    }
}

/// An entry of a segment, and the segment.
struct Found {
    segment: Arc<Segment>,
    at: usize,
}

impl Found {
    fn placed(&self) -> Placed {
        self.segment.entries[self.at]
    }
}

impl Rows<'_> {
    fn log_id(&self, log: &LogId) -> Result<Option<i64>, StoreError> {
        self.one("SELECT id FROM log WHERE log = ?1", [log.as_bytes()], |row| Ok(row.get(0)?))
    }

    fn in_segment(&self, log: &LogId, number: u64) -> Result<Option<Found>, StoreError> {
        let Some(id) = self.log_id(log)? else { return Ok(None) };
        let segment = self.segment_up_to(id, number)?;
        let found = segment.and_then(|segment| Some((segment.find(number)?, segment)));
        Ok(found.map(|(at, segment)| Found { segment: segment.into(), at }))
    }

    /// The last segment of a log that begins no later than this.
    fn segment_up_to(&self, log: i64, number: u64) -> Result<Option<Segment>, StoreError> {
        let sql = format!("{SEGMENT} WHERE log = ?1 AND number <= ?2 ORDER BY number DESC LIMIT 1");
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.one(&sql, params![log, number], Segment::read)
    }

    /// An entry of a segment.
    pub(super) fn old_entry(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, StoreError> {
        match self.in_segment(log, number)? {
            Some(found) => self.told_entry(log, &found).map(Some),
            None => Ok(None),
        }
    }

    /// An entry as it was when it was a row.
    fn told_entry(&self, log: &LogId, found: &Found) -> Result<EntryRow, StoreError> {
        let (history, reference) = self.told(log, &found.placed())?;
        let hash = self.hash_in_segment(log, found)?;
        let state = if history.buried { EntryState::Buried } else { EntryState::Applied };
        let Reference { log, number, document, digest, sequence, last_op } = reference;
        let kind = EntryKind::Change;
        Ok(EntryRow { log, number, document, kind, digest, hash, sequence, last_op, state, payload: None })
    }

    fn told(&self, log: &LogId, placed: &Placed) -> Result<(Arc<History>, Reference), StoreError> {
        let history = self.history(placed.document)?;
        let reference = history.find(log, placed.number).ok_or(StoreError::Damaged)?;
        Ok((history, reference))
    }

    /// The running hash after an entry.
    pub(crate) fn hash_after(&self, log: &LogId, number: u64) -> Result<Option<Hash>, StoreError> {
        if let Some(hash) = self.hash_in_row(log, number)? {
            return Ok(Some(hash));
        }
        self.in_segment(log, number)?.map(|found| self.hash_in_segment(log, &found)).transpose()
    }

    fn hash_in_segment(&self, log: &LogId, found: &Found) -> Result<Hash, StoreError> {
        if found.at + 1 == found.segment.entries.len() {
            return Ok(found.segment.head);
        }
        let (mut hash, first) = self.nearest_hash(log, found)?;
        for placed in &found.segment.entries[first..=found.at] {
            let (_, told) = self.told(log, placed)?;
            hash = log::next_hash(&hash, placed.number, &told.document, EntryKind::Change, &told.digest);
        }
        self.histories().note_hash(*log, found.placed().number, hash);
        Ok(hash)
    }

    /// The last running hash before an entry of a segment that is known, and which entry of the segment follows it.
    fn nearest_hash(&self, log: &LogId, found: &Found) -> Result<(Hash, usize), StoreError> {
        let entries = &found.segment.entries;
        for at in (0..=found.at).rev() {
            if let Some(hash) = self.histories().hash(log, entries[at].number) {
                return Ok((hash, at + 1));
            }
            let before = entries[at].number - 1;
            if at == 0 || entries[at - 1].number != before {
                return Ok((self.hash_outside(found.segment.log, log, before)?, at));
            }
        }
        Err(StoreError::Damaged)
    }

    /// The running hash after an entry that has a row, or that ends a segment.
    fn hash_outside(&self, id: i64, log: &LogId, number: u64) -> Result<Hash, StoreError> {
        if number == 0 {
            return Ok(self.log(log)?.ok_or(StoreError::Damaged)?.opening.hash());
        }
        if let Some(hash) = self.hash_in_row(log, number)? {
            return Ok(hash);
        }
        let segment = self.segment_up_to(id, number)?;
        let ends = segment.filter(|segment| segment.last().is_some_and(|last| last.number == number));
        ends.map(|segment| segment.head).ok_or(StoreError::Damaged)
    }

    /// As others refer to it.
    pub(super) fn old_reference(&self, log: &LogId, number: u64) -> Result<Option<Reference>, StoreError> {
        match self.in_segment(log, number)? {
            Some(found) => Ok(Some(self.told(log, &found.placed())?.1)),
            None => Ok(None),
        }
    }

    /// Number and sequence number of the last entry below `number` that a log has of a document in its segments.
    pub(super) fn old_before(&self, document: i64, log: &LogId, number: u64) -> Result<Option<(u64, u64)>, StoreError> {
        let sql = "SELECT numbers FROM segment_document
                   WHERE document = ?1 AND log = (SELECT id FROM log WHERE log = ?2)";
        let numbers = self.one(sql, params![document, log.as_bytes()], |row| {
            form::read_numbers(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?)
        })?;
        let numbers = numbers.unwrap_or_default();
        let before = numbers[..numbers.partition_point(|one| one.number < number)].last();
        Ok(before.map(|one| (one.number, one.sequence)))
    }

    /// When which entry of a document arrived first, of those in segments. A log's numbers rise as they arrive.
    pub(super) fn old_first(&self, document: i64) -> Result<Option<(u64, EntryName)>, StoreError> {
        let mut all = Vec::new();
        for Listed { log, numbers, .. } in self.listed(document)? {
            let Some(Numbered { number, .. }) = numbers.first().copied() else { continue };
            let arrival = self.old_arrival(&log, number)?.ok_or(StoreError::Damaged)?;
            all.push((arrival, EntryName { log, number }));
        }
        Ok(all.into_iter().min_by_key(|(arrival, _)| *arrival))
    }

    /// The entry of a document with this digest, of those in segments.
    pub(super) fn find_old(&self, document: i64, digest: &Hash) -> Result<Option<Reference>, StoreError> {
        let sql = "SELECT 1 FROM segment_document WHERE document = ?1 LIMIT 1";
        match self.one(sql, [document], |_| Ok(()))? {
            Some(()) => Ok(self.history(document)?.with_digest(digest)),
            None => Ok(None),
        }
    }

    pub(super) fn old_arrival(&self, log: &LogId, number: u64) -> Result<Option<u64>, StoreError> {
        Ok(self.in_segment(log, number)?.map(|found| found.placed().arrival))
    }

    /// Puts those that stand in segments among entries that arrived after `arrival`, the first `most` of them together.
    pub(super) fn with_old_arrivals(
        &self,
        audience: &Audience,
        arrival: u64,
        most: usize,
        rows: Vec<(u64, EntryRow)>,
    ) -> Result<Vec<(u64, EntryRow)>, StoreError> {
        let mut old = Vec::new();
        for (id, log) in self.logs_with_segments(audience, arrival)? {
            let (mut after, mut count) = (arrival, 0);
            while count < most {
                let sql = format!("{SEGMENT} WHERE log = ?1 AND arrival > ?2 ORDER BY arrival LIMIT 1");
                let Some(segment) = self.one(&sql, params![id, after.cast_signed()], Segment::read)? else { break };
                let segment = Arc::new(segment);
                let first = segment.entries.partition_point(|placed| placed.arrival <= after);
                let later = (first..segment.entries.len()).take(most - count);
                count += later.len();
                old.extend(later.map(|at| (log, Found { segment: segment.clone(), at })));
                after = segment.last().map_or(u64::MAX, |last| last.arrival);
            }
        }
        if old.is_empty() {
            return Ok(rows);
        }
        old.sort_unstable_by_key(|(_, found)| found.placed().arrival);
        old.truncate(most);
        let mut all = rows;
        let last = if all.len() < most { None } else { all.last().map(|(arrival, _)| *arrival) };
        for (log, found) in old.iter().filter(|(_, found)| last.is_none_or(|last| found.placed().arrival < last)) {
            all.push((found.placed().arrival, self.told_entry(log, found)?));
        }
        all.sort_unstable_by_key(|(arrival, _)| *arrival);
        all.truncate(most);
        Ok(all)
    }

    fn logs_with_segments(&self, audience: &Audience, arrival: u64) -> Result<Vec<(i64, LogId)>, StoreError> {
        let later = "EXISTS (SELECT 1 FROM segment WHERE segment.log = log.id AND segment.arrival > ?1)";
        let read = |row: &Row<'_>| Ok((row.get(0)?, LogId::from_bytes(row.get(1)?)));
        let arrival = arrival.cast_signed();
        match audience {
            Audience::Partner(bond) => {
                let sql = format!(
                    "SELECT log.id, log.log FROM log JOIN place ON place.id = log.place WHERE place.bond = ?2 AND {later}"
                );
                self.all(&sql, params![arrival, bond.as_bytes()], read)
            }
            Audience::OwnDevice(_) => self.all(&format!("SELECT id, log FROM log WHERE {later}"), [arrival], read),
        }
    }
}
