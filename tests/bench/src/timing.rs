//! Durations in milliseconds, and which of many to show.

use std::time::Instant;

/// What a call takes, and what it answers.
pub(crate) fn timed<R>(call: impl FnOnce() -> R) -> (f64, R) {
    let since = Instant::now();
    let answer = call();
    (since.elapsed().as_secs_f64() * 1e3, answer)
}

pub(crate) fn median(times: &mut [f64]) -> f64 {
    at(times, 50)
}

/// So many percent took no longer.
pub(crate) fn at(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
