//! Reading check-ins: one's own, and what the partner shares of theirs.
//!
//! Of a check-in of one's own what is shared may be all that is on this device: another one was lost before it told the rest, or
//! an old copy was put back. The partner reads it, so its person sees it as well, and can take it back: it is listed under the
//! id under which it is shared, and says what it says there. With the first change it is noted in `Private` under that same id,
//! so that own devices that do so at once note one. Figures count what is noted in `Private`, so they count it from then on.

use std::collections::BTreeSet;

use nightstand_engine::ids::Place;

use super::share::{living, named_by, published, shares};
use super::{CHECK_IN, CheckIn, CheckInMoment, CheckInView, MOST_CHECK_INS, SHARE, SHARED_AS};
use crate::care::Whose;
use crate::care::list::must_see;
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::records::{self, Name, Places, RecordId, named};
use crate::store::{BondRow, Records, Rows, StoreTx};

/// Of which sessions there is a check-in of one's own, at which moments. Private is not locked.
pub(in crate::care) fn own_moments(
    rows: &Rows<'_>,
    places: &Places,
) -> Result<BTreeSet<(String, CheckInMoment)>, NightstandError> {
    let own = own_records(rows, places, &Records::default(), MOST_CHECK_INS)?;
    let said = own.iter().filter_map(|(_, record)| Some((record.text_of("of")?.to_owned(), moment(record)?)));
    Ok(said.collect())
}

pub(super) fn moment(record: &Record) -> Option<CheckInMoment> {
    record.text_of("moment").and_then(CheckInMoment::from_name)
}

/// What those of one's own say whose time lies from `from_ms` on, the newest first. Private is not locked.
pub(in crate::care) fn own_since(
    rows: &Rows<'_>,
    places: &Places,
    from_ms: i64,
) -> Result<Vec<CheckIn>, NightstandError> {
    let since = Records { from_ms: Some(from_ms), ..Records::default() };
    let own = own_records(rows, places, &since, MOST_CHECK_INS)?;
    Ok(own.iter().filter_map(|(_, record)| CheckIn::of(record)).collect())
}

pub(super) fn view(rows: &Rows<'_>, places: &Places, id: RecordId) -> Result<CheckInView, NightstandError> {
    let (_, record) = own_record(rows, places, id)?;
    own(rows, places, id, &record)?.ok_or(NightstandError::NotFound)
}

/// None of what is no check-in.
pub(super) fn own(
    rows: &Rows<'_>,
    places: &Places,
    id: RecordId,
    record: &Record,
) -> Result<Option<CheckInView>, NightstandError> {
    let Some(content) = CheckIn::of(record) else { return Ok(None) };
    let (mut shared, mut unshared_changes) = (BTreeSet::new(), false);
    let living = living(rows, places, record)?;
    if !living.is_empty() {
        shared = shares(record, &living);
        let published = published(rows, places, record, &shared)?;
        unshared_changes = living.values().any(|one| *one != published);
    }
    Ok(Some(CheckInView { id, content, shared, unshared_changes }))
}

pub(super) fn listed(
    rows: &Rows<'_>,
    places: &Places,
    whose: Whose,
    which: &Records<'_>,
    most: usize,
) -> Result<Vec<CheckInView>, NightstandError> {
    must_see(rows, whose)?;
    if whose == Whose::Me {
        let views = own_records(rows, places, which, most)?;
        let views = views.iter().map(|(id, record)| own(rows, places, *id, record));
        return views.filter_map(Result::transpose).collect();
    }
    let theirs = partners_records(rows, places, which, most)?.into_iter().filter_map(|(id, record)| {
        let content = CheckIn::of(&record)?.of_partner();
        Some(CheckInView { id, content, shared: BTreeSet::new(), unshared_changes: false })
    });
    Ok(theirs.collect())
}

/// What the partner shares, the newest first.
pub(super) fn partners_records(
    rows: &Rows<'_>,
    places: &Places,
    which: &Records<'_>,
    most: usize,
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    records_in(rows, &shared.theirs, which, most)
}

/// One's own, the newest first, those among them of which only what is shared is here. Private is not locked.
pub(super) fn own_records(
    rows: &Rows<'_>,
    places: &Places,
    which: &Records<'_>,
    most: usize,
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let mut found = records_in(rows, &places.private, which, most)?;
    found.extend(unclaimed(rows, places, which, most, &found)?);
    found.sort_by_key(|(id, record)| (core::cmp::Reverse(record.number("at")), *id));
    found.truncate(most);
    Ok(found)
}

fn records_in(
    rows: &Rows<'_>,
    place: &Place,
    which: &Records<'_>,
    most: usize,
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let query = Records { what: CHECK_IN, place: Some(*place), bond: place.bond(), ..*which };
    Ok(named(rows.records(&query, most)?).map(|(id, row)| (id, row.record)).collect())
}

/// What is shared and is of none of one's own that are noted in `Private`; `own` are those that are read already.
fn unclaimed(
    rows: &Rows<'_>,
    places: &Places,
    which: &Records<'_>,
    most: usize,
    own: &[(RecordId, Record)],
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let mut found = records_in(rows, &shared.mine, which, most)?;
    Claims::of(own).take_from(&mut found);
    if !found.is_empty() {
        let all = records_in(rows, &places.private, &Records::default(), usize::MAX)?;
        Claims::of(&all).take_from(&mut found);
    }
    Ok(found.into_iter().map(|(id, record)| (id, as_own(id, record))).collect())
}

/// What check-ins of one's own name as shared of them, and the times at which [what nobody names](living) is theirs.
struct Claims {
    named: BTreeSet<RecordId>,
    times: BTreeSet<(i64, String)>,
}

impl Claims {
    fn of(own: &[(RecordId, Record)]) -> Self {
        let named = own.iter().flat_map(|(_, record)| named_by(record)).collect();
        Self { named, times: own.iter().filter_map(|(_, record)| time(record)).collect() }
    }

    fn take_from(&self, shared: &mut Vec<(RecordId, Record)>) {
        let is_taken = |record: &Record| time(record).is_some_and(|time| self.times.contains(&time));
        shared.retain(|(id, record)| !self.named.contains(id) && !is_taken(record));
    }
}

fn time(record: &Record) -> Option<(i64, String)> {
    Some((record.number("at")?, record.text_of("moment")?.to_owned()))
}

/// What is noted in `Private` of a check-in of which only what is shared is here.
fn as_own(id: RecordId, mut shared: Record) -> Record {
    let fields = CheckIn::of(&shared).map(|content| content.fields()).unwrap_or_default();
    shared.set(SHARED_AS, Some(id.to_string()));
    shared.marks.extend(fields.iter().map(|field| format!("{SHARE}{}", field.name())));
    shared
}

/// One check-in of one's own.
///
/// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
pub(super) fn own_record(
    rows: &Rows<'_>,
    places: &Places,
    id: RecordId,
) -> Result<(Name<'static>, Record), NightstandError> {
    let name = Name { what: CHECK_IN, id, place: places.private };
    if let Some(record) = records::read(rows, &name)? {
        return Ok((name, record));
    }
    let text = id.to_string();
    let this = Records { id: Some(&text), ..Records::default() };
    let shared = unclaimed(rows, places, &this, 1, &[])?.pop().ok_or(NightstandError::NotFound)?;
    Ok((name, shared.1))
}

/// One check-in of one's own, which is noted in `Private` from here on if it was not.
pub(super) fn adopt(
    tx: &mut StoreTx<'_>,
    places: &Places,
    id: RecordId,
) -> Result<(Name<'static>, Record), NightstandError> {
    let (name, record) = own_record(&tx.rows(), places, id)?;
    if records::read(&tx.rows(), &name)?.is_none() {
        records::write(tx, &name, |noted| {
            noted.clone_from(&record);
            Ok(())
        })?;
    }
    Ok((name, record))
}

/// Notes in `Private` all check-ins of which only what is shared under this bond is here, which is about to be left.
pub(crate) fn keep_all(tx: &mut StoreTx<'_>, bond: &BondRow) -> Result<(), NightstandError> {
    let places = Places::under(tx.person(), bond)?;
    for (id, _) in own_records(&tx.rows(), &places, &Records::default(), usize::MAX)? {
        adopt(tx, &places, id)?;
    }
    Ok(())
}
