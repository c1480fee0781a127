//! The months of a list: sections between its rows, and a calendar to jump by.
//!
//! A row belongs to the month of the day on which it was, where it was. Lists are ordered by the moment, and around the turn
//! of a month two time zones can disagree about which moment is in which month. So that no month comes twice in a list, a row
//! is in no earlier month than the rows before it in time.

use chrono::{DateTime, Datelike};
use nightstand_engine::ids::PersonId;
use rusqlite::types::Value;

use super::rows::{JournalRow, LISTED, ORDER, PLACES, RowCursor, RowsQuery, bound, filters};
use super::{Journal, Moment};
use crate::error::NightstandError;
use crate::store::Rows;

/// Offsets reach from 18 hours before UTC to 18 hours behind it: so far apart in time can two zones' days be.
const DISAGREEMENT_MS: i64 = 36 * 3_600_000;

/// A month of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Month {
    /// The year, 1 to 9999.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// How many entries it has; in a window, how many of its rows.
    pub entries: u64,
    /// Handed in as [`RowsQuery::after`], a page begins with the newest of them.
    pub start: RowCursor,
}

type YearMonth = (i32, u8);

impl Journal {
    /// The months in which there are entries that the query's filters let through, the newest first. The query's place and
    /// limit do not matter.
    ///
    /// It reads a line of every entry: for a calendar, not for each scroll.
    pub fn months(&self, query: &RowsQuery) -> Result<Vec<Month>, NightstandError> {
        let sql = format!(
            "SELECT row.when_ms, row.offset_seconds, {ORDER} FROM row {PLACES} WHERE {LISTED}
             ORDER BY row.when_ms, {ORDER}"
        );
        self.vault.read(|rows, person| {
            let filters = filters(query, &person)?;
            let lines = rows.all(&sql, bound(&filters).as_slice(), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i32>>(1)?, row.get::<_, String>(2)?))
            })?;
            let mut latest = None;
            let mut months = Months::default();
            for (when_ms, offset, order) in lines {
                latest = latest.max(Some(local(when_ms, offset)));
                months.add_newer(latest.unwrap_or_default(), RowCursor { when_ms, order });
            }
            Ok(months.newest_first())
        })
    }
}

/// The months of a page that ends the window at its last row.
pub(super) fn of_page(
    rows: &Rows<'_>,
    me: &PersonId,
    query: &RowsQuery,
    page: &[(JournalRow, RowCursor)],
) -> Result<Vec<Month>, NightstandError> {
    let Some((_, last)) = page.last() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT row.when_ms, row.offset_seconds FROM row {PLACES}
         WHERE {LISTED} AND row.when_ms <= :when AND (row.when_ms < :when OR {ORDER} < :order) AND row.when_ms >= :since"
    );
    let mut filters = filters(query, me)?;
    filters.extend([
        (":when", Value::from(last.when_ms)),
        (":order", Value::from(last.order.clone())),
        (":since", Value::from(last.when_ms.saturating_sub(DISAGREEMENT_MS))),
    ]);
    let before = rows.all(&sql, bound(&filters).as_slice(), |row| Ok(local(row.get(0)?, row.get(1)?)))?;
    let mut latest = before.into_iter().max();
    let mut months = Months::default();
    for (row, cursor) in page.iter().rev() {
        let Moment { utc_ms, offset_seconds, .. } = row.when;
        latest = latest.max(Some(local(utc_ms, offset_seconds)));
        months.add_newer(latest.unwrap_or_default(), cursor.clone());
    }
    Ok(months.newest_first())
}

/// The month on the calendar of the place.
fn local(utc_ms: i64, offset_seconds: Option<i32>) -> YearMonth {
    let there = utc_ms.saturating_add(i64::from(offset_seconds.unwrap_or(0)) * 1_000);
    let there = DateTime::from_timestamp_millis(there).unwrap_or_default();
    (there.year(), u8::try_from(there.month()).unwrap_or(1))
}

/// Months as they are found, the oldest first.
#[derive(Default)]
struct Months(Vec<Month>);

impl Months {
    fn add_newer(&mut self, (year, month): YearMonth, at: RowCursor) {
        let start = RowCursor { when_ms: at.when_ms, order: at.order + JUST_BEFORE };
        match self.0.last_mut() {
            Some(last) if (last.year, last.month) == (year, month) => {
                last.entries += 1;
                last.start = start;
            }
            _ => self.0.push(Month { year, month, entries: 1, start }),
        }
    }

    fn newest_first(mut self) -> Vec<Month> {
        self.0.reverse();
        self.0
    }
}

/// With this at its end, a place stands between its row and the one before: after the row's own order, before all others.
const JUST_BEFORE: &str = "!";
