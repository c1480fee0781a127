//! Songs to come down to.

use std::sync::Arc;

use nightstand::care::Condition;
use nightstand::records::{Audience, RecordId};
use nightstand::together::songs as core;
use nightstand::together::songs::{SongBy, SongState};

use crate::error::NightstandError;
use crate::work::Desk;

/// Songs to come down to: a list that is made beforehand, so that nobody looks for music on a screen afterwards.
///
/// A link leads to a page (`https`, `http`) or into Spotify (`spotify:track:…` and the like), and nowhere else: a tap on what a
/// partner's phone sent must not do things. Nothing is ever fetched; show the host before you open it. What a call changes is
/// saved when it returns, and reaches the partner at the next sync if the song is of both.
#[derive(uniffi::Object)]
pub struct Songs(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Songs {
    /// Adds a song to the end of the list.
    ///
    /// Errors: `InvalidInput` for a title or an artist that is too long or of several lines, a title that is empty (`Empty`), a
    /// link that may not be opened (`Link`), or if one has added 1,000 already (`Full`); `NotPaired`, `PrivateLocked`.
    pub async fn add(&self, audience: Audience, draft: SongDraft) -> Result<SongView, NightstandError> {
        self.0.write(move |vault| Ok(vault.songs().add(audience, &draft.into())?.into())).await
    }

    /// Asks the partner for a song, beforehand.
    ///
    /// Errors: as `add`.
    pub async fn ask(&self, draft: SongDraft) -> Result<SongView, NightstandError> {
        self.0.write(move |vault| Ok(vault.songs().ask(&draft.into())?.into())).await
    }

    /// Lets a song that the partner asked for into the list, at its end. One that is in it stays where it is.
    ///
    /// Errors: `InvalidInput` (`State`) for one that this person asked for themself; `NotFound`, `Deleted`.
    pub async fn let_in(&self, id: RecordId) -> Result<SongView, NightstandError> {
        self.0.write(move |vault| Ok(vault.songs().let_in(&id)?.into())).await
    }

    /// Says something else of a song: `since` is the content that the screen was drawn from.
    ///
    /// Errors: as `add`; `ChangedMeanwhile` if it says something else by now, on another screen or device, or by the partner:
    /// then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub async fn change(&self, id: RecordId, draft: SongDraft, since: SongDraft) -> Result<SongView, NightstandError> {
        self.0.write(move |vault| Ok(vault.songs().change(&id, &draft.into(), &since.into())?.into())).await
    }

    /// Moves a song among those of its audience that stand in the list: to the place `position`, counted from 0 without it.
    /// Beyond the end is the end.
    ///
    /// Errors: `InvalidInput` (`State`) for one that was asked for and is not in the list; `NotFound`, `Deleted`,
    /// `PrivateLocked`.
    pub async fn move_to(&self, id: RecordId, position: u32) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.songs().move_to(&id, position as usize)).await
    }

    /// Copies a song of one's own for both, as after a pairing, to the end of their list; the partner has the copy after the next
    /// sync. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput` (`Full`) if there are 1,000 already; `NotFound` for one that is not one's own alone;
    /// `Deleted` if it or its copy was removed; `PrivateLocked`.
    pub async fn copy_to_both(&self, id: RecordId) -> Result<SongView, NightstandError> {
        self.0.write(move |vault| Ok(vault.songs().copy_to_both(&id)?.into())).await
    }

    /// Takes a song out, or a request back or away; on the partner's phone too if it is of both.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn remove(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.songs().remove(&id)).await
    }

    /// The list in its order, those of both first: what is for this situation or for always; all of it where none is asked for.
    /// While Private is locked those of both.
    #[uniffi::method(default(situation = None))]
    pub async fn list(&self, situation: Option<Condition>) -> Result<Vec<SongView>, NightstandError> {
        self.0.read(move |vault| Ok(vault.songs().list(situation)?.into_iter().map(SongView::from).collect())).await
    }

    /// The songs that were asked for and are not in the list.
    pub async fn asked(&self) -> Result<Vec<SongView>, NightstandError> {
        self.0.read(|vault| Ok(vault.songs().asked()?.into_iter().map(SongView::from).collect())).await
    }
}

/// Does a song stand in the list?
#[uniffi::remote(Enum)]
pub enum SongState {
    /// It does.
    Listed,
    /// Somebody asked for it.
    Asked,
}

/// Who added or asked for a song.
#[uniffi::remote(Enum)]
pub enum SongBy {
    /// The vault's person.
    Me,
    /// Their partner.
    Partner,
}

/// What somebody says of a song.
#[derive(uniffi::Record)]
pub struct SongDraft {
    /// One line, not empty, at most 200 UTF-16 units.
    pub title: String,
    /// One line, at most 200 UTF-16 units; may be empty.
    #[uniffi(default)]
    pub artist: String,
    /// Where it can be heard, at most 2,000 bytes; empty: nowhere in particular.
    #[uniffi(default)]
    pub link: String,
    /// After or in which of these it is for; none: always.
    #[uniffi(default)]
    pub situation: Vec<Condition>,
}

/// A song.
#[derive(uniffi::Record)]
pub struct SongView {
    /// Which.
    pub id: RecordId,
    /// For whom.
    pub audience: Audience,
    /// What is said of it. A link that is none of those that may be opened is empty.
    pub content: SongDraft,
    /// Who added or asked for it, as it says.
    pub by: SongBy,
    /// Does it stand in the list?
    pub state: SongState,
}

impl From<SongDraft> for core::SongDraft {
    fn from(SongDraft { title, artist, link, situation }: SongDraft) -> Self {
        Self { title, artist, link, situation: situation.into_iter().collect() }
    }
}

impl From<core::SongView> for SongView {
    fn from(core::SongView { id, audience, content, by, state }: core::SongView) -> Self {
        let core::SongDraft { title, artist, link, situation } = content;
        let content = SongDraft { title, artist, link, situation: situation.into_iter().collect() };
        Self { id, audience, content, by, state }
    }
}
