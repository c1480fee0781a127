//! Puts the right running hashes to a batch that the fuzzer made of one whose hashes were right.

use std::collections::BTreeMap;

use nightstand_engine::batch::{Batch, Dependency, DocumentName, End, Entry, EntryName, Form};
use nightstand_engine::change::{self, Stripped};
use nightstand_engine::exchange::Parties;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, LogId};
use nightstand_engine::log::{EntryKind, Opening, Tag, Tombstone, next_hash};
use nightstand_engine::store::Transaction;

/// Where it can be said what an entry hashes to, the end of its run says so; Alex's own runs are `tagged` as well.
pub(super) fn mend(batch: &mut Batch<'_>, tx: &impl Transaction, parties: &Parties, tagged: bool) {
    let mut mender = Mender { tx, logs: BTreeMap::new(), fresh: BTreeMap::new() };
    for (log, run) in &batch.runs {
        let row = tx.log(log).ok().flatten();
        let opening = row.as_ref().map(|row| row.opening).or(run.opening);
        let Some(opening) = opening else { continue };
        let (count, head) = row.map_or((0, opening.hash()), |row| (row.count, row.head));
        mender.logs.insert(*log, State { opening, count, head, next: run.first });
    }
    let all = batch.entries.iter().all(|entry| mender.add(entry).is_some());
    if !all {
        return;
    }
    for (log, run) in &mut batch.runs {
        let (Some(end), Some(state)) = (&mut run.end, mender.logs.get(log)) else { continue };
        if state.next != state.count + 1 {
            continue;
        }
        let own = state.opening.person == parties.my_person();
        let tag = Tag::make(parties.own_keys.current(), state.count, &state.head);
        *end = End { hash: state.head.first(), tag: if own && tagged { Some(tag) } else { end.tag } };
    }
}

/// How far a log is.
struct State {
    opening: Opening,
    count: u64,
    head: Hash,
    next: u64,
}

/// What is known of an entry.
#[derive(Clone, Copy)]
struct Known {
    document: DocumentId,
    digest: Hash,
    sequence: u64,
    last_op: u64,
}

struct Mender<'a, T> {
    tx: &'a T,
    logs: BTreeMap<LogId, State>,
    fresh: BTreeMap<EntryName, Known>,
}

impl<T: Transaction> Mender<'_, T> {
    /// One more entry. None if nobody could say what it is.
    fn add(&mut self, entry: &Entry<'_>) -> Option<()> {
        let state = self.logs.get_mut(&entry.log)?;
        let number = state.next;
        state.next = number.checked_add(1)?;
        if number <= state.count {
            return Some(());
        }
        if number > state.count + 1 {
            return None;
        }
        let document = match entry.document {
            DocumentName::New(id) => id,
            DocumentName::Known(name) => self.known(name)?.document,
        };
        let known = self.digest(entry, document, number)?;
        self.fresh.insert(EntryName { log: entry.log, number }, known);
        let state = self.logs.get_mut(&entry.log)?;
        state.head = next_hash(&state.head, number, &document, entry.kind, &known.digest);
        state.count = number;
        Some(())
    }

    fn digest(&self, entry: &Entry<'_>, document: DocumentId, number: u64) -> Option<Known> {
        let unread = |digest| Known { document, digest, sequence: 0, last_op: 0 };
        let rebuilt;
        let chunk = match &entry.form {
            Form::Withheld(digest) => return Some(unread(*digest)),
            Form::Whole(body) if entry.kind == EntryKind::Tombstone => return Some(unread(Tombstone::digest(body))),
            Form::Whole(chunk) => *chunk,
            Form::Stripped { dependencies, actors, operations } => {
                rebuilt = self.rebuild(entry.log, document, number, dependencies, actors, operations)?;
                &rebuilt
            }
        };
        let read = change::parse(chunk, &entry.log).ok();
        let (sequence, last_op) = read.map_or((0, 0), |change| (change.seq(), change.max_op()));
        Some(Known { document, digest: change::digest(chunk)?, sequence, last_op })
    }

    fn rebuild(
        &self,
        log: LogId,
        document: DocumentId,
        number: u64,
        dependencies: &[Dependency],
        actors: &[LogId],
        operations: &[u8],
    ) -> Option<Vec<u8>> {
        let mut last = 0;
        let mut digests = Vec::new();
        for dependency in dependencies {
            let (digest, op) = match dependency {
                Dependency::First(kind) => (kind.first_change(), kind.first_last_op()),
                Dependency::Digest(digest) => (*digest, 0),
                Dependency::Entry(name) => self.known(*name).map(|known| (known.digest, known.last_op))?,
            };
            last = last.max(op);
            digests.push(digest);
        }
        let sequence = self.sequence_before(log, document, number)? + 1;
        let actors = actors.to_vec();
        let stripped = Stripped { dependencies: digests, sequence, start_op: last.checked_add(1)?, actors, operations };
        Some(stripped.chunk(&log))
    }

    fn sequence_before(&self, log: LogId, document: DocumentId, number: u64) -> Option<u64> {
        let names = EntryName { log, number: 0 }..EntryName { log, number };
        if let Some((_, known)) = self.fresh.range(names).rev().find(|(_, known)| known.document == document) {
            return Some(known.sequence);
        }
        let key = DocumentKey { place: self.logs.get(&log)?.opening.place()?, id: document };
        self.tx.sequence_before(&log, &key, number).ok()
    }

    fn known(&self, name: EntryName) -> Option<Known> {
        if let Some(known) = self.fresh.get(&name) {
            return Some(*known);
        }
        let row = self.tx.entry(&name.log, name.number).ok()??;
        Some(Known { document: row.document, digest: row.digest, sequence: row.sequence, last_op: row.last_op })
    }
}
