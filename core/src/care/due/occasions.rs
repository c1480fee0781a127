//! What there may be something to show of, read from the vault.

use std::collections::BTreeSet;

use nightstand_engine::ids::PersonId;
use zeroize::Zeroizing;

use super::{DueId, DueKind, DueLead};
use crate::care::check_ins::{self, CheckInMoment};
use crate::care::follow_ups::{self, FollowUpTime};
use crate::care::sessions::{self, SessionState, SessionView};
use crate::care::{list, review, room, settings};
use crate::error::NightstandError;
use crate::journal::entry::TIMES_MS;
use crate::records::{Places, RecordId};
use crate::store::{Rows, StoreError};
use crate::zones::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Sessions that began longer ago have nothing left that comes due, be it snoozed as far as can be.
const SESSIONS_MS: i64 = 45 * DAY_MS;

/// Nor has a time that began longer ago.
const ROOMS_MS: i64 = 2 * DAY_MS;

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
    /// So many minutes after an end, while it is that day.
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
        Ok(Self(Zeroizing::new(*rows.own_key()?.secret())))
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
    for session in sessions::begun_since(rows, places, person, now_ms.saturating_sub(SESSIONS_MS), now_ms)? {
        found.check_ins(&session, &settings, &checked_in);
        found.steps(&session);
    }
    for room in room::agreed(rows, places, person, now_ms.saturating_sub(ROOMS_MS))? {
        found.room(&room);
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
                && let Some(added) = self.add(id, kind, when, DueLead::Session { id: session.id })
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

    fn steps(&mut self, session: &SessionView) {
        if session.state != SessionState::Running {
            return;
        }
        let named = session.id.to_string();
        let id_of = |secret: &Secret, step: &sessions::StepView| {
            secret.derive_id(DueKind::Step, &[named.as_bytes(), step.id.to_string().as_bytes()])
        };
        let ids: Vec<_> = session.steps.iter().map(|step| id_of(&self.secret, step)).collect();
        for (step, id) in session.steps.iter().zip(&ids) {
            let Some(ms) = step.ends_at_ms else { continue };
            let lead = DueLead::Step { session: session.id, step: step.id };
            if let Some(added) = self.add(*id, DueKind::Step, When::At { ms }, lead) {
                added.replaces = ids.iter().copied().filter(|other| other != id).collect();
            }
        }
    }
}
