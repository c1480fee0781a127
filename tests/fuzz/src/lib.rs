//! Every decoder of bytes from outside, as a function that takes any bytes.
//!
//! [`TARGETS`] names them. libFuzzer calls one of them in the binary `fuzz` (`tests/fuzz/run`); `tests/tests/fuzzed.rs` calls
//! all of them with what was kept: the corpora, and every input that once did harm. A function panics where something is wrong
//! and returns otherwise, whether the bytes were taken or refused.
//!
//! # Adding one
//!
//! A function `pub(crate) fn name(data: &[u8])`, one that gives real bytes to begin with, and a line of [`TARGETS`]; then
//! `tests/fuzz/run name 300`, which makes its corpus. Nothing else names the targets.
//!
//! Behind a signature, a seal or a running hash no made-up bytes get anywhere. So such a function takes its first byte for a
//! mode: in some, the bytes stand as they are; in others the function itself signs, seals or hashes what the fuzzer chose
//! ([`bytes::Source`] takes such choices from the input), and the code behind is reached.

pub mod bytes;
mod change;
mod document;
mod entries;
mod imports;
pub mod memory;
mod pair;
mod parcels;
mod talk;
mod wire;

/// One decoder.
#[derive(Clone, Copy)]
pub struct Target {
    /// What its corpus is called.
    pub name: &'static str,
    /// Takes any bytes.
    pub run: fn(&[u8]),
    /// Real bytes, to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The most memory that one input may make it hold, in MiB.
    pub mebibytes: usize,
}

/// The decoders.
pub const TARGETS: &[Target] = &[
    Target { name: "invite", run: wire::invite, seeds: wire::invites, mebibytes: 1 },
    Target { name: "frame", run: wire::frame, seeds: wire::frames, mebibytes: 1 },
    Target { name: "vector", run: wire::vector, seeds: wire::vectors, mebibytes: 1 },
    Target { name: "roster", run: wire::roster, seeds: wire::rosters, mebibytes: 1 },
    Target { name: "batch", run: entries::batch, seeds: entries::batches, mebibytes: 64 },
    Target { name: "entry", run: entries::entry, seeds: entries::entries, mebibytes: 64 },
    Target { name: "change", run: change::change, seeds: change::changes, mebibytes: 64 },
    Target { name: "session", run: talk::session, seeds: talk::sessions, mebibytes: 64 },
    Target { name: "pairing", run: talk::pairing, seeds: talk::pairings, mebibytes: 4 },
    Target { name: "bundle", run: parcels::bundle, seeds: parcels::bundles, mebibytes: 64 },
    Target { name: "mailbox", run: parcels::mailbox, seeds: parcels::mailboxes, mebibytes: 64 },
    Target { name: "document", run: document::document, seeds: document::documents, mebibytes: 32 },
    Target { name: "day_one", run: imports::day_one, seeds: imports::exports, mebibytes: 32 },
    Target { name: "markdown", run: imports::markdown, seeds: imports::markdowns, mebibytes: 8 },
    Target { name: "texts", run: imports::texts, seeds: imports::files, mebibytes: 8 },
];

impl Target {
    /// Calls it.
    ///
    /// # Panics
    /// Where something is wrong, and where it took more memory than it may.
    pub fn check(&self, data: &[u8]) {
        let held = memory::most_held(|| (self.run)(data));
        assert!(held <= self.mebibytes << 20, "{} held {held} bytes for {} of input", self.name, data.len());
    }
}

/// The target of this name, found while compiling.
///
/// # Panics
/// If there is none.
pub const fn target(name: &str) -> Target {
    let mut at = 0;
    while at < TARGETS.len() {
        if same(TARGETS[at].name, name) {
            return TARGETS[at];
        }
        at += 1;
    }
    panic!("no target of this name");
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
