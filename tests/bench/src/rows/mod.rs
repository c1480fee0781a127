//! The rows of the targets, a file each, and how one is run.

mod t1;
mod t2;
mod t3;

use std::collections::BTreeMap;

use crate::{
    args::Settings,
    child::{self, Ended, Measured, Task},
    pair::Pair,
    report::{Figure, Outcome},
};

/// All rows, in the order in which they are run.
pub(crate) const ALL: [&Row; 3] = [&t1::ROW, &t2::ROW, &t3::ROW];

/// The name by which a row asks for ours.
pub(crate) const OURS: &str = "ours";

pub(crate) struct Row {
    pub(crate) id: &'static str,
    /// What is measured, with its unit.
    pub(crate) figures: &'static [(&'static str, &'static str)],
    pub(crate) peers: &'static [Peer],
    /// The numbers of entries to run at, or why the row must be skipped.
    pub(crate) sizes: fn(&Settings) -> Result<Vec<usize>, String>,
    /// How often to measure; the least of each figure counts, as the one least disturbed.
    pub(crate) runs: usize,
    /// Measures once, in a process of its own: a value for each figure.
    pub(crate) measure: fn(&str, usize, u64) -> Measured,
}

pub(crate) struct Peer {
    pub(crate) name: &'static str,
    /// Never tried with more entries; at a greater size it is run at this one.
    pub(crate) most: usize,
}

/// The peers of the rows that sync.
pub(crate) const SYNCING: &[Peer] = &[
    Peer::of("automerge"),
    Peer::of("automerge, one document"),
    Peer { name: "samod", most: 1_000 },
    Peer::of("yrs"),
    Peer::of("yrs v2"),
    Peer::of("loro"),
    Peer::of("loro, one document"),
];

impl Peer {
    const fn of(name: &'static str) -> Self {
        Self { name, most: usize::MAX }
    }
}

pub(crate) fn find(id: &str) -> Option<&'static Row> {
    ALL.into_iter().find(|row| row.id == id)
}

/// Two phones of ours or of a peer that syncs.
pub(crate) fn open(who: &str, seed: u64) -> Box<dyn Pair> {
    match who {
        OURS => crate::ours::open(seed),
        peer => crate::peers::open(peer, seed),
    }
}

/// Runs a row at each of its sizes and for each of its peers.
pub(crate) fn run(row: &'static Row, settings: &Settings) -> Vec<Figure> {
    let sizes = match (row.sizes)(settings) {
        Ok(sizes) => sizes,
        Err(why) => {
            eprintln!("!! {} SKIPPED: {why}", row.id);
            return Vec::new();
        }
    };
    let mut figures = Vec::new();
    let mut done: Vec<(&str, usize)> = Vec::new();
    let mut ours_at = BTreeMap::new();
    for size in sizes {
        for peer in row.peers {
            let n = size.min(peer.most);
            if done.contains(&(peer.name, n)) {
                continue;
            }
            done.push((peer.name, n));
            let ours = ours_at.entry(n).or_insert_with(|| measured(row, OURS, n, settings));
            let theirs = measured(row, peer.name, n, settings);
            for (i, &(what, unit)) in row.figures.iter().enumerate() {
                figures.push(Figure {
                    id: row.id,
                    what,
                    unit,
                    n,
                    ours: outcome(ours, i),
                    peer: outcome(&theirs, i),
                    peer_name: peer.name,
                    wire_bytes: match ours {
                        Ended::Measured(ours) if i == 0 => ours.wire_bytes,
                        _ => None,
                    },
                });
            }
        }
    }
    figures
}

fn measured(row: &Row, who: &str, n: usize, settings: &Settings) -> Ended {
    let task = Task { row: row.id.to_owned(), who: who.to_owned(), n, seed: settings.seed };
    eprintln!("{} {who}, {n} entries", row.id);
    let mut least: Option<Measured> = None;
    for _ in 0..row.runs {
        let mut measured = match child::run(&task, settings.limit) {
            Ended::Measured(measured) => measured,
            ended => return ended,
        };
        for (value, before) in measured.values.iter_mut().zip(least.iter().flat_map(|m| &m.values)) {
            *value = value.min(*before);
        }
        least = Some(measured);
    }
    Ended::Measured(least.expect("a row is run at least once"))
}

fn outcome(ended: &Ended, figure: usize) -> Outcome {
    match ended {
        Ended::Measured(measured) => Outcome::Value(measured.values[figure]),
        Ended::OverLimit => Outcome::OverLimit,
        Ended::Failed => Outcome::Failed,
    }
}
