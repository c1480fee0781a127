//! Time zones, which an app would ask its system for.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use nightstand::zones::ZoneOffsets;

/// The zones of the IANA database that was compiled in.
pub(crate) struct Zones;

impl ZoneOffsets for Zones {
    fn offset_seconds(&self, zone: &str, utc_ms: i64) -> Option<i32> {
        let zone: Tz = zone.parse().ok()?;
        let moment = DateTime::from_timestamp_millis(utc_ms)?.naive_utc();
        Some(zone.offset_from_utc_datetime(&moment).fix().local_minus_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn london_kept_its_own_time_before_the_railways() {
        let at = |date: &str| DateTime::parse_from_rfc3339(date).unwrap().timestamp_millis();
        assert_eq!(Zones.offset_seconds("Europe/London", at("1660-01-11T12:00:00Z")), Some(-75));
        assert_eq!(Zones.offset_seconds("Europe/London", at("2026-07-01T12:00:00Z")), Some(3600));
        assert_eq!(Zones.offset_seconds("Europe/Atlantis", 0), None);
    }
}
