//! The whole way through, in memory: two vaults, paired, writing apart, meeting, merging.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::thread;
use std::time::Duration;

use common::{Couple, entry};
use nightstand::journal::{Author, RowsQuery, Sharing, Visibility};
use nightstand::sync::{Cancel, SyncOutcome, drive};
use nightstand::transport::memory;
use nightstand::vault::Vault;

#[test]
fn what_is_shared_arrives_and_what_is_private_stays() {
    let couple = Couple::new();
    couple.alex.journal().write(&entry("Mine", "for me alone", 1), Sharing::Private).unwrap();
    couple.alex.journal().write(&entry("Ours to read", "for Sam to read", 2), Sharing::Shared).unwrap();
    couple.sam.journal().write(&entry("Both", "begun by Sam", 3), Sharing::Joint).unwrap();
    let report = couple.meet();
    assert_eq!(report.outcome, Some(SyncOutcome::AllHandedOver));

    let rows = |vault: &Vault| vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let titles = |vault: &Vault| rows(vault).into_iter().map(|row| row.title).collect::<Vec<_>>();
    assert_eq!(titles(&couple.alex), ["Both", "Ours to read", "Mine"]);
    assert_eq!(titles(&couple.sam), ["Both", "Ours to read"]);
    assert_eq!(rows(&couple.sam)[1].id.author(), Author::Partner);
    assert_eq!(rows(&couple.alex)[1].visibility, Visibility::Shared);
    assert_eq!(couple.alex.journal().shared_digest().unwrap(), couple.sam.journal().shared_digest().unwrap());
    let idle = couple.meet();
    assert_eq!((idle.round_trips, idle.bytes_sent + idle.bytes_received <= 400), (1, true), "{idle:?}");
}

#[test]
fn both_type_into_one_joint_entry_and_neither_loses_a_word() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.meet();
    couple.alex.journal().edit(&id, &entry("Evening", "We lay there. It was quiet.", 1)).unwrap();
    couple.sam.journal().edit(&id, &entry("A slow evening", "The lamp was on. We lay there.", 1)).unwrap();
    couple.meet();
    let (here, there) = (couple.alex.journal().read(&id).unwrap(), couple.sam.journal().read(&id).unwrap());
    assert_eq!(here.entry, there.entry);
    assert_eq!(here.entry.body.text, "The lamp was on. We lay there. It was quiet.");
    assert_eq!(here.entry.title, "A slow evening");
}

#[test]
fn taking_back_removes_it_there_and_keeps_it_here() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("A letter", "dear Sam", 1), Sharing::Shared).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().count(&RowsQuery::default()).unwrap(), 1);
    couple.alex.journal().take_back(&id).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().count(&RowsQuery::default()).unwrap(), 0);
    let kept = couple.alex.journal().read(&id).unwrap();
    assert_eq!((kept.visibility, kept.entry.body.text.as_str()), (Visibility::OnlyMe, "dear Sam"));
    couple.alex.journal().share(&id).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().count(&RowsQuery::default()).unwrap(), 1);
}

#[test]
fn edits_travel_only_when_shared_again() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Draft", "first words", 1), Sharing::Shared).unwrap();
    couple.meet();
    couple.alex.journal().edit(&id, &entry("Draft", "second thoughts", 1)).unwrap();
    couple.meet();
    let theirs = couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows[0].clone();
    assert_eq!(theirs.preview, "first words");
    assert!(couple.alex.journal().read(&id).unwrap().unshared_edits);
    let preview = couple.alex.journal().preview(&id).unwrap();
    assert_eq!(
        (preview.present.unwrap().body.text.as_str(), preview.next.body.text.as_str()),
        ("first words", "second thoughts")
    );
    couple.alex.journal().share(&id).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().read(&theirs.id).unwrap().entry.body.text, "second thoughts");
}

#[test]
fn deleting_a_joint_entry_leaves_the_other_what_they_wrote() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Two voices", "Alex says this.", 1), Sharing::Joint).unwrap();
    couple.meet();
    couple.sam.journal().edit(&id, &entry("Two voices", "Alex says this. Sam says that.", 1)).unwrap();
    couple.meet();
    couple.alex.journal().delete(&id).unwrap();
    couple.meet();
    assert_eq!(couple.alex.journal().count(&RowsQuery::default()).unwrap(), 0);
    let kept = couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].kept);
    assert_eq!(kept[0].preview, "Sam says that.");
}

#[test]
fn a_deadline_beyond_all_time_never_comes() {
    let couple = Couple::new();
    couple.alex.journal().write(&entry("A letter", "dear Sam", 1), Sharing::Shared).unwrap();
    let (mut alex, mut sam) = (couple.alex.sync().begin().unwrap(), couple.sam.sync().answer().unwrap());
    let (mut here, mut there) = memory::pair();
    thread::scope(|scope| {
        let answering = scope.spawn(|| drive(&mut sam, &mut there, Duration::MAX, &Cancel::new()));
        drive(&mut alex, &mut here, Duration::from_millis(u64::MAX), &Cancel::new()).unwrap();
        answering.join().unwrap().unwrap();
    });
    assert_eq!(alex.report().outcome, Some(SyncOutcome::AllHandedOver));
    assert_eq!(couple.sam.journal().count(&RowsQuery::default()).unwrap(), 1);
}
