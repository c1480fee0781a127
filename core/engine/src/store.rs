//! What the engine needs of a store.
//!
//! The store keeps rows and decides nothing. All access goes through a [`Transaction`]: what one `handle_frame` or one edit
//! does is written together or not at all, and an entry is acknowledged only after the commit that holds it. Dropping a
//! transaction undoes it.

use automerge::Automerge;

use crate::batch::EntryName;
use crate::change::Unusable;
use crate::exchange::{Audience, Parties};
use crate::hash::Hash;
use crate::ids::{DocumentId, DocumentKey, LogId, PersonId};
use crate::kinds::Kind;
use crate::log::{EntryKind, Opening, Tag};
use crate::vector::VersionVector;

/// A log as it stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// Who writes where.
    pub opening: Opening,
    /// How many entries are here.
    pub count: u64,
    /// The running hash after them.
    pub head: Hash,
    /// Two contents were seen for one number: nothing more is taken into this log.
    pub frozen: bool,
}

/// One entry of a log.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Its log.
    pub log: LogId,
    /// Its number there, from 1.
    pub number: u64,
    /// The document, in the log's place.
    pub document: DocumentId,
    /// What it is.
    pub kind: EntryKind,
    /// The hash of its payload.
    pub digest: Hash,
    /// The running hash after it.
    pub hash: Hash,
    /// A change's sequence number as its chunk states it; 0 where there is none.
    pub sequence: u64,
    /// The number of a change's last operation; 0 where there is none.
    pub last_op: u64,
    /// What became of it.
    pub state: EntryState,
    /// The payload: of a tombstone, of a change that waits or is set aside, and of a change written here that no peer has
    /// yet. The last is kept to spare taking its document apart for the next sync; a store may drop it at any time, since
    /// the document's stored form holds the change.
    pub payload: Option<Vec<u8>>,
}

/// What became of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryState {
    /// Its document holds it, or it is a tombstone that has been carried out.
    Applied,
    /// It builds on changes that are not here yet; its payload is kept.
    Waiting,
    /// It is authentic and can't be used; its payload is kept.
    SetAside(Unusable),
    /// Its document was deleted and its payload is gone.
    Buried,
}

/// What an entry is known by where others refer to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Its log.
    pub log: LogId,
    /// Its number there, from 1.
    pub number: u64,
    /// The document, in the log's place.
    pub document: DocumentId,
    /// The hash of its payload.
    pub digest: Hash,
    /// As [`EntryRow::sequence`].
    pub sequence: u64,
    /// As [`EntryRow::last_op`].
    pub last_op: u64,
}

impl Reference {
    /// What an entry is referred to by.
    pub fn of(entry: &EntryRow) -> Self {
        let EntryRow { log, number, document, digest, sequence, last_op, .. } = *entry;
        Self { log, number, document, digest, sequence, last_op }
    }
}

impl core::fmt::Debug for EntryRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EntryRow({:?} {} {:?} {:?})", self.log, self.number, self.kind, self.state)
    }
}

/// A document as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub enum DocumentRow {
    /// It is there.
    Alive {
        /// Its kind.
        kind: Kind,
        /// Its stored form.
        stored: Vec<u8>,
    },
    /// A tombstone came. Nothing brings it back.
    Buried,
}

/// The end of a document as the store carries it out.
#[derive(Clone, Debug)]
pub struct Burial {
    /// The document.
    pub key: DocumentKey,
    /// Whose tombstone it is.
    pub by: PersonId,
    /// The heads that its author had seen.
    pub heads: Vec<Hash>,
}

/// Keeps logs, documents and what was agreed with peers.
pub trait Store {
    /// Why the store failed.
    type Error;
    /// Its transaction.
    type Transaction<'a>: Transaction<Error = Self::Error>
    where
        Self: 'a;

    /// Begins to write. There is one writer.
    fn begin(&mut self) -> Result<Self::Transaction<'_>, Self::Error>;
}

/// One unit of reading and writing.
pub trait Transaction {
    /// Why the store failed.
    type Error;

    /// A log.
    fn log(&self, log: &LogId) -> Result<Option<LogRow>, Self::Error>;
    /// All logs that an audience may hear of, or more: what is under its bond; for own devices all there are.
    fn logs(&self, audience: &Audience) -> Result<Vec<LogRow>, Self::Error>;
    /// Opens a log. It has no entries yet.
    fn open_log(&mut self, opening: &Opening) -> Result<(), Self::Error>;
    /// Takes no more entries into a log while it is frozen.
    fn set_frozen(&mut self, log: &LogId, frozen: bool) -> Result<(), Self::Error>;
    /// Takes away a log's entries beyond the first `count`, where its running hash is `head`. Their documents stay as they
    /// are: the caller stores them anew.
    fn cut_log(&mut self, log: &LogId, count: u64, head: &Hash) -> Result<(), Self::Error>;
    /// Opens a log. If this install writes `old`, it writes the new one from here on.
    fn succeed_log(&mut self, old: &LogId, opening: &Opening) -> Result<(), Self::Error>;

    /// An entry.
    fn entry(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, Self::Error>;
    /// The running hash after an entry. A store may know it where it has to work out the rest of the entry.
    fn hash_after(&self, log: &LogId, number: u64) -> Result<Option<Hash>, Self::Error> {
        Ok(self.entry(log, number)?.map(|entry| entry.hash))
    }
    /// An entry as others refer to it.
    fn reference(&self, log: &LogId, number: u64) -> Result<Option<Reference>, Self::Error> {
        Ok(self.entry(log, number)?.map(|entry| Reference::of(&entry)))
    }
    /// The sequence number of the last entry below `number` that a log has for a document; 0 if there is none.
    fn sequence_before(&self, log: &LogId, document: &DocumentKey, number: u64) -> Result<u64, Self::Error>;
    /// The entry of a document that arrived first.
    fn first_entry(&self, document: &DocumentKey) -> Result<Option<EntryName>, Self::Error>;
    /// The entry of a document with this digest.
    fn find_entry(&self, document: &DocumentKey, digest: &Hash) -> Result<Option<Reference>, Self::Error>;
    /// Entries of a document that wait, in the order of their arrival, while their payloads are within `most_bytes` together.
    fn waiting(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, Self::Error>;
    /// Entries of a document that were set aside because a removed device wrote them, in the order of their arrival, while
    /// their payloads are within `most_bytes` together.
    fn left_behind(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, Self::Error>;
    /// The tombstones of a document.
    fn tombstones(&self, document: &DocumentKey) -> Result<Vec<EntryRow>, Self::Error>;
    /// When an entry arrived here: a number that rises with every entry.
    fn arrival(&self, log: &LogId, number: u64) -> Result<Option<u64>, Self::Error>;
    /// At most `most` entries of those logs that arrived after `arrival`, in the order of their arrival.
    fn arrivals(&self, audience: &Audience, arrival: u64, most: usize) -> Result<Vec<(u64, EntryRow)>, Self::Error>;
    /// Appends an entry to its log, which then ends with it.
    fn append(&mut self, entry: &EntryRow) -> Result<(), Self::Error>;
    /// Changes what became of an entry. Its payload stays only if it waits or is set aside.
    fn set_state(&mut self, log: &LogId, number: u64, state: EntryState) -> Result<(), Self::Error>;

    /// A document.
    fn document(&self, key: &DocumentKey) -> Result<Option<DocumentRow>, Self::Error>;
    /// Stores a document in its saved form, and whatever the store derives from it.
    fn put_document(
        &mut self,
        key: &DocumentKey,
        kind: Kind,
        document: &Automerge,
        saved: &[u8],
    ) -> Result<(), Self::Error>;
    /// Sets an entry aside that had become part of its document, with its payload.
    fn set_aside(&mut self, log: &LogId, number: u64, why: Unusable, payload: &[u8]) -> Result<(), Self::Error>;
    /// Keeps a document as it would be with what removed devices of a person wrote to it, for that person to look at. Of a
    /// document that has been kept so, the one with more counts: this one.
    fn put_aside(&mut self, key: &DocumentKey, kind: Kind, saved: &[u8], by: &PersonId) -> Result<(), Self::Error>;
    /// Takes a document away of which nothing is left but what was set aside. It is as if it had not begun.
    fn withdraw_document(&mut self, key: &DocumentKey) -> Result<(), Self::Error>;
    /// Removes a document for good, with all its entries' payloads and everything derived from it. What its own person
    /// wrote and the tombstone's author had not seen, the store keeps for that person first.
    fn bury(&mut self, burial: &Burial) -> Result<(), Self::Error>;

    /// The tag that vouches for a log up to just this number.
    fn tag(&self, log: &LogId, number: u64) -> Result<Option<Tag>, Self::Error>;
    /// Keeps a tag.
    fn put_tag(&mut self, log: &LogId, tag: &Tag) -> Result<(), Self::Error>;

    /// The vectors last agreed with a peer, newest first; a store keeps two.
    fn agreed(&self, peer: &[u8; 32]) -> Result<Vec<VersionVector>, Self::Error>;
    /// Keeps what was agreed with a peer, as the newest.
    fn put_agreed(&mut self, peer: &[u8; 32], vector: &VersionVector) -> Result<(), Self::Error>;

    /// A peer has everything up to these positions: payloads of applied changes need not be kept for it any longer.
    fn handed_over(&mut self, vector: &VersionVector) -> Result<(), Self::Error>;

    /// Makes everything last. Only then may it be acknowledged.
    fn commit(self) -> Result<(), Self::Error>;
}

/// What is here of what the other end may hear of.
pub fn vector<T: Transaction>(store: &T, parties: &Parties) -> Result<VersionVector, T::Error> {
    use crate::vector::Position;
    let logs = store.logs(&parties.audience)?;
    let theirs = logs.iter().filter(|row| parties.author(&row.opening).is_some());
    Ok(theirs.map(|row| (row.opening.log(), Position::new(row.count, &row.head))).collect())
}
