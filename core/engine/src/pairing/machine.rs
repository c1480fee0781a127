//! The state machine: see [`super`] for what it does and how to drive it.

use super::invite::{Invite, Purpose};
use super::inviter::{Inviter, Offer};
use super::joiner::Joiner;
use super::meeting::{COMPARE_FOR, Meeting, Outbox, Outcome};
use super::{Fault, Handover, Me, PairingError, PairingEvent};
use crate::frame::{self, Message};
use crate::random::Random;

enum Stage {
    Inviting(Box<Inviter>),
    Joining(Box<Joiner>),
    Met(Box<Meeting>),
    Over,
}

/// One pairing, at either end.
pub struct Pairing {
    me: Me,
    purpose: Purpose,
    stage: Stage,
    met: bool,
    until: u64,
    out: Outbox,
}

impl Pairing {
    /// The inviter's end, and what to show and listen with.
    pub fn invite(me: Me, purpose: Purpose, now: u64, random: &mut dyn Random) -> Result<(Self, Offer), PairingError> {
        me.check(purpose)?;
        let (inviter, offer) = Inviter::make(purpose, now, random);
        let stage = Stage::Inviting(Box::new(inviter));
        Ok((Self { me, purpose, stage, met: false, until: offer.expires(), out: Outbox::default() }, offer))
    }

    /// The joiner's end, whose first frame waits to be sent.
    ///
    /// [`PairingError::Void`] where the invite has expired by this phone's clock: it may also be the clock that is wrong.
    pub fn join(me: Me, invite: &Invite, now: u64, random: &mut dyn Random) -> Result<Self, PairingError> {
        me.check(invite.purpose)?;
        if now >= invite.expires {
            return Err(PairingError::Void);
        }
        let mut out = Outbox::default();
        let stage = Stage::Joining(Box::new(Joiner::begin(invite, random, &mut out)?));
        Ok(Self { me, purpose: invite.purpose, stage, met: false, until: invite.expires, out })
    }

    /// Takes a frame. After an error the connection that it came over should be closed; whether the pairing goes on says
    /// [`Self::is_over`].
    pub fn handle_frame(&mut self, now: u64, frame: &[u8]) -> Result<(), PairingError> {
        self.handle_timeout(now);
        let result = match &mut self.stage {
            Stage::Inviting(_) => self.hear_as_inviter(now, frame),
            Stage::Joining(_) => self.hear_as_joiner(now, frame),
            Stage::Met(_) => self.hear(frame),
            Stage::Over => return Err(PairingError::Void),
        };
        match result {
            Ok(()) => Ok(()),
            Err(Fault::Stray(error)) => Err(error),
            Err(Fault::Fatal(error)) => {
                self.fail(error);
                Err(error)
            }
        }
    }

    /// Ends the pairing if its time is over.
    pub fn handle_timeout(&mut self, now: u64) {
        if self.poll_timeout().is_some_and(|until| now >= until) {
            self.fail(PairingError::Void);
        }
    }

    /// When to call [`Self::handle_timeout`], in Unix seconds. Nothing once the person here has confirmed: the other one
    /// may take as long as the connection lasts.
    pub fn poll_timeout(&self) -> Option<u64> {
        match &self.stage {
            Stage::Over => None,
            Stage::Met(meeting) if meeting.is_confirmed_here() => None,
            _ => Some(self.until),
        }
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<PairingEvent> {
        self.out.events.pop_front()
    }

    /// The next frame to send. None while an event waits: what it asks for comes first.
    pub fn poll_frame(&mut self) -> Option<Vec<u8>> {
        if self.out.events.is_empty() { self.out.frames.pop_front() } else { None }
    }

    /// The person here says that both phones show the same code. Saying it twice changes nothing.
    pub fn confirm(&mut self, now: u64) -> Result<(), PairingError> {
        self.handle_timeout(now);
        match &mut self.stage {
            Stage::Met(meeting) => {
                if meeting.confirm(&self.me, self.purpose, &mut self.out)? == Outcome::Over {
                    self.stage = Stage::Over;
                }
                Ok(())
            }
            Stage::Over => Err(PairingError::Void),
            _ => Err(PairingError::OutOfOrder),
        }
    }

    /// [`Self::confirm`] on the phone of the partner to whom somebody comes back, with what they are to have once both did.
    pub fn confirm_return(&mut self, now: u64, handover: Handover) -> Result<(), PairingError> {
        if let Stage::Met(meeting) = &mut self.stage {
            meeting.will_hand_over(handover);
        }
        self.confirm(now)
    }

    /// The person here says that the codes differ, or leaves it. Ends the pairing and tells the other side if there is one.
    /// [`PairingError::OutOfOrder`] after [`Self::confirm`]: then it is a parting.
    pub fn refuse(&mut self) -> Result<(), PairingError> {
        match &mut self.stage {
            Stage::Met(meeting) => meeting.refuse(&mut self.out)?,
            Stage::Over => return Ok(()),
            _ => self.out.frames.clear(),
        }
        self.stage = Stage::Over;
        Ok(())
    }

    /// Has the handshake been finished with somebody who has the invite? From here on the invite is used up on this side.
    pub fn has_met(&self) -> bool {
        self.met
    }

    /// Is there nothing more to come? Frames and events that wait are still to be taken.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Over)
    }

    /// Everything that this side has sent or is about to, unencrypted. For tests alone.
    #[cfg(feature = "recording")]
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.out.recording.sent()
    }

    fn hear_as_inviter(&mut self, now: u64, frame: &[u8]) -> Result<(), Fault> {
        let Stage::Inviting(inviter) = &mut self.stage else { return Ok(()) };
        let Some(plain) = inviter.open(frame) else { return inviter.answer(frame, &mut self.out) };
        let messages = frame::messages(&plain)?;
        let meeting = inviter.meet(&messages)?;
        self.meet(now, meeting);
        Ok(self.take_in(&messages[1..])?)
    }

    fn hear_as_joiner(&mut self, now: u64, frame: &[u8]) -> Result<(), Fault> {
        let Stage::Joining(joiner) = &mut self.stage else { return Ok(()) };
        let mut meeting = joiner.meet(frame)?;
        meeting.introduce(&self.me, self.purpose, Some(joiner.number()), &mut self.out)?;
        self.meet(now, meeting);
        Ok(())
    }

    fn hear(&mut self, frame: &[u8]) -> Result<(), Fault> {
        let Stage::Met(meeting) = &mut self.stage else { return Ok(()) };
        let plain = meeting.open(frame)?;
        Ok(self.take_in(&frame::messages(&plain)?)?)
    }

    fn take_in(&mut self, messages: &[Message<'_>]) -> Result<(), PairingError> {
        let Stage::Met(meeting) = &mut self.stage else { return Ok(()) };
        if meeting.hear(messages, &self.me, self.purpose, &mut self.out)? == Outcome::Over {
            self.stage = Stage::Over;
        }
        Ok(())
    }

    fn meet(&mut self, now: u64, meeting: Meeting) {
        self.stage = Stage::Met(Box::new(meeting));
        self.met = true;
        self.until = now.saturating_add(COMPARE_FOR);
    }

    fn fail(&mut self, error: PairingError) {
        self.stage = Stage::Over;
        self.out.frames.clear();
        self.out.events.push_back(PairingEvent::Failed(error));
    }
}
