//! What a time may be where somebody says one: it is to come, or it was.
//!
//! This is asked where something is written, and never where it is read: a time that was to come is past one day, and other
//! phones have other clocks.

use core::ops::RangeInclusive;

use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::zones::{DAY_MS, MINUTE_MS};

/// Clocks and screens may be off by so much, in milliseconds: ten minutes. What was may be so far ahead, and what is to begin
/// may have begun so long ago.
pub const CLOCKS_MS: i64 = 10 * MINUTE_MS;

/// What is set for later is at most so far off, in milliseconds: five years of 366 days.
pub const MOST_AHEAD_MS: i64 = 5 * 366 * DAY_MS;

/// A time of something that was.
///
/// Errors: `InvalidInput` (`Date`).
pub(crate) fn check_was(at_ms: i64, now_ms: i64) -> Result<(), NightstandError> {
    check(at_ms, i64::MIN..=now_ms.saturating_add(CLOCKS_MS))
}

/// A time that something is set for: later than this moment, and not absurdly far off.
///
/// Errors: `InvalidInput` (`Date`).
pub(crate) fn check_to_come(at_ms: i64, now_ms: i64) -> Result<(), NightstandError> {
    check(at_ms, now_ms.saturating_add(1)..=now_ms.saturating_add(MOST_AHEAD_MS))
}

/// The same of something that may begin at once.
///
/// Errors: `InvalidInput` (`Date`).
pub(crate) fn check_from_now(at_ms: i64, now_ms: i64) -> Result<(), NightstandError> {
    check(at_ms, now_ms.saturating_sub(CLOCKS_MS)..=now_ms.saturating_add(MOST_AHEAD_MS))
}

fn check(at_ms: i64, fitting: RangeInclusive<i64>) -> Result<(), NightstandError> {
    if TIMES_MS.contains(&at_ms) && fitting.contains(&at_ms) { Ok(()) } else { Err(InvalidInput::Date.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    #[test]
    fn what_was_is_not_ahead_of_the_clock() {
        for (at_ms, fits) in [
            (NOW - DAY_MS, true),
            (NOW + CLOCKS_MS, true),
            (NOW + CLOCKS_MS + 1, false),
            (i64::MIN, false),
            (i64::MAX, false),
        ] {
            assert_eq!(check_was(at_ms, NOW).is_ok(), fits, "{at_ms}");
        }
    }

    #[test]
    fn what_is_to_come_is_neither_past_nor_absurdly_far() {
        for (at_ms, later, from_now) in [
            (NOW - CLOCKS_MS - 1, false, false),
            (NOW - CLOCKS_MS, false, true),
            (NOW, false, true),
            (NOW + 1, true, true),
            (NOW + MOST_AHEAD_MS, true, true),
            (NOW + MOST_AHEAD_MS + 1, false, false),
            (i64::MIN, false, false),
            (i64::MAX, false, false),
        ] {
            let found = (check_to_come(at_ms, NOW).is_ok(), check_from_now(at_ms, NOW).is_ok());
            assert_eq!(found, (later, from_now), "{at_ms}");
        }
        assert!(check_to_come(i64::MAX, i64::MAX).is_err() && check_was(i64::MAX, i64::MAX).is_err());
    }
}
