//! The side that shows the invite, until somebody has proved that they have it.

use zeroize::Zeroizing;

use super::code::commitment;
use super::invite::{AddressHint, GOOD_FOR, Invite, MOST_HINTS, Purpose};
use super::meeting::{Meeting, Numbers, Outbox};
use super::{COMMITMENT, Fault, NUMBER, PairingError, hello};
use crate::frame::Message;
use crate::hash::Hash;
use crate::keys;
use crate::noise::{Handshake, Pattern, SECOND_OVERHEAD, Transport};
use crate::random::{self, Random};
use crate::wire::WireError;

/// How many handshakes may be begun over one invite by somebody who knows its one-time key.
pub const MOST_ATTEMPTS: usize = 3;

/// What the inviter shows and listens with.
pub struct Offer {
    endpoint_key: Zeroizing<[u8; 32]>,
    invite: Invite,
}

impl Offer {
    /// The Ed25519 private key to listen with on the road underneath, for as long as the pairing goes on.
    pub fn endpoint_key(&self) -> &[u8; 32] {
        &self.endpoint_key
    }

    /// The invite, with the addresses that the phone has in this moment. Of more than four, the first four count.
    pub fn invite(&self, hints: &[AddressHint]) -> Invite {
        Invite { hints: hints.iter().copied().take(MOST_HINTS).collect(), ..self.invite.clone() }
    }

    /// Until when the invite is good, in Unix seconds.
    pub fn expires(&self) -> u64 {
        self.invite.expires
    }
}

/// Randomness for one handshake.
struct Attempt {
    seed: Zeroizing<[u8; 32]>,
    number: [u8; 32],
}

/// A handshake that waits for the joiner to open its number.
struct Answered {
    transport: Transport,
    handshake: [u8; 32],
    number: [u8; 32],
    commitment: Hash,
}

pub(super) struct Inviter {
    key: Zeroizing<[u8; 32]>,
    psk: Zeroizing<[u8; 32]>,
    attempts: Vec<Attempt>,
    /// The beginning of each message 1 that was answered. It is a random key, so the same one again is a replay.
    begun: Vec<[u8; 32]>,
    answered: Option<Answered>,
}

impl Inviter {
    pub(super) fn make(purpose: Purpose, now: u64, random: &mut dyn Random) -> (Self, Offer) {
        let key = Zeroizing::new(random::make_bytes(random));
        let endpoint_key = Zeroizing::new(random::make_bytes(random));
        let invite = Invite {
            inviter_key: keys::noise_public_key(&key),
            endpoint: keys::endpoint_public_key(&endpoint_key),
            secret: Zeroizing::new(random::make_bytes(random)),
            expires: now.saturating_add(GOOD_FOR),
            purpose,
            hints: Vec::new(),
        };
        let attempts = (0..MOST_ATTEMPTS)
            .map(|_| Attempt { seed: Zeroizing::new(random::make_bytes(random)), number: random::make_bytes(random) })
            .collect();
        (Self { key, psk: invite.psk(), attempts, begun: Vec::new(), answered: None }, Offer { endpoint_key, invite })
    }

    /// The joiner's opened number, if this is it: the frame's plain bytes.
    pub(super) fn open(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        self.answered.as_mut()?.transport.open(frame).ok()
    }

    /// Takes a frame for somebody's message 1 and answers it. Until now nothing tells whether they have the secret.
    pub(super) fn answer(&mut self, frame: &[u8], out: &mut Outbox) -> Result<(), Fault> {
        let pattern = Pattern::Pairing { psk: &self.psk };
        let seed = self.attempts.last().map_or([0; 32], |attempt| *attempt.seed);
        let mut handshake = Handshake::respond(pattern, &self.key, seed);
        let said = handshake.read(frame).map_err(|error| Fault::Stray(error.into()))?;

        let beginning = *frame.first_chunk().ok_or(WireError::Malformed)?;
        if self.begun.contains(&beginning) {
            return Err(Fault::Stray(PairingError::OutOfOrder));
        }
        self.begun.push(beginning);
        self.answered = None;
        let attempt = self.attempts.pop().ok_or(PairingError::Void)?;
        let commitment = match hello::parse(&said, COMMITMENT) {
            Ok(commitment) => Ok(Hash::from_bytes(commitment)),
            // A joiner of another version is answered all the same, so that both phones can say who must update.
            Err(error @ (PairingError::UpdateThisSide | PairingError::UpdateOtherSide)) => Err(error),
            Err(error) => return Err(Fault::Stray(error)),
        };
        let hello = hello::write(NUMBER, &attempt.number, SECOND_OVERHEAD);
        out.push(&hello, handshake.write(&hello)?);
        let commitment = commitment.map_err(Fault::Stray)?;
        self.answered = Some(Answered {
            handshake: handshake.hash(),
            transport: handshake.into_transport()?,
            number: attempt.number,
            commitment,
        });
        Ok(())
    }

    /// The meeting with who sent these messages, if the first opens the number that they committed to.
    pub(super) fn meet(&mut self, messages: &[Message<'_>]) -> Result<Meeting, PairingError> {
        let answered = self.answered.take().ok_or(PairingError::OutOfOrder)?;
        let opening = messages.first().filter(|message| message.kind == NUMBER).ok_or(PairingError::OutOfOrder)?;
        let number: [u8; 32] = opening.body.try_into().map_err(|_| PairingError::Commitment)?;
        if commitment(&number) != answered.commitment {
            return Err(PairingError::Commitment);
        }
        let numbers = Numbers { inviter: &answered.number, joiner: &number };
        Ok(Meeting::new(answered.transport, &answered.handshake, &numbers))
    }
}
