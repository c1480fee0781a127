//! What ended sessions were like: with which label each counts.

use std::collections::BTreeSet;

use rusqlite::{Row, ToSql};

use super::{InsightSpan, SessionLength};
use crate::care::Condition;
use crate::care::sessions::SESSION;
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

/// When each session was, the earliest first: those of both, and one's own if asked for.
pub(super) fn times(
    rows: &Rows<'_>,
    places: &Places,
    own: bool,
    span: &InsightSpan,
) -> Result<Vec<i64>, NightstandError> {
    ended(rows, places, own, span, "record.at_ms", "", "record.at_ms", |row| Ok(row.get(1)?))
}

/// The sessions' ids, each with its labels: the ids of activities, the names of lengths or of conditions.
pub(super) fn labelled(
    rows: &Rows<'_>,
    places: &Places,
    by: By,
    span: &InsightSpan,
) -> Result<BTreeSet<(String, String)>, NightstandError> {
    let text = |row: &Row<'_>| -> Result<_, StoreError> { Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)) };
    let found = match by {
        By::Activity => ended(
            rows,
            places,
            true,
            span,
            "item.value ->> '$.activity'",
            ", json_each(record.content, '$.items') AS item",
            "item.value ->> '$.timer' LIKE 'done %'",
            text,
        )?,
        By::Situation => {
            let marks = ", json_each(record.content, '$.marks') AS mark";
            let found = ended(rows, places, true, span, "mark.value", marks, "1", text)?;
            found.into_iter().filter(|(_, mark)| mark.as_deref().and_then(Condition::from_name).is_some()).collect()
        }
        By::Length => {
            let took =
                "json_extract(record.content, '$.fields.ended[0]') - json_extract(record.content, '$.fields.began[0]')";
            ended(rows, places, true, span, took, "", "1", |row| {
                let took: Option<i64> = row.get(1).unwrap_or_default();
                Ok((row.get(0)?, took.and_then(length).map(|length| length.name().to_owned())))
            })?
        }
    };
    Ok(found.into_iter().filter_map(|(id, label)| Some((id, label?))).collect())
}

fn length(took_ms: i64) -> Option<SessionLength> {
    Some(match took_ms {
        0..=600_000 => SessionLength::Short,
        600_001..=1_800_000 => SessionLength::Middle,
        1_800_001..=LEFT_OPEN_MS => SessionLength::Long,
        _ => return None,
    })
}

#[expect(clippy::too_many_arguments, reason = "a statement's parts, named at its few calls")]
fn ended<T>(
    rows: &Rows<'_>,
    places: &Places,
    own: bool,
    span: &InsightSpan,
    column: &str,
    beside: &str,
    only: &str,
    read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, NightstandError> {
    let sql = format!(
        "SELECT record.id, {column} FROM record JOIN place ON place.id = record.place{beside}
         WHERE record.what = ? AND record.at_ms >= ? AND record.at_ms < ?
             AND (place.space = 2 AND place.bond = ? OR place.space = 0 AND ?)
             AND record.content -> '$.fields.ended[0]' IS NOT NULL AND {only}
         ORDER BY record.at_ms, record.id"
    );
    let bond = places.shared.and_then(|shared| shared.joint.bond());
    let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
    let params: [&dyn ToSql; 5] = [&SESSION, &span.from_ms, &span.before_ms, &bond, &own];
    Ok(rows.all(&sql, params.as_slice(), read)?)
}
