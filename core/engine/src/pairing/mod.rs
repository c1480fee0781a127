//! Pairing: two devices that share an invite become a bond, once both people say so.
//!
//! ```mermaid
//! sequenceDiagram
//!     participant A as Alex's phone (inviter)
//!     participant S as Sam's phone (joiner)
//!     Note over A,S: Alex shows the invite, Sam scans it
//!     S->>A: message 1 of IKpsk2 · versions, commitment to a random number
//!     A->>S: message 2 · versions, a random number
//!     Note over A,S: from here on both know the bond and all is encrypted under the invite's secret
//!     S->>A: the number that was committed to, introduction
//!     Note over A: checks both, shows the code
//!     A->>S: introduction
//!     Note over S: checks it, shows the code
//!     Note over A,S: Alex and Sam read the code to each other
//!     A->>S: confirmed
//!     Note over A: offered
//!     S->>A: confirmed
//!     Note over A,S: held
//! ```
//!
//! An introduction holds a person's roster, the device's record under the new bond, and the name that the person wants to
//! be called by. Nothing of what people wrote flows here.
//!
//! An own device is linked in the same steps, and so does a person [come back](Back) who has their recovery phrase and no
//! device.
//!
//! # What it promises
//!
//! - **Without the invite nobody gets in.** Its secret is a key of the handshake; message 1 alone needs the inviter's
//!   one-time key, which nothing but the invite names.
//! - **With a copy of the invite** (a photographed code, a link changed on its way) somebody can answer in Sam's place or
//!   stand between the two. Sam then sees no code or another one than Alex, and nobody can steer either: see [`code`].
//!   What such a one learns is what an introduction says, and that is all that flows before both have confirmed.
//! - **Nobody is introduced as somebody else.** The record is signed by the device for this bond, which neither side
//!   chooses, and the roster that lists the device by the person.
//! - **No bond is held that both did not confirm.** That both hold it at the same instant can't be promised: whoever
//!   confirmed keeps it as *offered* until the other's confirmation, or anything valid under the bond, arrives.
//! - **An invite lets one in.** It is void once somebody has proved the secret, after [`MOST_ATTEMPTS`] handshakes that
//!   knew the one-time key and went no further, and ten minutes after it was made. Frames that do not decrypt and replays
//!   do not count, or anybody in reach could void an invite.
//!
//! # Driving it
//!
//! [`Pairing`] has no sockets, clock or threads. `now` is the time in Unix seconds, since an invite's expiry is. Whoever
//! drives it does this after each call, also after one that failed:
//!
//! 1. take every event from [`Pairing::poll_event`] and do what it asks. A [`PairingEvent::Store`] or
//!    [`PairingEvent::Held`] must be on disk before going on; if that fails, drop the pairing;
//! 2. send every frame that [`Pairing::poll_frame`] gives; it gives none while an event waits;
//! 3. wait for a frame, a tap or the time that [`Pairing::poll_timeout`] names, and hand it in.
//!
//! The **inviter** listens with the keys of its [`Offer`]. Frames may come over several connections: answers go to the one
//! whose frame was handled last. When [`Pairing::handle_frame`] fails, send what is to be sent and close that connection;
//! the pairing itself goes on until it [is over](Pairing::is_over). From [`PairingEvent::Compare`] on there is only the
//! connection that brought it about; the offer's keys go when that connection does.
//!
//! The **joiner** dials with an endpoint key that it makes for this and then forgets. It has one connection; when a frame
//! fails or the connection breaks, drop the pairing. While it [has not met](Pairing::has_met) anybody it may begin again
//! with the same invite, afterwards it needs a new one: a joiner that tried again and again after showing its number would
//! give somebody in between as many chances at two equal codes.
//!
//! A connection that breaks after [`PairingEvent::Store`] ends the pairing all the same: drop it. What was stored as offered
//! stays, and the first session under the bond settles it.

mod back;
pub mod code;
mod hello;
mod introduction;
pub mod invite;
mod inviter;
mod joiner;
mod machine;
mod meeting;
#[cfg(test)]
mod tests;
mod words;

pub use back::{Back, Handover};
pub use introduction::{Me, display_name};
pub use inviter::{MOST_ATTEMPTS, Offer};
pub use machine::Pairing;
pub use meeting::COMPARE_FOR;

use self::code::CheckCode;
use self::invite::Purpose;
use crate::ids::BondId;
use crate::noise::NoiseError;
use crate::roster::{DeviceRecord, RosterError, SignedRoster};
use crate::wire::WireError;

/// The oldest and newest way of pairing that this code speaks.
pub const VERSIONS: (u64, u64) = (1, 1);

const VERSION_RANGE: u64 = 1;
const COMMITMENT: u64 = 2;
const NUMBER: u64 = 3;
const INTRODUCTION: u64 = 4;
const CONFIRM: u64 = 5;
const REFUSE: u64 = 6;
const HANDED: u64 = 7;
const BOND: u64 = 8;
const STRANGER: u64 = 9;

/// How sure a bond is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The person here confirmed it. It lapses after seven days without a word from the other side.
    Offered,
    /// Both did. Only now may anything be sent.
    Held,
}

/// Who is at the other end of a new bond.
#[derive(Clone, PartialEq, Eq)]
pub struct Paired {
    /// The bond. Between two devices of one person it only names their keys for each other.
    pub bond: BondId,
    /// What the pairing was for.
    pub purpose: Purpose,
    /// Their roster. Missing where a device without a person is being added to this one's, and of who comes back.
    pub roster: Option<SignedRoster>,
    /// Their device's keys under the bond.
    pub record: DeviceRecord,
    /// The name that they want to be called by, see [`display_name`]. It may be empty. Of an own device, the device's.
    pub name: String,
    /// Of an own device that has a person: its keys among own devices.
    pub own_record: Option<DeviceRecord>,
    /// Who has confirmed so far.
    pub standing: Standing,
}

impl core::fmt::Debug for Paired {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Paired({:?}, {:?}, {:?})", self.bond, self.purpose, self.standing)
    }
}

/// What happened, for whoever drives the pairing.
#[derive(Clone, PartialEq, Eq)]
pub enum PairingEvent {
    /// Show the code and the other's name, and ask whether the other phone shows the same.
    Compare {
        /// What both phones show.
        code: CheckCode,
        /// What the other side calls itself: unproven until the codes were compared.
        name: String,
    },
    /// The person here confirmed: keep this before going on.
    Store(Box<Paired>),
    /// The other person confirmed what was stored as offered: note it before going on.
    Held(BondId),
    /// Of who comes back: both confirmed, and this is what the partner's phone handed over. Keep it before going on.
    Handed(Box<Handover>),
    /// The other person refused. Delete what was stored as offered.
    Refused,
    /// It ended without either of them. What was stored as offered stays until it lapses.
    Failed(PairingError),
}

impl core::fmt::Debug for PairingEvent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Compare { .. } => f.write_str("Compare"),
            Self::Store(paired) => write!(f, "Store({paired:?})"),
            Self::Held(bond) => write!(f, "Held({bond:?})"),
            Self::Handed(handover) => write!(f, "Handed({handover:?})"),
            Self::Refused => f.write_str("Refused"),
            Self::Failed(error) => write!(f, "Failed({error:?})"),
        }
    }
}

/// Why a pairing, or one frame of it, failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairingError {
    /// The frame is no part of this pairing, or its sender does not have the invite.
    #[error(transparent)]
    Noise(#[from] NoiseError),
    /// What the other side said does not read.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The other side is not who it says.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The other side speaks only newer versions: this app must be updated.
    #[error("this side must update")]
    UpdateThisSide,
    /// The other side speaks only older versions: its app must be updated.
    #[error("the other side must update")]
    UpdateOtherSide,
    /// The other side showed another number than it committed to: somebody tries to steer the code.
    #[error("another number than was committed to")]
    Commitment,
    /// Two devices of one person met over an invite for a partner, or a device met a copy of itself.
    #[error("the same person or device on both sides")]
    SamePerson,
    /// An invite for a device of one's own was answered by somebody else's, or one for who comes back by another person.
    #[error("a device of another person")]
    OtherPerson,
    /// There is no person where one is needed.
    #[error("no person yet")]
    NoPerson,
    /// Not the time for this: the other side said something twice or too early, or there is nothing to confirm or refuse.
    #[error("not now")]
    OutOfOrder,
    /// The invite is used up or expired, or the pairing is over.
    #[error("no longer valid")]
    Void,
}

/// What a frame that was not taken leads to.
enum Fault {
    /// The pairing goes on as if the frame had not come.
    Stray(PairingError),
    /// The pairing ends.
    Fatal(PairingError),
}

impl<E: Into<PairingError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Fatal(error.into())
    }
}
