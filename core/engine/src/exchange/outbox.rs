//! What a peer lacks, batch by batch.
//!
//! Entries go out in the order in which they arrived here. Since a change is applied only after what it builds on, that
//! order puts dependencies first, and every cut leaves a closed set. A cut is made only where the receiver can take the
//! whole batch in:
//!
//! - a run of the *receiver's own* log must end at a number for which its tag was kept, since the receiver believes its own
//!   entries only under a tag;
//! - a withheld entry of the receiver's own log needs the tombstone that explains it in the same batch.
//!
//! Authors put at most [`limits::BATCH_TARGET`] into a batch and the receiver keeps the tags at its end, so whoever passes
//! entries on finds such places well within [`limits::BATCH_BYTES`].

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::{self, Batch, Dependency, DocumentName, End, Entry, EntryName, Form, Run};
use crate::document::Document;
use crate::exchange::Parties;
use crate::hash::Hash;
use crate::ids::{DocumentKey, LogId};
use crate::kinds::Kind;
use crate::limits;
use crate::log::{EntryKind, Tag};
use crate::store::{DocumentRow, EntryRow, EntryState, Transaction};
use crate::vector::{Position, VersionVector};

/// Rows that are looked at in one go.
const PAGE: usize = 64;

/// Documents that stay loaded while a batch is put together take no more than this as they are stored, or there is one of them.
/// Loaded they take some thirty times as much.
const LOADED_BYTES: usize = 256 * 1024;

/// Room in a batch for its table of logs.
const TABLE_BYTES: usize = 256 * 1024;

/// What is still to be handed to one peer.
pub struct Outbox {
    have: BTreeMap<LogId, u64>,
    /// The peer wants nothing of these: they forked, or can't be read here.
    left_out: BTreeSet<LogId>,
    cursor: Option<u64>,
    whole: bool,
    /// The reader believes all of it: no place for a cut is better than another.
    believed: bool,
    held_back: bool,
    /// The greatest number of a kind that the peer knows.
    kinds: u32,
}

/// A batch ready to go.
pub struct Packed {
    /// The compressed bytes.
    pub bytes: Vec<u8>,
    /// Where each log stands for the peer once it has taken this in.
    pub reaches: VersionVector,
    /// How many entries there are.
    pub entries: u64,
    /// Some of them are tombstones.
    pub deletes: bool,
}

impl Outbox {
    /// Everything that a peer with this vector lacks, but for the logs left out.
    pub fn new(peer: &VersionVector, left_out: BTreeSet<LogId>) -> Self {
        let have = peer.iter().map(|(log, position)| (*log, position.count)).collect();
        Self { have, left_out, cursor: None, whole: false, believed: false, held_back: false, kinds: Kind::NEWEST }
    }

    /// The peer knows kinds of documents up to this number. What begins a document of a later kind goes to it as it is, to wait
    /// there for a version that knows the kind.
    pub fn peer_knows_kinds(&mut self, newest: u32) {
        self.kinds = newest;
    }

    /// Sends changes as they are: the peer could not put a stripped one together.
    pub fn send_whole(&mut self) {
        self.whole = true;
    }

    /// It goes into a backup of this person's own, which is taken in by [`super::admit::admit_own_backup`]: changes as they are,
    /// and withheld entries without their tombstones beside them.
    pub fn for_own_backup(&mut self) {
        self.whole = true;
        self.believed = true;
    }

    /// Was something kept back that the peer may want: a log that stops before an entry whose payload can't be read here, or
    /// a run that ends nowhere that the peer would take?
    pub fn held_back(&self) -> bool {
        self.held_back
    }

    /// The peer has these by now, from here or from itself.
    pub fn has(&mut self, reached: &VersionVector) {
        for (log, position) in reached.iter() {
            let have = self.have.entry(*log).or_insert(0);
            *have = position.count.max(*have);
        }
    }

    /// Looks for entries from the beginning again, since new ones were written.
    pub fn look_again(&mut self) {
        self.cursor = None;
    }

    /// Logs that were left out stand here for the peer now, and what goes on from there is to be sent with everything new.
    pub fn allow(&mut self, reached: &VersionVector) {
        for (log, position) in reached.iter() {
            if self.left_out.remove(log) {
                self.have.insert(*log, position.count);
            }
        }
        self.look_again();
    }

    /// The next batch of about `target` bytes before packing, or none if the peer has everything.
    pub fn next_batch<T: Transaction>(
        &mut self,
        tx: &T,
        parties: &Parties,
        target: usize,
    ) -> Result<Option<Packed>, T::Error> {
        let Some(mut cursor) = self.start(tx, parties)? else { return Ok(None) };
        let mut draft = BatchDraft::default();
        'pages: loop {
            let page = tx.arrivals(&parties.audience, cursor, PAGE)?;
            let Some((last, _)) = page.last() else { break };
            cursor = *last;
            for (arrival, row) in page {
                if self.left_out.contains(&row.log)
                    || row.number != self.have.get(&row.log).map_or(1, |have| have.saturating_add(1))
                {
                    continue;
                }
                let Some(entry) = self.draft_entry(tx, parties, &mut draft, &row)? else {
                    self.left_out.insert(row.log);
                    self.held_back |= self.may_hear(tx, parties, &row.log)?;
                    continue;
                };
                // What is too large beside others goes alone: it came here in a batch as well.
                let full = draft.size + entry.size() > limits::BATCH_BYTES - TABLE_BYTES
                    || draft.operations + entry.operations > limits::BATCH_OPERATIONS;
                if full && !draft.entries.is_empty() {
                    break 'pages;
                }
                self.add(tx, &mut draft, entry)?;
                if draft.open.is_empty() {
                    draft.closed = draft.entries.len();
                    draft.closed_at = arrival;
                    if draft.size >= target || draft.closed >= limits::BATCH_ENTRIES / 2 {
                        break 'pages;
                    }
                }
                if draft.entries.len() >= limits::BATCH_ENTRIES {
                    break 'pages;
                }
            }
        }
        // What stands after the last good place for a cut goes with a later batch, or with none.
        let stuck = draft.closed < draft.entries.len();
        for entry in draft.entries.drain(draft.closed..) {
            self.have.entry(entry.row.log).and_modify(|have| *have = (*have).min(entry.row.number - 1));
        }
        if draft.entries.is_empty() {
            self.held_back |= stuck;
            self.cursor = Some(u64::MAX);
            return Ok(None);
        }
        self.cursor = Some(draft.closed_at);
        Ok(Some(pack(tx, parties, &draft)?))
    }

    fn may_hear<T: Transaction>(&self, tx: &T, parties: &Parties, log: &LogId) -> Result<bool, T::Error> {
        Ok(tx.log(log)?.is_some_and(|row| parties.author(&row.opening).is_some()))
    }

    fn start<T: Transaction>(&self, tx: &T, parties: &Parties) -> Result<Option<u64>, T::Error> {
        if let Some(cursor) = self.cursor {
            return Ok((cursor != u64::MAX).then_some(cursor));
        }
        let mut start = None;
        for row in tx.logs(&parties.audience)? {
            let log = row.opening.log();
            let have = self.have.get(&log).copied().unwrap_or(0);
            if have < row.count && !self.left_out.contains(&log) && parties.author(&row.opening).is_some() {
                let arrival = tx.arrival(&log, have + 1)?.map(|arrival| arrival.saturating_sub(1));
                start = [start, arrival].into_iter().flatten().min();
            }
        }
        Ok(start)
    }

    /// An entry as it would go out. None if its payload can't be read here, so that the log must stop before it.
    fn draft_entry<T: Transaction>(
        &self,
        tx: &T,
        parties: &Parties,
        draft: &mut BatchDraft,
        row: &EntryRow,
    ) -> Result<Option<DraftEntry>, T::Error> {
        let Some(log) = tx.log(&row.log)? else { return Ok(None) };
        let Some(place) = log.opening.place().filter(|_| parties.author(&log.opening).is_some()) else {
            return Ok(None);
        };
        let key = DocumentKey { place, id: row.document };

        let payload = match (&row.payload, row.state) {
            (Some(payload), _) => Some(payload.clone()),
            (None, EntryState::Buried) => None,
            (None, _) => match draft.loaded.chunk(tx, &key, &row.digest)? {
                Some(chunk) => Some(chunk),
                None => return Ok(None),
            },
        };
        let document = match tx.first_entry(&key)? {
            // Whole is what the peer can read without another log.
            Some(first) if !self.whole && self.peer_has(&first.log, first.number) => DocumentName::Known(first),
            _ => DocumentName::New(row.document),
        };
        let operations = payload.as_deref().map_or(0, |payload| operations(payload, row));
        let form = match payload {
            None => OwnedForm::Withheld,
            Some(payload) if self.whole || row.kind == EntryKind::Tombstone => OwnedForm::Whole(payload),
            Some(payload) => self.form(tx, &key, row, payload)?,
        };
        let theirs = log.opening.person == parties.other().person();
        let vouched = parties.is_mine(&log.opening);
        Ok(Some(DraftEntry {
            row: row.clone(),
            key,
            theirs,
            vouched,
            operations,
            opening: log.opening,
            document,
            form,
        }))
    }

    /// Adds an entry, and notes what must still come before the batch may end.
    fn add<T: Transaction>(&mut self, tx: &T, draft: &mut BatchDraft, entry: DraftEntry) -> Result<(), T::Error> {
        let DraftEntry { row, key, .. } = &entry;
        if entry.theirs && !self.believed {
            draft.open.remove(&Open::Tag(row.log));
            if !entry.vouched && tx.tag(&row.log, row.number)?.is_none() {
                draft.open.insert(Open::Tag(row.log));
            }
            let withheld = matches!(entry.form, OwnedForm::Withheld);
            if withheld && !tx.tombstones(key)?.iter().any(|it| self.peer_has(&it.log, it.number)) {
                draft.open.insert(Open::Tombstone(*key));
            }
        }
        if row.kind == EntryKind::Tombstone {
            draft.open.remove(&Open::Tombstone(*key));
        }
        self.have.insert(row.log, row.number);
        draft.size += entry.size();
        draft.operations += entry.operations;
        draft.entries.push(entry);
        Ok(())
    }

    /// Does the peer have it, or will it before this place in the batch? Of a log that is left out it may have something else.
    fn peer_has(&self, log: &LogId, number: u64) -> bool {
        !self.left_out.contains(log) && self.have.get(log).is_some_and(|have| number <= *have)
    }

    fn form<T: Transaction>(
        &self,
        tx: &T,
        key: &DocumentKey,
        row: &EntryRow,
        payload: Vec<u8>,
    ) -> Result<OwnedForm, T::Error> {
        let before = tx.sequence_before(&row.log, key, row.number)?;
        let mut failed = None;
        let mut start_op = Some(0);
        let name = |digest: &Hash| {
            if let Some(kind) = Kind::from_first_change(digest).filter(|kind| kind.number() <= self.kinds) {
                start_op = start_op.map(|op| op.max(kind.first_last_op()));
                return Dependency::First(kind);
            }
            match tx.find_entry(key, digest) {
                Ok(Some(entry)) if self.peer_has(&entry.log, entry.number) => {
                    start_op = start_op.map(|op| op.max(entry.last_op));
                    Dependency::Entry(EntryName { log: entry.log, number: entry.number })
                }
                Ok(_) => {
                    start_op = None;
                    Dependency::Digest(*digest)
                }
                Err(error) => {
                    failed = Some(error);
                    Dependency::Digest(*digest)
                }
            }
        };
        let stripped = crate::change::Stripped::of(&payload, &row.log).map(|stripped| {
            let dependencies: Vec<_> = stripped.dependencies.iter().map(name).collect();
            (dependencies, stripped)
        });
        if let Some(error) = failed {
            return Err(error);
        }
        Ok(match stripped {
            Some((dependencies, stripped))
                if follows(Some(before), stripped.sequence) && follows(start_op, stripped.start_op) =>
            {
                OwnedForm::Stripped { dependencies, actors: stripped.actors, operations: stripped.operations.to_vec() }
            }
            _ => OwnedForm::Whole(payload),
        })
    }
}

/// How many operations a change has, at most: as the receiver counts them, whatever became of the change here.
fn operations(payload: &[u8], row: &EntryRow) -> u64 {
    match crate::change::Stripped::of(payload, &row.log) {
        _ if row.kind == EntryKind::Tombstone => 0,
        Some(stripped) => row.last_op.saturating_sub(stripped.start_op).saturating_add(1),
        None => limits::CHANGE_OPERATIONS as u64,
    }
}

fn follows(before: Option<u64>, number: u64) -> bool {
    before.and_then(|before| before.checked_add(1)) == Some(number)
}

fn pack<T: Transaction>(tx: &T, parties: &Parties, draft: &BatchDraft) -> Result<Packed, T::Error> {
    let mut runs: BTreeMap<LogId, Run> = BTreeMap::new();
    let referred = Run { first: 0, opening: None, end: None };
    let mut reaches = VersionVector::default();
    for entry in &draft.entries {
        let run = runs.entry(entry.row.log).or_insert(referred);
        if run.first == 0 {
            run.first = entry.row.number;
            run.opening = (run.first == 1).then_some(entry.opening);
        }
        reaches.set(entry.row.log, Position::new(entry.row.number, &entry.row.hash));
        let tag = if entry.vouched {
            Some(Tag::make(parties.own_keys.current(), entry.row.number, &entry.row.hash))
        } else {
            tx.tag(&entry.row.log, entry.row.number)?
        };
        run.end = Some(End { hash: entry.row.hash.first(), tag });
        for log in entry.mentions() {
            runs.entry(log).or_insert(referred);
        }
    }
    let entries: Vec<_> = draft.entries.iter().map(DraftEntry::borrowed).collect();
    let plain = Batch { runs, entries }.to_bytes(parties.one_bond());
    let bytes = batch::pack(&plain).expect("compressing in memory takes no input that it could refuse");
    let deletes = draft.entries.iter().any(|entry| entry.row.kind == EntryKind::Tombstone);
    Ok(Packed { bytes, reaches, entries: draft.entries.len() as u64, deletes })
}

#[derive(Default)]
struct BatchDraft {
    entries: Vec<DraftEntry>,
    size: usize,
    operations: u64,
    /// What must still come before the batch may end.
    open: BTreeSet<Open>,
    /// How many entries stand before the last place where the batch may end, and when the last of them arrived.
    closed: usize,
    closed_at: u64,
    loaded: Loaded,
}

/// Documents that stay loaded for the entries that follow: who writes goes back and forth among some.
#[derive(Default)]
struct Loaded {
    documents: BTreeMap<DocumentKey, Option<Document>>,
    /// As they are stored.
    bytes: usize,
}

impl Loaded {
    /// A change's chunk from its document.
    fn chunk<T: Transaction>(&mut self, tx: &T, key: &DocumentKey, digest: &Hash) -> Result<Option<Vec<u8>>, T::Error> {
        if !self.documents.contains_key(key) {
            let (document, bytes) = match tx.document(key)? {
                Some(DocumentRow::Alive { stored, .. }) => (Document::load(&stored).ok(), stored.len()),
                _ => (None, 0),
            };
            if self.bytes + bytes > LOADED_BYTES {
                *self = Self::default();
            }
            self.bytes += bytes;
            self.documents.insert(*key, document);
        }
        let document = self.documents.get(key).and_then(Option::as_ref);
        Ok(document.and_then(|document| document.chunk(digest)))
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Open {
    Tag(LogId),
    Tombstone(DocumentKey),
}

struct DraftEntry {
    row: EntryRow,
    key: DocumentKey,
    /// The receiver's own person wrote it.
    theirs: bool,
    /// This device's own person wrote it, so that it can vouch for it.
    vouched: bool,
    operations: u64,
    opening: crate::log::Opening,
    document: DocumentName,
    form: OwnedForm,
}

enum OwnedForm {
    Stripped { dependencies: Vec<Dependency>, actors: Vec<LogId>, operations: Vec<u8> },
    Whole(Vec<u8>),
    Withheld,
}

impl OwnedForm {
    fn size(&self) -> usize {
        match self {
            Self::Stripped { dependencies, actors, operations } => {
                dependencies.len() * 34 + actors.len() * 2 + operations.len()
            }
            Self::Whole(payload) => payload.len(),
            Self::Withheld => 32,
        }
    }
}

impl DraftEntry {
    /// The most bytes that it takes in a batch.
    fn size(&self) -> usize {
        self.form.size() + 40
    }

    fn borrowed(&self) -> Entry<'_> {
        let form = match &self.form {
            OwnedForm::Stripped { dependencies, actors, operations } => {
                Form::Stripped { dependencies: dependencies.clone(), actors: actors.clone(), operations }
            }
            OwnedForm::Whole(payload) => Form::Whole(payload),
            OwnedForm::Withheld => Form::Withheld(self.row.digest),
        };
        Entry { log: self.row.log, kind: self.row.kind, document: self.document, form }
    }

    /// The logs that it names beside its own.
    fn mentions(&self) -> Vec<LogId> {
        let mut logs = Vec::new();
        if let DocumentName::Known(name) = self.document {
            logs.push(name.log);
        }
        if let OwnedForm::Stripped { dependencies, actors, .. } = &self.form {
            logs.extend(dependencies.iter().filter_map(|dependency| match dependency {
                Dependency::Entry(name) => Some(name.log),
                _ => None,
            }));
            logs.extend(actors.iter().filter(|actor| **actor != crate::kinds::ZERO_ACTOR));
        }
        logs
    }
}
