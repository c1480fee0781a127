//! Entries: what every log says, in the order in which it arrived here.

use nightstand_engine::batch::EntryName;
use nightstand_engine::change::Unusable;
use nightstand_engine::exchange::Audience;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, LogId, Space};
use nightstand_engine::log::EntryKind;
use nightstand_engine::store::{EntryRow, EntryState, Reference};
use rusqlite::{Row, params};

use super::{Private, Rows, StoreError, StoreTx};

/// The columns of an entry with the names of its log and document. `$from` says by which way to the entries.
macro_rules! select_entry {
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT log.log, entry.number, document.document, entry.kind, entry.digest, entry.hash, entry.sequence, ",
            "entry.last_op, entry.state, entry.payload, entry.arrival FROM ",
            $from,
            " JOIN document ON document.id = entry.document ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<EntryRow, StoreError> {
    Ok(EntryRow {
        log: LogId::from_bytes(row.get(0)?),
        number: row.get::<_, i64>(1)?.cast_unsigned(),
        document: DocumentId::from_bytes(row.get(2)?),
        kind: EntryKind::from_number(row.get(3)?).ok_or(StoreError::Damaged)?,
        digest: Hash::from_bytes(row.get(4)?),
        hash: Hash::from_bytes(row.get(5)?),
        sequence: row.get::<_, i64>(6)?.cast_unsigned(),
        last_op: row.get::<_, i64>(7)?.cast_unsigned(),
        state: state_from(row.get(8)?).ok_or(StoreError::Damaged)?,
        payload: row.get(9)?,
    })
}

const APPLIED: u8 = 0;
const WAITING: u8 = 1;
const BURIED: u8 = 2;
/// Set aside: this and the reason's number.
const SET_ASIDE: u8 = 10;

fn number_of(state: EntryState) -> u8 {
    match state {
        EntryState::Applied => APPLIED,
        EntryState::Waiting => WAITING,
        EntryState::Buried => BURIED,
        EntryState::SetAside(why) => SET_ASIDE + why.number(),
    }
}

fn state_from(number: u8) -> Option<EntryState> {
    match number {
        APPLIED => Some(EntryState::Applied),
        WAITING => Some(EntryState::Waiting),
        BURIED => Some(EntryState::Buried),
        _ => Unusable::from_number(number.checked_sub(SET_ASIDE)?).map(EntryState::SetAside),
    }
}

impl Rows<'_> {
    pub(crate) fn entry(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, StoreError> {
        match self.entry_row(log, number)? {
            Some(entry) => Ok(Some(entry)),
            None => self.old_entry(log, number),
        }
    }

    fn entry_row(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, StoreError> {
        let sql = select_entry!("log JOIN entry ON entry.log = log.id", "WHERE log.log = ?1 AND entry.number = ?2");
        self.one(sql, params![log.as_bytes(), number.cast_signed()], read)
    }

    pub(crate) fn reference(&self, log: &LogId, number: u64) -> Result<Option<Reference>, StoreError> {
        match self.entry_row(log, number)? {
            Some(entry) => Ok(Some(Reference::of(&entry))),
            None => self.old_reference(log, number),
        }
    }

    /// The running hash after an entry that has a row.
    pub(super) fn hash_in_row(&self, log: &LogId, number: u64) -> Result<Option<Hash>, StoreError> {
        let sql = "SELECT hash FROM entry WHERE log = (SELECT id FROM log WHERE log = ?1) AND number = ?2";
        self.one(sql, params![log.as_bytes(), number.cast_signed()], |row| Ok(Hash::from_bytes(row.get(0)?)))
    }

    /// The entries of a document are walked back from the one in question. Since a log's numbers rise as they arrive, the
    /// one before is near, however long the document's history is.
    pub(crate) fn sequence_before(&self, log: &LogId, document: &DocumentKey, number: u64) -> Result<u64, StoreError> {
        let sql =
            "SELECT entry.number, entry.sequence FROM entry INDEXED BY entry_document JOIN log ON log.id = entry.log
                   WHERE entry.document = ?1 AND log.log = ?2 AND entry.number < ?3 AND entry.arrival < ?4
                   ORDER BY entry.arrival DESC LIMIT 1";
        let Some(document) = self.document_id(document)? else { return Ok(0) };
        let arrival = self.arrival(log, number)?.map_or(i64::MAX, u64::cast_signed);
        let before = self.one(sql, params![document, log.as_bytes(), number.cast_signed(), arrival], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
        })?;
        let old = self.old_before(document, log, number)?;
        Ok(before.max(old).map_or(0, |(_, sequence)| sequence))
    }

    pub(crate) fn first_entry(&self, document: &DocumentKey) -> Result<Option<EntryName>, StoreError> {
        let sql = "SELECT entry.arrival, log.log, entry.number
                   FROM entry INDEXED BY entry_document JOIN log ON log.id = entry.log
                   WHERE entry.document = ?1 ORDER BY entry.arrival LIMIT 1";
        let Some(document) = self.document_id(document)? else { return Ok(None) };
        let row = self.one(sql, [document], |row| {
            let (log, number) = (LogId::from_bytes(row.get(1)?), row.get::<_, i64>(2)?.cast_unsigned());
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), EntryName { log, number }))
        })?;
        let first = row.into_iter().chain(self.old_first(document)?).min_by_key(|(arrival, _)| *arrival);
        Ok(first.map(|(_, name)| name))
    }

    pub(crate) fn find_entry(&self, document: &DocumentKey, digest: &Hash) -> Result<Option<Reference>, StoreError> {
        let sql = select_entry!(
            "entry INDEXED BY entry_digest JOIN log ON log.id = entry.log",
            "WHERE entry.document = ?1 AND substr(entry.digest, 1, 4) = substr(?2, 1, 4) AND entry.digest = ?2
             ORDER BY entry.arrival LIMIT 1"
        );
        let Some(document) = self.document_id(document)? else { return Ok(None) };
        let row = self.one(sql, params![document, digest.as_bytes()], read)?;
        let row = row.map(|entry| (entry.state, Reference::of(&entry)));
        match row {
            Some((EntryState::Applied, reference)) => Ok(Some(reference)),
            // What was set aside may say again what arrived long before.
            row => Ok(self.find_old(document, digest)?.or(row.map(|(_, reference)| reference))),
        }
    }

    pub(crate) fn waiting(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, StoreError> {
        let sql = select_entry!(
            "entry INDEXED BY entry_unusual JOIN log ON log.id = entry.log",
            "WHERE entry.document = ?1 AND entry.state = 1 ORDER BY entry.arrival"
        );
        let Some(document) = self.document_id(document)? else { return Ok(Vec::new()) };
        let mut bytes = 0;
        let fits = |row: &EntryRow| {
            bytes += row.payload.as_ref().map_or(0, Vec::len);
            bytes <= most_bytes
        };
        self.all_while(sql, [document], read, fits)
    }

    pub(crate) fn tombstones(&self, document: &DocumentKey) -> Result<Vec<EntryRow>, StoreError> {
        let sql = select_entry!(
            "entry INDEXED BY entry_unusual JOIN log ON log.id = entry.log",
            "WHERE entry.document = ?1 AND entry.kind = 1 ORDER BY entry.arrival"
        );
        let Some(document) = self.document_id(document)? else { return Ok(Vec::new()) };
        self.all(sql, [document], read)
    }

    /// Bytes of payloads that are kept for the next sync.
    pub(crate) fn unsent_bytes(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(length(payload)), 0) FROM entry INDEXED BY entry_unsent
                   WHERE kind = 0 AND state = 0 AND payload IS NOT NULL";
        Ok(self.one(sql, [], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or(0).cast_unsigned())
    }

    /// How many entries are set aside.
    pub(crate) fn set_aside(&self) -> Result<u64, StoreError> {
        let count = self.one("SELECT count(*) FROM entry INDEXED BY entry_unusual WHERE state >= 10", [], |row| {
            Ok(row.get::<_, i64>(0)?)
        })?;
        Ok(count.unwrap_or(0).cast_unsigned())
    }

    pub(crate) fn arrival(&self, log: &LogId, number: u64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT arrival FROM entry WHERE log = (SELECT id FROM log WHERE log = ?1) AND number = ?2";
        let arrival = self
            .one(sql, params![log.as_bytes(), number.cast_signed()], |row| Ok(row.get::<_, i64>(0)?.cast_unsigned()))?;
        match arrival {
            Some(arrival) => Ok(Some(arrival)),
            None => self.old_arrival(log, number),
        }
    }

    pub(crate) fn arrivals(
        &self,
        audience: &Audience,
        arrival: u64,
        most: usize,
    ) -> Result<Vec<(u64, EntryRow)>, StoreError> {
        let of_bond = select_entry!(
            "entry CROSS JOIN log ON log.id = entry.log JOIN place ON place.id = log.place",
            "WHERE entry.arrival > ?1 AND place.bond = ?3 ORDER BY entry.arrival LIMIT ?2"
        );
        let all = select_entry!(
            "entry CROSS JOIN log ON log.id = entry.log",
            "WHERE entry.arrival > ?1 ORDER BY entry.arrival LIMIT ?2"
        );
        let (after, limit) = (arrival.cast_signed(), i64::try_from(most).unwrap_or(i64::MAX));
        let numbered = |row: &Row<'_>| Ok((row.get::<_, i64>(10)?.cast_unsigned(), read(row)?));
        let rows = match audience {
            Audience::Partner(bond) => self.all(of_bond, params![after, limit, bond.as_bytes()], numbered),
            Audience::OwnDevice(_) => self.all(all, params![after, limit], numbered),
        }?;
        self.with_old_arrivals(audience, arrival, most, rows)
    }

    /// What removed devices wrote to a document past what was known of them.
    pub(crate) fn left_behind(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, StoreError> {
        let sql = select_entry!(
            "entry INDEXED BY entry_unusual JOIN log ON log.id = entry.log",
            "WHERE entry.document = ?1 AND entry.state >= 10 AND entry.state = ?2 ORDER BY entry.arrival"
        );
        let Some(document) = self.document_id(document)? else { return Ok(Vec::new()) };
        let mut bytes = 0;
        let fits = |row: &EntryRow| {
            bytes += row.payload.as_ref().map_or(0, Vec::len);
            bytes <= most_bytes
        };
        let removed = number_of(EntryState::SetAside(Unusable::Removed));
        self.all_while(sql, params![document, removed], read, fits)
    }

    /// How many entries of a removed device's log stand before the first that was set aside because of that.
    pub(crate) fn before_left_behind(&self, log: &LogId) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT min(number) - 1 FROM entry WHERE log = (SELECT id FROM log WHERE log = ?1) AND state = ?2";
        let removed = number_of(EntryState::SetAside(Unusable::Removed));
        let before = self.one(sql, params![log.as_bytes(), removed], |row| Ok(row.get::<_, Option<i64>>(0)?))?;
        Ok(before.flatten().map(i64::cast_unsigned))
    }
}

impl StoreTx<'_> {
    pub(super) fn append_entry(&mut self, entry: &EntryRow) -> Result<(), StoreError> {
        let end = self.rows().log_end(&entry.log)?;
        if entry.number != end.count + 1 {
            return Err(StoreError::Misuse("a gap in a log"));
        }
        let document = self.make_document_id(end.place, &entry.document)?;
        let in_document = entry.kind == EntryKind::Change && entry.state == EntryState::Applied;
        let payload = match entry.payload.as_deref() {
            Some(payload) if in_document && !self.keep_unsent(payload)? => None,
            payload => payload,
        };
        let arrival = self.rows().next_arrival()?;
        self.insert_entry(end.id, document, arrival, entry, payload)?;
        self.count_appended();
        let sql = "UPDATE log SET count = ?2, head = ?3 WHERE id = ?1";
        self.rows().run(sql, params![end.id, entry.number.cast_signed(), entry.hash.as_bytes()])?;
        Ok(())
    }

    /// Inserts the row of an entry, with this payload.
    pub(super) fn insert_entry(
        &mut self,
        log: i64,
        document: i64,
        arrival: u64,
        entry: &EntryRow,
        payload: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO entry (arrival, log, number, document, kind, digest, hash, sequence, last_op, state, payload)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
        let parts = params![
            arrival.cast_signed(),
            log,
            entry.number.cast_signed(),
            document,
            entry.kind.number(),
            entry.digest.as_bytes(),
            entry.hash.as_bytes(),
            entry.sequence.cast_signed(),
            entry.last_op.cast_signed(),
            number_of(entry.state),
            payload
        ];
        self.rows().insert(sql, parts).map(drop)
    }

    /// Drops the payloads of a log's applied changes up to a number: a peer has them.
    pub(super) fn drop_unsent(&mut self, log: &LogId, number: u64) -> Result<(), StoreError> {
        let sql = "UPDATE entry INDEXED BY entry_unsent SET payload = NULL
                   WHERE log = (SELECT id FROM log WHERE log = ?1) AND number <= ?2
                     AND kind = 0 AND state = 0 AND payload IS NOT NULL";
        if self.rows().run(sql, params![log.as_bytes(), number.cast_signed()])? > 0 {
            self.count_unsent_again();
        }
        Ok(())
    }

    /// A tombstone is its payload: that stays whatever becomes of the entry.
    pub(super) fn update_state(&mut self, log: &LogId, number: u64, state: EntryState) -> Result<(), StoreError> {
        self.take_out(log, number)?;
        let sql = "UPDATE entry SET state = ?3, payload = CASE WHEN ?3 = 1 OR ?3 >= 10 OR kind = 1 THEN payload END
                   WHERE log = (SELECT id FROM log WHERE log = ?1) AND number = ?2";
        match self.rows().run(sql, params![log.as_bytes(), number.cast_signed(), number_of(state)])? {
            1 => Ok(()),
            _ => Err(StoreError::Misuse("no such entry")),
        }
    }
    /// Sets an entry aside with its payload. Of Private under a second key the payload does not stand open in the file: it
    /// stays in the sealed form of what was set aside, and the log is handed on up to here.
    pub(super) fn set_entry_aside(
        &mut self,
        log: &LogId,
        number: u64,
        why: Unusable,
        payload: &[u8],
    ) -> Result<(), StoreError> {
        self.update_state(log, number, EntryState::SetAside(why))?;
        let space = self.rows().log(log)?.map(|row| row.opening.space);
        if space == Some(Space::Private) && !matches!(self.private(), Private::Open) {
            return Ok(());
        }
        let sql = "UPDATE entry SET payload = ?3 WHERE log = (SELECT id FROM log WHERE log = ?1) AND number = ?2";
        self.rows().run(sql, params![log.as_bytes(), number.cast_signed(), payload]).map(drop)
    }
}
