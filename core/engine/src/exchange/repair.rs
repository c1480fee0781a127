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
use crate::ids::{DocumentKey, LogId};
use crate::kinds::Kind;
use crate::log::{self, EntryKind, Opening};
use crate::store::{DocumentRow, EntryRow, EntryState, LogRow, Transaction};

/// Moves what stands in a log beyond its first `kept` entries into a new log. `false`, and nothing was touched, if another
/// log's changes build on it, which can't be made again here, if a change of it is not part of its document here, or if this
/// very branch moved before.
pub(super) fn move_tail<T: Transaction>(tx: &mut T, row: &LogRow, kept: u64) -> Result<bool, T::Error> {
    let (old, Some(place)) = (row.opening.log(), row.opening.place()) else { return Ok(false) };
    let mut tail = Vec::new();
    for number in kept + 1..=row.count {
        tail.extend(tx.entry(&old, number)?);
    }
    if tail.iter().any(|entry| matches!(entry.state, EntryState::Waiting | EntryState::SetAside(_))) {
        return Ok(false);
    }
    let opening = Opening { nonce: nonce(&old, &row.head), ..row.opening };
    let new = opening.log();
    if tx.log(&new)?.is_some() {
        return Ok(false); // it moved once before: branches that take turns are nobody's honest history
    }

    let mut documents: BTreeMap<DocumentKey, Vec<&EntryRow>> = BTreeMap::new();
    for entry in tail.iter().filter(|entry| entry.kind == EntryKind::Change && entry.state == EntryState::Applied) {
        documents.entry(DocumentKey { place, id: entry.document }).or_default().push(entry);
    }
    let mut rewritten = BTreeMap::new();
    let mut stored = Vec::new();
    for (key, entries) in documents {
        let Some(DocumentRow::Alive { kind, stored: saved }) = tx.document(&key)? else { continue };
        let digests = entries.iter().map(|entry| entry.digest).collect();
        // Whatever this can't do leaves both branches as they are.
        let done = catch_unwind(AssertUnwindSafe(|| rewrite(kind, &saved, &digests, &old, &new)));
        let Some((document, changes)) = done.ok().flatten() else { return Ok(false) };
        rewritten.extend(changes);
        stored.push((key, kind, document));
    }

    let head = match kept {
        0 => row.opening.hash(),
        _ => tx.entry(&old, kept)?.map_or(row.opening.hash(), |entry| entry.hash),
    };
    tx.cut_log(&old, kept, &head)?;
    tx.succeed_log(&old, &opening)?;
    let (mut number, mut head) = (0, opening.hash());
    for entry in tail {
        let moved = match entry.kind {
            EntryKind::Tombstone => entry,
            EntryKind::Change => match rewritten.remove(&entry.digest) {
                Some(change) => EntryRow {
                    digest: change::hash_of(&change.hash()),
                    sequence: change.seq(),
                    last_op: change.max_op(),
                    payload: Some(change.raw_bytes().to_vec()),
                    ..entry
                },
                None => continue, // its document was deleted, and its words with it
            },
        };
        number += 1;
        head = log::next_hash(&head, number, &moved.document, moved.kind, &moved.digest);
        tx.append(&EntryRow { log: new, number, hash: head, ..moved })?;
    }
    for (key, kind, document) in stored {
        tx.put_document(&key, kind, document.automerge(), &document.save())?;
    }
    Ok(true)
}

/// Follows from the branch that moves, so that the same vault comes to the same log.
fn nonce(log: &LogId, head: &Hash) -> [u8; 16] {
    let mut hasher = Hasher::new(Label::MovedLog);
    hasher.field(log.as_bytes());
    hasher.field(head.as_bytes());
    hasher.finish().first()
}

/// A document whose changes of the tail were made by `new` instead of `old`, and those changes by their former digest.
/// `None` if another log builds on them, or the document does not survive it.
fn rewrite(
    kind: Kind,
    saved: &[u8],
    tail: &BTreeSet<Hash>,
    old: &LogId,
    new: &LogId,
) -> Option<(Document, BTreeMap<Hash, Change>)> {
    let changes = Document::load(saved).ok()?.into_automerge().get_changes(&[]);
    let mut rename =
        Rename { from: change::actor(old), to: change::actor(new), operations: Vec::new(), hashes: BTreeMap::new() };
    let (mut kept, mut moved) = (Vec::new(), BTreeMap::new());
    for change in changes {
        let digest = change::hash_of(&change.hash());
        if tail.contains(&digest) {
            rename.operations.push((change.start_op().get(), change.max_op()));
            let renamed = rename.change(&change, moved.len() as u64 + 1);
            rename.hashes.insert(change.hash(), renamed.hash());
            moved.insert(digest, renamed);
        } else if change.deps().iter().any(|dependency| rename.hashes.contains_key(dependency)) {
            return None;
        } else if digest != kind.first_change() {
            kept.push(change);
        }
    }
    let order: Vec<_> = moved.values().cloned().collect();
    let mut document = Document::new(kind);
    document.adopt(kept.into_iter().chain(in_sequence(order)).collect()).then_some((document, moved))
}

fn in_sequence(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(Change::seq);
    changes
}

struct Rename {
    from: ActorId,
    to: ActorId,
    /// First and last operation of each change that moves.
    operations: Vec<(u64, u64)>,
    hashes: BTreeMap<ChangeHash, ChangeHash>,
}

impl Rename {
    fn change(&self, change: &Change, sequence: u64) -> Change {
        let mut parts: ExpandedChange = change.decode();
        parts.actor_id = self.to.clone();
        parts.seq = sequence;
        parts.hash = None;
        for dependency in &mut parts.deps {
            if let Some(renamed) = self.hashes.get(dependency) {
                *dependency = *renamed;
            }
        }
        parts.deps.sort_unstable();
        parts.operations = parts.operations.into_iter().map(|operation| self.operation(operation)).collect();
        Change::from(parts)
    }

    fn operation(&self, operation: Op) -> Op {
        Op {
            obj: match operation.obj {
                ObjectId::Id(id) => ObjectId::Id(self.id(id)),
                ObjectId::Root => ObjectId::Root,
            },
            key: match operation.key {
                Key::Seq(ElementId::Id(id)) => Key::Seq(ElementId::Id(self.id(id))),
                key => key,
            },
            pred: operation.pred.into_iter().map(|id| self.id(id)).collect(),
            ..operation
        }
    }

    fn id(&self, id: OpId) -> OpId {
        let moves = id.1 == self.from && self.operations.iter().any(|(first, last)| (first..=last).contains(&&id.0));
        if moves { OpId(id.0, self.to.clone()) } else { id }
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
        let tail: BTreeSet<_> =
            here.get_changes(&common.get_heads()).iter().map(|change| change::hash_of(&change.hash())).collect();
        assert_eq!(tail.len(), 2);

        let (document, moved) = rewrite(Kind::JournalEntry, &here.save(), &tail, &old, &new).unwrap();
        assert_eq!(text(document.automerge()), text(&here));
        assert!(moved.values().all(|change| change.actor_id() == &change::actor(&new)));
        assert_eq!(moved.values().map(Change::seq).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
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
        let tail = document.get_heads().iter().map(change::hash_of).collect();
        document.set_actor(change::actor(&LogId::from_bytes([3; 16])));
        type_into(&mut document, 4, 0, " and snow");
        assert!(rewrite(Kind::JournalEntry, &document.save(), &tail, &old, &new).is_none());
    }
}
