//! One bond at a time, and none that both did not confirm.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use common::{Couple, entry, vault};
use nightstand::error::NightstandError;
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::pairing::{PairingState, PairingTalk};
use nightstand::vault::{Clock, OpenOptions, Vault};

/// Carries frames between two talks until nothing moves.
fn carry(one: &mut PairingTalk, other: &mut PairingTalk) {
    loop {
        let mut moved = false;
        while let Some(frame) = one.poll_frame().unwrap_or_default() {
            moved = true;
            let _ = other.handle_frame(&frame);
        }
        while let Some(frame) = other.poll_frame().unwrap_or_default() {
            moved = true;
            let _ = one.handle_frame(&frame);
        }
        if !moved {
            return;
        }
    }
}

fn meet_to_compare(inviter: &Vault, name: &str, joiner: &Vault) -> (PairingTalk, PairingTalk) {
    let mut inviting = inviter.pairing().invite("Alex").unwrap();
    let mut joining = joiner.pairing().join(name, &inviting.link(&[])).unwrap();
    carry(&mut joining, &mut inviting);
    assert!(matches!(inviting.state(), PairingState::Compare { .. }));
    (inviting, joining)
}

#[test]
fn two_invites_at_once_lead_to_one_partner() {
    let folder = tempfile::tempdir().unwrap();
    let [alex, sam, kim] = [("alex", 1), ("sam", 2), ("kim", 3)].map(|(name, number)| vault(&folder, name, number));
    let (mut to_sam, mut by_sam) = meet_to_compare(&alex, "Sam", &sam);
    let (mut to_kim, mut by_kim) = meet_to_compare(&alex, "Kim", &kim);
    to_sam.confirm().unwrap();
    by_sam.confirm().unwrap();
    carry(&mut to_sam, &mut by_sam);
    assert_eq!(to_sam.state(), PairingState::Paired);

    assert_eq!(to_kim.confirm(), Err(NightstandError::AlreadyPaired));
    by_kim.confirm().unwrap();
    carry(&mut by_kim, &mut to_kim);
    assert_eq!(alex.pairing().partner().unwrap().map(|partner| partner.name).as_deref(), Some("Sam"));
    assert!(!kim.pairing().partner().unwrap().is_some_and(|partner| partner.confirmed_by_both));
    let shared = alex.journal().write(&entry("For Sam", "and for nobody else", 1), Sharing::Shared).unwrap();
    assert!(alex.journal().read(&shared).is_ok());
}

#[test]
fn the_later_yes_replaces_an_offer_that_nobody_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let [alex, sam, kim] = [("alex", 1), ("sam", 2), ("kim", 3)].map(|(name, number)| vault(&folder, name, number));
    let (mut to_sam, mut by_sam) = meet_to_compare(&alex, "Sam", &sam);
    let (mut to_kim, mut by_kim) = meet_to_compare(&alex, "Kim", &kim);
    to_sam.confirm().unwrap();
    to_kim.confirm().unwrap();
    by_kim.confirm().unwrap();
    carry(&mut to_kim, &mut by_kim);
    by_sam.confirm().unwrap();
    carry(&mut to_sam, &mut by_sam);
    let partner = alex.pairing().partner().unwrap().unwrap();
    assert_eq!((partner.name.as_str(), partner.confirmed_by_both), ("Kim", true));
    assert_ne!(to_sam.state(), PairingState::Paired);
}

/// Alex's phone answers a conversation under an offer to Sam, and meanwhile Alex and Kim say yes to each other.
#[test]
fn a_conversation_ends_with_its_offer() {
    let folder = tempfile::tempdir().unwrap();
    let [alex, sam, kim] = [("alex", 1), ("sam", 2), ("kim", 3)].map(|(name, number)| vault(&folder, name, number));
    let (mut to_sam, mut by_sam) = meet_to_compare(&alex, "Sam", &sam);
    to_sam.confirm().unwrap();
    // Alex's yes reaches Sam, and Sam's does not reach Alex.
    while let Some(frame) = to_sam.poll_frame().unwrap() {
        by_sam.handle_frame(&frame).unwrap();
    }
    by_sam.confirm().unwrap();
    sam.journal().write(&entry("From Sam", "coffee", 3), Sharing::Shared).unwrap();
    let (mut begun, mut answering) = (sam.sync().begin().unwrap(), alex.sync().answer().unwrap());
    let (mut to_kim, mut by_kim) = meet_to_compare(&alex, "Kim", &kim);
    to_kim.confirm().unwrap();
    by_kim.confirm().unwrap();
    carry(&mut to_kim, &mut by_kim);

    let hello = begun.poll_frame().unwrap().unwrap();
    assert_eq!(answering.handle_frame(&hello), Err(NightstandError::NotPaired));
    assert_eq!(answering.poll_frame().map(drop), Err(NightstandError::NotPaired));
    assert_eq!(answering.report().entries_received, 0);
}

#[test]
fn a_no_takes_the_others_yes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (alex, sam) = (vault(&folder, "alex", 1), vault(&folder, "sam", 2));
    let (mut inviting, mut joining) = meet_to_compare(&alex, "Sam", &sam);
    inviting.confirm().unwrap();
    carry(&mut inviting, &mut joining);
    assert!(alex.pairing().partner().unwrap().is_some());
    joining.refuse().unwrap();
    carry(&mut joining, &mut inviting);
    assert_eq!(inviting.state(), PairingState::Refused);
    assert_eq!(alex.pairing().partner().unwrap().map(|partner| partner.name), None);
    assert_eq!(alex.sync().begin().map(drop), Err(NightstandError::NotPaired));
    assert_eq!(alex.sync().answer().map(drop), Err(NightstandError::NotPaired));
}

struct Set(AtomicI64);

impl Clock for Set {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[test]
fn an_offer_lapses_for_sync_too() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Set(AtomicI64::new(1_790_000_000_000)));
    let open = |name: &str, number| {
        let options = OpenOptions::new(folder.path().join(name), [number; 32], [number; 16]);
        Vault::open_with(options.clock(Arc::clone(&clock) as Arc<dyn Clock>).seed([number; 32])).unwrap()
    };
    let (alex, sam) = (open("alex", 1), open("sam", 2));
    let (mut inviting, mut joining) = meet_to_compare(&alex, "Sam", &sam);
    inviting.confirm().unwrap();
    joining.confirm().unwrap();
    // Neither yes arrives. Within the week a sync makes up for that; later both must pair again.
    assert!(alex.sync().begin().is_ok());
    clock.0.fetch_add(8 * 24 * 3_600_000, Ordering::Relaxed);
    assert!(alex.pairing().partner().unwrap().is_none());
    assert_eq!(alex.sync().begin().map(drop), Err(NightstandError::NotPaired));
}

#[test]
fn nobody_pairs_twice() {
    let couple = Couple::new();
    assert_eq!(couple.alex.pairing().invite("Alex").map(drop).err(), Some(NightstandError::AlreadyPaired));
    assert_eq!(couple.alex.journal().count(&RowsQuery::default()).unwrap(), 0);
}
