//! What the core says of itself while it works.

use nightstand::log::{Level, LogSink as CoreSink};

use crate::error::NightstandError;
use crate::work::Held;

/// Takes lines of the core's log.
///
/// A line is made of fixed words and numbers: nothing that somebody wrote, no name, no id, no path. It is called on a thread of
/// its own, one line after the other and never from inside a call of the app's. Lines that it takes too slowly are left out, and
/// the next says how many. What it throws is dropped.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// A line, such as `opened schema=4`.
    fn log(&self, level: Level, line: String) -> Result<(), NightstandError>;
}

/// How much a line matters.
#[uniffi::remote(Enum)]
pub enum Level {
    /// A person is about to notice.
    Error,
    /// It went wrong and is made up for.
    Warn,
    /// A step in the vault's life.
    Info,
    /// Each thing that is done.
    Debug,
}

pub(crate) struct HostSink(pub(crate) Held<dyn LogSink>);

impl CoreSink for HostSink {
    fn log(&self, level: Level, line: &str) {
        let _ = self.0.call(|sink| sink.log(level, line.into()));
    }
}
