//! Which agreements there are, and with what wordings.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{AGREEMENT, AgreementView, Couple, MOST_AGREEMENTS, MOST_PROPOSALS, PROPOSAL};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::records::{RecordId, named};
use crate::store::{Records, Rows};

/// A wording, and of which agreement.
pub(super) type Found = (RecordId, RecordId, Record);

pub(super) fn list(rows: &Rows<'_>, couple: &Couple) -> Result<Vec<AgreementView>, NightstandError> {
    let mut own = own(rows, couple)?;
    let known: BTreeSet<_> = own.iter().map(|(id, _)| *id).collect();
    let (mut others, mut at) = (Vec::<(RecordId, Vec<Found>)>::new(), BTreeMap::new());
    for found in proposals(rows, couple, None)? {
        let agreement = found.1;
        if known.contains(&agreement) {
            continue;
        }
        let at = *at.entry(agreement).or_insert_with(|| {
            others.push((agreement, Vec::new()));
            others.len() - 1
        });
        others[at].1.push(found);
    }
    own.extend(others.into_iter().take(MOST_AGREEMENTS));
    own.sort_by_key(|(id, found)| (Reverse(found.first().and_then(|(.., newest)| newest.number("at"))), *id));
    let views = own.into_iter().map(|(id, found)| couple.view(rows, &id, found));
    views.filter_map(Result::transpose).collect()
}

/// Those of which one's own register says something, or did, with their wordings. What the partner proposes adds none to them.
pub(super) fn own(rows: &Rows<'_>, couple: &Couple) -> Result<Vec<(RecordId, Vec<Found>)>, NightstandError> {
    let (place, bond) = (Some(couple.shared.mine), Some(couple.bond));
    let registers = rows.records(&Records { what: AGREEMENT, place, bond, ..Records::default() }, usize::MAX)?;
    let mut own = Vec::new();
    for (id, _) in named(registers) {
        let found = proposals(rows, couple, Some(&id))?;
        if !found.is_empty() {
            own.push((id, found));
        }
    }
    Ok(own)
}

/// Wordings, the newest first, each with its agreement.
pub(super) fn proposals(
    rows: &Rows<'_>,
    couple: &Couple,
    of: Option<&RecordId>,
) -> Result<Vec<Found>, NightstandError> {
    let most = if of.is_some() { MOST_PROPOSALS } else { MOST_AGREEMENTS * MOST_PROPOSALS };
    read_proposals(rows, couple, of, most)
}

pub(super) fn read_proposals(
    rows: &Rows<'_>,
    couple: &Couple,
    of: Option<&RecordId>,
    most: usize,
) -> Result<Vec<Found>, NightstandError> {
    let id = of.map(RecordId::to_string);
    let place = Some(couple.shared.joint);
    let query = Records { what: PROPOSAL, of: id.as_deref(), place, bond: Some(couple.bond), ..Records::default() };
    let found = named(rows.records(&query, most)?);
    Ok(found.filter_map(|(id, row)| Some((id, row.record.text_of("of")?.parse().ok()?, row.record))).collect())
}
