//! Days and times as people write them, by the clock on somebody's wall.

use chrono::{DateTime, Datelike, Utc};

use super::{TextValue, Texts};
use crate::zones::LocalClock;

impl Texts {
    /// The day of a moment, such as "21 September 2026".
    pub(crate) fn day(&self, clock: &LocalClock<'_>, utc_ms: i64) -> String {
        let Some(shown) = shown(clock, utc_ms) else { return String::new() };
        self.date("date-day", "%Y-%m-%d", &shown, [("day", i64::from(shown.day()).into())])
    }

    /// A moment to the minute, such as "21 September 2026, 16:13".
    pub(crate) fn moment(&self, clock: &LocalClock<'_>, utc_ms: i64) -> String {
        let Some(shown) = shown(clock, utc_ms) else { return String::new() };
        let time = shown.format("%H:%M").to_string();
        let given = [("day", i64::from(shown.day()).into()), ("time", time.into())];
        self.date("date-day-time", "%Y-%m-%d %H:%M", &shown, given)
    }

    /// A month, such as "September 2026".
    pub(crate) fn month(&self, year: i32, month: u8) -> String {
        let given = [("month", i64::from(month).into()), ("year", i64::from(year).into())];
        self.say("date-month", &given).map_or_else(|_| format!("{year:04}-{month:02}"), |said| said.text)
    }

    fn date<const N: usize>(
        &self,
        key: &str,
        else_as: &str,
        shown: &DateTime<Utc>,
        given: [(&str, TextValue); N],
    ) -> String {
        let of_year = [("month", i64::from(shown.month()).into()), ("year", i64::from(shown.year()).into())];
        let given: Vec<_> = given.into_iter().chain(of_year).collect();
        self.say(key, &given).map_or_else(|_| shown.format(else_as).to_string(), |said| said.text)
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
        let german = "date-month-name = { $month ->\n    [3] März\n   *[12] Dezember\n}\n\
                      date-day = { $day }. { date-month-name } { $year }\n";
        texts.add("de", german).unwrap();
        texts.ask_for(["de"]);
        assert_eq!(texts.day(&warsaw, LATE), "2. März 2026");
    }
}
