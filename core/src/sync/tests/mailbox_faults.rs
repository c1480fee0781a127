//! What a storage does wrong, and what its owner does with it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::shelf::{Fault, MINUTE, Shelf, visit};
use crate::devices::tests::{Home, meet, titles, write};
use crate::error::NightstandError;
use crate::journal::Sharing;
use crate::sync::{Cancel, MailboxTrouble, SyncOutcome};

fn rounds(home: &Home, shelf: &std::sync::Arc<Shelf>, rounds: usize) {
    for _ in 0..rounds {
        visit(&home.phone, shelf);
        visit(&home.sam, shelf);
    }
}

#[test]
fn whichever_call_fails_nothing_is_lost_and_nothing_doubled() {
    let home = Home::new();
    let shelf = Shelf::new();
    let mut written = Vec::new();
    for fault in [Fault::Before, Fault::After, Fault::Half, Fault::Full] {
        for call in 0.. {
            for (vault, who) in [(&home.phone, "Alex"), (&home.sam, "Sam")] {
                let title = format!("{who} {fault:?} {call:02}");
                write(vault, &title, Sharing::Shared);
                written.push(title);
            }
            let before = shelf.calls();
            shelf.fail_after(call, fault);
            rounds(&home, &shelf, 2);
            let made = shelf.calls() - before;
            rounds(&home, &shelf, 4);
            written.sort();
            for vault in [&home.phone, &home.sam] {
                assert_eq!(titles(vault), written, "{fault:?} at {call}");
                let report = visit(vault, &shelf);
                let known = (report.outcome, report.trouble, report.missing);
                assert_eq!(known, (SyncOutcome::AllHandedOver, None, false), "{fault:?} at {call}");
            }
            assert!(shelf.files().len() <= 2, "{fault:?} at {call}: {}", shelf.files().len());
            if call >= made {
                assert!(call > 8, "there were only {call} calls");
                break;
            }
        }
    }
}

#[test]
fn a_storage_that_never_answers_is_left_at_the_deadline_and_its_late_answer_is_not_heard() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let moment = Duration::from_millis(20);
    let hurried = |cancel: &Cancel, within| home.sam.sync().use_mailbox(shelf.clone(), within, cancel);

    // It hangs in the first call, and in each later one: each returns while the storage is still silent.
    shelf.shut(true);
    let mut within = moment;
    let report = loop {
        let report = hurried(&Cancel::new(), within).unwrap();
        if report.trouble.is_some() {
            break report;
        }
        within *= 2; // it was over before the storage was asked
    };
    assert_eq!((report.outcome, report.trouble), (SyncOutcome::NotYet, Some(MailboxTrouble::Unreachable)));
    let cancel = Cancel::new();
    let calls = shelf.calls();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| hurried(&cancel, MINUTE));
        shelf.wait_for_calls(calls + 1);
        cancel.cancel();
        assert_eq!(waiting.join().unwrap(), Err(NightstandError::Cancelled));
    });
    assert_eq!(titles(&home.sam), [""; 0]);
    shelf.shut(false);
    visit(&home.sam, &shelf);
    assert_eq!(titles(&home.sam), ["First"]);

    // A file that arrives after its round was over is read, and taken away once it did its work.
    write(&home.sam, "From Sam", Sharing::Shared);
    shelf.shut(true);
    hurried(&Cancel::new(), moment).unwrap();
    shelf.shut(false);
    rounds(&home, &shelf, 3);
    assert_eq!(titles(&home.phone), ["First", "From Sam"]);
    assert!(shelf.files().len() <= 2);
}

#[test]
fn a_full_storage_gets_room_from_what_did_its_work() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    rounds(&home, &shelf, 1);
    let before = shelf.files();
    write(&home.phone, "Second", Sharing::Shared);
    shelf.is_full.store(true, Ordering::SeqCst);
    assert_eq!(visit(&home.phone, &shelf).trouble, Some(MailboxTrouble::Full));
    // Sam's phone has said that it has the first: its file makes room although nothing can be written.
    assert!(shelf.files().len() < before.len(), "{:?}", shelf.files().keys());
    shelf.is_full.store(false, Ordering::SeqCst);
    rounds(&home, &shelf, 2);
    assert_eq!(titles(&home.sam), ["First", "Second"]);
}

#[test]
fn copies_that_a_service_made_are_left_alone() {
    let home = Home::new();
    let shelf = Shelf::new();
    for number in 0..3 {
        write(&home.phone, &format!("Day {number}"), Sharing::Shared);
        visit(&home.phone, &shelf);
        shelf.change(|files| {
            for (name, bytes) in files.clone() {
                for other in [
                    format!("{name} (1)"),
                    format!("{name}.sync-conflict-20261123-130501-ABCDEFG"),
                    format!("{name} (Alex’s conflicted copy 2026-11-23)"),
                    format!(".{name}.icloud"),
                    format!("{name}.part"),
                ] {
                    files.insert(other, bytes.clone());
                }
            }
        });
        visit(&home.sam, &shelf);
    }
    // What was deleted comes back under its name, too: a service that was offline uploads it again.
    let old = shelf.files();
    rounds(&home, &shelf, 2);
    shelf.change(|files| files.extend(old));
    rounds(&home, &shelf, 2);
    let report = visit(&home.phone, &shelf);
    assert_eq!((report.outcome, report.damaged, report.missing), (SyncOutcome::AllHandedOver, 0, false));
    assert_eq!(titles(&home.sam), ["Day 0", "Day 1", "Day 2"]);
}

#[test]
fn what_a_later_version_wrote_is_told_from_what_is_damaged() {
    let home = Home::new();
    let shelf = Shelf::new();
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let whole = shelf.files();
    let seen = |change: &dyn Fn(&mut Vec<u8>)| {
        shelf.set(whole.clone());
        shelf.change(|files| files.values_mut().for_each(change));
        let report = visit(&home.sam, &shelf);
        assert_eq!((report.outcome, report.entries_received), (SyncOutcome::NotYet, 0));
        (report.damaged, report.too_new)
    };
    assert_eq!(seen(&|bytes| bytes[0] += 1), (0, 1));
    assert_eq!(seen(&|bytes| bytes.truncate(1000)), (1, 0));
    assert_eq!(seen(&|bytes| *bytes.last_mut().unwrap() ^= 1), (1, 0));
    assert_eq!(seen(&|bytes| bytes.fill(0)), (1, 0));
    assert_eq!(seen(&Vec::clear), (1, 0));
    shelf.set(whole);
    let report = visit(&home.sam, &shelf);
    assert_eq!((report.damaged, report.too_new), (0, 0));
    assert_eq!(titles(&home.sam), ["First"]);
}

#[test]
fn a_last_word_that_is_gone_is_said_again() {
    let home = Home::new();
    let shelf = Shelf::new();
    rounds(&home, &shelf, 2);
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let before = shelf.files();
    // Sam's phone has it and says so, and the storage loses just that.
    visit(&home.sam, &shelf);
    shelf.set(before);
    assert_eq!(visit(&home.phone, &shelf).outcome, SyncOutcome::NotYet);
    visit(&home.sam, &shelf);
    assert_eq!(visit(&home.phone, &shelf).outcome, SyncOutcome::AllHandedOver);
}

/// All handed over is not said while the other phone has told of more than came.
#[test]
fn what_was_promised_has_to_come() {
    let home = Home::new();
    let shelf = Shelf::new();
    rounds(&home, &shelf, 2);
    write(&home.phone, "First", Sharing::Shared);
    visit(&home.phone, &shelf);
    let first = shelf.files();
    write(&home.phone, "Second", Sharing::Shared);
    visit(&home.phone, &shelf);
    shelf.change(|files| files.retain(|name, _| !first.contains_key(name)));
    for _ in 0..2 {
        assert_eq!(visit(&home.sam, &shelf).outcome, SyncOutcome::NotYet);
    }
    // The second file is gone as well: nothing there builds on anything missing, and still it was said.
    shelf.change(std::collections::BTreeMap::clear);
    assert_eq!(visit(&home.sam, &shelf).outcome, SyncOutcome::NotYet);
    meet(&home.phone, &home.sam);
    rounds(&home, &shelf, 2);
    assert_eq!(visit(&home.sam, &shelf).outcome, SyncOutcome::AllHandedOver);
}
