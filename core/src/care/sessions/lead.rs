//! A session that leads itself, so that after one tap the phones can lie aside.
//!
//! When a step's time is over it is done, and the next that waits, or was put off by a pause, begins: as if somebody said
//! [`Done`](StepVerb::Done) and [`Start`](StepVerb::Start) at that moment. Nobody does, and nothing is written for it. Which step
//! runs follows from when one was begun and how long each is meant to take, so both phones say the same, and a phone that was off
//! meanwhile says it too. The next call that changes something writes down what has come about until then.
//!
//! ```text
//!   20:00 start ──▶ water, 2 minutes ──▶ holding hands, 10 ──▶ music, 20 ──▶ …
//!                                20:02                20:12         20:32: runs on, until somebody ends it
//! ```
//!
//! - The last one runs on, as every step does in a session that is led by hand: nobody is told that it is over between them.
//! - A step that is paused holds up those behind it. `Done` and `Skip` begin the next at once.
//! - Behind a step come those that stand behind it in the list. Who takes up an earlier one goes on from there.
//! - A step that is taken up after its time was used up runs until somebody says otherwise.
//! - Where both phones began one at the same time, the later counts, and the other is paused.

use super::{SESSION_LEAD, SessionState, SessionView, Sessions, Step, StepId, StepState, StepVerb};
use super::{begin, state, steps, write_step};
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::records::RecordId;

/// Who begins the next step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SessionLead {
    /// Somebody, with a tap.
    ByHand,
    /// The session, when a step's time is over.
    ByItself,
}

names!(SessionLead { Self::ByHand = "by-hand", Self::ByItself = "by-itself" });

impl Sessions {
    /// Lets a session lead itself from this moment on, or be led by hand again. By itself it begins if it has not: the step that
    /// runs goes on, or else the first begins that is paused or waits. Saved when this returns; of both, both phones go by it
    /// after the next sync. Where the two said different things at the same time, it is led by hand.
    ///
    /// Errors: `InvalidInput` (`Ended`) for one that has ended; `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn lead(&self, id: &RecordId, lead: SessionLead) -> Result<SessionView, NightstandError> {
        self.change(id, |record, now_ms| {
            if state(record) == SessionState::Ended {
                return Err(InvalidInput::Ended.into());
            }
            match lead {
                SessionLead::ByItself => lead_itself(record, now_ms),
                SessionLead::ByHand => {
                    record.set(SESSION_LEAD, Some(lead.name()));
                    Ok(())
                }
            }
        })
    }
}

/// From this moment on; it begins if it has not.
pub(super) fn lead_itself(record: &mut Record, now_ms: i64) -> Result<(), NightstandError> {
    record.set(SESSION_LEAD, Some(SessionLead::ByItself.name()));
    begin(record, now_ms);
    let all = steps(record);
    follow(record, &all, now_ms)
}

pub(super) fn of(record: &Record) -> SessionLead {
    let said = record.values(SESSION_LEAD);
    let itself = !said.is_empty() && said.iter().all(|value| value.text() == Some(SessionLead::ByItself.name()));
    if itself { SessionLead::ByItself } else { SessionLead::ByHand }
}

/// Does it lead itself at this moment?
pub(super) fn leads(record: &Record) -> bool {
    state(record) == SessionState::Running && of(record) == SessionLead::ByItself
}

/// The steps as they stand at this moment, in their order.
pub(super) fn standing(record: &Record, now_ms: i64) -> Vec<(StepId, Step)> {
    let mut all = steps(record);
    if leads(record) {
        let mut turn = only_one(&mut all);
        while let Some((at, end_ms)) = turn.and_then(|at| Some((at, all[at].1.ends_ms()?))).filter(|it| it.1 <= now_ms)
        {
            turn = hand_on(&mut all, at, end_ms);
        }
    }
    all
}

/// When each step's time is over, of those that run and, where the session leads itself, of those that come behind if nothing is
/// changed. In the order of the steps; those of [`standing`].
pub(super) fn ends(record: &Record, all: &[(StepId, Step)]) -> Vec<Option<i64>> {
    let mut ends: Vec<_> = all.iter().map(|(_, step)| step.over_ms()).collect();
    if !leads(record) {
        return ends;
    }
    let mut coming = all.to_vec();
    let mut turn = coming.iter().position(|(_, step)| step.state() == StepState::Running);
    while let Some((at, end_ms)) = turn.and_then(|at| Some((at, coming[at].1.ends_ms()?))) {
        ends[at] = Some(end_ms);
        turn = hand_on(&mut coming, at, end_ms);
    }
    ends
}

/// Writes down what has come about, before somebody changes something.
pub(super) fn settle(record: &mut Record, now_ms: i64) {
    if leads(record) {
        for (id, step) in standing(record, now_ms) {
            write_step(record, &id.to_string(), &step);
        }
    }
}

/// After a change: a step whose time had been over with nothing behind it gives way to what has come behind it.
pub(super) fn go_on(record: &mut Record, now_ms: i64) {
    if !leads(record) {
        return;
    }
    let mut all = steps(record);
    if let Some(at) = only_one(&mut all)
        && all[at].1.ends_ms().is_some_and(|end_ms| end_ms <= now_ms)
        && hand_on(&mut all, at, now_ms).is_some()
    {
        for (id, step) in &all {
            write_step(record, &id.to_string(), step);
        }
    }
}

/// Where the session leads itself and none of its steps runs, the first of these begins that has its time yet.
pub(super) fn follow(record: &mut Record, of: &[(StepId, Step)], now_ms: i64) -> Result<(), NightstandError> {
    if !leads(record) || steps(record).iter().any(|(_, step)| step.state() == StepState::Running) {
        return Ok(());
    }
    let Some((id, step)) = of.iter().find(|(_, step)| step.may_come()) else { return Ok(()) };
    let mut next = step.clone();
    next.apply(StepVerb::Start, now_ms)?;
    write_step(record, &id.to_string(), &next);
    Ok(())
}

/// Which one runs, if any; where several do, the one that began last, and the others pause.
fn only_one(all: &mut [(StepId, Step)]) -> Option<usize> {
    let running = all.iter().enumerate().filter_map(|(at, (_, step))| Some((step.since_ms()?, at)));
    let (since_ms, turn) = running.max()?;
    for (at, (_, step)) in all.iter_mut().enumerate() {
        if at != turn {
            step.stop(since_ms, StepState::Paused);
        }
    }
    Some(turn)
}

/// The step at this position is done, and the next behind it begins: which. None, and nothing is done, if there is none.
fn hand_on(all: &mut [(StepId, Step)], at: usize, ms: i64) -> Option<usize> {
    let next = (at + 1..all.len()).find(|behind| all[*behind].1.may_come())?;
    all[at].1.apply(StepVerb::Done, ms).ok()?;
    all[next].1.apply(StepVerb::Start, ms).ok()?;
    Some(next)
}
