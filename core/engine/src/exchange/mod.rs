//! Handing entries over: [`outbox`] packs what a peer lacks, [`admit`] takes in what a peer sent.
//!
//! Both work on one store transaction at a time and know nothing of connections, so sessions, files and mailboxes can share
//! them.

pub mod admit;
mod intake;
pub mod outbox;
mod repair;

use crate::ids::{BondId, PersonId};
use crate::keys::OwnEntriesKey;
use crate::roster::SignedRoster;

/// The two persons of a bond as this device knows them. Only a handshake or a seal that proves who is on the other side
/// leads to one, so whoever holds it may speak for that side.
#[derive(Clone)]
pub struct Couple {
    /// The bond.
    pub bond: BondId,
    /// This device's person.
    pub me: SignedRoster,
    /// The partner.
    pub partner: SignedRoster,
    /// Vouches for this person's own logs, and checks such vouchers.
    pub own_key: OwnEntriesKey,
}

impl Couple {
    /// This device's person.
    pub fn my_person(&self) -> PersonId {
        self.me.roster().person
    }

    /// The partner.
    pub fn partner_person(&self) -> PersonId {
        self.partner.roster().person
    }

    /// The roster of one of the two.
    pub fn roster_of(&self, person: &PersonId) -> Option<&SignedRoster> {
        [&self.me, &self.partner].into_iter().find(|roster| roster.roster().person == *person)
    }
}
