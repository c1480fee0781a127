//! After the handshake: introductions, the code, two confirmations. Alike on both sides.

use std::collections::VecDeque;

use super::back::{Back, Handover};
use super::code::CheckCode;
use super::introduction::{Introduction, Me};
use super::invite::Purpose;
use super::{
    BOND, CONFIRM, Fault, HANDED, INTRODUCTION, NUMBER, Paired, PairingError, PairingEvent, REFUSE, STRANGER, Standing,
};
use crate::frame::{FrameWriter, IfUnknown, Message};
use crate::hash::{Hasher, Label};
use crate::ids::BondId;
use crate::noise::{TRANSPORT_OVERHEAD, Transport};
use crate::recording::Recording;
use crate::roster::{Membership, SignedRoster};

/// For how many seconds two people may compare their codes.
pub const COMPARE_FOR: u64 = 10 * 60;

/// What waits to be sent and told.
#[derive(Default)]
pub(super) struct Outbox {
    pub(super) frames: VecDeque<Vec<u8>>,
    pub(super) events: VecDeque<PairingEvent>,
    pub(super) recording: Recording,
}

impl Outbox {
    /// Puts a frame behind those that wait, with what it says.
    pub(super) fn push(&mut self, plain: &[u8], frame: Vec<u8>) {
        self.recording.keep(plain);
        self.frames.push_back(frame);
    }
}

/// What hearing a message leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Open,
    Over,
}

/// The random numbers of both sides.
pub(super) struct Numbers<'a> {
    pub(super) inviter: &'a [u8; 32],
    pub(super) joiner: &'a [u8; 32],
}

pub(super) struct Meeting {
    transport: Transport,
    bond: BondId,
    code: CheckCode,
    introduced: bool,
    them: Option<Introduction>,
    confirmed_here: bool,
    confirmed_there: bool,
    /// To who comes back.
    to_hand: Option<Handover>,
    /// Of who comes back: what has come so far.
    handed: Option<Membership>,
}

impl Meeting {
    pub(super) fn new(transport: Transport, handshake: &[u8; 32], numbers: &Numbers<'_>) -> Self {
        let mut bond = Hasher::new(Label::Bond);
        bond.field(handshake);
        Self {
            transport,
            bond: BondId::from_bytes(bond.finish().first()),
            code: CheckCode::derive(handshake, numbers.inviter, numbers.joiner),
            introduced: false,
            them: None,
            confirmed_here: false,
            confirmed_there: false,
            to_hand: None,
            handed: None,
        }
    }

    pub(super) fn is_confirmed_here(&self) -> bool {
        self.confirmed_here
    }

    pub(super) fn open(&mut self, frame: &[u8]) -> Result<Vec<u8>, Fault> {
        self.transport.open(frame).map_err(|error| Fault::Stray(error.into()))
    }

    /// Says who is here, after the number where it is still owed.
    pub(super) fn introduce(
        &mut self,
        me: &Me,
        purpose: Purpose,
        number: Option<&[u8; 32]>,
        out: &mut Outbox,
    ) -> Result<(), PairingError> {
        let mut writer = FrameWriter::new();
        if let Some(number) = number {
            writer.push(NUMBER, IfUnknown::Refuse, number);
        }
        writer.push(INTRODUCTION, IfUnknown::Refuse, &me.introduction(self.bond, purpose));
        self.introduced = true;
        self.send(writer, out)
    }

    pub(super) fn hear(
        &mut self,
        messages: &[Message<'_>],
        me: &Me,
        purpose: Purpose,
        out: &mut Outbox,
    ) -> Result<Outcome, PairingError> {
        for message in messages {
            match message.kind {
                INTRODUCTION if self.them.is_none() => {
                    let them = match Introduction::parse(message.body, self.bond, purpose, me) {
                        Err(error @ PairingError::OtherPerson) if purpose == Purpose::Return => {
                            self.say(STRANGER, out)?;
                            out.events.push_back(PairingEvent::Failed(error));
                            return Ok(Outcome::Over);
                        }
                        parsed => parsed?,
                    };
                    if !self.introduced {
                        self.introduce(me, purpose, None, out)?;
                    }
                    out.events.push_back(PairingEvent::Compare { code: self.code, name: them.name.clone() });
                    self.them = Some(them);
                }
                CONFIRM if self.them.is_some() && !self.confirmed_there => {
                    self.confirmed_there = true;
                    if self.confirmed_here && self.after_both(me, purpose, out)? == Outcome::Over {
                        out.events.push_back(PairingEvent::Held(self.bond));
                        return Ok(Outcome::Over);
                    }
                }
                HANDED if self.awaits_handover(me, purpose) => self.take_roster(SignedRoster::parse(message.body)?)?,
                BOND if self.awaits_handover(me, purpose) => {
                    let handover = self.take_bond(message.body, me)?;
                    out.events.push_back(PairingEvent::Handed(Box::new(handover)));
                    return Ok(Outcome::Over);
                }
                STRANGER if purpose == Purpose::Return && self.them.is_none() => return Err(PairingError::OtherPerson),
                REFUSE if self.them.is_some() && !self.confirmed_there => {
                    out.events.push_back(PairingEvent::Refused);
                    return Ok(Outcome::Over);
                }
                super::VERSION_RANGE..=STRANGER => return Err(PairingError::OutOfOrder),
                _ => message.unknown()?,
            }
        }
        Ok(Outcome::Open)
    }

    pub(super) fn confirm(&mut self, me: &Me, purpose: Purpose, out: &mut Outbox) -> Result<Outcome, PairingError> {
        let them = self.them.as_ref().ok_or(PairingError::OutOfOrder)?;
        if self.confirmed_here {
            return Ok(Outcome::Open);
        }
        if purpose == Purpose::Return && matches!(me.back, Some(Back::Awaits(_))) && self.to_hand.is_none() {
            return Err(PairingError::OutOfOrder);
        }
        let paired = Paired {
            bond: self.bond,
            purpose,
            roster: them.roster.clone(),
            record: them.record.clone(),
            name: them.name.clone(),
            own_record: them.own_record.clone(),
            standing: if self.confirmed_there { Standing::Held } else { Standing::Offered },
        };
        self.say(CONFIRM, out)?;
        self.confirmed_here = true;
        out.events.push_back(PairingEvent::Store(Box::new(paired)));
        if self.confirmed_there { self.after_both(me, purpose, out) } else { Ok(Outcome::Open) }
    }

    /// What is to be handed over once both have confirmed.
    pub(super) fn will_hand_over(&mut self, handover: Handover) {
        self.to_hand = Some(handover);
    }

    /// Both have confirmed.
    fn after_both(&mut self, me: &Me, purpose: Purpose, out: &mut Outbox) -> Result<Outcome, PairingError> {
        if comes_back(me, purpose) {
            return Ok(Outcome::Open);
        }
        if let Some(handover) = self.to_hand.take() {
            for roster in handover.theirs.rosters() {
                self.say_with(HANDED, roster.as_bytes(), out)?;
            }
            self.say_with(BOND, &handover.bond_to_bytes(), out)?;
        }
        Ok(Outcome::Over)
    }

    fn awaits_handover(&self, me: &Me, purpose: Purpose) -> bool {
        comes_back(me, purpose) && self.confirmed_here && self.confirmed_there
    }

    fn take_roster(&mut self, roster: SignedRoster) -> Result<(), PairingError> {
        match &mut self.handed {
            Some(handed) => handed.take(roster).map(drop)?,
            None => self.handed = Some(roster.into()),
        }
        Ok(())
    }

    fn take_bond(&mut self, body: &[u8], me: &Me) -> Result<Handover, PairingError> {
        let (Some(Back::Comes(root)), Some(them)) = (&me.back, &self.them) else {
            return Err(PairingError::OutOfOrder);
        };
        let roster = them.roster.as_ref().ok_or(PairingError::NoPerson)?;
        Handover::read(body, self.handed.take(), root.person(), roster, &them.record.device)
    }

    pub(super) fn refuse(&mut self, out: &mut Outbox) -> Result<(), PairingError> {
        if self.confirmed_here { Err(PairingError::OutOfOrder) } else { self.say(REFUSE, out) }
    }

    fn say(&mut self, kind: u64, out: &mut Outbox) -> Result<(), PairingError> {
        self.say_with(kind, &[], out)
    }

    fn say_with(&mut self, kind: u64, body: &[u8], out: &mut Outbox) -> Result<(), PairingError> {
        let mut writer = FrameWriter::new();
        writer.push(kind, IfUnknown::Refuse, body);
        self.send(writer, out)
    }

    fn send(&mut self, writer: FrameWriter, out: &mut Outbox) -> Result<(), PairingError> {
        let plain = writer.finish(TRANSPORT_OVERHEAD);
        out.push(&plain, self.transport.seal(&plain)?);
        Ok(())
    }
}

fn comes_back(me: &Me, purpose: Purpose) -> bool {
    purpose == Purpose::Return && matches!(me.back, Some(Back::Comes(_)))
}
