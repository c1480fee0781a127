//! Writing: one's own changes and tombstones become entries of one's own log.
//!
//! [`Draft`] opens one document, takes any number of edits, and [`Draft::finish`] stores the document and one entry for
//! each edit, in the caller's transaction. An edit that changed nothing makes no entry.

use automerge::transaction::Transaction as Edit;
use automerge::{AutomergeError, ReadDoc};

use crate::change;
use crate::document::{DamagedDocument, Document};
use crate::hash::Hash;
use crate::ids::{DocumentKey, LogId};
use crate::kinds::Kind;
use crate::limits;
use crate::log::{self, EntryKind, MOST_HEADS, Tombstone};
use crate::store::{Burial, DocumentRow, EntryRow, EntryState, Transaction};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AuthorError<E> {
    /// The store failed.
    #[error("the store failed")]
    Store(E),
    /// The document was deleted.
    #[error("the document was deleted")]
    Buried,
    /// There is no such document.
    #[error("no such document")]
    Absent,
    /// The document here is of another kind.
    #[error("the document is of another kind")]
    OtherKind,
    /// The edit is larger than a peer would accept.
    #[error("over a limit of the protocol")]
    TooLarge,
    /// The log does not write where the document lives, or is not open.
    #[error("not the log's to write")]
    NotTheirs,
    /// The stored document does not load.
    #[error(transparent)]
    Damaged(#[from] DamagedDocument),
    /// Automerge refused the edit: a mistake of the caller.
    #[error("the edit does not fit the document")]
    Edit(#[from] AutomergeError),
}

/// One document, open for edits by one log.
pub struct Draft {
    key: DocumentKey,
    kind: Kind,
    log: LogId,
    document: automerge::Automerge,
    changes: Vec<automerge::Change>,
}

impl Draft {
    /// Begins a document that is not there yet, or opens it if it is.
    pub fn open<T: Transaction>(
        tx: &T,
        log: &LogId,
        key: DocumentKey,
        kind: Kind,
    ) -> Result<Self, AuthorError<T::Error>> {
        let document = match tx.document(&key).map_err(AuthorError::Store)? {
            None => kind.new_document(),
            Some(DocumentRow::Buried) => return Err(AuthorError::Buried),
            Some(DocumentRow::Alive { kind: stored, .. }) if stored != kind => return Err(AuthorError::OtherKind),
            Some(DocumentRow::Alive { stored, .. }) => Document::load(&stored)?.into_automerge(),
        };
        let mut draft = Self { key, kind, log: *log, document, changes: Vec::new() };
        draft.document.set_actor(change::actor(log));
        Ok(draft)
    }

    /// The document as it stands.
    pub fn document(&self) -> &automerge::Automerge {
        &self.document
    }

    /// Makes one change. If the edit fails, nothing of it stays.
    pub fn edit<R, E>(
        &mut self,
        edit: impl FnOnce(&mut Edit<'_>) -> Result<R, AutomergeError>,
    ) -> Result<R, AuthorError<E>> {
        let done = self.document.transact(|transaction| edit(transaction)).map_err(|failure| failure.error)?;
        if let Some(hash) = done.hash {
            let change = self.document.get_change_by_hash(&hash).ok_or(DamagedDocument)?;
            if change.raw_bytes().len() > limits::CHANGE_BYTES
                || change.len() > limits::CHANGE_OPERATIONS
                || change.max_op() > limits::DOCUMENT_OPERATIONS
            {
                return Err(AuthorError::TooLarge);
            }
            self.changes.push(change);
        }
        Ok(done.result)
    }

    /// Stores the document and an entry for each edit. Returns how many there were.
    pub fn finish<T: Transaction>(self, tx: &mut T) -> Result<usize, AuthorError<T::Error>> {
        if self.changes.is_empty() {
            return Ok(0);
        }
        let count = self.changes.len();
        let shared = self.key.place.bond().is_some();
        for change in &self.changes {
            let digest = change::hash_of(&change.hash());
            let payload = shared.then(|| change.raw_bytes().to_vec());
            append(tx, &self.log, &self.key, EntryKind::Change, digest, payload, (change.seq(), change.max_op()))?;
        }
        tx.put_document(&self.key, self.kind, &self.document, &self.document.save()).map_err(AuthorError::Store)?;
        Ok(count)
    }
}

/// Ends a document for ever, on every device that holds it.
pub fn bury<T: Transaction>(tx: &mut T, log: &LogId, key: &DocumentKey) -> Result<(), AuthorError<T::Error>> {
    let stored = match tx.document(key).map_err(AuthorError::Store)? {
        None => return Err(AuthorError::Absent),
        Some(DocumentRow::Buried) => return Ok(()),
        Some(DocumentRow::Alive { stored, .. }) => stored,
    };
    let mut heads = Document::load(&stored)?.heads();
    heads.truncate(MOST_HEADS);
    let payload = Tombstone { heads: heads.clone() }.to_bytes();
    let digest = Tombstone::digest(&payload);
    let by = tx.log(log).map_err(AuthorError::Store)?.ok_or(AuthorError::NotTheirs)?.opening.person;
    append(tx, log, key, EntryKind::Tombstone, digest, Some(payload), (0, 0))?;
    tx.bury(&Burial { key: *key, by, heads }).map_err(AuthorError::Store)
}

fn append<T: Transaction>(
    tx: &mut T,
    log: &LogId,
    key: &DocumentKey,
    kind: EntryKind,
    digest: Hash,
    payload: Option<Vec<u8>>,
    (sequence, last_op): (u64, u64),
) -> Result<(), AuthorError<T::Error>> {
    let row = tx.log(log).map_err(AuthorError::Store)?.ok_or(AuthorError::NotTheirs)?;
    if row.frozen || row.opening.place() != Some(key.place) {
        return Err(AuthorError::NotTheirs);
    }
    let number = row.count + 1;
    let hash = log::next_hash(&row.head, number, &key.id, kind, &digest);
    tx.append(&EntryRow {
        log: *log,
        number,
        document: key.id,
        kind,
        digest,
        hash,
        sequence,
        last_op,
        state: EntryState::Applied,
        payload,
    })
    .map_err(AuthorError::Store)
}
