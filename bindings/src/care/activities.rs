//! Activities of a couple's own.

use std::sync::Arc;

use nightstand::care::activities as core;
use nightstand::care::catalogue::{Family, Need};
use nightstand::records::Audience;

use crate::error::NightstandError;
use crate::texts::Texts;
use crate::work::Desk;

/// Activities that this couple, or this person, made. Wherever an activity is named, one's own stands like a built-in one.
#[derive(uniffi::Object)]
pub struct Activities(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Activities {
    /// Adds one. Saved when this returns; of both, the partner has it after the next sync.
    ///
    /// Errors: `InvalidInput` for a text or minutes out of range, or if one has added 500 already; `NotPaired`, `PrivateLocked`.
    pub async fn add(&self, audience: Audience, draft: ActivityDraft) -> Result<OwnActivity, NightstandError> {
        self.0.write(move |vault| Ok(vault.activities().add(audience, &draft.into())?.into())).await
    }

    /// Says something else of it: `since` is the content that the screen was drawn from. Wherever it is named, it is that
    /// from then on.
    ///
    /// Errors: as `add`; `ChangedMeanwhile` if it says something else by now, on another screen or device, or by the partner:
    /// then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub async fn change(&self, id: String, draft: ActivityDraft, since: ActivityDraft) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.activities().change(&id, &draft.into(), &since.into())).await
    }

    /// Removes it, on the partner's phone too if it is of both. What names it keeps its id, and `title` says of that
    /// id that it is not here.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn remove(&self, id: String) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.activities().remove(&id)).await
    }

    /// Copies one of one's own for both, as after a pairing; the partner has the copy after the next sync. The original
    /// stays, under its own id, and so does what names it. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `NotFound` for one that is not one's own alone; `Deleted` if it or its copy was removed;
    /// `InvalidInput` (`Full`) if there are 500 already; `PrivateLocked`.
    pub async fn copy_to_both(&self, id: String) -> Result<OwnActivity, NightstandError> {
        self.0.write(move |vault| Ok(vault.activities().copy_to_both(&id)?.into())).await
    }

    /// What an activity is called, to be shown wherever one is named: a built-in one in the words of `texts`, one's own as it was
    /// titled. One that was removed, that is the partner's alone, or that a newer app knows is said with a text of its own
    /// (`unknown-activity`), never with its id.
    ///
    /// Errors: `PrivateLocked` for one that may be in Private while that is locked.
    pub async fn title(&self, id: String, texts: Arc<Texts>) -> Result<String, NightstandError> {
        self.0.read(move |vault| texts.read(|texts| vault.activities().title(&id, texts))).await
    }

    /// All of them, by title. While Private is locked those of both.
    pub async fn list(&self) -> Result<Vec<OwnActivity>, NightstandError> {
        self.0.read(|vault| Ok(vault.activities().list()?.into_iter().map(OwnActivity::from).collect())).await
    }
}

/// What somebody says of an activity of their own.
#[derive(uniffi::Record)]
pub struct ActivityDraft {
    /// One line, not empty, at most 60 UTF-16 units.
    pub title: String,
    /// What is done, at most 400 UTF-16 units.
    pub about: String,
    /// Its kind.
    pub family: Family,
    /// What it can be good for.
    pub needs: Vec<Need>,
    /// How long it usually takes at least: 1 to 600 minutes.
    pub least_minutes: u16,
    /// How long it usually takes at most, likewise.
    pub most_minutes: u16,
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

/// An activity of one's own.
#[derive(uniffi::Record)]
pub struct OwnActivity {
    /// Its id wherever an activity is named: `own-` and 32 hexadecimal digits.
    pub id: String,
    /// Whose.
    pub audience: Audience,
    /// What is said of it.
    pub content: ActivityDraft,
}

impl From<ActivityDraft> for core::ActivityDraft {
    fn from(draft: ActivityDraft) -> Self {
        let ActivityDraft { title, about, family, needs, least_minutes, most_minutes, works_apart } = draft;
        let needs = needs.into_iter().collect();
        Self { title, about, family, needs, minutes: (least_minutes, most_minutes), works_apart }
    }
}

impl From<core::OwnActivity> for OwnActivity {
    fn from(own: core::OwnActivity) -> Self {
        let core::OwnActivity { id, audience, content } = own;
        let core::ActivityDraft { title, about, family, needs, minutes, works_apart } = content;
        let ((least_minutes, most_minutes), needs) = (minutes, needs.into_iter().collect());
        let content = ActivityDraft { title, about, family, needs, least_minutes, most_minutes, works_apart };
        Self { id, audience, content }
    }
}
