//! What a session begins with.

use std::collections::BTreeSet;

use crate::circle::Circle;
use crate::exchange::{Audience, Parties, Reach};
use crate::ids::DeviceId;
use crate::keys::DeviceKeys;
use crate::noise::{Handshake, Pattern};
use crate::roster::DeviceRecord;
use crate::store::LogRow;

/// What a session needs to know of this device and of those whom it knows.
#[derive(Clone)]
pub struct Config {
    /// Whom this device knows, and whether it is the partner's device that it talks with or an own one. In a session of own
    /// devices, how far that reaches is found out as they greet: see [`Self::private_for`].
    pub parties: Parties,
    /// This device: for its session key, and to open what rosters hold for it.
    pub device: DeviceKeys,
    /// The devices that may be at the other end, as far as they are known.
    pub peers: Vec<DeviceRecord>,
    /// What this device tells other own devices of whom it knows. Empty in a session with the partner.
    pub circle: Circle,
    /// Own devices to which Private passes from here. None while it is locked.
    pub private_for: BTreeSet<DeviceId>,
    /// Say this device's record in message 1. It is said by itself until the other side has answered once;
    /// say it also after an attempt that got no answer, since the other phone may have forgotten it with an older copy of
    /// its file.
    pub introduce: bool,
    /// The bond is offered and not held yet: nothing that people wrote is sent before the other side has proved that it
    /// holds the bond too.
    pub offered: bool,
    /// Stay connected when both have everything, if the other side would too, and hand on what is written from then on:
    /// see [`Session::wake`](super::Session::wake) and [`Session::leave`](super::Session::leave).
    pub live: bool,
    /// How many threads may work on a batch that came, while `handle_frame` runs. The outcome does not depend on it.
    pub workers: usize,
    /// Randomness for this session alone.
    pub seed: [u8; 32],
    /// The time, in milliseconds of any clock that only goes forward.
    pub now_ms: u64,
}

impl Config {
    /// Is it a log of this very device?
    pub(super) fn writes(&self, row: &LogRow) -> bool {
        self.parties.is_mine(&row.opening) && row.opening.device == self.device.device()
    }

    pub(super) fn responder(&self) -> Handshake {
        Handshake::respond(Pattern::Session, &self.device.noise_key(&self.parties.channel()), self.seed)
    }

    /// Settles how far an exchange with an own device reaches: as far as both let it.
    pub(super) fn reach(&mut self, peer: &DeviceId, they_let: bool) {
        if let Audience::OwnDevice(reach) = &mut self.parties.audience {
            let both = they_let && self.private_for.contains(peer);
            *reach = if both { Reach::Everything } else { Reach::Shared };
        }
    }

    /// This device's keys as the other end knows them.
    pub(crate) fn record(&self) -> DeviceRecord {
        DeviceRecord::sign(&self.device, self.parties.channel())
    }
}
