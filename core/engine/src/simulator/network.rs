//! Links between devices, and what can happen to the frames on them.
//!
//! A road gives frames in order and whole or cuts the connection. The simulator breaks that promise on purpose: a frame
//! that is lost, doubled or overtaken makes the other side's decryption fail, which ends the session. What must hold is
//! that nothing is lost, doubled or half-applied by it.

use std::collections::VecDeque;

use super::device::Device;
use crate::session::{Config, Event, Session};

/// How unkind the network is, in per mille of frames.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// Frames that vanish.
    pub loss: u64,
    /// Frames that come twice.
    pub duplicates: u64,
    /// Frames that overtake the one before.
    pub reordered: u64,
    /// Frames after which the connection is cut.
    pub cuts: u64,
}

impl Faults {
    /// None at all.
    pub const NONE: Self = Self { loss: 0, duplicates: 0, reordered: 0, cuts: 0 };
}

/// A connection between two devices, while it lasts.
pub struct Link {
    /// Which devices: the one who began, and the other.
    pub ends: [usize; 2],
    sessions: [Option<Session>; 2],
    frames: [VecDeque<Vec<u8>>; 2],
}

/// What one step on a link brought.
#[derive(Default)]
pub struct Step {
    /// Bytes to add to the trace.
    pub trace: Vec<u8>,
    /// What the sessions said.
    pub events: Vec<Event>,
    /// Nothing more will come.
    pub over: bool,
}

impl Link {
    /// Connects two devices. The one who begins knows where and under which key to find the other; it may `introduce`
    /// itself. Those who are `live` would stay connected.
    pub fn open(
        ends: [usize; 2],
        devices: &mut [Device],
        introduce: bool,
        live: [bool; 2],
        seeds: [[u8; 32]; 2],
        now_ms: u64,
    ) -> Option<Self> {
        let [first, second] = ends;
        let own = devices[first].person() == devices[second].person();
        let peer = if own { devices[second].own_record() } else { devices[second].record() };
        let config = if own { Device::own_config } else { Device::config };
        let config = Config { live: live[0], ..config(&devices[first], introduce, seeds[0], now_ms) };
        let [as_partner, as_own] = [Device::config, Device::own_config]
            .map(|config| Config { live: live[1], ..config(&devices[second], false, seeds[1], now_ms) });
        let initiator = Session::initiate(config, peer, &mut devices[first].store).ok()?;
        let sessions = [Some(initiator), Some(Session::respond_to_any(as_partner, vec![as_own]))];
        Some(Self { ends, sessions, frames: Default::default() })
    }

    /// Lets one end act: it sends what it has, also what was written since, and takes one frame in. Now and then it leaves.
    /// `draw` gives numbers below its argument.
    pub fn step(
        &mut self,
        end: usize,
        devices: &mut [Device],
        faults: &Faults,
        now_ms: u64,
        draw: &mut dyn FnMut(u64) -> u64,
    ) -> Step {
        let mut step = Step::default();
        let Some(session) = &mut self.sessions[end] else {
            return self.settle(step);
        };
        let device = &mut devices[self.ends[end]];
        device.memberships().for_each(|known| session.learn(known));
        let store = &mut device.store;
        let mut cut = false;
        if session.is_level() && draw(8) == 0 {
            session.leave();
        }
        session.wake();
        while let Ok(Some(frame)) = session.poll_frame(store) {
            step.trace.extend_from_slice(&frame);
            let chance = |per_mille: u64, draw: &mut dyn FnMut(u64) -> u64| per_mille > 0 && draw(1000) < per_mille;
            let queue = &mut self.frames[1 - end];
            if chance(faults.loss, draw) {
                continue;
            }
            if chance(faults.duplicates, draw) {
                queue.push_back(frame.clone());
            }
            queue.push_back(frame);
            if chance(faults.reordered, draw) && queue.len() > 1 {
                let last = queue.len() - 1;
                queue.swap(last, last - 1);
            }
            cut |= chance(faults.cuts, draw);
        }
        let mut failed = false;
        if let Some(frame) = self.frames[end].pop_front() {
            failed = session.handle_frame(store, &frame, now_ms).is_err();
        } else if session.poll_timeout().is_some_and(|deadline| deadline <= now_ms) {
            failed = session.handle_timeout::<super::store::DiskFull>(now_ms).is_err();
        }
        step.events.extend(std::iter::from_fn(|| session.poll_event()));
        step.events.iter().for_each(|event| devices[self.ends[end]].keep(event));
        if failed || session.is_over() {
            self.sessions[end] = None;
        }
        if cut || failed {
            self.cut();
        }
        self.settle(step)
    }

    /// The connection is gone; both sides forget the session.
    pub fn cut(&mut self) {
        self.sessions = [None, None];
        self.frames = Default::default();
    }

    fn settle(&self, mut step: Step) -> Step {
        let waiting =
            self.frames.iter().zip(&self.sessions).any(|(frames, session)| session.is_some() && !frames.is_empty());
        step.over =
            self.sessions.iter().all(Option::is_none) || (self.sessions.iter().any(Option::is_none) && !waiting);
        step
    }
}
