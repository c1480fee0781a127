//! Making room: a time that both set aside.
//!
//! A **proposal** is a record in `Joint` under an id of its own, and is never changed. **Acceptance** is a record in one's
//! own `Mine` that names exactly that proposal, by a hash of what it says; whoever proposes accepts with it. To move a time
//! is to propose another one that names the one it replaces, and to take one's own acceptance along.
//!
//! ```text
//!                   I stand by it   I don't
//!   they stand by     Agreed        Asked ── decline ──▶ Declined (on my own phone, and told to nobody)
//!   they don't        Waiting       Withdrawn
//! ```
//!
//! | | accept | decline | withdraw |
//! |---|---|---|---|
//! | Asked | Agreed | Declined | |
//! | Declined | Agreed | | |
//! | Waiting | | | Withdrawn |
//! | Agreed | | | Declined |
//! | Withdrawn | Waiting | Withdrawn | |
//!
//! Declined and unanswered look alike: to decline is noted in `Private` alone. To withdraw takes the acceptance away and
//! gives no reason; to the other it looks as if it had not been given. A time that went by is nothing more than that: none
//! is counted.
//!
//! The **reminder** is local: how long before, each says for themself, in `Private`.

mod proposal;
mod state;

use std::collections::BTreeSet;

use nightstand_engine::ids::{PersonId, Place};

use super::list::must_see;
use super::{Condition, Whose, yes};
use crate::docs::record::{Field, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId, mark_of, named};
use crate::store::{Records, Rows, StoreTx};
use crate::vault::Vault;
use proposal::Room;
pub use state::{RoomState, RoomVerb};

/// The sorts of record.
const ROOM: &str = "room";
const YES: &str = "room-yes";
const NOTE: &str = "room-note";

/// The minutes that can be set aside.
pub const ROOM_MINUTES: core::ops::RangeInclusive<u16> = 1..=1_440;

/// Longest title, in UTF-16 units.
pub const MOST_TITLE_UNITS: usize = 60;

/// So many minutes before, unless somebody says otherwise, they are reminded; and at most so many.
pub const REMINDER_MINUTES: u16 = 30;
/// See [`REMINDER_MINUTES`].
pub const MOST_REMINDER_MINUTES: u16 = 7 * 1_440;

/// Most that a list has of what one proposed oneself, and of what the partner did.
pub const MOST_ROOMS: usize = 500;

/// What is proposed.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomDraft {
    /// When it begins, in milliseconds since 1970: not past, but for [ten minutes](crate::times::CLOCKS_MS), and at most
    /// [five years](crate::times::MOST_AHEAD_MS) off.
    pub at_ms: i64,
    /// How long it is meant to be: [1 to 1,440](ROOM_MINUTES) minutes.
    pub minutes: u16,
    /// One line of own words, at most [`MOST_TITLE_UNITS`] UTF-16 units; it may be empty, and not blank.
    pub title: String,
    /// What it is for, if they like to say.
    pub situation: BTreeSet<Condition>,
}

/// A proposal as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Which.
    pub id: RecordId,
    /// What is proposed.
    pub content: RoomDraft,
    /// Who proposed it, as it says; where it [stands](Self::state) does not rest on that.
    pub proposed_by: Whose,
    /// Which earlier one it replaces.
    pub moves: Option<RecordId>,
    /// Which later one replaces it; of several the first by their ids.
    pub moved_to: Option<RecordId>,
    /// Where it stands.
    pub state: RoomState,
    /// How many minutes before one is reminded, once both set it aside; none: not at all.
    pub reminder_minutes: Option<u16>,
    /// Of exactly this proposal, 32 bytes; [`accept`](Rooms::accept) is given it.
    pub hash: Vec<u8>,
}

/// Times that both set aside.
///
/// A small handle; get one from [`Vault::rooms`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::{collections::BTreeSet, sync::Arc};
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::room::RoomDraft;
/// use nightstand::error::NightstandError;
///
/// let sunday = RoomDraft {
///     at_ms: 1_790_000_000_000,
///     minutes: 90,
///     title: "A slow Sunday".into(),
///     situation: BTreeSet::new(),
/// };
/// // It takes two.
/// assert_eq!(vault.rooms().propose(&sunday), Err(NightstandError::NotPaired));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Rooms {
    vault: Vault,
}

impl Vault {
    /// Times that both set aside.
    pub fn rooms(&self) -> Rooms {
        Rooms { vault: self.clone() }
    }
}

impl Rooms {
    /// Proposes a time, and sets it aside. Saved when this returns; the partner has it after the next sync.
    ///
    /// Errors: `InvalidInput` for minutes or a title out of range, with `Date` for a time that is past or more than five
    /// years off; `NotPaired`; `PrivateLocked`.
    pub fn propose(&self, draft: &RoomDraft) -> Result<RoomView, NightstandError> {
        self.put(draft, None)
    }

    /// Proposes another time in place of one, and stands by that one no longer.
    ///
    /// Errors: as [`propose`](Self::propose); `NotFound`.
    pub fn move_to(&self, id: &RecordId, draft: &RoomDraft) -> Result<RoomView, NightstandError> {
        self.put(draft, Some(*id))
    }

    /// Sets a proposed time aside, and stands by the one that it replaces no longer: `hash` is what was shown with it. The
    /// partner knows after the next sync.
    ///
    /// Errors: `ChangedMeanwhile` if it is another time by now, or says something else; then nothing is set aside. `InvalidInput`
    /// (`State`) for one that is over, or absurdly far off. `NotFound`, `Deleted`, `NotPaired`, `PrivateLocked`.
    pub fn accept(&self, id: &RecordId, hash: &[u8]) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Accept, Some(hash))
    }

    /// Says no to a proposed time, for oneself: nobody learns of it. No hash is asked for: whoever moves a time proposes another
    /// one, which is not declined with this, and a no to what a changed app wrote over binds nobody and can be taken back by
    /// [`accept`](Self::accept), which checks.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one stands by; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn decline(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Decline, None)
    }

    /// Stands by a time no longer, at any time and without a reason. To the partner it is after the next sync as if one had
    /// not answered.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one has not answered; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn withdraw(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Withdraw, None)
    }

    /// Says how many minutes before this time one is reminded, at most [`MOST_REMINDER_MINUTES`]; none: not at all. Saved
    /// when this returns, for oneself alone.
    ///
    /// Errors: `InvalidInput` for more minutes; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn remind(&self, id: &RecordId, minutes: Option<u16>) -> Result<RoomView, NightstandError> {
        if minutes.is_some_and(|minutes| minutes > MOST_REMINDER_MINUTES) {
            return Err(InvalidInput::Range.into());
        }
        self.vault.write(|tx| {
            let places = seen(&tx.rows(), tx.person())?;
            let person = tx.person();
            let room = Room::find(&tx.rows(), &places, person, id)?;
            records::write(tx, &note_name(&places, room.id), |record| {
                record.set("reminder", Some(minutes.map_or(Field::Flag(false), |one| i64::from(one).into())));
                Ok(())
            })?;
            view(&tx.rows(), &places, person, id)
        })
    }

    /// One of them.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.vault.read(|rows, person| view(rows, &seen(rows, person)?, person, id))
    }

    /// Those that begin in `from_ms..before_ms`, whatever their state, the latest first: those that one stands by, and of the
    /// others at most [`MOST_ROOMS`] that one proposed oneself and as many of the partner's. Without a partner there are none.
    ///
    /// Errors: `PrivateLocked`.
    pub fn list(&self, from_ms: i64, before_ms: i64) -> Result<Vec<RoomView>, NightstandError> {
        self.vault.read(|rows, person| list(rows, &seen(rows, person)?, person, from_ms, before_ms))
    }

    fn put(&self, draft: &RoomDraft, moves: Option<RecordId>) -> Result<RoomView, NightstandError> {
        self.vault.write(|tx| {
            let person = tx.person();
            let places = seen(&tx.rows(), person)?;
            let name = Name { what: ROOM, id: RecordId::make(tx), place: places.shared()?.joint };
            draft.check(tx.now_ms())?;
            if let Some(old) = &moves {
                Room::find(&tx.rows(), &places, person, old)?;
                leave(tx, &places, old)?;
            }
            records::write(tx, &name, |record| {
                draft.write(record);
                record.set("by", Some(mark_of(&person)));
                record.set("of", moves.map(|moves| moves.to_string()));
                Ok(())
            })?;
            let room = Room::find(&tx.rows(), &places, person, &name.id)?;
            yes::say(tx, YES, &places, &name.id, Some(&room.shown))?;
            view(&tx.rows(), &places, person, &name.id)
        })
    }

    fn apply(&self, id: &RecordId, verb: RoomVerb, hash: Option<&[u8]>) -> Result<RoomView, NightstandError> {
        self.vault.write(|tx| {
            let person = tx.person();
            let places = seen(&tx.rows(), person)?;
            let room = Room::find(&tx.rows(), &places, person, id)?;
            hash.map_or(Ok(()), |hash| room.shown.check(hash))?;
            let state = view(&tx.rows(), &places, person, id)?.state;
            let next = state.after(verb).ok_or(InvalidInput::State)?;
            if next != state && verb == RoomVerb::Accept && !room.may_come(tx.now_ms()) {
                return Err(InvalidInput::State.into());
            }
            if next != state || verb == RoomVerb::Decline {
                let stands = matches!(next, RoomState::Agreed | RoomState::Waiting);
                yes::say(tx, YES, &places, id, stands.then_some(&room.shown))?;
                if let Some(old) = room.moves.filter(|_| stands) {
                    leave(tx, &places, &old)?;
                }
                note_declined(tx, &places, *id, next == RoomState::Declined || verb == RoomVerb::Decline)?;
            }
            view(&tx.rows(), &places, person, id)
        })
    }
}

/// What comes, and whether there is a reminder: those that both set aside.
pub(super) fn agreed(
    rows: &Rows<'_>,
    places: &Places,
    me: PersonId,
    from_ms: i64,
) -> Result<Vec<RoomView>, NightstandError> {
    let mut rooms = answered(rows, places, me)?;
    rooms.retain(|room| room.content.at_ms >= from_ms && room.state == RoomState::Agreed);
    Ok(rooms)
}

/// Those that this person stands by: what the partner proposes takes no room from them.
fn answered(rows: &Rows<'_>, places: &Places, me: PersonId) -> Result<Vec<RoomView>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let mut rooms = Vec::new();
    for id in yes::said(rows, YES, &shared.mine)? {
        let found = records::listed(rows, &Name { what: ROOM, id, place: shared.joint })?;
        let Some(room) = found.and_then(|record| Room::of(id, &record, me)) else { continue };
        rooms.push(view_of(rows, places, me, room)?);
    }
    Ok(rooms)
}

fn list(
    rows: &Rows<'_>,
    places: &Places,
    me: PersonId,
    from_ms: i64,
    before_ms: i64,
) -> Result<Vec<RoomView>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let place = Some(shared.joint);
    let query = Records {
        what: ROOM,
        place,
        bond: shared.joint.bond(),
        from_ms: Some(from_ms),
        before_ms: Some(before_ms),
        ..Records::default()
    };
    let mut rooms = answered(rows, places, me)?;
    rooms.retain(|room| (from_ms..before_ms).contains(&room.content.at_ms));
    let known: BTreeSet<_> = rooms.iter().map(|room| room.id).collect();
    let found = named(records::own_first(rows, &query, me, MOST_ROOMS)?).filter(|(id, _)| !known.contains(id));
    for room in found.filter_map(|(id, row)| Room::of(id, &row.record, me)) {
        rooms.push(view_of(rows, places, me, room)?);
    }
    rooms.sort_by_key(|room| (core::cmp::Reverse(room.content.at_ms), room.id));
    Ok(rooms)
}

/// A person's places, while their Private can be seen.
fn seen(rows: &Rows<'_>, me: PersonId) -> Result<Places, NightstandError> {
    must_see(rows, Whose::Me)?;
    Places::of(rows, me)
}

fn view(rows: &Rows<'_>, places: &Places, me: PersonId, id: &RecordId) -> Result<RoomView, NightstandError> {
    view_of(rows, places, me, Room::find(rows, places, me, id)?)
}

fn view_of(rows: &Rows<'_>, places: &Places, me: PersonId, room: Room) -> Result<RoomView, NightstandError> {
    let shared = places.shared()?;
    let stands = |place: &Place| yes::stands(rows, YES, place, &room.id, &room.shown);
    let (mine, theirs) = (stands(&shared.mine)?, stands(&shared.theirs)?);
    let note = records::read(rows, &note_name(places, room.id))?.unwrap_or_default();
    // Of two devices the one that said no counts.
    let declined = note.values("declined").contains(&true.into());
    Ok(RoomView {
        id: room.id,
        proposed_by: if room.mine { Whose::Me } else { Whose::Partner },
        moves: room.moves,
        moved_to: moved_to(rows, places, me, &room.id)?,
        state: RoomState::of(mine, theirs, declined),
        reminder_minutes: reminder(&note),
        content: room.content,
        hash: room.shown.to_vec(),
    })
}

/// Of two that were said at the same time none counts, and else the shorter one.
fn reminder(note: &Record) -> Option<u16> {
    let said = note.values("reminder").iter().filter_map(|value| match value {
        Field::Flag(false) => Some(None),
        Field::Number(minutes) => {
            u16::try_from(*minutes).ok().filter(|minutes| *minutes <= MOST_REMINDER_MINUTES).map(Some)
        }
        Field::Flag(true) | Field::Text(_) => None,
    });
    said.min().unwrap_or(Some(REMINDER_MINUTES))
}

fn moved_to(
    rows: &Rows<'_>,
    places: &Places,
    me: PersonId,
    id: &RecordId,
) -> Result<Option<RecordId>, NightstandError> {
    let joint = places.shared()?.joint;
    let of = id.to_string();
    let query = Records { what: ROOM, of: Some(&of), place: Some(joint), bond: joint.bond(), ..Records::default() };
    let rooms = named(rows.records(&query, MOST_ROOMS)?).filter_map(|(id, row)| Room::of(id, &row.record, me));
    Ok(rooms.map(|room| room.id).min())
}

/// Stands by one no longer, and is not asked for it again.
fn leave(tx: &mut StoreTx<'_>, places: &Places, id: &RecordId) -> Result<(), NightstandError> {
    yes::say(tx, YES, places, id, None)?;
    note_declined(tx, places, *id, true)
}

fn note_declined(tx: &mut StoreTx<'_>, places: &Places, id: RecordId, declined: bool) -> Result<(), NightstandError> {
    records::write(tx, &note_name(places, id), |record| {
        let noted = record.values("declined").contains(&true.into());
        if declined != noted {
            record.set("declined", Some(declined));
        }
        Ok(())
    })
}

fn note_name(places: &Places, id: RecordId) -> Name<'static> {
    Name { what: NOTE, id, place: places.private }
}

/// Without what could be tried against guesses of its words.
impl core::fmt::Debug for RoomView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RoomView({:?}, {:?})", self.state, self.content)
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for RoomDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RoomDraft({} minutes)", self.minutes)
    }
}
