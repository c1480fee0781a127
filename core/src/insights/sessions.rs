//! What ended sessions were like.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::named_params;
use serde::Deserialize;

use super::{InsightSpan, SessionLength};
use crate::care::sessions::SESSION;
use crate::care::{Condition, activities, catalogue};
use crate::docs::record::Field;
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::{Rows, StoreError};

/// A session that took longer was left open.
const LEFT_OPEN_MS: i64 = 12 * 3_600_000;

/// By what sessions are grouped.
#[derive(Clone, Copy)]
pub(super) enum By {
    Activity,
    Length,
    Situation,
}

/// A session that ended.
pub(super) struct Ended {
    pub(super) id: String,
    pub(super) at_ms: i64,
    content: Content,
}

/// What is read of a session's record, past all that it says beside.
#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    fields: Times,
    #[serde(default)]
    marks: Vec<String>,
    #[serde(default)]
    items: BTreeMap<String, Step>,
}

#[derive(Deserialize, Default)]
struct Times {
    #[serde(default)]
    began: Vec<Field>,
    #[serde(default)]
    ended: Vec<Field>,
}

#[derive(Deserialize)]
struct Step {
    activity: Option<Field>,
    timer: Option<Field>,
}

/// Those of both, and one's own if asked for.
pub(super) fn ended(
    rows: &Rows<'_>,
    places: &Places,
    own: bool,
    span: &InsightSpan,
) -> Result<Vec<Ended>, NightstandError> {
    let sql = "SELECT record.id, record.at_ms, record.content FROM record JOIN place ON place.id = record.place
               WHERE record.what = :what AND record.at_ms >= :from AND record.at_ms < :before
                   AND (place.space = 2 AND place.bond = :bond OR place.space = 0 AND :own)";
    let bond = places.shared.and_then(|shared| shared.joint.bond());
    let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
    let params = named_params! {
        ":what": SESSION, ":from": span.from_ms, ":before": span.before_ms, ":bond": bond, ":own": own,
    };
    let found = rows.all(sql, params, |row| {
        let content = row.get_ref(2)?.as_str().ok().and_then(|json| serde_json::from_str(json).ok());
        let content: Content = content.ok_or(StoreError::Damaged)?;
        let ended = content.fields.ended.first().and_then(Field::number);
        if ended.is_none() { Ok(None) } else { Ok(Some(Ended { id: row.get(0)?, at_ms: row.get(1)?, content })) }
    })?;
    Ok(found.into_iter().flatten().collect())
}

impl Ended {
    /// The ids of activities, or the names of lengths or of conditions, with which it counts.
    pub(super) fn labels(&self, by: By) -> BTreeSet<&str> {
        match by {
            By::Activity => self.content.items.values().filter_map(Step::done).collect(),
            By::Length => self.length().map(SessionLength::name).into_iter().collect(),
            By::Situation => {
                let marks = self.content.marks.iter().map(String::as_str);
                marks.filter(|mark| Condition::from_name(mark).is_some()).collect()
            }
        }
    }

    fn length(&self) -> Option<SessionLength> {
        let time = |values: &[Field]| values.first().and_then(Field::number);
        let took = time(&self.content.fields.ended)?.checked_sub(time(&self.content.fields.began)?)?;
        Some(match took {
            0..=600_000 => SessionLength::Short,
            600_001..=1_800_000 => SessionLength::Middle,
            1_800_001..=LEFT_OPEN_MS => SessionLength::Long,
            _ => return None,
        })
    }
}

impl Step {
    /// The activity, if it was done. What is neither built in nor somebody's own was written by no app of ours.
    fn done(&self) -> Option<&str> {
        let done = self.timer.as_ref().and_then(Field::text).is_some_and(|timer| timer.starts_with("done "));
        let activity = self.activity.as_ref().and_then(Field::text).filter(|_| done)?;
        (catalogue::activity(activity).is_some() || activities::is_own(activity)).then_some(activity)
    }
}
