//! A session that stays open while both would have it so.
//!
//! Where both sides asked for it ([`Config::live`](super::Config::live)), a session does not end when both have everything:
//! whoever drives it calls [`Session::wake`] after something was written and goes on as before; the entries go out in batches
//! as ever, and are followed by `done`. Each side says now and then that it is still there.
//!
//! ```text
//!   off ──both asked──▶ on ──leave, or the other's LEAVE──▶ leaving ──all sent: LEAVE──▶ left ──the other's LEAVE──▶ over
//! ```

use super::{Phase, Session};

/// How long a live session is silent before it says that it is still there, in milliseconds.
pub const BREATH_MS: u64 = 40_000;

/// How long a side that leaves a live session waits for the other's goodbye, in milliseconds.
pub const GOODBYE_MS: u64 = 10_000;

/// How far a session is with staying open.
pub(super) struct Live {
    /// Both sides would stay connected.
    on: bool,
    /// This side would stay no longer; it has said so; the other side has said so.
    leaving: bool,
    left: bool,
    peer_left: bool,
    /// When to say next that this side is still there, and when the other side said so last.
    breath: u64,
    breath_heard: u64,
}

impl Live {
    pub(super) fn new(now: u64) -> Self {
        let breath = now + BREATH_MS;
        Self { on: false, leaving: false, left: false, peer_left: false, breath, breath_heard: now }
    }

    /// Both have said what they would.
    pub(super) fn agree(&mut self, both: bool) {
        self.on = both;
    }

    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    pub(super) fn has_left(&self) -> bool {
        self.left
    }

    /// Is there nothing more to stay for, once both have everything?
    pub(super) fn is_over(&self) -> bool {
        !self.on || (self.left && self.peer_left)
    }

    pub(super) fn next_breath(&self) -> Option<u64> {
        self.on.then_some(self.breath)
    }

    /// Is it time to say that this side is still there? If so, it counts as said.
    pub(super) fn breathes(&mut self, now: u64) -> bool {
        let due = self.on && !self.left && now >= self.breath;
        if due {
            self.breath = now + BREATH_MS;
        }
        due
    }

    /// The other side says that it is there. At its pace that may go on for hours; more often it is idle talk, and no.
    pub(super) fn hears_breath(&mut self, now: u64) -> bool {
        let counts = self.on && !self.left && now >= self.breath_heard + BREATH_MS / 2;
        if counts {
            self.breath_heard = now;
        }
        counts
    }

    /// The other side leaves, so this one does.
    pub(super) fn hears_goodbye(&mut self) {
        (self.leaving, self.peer_left) = (true, true);
    }

    /// Is it time for this side's goodbye, when all is sent? If so, it counts as said.
    pub(super) fn says_goodbye(&mut self) -> bool {
        let due = self.on && self.leaving && !self.left;
        self.left |= due;
        due
    }
}

impl Session {
    /// Do both sides have everything, and stay connected?
    pub fn is_level(&self) -> bool {
        self.is_live() && !self.live.leaving && self.level && self.transfer.all_sent()
    }

    /// Do both sides stay connected?
    pub fn is_live(&self) -> bool {
        self.live.on && matches!(self.phase, Phase::Open(_))
    }

    /// Something may have been written since: a live session looks for it and hands it on.
    pub fn wake(&mut self) {
        if self.live.on && !self.live.left {
            self.transfer.look_again();
        }
    }

    /// Ends a live session once both sides have everything: each says that it leaves, when it has nothing more to send.
    pub fn leave(&mut self) {
        self.config.live = false;
        self.live.leaving = true;
    }
}
