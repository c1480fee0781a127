//! Whatever arrives, in whatever state: a typed error or a step of the protocol, never a panic.

use proptest::prelude::*;

use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::attacks::{Mallory, invited};
use super::*;
use crate::noise::FIRST_OVERHEAD;
use crate::pairing::code::commitment;
use crate::pairing::invite::{AddressHint, LINK_BYTES, MOST_HINTS};
use crate::pairing::{COMMITMENT, INTRODUCTION, NUMBER, hello};

/// An end in each state in which frames may arrive, the frame that it would take, and whether one that does not decrypt
/// leaves it waiting.
fn states() -> Vec<(End, Vec<u8>)> {
    let (mut inviting, invite) = End::invites(alex(), Purpose::Partner, 1);
    let mut sam = End::joins(sam(), &invite, 2);
    let first = sam.says();
    let (mut answered, _) = End::invites(alex(), Purpose::Partner, 1);
    answered.hears(&first).unwrap();
    let second = answered.says();
    let mut introduced = End::joins(super::sam(), &invite, 2);
    introduced.sends();
    introduced.hears(&second).unwrap();
    let third = introduced.says();
    let (mut alex, mut other) = comparing();
    other.confirms();
    let confirmed = other.says();
    let (mut quiet, _) = End::invites(super::alex(), Purpose::Partner, 1);
    quiet.hears(&first).unwrap();
    quiet.sends();
    quiet.hears(&third).unwrap();
    let fourth = quiet.says();
    alex.sends();
    inviting.sends();
    vec![(inviting, first), (sam, second), (answered, third), (introduced, fourth), (alex, confirmed)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_does_not_decrypt_changes_nothing(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        at in any::<proptest::sample::Index>(),
        flip in 1u8..,
    ) {
        for (mut end, frame) in states() {
            let mut changed = frame.clone();
            changed[at.index(frame.len())] ^= flip;
            for hostile in [&bytes[..], &changed, &frame[..at.index(frame.len())], &[&frame[..], &bytes, b"."].concat()] {
                prop_assert!(matches!(end.hears(hostile), Err(PairingError::Noise(_))));
                prop_assert!(end.sends().is_empty());
            }
            prop_assert_eq!(end.hears(&frame), Ok(()));
        }
    }

    #[test]
    fn what_decrypts_is_judged_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        at in any::<proptest::sample::Index>(),
        flip in 1u8..,
    ) {
        let promise = hello::write(COMMITMENT, commitment(&Mallory::NUMBER).as_bytes(), FIRST_OVERHEAD);
        let mutated = |plain: &[u8]| {
            let mut changed = plain.to_vec();
            changed[at.index(plain.len())] ^= flip;
            changed
        };
        for first in [bytes.clone(), mutated(&promise)] {
            let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
            let _ = alex.hears(&Mallory::begin(&invite, &first).1);
            prop_assert!(!alex.pairing.is_over(), "one try of three");
        }

        for step in 0..5 {
            let (mut alex, invite) = End::invites(alex(), Purpose::Partner, 1);
            let mut mallory = Mallory::meets(&mut alex, &invite);
            let person = sam().introduction(mallory.bond, Purpose::Partner);
            let frame = match step {
                0 => mallory.seals(&bytes),
                1 => mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &bytes)]),
                2 => mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &mutated(&person))]),
                _ => mallory.says(&[(NUMBER, &Mallory::NUMBER), (INTRODUCTION, &person)]),
            };
            let heard = alex.hears(&frame);
            match step {
                0 => prop_assert!(heard.is_err()),
                1 => prop_assert!(heard.is_err() && alex.pairing.is_over()),
                2 => prop_assert_eq!(heard.is_err(), alex.pairing.is_over()),
                3 => {
                    let _ = alex.hears(&mallory.seals(&bytes));
                }
                _ => {
                    let _ = alex.hears(&mallory.seals(&mutated(&[13, 0, 0, 0])));
                }
            }
            alex.sends();
        }
    }
}

proptest! {
    #[test]
    fn every_invite_fits_and_reads_back(
        keys: ([u8; 32], [u8; 32]), secret: [u8; 16], expires: u64, partner: bool,
        v4 in proptest::collection::vec(any::<([u8; 4], u16)>(), 0..3),
        v6 in proptest::collection::vec(any::<([u8; 16], u16)>(), 0..5),
    ) {
        let v4 = v4.into_iter().map(|(ip, port)| AddressHint { address: ip.into(), port });
        let v6 = v6.into_iter().map(|(ip, port)| AddressHint { address: ip.into(), port });
        let invite = Invite {
            inviter_key: keys.0,
            endpoint: keys.1,
            secret: Zeroizing::new(secret),
            expires,
            purpose: if partner { Purpose::Partner } else { Purpose::OwnDevice },
            hints: v4.chain(v6).take(MOST_HINTS).collect(),
        };
        let link = invite.to_link();
        prop_assert!(link.len() <= LINK_BYTES);
        prop_assert_eq!(Invite::from_link(&link), Ok(invite));
    }

    #[test]
    fn any_text_is_an_invite_or_an_error(text: String, bytes in proptest::collection::vec(any::<u8>(), 0..230)) {
        let _ = Invite::from_link(&text);
        let _ = Invite::from_link(&format!("#{}", BASE64URL_NOPAD.encode(&bytes)));
    }

    #[test]
    fn a_changed_link_is_an_error_or_an_invite_in_its_own_right(at in 0usize..200, with in "[A-Za-z0-9_-]") {
        let (_, invite) = invited();
        let link = invite.to_link();
        let (base, fragment) = link.split_at(link.find('#').unwrap() + 1);
        let mut changed = fragment.to_owned();
        let at = at % fragment.len();
        changed.replace_range(at..=at, &with);
        if let Ok(read) = Invite::from_link(&format!("{base}{changed}")) {
            prop_assert_eq!(Invite::from_link(&read.to_link()), Ok(read));
        }
    }
}
