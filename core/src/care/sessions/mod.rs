//! Sessions: the time after, as two people (or one) spend it.
//!
//! A session is planned, or begun at once, with the steps that a person picked; each step has a timer; at its end it says what
//! was really done. It lives in `Joint`, where both lead it from their phones, or in `Private` alone. Nothing of how steps were
//! found stands in it: no scores, no reasons, no preferences.
//!
//! ```text
//!   planned ── start ──▶ running ── end ──▶ ended          a session; ending one that never began is the same as not having it
//!
//!   waiting ── start ──▶ running ◀─ resume ─▶ paused        a step
//!      │                   │          pause      │
//!      ├── skip ──▶ skipped ◀───── skip ─────────┤          start takes a skipped one up again
//!      └── done ──▶ done    ◀───── done ─────────┘
//! ```
//!
//! **Timers** are counted by no thread: a running step says since when it runs and how much was spent before, so that it runs on
//! while the app is killed, and on both phones. [`StepView::ends_at_ms`] is when to make a sound. Starting a step pauses the one
//! that runs. Where two phones said different things of one step at the same time, one of the two stands, whole.
//!
//! Somebody begins each step, unless the session is let [lead itself](Sessions::lead).

mod copy;
mod lead;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::ids::{PersonId, Place};

pub(crate) use copy::{copy_steps, goes_along};
pub use lead::SessionLead;
pub use step::{Step, StepDraft, StepId, StepState, StepVerb, StepView};
pub(crate) use step::{WAY, done, order_of};

use super::Condition;
use crate::docs::record::{Item, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::records::{self, Audience, Name, Places, RecordId, named};
use crate::store::{Hand, RecordRow, Records, Rows, StoreTx};
use crate::vault::Vault;
use crate::zones::DAY_MS;

/// The sort of record, and of what belongs to it.
pub(crate) const SESSION: &str = "session";

/// Most steps of a session.
pub const MOST_STEPS: usize = 100;

/// Most sessions that a list has, of those in which one had a hand and of the others.
pub const MOST_SESSIONS: usize = 1_000;

const APART: &str = "apart";

/// The field of a copy of what somebody had noted alone. Nobody is asked anything because of it.
const COPIED: &str = "copied";

/// The field that says who begins the next step.
const SESSION_LEAD: &str = "lead";

/// The care sessions of a vault.
///
/// A small handle; get one from [`Vault::sessions`]. What it changes is saved when a call returns, and reaches the partner at the
/// next sync if the session is of both.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::Side;
/// use nightstand::care::sessions::{SessionDraft, StepDraft, StepState, StepVerb};
/// use nightstand::records::Audience;
///
/// let water = StepDraft { activity: "water".into(), side: Side::Together, minutes: 2, way: None };
/// let sessions = vault.sessions();
/// let session = sessions.plan(Audience::Me, &SessionDraft { steps: vec![water], ..SessionDraft::default() })?;
/// let step = session.steps[0].id;
/// sessions.step(&session.id, step, StepVerb::Start)?;
/// let session = sessions.step(&session.id, step, StepVerb::Done)?;
/// assert_eq!(session.steps[0].state, StepState::Done);
/// sessions.end(&session.id)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Sessions {
    vault: Vault,
}

impl Vault {
    /// The care sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions { vault: self.clone() }
    }
}

/// What a session begins with.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SessionDraft {
    /// What it comes after.
    pub situation: BTreeSet<Condition>,
    /// The two are not in one place.
    pub apart: bool,
    /// The steps, in their order. At most [`MOST_STEPS`].
    pub steps: Vec<StepDraft>,
}

/// Where a session stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionState {
    /// It has not begun.
    Planned,
    /// It is going on.
    Running,
    /// It is over.
    Ended,
}

names!(SessionState { Self::Planned = "planned", Self::Running = "running", Self::Ended = "ended" });

/// A session as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub audience: Audience,
    /// What it comes after.
    pub situation: BTreeSet<Condition>,
    /// The two are not in one place.
    pub apart: bool,
    /// Where it stands.
    pub state: SessionState,
    /// Who begins the next step.
    pub lead: SessionLead,
    /// When it was planned, or begun once it was; milliseconds since 1970, by the phone that did.
    pub at_ms: i64,
    /// When it ended.
    pub ended_ms: Option<i64>,
    /// In their order.
    pub steps: Vec<StepView>,
}

impl Sessions {
    /// Plans a session. Saved when this returns; of both, the partner has it after the next sync.
    ///
    /// Errors: `InvalidInput` for an activity that does not exist, minutes out of range or too many steps; `NotFound`, `Deleted`
    /// for an activity of one's own that is not here; `NotPaired` for one of
    /// both without a partner; `PrivateLocked`.
    pub fn plan(&self, audience: Audience, draft: &SessionDraft) -> Result<SessionView, NightstandError> {
        if draft.steps.len() > MOST_STEPS {
            return Err(InvalidInput::Full.into());
        }
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            draft.steps.iter().try_for_each(|step| step.check(&tx.rows(), &places))?;
            let name = plan(tx, audience.place(&places)?, draft)?;
            Self::view(tx, &name)
        })
    }

    /// Begins a session. One that runs goes on; one that ended is told `InvalidInput`.
    pub fn start(&self, id: &RecordId) -> Result<SessionView, NightstandError> {
        self.change(id, |record, now_ms| match state(record) {
            SessionState::Planned | SessionState::Running => {
                begin(record, now_ms);
                Ok(())
            }
            SessionState::Ended => Err(InvalidInput::Ended.into()),
        })
    }

    /// Ends a session; a step that runs is done. One that ended stays as it is.
    pub fn end(&self, id: &RecordId) -> Result<SessionView, NightstandError> {
        self.change(id, |record, now_ms| {
            if state(record) != SessionState::Ended {
                for_each_step(record, |step| step.stop(now_ms, StepState::Done));
                record.set("ended", Some(now_ms));
            }
            Ok(())
        })
    }

    /// Does something with a step, and starts the session with it. What is so already stays so.
    ///
    /// Errors: `InvalidInput` for what its state does not allow, or if the session has ended and this would start a timer;
    /// `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn step(&self, id: &RecordId, step: StepId, verb: StepVerb) -> Result<SessionView, NightstandError> {
        self.change(id, |record, now_ms| {
            let key = step.to_string();
            let mut chosen = record.items.get(&key).and_then(Step::of).ok_or(NightstandError::NotFound)?;
            let before = chosen.state();
            chosen.apply(verb, now_ms)?;
            if chosen.state() == StepState::Running && before != StepState::Running {
                if state(record) == SessionState::Ended {
                    return Err(InvalidInput::Ended.into());
                }
                for_each_step(record, |other| other.stop(now_ms, StepState::Paused));
                begin(record, now_ms);
            }
            write_step(record, &key, &chosen);
            let had_its_turn = matches!(before, StepState::Running | StepState::Paused);
            if had_its_turn && matches!(chosen.state(), StepState::Done | StepState::Skipped) {
                let behind = behind(record, step);
                lead::follow(record, &behind, now_ms)?;
            }
            Ok(())
        })
    }

    /// Puts a step behind the others; also into a session that is over, of what was done without having been planned.
    ///
    /// Errors: as [`plan`](Self::plan); `NotFound`, `Deleted`.
    pub fn add_step(&self, id: &RecordId, draft: &StepDraft) -> Result<SessionView, NightstandError> {
        self.vault.write(|tx| {
            let me = tx.person();
            let places = Places::of(&tx.rows(), me)?;
            draft.check(&tx.rows(), &places)?;
            let (name, key) = (find(&tx.rows(), &places, id)?, StepId::make(tx).to_string());
            write(tx, &name, |record, _| {
                if record.items.len() >= MOST_STEPS {
                    return Err(InvalidInput::Full.into());
                }
                let last = record.items.values().filter_map(Step::of).map(|step| step.order).max();
                let order = last.map_or(step::order_of(0), |last| last.saturating_add(step::order_of(1)));
                record.items.insert(key, Step::new(draft, order, &me).to_item());
                Ok(())
            })?;
            Self::view(tx, &name)
        })
    }

    /// Moves a step: to the place `position`, counted from 0 without it. Beyond the end is the end.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn move_step(&self, id: &RecordId, step: StepId, position: usize) -> Result<SessionView, NightstandError> {
        self.change(id, |record, _| {
            let mut steps = steps(record);
            let from = steps.iter().position(|(other, _)| *other == step).ok_or(NightstandError::NotFound)?;
            let moved = steps.remove(from);
            steps.insert(position.min(steps.len()), moved);
            for (at, (id, mut step)) in steps.into_iter().enumerate() {
                step.order = step::order_of(at);
                write_step(record, &id.to_string(), &step);
            }
            Ok(())
        })
    }

    /// Takes a step out.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn remove_step(&self, id: &RecordId, step: StepId) -> Result<SessionView, NightstandError> {
        self.change(id, |record, now_ms| {
            let key = step.to_string();
            let behind = behind(record, step);
            let removed = record.items.remove(&key).ok_or(NightstandError::NotFound)?;
            match Step::of(&removed).map(|step| step.state()) {
                Some(StepState::Running | StepState::Paused) => lead::follow(record, &behind, now_ms),
                _ => Ok(()),
            }
        })
    }

    /// One session.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<SessionView, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            let name = find(rows, &Places::of(rows, person)?, id)?;
            let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
            Ok(view_of(*id, &name.place, &record, &person, now_ms))
        })
    }

    /// The sessions whose time lies in `from_ms..before_ms`, the newest first: at most [`MOST_SESSIONS`] in which one had a
    /// hand, and as many that are the partner's alone. While Private is locked those of both.
    pub fn list(&self, from_ms: i64, before_ms: i64) -> Result<Vec<SessionView>, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            let places = Places::of(rows, person)?;
            let query = Records { from_ms: Some(from_ms), before_ms: Some(before_ms), ..places.records(SESSION) };
            let mut found = hand_first(rows, &query, person)?;
            found.sort_by_key(|row| (core::cmp::Reverse(row.record.number("at")), row.id.clone()));
            Ok(named(found).map(|(id, row)| view_of(id, &row.place, &row.record, &person, now_ms)).collect())
        })
    }

    /// All of them, the newest first.
    pub(in crate::care) fn every(&self) -> Result<Vec<SessionView>, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            let places = Places::of(rows, person)?;
            let found = named(rows.records(&places.records(SESSION), usize::MAX)?);
            Ok(found.map(|(id, row)| view_of(id, &row.place, &row.record, &person, now_ms)).collect())
        })
    }

    /// Deletes a session, on the partner's phone too if it is of both. What each noted of it in check-ins stays.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn delete(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            records::bury(tx, &name)
        })
    }

    fn change(
        &self,
        id: &RecordId,
        change: impl FnOnce(&mut Record, i64) -> Result<(), NightstandError>,
    ) -> Result<SessionView, NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            write(tx, &name, change)?;
            Self::view(tx, &name)
        })
    }

    /// Begins a session of steps that were checked when they were noted, and lets it lead itself.
    pub(crate) fn begin(
        tx: &mut StoreTx<'_>,
        place: Place,
        draft: &SessionDraft,
    ) -> Result<SessionView, NightstandError> {
        let (name, now_ms) = (plan(tx, place, draft)?, tx.now_ms());
        records::write(tx, &name, |record| lead::lead_itself(record, now_ms))?;
        Self::view(tx, &name)
    }

    fn view(tx: &StoreTx<'_>, name: &Name<'_>) -> Result<SessionView, NightstandError> {
        let record = records::read(&tx.rows(), name)?.ok_or(NightstandError::NotFound)?;
        Ok(view_of(name.id, &name.place, &record, &tx.person(), tx.now_ms()))
    }
}

/// Changes a session as it stands at this moment.
fn write(
    tx: &mut StoreTx<'_>,
    name: &Name<'_>,
    change: impl FnOnce(&mut Record, i64) -> Result<(), NightstandError>,
) -> Result<(), NightstandError> {
    let now_ms = tx.now_ms();
    records::write(tx, name, |record| {
        lead::settle(record, now_ms);
        change(record, now_ms)?;
        lead::go_on(record, now_ms);
        Ok(())
    })
}

/// The steps behind this one.
fn behind(record: &Record, step: StepId) -> Vec<(StepId, Step)> {
    steps(record).into_iter().skip_while(|(id, _)| *id != step).skip(1).collect()
}

fn plan(tx: &mut StoreTx<'_>, place: Place, draft: &SessionDraft) -> Result<Name<'static>, NightstandError> {
    let name = Name { what: SESSION, id: RecordId::make(tx), place };
    let (me, now_ms) = (tx.person(), tx.now_ms());
    let mut items = BTreeMap::new();
    for (position, step) in draft.steps.iter().enumerate() {
        items.insert(StepId::make(tx).to_string(), Step::new(step, step::order_of(position), &me).to_item());
    }
    records::write(tx, &name, |record| {
        record.set("at", Some(now_ms));
        record.marks.extend(draft.situation.iter().map(|condition| condition.name().to_owned()));
        if draft.apart {
            record.marks.insert(APART.into());
        }
        record.items = items;
        Ok(())
    })?;
    Ok(name)
}

/// The session with this id: of both, or else the person's own.
pub(crate) fn find(rows: &Rows<'_>, places: &Places, id: &RecordId) -> Result<Name<'static>, NightstandError> {
    records::find(rows, places.own_or_joint(), SESSION, *id)
}

/// A session that may be named to the partner: one of both. What is not among those, be it one's own, gone or not here yet, is
/// not named, and Private is not asked.
pub(crate) fn named_to_partner(
    rows: &Rows<'_>,
    places: &Places,
    session: Option<RecordId>,
) -> Result<Option<RecordId>, NightstandError> {
    let Some(session) = session else { return Ok(None) };
    match records::find(rows, places.shared.map(|shared| shared.joint), SESSION, session) {
        Ok(_) => Ok(Some(session)),
        Err(NightstandError::NotFound | NightstandError::Deleted) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Those that this person planned, led or changed, and then those that are the partner's alone: however many those are, they take
/// no room from the others.
fn hand_first(rows: &Rows<'_>, query: &Records<'_>, me: PersonId) -> Result<Vec<RecordRow>, NightstandError> {
    let mut found = rows.records(&Records { hand: Some(Hand::In(me)), ..*query }, MOST_SESSIONS)?;
    found.extend(rows.records(&Records { hand: Some(Hand::NotIn(me)), ..*query }, MOST_SESSIONS)?);
    Ok(found)
}

/// Those that began at this time or later, and have begun at all; those of each day first in which this person had a hand. No
/// copies.
pub(super) fn begun_since(
    rows: &Rows<'_>,
    places: &Places,
    me: PersonId,
    since_ms: i64,
    now_ms: i64,
) -> Result<Vec<SessionView>, NightstandError> {
    // First those that have begun by this phone's clock: what another clock, or a changed app, puts into the future takes no
    // room from them.
    let tomorrow_ms = now_ms.saturating_add(DAY_MS);
    let query = Records { from_ms: Some(since_ms), before_ms: Some(tomorrow_ms), ..places.records(SESSION) };
    let mut found = hand_first(rows, &query, me)?;
    let query = Records { from_ms: Some(tomorrow_ms), ..places.records(SESSION) };
    found.extend(hand_first(rows, &query, me)?);
    let asks = |row: &RecordRow| row.record.number("began").is_some() && row.record.values(COPIED).is_empty();
    let begun = named(found).filter(|(_, row)| asks(row));
    Ok(begun.map(|(id, row)| view_of(id, &row.place, &row.record, &me, now_ms)).collect())
}

fn view_of(id: RecordId, place: &Place, record: &Record, me: &PersonId, now_ms: i64) -> SessionView {
    let steps = lead::standing(record, now_ms);
    let ends = lead::ends(record, &steps);
    SessionView {
        id,
        audience: Audience::of(place),
        situation: record.marks.iter().filter_map(|mark| Condition::from_name(mark)).collect(),
        apart: record.marks.contains(APART),
        state: state(record),
        lead: lead::of(record),
        at_ms: record.number("at").unwrap_or_default(),
        ended_ms: record.number("ended"),
        steps: steps.into_iter().zip(ends).map(|((id, step), ends)| step.view(id, me, now_ms, ends)).collect(),
    }
}

fn state(record: &Record) -> SessionState {
    match (record.number("began"), record.number("ended")) {
        (_, Some(_)) => SessionState::Ended,
        (Some(_), None) => SessionState::Running,
        (None, None) => SessionState::Planned,
    }
}

/// One that has begun goes on.
fn begin(record: &mut Record, now_ms: i64) {
    if state(record) == SessionState::Planned {
        record.set("began", Some(now_ms));
        record.set("at", Some(now_ms));
    }
}

fn steps(record: &Record) -> Vec<(StepId, Step)> {
    let read = |(id, item): (&String, &Item)| Some((id.parse().ok()?, Step::of(item)?));
    let mut steps: Vec<(StepId, Step)> = record.items.iter().filter_map(read).collect();
    steps.sort_by_key(|(id, step)| (step.order, *id));
    // A changed app may have put in more.
    steps.truncate(MOST_STEPS);
    steps
}

fn for_each_step(record: &mut Record, mut change: impl FnMut(&mut Step)) {
    for (id, mut step) in steps(record) {
        change(&mut step);
        write_step(record, &id.to_string(), &step);
    }
}

/// Fields that a later version gave it stay.
fn write_step(record: &mut Record, key: &str, step: &Step) {
    if let Some(item) = record.items.get_mut(key) {
        item.extend(step.to_item());
    }
}

/// Names no situation.
impl core::fmt::Debug for SessionDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SessionDraft({} steps)", self.steps.len())
    }
}

/// Names no situation.
impl core::fmt::Debug for SessionView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SessionView({:?}, {:?}, {} steps)", self.audience, self.state, self.steps.len())
    }
}
