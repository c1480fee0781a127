//! Making room.

use std::sync::Arc;

use nightstand::care::room as core;
use nightstand::care::room::RoomState;
use nightstand::care::{Condition, Whose};
use nightstand::records::RecordId;

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Making room: a time that both set aside.
///
/// Each sets aside exactly what was proposed, may withdraw at any time without a reason, and is reminded as they like.
/// Declined and unanswered look alike, and a time that went by is nothing more than that.
#[derive(uniffi::Object)]
pub struct Rooms(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Rooms {
    /// Proposes a time, and sets it aside. Saved when this returns; the partner has it after the next sync.
    ///
    /// Errors: `InvalidInput` for minutes or a title out of range, with `Date` for a time that is past or more than five
    /// years off; `NotPaired`; `PrivateLocked`.
    pub async fn propose(&self, draft: RoomDraft) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().propose(&draft.into())?.into())).await
    }

    /// Proposes another time in place of one, and stands by that one no longer.
    ///
    /// Errors: as `propose`; `NotFound`.
    pub async fn move_to(&self, id: RecordId, draft: RoomDraft) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().move_to(&id, &draft.into())?.into())).await
    }

    /// Sets a proposed time aside, and stands by the one that it replaces no longer: `hash` is what was shown with it. The
    /// partner knows after the next sync.
    ///
    /// Errors: `ChangedMeanwhile` if it is another time by now, or says something else; then nothing is set aside.
    /// `InvalidInput` (`State`) for one that is over; `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub async fn accept(&self, id: RecordId, hash: Vec<u8>) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().accept(&id, &hash)?.into())).await
    }

    /// Says no to a proposed time, for oneself: nobody learns of it. No hash is asked for: whoever moves a time proposes another
    /// one, which is not declined with this, and a no can be taken back by `accept`, which checks.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one stands by; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn decline(&self, id: RecordId) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().decline(&id)?.into())).await
    }

    /// Stands by a time no longer, at any time and without a reason. To the partner it is after the next sync as if one had
    /// not answered.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one has not answered; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn withdraw(&self, id: RecordId) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().withdraw(&id)?.into())).await
    }

    /// Says how many minutes before this time one is reminded, at most 10,080, which is a week; none: not at all. Saved
    /// when this returns, for oneself alone.
    ///
    /// Errors: `InvalidInput` for more minutes; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn remind(&self, id: RecordId, minutes: Option<u16>) -> Result<RoomView, NightstandError> {
        self.0.write(move |vault| Ok(vault.rooms().remind(&id, minutes)?.into())).await
    }

    /// One of them.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<RoomView, NightstandError> {
        self.0.read(move |vault| Ok(vault.rooms().read(&id)?.into())).await
    }

    /// Those that begin from `since` on and before `until`, whatever their state, the latest first: those that one stands
    /// by, and of the others at most 500 that one proposed oneself and 500 of the partner's. Without a partner there are none.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn list(&self, since: Timestamp, until: Timestamp) -> Result<Vec<RoomView>, NightstandError> {
        let read = move |vault: &nightstand::vault::Vault| vault.rooms().list(since.0, until.0);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(RoomView::from).collect())).await
    }
}

/// Where a proposal stands, as this phone knows.
#[uniffi::remote(Enum)]
pub enum RoomState {
    /// The partner proposes it.
    Asked,
    /// Both set it aside.
    Agreed,
    /// One stands by it, and waits.
    Waiting,
    /// One said no to it, and the partner does not know.
    Declined,
    /// Neither stands by it.
    Withdrawn,
}

/// What is proposed.
#[derive(uniffi::Record)]
pub struct RoomDraft {
    /// When it begins: not past, but for ten minutes, and at most five years off.
    pub at: Timestamp,
    /// How long it is meant to be: 1 to 1,440 minutes.
    pub minutes: u16,
    /// One line of own words, at most 60 UTF-16 units.
    #[uniffi(default)]
    pub title: String,
    /// What it is for, if they like to say.
    #[uniffi(default)]
    pub situation: Vec<Condition>,
}

/// A proposal as a screen shows it.
#[derive(uniffi::Record)]
pub struct RoomView {
    /// Which.
    pub id: RecordId,
    /// What is proposed.
    pub content: RoomDraft,
    /// Who proposed it, as it says; where it stands does not rest on that.
    pub proposed_by: Whose,
    /// Which earlier one it replaces.
    pub moves: Option<RecordId>,
    /// Which later one replaces it; of several the first by their ids.
    pub moved_to: Option<RecordId>,
    /// Where it stands.
    pub state: RoomState,
    /// How many minutes before one is reminded, once both set it aside; none: not at all. 30 until its person says otherwise.
    pub reminder_minutes: Option<u16>,
    /// Of exactly this proposal, 32 bytes; `accept` is given it.
    pub hash: Vec<u8>,
}

impl From<RoomDraft> for core::RoomDraft {
    fn from(draft: RoomDraft) -> Self {
        let RoomDraft { at, minutes, title, situation } = draft;
        Self { at_ms: at.0, minutes, title, situation: situation.into_iter().collect() }
    }
}

impl From<core::RoomView> for RoomView {
    fn from(view: core::RoomView) -> Self {
        let core::RoomView { id, content, proposed_by, moves, moved_to, state, reminder_minutes, hash } = view;
        let core::RoomDraft { at_ms, minutes, title, situation } = content;
        let content = RoomDraft { at: Timestamp(at_ms), minutes, title, situation: situation.into_iter().collect() };
        Self { id, content, proposed_by, moves, moved_to, state, reminder_minutes, hash }
    }
}
