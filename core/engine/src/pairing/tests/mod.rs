//! Two phones on a table: alex shows an invite, sam scans it.

mod attacks;
mod back;
mod bytes;
mod stories;

use std::collections::VecDeque;

use super::code::CheckCode;
use super::invite::{Invite, Purpose};
use super::{Me, Paired, Pairing, PairingError, PairingEvent};
use crate::keys::{DeviceKeys, Phrase};
use crate::random::Seeded;
use crate::roster::{Roster, SignedRoster};

/// A moment in November 2026.
const NOW: u64 = 1_795_000_000;

/// A person with one phone.
fn somebody(number: u8, name: &str) -> Me {
    let device = DeviceKeys::new([number; 32], [number; 16]);
    let root = Phrase::from_entropy([number; 32]).root();
    let roster = SignedRoster::sign(&root, Roster::first(root.person(), device.device()), Vec::new());
    Me { roster: Some(roster), device, name: name.to_owned(), back: None }
}

fn alex() -> Me {
    somebody(1, "Alex")
}

fn sam() -> Me {
    somebody(2, "Sam")
}

/// A tablet that belongs to nobody yet.
fn new_tablet() -> Me {
    Me { roster: None, device: DeviceKeys::new([8; 32], [8; 16]), name: String::new(), back: None }
}

/// One end as a driver sees it: events are taken as they come, then frames.
struct End {
    pairing: Pairing,
    events: VecDeque<PairingEvent>,
}

impl End {
    fn invites(me: Me, purpose: Purpose, seed: u64) -> (Self, Invite) {
        let (pairing, offer) = Pairing::invite(me, purpose, NOW, &mut Seeded::from_number(seed)).unwrap();
        (Self { pairing, events: VecDeque::new() }, offer.invite(&[]))
    }

    fn joins(me: Me, invite: &Invite, seed: u64) -> Self {
        let pairing = Pairing::join(me, invite, NOW, &mut Seeded::from_number(seed)).unwrap();
        Self { pairing, events: VecDeque::new() }
    }

    fn hears(&mut self, frame: &[u8]) -> Result<(), PairingError> {
        self.pairing.handle_frame(NOW, frame)
    }

    fn sends(&mut self) -> Vec<Vec<u8>> {
        self.events.extend(core::iter::from_fn(|| self.pairing.poll_event()));
        core::iter::from_fn(|| self.pairing.poll_frame()).collect()
    }

    /// The one frame that is to be sent.
    fn says(&mut self) -> Vec<u8> {
        let mut frames = self.sends();
        assert_eq!(frames.len(), 1);
        frames.remove(0)
    }

    fn learns(&mut self) -> Option<PairingEvent> {
        self.events.extend(core::iter::from_fn(|| self.pairing.poll_event()));
        self.events.pop_front()
    }

    fn sees(&mut self) -> (CheckCode, String) {
        match self.learns() {
            Some(PairingEvent::Compare { code, name }) => (code, name),
            other => panic!("no code but {other:?}"),
        }
    }

    fn stores(&mut self) -> Paired {
        match self.learns() {
            Some(PairingEvent::Store(paired)) => *paired,
            other => panic!("nothing to store but {other:?}"),
        }
    }

    fn confirms(&mut self) {
        self.pairing.confirm(NOW + 30).unwrap();
    }
}

/// Passes frames both ways until nothing more is said. The first error ends it.
fn talk(one: &mut End, other: &mut End) -> Result<(), PairingError> {
    loop {
        let (there, back) = (one.sends(), other.sends());
        if there.is_empty() && back.is_empty() {
            return Ok(());
        }
        there.iter().try_for_each(|frame| other.hears(frame))?;
        back.iter().try_for_each(|frame| one.hears(frame))?;
    }
}

/// Alex and Sam, each with a code before them.
fn comparing() -> (End, End) {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
    let mut sam = End::joins(sam(), &invite, 2);
    talk(&mut alex, &mut sam).unwrap();
    (alex, sam)
}
