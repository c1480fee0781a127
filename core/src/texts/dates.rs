//! Days and times as people write them, by the clock on somebody's wall.

use chrono::{DateTime, Datelike, Utc};

use super::Texts;
use crate::zones::LocalClock;

impl Texts {
    /// The day of a moment, such as "21 September 2026".
    pub(crate) fn day(&self, clock: &LocalClock<'_>, utc_ms: i64) -> String {
        let Some(shown) = shown(clock, utc_ms) else { return String::new() };
        let given =
            [("day", shown.day()), ("month", shown.month())].map(|(name, number)| (name, i64::from(number).into()));
        let given: Vec<_> = given.into_iter().chain([("year", i64::from(shown.year()).into())]).collect();
        self.say("date-day", &given).map_or_else(|_| shown.format("%Y-%m-%d").to_string(), |said| said.text)
    }

    /// A moment to the minute, such as "21 September 2026, 16:13".
    pub(crate) fn moment(&self, clock: &LocalClock<'_>, utc_ms: i64) -> String {
        let Some(shown) = shown(clock, utc_ms) else { return String::new() };
        let (day, time) = (self.day(clock, utc_ms), shown.format("%H:%M").to_string());
        let given = [("day", day.as_str().into()), ("time", time.as_str().into())];
        self.say("date-day-time", &given).map_or_else(|_| format!("{day} {time}"), |said| said.text)
    }

    /// A month, such as "September 2026".
    pub(crate) fn month(&self, year: i32, month: u8) -> String {
        let given = [("month", i64::from(month).into()), ("year", i64::from(year).into())];
        self.say("date-month", &given).map_or_else(|_| format!("{year:04}-{month:02}"), |said| said.text)
    }
}

/// What the clock shows, as if it were UTC.
fn shown(clock: &LocalClock<'_>, utc_ms: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(clock.shown(utc_ms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zones::ZoneOffsets;

    /// 23:30 in London, and half past midnight in Warsaw.
    const LATE: i64 = 1_772_407_800_000;

    struct Zones;

    impl ZoneOffsets for Zones {
        fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
            (zone == "Europe/Warsaw").then_some(3_600)
        }
    }

    #[test]
    fn a_day_is_that_of_the_clock_on_the_wall() {
        let mut texts = Texts::new();
        let (warsaw, utc) =
            (LocalClock { zone: "Europe/Warsaw", zones: &Zones }, LocalClock { zone: "", zones: &Zones });
        assert_eq!((texts.day(&warsaw, LATE), texts.day(&utc, LATE)), ("2 March 2026".into(), "1 March 2026".into()));
        assert_eq!(texts.moment(&warsaw, LATE), "2 March 2026, 00:30");
        assert_eq!(texts.month(2026, 12), "December 2026");
        assert_eq!(texts.day(&utc, i64::MAX), "");
        let german =
            "date-day = { $month ->\n    [3] { $day }. März { $year }\n   *[12] { $day }. Dezember { $year }\n}\n";
        texts.add("de", german).unwrap();
        texts.ask_for(["de"]);
        assert_eq!(texts.day(&warsaw, LATE), "2. März 2026");
    }
}
