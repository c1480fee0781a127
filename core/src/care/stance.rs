//! What a person wants of one activity, and which of two answers counts.
//!
//! Automerge's own winner among conflicting values is arbitrary. So a stance is never read as one value: it is the
//! **strictest** of all that stand there, and a boundary set on any phone holds as soon as its change is applied. To be set
//! aside it has to be seen first: whoever loosens a stance names what the screen was drawn from.

use core::cmp::Reverse;

/// How somebody feels about an activity. In rising order: the first is the strictest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stance {
    /// A boundary.
    Never,
    /// A boundary for the time being.
    NotNow {
        /// When its person may be asked whether it still holds, in milliseconds since 1970. It ends only when they say so.
        until_ms: Option<i64>,
    },
    /// Fine, if it comes up.
    Open,
    /// Liked.
    Like,
    /// Loved.
    Love,
}

impl Stance {
    /// The names of all, the strictest first, as they stand in the keys of texts.
    pub const NAMES: &'static [&'static str] = &["never", "not-now", "open", "like", "love"];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES[match self {
            Self::Never => 0,
            Self::NotNow { .. } => 1,
            Self::Open => 2,
            Self::Like => 3,
            Self::Love => 4,
        }]
    }

    /// May it not be suggested?
    pub fn is_boundary(self) -> bool {
        matches!(self, Self::Never | Self::NotNow { .. })
    }

    /// How it stands in files: a number and an end.
    pub(crate) fn parts(self) -> (u8, Option<i64>) {
        match self {
            Self::Never => (0, None),
            Self::NotNow { until_ms: None } => (1, None),
            Self::NotNow { until_ms } => (2, until_ms),
            Self::Open => (3, None),
            Self::Like => (4, None),
            Self::Love => (5, None),
        }
    }

    pub(crate) fn from_parts(number: u8, until_ms: Option<i64>) -> Option<Self> {
        Some(match (number, until_ms) {
            (0, None) => Self::Never,
            (1, None) | (2, Some(_)) => Self::NotNow { until_ms },
            (3, None) => Self::Open,
            (4, None) => Self::Like,
            (5, None) => Self::Love,
            _ => return None,
        })
    }

    /// The numbers rise with what is allowed; of two ends the later is the stricter.
    fn rank(self) -> (u8, Reverse<i64>) {
        let (number, until_ms) = self.parts();
        (number, Reverse(until_ms.unwrap_or_default()))
    }
}

impl Ord for Stance {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Stance {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_comes_first() {
        let not_now = |until_ms| Stance::NotNow { until_ms };
        let order = [
            Stance::Never,
            not_now(None),
            not_now(Some(2_000)),
            not_now(Some(1_000)),
            Stance::Open,
            Stance::Like,
            Stance::Love,
        ];
        assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(order.iter().filter(|stance| stance.is_boundary()).count(), 4);
        let mut names = order.map(Stance::name).to_vec();
        names.dedup();
        assert_eq!(names, Stance::NAMES);
    }
}
