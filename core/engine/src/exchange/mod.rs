//! Handing entries over: [`outbox`] packs what a peer lacks, [`admit`] takes in what a peer sent.
//!
//! Both work on one store transaction at a time and know nothing of connections, so sessions, files and mailboxes can share
//! them.

pub mod admit;
mod intake;
pub mod outbox;
mod parties;
pub mod removal;
mod repair;

pub use parties::{Audience, Parties, Reach};
