//! What is due.

use std::sync::Arc;

use nightstand::care::Item;
use nightstand::care::check_ins::CheckInMoment;
use nightstand::care::due as core;
use nightstand::care::due::{DueId, DueKind, DueLead, ZoneRule};
use nightstand::care::sessions::StepId;
use nightstand::records::RecordId;

use crate::error::NightstandError;
use crate::time::{HostZones, Timestamp, ZoneOffsets};
use crate::work::{Desk, Held};

/// What is due: what an app hands to the system as local notifications.
///
/// It follows from what stands. Ask for a span of time and schedule the answer; ask anew after a change, a sync, an import,
/// in another zone, after a snooze, and when `ask_again_at` has come. What was scheduled and is not in the answer, cancel.
#[derive(uniffi::Object)]
pub struct DueItems(pub(crate) Arc<Desk>);

#[uniffi::export]
impl DueItems {
    /// What is due at `since` or later and before `until`, by the local time of `zone` (an IANA name). Spans that adjoin
    /// lose nothing and repeat nothing. Nothing falls into quiet hours or a mute.
    ///
    /// Errors: `PrivateLocked`, as a mute could not be seen; what the system has been given before stays with it.
    pub async fn between(
        &self,
        since: Timestamp,
        until: Timestamp,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<Due, NightstandError> {
        let zones = HostZones(Some(Held::new(zones)));
        self.0.read(move |vault| Ok(vault.due().between(since.0, until.0, &zone, &zones)?.into())).await
    }

    /// Puts an occasion off: it is shown at this time, or at the end of quiet hours then. Saved when this returns, for
    /// one's own devices alone.
    ///
    /// Errors: `InvalidInput` (`Date`) for a time that is past or more than 31 days off; `PrivateLocked`.
    pub async fn snooze(&self, id: DueId, until: Timestamp) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.due().snooze(&id, until.0)).await
    }

    /// Lets an occasion be: it is not shown again. Saved when this returns, for one's own devices alone; nobody is told,
    /// and nothing is counted.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn decline(&self, id: DueId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.due().decline(&id)).await
    }
}

// Which occasion. It says nothing to whoever does not have the vault.
uniffi::custom_type!(DueId, String, {
    remote,
    try_lift: |text| text.parse::<DueId>().map_err(|error| NightstandError::from(error).into()),
    lower: |id| id.to_string(),
});

/// What is due.
#[uniffi::remote(Enum)]
pub enum DueKind {
    /// The check-in at the end of a session.
    CheckInClosing,
    /// The check-in of later that day.
    CheckInLaterToday,
    /// The check-in of the next morning.
    CheckInNextMorning,
    /// A step's time is over: of the step that runs, and of those to come in a session that leads itself.
    Step,
    /// Time that both set aside comes.
    Room,
    /// A message was wished for.
    Message,
    /// A kind word was wished for.
    KindWord,
    /// A cuddle was kept for later.
    Cuddle,
    /// To reconnect: it was kept for later, or is offered to whoever wants that in their settings.
    Reconnect,
    /// Something else was wished for.
    Wish,
    /// To look at one's own preferences again.
    Review,
    /// The end of a "not now": whether it still holds.
    NotNowEnded,
    /// Several of different kinds.
    Several,
}

/// What a fire time follows.
#[uniffi::remote(Enum)]
pub enum ZoneRule {
    /// Nothing: it is the same moment everywhere.
    Instant,
    /// The clock on the wall: in another zone it is another moment.
    LocalTime,
}

/// What an app opens when its person taps.
#[uniffi::remote(Enum)]
pub enum DueLead {
    /// A session, to check in.
    Session {
        /// Which.
        id: RecordId,
        /// At which moment.
        moment: CheckInMoment,
    },
    /// A step of a session.
    Step {
        /// Of which session.
        session: RecordId,
        /// Which step.
        step: StepId,
    },
    /// Time set aside.
    Room {
        /// Which.
        id: RecordId,
    },
    /// A wish about later.
    FollowUp {
        /// Which.
        id: RecordId,
    },
    /// An offer to reconnect: the text `insight-reconnect`, and below it whatever the app has for it, such as
    /// `reconnect_scripts()` or time to set aside.
    Reconnect,
    /// The review of one's preferences.
    Review,
    /// An item of one's own whose "not now" has ended.
    NotNow {
        /// Which.
        item: Item,
    },
}

/// Something that is due.
#[derive(uniffi::Record)]
pub struct DueItem {
    /// The same at every call for the same occasion: what the system's notification is named by.
    pub id: DueId,
    /// What it is.
    pub kind: DueKind,
    /// When to show it. No two items of an answer have the same.
    pub fire: Timestamp,
    /// Whether that changes with the zone.
    pub rule: ZoneRule,
    /// The key of the text for its title, which tells a stranger nothing.
    pub title_key: String,
    /// What it takes the place of: what was shown or scheduled under these ids is to be taken back when this is shown.
    pub replaces: Vec<DueId>,
    /// Where it leads, one for each occasion in it. To be looked up here when somebody taps, and not to be given to the
    /// system: an item's name says what it is about.
    pub leads_to: Vec<DueLead>,
}

/// What is due in a span of time.
#[derive(uniffi::Record)]
pub struct Due {
    /// The earliest first; at most 60.
    pub items: Vec<DueItem>,
    /// Until then the answer is whole: the end of the span, or where it was cut. Ask from there on.
    pub ask_again_at: Timestamp,
    /// Whether the system knows the zone. Else local times are told by UTC.
    pub zone_known: bool,
}

impl From<core::Due> for Due {
    fn from(due: core::Due) -> Self {
        let core::Due { items, ask_again_at_ms, zone_known } = due;
        let items = items.into_iter().map(DueItem::from).collect();
        Self { items, ask_again_at: Timestamp(ask_again_at_ms), zone_known }
    }
}

impl From<core::DueItem> for DueItem {
    fn from(item: core::DueItem) -> Self {
        let title_key = item.title_key();
        let core::DueItem { id, kind, fire_ms, rule, replaces, leads_to } = item;
        Self { id, kind, fire: Timestamp(fire_ms), rule, title_key, replaces, leads_to }
    }
}
