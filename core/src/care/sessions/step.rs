//! One step of a session, and its timer.

use core::fmt;
use core::str::FromStr;

use nightstand_engine::ids::PersonId;
use nightstand_engine::random;

use super::invalid;
use crate::care::{Side, activities};
use crate::docs::record::{Field, Item};
use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::records::{Places, mark_of};
use crate::store::{Rows, StoreTx};

/// The minutes that a step may take.
const MINUTES: core::ops::RangeInclusive<u16> = 1..=600;

/// Which step of a session: 8 random bytes, as text 16 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId([u8; 8]);

/// A step, as somebody picked it.
#[derive(Clone, PartialEq, Eq)]
pub struct StepDraft {
    /// The activity's id, from the catalogue or one's own.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it.
    pub side: Side,
    /// How long it is meant to take: 1 to 600 minutes.
    pub minutes: u16,
}

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepState {
    /// Its turn has not come.
    Waiting,
    /// Its time runs.
    Running,
    /// Its time stands still.
    Paused,
    /// It was done.
    Done,
    /// It was left out.
    Skipped,
}

/// What can be done with a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepVerb {
    /// Lets its time run.
    Start,
    /// Lets its time stand still.
    Pause,
    /// Lets its time run again.
    Resume,
    /// Leaves it out.
    Skip,
    /// Says that it was done.
    Done,
    /// Gives it so many minutes more.
    Extend {
        /// 1 to 600. A step has at most 600 in all.
        minutes: u16,
    },
}

/// A step as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct StepView {
    /// Which.
    pub id: StepId,
    /// The activity's id.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it.
    pub side: Side,
    /// How long it is meant to take.
    pub minutes: u16,
    /// Where it stands.
    pub state: StepState,
    /// How long it ran so far, in milliseconds.
    pub spent_ms: i64,
    /// While it runs: when its time is over, in milliseconds since 1970 by this phone's clock. It may lie in the past.
    pub ends_at_ms: Option<i64>,
}

/// What may follow on what. What is not here is refused, but for what is so already. A step that was done or left out can be
/// taken up again: people change their minds.
const TABLE: &[(StepState, StepVerb, StepState)] = &[
    (StepState::Waiting, StepVerb::Start, StepState::Running),
    (StepState::Waiting, StepVerb::Skip, StepState::Skipped),
    (StepState::Waiting, StepVerb::Done, StepState::Done),
    (StepState::Running, StepVerb::Pause, StepState::Paused),
    (StepState::Running, StepVerb::Skip, StepState::Skipped),
    (StepState::Running, StepVerb::Done, StepState::Done),
    (StepState::Paused, StepVerb::Resume, StepState::Running),
    (StepState::Paused, StepVerb::Start, StepState::Running),
    (StepState::Paused, StepVerb::Skip, StepState::Skipped),
    (StepState::Paused, StepVerb::Done, StepState::Done),
    (StepState::Done, StepVerb::Start, StepState::Running),
    (StepState::Skipped, StepVerb::Start, StepState::Running),
    (StepState::Skipped, StepVerb::Done, StepState::Done),
];

/// A step as its session's record has it.
pub struct Step {
    pub(crate) order: i64,
    activity: String,
    /// For whom it is done.
    to: To,
    minutes: u16,
    state: StepState,
    /// Since when it runs, while it does.
    since_ms: i64,
    /// How long it ran before.
    spent_ms: i64,
}

/// For whom a step is done, so that each phone can say it as its person sees it: both, one person, or whoever that one is not.
struct To(String);

const BOTH: &str = "both";
const NOT: &str = "not ";

impl To {
    fn side(&self, me: &PersonId) -> Side {
        let mine = mark_of(me);
        match self.0.strip_prefix(NOT) {
            _ if self.0 == BOTH => Side::Together,
            Some(not) if not == mine => Side::Give,
            None if self.0 != mine => Side::Give,
            _ => Side::Receive,
        }
    }
}

impl StepId {
    pub(crate) fn make(tx: &StoreTx<'_>) -> Self {
        Self(random::make_bytes(&mut tx.randomness()))
    }
}

impl StepDraft {
    pub(crate) fn check(&self, rows: &Rows<'_>, places: &Places) -> Result<(), NightstandError> {
        if !activities::is_known(rows, places, &self.activity)? {
            return Err(invalid(InvalidInput::Item));
        }
        if MINUTES.contains(&self.minutes) { Ok(()) } else { Err(invalid(InvalidInput::Range)) }
    }
}

/// Where the step at this position stands; there is room between two.
pub(crate) fn order_of(position: usize) -> i64 {
    (position as i64).saturating_mul(1 << 20)
}

impl Step {
    pub(crate) fn new(draft: &StepDraft, order: i64, me: &PersonId) -> Self {
        let StepDraft { activity, side, minutes } = draft.clone();
        let to = match side {
            Side::Together => To(BOTH.into()),
            Side::Receive => To(mark_of(me)),
            Side::Give => To(format!("{NOT}{}", mark_of(me))),
        };
        Self { order, activity, to, minutes, state: StepState::Waiting, since_ms: 0, spent_ms: 0 }
    }

    /// None of what is no step.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let text = |key| item.get(key).and_then(Field::text);
        let number = |key| item.get(key).and_then(Field::number);
        let (state, since_ms, spent_ms) = text("timer").and_then(timer).unwrap_or((StepState::Waiting, 0, 0));
        Some(Self {
            order: number("order").unwrap_or_default(),
            activity: text("activity")?.to_owned(),
            to: To(text("to")?.to_owned()),
            minutes: number("minutes")
                .and_then(|minutes| minutes.try_into().ok())
                .filter(|one| MINUTES.contains(one))?,
            state,
            since_ms,
            spent_ms,
        })
    }

    /// The timer is one scalar: of two phones that changed it at the same time one counts, whole.
    pub(crate) fn to_item(&self) -> Item {
        let timer = format!("{} {} {}", self.state.name(), self.since_ms, self.spent_ms);
        Item::from([
            ("order".to_owned(), self.order.into()),
            ("activity".to_owned(), self.activity.clone().into()),
            ("to".to_owned(), self.to.0.clone().into()),
            ("minutes".to_owned(), i64::from(self.minutes).into()),
            ("timer".to_owned(), timer.into()),
        ])
    }

    pub(super) fn state(&self) -> StepState {
        self.state
    }

    pub(super) fn apply(&mut self, verb: StepVerb, now_ms: i64) -> Result<(), NightstandError> {
        if let StepVerb::Extend { minutes } = verb {
            let longer = self.minutes.checked_add(minutes).filter(|longer| MINUTES.contains(longer));
            self.minutes = longer.filter(|_| minutes > 0).ok_or(invalid(InvalidInput::Range))?;
            return Ok(());
        }
        let follows = TABLE.iter().find(|(state, with, _)| (*state, *with) == (self.state, verb));
        match follows {
            Some((_, _, next)) => self.go(*next, now_ms),
            // Both tapped the same, or one tapped twice.
            None if TABLE.iter().any(|(_, with, next)| (*with, *next) == (verb, self.state)) => {}
            None => return Err(invalid(InvalidInput::State)),
        }
        Ok(())
    }

    /// Stops it if it runs.
    pub(super) fn stop(&mut self, now_ms: i64, next: StepState) {
        if self.state == StepState::Running {
            self.go(next, now_ms);
        }
    }

    fn go(&mut self, next: StepState, now_ms: i64) {
        self.spent_ms = self.spent_at(now_ms);
        self.since_ms = if next == StepState::Running { now_ms } else { 0 };
        self.state = next;
    }

    /// Clocks differ: one that is behind the other phone's does not take time away.
    fn spent_at(&self, now_ms: i64) -> i64 {
        let running = self.state == StepState::Running;
        let since = if running { now_ms.saturating_sub(self.since_ms).max(0) } else { 0 };
        self.spent_ms.saturating_add(since)
    }

    pub(crate) fn view(self, id: StepId, me: &PersonId, now_ms: i64) -> StepView {
        let spent_ms = self.spent_at(now_ms);
        let left = i64::from(self.minutes) * 60_000 - self.spent_ms;
        let ends_at_ms = (self.state == StepState::Running).then(|| self.since_ms.saturating_add(left));
        let side = self.to.side(me);
        let Self { activity, minutes, state, .. } = self;
        StepView { id, activity, side, minutes, state, spent_ms, ends_at_ms }
    }
}

fn timer(text: &str) -> Option<(StepState, i64, i64)> {
    let mut parts = text.split(' ');
    let state = StepState::from_name(parts.next()?)?;
    let (since, spent) = (parts.next()?.parse().ok()?, parts.next()?.parse::<i64>().ok()?);
    Some((state, since, spent.max(0)))
}

names!(StepState {
    Self::Waiting = "waiting",
    Self::Running = "running",
    Self::Paused = "paused",
    Self::Done = "done",
    Self::Skipped = "skipped",
});

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StepId(…)")
    }
}

impl FromStr for StepId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(invalid(InvalidInput::Id))
    }
}

/// Names no activity.
impl fmt::Debug for StepDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepDraft({} minutes)", self.minutes)
    }
}

/// Names no activity.
impl fmt::Debug for StepView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StepView({:?}, {} minutes)", self.state, self.minutes)
    }
}
