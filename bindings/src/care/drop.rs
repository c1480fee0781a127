//! A low, hours to days after closeness, and what helps.

use std::sync::Arc;

use nightstand::care::check_ins::DropLevel;
use nightstand::care::drop as core;
use nightstand::care::drop::{Help as DropHelp, Looking as DropLooking};

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// Looks for lows, on this phone and for its person alone. Nothing of what it finds is stored or sent; the partner learns what
/// is shared with them by hand.
///
/// Of the check-ins from the last 72 hours, closing ones and later ones, the newest are looked at, back to the first that tells
/// of nothing low. A marker among them is a low; without one, two low ones in a row are, if the newer is from later that day or
/// from a next morning. What was not right is never counted. It is practice put in a rule that can be read, and no diagnosis.
#[derive(uniffi::Object)]
pub struct DropCare(pub(crate) Arc<Desk>);

#[uniffi::export]
impl DropCare {
    /// How things stand at this moment. Reads, and writes nothing.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn now(&self) -> Result<DropView, NightstandError> {
        self.0.read(|vault| Ok(vault.drop_care().now()?.into())).await
    }

    /// One's own list of what helps, as it was written.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn help_list(&self) -> Result<Vec<DropHelp>, NightstandError> {
        self.0.read(|vault| vault.drop_care().help_list()).await
    }

    /// Writes the list, for oneself alone, in place of what it was: `since` is the list that the screen was drawn from. What
    /// another device of one's own added at the same time stays.
    ///
    /// Errors: `ChangedMeanwhile` if the list is another by now: then nothing was written. `InvalidInput` for words that are
    /// empty, of several lines or over 200 UTF-16 units, for an activity that does not exist, and for more than 30;
    /// `PrivateLocked`.
    pub async fn set_help_list(&self, list: Vec<DropHelp>, since: Vec<DropHelp>) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.drop_care().set_help_list(&list, &since)).await
    }

    /// Does this phone look for lows? It does until it is told not to.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn looking(&self) -> Result<DropLooking, NightstandError> {
        self.0.read(|vault| vault.drop_care().looking()).await
    }

    /// Switches it on or off, on all of one's own devices.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn set_looking(&self, looking: DropLooking) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.drop_care().set_looking(looking)).await
    }
}

/// Does this phone look for lows?
#[uniffi::remote(Enum)]
pub enum DropLooking {
    /// It does.
    On,
    /// It does not, and says nothing of them.
    Off,
}

/// Something that helps.
#[uniffi::remote(Enum)]
pub enum DropHelp {
    /// In own words: one line, not empty, at most 200 UTF-16 units.
    Words(String),
    /// An activity, by its id: of the catalogue, or one's own.
    Activity(String),
}

/// How things stand.
#[derive(uniffi::Record)]
pub struct DropView {
    /// Was there a look at all?
    pub looking: DropLooking,
    /// The low that stands, or none.
    pub level: DropLevel,
    /// Since when; none without a low.
    pub since: Option<Timestamp>,
    /// What helps, in its person's own order; empty without a low. While their list is empty, what they love stands in.
    pub what_helps: Vec<DropHelp>,
    /// A low stands, and it is one of several of late: three of their own in 60 days.
    pub repeats: bool,
    /// What the screen says, in this order; none without a low. Where help is found is named if the low is strong or comes back,
    /// and not each time. With `help-where` go the contacts that the app has for where its
    /// person lives; where it has none, say `help-where-none`.
    pub text_keys: Vec<String>,
}

impl From<core::DropView> for DropView {
    fn from(view: core::DropView) -> Self {
        let core::DropView { looking, level, since_ms, what_helps, repeats, text_keys } = view;
        let text_keys = text_keys.into_iter().map(str::to_owned).collect();
        Self { looking, level, since: since_ms.map(Timestamp), what_helps, repeats, text_keys }
    }
}
