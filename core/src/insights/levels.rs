//! What check-ins say, one row each, without opening a document.

use std::collections::BTreeMap;

use nightstand_engine::ids::Space;
use rusqlite::named_params;

use super::{CountedMoment, InsightOf, InsightSpan, Level, consent};
use crate::care::check_ins::DropLevel;
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::Rows;

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

/// One level at some moments, the earliest first. Of several of one person, session and moment the last counts.
pub(super) fn levels(
    rows: &Rows<'_>,
    places: &Places,
    asked: InsightOf,
    level: Level,
    moments: &[CountedMoment],
    span: Option<&InsightSpan>,
) -> Result<Vec<Noted>, NightstandError> {
    let mut noted = Vec::new();
    read(rows, places, asked, (level.name(), moments), span, |of, Said { session, at_ms, moment, said }| {
        if let Some(said) = said.parse().ok().filter(|said| level.scale().contains(said)) {
            noted.push(Noted { of, session, at_ms, moment, level: said });
        }
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
    read(rows, places, InsightOf::Me, ("drop", CountedMoment::ALL), Some(span), |_, Said { session, said, .. }| {
        if let Some(said) = DropLevel::from_name(said.trim_matches('"')) {
            alone += usize::from(session.is_none());
            let time = (session.is_none().then_some(alone), session);
            *times.entry(time).or_default() |= said != DropLevel::Clear;
        }
    })?;
    Ok(times.into_values().collect())
}

fn read(
    rows: &Rows<'_>,
    places: &Places,
    asked: InsightOf,
    (field, moments): (&str, &[CountedMoment]),
    span: Option<&InsightSpan>,
    mut found: impl FnMut(Of, Said),
) -> Result<(), NightstandError> {
    let theirs = places.shared.map(|shared| shared.theirs).filter(|_| asked == InsightOf::Both);
    let theirs = match theirs {
        Some(theirs) if consent::given(rows, theirs)? => Some(theirs),
        _ => None,
    };
    let theirs = theirs.as_ref().and_then(|place| Some((place.bond()?, place.owner()?)));
    let (bond, partner) = match &theirs {
        Some((bond, partner)) => (&bond.as_bytes()[..], &partner.as_bytes()[..]),
        None => (&[][..], &[][..]),
    };
    let (from, before) = span.map_or((i64::MIN, i64::MAX), |span| (span.from_ms, span.before_ms));
    let params = named_params! { ":from": from, ":before": before, ":bond": bond, ":partner": partner };
    let said = rows.all(&sql(field, moments), params, |row| {
        let moment = row.get_ref(4)?.as_str().unwrap_or_default().trim_matches('"');
        let Some(moment) = CountedMoment::from_name(moment) else { return Ok(None) };
        let of = if row.get::<_, u8>(0)? == Space::Private.number() { Of::Me } else { Of::Partner };
        let said = Said { session: row.get(2)?, at_ms: row.get(1)?, moment, said: row.get(5)? };
        Ok(Some((row.get::<_, String>(3)?, of, said)))
    })?;
    let mut said: Vec<_> = said.into_iter().flatten().collect();
    said.sort_unstable_by(|one, other| (one.2.at_ms, &one.0).cmp(&(other.2.at_ms, &other.0)));
    said.into_iter().for_each(|(_, of, said)| found(of, said));
    Ok(())
}

/// What a check-in says of one field, as JSON, so that what is no number is not taken for one.
struct Said {
    session: Option<String>,
    at_ms: i64,
    moment: CountedMoment,
    said: String,
}

/// One's own check-ins are those in Private: what is shared of them in Mine is the same once more. At another moment something
/// was not right, or a newer app wrote it. An index answers all of it (`record_levels`, whose words these are); in another order
/// SQLite would not take it in both files at once.
fn sql(field: &str, moments: &[CountedMoment]) -> String {
    let moments: Vec<String> = moments.iter().map(|moment| format!("'\"{}\"'", moment.name())).collect();
    format!(
        "SELECT place.space, record.at_ms, record.of, record.id, record.content -> '$.fields.moment[0]',
             record.content -> '$.fields.{field}[0]'
         FROM record JOIN place ON place.id = record.place
         WHERE record.what = 'check-in' AND record.at_ms >= :from AND record.at_ms < :before
             AND record.content -> '$.fields.moment[0]' IN ({})
             AND (place.space = 0 OR (place.space = 1 AND place.bond = :bond AND place.owner = :partner))
             AND record.content -> '$.fields.{field}[0]' IS NOT NULL",
        moments.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::store::tests::Phone;

    #[test]
    fn an_index_alone_answers_in_one_file_and_in_two() {
        let phone = Phone::alex();
        let vault = phone.open();
        let read = || {
            let sql = format!("EXPLAIN QUERY PLAN {}", sql("calm", &[CountedMoment::Arrival, CountedMoment::Closing]));
            let params = named_params! { ":from": 0, ":before": 1, ":bond": [0_u8; 0], ":partner": [0_u8; 0] };
            let plan = vault.read(|rows, _| Ok(rows.all(&sql, params, |row| Ok(row.get::<_, String>(3)?))?)).unwrap();
            plan.into_iter().filter(|step| step.contains("COVERING INDEX record_levels (what=? AND at_ms>?")).count()
        };
        assert_eq!(read(), 1);
        vault.set_private_key(Some([42; 32]), |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(read(), 2);
    }
}
