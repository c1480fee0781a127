//! T3: the first sync of a real diary to an empty phone.

use super::{Counts, Row, SYNCING, open};
use crate::{child::Measured, diary, pair};

pub(crate) const ROW: Row = Row {
    id: "T3",
    figures: &[("first sync of the diary: bytes both ways", "B"), ("first sync of the diary: wall time", "ms")],
    peers: SYNCING,
    sizes: |_| diary::entries().map(|entries| vec![entries.len()]),
    prepare: None,
    runs: 3,
    counts: Counts::Least,
    measure,
};

/// `n` below the diary's length takes its first entries.
fn measure(who: &str, n: usize, seed: u64) -> Measured {
    let mut pair = open(who, seed);
    let mut entries = diary::entries().expect("the diary was there a moment ago");
    entries.truncate(n);
    let cost = pair::first_sync(&mut *pair, &entries);
    Measured { values: vec![Some(cost.bytes() as f64), Some(cost.wall_ms)], wire_bytes: None }
}
