//! What a removed device deleted, and what nobody can tell whether it made it up.

use super::*;
use crate::care::sessions::SessionDraft;
use crate::devices::{AsideView, Unconfirmed};
use crate::journal::RowsQuery;
use crate::records::Audience;

/// What was set aside, in the order of the titles, and how many of it was deleted.
fn aside(vault: &Vault) -> Vec<AsideView> {
    let mut aside = vault.devices().set_aside().unwrap();
    aside.sort_by(|one, other| one.title.cmp(&other.title));
    aside
}

/// The entry with this title.
fn of(vault: &Vault, title: &str) -> EntryId {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    rows.into_iter().find(|row| row.title == title).unwrap().id
}

fn answer_all(vault: &Vault, keep: bool) {
    for view in aside(vault) {
        let devices = vault.devices();
        if keep { devices.keep_set_aside(&view.id) } else { devices.let_go_set_aside(&view.id) }.unwrap();
    }
    assert_eq!(vault.devices().set_aside(), Ok(Vec::new()));
}

#[test]
fn what_a_removed_device_deleted_is_gone_everywhere_and_can_be_brought_back() {
    for keep in [true, false] {
        let home = Home::new();
        write(&home.phone, "Under the trees", Sharing::Shared);
        let joint = write(&home.phone, "Our winter", Sharing::Joint);
        say(&home.phone, Stance::Never);
        let session = home.phone.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
        meet(&home.phone, &home.sam);
        lost_tablet(&home, |tablet| {
            tablet.journal().delete(&of(tablet, "Under the trees")).unwrap();
            tablet.journal().delete(&joint).unwrap();
            tablet.preferences().take_back(&hands()).unwrap();
            tablet.sessions().delete(&session).unwrap();
        });
        assert_eq!(titles(&home.sam), ["On the sofa"]);
        meet(&home.phone, &home.sam);

        // Both came to the same. Alex's phone can say what there was, and Sam's has nothing of it.
        let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
        assert_eq!(digest(&home.phone), digest(&home.sam));
        assert_eq!(titles(&home.phone), ["On the sofa", "Under the trees"], "what stands in Private stays");
        assert_eq!(said(&home.phone, Whose::Me), Some(Stance::Never));
        assert_eq!(said(&home.sam, Whose::Partner), None);
        assert_eq!(home.sam.devices().set_aside(), Ok(Vec::new()));
        let views = aside(&home.phone);
        assert!(views.iter().all(|view| view.deleted));
        let shown: Vec<_> = views.iter().map(|view| (view.sort, view.title.as_str(), view.stance)).collect();
        let expected = [
            (AsideSort::Entry, "Our winter", None),
            (AsideSort::Entry, "Under the trees", None),
            (AsideSort::Record, "session", None),
            (AsideSort::Preference, "stance/holding-hands/together", Some(Stance::Never)),
        ];
        assert_eq!(shown, expected);

        answer_all(&home.phone, keep);
        meet(&home.phone, &home.sam);
        assert_eq!(digest(&home.phone), digest(&home.sam));
        let sessions = |vault: &Vault| vault.sessions().list(0, i64::MAX).unwrap().len();
        if keep {
            assert_eq!(titles(&home.phone), ["On the sofa", "Our winter", "Under the trees"]);
            assert_eq!(titles(&home.sam), ["On the sofa", "Under the trees"]);
            assert_eq!(said(&home.sam, Whose::Partner), Some(Stance::Never));
            assert_eq!((sessions(&home.phone), sessions(&home.sam)), (1, 1));
        } else {
            assert_eq!(titles(&home.phone), ["On the sofa", "Under the trees"]);
            assert_eq!(titles(&home.sam), ["On the sofa"]);
            assert_eq!((sessions(&home.phone), sessions(&home.sam)), (0, 0));
        }
        assert_eq!(said(&home.phone, Whose::Me), Some(Stance::Never), "no boundary is lost by it");
    }
}

#[test]
fn what_came_back_and_was_deleted_since_comes_back_anew() {
    let home = Home::new();
    let joint = write(&home.phone, "Our winter", Sharing::Joint);
    meet(&home.phone, &home.sam);
    let reader = home.device("Reader", 4);
    meet_own(&reader, &home.phone);
    lost_tablet(&home, |tablet| tablet.journal().delete(&joint).unwrap());
    home.hours_pass(73);
    meet(&home.phone, &home.sam);
    meet_own(&reader, &home.phone);
    assert_eq!(aside(&reader).len(), 1, "another device of Alex's is asked as well");
    answer_all(&home.phone, true);
    meet_own(&reader, &home.phone);
    assert_eq!(titles(&reader), ["On the sofa", "Our winter"]);
    reader.journal().delete(&of(&reader, "Our winter")).unwrap();
    answer_all(&reader, true);
    assert_eq!(titles(&reader), ["On the sofa", "Our winter"]);
}

/// The first version that could remove a device kept such a deletion by itself, and the document went on.
#[test]
fn what_an_earlier_version_did_not_delete_goes_with_the_next_change_of_the_list() {
    use nightstand_engine::change::Unusable;
    use nightstand_engine::exchange::{Audience as Reader, Reach};
    use nightstand_engine::ids::Space;
    use nightstand_engine::log::EntryKind;
    use nightstand_engine::store::{EntryRow, EntryState, LogRow, Store, Transaction};

    let home = Home::new();
    let joint = write(&home.phone, "Our winter", Sharing::Joint);
    meet(&home.phone, &home.sam);
    let tablet = lost_tablet(&home, |tablet| tablet.journal().delete(&joint).unwrap());
    let last = home.sam.with_store(|store| {
        let tx = store.begin()?;
        let logs = tx.logs(&Reader::OwnDevice(Reach::Everything))?;
        let is_it = |row: &LogRow| row.opening.device == this(&tablet).0 && row.opening.space == Space::Joint;
        let log = logs.into_iter().find(is_it).unwrap();
        Ok((tx.entry(&log.opening.log(), 1)?.unwrap(), log.opening))
    });
    let (tombstone, opening) = last.unwrap();
    assert_eq!(tombstone.kind, EntryKind::Tombstone);
    let kept = home.phone.with_store(|store| {
        let mut tx = store.begin()?;
        tx.open_log(&opening)?;
        tx.append(&EntryRow { state: EntryState::SetAside(Unusable::Removed), ..tombstone })?;
        Ok(tx.commit()?)
    });
    kept.unwrap();
    assert_eq!(titles(&home.phone), ["On the sofa", "Our winter"]);
    home.device("Reader", 4);
    assert_eq!(titles(&home.phone), ["On the sofa"]);
    assert_eq!(aside(&home.phone).len(), 1);
    meet(&home.phone, &home.sam);
    let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
    assert_eq!(digest(&home.phone), digest(&home.sam));
}

/// Alex's phone, put back from a copy, removes the tablet before it has met anybody. Sam's phone has what it wrote since.
fn put_back(mut home: Home) -> Home {
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    write(&home.phone, "Before", Sharing::Shared);
    meet(&home.phone, &home.sam);
    home.phone.pause(std::time::Duration::from_secs(10)).unwrap();
    std::fs::copy(home.folder.path().join("phone"), home.folder.path().join("copy")).unwrap();
    home.phone.resume().unwrap();
    write(&home.phone, "After the copy", Sharing::Shared);
    meet(&home.phone, &home.sam);
    home.phone.close().unwrap();

    let options = OpenOptions::new(home.folder.path().join("copy"), [1; 32], [9; 16]);
    home.phone = Vault::open_with(options.clock(Arc::clone(&home.clock) as Arc<dyn Clock>).seed([9; 32])).unwrap();
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    assert_eq!(home.phone.devices().view().unwrap().unconfirmed, []);
    let report = try_to_meet(home.phone.sync().begin_again().unwrap(), &home.sam).unwrap();
    assert!(report.devices_changed);
    assert_eq!(titles(&home.phone), ["Before"], "the tablet could have made it up");
    home
}

#[test]
fn a_phone_that_was_put_back_asks_before_it_takes_its_own_words_in_again() {
    let home = put_back(Home::new());
    let this_phone = this(&home.phone);
    let asked = home.phone.devices().view().unwrap().unconfirmed;
    assert_eq!(asked, [Unconfirmed { device: this_phone, is_this: true, name: String::new(), stays_out: false }]);
    assert!(!meet(&home.phone, &home.sam).devices_changed, "one time");
    home.phone.devices().confirm(&this_phone, true).unwrap();
    assert_eq!(home.phone.devices().view().unwrap().unconfirmed, []);
    meet(&home.phone, &home.sam);
    assert_eq!(titles(&home.phone), ["After the copy", "Before"]);
    write(&home.phone, "Since", Sharing::Shared);
    meet(&home.phone, &home.sam);
    assert_eq!(titles(&home.sam), ["After the copy", "Before", "Since"]);
    let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
    assert_eq!(digest(&home.phone), digest(&home.sam));
}

#[test]
fn what_nobody_confirms_stays_out_and_nobody_is_asked_again() {
    let home = put_back(Home::new());
    let this_phone = this(&home.phone);
    let stranger = this(&home.sam);
    assert_eq!(home.phone.devices().confirm(&stranger, true), Err(NightstandError::NotFound));
    home.phone.devices().confirm(&this_phone, false).unwrap();
    meet(&home.phone, &home.sam);
    assert!(home.phone.devices().view().unwrap().unconfirmed[0].stays_out);
    assert_eq!(titles(&home.phone), ["Before"]);
    // Another device is linked: the list is another, and so is what is asked.
    let reader = home.device("Reader", 4);
    meet_own(&reader, &home.phone);
    meet(&home.phone, &home.sam);
    assert_eq!(home.phone.devices().view().unwrap().unconfirmed.len(), 1);
    home.phone.devices().confirm(&this_phone, true).unwrap();
    meet(&home.phone, &home.sam);
    meet_own(&reader, &home.phone);
    for vault in [&home.phone, &reader] {
        assert_eq!(titles(vault), ["After the copy", "Before"]);
    }
}

/// The reader, which has not heard of it, brings Sam's phone what the tablet wrote, in a sync that began before the removal.
#[test]
fn a_sync_that_is_under_way_hears_of_a_removal() {
    let home = Home::new();
    let (tablet, reader) = (home.device("Tablet", 3), home.device("Reader", 4));
    for _ in 0..2 {
        meet_own(&tablet, &home.phone);
        meet_own(&reader, &home.phone);
        meet_own(&reader, &tablet);
    }
    for vault in [&reader, &tablet, &home.phone] {
        meet(vault, &home.sam);
    }
    let mut called = home.sam.sync().answer_live().unwrap();
    let mut begun = reader.sync().begin_live().unwrap();
    carry(&mut begun, &mut called).unwrap();
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    meet(&home.phone, &home.sam);
    write(&tablet, "Was that me?", Sharing::Shared);
    meet_own(&tablet, &reader);
    carry(&mut begun, &mut called).unwrap();
    assert!(begun.is_level() && called.is_level());
    assert!(titles(&home.sam).is_empty(), "{:?}", titles(&home.sam));
    assert_eq!(titles(&reader), ["Was that me?"], "it has not heard yet");
    drop((begun, called));
    meet_own(&reader, &home.phone);
    meet(&reader, &home.sam);
    meet(&home.phone, &home.sam);
    for vault in [&home.phone, &reader, &home.sam] {
        assert_eq!(titles(vault), [""; 0]);
    }
    assert_eq!(aside(&home.phone).len(), 1);
}
