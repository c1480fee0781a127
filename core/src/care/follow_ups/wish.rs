//! A wish as its record has it.

use super::{FollowUpDraft, FollowUpTime, MOST_WORDS_UNITS, reconnect_scripts};
use crate::care::{activities, catalogue};
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::records::{Places, RecordId, check_text, is_blank};
use crate::shown::Shown;
use crate::store::Rows;

impl FollowUpDraft {
    pub(super) fn check(&self, rows: &Rows<'_>, places: &Places) -> Result<(), NightstandError> {
        check_text(&self.words, MOST_WORDS_UNITS)?;
        match &self.activity {
            None if is_blank(&self.words) => return Err(InvalidInput::Empty.into()),
            Some(activity) => activities::check(rows, places, activity)?,
            None => {}
        }
        if self.script.as_ref().is_some_and(|script| !reconnect_scripts().contains(&script.as_str())) {
            return Err(InvalidInput::Item.into());
        }
        if is_blank(&self.words) && !self.words.is_empty() {
            return Err(InvalidInput::Empty.into());
        }
        match self.when {
            FollowUpTime::At { ms } if !TIMES_MS.contains(&ms) => Err(InvalidInput::Date.into()),
            FollowUpTime::NextDay { minute } if minute >= 1_440 => Err(InvalidInput::Range.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn write(&self, record: &mut Record, session: Option<RecordId>) {
        record.set("activity", self.activity.as_deref());
        record.set("script", self.script.as_deref());
        record.set("when", Some(self.when.field()));
        record.set("of", session.map(|session| session.to_string()));
        record.text.clone_from(&self.words);
    }

    /// None of what is no wish.
    pub(super) fn of(record: &Record) -> Option<Self> {
        let known = |id: &&str| catalogue::activity(id).is_some() || activities::is_own(id);
        let draft = Self {
            activity: record.text_of("activity").filter(known).map(str::to_owned),
            words: Some(&record.text).filter(|words| words.encode_utf16().count() <= MOST_WORDS_UNITS)?.clone(),
            script: record.text_of("script").filter(|id| reconnect_scripts().contains(id)).map(str::to_owned),
            when: record.text_of("when").and_then(FollowUpTime::of)?,
            session: record.text_of("of").and_then(|id| id.parse().ok()),
        };
        (draft.activity.is_some() || !draft.words.is_empty()).then_some(draft)
    }
}

impl FollowUpTime {
    fn field(self) -> String {
        match self {
            Self::At { ms } => format!("at {ms}"),
            Self::NextDay { minute } => format!("next-day {minute}"),
        }
    }

    fn of(field: &str) -> Option<Self> {
        match field.split_once(' ')? {
            ("at", ms) => ms.parse().ok().filter(|ms| TIMES_MS.contains(ms)).map(|ms| Self::At { ms }),
            ("next-day", minute) => {
                minute.parse().ok().filter(|minute| *minute < 1_440).map(|minute| Self::NextDay { minute })
            }
            _ => None,
        }
    }
}

/// A wish as it stands.
pub(in crate::care) struct Wish {
    pub(in crate::care) content: FollowUpDraft,
    pub(in crate::care) made_ms: i64,
    pub(super) is_done: bool,
    pub(super) shown: Shown,
}

impl Wish {
    /// None of what is no wish.
    pub(super) fn of(id: &RecordId, record: &Record) -> Option<Self> {
        let made_ms = record.number("at").filter(|at| TIMES_MS.contains(at))?;
        // Where one device said that it is done, it is.
        let is_done = record.values("done").contains(&true.into());
        Some(Self { content: FollowUpDraft::of(record)?, made_ms, is_done, shown: shown(id, record) })
    }
}

/// What a yes says yes to: all that is written there, be it something that this version can't show.
fn shown(id: &RecordId, record: &Record) -> Shown {
    let text = |field| record.text_of(field).unwrap_or_default();
    let (id, at) = (id.to_string(), record.number("at").unwrap_or_default().to_string());
    let fields = [&id, &at, text("activity"), text("script"), text("when"), text("of"), &record.text];
    Shown::of("nightstand 1 follow-up", fields)
}
