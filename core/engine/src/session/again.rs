//! Asking the other side to begin its batches anew.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::ids::LogId;
use crate::store::{LogRow, Transaction};
use crate::vector::{MOST_LOGS, Position};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

/// Most positions that name where a log stands. They double their distance, so this reaches back through any log.
const MOST_POSITIONS: usize = 64;

/// In which way batches are wanted from here on.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(super) struct Again {
    /// Changes as they are: a stripped one could not be put together.
    pub(super) whole: bool,
    /// Nothing of these logs.
    pub(super) without: Vec<LogId>,
    /// The other side's branch of these logs of the sender's own, from the last position in the list that it shares. The
    /// positions go from the end backwards.
    pub(super) branches: BTreeMap<LogId, Vec<Position>>,
}

impl Again {
    pub(super) fn whole() -> Self {
        Self { whole: true, ..Self::default() }
    }

    pub(super) fn without(log: LogId) -> Self {
        Self { without: vec![log], ..Self::default() }
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        if self.whole {
            writer.field(1, Unknown::Refuse, &[]);
        }
        let mut logs = Writer::new();
        for log in &self.without {
            logs.raw(log.as_bytes());
        }
        writer.field(2, Unknown::Refuse, &logs.finish());
        if !self.branches.is_empty() {
            let mut branches = Writer::new();
            for (log, positions) in &self.branches {
                branches.raw(log.as_bytes()).varint(positions.len() as u64);
                for position in positions {
                    branches.varint(position.count).raw(&position.hash);
                }
            }
            writer.field(3, Unknown::Refuse, &branches.finish());
        }
        writer.finish()
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut record = Record::parse(bytes)?;
        let whole = record.field(1).is_some();
        let (logs, rest) = record.field(2).unwrap_or_default().as_chunks::<{ LogId::SIZE }>();
        if !rest.is_empty() || logs.len() > MOST_LOGS {
            return Err(WireError::Malformed);
        }
        let without = logs.iter().copied().map(LogId::from_bytes).collect();
        let mut reader = Reader::new(record.field(3).unwrap_or_default());
        let mut branches = BTreeMap::new();
        while !reader.is_empty() {
            if branches.len() == MOST_LOGS {
                return Err(WireError::TooLarge);
            }
            let log = LogId::from_bytes(reader.array()?);
            let positions = (0..reader.count(MOST_POSITIONS)?)
                .map(|_| Ok(Position { count: reader.varint()?, hash: reader.array()? }))
                .collect::<Result<_, WireError>>()?;
            branches.insert(log, positions);
        }
        record.finish()?;
        Ok(Self { whole, without, branches })
    }
}

/// Where a log stands here, from its end backwards in steps that double.
pub(super) fn positions<T: Transaction>(tx: &T, row: &LogRow) -> Result<Vec<Position>, T::Error> {
    let (log, mut positions) = (row.opening.log(), Vec::new());
    let (mut number, mut step) = (row.count, 1);
    while number > 0 && positions.len() < MOST_POSITIONS {
        if let Some(hash) = tx.hash_after(&log, number)? {
            positions.push(Position::new(number, &hash));
        }
        number = number.saturating_sub(step);
        step *= 2;
    }
    Ok(positions)
}

/// The first of these positions at which the log is the same here; where it begins if there is none.
pub(super) fn shared<T: Transaction>(tx: &T, log: &LogId, positions: &[Position]) -> Result<Position, T::Error> {
    for position in positions {
        if tx.hash_after(log, position.count)?.is_some_and(|hash| hash.first() == position.hash) {
            return Ok(*position);
        }
    }
    Ok(Position::new(0, &Hash::from_bytes([0; 32])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back() {
        let log = |number| LogId::from_bytes([number; 16]);
        let positions = vec![Position { count: 9, hash: [1; 8] }, Position { count: 8, hash: [2; 8] }];
        let requests = [
            Again::whole(),
            Again::without(log(1)),
            Again { branches: BTreeMap::from([(log(2), positions), (log(3), Vec::new())]), ..Again::default() },
        ];
        for request in requests {
            assert_eq!(Again::parse(&request.to_bytes()), Ok(request));
        }
    }
}
