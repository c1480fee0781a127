//! What there may be something to show of, read from the vault.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::ids::PersonId;
use zeroize::Zeroizing;

use super::{DueId, DueKind, DueLead};
use crate::care::check_ins::{self, CheckInMoment};
use crate::care::follow_ups::{self, FollowUpTime};
use crate::care::sessions::{self, SessionLead, SessionState, SessionView, StepState};
use crate::care::{list, review, room, settings};
use crate::error::NightstandError;
use crate::journal::entry::TIMES_MS;
use crate::records::{Audience, Places, RecordId};
use crate::store::{Rows, StoreError};
use crate::zones::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Sessions that began longer ago have nothing left that comes due, be it snoozed as far as can be.
const SESSIONS_MS: i64 = 45 * DAY_MS;

/// Nor has a time that began longer ago.
const ROOMS_MS: i64 = 2 * DAY_MS;

/// An offer to reconnect comes the day after so long after the last session, at this minute of the day: in the evening, two weeks
/// after.
const RECONNECT_MS: i64 = 13 * DAY_MS;
const RECONNECT_MINUTE: u16 = 18 * 60;

/// Nor does one come where something was not right so long before that session, or since.
///
/// Whoever noted that is never asked to confront anybody, and to be asked near again by a phone would be just that. Another
/// evening does not take the note back: it may have been the partner's wish more than theirs, a session of both may be one that a
/// changed app made up, and nothing is right because of another one. It does not hold for good either, since the offer was
/// switched on by the same person, and they have no other way to say that it is well again than to go on. As long as sessions are
/// looked back on at all: with the two weeks until the offer, two months after the note at the earliest.
const NOT_RIGHT_MS: i64 = 45 * DAY_MS;

/// Coming ends of steps that are told of in sessions which lead themselves, of one's own and of both each: as many as one session
/// can have. Of sessions beyond it the steps that run are told of, as of those led by hand.
const MOST_LED: usize = sessions::MOST_STEPS;

/// Steps that run at once. There is one, or two where both phones started one at the same time; each names all the others of its
/// session, so that what a changed app writes must not be taken at its word.
const MOST_RUNNING: usize = 4;

/// Sessions of one day (by UTC) after which check-ins are asked for. Of more it is those in which the person had a hand, and
/// then the newest.
const MOST_SESSIONS_A_DAY: usize = 4;

/// What a timer or the end of a session says lies no further ahead than this: a step takes ten hours at most, and what is
/// later is no session's.
const AHEAD_MS: i64 = DAY_MS;

/// Something that may be shown once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Occasion {
    pub(super) id: DueId,
    pub(super) kind: DueKind,
    pub(super) when: When,
    /// How long after its time it makes sense.
    pub(super) patience_ms: i64,
    /// It makes sense before this.
    pub(super) before_ms: Option<i64>,
    pub(super) replaces: Vec<DueId>,
    pub(super) leads_to: DueLead,
}

/// Its time, before anybody knows the zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum When {
    At {
        ms: i64,
    },
    /// So many minutes after an end, or earlier that day.
    LaterToday {
        ended_ms: i64,
        minutes: u16,
    },
    /// At this minute of the day after the one to which a moment belongs.
    NextDay {
        since_ms: i64,
        minute: u16,
    },
}

/// What makes ids say nothing to others. All devices of a person have it.
pub(super) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    pub(super) fn of(rows: &Rows<'_>) -> Result<Self, StoreError> {
        Ok(Self(Zeroizing::new(*rows.first_own_key()?.secret())))
    }

    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    pub(super) fn derive_id(&self, kind: DueKind, of: &[&[u8]]) -> DueId {
        let mut hasher = blake3::Hasher::new_derive_key("nightstand 1 due");
        hasher.update(self.0.as_slice());
        for field in [kind.name().as_bytes()].iter().chain(of) {
            hasher.update(&(field.len() as u64).to_le_bytes()).update(field);
        }
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        DueId(id)
    }
}

/// Shows nothing of it.
impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// How long after its time something makes sense.
pub(super) fn patience_ms(kind: DueKind) -> i64 {
    match kind {
        DueKind::Step => 5 * MINUTE_MS,
        DueKind::CheckInClosing => HOUR_MS,
        DueKind::CheckInLaterToday => 4 * HOUR_MS,
        DueKind::CheckInNextMorning => 8 * HOUR_MS,
        DueKind::Message => 12 * HOUR_MS,
        DueKind::Room
        | DueKind::KindWord
        | DueKind::Cuddle
        | DueKind::Reconnect
        | DueKind::Wish
        | DueKind::Review
        | DueKind::NotNowEnded
        | DueKind::Several => DAY_MS,
    }
}

/// All of them, whatever span is asked for. Private is not locked.
pub(super) fn all(
    rows: &Rows<'_>,
    places: &Places,
    person: PersonId,
    now_ms: i64,
) -> Result<Vec<Occasion>, NightstandError> {
    let mut found = Found { secret: Secret::of(rows)?, occasions: Vec::new() };
    let settings = settings::of(rows, places)?;
    let checked_in = check_ins::own_moments(rows, places)?;
    let until_ms = now_ms.saturating_add(AHEAD_MS);
    let (mut asked, mut running_left) = (BTreeMap::<i64, usize>::new(), MOST_RUNNING);
    let mut led_left = BTreeMap::from([(Audience::Me, MOST_LED), (Audience::Both, MOST_LED)]);
    let sessions = sessions::begun_since(rows, places, person, now_ms.saturating_sub(SESSIONS_MS), now_ms)?;
    for session in &sessions {
        if let Some(ended_ms) = session.ended_ms.filter(|ended| *ended <= until_ms) {
            let of_day = asked.entry(ended_ms.div_euclid(DAY_MS)).or_default();
            *of_day += 1;
            if *of_day <= MOST_SESSIONS_A_DAY {
                found.check_ins(session, &settings, &checked_in);
            }
        }
        found.steps(session, until_ms, led_left.entry(session.audience).or_default(), &mut running_left);
    }
    let rooms = room::agreed(rows, places, person, now_ms.saturating_sub(ROOMS_MS))?;
    for room in &rooms {
        found.room(room);
    }
    if settings.offer_reconnect
        && rooms.is_empty()
        && let Some((last_ms, session)) = last(&sessions, now_ms)
        && !check_ins::something_not_right_since(rows, places, session.at_ms.saturating_sub(NOT_RIGHT_MS))?
    {
        let id = found.secret.derive_id(DueKind::Reconnect, &[session.id.to_string().as_bytes()]);
        let when = When::NextDay { since_ms: last_ms.saturating_add(RECONNECT_MS), minute: RECONNECT_MINUTE };
        found.add(id, DueKind::Reconnect, when, DueLead::Reconnect);
    }
    for (id, wish) in follow_ups::coming(rows, places)? {
        found.follow_up(id, &wish);
    }
    for (item, until_ms) in list::ends(rows, person)? {
        let id = found.secret.derive_id(DueKind::NotNowEnded, &[item.to_string().as_bytes(), &until_ms.to_le_bytes()]);
        found.add(id, DueKind::NotNowEnded, When::At { ms: until_ms }, DueLead::NotNow { item });
    }
    let review = review::of(rows, person, now_ms)?;
    // Without a time at which somebody looked, "due" moves on with the clock.
    if let (Some(_), Some(next_ms)) = (review.last_ms, review.next_ms) {
        let id = found.secret.derive_id(DueKind::Review, &[&next_ms.to_le_bytes()]);
        found.add(id, DueKind::Review, When::At { ms: next_ms }, DueLead::Review);
    }
    Ok(found.occasions)
}

/// The session that ended last, and when; of one that was left open, when it began. What another clock, or a changed app,
/// puts into the future is none.
fn last(sessions: &[SessionView], now_ms: i64) -> Option<(i64, &SessionView)> {
    let times = sessions.iter().map(|session| (session.ended_ms.unwrap_or(session.at_ms), session));
    times.filter(|(ms, _)| *ms <= now_ms.saturating_add(DAY_MS)).max_by_key(|(ms, session)| (*ms, session.id))
}

struct Found {
    secret: Secret,
    occasions: Vec<Occasion>,
}

impl Found {
    fn add(&mut self, id: DueId, kind: DueKind, when: When, leads_to: DueLead) -> Option<&mut Occasion> {
        if let When::At { ms } = when
            && !TIMES_MS.contains(&ms)
        {
            return None;
        }
        let patience_ms = patience_ms(kind);
        self.occasions.push(Occasion { id, kind, when, patience_ms, before_ms: None, replaces: Vec::new(), leads_to });
        self.occasions.last_mut()
    }

    fn check_ins(
        &mut self,
        session: &SessionView,
        settings: &settings::Settings,
        checked_in: &BTreeSet<(String, CheckInMoment)>,
    ) {
        let Some(ended_ms) = session.ended_ms.filter(|ended| TIMES_MS.contains(ended)) else { return };
        let named = session.id.to_string();
        let asked = [
            (
                CheckInMoment::Closing,
                DueKind::CheckInClosing,
                settings.ask_closing.then_some(When::At { ms: ended_ms }),
            ),
            (
                CheckInMoment::LaterToday,
                DueKind::CheckInLaterToday,
                settings.ask_later_today.map(|minutes| When::LaterToday { ended_ms, minutes }),
            ),
            (
                CheckInMoment::NextMorning,
                DueKind::CheckInNextMorning,
                settings.ask_next_morning.map(|minute| When::NextDay { since_ms: ended_ms, minute }),
            ),
        ];
        let mut earlier = Vec::new();
        for (moment, kind, when) in asked {
            let id = self.secret.derive_id(kind, &[named.as_bytes()]);
            let replaces = earlier.clone();
            earlier.push(id);
            if let Some(when) = when
                && !checked_in.contains(&(named.clone(), moment))
                && let Some(added) = self.add(id, kind, when, DueLead::Session { id: session.id, moment })
            {
                added.replaces = replaces;
            }
        }
    }

    fn room(&mut self, room: &room::RoomView) {
        let Some(minutes) = room.reminder_minutes else { return };
        let ms = room.content.at_ms.saturating_sub(i64::from(minutes) * MINUTE_MS);
        let id_of = |secret: &Secret, id: RecordId| secret.derive_id(DueKind::Room, &[id.to_string().as_bytes()]);
        let (id, replaces) = (id_of(&self.secret, room.id), room.moves.map(|old| id_of(&self.secret, old)));
        if let Some(added) = self.add(id, DueKind::Room, When::At { ms }, DueLead::Room { id: room.id }) {
            added.before_ms = Some(room.content.at_ms.max(ms.saturating_add(1)));
            added.replaces = replaces.into_iter().collect();
        }
    }

    fn follow_up(&mut self, id: RecordId, wish: &follow_ups::Wish) {
        let kind = match wish.content.activity.as_deref() {
            Some("message-later-today") => DueKind::Message,
            Some("kind-word-next-day") => DueKind::KindWord,
            Some("cuddle-kept-for-later") => DueKind::Cuddle,
            Some("reconnect-later") => DueKind::Reconnect,
            _ => DueKind::Wish,
        };
        let (when, time) = match wish.content.when {
            FollowUpTime::At { ms } => (When::At { ms }, ms),
            FollowUpTime::NextDay { minute } => (When::NextDay { since_ms: wish.made_ms, minute }, i64::from(minute)),
        };
        // A wish that was changed is asked for anew.
        let named = id.to_string();
        let fields = [named.as_bytes(), &wish.made_ms.to_le_bytes(), &time.to_le_bytes()];
        let due = self.secret.derive_id(kind, &fields);
        self.add(due, kind, when, DueLead::FollowUp { id });
    }

    fn steps(&mut self, session: &SessionView, until_ms: i64, led_left: &mut usize, running_left: &mut usize) {
        if session.state != SessionState::Running {
            return;
        }
        let named = session.id.to_string();
        let id_of = |secret: &Secret, step: &sessions::StepView| {
            secret.derive_id(DueKind::Step, &[named.as_bytes(), step.id.to_string().as_bytes()])
        };
        let ids: Vec<_> = session.steps.iter().map(|step| id_of(&self.secret, step)).collect();
        let ending = session.steps.iter().zip(&ids).filter_map(|(step, id)| Some((step, id, step.ends_at_ms?)));
        let mut ending: Vec<_> = ending.filter(|(.., ms)| *ms <= until_ms).collect();
        let led = session.lead == SessionLead::ByItself && ending.len() <= *led_left;
        if led {
            *led_left -= ending.len();
        } else {
            ending.retain(|(step, ..)| step.state == StepState::Running);
            ending.truncate(*running_left);
            *running_left -= ending.len();
        }
        for (at, (step, id, ms)) in ending.iter().enumerate() {
            let lead = DueLead::Step { session: session.id, step: step.id };
            // What comes behind it is not to be taken back when it is shown.
            let coming = if led { &ending[at + 1..] } else { &[] };
            if let Some(added) = self.add(**id, DueKind::Step, When::At { ms: *ms }, lead) {
                let taken_back = |other: &&DueId| *other != *id && coming.iter().all(|(_, coming, _)| coming != other);
                added.replaces = ids.iter().filter(taken_back).copied().collect();
            }
        }
    }
}
