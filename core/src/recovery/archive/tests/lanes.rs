//! Which lanes go, which stay, and what comes back from several.

use super::*;
use crate::devices::tests::this;
use crate::pairing::PartingChoice;

/// The old phone was only away. What it writes after the restoring is nowhere else.
#[test]
fn a_lane_that_somebody_still_writes_stays() {
    let (home, shelf) = Home::archived();
    let new = phone(&home, "new", 7);
    restore(&new, &shelf, &home.words).unwrap();
    write(&home.phone, "Found again", Sharing::Private);
    assert!(archive(&home.phone, &shelf).is_complete);
    assert!(archive(&new, &shelf).is_complete);
    assert!(archive(&new, &shelf).is_complete);
    let third = phone(&home, "third", 8);
    assert!(restore(&third, &shelf, &home.words).unwrap().is_whole);
    assert!(titles(&third).contains(&"Found again".to_owned()), "{:?}", titles(&third));
}

/// What was deleted before a lane was begun is in none of its volumes.
#[test]
fn an_old_deletion_is_no_reason_to_begin_anew() {
    let (home, shelf) = (Home::new(), Shelf::new());
    let gone = write(&home.phone, "velvet-otter-dusk", Sharing::Private);
    home.phone.journal().delete(&gone).unwrap();
    write(&home.phone, "For both to read", Sharing::Shared);
    home.phone.archive().set_up(&home.words).unwrap();
    home.phone.set_private_key(Some([7; 32]), |_| ControlFlow::Continue(())).unwrap();
    home.phone.lock_private().unwrap();
    archive(&home.phone, &shelf);
    home.phone.unlock_private([7; 32], |_| ControlFlow::Continue(())).unwrap();
    assert!(archive(&home.phone, &shelf).is_complete);
    let before = lanes(&shelf);
    home.hours_pass(25);
    archive(&home.phone, &shelf);
    assert_eq!(lanes(&shelf), before);
    assert!(!holds(&opened(&shelf, &home.words), "velvet-otter-dusk"));
}

/// Files that nothing builds on: half a volume of a round that failed, somebody else's under such a name.
#[test]
fn a_file_that_does_not_open_hides_no_volume() {
    let (home, shelf) = Home::archived();
    let (other, words) = somebody(&home);
    other.archive().set_up(&words).unwrap();
    let others = Shelf::new();
    archive(&other, &others);
    let theirs = others.files().pop_last().unwrap().1;
    write(&home.phone, "Second", Sharing::Private);
    shelf.fail_after(1, Fault::Before);
    archive(&home.phone, &shelf);
    assert!(archive(&home.phone, &shelf).is_complete);
    let lane = *lanes(&shelf).first().unwrap();
    let name = |number| VolumeName { lane, number }.to_text();
    assert!(shelf.files().contains_key(&name(3)) && !shelf.files().contains_key(&name(2)));
    let whole = shelf.files();
    for file in [whole[&name(3)][..600].to_vec(), theirs.clone()] {
        for number in [2, 4] {
            let mut files = whole.clone();
            files.insert(name(number), file.clone());
            shelf.set(files);
            let new = phone(&home, &format!("new{number}{}", file.len()), 7);
            let restored = restore(&new, &shelf, &home.words).unwrap();
            assert_eq!(titles(&new).len(), 5, "{number}: {restored:?}");
            assert_eq!(restored.is_whole, number == 2, "{number}: {restored:?}");
        }
    }
}

/// The newest lane can't be read from its beginning: what comes back is an older one.
#[test]
fn a_lane_that_is_lost_is_said() {
    let (home, shelf) = Home::archived();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    tablet.archive().set_up(&home.words).unwrap();
    home.hours_pass(1);
    write(&tablet, "On the tablet", Sharing::Private);
    let before = lanes(&shelf);
    archive(&tablet, &shelf);
    archive(&tablet, &shelf);
    let newest = *lanes(&shelf).difference(&before).next().unwrap();
    write(&tablet, "On the tablet too", Sharing::Private);
    archive(&tablet, &shelf);
    shelf.change(|files| drop(files.remove(&VolumeName { lane: newest, number: 1 }.to_text())));
    let new = phone(&home, "new", 7);
    let restored = restore(&new, &shelf, &home.words).unwrap();
    assert_eq!((titles(&new).len(), restored.is_whole), (4, false), "{restored:?}");
}

/// The tablet had not heard that the couple parted, and wrote on.
#[test]
fn a_lane_from_before_a_parting_brings_what_is_ones_own() {
    let (home, shelf) = Home::archived();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    tablet.archive().set_up(&home.words).unwrap();
    archive(&tablet, &shelf);
    home.phone.pairing().part(&PartingChoice::default()).unwrap();
    write(&home.phone, "After parting", Sharing::Private);
    for phone_is_newer in [true, false] {
        home.hours_pass(1);
        let (first, last) = if phone_is_newer { (&tablet, &home.phone) } else { (&home.phone, &tablet) };
        write(&tablet, "On the tablet", Sharing::Private);
        write(&home.phone, "On the phone", Sharing::Private);
        archive(first, &shelf);
        home.hours_pass(1);
        archive(last, &shelf);
        let new = phone(&home, &format!("new{phone_is_newer}"), 7);
        let restored = restore(&new, &shelf, &home.words).unwrap();
        let all = titles(&new);
        for title in ["On the tablet", "On the phone", "After parting", "Mine alone"] {
            assert!(all.contains(&title.to_owned()), "{phone_is_newer} {title}: {all:?} {restored:?}");
        }
        assert!(!all.contains(&"From Sam".to_owned()), "{phone_is_newer} {all:?}");
    }
}

/// A removed tablet writes on, and its lane is the newest.
#[test]
fn a_removed_devices_lane_loses_nothing_of_what_counts() {
    let (home, shelf) = Home::archived();
    let tablet = home.device("Tablet", 3);
    meet_own(&tablet, &home.phone);
    home.hours_pass(73);
    meet_own(&tablet, &home.phone);
    tablet.archive().set_up(&home.words).unwrap();
    write(&tablet, "On the tablet", Sharing::Private);
    meet_own(&tablet, &home.phone);
    archive(&home.phone, &shelf);
    home.phone.devices().remove(&home.words, &this(&tablet)).unwrap();
    for phone_is_newer in [true, false] {
        let (first, last) = if phone_is_newer { (&tablet, &home.phone) } else { (&home.phone, &tablet) };
        write(&tablet, "Of the thief", Sharing::Private);
        archive(first, &shelf);
        home.hours_pass(1);
        write(last, "News", Sharing::Private);
        archive(last, &shelf);
        let new = phone(&home, &format!("new{phone_is_newer}"), 7);
        let restored = restore(&new, &shelf, &home.words).unwrap();
        let all = titles(&new);
        for title in ["On the tablet", "Mine alone"] {
            assert!(all.contains(&title.to_owned()), "{phone_is_newer} {title}: {all:?} {restored:?}");
        }
        assert!(!all.contains(&"Of the thief".to_owned()), "{phone_is_newer} {all:?} {restored:?}");
    }
}

/// Nothing private was written yet, and what stays of the bond waits for Private to be unlocked.
#[test]
fn a_parting_that_waits_loses_nothing() {
    let (home, shelf) = (Home::new(), Shelf::new());
    write(&home.phone, "For both to read", Sharing::Shared);
    home.phone.archive().set_up(&home.words).unwrap();
    archive(&home.phone, &shelf);
    home.phone.set_private_key(Some([7; 32]), |_| ControlFlow::Continue(())).unwrap();
    home.phone.lock_private().unwrap();
    home.phone.pairing().part(&PartingChoice::default()).unwrap();
    for _ in 0..2 {
        let report = archive(&home.phone, &shelf);
        assert!(report.private_waits && !report.is_complete, "{report:?}");
    }
    let new = phone(&home, "new", 7);
    restore(&new, &shelf, &home.words).unwrap();
    assert_eq!(titles(&new), ["For both to read"]);
    home.phone.unlock_private([7; 32], |_| ControlFlow::Continue(())).unwrap();
    assert!(archive(&home.phone, &shelf).is_complete);
    assert_eq!(lanes(&shelf).len(), 1);
}

/// A phone that was put back wrote on in a log that had gone further. What differs stays where it is, and holds up nothing else.
#[test]
fn a_log_that_two_lanes_tell_otherwise_holds_up_no_other() {
    let (home, shelf) = Home::archived();
    home.phone.close().unwrap();
    let copy = std::fs::read(home.folder.path().join("phone")).unwrap();
    let alex = phone(&home, "phone", 1);
    write(&alex, "After the copy", Sharing::Private);
    write(&alex, "After the copy, for both", Sharing::Shared);
    archive(&alex, &shelf);
    alex.close().unwrap();
    std::fs::write(home.folder.path().join("phone"), copy).unwrap();
    let alex = phone(&home, "phone", 1);
    home.hours_pass(1);
    write(&alex, "Another way", Sharing::Private);
    assert!(archive(&alex, &shelf).is_complete);
    let before = lanes(&shelf);
    let new = phone(&home, "new", 7);
    assert!(!restore(&new, &shelf, &home.words).unwrap().is_whole);
    let all = titles(&new);
    assert!(all.contains(&"Another way".into()) && all.contains(&"After the copy, for both".into()), "{all:?}");
    archive(&new, &shelf);
    assert_eq!(lanes(&shelf).intersection(&before).count(), 1);
}
