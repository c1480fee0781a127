//! Wishes about later.

use std::sync::Arc;

use nightstand::care::Whose;
use nightstand::care::follow_ups as core;
use nightstand::care::follow_ups::{FollowUpAnswer, FollowUpFor};
use nightstand::records::RecordId;

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Wishes about later: a message later today, a kind word the next day, a cuddle that is kept for later, to reconnect.
///
/// One for oneself comes due on one's own devices. One that the partner may fulfil comes due on theirs, once they said yes
/// to it. A no, and no answer, look the same.
#[derive(uniffi::Object)]
pub struct FollowUps(pub(crate) Arc<Desk>);

#[uniffi::export]
impl FollowUps {
    /// Wishes something. Saved when this returns; what the partner may fulfil reaches them at the next sync. Of an
    /// activity of one's own that was copied for both, the copy is wished for.
    ///
    /// Errors: `InvalidInput` for a wish that says nothing; `Item` for an activity or a script that does not exist or does
    /// not fit, one that can't come later (as getting up slowly); `NotOfBoth` for one of one's own that the partner does not
    /// have, `NotFound` and `Deleted` for one that is not here; `Date` for a moment that is past or more than five years off;
    /// a text or a minute out of range, or if there are 500 already; `NotPaired` for one of the partner; `PrivateLocked`.
    pub async fn add(&self, wished_of: FollowUpFor, draft: FollowUpDraft) -> Result<FollowUpView, NightstandError> {
        self.0.write(move |vault| Ok(vault.follow_ups().add(wished_of, &draft.into())?.into())).await
    }

    /// Says something else, from this moment on: `since` is the content that the screen was drawn from. A yes of the partner's
    /// was to what it said before: they are asked anew. A no stands.
    ///
    /// A moment that stood there before may be past. Errors: as `add`; `ChangedMeanwhile` if it says something else by now, on
    /// another screen or device: then nothing was written. `NotFound`, `Deleted`, `NotYours` for one of the partner's.
    pub async fn change(
        &self,
        id: RecordId,
        draft: FollowUpDraft,
        since: FollowUpDraft,
    ) -> Result<FollowUpView, NightstandError> {
        self.0.write(move |vault| Ok(vault.follow_ups().change(&id, &draft.into(), &since.into())?.into())).await
    }

    /// Says that it is done, so that it does not come due: `hash` is what was shown with it. Of one's own this is saved with
    /// it, and reaches the partner if they may fulfil it; of the partner's it is noted for oneself alone.
    ///
    /// Errors: `ChangedMeanwhile` if the wish says something else by now; then nothing is noted, and what it says comes due.
    /// `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn done(&self, id: RecordId, hash: Vec<u8>) -> Result<FollowUpView, NightstandError> {
        self.0.write(move |vault| Ok(vault.follow_ups().done(&id, &hash)?.into())).await
    }

    /// Takes a wish of one's own back, from the partner's phone too at the next sync.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for one of the partner's; `PrivateLocked`.
    pub async fn take_back(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.follow_ups().take_back(&id)).await
    }

    /// Answers a wish of the partner's: `hash` is what was shown with it. None takes an answer back, whatever the wish says by
    /// now. Saved when this returns, for oneself alone, but for a `Yes`, which the partner may know of from the next sync on
    /// until another answer takes its place.
    ///
    /// Errors: `ChangedMeanwhile` if the wish says something else by now; then nothing is answered. `NotFound`, `Deleted`,
    /// `InvalidInput` (`State`) for one of one's own; `PrivateLocked`.
    pub async fn answer(
        &self,
        id: RecordId,
        answer: Option<FollowUpAnswer>,
        hash: Vec<u8>,
    ) -> Result<FollowUpView, NightstandError> {
        self.0.write(move |vault| Ok(vault.follow_ups().answer(&id, answer, &hash)?.into())).await
    }

    /// One wish.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<FollowUpView, NightstandError> {
        self.0.read(move |vault| Ok(vault.follow_ups().read(&id)?.into())).await
    }

    /// The wishes of one of the two, the newest first, at most 500 private and 500 that the partner reads.
    ///
    /// Errors: `PrivateLocked`, also for the partner's: one's answers to them are private.
    pub async fn list(&self, whose: Whose) -> Result<Vec<FollowUpView>, NightstandError> {
        let read = move |vault: &nightstand::vault::Vault| vault.follow_ups().list(whose);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(FollowUpView::from).collect())).await
    }
}

/// The ids of what to begin with when reconnecting: the texts `reconnect-<id>`.
#[uniffi::export]
pub fn reconnect_scripts() -> Vec<String> {
    core::reconnect_scripts().iter().map(|id| (*id).to_owned()).collect()
}

/// Who may fulfil a wish.
#[uniffi::remote(Enum)]
pub enum FollowUpFor {
    /// Its person themself. Nobody else reads it.
    Me,
    /// The partner, who reads it from the next sync on.
    Partner,
}

/// What somebody says to a wish of their partner's.
#[uniffi::remote(Enum)]
pub enum FollowUpAnswer {
    /// No. Nobody learns of it.
    No,
    /// Yes, for oneself: it comes due, and nobody learns of it.
    YesQuietly,
    /// Yes, and the partner may know from the next sync on.
    Yes,
}

/// When a wish comes due.
#[derive(uniffi::Enum)]
pub enum FollowUpTime {
    /// At one moment, which is not past.
    At {
        /// Which.
        moment: Timestamp,
    },
    /// The day after it was wished, by the clock where it comes due. Who is up after midnight is up late: a day begins at
    /// four.
    NextDay {
        /// At this minute of the day: 0 to 1,439.
        minute: u16,
    },
}

/// What a wish says.
#[derive(uniffi::Record)]
pub struct FollowUpDraft {
    /// When it comes due.
    pub time: FollowUpTime,
    /// The id of an activity, from the catalogue or one's own. A wish says this, or words, or both.
    #[uniffi(default)]
    pub activity: Option<String>,
    /// In one's own words, at most 400 UTF-16 units.
    #[uniffi(default)]
    pub words: String,
    /// What to begin with, one of `reconnect_scripts()`: of `reconnect-later`, or of words alone.
    #[uniffi(default)]
    pub script: Option<String>,
    /// The session that it comes from. One that is only one's own is not named to the partner.
    #[uniffi(default)]
    pub session: Option<RecordId>,
}

/// A wish as a screen shows it.
#[derive(uniffi::Record)]
pub struct FollowUpView {
    /// Which.
    pub id: RecordId,
    /// Who wished it.
    pub whose: Whose,
    /// Of one's own: who may fulfil it. Of the partner's: oneself.
    pub wished_of: FollowUpFor,
    /// What it says.
    pub content: FollowUpDraft,
    /// When it was wished, or changed last, by the phone that did.
    pub made: Timestamp,
    /// Of one's own: it was said to be done. Of the partner's: they said so, or one noted it for oneself.
    pub is_done: bool,
    /// Of the partner's: what one said to it as it stands. None also where it was changed since.
    pub answer: Option<FollowUpAnswer>,
    /// Of one's own: the partner let one know that they said yes to it as it stands. Without it they may have said
    /// anything, or nothing.
    pub partner_said_yes: bool,
    /// Of exactly this wish, 32 bytes; `answer` and `done` are given it.
    pub hash: Vec<u8>,
}

impl From<FollowUpDraft> for core::FollowUpDraft {
    fn from(draft: FollowUpDraft) -> Self {
        let FollowUpDraft { time, activity, words, script, session } = draft;
        let when = match time {
            FollowUpTime::At { moment } => core::FollowUpTime::At { ms: moment.0 },
            FollowUpTime::NextDay { minute } => core::FollowUpTime::NextDay { minute },
        };
        Self { activity, words, script, when, session }
    }
}

impl From<core::FollowUpDraft> for FollowUpDraft {
    fn from(draft: core::FollowUpDraft) -> Self {
        let core::FollowUpDraft { activity, words, script, when, session } = draft;
        let time = match when {
            core::FollowUpTime::At { ms } => FollowUpTime::At { moment: Timestamp(ms) },
            core::FollowUpTime::NextDay { minute } => FollowUpTime::NextDay { minute },
        };
        Self { time, activity, words, script, session }
    }
}

impl From<core::FollowUpView> for FollowUpView {
    fn from(view: core::FollowUpView) -> Self {
        let core::FollowUpView { id, whose, wished_of, content, made_ms, is_done, answer, partner_said_yes, hash } =
            view;
        let (content, made) = (content.into(), Timestamp(made_ms));
        Self { id, whose, wished_of, content, made, is_done, answer, partner_said_yes, hash }
    }
}
