//! Taking changes from outside into a document, so that nothing hostile harms what is there.
//!
//! Changes are applied to a copy, behind a guard against panics. The copy replaces the stored form only if it saves and
//! loads again with the same heads. Before Automerge applies a change, everything is checked that it does not check by
//! itself (each of these was seen to go wrong): a first operation that does not follow from the dependencies applies,
//! saves and then never loads again; a gap in an actor's sequence or an unknown actor panics.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{Automerge, Change, ChangeHash, ReadDoc};

use crate::change::{self, Parsed, Unusable};
use crate::hash::Hash;
use crate::ids::LogId;
use crate::kinds::{self, Kind, ZERO_ACTOR};
use crate::limits;

/// How often the harm is looked for in one batch of changes. One harmful change among the most that a batch may hold is found
/// in half as many.
const MOST_TRIES: usize = 32;

/// How many operations all tries together may go through again, unless the least number of tries takes more.
const TRIED_OPERATIONS: u64 = 2_000_000;
const LEAST_TRIES: usize = 4;

/// Changes that are looked at to see whether one is an ancestor of another: for one change, and for all that come at once.
const MOST_STEPS: usize = 20_000;
const MOST_STEPS_AT_ONCE: usize = 400_000;

/// A document open in memory, with what is needed to judge further changes.
#[derive(Clone)]
pub struct Document {
    automerge: Automerge,
    /// Its stored form, as long as nothing was applied since.
    saved: Option<Vec<u8>>,
    known: BTreeMap<ChangeHash, Known>,
    last: BTreeMap<LogId, (u64, ChangeHash)>,
    /// How many steps along its history are left to those who came at once.
    steps: usize,
}

#[derive(Clone)]
struct Known {
    max_op: u64,
    dependencies: Vec<ChangeHash>,
}

/// What became of one change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is in the document.
    Applied,
    /// It builds on changes that are not here yet.
    Waiting,
    /// It can't be used.
    SetAside(Unusable),
}

/// The stored form of a document does not load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored document does not load")]
pub struct DamagedDocument;

/// One change as the stored form of its document tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// The log that it stands in.
    pub log: LogId,
    /// As its author numbered it, from 1.
    pub sequence: u64,
    /// Its hash.
    pub digest: Hash,
    /// The number of its last operation.
    pub last_op: u64,
}

/// All changes that a stored form holds, in an order that puts what a change builds on before it.
pub fn told(stored: &[u8]) -> Result<Vec<Told>, DamagedDocument> {
    let load = || Automerge::load_with_options(stored, kinds::load_options());
    let automerge = catch_unwind(load).map_err(|_| DamagedDocument)?.map_err(|_| DamagedDocument)?;
    let metas = automerge.get_changes_meta(&[]);
    let told = metas.into_iter().filter_map(|meta| {
        let log = LogId::from_slice(meta.actor.to_bytes())?;
        Some(Told { log, sequence: meta.seq, digest: change::hash_of(&meta.hash), last_op: meta.max_op })
    });
    Ok(told.collect())
}

impl Document {
    /// A document with nothing but its first change.
    pub fn new(kind: Kind) -> Self {
        Self::index(kind.new_document())
    }

    /// Loads a stored form.
    pub fn load(stored: &[u8]) -> Result<Self, DamagedDocument> {
        let automerge = catch_unwind(|| Automerge::load_with_options(stored, kinds::load_options()))
            .map_err(|_| DamagedDocument)?
            .map_err(|_| DamagedDocument)?;
        Ok(Self::index(automerge))
    }

    fn index(automerge: Automerge) -> Self {
        let mut document = Self { automerge, saved: None, known: BTreeMap::new(), last: BTreeMap::new(), steps: 0 };
        let metas: Vec<_> =
            document.automerge.get_changes_meta(&[]).into_iter().map(|meta| meta.into_owned()).collect();
        for meta in metas {
            if let Some(log) = LogId::from_slice(meta.actor.to_bytes()) {
                document.note(log, meta.seq, meta.hash, Known { max_op: meta.max_op, dependencies: meta.deps });
            }
        }
        document
    }

    fn note(&mut self, log: LogId, sequence: u64, hash: ChangeHash, known: Known) {
        self.known.insert(hash, known);
        let last = self.last.entry(log).or_insert((sequence, hash));
        if sequence >= last.0 {
            *last = (sequence, hash);
        }
    }

    /// Takes in changes that are known to be this person's own. `false` if they do not make a whole that loads again.
    pub(crate) fn adopt(&mut self, changes: Vec<Change>) -> bool {
        let mut automerge = core::mem::take(&mut self.automerge);
        let applied = automerge.apply_changes(changes).is_ok() && automerge.get_missing_deps(&[]).is_empty();
        *self = Self::index(automerge);
        applied && self.survives_saving()
    }

    /// The document itself.
    pub fn automerge(&self) -> &Automerge {
        &self.automerge
    }

    /// The document itself, to read or to write to under an own log.
    pub fn into_automerge(self) -> Automerge {
        self.automerge
    }

    /// The form to store.
    pub fn save(&self) -> Cow<'_, [u8]> {
        self.saved.as_deref().map_or_else(|| Cow::Owned(self.automerge.save()), Cow::Borrowed)
    }

    /// Its heads, in rising order.
    pub fn heads(&self) -> Vec<Hash> {
        let mut heads: Vec<_> = self.automerge.get_heads().iter().map(change::hash_of).collect();
        heads.sort_unstable();
        heads
    }

    /// Does it hold this change?
    pub fn holds(&self, digest: &Hash) -> bool {
        self.known.contains_key(&change::change_hash(digest))
    }

    /// The chunk of a change that it holds.
    pub fn chunk(&self, digest: &Hash) -> Option<Vec<u8>> {
        let change = self.automerge.get_change_by_hash(&change::change_hash(digest))?;
        Some(change.raw_bytes().to_vec())
    }

    /// What to write in place of a change's sequence number and first operation to get back its own, given what it builds
    /// on: the numbers that would follow. `None` if a dependency is not here.
    pub fn expected(&self, author: &LogId, dependencies: &[Hash]) -> Option<Expected> {
        let mut start_op = 1;
        for dependency in dependencies {
            start_op = start_op.max(self.known.get(&change::change_hash(dependency))?.max_op + 1);
        }
        Some(Expected { sequence: self.last.get(author).map_or(1, |(sequence, _)| sequence + 1), start_op })
    }

    /// Takes in changes of one batch, in order, each with the log that it stands in and as [`change::parse`] read it there.
    /// What depends on a change that was set aside waits.
    ///
    /// Most batches do no harm, so all that can be checked is checked first, then all changes are applied and the whole is
    /// saved and loaded once. If that fails, it goes back and takes the two halves one after the other, until the one change
    /// that does the harm stands alone. Whoever sends many such is not searched for the good ones among them for ever.
    pub fn admit(&mut self, changes: &[(LogId, &Parsed)]) -> Vec<Verdict> {
        let operations = self.known.values().map(|known| known.max_op).max().unwrap_or_default();
        let tries = TRIED_OPERATIONS / operations.max(1);
        self.steps = MOST_STEPS_AT_ONCE;
        self.admit_with(changes, &mut (tries as usize).clamp(LEAST_TRIES, MOST_TRIES))
    }

    fn admit_with(&mut self, changes: &[(LogId, &Parsed)], tries: &mut usize) -> Vec<Verdict> {
        let before = self.clone();
        let mut good = Vec::new();
        let verdicts: Vec<_> = changes.iter().map(|(log, change)| self.judge(log, change, &mut good)).collect();
        if good.is_empty() || self.apply(good) {
            return verdicts;
        }
        let steps = self.steps;
        *self = before;
        self.steps = steps;
        *tries = tries.saturating_sub(1);
        if changes.len() == 1 || *tries == 0 {
            let here = |change: &Parsed| change.as_ref().is_ok_and(|change| self.known.contains_key(&change.hash()));
            let refused = changes.iter().zip(verdicts).map(|((_, change), verdict)| match verdict {
                Verdict::Applied if !here(change) => Verdict::SetAside(Unusable::Damaging),
                verdict => verdict,
            });
            return refused.collect();
        }
        let (first, second) = changes.split_at(changes.len() / 2);
        let mut verdicts = self.admit_with(first, tries);
        verdicts.extend(self.admit_with(second, tries));
        verdicts
    }

    /// Can a change follow? If so it is noted as if it were applied, and is among the `good`.
    fn judge(&mut self, log: &LogId, change: &Parsed, good: &mut Vec<Change>) -> Verdict {
        let change = match change {
            Ok(change) => change,
            Err(unusable) => return Verdict::SetAside(*unusable),
        };
        if self.known.contains_key(&change.hash()) {
            return Verdict::Applied;
        }
        if !change.deps().iter().all(|dependency| self.known.contains_key(dependency)) {
            return Verdict::Waiting;
        }
        if let Err(unusable) = self.follows(log, change) {
            return Verdict::SetAside(unusable);
        }
        let known = Known { max_op: change.max_op(), dependencies: change.deps().to_vec() };
        self.note(*log, change.seq(), change.hash(), known);
        good.push(change.clone());
        Verdict::Applied
    }

    /// Applies changes that were judged good. `false` if that harms the document: the caller goes back to the state before.
    fn apply(&mut self, changes: Vec<Change>) -> bool {
        self.saved = None;
        let hashes: Vec<_> = changes.iter().map(Change::hash).collect();
        let automerge = &mut self.automerge;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            automerge.apply_changes(changes).is_ok()
                && hashes.iter().all(|hash| automerge.get_change_meta_by_hash(hash).is_some())
        }));
        applied.unwrap_or(false) && self.survives_saving()
    }

    fn follows(&mut self, log: &LogId, change: &Change) -> Result<(), Unusable> {
        let dependencies: Vec<_> = change.deps().iter().map(change::hash_of).collect();
        let expected = self.expected(log, &dependencies).ok_or(Unusable::OutOfSequence)?;
        if change.deps().is_empty() || change.seq() != expected.sequence || change.start_op().get() != expected.start_op
        {
            return Err(Unusable::OutOfSequence);
        }
        if let Some((_, previous)) = self.last.get(log).copied()
            && !self.is_ancestor(&previous, change.deps())
        {
            return Err(Unusable::OutOfSequence);
        }
        if expected.start_op + change.len() as u64 > limits::DOCUMENT_OPERATIONS {
            return Err(Unusable::TooManyOperations);
        }
        let known = |actor: &automerge::ActorId| {
            LogId::from_slice(actor.to_bytes())
                .is_some_and(|actor| actor == ZERO_ACTOR || self.last.contains_key(&actor))
        };
        if change.other_actor_ids().iter().all(known) { Ok(()) } else { Err(Unusable::ForeignActor) }
    }

    /// Only changes that end later than the one that is wanted can have it among their ancestors, so a walk ends soon
    /// unless much was written beside it; beyond [`MOST_STEPS`] and [`MOST_STEPS_AT_ONCE`] the answer is no.
    fn is_ancestor(&mut self, wanted: &ChangeHash, from: &[ChangeHash]) -> bool {
        let Some(end) = self.known.get(wanted).map(|known| known.max_op) else { return false };
        let mut seen = BTreeSet::new();
        let mut open = from.to_vec();
        while let Some(hash) = open.pop() {
            if hash == *wanted {
                return true;
            }
            if self.steps > 0
                && seen.len() < MOST_STEPS
                && seen.insert(hash)
                && let Some(known) = self.known.get(&hash)
                && known.max_op > end
            {
                self.steps -= 1;
                open.extend(&known.dependencies);
            }
        }
        false
    }

    /// Saves it, and keeps what was saved for [`Self::save`] if it loads again.
    fn survives_saving(&mut self) -> bool {
        let check = || {
            let saved = self.automerge.save();
            let again = Automerge::load_with_options(&saved, kinds::load_options()).ok()?;
            let (mut here, mut there) = (self.automerge.get_heads(), again.get_heads());
            here.sort_unstable();
            there.sort_unstable();
            (here == there).then_some(saved)
        };
        self.saved = catch_unwind(AssertUnwindSafe(check)).unwrap_or_default();
        self.saved.is_some()
    }
}

/// What follows from a change's dependencies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expected {
    /// The author's next sequence number in the document.
    pub sequence: u64,
    /// One more than the greatest operation of its ancestors.
    pub start_op: u64,
}
