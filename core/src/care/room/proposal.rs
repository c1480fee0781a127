//! A proposal as its record has it.

use nightstand_engine::ids::PersonId;

use super::{MOST_TITLE_UNITS, ROOM, ROOM_MINUTES, RoomDraft};
use crate::care::Condition;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::records::{self, Places, RecordId, check_line, check_new_line, mark_of};
use crate::shown::Shown;
use crate::store::Rows;
use crate::times::{MOST_AHEAD_MS, check_from_now};
use crate::zones::MINUTE_MS;

impl RoomDraft {
    /// Can it be proposed at this moment?
    pub(super) fn check(&self, now_ms: i64) -> Result<(), NightstandError> {
        check_new_line(&self.title, 0, MOST_TITLE_UNITS)?;
        self.check_form()?;
        check_from_now(self.at_ms, now_ms)
    }

    fn check_form(&self) -> Result<(), NightstandError> {
        check_line(&self.title, 0, MOST_TITLE_UNITS)?;
        match () {
            () if !TIMES_MS.contains(&self.at_ms) => Err(InvalidInput::Date.into()),
            () if !ROOM_MINUTES.contains(&self.minutes) => Err(InvalidInput::Range.into()),
            () => Ok(()),
        }
    }

    pub(super) fn write(&self, record: &mut Record) {
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
        draft.check_form().is_ok().then_some(draft)
    }
}

/// A proposal.
pub(super) struct Room {
    pub(super) id: RecordId,
    pub(super) content: RoomDraft,
    pub(super) mine: bool,
    pub(super) moves: Option<RecordId>,
    pub(super) shown: Shown,
}

impl Room {
    pub(super) fn of(id: RecordId, record: &Record, me: PersonId) -> Option<Self> {
        Some(Self {
            id,
            content: RoomDraft::of(record)?,
            mine: record.text_of("by") == Some(mark_of(&me).as_str()),
            moves: record.text_of("of").and_then(|id| id.parse().ok()),
            shown: shown(id, record),
        })
    }

    /// Can it be set aside at this moment: is it neither over, nor absurdly far off?
    pub(super) fn may_come(&self, now_ms: i64) -> bool {
        let RoomDraft { at_ms, minutes, .. } = self.content;
        let ends_ms = at_ms.saturating_add(i64::from(minutes) * MINUTE_MS);
        now_ms < ends_ms && at_ms <= now_ms.saturating_add(MOST_AHEAD_MS)
    }

    pub(super) fn find(rows: &Rows<'_>, places: &Places, me: PersonId, id: &RecordId) -> Result<Self, NightstandError> {
        let name = records::find(rows, [places.shared()?.joint], ROOM, *id)?;
        let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
        Self::of(*id, &record, me).ok_or(NightstandError::NotFound)
    }
}

/// What is accepted: all that is written there, be it something that this version can't show. Whoever changes the record,
/// which nobody does with this app, leaves it with no acceptance.
fn shown(id: RecordId, record: &Record) -> Shown {
    let number = |field| record.number(field).unwrap_or_default().to_string();
    let text = |field| record.text_of(field).unwrap_or_default();
    let (id, at, minutes) = (id.to_string(), number("at"), number("minutes"));
    let fields = [id.as_str(), &at, &minutes, text("title"), text("by"), text("of")];
    Shown::of("nightstand 1 room", fields.into_iter().chain(record.marks.iter().map(String::as_str)))
}
