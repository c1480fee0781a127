//! A figure: a number, what it rests on, and how sure it is.

use super::interval::{self, Interval};
use super::levels::Of;

/// From so many values on there is a figure; of both, from so many of each.
pub const ENOUGH: u32 = 5;

/// How a figure was reckoned, and its interval.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Method {
    /// Counted. There is no interval.
    Count,
    /// A mean, with Wilson's score interval for what has two ends.
    Mean,
    /// A mean difference of pairs, with Student's interval.
    MeanDifference,
    /// A share in a hundred, with Wilson's score interval.
    Share,
}

crate::names::names!(Method {
    Self::Count = "count",
    Self::Mean = "mean",
    Self::MeanDifference = "mean-difference",
    Self::Share = "share",
});

/// A figure, if there is enough to go by.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Figure {
    /// There is not.
    TooEarly {
        /// How many values there are, of one's own and of sessions; of what both noted in check-ins this is not told.
        n: Option<u32>,
    },
    /// There is.
    Known(Known),
}

/// A number, and how sure it is.
#[derive(Clone, Copy, PartialEq)]
pub struct Known {
    /// On how many values it rests; of both in fives, rounded down.
    pub n: u32,
    /// The number: a count, a level, a difference of levels, a share in a hundred. Of both, levels come in halves.
    pub value: f64,
    /// Where its interval begins.
    pub low: Option<f64>,
    /// Where its interval ends.
    pub high: Option<f64>,
    /// How it was reckoned.
    pub method: Method,
}

/// On how many values it rests, and not what they say.
impl core::fmt::Debug for Known {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Known({:?}, n: {})", self.method, self.n)
    }
}

impl Figure {
    /// Of something that was counted.
    pub(super) fn of_count(n: usize) -> Self {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        if n < ENOUGH { Self::TooEarly { n: Some(n) } } else { Self::counted(n) }
    }

    /// A part of a count that is enough.
    pub(super) fn counted(n: u32) -> Self {
        Self::Known(Known { n, value: f64::from(n), low: None, high: None, method: Method::Count })
    }

    pub(super) fn of_share(times: &[bool]) -> Self {
        let n = u32::try_from(times.len()).unwrap_or(u32::MAX);
        if n < ENOUGH {
            return Self::TooEarly { n: Some(n) };
        }
        let share = times.iter().filter(|time| **time).count() as f64 / f64::from(n);
        let (low, high) = interval::score(share, times.len());
        let [value, low, high] = [share, low, high].map(|one| one * 100.0);
        Self::Known(Known { n, value, low: Some(low), high: Some(high), method: Method::Share })
    }

    pub(super) fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }
}

/// Values of which a figure is made.
#[derive(Default, Clone)]
pub(super) struct Values {
    all: Vec<f64>,
    mine: u32,
}

impl Values {
    pub(super) fn add(&mut self, of: Of, value: f64) {
        self.all.push(value);
        self.mine += u32::from(of == Of::Me);
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn mean(&self, joined: bool, scale: Interval) -> Figure {
        self.figure(joined, Method::Mean, |all| interval::mean(all, scale))
    }

    pub(super) fn mean_difference(&self, joined: bool, scale: Interval) -> Figure {
        self.figure(joined, Method::MeanDifference, |all| interval::mean_difference(all, scale))
    }

    fn figure(&self, joined: bool, method: Method, reckon: impl FnOnce(&[f64]) -> (f64, Interval)) -> Figure {
        let n = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let theirs = n - self.mine;
        if joined && self.mine.min(theirs) < ENOUGH {
            return Figure::TooEarly { n: None };
        }
        if n < ENOUGH {
            return Figure::TooEarly { n: Some(n) };
        }
        let (value, (low, high)) = reckon(&self.all);
        if joined {
            let halves = |value: f64, round: fn(f64) -> f64| round(value * 2.0) / 2.0;
            let (low, high) = (Some(halves(low, f64::floor)), Some(halves(high, f64::ceil)));
            return Figure::Known(Known { n: n / 5 * 5, value: halves(value, f64::round), low, high, method });
        }
        Figure::Known(Known { n, value, low: Some(low), high: Some(high), method })
    }
}
