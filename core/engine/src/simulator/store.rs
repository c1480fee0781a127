//! A store in memory: the plainest thing that keeps the engine's promises about transactions.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use automerge::Automerge;

use crate::batch::EntryName;
use crate::change::Unusable;
use crate::exchange::Audience;
use crate::hash::Hash;
use crate::ids::{DocumentKey, LogId, PersonId};
use crate::kinds::Kind;
use crate::log::{EntryKind, Opening, Tag};
use crate::roster::DeviceRecord;
use crate::store::{Burial, DocumentRow, EntryRow, EntryState, LogRow, Reference, Store, Transaction};
use crate::vector::VersionVector;

/// Everything that a device has stored.
#[derive(Clone, Default, Debug, PartialEq)]
pub struct Stored {
    logs: BTreeMap<LogId, LogRow>,
    entries: BTreeMap<(LogId, u64), EntryRow>,
    arrivals: BTreeMap<u64, (LogId, u64)>,
    of_document: BTreeMap<DocumentKey, Vec<(LogId, u64)>>,
    documents: BTreeMap<DocumentKey, DocumentRow>,
    tags: BTreeMap<(LogId, u64), Tag>,
    agreed: BTreeMap<[u8; 32], Vec<VersionVector>>,
    successors: BTreeMap<LogId, LogId>,
    aside: BTreeMap<DocumentKey, DocumentRow>,
}

fn hears_of(audience: &Audience, opening: &Opening) -> bool {
    match audience {
        Audience::Partner(bond) => opening.bond == Some(*bond),
        Audience::OwnDevice(_) => true,
    }
}

impl core::fmt::Debug for DocumentRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Alive { kind, stored } => write!(f, "Alive({kind:?}, {} bytes)", stored.len()),
            Self::Buried => f.write_str("Buried"),
        }
    }
}

impl Stored {
    /// The documents, living and buried.
    pub fn documents(&self) -> &BTreeMap<DocumentKey, DocumentRow> {
        &self.documents
    }

    /// The log that goes on where this one was forked; itself if it was not.
    pub fn successor(&self, log: LogId) -> LogId {
        self.successors.get(&log).map_or(log, |next| self.successor(*next))
    }

    /// Documents as they would be with what removed devices wrote to them.
    pub fn aside(&self) -> &BTreeMap<DocumentKey, DocumentRow> {
        &self.aside
    }

    /// The logs.
    pub fn logs(&self) -> impl Iterator<Item = &LogRow> {
        self.logs.values()
    }

    /// The entries.
    pub fn entries(&self) -> impl Iterator<Item = &EntryRow> {
        self.entries.values()
    }
}

/// A device's store. A transaction that writes works on a copy; its commit replaces the original, unless the disk is full.
#[derive(Clone, Default, Debug)]
pub struct MemoryStore {
    /// What has been committed.
    pub stored: Arc<Stored>,
    /// How many commits succeed before the disk is full; none for no limit.
    pub commits_left: Option<u64>,
    /// Where what the store saved from a burial goes: the text of documents whose own words a tombstone did not cover.
    pub rescued: Vec<(DocumentKey, Vec<u8>)>,
    /// The partner's devices as sessions have told of them.
    pub peers: Vec<DeviceRecord>,
    /// This device's person, for whom burials are rescued.
    pub person: Option<PersonId>,
}

/// The disk is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the disk is full")]
pub struct DiskFull;

/// A transaction on a [`MemoryStore`].
pub struct MemoryTransaction<'a> {
    store: &'a mut MemoryStore,
    draft: Arc<Stored>,
    rescued: Vec<(DocumentKey, Vec<u8>)>,
}

impl Store for MemoryStore {
    type Error = DiskFull;
    type Transaction<'a> = MemoryTransaction<'a>;

    fn begin(&mut self) -> Result<MemoryTransaction<'_>, DiskFull> {
        let draft = self.stored.clone();
        Ok(MemoryTransaction { store: self, draft, rescued: Vec::new() })
    }
}

impl MemoryTransaction<'_> {
    fn draft(&mut self) -> &mut Stored {
        Arc::make_mut(&mut self.draft)
    }

    fn key_of(&self, row: &EntryRow) -> Option<DocumentKey> {
        let place = self.draft.logs.get(&row.log)?.opening.place()?;
        Some(DocumentKey { place, id: row.document })
    }

    fn of_document(&self, key: &DocumentKey) -> impl Iterator<Item = &EntryRow> {
        let names = self.draft.of_document.get(key).into_iter().flatten();
        names.filter_map(|name| self.draft.entries.get(name))
    }
}

impl Transaction for MemoryTransaction<'_> {
    type Error = DiskFull;

    fn log(&self, log: &LogId) -> Result<Option<LogRow>, DiskFull> {
        Ok(self.draft.logs.get(log).cloned())
    }

    fn logs(&self, audience: &Audience) -> Result<Vec<LogRow>, DiskFull> {
        Ok(self.draft.logs.values().filter(|row| hears_of(audience, &row.opening)).cloned().collect())
    }

    fn open_log(&mut self, opening: &Opening) -> Result<(), DiskFull> {
        let row = LogRow { opening: *opening, count: 0, head: opening.hash(), frozen: false };
        self.draft().logs.entry(opening.log()).or_insert(row);
        Ok(())
    }

    fn set_frozen(&mut self, log: &LogId, frozen: bool) -> Result<(), DiskFull> {
        if let Some(row) = self.draft().logs.get_mut(log) {
            row.frozen = frozen;
        }
        Ok(())
    }

    fn cut_log(&mut self, log: &LogId, count: u64, head: &Hash) -> Result<(), DiskFull> {
        let goes = |(of, number): &(LogId, u64)| of == log && *number > count;
        self.draft().entries.retain(|name, _| !goes(name));
        self.draft().tags.retain(|name, _| !goes(name));
        self.draft().arrivals.retain(|_, name| !goes(name));
        for names in self.draft().of_document.values_mut() {
            names.retain(|name| !goes(name));
        }
        if let Some(row) = self.draft().logs.get_mut(log) {
            row.count = count;
            row.head = *head;
        }
        Ok(())
    }

    fn succeed_log(&mut self, old: &LogId, opening: &Opening) -> Result<(), DiskFull> {
        self.draft().successors.insert(*old, opening.log());
        self.open_log(opening)
    }

    fn entry(&self, log: &LogId, number: u64) -> Result<Option<EntryRow>, DiskFull> {
        Ok(self.draft.entries.get(&(*log, number)).cloned())
    }

    fn sequence_before(&self, log: &LogId, document: &DocumentKey, number: u64) -> Result<u64, DiskFull> {
        let rows = self.draft.entries.range((*log, 0)..(*log, number)).rev();
        Ok(rows.map(|(_, row)| row).find(|row| row.document == document.id).map_or(0, |row| row.sequence))
    }

    fn first_entry(&self, document: &DocumentKey) -> Result<Option<EntryName>, DiskFull> {
        Ok(self.of_document(document).next().map(|row| EntryName { log: row.log, number: row.number }))
    }

    fn find_entry(&self, document: &DocumentKey, digest: &Hash) -> Result<Option<Reference>, DiskFull> {
        Ok(self.of_document(document).find(|row| row.digest == *digest).map(Reference::of))
    }

    fn waiting(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, DiskFull> {
        let mut bytes = 0;
        let fits = |row: &&EntryRow| {
            bytes += row.payload.as_ref().map_or(0, Vec::len);
            bytes <= most_bytes
        };
        let waiting = self.of_document(document).filter(|row| row.state == EntryState::Waiting);
        Ok(waiting.take_while(fits).cloned().collect())
    }

    fn left_behind(&self, document: &DocumentKey, most_bytes: usize) -> Result<Vec<EntryRow>, DiskFull> {
        let mut bytes = 0;
        let fits = |row: &&EntryRow| {
            bytes += row.payload.as_ref().map_or(0, Vec::len);
            bytes <= most_bytes
        };
        let removed = EntryState::SetAside(Unusable::Removed);
        Ok(self.of_document(document).filter(|row| row.state == removed).take_while(fits).cloned().collect())
    }

    fn tombstones(&self, document: &DocumentKey) -> Result<Vec<EntryRow>, DiskFull> {
        Ok(self.of_document(document).filter(|row| row.kind == EntryKind::Tombstone).cloned().collect())
    }

    fn arrival(&self, log: &LogId, number: u64) -> Result<Option<u64>, DiskFull> {
        let found = self.draft.arrivals.iter().find(|(_, name)| **name == (*log, number));
        Ok(found.map(|(arrival, _)| *arrival))
    }

    fn arrivals(&self, audience: &Audience, arrival: u64, most: usize) -> Result<Vec<(u64, EntryRow)>, DiskFull> {
        let heard = |row: &EntryRow| self.draft.logs.get(&row.log).is_some_and(|log| hears_of(audience, &log.opening));
        let later = self.draft.arrivals.range((Bound::Excluded(arrival), Bound::Unbounded));
        let rows = later.filter_map(|(arrival, name)| Some((*arrival, self.draft.entries.get(name)?.clone())));
        Ok(rows.filter(|(_, row)| heard(row)).take(most).collect())
    }

    fn append(&mut self, entry: &EntryRow) -> Result<(), DiskFull> {
        let arrival = self.draft.arrivals.last_key_value().map_or(1, |(last, _)| last + 1);
        self.draft().arrivals.insert(arrival, (entry.log, entry.number));
        self.draft().entries.insert((entry.log, entry.number), entry.clone());
        if let Some(key) = self.key_of(entry) {
            self.draft().of_document.entry(key).or_default().push((entry.log, entry.number));
        }
        if let Some(log) = self.draft().logs.get_mut(&entry.log) {
            debug_assert_eq!(entry.number, log.count + 1, "logs have no gaps");
            log.count = entry.number;
            log.head = entry.hash;
        }
        Ok(())
    }

    fn set_state(&mut self, log: &LogId, number: u64, state: EntryState) -> Result<(), DiskFull> {
        if let Some(row) = self.draft().entries.get_mut(&(*log, number)) {
            row.state = state;
            if matches!(state, EntryState::Applied | EntryState::Buried) {
                row.payload = None;
            }
        }
        Ok(())
    }

    fn document(&self, key: &DocumentKey) -> Result<Option<DocumentRow>, DiskFull> {
        Ok(self.draft.documents.get(key).cloned())
    }

    fn put_document(&mut self, key: &DocumentKey, kind: Kind, _: &Automerge, saved: &[u8]) -> Result<(), DiskFull> {
        self.draft().documents.insert(*key, DocumentRow::Alive { kind, stored: saved.to_vec() });
        Ok(())
    }

    fn set_aside(&mut self, log: &LogId, number: u64, why: Unusable, payload: &[u8]) -> Result<(), DiskFull> {
        if let Some(row) = self.draft().entries.get_mut(&(*log, number)) {
            row.state = EntryState::SetAside(why);
            row.payload = Some(payload.to_vec());
        }
        Ok(())
    }

    fn put_aside(&mut self, key: &DocumentKey, kind: Kind, saved: &[u8], _: &PersonId) -> Result<(), DiskFull> {
        self.draft().aside.insert(*key, DocumentRow::Alive { kind, stored: saved.to_vec() });
        Ok(())
    }

    fn withdraw_document(&mut self, key: &DocumentKey) -> Result<(), DiskFull> {
        self.draft().documents.remove(key);
        Ok(())
    }

    fn bury(&mut self, burial: &Burial) -> Result<(), DiskFull> {
        if let Some(DocumentRow::Alive { stored, .. }) = self.draft.documents.get(&burial.key)
            && self.store.person.is_some_and(|person| person != burial.by)
        {
            self.rescued.push((burial.key, stored.clone()));
        }
        self.draft().documents.insert(burial.key, DocumentRow::Buried);
        let names: Vec<_> = self
            .of_document(&burial.key)
            .filter(|row| row.kind == EntryKind::Change)
            .map(|row| (row.log, row.number))
            .collect();
        for (log, number) in names {
            self.set_state(&log, number, EntryState::Buried)?;
        }
        Ok(())
    }

    fn tag(&self, log: &LogId, number: u64) -> Result<Option<Tag>, DiskFull> {
        Ok(self.draft.tags.get(&(*log, number)).copied())
    }

    fn put_tag(&mut self, log: &LogId, tag: &Tag) -> Result<(), DiskFull> {
        self.draft().tags.insert((*log, tag.number), *tag);
        Ok(())
    }

    fn agreed(&self, peer: &[u8; 32]) -> Result<Vec<VersionVector>, DiskFull> {
        Ok(self.draft.agreed.get(peer).cloned().unwrap_or_default())
    }

    fn put_agreed(&mut self, peer: &[u8; 32], vector: &VersionVector) -> Result<(), DiskFull> {
        let agreed = self.draft().agreed.entry(*peer).or_default();
        if agreed.first() != Some(vector) {
            agreed.insert(0, vector.clone());
            agreed.truncate(2);
        }
        Ok(())
    }

    fn handed_over(&mut self, vector: &VersionVector) -> Result<(), DiskFull> {
        for (log, position) in vector.iter() {
            for (_, row) in self.draft().entries.range_mut((*log, 0)..=(*log, position.count)) {
                if row.kind == EntryKind::Change && row.state == EntryState::Applied {
                    row.payload = None;
                }
            }
        }
        Ok(())
    }

    fn commit(self) -> Result<(), DiskFull> {
        if let Some(left) = &mut self.store.commits_left {
            *left = left.checked_sub(1).ok_or(DiskFull)?;
        }
        self.store.stored = self.draft;
        self.store.rescued.extend(self.rescued);
        Ok(())
    }
}
