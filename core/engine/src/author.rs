//! Writing: one's own changes and tombstones become entries of one's own log.
//!
//! [`Draft`] opens one document, takes any number of edits, and [`Draft::finish`] stores the document and one entry for
//! each edit, in the caller's transaction. An edit that changed nothing makes no entry.

use automerge::transaction::{CommitOptions, Transactable, Transaction as Edit};
use automerge::{ActorId, Automerge, AutomergeError, ObjType, ROOT, ReadDoc};

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
    document: Automerge,
    changes: Vec<automerge::Change>,
    /// What the changes say of when they were made, in seconds since 1970; 0 says nothing.
    time_s: i64,
}

/// A document after [`Draft::finish_keeping`].
pub struct Finished {
    /// As it stands.
    pub document: Automerge,
    /// Its stored form, if there was anything to store.
    pub stored: Option<Vec<u8>>,
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
        Ok(Self::of(document, log, key, kind))
    }

    /// Goes on with a document that the caller has loaded: it must be the one that is stored at this moment of the
    /// transaction.
    pub fn of(document: Automerge, log: &LogId, key: DocumentKey, kind: Kind) -> Self {
        let mut draft = Self { key, kind, log: *log, document, changes: Vec::new(), time_s: 0 };
        draft.document.set_actor(change::actor(log));
        draft
    }

    /// Says when the changes are made, in milliseconds since 1970, so that their writer can look back at them. Only where
    /// nobody else reads them: a change that leaves the phone says no time.
    pub fn at(mut self, now_ms: i64) -> Self {
        self.time_s = if self.key.place.bond().is_none() { now_ms.div_euclid(1000) } else { 0 };
        self
    }

    /// The document as it stands.
    pub fn document(&self) -> &Automerge {
        &self.document
    }

    /// Makes one change. If the edit fails, nothing of it stays.
    pub fn edit<R, E>(
        &mut self,
        edit: impl FnOnce(&mut Edit<'_>) -> Result<R, AutomergeError>,
    ) -> Result<R, AuthorError<E>> {
        let time = self.time_s;
        let done = self
            .document
            .transact_with(|_| CommitOptions::default().with_time(time), |transaction| edit(transaction))
            .map_err(|failure| failure.error)?;
        if let Some(hash) = done.hash {
            let change = self.document.get_change_by_hash(&hash).ok_or(DamagedDocument)?;
            if change.raw_bytes().len() > limits::CHANGE_BYTES
                || change.len() > limits::CHANGE_OPERATIONS
                || change.max_op() > limits::DOCUMENT_OPERATIONS
                || change.deps().len().max(change.other_actor_ids().len()) > limits::CHANGE_REFERENCES
            {
                return Err(AuthorError::TooLarge);
            }
            self.changes.push(change);
        }
        Ok(done.result)
    }

    /// The document as it would stand if `edit` had been made when its heads were `since`: merged with what came after, and
    /// where both changed the same, as `edit` has it. Nothing of it is kept. `None` if the document does not know `since`.
    pub fn as_if_edited_at<E>(
        &self,
        since: &[Hash],
        edit: impl FnOnce(&mut Self) -> Result<(), AuthorError<E>>,
    ) -> Result<Option<Automerge>, AuthorError<E>> {
        let heads: Vec<_> = since.iter().map(change::change_hash).collect();
        if heads.is_empty() || heads.iter().any(|head| self.document.get_change_meta_by_hash(head).is_none()) {
            return Ok(None);
        }
        let mut past = self.document.fork_at(&heads)?;
        // An actor that no log has: the log's own goes on in the present.
        past.set_actor(ActorId::from([self.log.as_bytes(), &b"aside"[..]].concat()));
        // Of two operations on the same, Automerge takes the one with the greater number: the edit's follow the present's.
        let behind = last_operation(&self.document) - last_operation(&past);
        past.transact(|lift| {
            let object = lift.put_object(ROOT, "aside", ObjType::Text)?;
            lift.splice_text(&object, 0, 0, &" ".repeat(behind as usize))
        })
        .map_err(|failure| failure.error)?;
        let (key, kind, log) = (self.key, self.kind, self.log);
        let mut aside = Self { key, kind, log, document: past, changes: Vec::new(), time_s: 0 };
        edit(&mut aside)?;
        let mut merged = self.document.clone();
        merged.merge(&mut aside.document)?;
        Ok(Some(merged))
    }

    /// Stores the document and an entry for each edit. Returns how many there were.
    pub fn finish<T: Transaction>(self, tx: &mut T) -> Result<usize, AuthorError<T::Error>> {
        let count = self.changes.len();
        self.finish_keeping(tx)?;
        Ok(count)
    }

    /// The same, for who goes on with the document.
    pub fn finish_keeping<T: Transaction>(self, tx: &mut T) -> Result<Finished, AuthorError<T::Error>> {
        if self.changes.is_empty() {
            return Ok(Finished { document: self.document, stored: None });
        }
        let shared = self.key.place.bond().is_some();
        for change in &self.changes {
            let digest = change::hash_of(&change.hash());
            let payload = shared.then(|| change.raw_bytes().to_vec());
            append(tx, &self.log, &self.key, EntryKind::Change, digest, payload, (change.seq(), change.max_op()))?;
        }
        let stored = self.document.save();
        tx.put_document(&self.key, self.kind, &self.document, &stored).map_err(AuthorError::Store)?;
        Ok(Finished { document: self.document, stored: Some(stored) })
    }
}

fn last_operation(document: &Automerge) -> u64 {
    document.get_changes_meta(&[]).iter().map(|meta| meta.max_op).max().unwrap_or_default()
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
