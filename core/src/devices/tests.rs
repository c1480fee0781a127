//! Alex has a phone and a tablet, and Sam has a phone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nightstand_engine::ids::BondId;

use super::{OwnDeviceId, PRIVATE_WAITS_MS, PrivateStanding};
use crate::error::{NightstandError, Refused};
use crate::journal::rich_text::RichText;
use crate::journal::{EntryDraft, EntryId, Moment, Sharing};
use crate::pairing::{PairingState, PairingTalk};
use crate::sync::{Conversation, SyncReport, Talk};
use crate::vault::{Clock, OpenOptions, Vault};

/// Stands still until somebody moves it.
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

struct Home {
    folder: tempfile::TempDir,
    clock: Arc<Hands>,
    phone: Vault,
    sam: Vault,
    words: String,
}

impl Home {
    /// Alex's phone and Sam's, paired.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hands(AtomicI64::new(1_800_000_000_000)));
        let phone = open(&folder, &clock, "phone", 1);
        let sam = open(&folder, &clock, "sam", 2);
        let words = phone.read(|rows, _| Ok(rows.phrase()?.unwrap().words().to_string())).unwrap();
        let mut inviting = phone.pairing().invite("Alex").unwrap();
        let mut joining = sam.pairing().join("Sam", &inviting.link(&[])).unwrap();
        agree(&mut inviting, &mut joining);
        let home = Self { folder, clock, phone, sam, words };
        meet(&home.phone, &home.sam);
        home
    }

    /// Another device of Alex's, linked to the phone.
    fn device(&self, name: &str, number: u8) -> Vault {
        let new = open(&self.folder, &self.clock, name, number);
        self.link(&self.phone, &new, name);
        new
    }

    fn link(&self, listed: &Vault, new: &Vault, name: &str) {
        let mut inviting = listed.devices().invite(&self.words, "Phone").unwrap();
        let mut joining = new.devices().join(name, &inviting.link(&[])).unwrap();
        agree(&mut inviting, &mut joining);
    }

    fn hours_pass(&self, hours: i64) {
        self.clock.0.fetch_add(hours * 3_600_000, Ordering::SeqCst);
    }
}

fn open(folder: &tempfile::TempDir, clock: &Arc<Hands>, name: &str, number: u8) -> Vault {
    let options = OpenOptions::new(folder.path().join(name), [number; 32], [number; 16]);
    Vault::open_with(options.clock(Arc::clone(clock) as Arc<dyn Clock>).seed([number; 32])).unwrap()
}

/// Both people look at both screens, and say that the codes are the same.
fn agree(inviting: &mut PairingTalk, joining: &mut PairingTalk) {
    carry(joining, inviting).unwrap();
    let (PairingState::Compare { code, .. }, PairingState::Compare { code: same, .. }) =
        (inviting.state(), joining.state())
    else {
        panic!("{:?} {:?}", inviting.state(), joining.state());
    };
    assert_eq!(code, same);
    inviting.confirm().unwrap();
    joining.confirm().unwrap();
    carry(joining, inviting).unwrap();
    assert_eq!((inviting.state(), joining.state()), (PairingState::Paired, PairingState::Paired));
}

fn carry(one: &mut dyn Talk, other: &mut dyn Talk) -> Result<(), NightstandError> {
    loop {
        let mut moved = false;
        while let Some(frame) = one.poll_frame()? {
            moved = true;
            other.handle_frame(&frame)?;
        }
        while let Some(frame) = other.poll_frame()? {
            moved = true;
            one.handle_frame(&frame)?;
        }
        if !moved {
            return Ok(());
        }
    }
}

/// One sync with the partner's phone.
fn meet(caller: &Vault, called: &Vault) -> SyncReport {
    try_to_meet(caller.sync().begin().unwrap(), called).unwrap()
}

/// One sync of two own devices.
fn meet_own(caller: &Vault, called: &Vault) -> SyncReport {
    try_to_meet_own(caller, called).unwrap()
}

fn try_to_meet_own(caller: &Vault, called: &Vault) -> Result<SyncReport, NightstandError> {
    try_to_meet(caller.sync().begin_with_own(&this(called)).unwrap(), called)
}

fn try_to_meet(mut begun: Conversation, called: &Vault) -> Result<SyncReport, NightstandError> {
    let mut answering = called.sync().answer()?;
    carry(&mut begun, &mut answering)?;
    Ok(begun.report())
}

fn this(vault: &Vault) -> OwnDeviceId {
    OwnDeviceId(vault.read(|rows, _| Ok(rows.device_keys()?.device())).unwrap())
}

fn write(vault: &Vault, title: &str, sharing: Sharing) -> EntryId {
    let when = Moment { utc_ms: vault.now_ms(), offset_seconds: Some(0), zone: None };
    let draft = EntryDraft { title: title.into(), body: RichText::plain("on the sofa"), when, ..EntryDraft::default() };
    vault.journal().write(&draft, sharing).unwrap()
}

fn titles(vault: &Vault) -> Vec<String> {
    use crate::journal::RowsQuery;
    let page = vault.journal().rows(&RowsQuery::default()).unwrap();
    let mut titles: Vec<_> = page.rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

#[test]
fn a_tablet_gets_what_is_shared_at_once_and_what_is_private_after_three_days() {
    let home = Home::new();
    write(&home.phone, "Mine alone", Sharing::Private);
    write(&home.phone, "For both to read", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    meet(&home.phone, &home.sam);
    let tablet = home.device("Tablet", 3);

    assert!(meet_own(&tablet, &home.phone).devices_changed);
    assert_eq!(titles(&tablet), ["For both to read", "From Sam"]);
    assert_eq!(tablet.pairing().partner().unwrap().map(|partner| partner.name).as_deref(), Some("Sam"));
    let seen = home.phone.devices().list().unwrap();
    assert_eq!((seen[0].name.as_str(), seen[0].is_new), ("Tablet", true));
    let until_ms = seen[0].since_ms + PRIVATE_WAITS_MS;
    assert_eq!(seen[0].private, PrivateStanding::Waits { until_ms });
    home.phone.devices().seen().unwrap();
    assert!(!home.phone.devices().list().unwrap()[0].is_new);

    home.hours_pass(71);
    meet_own(&tablet, &home.phone);
    assert_eq!(titles(&tablet).len(), 2);
    home.hours_pass(1);
    meet_own(&tablet, &home.phone);
    assert_eq!(titles(&tablet), ["For both to read", "From Sam", "Mine alone"]);

    write(&tablet, "On the tablet", Sharing::Private);
    meet_own(&home.phone, &tablet);
    assert!(titles(&home.phone).contains(&"On the tablet".to_owned()));
    // With nothing to say, it is one frame each way.
    assert_eq!(meet_own(&home.phone, &tablet).round_trips, 1);
}

#[test]
fn the_tablet_and_the_partners_phone_find_each_other() {
    let home = Home::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    // Sam's phone has not heard of the tablet: it shows its person's word for it.
    write(&tablet, "From the tablet", Sharing::Shared);
    write(&home.sam, "From Sam", Sharing::Shared);
    meet(&tablet, &home.sam);
    assert_eq!(titles(&home.sam), ["From Sam", "From the tablet"]);
    assert_eq!(titles(&tablet), ["From Sam", "From the tablet"]);
    // Sam's phone brings to the phone what the tablet wrote.
    meet(&home.phone, &home.sam);
    assert_eq!(titles(&home.phone), ["From Sam", "From the tablet"]);
}

#[test]
fn refused_private_stays_away_and_the_other_devices_hear_of_it() {
    let home = Home::new();
    write(&home.phone, "Mine alone", Sharing::Private);
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    home.hours_pass(100);
    meet_own(&tablet, &home.phone);
    let third = home.device("Unknown", 4);
    meet_own(&third, &home.phone);
    meet_own(&tablet, &home.phone);
    home.phone.devices().refuse_private(&this(&third)).unwrap();
    home.hours_pass(100);
    meet_own(&tablet, &home.phone);
    meet_own(&third, &home.phone);
    let there = tablet.devices().list().unwrap();
    let unknown = there.iter().find(|device| device.device == this(&third)).unwrap();
    assert_eq!((unknown.private, unknown.name.as_str()), (PrivateStanding::Refused, "Unknown"));
    meet_own(&third, &tablet);
    assert_eq!(titles(&third), [""; 0]);
    assert_eq!(titles(&tablet), ["Mine alone"]);
}

#[test]
fn private_may_pass_at_once_to_who_has_the_second_key() {
    let home = Home::new();
    write(&home.phone, "Mine alone", Sharing::Private);
    let tablet = home.device("Tablet", 3);
    let to = this(&tablet);
    let not_yet = Err(NightstandError::Refused(Refused::NotYet));
    assert_eq!(home.phone.devices().let_private_pass(&to), not_yet);
    home.phone.set_private_key(Some([7; 32]), |_| std::ops::ControlFlow::Continue(())).unwrap();
    home.phone.lock_private().unwrap();
    assert_eq!(home.phone.devices().let_private_pass(&to), Err(NightstandError::PrivateLocked));
    meet_own(&tablet, &home.phone);
    home.phone.unlock_private([7; 32], |_| std::ops::ControlFlow::Continue(())).unwrap();
    home.phone.devices().let_private_pass(&to).unwrap();
    // While it is locked, it stays, whoever may have it.
    home.phone.lock_private().unwrap();
    meet_own(&tablet, &home.phone);
    assert_eq!(titles(&tablet), [""; 0]);
    home.phone.unlock_private([7; 32], |_| std::ops::ControlFlow::Continue(())).unwrap();
    meet_own(&tablet, &home.phone);
    assert_eq!(titles(&tablet), ["Mine alone"]);
}

#[test]
fn who_links_needs_the_words_and_a_new_vault() {
    let home = Home::new();
    let refused = |words: &str| home.phone.devices().invite(words, "Phone").err();
    assert!(refused("").is_some());
    let others = home.sam.read(|rows, _| Ok(rows.phrase()?.unwrap().words().to_string())).unwrap();
    assert!(refused(&others).is_some());

    let used = open(&home.folder, &home.clock, "used", 5);
    write(&used, "Something", Sharing::Private);
    let link = home.phone.devices().invite(&home.words, "Phone").unwrap().link(&[]);
    let refused = used.devices().join("Tablet", &link).err();
    assert_eq!(refused, Some(NightstandError::Refused(Refused::NotEmpty)));
    // An invite is for one purpose.
    let new = open(&home.folder, &home.clock, "new", 6);
    assert!(new.pairing().join("Alex", &link).is_err());
    let partners = new.pairing().invite("Kim").unwrap().link(&[]);
    let newer = open(&home.folder, &home.clock, "newer", 7);
    assert!(newer.devices().join("Tablet", &partners).is_err());
}

#[test]
fn a_removed_device_is_refused_everywhere() {
    let home = Home::new();
    let (tablet, third) = (home.device("Tablet", 3), home.device("Reader", 4));
    for device in [&tablet, &third] {
        meet_own(device, &home.phone);
        meet(device, &home.sam);
    }
    meet_own(&tablet, &home.phone);
    let left = home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    assert_eq!(left.devices_left, 2);
    assert!(!home.phone.devices().list().unwrap().iter().any(|device| device.device == this(&tablet)));

    // By the phone at once; by Sam's phone and by the reader, once they know.
    let removed = Err(NightstandError::Refused(Refused::Device));
    assert_eq!(try_to_meet_own(&tablet, &home.phone).map(drop), removed);
    meet(&home.phone, &home.sam);
    meet_own(&third, &home.phone);
    assert_eq!(try_to_meet_own(&third, &home.phone).map(drop), Ok(()));
    assert!(try_to_meet(tablet.sync().begin().unwrap(), &home.sam).is_err());
    assert!(try_to_meet_own(&tablet, &third).is_err());

    // Nobody brings it back: it knows no roster that would, and gossip of its keys is left out.
    let own = BondId::of_own_devices(&home.phone.person());
    for vault in [&home.phone, &third] {
        let known = vault.read(|rows, _| Ok(rows.peer_devices(&own)?)).unwrap();
        assert!(known.iter().all(|record| record.device != this(&tablet).0));
    }
}
