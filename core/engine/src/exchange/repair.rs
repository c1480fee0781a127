//! A log of this device that went on twice, because an older copy of the vault was put back and written to.
//!
//! ```text
//! what the partner has   1 2 3 4 5 6         1 2 3 4 5 6     the log keeps the branch that others hold
//! what is here           1 2 3 4 5′ 6′  ──▶  1 2 3 4
//!                                                    └ 1 2   and what was written here goes on in a new log
//! ```
//!
//! Automerge can't hold two changes of one actor under one number, and nobody else has those of the tail. So they are made
//! again under the new log's actor, at the place where they stood: the same operations, on the same ancestors, so that
//! merging with the other branch comes out as if two devices had written. Words, places and times of writing stay.
//!
//! This runs only when the partner's phone has shown entries of this log, under this person's tag, that differ from the ones
//! here: a mere claim moves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{ElementId, Key, ObjectId, Op, OpId};
use automerge::{ActorId, Change, ChangeHash, ExpandedChange};

use crate::change;
use crate::document::Document;
use crate::hash::{Hash, Hasher, Label};
use crate::ids::{DocumentId, DocumentKey, LogId};
use crate::kinds::Kind;
use crate::log::{self, EntryKind, Opening};
use crate::store::{DocumentRow, EntryRow, EntryState, LogRow, Transaction};

/// Moves what stands in a log beyond its first `kept` entries into a new log. `false`, and nothing was touched, if another
/// log's changes build on it, which can't be made again here, or if a change of it is not part of its document here.
///
/// Where the new log begins decides what it is called. So when the same copy is put back once more, what was moved before is
/// found in the log that it went to, change for change, and is not written a second time. That log may be here or be
/// `arriving` in the same batch.
pub(super) fn move_tail<T: Transaction>(
    tx: &mut T,
    row: &LogRow,
    kept: u64,
    arriving: &Arriving<'_>,
) -> Result<bool, T::Error> {
    let (old, Some(place)) = (row.opening.log(), row.opening.place()) else { return Ok(false) };
    let mut tail = Vec::new();
    for number in kept + 1..=row.count {
        tail.extend(tx.entry(&old, number)?);
    }
    if tail.iter().any(|entry| matches!(entry.state, EntryState::Waiting | EntryState::SetAside(_))) {
        return Ok(false);
    }
    let mut documents: BTreeMap<DocumentKey, Moving> = BTreeMap::new();
    for entry in tail.iter().filter(|entry| entry.kind == EntryKind::Change && entry.state == EntryState::Applied) {
        let key = DocumentKey { place, id: entry.document };
        if let Some(moving) = documents.get_mut(&key) {
            moving.tail.insert(entry.digest);
        } else if let Some(DocumentRow::Alive { kind, stored }) = tx.document(&key)? {
            let Some(moving) = Moving::open(kind, &stored, &old, entry.digest) else { return Ok(false) };
            documents.insert(key, moving);
        }
    }
    // Whatever can't be made again leaves both branches as they are.
    let mut fresh = Vec::new();
    let mut target = None;
    for entry in &tail {
        let key = DocumentKey { place, id: entry.document };
        let mut step = Step { entry, moving: documents.get_mut(&key), arriving };
        if !step.take(tx, row, &mut target, &mut fresh)? {
            return Ok(false);
        }
    }
    let mut done = Vec::new();
    for (key, moving) in documents {
        let kind = moving.kind;
        let document = catch_unwind(AssertUnwindSafe(|| moving.finish())).ok().flatten();
        let Some(document) = document else { return Ok(false) };
        done.push((key, kind, document));
    }

    let head = match kept {
        0 => row.opening.hash(),
        _ => tx.hash_after(&old, kept)?.unwrap_or_else(|| row.opening.hash()),
    };
    tx.cut_log(&old, kept, &head)?;
    if let Some(target) = target.filter(|_| !fresh.is_empty()) {
        tx.succeed_log(&old, &target.opening)?;
        let mut head = target.opening.hash();
        for (entry, number) in fresh.into_iter().zip(1..) {
            head = log::next_hash(&head, number, &entry.document, entry.kind, &entry.digest);
            tx.append(&EntryRow { log: target.opening.log(), number, hash: head, ..entry })?;
        }
    }
    for (key, kind, document) in done {
        tx.put_document(&key, kind, document.automerge(), &document.save())?;
    }
    Ok(true)
}

/// The document and digest of an entry that is on its way in.
pub(super) type Arriving<'a> = dyn Fn(&LogId, u64) -> Option<(DocumentId, Hash)> + 'a;

/// The log that entries go to.
struct Target {
    opening: Opening,
    /// Entries went there before. Which number comes next.
    known: bool,
    next: u64,
}

/// One entry of the tail on its way to another log.
struct Step<'a> {
    entry: &'a EntryRow,
    /// Its document; none if that was deleted, and its words with it.
    moving: Option<&'a mut Moving>,
    arriving: &'a Arriving<'a>,
}

impl Step<'_> {
    /// Finds where the entry went before, or puts it among the `fresh`. `false` if neither can be.
    fn take<T: Transaction>(
        &mut self,
        tx: &T,
        row: &LogRow,
        target: &mut Option<Target>,
        fresh: &mut Vec<EntryRow>,
    ) -> Result<bool, T::Error> {
        let mut begun = false;
        loop {
            let current = match target {
                Some(target) => target,
                None => {
                    begun = true;
                    target.insert(self.beginning(tx, row)?)
                }
            };
            let moved = match (self.entry.kind, &self.moving) {
                (EntryKind::Change, None) => None,
                _ => match self.under(&current.opening.log()) {
                    Some(moved) => Some(moved),
                    None => return Ok(false),
                },
            };
            if !current.known {
                fresh.extend(moved);
                return Ok(true);
            }
            let there = self.there(tx, &current.opening.log(), current.next)?;
            let same = there.is_some_and(|(document, digest)| {
                document == self.entry.document && moved.as_ref().is_none_or(|moved| moved.digest == digest)
            });
            if same {
                current.next += 1;
                return Ok(true);
            }
            if moved.is_none() || begun {
                return Ok(moved.is_none());
            }
            *target = None;
        }
    }

    /// The log that begins with this entry.
    fn beginning<T: Transaction>(&self, tx: &T, row: &LogRow) -> Result<Target, T::Error> {
        let mut hasher = Hasher::new(Label::MovedLog);
        hasher.field(row.opening.log().as_bytes());
        hasher.field(self.entry.hash.as_bytes());
        let opening = Opening { nonce: hasher.finish().first(), ..row.opening };
        Ok(Target { known: self.there(tx, &opening.log(), 1)?.is_some(), opening, next: 1 })
    }

    fn there<T: Transaction>(&self, tx: &T, log: &LogId, number: u64) -> Result<Option<(DocumentId, Hash)>, T::Error> {
        if let Some(arriving) = (self.arriving)(log, number) {
            return Ok(Some(arriving));
        }
        Ok(tx.reference(log, number)?.map(|entry| (entry.document, entry.digest)))
    }

    /// The entry as it is under another log.
    fn under(&mut self, to: &LogId) -> Option<EntryRow> {
        let Some(moving) = self.moving.as_mut().filter(|_| self.entry.kind == EntryKind::Change) else {
            return Some(self.entry.clone());
        };
        let change = catch_unwind(AssertUnwindSafe(|| moving.change(&self.entry.digest, to))).ok().flatten()?;
        Some(EntryRow {
            digest: change::hash_of(&change.hash()),
            sequence: change.seq(),
            last_op: change.max_op(),
            payload: Some(change.raw_bytes().to_vec()),
            ..self.entry.clone()
        })
    }
}

/// A document whose changes of the tail are made again under other actors.
struct Moving {
    kind: Kind,
    changes: BTreeMap<Hash, Change>,
    tail: BTreeSet<Hash>,
    from: ActorId,
    /// Who made them again, by what they were.
    moved: BTreeMap<Hash, (LogId, Change)>,
    /// By their first operations: the last ones, and where they went.
    operations: BTreeMap<u64, (u64, LogId)>,
}

impl Moving {
    fn open(kind: Kind, saved: &[u8], old: &LogId, first: Hash) -> Option<Self> {
        let load = || Document::load(saved).ok().map(|document| document.into_automerge().get_changes(&[]));
        let changes = catch_unwind(AssertUnwindSafe(load)).ok().flatten()?;
        Some(Self {
            kind,
            changes: changes.into_iter().map(|change| (change::hash_of(&change.hash()), change)).collect(),
            tail: BTreeSet::from([first]),
            from: change::actor(old),
            moved: BTreeMap::new(),
            operations: BTreeMap::new(),
        })
    }

    /// A change of the tail as it is under another log. Those that it builds on came before.
    fn change(&mut self, digest: &Hash, to: &LogId) -> Option<Change> {
        let original = self.changes.get(digest)?.clone();
        self.moved.remove(digest);
        self.operations.insert(original.start_op().get(), (original.max_op(), *to));
        let sequence = self.moved.values().filter(|(log, _)| log == to).count() as u64 + 1;
        let mut parts: ExpandedChange = original.decode();
        parts.actor_id = change::actor(to);
        parts.seq = sequence;
        parts.hash = None;
        for dependency in &mut parts.deps {
            if let Some((_, moved)) = self.moved.get(&change::hash_of(dependency)) {
                *dependency = moved.hash();
            }
        }
        parts.deps.sort_unstable();
        parts.operations = parts.operations.into_iter().map(|operation| self.operation(operation)).collect();
        let change = Change::from(parts);
        self.moved.insert(*digest, (*to, change.clone()));
        Some(change)
    }

    /// The document with the moved changes in place of the tail. `None` if another log builds on the tail, or the document
    /// does not survive it.
    fn finish(self) -> Option<Document> {
        let mut changes: BTreeMap<ChangeHash, Change> = BTreeMap::new();
        for (digest, change) in self.changes {
            if self.tail.contains(&digest) || digest == self.kind.first_change() {
                continue;
            }
            if change.deps().iter().any(|dependency| self.tail.contains(&change::hash_of(dependency))) {
                return None;
            }
            changes.insert(change.hash(), change);
        }
        changes.extend(self.moved.into_values().map(|(_, change)| (change.hash(), change)));
        let mut changes: Vec<_> = changes.into_values().collect();
        changes.sort_by_key(Change::seq);
        let mut document = Document::new(self.kind);
        document.adopt(changes).then_some(document)
    }

    fn operation(&self, operation: Op) -> Op {
        Op {
            obj: match operation.obj {
                ObjectId::Id(object) => ObjectId::Id(self.id(object)),
                ObjectId::Root => ObjectId::Root,
            },
            key: match operation.key {
                Key::Seq(ElementId::Id(element)) => Key::Seq(ElementId::Id(self.id(element))),
                key => key,
            },
            pred: operation.pred.into_iter().map(|id| self.id(id)).collect(),
            ..operation
        }
    }

    fn id(&self, id: OpId) -> OpId {
        let moved = self.operations.range(..=id.0).next_back().filter(|(_, (last, _))| id.0 <= *last);
        match moved {
            Some((_, (_, to))) if id.1 == self.from => OpId(id.0, change::actor(to)),
            _ => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::transaction::Transactable;
    use automerge::{Automerge, ROOT, ReadDoc};

    fn type_into(document: &mut Automerge, at: usize, gone: isize, text: &str) {
        document
            .transact::<_, _, automerge::AutomergeError>(|edit| {
                let (_, body) = edit.get(ROOT, "body")?.expect("the kind's first change makes it");
                edit.splice_text(&body, at, gone, text)?;
                edit.mark(
                    &body,
                    automerge::marks::Mark::new("bold".into(), true, at, at + 1),
                    automerge::marks::ExpandMark::None,
                )?;
                edit.put(ROOT, "mood", text)
            })
            .unwrap();
    }

    fn text(document: &Automerge) -> String {
        let (_, body) = document.get(ROOT, "body").unwrap().unwrap();
        document.text(&body).unwrap()
    }

    /// Words typed into, deleted from and marked in what the log had before come out at their places, and merge with the
    /// other branch.
    #[test]
    fn a_tail_is_the_same_under_another_actor() {
        let (old, new) = (LogId::from_bytes([1; 16]), LogId::from_bytes([2; 16]));
        let mut common = Kind::JournalEntry.new_document();
        common.set_actor(change::actor(&old));
        type_into(&mut common, 0, 0, "rain on the roof");
        let mut other = common.clone();
        type_into(&mut other, 16, 0, ", all night");
        let mut here = common.clone();
        type_into(&mut here, 0, 4, "snow");
        type_into(&mut here, 4, 0, " and wind");
        let tail: Vec<_> =
            here.get_changes(&common.get_heads()).iter().map(|change| change::hash_of(&change.hash())).collect();
        assert_eq!(tail.len(), 2);

        // Both into one log, or each into one of its own.
        for targets in [[new, new], [new, LogId::from_bytes([3; 16])]] {
            let mut moving = Moving::open(Kind::JournalEntry, &here.save(), &old, tail[0]).unwrap();
            moving.tail.insert(tail[1]);
            for (digest, to) in tail.iter().zip(&targets) {
                let change = moving.change(digest, to).unwrap();
                assert_eq!(change.actor_id(), &change::actor(to));
                assert_eq!(moving.change(digest, to), Some(change));
            }
            let document = moving.finish().unwrap();
            assert_eq!(text(document.automerge()), text(&here));
            merges_with(document, &other, &common);
        }
    }

    fn merges_with(document: Document, other: &Automerge, common: &Automerge) {
        let mut merged = document.into_automerge();
        merged.apply_changes(other.get_changes(&common.get_heads())).unwrap();
        assert_eq!(text(&merged), "snow and wind on the roof, all night");
        assert!(Document::load(&merged.save()).is_ok());
    }

    #[test]
    fn what_another_log_builds_on_stays() {
        let (old, new) = (LogId::from_bytes([1; 16]), LogId::from_bytes([2; 16]));
        let mut document = Kind::JournalEntry.new_document();
        document.set_actor(change::actor(&old));
        type_into(&mut document, 0, 0, "rain");
        let tail: Vec<_> = document.get_heads().iter().map(change::hash_of).collect();
        document.set_actor(change::actor(&LogId::from_bytes([3; 16])));
        type_into(&mut document, 4, 0, " and snow");
        let mut moving = Moving::open(Kind::JournalEntry, &document.save(), &old, tail[0]).unwrap();
        assert!(moving.change(&tail[0], &new).is_some());
        assert!(moving.finish().is_none());
    }
}
