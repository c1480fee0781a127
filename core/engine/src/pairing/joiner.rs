//! The side that read the invite, until the inviter has answered.

use zeroize::Zeroizing;

use super::code::commitment;
use super::invite::Invite;
use super::meeting::{Meeting, Numbers, Outbox};
use super::{COMMITMENT, Fault, NUMBER, PairingError, hello};
use crate::noise::{FIRST_OVERHEAD, Handshake, Pattern};
use crate::random::{self, Random};

pub(super) struct Joiner {
    handshake: Option<Handshake>,
    number: [u8; 32],
}

impl Joiner {
    /// Begins the handshake. The key that it shows to the inviter is made for it and forgotten.
    pub(super) fn begin(invite: &Invite, random: &mut dyn Random, out: &mut Outbox) -> Result<Self, PairingError> {
        let key = Zeroizing::new(random::make_bytes(random));
        let seed = random::make_bytes(random);
        let number = random::make_bytes(random);
        let psk = invite.psk();
        let mut handshake = Handshake::initiate(Pattern::Pairing { psk: &psk }, &key, &invite.inviter_key, seed);
        let hello = hello::write(COMMITMENT, commitment(&number).as_bytes(), FIRST_OVERHEAD);
        out.push(&hello, handshake.write(&hello)?);
        Ok(Self { handshake: Some(handshake), number })
    }

    /// Takes the inviter's answer.
    pub(super) fn meet(&mut self, frame: &[u8]) -> Result<Meeting, Fault> {
        let handshake = self.handshake.as_mut().ok_or(PairingError::OutOfOrder)?;
        let said = handshake.read(frame).map_err(|error| Fault::Stray(error.into()))?;
        let number = hello::parse(&said, NUMBER)?;
        let handshake = self.handshake.take().ok_or(PairingError::OutOfOrder)?;
        let hash = handshake.hash();
        let numbers = Numbers { inviter: &number, joiner: &self.number };
        Ok(Meeting::new(handshake.into_transport()?, &hash, &numbers))
    }

    /// What the inviter was promised.
    pub(super) fn number(&self) -> &[u8; 32] {
        &self.number
    }
}
