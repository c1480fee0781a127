//! The Noise handshakes, from randomness that is handed in.
//!
//! Two patterns serve for talking: `IK` for sessions between devices that know each other's keys, and `IKpsk2` for pairing,
//! where the invite's secret goes into the handshake as a pre-shared key. Two serve for a single message: `N`, which anybody
//! may write, and `X`, which proves its writer to its reader. Each has a prologue of its own, so that a message of one is
//! nothing to the others.
//!
//! | frame | bytes around the payload |
//! |---|---|
//! | message 1, initiator to responder | [`FIRST_OVERHEAD`] |
//! | message 2, responder to initiator | [`SECOND_OVERHEAD`] |
//! | every later frame | [`TRANSPORT_OVERHEAD`] |
//!
//! Message 1 can be replayed and message 2 cannot. Later frames count: one that is lost, doubled, changed or out of order
//! does not decrypt, and neither do those after a lost one. A frame that fails changes nothing.
//!
//! The keys that live as long as a handshake or a session are overwritten when it ends. What snow keeps on its stack and
//! in its hash state while it works is out of our reach.

mod resolver;

use snow::params::NoiseParams;

use self::resolver::Resolver;
use crate::limits;

/// How much longer message 1 is than its payload.
pub const FIRST_OVERHEAD: usize = 96;

/// How much longer message 2 is than its payload.
pub const SECOND_OVERHEAD: usize = 48;

/// How much longer every later frame is than its payload.
pub const TRANSPORT_OVERHEAD: usize = 16;

/// The bytes are not what the other side of this handshake sent next, or the payload is too large for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not decrypt")]
pub struct NoiseError;

/// What a handshake is for.
#[derive(Clone, Copy)]
pub enum Pattern<'a> {
    /// A session between two devices that know each other's keys.
    Session,
    /// One message to the holder of a key, from nobody in particular: what it says must be vouched for by other means.
    Sealed,
    /// One message to the holder of a key, which says who wrote it.
    Letter,
    /// A pairing.
    Pairing {
        /// What only who has the invite knows.
        psk: &'a [u8; 32],
    },
}

impl Pattern<'_> {
    fn builder(&self, seed: [u8; 32]) -> snow::Builder<'_> {
        let (name, prologue, psk) = match self {
            Self::Session => ("Noise_IK_25519_ChaChaPoly_BLAKE2s", &b"nightstand 1 session"[..], None),
            Self::Sealed => ("Noise_N_25519_ChaChaPoly_BLAKE2s", &b"nightstand 1 sealed"[..], None),
            Self::Letter => ("Noise_X_25519_ChaChaPoly_BLAKE2s", &b"nightstand 1 letter"[..], None),
            Self::Pairing { psk } => {
                ("Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s", &b"nightstand 1 pairing"[..], Some(*psk))
            }
        };
        let params: NoiseParams = name.parse().expect("snow knows the patterns");
        let builder = snow::Builder::with_resolver(params, Box::new(Resolver::new(seed)))
            .prologue(prologue)
            .expect("the prologue is set once");
        match psk {
            Some(psk) => builder.psk(2, psk).expect("the pattern has a key in its second place"),
            None => builder,
        }
    }
}

/// How much longer a message of [`seal`] is than what it says.
pub const SEALED_OVERHEAD: usize = 48;

/// How much longer a message of [`write_letter`] is than what it says.
pub const LETTER_OVERHEAD: usize = 96;

/// Says something to the holder of a key alone.
pub fn seal(remote_public: &[u8; 32], plain: &[u8], seed: [u8; 32]) -> Result<Vec<u8>, NoiseError> {
    let builder = Pattern::Sealed.builder(seed).remote_public_key(remote_public).expect("the key is set once");
    let state = builder.build_initiator().map_err(|_| NoiseError)?;
    Handshake(Box::new(state)).write(plain)
}

/// Reads what was said to the holder of this key.
pub fn unseal(local_private: &[u8; 32], message: &[u8]) -> Result<Vec<u8>, NoiseError> {
    Handshake::respond(Pattern::Sealed, local_private, [0; 32]).read(message)
}

/// Says something to the holder of one key as the holder of another.
pub fn write_letter(
    local_private: &[u8; 32],
    remote_public: &[u8; 32],
    plain: &[u8],
    seed: [u8; 32],
) -> Result<Vec<u8>, NoiseError> {
    Handshake::initiate(Pattern::Letter, local_private, remote_public, seed).write(plain)
}

/// Reads a letter: what it says, and the public key of who wrote it.
pub fn read_letter(local_private: &[u8; 32], message: &[u8]) -> Result<(Vec<u8>, [u8; 32]), NoiseError> {
    let mut handshake = Handshake::respond(Pattern::Letter, local_private, [0; 32]);
    let plain = handshake.read(message)?;
    Ok((plain, handshake.remote_static().ok_or(NoiseError)?))
}

/// A handshake under way.
pub struct Handshake(Box<snow::HandshakeState>);

impl Handshake {
    /// The side that writes message 1 and knows the other's key beforehand.
    pub fn initiate(pattern: Pattern<'_>, local_private: &[u8; 32], remote_public: &[u8; 32], seed: [u8; 32]) -> Self {
        let builder = pattern.builder(seed).local_private_key(local_private).expect("the key is set once");
        let builder = builder.remote_public_key(remote_public).expect("the key is set once");
        Self(Box::new(builder.build_initiator().expect("the pattern has all it needs")))
    }

    /// The side that reads message 1.
    pub fn respond(pattern: Pattern<'_>, local_private: &[u8; 32], seed: [u8; 32]) -> Self {
        let builder = pattern.builder(seed).local_private_key(local_private).expect("the key is set once");
        Self(Box::new(builder.build_responder().expect("the pattern has all it needs")))
    }

    /// The next message with this payload.
    pub fn write(&mut self, payload: &[u8]) -> Result<Vec<u8>, NoiseError> {
        let mut message = vec![0; payload.len().min(limits::FRAME_BYTES) + FIRST_OVERHEAD];
        let length = self.0.write_message(payload, &mut message).map_err(|_| NoiseError)?;
        message.truncate(length);
        Ok(message)
    }

    /// The payload of the other side's next message.
    pub fn read(&mut self, message: &[u8]) -> Result<Vec<u8>, NoiseError> {
        let mut payload = vec![0; message.len().min(limits::FRAME_BYTES)];
        let length = self.0.read_message(message, &mut payload).map_err(|_| NoiseError)?;
        payload.truncate(length);
        Ok(payload)
    }

    /// The other side's static key. A responder may believe it once it has read message 1, and not before.
    pub fn remote_static(&self) -> Option<[u8; 32]> {
        self.0.get_remote_static()?.try_into().ok()
    }

    /// Stands for all that both sides said so far. Equal on both sides after each message.
    pub fn hash(&self) -> [u8; 32] {
        self.0.get_handshake_hash().try_into().expect("BLAKE2s gives 32 bytes")
    }

    /// The keys for everything after the handshake, once both messages are through.
    pub fn into_transport(self) -> Result<Transport, NoiseError> {
        self.0.into_transport_mode().map(|state| Transport(Box::new(state))).map_err(|_| NoiseError)
    }
}

/// What both sides have after a handshake: one cipher for each direction.
pub struct Transport(Box<snow::TransportState>);

impl Transport {
    /// The next frame, with this inside.
    pub fn seal(&mut self, plain: &[u8]) -> Result<Vec<u8>, NoiseError> {
        let mut frame = vec![0; plain.len().min(limits::FRAME_BYTES) + TRANSPORT_OVERHEAD];
        let length = self.0.write_message(plain, &mut frame).map_err(|_| NoiseError)?;
        frame.truncate(length);
        Ok(frame)
    }

    /// What is inside the other side's next frame.
    pub fn open(&mut self, frame: &[u8]) -> Result<Vec<u8>, NoiseError> {
        let mut plain = vec![0; frame.len().min(limits::FRAME_BYTES)];
        let length = self.0.read_message(frame, &mut plain).map_err(|_| NoiseError)?;
        plain.truncate(length);
        Ok(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::noise_public_key;
    use proptest::prelude::*;

    const ALEX: [u8; 32] = [1; 32];
    const SAM: [u8; 32] = [2; 32];

    fn ends<'a>(alex: Pattern<'a>, sam: Pattern<'a>) -> (Handshake, Handshake) {
        let initiator = Handshake::initiate(alex, &ALEX, &noise_public_key(&SAM), [3; 32]);
        (initiator, Handshake::respond(sam, &SAM, [4; 32]))
    }

    fn finished() -> (Transport, Transport) {
        let (mut alex, mut sam) = ends(Pattern::Session, Pattern::Session);
        sam.read(&alex.write(b"").unwrap()).unwrap();
        alex.read(&sam.write(b"").unwrap()).unwrap();
        (alex.into_transport().unwrap(), sam.into_transport().unwrap())
    }

    #[test]
    fn two_messages_carry_their_payloads_and_leave_both_sides_with_one_hash() {
        for pattern in [Pattern::Session, Pattern::Pairing { psk: &[7; 32] }] {
            let (mut alex, mut sam) = ends(pattern, pattern);
            let first = alex.write(b"good morning").unwrap();
            assert_eq!(first.len(), 12 + FIRST_OVERHEAD);
            assert_eq!(sam.read(&first).unwrap(), b"good morning");
            assert_eq!(sam.remote_static(), Some(noise_public_key(&ALEX)));
            let second = sam.write(b"tea?").unwrap();
            assert_eq!(second.len(), 4 + SECOND_OVERHEAD);
            assert_eq!(alex.read(&second).unwrap(), b"tea?");
            assert_eq!(alex.hash(), sam.hash());

            let (mut alex, mut sam) = (alex.into_transport().unwrap(), sam.into_transport().unwrap());
            let frame = alex.seal(b"yes").unwrap();
            assert_eq!(frame.len(), 3 + TRANSPORT_OVERHEAD);
            assert_eq!(sam.open(&frame).unwrap(), b"yes");
            assert_eq!(sam.open(&frame), Err(NoiseError), "a frame counts once");
            assert_eq!(alex.open(&sam.seal(b"with milk").unwrap()).unwrap(), b"with milk");
        }
    }

    #[test]
    fn the_same_seeds_give_the_same_bytes_and_others_do_not() {
        let first = |seed| Handshake::initiate(Pattern::Session, &ALEX, &noise_public_key(&SAM), seed).write(b"");
        assert_eq!(first([3; 32]), first([3; 32]));
        assert_ne!(first([3; 32]), first([4; 32]));
    }

    #[test]
    fn neither_another_purpose_nor_another_secret_gets_through() {
        let (mut alex, mut sam) = ends(Pattern::Session, Pattern::Pairing { psk: &[7; 32] });
        assert_eq!(sam.read(&alex.write(b"").unwrap()), Err(NoiseError));

        let (mut alex, mut sam) = ends(Pattern::Pairing { psk: &[7; 32] }, Pattern::Pairing { psk: &[8; 32] });
        sam.read(&alex.write(b"").unwrap()).expect("the secret comes in with message 2");
        assert_eq!(alex.read(&sam.write(b"").unwrap()), Err(NoiseError));
    }

    #[test]
    fn what_fails_changes_nothing() {
        let (mut alex, mut sam) = ends(Pattern::Session, Pattern::Session);
        let first = alex.write(b"one").unwrap();
        for at in 0..first.len() {
            let mut changed = first.clone();
            changed[at] ^= 1;
            assert_eq!(sam.read(&changed), Err(NoiseError), "byte {at}");
            assert_eq!(sam.read(&first[..at]), Err(NoiseError));
        }
        assert_eq!(sam.read(&first).unwrap(), b"one");
        let second = sam.write(b"two").unwrap();
        assert_eq!(alex.read(&first), Err(NoiseError));
        assert_eq!(alex.read(&second).unwrap(), b"two");

        let (mut alex, mut sam) = (alex.into_transport().unwrap(), sam.into_transport().unwrap());
        let frames = [alex.seal(b"three").unwrap(), alex.seal(b"four").unwrap()];
        assert_eq!(sam.open(&frames[1]), Err(NoiseError), "out of order");
        assert_eq!(sam.open(&frames[0]).unwrap(), b"three");
        assert_eq!(sam.open(&frames[1]).unwrap(), b"four");
    }

    #[test]
    fn a_step_out_of_turn_and_a_payload_too_large_are_errors() {
        let (mut alex, mut sam) = ends(Pattern::Session, Pattern::Session);
        assert_eq!(sam.write(b""), Err(NoiseError));
        assert_eq!(alex.write(&vec![0; limits::FRAME_BYTES]), Err(NoiseError));
        assert!(alex.into_transport().is_err());

        let (mut alex, mut sam) = finished();
        assert_eq!(alex.seal(&vec![0; limits::FRAME_BYTES]), Err(NoiseError));
        let largest = alex.seal(&vec![9; limits::FRAME_BYTES - TRANSPORT_OVERHEAD]).unwrap();
        assert_eq!(largest.len(), limits::FRAME_BYTES);
        assert_eq!(sam.open(&largest).unwrap().len(), limits::FRAME_BYTES - TRANSPORT_OVERHEAD);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_bytes_are_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let (_, mut sam) = ends(Pattern::Session, Pattern::Session);
            prop_assert_eq!(sam.read(&bytes), Err(NoiseError));
            let (_, mut sam) = finished();
            prop_assert_eq!(sam.open(&bytes), Err(NoiseError));
        }
    }
}
