//! What each of the two wants in the time after.

pub mod activities;
pub mod breathing;
pub mod card;
pub mod catalogue;
pub mod check_ins;
pub mod drop;
pub mod due;
pub mod feelings;
pub mod follow_ups;
pub mod item;
pub mod not_right;
pub mod plan;
pub mod review;
pub mod room;
pub mod sessions;
pub mod settings;
pub mod side_by_side;
pub mod signals;

use std::sync::Arc;

use nightstand::care as core;
use nightstand::care::{Condition, Item, ItemVersion, Line, PreferencesAs, RecordsAs, Side, Whose};
use nightstand::error::NightstandError as CoreError;
use nightstand::texts::Texts as CoreTexts;

use crate::error::NightstandError;
use crate::texts::Texts;
use crate::time::{HostZones, Timestamp, ZoneOffsets};
use crate::work::{Desk, Held};
use item::{ItemDraft, ItemRows, ItemView, PastItem, SharedItem, Stance};

/// The preferences of a vault's person, and what their partner shares of theirs.
///
/// Everything that a person says is an item: how they feel about an activity, what they answer to a question, one wish. An
/// item is private until it is shared, and each is shared or taken back alone. A stance is the strictest of all that stand in
/// what this person's devices wrote, so a boundary set on any of them holds wherever it has come, until its own person, on a
/// screen that showed it, loosens it. A private boundary counts on its person's own devices and nowhere else: nothing that
/// leaves the phone says that it exists.
///
/// While Private is locked, what needs an item of one's own is told `PrivateLocked`; `list` of the partner's and
/// `side_by_side` are read as ever.
#[derive(uniffi::Object)]
pub struct Preferences(pub(crate) Arc<Desk>);

impl Preferences {
    /// Makes a page in the words of its reader, with the days of their clock.
    async fn page<R: Send + 'static>(
        &self,
        texts: Arc<Texts>,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
        make: impl FnOnce(core::Preferences, &CoreTexts, &str, &HostZones) -> Result<R, CoreError> + Send + 'static,
    ) -> Result<R, NightstandError> {
        let zones = HostZones(Some(Held::new(zones)));
        self.0.read(move |vault| texts.read(|texts| make(vault.preferences(), texts, &zone, &zones))).await
    }
}

#[uniffi::export]
impl Preferences {
    /// The items about which something was said, in rising order.
    pub async fn list(&self, whose: Whose) -> Result<ItemRows, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().list(whose)?.into())).await
    }

    /// Reads an item of one's own. One about which nothing was said reads as empty.
    ///
    /// Errors: `Deleted` for a line that is gone.
    pub async fn read(&self, item: Item) -> Result<ItemView, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().read(&item)?.into())).await
    }

    /// Says something about an item of one's own: `since` is the `version` that `read` gave with it. Saved, for oneself, when
    /// this returns; the partner learns of it when the item is shared (again). The answer is the item as it is then: give its
    /// `version` with the next call, since what is new stands there twice if it is said again from an old one. Choices and a
    /// note are merged with what came since; a stance takes the place of all that the screen showed.
    ///
    /// Errors: `ChangedMeanwhile` if something stricter than the new stance came since and was not shown, or if this vault
    /// does not know the version: then nothing was written, and the screen is to be drawn again. `InvalidInput` for what the
    /// item can't say, an item that this version does not know, or a text over its limit; `Deleted` for a line that is gone.
    pub async fn set(&self, item: Item, draft: ItemDraft, since: Vec<u8>) -> Result<ItemView, NightstandError> {
        let since = ItemVersion::from_bytes(since);
        self.0.write(move |vault| Ok(vault.preferences().set(&item, &draft.into(), &since)?.into())).await
    }

    /// Adds a line of one's own words. Saved, for oneself, when this returns.
    ///
    /// Errors: `InvalidInput` for a text over its limit.
    pub async fn add(&self, line: Line, note: String) -> Result<ItemView, NightstandError> {
        self.0.write(move |vault| Ok(vault.preferences().add(line, &note)?.into())).await
    }

    /// Deletes a line, on the partner's phone too if it was shared.
    ///
    /// Errors: `InvalidInput` for any other item: say `open`, no choices, an empty note; or take it back. `NotFound`,
    /// `Deleted`.
    pub async fn remove(&self, item: Item) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.preferences().remove(&item)).await
    }

    /// What the partner would see of an item if it were shared this moment, and what they see already.
    ///
    /// Errors: `Deleted`.
    pub async fn preview(&self, item: Item) -> Result<SharedItem, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().preview(&item)?.into())).await
    }

    /// Lets the partner read an item of one's own as it stands, from the next sync on, without a date. Called again, it hands
    /// on what was said since.
    ///
    /// Errors: `NotPaired`; `NotFound` if nothing was said; `InvalidInput` (`Item`) for the pace of the review, which stays
    /// one's own; `ChangedMeanwhile` if what is shared has become stricter since `since` and this would loosen it: then
    /// nothing was written. `Deleted`.
    pub async fn share(&self, item: Item, since: Vec<u8>) -> Result<ItemView, NightstandError> {
        let since = ItemVersion::from_bytes(since);
        self.0.write(move |vault| Ok(vault.preferences().share(&item, &since)?.into())).await
    }

    /// Stops sharing an item. It stays here, for the person alone, as strict as it was; the partner's app removes it at the
    /// next sync. What the partner has read can't be undone. An item that is not shared stays as it is.
    ///
    /// Errors: `Deleted`.
    pub async fn take_back(&self, item: Item) -> Result<ItemView, NightstandError> {
        self.0.write(move |vault| Ok(vault.preferences().take_back(&item)?.into())).await
    }

    /// Lets the partner know, from the next sync on, that one would like them to look at an item again that is shared: the text
    /// `look-again` (`name`), once, without what stood there before or when it changed; `look-again-about` belongs beside the
    /// button. Without it the partner is not told that something changed. Asked again, they are told again.
    ///
    /// Errors: `NotPaired`; `InvalidInput` (`NotShared`) for an item that is not shared; `Deleted`, `PrivateLocked`.
    pub async fn ask_to_look(&self, item: Item) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.preferences().ask_to_look(&item)).await
    }

    /// The items of the partner's that they ask one to look at again, in rising order: those that they share, and that were not
    /// `looked` at since.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn to_look_at(&self) -> Result<Vec<Item>, NightstandError> {
        self.0.read(|vault| vault.preferences().to_look_at()).await
    }

    /// Says that one has looked at it. Saved when this returns, for one's own devices alone; nobody is told.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn looked(&self, item: Item) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.preferences().looked(&item)).await
    }

    /// Everything that an item of one's own has said, the earliest first. None of it leaves the phone.
    ///
    /// Errors: `Deleted`.
    pub async fn history(&self, item: Item) -> Result<Vec<PastItem>, NightstandError> {
        let read = move |vault: &nightstand::vault::Vault| vault.preferences().history(&item);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(PastItem::from).collect())).await
    }

    /// The stance that counts in a situation, so far as this device knows: the strictest of what is said always and under
    /// each of these conditions, private and shared. None if nothing was said.
    pub async fn effective(
        &self,
        whose: Whose,
        activity: String,
        side: Side,
        conditions: Vec<Condition>,
    ) -> Result<Option<Stance>, NightstandError> {
        let conditions = conditions.into_iter().collect();
        self.0
            .read(move |vault| {
                Ok(vault.preferences().effective(whose, &activity, side, &conditions)?.map(Stance::from))
            })
            .await
    }

    /// Writes one's own items and what the partner shares of theirs into a new file; a page to read is put in the words of
    /// `texts` and has days of `zone` (an IANA name; one that the system does not know counts as UTC). What is exported is not
    /// encrypted: it lies where the app puts it, for whoever can read that place. Answers how many items there are.
    ///
    /// Errors: `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it can't be
    /// written; then no file is left.
    pub async fn export(
        &self,
        path: String,
        form: PreferencesAs,
        texts: Arc<Texts>,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<u64, NightstandError> {
        self.page(texts, zone, zones, move |own, texts, zone, zones| {
            own.export(path.as_ref(), form, texts, zone, zones)
        })
        .await
    }

    /// Writes check-ins, sessions and signals into a new file, one's own and what the partner shares, each marked as such; a
    /// page to read is put in the words of `texts` and has days and times of `zone`, as `export` has. What is exported is not
    /// encrypted: it lies where the app puts it, for whoever can read that place; the partner shared theirs with one person.
    /// Answers how many there are.
    ///
    /// Errors: `PrivateLocked`; `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it
    /// can't be written; then no file is left.
    pub async fn export_records(
        &self,
        path: String,
        form: RecordsAs,
        texts: Arc<Texts>,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<u64, NightstandError> {
        self.page(texts, zone, zones, move |own, texts, zone, zones| {
            own.export_records(path.as_ref(), form, texts, zone, zones)
        })
        .await
    }

    /// One's own items whose "not now" has reached its end: whether it still holds is asked of their owner alone, and until
    /// they have answered it does.
    pub async fn ended(&self, now: Timestamp) -> Result<Vec<Item>, NightstandError> {
        self.0.read(move |vault| vault.preferences().ended(now.0)).await
    }
}

/// The ids of what can be picked of a question, in the order of a screen.
#[uniffi::export]
pub fn choices(question: core::Question) -> Vec<String> {
    question.choices().iter().map(|choice| (*choice).to_owned()).collect()
}

/// Whose items.
#[uniffi::remote(Enum)]
pub enum Whose {
    /// Those of the vault's person.
    Me,
    /// Those that the partner shares.
    Partner,
}

/// The form of an export of preferences.
#[uniffi::remote(Enum)]
pub enum PreferencesAs {
    /// A page to read: what stands at present.
    Markdown,
    /// One JSON file that says everything, exactly: of one's own items also what the partner sees of them, and how they
    /// changed.
    Json,
}

/// The form of an export of records.
#[uniffi::remote(Enum)]
pub enum RecordsAs {
    /// A page to read.
    Markdown,
    /// One JSON file that says everything, exactly.
    Json,
}
