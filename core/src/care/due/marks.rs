//! What a person said of what was due: not yet, or let it be.
//!
//! One record in `Private`, an item for each occasion: `until` for a snooze, none for one that was declined, and `noted`.
//! Where two devices said something of one occasion at the same time, one of the two stands, whole.

use std::collections::BTreeMap;

use super::DueId;
use crate::docs::record::{Field, Item, Record};
use crate::error::NightstandError;
use crate::journal::entry::TIMES_MS;
use crate::records::{self, Name, Places, RecordId};
use crate::store::{Rows, StoreTx};
use crate::zones::DAY_MS;

/// The sort of record.
const DUE: &str = "due";

/// Most that are kept; of more the oldest go.
const MOST_MARKS: usize = 500;

/// For so long a mark is kept though nothing stands under its id: it may be of several at one moment, or of what a sync has
/// yet to bring.
const KEPT_MS: i64 = 60 * DAY_MS;

const UNTIL: &str = "until";
const NOTED: &str = "noted";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mark {
    Snoozed { until_ms: i64 },
    Declined,
}

pub(super) fn read(rows: &Rows<'_>, places: &Places) -> Result<BTreeMap<DueId, Mark>, NightstandError> {
    let record = records::read(rows, &name(places))?.unwrap_or_default();
    Ok(record.items.iter().filter_map(|(id, item)| Some((id.parse().ok()?, Mark::of(item)?))).collect())
}

/// Notes what was said of one, and forgets what can't matter any more.
pub(super) fn write(
    tx: &mut StoreTx<'_>,
    places: &Places,
    id: &DueId,
    mark: Mark,
    standing: &[DueId],
) -> Result<(), NightstandError> {
    let now_ms = tx.now_ms();
    records::write(tx, &name(places), |record| {
        forget(record, standing, now_ms);
        let mut item = Item::from([(NOTED.to_owned(), now_ms.into())]);
        if let Mark::Snoozed { until_ms } = mark {
            item.insert(UNTIL.to_owned(), until_ms.into());
        }
        record.items.insert(id.to_string(), item);
        Ok(())
    })
}

fn forget(record: &mut Record, standing: &[DueId], now_ms: i64) {
    let matters = |id: &str, item: &Item| {
        id.parse().is_ok_and(|id: DueId| standing.contains(&id)) || noted(item) > now_ms.saturating_sub(KEPT_MS)
    };
    record.items.retain(|id, item| matters(id, item));
    while record.items.len() >= MOST_MARKS {
        let oldest = record.items.iter().min_by_key(|(_, item)| noted(item)).map(|(id, _)| id.clone());
        oldest.map(|id| record.items.remove(&id));
    }
}

fn noted(item: &Item) -> i64 {
    item.get(NOTED).and_then(Field::number).unwrap_or(i64::MIN)
}

impl Mark {
    fn of(item: &Item) -> Option<Self> {
        match item.get(UNTIL) {
            None => Some(Self::Declined),
            Some(until) => {
                let until_ms = until.number().filter(|until| TIMES_MS.contains(until))?;
                Some(Self::Snoozed { until_ms })
            }
        }
    }
}

fn name(places: &Places) -> Name<'static> {
    Name { what: DUE, id: RecordId::THE_ONE, place: places.private }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_matter_any_more_is_forgotten() {
        let mark = |noted: i64| Item::from([(NOTED.to_owned(), Field::from(noted))]);
        let ids: Vec<_> = (0..4).map(|number| DueId([number; 16])).collect();
        let items = ids.iter().zip([0, KEPT_MS, 0, 1]).map(|(id, noted)| (id.to_string(), mark(noted)));
        let mut record = Record { items: items.collect(), ..Record::default() };
        forget(&mut record, &ids[2..3], KEPT_MS + 1);
        let left: Vec<_> = record.items.keys().map(|id| id.parse::<DueId>().unwrap()).collect();
        assert_eq!(left, ids[1..3]);
        for number in 0..600_u32 {
            let mut id = [9; 16];
            id[..4].copy_from_slice(&number.to_be_bytes());
            record.items.insert(DueId(id).to_string(), mark(i64::from(number)));
        }
        forget(&mut record, &[], 0);
        assert_eq!(record.items.len(), MOST_MARKS - 1);
    }
}
