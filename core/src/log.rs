//! What the core says of itself while it works, for an app's own log and for the page on support.
//!
//! A line is made of words that stand in this code and of numbers. There is no way to put anything else into one: no text that
//! somebody wrote, no name, no id, no path.
//!
//! An app gives a [`LogSink`]. It is called on a thread of its own, one line after the other and never from inside a call of the
//! app's. Lines that it takes too slowly are left out, and the next one says how many. Without a sink the newest lines are
//! kept all the same, for the [support report](crate::vault::Vault::support_report).

use core::fmt;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::error::NightstandError;

/// So many lines wait for a slow sink.
const WAITING: usize = 256;

/// So many lines are kept for the report.
const KEPT: usize = 64;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// Takes lines of the log.
pub trait LogSink: Send + Sync {
    /// A line, such as `opened version=4 ms=3`.
    fn log(&self, level: Level, line: &str);
}

/// A value in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Number(u64),
    /// Nothing that was made at run time is a word.
    Word(&'static str),
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<&'static str> for Value {
    fn from(word: &'static str) -> Self {
        Self::Word(word)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => word.fmt(f),
        }
    }
}

/// Where lines go.
#[derive(Clone)]
pub(crate) struct Log {
    begun: Instant,
    kept: Arc<Mutex<VecDeque<String>>>,
    sink: Option<Arc<Way>>,
}

/// To a sink.
struct Way {
    level: Level,
    lines: SyncSender<(Level, String)>,
    left_out: Mutex<u64>,
}

impl Log {
    /// Gives lines to a sink, down to this level. Where the system gives no thread for that, none reach it.
    pub(crate) fn new(sink: Option<(Level, Arc<dyn LogSink>)>) -> Self {
        let way = sink.and_then(|(level, sink)| {
            let (lines, taken) = sync_channel(WAITING);
            let named = thread::Builder::new().name("nightstand log".into());
            named.spawn(move || hand_on(&*sink, &taken)).ok()?;
            Some(Arc::new(Way { level, lines, left_out: Mutex::new(0) }))
        });
        Self { begun: Instant::now(), kept: Arc::default(), sink: way }
    }

    pub(crate) fn say(&self, level: Level, what: &'static str, values: &[(&'static str, Value)]) {
        let values = values.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>();
        let line = format!("{what}{values}");
        if let Some(way) = self.sink.as_ref().filter(|way| level <= way.level) {
            way.send(level, line.clone());
        }
        if level < Level::Debug {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(format!("{} s: {line}", self.begun.elapsed().as_secs()));
        }
    }

    /// A call failed. What is the caller's own doing, such as a title that is too long, is no news.
    pub(crate) fn say_failed(&self, what: &'static str, error: &NightstandError) {
        let level = match error {
            NightstandError::Damaged { .. } | NightstandError::Internal(_) => Level::Error,
            NightstandError::DiskFull | NightstandError::Io(_) => Level::Warn,
            _ => Level::Debug,
        };
        self.say(level, what, &[("error", error.code().into())]);
    }

    /// The newest lines, each with the seconds since the vault was opened.
    pub(crate) fn kept(&self) -> Vec<String> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Way {
    fn send(&self, level: Level, line: String) {
        let mut left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        let line = if *left_out > 0 { format!("{line} left_out={left_out}") } else { line };
        match self.lines.try_send((level, line)) {
            Ok(()) => *left_out = 0,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => *left_out += 1,
        }
    }
}

/// Until the last handle is gone.
fn hand_on(sink: &dyn LogSink, lines: &Receiver<(Level, String)>) {
    for (level, line) in lines {
        let _ = catch_unwind(AssertUnwindSafe(|| sink.log(level, &line)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// Says what it is told, and waits to be let go on.
    struct Slow(Sender<String>, Mutex<Receiver<()>>);

    impl LogSink for Slow {
        fn log(&self, level: Level, line: &str) {
            let _ = self.0.send(format!("{level:?} {line}"));
            let _ = self.1.lock().unwrap().recv();
        }
    }

    #[test]
    fn who_is_slow_hears_how_much_was_left_out() {
        let ((told, heard), (go_on, gone_on)) = (channel(), channel());
        let log = Log::new(Some((Level::Info, Arc::new(Slow(told, Mutex::new(gone_on))))));
        log.say(Level::Info, "first", &[]);
        assert_eq!(heard.recv().unwrap(), "Info first");
        log.say(Level::Debug, "not asked for", &[]);
        for number in 0..WAITING as u64 + 3 {
            log.say(Level::Warn, "again", &[("number", number.into()), ("word", "quiet".into())]);
        }
        for _ in 0..=WAITING {
            go_on.send(()).unwrap();
        }
        let last = format!("Warn again number={} word=quiet", WAITING - 1);
        assert_eq!(heard.iter().take(WAITING).last(), Some(last));
        log.say(Level::Info, "now", &[]);
        assert_eq!(heard.recv().unwrap(), "Info now left_out=3");
        assert_eq!(log.kept().len(), KEPT);
        assert_eq!(log.kept().last().unwrap(), "0 s: now");
    }
}
