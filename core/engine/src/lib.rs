//! The pure part of Nightstand.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod author;
pub mod batch;
pub mod change;
pub mod document;
pub mod exchange;
pub mod hash;
pub mod ids;
pub mod keys;
pub mod kinds;
pub mod limits;
pub mod log;
pub mod random;
pub mod roster;
pub mod store;
pub mod vector;
pub mod wire;
