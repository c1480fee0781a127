//! Bundles change hands.

use std::path::Path;
use std::time::Duration;

use crate::devices::tests::{Home, meet, meet_own, this, titles, write};
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::journal::Sharing;
use crate::sync::{BundleExtent, BundleFor, BundleOutcome, BundleReport, Cancel};
use crate::vault::Vault;

const NOT_IT: Result<(BundleOutcome, u64), NightstandError> = Err(NightstandError::Refused(Refused::Bytes));

const MINUTE: Duration = Duration::from_secs(60);

fn bundle(from: &Vault, extent: BundleExtent) -> Vec<u8> {
    from.sync().make_bundle(BundleFor::Partner, extent, MINUTE, &Cancel::new()).unwrap().bytes
}

fn lately(from: &Vault) -> Vec<u8> {
    bundle(from, BundleExtent::SinceLastSync)
}

fn take(vault: &Vault, bytes: &[u8]) -> Result<(BundleOutcome, u64), NightstandError> {
    let report = take_whole(vault, bytes)?;
    Ok((report.outcome, report.entries_received))
}

fn take_whole(vault: &Vault, bytes: &[u8]) -> Result<BundleReport, NightstandError> {
    vault.sync().take_bundle(bytes, MINUTE, &Cancel::new())
}

#[test]
fn a_bundle_brings_what_was_written_since_the_last_sync() {
    let home = Home::new();
    write(&home.phone, "Known already", Sharing::Shared);
    meet(&home.phone, &home.sam);
    write(&home.phone, "For both to read", Sharing::Shared);
    write(&home.phone, "Mine alone", Sharing::Private);
    let first = lately(&home.phone);
    write(&home.phone, "And one more", Sharing::Shared);
    let second = lately(&home.phone);
    assert_eq!(second.len(), 2048, "a day's changes fit into the smallest size");

    // In any order, and again.
    let (outcome, entries) = take(&home.sam, &second).unwrap();
    assert_eq!(outcome, BundleOutcome::AllHere);
    assert!(entries > 0);
    assert_eq!(titles(&home.sam), ["And one more", "For both to read", "Known already"]);
    for bytes in [&first, &second] {
        assert_eq!(take(&home.sam, bytes), Ok((BundleOutcome::AllHere, 0)));
    }
    // It acknowledged nothing: the sync after it says so, and moves nothing twice.
    assert_eq!(lately(&home.phone).len(), second.len());
    assert_eq!(meet(&home.phone, &home.sam).entries_received, 0);
    assert_eq!(titles(&home.sam).len(), 3);
}

#[test]
fn both_ways_by_file_alone() {
    let home = Home::new();
    let joint = write(&home.phone, "Our evening", Sharing::Joint);
    take(&home.sam, &lately(&home.phone)).unwrap();
    let mut draft = home.sam.journal().read(&joint).unwrap();
    draft.entry.title = "Our long evening".into();
    home.sam.journal().edit(&joint, &draft.entry, &draft.version).unwrap();
    take(&home.phone, &lately(&home.sam)).unwrap();
    assert_eq!(titles(&home.phone), ["Our long evening"]);
    home.phone.journal().delete(&joint).unwrap();
    take(&home.sam, &lately(&home.phone)).unwrap();
    assert_eq!(titles(&home.sam), ["long"], "Sam's own words stay with Sam");
    // What was written before does not come back.
    take(&home.phone, &lately(&home.sam)).unwrap();
    assert_eq!(titles(&home.phone), [""; 0]);
}

#[test]
fn a_bundle_that_builds_on_more_says_so_and_one_with_everything_helps() {
    let home = Home::new();
    write(&home.phone, "Known to the phone", Sharing::Shared);
    meet(&home.phone, &home.sam);
    write(&home.phone, "For both to read", Sharing::Shared);
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    // Sam's phone knows the phone alone, and what is agreed with it.
    write(&home.sam, "From Sam", Sharing::Shared);
    assert_eq!(take(&tablet, &lately(&home.sam)), Ok((BundleOutcome::NotForThisPhone, 0)));
    meet(&tablet, &home.sam);
    write(&home.sam, "Later", Sharing::Shared);
    let since = lately(&home.sam);
    // Another device introduces itself by a bundle.
    let reader = home.device("Reader", 5);
    meet_own(&reader, &home.phone);
    take(&home.sam, &bundle(&reader, BundleExtent::Everything)).unwrap();
    let everything = lately(&home.sam);
    assert_eq!(take(&reader, &since), Ok((BundleOutcome::NotForThisPhone, 0)));
    assert_eq!(take(&reader, &everything).unwrap().0, BundleOutcome::AllHere, "it was never met, and may have nothing");
    assert!(titles(&reader).contains(&"Later".to_owned()));
}

#[test]
fn what_is_missing_is_said_and_nothing_is_half_applied() {
    let home = Home::new();
    write(&home.phone, "First", Sharing::Shared);
    let copy = home.folder.path().join("copy");
    home.sam.close().unwrap();
    std::fs::copy(home.folder.path().join("sam"), &copy).unwrap();
    let sam = crate::devices::tests::open(&home.folder, &home.clock, "sam", 2);
    meet(&home.phone, &sam);
    write(&home.phone, "Second", Sharing::Shared);
    let since = lately(&home.phone);
    let everything = bundle(&home.phone, BundleExtent::Everything);
    assert_eq!(take(&sam, &since).unwrap().0, BundleOutcome::AllHere);
    sam.close().unwrap();

    // Sam's phone as it was before the two met.
    std::fs::copy(&copy, home.folder.path().join("sam")).unwrap();
    let sam = crate::devices::tests::open(&home.folder, &home.clock, "sam", 2);
    assert_eq!(take(&sam, &since), Ok((BundleOutcome::EarlierMissing, 0)));
    assert_eq!(titles(&sam), [""; 0]);
    assert_eq!(take(&sam, &everything).unwrap().0, BundleOutcome::AllHere);
    assert_eq!(titles(&sam), ["First", "Second"]);
}

#[test]
fn what_was_cut_or_changed_is_refused_whole() {
    let home = Home::new();
    write(&home.phone, "For both to read", Sharing::Shared);
    let whole = lately(&home.phone);
    for at in (0..whole.len()).step_by(41).chain([whole.len() - 1]) {
        let cut = take(&home.sam, &whole[..at]);
        assert!(cut == NOT_IT || cut == Ok((BundleOutcome::NotForThisPhone, 0)), "{at} {cut:?}");
        let mut changed = whole.clone();
        changed[at] ^= 1;
        let changed = take(&home.sam, &changed);
        // A letter for nobody, or the count of letters: either is as if it were for somebody else.
        let refused = changed == NOT_IT || changed == Ok((BundleOutcome::NotForThisPhone, 0));
        let too_new = at == 0 && changed == Err(NightstandError::PeerTooNew);
        // A letter that nobody reads anyhow may be changed by anybody.
        let a_letter_to_nobody = (162..642).contains(&at) && changed.is_ok();
        assert!(refused || too_new || a_letter_to_nobody, "{at} {changed:?}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert_eq!(take(&home.sam, &longer), NOT_IT);
}

#[test]
fn a_bundle_for_somebody_else_or_from_a_removed_device_is_refused() {
    let home = Home::new();
    write(&home.phone, "For both to read", Sharing::Shared);
    assert_eq!(take_whole(&home.phone, &lately(&home.phone)).unwrap().outcome, BundleOutcome::NotForThisPhone);
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    meet(&tablet, &home.sam);
    write(&tablet, "From the tablet", Sharing::Shared);
    let late = lately(&tablet);
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    // The bundle of the phone brings the word of it to Sam's.
    let report = take_whole(&home.sam, &lately(&home.phone)).unwrap();
    assert!(report.devices_changed);
    assert_eq!(take(&home.sam, &late), Err(NightstandError::Refused(Refused::Device)));
    assert_eq!(titles(&home.sam), ["For both to read"]);
}

#[test]
fn own_devices_bring_each_other_what_is_shared() {
    let home = Home::new();
    write(&home.phone, "For both to read", Sharing::Shared);
    write(&home.phone, "Mine alone", Sharing::Private);
    let make = |extent| home.phone.sync().make_bundle(BundleFor::OwnDevices, extent, MINUTE, &Cancel::new());
    assert_eq!(make(BundleExtent::Everything).map(drop), Err(NightstandError::NotPaired));
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    home.hours_pass(100);
    write(&home.phone, "Later", Sharing::Shared);
    let made = make(BundleExtent::SinceLastSync).unwrap();
    let report = take_whole(&tablet, &made.bytes).unwrap();
    assert_eq!(report.outcome, BundleOutcome::AllHere);
    assert_eq!(titles(&tablet), ["For both to read", "Later"]);
    assert_eq!(tablet.pairing().partner().unwrap().map(|partner| partner.name).as_deref(), Some("Sam"));
}

#[test]
fn a_bundle_goes_into_a_new_file() {
    let home = Home::new();
    write(&home.phone, "For both to read", Sharing::Shared);
    let path = home.folder.path().join("for-sam.nightstand");
    let (sync, cancel) = (home.phone.sync(), Cancel::new());
    let write_it = || sync.write_bundle(BundleFor::Partner, BundleExtent::SinceLastSync, &path, MINUTE, &cancel);
    assert_eq!(write_it(), Ok(false));
    let there_already = NightstandError::InvalidInput { what: InvalidInput::FileExists };
    assert_eq!(write_it(), Err(there_already), "it is not overwritten");
    let read = |path: &Path| home.sam.sync().read_bundle(path, MINUTE, &cancel);
    let report = read(&path).unwrap();
    assert_eq!((report.outcome, report.is_cut), (BundleOutcome::AllHere, false));
    assert_eq!(read(&path.with_extension("gone")), Err(NightstandError::NotFound));
    std::fs::write(&path, vec![1; 80 << 20]).unwrap();
    assert_eq!(read(&path), Err(NightstandError::TooLarge));
}

#[test]
fn a_bundle_keeps_to_its_time() {
    let home = Home::new();
    write(&home.phone, "For both to read", Sharing::Shared);
    let make = |within, cancel: &Cancel| {
        home.phone.sync().make_bundle(BundleFor::Partner, BundleExtent::SinceLastSync, within, cancel)
    };
    let (open, used) = (Cancel::new(), Cancel::new());
    used.cancel();
    assert_eq!(make(MINUTE, &used).map(drop), Err(NightstandError::Cancelled));
    let whole = make(MINUTE, &open).unwrap();
    assert!(!whole.is_cut);
    assert_eq!(home.sam.sync().take_bundle(&whole.bytes, MINUTE, &used), Err(NightstandError::Cancelled));
    let late = home.sam.sync().take_bundle(&whole.bytes, Duration::ZERO, &open).unwrap();
    assert_eq!((late.outcome, late.entries_received), (BundleOutcome::OutOfTime, 0));
    assert_eq!(titles(&home.sam), [""; 0]);

    // One that was made in no time at all says that there is more.
    let cut = make(Duration::ZERO, &open).unwrap();
    assert!(cut.is_cut);
    let report = take_whole(&home.sam, &cut.bytes).unwrap();
    assert_eq!((report.outcome, report.entries_received, report.is_cut), (BundleOutcome::AllHere, 0, true));
    let report = take_whole(&home.sam, &whole.bytes).unwrap();
    assert_eq!((report.outcome, report.is_cut), (BundleOutcome::AllHere, false));
    assert_eq!(titles(&home.sam), ["For both to read"]);
}
