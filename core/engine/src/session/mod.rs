//! One conversation between two devices, of a couple or of one person: a handshake, what each has, batches, acknowledgements.
//!
//! ```text
//! initiator                                            responder
//!    │ 1  IK: hello (rosters, what I have)          ──▶  │   changes nothing: it may be a replay
//!    │ ◀──  2  IK: hello, and a first small batch        │   with nothing to say on either side it ends here
//!    │ 3  batches ──▶            ◀── batches             │   at most two unacknowledged each way
//!    │    ◀── acknowledgements ──▶                       │   each after the commit
//!    │ 4  done ──▶               ◀── done                │   both note what they now both have
//! ```
//!
//! # Driving it
//!
//! A session has no sockets, clock or threads. Whoever drives it does this, in this order, until [`Session::is_over`]:
//!
//! 1. send every frame that [`Session::poll_frame`] gives, until it gives none;
//! 2. take every event from [`Session::poll_event`], and keep what it says to keep;
//! 3. wait for a frame, or for the time that [`Session::poll_timeout`] names;
//! 4. hand it to [`Session::handle_frame`] or [`Session::handle_timeout`].
//!
//! Frames arrive in order and whole, or the road is cut: the session is then dropped and a new one goes on where the
//! commits of the old one ended. An error ends the session; what it had committed stays, all else is undone.
//!
//! Where both sides asked for it ([`Config::live`]), a session stays open when both have everything; see [`Session::wake`]
//! and [`Session::leave`].
//!
//! # What is believed
//!
//! Only a finished handshake under keys that a listed device signed yields batches that are looked at (see
//! [`crate::exchange::admit`]). Message 1 alone proves that its sender once held the keys and no more, so nothing is stored
//! on its account.

mod again;
mod config;
mod error;
mod event;
mod handshake;
mod hello;
mod live;
pub(crate) mod rosters;
mod transfer;

use std::collections::VecDeque;

use crate::frame::{self, FrameWriter, IfUnknown, Message};
use crate::limits;
use crate::noise::{FIRST_OVERHEAD, Handshake, Pattern, TRANSPORT_OVERHEAD, Transport};
use crate::recording::Recording;
use crate::roster::DeviceRecord;
use crate::store::{self, Store, Transaction};
use crate::vector::VersionVector;
use crate::wire::WireError;
use again::Again;
pub use config::Config;
pub use error::SessionError;
pub use event::{Event, Outcome};
use hello::Hello;
pub use hello::VERSIONS;
use live::Live;
pub use live::{BREATH_MS, GOODBYE_MS};
use transfer::Transfer;

/// How long a session waits for the other side before it gives up, in milliseconds. A slow phone may need a while to take
/// a batch in; that the other side is gone, the road says sooner.
pub const PATIENCE_MS: u64 = 120_000;

/// Frames that may come without anything being taken in or acknowledged.
const IDLE_FRAMES: u32 = 256;

const HELLO: u64 = 1;
const VECTOR: u64 = 2;
const PART: u64 = 3;
const ACK: u64 = 4;
const DONE: u64 = 5;
const ROSTER: u64 = 6;
const AGAIN: u64 = 7;
const VERSION_MISMATCH: u64 = 8;
const STILL_HERE: u64 = 9;
const LEAVE: u64 = 10;
const RIVALS: u64 = 11;
const CIRCLE: u64 = 12;
const TAGS: u64 = 13;
const REMOVED: u64 = 14;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Initiator,
    Responder,
}

enum Phase {
    /// The initiator has sent message 1, or the responder waits for it.
    Shaking(Box<Handshake>),
    Open(Box<Transport>),
    Over,
}

/// One conversation. See the module's text for how to drive it.
pub struct Session {
    config: Config,
    role: Role,
    phase: Phase,
    frames: VecDeque<Vec<u8>>,
    messages: VecDeque<(u64, Vec<u8>)>,
    events: VecDeque<Event>,
    peer: Option<DeviceRecord>,
    /// What this side said it has, and the base it said it against.
    said: VersionVector,
    base: VersionVector,
    /// Nothing was ever agreed with the other side, not even that there is nothing.
    unmet: bool,
    /// Message 1 told of logs that have moved: the other side goes on then, even where they prove to be none of its business.
    told_moves: bool,
    /// Keys and rosters of the other side that message 1 brought. They count once it is known to be no replay.
    told: Vec<Event>,
    /// Rosters that the other side has and this one does not yet.
    rosters_awaited: u32,
    /// The other own device knows something else of whom they know, and has not said it yet.
    circle_awaited: bool,
    /// The other side was given new tags for this person's logs.
    tags_said: bool,
    /// The other configurations under which message 1 may be meant.
    others: Vec<Config>,
    transfer: Transfer,
    live: Live,
    /// Both have said all, and that was told.
    level: bool,
    now: u64,
    deadline: u64,
    idle_frames: u32,
    recording: Recording,
}

impl Session {
    /// Begins a conversation with a device of the partner, or with an own one.
    pub fn initiate<S: Store>(
        config: Config,
        peer: DeviceRecord,
        store: &mut S,
    ) -> Result<Self, SessionError<S::Error>> {
        let mut config = config;
        config.reach(&peer.device, true);
        let tx = store.begin().map_err(SessionError::Store)?;
        let vector = store::vector(&tx, &config.parties).map_err(SessionError::Store)?;
        let agreed = tx.agreed(&peer.noise_key).map_err(SessionError::Store)?;
        drop(tx);
        let unmet = agreed.is_empty();
        let base = agreed.into_iter().next().unwrap_or_default();
        let mut hello = Hello::new(&config, &base, &vector);
        let told_moves = !hello.moved.is_empty();
        hello.live = config.live;
        if unmet || config.introduce {
            hello.record = Some(config.record().as_bytes().to_vec());
            let roster = config.parties.me.signed();
            // A first roster was shown when the two were paired.
            hello.roster = (roster.roster().epoch > 1).then(|| roster.as_bytes().to_vec());
        }
        let noise_key = config.device.noise_key(&config.parties.channel());
        let mut handshake = Handshake::initiate(Pattern::Session, &noise_key, &peer.noise_key, config.seed);
        let mut writer = FrameWriter::new();
        writer.push(HELLO, IfUnknown::Refuse, &hello.to_bytes());
        let plain = writer.finish(FIRST_OVERHEAD);
        let message = handshake.write(&plain)?;
        let mut session = Self::new(config, Role::Initiator, handshake);
        session.recording.keep(&plain);
        session.frames.push_back(message);
        session.peer = Some(peer);
        session.said = vector;
        session.base = base;
        session.unmet = unmet;
        session.told_moves = told_moves;
        Ok(session)
    }

    /// Waits for another device to begin.
    pub fn respond(config: Config) -> Self {
        let handshake = config.responder();
        Self::new(config, Role::Responder, handshake)
    }

    /// The same where it may be the partner's device or an own one that begins: whose it is, message 1 tells.
    pub fn respond_to_any(first: Config, others: Vec<Config>) -> Self {
        Self { others, ..Self::respond(first) }
    }

    fn new(config: Config, role: Role, handshake: Handshake) -> Self {
        let now = config.now_ms;
        Self {
            config,
            role,
            phase: Phase::Shaking(Box::new(handshake)),
            frames: VecDeque::new(),
            messages: VecDeque::new(),
            events: VecDeque::new(),
            peer: None,
            said: VersionVector::default(),
            base: VersionVector::default(),
            unmet: false,
            told_moves: false,
            told: Vec::new(),
            rosters_awaited: 0,
            circle_awaited: false,
            tags_said: false,
            others: Vec::new(),
            transfer: Transfer::default(),
            live: Live::new(now),
            level: false,
            now,
            deadline: now + PATIENCE_MS,
            idle_frames: 0,
            recording: Recording::default(),
        }
    }

    /// The device at the other end, as far as it is known: of a responder, once message 1 was read.
    pub fn peer(&self) -> Option<&DeviceRecord> {
        self.peer.as_ref()
    }

    /// Is there nothing more to do?
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over) && self.frames.is_empty()
    }

    /// When to call [`Self::handle_timeout`] if no frame came.
    pub fn poll_timeout(&self) -> Option<u64> {
        let next = self.live.next_breath().map_or(self.deadline, |breath| self.deadline.min(breath));
        (!matches!(self.phase, Phase::Over)).then_some(next)
    }

    /// What happened, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Ends the session if the other side has been silent for too long. In a live one, tells the other side now and then
    /// that this one is still there.
    pub fn handle_timeout<E>(&mut self, now_ms: u64) -> Result<(), SessionError<E>> {
        self.now = self.now.max(now_ms);
        if self.live.breathes(now_ms) {
            self.messages.push_back((STILL_HERE, Vec::new()));
        }
        if matches!(self.phase, Phase::Over) || now_ms < self.deadline {
            return Ok(());
        }
        self.end();
        Err(SessionError::Silent)
    }

    /// Takes a frame in. What it brought is committed when this returns, and acknowledged by a frame that
    /// [`Self::poll_frame`] gives afterwards.
    pub fn handle_frame<S: Store>(
        &mut self,
        store: &mut S,
        frame: &[u8],
        now_ms: u64,
    ) -> Result<(), SessionError<S::Error>> {
        self.now = now_ms;
        if !self.live.has_left() {
            self.deadline = now_ms + PATIENCE_MS;
        }
        let handled = match (&mut self.phase, self.role) {
            (Phase::Over, _) => return Err(SessionError::Over),
            (Phase::Open(_), _) => self.handle_transport(store, frame),
            (Phase::Shaking(_), Role::Responder) => self.handle_first(store, frame),
            (Phase::Shaking(_), Role::Initiator) => self.handle_second(store, frame),
        };
        if handled.is_err() {
            self.end();
        }
        handled
    }

    /// The next frame to send.
    pub fn poll_frame<S: Store>(&mut self, store: &mut S) -> Result<Option<Vec<u8>>, SessionError<S::Error>> {
        if let Some(frame) = self.frames.pop_front() {
            return Ok(Some(frame));
        }
        if !matches!(self.phase, Phase::Open(_)) {
            return Ok(None);
        }
        if self.messages.is_empty()
            && let Err(error) = self.find_work(store)
        {
            self.end();
            return Err(error);
        }
        self.seal_messages(store)
    }

    fn handle_transport<S: Store>(&mut self, store: &mut S, frame: &[u8]) -> Result<(), SessionError<S::Error>> {
        let Phase::Open(transport) = &mut self.phase else { return Err(SessionError::Over) };
        let plain = transport.open(frame)?;
        if self.role == Role::Responder && !self.transfer.heard {
            self.transfer.heard = true;
            self.transfer.settle_freezes(store)?;
            self.events.extend(std::mem::take(&mut self.told));
            self.events.push_back(Event::Authenticated);
        }
        self.idle_frames += 1;
        for message in frame::messages(&plain)? {
            self.handle_message(store, &message)?;
        }
        if self.idle_frames > IDLE_FRAMES {
            return Err(SessionError::Silent);
        }
        self.close_if_done(store)
    }

    fn handle_message<S: Store>(&mut self, store: &mut S, message: &Message<'_>) -> Result<(), SessionError<S::Error>> {
        let body = message.body;
        match message.kind {
            VECTOR if !self.transfer.knows_peer() => self.learn_vector(store, VersionVector::parse(body)?, true),
            PART => self.handle_part(store, body),
            ACK => {
                let handed = self.transfer.handle_ack(body)?;
                self.idle_frames = 0;
                self.events.push_back(Event::HandedOver(handed));
                Ok(())
            }
            DONE => {
                self.transfer.handle_done(body);
                Ok(())
            }
            RIVALS => self.handle_rivals(body),
            ROSTER => self.handle_roster(body),
            CIRCLE => self.handle_circle(body),
            TAGS => self.handle_tags(store, body),
            AGAIN => {
                let question = self.transfer.handle_again(store, &self.config, Again::parse(body)?)?;
                if !question.is_nothing() {
                    self.events.extend(question.branches.keys().copied().map(Event::Forked));
                    self.messages.push_back((AGAIN, question.to_bytes()));
                }
                Ok(())
            }
            STILL_HERE => {
                if self.live.hears_breath(self.now) {
                    self.idle_frames = 0;
                }
                Ok(())
            }
            LEAVE if self.live.is_on() => {
                self.live.hears_goodbye();
                Ok(())
            }
            _ => Ok(message.unknown()?),
        }
    }

    fn handle_part<S: Store>(&mut self, store: &mut S, body: &[u8]) -> Result<(), SessionError<S::Error>> {
        if self.rosters_awaited > 0 || self.circle_awaited {
            return Err(WireError::Malformed.into());
        }
        let Some(packed) = self.transfer.gather(body)? else { return Ok(()) };
        match self.transfer.admit(store, &self.config.parties, &packed, self.config.workers)? {
            transfer::Taken::Admitted(admitted) => {
                if admitted.entries > 0 {
                    self.idle_frames = 0;
                }
                self.messages.push_back((ACK, self.transfer.ack()));
                self.events.push_back(Event::Took(admitted));
            }
            transfer::Taken::Again { request, news } => {
                self.messages.push_back((AGAIN, request.to_bytes()));
                self.events.extend(news);
            }
        }
        Ok(())
    }

    fn learn_vector<S: Store>(
        &mut self,
        store: &mut S,
        theirs: VersionVector,
        proved: bool,
    ) -> Result<(), SessionError<S::Error>> {
        let forks = self.transfer.learn_vector(store, &self.config, theirs, &self.said, proved)?;
        if !forks.request.is_nothing() {
            self.transfer.ignore_until_restart();
            self.messages.push_back((AGAIN, forks.request.to_bytes()));
        }
        self.events.extend(forks.logs.into_iter().map(Event::Forked));
        Ok(())
    }

    fn may_send(&self) -> bool {
        let proved = !self.config.offered || self.role == Role::Initiator || self.transfer.heard;
        proved && self.rosters_awaited == 0 && !self.circle_awaited && self.transfer.knows_peer()
    }

    fn find_work<S: Store>(&mut self, store: &mut S) -> Result<(), SessionError<S::Error>> {
        if !self.may_send() {
            return Ok(());
        }
        self.transfer.fill(store, &self.config.parties, limits::BATCH_TARGET)?;
        if let Some(part) = self.transfer.next_part() {
            self.messages.push_back((PART, part));
        } else if self.transfer.all_sent() && !self.transfer.done {
            self.say_tags(store)?;
            let done = self.transfer.say_done();
            self.messages.push_back((DONE, done));
        } else if self.transfer.all_sent() && self.live.says_goodbye() {
            // From here on nothing but the other side's goodbye is waited for, and not for long.
            self.deadline = self.now + GOODBYE_MS;
            self.messages.push_back((LEAVE, Vec::new()));
        }
        Ok(())
    }

    fn seal_messages<S: Store>(&mut self, store: &mut S) -> Result<Option<Vec<u8>>, SessionError<S::Error>> {
        let Phase::Open(transport) = &mut self.phase else { return Ok(None) };
        let mut writer = FrameWriter::new();
        while let Some((kind, body)) = self.messages.front() {
            if writer.room(TRANSPORT_OVERHEAD) < body.len().max(1) {
                if writer.is_empty() {
                    return Err(WireError::TooLarge.into());
                }
                break;
            }
            let if_unknown = if matches!(*kind, RIVALS | TAGS) { IfUnknown::Skip } else { IfUnknown::Refuse };
            writer.push(*kind, if_unknown, body);
            self.messages.pop_front();
        }
        if writer.is_empty() {
            self.close_if_done(store)?;
            return Ok(None);
        }
        let plain = writer.finish(TRANSPORT_OVERHEAD);
        self.recording.keep(&plain);
        let frame = transport.seal(&plain)?;
        self.close_if_done(store)?;
        Ok(Some(frame))
    }

    fn close_if_done<S: Store>(&mut self, store: &mut S) -> Result<(), SessionError<S::Error>> {
        let done = self.transfer.done && self.transfer.peer_done;
        self.level &= done;
        if !done || !self.transfer.all_sent() || !self.messages.is_empty() || !matches!(self.phase, Phase::Open(_)) {
            return Ok(());
        }
        let outcome = if self.transfer.complete() { Outcome::AllHandedOver } else { Outcome::NotYet };
        if !std::mem::replace(&mut self.level, true) {
            self.keep_agreed(store)?;
            self.transfer.forgive();
            if self.live.is_on() {
                self.events.push_back(Event::Level(outcome));
            }
        }
        if self.live.is_over() {
            self.finish(outcome);
        }
        Ok(())
    }

    /// Notes what both sides have now.
    fn keep_agreed<S: Store>(&self, store: &mut S) -> Result<(), SessionError<S::Error>> {
        if let Some(peer) = &self.peer {
            let mut tx = store.begin().map_err(SessionError::Store)?;
            tx.put_agreed(&peer.noise_key, self.transfer.common()).map_err(SessionError::Store)?;
            tx.handed_over(self.transfer.common()).map_err(SessionError::Store)?;
            tx.commit().map_err(SessionError::Store)?;
        }
        Ok(())
    }

    /// Everything that this side has sent so far, unencrypted and unpacked. For tests alone.
    #[cfg(feature = "recording")]
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.recording.sent().chain(self.transfer.recording.sent())
    }

    fn finish(&mut self, outcome: Outcome) {
        self.events.push_back(Event::Ended(outcome));
        self.end();
    }

    fn end(&mut self) {
        self.phase = Phase::Over;
        self.messages.clear();
    }
}
