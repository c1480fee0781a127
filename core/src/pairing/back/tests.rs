//! Alex's phone is lost, and the 24 words are on paper. Sam's phone is where it was.

use crate::devices::tests::{Home, agree, carry, meet, meet_own, open, this, titles, try_to_meet, write};
use crate::devices::{OwnDeviceId, PrivateStanding};
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::journal::Sharing;
use crate::pairing::{PairingState, PairingTalk};
use crate::vault::Vault;

const SHARED: [&str; 3] = ["For both to read", "From Sam", "Of us both"];

impl Home {
    /// With something in every space, on both phones as far as it is shared.
    fn with_something() -> Self {
        let home = Self::new();
        write(&home.phone, "Mine alone", Sharing::Private);
        write(&home.phone, "For both to read", Sharing::Shared);
        write(&home.phone, "Of us both", Sharing::Joint);
        write(&home.sam, "From Sam", Sharing::Shared);
        meet(&home.phone, &home.sam);
        home
    }

    fn new_phone(&self) -> Vault {
        open(&self.folder, &self.clock, "new", 9)
    }

    /// The invite of Sam's phone, and the new one with these words.
    fn back(&self, new: &Vault, words: &str) -> (PairingTalk, PairingTalk) {
        let inviting = self.sam.pairing().invite_back("Sam").unwrap();
        let joining = new.pairing().join_back(words, "New phone", &inviting.link(&[])).unwrap();
        (inviting, joining)
    }

    /// A new phone that came back, and has not met Sam's since.
    fn come_back(&self) -> Vault {
        let new = self.new_phone();
        let (mut inviting, mut joining) = self.back(&new, &self.words);
        agree(&mut inviting, &mut joining);
        new
    }
}

fn is_new(vault: &Vault) {
    assert!(vault.pairing().partner().unwrap().is_none() && titles(vault).is_empty());
    assert!(vault.recovery_phrase().show().is_ok() && vault.devices().list().unwrap().is_empty());
}

fn lists(vault: &Vault, device: &OwnDeviceId) -> bool {
    vault.devices().list().unwrap().iter().any(|other| other.device == *device)
}

#[test]
fn everything_shared_comes_back_and_the_lost_phone_is_removed_after_that() {
    let home = Home::with_something();
    let new = home.come_back();
    assert_eq!(new.person(), home.phone.person());
    let partner = new.pairing().partner().unwrap().unwrap();
    assert_eq!((partner.name.as_str(), partner.confirmed_by_both), ("Sam", true));
    let view = new.devices().view().unwrap();
    assert!(!view.this_is_unlisted && !view.this_is_removed && !view.needs_settling);
    // The lost phone may be in somebody's hand: it is shown, and nothing private goes there.
    assert_eq!(
        view.others.iter().map(|other| (other.device, other.is_new)).collect::<Vec<_>>(),
        [(this(&home.phone), true)]
    );
    assert!(matches!(view.others[0].private, PrivateStanding::Waits { .. }));
    assert!(titles(&new).is_empty());

    assert!(try_to_meet(new.sync().begin_again().unwrap(), &home.sam).is_ok());
    assert_eq!(titles(&new), SHARED);
    write(&new, "Back again", Sharing::Shared);
    meet(&new, &home.sam);
    assert!(titles(&home.sam).contains(&"Back again".to_owned()));

    assert_eq!(new.devices().remove(&home.words, &this(&home.phone)).unwrap().devices_left, 1);
    meet(&new, &home.sam);
    assert!(new.devices().set_aside().unwrap().is_empty() && titles(&new).len() == 4);
    assert!(try_to_meet(home.phone.sync().begin_again().unwrap(), &home.sam).is_err());
    assert!(home.phone.devices().view().unwrap().this_is_removed);
    // With nothing to say, it is one frame each way.
    assert_eq!(meet(&new, &home.sam).round_trips, 1);
}

#[test]
fn an_old_phone_that_is_there_after_all_goes_on_and_hears_of_the_new_one() {
    let home = Home::with_something();
    let new = home.come_back();
    try_to_meet(new.sync().begin_again().unwrap(), &home.sam).unwrap();
    write(&home.phone, "Behind the sofa", Sharing::Shared);
    assert!(meet(&home.phone, &home.sam).devices_changed);
    let seen = home.phone.devices().list().unwrap();
    assert_eq!((seen[0].device, seen[0].name.as_str(), seen[0].is_new), (this(&new), "New phone", true));
    meet(&new, &home.sam);
    assert!(titles(&new).contains(&"Behind the sofa".to_owned()));
}

#[test]
fn nothing_is_known_before_both_have_confirmed() {
    let home = Home::with_something();
    for sam_confirms in [true, false] {
        let new = open(&home.folder, &home.clock, if sam_confirms { "one" } else { "two" }, 9);
        let person = new.person();
        let (mut inviting, mut joining) = home.back(&new, &home.words);
        carry(&mut joining, &mut inviting).unwrap();
        let name = |talk: &PairingTalk| match talk.state() {
            PairingState::Compare { name, .. } => name,
            other => panic!("{other:?}"),
        };
        assert_eq!((name(&inviting).as_str(), name(&joining).as_str()), ("Alex", "Sam"));
        let (yes, no) = if sam_confirms { (&mut inviting, &mut joining) } else { (&mut joining, &mut inviting) };
        yes.confirm().unwrap();
        carry(yes, no).unwrap();
        is_new(&new);
        no.refuse().unwrap();
        carry(no, yes).unwrap();
        assert_eq!((yes.state(), no.state()), (PairingState::Refused, PairingState::Refused));
        is_new(&new);
        assert_eq!(new.person(), person);
    }
    // Sam's phone has noted nothing of it.
    assert_eq!(meet(&home.phone, &home.sam).round_trips, 1);
}

#[test]
fn another_persons_words_are_told_and_open_nothing() {
    let home = Home::with_something();
    let (new, other) = (home.new_phone(), open(&home.folder, &home.clock, "other", 8));
    let wrong = other.recovery_phrase().show().unwrap().as_text().to_owned();
    let (mut inviting, mut joining) = home.back(&new, &wrong);
    let refused = Err(NightstandError::Refused(Refused::Device));
    assert_eq!(carry(&mut joining, &mut inviting), refused);
    assert_eq!((inviting.state(), joining.state()), (PairingState::Failed, PairingState::Failed));
    is_new(&new);

    let link = home.sam.pairing().invite_back("Sam").unwrap().link(&[]);
    assert_eq!(new.pairing().join_back("no words", "New", &link).err(), Some(InvalidInput::Phrase.into()));
    let (mut inviting, mut joining) = home.back(&new, &home.words);
    agree(&mut inviting, &mut joining);
    assert_eq!(new.person(), home.phone.person());
}

#[test]
fn it_is_for_who_is_paired_and_for_a_phone_that_is_new() {
    let home = Home::with_something();
    let alone = open(&home.folder, &home.clock, "alone", 8);
    assert_eq!(alone.pairing().invite_back("Noor").err(), Some(NightstandError::NotPaired));
    let link = home.sam.pairing().invite_back("Sam").unwrap().link(&[]);
    let not_empty = Some(NightstandError::Refused(Refused::NotEmpty));
    assert_eq!(home.phone.pairing().join_back(&home.words, "New", &link).err(), not_empty);
    assert_eq!(alone.pairing().join("Noor", &link).err(), Some(InvalidInput::InvitePurpose.into()));
    let partners = alone.pairing().invite("Noor").unwrap().link(&[]);
    let new = home.new_phone();
    assert_eq!(new.pairing().join_back(&home.words, "New", &partners).err(), Some(InvalidInput::InvitePurpose.into()));

    // Something is written on the new phone while the two compare.
    let (mut inviting, mut joining) = home.back(&new, &home.words);
    carry(&mut joining, &mut inviting).unwrap();
    write(&new, "Meanwhile", Sharing::Private);
    inviting.confirm().unwrap();
    joining.confirm().unwrap();
    assert_eq!(carry(&mut joining, &mut inviting).err(), not_empty);
    assert_eq!((joining.state(), titles(&new)), (PairingState::Failed, vec!["Meanwhile".to_owned()]));
    assert!(new.pairing().partner().unwrap().is_none());
}

#[test]
fn a_partner_who_parted_while_the_two_compared_hands_nothing_over() {
    use crate::pairing::PartingChoice;
    let home = Home::with_something();
    let new = home.new_phone();
    let (mut inviting, mut joining) = home.back(&new, &home.words);
    carry(&mut joining, &mut inviting).unwrap();
    home.sam.pairing().part(&PartingChoice::default()).unwrap();
    assert_eq!(inviting.confirm(), Err(NightstandError::NotPaired));
    joining.confirm().unwrap();
    carry(&mut joining, &mut inviting).unwrap();
    is_new(&new);
}

#[test]
fn a_full_disk_leaves_the_new_phone_new() {
    let home = Home::with_something();
    let new = home.new_phone();
    let (mut inviting, mut joining) = home.back(&new, &home.words);
    carry(&mut joining, &mut inviting).unwrap();
    new.with_store(|store| Ok(store.limit_pages(1)?)).unwrap();
    inviting.confirm().unwrap();
    joining.confirm().unwrap();
    assert_eq!(carry(&mut joining, &mut inviting), Err(NightstandError::DiskFull));
    assert_eq!(joining.state(), PairingState::Failed);
    is_new(&new);
    new.with_store(|store| Ok(store.limit_pages(1_000_000)?)).unwrap();
    let (mut inviting, mut joining) = home.back(&new, &home.words);
    agree(&mut inviting, &mut joining);
}

#[test]
fn an_older_list_than_the_one_that_counts_is_answered_with_that() {
    let home = Home::with_something();
    // Sam's phone has not heard of these two.
    let (tablet, watch) = (home.device("Tablet", 3), home.device("Watch", 4));
    meet_own(&tablet, &home.phone);
    write(&tablet, "From the tablet", Sharing::Shared);
    let new = home.come_back();
    assert!(!lists(&new, &this(&tablet)));
    try_to_meet(new.sync().begin_again().unwrap(), &home.sam).unwrap();
    assert_eq!(titles(&new), SHARED);

    meet(&tablet, &home.sam);
    let refused = NightstandError::Refused(Refused::Device);
    assert_eq!(try_to_meet(new.sync().begin_again().unwrap(), &home.sam).unwrap_err(), refused);
    assert!(new.devices().view().unwrap().this_is_unlisted);
    new.devices().list_this(&home.words, "New phone").unwrap();
    try_to_meet(new.sync().begin_again().unwrap(), &home.sam).unwrap();
    assert!(lists(&new, &this(&tablet)) && lists(&new, &this(&watch)));
    assert!(titles(&new).contains(&"From the tablet".to_owned()));
    meet(&tablet, &home.sam);
    assert!(lists(&tablet, &this(&new)));
}

#[test]
fn two_lists_of_one_epoch_are_settled_and_nobody_is_lost() {
    let home = Home::with_something();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    let new = home.come_back();
    let sam = &home.sam;
    let met = |vault: &Vault| try_to_meet(vault.sync().begin_again().unwrap(), sam);
    met(&new).unwrap();
    // The tablet's list has the same number, and counts as much.
    let _ = met(&tablet);
    for vault in [&new, &tablet, &new, &tablet] {
        let _ = met(vault);
        if vault.devices().view().unwrap().this_is_unlisted {
            vault.devices().list_this(&home.words, "Again").unwrap();
            met(vault).unwrap();
        }
    }
    met(&new).unwrap();
    met(&tablet).unwrap();
    assert!(lists(&new, &this(&tablet)) && lists(&tablet, &this(&new)));
    assert!(!new.devices().view().unwrap().needs_settling);
}
