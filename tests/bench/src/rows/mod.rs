//! The rows of the targets, a file each, and how one is run.

mod t1;
mod t10;
mod t11;
mod t12;
mod t2;
mod t3;
mod t4;
mod t5;
mod t6;
mod t7;

use std::collections::BTreeMap;

use crate::{
    args::Settings,
    child::{self, Ended, Measured, Task},
    pair::Pair,
    report::{Figure, Outcome},
    shelf::Shelf,
    timing,
};

/// All rows, in the order in which they are run.
pub(crate) const ALL: [&Row; 10] =
    [&t1::ROW, &t2::ROW, &t3::ROW, &t4::ROW, &t5::ROW, &t6::ROW, &t7::ROW, &t10::ROW, &t11::ROW, &t12::ROW];

/// The name by which a row asks for ours.
pub(crate) const OURS: &str = "ours";

pub(crate) struct Row {
    pub(crate) id: &'static str,
    /// What is measured, with its unit.
    pub(crate) figures: &'static [(&'static str, &'static str)],
    pub(crate) peers: &'static [Peer],
    /// The numbers of entries (of keystrokes, of rows) to run at, or why the row must be skipped.
    pub(crate) sizes: fn(&Settings) -> Result<Vec<usize>, String>,
    /// Puts files on the [`shelf`](crate::shelf) that all measurements at a size need, in a process of its own.
    pub(crate) prepare: Option<fn(usize, u64)>,
    /// How often to measure.
    pub(crate) runs: usize,
    /// Which of the runs counts, figure by figure.
    pub(crate) counts: Counts,
    /// Measures once, in a process of its own: a value for each figure, none where it can't be had here.
    pub(crate) measure: fn(&str, usize, u64) -> Measured,
}

#[derive(Clone, Copy)]
pub(crate) enum Counts {
    /// The one least disturbed.
    Least,
    /// The one in the middle.
    Median,
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
pub(crate) fn run(row: &'static Row, settings: &Settings, shelf: &Shelf) -> Vec<Figure> {
    let sizes = match (row.sizes)(settings) {
        Ok(sizes) => sizes,
        Err(why) => {
            eprintln!("!! {} SKIPPED: {why}", row.id);
            return Vec::new();
        }
    };
    let runner = Runner { row, settings, shelf };
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
            let ours =
                ours_at.entry(n).or_insert_with(|| runner.prepared(n).unwrap_or_else(|| runner.measured(OURS, n)));
            let theirs = runner.measured(peer.name, n);
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

struct Runner<'a> {
    row: &'static Row,
    settings: &'a Settings,
    shelf: &'a Shelf,
}

impl Runner<'_> {
    /// How the preparation ended, if it did not end well.
    fn prepared(&self, n: usize) -> Option<Ended> {
        self.row.prepare?;
        match self.child(child::PREPARE, n) {
            Ended::Measured(_) => None,
            ended => Some(ended),
        }
    }

    fn measured(&self, who: &str, n: usize) -> Ended {
        let mut runs: Vec<Measured> = Vec::new();
        for _ in 0..self.row.runs {
            match self.child(who, n) {
                Ended::Measured(measured) => runs.push(measured),
                ended => return ended,
            }
        }
        let value = |figure: usize| {
            let mut values = runs.iter().map(|run| run.values[figure]).collect::<Option<Vec<_>>>()?;
            Some(timing::at(&mut values, if matches!(self.row.counts, Counts::Least) { 0 } else { 50 }))
        };
        let values = (0..self.row.figures.len()).map(value).collect();
        Ended::Measured(Measured { values, wire_bytes: runs.last().and_then(|run| run.wire_bytes) })
    }

    fn child(&self, who: &str, n: usize) -> Ended {
        eprintln!("{} {who}, {n}", self.row.id);
        let task = Task { row: self.row.id.to_owned(), who: who.to_owned(), n, seed: self.settings.seed };
        child::run(&task, self.settings.limit, self.shelf)
    }
}

fn outcome(ended: &Ended, figure: usize) -> Outcome {
    match ended {
        Ended::Measured(measured) => measured.values[figure].map_or(Outcome::Skipped, Outcome::Value),
        Ended::OverLimit => Outcome::OverLimit,
        Ended::Failed => Outcome::Failed,
    }
}
