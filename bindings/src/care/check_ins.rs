//! Check-ins.

use std::sync::Arc;

use nightstand::care::Whose;
use nightstand::care::check_ins as core;
use nightstand::care::check_ins::{CheckInField, CheckInMoment, DropLevel};
use nightstand::records::RecordId;
use nightstand::vault::Vault;

use crate::error::NightstandError;
use crate::texts::Texts;
use crate::time::Timestamp;
use crate::work::Desk;

/// Check-ins: how somebody is, right after, later that day, the next morning.
///
/// A check-in is its person's own and private; what of it the partner may read is picked field by field. To the partner a field
/// that is filled in and kept private looks like one that is not filled in. Sharing publishes what stands at that moment; what
/// is changed later waits until it is shared again.
#[derive(uniffi::Object)]
pub struct CheckIns(pub(crate) Arc<Desk>);

#[uniffi::export]
impl CheckIns {
    /// Saves a check-in, for oneself alone.
    ///
    /// Errors: `InvalidInput`: `Words` for a word that is not in the list, `Full` for more than 20 own words, `Empty` for a
    /// blank one, `Range` for a number, `TextTooLong` for a text, `Date` for a time that is to come or a `drop_since` without
    /// a low; `PrivateLocked`.
    pub async fn add(&self, content: CheckIn) -> Result<CheckInView, NightstandError> {
        self.0.write(move |vault| Ok(vault.check_ins().add(&content.into())?.into())).await
    }

    /// Says something else in it: `since` is the content that the screen was drawn from. What is left out of the new content is
    /// emptied. What is shared stays as it was shared until `share` is called again.
    ///
    /// Errors: as `add`; `ChangedMeanwhile` if it says something else by now, on another screen or device: then nothing was
    /// written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub async fn change(&self, id: RecordId, content: CheckIn, since: CheckIn) -> Result<CheckInView, NightstandError> {
        self.0.write(move |vault| Ok(vault.check_ins().change(&id, &content.into(), &since.into())?.into())).await
    }

    /// Lets the partner read these parts as they stand, from the next sync on, and no others: none takes all of it back. A part
    /// that is taken back leaves the partner's phone at the next sync; what they have read can't be undone.
    ///
    /// Errors: `InvalidInput` (`NotRight`) for parts of one that says that something was not right: `share_previewed` is for
    /// that; `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn share(&self, id: RecordId, fields: Vec<CheckInField>) -> Result<CheckInView, NightstandError> {
        let fields = fields.into_iter().collect();
        self.0.write(move |vault| Ok(vault.check_ins().share(&id, &fields)?.into())).await
    }

    /// As `share`, after a look at what the partner would read: `previewed` is the `preview` of these parts that was on the
    /// screen, and nothing else is handed on, whatever another screen or device said since. Of a check-in that says that
    /// something was not right this is the only way.
    ///
    /// Errors: `ChangedMeanwhile` if something else would be read by now: then nothing was handed on, and the preview is to be
    /// drawn again. `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn share_previewed(
        &self,
        id: RecordId,
        fields: Vec<CheckInField>,
        previewed: CheckIn,
    ) -> Result<CheckInView, NightstandError> {
        let (fields, previewed) = (fields.into_iter().collect(), previewed.into());
        self.0.write(move |vault| Ok(vault.check_ins().share_previewed(&id, &fields, &previewed)?.into())).await
    }

    /// What the partner would read if these parts were shared this moment.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn preview(&self, id: RecordId, fields: Vec<CheckInField>) -> Result<CheckIn, NightstandError> {
        let fields = fields.into_iter().collect();
        self.0.read(move |vault| Ok(vault.check_ins().preview(&id, &fields)?.into())).await
    }

    /// Deletes a check-in of one's own, on the partner's phone too.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn delete(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.check_ins().delete(&id)).await
    }

    /// One check-in of one's own.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn read(&self, id: RecordId) -> Result<CheckInView, NightstandError> {
        self.0.read(move |vault| Ok(vault.check_ins().read(&id)?.into())).await
    }

    /// The check-ins whose time lies from `since` on and before `until`, the newest first, at most 1,000. Of
    /// one's own also those of which only what the partner may read is on this phone, since another one was lost or an old copy
    /// was put back: they can be read, changed, shared, taken back and deleted as the others.
    ///
    /// Errors: `PrivateLocked` for one's own while Private is locked.
    pub async fn list(
        &self,
        whose: Whose,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<CheckInView>, NightstandError> {
        let read = move |vault: &Vault| vault.check_ins().list(whose, since.0, until.0);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(CheckInView::from).collect())).await
    }

    /// Those in which each of these words begins some word: of a note, a wish, an answer of the body, of own words, or of a
    /// picked word as `texts` say it. Case and marks make no difference. The newest first, at most 1,000.
    ///
    /// Errors: `InvalidInput` for a text without words, of more than 32, or over 1,000 bytes; `PrivateLocked` for one's own
    /// while Private is locked.
    pub async fn search(
        &self,
        whose: Whose,
        text: String,
        texts: Arc<Texts>,
    ) -> Result<Vec<CheckInView>, NightstandError> {
        let search = move |vault: &Vault| texts.read(|texts| vault.check_ins().search(whose, &text, texts));
        self.0.read(move |vault| Ok(search(vault)?.into_iter().map(CheckInView::from).collect())).await
    }

    /// Those about a session, the newest first.
    ///
    /// Errors: as `list`.
    pub async fn of_session(&self, whose: Whose, session: RecordId) -> Result<Vec<CheckInView>, NightstandError> {
        let read = move |vault: &Vault| vault.check_ins().of_session(whose, &session);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(CheckInView::from).collect())).await
    }
}

/// Does it tell of something hard, so that the screen answers gently, with `answer-low`? Something that was not right is no
/// low: it is answered with `not_right_texts`.
#[uniffi::export]
pub fn is_low(check_in: CheckIn) -> bool {
    core::CheckIn::from(check_in).is_low()
}

/// Does where help is found (`help-where`, or `help-where-none`) belong below the answer: was the low strong, or something not
/// right? Not each time: of a low that comes back `drop_care().now()` says it.
#[uniffi::export]
pub fn names_help(check_in: CheckIn) -> bool {
    core::CheckIn::from(check_in).names_help()
}

/// When in the time after a check-in is: the texts `moment-arrival`, `-closing`, `-later-today`, `-next-morning` and
/// `-something-not-right`, each with `.about`.
#[uniffi::remote(Enum)]
pub enum CheckInMoment {
    /// Before, or on arriving.
    Arrival,
    /// When it ends.
    Closing,
    /// Later that day.
    LaterToday,
    /// The next morning.
    NextMorning,
    /// Something was not right. Consent does not end when sex does.
    SomethingNotRight,
}

/// How much of a low somebody is in: the texts `drop-none`, `-some` and `-strong`. That there is none is something to say,
/// and another thing than not to say.
#[uniffi::remote(Enum)]
pub enum DropLevel {
    /// No low.
    Clear,
    /// Some.
    Some,
    /// A strong one.
    Strong,
}

/// A part of a check-in that is shared or kept: the texts `field-feelings` and so on, by these names.
#[uniffi::remote(Enum)]
pub enum CheckInField {
    /// Feelings, one's own words among them.
    Feelings,
    /// Words for the body, and what it says.
    Body,
    /// Closeness.
    Closeness,
    /// Calm.
    Calm,
    /// Energy.
    Energy,
    /// Comfort of the body.
    Comfort,
    /// The low, and since when.
    Drop,
    /// The wish for now.
    Wish,
    /// The note.
    Note,
}

/// What a check-in says. All of it but its moment and time may stay empty.
#[derive(uniffi::Record)]
pub struct CheckIn {
    /// Which moment.
    pub moment: CheckInMoment,
    /// When it was: not later than this moment, but for ten minutes that clocks may be off. The partner reads moment and
    /// time, and the session if it is of both, with whatever is shared.
    pub at: Timestamp,
    /// The session that it is about. One that is only one's own is not named to the partner.
    #[uniffi(default)]
    pub session: Option<RecordId>,
    /// Ids of `feelings()`.
    #[uniffi(default)]
    pub feelings: Vec<String>,
    /// Words of one's own, at most 20, each of at most 60 UTF-16 units.
    #[uniffi(default)]
    pub own_words: Vec<String>,
    /// Ids of `body_words()`.
    #[uniffi(default)]
    pub body: Vec<String>,
    /// What the body says, asked before all else if one likes. At most 400 UTF-16 units.
    #[uniffi(default)]
    pub body_says: String,
    /// Two circles, from far apart to one: 1 to 7.
    #[uniffi(default)]
    pub closeness: Option<u8>,
    /// 0 to 10.
    #[uniffi(default)]
    pub calm: Option<u8>,
    /// 0 to 10.
    #[uniffi(default)]
    pub energy: Option<u8>,
    /// How well the body is: 0 to 10.
    #[uniffi(default)]
    pub comfort: Option<u8>,
    /// A low, if one wants to say.
    #[uniffi(default)]
    pub drop: Option<DropLevel>,
    /// Since when there is a low that `drop` says; as `at` not later than this moment.
    #[uniffi(default)]
    pub drop_since: Option<Timestamp>,
    /// For now. At most 400 UTF-16 units.
    #[uniffi(default)]
    pub wish: String,
    /// In one's own words. At most 4,000 UTF-16 units.
    #[uniffi(default)]
    pub note: String,
}

/// A check-in of one's own, or what the partner shares of theirs.
#[derive(uniffi::Record)]
pub struct CheckInView {
    /// Which.
    pub id: RecordId,
    /// What it says; of the partner's, what they share.
    pub content: CheckIn,
    /// Of one's own: what the partner may read.
    pub shared: Vec<CheckInField>,
    /// Of one's own: something that is shared was changed since; `share` hands it on.
    pub unshared_changes: bool,
}

impl From<CheckIn> for core::CheckIn {
    fn from(said: CheckIn) -> Self {
        Self {
            moment: said.moment,
            session: said.session,
            at_ms: said.at.0,
            feelings: said.feelings.into_iter().collect(),
            own_words: said.own_words.into_iter().collect(),
            body: said.body.into_iter().collect(),
            body_says: said.body_says,
            closeness: said.closeness,
            calm: said.calm,
            energy: said.energy,
            comfort: said.comfort,
            drop: said.drop,
            drop_since_ms: said.drop_since.map(|since| since.0),
            wish: said.wish,
            note: said.note,
        }
    }
}

impl From<core::CheckIn> for CheckIn {
    fn from(said: core::CheckIn) -> Self {
        Self {
            moment: said.moment,
            at: Timestamp(said.at_ms),
            session: said.session,
            feelings: said.feelings.into_iter().collect(),
            own_words: said.own_words.into_iter().collect(),
            body: said.body.into_iter().collect(),
            body_says: said.body_says,
            closeness: said.closeness,
            calm: said.calm,
            energy: said.energy,
            comfort: said.comfort,
            drop: said.drop,
            drop_since: said.drop_since_ms.map(Timestamp),
            wish: said.wish,
            note: said.note,
        }
    }
}

impl From<core::CheckInView> for CheckInView {
    fn from(view: core::CheckInView) -> Self {
        let core::CheckInView { id, content, shared, unshared_changes } = view;
        Self { id, content: content.into(), shared: shared.into_iter().collect(), unshared_changes }
    }
}
