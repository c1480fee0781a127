//! What is due: what an app hands to the system as local notifications.
//!
//! Nothing here runs, waits or is stored when its time comes. What is due follows from what stands: sessions, check-ins,
//! wishes, rooms, boundaries and [settings]. An app asks for a span of time and schedules the answer, and
//! asks anew after whatever may have changed it: a change, a sync, an import, another zone, a snooze, and when
//! [`Due::ask_again_at_ms`] has come. What was scheduled and is not in the answer, it cancels.
//!
//! ```text
//!   occasions   read from the vault: what, when, for how long it makes sense      occasions.rs
//!       │
//!       ├─ declined?  snoozed? ............ what was said of it                  marks.rs
//!       ├─ its time in this zone .......... the clock on the wall                reckoning.rs
//!       ├─ muted? ......................... it is let go of
//!       ├─ in quiet hours? ................ it waits until their end, or is let go of if it would come too late
//!       ├─ several at one moment? ......... one item
//!       ▼
//!   items, at most 60, the earliest
//! ```
//!
//! **What can be relied on.** An occasion has one id, the same at every call and on all devices of its person, so that the
//! system replaces a notification by its newer self. Two spans that overlap say the same of what lies in both; spans that
//! adjoin lose nothing and repeat nothing; a cut answer says where to go on. Nothing falls into quiet hours (but for
//! timers, where their person wants that) or into a mute.
//!
//! **How long something makes sense.** What quiet hours put off is shown at their end if it is not too late for it, and
//! else let go of without a word:
//!
//! | what | at the latest |
//! |---|---|
//! | a step's timer | 5 minutes after its time |
//! | the check-in at the end | an hour after it |
//! | the check-in of later that day | 4 hours after its time |
//! | the check-in of the next morning | 8 hours after its time |
//! | time set aside | before it begins |
//! | a message | 12 hours after its time |
//! | other wishes, the review, a boundary's end | a day after; quiet hours are shorter than that |
//!
//! **"Later today" is asked on that day.** Where its time falls past midnight, or into quiet hours that are not over soon, it
//! is asked earlier the same evening: before the night begins, with a quarter of an hour to spare, and not in the first hour
//! after the end, which is left in peace. An evening that has no such moment is asked after in the next morning's check-in,
//! if its person wants that one, and else not.
//!
//! **How many.** Sessions are of both, so that a changed app could write as many as it likes. Check-ins are asked for after at
//! most four sessions of one day, and at most four steps have a timer at once, first those of sessions that this person planned,
//! led or changed; what says that it ends more than a day from now comes due when that is nearer. Times set aside come due if
//! this person said yes to them, and wishes of the partner's as well.
//!
//! **Several at one moment** become one item, so that a morning begins with one sound. Its title is theirs if they are of
//! one kind, and else says no more than that there is something. What is snoozed or declined then is all of it.
//!
//! **An offer to reconnect** comes to whoever switched it on, once, in the evening two weeks after the end of the last session
//! that this phone knows of. It is gone if another session begins before, if time is set aside, or if its person noted since, or
//! in the 45 days before that session, that something was not right for them; and when it is declined nothing comes until there
//! was another session. It follows from what is on this phone, is told to its person alone, and says nothing of how long ago
//! anything was.
//!
//! While Private is locked nothing can be said, since a mute could not be seen: `PrivateLocked`. What the system has been
//! given before stays with it.

mod marks;
mod occasions;
mod reckoning;

#[cfg(test)]
mod tests;

use core::fmt;
use core::str::FromStr;

use super::Item;
use super::check_ins::CheckInMoment;
use super::list::must_see;
use super::sessions::StepId;
use super::{Whose, settings};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::names::names;
use crate::records::{Places, RecordId};
use crate::vault::Vault;
use crate::zones::{DAY_MS, LocalClock, ZoneOffsets};

use reckoning::Standing;

/// Most items of an answer: iOS keeps no more than 64 for an app.
pub const MOST_DUE: usize = 60;

/// How far off something can be snoozed to.
pub const MOST_SNOOZE_MS: i64 = 31 * DAY_MS;

/// Which occasion: 16 bytes that say nothing to whoever does not have the vault, as text 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueId([u8; 16]);

/// What is due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DueKind {
    /// The check-in at the end of a session.
    CheckInClosing,
    /// The check-in of later that day.
    CheckInLaterToday,
    /// The check-in of the next morning.
    CheckInNextMorning,
    /// A step's time is over: of one that runs, and of those to come in a session that
    /// [leads itself](super::sessions::Sessions::lead).
    Step,
    /// Time that both set aside comes.
    Room,
    /// A message was wished for.
    Message,
    /// A kind word was wished for.
    KindWord,
    /// A cuddle was kept for later.
    Cuddle,
    /// To reconnect: it was kept for later, or is offered to whoever [wants that](super::settings::Settings::offer_reconnect).
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

names!(DueKind {
    Self::CheckInClosing = "check-in-closing",
    Self::CheckInLaterToday = "check-in-later-today",
    Self::CheckInNextMorning = "check-in-next-morning",
    Self::Step = "step",
    Self::Room = "room",
    Self::Message = "message",
    Self::KindWord = "kind-word",
    Self::Cuddle = "cuddle",
    Self::Reconnect = "reconnect",
    Self::Wish = "wish",
    Self::Review = "review",
    Self::NotNowEnded = "not-now-ended",
    Self::Several = "several",
});

/// What a fire time follows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ZoneRule {
    /// Nothing: it is the same moment everywhere.
    Instant,
    /// The clock on the wall: in another zone it is another moment.
    LocalTime,
}

/// What an app opens when its person taps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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
    /// [scripts](super::follow_ups::reconnect_scripts) or [time to set aside](super::room).
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
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DueItem {
    /// The same at every call for the same occasion: what the system's notification is named by.
    pub id: DueId,
    /// What it is.
    pub kind: DueKind,
    /// When to show it, in milliseconds since 1970. No two items of an answer have the same.
    pub fire_ms: i64,
    /// Whether that changes with the zone.
    pub rule: ZoneRule,
    /// What takes its place: what was shown or scheduled under these ids is to be taken back when this is shown.
    pub replaces: Vec<DueId>,
    /// Where it leads, one for each occasion in it. To be looked up here when somebody taps, and not to be given to the
    /// system: an item's name says what it is about.
    pub leads_to: Vec<DueLead>,
}

impl DueItem {
    /// The key of the [text](crate::texts) for its title, which tells a stranger nothing.
    pub fn title_key(&self) -> String {
        format!("due-{}", self.kind.name())
    }
}

/// What is due in a span of time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Due {
    /// The earliest first; at most [`MOST_DUE`].
    pub items: Vec<DueItem>,
    /// Until then the answer is whole, in milliseconds since 1970: the end of the span, or where it was cut. Ask from there
    /// on.
    pub ask_again_at_ms: i64,
    /// Whether the system knows the zone. Else local times are told by UTC.
    pub zone_known: bool,
}

/// What is due.
///
/// A small handle; get one from [`Vault::due`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{Clock, Vault};
/// # use std::sync::Arc;
/// # struct Monday; // the 15th of September 2026, 18:33 UTC
/// # impl Clock for Monday { fn now_ms(&self) -> i64 { 1_789_497_180_000 } }
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(Monday))?;
/// use nightstand::care::due::DueKind;
/// use nightstand::care::sessions::SessionDraft;
/// use nightstand::records::Audience;
///
/// let sessions = vault.sessions();
/// let session = sessions.plan(Audience::Me, &SessionDraft::default())?;
/// sessions.start(&session.id)?;
/// let ended_ms = sessions.end(&session.id)?.ended_ms.unwrap_or_default();
///
/// let zones = (); // an app asks its system
/// let due = vault.due().between(ended_ms, ended_ms + 2 * 86_400_000, "Etc/UTC", &zones)?;
/// assert_eq!(due.items[0].kind, DueKind::CheckInLaterToday);
/// assert_eq!(due.items[0].title_key(), "due-check-in-later-today");
/// vault.due().decline(&due.items[0].id)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DueItems {
    vault: Vault,
}

impl Vault {
    /// What is due.
    pub fn due(&self) -> DueItems {
        DueItems { vault: self.clone() }
    }
}

impl DueItems {
    /// What is due at `from_ms` or later and before `until_ms` (milliseconds since 1970), by the local time of `zone` (an
    /// IANA name). `zones` is asked after the vault was read, some dozens of times for each local time. Nothing is written,
    /// and nothing that the partner sees depends on the call.
    ///
    /// Errors: `PrivateLocked`.
    pub fn between(
        &self,
        from_ms: i64,
        until_ms: i64,
        zone: &str,
        zones: &dyn ZoneOffsets,
    ) -> Result<Due, NightstandError> {
        let standing = self.standing()?;
        Ok(standing.between(from_ms, until_ms, &LocalClock { zone, zones }))
    }

    /// Puts an occasion off: it is shown at this time, or at the end of quiet hours then. Saved when this returns, for
    /// one's own devices alone, and forgotten when it can't matter any more. An id that nothing has is noted as well.
    ///
    /// Errors: `InvalidInput` for a time that is past or more than [31 days](MOST_SNOOZE_MS) off; `PrivateLocked`.
    pub fn snooze(&self, id: &DueId, until_ms: i64) -> Result<(), NightstandError> {
        let now_ms = self.vault.now_ms();
        if !TIMES_MS.contains(&until_ms) || until_ms <= now_ms || until_ms.saturating_sub(now_ms) > MOST_SNOOZE_MS {
            return Err(InvalidInput::Date.into());
        }
        self.mark(id, marks::Mark::Snoozed { until_ms })
    }

    /// Lets an occasion be: it is not shown again. Saved when this returns, for one's own devices alone; nobody is told,
    /// and nothing is counted.
    ///
    /// Errors: `PrivateLocked`.
    pub fn decline(&self, id: &DueId) -> Result<(), NightstandError> {
        self.mark(id, marks::Mark::Declined)
    }

    fn mark(&self, id: &DueId, mark: marks::Mark) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            must_see(&tx.rows(), Whose::Me)?;
            let places = Places::of(&tx.rows(), tx.person())?;
            let standing: Vec<_> =
                occasions::all(&tx.rows(), &places, tx.person(), tx.now_ms())?.into_iter().map(|it| it.id).collect();
            marks::write(tx, &places, id, mark, &standing)
        })
    }

    fn standing(&self) -> Result<Standing, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            let places = Places::of(rows, person)?;
            Ok(Standing {
                occasions: occasions::all(rows, &places, person, now_ms)?,
                settings: settings::of(rows, &places)?,
                marks: marks::read(rows, &places)?,
                secret: occasions::Secret::of(rows)?,
            })
        })
    }
}

impl fmt::Display for DueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for DueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DueId(…)")
    }
}

impl FromStr for DueId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(InvalidInput::Id.into())
    }
}
