use super::attacks::Mallory;
use super::*;
use crate::frame::{FrameWriter, IfUnknown};
use crate::hash::{Hasher, Label};
use crate::noise::TRANSPORT_OVERHEAD;
use crate::pairing::{COMPARE_FOR, INTRODUCTION, NUMBER, Standing};
use crate::wire::{Unknown, Writer};

#[test]
fn alex_and_sam_see_one_code_and_hold_one_bond() {
    let (mut alex, mut sam) = comparing();
    let ((code, sams_name), (same_code, alexs_name)) = (alex.sees(), sam.sees());
    assert_eq!(code.words(), same_code.words());
    assert_eq!((sams_name.as_str(), alexs_name.as_str()), ("Sam", "Alex"));

    alex.confirms();
    talk(&mut alex, &mut sam).unwrap();
    let offered = alex.stores();
    assert_eq!(offered.standing, Standing::Offered);
    assert_eq!(alex.learns(), None);
    assert_eq!(sam.learns(), None, "sam has not confirmed");

    sam.confirms();
    talk(&mut alex, &mut sam).unwrap();
    let held = sam.stores();
    assert_eq!(held.standing, Standing::Held);
    assert_eq!(alex.learns(), Some(PairingEvent::Held(held.bond)));
    assert!(alex.pairing.is_over() && sam.pairing.is_over());

    assert_eq!(offered.bond, held.bond);
    assert_eq!((offered.roster.clone(), held.roster.clone()), (super::sam().roster, super::alex().roster));
    assert_eq!(offered.record.device, super::sam().device.device());
    assert_eq!((offered.record.bond, held.record.bond), (offered.bond, offered.bond));
}

#[cfg(feature = "recording")]
#[test]
fn what_each_has_said_can_be_looked_at() {
    let (mut alex, mut sam) = comparing();
    alex.confirms();
    sam.confirms();
    talk(&mut alex, &mut sam).unwrap();
    for (end, name) in [(&alex, "Alex"), (&sam, "Sam")] {
        // A hello, an introduction and a confirmation each.
        let said: Vec<_> = end.pairing.recorded().collect();
        assert_eq!(said.len(), 3);
        assert!(said[1].windows(name.len()).any(|bytes| bytes == name.as_bytes()));
        assert!(said.iter().all(|plain| crate::frame::messages(plain).is_ok()));
    }
}

#[test]
fn confirmations_may_cross() {
    let (mut alex, mut sam) = comparing();
    alex.confirms();
    sam.confirms();
    alex.confirms();
    talk(&mut alex, &mut sam).unwrap();
    for end in [&mut alex, &mut sam] {
        end.sees();
        let offered = end.stores();
        assert_eq!(offered.standing, Standing::Offered);
        assert_eq!(end.learns(), Some(PairingEvent::Held(offered.bond)));
        assert!(end.pairing.is_over() && end.learns().is_none());
    }
}

#[test]
fn nothing_is_sent_before_it_is_stored() {
    let (mut alex, _) = comparing();
    alex.confirms();
    assert_eq!(alex.pairing.poll_frame(), None);
    assert!(matches!(alex.pairing.poll_event(), Some(PairingEvent::Store(_))));
    assert!(alex.pairing.poll_frame().is_some());
}

#[test]
fn either_may_refuse_and_the_other_hears_of_it() {
    let (mut alex, mut sam) = comparing();
    alex.confirms();
    talk(&mut alex, &mut sam).unwrap();
    sam.pairing.refuse().unwrap();
    assert!(sam.pairing.is_over());
    talk(&mut alex, &mut sam).unwrap();
    alex.sees();
    alex.stores();
    assert_eq!(alex.learns(), Some(PairingEvent::Refused));
    assert!(alex.pairing.is_over());
    assert_eq!(sam.pairing.confirm(NOW), Err(PairingError::Void));
}

#[test]
fn there_is_a_time_to_confirm_and_a_time_to_refuse() {
    let (mut early, _) = End::invites(alex(), Purpose::Partner, 1);
    assert_eq!(early.pairing.confirm(NOW), Err(PairingError::OutOfOrder));
    early.pairing.refuse().unwrap();
    assert!(early.pairing.is_over() && early.sends().is_empty());
    let (_, invite) = End::invites(super::alex(), Purpose::Partner, 1);
    let mut sam = End::joins(sam(), &invite, 2);
    sam.pairing.refuse().unwrap();
    assert!(sam.sends().is_empty(), "sam left before anything was sent");

    let (mut alex, _) = comparing();
    alex.confirms();
    assert_eq!(alex.pairing.refuse(), Err(PairingError::OutOfOrder), "now it is a parting");
}

#[test]
fn an_invite_lasts_ten_minutes() {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
    assert_eq!(alex.pairing.poll_timeout(), Some(NOW + 600));
    let late = Pairing::join(sam(), &invite, NOW + 600, &mut Seeded::from_number(2));
    assert_eq!(late.err(), Some(PairingError::Void));

    let mut sam = End::joins(sam(), &invite, 2);
    assert_eq!(alex.pairing.handle_frame(NOW + 600, &sam.says()), Err(PairingError::Void));
    assert!(alex.sends().is_empty());
    assert_eq!(alex.learns(), Some(PairingEvent::Failed(PairingError::Void)));
    assert_eq!((alex.pairing.poll_timeout(), alex.learns()), (None, None));
}

#[test]
fn codes_are_compared_in_time_and_a_confirmation_waits() {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
    let mut sam = End::joins(sam(), &invite, 2);
    alex.pairing.handle_frame(NOW + 500, &sam.says()).unwrap();
    sam.pairing.handle_frame(NOW + 501, &alex.says()).unwrap();
    alex.pairing.handle_frame(NOW + 502, &sam.says()).unwrap();
    sam.pairing.handle_frame(NOW + 503, &alex.says()).unwrap();
    assert_eq!(alex.pairing.poll_timeout(), Some(NOW + 502 + COMPARE_FOR));
    assert_eq!(sam.pairing.poll_timeout(), Some(NOW + 501 + COMPARE_FOR));

    alex.confirms();
    assert_eq!(alex.pairing.poll_timeout(), None);
    alex.pairing.handle_timeout(NOW + 2 * COMPARE_FOR);
    assert!(!alex.pairing.is_over());

    sam.pairing.handle_timeout(NOW + 500 + COMPARE_FOR);
    assert!(!sam.pairing.is_over());
    sam.pairing.handle_timeout(NOW + 501 + COMPARE_FOR);
    sam.sends();
    sam.sees();
    assert_eq!(sam.learns(), Some(PairingEvent::Failed(PairingError::Void)));
    assert_eq!(sam.pairing.confirm(NOW + 501 + COMPARE_FOR), Err(PairingError::Void));
}

#[test]
fn a_broken_connection_lets_sam_begin_again() {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
    let mut cut = End::joins(sam(), &invite, 2);
    alex.hears(&cut.says()).unwrap();
    alex.sends();
    assert!(!cut.pairing.has_met());
    let mut sam = End::joins(sam(), &invite, 3);
    talk(&mut alex, &mut sam).unwrap();
    assert_eq!(alex.sees().0, sam.sees().0);
    assert!(sam.pairing.has_met() && alex.pairing.has_met());
}

#[test]
fn what_a_newer_phone_adds_is_skipped_where_it_may_be() {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
    let mut newer = Mallory::meets(&mut alex, &invite);
    let mut person = Writer::new();
    person.raw(&sam().introduction(newer.bond, Purpose::Partner)).field(9, Unknown::Skip, b"a picture");
    let mut writer = FrameWriter::new();
    writer.push(NUMBER, IfUnknown::Refuse, &Mallory::NUMBER).push(40, IfUnknown::Skip, b"a wave");
    writer.push(INTRODUCTION, IfUnknown::Refuse, &person.finish());
    let frame = newer.seals(&writer.finish(TRANSPORT_OVERHEAD));
    alex.hears(&frame).unwrap();
    assert_eq!(alex.sees().1, "Sam");
}

#[test]
fn alex_adds_a_tablet_from_either_side() {
    for tablet_invites in [true, false] {
        let (inviter, joiner) = if tablet_invites { (new_tablet(), alex()) } else { (alex(), new_tablet()) };
        let (mut inviter, invite) = End::invites(inviter, Purpose::OwnDevice, 1);
        let mut joiner = End::joins(joiner, &invite, 2);
        talk(&mut inviter, &mut joiner).unwrap();
        inviter.confirms();
        joiner.confirms();
        talk(&mut inviter, &mut joiner).unwrap();
        let (tablet, phone) = if tablet_invites { (&mut inviter, &mut joiner) } else { (&mut joiner, &mut inviter) };
        assert_eq!(tablet.sees().0, phone.sees().0);
        assert_eq!(tablet.stores().roster, alex().roster);
        let new = phone.stores();
        assert_eq!((new.roster, new.record.device), (None, new_tablet().device.device()));
    }
}

#[test]
fn an_invite_is_for_whom_it_is_for() {
    let meet = |inviter: Me, joiner: Me, purpose| {
        let (mut inviter, invite) = End::invites(inviter, purpose, 1);
        let mut joiner = End::joins(joiner, &invite, 2);
        let result = talk(&mut inviter, &mut joiner);
        assert!(result.is_ok() || inviter.pairing.is_over());
        result
    };
    let alexs_tablet = || {
        let device = new_tablet().device;
        let root = Phrase::from_entropy([1; 32]).root();
        let roster = Roster::first(root.person(), alex().device.device()).with(device.device());
        Me { roster: Some(SignedRoster::sign(&root, roster, Vec::new())), device, name: String::new(), back: None }
    };
    assert_eq!(meet(alex(), alexs_tablet(), Purpose::Partner), Err(PairingError::SamePerson));
    assert_eq!(meet(alex(), alexs_tablet(), Purpose::OwnDevice), Ok(()));
    assert_eq!(meet(alex(), sam(), Purpose::OwnDevice), Err(PairingError::OtherPerson));
    assert_eq!(meet(alex(), alex(), Purpose::OwnDevice), Err(PairingError::SamePerson));
    let other_tablet = Me { device: DeviceKeys::new([9; 32], [9; 16]), ..new_tablet() };
    assert_eq!(meet(new_tablet(), other_tablet, Purpose::OwnDevice), Err(PairingError::NoPerson));

    let nobody = Pairing::invite(new_tablet(), Purpose::Partner, NOW, &mut Seeded::from_number(1));
    assert_eq!(nobody.err(), Some(PairingError::NoPerson));
    let removed = Me { device: new_tablet().device, ..alex() };
    assert!(matches!(
        Pairing::invite(removed, Purpose::Partner, NOW, &mut Seeded::from_number(1)),
        Err(PairingError::Roster(_))
    ));
}

/// Every frame of a pairing, in order.
fn transcript(seeds: (u64, u64)) -> Vec<Vec<u8>> {
    let (mut alex, invite) = End::invites(alex(), Purpose::Partner, seeds.0);
    let mut sam = End::joins(sam(), &invite, seeds.1);
    let mut said = vec![];
    for _ in 0..2 {
        said.push(sam.says());
        alex.hears(said.last().unwrap()).unwrap();
        said.push(alex.says());
        sam.hears(said.last().unwrap()).unwrap();
    }
    sam.confirms();
    alex.confirms();
    said.extend([sam.sends(), alex.sends()].concat());
    said
}

#[test]
fn the_same_seeds_give_the_same_frames_for_ever() {
    assert_eq!(transcript((1, 2)), transcript((1, 2)));
    assert_ne!(transcript((1, 2)), transcript((1, 3)));
    let mut hasher = Hasher::new(Label::Bond);
    for frame in transcript((1, 2)) {
        hasher.field(&frame);
    }
    assert_eq!(hasher.finish().first::<4>(), [223, 26, 15, 204], "what phones in the field say has changed");
}

#[test]
fn frames_have_few_sizes() {
    let sizes: Vec<_> = transcript((1, 2)).iter().map(Vec::len).collect();
    assert!(sizes.iter().all(|size| crate::frame::padded_size(*size) == *size), "{sizes:?}");
    assert_eq!([sizes[0], sizes[1], sizes[4], sizes[5]], [crate::frame::SMALLEST; 4]);
}

#[test]
fn nobodys_name_or_code_is_in_a_trace() {
    let (mut alex, _) = comparing();
    alex.confirms();
    alex.sends();
    let trace = format!("{:?}", alex.events);
    assert!(!trace.contains("Sam") && trace.starts_with("[Compare, Store(Paired(BondId("), "{trace}");
}
