//! Nightstand in Swift, Kotlin and Python, through UniFFI.
//!
//! Nothing is decided here. Objects are handles of one field whose methods are calls into the core; records that hold
//! nothing but what UniFFI knows are the core's own, declared again (`uniffi::remote`), the others are turned into the core's
//! and back. One file an area, with the core's names.
//!
//! | what | how |
//! |---|---|
//! | calls that touch the disk | `async` for the host, run on the core's own threads (`work.rs`) |
//! | giving such a call up | the host stops waiting; what was begun is done to its end |
//! | everything else | returns at once, on the caller's thread |
//! | errors | one enum with `code()`, `retryable()`, `action()`; a panic becomes one |
//! | times | the host's own type, through [`Timestamp`](time::Timestamp) and `uniffi.toml` |
//! | what the app implements | [`Clock`](time::Clock), [`ZoneOffsets`](time::ZoneOffsets), [`Observer`](observe::Observer), [`ProgressObserver`](progress::ProgressObserver), [`LogSink`](log::LogSink), [`Channel`](channel::Channel), [`Storage`](mailbox::Storage); what they throw harms nothing |
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may stop at once"))]

pub mod archive;
pub mod backup;
pub mod bundle;
pub mod care;
pub mod channel;
pub mod devices;
pub mod error;
pub mod insights;
pub mod journal;
pub mod log;
pub mod mailbox;
pub mod observe;
#[cfg(feature = "iroh")]
pub mod once;
pub mod pairing;
pub mod progress;
pub mod recovery;
#[cfg(feature = "iroh")]
pub mod road;
pub mod server;
pub mod sync;
pub mod texts;
pub mod time;
pub mod together;
pub mod vault;
pub mod version;
pub mod work;

uniffi::setup_scaffolding!("nightstand");
