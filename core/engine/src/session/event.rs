//! What a session tells whoever drives it.

use crate::circle::Circle;
use crate::exchange::admit::{Admitted, Doubt};
use crate::ids::LogId;
use crate::roster::{DeviceRecord, SignedRoster};

/// What happened, for whoever drives the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The other side proved that it holds the bond. An offered bond is held from here on.
    Authenticated,
    /// The device at the other end has keys that were not known: keep the record.
    Record(DeviceRecord),
    /// What another own device knows of bonds, partners and devices, joined with what was known here: keep it.
    Circle(Circle),
    /// A roster newer than the one held: keep it.
    Roster(SignedRoster),
    /// A batch was committed.
    Took(Admitted),
    /// This many entries were acknowledged by the other side, since the last time this was said.
    HandedOver(u64),
    /// A log has two contents. One of the partner's is frozen until it agrees again. Of one's own, the branch is asked for
    /// that the partner has; what this device wrote beyond it goes on in a new log ([`Admitted::repaired`]).
    Forked(LogId),
    /// The other side has entries of a log of this person's own that were not taken in: a removed device could have made them.
    /// Its person is to be asked.
    Unconfirmed(Doubt),
    /// In a live session: for now, both sides have said all.
    Level(Outcome),
    /// It is over.
    Ended(Outcome),
}

/// How a session ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Both sides have everything.
    AllHandedOver,
    /// Something was left out on one of the sides.
    NotYet,
}
