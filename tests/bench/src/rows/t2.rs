//! T2: what a meeting costs after each side made a hundred one-sentence edits among 5,000 entries.

use super::{Counts, Row, SYNCING, open};
use crate::{child::Measured, pair, work};

pub(crate) const ROW: Row = Row {
    id: "T2",
    figures: &[("100 + 100 edits: bytes both ways", "B"), ("100 + 100 edits: round trips", "trips")],
    peers: SYNCING,
    sizes: |settings| Ok(settings.sizes.clone().unwrap_or(vec![5_000])),
    prepare: None,
    runs: 1,
    counts: Counts::Least,
    measure,
};

fn measure(who: &str, n: usize, seed: u64) -> Measured {
    let mut pair = open(who, seed);
    let entries = work::entries(n, seed);
    pair::first_sync(&mut *pair, &entries);
    let cost = pair::edits_sync(&mut *pair, &entries, seed);
    Measured { values: vec![Some(cost.bytes() as f64), Some(cost.round_trips as f64)], wire_bytes: None }
}
