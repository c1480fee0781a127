//! The pure part of Nightstand.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod author;
pub mod batch;
pub mod change;
pub mod document;
pub mod exchange;
pub mod frame;
pub mod hash;
pub mod ids;
pub mod keys;
pub mod kinds;
pub mod limits;
pub mod log;
pub mod noise;
pub mod pairing;
pub mod random;
pub mod roster;
pub mod session;
#[cfg(any(test, feature = "simulator"))]
pub mod simulator;
pub mod store;
pub mod vector;
pub mod wire;
