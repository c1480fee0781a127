//! Local time, by what the app's system knows of time zones.
//!
//! The core brings no table of zones: phones have one, and it is newer. What is asked here is the other way round from what
//! a table answers: when does the clock on the wall show this? Once a year it never does, and once it does twice. The
//! answer is always the **first moment at which the clock shows that time or a later one**: the end of the gap in spring,
//! the first of the two in autumn, and it holds just as well where a country moves across the date line.
//!
//! ```text
//!   the clock   1:58 1:59 3:00 3:01        2:30 is shown never: 3:00
//!   the clock   2:30 … 2:59 2:00 … 2:30    2:30 is shown twice: the first
//! ```

use crate::journal::entry::OFFSETS_SECONDS;

/// What time zones say, which the app knows from its system.
pub trait ZoneOffsets {
    /// What to add to UTC for the local time in a zone (an IANA name) at a time in milliseconds since 1970, in seconds.
    /// None for a zone that the system does not know: an entry that is imported then keeps its zone's name and no offset,
    /// and what is due is told by UTC.
    fn offset_seconds(&self, zone: &str, utc_ms: i64) -> Option<i32>;
}

/// Knows no zones.
impl ZoneOffsets for () {
    fn offset_seconds(&self, _: &str, _: i64) -> Option<i32> {
        None
    }
}

pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// No offset is further from UTC than this.
const REACH_MS: i64 = 18 * HOUR_MS;

/// A zone changes its offset less often than this.
const STRETCH_MS: i64 = 6 * HOUR_MS;

/// The clock on the wall in one zone. A time that it shows is written as if it were UTC: milliseconds since 1970.
#[derive(Clone, Copy)]
pub(crate) struct LocalClock<'a> {
    pub(crate) zone: &'a str,
    pub(crate) zones: &'a dyn ZoneOffsets,
}

impl LocalClock<'_> {
    /// What it shows at this moment.
    pub(crate) fn shown(&self, utc_ms: i64) -> i64 {
        utc_ms.saturating_add(self.offset_ms(utc_ms))
    }

    /// The minute of the day that it shows at this moment.
    pub(crate) fn minute_of_day(&self, utc_ms: i64) -> u16 {
        u16::try_from(self.shown(utc_ms).rem_euclid(DAY_MS) / MINUTE_MS).unwrap_or_default()
    }

    /// The first moment at which it shows this time, or a later one.
    pub(crate) fn first(&self, shown: i64) -> i64 {
        self.first_from(shown.saturating_sub(REACH_MS), shown)
    }

    /// The first such moment that is not before this one.
    pub(crate) fn first_from(&self, from_utc_ms: i64, shown: i64) -> i64 {
        let mut at = from_utc_ms.max(shown.saturating_sub(REACH_MS));
        let end = shown.saturating_add(REACH_MS);
        while at < end {
            let offset = self.offset_ms(at);
            let reached = shown.saturating_sub(offset).max(at);
            let next = at.saturating_add(STRETCH_MS).min(end);
            let change = if self.offset_ms(next) == offset { next } else { self.change_between(at, next, offset) };
            if reached < change || reached == at {
                return reached;
            }
            at = change;
        }
        at
    }

    /// Does its system know the zone?
    pub(crate) fn is_known(&self, utc_ms: i64) -> bool {
        self.known_offset(utc_ms).is_some()
    }

    fn known_offset(&self, utc_ms: i64) -> Option<i32> {
        self.zones.offset_seconds(self.zone, utc_ms).filter(|offset| OFFSETS_SECONDS.contains(offset))
    }

    fn offset_ms(&self, utc_ms: i64) -> i64 {
        i64::from(self.known_offset(utc_ms).unwrap_or_default()) * 1000
    }

    /// The first moment with another offset: there is one up to `after`.
    fn change_between(&self, mut before: i64, mut after: i64, offset: i64) -> i64 {
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if self.offset_ms(middle) == offset { before = middle } else { after = middle }
        }
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026 in Warsaw: summer from the 29th of March to the 25th of October, both at 1:00 UTC.
    struct Warsaw;

    const SPRING: i64 = 1_774_746_000_000;
    const AUTUMN: i64 = 1_792_890_000_000;

    impl ZoneOffsets for Warsaw {
        fn offset_seconds(&self, zone: &str, utc_ms: i64) -> Option<i32> {
            (zone == "Europe/Warsaw").then_some(if (SPRING..AUTUMN).contains(&utc_ms) { 7200 } else { 3600 })
        }
    }

    /// Samoa skipped the 30th of December 2011.
    struct Apia;

    const SKIPPED: i64 = 1_325_239_200_000;

    impl ZoneOffsets for Apia {
        fn offset_seconds(&self, _: &str, utc_ms: i64) -> Option<i32> {
            Some(if utc_ms < SKIPPED { -10 * 3600 } else { 14 * 3600 })
        }
    }

    #[test]
    fn a_time_that_is_never_shown_and_one_that_is_shown_twice() {
        let warsaw = LocalClock { zone: "Europe/Warsaw", zones: &Warsaw };
        let midnight = |utc_ms: i64| warsaw.shown(utc_ms).div_euclid(DAY_MS) * DAY_MS;
        let in_spring = midnight(SPRING);
        assert_eq!(warsaw.first(in_spring + 119 * MINUTE_MS), SPRING - MINUTE_MS);
        assert_eq!(warsaw.first(in_spring + 2 * HOUR_MS), SPRING);
        assert_eq!(warsaw.first(in_spring + 150 * MINUTE_MS), SPRING);
        assert_eq!(warsaw.first(in_spring + 3 * HOUR_MS), SPRING);
        assert_eq!(warsaw.first(in_spring + 4 * HOUR_MS), SPRING + HOUR_MS);
        let in_autumn = midnight(AUTUMN);
        assert_eq!(warsaw.first(in_autumn + 150 * MINUTE_MS), AUTUMN - 30 * MINUTE_MS);
        let second = AUTUMN + 10 * MINUTE_MS;
        assert_eq!(warsaw.first_from(second, in_autumn + 150 * MINUTE_MS), AUTUMN + 30 * MINUTE_MS);
        assert_eq!(warsaw.first(in_autumn + 3 * HOUR_MS), AUTUMN + HOUR_MS);
        assert_eq!(warsaw.minute_of_day(AUTUMN), 120);
        assert_eq!(warsaw.first_from(AUTUMN + DAY_MS, in_autumn), AUTUMN + DAY_MS, "it is past that");
    }

    #[test]
    fn a_day_that_a_country_skips() {
        let apia = LocalClock { zone: "Pacific/Apia", zones: &Apia };
        assert!(apia.is_known(0));
        let last = apia.shown(SKIPPED - 1);
        assert_eq!(apia.first(last + 1 + 10 * HOUR_MS), SKIPPED, "in the day that never was");
        assert_eq!(apia.first(last + 1 + 34 * HOUR_MS), SKIPPED + 10 * HOUR_MS);
    }

    #[test]
    fn a_zone_that_nobody_knows_is_utc() {
        let unknown = LocalClock { zone: "Mars/Base", zones: &() };
        assert!(!unknown.is_known(0));
        assert_eq!((unknown.first(SPRING), unknown.shown(SPRING)), (SPRING, SPRING));
        struct Wild;
        impl ZoneOffsets for Wild {
            fn offset_seconds(&self, _: &str, _: i64) -> Option<i32> {
                Some(i32::MAX)
            }
        }
        let wild = LocalClock { zone: "", zones: &Wild };
        assert!(!wild.is_known(0) && wild.first(SPRING) == SPRING);
    }
}
