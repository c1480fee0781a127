//! Alex has lost all phones, and meets Sam's with a new one.

use std::sync::Arc;

use super::attacks::Mallory;
use super::*;
use crate::ids::BondId;
use crate::keys::Root;
use crate::pairing::back::{self, Back, Handover};
use crate::pairing::{BOND, HANDED, INTRODUCTION, NUMBER};
use crate::roster::{DeviceRecord, RosterError};
use crate::wire::{Unknown, Writer};

const HELD: BondId = BondId::from_bytes([7; 16]);

fn root(number: u8) -> Root {
    Phrase::from_entropy([number; 32]).root()
}

/// What is shown in a pairing.
type Proof<'a> = &'a dyn Fn(&BondId) -> Vec<u8>;

/// A new phone, and the phrase of this person.
fn new_phone(person: u8) -> Me {
    Me { back: Some(Back::Comes(Arc::new(root(person)))), ..new_tablet() }
}

/// Sam's phone, which is paired with Alex.
fn sams() -> Me {
    Me { back: Some(Back::Awaits(root(1).person())), ..sam() }
}

fn handover() -> Handover {
    let theirs = alex().roster.unwrap().into();
    Handover { theirs, bond: HELD, since_ms: -7, record: DeviceRecord::sign(&sam().device, HELD) }
}

/// Both with a code before them.
fn comparing() -> (End, End) {
    let (mut sam, invite) = End::invites(sams(), Purpose::Return, 1);
    let mut new = End::joins(new_phone(1), &invite, 2);
    talk(&mut sam, &mut new).unwrap();
    assert_eq!(sam.sees().0, new.sees().0);
    (sam, new)
}

#[test]
fn alex_comes_back_and_gets_what_sams_phone_knows_once_both_have_confirmed() {
    for new_first in [false, true] {
        let (mut sam, mut new) = comparing();
        if new_first {
            new.confirms();
            talk(&mut sam, &mut new).unwrap();
        }
        sam.pairing.confirm_return(NOW + 30, handover()).unwrap();
        talk(&mut sam, &mut new).unwrap();
        if !new_first {
            assert_eq!(new.learns(), None, "not before both have");
            new.confirms();
            talk(&mut sam, &mut new).unwrap();
        }
        let stored = new.stores();
        assert_eq!(stored.roster, super::sam().roster);
        assert_eq!(new.learns(), Some(PairingEvent::Handed(Box::new(handover()))));
        let there = sam.stores();
        assert_eq!((there.roster, there.record.device), (None, new_tablet().device.device()));
        assert!(sam.pairing.is_over() && new.pairing.is_over());
    }
}

#[test]
fn sams_phone_lets_nobody_else_in_and_says_so() {
    let (mut sam, invite) = End::invites(sams(), Purpose::Return, 1);
    let mut other = End::joins(new_phone(9), &invite, 2);
    assert_eq!(talk(&mut sam, &mut other), Err(PairingError::OtherPerson));
    assert_eq!(sam.learns(), Some(PairingEvent::Failed(PairingError::OtherPerson)));
    assert_eq!(other.learns(), Some(PairingEvent::Failed(PairingError::OtherPerson)));
    assert!(sam.pairing.is_over() && other.pairing.is_over());
}

#[test]
fn who_comes_back_shows_it_for_this_pairing_and_this_device() {
    let device = new_tablet().device;
    let (old, person) = (BondId::from_bytes([3; 16]), root(1).person());
    let cases: [(Proof<'_>, PairingError); 4] = [
        (&|_| back::proof(&root(1), &old, &device.device()), RosterError::Forged.into()),
        (&|bond| back::proof(&root(1), bond, &alex().device.device()), RosterError::Forged.into()),
        (
            &|bond| [&person.as_bytes()[..], &back::proof(&root(9), bond, &device.device())[32..]].concat(),
            RosterError::Forged.into(),
        ),
        (&|_| Vec::new(), PairingError::NoPerson),
    ];
    for (proof, expected) in cases {
        let (mut sam, invite) = End::invites(sams(), Purpose::Return, 1);
        let mut mallory = Mallory::meets(&mut sam, &invite);
        let (bond, proof) = (mallory.bond, proof(&mallory.bond));
        let mut introduction = Writer::new();
        introduction.field(2, Unknown::Refuse, DeviceRecord::sign(&device, bond).as_bytes());
        if !proof.is_empty() {
            introduction.field(5, Unknown::Refuse, &proof);
        }
        let said = mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &introduction.finish())]);
        assert_eq!(sam.hears(&said), Err(expected));
        assert!(sam.pairing.is_over() && sam.sends().is_empty());
    }
}

#[test]
fn what_is_handed_over_is_of_this_person_and_from_this_phone() {
    let read = |theirs: Option<SignedRoster>, record: DeviceRecord| {
        let bytes = Handover { record, ..handover() }.bond_to_bytes();
        let (sam, theirs) = (super::sam(), theirs.map(Into::into));
        Handover::read(&bytes, theirs, root(1).person(), &sam.roster.unwrap(), &sam.device.device())
    };
    let record = |device: &DeviceKeys, bond| DeviceRecord::sign(device, bond);
    let not_theirs = Err(RosterError::NotTheirs.into());
    assert_eq!(read(alex().roster, record(&sam().device, HELD)), Ok(handover()));
    assert_eq!(read(sam().roster, record(&sam().device, HELD)), not_theirs);
    assert_eq!(read(None, record(&sam().device, HELD)), not_theirs);
    assert_eq!(read(alex().roster, record(&sam().device, BondId::from_bytes([3; 16]))), not_theirs);
    assert_eq!(read(alex().roster, record(&alex().device, HELD)), not_theirs);
}

#[test]
fn nothing_is_taken_before_both_have_confirmed_nor_by_whom_it_is_not_for() {
    let early = [(HANDED, alex().roster.unwrap().as_bytes().to_vec()), (BOND, handover().bond_to_bytes())];
    for (kind, body) in &early {
        let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
        let mut mallory = Mallory::meets(&mut alex, &invite);
        let said = mallory.says(&[(NUMBER, &Mallory::NUMBER), (*kind, body)]);
        assert_eq!(alex.hears(&said), Err(PairingError::OutOfOrder));
    }
    let (mut sam, mut new) = comparing();
    assert_eq!(sam.pairing.confirm(NOW), Err(PairingError::OutOfOrder), "with nothing to hand over");
    assert!(sam.sends().is_empty());
    new.pairing.refuse().unwrap();
    talk(&mut sam, &mut new).unwrap();
    assert_eq!(sam.learns(), Some(PairingEvent::Refused));
}

#[test]
fn each_end_is_what_it_says() {
    let invite = |me| Pairing::invite(me, Purpose::Return, NOW, &mut Seeded::from_number(1)).err();
    assert_eq!(invite(sam()), Some(PairingError::NoPerson));
    assert_eq!(invite(new_tablet()), Some(PairingError::NoPerson));
    assert_eq!(invite(Me { back: sams().back, ..new_tablet() }), Some(PairingError::NoPerson));
    assert_eq!(invite(Me { back: new_phone(1).back, ..alex() }), Some(PairingError::NoPerson));
    let (_, link) = End::invites(sams(), Purpose::Return, 1);
    let read = Invite::from_link(&link.to_link()).unwrap();
    assert_eq!(read.purpose, Purpose::Return);
    // One that was changed on its way into another purpose opens nothing.
    let (mut sam, invite) = End::invites(sams(), Purpose::Return, 1);
    let mut changed = End::joins(super::alex(), &Invite { purpose: Purpose::Partner, ..invite }, 2);
    sam.hears(&changed.says()).unwrap();
    assert!(changed.hears(&sam.says()).is_err());
}
