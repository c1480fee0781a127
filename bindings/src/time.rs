//! Points in time, and where the app's clock and time zones come in.

use nightstand::vault::{Clock as CoreClock, SystemClock};
use nightstand::zones::ZoneOffsets as CoreZoneOffsets;

use crate::error::NightstandError;
use crate::work::Held;

/// A point in time, exact to the millisecond: a `Date` in Swift, a `java.time.Instant` in Kotlin, an aware `datetime` in
/// Python.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Timestamp(pub i64);

uniffi::custom_newtype!(Timestamp, i64);

/// Tells the time. Entries note it and offers lapse by it; nothing is ever decided between two phones by it.
///
/// It is asked on one of the core's threads, and for a keystroke in an editor on the thread that calls. Answer at once. If it
/// throws, the system's clock is asked.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Result<Timestamp, NightstandError>;
}

/// What time zones say, which the app knows from its system.
///
/// It is asked on one of the core's threads, for an import in the midst of writing: answer at once, and don't call into the
/// vault. If it throws, the zone counts as one that the system does not know.
#[uniffi::export(foreign)]
pub trait ZoneOffsets: Send + Sync {
    /// What to add to UTC for the local time in a zone (an IANA name) at a time, in seconds. None for a zone that the system
    /// does not know: an entry that is imported then keeps its zone's name and no offset, and what is due is told by UTC.
    fn offset_seconds(&self, zone: String, at: Timestamp) -> Result<Option<i32>, NightstandError>;
}

pub(crate) struct HostClock(pub(crate) Held<dyn Clock>);

impl CoreClock for HostClock {
    fn now_ms(&self) -> i64 {
        self.0.call(|clock| clock.now()).and_then(Result::ok).map_or_else(|| SystemClock.now_ms(), |now| now.0)
    }
}

/// Without an app that knows zones, or if it throws, a zone has no offset.
pub(crate) struct HostZones(pub(crate) Option<Held<dyn ZoneOffsets>>);

impl CoreZoneOffsets for HostZones {
    fn offset_seconds(&self, zone: &str, utc_ms: i64) -> Option<i32> {
        self.0.as_ref()?.call(|zones| zones.offset_seconds(zone.into(), Timestamp(utc_ms)))?.ok()?
    }
}
