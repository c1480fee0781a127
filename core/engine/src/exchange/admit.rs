//! Taking in what a peer sent.
//!
//! A batch is taken in whole or not at all, in one transaction. Checked for every entry before anything is applied: its log
//! is opened by a listed device of one of the two persons and continues without a gap; the running hash comes out as the
//! sender says; a log of this device's own person ends under a tag. Its place follows from its log, so an entry can't name a
//! document that its author may not write.
//!
//! Then each document takes in its changes (see `intake` and [`crate::document`]). What is authentic and
//! can't be used is stored, counted and set aside; what builds on something that is not here waits. Neither blocks its log.
//!
//! Where a log of one's own is in dispute, a batch may bring another branch of it: it is compared with what is here, and from
//! the first difference on it is taken in instead (see `repair`).
//!
//! A withheld entry is believed of the partner's logs: a person may keep back what they deleted. Of one's own logs it is
//! believed only beside the tombstone that explains it; else a partner's phone could make a restored vault forget.

mod logs;
mod references;

use std::collections::{BTreeMap, BTreeSet};

use crate::batch::{Batch, DocumentName, EntryName, Form};
use crate::change;
use crate::exchange::Parties;
use crate::exchange::intake::{self, Fresh};
use crate::exchange::{removal, repair};
use crate::ids::{DeviceId, DocumentKey, LogId};
use crate::log::{self, EntryKind, Tag, Tombstone};
use crate::roster::Floor;
use crate::store::{Burial, DocumentRow, EntryRow, EntryState, Transaction};
use crate::vector::{Position, VersionVector};
use crate::wire::WireError;
use logs::LogState;
use references::Named;

/// Why a batch was not taken in. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its bytes do not read as a batch.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// It opens a log that its device may not open, or one under a false id.
    #[error("a log of somebody who may not write it")]
    NotTheirs,
    /// Its changes have more operations than a batch may have.
    #[error("too many operations")]
    TooManyOperations,
    /// It opens more logs than one person may have.
    #[error("too many logs")]
    TooManyLogs,
    /// It does not continue a log where it ends here.
    #[error("a gap in a log")]
    Gap,
    /// A change could not be put together from what is here: the sender may send it whole.
    #[error("an entry names what is not here")]
    UnknownReference,
    /// The running hash does not come out: the sender's log has other entries than this one.
    #[error("a log with two contents")]
    Fork(LogId),
    /// A log of one's own person does not end under a tag.
    #[error("an own entry that nobody vouches for")]
    Unvouched(LogId),
    /// A log of one's own person goes on past its floor under a key that a removed device had.
    #[error("an own entry that a removed device could have made")]
    Unconfirmed(Doubt),
}

/// What a removed device could have made of a log of one's own person. The person may [believe it](Parties::believed).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The log.
    pub log: LogId,
    /// The device that it is a log of.
    pub device: DeviceId,
    /// How far it was shown.
    pub until: Position,
}

/// Why nothing was taken in.
#[derive(Debug)]
pub enum AdmitError<E> {
    /// The store failed.
    Store(E),
    /// The batch is at fault.
    Refused(Refusal),
}

impl<E> From<Refusal> for AdmitError<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl<E> From<WireError> for AdmitError<E> {
    fn from(error: WireError) -> Self {
        Self::Refused(error.into())
    }
}

/// What a batch brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admitted {
    /// Where the logs of the batch stand here, as far as the sender has them too.
    pub reached: VersionVector,
    /// How many entries were new.
    pub entries: u64,
    /// How many of them were set aside.
    pub set_aside: u64,
    /// The documents that changed.
    pub documents: BTreeSet<DocumentKey>,
    /// Own logs that were in dispute and took another branch; what was written here goes on in new logs.
    pub repaired: BTreeSet<LogId>,
}

/// How a batch is taken in.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Its documents are worked on by this many threads. What comes of it does not depend on how many.
    pub workers: usize,
    /// Logs of this device of which another branch was asked for.
    pub disputed: &'a BTreeSet<LogId>,
    /// Logs of which nothing is taken in: what the batch has of them is passed over.
    pub left_out: &'a BTreeSet<LogId>,
}

static NO_LOGS: BTreeSet<LogId> = BTreeSet::new();

impl Terms<'static> {
    /// Everything, with this many threads.
    pub fn with(workers: usize) -> Self {
        Self { workers, disputed: &NO_LOGS, left_out: &NO_LOGS }
    }
}

/// Takes in the plain bytes of a batch. The caller commits `tx` on success and drops it on failure.
pub fn admit<T: Transaction>(
    tx: &mut T,
    parties: &Parties,
    plain: &[u8],
    terms: &Terms<'_>,
) -> Result<Admitted, AdmitError<T::Error>> {
    let batch = Batch::parse(plain, parties.one_bond())?;
    let mut intake = Intake::new(logs::open(tx, parties, &batch, terms, None)?, terms.left_out);
    intake.read_entries(tx, parties, &batch)?;
    intake.check_withheld(tx)?;
    intake.check_ends(parties, &batch, true)?;
    intake.write(tx, parties, &batch, terms.workers)
}

/// Takes in a batch of a backup that this person made and sealed. It was believed when it came to the vault that was backed up,
/// so nobody has to vouch for it anew, and the keys for that may not be here: logs of devices that no roster lists any more are
/// taken in as well. All else is checked as ever. `private_floors` are those of removed devices' private logs. Logs under a bond that does
/// not stand any more are passed over, and noted in `left_out`, which goes from one batch to the next.
pub fn admit_own_backup<T: Transaction>(
    tx: &mut T,
    parties: &Parties,
    plain: &[u8],
    workers: usize,
    private_floors: &BTreeMap<LogId, u64>,
    left_out: &mut BTreeSet<LogId>,
) -> Result<Admitted, AdmitError<T::Error>> {
    let batch = Batch::parse(plain, parties.one_bond())?;
    for (log, run) in &batch.runs {
        let known = tx.log(log).map_err(AdmitError::Store)?.map(|row| row.opening);
        let bond = known.or(run.opening).filter(|opening| opening.log() == *log).and_then(|opening| opening.bond);
        if bond.is_some_and(|bond| !parties.bonds.contains_key(&bond)) {
            left_out.insert(*log);
        }
    }
    let terms = Terms { left_out, ..Terms::with(workers) };
    let mut intake = Intake::new(logs::open(tx, parties, &batch, &terms, Some(private_floors))?, terms.left_out);
    intake.read_entries(tx, parties, &batch)?;
    intake.check_ends(parties, &batch, false)?;
    intake.write(tx, parties, &batch, workers)
}

/// Looks again at what waits in documents that have not begun here: this version may know a kind that the one before did
/// not. Says which documents changed.
pub fn judge_again<T: Transaction>(
    tx: &mut T,
    keys: &[DocumentKey],
    workers: usize,
) -> Result<BTreeSet<DocumentKey>, T::Error> {
    let mut begun = BTreeSet::new();
    for key in keys {
        // Only so much of what waits is looked at in one go.
        loop {
            let waiting = intake::Document { key: *key, fresh: Vec::new(), never_seen: false, left_behind: false };
            let Some((verdicts, changed)) = intake::take_in(tx, core::iter::once(waiting), workers)? else { break };
            if verdicts.is_empty() {
                break;
            }
            for ((log, number), state) in verdicts {
                tx.set_state(&log, number, state)?;
            }
            begun.extend(changed);
        }
    }
    Ok(begun)
}

/// Entries on their way in: checked one after the other, looked up by those that follow.
struct Intake<'a> {
    logs: BTreeMap<LogId, LogState>,
    left_out: &'a BTreeSet<LogId>,
    fresh: BTreeMap<(LogId, u64), Fresh>,
    order: Vec<(LogId, u64)>,
    /// Own entries that came without their payload.
    withheld: Vec<(DocumentKey, LogId)>,
    /// Stored entries that others referred to: their rows may hold large payloads and are read once.
    named: BTreeMap<EntryName, Named>,
}

impl<'a> Intake<'a> {
    fn new(logs: BTreeMap<LogId, LogState>, left_out: &'a BTreeSet<LogId>) -> Self {
        let (fresh, named) = (BTreeMap::new(), BTreeMap::new());
        Self { logs, left_out, fresh, order: Vec::new(), withheld: Vec::new(), named }
    }

    fn read_entries<T: Transaction>(
        &mut self,
        tx: &T,
        parties: &Parties,
        batch: &Batch<'_>,
    ) -> Result<(), AdmitError<T::Error>> {
        for entry in batch.entries.iter().filter(|entry| !self.left_out.contains(&entry.log)) {
            let state = self.logs.get_mut(&entry.log).ok_or(WireError::Malformed)?;
            let (number, place) = (state.next, state.place);
            state.next += 1;
            let compared = state.dispute.as_ref().filter(|_| number <= state.row.count).map(|dispute| dispute.head);
            if number <= state.row.count && compared.is_none() {
                continue; // here already; the end hash tells whether it is the same
            }
            if number > state.row.count + 1 {
                return Err(Refusal::Gap.into());
            }
            let head = compared.unwrap_or(state.row.head);
            let own = parties.is_mine(&state.row.opening);
            let document = match &entry.document {
                DocumentName::New(id) => *id,
                DocumentName::Known(name) => self.named_document(tx, name, &place)?,
            };
            let key = DocumentKey { place, id: document };
            let payload = match &entry.form {
                Form::Whole(bytes) => Some(bytes.to_vec()),
                Form::Withheld(_) => None,
                Form::Stripped { dependencies, actors, operations } => {
                    let before = self.sequence_before(tx, &entry.log, &key, number)?;
                    let sequence = before.checked_add(1).ok_or(Refusal::UnknownReference)?;
                    Some(self.rebuild(tx, &entry.log, &place, dependencies, actors, operations, sequence)?)
                }
            };
            let digest = match (&entry.form, &payload, entry.kind) {
                // A tombstone is never kept back: it is the reason for what is.
                (Form::Withheld(digest), _, EntryKind::Change) => *digest,
                (_, Some(payload), EntryKind::Tombstone) => Tombstone::digest(payload),
                (_, Some(payload), EntryKind::Change) => change::digest(payload).ok_or(WireError::Malformed)?,
                (_, None, _) => return Err(WireError::Malformed.into()),
            };
            let hash = log::next_hash(&head, number, &document, entry.kind, &digest);
            let state_of = if payload.is_none() { EntryState::Buried } else { EntryState::Waiting };
            let row = EntryRow {
                log: entry.log,
                number,
                document,
                kind: entry.kind,
                digest,
                hash,
                sequence: 0,
                last_op: 0,
                state: state_of,
                payload,
            };
            let state = self.logs.get_mut(&entry.log).ok_or(WireError::Malformed)?;
            if let (Some(_), Some(dispute)) = (compared, &mut state.dispute) {
                let here = tx.hash_after(&entry.log, number).map_err(AdmitError::Store)?;
                if here == Some(hash) {
                    dispute.head = hash;
                    continue;
                }
                dispute.cut = Some((state.row.clone(), number - 1));
            }
            state.row.count = number;
            state.row.head = hash;
            if own && row.payload.is_none() {
                self.withheld.push((key, entry.log));
            }
            let past = state.until.is_some_and(|until| number > until).then_some(state.row.opening.person);
            self.order.push((entry.log, number));
            self.fresh.insert((entry.log, number), Fresh::new(row).past_floor(past));
        }
        Ok(())
    }

    /// A tombstone, here or in the batch, must say why an own entry's payload is gone.
    fn check_withheld<T: Transaction>(&self, tx: &T) -> Result<(), AdmitError<T::Error>> {
        let buried: BTreeSet<DocumentKey> = self
            .fresh
            .values()
            .filter(|fresh| fresh.row.kind == EntryKind::Tombstone)
            .filter_map(|fresh| {
                Some(DocumentKey { place: self.logs.get(&fresh.row.log)?.place, id: fresh.row.document })
            })
            .collect();
        for (key, log) in &self.withheld {
            if !buried.contains(key) && tx.document(key).map_err(AdmitError::Store)? != Some(DocumentRow::Buried) {
                return Err(Refusal::Unvouched(*log).into());
            }
        }
        Ok(())
    }

    fn check_ends(&self, parties: &Parties, batch: &Batch<'_>, vouchers: bool) -> Result<(), Refusal> {
        for (log, run) in &batch.runs {
            let (Some(end), Some(state)) = (run.end, self.logs.get(log)) else { continue };
            // A run that ends before what is here says nothing new.
            if state.next != state.row.count + 1 {
                continue;
            }
            if state.row.head.first() != end.hash {
                // A change that was put together from other parts than its author's looks like a fork as well: of an entry
                // that came here withheld, its numbers are not known. So a fork is believed of whole changes only.
                let stripped = batch.entries.iter().any(|entry| matches!(entry.form, Form::Stripped { .. }));
                return Err(if stripped { Refusal::UnknownReference } else { Refusal::Fork(*log) });
            }
            if !vouchers || !parties.is_mine(&state.row.opening) {
                continue;
            }
            match word_for(parties, state, end.tag) {
                Word::Present => {}
                Word::Earlier => {
                    let until = Position::new(state.row.count, &state.row.head);
                    let doubt = Doubt { log: *log, device: state.row.opening.device, until };
                    return Err(Refusal::Unconfirmed(doubt));
                }
                Word::None => return Err(Refusal::Unvouched(*log)),
            }
        }
        Ok(())
    }

    fn write<T: Transaction>(
        self,
        tx: &mut T,
        parties: &Parties,
        batch: &Batch<'_>,
        workers: usize,
    ) -> Result<Admitted, AdmitError<T::Error>> {
        let store = AdmitError::Store;
        let mut admitted = Admitted { entries: self.order.len() as u64, ..Admitted::default() };
        let mut documents: BTreeMap<DocumentKey, Vec<(LogId, u64)>> = BTreeMap::new();
        let mut tombstones = Vec::new();
        for (log, state) in &self.logs {
            if let Some((row, kept)) = state.dispute.as_ref().and_then(|dispute| dispute.cut.as_ref()) {
                let arriving = |log: &LogId, number: u64| {
                    let row = &self.fresh.get(&(*log, number))?.row;
                    Some((row.document, row.digest))
                };
                if !repair::move_tail(tx, row, *kept, &arriving).map_err(store)? {
                    return Err(Refusal::Fork(*log).into());
                }
                admitted.repaired.insert(*log);
            }
            if state.new {
                tx.open_log(&state.row.opening).map_err(store)?;
            }
            // Of a log that the batch only refers to, or shows no further than it is here, the sender may lack the rest.
            let run = batch.runs.get(log);
            if run.is_some_and(|run| run.first > 0) && state.next == state.row.count + 1 {
                admitted.reached.set(*log, Position::new(state.row.count, &state.row.head));
            }
        }
        for name in &self.order {
            let (Some(Fresh { row, past, .. }), Some(state)) = (self.fresh.get(name), self.logs.get(&name.0)) else {
                continue;
            };
            let key = DocumentKey { place: state.place, id: row.document };
            match row.kind {
                EntryKind::Tombstone => tombstones.push((key, state.row.opening.person, row, *past)),
                EntryKind::Change => documents.entry(key).or_default().push(*name),
            }
        }

        let buried: BTreeSet<_> = tombstones.iter().map(|(key, ..)| *key).collect();
        let intakes = documents.iter().map(|(key, names)| {
            let fresh = names.iter().filter_map(|name| self.fresh.get(name)).collect();
            let left_behind = parties.know_of_removals(&key.place);
            intake::Document { key: *key, fresh, never_seen: buried.contains(key), left_behind }
        });
        let taken = intake::take_in(tx, intakes, workers).map_err(store)?;
        let Some((mut verdicts, changed)) = taken else { return Err(Refusal::TooManyOperations.into()) };
        admitted.documents.extend(changed);

        for name in &self.order {
            let Some(fresh) = self.fresh.get(name) else { continue };
            let mut row = fresh.numbered();
            if row.kind == EntryKind::Tombstone {
                row.state = EntryState::Applied;
            } else if let Some(state) = verdicts.remove(name) {
                row.state = state;
            }
            if row.kind == EntryKind::Change && matches!(row.state, EntryState::Applied | EntryState::Buried) {
                row.payload = None;
            }
            admitted.set_aside += u64::from(matches!(row.state, EntryState::SetAside(_)));
            tx.append(&row).map_err(store)?;
        }
        for ((log, number), state) in verdicts {
            tx.set_state(&log, number, state).map_err(store)?;
        }
        for (key, by, row, past) in tombstones {
            let heads = row.payload.as_deref().map(Tombstone::parse).and_then(Result::ok).unwrap_or_default().heads;
            removal::bury(tx, &Burial { key, by, heads }, past.as_ref()).map_err(store)?;
            admitted.documents.insert(key);
        }
        for (log, run) in &batch.runs {
            // Only a run that ends where the log ends here was compared with its end.
            let compared = self.logs.get(log).is_some_and(|state| state.next == state.row.count + 1);
            if let Some(tag) = run.end.and_then(|end| end.tag).filter(|_| compared) {
                tx.put_tag(log, &tag).map_err(store)?;
            }
        }
        Ok(admitted)
    }
}

/// Who vouches for an own log as far as it goes.
enum Word {
    /// Somebody who is listed.
    Present,
    /// Somebody who had the keys before a device was removed: perhaps that device.
    Earlier,
    /// Nobody.
    None,
}

/// Does somebody who has this person's keys vouch for an own log as far as it goes now? Up to a log's floor, the root does,
/// and tags under earlier keys count; beyond, the present key alone. Of a removed device's log, what lies beyond is set aside
/// whoever vouches for it, so that its person can look at it: there an earlier key is enough.
///
/// A listed device that was put back from an older copy, and removed another before it met anybody, signed a floor below what
/// it had told: the partner's phone brings it that again under an earlier key. This looks like what the removed device could
/// make up together with the partner's phone, so only its person can tell, and of no more than they were asked about.
fn word_for(parties: &Parties, state: &LogState, tag: Option<Tag>) -> Word {
    let (log, count, head) = (state.row.opening.log(), state.row.count, &state.row.head);
    let floor = parties.me.floor(&log);
    if floor.is_some_and(|floor| floor == Floor::new(count, head)) {
        return Word::Present;
    }
    let key = |tag: &Tag| parties.own_keys.get(tag.key_number);
    let Some(tag) = tag.filter(|tag| key(tag).is_some_and(|key| tag.holds(key, head))) else { return Word::None };
    let counts = state.until.is_some()
        || tag.key_number == parties.own_keys.current().number()
        || floor.is_some_and(|floor| count < floor.number)
        || parties.believed.get(&log).is_some_and(|until| count < until.count || until == Position::new(count, head));
    if counts { Word::Present } else { Word::Earlier }
}
