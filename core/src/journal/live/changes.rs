//! What leads from one list of rows to another.

use std::collections::BTreeMap;

use crate::journal::{EntryId, JournalRow};

/// One step. Steps are applied one after the other, each to what the one before has left; places count from 0. That is what
/// Android's `ListUpdateCallback` takes, and what turns an array into the next one for a diffable data source.
///
/// They come in this order: deletions from the end to the beginning, then insertions and moves from the beginning to the end,
/// then updates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowChange {
    /// The row at this place goes.
    Delete {
        /// Its place.
        at: u32,
    },
    /// A row comes to stand at this place.
    Insert {
        /// Its place.
        at: u32,
        /// The row.
        row: JournalRow,
    },
    /// A row goes from one place to another.
    Move {
        /// Its place.
        origin: u32,
        /// Its place once it was taken out and put in again.
        target: u32,
    },
    /// The row at this place shows something else.
    Update {
        /// Its place.
        at: u32,
        /// What it shows.
        row: JournalRow,
    },
}

impl RowChange {
    /// Takes the step. A step that does not fit these rows does nothing.
    pub fn apply(self, rows: &mut Vec<JournalRow>) {
        match self {
            Self::Delete { at } if (at as usize) < rows.len() => drop(rows.remove(at as usize)),
            Self::Insert { at, row } if (at as usize) <= rows.len() => rows.insert(at as usize, row),
            Self::Move { origin, target } if (origin.max(target) as usize) < rows.len() => {
                let row = rows.remove(origin as usize);
                rows.insert(target as usize, row);
            }
            Self::Update { at, row } => {
                if let Some(place) = rows.get_mut(at as usize) {
                    *place = row;
                }
            }
            Self::Delete { .. } | Self::Insert { .. } | Self::Move { .. } => {}
        }
    }
}

/// The steps from `old` to `new`, with as few moves as can be.
pub(super) fn between(old: &[JournalRow], new: &[JournalRow]) -> Vec<RowChange> {
    let places: BTreeMap<EntryId, usize> = new.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    let mut changes = Vec::new();
    let mut standing = Vec::new();
    for (at, row) in old.iter().enumerate().rev() {
        match places.get(&row.id) {
            Some(place) => standing.push(*place),
            None => changes.push(RowChange::Delete { at: at as u32 }),
        }
    }
    standing.reverse();
    let staying = longest_rising(&standing);

    // Each row in turn is put behind the one before it. What has still to move stands among them until its turn comes.
    let mut behind = 0;
    for (place, row) in new.iter().enumerate() {
        let from = standing.iter().position(|standing| *standing == place);
        behind = match from {
            Some(from) if staying.binary_search(&place).is_ok() => from + 1,
            Some(from) => {
                standing.remove(from);
                let to = if from < behind { behind - 1 } else { behind };
                standing.insert(to, place);
                if from != to {
                    changes.push(RowChange::Move { origin: from as u32, target: to as u32 });
                }
                to + 1
            }
            None => {
                standing.insert(behind, place);
                changes.push(RowChange::Insert { at: behind as u32, row: row.clone() });
                behind + 1
            }
        };
    }

    let before: BTreeMap<EntryId, &JournalRow> = old.iter().map(|row| (row.id, row)).collect();
    for (at, row) in new.iter().enumerate() {
        if before.get(&row.id).is_some_and(|before| *before != row) {
            changes.push(RowChange::Update { at: at as u32, row: row.clone() });
        }
    }
    changes
}

/// The most numbers of these, in their order, of which each is greater than the one before. All are different.
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // Of all rising runs of one length, the index of the least last number; and what stands before each number in its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; numbers.len()];
    for (index, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|end| numbers[*end] < *number);
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut run: Vec<_> =
        std::iter::successors(ends.last().copied(), |index| before[*index]).map(|index| numbers[index]).collect();
    run.reverse();
    run
}
