//! A yes to something of the partner's, or of both, that names what it says yes to: a record in one's own `Mine`, of the hash of
//! the words that were there. It is buried when it is taken back, so that no yes and a yes taken back look alike.

use std::collections::BTreeSet;

use nightstand_engine::ids::Place;

use crate::error::NightstandError;
use crate::records::{self, Name, Places, RecordId, named};
use crate::shown::Shown;
use crate::store::{RecordRow, Records, Rows, StoreTx};

/// Most that are read: there is one, or few where devices of one person said so at the same time.
const MOST_YESES: usize = 500;

/// Says yes to this, and to nothing else of it; with none takes the yes back. `what` is the sort of record.
pub(super) fn say(
    tx: &mut StoreTx<'_>,
    what: &'static str,
    places: &Places,
    id: &RecordId,
    shown: Option<&Shown>,
) -> Result<(), NightstandError> {
    let hash = shown.map(Shown::saved);
    let mine = places.shared()?.mine;
    let mut said = false;
    for (yes, row) in all(&tx.rows(), what, &mine, id)? {
        if hash.is_some() && row.record.text_of("to") == hash.as_deref() && !said {
            said = true;
        } else {
            records::bury(tx, &Name { what, id: yes, place: mine })?;
        }
    }
    let Some(hash) = hash.filter(|_| !said) else { return Ok(()) };
    let name = Name { what, id: RecordId::make(tx), place: mine };
    let of = id.to_string();
    records::write(tx, &name, |record| {
        record.set("of", Some(of));
        record.set("to", Some(hash));
        Ok(())
    })
}

/// Does somebody say yes to this, as it is shown?
pub(super) fn stands(
    rows: &Rows<'_>,
    what: &'static str,
    place: &Place,
    id: &RecordId,
    shown: &Shown,
) -> Result<bool, NightstandError> {
    let hash = shown.saved();
    Ok(all(rows, what, place, id)?.iter().any(|(_, row)| row.record.text_of("to") == Some(&hash)))
}

/// All that somebody says yes to, each once.
pub(super) fn said(rows: &Rows<'_>, what: &'static str, place: &Place) -> Result<BTreeSet<RecordId>, NightstandError> {
    let query = Records { what, place: Some(*place), bond: place.bond(), ..Records::default() };
    let said = rows.records(&query, usize::MAX)?.into_iter().filter_map(|row| row.record.text_of("of")?.parse().ok());
    Ok(said.collect())
}

/// What somebody said yes to of this.
fn all(
    rows: &Rows<'_>,
    what: &'static str,
    place: &Place,
    id: &RecordId,
) -> Result<Vec<(RecordId, RecordRow)>, NightstandError> {
    let of = id.to_string();
    let query = Records { what, of: Some(&of), place: Some(*place), bond: place.bond(), ..Records::default() };
    Ok(named(rows.records(&query, MOST_YESES)?).collect())
}
