//! What ended sessions were like, a row each, without taking a record apart.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Row, named_params};

use super::{InsightSpan, SessionLength};
use crate::care::sessions::SESSION;
use crate::care::{Condition, activities, catalogue};
use crate::error::NightstandError;
use crate::records::Places;
use crate::records::copies::derive_copy_id;
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

/// When those of both were, and one's own if asked for.
pub(super) fn times(
    rows: &Rows<'_>,
    places: &Places,
    own: bool,
    span: &InsightSpan,
) -> Result<Vec<i64>, NightstandError> {
    let mut found: Vec<(String, bool, i64)> = ended(rows, places, own, span, "id, place IS :joint, at_ms", |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    // Each evening once: without those of one's own of which both have a copy.
    if let Some(shared) = places.shared {
        let of_both: BTreeSet<String> = found.iter().filter(|(_, both, _)| *both).map(|(id, ..)| id.clone()).collect();
        let is_copied = |id: &str| {
            let copy = id.parse().ok().map(|id| derive_copy_id(SESSION, &id, &shared.joint).to_string());
            copy.is_some_and(|copy| of_both.contains(&copy))
        };
        found.retain(|(id, both, _)| *both || !is_copied(id));
    }
    Ok(found.into_iter().map(|(.., at_ms)| at_ms).collect())
}

/// The ids of activities, or the names of lengths or of conditions, with which each counts; those of both, and one's own.
pub(super) fn labels(
    rows: &Rows<'_>,
    places: &Places,
    by: By,
    span: &InsightSpan,
) -> Result<BTreeMap<String, Vec<String>>, NightstandError> {
    let columns = match by {
        By::Activity => "id, done",
        By::Length => "id, began_ms, ended_ms",
        By::Situation => "id, situation",
    };
    let found = ended(rows, places, true, span, columns, |row| {
        let labels = match by {
            By::Activity => known(&row.get::<_, String>(1)?, is_activity),
            By::Length => length(row.get(1)?, row.get(2)?).map(|length| length.name().into()).into_iter().collect(),
            By::Situation => known(&row.get::<_, String>(1)?, |name| Condition::from_name(name).is_some()),
        };
        Ok((row.get(0)?, labels))
    })?;
    Ok(found.into_iter().collect())
}

fn ended<T>(
    rows: &Rows<'_>,
    places: &Places,
    own: bool,
    span: &InsightSpan,
    columns: &str,
    read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, NightstandError> {
    let sql = format!(
        "SELECT {columns} FROM session
         WHERE place IN (:joint, :own) AND ended_ms IS NOT NULL AND at_ms >= :from AND at_ms < :before"
    );
    // None where nothing was ever kept: that is in no list.
    let number = |place| match place {
        Some(place) => rows.place_id(&place),
        None => Ok(None),
    };
    let (joint, own) = (number(places.shared.map(|shared| shared.joint))?, number(own.then_some(places.private))?);
    let params = named_params! { ":joint": joint, ":own": own, ":from": span.from_ms, ":before": span.before_ms };
    Ok(rows.all(&sql, params, read)?)
}

fn known(names: &str, is_known: impl Fn(&str) -> bool) -> Vec<String> {
    names.split('\u{1f}').filter(|name| is_known(name)).map(str::to_owned).collect()
}

/// What is neither built in nor somebody's own was written by no app of ours.
fn is_activity(id: &str) -> bool {
    catalogue::activity(id).is_some() || activities::is_own(id)
}

fn length(began_ms: Option<i64>, ended_ms: i64) -> Option<SessionLength> {
    Some(match ended_ms.checked_sub(began_ms?)? {
        0..=600_000 => SessionLength::Short,
        600_001..=1_800_000 => SessionLength::Middle,
        1_800_001..=LEFT_OPEN_MS => SessionLength::Long,
        _ => return None,
    })
}
