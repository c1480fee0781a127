//! One step of a session, and its timer.

use core::fmt;
use core::str::FromStr;

use nightstand_engine::ids::PersonId;
use nightstand_engine::random;

use crate::care::plan::{self, Way};
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
    /// In which way, where the side does not say it: [in turns](Way::InTurns), which is done together, or [alone](Way::Alone),
    /// by whoever's side it is. None is as the side says. A plan's step brings its own: `StepDraft::from`.
    pub way: Option<Way>,
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

impl StepVerb {
    /// The names of all, in the order of a screen.
    pub const NAMES: &'static [&'static str] = &["start", "pause", "resume", "extend", "skip", "done"];

    /// Its name, as in the keys of texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Skip => "skip",
            Self::Done => "done",
            Self::Extend { .. } => "extend",
        }
    }
}

/// A step as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct StepView {
    /// Which.
    pub id: StepId,
    /// The activity's id.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it. Alone: who does it, which is oneself if it is to receive.
    pub side: Side,
    /// In which way, as this vault's person sees it.
    pub way: Way,
    /// How long it is meant to take.
    pub minutes: u16,
    /// Where it stands.
    pub state: StepState,
    /// How long it ran so far, in milliseconds.
    pub spent_ms: i64,
    /// While it runs: when its time is over, in milliseconds since 1970 by this phone's clock. It may lie in the past. In a
    /// session that [leads itself](super::Sessions::lead), of those that come behind it too, if nothing is changed until then.
    pub ends_at_ms: Option<i64>,
}

/// What may follow on what. What is not here is refused, but for what is so already. A step that was done or left out can be
/// taken up again: people change their minds. A session that leads itself says `Done` and `Start` by the same table.
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
#[derive(Clone)]
pub struct Step {
    pub(crate) order: i64,
    activity: String,
    /// For whom it is done.
    to: To,
    /// What the side does not say of the way.
    way: Option<Way>,
    minutes: u16,
    state: StepState,
    /// Since when it runs, while it does.
    since_ms: i64,
    /// How long it ran before.
    spent_ms: i64,
}

/// The way that a side says by itself.
fn of_side(side: Side) -> Way {
    match side {
        Side::Together => Way::Together,
        Side::Receive => Way::ForMe,
        Side::Give => Way::ForPartner,
    }
}

/// Is it a way that this side leaves room for and does not say?
fn says_more(way: Way, side: Side) -> bool {
    match way {
        Way::InTurns => side == Side::Together,
        Way::Alone => side != Side::Together,
        Way::Together | Way::ForMe | Way::ForPartner => false,
    }
}

/// A step of a plan, as whoever holds the phone picked it. What is done alone is done by them.
impl From<&plan::Step> for StepDraft {
    fn from(step: &plan::Step) -> Self {
        let side = match step.way {
            Way::Together | Way::InTurns => Side::Together,
            Way::ForMe | Way::Alone => Side::Receive,
            Way::ForPartner => Side::Give,
        };
        Self { activity: step.activity.clone(), side, minutes: step.minutes, way: Some(step.way) }
    }
}

/// For whom a step is done, so that each phone can say it as its person sees it: both, one person, or whoever that one is not.
#[derive(Clone)]
struct To(String);

const BOTH: &str = "both";
const NOT: &str = "not ";

/// The field of what the side does not say of the way.
pub(crate) const WAY: &str = "way";

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
        let fits = self.way.is_none_or(|way| of_side(self.side) == way || says_more(way, self.side));
        if !fits {
            return Err(InvalidInput::Item.into());
        }
        activities::check(rows, places, &self.activity)?;
        if MINUTES.contains(&self.minutes) { Ok(()) } else { Err(InvalidInput::Range.into()) }
    }
}

/// Where the step at this position stands; there is room between two.
pub(crate) fn order_of(position: usize) -> i64 {
    (position as i64).saturating_mul(1 << 20)
}

impl Step {
    pub(crate) fn new(draft: &StepDraft, order: i64, me: &PersonId) -> Self {
        let StepDraft { activity, side, minutes, way } = draft.clone();
        let way = way.filter(|way| says_more(*way, side));
        let to = match side {
            Side::Together => To(BOTH.into()),
            Side::Receive => To(mark_of(me)),
            Side::Give => To(format!("{NOT}{}", mark_of(me))),
        };
        Self { order, activity, to, way, minutes, state: StepState::Waiting, since_ms: 0, spent_ms: 0 }
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
            way: text(WAY).and_then(Way::from_name),
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
        let mut item = Item::from([
            ("order".to_owned(), self.order.into()),
            ("activity".to_owned(), self.activity.clone().into()),
            ("to".to_owned(), self.to.0.clone().into()),
            ("minutes".to_owned(), i64::from(self.minutes).into()),
            ("timer".to_owned(), timer.into()),
        ]);
        item.extend(self.way.map(|way| (WAY.to_owned(), way.name().into())));
        item
    }

    pub(super) fn state(&self) -> StepState {
        self.state
    }

    pub(super) fn apply(&mut self, verb: StepVerb, now_ms: i64) -> Result<(), NightstandError> {
        if let StepVerb::Extend { minutes } = verb {
            let longer = self.minutes.checked_add(minutes).filter(|longer| MINUTES.contains(longer));
            self.minutes = longer.filter(|_| minutes > 0).ok_or(InvalidInput::Range)?;
            return Ok(());
        }
        let follows = TABLE.iter().find(|(state, with, _)| (*state, *with) == (self.state, verb));
        match follows {
            Some((_, _, next)) => self.go(*next, now_ms),
            // Both tapped the same, or one tapped twice.
            None if TABLE.iter().any(|(_, with, next)| (*with, *next) == (verb, self.state)) => {}
            None => return Err(InvalidInput::State.into()),
        }
        Ok(())
    }

    /// Since when it runs.
    pub(super) fn since_ms(&self) -> Option<i64> {
        (self.state == StepState::Running).then_some(self.since_ms)
    }

    /// When its time is over, while it runs.
    pub(super) fn over_ms(&self) -> Option<i64> {
        Some(self.since_ms()?.saturating_add(self.left_ms()))
    }

    /// When it ends by itself in a session that leads itself: not if its time was used up before it was taken up.
    pub(super) fn ends_ms(&self) -> Option<i64> {
        self.over_ms().filter(|_| self.left_ms() > 0)
    }

    /// Can it have its turn by itself?
    pub(super) fn may_come(&self) -> bool {
        matches!(self.state, StepState::Waiting | StepState::Paused) && self.left_ms() > 0
    }

    /// What was left of its time when its timer was written.
    fn left_ms(&self) -> i64 {
        (i64::from(self.minutes) * 60_000).saturating_sub(self.spent_ms)
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

    pub(crate) fn view(self, id: StepId, me: &PersonId, now_ms: i64, ends_at_ms: Option<i64>) -> StepView {
        let spent_ms = self.spent_at(now_ms);
        let side = self.to.side(me);
        let Self { activity, way, minutes, state, .. } = self;
        let way = way.filter(|way| says_more(*way, side)).unwrap_or(of_side(side));
        StepView { id, activity, side, way, minutes, state, spent_ms, ends_at_ms }
    }
}

/// The activity that a step names, if it was done.
pub(crate) fn done(item: &Item) -> Option<&str> {
    let text = |key| item.get(key).and_then(Field::text);
    let state = text("timer")?.split_once(' ').map(|(state, _)| state);
    text("activity").filter(|_| state == Some(StepState::Done.name()))
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
        bytes.map(Self).ok_or(InvalidInput::Id.into())
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
