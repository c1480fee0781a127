//! Writing: one connection, one transaction at a time.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use automerge::Automerge;
use nightstand_engine::author::Draft;
use nightstand_engine::batch::EntryName;
use nightstand_engine::change::Unusable;
use nightstand_engine::exchange::{Audience, admit};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentKey, LogId, PersonId};
use nightstand_engine::keys::Phrase;
use nightstand_engine::kinds::Kind;
use nightstand_engine::log::{Opening, Tag};
use nightstand_engine::store::{Burial, DocumentRow, EntryRow, EntryState, LogRow, Reference, Store, Transaction};
use nightstand_engine::vector::VersionVector;
use rusqlite::{Connection, TransactionBehavior};

use super::private::{Late, Stamps};
use super::rows::Cut;
use super::segments::{Compaction, Histories};
use super::{Access, Commits, Creation, Private, Randomness, Renewal, Rows, StoreError, file, schema};
use crate::error::{NightstandError, Salvage};

/// Most bytes of payloads that are kept for the next sync. What is beyond is taken from its document when it is sent, which
/// is slower.
const MOST_UNSENT: u64 = 8 * 1024 * 1024;

/// The connection that writes.
pub(crate) struct Writer {
    access: Arc<Access>,
    connection: Connection,
    desk: Desk,
}

/// What transactions need beside the connection.
struct Desk {
    person: Cell<PersonId>,
    randomness: Randomness,
    commits: Commits,
    cut: Cut,
    purge_due: Cell<bool>,
    private: Private,
    /// The second file does not list what the first one holds.
    lists_stale: Cell<bool>,
    /// Rises whenever a roster may have been stored.
    rosters: Cell<u64>,
    /// Bytes of payloads that are kept for the next sync, once they were counted.
    unsent: Cell<Option<u64>>,
    compaction: Cell<Compaction>,
    /// What documents told of old entries in this transaction.
    histories: Histories,
    /// When it is, as was last said.
    now_ms: Cell<i64>,
    #[cfg(feature = "testing")]
    room: super::disk::Room,
}

impl Writer {
    /// Opens the file under an install mark: a new one is set up, one that was copied here gets new logs, and derived tables
    /// that an earlier version made are made again, if there is time for that.
    pub(crate) fn open(
        access: &Arc<Access>,
        creation: Creation,
        install_mark: [u8; 16],
        mut randomness: Randomness,
        commits: Commits,
        renewal: Renewal<'_>,
    ) -> Result<Self, StoreError> {
        let connection = access.writer(creation)?;
        let cut = Cut::of(&connection);
        let private = if schema::version(&connection)? == 0 { Private::Open } else { Private::of(&connection)? };
        let histories = Histories::default();
        let rows = Rows::new(&connection, &cut, &private, &histories);
        let purge_due = Cell::new(rows.purge_is_due()?);
        let (person, phrase) = match rows.stored_person()? {
            Some(person) => (person, None),
            None => {
                let phrase = Phrase::make(&mut randomness);
                (phrase.root().person(), Some(phrase))
            }
        };
        let desk = Desk {
            person: Cell::new(person),
            randomness,
            commits,
            cut,
            purge_due,
            private,
            lists_stale: Cell::new(false),
            rosters: Cell::new(1),
            unsent: Cell::new(None),
            compaction: Cell::new(Compaction::begin()),
            histories,
            now_ms: Cell::new(0),
            #[cfg(feature = "testing")]
            room: super::disk::Room::new(),
        };
        let mut writer = Self { access: access.clone(), connection, desk };

        let mut tx = writer.begin()?;
        match phrase {
            Some(phrase) => tx.set_up(&phrase, install_mark)?,
            None => tx.adopt_mark(install_mark)?,
        }
        if !tx.rows().derived_is_current()? {
            let unbegun = tx.rows().unbegun()?;
            let Renewal::Allowed(told) = renewal else { return Err(StoreError::Older) };
            admit::judge_again(&mut tx, &unbegun, 1)?;
            tx.rebuild_rows(told)?;
        }
        tx.commit()?;
        // What can't be taken up again stays locked.
        let _ = writer.restore_private();
        Ok(writer)
    }

    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows::new(&self.connection, &self.desk.cut, &self.desk.private, &self.desk.histories)
    }

    /// Whose vault it is.
    pub(crate) fn person(&self) -> PersonId {
        self.desk.person.get()
    }

    /// Says when it is, in milliseconds since 1970, to the transactions that begin from here on.
    pub(crate) fn set_now(&self, now_ms: i64) {
        self.desk.now_ms.set(now_ms);
    }

    pub(crate) fn cut(&self) -> Cut {
        self.desk.cut.clone()
    }

    /// As [`Reader::after_damage`](super::Reader::after_damage).
    pub(crate) fn after_damage(&mut self) -> Option<Salvage> {
        if let Ok(connection) = self.access.writer(Creation::Never) {
            self.desk.cut.follow(&connection);
            self.connection = connection;
            self.desk.private = Private::of(&self.connection).unwrap_or(Private::Locked);
            let _ = self.restore_private();
        }
        self.access.salvage()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(super) fn access(&self) -> Arc<Access> {
        self.access.clone()
    }

    /// How Private stands.
    pub(crate) fn private(&self) -> &Private {
        &self.desk.private
    }

    pub(super) fn set_private(&mut self, private: Private) {
        self.desk.private = private;
    }

    pub(super) fn randomness(&self) -> &Randomness {
        &self.desk.randomness
    }

    pub(super) fn lists_stale(&self) -> &Cell<bool> {
        &self.desk.lists_stale
    }

    /// Another number, from 1 on, whenever a roster may have been stored.
    pub(crate) fn rosters(&self) -> u64 {
        self.desk.rosters.get()
    }

    pub(crate) fn checkpoint(&self) -> Result<(), StoreError> {
        file::checkpoint(&self.connection)
    }

    /// As if the disk had no more room than for this many pages.
    #[cfg(test)]
    pub(crate) fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let limit = format!("PRAGMA max_page_count = {pages}");
        Ok(self.connection.query_row(&limit, [], |_| Ok(()))?)
    }

    /// The same for the second file.
    #[cfg(test)]
    pub(crate) fn limit_private_pages(&self, pages: u32) -> Result<(), StoreError> {
        let limit = format!("PRAGMA private.max_page_count = {pages}");
        Ok(self.connection.query_row(&limit, [], |_| Ok(()))?)
    }

    #[cfg(feature = "testing")]
    pub(super) fn room(&self) -> &super::disk::Room {
        &self.desk.room
    }

    pub(super) fn purge_due(&self) -> bool {
        self.desk.purge_due.get()
    }

    pub(super) fn compaction(&self) -> Compaction {
        self.desk.compaction.get()
    }

    #[cfg(test)]
    pub(super) fn set_pace(&self, pace: super::segments::Pace) {
        self.desk.compaction.set(Compaction { pace, appended: pace.least });
    }

    /// Rows were looked at just now.
    pub(super) fn compacted(&self) {
        self.desk.compaction.set(Compaction { appended: 0, ..self.compaction() });
    }

    pub(super) fn purge_is_due_again(&self) {
        self.desk.purge_due.set(true);
    }

    pub(super) fn purge_done(&self) {
        self.desk.purge_due.set(false);
    }
}

impl Store for Writer {
    type Error = StoreError;
    type Transaction<'a> = StoreTx<'a>;

    fn begin(&mut self) -> Result<StoreTx<'_>, StoreError> {
        self.desk.cut.check()?;
        self.desk.histories.forget();
        let tx = StoreTx::begin(&self.connection, &self.desk)?;
        #[cfg(feature = "testing")]
        self.desk.room.begin(&tx.tx);
        Ok(tx)
    }
}

/// One unit of writing. Dropping it undoes it.
pub(crate) struct StoreTx<'a> {
    tx: rusqlite::Transaction<'a>,
    connection: &'a Connection,
    desk: &'a Desk,
    changed: BTreeSet<DocumentKey>,
    purge: bool,
    /// What is to be listed in the second file once this is committed (see `private/late.rs`).
    late: Vec<Late>,
    now_ms: i64,
    person: PersonId,
    /// Documents of which something was set aside in this transaction.
    set_aside: BTreeSet<DocumentKey>,
}

impl<'a> StoreTx<'a> {
    fn begin(connection: &'a Connection, desk: &'a Desk) -> Result<Self, StoreError> {
        let tx = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        Ok(Self {
            tx,
            connection,
            desk,
            changed: BTreeSet::new(),
            purge: false,
            late: Vec::new(),
            now_ms: desk.now_ms.get(),
            person: desk.person.get(),
            set_aside: BTreeSet::new(),
        })
    }
}

impl StoreTx<'_> {
    /// When it is, in milliseconds since 1970: for what private changes say of themselves, and for when things came.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// Opens a document of this person's for edits, in the log that this install writes where it lives.
    pub(crate) fn draft(&mut self, key: DocumentKey, kind: Kind) -> Result<Draft, NightstandError> {
        let log = self.open_writing_log(&key.place)?;
        Ok(Draft::open(self, &log, key, kind)?.at(self.now_ms))
    }

    /// What the transaction sees: the file with its own changes.
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows::new(&self.tx, &self.desk.cut, &self.desk.private, &self.desk.histories)
    }

    /// Whose vault it is.
    pub(crate) fn person(&self) -> PersonId {
        self.person
    }

    pub(super) fn belongs_to(&mut self, person: PersonId) {
        self.person = person;
    }

    /// Where ids, nonces and keys are drawn from.
    pub(crate) fn randomness(&self) -> Randomness {
        self.desk.randomness.clone()
    }

    pub(super) fn rosters_changed(&self) {
        self.desk.rosters.set(self.desk.rosters.get() + 1);
    }

    pub(super) fn note_set_aside(&mut self, document: DocumentKey) {
        self.set_aside.insert(document);
    }

    pub(super) fn was_set_aside_now(&self, document: &DocumentKey) -> bool {
        self.set_aside.contains(document)
    }

    pub(super) fn mark_changed(&mut self, document: DocumentKey) {
        self.changed.insert(document);
    }

    /// Is there room to keep this payload for the next sync? Then it is counted.
    pub(super) fn keep_unsent(&self, payload: &[u8]) -> Result<bool, StoreError> {
        let kept = match self.desk.unsent.get() {
            Some(kept) => kept,
            None => self.rows().unsent_bytes()?,
        };
        let with = kept + payload.len() as u64;
        self.desk.unsent.set(Some(if with > MOST_UNSENT { kept } else { with }));
        Ok(with <= MOST_UNSENT)
    }

    pub(super) fn count_appended(&self) {
        let compaction = self.desk.compaction.get();
        self.desk.compaction.set(Compaction { appended: compaction.appended + 1, ..compaction });
    }

    /// Counts again when next asked.
    pub(super) fn count_unsent_again(&self) {
        self.desk.unsent.set(None);
    }

    pub(super) fn private(&self) -> &Private {
        &self.desk.private
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.tx
    }

    /// Commits what was written to the second file alone.
    pub(super) fn commit_lists(self) -> Result<(), StoreError> {
        Ok(self.tx.commit()?)
    }

    pub(super) fn list_late(&mut self, late: Late) {
        self.late.push(late);
    }

    pub(super) fn purge_at_commit(&mut self) {
        self.purge = true;
    }
}

impl Transaction for StoreTx<'_> {
    type Error = StoreError;

    fn log(&self, log: &LogId) -> Result<Option<LogRow>, StoreError> {
        self.rows().log(log)
    }

    fn logs(&self, audience: &Audience) -> Result<Vec<LogRow>, StoreError> {
        self.rows().logs(audience)
    }

    fn open_log(&mut self, opening: &Opening) -> Result<(), StoreError> {
        self.insert_log(opening)
    }

    fn set_frozen(&mut self, log: &LogId, frozen: bool) -> Result<(), StoreError> {
        self.update_frozen(log, frozen)
    }

    fn cut_log(&mut self, log: &LogId, count: u64, head: &Hash) -> Result<(), StoreError> {
        self.cut_entries(log, count, head)
    }

    fn succeed_log(&mut self, old: &LogId, opening: &Opening) -> Result<(), StoreError> {
        self.write_instead(old, opening)
    }

    fn entry(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, StoreError> {
        self.rows().entry(log, number)
    }

    fn hash_after(&self, log: &LogId, number: u64) -> Result<Option<Hash>, StoreError> {
        self.rows().hash_after(log, number)
    }

    fn reference(&self, log: &LogId, number: u64) -> Result<Option<Reference>, StoreError> {
        self.rows().reference(log, number)
    }

    fn sequence_before(&self, log: &LogId, document: &DocumentKey, number: u64) -> Result<u64, StoreError> {
        self.rows().sequence_before(log, document, number)
    }

    fn first_entry(&self, document: &DocumentKey) -> Result<Option<EntryName>, StoreError> {
        self.rows().first_entry(document)
    }

    fn find_entry(&self, document: &DocumentKey, digest: &Hash) -> Result<Option<Reference>, StoreError> {
        self.rows().find_entry(document, digest)
    }

    fn waiting(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, StoreError> {
        self.rows().waiting(document, most_bytes)
    }

    fn left_behind(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, StoreError> {
        self.rows().left_behind(document, most_bytes)
    }

    fn tombstones(&self, document: &DocumentKey) -> Result<Vec<EntryRow>, StoreError> {
        self.rows().tombstones(document)
    }

    fn arrival(&self, log: &LogId, number: u64) -> Result<Option<u64>, StoreError> {
        self.rows().arrival(log, number)
    }

    fn arrivals(&self, audience: &Audience, arrival: u64, most: usize) -> Result<Vec<(u64, EntryRow)>, StoreError> {
        self.rows().arrivals(audience, arrival, most)
    }

    fn append(&mut self, entry: &EntryRow) -> Result<(), StoreError> {
        self.append_entry(entry)
    }

    fn set_state(&mut self, log: &LogId, number: u64, state: EntryState) -> Result<(), StoreError> {
        self.update_state(log, number, state)
    }

    fn document(&self, key: &DocumentKey) -> Result<Option<DocumentRow>, StoreError> {
        self.rows().document(key)
    }

    fn put_document(
        &mut self,
        key: &DocumentKey,
        kind: Kind,
        document: &Automerge,
        saved: &[u8],
    ) -> Result<(), StoreError> {
        self.store_document(key, kind, document, saved)
    }

    fn set_aside(&mut self, log: &LogId, number: u64, why: Unusable, payload: &[u8]) -> Result<(), StoreError> {
        self.set_entry_aside(log, number, why, payload)
    }

    fn put_aside(&mut self, key: &DocumentKey, kind: Kind, saved: &[u8], by: &PersonId) -> Result<(), StoreError> {
        self.keep_aside(key, kind, saved, by)
    }

    fn withdraw_document(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        self.unbegin_document(key)
    }

    fn bury(&mut self, burial: &Burial) -> Result<(), StoreError> {
        self.bury_document(burial)
    }

    fn tag(&self, log: &LogId, number: u64) -> Result<Option<Tag>, StoreError> {
        self.rows().tag(log, number)
    }

    fn put_tag(&mut self, log: &LogId, tag: &Tag) -> Result<(), StoreError> {
        self.upsert_tag(log, tag)
    }

    fn agreed(&self, peer: &[u8; 32]) -> Result<Vec<VersionVector>, StoreError> {
        self.rows().agreed(peer)
    }

    fn put_agreed(&mut self, peer: &[u8; 32], vector: &VersionVector) -> Result<(), StoreError> {
        self.push_agreed(peer, vector)
    }

    fn handed_over(&mut self, vector: &VersionVector) -> Result<(), StoreError> {
        vector.iter().try_for_each(|(log, position)| self.drop_unsent(log, position.count))
    }

    fn commit(self) -> Result<(), StoreError> {
        let Self { tx, connection, desk, changed, purge, late, person, .. } = self;
        desk.cut.check()?;
        #[cfg(feature = "testing")]
        desk.room.check(&tx)?;
        let stamps = if late.is_empty() { None } else { Some(Stamps::change(&tx, &desk.randomness)?) };
        tx.commit()?;
        desk.person.set(person);
        if purge {
            desk.purge_due.set(true);
        }
        if let Some(stamps) = stamps {
            let listed = StoreTx::begin(connection, desk).and_then(|tx| tx.list(late, &stamps));
            // What is written is written; its lists are made again after a later call, or when Private is unlocked.
            desk.lists_stale.set(desk.lists_stale.get() || listed.is_err());
        }
        if !changed.is_empty() {
            desk.commits.tell(changed);
        }
        Ok(())
    }
}
