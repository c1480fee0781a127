//! Alex has a phone and a tablet, and Sam has a phone.

mod gone;
mod liar;
mod past_the_floor;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nightstand_engine::ids::BondId;

use super::{AsideSort, OwnDeviceId, PRIVATE_WAITS_MS, PrivateStanding};
use crate::care::{Item, ItemDraft, Side, Stance, Whose};
use crate::error::{NightstandError, Refused};
use crate::journal::rich_text::RichText;
use crate::journal::{EntryDraft, EntryId, Moment, Sharing};
use crate::pairing::{PairingState, PairingTalk};
use crate::sync::{Conversation, SyncOutcome, SyncReport, Talk};
use crate::vault::{Clock, OpenOptions, Vault};

/// Stands still until somebody moves it.
pub(crate) struct Hands(AtomicI64);

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(crate) struct Home {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) clock: Arc<Hands>,
    pub(crate) phone: Vault,
    pub(crate) sam: Vault,
    pub(crate) words: String,
}

impl Home {
    /// Alex's phone and Sam's, paired.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hands(AtomicI64::new(1_800_000_000_000)));
        let phone = open(&folder, &clock, "phone", 1);
        let sam = open(&folder, &clock, "sam", 2);
        let words = phone.recovery_phrase().show().unwrap().as_text().to_owned();
        let mut inviting = phone.pairing().invite("Alex").unwrap();
        let mut joining = sam.pairing().join("Sam", &inviting.link(&[])).unwrap();
        agree(&mut inviting, &mut joining);
        let home = Self { folder, clock, phone, sam, words };
        meet(&home.phone, &home.sam);
        home
    }

    /// Another device of Alex's, linked to the phone.
    pub(crate) fn device(&self, name: &str, number: u8) -> Vault {
        let new = open(&self.folder, &self.clock, name, number);
        self.link(&self.phone, &new, name);
        new
    }

    pub(crate) fn link(&self, listed: &Vault, new: &Vault, name: &str) {
        let mut inviting = listed.devices().invite(&self.words, "Phone").unwrap();
        let mut joining = new.devices().join(name, &inviting.link(&[])).unwrap();
        agree(&mut inviting, &mut joining);
    }

    pub(crate) fn hours_pass(&self, hours: i64) {
        self.clock.0.fetch_add(hours * 3_600_000, Ordering::SeqCst);
    }
}

pub(crate) fn open(folder: &tempfile::TempDir, clock: &Arc<Hands>, name: &str, number: u8) -> Vault {
    let options = OpenOptions::new(folder.path().join(name), [number; 32], [number; 16]);
    Vault::open_with(options.clock(Arc::clone(clock) as Arc<dyn Clock>).seed([number; 32])).unwrap()
}

/// Both people look at both screens, and say that the codes are the same.
pub(crate) fn agree(inviting: &mut PairingTalk, joining: &mut PairingTalk) {
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

/// Carries frames until nothing moves. If one side ends, the other still hears what it says last.
pub(crate) fn carry(one: &mut dyn Talk, other: &mut dyn Talk) -> Result<(), NightstandError> {
    loop {
        let mut moved = false;
        while let Some(frame) = one.poll_frame()? {
            moved = true;
            let heard = other.handle_frame(&frame);
            if heard.is_err() {
                while let Ok(Some(last)) = other.poll_frame() {
                    let _ = one.handle_frame(&last);
                }
                return heard;
            }
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
pub(crate) fn meet(caller: &Vault, called: &Vault) -> SyncReport {
    try_to_meet(caller.sync().begin().unwrap(), called).unwrap()
}

/// One sync of two own devices.
pub(crate) fn meet_own(caller: &Vault, called: &Vault) -> SyncReport {
    try_to_meet_own(caller, called).unwrap()
}

fn try_to_meet_own(caller: &Vault, called: &Vault) -> Result<SyncReport, NightstandError> {
    try_to_meet(caller.sync().begin_with_own(&this(called)).unwrap(), called)
}

pub(crate) fn try_to_meet(mut begun: Conversation, called: &Vault) -> Result<SyncReport, NightstandError> {
    let mut answering = called.sync().answer()?;
    carry(&mut begun, &mut answering)?;
    Ok(begun.report())
}

pub(crate) fn this(vault: &Vault) -> OwnDeviceId {
    OwnDeviceId(vault.read(|rows, _| Ok(rows.device_keys()?.device())).unwrap())
}

pub(crate) fn write(vault: &Vault, title: &str, sharing: Sharing) -> EntryId {
    let when = Moment { utc_ms: vault.now_ms(), offset_seconds: Some(0), zone: None };
    let draft = EntryDraft { title: title.into(), body: RichText::plain("on the sofa"), when, ..EntryDraft::default() };
    vault.journal().write(&draft, sharing).unwrap()
}

pub(crate) fn titles(vault: &Vault) -> Vec<String> {
    use crate::journal::RowsQuery;
    let page = vault.journal().rows(&RowsQuery::default()).unwrap();
    let mut titles: Vec<_> = page.rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

/// What does not pass yet is told of in the first message, and is no reason for either side to end before the other.
#[test]
fn a_sync_with_nothing_new_ends_well_on_both_sides_while_private_waits() {
    let home = Home::new();
    write(&home.phone, "Mine alone", Sharing::Private);
    let tablet = home.device("Tablet", 3);
    for (caller, called) in [(&tablet, &home.phone), (&home.phone, &tablet)].into_iter().cycle().take(6) {
        let mut begun = caller.sync().begin_with_own(&this(called)).unwrap();
        let mut answering = called.sync().answer().unwrap();
        carry(&mut begun, &mut answering).unwrap();
        assert_eq!(begun.report().outcome, Some(SyncOutcome::AllHandedOver));
        assert_eq!(answering.report().outcome, Some(SyncOutcome::AllHandedOver));
    }
    assert_eq!(titles(&tablet), [""; 0]);
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
fn who_has_an_older_list_hears_the_newer_one_before_anything_that_was_written() {
    let home = Home::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    meet(&tablet, &home.sam);
    home.device("Watch", 4);
    meet(&home.phone, &home.sam);
    write(&home.sam, "From Sam", Sharing::Shared);
    assert!(meet(&tablet, &home.sam).devices_changed);
    assert_eq!(titles(&tablet), ["From Sam"]);
    assert_eq!(tablet.devices().list().unwrap().len(), 2);
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
    let early = home.device("Early", 4);
    let without = Err(NightstandError::Refused(Refused::NoSecondKey));
    assert_eq!(home.phone.devices().let_private_pass(&this(&early)), without);
    home.phone.set_private_key(Some([7; 32]), |_| std::ops::ControlFlow::Continue(())).unwrap();
    // Whoever linked this one could have set the key as well.
    assert_eq!(home.phone.devices().let_private_pass(&this(&early)), without);
    let tablet = home.device("Tablet", 3);
    let to = this(&tablet);
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
    let others = home.sam.recovery_phrase().show().unwrap().as_text().to_owned();
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
    write(&tablet, "On the tablet", Sharing::Shared);
    let left = home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    assert_eq!(left.devices_left, 2);
    assert!(!home.phone.devices().list().unwrap().iter().any(|device| device.device == this(&tablet)));

    // By the phone at once, which tells it; by Sam's phone and by the reader, once they know.
    assert_eq!(try_to_meet_own(&tablet, &home.phone).map(drop), Err(NightstandError::Refused(Refused::Device)));
    assert!(tablet.devices().view().unwrap().this_is_removed);
    meet(&home.phone, &home.sam);
    meet_own(&third, &home.phone);
    assert_eq!(try_to_meet_own(&third, &home.phone).map(drop), Ok(()));
    assert!(try_to_meet(tablet.sync().begin().unwrap(), &home.sam).is_err());
    assert!(try_to_meet_own(&tablet, &third).is_err());

    // It was told so, and keeps what is on it.
    assert!(tablet.devices().view().unwrap().this_is_removed);
    assert_eq!(titles(&tablet), ["On the tablet"]);
    assert_eq!(tablet.devices().invite(&home.words, "Tablet").err(), Some(NightstandError::Refused(Refused::Removed)));

    // Nobody brings it back: it knows no roster that would, and gossip of its keys is left out.
    let own = BondId::of_own_devices(&home.phone.person());
    for vault in [&home.phone, &third] {
        let known = vault.read(|rows, _| Ok(rows.peer_devices(&own)?)).unwrap();
        assert!(known.iter().all(|record| record.device != this(&tablet).0));
    }
}

/// Alex's tablet writes to Sam's phone what Alex's phone has not heard of, and is then removed.
fn lost_tablet(home: &Home, write_last: impl Fn(&Vault)) -> Vault {
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&tablet, "On the sofa", Sharing::Shared);
    meet_own(&tablet, &home.phone);
    meet(&tablet, &home.sam);
    write_last(&tablet);
    meet(&tablet, &home.sam);
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    tablet
}

#[test]
fn what_a_removed_device_wrote_beyond_what_was_known_is_set_aside_and_shown() {
    let home = Home::new();
    let tablet = lost_tablet(&home, |tablet| {
        write(tablet, "Was that me?", Sharing::Shared);
        write(tablet, "Or somebody else", Sharing::Shared);
    });
    assert_eq!(titles(&home.sam), ["On the sofa", "Or somebody else", "Was that me?"]);
    meet(&home.phone, &home.sam);
    // It stays out of both lists, and waits for Alex.
    for vault in [&home.phone, &home.sam] {
        assert_eq!(titles(vault), ["On the sofa"]);
    }
    assert_eq!(home.sam.devices().set_aside(), Ok(Vec::new()));
    let aside = home.phone.devices().set_aside().unwrap();
    assert_eq!(aside.iter().map(|view| view.title.as_str()).collect::<Vec<_>>(), ["Was that me?", "Or somebody else"]);
    assert_eq!(aside[0].text, "on the sofa");

    home.phone.devices().keep_set_aside(&aside[0].id).unwrap();
    home.phone.devices().let_go_set_aside(&aside[1].id).unwrap();
    assert_eq!(home.phone.devices().set_aside(), Ok(Vec::new()));
    assert_eq!(home.phone.devices().keep_set_aside(&aside[0].id), Err(NightstandError::NotFound));
    meet(&home.phone, &home.sam);
    for vault in [&home.phone, &home.sam] {
        assert_eq!(titles(vault), ["On the sofa", "Was that me?"]);
    }
    // A device that is linked later comes to the same.
    let reader = home.device("Reader", 4);
    meet_own(&reader, &home.phone);
    assert_eq!(titles(&reader), titles(&home.phone));
    drop(tablet);
}

#[test]
fn what_somebody_built_on_stays() {
    let home = Home::new();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    meet(&tablet, &home.sam);
    let joint = write(&tablet, "Our evening", Sharing::Joint);
    meet(&tablet, &home.sam);
    // Sam writes on in what the tablet began; Alex's phone has heard of neither when it removes the tablet.
    let mut draft = home.sam.journal().read(&joint).unwrap();
    draft.entry.title = "Our long evening".into();
    home.sam.journal().edit(&joint, &draft.entry, &draft.version).unwrap();
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    meet(&home.phone, &home.sam);
    for vault in [&home.phone, &home.sam] {
        assert_eq!(titles(vault), ["Our long evening"]);
        assert_eq!(vault.devices().set_aside(), Ok(Vec::new()));
    }
}

fn hands() -> Item {
    Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition: None }
}

fn say(vault: &Vault, stance: Stance) {
    let (item, preferences) = (hands(), vault.preferences());
    let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
    let seen = preferences.read(&item).unwrap().version;
    let seen = preferences.set(&item, &draft, &seen).unwrap().version;
    preferences.share(&item, &seen).unwrap();
}

fn said(vault: &Vault, whose: Whose) -> Option<Stance> {
    vault.preferences().list(whose).unwrap().items.into_iter().find(|row| row.item == hands())?.stance
}

#[test]
fn a_boundary_that_was_set_aside_holds_until_its_person_has_looked() {
    for keep in [true, false] {
        let home = Home::new();
        say(&home.phone, Stance::Love);
        meet(&home.phone, &home.sam);
        lost_tablet(&home, |tablet| say(tablet, Stance::Never));
        assert_eq!(said(&home.sam, Whose::Partner), Some(Stance::Never));
        meet(&home.phone, &home.sam);
        let aside = home.phone.devices().set_aside().unwrap();
        assert_eq!((aside[0].sort, aside[0].stance), (AsideSort::Preference, Some(Stance::Never)));
        for (vault, whose) in [(&home.phone, Whose::Me), (&home.sam, Whose::Partner)] {
            assert_eq!(said(vault, whose), Some(Stance::Never), "it holds, whoever wrote it");
            let rebuilt = vault.with_store(|store| {
                use nightstand_engine::store::{Store, Transaction};
                let mut tx = store.begin()?;
                tx.rebuild_rows(&mut |_| core::ops::ControlFlow::Continue(()))?;
                Ok(tx.commit()?)
            });
            rebuilt.unwrap();
            assert_eq!(said(vault, whose), Some(Stance::Never), "and follows from what is kept");
        }
        let devices = home.phone.devices();
        if keep { devices.keep_set_aside(&aside[0].id) } else { devices.let_go_set_aside(&aside[0].id) }.unwrap();
        meet(&home.phone, &home.sam);
        let stands = Some(if keep { Stance::Never } else { Stance::Love });
        assert_eq!((said(&home.phone, Whose::Me), said(&home.sam, Whose::Partner)), (stands, stands));
    }
}

#[test]
fn two_devices_that_sign_at_once_come_to_the_same_and_the_next_change_settles_it() {
    let home = Home::new();
    let (tablet, reader) = (home.device("Tablet", 3), home.device("Reader", 4));
    for _ in 0..2 {
        meet_own(&tablet, &home.phone);
        meet_own(&reader, &home.phone);
    }
    // The phone removes the reader while the tablet, out of reach, removes the phone's other … and links another.
    home.phone.devices().remove(&home.words, &this(&reader)).unwrap();
    let kindle = open(&home.folder, &home.clock, "Kindle", 5);
    home.link(&tablet, &kindle, "Kindle");
    meet_own(&tablet, &home.phone);
    let views = [&tablet, &home.phone].map(|vault| vault.devices().view().unwrap());
    assert!(views.iter().all(|view| view.needs_settling && !view.this_is_removed));
    for vault in [&tablet, &home.phone] {
        assert!(!vault.devices().list().unwrap().iter().any(|device| device.device == this(&reader)));
        assert!(try_to_meet_own(&reader, vault).is_err());
    }
    home.link(&home.phone, &open(&home.folder, &home.clock, "New", 6), "New");
    meet_own(&tablet, &home.phone);
    for vault in [&tablet, &home.phone] {
        assert!(!vault.devices().view().unwrap().needs_settling);
    }
    write(&tablet, "After all that", Sharing::Shared);
    meet_own(&tablet, &home.phone);
    meet(&home.phone, &home.sam);
    meet(&tablet, &home.sam);
    assert_eq!(titles(&home.sam), ["After all that"]);
}
