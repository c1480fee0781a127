//! Mallory speaks the protocol but not by the rules.

use super::*;
use crate::frame::{FrameWriter, IfUnknown};
use crate::ids::BondId;
use crate::noise::{FIRST_OVERHEAD, Handshake, NoiseError, Pattern, TRANSPORT_OVERHEAD, Transport};
use crate::pairing::code::commitment;
use crate::pairing::{
    COMMITMENT, CONFIRM, INTRODUCTION, MOST_ATTEMPTS, NUMBER, REFUSE, VERSION_RANGE, hello, introduction::Me as Person,
};
use crate::roster::{DeviceRecord, RosterError};
use crate::wire::{Unknown, WireError, Writer};
use zeroize::Zeroizing;

/// A joiner that says what it likes.
pub(super) struct Mallory {
    handshake: Option<Handshake>,
    transport: Option<Transport>,
    pub(super) bond: BondId,
}

impl Mallory {
    pub(super) const NUMBER: [u8; 32] = [5; 32];

    pub(super) fn begin(invite: &Invite, payload: &[u8]) -> (Self, Vec<u8>) {
        let psk = invite.psk();
        let pattern = Pattern::Pairing { psk: &psk };
        let mut handshake = Handshake::initiate(pattern, &[66; 32], &invite.inviter_key, [67; 32]);
        let first = handshake.write(payload).unwrap();
        (Self { handshake: Some(handshake), transport: None, bond: BondId::from_bytes([0; 16]) }, first)
    }

    /// Through the handshake, and bound to [`Self::NUMBER`].
    pub(super) fn meets(alex: &mut End, invite: &Invite) -> Self {
        let promise = hello::write(COMMITMENT, commitment(&Mallory::NUMBER).as_bytes(), FIRST_OVERHEAD);
        let (mut mallory, first) = Self::begin(invite, &promise);
        alex.hears(&first).unwrap();
        mallory.hears(&alex.says()).unwrap();
        mallory
    }

    fn hears(&mut self, second: &[u8]) -> Result<Vec<u8>, NoiseError> {
        let mut handshake = self.handshake.take().unwrap();
        let said = handshake.read(second)?;
        let mut bond = crate::hash::Hasher::new(crate::hash::Label::Bond);
        bond.field(&handshake.hash());
        self.bond = BondId::from_bytes(bond.finish().first());
        self.transport = Some(handshake.into_transport().unwrap());
        Ok(said)
    }

    pub(super) fn seals(&mut self, plain: &[u8]) -> Vec<u8> {
        self.transport.as_mut().unwrap().seal(plain).unwrap()
    }

    pub(super) fn says(&mut self, messages: &[(u64, &[u8])]) -> Vec<u8> {
        let mut writer = FrameWriter::new();
        for (kind, body) in messages {
            writer.push(*kind, IfUnknown::Refuse, body);
        }
        self.seals(&writer.finish(TRANSPORT_OVERHEAD))
    }
}

pub(super) fn invited() -> (End, Invite) {
    End::invites(alex(), Purpose::Partner, 1)
}

fn failed(end: &mut End) -> Option<PairingError> {
    assert!(end.sends().is_empty());
    match end.events.pop_back() {
        Some(PairingEvent::Failed(error)) if end.pairing.is_over() => Some(error),
        _ => None,
    }
}

#[test]
fn a_wrong_secret_does_not_get_in_and_three_void_the_invite() {
    let (mut alex, invite) = invited();
    let guess = Invite { secret: Zeroizing::new([0; 16]), ..invite.clone() };
    for seed in 0..MOST_ATTEMPTS as u64 {
        let mut mallory = End::joins(somebody(66, "Sam"), &guess, 100 + seed);
        alex.hears(&mallory.says()).unwrap();
        assert_eq!(mallory.hears(&alex.says()), Err(PairingError::Noise(NoiseError)));
    }
    assert!(!alex.pairing.is_over(), "the third might still have had it");
    let mut sam = End::joins(sam(), &invite, 2);
    assert_eq!(alex.hears(&sam.says()), Err(PairingError::Void));
    assert_eq!(failed(&mut alex), Some(PairingError::Void));
}

#[test]
fn noise_from_the_street_voids_nothing() {
    let (mut alex, invite) = invited();
    let mut sam = End::joins(sam(), &invite, 2);
    let mut strayed = End::joins(super::sam(), &invited_by_somebody_else(), 3);
    let stray = strayed.says();
    for at in 0..20 {
        assert_eq!(alex.hears(&stray[at..]), Err(PairingError::Noise(NoiseError)));
    }
    alex.hears(&sam.says()).unwrap();
    assert_eq!(alex.hears(&stray), Err(PairingError::Noise(NoiseError)));
    sam.hears(&alex.says()).unwrap();
    assert_eq!(sam.hears(&stray), Err(PairingError::Noise(NoiseError)));
    talk(&mut alex, &mut sam).unwrap();
    assert_eq!(alex.sees().0, sam.sees().0);
}

#[test]
fn a_replay_of_sams_first_frame_disturbs_nothing() {
    let (mut alex, invite) = invited();
    let mut sam = End::joins(sam(), &invite, 2);
    let first = sam.says();
    alex.hears(&first).unwrap();
    let second = alex.says();
    for _ in 0..=MOST_ATTEMPTS {
        assert_eq!(alex.hears(&first), Err(PairingError::OutOfOrder));
        assert!(alex.sends().is_empty());
    }
    sam.hears(&second).unwrap();
    talk(&mut alex, &mut sam).unwrap();
    assert_eq!(alex.sees().0, sam.sees().0);
}

fn invited_by_somebody_else() -> Invite {
    End::invites(somebody(3, "Robin"), Purpose::Partner, 77).1
}

#[test]
fn only_the_first_with_the_secret_is_let_in() {
    let (mut alex, invite) = invited();
    let mut sam = End::joins(sam(), &invite, 2);
    talk(&mut alex, &mut sam).unwrap();
    let mut late = End::joins(somebody(66, "Sam"), &invite, 3);
    assert_eq!(alex.hears(&late.says()), Err(PairingError::Noise(NoiseError)));
    alex.confirms();
    sam.confirms();
    talk(&mut alex, &mut sam).unwrap();
    let mut later = End::joins(somebody(66, "Sam"), &invite, 4);
    assert_eq!(alex.hears(&later.says()), Err(PairingError::Void));
}

#[test]
fn who_stands_between_with_the_secret_shows_two_codes() {
    let (mut alex, invite) = invited();
    let (mut towards_sam, mut swapped) = End::invites(somebody(66, "Alex"), Purpose::Partner, 9);
    swapped.secret = invite.secret.clone();
    let mut sam = End::joins(sam(), &swapped, 2);
    assert!(talk(&mut towards_sam, &mut sam).is_err(), "the secret alone does not make an invite");

    let (mut towards_sam, swapped) = End::invites(somebody(66, "Alex"), Purpose::Partner, 9);
    let mut sam = End::joins(super::sam(), &swapped, 2);
    let mut towards_alex = End::joins(somebody(66, "Sam"), &invite, 10);
    talk(&mut towards_sam, &mut sam).unwrap();
    talk(&mut alex, &mut towards_alex).unwrap();
    let ((alexs_code, name), (sams_code, _)) = (alex.sees(), sam.sees());
    assert_eq!(name, "Sam");
    assert_ne!(alexs_code, sams_code);
    assert_ne!(alexs_code.words(), sams_code.words());
}

#[test]
fn the_code_cannot_be_steered_by_opening_another_number() {
    let (mut alex, invite) = invited();
    let mut mallory = Mallory::meets(&mut alex, &invite);
    let person = somebody(66, "Sam").introduction(mallory.bond, Purpose::Partner);
    let frame = mallory.says(&[(NUMBER, &[6; 32]), (INTRODUCTION, &person)]);
    assert_eq!(alex.hears(&frame), Err(PairingError::Commitment));
    assert_eq!(failed(&mut alex), Some(PairingError::Commitment));
    assert!(alex.events.is_empty(), "no code was shown");
}

#[test]
fn what_is_said_twice_early_or_never_is_refused() {
    type Said<'a> = &'a [(u64, &'a [u8])];
    let cases: [(Said<'_>, PairingError); 6] = [
        (&[(INTRODUCTION, b"")], PairingError::OutOfOrder),
        (&[], PairingError::OutOfOrder),
        (&[(NUMBER, b"short")], PairingError::Commitment),
        (&[(NUMBER, &Mallory::NUMBER), (CONFIRM, b"")], PairingError::OutOfOrder),
        (&[(NUMBER, &Mallory::NUMBER), (NUMBER, &Mallory::NUMBER)], PairingError::OutOfOrder),
        (&[(NUMBER, &Mallory::NUMBER), (99, b"")], PairingError::Wire(WireError::TooNew)),
    ];
    for (messages, error) in cases {
        let (mut alex, invite) = invited();
        let mut mallory = Mallory::meets(&mut alex, &invite);
        let frame = mallory.says(messages);
        assert_eq!(alex.hears(&frame), Err(error));
        assert_eq!(failed(&mut alex), Some(error));
    }
}

#[test]
fn a_confirmation_is_one_and_takes_no_refusal_with_it() {
    let introduced = || {
        let (mut alex, invite) = invited();
        let mut mallory = Mallory::meets(&mut alex, &invite);
        let person = sam().introduction(mallory.bond, Purpose::Partner);
        let frame = mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &person)]);
        alex.hears(&frame).unwrap();
        (alex, mallory, person)
    };
    let (mut alex, invite) = invited();
    let mut mallory = Mallory::meets(&mut alex, &invite);
    let person = sam().introduction(mallory.bond, Purpose::Partner);
    let (number, twice) = ((NUMBER, &Mallory::NUMBER[..]), (CONFIRM, &b""[..]));
    let frame = mallory.says(&[number, (INTRODUCTION, &person), twice, twice]);
    assert_eq!(alex.hears(&frame), Err(PairingError::OutOfOrder));
    assert_eq!(failed(&mut alex), Some(PairingError::OutOfOrder));

    let (mut alex, mut mallory, person) = introduced();
    assert_eq!(alex.hears(&mallory.says(&[(INTRODUCTION, &person)])), Err(PairingError::OutOfOrder));
    for second in [CONFIRM, REFUSE] {
        let (mut alex, mut mallory, _) = introduced();
        alex.hears(&mallory.says(&[(CONFIRM, b"")])).unwrap();
        assert_eq!(alex.hears(&mallory.says(&[(second, b"")])), Err(PairingError::OutOfOrder));
    }
    let (mut alex, mut mallory, _) = introduced();
    alex.hears(&mallory.says(&[(REFUSE, b"")])).unwrap();
    assert!(alex.pairing.is_over());
}

#[test]
fn nobody_is_introduced_as_somebody_else() {
    let introduce = |body: &dyn Fn(BondId) -> Vec<u8>| {
        let (mut alex, invite) = invited();
        let mut mallory = Mallory::meets(&mut alex, &invite);
        let body = body(mallory.bond);
        let frame = mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &body)]);
        let result = alex.hears(&frame);
        assert_eq!(failed(&mut alex), result.err());
        assert!(alex.events.is_empty(), "no code was shown");
        result.unwrap_err()
    };
    let fields = |roster: &[u8], record: &[u8], name: &[u8]| {
        let mut writer = Writer::new();
        writer.field(1, Unknown::Refuse, roster).field(2, Unknown::Refuse, record).field(3, Unknown::Skip, name);
        writer.finish()
    };
    let roster = |person: &Person| person.roster.clone().unwrap().as_bytes().to_vec();
    let record = |person: &Person, bond| DeviceRecord::sign(&person.device, bond).as_bytes().to_vec();
    let (sam, mallory) = (sam(), somebody(66, "Sam"));

    let elsewhere = introduce(&|_| sam.introduction(BondId::from_bytes([7; 16]), Purpose::Partner));
    assert_eq!(elsewhere, PairingError::Roster(RosterError::NotTheirs));
    let unlisted = introduce(&|bond| fields(&roster(&sam), &record(&mallory, bond), b"Sam"));
    assert_eq!(unlisted, PairingError::Roster(RosterError::NotTheirs));
    let forged = introduce(&|bond| {
        let mut record = record(&sam, bond);
        *record.last_mut().unwrap() ^= 1;
        fields(&roster(&sam), &record, b"Sam")
    });
    assert_eq!(forged, PairingError::Roster(RosterError::Forged));
    let nobody = introduce(&|bond| new_tablet().introduction(bond, Purpose::Partner));
    assert_eq!(nobody, PairingError::NoPerson);
    let unreadable = introduce(&|bond| fields(&roster(&sam), &record(&sam, bond), &[0xff]));
    assert_eq!(unreadable, PairingError::Wire(WireError::Malformed));
    let endless = introduce(&|bond| fields(&roster(&sam), &record(&sam, bond), &[b'a'; 257]));
    assert_eq!(endless, PairingError::Wire(WireError::TooLarge));
}

#[test]
fn both_phones_say_which_must_update() {
    let hello = |oldest: u8, newest: u8| {
        let mut writer = FrameWriter::new();
        writer.push(VERSION_RANGE, IfUnknown::Skip, &[oldest, newest]).push(50, IfUnknown::Refuse, b"new ways");
        writer.finish(FIRST_OVERHEAD)
    };
    for (range, error) in [((2, 3), PairingError::UpdateThisSide), ((0, 0), PairingError::UpdateOtherSide)] {
        let (mut alex, invite) = invited();
        let (mut other, first) = Mallory::begin(&invite, &hello(range.0, range.1));
        assert_eq!(alex.hears(&first), Err(error));
        let answer = other.hears(&alex.says()).unwrap();
        assert_eq!(answer[..4], [(VERSION_RANGE << 1) as u8, 2, 1, 1], "the versions come first");
        assert!(!alex.pairing.is_over(), "sam may take another phone");

        let invite = Invite { inviter_key: crate::keys::noise_public_key(&[68; 32]), ..invite };
        let mut other = Handshake::respond(Pattern::Pairing { psk: &invite.psk() }, &[68; 32], [69; 32]);
        let mut sam = End::joins(sam(), &invite, 2);
        other.read(&sam.says()).unwrap();
        assert_eq!(sam.hears(&other.write(&hello(range.0, range.1)).unwrap()), Err(error));
        assert_eq!(failed(&mut sam), Some(error));
    }
}
