//! Nightstand: care and journals of two partners, on their own phones.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod docs;
pub mod error;
pub mod journal;
pub mod observe;
pub mod pairing;
mod store;
pub mod sync;
pub mod transport;
pub mod vault;
