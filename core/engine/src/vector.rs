//! Version vectors: what a whole database holds, in a few dozen bytes.
//!
//! Since logs have no gaps, `log → (how many, running hash there)` says exactly which entries somebody has; what they lack
//! is each log's tail. The first eight bytes of the running hash are enough to notice a **fork**: one count with two
//! contents, as a copied vault that wrote on makes it, or a liar.

use std::collections::BTreeMap;

use crate::hash::{Hash, Hasher, Label};
use crate::ids::LogId;
use crate::wire::{Reader, WireError, Writer};

/// Most logs that a vector from outside may name.
pub const MOST_LOGS: usize = 4096;

/// How far a log goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Position {
    /// How many entries.
    pub count: u64,
    /// The first eight bytes of the running hash after them.
    pub hash: [u8; 8],
}

impl Position {
    /// A position from the whole hash.
    pub fn new(count: u64, hash: &Hash) -> Self {
        Self { count, hash: hash.first() }
    }
}

/// Which entries somebody has.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VersionVector(BTreeMap<LogId, Position>);

impl VersionVector {
    /// How far `log` goes here; zero entries of an unknown log.
    pub fn get(&self, log: &LogId) -> Option<Position> {
        self.0.get(log).copied()
    }

    /// How many entries of `log` there are.
    pub fn count(&self, log: &LogId) -> u64 {
        self.0.get(log).map_or(0, |position| position.count)
    }

    /// Sets how far a log goes. Nothing is kept of an empty log.
    pub fn set(&mut self, log: LogId, position: Position) {
        if position.count > 0 {
            self.0.insert(log, position);
        } else {
            self.0.remove(&log);
        }
    }

    /// The logs and how far they go, in rising order.
    pub fn iter(&self) -> impl Iterator<Item = (&LogId, &Position)> {
        self.0.iter()
    }

    /// How many logs it names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there nothing at all?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sixteen bytes that stand for the whole.
    pub fn digest(&self) -> [u8; 16] {
        let mut hasher = Hasher::new(Label::Vector);
        hasher.field(&self.to_bytes());
        hasher.finish().first()
    }

    /// The logs that stand elsewhere than in `base`.
    pub fn changed_since(&self, base: &Self) -> Self {
        Self(self.0.iter().filter(|(log, position)| base.0.get(log) != Some(position)).map(|(l, p)| (*l, *p)).collect())
    }

    /// This vector with the positions of `changed` in place of its own.
    pub fn with(mut self, changed: &Self) -> Self {
        self.0.extend(&changed.0);
        self
    }

    /// The bytes to send and keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        for (log, position) in &self.0 {
            writer.raw(log.as_bytes()).varint(position.count).raw(&position.hash);
        }
        writer.finish()
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let mut logs = BTreeMap::new();
        while !reader.is_empty() {
            let log = LogId::from_bytes(reader.array()?);
            let position = Position { count: reader.varint()?, hash: reader.array()? };
            let rising = logs.last_key_value().is_none_or(|(last, _)| *last < log);
            if !rising || position.count == 0 {
                return Err(WireError::Malformed);
            }
            if logs.len() == MOST_LOGS {
                return Err(WireError::TooLarge);
            }
            logs.insert(log, position);
        }
        Ok(Self(logs))
    }
}

impl FromIterator<(LogId, Position)> for VersionVector {
    fn from_iter<I: IntoIterator<Item = (LogId, Position)>>(positions: I) -> Self {
        Self(positions.into_iter().filter(|(_, position)| position.count > 0).collect())
    }
}

/// What all of these have.
pub fn common(vectors: impl IntoIterator<Item = VersionVector>) -> VersionVector {
    let lower = |one: VersionVector, other: VersionVector| {
        let least = one.iter().filter_map(|(log, position)| {
            let theirs = other.get(log)?;
            Some((*log, if theirs.count < position.count { theirs } else { *position }))
        });
        least.collect()
    };
    vectors.into_iter().reduce(lower).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vectors() -> impl Strategy<Value = VersionVector> {
        proptest::collection::btree_map(any::<[u8; 16]>(), (1u64.., any::<[u8; 8]>()), 0..6).prop_map(|logs| {
            logs.into_iter().map(|(log, (count, hash))| (LogId::from_bytes(log), Position { count, hash })).collect()
        })
    }

    proptest! {
        #[test]
        fn a_vector_reads_back(vector in vectors()) {
            prop_assert_eq!(VersionVector::parse(&vector.to_bytes()), Ok(vector));
        }

        #[test]
        fn base_and_changes_make_the_whole(base in vectors(), changes in vectors()) {
            let whole = base.clone().with(&changes);
            prop_assert_eq!(base.clone().with(&whole.changed_since(&base)), whole);
        }
    }
}
