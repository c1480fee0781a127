//! Two phones that keep the same journal, whoever builds them: what a contestant must be able to
//! do, what a sync costs, and the steps from which the rows are made.
//!
//! # What is counted
//!
//! Bytes are the payloads of the contestant's own sync messages, both ways added up. What would
//! carry them (length prefixes, encryption, the name of the document a message is about) is not
//! counted for peers that leave it to the app. That favours those with a message per document:
//! an app would add at least an id to each.
//!
//! A round trip is two *legs*. A leg is everything that can be under way in one direction before
//! an answer is needed; messages about different documents share it.
//!
//! Wall time runs from the start of the session to its last message, with both sides in one
//! process and no delay between them.

use std::time::Instant;

use crate::work::{self, Entry};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    A,
    B,
}

impl Side {
    pub(crate) const BOTH: [Self; 2] = [Self::A, Self::B];
}

/// A contestant: its phone A and its phone B, known to each other and apart.
/// Entries are named by their place in the list given to `create`.
pub(crate) trait Pair {
    /// A writes the entries, each as one change.
    fn create(&mut self, entries: &[Entry]);

    /// The phones meet, bring each other up to date and part. What an app would keep on disk
    /// between two meetings is kept, what it would only have in memory is lost; loaded documents
    /// stay, as opening them is not what is compared here.
    fn sync(&mut self) -> Cost;

    /// What one more such meeting takes on a socket, for whoever has a road of its own.
    fn wire_bytes(&mut self) -> Option<u64> {
        None
    }

    /// One side makes one edit while they are apart.
    fn edit(&mut self, side: Side, edit: &work::Edit);

    /// An entry as one side has it.
    fn read(&mut self, side: Side, entry: usize) -> Entry;
}

/// What one sync took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) a_to_b: u64,
    pub(crate) b_to_a: u64,
    pub(crate) round_trips: u64,
    pub(crate) wall_ms: f64,
}

impl Cost {
    pub(crate) fn bytes(&self) -> u64 {
        self.a_to_b + self.b_to_a
    }
}

/// Counts messages as they pass.
#[derive(Default)]
pub(crate) struct Meter {
    a_to_b: u64,
    b_to_a: u64,
    legs: u64,
    last: Option<Side>,
}

impl Meter {
    pub(crate) fn count(&mut self, from: Side, message: &[u8]) {
        match from {
            Side::A => self.a_to_b += message.len() as u64,
            Side::B => self.b_to_a += message.len() as u64,
        }
        if self.last != Some(from) {
            self.legs += 1;
            self.last = Some(from);
        }
    }

    /// Adds a conversation that could only begin when this one had ended.
    pub(crate) fn then(self, next: Self) -> Self {
        Self { legs: self.legs + next.legs, ..self.beside(next) }
    }

    /// Adds a conversation that went on at the same time.
    pub(crate) fn beside(self, other: Self) -> Self {
        Self {
            a_to_b: self.a_to_b + other.a_to_b,
            b_to_a: self.b_to_a + other.b_to_a,
            legs: self.legs.max(other.legs),
            last: None,
        }
    }

    pub(crate) fn cost(&self, since: Instant, until: Instant) -> Cost {
        Cost {
            a_to_b: self.a_to_b,
            b_to_a: self.b_to_a,
            round_trips: self.legs.div_ceil(2),
            wall_ms: until.duration_since(since).as_secs_f64() * 1e3,
        }
    }
}

/// A writes the entries and syncs them to the empty B.
pub(crate) fn first_sync(pair: &mut dyn Pair, entries: &[Entry]) -> Cost {
    pair.create(entries);
    let cost = pair.sync();
    for (i, expected) in entries.iter().enumerate() {
        for side in Side::BOTH {
            assert_eq!(&pair.read(side, i), expected, "entry {i} on {side:?}");
        }
    }
    cost
}

/// A meeting with nothing to say.
pub(crate) fn idle_sync(pair: &mut dyn Pair, entries: &[Entry]) -> Cost {
    let cost = pair.sync();
    for side in Side::BOTH {
        assert_eq!(pair.read(side, 0), entries[0], "untouched on {side:?}");
    }
    cost
}

/// Each side makes its hundred edits while apart, then they meet.
pub(crate) fn edits_sync(pair: &mut dyn Pair, entries: &[Entry], seed: u64) -> Cost {
    let edits = Side::BOTH.map(|side| (side, work::edits(entries.len(), seed, side)));
    for (side, edits) in &edits {
        for edit in edits {
            pair.edit(*side, edit);
        }
    }
    let cost = pair.sync();
    for (i, before) in entries.iter().enumerate() {
        let (on_a, on_b) = (pair.read(Side::A, i), pair.read(Side::B, i));
        assert_eq!(on_a, on_b, "entry {i} differs");
        assert!(on_a.body.starts_with(&before.body), "entry {i} lost");
    }
    for edit in edits.iter().flat_map(|(_, edits)| edits) {
        let body = pair.read(Side::A, edit.entry).body;
        assert!(body.contains(&edit.sentence), "an edit was lost");
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_is_there_and_back_however_many_messages() {
        let mut meter = Meter::default();
        for from in [Side::A, Side::A, Side::B, Side::B] {
            meter.count(from, b"...");
        }
        let now = Instant::now();
        assert_eq!(meter.cost(now, now).round_trips, 1);
        meter.count(Side::A, b"more");
        let cost = meter.cost(now, now);
        assert_eq!((cost.a_to_b, cost.b_to_a, cost.round_trips), (10, 6, 2));
    }
}
