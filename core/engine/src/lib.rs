//! The pure part of Nightstand: who may write what, how it is numbered and vouched for, and how two devices hand it over.
//!
//! There is no socket, file, database, clock or ambient randomness in this crate; `clippy.toml` refuses them and `Cargo.toml`
//! names nothing that has them. The only threads are those that taking in a batch borrows until it returns, as many as it is
//! told to, and they change nothing about the outcome. Everything is a function of its arguments or a state machine that
//! takes inputs and gives outputs. So the same seed gives the same trace, and the [`simulator`] can put two thousand couples
//! through loss, crashes and old backups in a test.
//!
//! ```text
//!                    ids · hash · wire · random · limits                 words, one meaning each
//!                                    │
//!        keys ── roster              │              change ── document ── kinds
//!     who a person and their         │            what may enter a document
//!     devices are                    │
//!                                   log ── vector                        what one device wrote; what somebody has
//!                                    │
//!                                  store                                 what the engine asks of a database
//!                                    │
//!                   author ──────────┼────────── exchange (outbox, admit) ── batch
//!                   writing          │           handing over, taking in
//!                                    │
//!                     pairing ── noise · frame ── session                two devices talk
//! ```
//!
//! Start with [`log`] for how things are written, [`exchange`] for how they are handed over, [`session`] and [`pairing`] for
//! how two devices talk, and [`store`] for what a database must do.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests may stop at once"))]

pub mod author;
pub mod batch;
pub mod change;
pub mod circle;
pub mod document;
pub mod exchange;
pub mod frame;
pub mod hash;
pub mod ids;
pub mod keys;
pub mod kinds;
pub mod limits;
pub mod log;
pub mod mailbox;
pub mod noise;
pub mod pairing;
pub mod parcel;
pub mod random;
mod recording;
pub mod roster;
pub mod sealed;
pub mod session;
#[cfg(any(test, feature = "simulator"))]
pub mod simulator;
pub mod store;
pub mod vector;
pub mod wire;
