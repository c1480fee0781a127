//! Two devices in one quiet room: one session, frame by frame, with every frame kept.

use super::device::{Device, Person};
use super::store::DiskFull;
use crate::ids::BondId;
use crate::random::{self, Seeded};
use crate::session::{Event, Session, SessionError};

/// A frame on its way, and who sent it: 0 the one who began, 1 the other.
#[derive(Clone, PartialEq, Eq)]
pub struct Sent {
    /// Who sent it.
    pub from: usize,
    /// The frame.
    pub frame: Vec<u8>,
}

/// What a session came to.
#[derive(Default)]
pub struct Transcript {
    /// The frames, in order.
    pub frames: Vec<Sent>,
    /// What each side said.
    pub events: [Vec<Event>; 2],
    /// How each side failed, if it did.
    pub errors: [Option<SessionError<DiskFull>>; 2],
}

impl Transcript {
    /// Bytes both ways.
    pub fn bytes(&self) -> usize {
        self.frames.iter().map(|sent| sent.frame.len()).sum()
    }

    /// How often the direction turned from the one who began to the other.
    pub fn round_trips(&self) -> usize {
        self.frames.windows(2).filter(|pair| pair[0].from == 0 && pair[1].from == 1).count()
    }

    /// Did both sides end in agreement?
    pub fn succeeded(&self) -> bool {
        self.errors.iter().all(Option::is_none)
            && self.events.iter().all(|events| events.iter().any(|event| matches!(event, Event::Ended(_))))
    }
}

/// Alex's and Sam's phones, paired.
pub fn couple(seed: u64) -> [Device; 2] {
    let mut random = Seeded::from_number(seed);
    let (alex, sam) = (Person::make(1, &mut random), Person::make(1, &mut random));
    let bond = BondId::from_bytes(random::make_bytes(&mut random));
    [Device::new(&alex, &sam, bond, 0, &mut random), Device::new(&sam, &alex, bond, 0, &mut random)]
}

/// One session that `devices[0]` begins. `meddle` may change, drop or double each frame: what it returns is delivered.
pub fn talk(devices: &mut [Device; 2], seed: u64, mut meddle: impl FnMut(usize, &Sent) -> Vec<Vec<u8>>) -> Transcript {
    let mut transcript = Transcript::default();
    let seeds = |side: u64| random::make_bytes(&mut Seeded::from_number(seed << 1 | side));
    let own = devices[0].person() == devices[1].person();
    let peer = if own { devices[1].own_record() } else { devices[1].record() };
    // Whoever calls knows whom.
    if !devices[0].store.peers.contains(&peer) {
        devices[0].store.peers.push(peer.clone());
    }
    let first = if own { Device::own_config } else { Device::config }(&devices[0], false, seeds(0), 0);
    let second = [Device::config, Device::own_config].map(|config| config(&devices[1], false, seeds(1), 0));
    let [as_partner, as_own] = second;
    let mut sessions = [
        match Session::initiate(first, peer, &mut devices[0].store) {
            Ok(session) => session,
            Err(error) => {
                transcript.errors[0] = Some(error);
                return transcript;
            }
        },
        Session::respond_to_any(as_partner, vec![as_own]),
    ];
    loop {
        let mut moved = false;
        for side in 0..2 {
            let [one, other] = [side, 1 - side];
            loop {
                let frame = match sessions[one].poll_frame(&mut devices[one].store) {
                    Ok(Some(frame)) => frame,
                    Ok(None) => break,
                    Err(error) => {
                        transcript.errors[one].get_or_insert(error);
                        break;
                    }
                };
                moved = true;
                let sent = Sent { from: one, frame };
                for frame in meddle(transcript.frames.len(), &sent) {
                    if let Err(error) = sessions[other].handle_frame(&mut devices[other].store, &frame, 0) {
                        transcript.errors[other].get_or_insert(error);
                    }
                }
                transcript.frames.push(sent);
            }
            while let Some(event) = sessions[one].poll_event() {
                devices[one].keep(&event);
                transcript.events[one].push(event);
            }
        }
        if !moved {
            return transcript;
        }
    }
}

/// Delivers every frame as it is.
pub fn faithfully(_: usize, sent: &Sent) -> Vec<Vec<u8>> {
    vec![sent.frame.clone()]
}
