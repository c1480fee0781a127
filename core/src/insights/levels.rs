//! What check-ins say, one row each, without opening a document.

use std::collections::BTreeMap;

use nightstand_engine::ids::{Place, Space};
use rusqlite::{Row, named_params};

use super::{CountedMoment, InsightSpan, Level, consent};
use crate::care::check_ins::{CHECK_IN, DropLevel};
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::{Rows, StoreError};

/// Whose level it is. It is told apart so that there are enough of each, and not to be shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    Me,
    Partner,
}

/// A level that somebody noted.
#[derive(Clone)]
pub(super) struct Noted {
    pub(super) of: Of,
    pub(super) session: Option<String>,
    pub(super) at_ms: i64,
    pub(super) moment: CountedMoment,
    pub(super) level: u8,
}

/// Whose check-ins are read.
#[derive(Clone, Copy)]
pub(super) enum Asked {
    /// One's own, all that is in Private.
    Mine,
    /// Those and what the partner shares and lets count.
    Both,
}

impl Asked {
    /// The partner's place, if theirs count.
    fn theirs(self, rows: &Rows<'_>, places: &Places) -> Result<Option<Place>, NightstandError> {
        let theirs = places.shared.map(|shared| shared.theirs);
        match (self, theirs) {
            (Self::Both, Some(theirs)) if consent::given(rows, theirs)? => Ok(Some(theirs)),
            _ => Ok(None),
        }
    }
}

/// One level of all counted moments, the earliest first. Of several of one person, session and moment the last counts.
pub(super) fn levels(
    rows: &Rows<'_>,
    places: &Places,
    asked: Asked,
    level: Level,
    span: Option<&InsightSpan>,
) -> Result<Vec<Noted>, NightstandError> {
    let mut noted = Vec::new();
    let path = format!("$.fields.{}[0]", level.name());
    read(rows, places, asked, &path, span, |row, of, session, at_ms, moment| {
        // Read as JSON, so that what is no number is not taken for one.
        let said = row.get_ref(4)?.as_str().ok().and_then(|text| text.parse::<u8>().ok());
        if let Some(said) = said.filter(|said| level.scale().contains(said)) {
            noted.push(Noted { of, session, at_ms, moment, level: said });
        }
        Ok(())
    })?;
    let mut last: BTreeMap<_, usize> = BTreeMap::new();
    for (at, one) in noted.iter().enumerate() {
        let key = (one.of, one.moment, one.session.clone());
        // Each without a session stands for itself.
        last.insert((key, one.session.is_none().then_some(at)), at);
    }
    let mut kept: Vec<usize> = last.into_values().collect();
    kept.sort_unstable();
    Ok(kept.into_iter().filter_map(|at| noted.get(at).cloned()).collect())
}

/// Of each time about which one's own check-ins say whether there was a low: was there one?
pub(super) fn lows(rows: &Rows<'_>, places: &Places, span: &InsightSpan) -> Result<Vec<bool>, NightstandError> {
    let mut times: BTreeMap<_, bool> = BTreeMap::new();
    let mut alone = 0_usize;
    read(rows, places, Asked::Mine, "$.fields.drop[0]", Some(span), |row, _, session, _, _| {
        let said = row.get_ref(4)?.as_str().unwrap_or_default().trim_matches('"');
        if let Some(said) = DropLevel::from_name(said) {
            alone += usize::from(session.is_none());
            let time = (session.is_none().then_some(alone), session);
            *times.entry(time).or_default() |= said != DropLevel::None;
        }
        Ok(())
    })?;
    Ok(times.into_values().collect())
}

fn read(
    rows: &Rows<'_>,
    places: &Places,
    asked: Asked,
    path: &str,
    span: Option<&InsightSpan>,
    mut found: impl FnMut(&Row<'_>, Of, Option<String>, i64, CountedMoment) -> Result<(), StoreError>,
) -> Result<(), NightstandError> {
    let theirs = asked.theirs(rows, places)?;
    let theirs = theirs.as_ref().and_then(|place| Some((place.bond()?, place.owner()?)));
    let (bond, partner) = match &theirs {
        Some((bond, partner)) => (&bond.as_bytes()[..], &partner.as_bytes()[..]),
        None => (&[][..], &[][..]),
    };
    let (from, before) = span.map_or((i64::MIN, i64::MAX), |span| (span.from_ms, span.before_ms));
    let params = named_params! {
        ":what": CHECK_IN, ":from": from, ":before": before, ":bond": bond, ":partner": partner, ":path": path,
    };
    rows.all(SAID, params, |row| {
        let of = if row.get::<_, u8>(0)? == Space::Private.number() { Of::Me } else { Of::Partner };
        match row.get_ref(3)?.as_str().ok().and_then(CountedMoment::from_name) {
            Some(moment) => found(row, of, row.get(1)?, row.get(2)?, moment),
            // Something was not right, or a newer app wrote it.
            None => Ok(()),
        }
    })?;
    Ok(())
}

/// One's own check-ins are those in Private: what is shared of them in Mine is the same once more.
const SAID: &str = "SELECT place.space, record.of, record.at_ms, record.content ->> '$.fields.moment[0]',
                        record.content -> :path
                    FROM record JOIN place ON place.id = record.place
                    WHERE record.what = :what AND record.at_ms >= :from AND record.at_ms < :before
                        AND (place.space = 0 OR (place.space = 1 AND place.bond = :bond AND place.owner = :partner))
                        AND record.content -> :path IS NOT NULL
                    ORDER BY record.at_ms, record.id";
