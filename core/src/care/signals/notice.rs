//! What a lock screen may tell of signals.

use super::SignalView;
use crate::care::Whose;
use crate::records::RecordId;

/// Are signals kept from making themselves heard? It is a matter of this phone alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hush {
    /// They may be heard.
    Off,
    /// They are muted, or these are quiet hours.
    On,
}

/// A notification that is due at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignalNotice {
    /// Of which signal: as the notification's own id, it replaces itself if it is given twice.
    pub id: RecordId,
    /// The key of its title, which tells a stranger nothing.
    pub title_key: &'static str,
    /// When to take it away, in milliseconds since 1970: the signal then no longer counts.
    pub until_ms: i64,
}

/// Those of the partner's that count and were first here after a moment, in milliseconds since 1970: give the time of the last
/// call, and none is told twice. What is hushed is not told later, unless it is asked for from an earlier moment.
pub fn notices(live: &[SignalView], after_ms: i64, hush: Hush) -> Vec<SignalNotice> {
    let told = |view: &SignalView| {
        let fresh = view.whose == Whose::Partner && view.received_ms.is_some_and(|received| received > after_ms);
        let until_ms = view.live_until_ms.filter(|_| fresh && hush == Hush::Off)?;
        Some(SignalNotice { id: view.id, title_key: "due-signal", until_ms })
    };
    live.iter().filter_map(told).collect()
}
