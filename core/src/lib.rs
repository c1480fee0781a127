//! Nightstand: what two partners write for themselves and for each other, on their own phones.
//!
//! ```text
//!      an app ── Swift, Kotlin, Python (bindings) ──▶ handles: Vault · Journal · Preferences ·
//!                                                       │  Sessions · CheckIns · Activities · FollowUps · Rooms ·
//!                                                       │  DueItems · OwnSettings · Signals · DropCare · NotRight ·
//!                                                       │  Agreements · Reflections · Rituals · Songs · Ticks ·
//!                                                       │  Insights · Pairing · Sync
//!                                                       │
//!   what a person does     journal · care · together ·  │  one use case a file
//!                          insights · pairing ·         │
//!                          observe · texts              │
//!                               │                       │
//!   what it is made of         docs                     │  the Automerge boundary
//!                               │                       │
//!   where it stays            store                     │  one SQLCipher file
//!                               │                       │
//!   the rules             nightstand-engine             │  pure: who may write what, and how it travels
//!                               │                       │
//!   how it travels        sync ─┴─ transport · mailbox  │  conversations over roads, files left for each other
//! ```
//!
//! **Writing**: a call loads one document, changes it, and stores in one transaction the document, one entry of this
//! device's log for each change, and the derived rows. When the call returns, it is on disk.
//!
//! **Reading**: lists read derived rows and open no document. Reading one entry opens one document.
//!
//! **Syncing**: a conversation compares version vectors, hands over what the other lacks, and acknowledges what it has
//! committed.
//!
//! Start with [`vault::Vault`].
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may stop at once"))]

mod cancel;
pub mod care;
pub mod devices;
mod docs;
pub mod error;
#[cfg(test)]
mod hostile;
pub mod insights;
pub mod journal;
pub mod log;
pub mod mailbox;
mod names;
mod new_file;
pub mod observe;
pub mod pairing;
mod places;
pub mod progress;
pub mod records;
pub mod recovery;
mod shown;
mod store;
pub mod sync;
#[cfg(feature = "testing")]
pub mod testing;
pub mod texts;
pub mod times;
pub mod together;
pub mod transport;
pub mod vault;
pub mod version;
mod words;
pub mod zones;

/// The README's example, run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// The example of the editor's page, run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/editor.md")]
struct EditorPage;
