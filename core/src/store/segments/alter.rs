//! Entries out of segments, and what was told of them spelled out.

use nightstand_engine::hash::Hash;
use nightstand_engine::ids::LogId;
use rusqlite::params;

use super::{Found, SEGMENT, Segment};
use crate::store::{StoreError, StoreTx};

impl StoreTx<'_> {
    /// Makes a row again of an entry in a segment, so that it can become something else. Does nothing of any other.
    pub(in crate::store) fn take_out(&mut self, log: &LogId, number: u64) -> Result<(), StoreError> {
        let Some(found) = self.rows().in_segment(log, number)? else { return Ok(()) };
        let placed = found.placed();
        let row = self.rows().told_entry(log, &found)?;
        self.remove_from(log, &found)?;
        self.remove_from_list(placed.document, found.segment.log, &|other| other != number)?;
        self.insert_entry(found.segment.log, placed.document, placed.arrival, &row, None)?;
        self.rows().histories().forget();
        Ok(())
    }

    fn remove_from(&mut self, log: &LogId, found: &Found) -> Result<(), StoreError> {
        let mut entries = found.segment.entries.clone();
        entries.remove(found.at);
        // Another one becomes the last: the hash after it is counted while all is still there.
        let head = match entries.last() {
            Some(last) if last.number < found.placed().number => {
                self.rows().hash_after(log, last.number)?.ok_or(StoreError::Damaged)?
            }
            _ => found.segment.head,
        };
        self.put_segment(Some(found.segment.id), found.segment.log, &entries, &head)
    }

    fn remove_from_list(&mut self, document: i64, log: i64, stays: &dyn Fn(u64) -> bool) -> Result<(), StoreError> {
        let lists = self.rows().listed(document)?;
        let Some(mut list) = lists.into_iter().find(|list| list.id == log) else { return Ok(()) };
        if let Some(told) = &mut list.told {
            let mut at = 0;
            told.retain(|_| {
                at += 1;
                list.numbers.get(at - 1).is_some_and(|one| stays(one.number))
            });
        }
        list.numbers.retain(|one| stays(one.number));
        self.put_list(document, &list)
    }

    /// Drops a log's entries beyond the first `count`.
    pub(in crate::store) fn cut_segments(&mut self, log: &LogId, count: u64) -> Result<(), StoreError> {
        let id = self.rows().log_end(log)?.id;
        let limit = i64::try_from(count).unwrap_or(i64::MAX);
        loop {
            let sql = format!("{SEGMENT} WHERE log = ?1 ORDER BY number DESC LIMIT 1");
            let Some(segment) = self.rows().one(&sql, [id], Segment::read)? else { break };
            let (stay, go): (Vec<_>, Vec<_>) =
                segment.entries.iter().copied().partition(|placed| placed.number.cast_signed() <= limit);
            if go.is_empty() {
                break;
            }
            let head = match stay.last() {
                Some(last) => self.rows().hash_after(log, last.number)?.ok_or(StoreError::Damaged)?,
                None => Hash::from_bytes([0; 32]),
            };
            self.put_segment(Some(segment.id), id, &stay, &head)?;
            let mut documents: Vec<_> = go.iter().map(|placed| placed.document).collect();
            documents.sort_unstable();
            documents.dedup();
            for document in documents {
                self.remove_from_list(document, id, &|number| number <= count)?;
            }
        }
        self.rows().histories().forget();
        Ok(())
    }

    /// Spells out what a document tells of its entries in segments, before it can't be asked any more. Of one that does not
    /// load there is nothing to spell out.
    pub(in crate::store) fn spell_out(&mut self, document: i64) -> Result<(), StoreError> {
        let lists = self.rows().listed(document)?;
        if lists.iter().all(|list| list.told.is_some()) {
            return Ok(());
        }
        let subject = self.rows().subject(document)?;
        for mut list in lists.into_iter().filter(|list| list.told.is_none()) {
            list.told = subject.spelled(&list);
            self.put_list(document, &list)?;
        }
        self.rows().histories().forget();
        Ok(())
    }

    /// Drops all entries in segments of a place.
    pub(in crate::store) fn purge_segments(&mut self, place: i64) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM segment WHERE log IN (SELECT id FROM log WHERE place = ?1)",
            "DELETE FROM segment_document WHERE log IN (SELECT id FROM log WHERE place = ?1)",
        ] {
            self.rows().run(sql, params![place])?;
        }
        self.rows().histories().forget();
        Ok(())
    }
}
