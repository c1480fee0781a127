//! How a session fails.

use super::hello::HelloError;
use crate::exchange::admit::Refusal;
use crate::noise::NoiseError;
use crate::roster::RosterError;
use crate::wire::WireError;

/// How a session failed. It is over; what was committed stays.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError<E> {
    /// The store failed: a full disk, say.
    #[error("the store failed")]
    Store(E),
    /// The handshake or a frame does not decrypt.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// The other side is not a listed device of the partner.
    #[error("not a device of the partner")]
    UnknownPeer,
    /// This device was removed from its person's roster.
    #[error("this device was removed")]
    Removed,
    /// The other side sent what the protocol does not allow.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The other side sent a roster that can't be taken.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The other side sent a batch that can't be taken.
    #[error(transparent)]
    Refused(Refusal),
    /// The other side needs a newer protocol: this app needs an update.
    #[error("this app needs an update")]
    UpdateThisSide,
    /// The other side speaks only an older protocol: the app there needs an update.
    #[error("the app on the other phone needs an update")]
    UpdateOtherSide,
    /// Nothing came for [`PATIENCE_MS`](super::PATIENCE_MS), or nothing of use for too long.
    #[error("the other side is silent")]
    Silent,
    /// It had ended before.
    #[error("the session is over")]
    Over,
}

impl<E> From<HelloError> for SessionError<E> {
    fn from(error: HelloError) -> Self {
        match error {
            HelloError::PeerTooNew => Self::UpdateThisSide,
            HelloError::PeerTooOld => Self::UpdateOtherSide,
            HelloError::Wire(error) => Self::Wire(error),
        }
    }
}
