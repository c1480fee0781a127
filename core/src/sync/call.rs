//! Calling and being called over the QUIC road.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::{Talk, drive};
use crate::cancel::Cancel;
use crate::error::NightstandError;
use crate::transport::iroh::IrohRoad;

/// How long somebody may hold the line who is not known by their endpoint: a stranger, or the partner with new keys, who is
/// known from then on.
const UNKNOWN_PATIENCE: Duration = Duration::from_secs(20);

/// Calls the holder of an endpoint key, at these addresses and over the road's relays, and leads `talk` to its end, all
/// within the deadline.
///
/// Errors: `Unreachable` when nobody answers, and those of [`drive`].
pub fn dial(
    talk: &mut dyn Talk,
    road: &IrohRoad,
    to: [u8; 32],
    addresses: &[SocketAddr],
    deadline: Duration,
    cancel: &Cancel,
) -> Result<(), NightstandError> {
    let began = Instant::now();
    let mut pipe = road.dial_unless(cancel, to, addresses, deadline)?;
    drive(talk, &mut pipe, deadline.saturating_sub(began.elapsed()), cancel)
}

/// Waits for a call and leads `talk` to its end, all within the deadline. Anybody may call: who turns out not to be the one
/// that `talk` is for is let go of, and the next one taken. `known` are the endpoint keys of those it may be for; who has
/// none of them holds the line for 20 seconds at most. In a pairing nobody is known, and everybody has the time there is.
///
/// Errors: `Unreachable` when nobody called, and those of [`drive`].
pub fn accept(
    talk: &mut dyn Talk,
    road: &IrohRoad,
    known: Option<&[[u8; 32]]>,
    deadline: Duration,
    cancel: &Cancel,
) -> Result<(), NightstandError> {
    let began = Instant::now();
    loop {
        let waited = road.accept_unless(cancel, deadline.saturating_sub(began.elapsed()))?;
        let mut pipe = waited.ok_or(NightstandError::Unreachable)?;
        let left = deadline.saturating_sub(began.elapsed());
        let trusted = known.is_none_or(|known| known.contains(&pipe.remote()));
        let led = drive(talk, &mut pipe, if trusted { left } else { left.min(UNKNOWN_PATIENCE) }, cancel);
        match led {
            Err(NightstandError::Refused(_) | NightstandError::Unreachable) if talk.stay_for_another()? => {}
            led => return led,
        }
    }
}
