//! The logs of a batch: who may write them, and where each stands.

use std::collections::BTreeMap;

use super::{AdmitError, Refusal, Terms};
use crate::batch::Batch;
use crate::exchange::Parties;
use crate::hash::Hash;
use crate::ids::{LogId, PersonId, Place};
use crate::limits;
use crate::log::Opening;
use crate::store::{LogRow, Transaction};

/// A log that a batch names.
pub(super) struct LogState {
    pub(super) row: LogRow,
    pub(super) place: Place,
    /// The batch opens it.
    pub(super) new: bool,
    /// The number of the batch's next entry of it.
    pub(super) next: u64,
    pub(super) dispute: Option<Dispute>,
    /// Its device was removed: up to which number it counts.
    pub(super) until: Option<u64>,
}

/// A run of an own log that may differ from what is here.
pub(super) struct Dispute {
    /// The running hash up to where it was compared.
    pub(super) head: Hash,
    /// The log as it was here, and how many of its entries stay.
    pub(super) cut: Option<(LogRow, u64)>,
}

/// How many logs each person has.
struct LogCount(BTreeMap<PersonId, usize>);

impl LogCount {
    fn of<T: Transaction>(tx: &T, parties: &Parties) -> Result<Self, T::Error> {
        let mut count = BTreeMap::new();
        for row in tx.logs(&parties.audience)? {
            *count.entry(row.opening.person).or_insert(0) += 1;
        }
        Ok(Self(count))
    }

    fn opens(&mut self, opening: &Opening) -> Result<(), Refusal> {
        let count = self.0.entry(opening.person).or_insert(0);
        *count += 1;
        if *count > limits::LOGS_PER_PERSON { Err(Refusal::TooManyLogs) } else { Ok(()) }
    }
}

impl LogState {
    /// Does another branch take the place of what is stored under this number?
    pub(super) fn replaces(&self, number: u64) -> bool {
        let cut = self.dispute.as_ref().and_then(|dispute| dispute.cut.as_ref());
        cut.is_some_and(|(_, kept)| number > *kept)
    }
}

/// Opens the logs that a batch names, as far as their writers may write them. Of an own backup every log of both persons is;
/// it brings the floors of private logs.
pub(super) fn open<T: Transaction>(
    tx: &T,
    parties: &Parties,
    batch: &Batch<'_>,
    terms: &Terms<'_>,
    own_backup: Option<&BTreeMap<LogId, u64>>,
) -> Result<BTreeMap<LogId, LogState>, AdmitError<T::Error>> {
    let mut count = LogCount::of(tx, parties).map_err(AdmitError::Store)?;
    let mut logs = BTreeMap::new();
    for (log, run) in &batch.runs {
        let known = tx.log(log).map_err(AdmitError::Store)?;
        let new = known.is_none();
        let is_left_out = terms.left_out.contains(log);
        if new && is_left_out {
            continue;
        }
        let row = match (known, run.opening) {
            (Some(row), _) => row,
            (None, Some(opening)) if run.first > 0 && opening.log() == *log => {
                count.opens(&opening)?;
                fresh_log(opening)
            }
            (None, _) => return Err(Refusal::NotTheirs.into()),
        };
        let opening = &row.opening;
        let author = parties.author(opening);
        // What a removed device wrote before is its person's all the same, and comes from their other devices.
        let theirs = author.filter(|author| {
            own_backup.is_some() || author.lists(&opening.device) || author.has_removed(&opening.device)
        });
        let (Some(author), Some(place)) = (theirs, opening.place()) else { return Err(Refusal::NotTheirs.into()) };
        let private_floor = || own_backup.and_then(|floors| floors.get(log)).copied();
        let floor = || author.floor(log).map(|floor| floor.number).or_else(private_floor).unwrap_or(0);
        let until = author.has_removed(&opening.device).then(floor);
        if row.frozen && run.first > 0 && !is_left_out {
            return Err(Refusal::Fork(*log).into());
        }
        let dispute = if terms.disputed.contains(log) && run.first > 0 && !is_left_out {
            let walked = before(tx, &row, run.first).map_err(AdmitError::Store)?;
            walked.map(|head| Dispute { head, cut: None })
        } else {
            None
        };
        // What is passed over reaches nowhere.
        let next = if is_left_out { 0 } else { run.first };
        logs.insert(*log, LogState { row, place, new, next, dispute, until });
    }
    Ok(logs)
}

/// A log's running hash before an entry of it that is here.
fn before<T: Transaction>(tx: &T, row: &LogRow, number: u64) -> Result<Option<Hash>, T::Error> {
    match number {
        1 => Ok(Some(row.opening.hash())),
        _ => tx.hash_after(&row.opening.log(), number - 1),
    }
}

fn fresh_log(opening: Opening) -> LogRow {
    LogRow { head: opening.hash(), opening, count: 0, frozen: false }
}
