//! Rows into segments, a few at a time.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use nightstand_engine::document::Told;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::LogId;
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Store, Transaction};
use rusqlite::params;

use super::form::{self, Numbered, Placed, Spelled};
use super::histories::{Listed, Subject};
use super::{SEGMENT, Segment};
use crate::store::{Private, Rows, StoreError, StoreTx, Writer};

/// In `meta`: up to which arrival rows were looked at.
const LOOKED_AT: &str = "segments_until";

/// Most entries in one segment. Three of the longest go on a page.
const MOST_ENTRIES: usize = 256;

/// Most rows that are looked at in one transaction.
const MOST_AT_ONCE: u64 = 4_096;

/// When rows become segments.
#[derive(Clone, Copy)]
pub(in crate::store) struct Pace {
    /// So many of the newest stay rows.
    pub(in crate::store) keep: u64,
    /// Fewer are not worth a transaction.
    pub(in crate::store) least: u64,
}

impl Pace {
    pub(in crate::store) const USUAL: Self = Self { keep: 1_024, least: 32 };
}

/// How far compaction is behind.
#[derive(Clone, Copy)]
pub(in crate::store) struct Compaction {
    pub(in crate::store) pace: Pace,
    /// Entries that were appended since rows were last looked at, or more.
    pub(in crate::store) appended: u64,
}

impl Compaction {
    /// Of a vault that was just opened. An earlier version may have left all as rows: each opening makes up for some of it.
    pub(in crate::store) const fn begin() -> Self {
        Self { pace: Pace::USUAL, appended: 512 }
    }
}

/// A row that may go into a segment.
struct Candidate {
    log: i64,
    placed: Placed,
    sequence: u64,
    told: Spelled,
    hash: Hash,
}

impl Rows<'_> {
    /// Up to which arrival rows were looked at; entries in segments have arrived no later.
    pub(in crate::store) fn looked_at(&self) -> Result<u64, StoreError> {
        Ok(self.meta::<i64>(LOOKED_AT)?.unwrap_or(0).cast_unsigned())
    }

    fn newest_arrival(&self) -> Result<u64, StoreError> {
        let newest = self.one("SELECT max(arrival) FROM entry", [], |row| Ok(row.get::<_, Option<i64>>(0)?))?;
        Ok(newest.flatten().unwrap_or(0).cast_unsigned())
    }

    /// The arrival of the next entry.
    pub(in crate::store) fn next_arrival(&self) -> Result<u64, StoreError> {
        Ok(self.newest_arrival()?.max(self.looked_at()?) + 1)
    }

    /// Rows of changes in their documents, each with another before it in its log and document; of a journal's the first as well.
    fn candidates(&self, after: u64, until: u64) -> Result<Vec<Candidate>, StoreError> {
        let sql = "SELECT arrival, log, number, document, digest, hash, sequence, last_op FROM entry
                   WHERE arrival > ?1 AND arrival <= ?2 AND kind = 0 AND state IN (0, 2) AND number > 1
                       AND ((SELECT kind FROM document WHERE id = entry.document) = ?3
                            OR EXISTS (SELECT 1 FROM entry AS earlier INDEXED BY entry_document
                                       WHERE earlier.document = entry.document AND earlier.log = entry.log
                                           AND earlier.number < entry.number))
                   ORDER BY arrival";
        let journal = Kind::JournalEntry.number();
        self.all(sql, params![after.cast_signed(), until.cast_signed(), journal], |row| {
            let number = |at| Ok::<_, StoreError>(row.get::<_, i64>(at)?.cast_unsigned());
            Ok(Candidate {
                log: row.get(1)?,
                placed: Placed { arrival: number(0)?, number: number(2)?, document: row.get(3)? },
                sequence: number(6)?,
                told: Spelled { digest: Hash::from_bytes(row.get(4)?), last_op: number(7)? },
                hash: Hash::from_bytes(row.get(5)?),
            })
        })
    }
}

impl Writer {
    /// Puts old rows into segments: as many as were written since the last time, and some more. Whatever stops it, nothing
    /// is lost by it, and a later call goes on.
    pub(crate) fn compact(&mut self) -> Result<(), StoreError> {
        let Compaction { pace, appended } = self.compaction();
        if appended < pace.least {
            return Ok(());
        }
        self.compacted();
        let mut left = appended.saturating_mul(2);
        while left > 0 {
            let (from, newest) = (self.rows().looked_at()?, self.rows().newest_arrival()?);
            let until = newest.saturating_sub(pace.keep).min(from + left.min(MOST_AT_ONCE));
            if until < from + pace.least.min(left) {
                break;
            }
            let mut tx = self.begin()?;
            tx.compact(from, until)?;
            tx.commit()?;
            left -= until - from;
        }
        Ok(())
    }
}

impl StoreTx<'_> {
    fn compact(&mut self, from: u64, until: u64) -> Result<(), StoreError> {
        let mut by_document: BTreeMap<i64, Vec<Candidate>> = BTreeMap::new();
        for candidate in self.rows().candidates(from, until)? {
            by_document.entry(candidate.placed.document).or_default().push(candidate);
        }
        let mut by_log: BTreeMap<i64, Vec<Candidate>> = BTreeMap::new();
        for (document, candidates) in by_document {
            for candidate in self.enlist(document, candidates)? {
                by_log.entry(candidate.log).or_default().push(candidate);
            }
        }
        for (log, mut candidates) in by_log {
            candidates.sort_unstable_by_key(|candidate| candidate.placed.number);
            for candidate in &candidates {
                self.rows().run("DELETE FROM entry WHERE arrival = ?1", [candidate.placed.arrival.cast_signed()])?;
            }
            self.append_to_segments(log, &candidates)?;
        }
        self.rows().set_meta(LOOKED_AT, until.cast_signed())?;
        self.count_unsent_again();
        self.rows().histories().forget();
        Ok(())
    }

    /// Lists those that the document tells as their rows have them, or whose telling can be spelled out. Answers which.
    fn enlist(&mut self, document: i64, candidates: Vec<Candidate>) -> Result<Vec<Candidate>, StoreError> {
        let subject = self.rows().subject(document)?;
        let spelled = subject.buried || subject.private && !matches!(self.private(), Private::Open);
        // What does not load stays as it is.
        let changes = if spelled { None } else { subject.changes().ok() };
        if !spelled && changes.is_none() {
            return Ok(Vec::new());
        }
        let mut lists: BTreeMap<i64, Listed> =
            self.rows().listed(document)?.into_iter().map(|list| (list.id, list)).collect();
        let mut listed = Vec::new();
        for candidate in candidates {
            let list = match lists.entry(candidate.log) {
                Entry::Occupied(list) => list.into_mut(),
                Entry::Vacant(new) => {
                    let (id, log, told) = (candidate.log, self.log_of(candidate.log)?, spelled.then(Vec::new));
                    new.insert(Listed { id, log, numbers: Vec::new(), told })
                }
            };
            if list.take(&candidate, changes.as_ref()) {
                listed.push(candidate);
            }
        }
        for list in lists.values().filter(|list| listed.iter().any(|candidate| candidate.log == list.id)) {
            self.put_list(document, list)?;
        }
        Ok(listed)
    }

    fn log_of(&self, id: i64) -> Result<LogId, StoreError> {
        let log =
            self.rows().one("SELECT log FROM log WHERE id = ?1", [id], |row| Ok(LogId::from_bytes(row.get(0)?)))?;
        log.ok_or(StoreError::Damaged)
    }

    /// Stores a list as it is now.
    pub(super) fn put_list(&mut self, document: i64, list: &Listed) -> Result<(), StoreError> {
        if list.numbers.is_empty() {
            let sql = "DELETE FROM segment_document WHERE document = ?1 AND log = ?2";
            return self.rows().run(sql, [document, list.id]).map(drop);
        }
        let sql = "INSERT INTO segment_document (document, log, numbers, told) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (document, log) DO UPDATE SET numbers = excluded.numbers, told = excluded.told";
        let told = list.told.as_deref().map(form::write_told);
        self.rows().run(sql, params![document, list.id, form::write_numbers(&list.numbers), told]).map(drop)
    }

    /// Entries of a log that stand behind all that are in its segments.
    fn append_to_segments(&mut self, log: i64, candidates: &[Candidate]) -> Result<(), StoreError> {
        let sql = format!("{SEGMENT} WHERE log = ?1 ORDER BY number DESC LIMIT 1");
        let last = self.rows().one(&sql, [log], Segment::read)?.filter(|last| last.entries.len() < MOST_ENTRIES);
        let (mut candidates, mut open) = (candidates, last);
        while !candidates.is_empty() {
            let (id, mut entries) = open.take().map_or((None, Vec::new()), |open| (Some(open.id), open.entries));
            let (now, later) = candidates.split_at(candidates.len().min(MOST_ENTRIES - entries.len()));
            entries.extend(now.iter().map(|candidate| candidate.placed));
            let head = now.last().map(|candidate| candidate.hash).ok_or(StoreError::Misuse("an empty segment"))?;
            self.put_segment(id, log, &entries, &head)?;
            candidates = later;
        }
        Ok(())
    }

    /// Stores a segment as it is now.
    pub(super) fn put_segment(
        &mut self,
        id: Option<i64>,
        log: i64,
        entries: &[Placed],
        head: &Hash,
    ) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return self.rows().run("DELETE FROM segment WHERE id = ?1", [id]).map(drop);
        };
        let sql =
            "INSERT INTO segment (id, log, number, arrival, count, head, entries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (id) DO UPDATE SET number = excluded.number, arrival = excluded.arrival,
                       count = excluded.count, head = excluded.head, entries = excluded.entries";
        let (number, arrival) = (first.number.cast_signed(), last.arrival.cast_signed());
        let bytes = form::write_entries(entries);
        self.rows().run(sql, params![id, log, number, arrival, entries.len() as i64, head.as_bytes(), bytes]).map(drop)
    }
}

impl Listed {
    /// Takes a row in if it stands behind the others, and if the document tells it so or it can be spelled out.
    fn take(&mut self, candidate: &Candidate, changes: Option<&HashMap<(LogId, u64), Told>>) -> bool {
        let next = Numbered { number: candidate.placed.number, sequence: candidate.sequence };
        let behind = self.numbers.last().is_none_or(|last| last.number < next.number);
        let known = self.numbers.iter().rev().map(|one| one.sequence).find(|sequence| *sequence > 0);
        let follows = match next.sequence {
            0 => self.told.is_some(),
            sequence => known.is_none_or(|known| known < sequence),
        };
        if !behind || !follows {
            return false;
        }
        let taken = match (&mut self.told, changes) {
            (Some(told), _) => {
                told.push(candidate.told);
                true
            }
            (None, Some(changes)) => changes.get(&(self.log, next.sequence)).map(Spelled::from) == Some(candidate.told),
            (None, None) => false,
        };
        if taken {
            self.numbers.push(next);
        }
        taken
    }
}

impl Subject {
    /// What it would have told of these entries; `None` if it can't be asked.
    pub(super) fn spelled(&self, list: &Listed) -> Option<Vec<Spelled>> {
        let changes = self.changes().ok()?;
        list.numbers.iter().map(|one| changes.get(&(list.log, one.sequence)).map(Spelled::from)).collect()
    }
}
