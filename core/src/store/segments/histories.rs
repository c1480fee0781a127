//! What documents tell of their entries in segments.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use nightstand_engine::document::{Told, told};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, LogId};
use nightstand_engine::store::Reference;

use super::form::{self, Numbered, Spelled};
use crate::store::{Rows, StoreError, places};

/// So many entries are remembered at a time, some 100 bytes each.
const MOST_REMEMBERED: usize = 60_000;

/// What was told of documents since a transaction began. An entry's hash never changes, but what a document holds does: who
/// takes changes out of one [forgets](Self::forget) all.
#[derive(Default)]
pub(in crate::store) struct Histories(RefCell<Remembered>);

#[derive(Default)]
struct Remembered {
    documents: HashMap<i64, Arc<History>>,
    entries: usize,
    /// Of each log the newest running hash that was counted.
    hashes: HashMap<LogId, (u64, Hash)>,
}

impl Histories {
    pub(in crate::store) fn forget(&self) {
        *self.0.borrow_mut() = Remembered::default();
    }

    pub(super) fn note_hash(&self, log: LogId, number: u64, hash: Hash) {
        self.0.borrow_mut().hashes.insert(log, (number, hash));
    }

    pub(super) fn hash(&self, log: &LogId, number: u64) -> Option<Hash> {
        let known = self.0.borrow().hashes.get(log).copied();
        known.filter(|(noted, _)| *noted == number).map(|(_, hash)| hash)
    }

    fn get(&self, document: i64) -> Option<Arc<History>> {
        self.0.borrow().documents.get(&document).cloned()
    }

    fn put(&self, document: i64, history: History) -> Arc<History> {
        let mut remembered = self.0.borrow_mut();
        if remembered.entries + history.entries.len() > MOST_REMEMBERED {
            (remembered.documents, remembered.entries) = (HashMap::new(), 0);
        }
        remembered.entries += history.entries.len();
        let history = Arc::new(history);
        remembered.documents.insert(document, history.clone());
        history
    }
}

/// All entries of one document that stand in segments.
pub(super) struct History {
    pub(super) buried: bool,
    /// By log and number.
    entries: Vec<Reference>,
    /// Their places, by digest.
    by_digest: Vec<u32>,
}

impl History {
    fn new(buried: bool, mut entries: Vec<Reference>) -> Self {
        entries.sort_unstable_by_key(|entry| (entry.log, entry.number));
        let mut by_digest: Vec<u32> = (0..entries.len() as u32).collect();
        by_digest.sort_unstable_by_key(|at| entries[*at as usize].digest);
        Self { buried, entries, by_digest }
    }

    pub(super) fn find(&self, log: &LogId, number: u64) -> Option<Reference> {
        let at = self.entries.binary_search_by_key(&(*log, number), |entry| (entry.log, entry.number)).ok()?;
        Some(self.entries[at])
    }

    pub(super) fn with_digest(&self, digest: &Hash) -> Option<Reference> {
        let at = self.by_digest.binary_search_by_key(digest, |at| self.entries[*at as usize].digest).ok()?;
        Some(self.entries[self.by_digest[at] as usize])
    }
}

/// The entries of one document and log that stand in segments.
pub(super) struct Listed {
    /// The row of the log.
    pub(super) id: i64,
    pub(super) log: LogId,
    pub(super) numbers: Vec<Numbered>,
    /// What the document can't be asked for, an entry each.
    pub(super) told: Option<Vec<Spelled>>,
}

/// A document that has entries in segments.
pub(super) struct Subject {
    pub(super) id: DocumentId,
    pub(super) private: bool,
    pub(super) buried: bool,
    /// What it says of its changes; `None` if it is not here, or does not load.
    stored: Option<Vec<u8>>,
}

impl Subject {
    /// Its changes, by log and sequence number.
    pub(super) fn changes(&self) -> Result<HashMap<(LogId, u64), Told>, StoreError> {
        let stored = self.stored.as_deref().ok_or(StoreError::Damaged)?;
        let told = told(stored).map_err(|_| StoreError::Damaged)?;
        Ok(told.into_iter().map(|told| ((told.log, told.sequence), told)).collect())
    }
}

impl Rows<'_> {
    pub(super) fn history(&self, document: i64) -> Result<Arc<History>, StoreError> {
        if let Some(history) = self.histories().get(document) {
            return Ok(history);
        }
        let lists = self.listed(document)?;
        let subject = self.subject(document)?;
        let changes = if lists.iter().any(|list| list.told.is_none()) { subject.changes()? } else { HashMap::new() };
        let mut entries = Vec::new();
        for Listed { log, numbers, told, .. } in lists {
            for (at, Numbered { number, sequence }) in numbers.into_iter().enumerate() {
                let spelled = match &told {
                    Some(told) => told.get(at).copied(),
                    None => changes.get(&(log, sequence)).map(Spelled::from),
                };
                let Spelled { digest, last_op } = spelled.ok_or(StoreError::Damaged)?;
                entries.push(Reference { log, number, document: subject.id, digest, sequence, last_op });
            }
        }
        Ok(self.histories().put(document, History::new(subject.buried, entries)))
    }

    pub(super) fn listed(&self, document: i64) -> Result<Vec<Listed>, StoreError> {
        let sql = "SELECT log.id, log.log, segment_document.numbers, segment_document.told
                   FROM segment_document JOIN log ON log.id = segment_document.log
                   WHERE segment_document.document = ?1 ORDER BY log.id";
        self.all(sql, [document], |row| {
            let numbers = form::read_numbers(row.get_ref(2)?.as_blob().map_err(|_| StoreError::Damaged)?)?;
            let told = row.get::<_, Option<Vec<u8>>>(3)?.map(|told| form::read_told(&told)).transpose()?;
            Ok(Listed { id: row.get(0)?, log: LogId::from_bytes(row.get(1)?), numbers, told })
        })
    }

    pub(super) fn subject(&self, document: i64) -> Result<Subject, StoreError> {
        let sql = "SELECT place.space, place.bond, place.owner, document.document, document.buried, document.stored
                   FROM document JOIN place ON place.id = document.place WHERE document.id = ?1";
        let subject = self.one(sql, [document], |row| {
            let space = places::read(row, 0)?.space();
            Ok((space, DocumentId::from_bytes(row.get(3)?), row.get(4)?, row.get::<_, Option<Vec<u8>>>(5)?))
        })?;
        let (space, id, buried, stored) = subject.ok_or(StoreError::Damaged)?;
        let private = space == nightstand_engine::ids::Space::Private;
        let unseal = |stored| match self.private().unseal(space, &id, stored) {
            Err(StoreError::PrivateLocked) => Ok(None),
            unsealed => unsealed.map(Some),
        };
        let stored = stored.map(unseal).transpose()?.flatten();
        Ok(Subject { id, private, buried, stored })
    }
}

impl From<&Told> for Spelled {
    fn from(told: &Told) -> Self {
        Self { digest: told.digest, last_op: told.last_op }
    }
}
