//! Rituals.

use std::sync::Arc;

use nightstand::care::plan::Way;
use nightstand::care::sessions::StepId;
use nightstand::care::{Condition, Side};
use nightstand::records::{Audience, RecordId};
use nightstand::together::rituals as core;

use crate::care::sessions::{SessionView, StepDraft};
use crate::error::NightstandError;
use crate::work::Desk;

/// Rituals: steps that belong together, under a name, for certain situations.
///
/// Each step is an activity, built in or one's own, with its minutes. Plans offer the rituals that fit the occasion, and one call
/// begins a session with a ritual's steps. What a call changes is saved when it returns, and reaches the partner at the next sync
/// if the ritual is of both.
#[derive(uniffi::Object)]
pub struct Rituals(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Rituals {
    /// Adds a ritual.
    ///
    /// Errors: `InvalidInput` for a title that is empty, too long or of several lines, an activity that does not exist, minutes
    /// out of range, more than 100 steps, or if one has added 200 already; `NotFound`, `Deleted` for an activity of one's own
    /// that is not here; `NotPaired`, `PrivateLocked`.
    pub async fn add(&self, audience: Audience, draft: RitualDraft) -> Result<RitualView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().add(audience, &draft.into())?.into())).await
    }

    /// Gives it another name, or other situations: `since` is the ritual that the screen was drawn from. Its steps do not
    /// count here: they have calls of their own.
    ///
    /// Errors: as `add`; `ChangedMeanwhile` if its name or its situations are others by now, on another screen or device, or by
    /// the partner: then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub async fn describe(
        &self,
        id: RecordId,
        title: String,
        situation: Vec<Condition>,
        since: RitualView,
    ) -> Result<RitualView, NightstandError> {
        let (situation, since) = (situation.into_iter().collect(), since.into());
        self.0.write(move |vault| Ok(vault.rituals().describe(&id, &title, &situation, &since)?.into())).await
    }

    /// Puts a step behind the others.
    ///
    /// Errors: as `add`; `NotFound`, `Deleted`.
    pub async fn add_step(&self, id: RecordId, draft: StepDraft) -> Result<RitualView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().add_step(&id, &draft.into())?.into())).await
    }

    /// Says something else of a step: `since` is the ritual that the screen was drawn from. The step stays where it is, and the
    /// others do not count here.
    ///
    /// Errors: as `add_step`; `ChangedMeanwhile` if the step is another by now: then nothing was written, and the screen is to
    /// be drawn again.
    pub async fn change_step(
        &self,
        id: RecordId,
        step: StepId,
        draft: StepDraft,
        since: RitualView,
    ) -> Result<RitualView, NightstandError> {
        let (draft, since) = (draft.into(), since.into());
        self.0.write(move |vault| Ok(vault.rituals().change_step(&id, step, &draft, &since)?.into())).await
    }

    /// Moves a step: to the place `position`, counted from 0 without it. Beyond the end is the end.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn move_step(&self, id: RecordId, step: StepId, position: u32) -> Result<RitualView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().move_step(&id, step, position as usize)?.into())).await
    }

    /// Takes a step out.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn remove_step(&self, id: RecordId, step: StepId) -> Result<RitualView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().remove_step(&id, step)?.into())).await
    }

    /// Removes a ritual, on the partner's phone too if it is of both. Sessions that were begun with it stay as they are.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn remove(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.rituals().remove(&id)).await
    }

    /// Copies a ritual of one's own for both, as after a pairing; the partner has the copy after the next sync. What goes
    /// along is its title, its steps, and its situations without those that tell of oneself (tired, vulnerable, disappointed,
    /// an old issue); one that has no other is offered always. A step whose activity is gone, and its copy too, stays behind.
    /// Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput`: `NotOfBoth` if a step is of an activity of one's own that was not copied, `Full`
    /// if there are 200 already; `NotFound` for one that is not one's own alone; `Deleted` if it or its copy was removed;
    /// `PrivateLocked`.
    pub async fn copy_to_both(&self, id: RecordId) -> Result<RitualView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().copy_to_both(&id)?.into())).await
    }

    /// One ritual.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<RitualView, NightstandError> {
        self.0.read(move |vault| Ok(vault.rituals().read(&id)?.into())).await
    }

    /// All of them, by title. While Private is locked those of both.
    pub async fn list(&self) -> Result<Vec<RitualView>, NightstandError> {
        self.0.read(|vault| Ok(vault.rituals().list()?.into_iter().map(RitualView::from).collect())).await
    }

    /// Begins a session with a ritual's steps, situation and audience: a copy, which goes its own way from there. Its first step
    /// begins, and it leads itself, so that after this one tap the phones can lie aside; `sessions().lead` lets it be led by hand
    /// again. Boundaries of one's own that a step meets are for `marks` to show beforehand.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn start(&self, id: RecordId) -> Result<SessionView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rituals().start(&id)?.into())).await
    }
}

/// What a ritual begins with.
#[derive(uniffi::Record)]
pub struct RitualDraft {
    /// One line, not empty, at most 60 UTF-16 units.
    pub title: String,
    /// After or in which of these it is offered; none: always.
    #[uniffi(default)]
    pub situation: Vec<Condition>,
    /// The steps, in their order. At most 100.
    #[uniffi(default)]
    pub steps: Vec<StepDraft>,
}

/// A ritual as a screen shows it.
#[derive(uniffi::Record)]
pub struct RitualView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub audience: Audience,
    /// Its name.
    pub title: String,
    /// After or in which of these it is offered; none: always.
    pub situation: Vec<Condition>,
    /// In their order.
    pub steps: Vec<RitualStep>,
    /// How long it takes, in minutes.
    pub minutes: u32,
}

/// A step of a ritual.
#[derive(uniffi::Record)]
pub struct RitualStep {
    /// Which.
    pub id: StepId,
    /// The activity's id. One of one's own may have been removed since.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it.
    pub side: Side,
    /// In which way, as this vault's person sees it.
    pub way: Way,
    /// How long it is meant to take.
    pub minutes: u16,
}

impl From<RitualDraft> for core::RitualDraft {
    fn from(RitualDraft { title, situation, steps }: RitualDraft) -> Self {
        let steps = steps.into_iter().map(Into::into).collect();
        Self { title, situation: situation.into_iter().collect(), steps }
    }
}

impl From<core::RitualView> for RitualView {
    fn from(view: core::RitualView) -> Self {
        let minutes = view.minutes();
        let core::RitualView { id, audience, title, situation, steps } = view;
        let steps = steps.into_iter().map(RitualStep::from).collect();
        Self { id, audience, title, situation: situation.into_iter().collect(), steps, minutes }
    }
}

impl From<RitualView> for core::RitualView {
    fn from(RitualView { id, audience, title, situation, steps, minutes: _ }: RitualView) -> Self {
        let steps = steps.into_iter().map(core::RitualStep::from).collect();
        Self { id, audience, title, situation: situation.into_iter().collect(), steps }
    }
}

impl From<RitualStep> for core::RitualStep {
    fn from(RitualStep { id, activity, side, way, minutes }: RitualStep) -> Self {
        Self { id, activity, side, way, minutes }
    }
}

impl From<core::RitualStep> for RitualStep {
    fn from(core::RitualStep { id, activity, side, way, minutes }: core::RitualStep) -> Self {
        Self { id, activity, side, way, minutes }
    }
}
