//! Talking with the partner's phone: a [`Conversation`] over any road.
//!
//! ```mermaid
//! sequenceDiagram
//!     participant A as Alex's phone (begins)
//!     participant S as Sam's phone (answers)
//!     A->>S: who I am, what I have (one frame)
//!     S->>A: what I have, and a first small batch (one frame)
//!     Note over A,S: nothing changed: that was all
//!     A->>S: batches of entries
//!     S->>A: batches of entries
//!     S->>A: acknowledged, after they are on disk
//!     A->>S: acknowledged, after they are on disk
//!     A->>S: done
//!     S->>A: done
//! ```
//!
//! What travels is encrypted by Noise before any road sees it. Private entries never travel: a conversation only ever looks
//! at the logs of its bond. Cut off at any byte, a conversation leaves what it had committed, and the next one goes on from
//! there.
//!
//! Several conversations at a time, as when both phones call, do no harm: what comes twice is taken once, and costs its bytes
//! twice.
//!
//! A conversation takes frames and gives frames. An app that has a channel of its own passes them itself:
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! # let vault: nightstand::vault::Vault = unimplemented!();
//! # fn send(_: Vec<u8>) {} fn receive() -> Vec<u8> { Vec::new() }
//! let mut conversation = vault.sync().begin()?;
//! while !conversation.is_over() {
//!     while let Some(frame) = conversation.poll_frame()? {
//!         send(frame);
//!     }
//!     if !conversation.is_over() {
//!         conversation.handle_frame(&receive())?;
//!     }
//! }
//! println!("{:?}", conversation.report().outcome);
//! # Ok(())
//! # }
//! ```
//!
//! Over a [`Pipe`](crate::transport::Pipe) the core does that itself: [`drive`]. Over QUIC it also calls, and takes calls:
//! `dial` and `accept`.
//!
//! While both apps are in use a conversation can stay open: [`Sync::begin_live`] and [`Sync::answer_live`]. An app that
//! passes frames itself then calls `poll_frame` after every change of the vault (see [`observe`](crate::observe)), and at
//! least every half minute, so that each side hears that the other is still there; [`Conversation::leave`] ends it.

mod bundle;
#[cfg(feature = "iroh")]
mod call;
mod conversation;
mod drive;
mod mailbox;
mod once;
mod parcels;
mod parties;
#[cfg(test)]
pub(crate) mod tests;

pub use bundle::{Bundle, BundleExtent, BundleFor, BundleOutcome, BundleReport};
#[cfg(feature = "iroh")]
pub use call::{accept, dial};
pub use conversation::{Conversation, SyncOutcome, SyncReport};
pub use drive::{Talk, drive};
pub use mailbox::{MailboxReport, MailboxTrouble};
pub use once::{Attention, OnceReport, Way};
pub(crate) use parties::{known, own_parties, workers};

pub use crate::cancel::Cancel;
use crate::devices::OwnDeviceId;
use crate::error::NightstandError;
use crate::vault::Vault;

/// Sync of a vault with the partner's phone.
#[derive(Clone)]
pub struct Sync {
    vault: Vault,
}

impl Vault {
    /// Sync with the partner's phone.
    pub fn sync(&self) -> Sync {
        Sync { vault: self.clone() }
    }
}

impl Sync {
    /// Begins a conversation with the partner's phone. It has the first frame to send.
    ///
    /// Errors: `NotPaired`.
    pub fn begin(&self) -> Result<Conversation, NightstandError> {
        Conversation::begin(&self.vault, false, false)
    }

    /// Begins a conversation after one that got no answer: the other phone may have forgotten this one's keys, so they are
    /// said again. Costs a few hundred bytes more.
    pub fn begin_again(&self) -> Result<Conversation, NightstandError> {
        Conversation::begin(&self.vault, true, false)
    }

    /// Answers a conversation that the partner's phone, or another device of one's own, begins. It waits for the first frame.
    ///
    /// Errors: `NotPaired`.
    pub fn answer(&self) -> Result<Conversation, NightstandError> {
        Conversation::answer(&self.vault, false)
    }

    /// Begins a conversation that stays open while both apps are in use: what either of the two writes is with the other
    /// within moments. If the other side answers with [`Self::answer`], it ends as any other.
    ///
    /// Errors: `NotPaired`.
    pub fn begin_live(&self) -> Result<Conversation, NightstandError> {
        Conversation::begin(&self.vault, false, true)
    }

    /// Answers a conversation, and stays open if the other side wants that.
    ///
    /// Errors: `NotPaired`.
    pub fn answer_live(&self) -> Result<Conversation, NightstandError> {
        Conversation::answer(&self.vault, true)
    }

    /// Begins a conversation with another device of one's own: what is private passes too, once it may (see
    /// [`devices`](crate::devices)). `device` is its id, as [`Devices::list`](crate::devices::Devices::list) has it.
    ///
    /// Errors: `NotFound` for a device that is not known, or whose keys are not: it has to begin, once.
    pub fn begin_with_own(&self, device: &OwnDeviceId) -> Result<Conversation, NightstandError> {
        Conversation::begin_with_own(&self.vault, &device.0, false)
    }

    /// The same, to stay open while both are in use: see [`Self::begin_live`].
    pub fn begin_live_with_own(&self, device: &OwnDeviceId) -> Result<Conversation, NightstandError> {
        Conversation::begin_with_own(&self.vault, &device.0, true)
    }

    /// How many entries came that this version of the app can't use. They are kept and counted; a later version may know
    /// what to do with them. Worth a line on a screen, since something that was written can't be seen here.
    pub fn set_aside(&self) -> Result<u64, NightstandError> {
        self.vault.read(|rows, _| Ok(rows.set_aside()?))
    }

    /// The key of this device's endpoint under the bond, for a road that needs one. It is a secret.
    pub fn endpoint_key(&self) -> Result<[u8; 32], NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, _| {
            let bond = parties::bond(rows, now_ms)?;
            Ok(*rows.device_keys()?.endpoint_key(&bond.bond))
        })
    }

    /// The public endpoint keys of the partner's devices.
    pub fn partner_endpoints(&self) -> Result<Vec<[u8; 32]>, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, _| {
            let bond = parties::bond(rows, now_ms)?;
            Ok(rows.peer_devices(&bond.bond)?.into_iter().map(|record| record.endpoint_key).collect())
        })
    }
}
