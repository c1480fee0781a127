//! What a removed device wrote past its floor is set aside.
//!
//! ```text
//! the removed device's log   1 2 3 4 5 6 7         3 is its floor
//! other devices' changes            ╲  ╱           one of them builds on 4
//! what stays                 1 2 3 4               since whoever wrote it had seen 4
//! what is set aside                  5 6 7
//! ```
//!
//! Who signed the removal may not have heard of everything that the removed device told others. So a change past the floor
//! stays where somebody who is still listed built on it: that person had it before their eyes. Everybody who has the same
//! rosters and entries sets the same aside, whatever came first.
//!
//! Nothing is deleted: the entries keep their payloads, and the document as it was before is kept for its person to look at.
//!
//! A tombstone past the floor is carried out, since some device may have carried it out before it heard of the removal, and what
//! that one deleted is gone there; all are to hold the same. Where the document still lives, it is kept aside first, so that its
//! person can have its text back.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Change, ChangeHash};

use crate::change::{self, Unusable};
use crate::document::Document;
use crate::hash::Hash;
use crate::ids::{DocumentKey, LogId, PersonId, Space};
use crate::kinds::Kind;
use crate::log::{EntryKind, Tombstone};
use crate::roster::Membership;
use crate::store::{Burial, DocumentRow, EntryRow, EntryState, LogRow, Transaction};

/// Sets aside what a person's removed devices wrote past their floors in these logs. Says which documents changed. Of Private
/// this works only while it can be read; who leaves it out calls this again once it can.
///
/// It is to be called in the transaction that stores a roster in which a device was removed.
pub fn settle<T: Transaction>(
    tx: &mut T,
    person: &Membership,
    private_floors: &dyn Fn(&LogId) -> u64,
    logs: &[LogRow],
) -> Result<BTreeSet<DocumentKey>, T::Error> {
    let mut past: BTreeMap<DocumentKey, Vec<EntryRow>> = BTreeMap::new();
    let mut tombstones = Vec::new();
    for row in logs {
        let (opening, log) = (&row.opening, row.opening.log());
        let Some(place) = opening.place().filter(|_| opening.person == person.person()) else { continue };
        if !person.has_removed(&opening.device) {
            continue;
        }
        let floor = match place.space() {
            Space::Private => private_floors(&log),
            _ => person.floor(&log).map_or(0, |floor| floor.number),
        };
        for number in floor + 1..=row.count {
            let Some(entry) = tx.entry(&log, number)? else { continue };
            let key = DocumentKey { place, id: entry.document };
            match (entry.kind, entry.state) {
                (EntryKind::Change, EntryState::Applied | EntryState::Waiting) => {
                    past.entry(key).or_default().push(entry)
                }
                (EntryKind::Tombstone, EntryState::SetAside(Unusable::Removed)) => tombstones.push((log, key, entry)),
                _ => {}
            }
        }
    }
    let mut changed = BTreeSet::new();
    for (key, entries) in past {
        if settle_document(tx, &key, &entries, &person.person())? {
            changed.insert(key);
        }
    }
    // The first version that could remove a device did not carry these out.
    for (log, key, entry) in tombstones {
        let heads = entry.payload.as_deref().map(Tombstone::parse).and_then(Result::ok).unwrap_or_default().heads;
        bury(tx, &Burial { key, by: person.person(), heads }, Some(&person.person()))?;
        tx.set_state(&log, entry.number, EntryState::Applied)?;
        changed.insert(key);
    }
    Ok(changed)
}

/// Carries a tombstone out. Of one that a removed device of `past` wrote past its floor, the document is kept aside.
pub(super) fn bury<T: Transaction>(tx: &mut T, burial: &Burial, past: Option<&PersonId>) -> Result<(), T::Error> {
    let living = match past {
        Some(_) => tx.document(&burial.key)?,
        None => None,
    };
    tx.bury(burial)?;
    match (past, living) {
        (Some(by), Some(DocumentRow::Alive { kind, stored })) => tx.put_aside(&burial.key, kind, &stored, by),
        _ => Ok(()),
    }
}

fn settle_document<T: Transaction>(
    tx: &mut T,
    key: &DocumentKey,
    entries: &[EntryRow],
    by: &PersonId,
) -> Result<bool, T::Error> {
    let aside = EntryState::SetAside(Unusable::Removed);
    for entry in entries.iter().filter(|entry| entry.state == EntryState::Waiting) {
        tx.set_state(&entry.log, entry.number, aside)?;
    }
    let applied: BTreeMap<Hash, &EntryRow> =
        entries.iter().filter(|entry| entry.state == EntryState::Applied).map(|entry| (entry.digest, entry)).collect();
    let Some(DocumentRow::Alive { kind, stored }) = tx.document(key)? else { return Ok(false) };
    let parted = catch_unwind(AssertUnwindSafe(|| Parted::of(&stored, kind, &applied))).ok().flatten();
    let Some(parted) = parted else { return Ok(false) };
    tx.put_aside(key, kind, &stored, by)?;
    for change in &parted.gone {
        if let Some(entry) = applied.get(&change::hash_of(&change.hash())) {
            tx.set_aside(&entry.log, entry.number, Unusable::Removed, change.raw_bytes())?;
        }
    }
    match parted.rest {
        Some(rest) => tx.put_document(key, kind, rest.automerge(), &rest.save())?,
        None => tx.withdraw_document(key)?,
    }
    Ok(true)
}

/// A document parted into what goes and what stays.
struct Parted {
    gone: Vec<Change>,
    /// None if nothing is left but the beginning.
    rest: Option<Document>,
}

impl Parted {
    /// `None` if nothing goes, or if the rest would not make a document that loads.
    fn of(stored: &[u8], kind: Kind, past: &BTreeMap<Hash, &EntryRow>) -> Option<Self> {
        let changes = Document::load(stored).ok()?.into_automerge().get_changes(&[]);
        let is_past = |change: &Change| past.contains_key(&change::hash_of(&change.hash()));
        let kept = ancestors(&changes, changes.iter().filter(|change| !is_past(change)));
        let (gone, rest): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| is_past(change) && !kept.contains(&change.hash()));
        if gone.is_empty() {
            return None;
        }
        let begun: Vec<_> =
            rest.into_iter().filter(|change| change::hash_of(&change.hash()) != kind.first_change()).collect();
        if begun.is_empty() {
            return Some(Self { gone, rest: None });
        }
        let mut document = Document::new(kind);
        document.adopt(begun).then_some(Self { gone, rest: Some(document) })
    }
}

/// These changes and all that they build on.
fn ancestors<'a>(all: &'a [Change], of: impl Iterator<Item = &'a Change>) -> BTreeSet<ChangeHash> {
    let by_hash: BTreeMap<ChangeHash, &Change> = all.iter().map(|change| (change.hash(), change)).collect();
    let mut open: Vec<ChangeHash> = of.map(Change::hash).collect();
    let mut found = BTreeSet::new();
    while let Some(hash) = open.pop() {
        if found.insert(hash) {
            open.extend(by_hash.get(&hash).map(|change| change.deps().to_vec()).unwrap_or_default());
        }
    }
    found
}
