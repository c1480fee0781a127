//! The documents of a batch: each takes in the changes that came for it, on a thread of its own where there are some.
//!
//! Applying a change and proving that its document still saves and loads takes nearly all the time of a first sync, and no
//! document depends on another. So what a group of documents needs is read first, then every document of the group is worked
//! on apart from the store, then the results are written in order. Groups are small: memory does not grow with the batch.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use automerge::{Change, ChangeHash};

use crate::change::{self, Parsed, Unusable};
use crate::document::{self, Verdict};
use crate::ids::{DocumentKey, LogId, PersonId};
use crate::kinds::Kind;
use crate::limits;
use crate::log::EntryKind;
use crate::store::{DocumentRow, EntryRow, EntryState, Transaction};

/// Documents that are worked on before their results are written.
const GROUP: usize = 64;

/// A group ends early when it has this many bytes of stored documents and changes.
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// A new entry, and its change, which is read when it is first needed.
pub(super) struct Fresh {
    pub(super) row: EntryRow,
    change: OnceLock<Parsed>,
    /// Whose removed device wrote it past its floor.
    pub(super) past: Option<PersonId>,
}

impl Fresh {
    pub(super) fn new(row: EntryRow) -> Self {
        Self { row, change: OnceLock::new(), past: None }
    }

    pub(super) fn past_floor(self, past: Option<PersonId>) -> Self {
        Self { past, ..self }
    }

    pub(super) fn name(&self) -> (LogId, u64) {
        (self.row.log, self.row.number)
    }

    fn change(&self) -> Option<&Parsed> {
        let payload = self.row.payload.as_deref().filter(|_| self.row.kind == EntryKind::Change)?;
        Some(self.change.get_or_init(|| change::parse(payload, &self.row.log)))
    }

    fn operations(&self) -> u64 {
        self.change().and_then(|change| change.as_ref().ok()).map_or(0, |change| change.len() as u64)
    }

    /// The change's sequence number and last operation; zeros where there is none.
    pub(super) fn numbers(&self) -> (u64, u64) {
        match self.change() {
            Some(Ok(change)) => (change.seq(), change.max_op()),
            _ => (self.row.sequence, self.row.last_op),
        }
    }

    /// The entry with the numbers of its change.
    pub(super) fn numbered(&self) -> EntryRow {
        let (sequence, last_op) = self.numbers();
        EntryRow { sequence, last_op, ..self.row.clone() }
    }
}

/// What came for one document.
pub(super) struct Document<'a> {
    pub(super) key: DocumentKey,
    pub(super) fresh: Vec<&'a Fresh>,
    /// It comes together with its tombstone: if it is not here yet, it need not be made.
    pub(super) never_seen: bool,
    /// Changes of removed devices may have been set aside here.
    pub(super) left_behind: bool,
}

/// What became of entries, the earlier ones that had waited included.
pub(super) type Verdicts = BTreeMap<(LogId, u64), EntryState>;

/// Verdicts, and the documents that changed.
type Taken = (Verdicts, BTreeSet<DocumentKey>);

/// Takes changes in and stores the documents. Says what became of each entry that moved, and which documents changed; none,
/// and what was stored is to be dropped, if there are more operations than a batch may have.
pub(super) fn take_in<'a, T: Transaction>(
    tx: &mut T,
    documents: impl Iterator<Item = Document<'a>>,
    workers: usize,
) -> Result<Option<Taken>, T::Error> {
    let (mut verdicts, mut changed) = (Verdicts::new(), BTreeSet::new());
    let operations = AtomicU64::new(0);
    let mut documents = documents.peekable();
    while documents.peek().is_some() {
        let (mut group, mut size, mut loaded) = (Vec::new(), 0, 0);
        // A stored document may take a thousand times its bytes once it is loaded, so few are open at once.
        while size < GROUP_BYTES && group.len() < GROUP && loaded < workers.max(1) {
            let Some(document) = documents.next() else { break };
            let task = Task::read(tx, document)?;
            size += task.size();
            loaded += usize::from(matches!(task.stored, Some(DocumentRow::Alive { .. })));
            group.push(task);
        }
        let carry_out = |task: Task<'_>| {
            let fresh = task.fresh.iter().map(|fresh| fresh.operations()).sum();
            let before = operations.fetch_add(fresh, Ordering::Relaxed);
            (before + fresh <= limits::BATCH_OPERATIONS).then(|| task.carry_out())
        };
        for done in in_parallel(group, workers, carry_out) {
            let Some(done) = done else { return Ok(None) };
            verdicts.extend(done.verdicts);
            if let Some((kind, document, by)) = done.aside {
                tx.put_aside(&done.key, kind, &document.save(), &by)?;
            }
            if let Some((kind, document)) = done.changed {
                tx.put_document(&done.key, kind, document.automerge(), &document.save())?;
                changed.insert(done.key);
            }
        }
    }
    Ok(Some((verdicts, changed)))
}

/// One document with all that it takes to work on it apart from the store.
struct Task<'a> {
    key: DocumentKey,
    stored: Option<DocumentRow>,
    earlier: Vec<Fresh>,
    fresh: Vec<&'a Fresh>,
    never_seen: bool,
}

struct Done {
    key: DocumentKey,
    verdicts: Verdicts,
    changed: Option<(Kind, document::Document)>,
    /// The document as it would be with what was set aside because a removed device wrote it.
    aside: Option<(Kind, document::Document, PersonId)>,
}

impl<'a> Task<'a> {
    fn read<T: Transaction>(tx: &T, document: Document<'a>) -> Result<Self, T::Error> {
        let Document { key, fresh, never_seen, left_behind } = document;
        let stored = tx.document(&key)?;
        let mut earlier: Vec<_> = match stored {
            Some(DocumentRow::Buried) => Vec::new(),
            _ => tx.waiting(&key, limits::WAITING_BYTES)?.into_iter().map(Fresh::new).collect(),
        };
        if left_behind && stored != Some(DocumentRow::Buried) {
            for row in tx.left_behind(&key, limits::WAITING_BYTES)? {
                let by = tx.log(&row.log)?.map(|log| log.opening.person);
                earlier.push(Fresh::new(row).past_floor(by));
            }
        }
        Ok(Self { key, stored, earlier, fresh, never_seen })
    }

    fn size(&self) -> usize {
        let stored = match &self.stored {
            Some(DocumentRow::Alive { stored, .. }) => stored.len(),
            _ => 0,
        };
        let entries = self.earlier.iter().chain(self.fresh.iter().copied());
        stored + entries.map(|fresh| fresh.row.payload.as_ref().map_or(0, Vec::len)).sum::<usize>()
    }

    fn carry_out(self) -> Done {
        let all = |state| self.fresh.iter().map(|fresh| (fresh.name(), state)).collect();
        let nothing = |verdicts| Done { key: self.key, verdicts, changed: None, aside: None };
        let loaded = match &self.stored {
            Some(DocumentRow::Buried) => return nothing(all(EntryState::Buried)),
            None if self.never_seen => return nothing(all(EntryState::Buried)),
            Some(DocumentRow::Alive { kind, stored }) => {
                document::Document::load(stored).ok().map(|document| (*kind, document))
            }
            None => first_kind(&self.counting()).map(|kind| (kind, document::Document::new(kind))),
        };
        let set_aside = self.past().into_iter().filter(|fresh| fresh.row.state == EntryState::Waiting);
        let mut verdicts: Verdicts =
            set_aside.map(|fresh| (fresh.name(), EntryState::SetAside(Unusable::Removed))).collect();
        let aside_of = |kind_and_document: Option<(Kind, &document::Document)>| {
            let past = self.past();
            let (kind, mut aside) = match kind_and_document {
                Some((kind, document)) => (kind, document.clone()),
                None => first_kind(&past).map(|kind| (kind, document::Document::new(kind)))?,
            };
            let by = past.iter().filter(|fresh| fresh.row.state == EntryState::Waiting).find_map(|fresh| fresh.past)?;
            admit(&past, &mut aside, &mut Verdicts::new()).then_some((kind, aside, by))
        };
        // A stored document that does not load, or one whose beginning is not here: what can be used later is kept and waits.
        let Some((kind, mut document)) = loaded else {
            let unusable = self.fresh.iter().filter_map(|fresh| match fresh.change() {
                Some(Err(why)) => Some((fresh.name(), EntryState::SetAside(*why))),
                _ => None,
            });
            verdicts.extend(unusable);
            let aside = if self.stored.is_none() { aside_of(None) } else { None };
            return Done { aside, ..nothing(verdicts) };
        };
        let changed = admit(&self.counting(), &mut document, &mut verdicts);
        let aside = aside_of(Some((kind, &document)));
        Done { key: self.key, verdicts, changed: changed.then_some((kind, document)), aside }
    }

    fn all(&self) -> impl Iterator<Item = &Fresh> {
        self.earlier.iter().chain(self.fresh.iter().copied())
    }

    /// The changes that count: those within their floors, and of the others those that one of these builds on.
    fn counting(&self) -> Vec<&Fresh> {
        let kept = self.built_on();
        self.all().filter(|fresh| fresh.past.is_none() || kept.contains(&fresh.name())).collect()
    }

    /// The changes that removed devices wrote past their floors, and nobody else builds on.
    fn past(&self) -> Vec<&Fresh> {
        let kept = self.built_on();
        self.all().filter(|fresh| fresh.past.is_some() && !kept.contains(&fresh.name())).collect()
    }

    fn built_on(&self) -> BTreeSet<(LogId, u64)> {
        if !self.all().any(|fresh| fresh.past.is_some()) {
            return BTreeSet::new();
        }
        fn read(fresh: &Fresh) -> Option<&Change> {
            fresh.change()?.as_ref().ok()
        }
        let past: BTreeMap<ChangeHash, &Fresh> = self
            .all()
            .filter(|fresh| fresh.past.is_some())
            .filter_map(|fresh| Some((read(fresh)?.hash(), fresh)))
            .collect();
        let counting = self.all().filter(|fresh| fresh.past.is_none()).filter_map(read);
        let mut open: Vec<ChangeHash> = counting.flat_map(|change| change.deps().to_vec()).collect();
        let mut kept = BTreeSet::new();
        while let Some(hash) = open.pop() {
            if let Some(fresh) = past.get(&hash).filter(|fresh| !kept.contains(&fresh.name())) {
                kept.insert(fresh.name());
                open.extend(read(fresh).map(|change| change.deps().to_vec()).unwrap_or_default());
            }
        }
        kept
    }
}

/// The kind that a new document begins with: the one whose first change an entry builds on.
fn first_kind(entries: &[&Fresh]) -> Option<Kind> {
    entries.iter().find_map(|fresh| {
        let change = fresh.change()?.as_ref().ok()?;
        change.deps().iter().find_map(|dependency| Kind::from_first_change(&change::hash_of(dependency)))
    })
}

/// Takes the changes in, each after what it builds on. Did any come to be part of the document?
fn admit(entries: &[&Fresh], document: &mut document::Document, verdicts: &mut Verdicts) -> bool {
    let with_changes = entries.iter().filter_map(|fresh| Some((*fresh, fresh.change()?)));
    let open = after_what_they_build_on(with_changes.collect());
    let changes: Vec<_> = open.iter().map(|(fresh, change)| (fresh.row.log, *change)).collect();
    let mut changed = false;
    for ((fresh, _), verdict) in open.iter().zip(document.admit(&changes)) {
        let state = match verdict {
            Verdict::Waiting => continue,
            Verdict::Applied => EntryState::Applied,
            Verdict::SetAside(why) => EntryState::SetAside(why),
        };
        changed |= state == EntryState::Applied;
        verdicts.insert(fresh.name(), state);
    }
    changed
}

type Open<'a> = (&'a Fresh, &'a Parsed);

/// The same changes, each behind those of them that it builds on, and otherwise as they came. An honest sender sends them so.
fn after_what_they_build_on(open: Vec<Open<'_>>) -> Vec<Open<'_>> {
    let mut places: BTreeMap<ChangeHash, usize> = BTreeMap::new();
    for (place, (_, change)) in open.iter().enumerate() {
        if let Ok(change) = change {
            places.entry(change.hash()).or_insert(place);
        }
    }
    let mut missing = vec![0_usize; open.len()];
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
    for (place, (_, change)) in open.iter().enumerate() {
        let dependencies = change.as_ref().map_or(&[][..], Change::deps);
        for before in dependencies.iter().filter_map(|dependency| places.get(dependency)) {
            next[*before].push(place);
            missing[place] += 1;
        }
    }
    let mut ready: BinaryHeap<_> = (0..open.len()).filter(|place| missing[*place] == 0).map(Reverse).collect();
    let mut ordered = Vec::with_capacity(open.len());
    while let Some(Reverse(place)) = ready.pop() {
        ordered.push(open[place]);
        for after in &next[place] {
            missing[*after] -= 1;
            if missing[*after] == 0 {
                ready.push(Reverse(*after));
            }
        }
    }
    ordered // hashes make no circles, so all of them are here
}

/// Does every task and gives the results in the order of the tasks.
fn in_parallel<T: Send, R: Send>(tasks: Vec<T>, workers: usize, carry_out: impl Fn(T) -> R + Sync) -> Vec<R> {
    let workers = workers.min(tasks.len());
    if workers <= 1 {
        return tasks.into_iter().map(carry_out).collect();
    }
    let open: Mutex<VecDeque<(usize, T)>> = Mutex::new(tasks.into_iter().enumerate().collect());
    let next = || open.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let work = || {
        let mut done = Vec::new();
        while let Some((place, task)) = next() {
            done.push((place, carry_out(task)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mine = work();
        let theirs = helpers.into_iter().flat_map(|helper| match helper.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        mine.into_iter().chain(theirs).collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}
