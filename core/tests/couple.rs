//! The whole way through, in memory: two vaults, paired, writing apart, meeting, merging.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use nightstand::journal::rich_text::RichText;
use nightstand::journal::{Author, EntryDraft, Moment, RowsQuery, Sharing, Visibility};
use nightstand::pairing::PairingState;
use nightstand::sync::{SyncOutcome, SyncReport};
use nightstand::vault::{OpenOptions, SystemClock, Vault};

struct Couple {
    alex: Vault,
    sam: Vault,
    _folder: tempfile::TempDir,
}

fn vault(folder: &tempfile::TempDir, name: &str, number: u8) -> Vault {
    let options = OpenOptions::new(folder.path().join(name), [number; 32], [number; 16]);
    Vault::open_with(options.clock(Arc::new(SystemClock)).seed([number; 32])).unwrap()
}

impl Couple {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let couple = Self { alex: vault(&folder, "alex.db", 1), sam: vault(&folder, "sam.db", 2), _folder: folder };
        couple.pair();
        couple
    }

    fn pair(&self) {
        let mut alex = self.alex.pairing().invite("Alex").unwrap();
        let mut sam = self.sam.pairing().join("Sam", &alex.link(&[])).unwrap();
        for round in 0..6 {
            while let Some(frame) = sam.poll_frame().unwrap() {
                alex.handle_frame(&frame).unwrap();
            }
            while let Some(frame) = alex.poll_frame().unwrap() {
                sam.handle_frame(&frame).unwrap();
            }
            if round == 2 {
                let (PairingState::Compare { code, name }, PairingState::Compare { code: same, .. }) =
                    (alex.state(), sam.state())
                else {
                    panic!("{:?} {:?}", alex.state(), sam.state());
                };
                assert_eq!((code, name.as_str()), (same, "Sam"));
                alex.confirm().unwrap();
                sam.confirm().unwrap();
            }
        }
        assert_eq!((alex.state(), sam.state()), (PairingState::Paired, PairingState::Paired));
    }

    fn meet(&self) -> SyncReport {
        let (mut alex, mut sam) = (self.alex.sync().begin().unwrap(), self.sam.sync().answer().unwrap());
        loop {
            let mut moved = false;
            while let Some(frame) = alex.poll_frame().unwrap() {
                moved = true;
                sam.handle_frame(&frame).unwrap();
            }
            while let Some(frame) = sam.poll_frame().unwrap() {
                moved = true;
                alex.handle_frame(&frame).unwrap();
            }
            if !moved {
                assert_eq!(sam.report().outcome, Some(SyncOutcome::AllHandedOver));
                return alex.report();
            }
        }
    }
}

fn entry(title: &str, text: &str, day: i64) -> EntryDraft {
    EntryDraft {
        title: title.into(),
        body: RichText::plain(text),
        when: Moment { utc_ms: day * 86_400_000, offset_seconds: Some(3600), zone: Some("Europe/Warsaw".into()) },
        ..EntryDraft::default()
    }
}

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
