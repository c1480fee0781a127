//! The whole way through, in memory: two vaults, paired, writing apart, meeting, merging.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::thread;
use std::time::Duration;

use common::{Couple, edit, entry};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::journal::{
    Author, EntryDraft, EntryId, EntryVersion, EntryView, ImportInto, Moment, RowsQuery, Sharing, Visibility,
};
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
fn entries_of_one_time_stand_in_one_order_on_both_phones() {
    let couple = Couple::new();
    for number in 0..9 {
        let (vault, sharing) = match number % 3 {
            0 => (&couple.alex, Sharing::Shared),
            1 => (&couple.sam, Sharing::Shared),
            _ => (&couple.sam, Sharing::Joint),
        };
        vault.journal().write(&entry(&format!("Page {number}"), "", 1), sharing).unwrap();
    }
    couple.meet();
    let titles = |vault: &Vault, limit: u32| {
        let mut query = RowsQuery { limit, ..RowsQuery::default() };
        let mut titles = Vec::new();
        loop {
            let page = vault.journal().rows(&query).unwrap();
            titles.extend(page.rows.into_iter().map(|row| row.title));
            query.after = page.next;
            if query.after.is_none() {
                return titles;
            }
        }
    };
    let of_alex = titles(&couple.alex, 0);
    assert_eq!((of_alex.len(), &of_alex), (9, &titles(&couple.sam, 0)));
    assert_eq!((&of_alex, &of_alex), (&titles(&couple.alex, 2), &titles(&couple.sam, 1)));
}

#[test]
fn two_conversations_at_once_do_no_harm() {
    let couple = Couple::new();
    couple.alex.journal().write(&entry("From Alex", "A", 1), Sharing::Joint).unwrap();
    couple.sam.journal().write(&entry("From Sam", "B", 2), Sharing::Shared).unwrap();
    let (alex, sam) = (couple.alex.sync(), couple.sam.sync());
    let mut calls = [(alex.begin().unwrap(), sam.answer().unwrap()), (sam.begin().unwrap(), alex.answer().unwrap())];
    let mut moved = true;
    while std::mem::take(&mut moved) {
        // A frame of the one call, then one of the other.
        for (begun, answered) in &mut calls {
            if let Some(frame) = begun.poll_frame().unwrap() {
                answered.handle_frame(&frame).unwrap();
                moved = true;
            }
            if let Some(frame) = answered.poll_frame().unwrap() {
                begun.handle_frame(&frame).unwrap();
                moved = true;
            }
        }
    }
    for (begun, answered) in &calls {
        let outcomes = (begun.report().outcome, answered.report().outcome);
        assert_eq!(outcomes, (Some(SyncOutcome::AllHandedOver), Some(SyncOutcome::AllHandedOver)));
    }
    let digests = [&couple.alex, &couple.sam].map(|vault| vault.journal().shared_digest().unwrap());
    assert_eq!((digests[0].documents, &digests[0]), (2, &digests[1]));
    assert_eq!(couple.meet().round_trips, 1);
}

#[test]
fn both_type_into_one_joint_entry_and_neither_loses_a_word() {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.meet();
    edit(&couple.alex, &id, &entry("Evening", "We lay there. It was quiet.", 1));
    edit(&couple.sam, &id, &entry("A slow evening", "The lamp was on. We lay there.", 1));
    couple.meet();
    let (here, there) = (couple.alex.journal().read(&id).unwrap(), couple.sam.journal().read(&id).unwrap());
    assert_eq!(here.entry, there.entry);
    assert_eq!(here.entry.body.text, "The lamp was on. We lay there. It was quiet.");
    assert_eq!(here.entry.title, "A slow evening");
}

/// A joint entry on both phones, Alex's screen of it, and then what Sam made of it, on both phones too.
fn an_old_screen(couple: &Couple, begun: &EntryDraft, of_sam: &EntryDraft) -> (EntryId, EntryView) {
    let id = couple.alex.journal().write(begun, Sharing::Joint).unwrap();
    couple.meet();
    let screen = couple.alex.journal().read(&id).unwrap();
    edit(&couple.sam, &id, of_sam);
    couple.meet();
    assert!(couple.alex.journal().read(&id).unwrap().entry == *of_sam);
    (id, screen)
}

fn same_on_both(couple: &Couple, id: &EntryId) -> EntryDraft {
    couple.meet();
    let (here, there) = (couple.alex.journal().read(id).unwrap(), couple.sam.journal().read(id).unwrap());
    assert!(here.entry == there.entry);
    assert_eq!(couple.alex.journal().shared_digest().unwrap(), couple.sam.journal().shared_digest().unwrap());
    here.entry
}

#[test]
fn what_is_saved_from_an_old_screen_keeps_what_came_since() {
    let couple = Couple::new();
    let of_sam = entry("Evening", "We lay there.\nSam: the lamp was on.", 1);
    let (id, mut screen) = an_old_screen(&couple, &entry("Evening", "We lay there.", 1), &of_sam);
    screen.entry.body.text = "We just lay there.".into();
    couple.alex.journal().edit(&id, &screen.entry, &screen.version).unwrap();
    assert_eq!(same_on_both(&couple, &id).body.text, "We just lay there.\nSam: the lamp was on.");
    let report = couple.meet();
    assert_eq!((report.forks, report.repaired), (0, 0));
}

#[test]
fn a_long_text_saved_from_an_old_screen_keeps_what_came_since() {
    let couple = Couple::new();
    let long = "A quiet line. ".repeat(4_000);
    let of_sam = entry("Long", &format!("{long}\nSam was here."), 1);
    let (id, mut screen) = an_old_screen(&couple, &entry("Long", &long, 1), &of_sam);
    screen.entry.body.text.insert_str(0, "Alex was here. ");
    couple.alex.journal().edit(&id, &screen.entry, &screen.version).unwrap();
    assert!(same_on_both(&couple, &id).body.text == format!("Alex was here. {long}\nSam was here."));
}

#[test]
fn the_other_parts_of_an_old_screen_are_merged_too() {
    let couple = Couple::new();
    let mark = |start, end, style| Mark { start, end, style };
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    let begun = EntryDraft {
        body: RichText { text: "We lay there.".into(), marks: vec![mark(0, 2, Style::Bold)] },
        mood: Some("calm".into()),
        tags: tags(&["us", "tea"]),
        ..entry("Evening", "", 1)
    };
    let of_sam = EntryDraft {
        title: "A slow evening".into(),
        body: RichText { text: "We lay there.".into(), marks: vec![mark(3, 6, Style::Italic)] },
        mood: Some("happy".into()),
        favourite: true,
        tags: tags(&["us", "quiet"]),
        when: Moment { utc_ms: 2 * 86_400_000, ..begun.when.clone() },
        ..begun.clone()
    };
    // Alex changes one thing, and what Sam changed stays.
    let (id, mut screen) = an_old_screen(&couple, &begun, &of_sam);
    screen.entry.tags.insert("rain".into());
    screen.entry.body.marks.push(mark(7, 12, Style::Bold));
    couple.alex.journal().edit(&id, &screen.entry, &screen.version).unwrap();
    let mut both = EntryDraft { tags: tags(&["us", "quiet", "rain"]), ..of_sam.clone() };
    both.body.marks.push(mark(7, 12, Style::Bold));
    assert!(same_on_both(&couple, &id) == both);

    // Alex changes the same, however often Sam did, and has it as on the screen.
    let (id, mut screen) = an_old_screen(&couple, &begun, &of_sam);
    edit(&couple.sam, &id, &EntryDraft { mood: Some("tired".into()), favourite: false, ..of_sam.clone() });
    edit(&couple.sam, &id, &of_sam);
    couple.meet();
    screen.entry.mood = None;
    screen.entry.when.utc_ms = 3 * 86_400_000;
    screen.entry.body.marks =
        vec![mark(0, 2, Style::Bold), mark(3, 6, Style::Link { url: "https://example.org".into() })];
    couple.alex.journal().edit(&id, &screen.entry, &screen.version).unwrap();
    let merged = same_on_both(&couple, &id);
    assert_eq!((merged.mood, merged.when.utc_ms, merged.favourite), (None, 3 * 86_400_000, true));
    let marks = [mark(3, 6, Style::Italic), mark(3, 6, Style::Link { url: "https://example.org".into() })];
    assert_eq!((merged.title.as_str(), merged.body.marks), ("A slow evening", marks.to_vec()));
}

/// A screen that saves as one types goes on from what each save answers.
#[test]
fn typing_on_from_what_a_save_answered_doubles_nothing() {
    let couple = Couple::new();
    let journal = couple.alex.journal();
    let id = journal.write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    couple.meet();
    let mut screen = journal.read(&id).unwrap();
    edit(&couple.sam, &id, &entry("Evening", "The lamp was on. We lay there.", 1));
    couple.meet();
    for word in [" It", " was", " quiet."] {
        screen.entry.body.text.push_str(word);
        screen = journal.edit(&id, &screen.entry, &screen.version).unwrap();
    }
    assert_eq!(screen.entry.body.text, "The lamp was on. We lay there. It was quiet.");
    assert!(journal.read(&id).unwrap() == screen);
}

#[test]
fn a_version_of_something_else_changes_nothing() {
    let couple = Couple::new();
    let journal = couple.alex.journal();
    let joint = journal.write(&entry("Evening", "We lay there.", 1), Sharing::Joint).unwrap();
    let own = journal.write(&entry("Mine", "for me alone", 1), Sharing::Private).unwrap();
    couple.meet();
    let (of_joint, of_own) = (journal.read(&joint).unwrap(), journal.read(&own).unwrap());
    let half = EntryVersion::from_bytes(of_joint.version.as_bytes()[..16].to_vec());
    let draft = entry("Other", "other", 2);
    for (id, version) in [
        (&joint, &of_own.version),
        (&own, &of_joint.version),
        (&joint, &half),
        (&joint, &EntryVersion::from_bytes(Vec::new())),
    ] {
        assert_eq!(journal.edit(id, &draft, version), Err(NightstandError::ChangedMeanwhile));
    }
    assert!((journal.read(&joint).unwrap(), journal.read(&own).unwrap()) == (of_joint.clone(), of_own));
    assert_eq!(couple.meet().round_trips, 1);
    let again = EntryVersion::from_bytes(of_joint.version.as_bytes().to_vec());
    assert_eq!(journal.edit(&joint, &draft, &again).unwrap().entry, draft);
    assert_eq!(format!("{again:?}"), "EntryVersion(…)");
}

#[test]
fn what_was_shared_from_the_start_is_edited_from_what_was_shared() {
    let couple = Couple::new();
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("Journal.json");
    std::fs::write(&export, r#"{"entries":[{"uuid":"A","creationDate":"2024-03-01T11:00:00Z","text":"Hello."}]}"#)
        .unwrap();
    let journal = couple.alex.journal();
    journal.import_day_one(&export, ImportInto::Shared, &(), &mut |_| true).unwrap();
    let id = journal.rows(&RowsQuery::default()).unwrap().rows[0].id;
    let screen = journal.read(&id).unwrap();
    journal.edit(&id, &entry("", "Hello, you.", 1), &screen.version).unwrap();
    let after = journal.read(&id).unwrap();
    assert_eq!((after.entry.body.text.as_str(), after.unshared_edits), ("Hello, you.", true));
    assert_eq!(journal.edit(&id, &screen.entry, &screen.version), Err(NightstandError::ChangedMeanwhile));
    assert!(journal.read(&id).unwrap() == after);
}

#[test]
fn no_clock_is_further_off_than_18_hours() {
    let couple = Couple::new();
    let at = |offset| {
        let when = Moment { offset_seconds: Some(offset), ..Moment::default() };
        couple.alex.journal().write(&EntryDraft { when, ..entry("Far", "", 1) }, Sharing::Private).map(|_| ())
    };
    let date = Err(NightstandError::InvalidInput { what: InvalidInput::Date });
    assert_eq!([-64_801, -64_800, 64_800, 64_801].map(at), [date, Ok(()), Ok(()), date]);
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
    edit(&couple.alex, &id, &entry("Draft", "second thoughts", 1));
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
    edit(&couple.sam, &id, &entry("Two voices", "Alex says this. Sam says that.", 1));
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

#[test]
fn too_many_styles_are_refused_before_anything_is_written() {
    let couple = Couple::new();
    let styled = |count: u32| {
        let mut draft = entry("Loud", &"ab ".repeat(count as usize), 1);
        draft.body.marks = (0..count).map(|n| Mark { start: n * 3, end: n * 3 + 1, style: Style::Bold }).collect();
        draft
    };
    let refused = couple.alex.journal().write(&styled(2_001), Sharing::Private);
    assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::Styles }));
    let id = couple.alex.journal().write(&styled(100), Sharing::Joint).unwrap();
    couple.meet();
    assert_eq!(couple.sam.journal().read(&id).unwrap().entry, styled(100));
}
