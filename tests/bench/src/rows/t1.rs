//! T1: what a meeting costs when nothing changed, at each size.

use super::{Counts, Row, SYNCING, open};
use crate::{child::Measured, pair, work};

pub(crate) const ROW: Row = Row {
    id: "T1",
    figures: &[("nothing changed: bytes both ways", "B"), ("nothing changed: round trips", "trips")],
    peers: SYNCING,
    sizes: |settings| Ok(settings.sizes.clone().unwrap_or(vec![10, 5_000, 100_000])),
    prepare: None,
    runs: 1,
    counts: Counts::Least,
    measure,
};

fn measure(who: &str, n: usize, seed: u64) -> Measured {
    let mut pair = open(who, seed);
    let entries = work::entries(n, seed);
    pair::first_sync(&mut *pair, &entries);
    let cost = pair::idle_sync(&mut *pair, &entries);
    Measured { values: vec![Some(cost.bytes() as f64), Some(cost.round_trips as f64)], wire_bytes: pair.wire_bytes() }
}
