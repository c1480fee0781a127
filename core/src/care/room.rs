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

use std::collections::BTreeSet;

use nightstand_engine::ids::{PersonId, Place};

use super::list::must_see;
use super::{Condition, Whose};
use crate::docs::record::{Field, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::records::{self, Name, Places, RecordId, check_line, mark_of, named};
use crate::store::{RecordRow, Records, Rows, StoreTx};
use crate::vault::Vault;

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

/// Most that a list has.
pub const MOST_ROOMS: usize = 500;

/// What is proposed.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomDraft {
    /// When it begins, in milliseconds since 1970.
    pub at_ms: i64,
    /// How long it is meant to be: [1 to 1,440](ROOM_MINUTES) minutes.
    pub minutes: u16,
    /// One line of own words, at most [`MOST_TITLE_UNITS`] UTF-16 units; it may be empty.
    pub title: String,
    /// What it is for, if they like to say.
    pub situation: BTreeSet<Condition>,
}

/// Where a proposal stands, as this phone knows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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

/// What one can do with a proposal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RoomVerb {
    /// Sets the time aside.
    Accept,
    /// Says no, for oneself.
    Decline,
    /// Takes back that one set it aside.
    Withdraw,
}

/// What may follow on what. What is so already stays so, and the rest is refused.
const TABLE: &[(RoomState, RoomVerb, RoomState)] = &[
    (RoomState::Asked, RoomVerb::Accept, RoomState::Agreed),
    (RoomState::Asked, RoomVerb::Decline, RoomState::Declined),
    (RoomState::Declined, RoomVerb::Accept, RoomState::Agreed),
    (RoomState::Waiting, RoomVerb::Withdraw, RoomState::Withdrawn),
    (RoomState::Agreed, RoomVerb::Withdraw, RoomState::Declined),
    (RoomState::Withdrawn, RoomVerb::Accept, RoomState::Waiting),
    (RoomState::Withdrawn, RoomVerb::Decline, RoomState::Withdrawn),
];

impl RoomState {
    fn of(mine: bool, theirs: bool, declined: bool) -> Self {
        match (mine, theirs) {
            (true, true) => Self::Agreed,
            (true, false) => Self::Waiting,
            (false, true) if declined => Self::Declined,
            (false, true) => Self::Asked,
            (false, false) => Self::Withdrawn,
        }
    }

    fn after(self, verb: RoomVerb) -> Option<Self> {
        let follows = TABLE.iter().find(|(state, with, _)| (*state, *with) == (self, verb)).map(|(_, _, next)| *next);
        let already = || TABLE.iter().any(|(_, with, next)| (*with, *next) == (verb, self)).then_some(self);
        follows.or_else(already)
    }
}

/// A proposal as a screen shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomView {
    /// Which.
    pub id: RecordId,
    /// What is proposed.
    pub content: RoomDraft,
    /// Who proposed it.
    pub proposed_by: Whose,
    /// Which earlier one it replaces.
    pub moves: Option<RecordId>,
    /// Which later one replaces it; of several the first by their ids.
    pub moved_to: Option<RecordId>,
    /// Where it stands.
    pub state: RoomState,
    /// How many minutes before one is reminded, once both set it aside; none: not at all.
    pub reminder_minutes: Option<u16>,
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
    /// Errors: `InvalidInput` for minutes, a time or a title out of range; `NotPaired`; `PrivateLocked`.
    pub fn propose(&self, draft: &RoomDraft) -> Result<RoomView, NightstandError> {
        self.put(draft, None)
    }

    /// Proposes another time in place of one, and stands by that one no longer.
    ///
    /// Errors: as [`propose`](Self::propose); `NotFound`.
    pub fn move_to(&self, id: &RecordId, draft: &RoomDraft) -> Result<RoomView, NightstandError> {
        self.put(draft, Some(*id))
    }

    /// Sets a proposed time aside, and stands by the one that it replaces no longer. The partner knows after the next sync.
    ///
    /// Errors: `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn accept(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Accept)
    }

    /// Says no to a proposed time, for oneself: nobody learns of it.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one stands by; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn decline(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Decline)
    }

    /// Stands by a time no longer, at any time and without a reason. To the partner it is after the next sync as if one had
    /// not answered.
    ///
    /// Errors: `InvalidInput` (`State`) for one that one has not answered; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn withdraw(&self, id: &RecordId) -> Result<RoomView, NightstandError> {
        self.apply(id, RoomVerb::Withdraw)
    }

    /// Says how many minutes before this time one is reminded, at most [`MOST_REMINDER_MINUTES`]; none: not at all. Saved
    /// when this returns, for oneself alone.
    ///
    /// Errors: `InvalidInput` for more minutes; `NotFound`, `NotPaired`, `PrivateLocked`.
    pub fn remind(&self, id: &RecordId, minutes: Option<u16>) -> Result<RoomView, NightstandError> {
        if minutes.is_some_and(|minutes| minutes > MOST_REMINDER_MINUTES) {
            return Err(invalid(InvalidInput::Range));
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

    /// Those that begin in `from_ms..before_ms`, whatever their state, the latest first, at most [`MOST_ROOMS`]. Without a
    /// partner there are none.
    ///
    /// Errors: `PrivateLocked`.
    pub fn list(&self, from_ms: i64, before_ms: i64) -> Result<Vec<RoomView>, NightstandError> {
        self.vault.read(|rows, person| list(rows, &seen(rows, person)?, person, from_ms, before_ms))
    }

    fn put(&self, draft: &RoomDraft, moves: Option<RecordId>) -> Result<RoomView, NightstandError> {
        draft.check()?;
        self.vault.write(|tx| {
            let person = tx.person();
            let places = seen(&tx.rows(), person)?;
            let name = Name { what: ROOM, id: RecordId::make(tx), place: places.shared()?.joint };
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
            stand_by(tx, &places, &name.id, Some(room.hash))?;
            view(&tx.rows(), &places, person, &name.id)
        })
    }

    fn apply(&self, id: &RecordId, verb: RoomVerb) -> Result<RoomView, NightstandError> {
        self.vault.write(|tx| {
            let person = tx.person();
            let places = seen(&tx.rows(), person)?;
            let room = Room::find(&tx.rows(), &places, person, id)?;
            let state = view(&tx.rows(), &places, person, id)?.state;
            let next = state.after(verb).ok_or(invalid(InvalidInput::State))?;
            if next != state || verb == RoomVerb::Decline {
                let stands = matches!(next, RoomState::Agreed | RoomState::Waiting);
                stand_by(tx, &places, id, stands.then_some(room.hash))?;
                if let Some(old) = room.moves.filter(|_| stands) {
                    leave(tx, &places, &old)?;
                }
                note_declined(tx, &places, *id, next == RoomState::Declined || verb == RoomVerb::Decline)?;
            }
            view(&tx.rows(), &places, person, id)
        })
    }
}

impl RoomDraft {
    fn check(&self) -> Result<(), NightstandError> {
        check_line(&self.title, 0, MOST_TITLE_UNITS)?;
        match () {
            () if !TIMES_MS.contains(&self.at_ms) => Err(invalid(InvalidInput::Date)),
            () if !ROOM_MINUTES.contains(&self.minutes) => Err(invalid(InvalidInput::Range)),
            () => Ok(()),
        }
    }

    fn write(&self, record: &mut Record) {
        record.set("at", Some(self.at_ms));
        record.set("minutes", Some(i64::from(self.minutes)));
        record.set("title", Some(self.title.as_str()));
        record.marks.extend(self.situation.iter().map(|condition| condition.name().to_owned()));
    }

    /// None of what is no proposal.
    fn of(record: &Record) -> Option<Self> {
        let draft = Self {
            at_ms: record.number("at")?,
            minutes: record.number("minutes")?.try_into().ok()?,
            title: record.text_of("title")?.to_owned(),
            situation: record.marks.iter().filter_map(|mark| Condition::from_name(mark)).collect(),
        };
        draft.check().is_ok().then_some(draft)
    }
}

/// A proposal.
struct Room {
    id: RecordId,
    content: RoomDraft,
    mine: bool,
    moves: Option<RecordId>,
    hash: String,
}

impl Room {
    fn of(id: RecordId, record: &Record, me: PersonId) -> Option<Self> {
        Some(Self {
            id,
            content: RoomDraft::of(record)?,
            mine: record.text_of("by") == Some(mark_of(&me).as_str()),
            moves: record.text_of("of").and_then(|id| id.parse().ok()),
            hash: hash(id, record),
        })
    }

    fn find(rows: &Rows<'_>, places: &Places, me: PersonId, id: &RecordId) -> Result<Self, NightstandError> {
        let name = records::find(rows, [places.shared()?.joint], ROOM, *id)?;
        let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
        Self::of(*id, &record, me).ok_or(NightstandError::NotFound)
    }
}

/// What is accepted: all that is written there, be it something that this version can't show. Whoever changes the record,
/// which nobody does with this app, leaves it with no acceptance.
fn hash(id: RecordId, record: &Record) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("nightstand 1 room");
    let mut add = |field: &str| {
        hasher.update(&(field.len() as u64).to_le_bytes()).update(field.as_bytes());
    };
    add(&id.to_string());
    for field in ["at", "minutes"] {
        add(&record.number(field).unwrap_or_default().to_string());
    }
    for field in ["title", "by", "of"] {
        add(record.text_of(field).unwrap_or_default());
    }
    record.marks.iter().for_each(|mark| add(mark));
    data_encoding::HEXLOWER.encode(hasher.finalize().as_bytes())
}

/// What comes, and whether there is a reminder: those that both set aside.
pub(super) fn agreed(
    rows: &Rows<'_>,
    places: &Places,
    me: PersonId,
    from_ms: i64,
) -> Result<Vec<RoomView>, NightstandError> {
    let mut rooms = list(rows, places, me, from_ms, i64::MAX)?;
    rooms.retain(|room| room.state == RoomState::Agreed);
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
    let found = named(rows.records(&query, MOST_ROOMS)?);
    let rooms = found.filter_map(|(id, row)| Room::of(id, &row.record, me));
    rooms.map(|room| view_of(rows, places, me, room)).collect()
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
    let stands = |place: &Place| -> Result<bool, NightstandError> {
        Ok(yeses(rows, place, &room.id)?.iter().any(|(_, row)| row.record.text_of("to") == Some(room.hash.as_str())))
    };
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
    stand_by(tx, places, id, None)?;
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

/// Sets a proposal aside, or not any more.
fn stand_by(tx: &mut StoreTx<'_>, places: &Places, id: &RecordId, hash: Option<String>) -> Result<(), NightstandError> {
    let mine = places.shared()?.mine;
    let mut stands = false;
    for (yes, row) in yeses(&tx.rows(), &mine, id)? {
        if hash.is_some() && row.record.text_of("to") == hash.as_deref() && !stands {
            stands = true;
        } else {
            records::bury(tx, &Name { what: YES, id: yes, place: mine })?;
        }
    }
    let Some(hash) = hash.filter(|_| !stands) else { return Ok(()) };
    let name = Name { what: YES, id: RecordId::make(tx), place: mine };
    let of = id.to_string();
    records::write(tx, &name, |record| {
        record.set("of", Some(of));
        record.set("to", Some(hash));
        Ok(())
    })
}

fn yeses(rows: &Rows<'_>, place: &Place, id: &RecordId) -> Result<Vec<(RecordId, RecordRow)>, NightstandError> {
    let of = id.to_string();
    let query = Records { what: YES, of: Some(&of), place: Some(*place), bond: place.bond(), ..Records::default() };
    Ok(named(rows.records(&query, MOST_ROOMS)?).collect())
}

fn note_name(places: &Places, id: RecordId) -> Name<'static> {
    Name { what: NOTE, id, place: places.private }
}

fn invalid(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for RoomDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RoomDraft({} minutes)", self.minutes)
    }
}
