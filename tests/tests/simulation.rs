//! Random histories of two to four devices, against the model.
//!
//! `NIGHTSTAND_SEEDS=from..to` runs other seeds than the ordinary two thousand; a failing seed is printed and replays with
//! `NIGHTSTAND_SEEDS=n..n+1` written out.

use std::sync::atomic::{AtomicU64, Ordering};

use nightstand_engine::simulator::{Plan, Report, run};

fn seeds() -> std::ops::Range<u64> {
    let asked = std::env::var("NIGHTSTAND_SEEDS").ok();
    let range = asked
        .as_deref()
        .and_then(|asked| asked.split_once(".."))
        .and_then(|(from, to)| Some(from.trim().parse().ok()?..to.trim().parse().ok()?));
    range.unwrap_or(0..2000)
}

/// Every seed twice: it must hold, and do the very same both times.
#[test]
#[expect(clippy::print_stdout, reason = "how much was simulated is worth a line in every run")]
fn histories_converge_and_replay() {
    let seeds = seeds();
    let (next, end) = (AtomicU64::new(seeds.start), seeds.end);
    let work = || {
        let mut total: Vec<Report> = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return total;
            }
            let plan = Plan::from_seed(seed);
            let report = run(&plan).unwrap_or_else(|failure| panic!("{failure}; {plan:?}"));
            assert_eq!(run(&plan).ok(), Some(report), "seed {seed} did something else the second time");
            total.push(report);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reports: Vec<Report> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a seed failed")).collect()
    });
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    println!(
        "{} seeds from {} on: {} writes, {} sessions, {} entries handed over, {} old copies put back, \
         {} of them unnoticed, {} forked logs put right, {} devices removed",
        reports.len(),
        seeds.start,
        sum(|report| report.writes),
        sum(|report| report.sessions),
        sum(|report| report.entries),
        sum(|report| report.restored),
        sum(|report| report.unnoticed),
        sum(|report| report.repaired),
        sum(|report| report.removed),
    );
    assert!(sum(|report| report.entries) > 0, "nothing was handed over: the simulation simulates nothing");
}
