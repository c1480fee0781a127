//! Sessions and their steps.

use std::sync::Arc;

use nightstand::care::plan::Way;
use nightstand::care::sessions as core;
use nightstand::care::sessions::{SessionLead, SessionState, StepId, StepState, StepVerb};
use nightstand::care::{Condition, Side};
use nightstand::records::{Audience, RecordId};

use super::plan::{DoneLately, Step};
use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Care sessions: the time after, as two people (or one) spend it.
///
/// A session is planned, or begun at once, with the steps that a person picked; each step has a timer; at its end it says
/// what was really done. Led by hand, no step begins or ends by itself: one whose time is over runs on. A session can also be
/// let lead itself (`lead`). One of both is led from both phones. Nothing of how steps were found stands in it. What a call
/// changes is saved when it returns, and reaches the partner at the next sync if the session is of both.
#[derive(uniffi::Object)]
pub struct Sessions(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Sessions {
    /// Plans a session.
    ///
    /// Errors: `InvalidInput` for an activity that does not exist, minutes out of range or more than 100 steps; `NotFound`,
    /// `Deleted` for an activity of one's own that is not here; `NotPaired` for one of both without a partner;
    /// `PrivateLocked`.
    pub async fn plan(&self, audience: Audience, draft: SessionDraft) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().plan(audience, &draft.into())?.into())).await
    }

    /// Begins a session, and none of its steps: `Start` of a step begins both. One that runs goes on.
    ///
    /// Errors: `InvalidInput` (`Ended`) if it has ended; `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn start(&self, id: RecordId) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().start(&id)?.into())).await
    }

    /// Ends a session; a step that runs is done, the others stay as they are. A session that ended stays as it is; of its
    /// steps it can yet be said that they were done or left out.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn end(&self, id: RecordId) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().end(&id)?.into())).await
    }

    /// Does something with a step, and starts the session with it. What is so already stays so. A step that starts pauses the
    /// one that runs.
    ///
    /// Errors: `InvalidInput`: `State` for what its state does not allow, `Range` for minutes, `Ended` if the session has ended
    /// and this would start a timer; `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn step(&self, id: RecordId, step: StepId, verb: StepVerb) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().step(&id, step, verb)?.into())).await
    }

    /// Lets a session lead itself from this moment on, or be led by hand again. By itself it begins if it has not: the step that
    /// runs goes on, or else the first begins that is paused or waits. When a step's time is over the next begins, on both
    /// phones and also while the apps don't run; the last one runs on until somebody ends it. A step that is paused holds up
    /// those behind it, and `Done` and `Skip` begin the next at once. Where the two said different things at the same time, it
    /// is led by hand.
    ///
    /// Errors: `InvalidInput` (`Ended`) for one that has ended; `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn lead(&self, id: RecordId, lead: SessionLead) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().lead(&id, lead)?.into())).await
    }

    /// Puts a step behind the others; also into a session that is over, of what was done without having been planned.
    ///
    /// Errors: as `plan`; `NotFound`, `Deleted`.
    pub async fn add_step(&self, id: RecordId, draft: StepDraft) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().add_step(&id, &draft.into())?.into())).await
    }

    /// Moves a step: to the place `position`, counted from 0 without it. Beyond the end is the end.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn move_step(&self, id: RecordId, step: StepId, position: u32) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().move_step(&id, step, position as usize)?.into())).await
    }

    /// Takes a step out.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn remove_step(&self, id: RecordId, step: StepId) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().remove_step(&id, step)?.into())).await
    }

    /// Copies a session of one's own for both, as after a pairing; the partner has the copy after the next sync. What goes
    /// along is when it was, its steps and what was done of them, and the situation without what tells of oneself (tired,
    /// vulnerable, disappointed, an old issue). No check-in does, and none comes due of the copy. A step whose activity is
    /// gone, and its copy too, stays behind. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput`: `Running` for one that is going on, `NotOfBoth` if a step is of an activity of
    /// one's own that was not copied; `NotFound` for one that is not one's own alone; `Deleted` if it or its copy was
    /// deleted; `PrivateLocked`.
    pub async fn copy_to_both(&self, id: RecordId) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.sessions().copy_to_both(&id)?.into())).await
    }

    /// One session.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<SessionView, NightstandError> {
        self.0.read(move |vault| Ok(vault.sessions().read(&id)?.into())).await
    }

    /// The sessions whose time lies from `since` on and before `until`, the newest first: at most 1,000 in which
    /// one had a hand, and as many that are the partner's alone. While Private is locked
    /// those of both.
    pub async fn list(&self, since: Timestamp, until: Timestamp) -> Result<Vec<SessionView>, NightstandError> {
        let read = move |vault: &nightstand::vault::Vault| vault.sessions().list(since.0, until.0);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(SessionView::from).collect())).await
    }

    /// How many days ago each activity was last done, of those in the last 60 days: for an occasion's `lately`. While
    /// Private is locked, of what both did.
    pub async fn lately(&self, now: Timestamp) -> Result<Vec<DoneLately>, NightstandError> {
        let done = |(activity, days_ago)| DoneLately { activity, days_ago };
        self.0.read(move |vault| Ok(vault.sessions().lately(now.0)?.into_iter().map(done).collect())).await
    }

    /// Deletes a session, on the partner's phone too if it is of both. What each noted of it in check-ins stays.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn delete(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.sessions().delete(&id)).await
    }
}

// Which session, check-in, ritual and so on. It stays the same for as long as the thing lives.
uniffi::custom_type!(RecordId, String, {
    remote,
    try_lift: |text| text.parse::<RecordId>().map_err(|error| NightstandError::from(error).into()),
    lower: |id| id.to_string(),
});

// Which step of a session.
uniffi::custom_type!(StepId, String, {
    remote,
    try_lift: |text| text.parse::<StepId>().map_err(|error| NightstandError::from(error).into()),
    lower: |id| id.to_string(),
});

/// For whom something is.
#[uniffi::remote(Enum)]
pub enum Audience {
    /// For the vault's person alone.
    Me,
    /// For both partners, who both change it.
    Both,
}

/// What a session begins with.
#[derive(uniffi::Record)]
pub struct SessionDraft {
    /// What it comes after. Of a session of both the partner reads it, and what it tells of whoever handed it in.
    #[uniffi(default)]
    pub situation: Vec<Condition>,
    /// The two are not in one place.
    #[uniffi(default)]
    pub apart: bool,
    /// The steps, in their order. At most 100.
    #[uniffi(default)]
    pub steps: Vec<StepDraft>,
}

/// A step, as somebody picked it.
#[derive(uniffi::Record)]
pub struct StepDraft {
    /// The activity's id, from the catalogue or one's own.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it.
    pub side: Side,
    /// How long it is meant to take: 1 to 600 minutes.
    pub minutes: u16,
    /// In which way, where the side does not say it: in turns, which is done together, or alone, by whoever's side it is (to
    /// receive: oneself). Without it, it is as the side says. Another way that does not fit the side is `InvalidInput` (`Item`).
    #[uniffi(default)]
    pub way: Option<Way>,
}

/// A plan's step as somebody picks it for a session, with its way and the side that goes with it. What is done alone is done by
/// whoever picks it.
#[uniffi::export]
pub fn step_draft(step: Step) -> StepDraft {
    let core::StepDraft { activity, side, minutes, way } = core::StepDraft::from(&step.into());
    StepDraft { activity, side, minutes, way }
}

/// Where a session stands.
#[uniffi::remote(Enum)]
pub enum SessionState {
    /// It has not begun.
    Planned,
    /// It is going on.
    Running,
    /// It is over.
    Ended,
}

/// Who begins the next step of a session.
#[uniffi::remote(Enum)]
pub enum SessionLead {
    /// Somebody, with a tap.
    ByHand,
    /// The session, when a step's time is over.
    ByItself,
}

/// Where a step stands.
#[uniffi::remote(Enum)]
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
#[uniffi::remote(Enum)]
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

/// A session as a screen shows it.
#[derive(uniffi::Record)]
pub struct SessionView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub audience: Audience,
    /// What it comes after.
    pub situation: Vec<Condition>,
    /// The two are not in one place.
    pub apart: bool,
    /// Where it stands.
    pub state: SessionState,
    /// Who begins the next step.
    pub lead: SessionLead,
    /// When it was planned, or begun once it was, by the phone that did.
    pub at: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// In their order.
    pub steps: Vec<StepView>,
}

/// A step as a screen shows it.
#[derive(uniffi::Record)]
pub struct StepView {
    /// Which.
    pub id: StepId,
    /// The activity's id.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it. Alone: who does it, which is oneself if it is to receive.
    pub side: Side,
    /// In which way, as this vault's person sees it: `TextOf.Way` has its text.
    pub way: Way,
    /// How long it is meant to take.
    pub minutes: u16,
    /// Where it stands.
    pub state: StepState,
    /// How long it ran so far, in milliseconds.
    pub spent_ms: i64,
    /// While it runs: when its time is over, by this phone's clock, to make a sound then, also if the app is not running. It may
    /// lie in the past. In a session that leads itself, of those that come behind it too, if nothing is changed until then.
    pub ends_at: Option<Timestamp>,
}

impl From<SessionDraft> for core::SessionDraft {
    fn from(draft: SessionDraft) -> Self {
        let SessionDraft { situation, apart, steps } = draft;
        Self { situation: situation.into_iter().collect(), apart, steps: steps.into_iter().map(Into::into).collect() }
    }
}

impl From<StepDraft> for core::StepDraft {
    fn from(draft: StepDraft) -> Self {
        let StepDraft { activity, side, minutes, way } = draft;
        Self { activity, side, minutes, way }
    }
}

impl From<core::SessionView> for SessionView {
    fn from(view: core::SessionView) -> Self {
        let core::SessionView { id, audience, situation, apart, state, lead, at_ms, ended_ms, steps } = view;
        let situation = situation.into_iter().collect();
        let steps = steps.into_iter().map(StepView::from).collect();
        let (at, ended) = (Timestamp(at_ms), ended_ms.map(Timestamp));
        Self { id, audience, situation, apart, state, lead, at, ended, steps }
    }
}

impl From<core::StepView> for StepView {
    fn from(view: core::StepView) -> Self {
        let core::StepView { id, activity, side, way, minutes, state, spent_ms, ends_at_ms } = view;
        Self { id, activity, side, way, minutes, state, spent_ms, ends_at: ends_at_ms.map(Timestamp) }
    }
}
