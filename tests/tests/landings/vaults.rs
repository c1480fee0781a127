//! The vaults that earlier landings left.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nightstand::care::sessions::{SessionState, StepState};
use nightstand::care::{ReviewPace, Stance, Whose};
use nightstand::insights::{CountedMoment, Figure, Insight, InsightLabel, InsightOf, InsightPoint, InsightSpan, Level};
use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::journal::{Author, EntryDraft, ImportInto, Moment, RowsQuery, Sharing, Visibility};
use nightstand::mailbox::Folder;
use nightstand::records::Audience;
use nightstand::sync::{Cancel, SyncOutcome, SyncReport};
use nightstand::vault::{FileForm, Layout, PrivateLock, SystemClock, Vault, inspect, inspect_with_key};

use crate::fixture;

const ALWAYS: InsightSpan = InsightSpan { from_ms: 0, before_ms: 2_000_000_000_000, offset_seconds: 0 };

/// A page as its reader finds it: who wrote it, who can read it, whether it has edits that were not shared, and what it says.
type Found = (Author, Visibility, bool, EntryDraft);

#[test]
fn the_vaults_of_landing_1_open_and_go_on() {
    let (_folder, paths) = copies(1);

    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    assert_eq!(pages(&alex), alex_apart());
    assert_eq!(pages(&sam), sam_apart());
    let partner = |vault: &Vault| vault.pairing().partner().unwrap().map(|it| (it.name, it.confirmed_by_both));
    assert_eq!((partner(&alex), partner(&sam)), (Some(("Sam".into(), true)), Some(("Alex".into(), true))));

    let met = meet(&alex, &sam);
    assert_eq!(met.outcome, Some(SyncOutcome::AllHandedOver));
    // Alex: the joint page, a page taken back, a new one. Sam: the joint page, a page deleted, a new one.
    assert!(met.entries_sent >= 3 && met.entries_received >= 3 && met.set_aside == 0, "{met:?}");
    assert_eq!(pages(&alex), alex_afterwards());
    assert_eq!(pages(&sam), sam_afterwards());
    let digest = alex.journal().shared_digest().unwrap();
    assert_eq!((digest.documents, &digest), (7, &sam.journal().shared_digest().unwrap()));
    let idle = meet(&alex, &sam);
    assert_eq!((idle.round_trips, idle.bytes_sent + idle.bytes_received <= 400), (1, true), "{idle:?}");

    alex.close().unwrap();
    sam.close().unwrap();
    for (path, number) in paths.iter().zip([1, 2]) {
        let keyed = inspect_with_key(path, [number; 32]).unwrap();
        assert_eq!((keyed.version > 1, keyed.layout), (true, Layout::Current));
        open(path, number).close().unwrap();
    }
}

#[test]
fn the_vaults_of_landing_2_open_and_go_on() {
    let (folder, paths) = copies(2);
    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    let rain = || shared(Author::Me, plain("Rain", "on the tent", 20));
    let sun = || shared(Author::Both, plain("Sun", "on the tent", 21));
    let sun_alone = || private(plain("Sun, for me", "too warm", 22));
    let newest = |vault: &Vault, count: usize| pages(vault).into_iter().take(count).collect::<Vec<_>>();
    assert_eq!(newest(&alex, 1), [rain()]);
    assert_eq!(newest(&sam, 2), [sun_alone(), sun()]);

    // What each had written for the other and not handed over: its payloads lie ready in the file.
    let met = meet(&alex, &sam);
    assert_eq!(met.outcome, Some(SyncOutcome::AllHandedOver));
    assert_eq!((met.entries_sent, met.entries_received, met.set_aside), (2, 1, 0), "{met:?}");
    let of_alex = |(_, visibility, unshared, entry): Found| (Author::Partner, visibility, unshared, entry);
    assert_eq!(newest(&alex, 2), [sun(), rain()]);
    assert_eq!(newest(&sam, 3), [sun_alone(), sun(), of_alex(rain())]);
    assert_eq!(pages(&alex)[2..].iter().filter(|page| page.3.body.text.ends_with("Quiet, then talk.")).count(), 1);
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());
    // What was imported is known as such.
    let export = folder.path().join("export.json");
    let entry =
        r#"{ "uuid": "0123456789ABCDEF0123456789ABCDEF", "creationDate": "2024-02-29T21:30:00Z", "text": "Again" }"#;
    std::fs::write(&export, format!(r#"{{ "entries": [{entry}] }}"#)).unwrap();
    let again = alex.journal().import_day_one(&export, ImportInto::Shared, &(), &mut |_| true).unwrap();
    assert_eq!((again.known, again.imported), (1, 0));
}

#[test]
fn the_vaults_of_landing_3_open_and_go_on() {
    let (_folder, paths) = copies(3);
    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    let said = |vault: &Vault, whose| -> Vec<(String, Option<Stance>, String, bool)> {
        let items = vault.preferences().list(whose).unwrap().items;
        items.into_iter().map(|row| (row.item.to_string(), row.stance, row.note, row.shared)).collect()
    };
    let item = |name: &str, stance, note: &str, shared| (name.to_owned(), stance, note.to_owned(), shared);
    let (hands, tired) = ("stance/holding-hands/together", "stance/holding-hands/together/tired");
    let until = Some(Stance::NotNow { until_ms: Some(1_800_000_000_000) });
    let of_alex = [
        item(hands, until, "my wrist", true),
        item(tired, Some(Stance::Never), "", false),
        item("question/length", None, "", true),
    ];
    let mine = said(&alex, Whose::Me);
    assert_eq!((&mine[..3], mine[3].2.as_str()), (&of_alex[..], "a walk in the rain"));
    assert_eq!(said(&sam, Whose::Partner)[0], item(hands, Some(Stance::Like), "not too tight", true));
    assert_eq!(said(&alex, Whose::Partner), [item("stance/bath/together", Some(Stance::Love), "warm", true)]);

    let met = meet(&alex, &sam);
    assert_eq!((met.outcome, met.set_aside), (Some(SyncOutcome::AllHandedOver), 0));
    assert_eq!(said(&sam, Whose::Partner), [of_alex[0].clone(), of_alex[2].clone()]);
    assert_eq!(said(&alex, Whose::Partner), [item("remark/quiet", None, "I am far away and glad.", true)]);
    assert_eq!(pages(&alex)[0], shared(Author::Both, plain("Steps", "one, two", 30)));
    let typed = plain("Łódź, ßtille", "typed through the editor", 31);
    assert_eq!(pages(&sam)[..2], [private(typed), shared(Author::Both, plain("Steps", "one, two", 30))]);
    assert_eq!(sam.journal().search("lodz sstille", &RowsQuery::default(), 0).unwrap().hits.len(), 1);
    let past = alex.preferences().history(&hands.parse().unwrap()).unwrap();
    assert_eq!(past.iter().map(|past| past.content.stance).collect::<Vec<_>>(), [Some(Stance::Like), until]);
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());

    // What was private then can come under a second key.
    let before = pages(&alex);
    alex.set_private_key(Some([9; 32]), |_| ControlFlow::Continue(())).unwrap();
    assert_eq!((pages(&alex), said(&alex, Whose::Me)), (before, mine));
}

#[test]
fn the_vaults_of_landing_4_open_and_go_on() {
    let (folder, paths) = copies(4);
    // The second file is found, and made again where it is missing.
    for lost in [false, true] {
        let path = folder.path().join(format!("sam-{lost}.vault"));
        std::fs::copy(&paths[1], &path).unwrap();
        if !lost {
            let beside = folder.path().join(format!("sam-{lost}.vault.private"));
            std::fs::copy(fixture(4, "sam.vault.private"), beside).unwrap();
        }
        let sam = open(&path, 2);
        assert_eq!(sam.private_lock().unwrap(), PrivateLock::Locked);
        sam.unlock_private([9; 32], |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(pages(&sam)[0], private(plain("Under two keys", "nobody else's", 40)));
        sam.close().unwrap();
    }

    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    let sessions = |vault: &Vault| -> Vec<(Audience, SessionState, usize)> {
        let all = vault.sessions().list(i64::MIN, i64::MAX).unwrap();
        all.into_iter().map(|one| (one.audience, one.state, one.steps.len())).collect()
    };
    let (mine, both) = (Audience::Me, Audience::Both);
    let (planned, ended) = (SessionState::Planned, SessionState::Ended);
    let count = |vault: &Vault, what| sessions(vault).iter().filter(|one| **one == what).count();
    assert_eq!((count(&alex, (both, ended, 3)), count(&alex, (mine, planned, 1))), (1, 1));
    assert_eq!((count(&sam, (both, ended, 3)), count(&sam, (both, planned, 1))), (1, 1));
    let evening = alex.sessions().list(i64::MIN, i64::MAX).unwrap();
    let evening = evening.into_iter().find(|one| one.state == ended).unwrap();
    let steps: Vec<_> = evening.steps.iter().map(|step| (step.minutes, step.state)).collect();
    assert_eq!(steps, [(2, StepState::Paused), (20, StepState::Done), (20, StepState::Skipped)]);
    assert_eq!(alex.activities().list().unwrap()[0].content.title, "Tea on the balcony");
    assert_eq!(evening.steps[1].activity, sam.activities().list().unwrap()[0].id);
    let often = alex.insights().read(Insight::HowOften, InsightOf::Me, &ALWAYS).unwrap();
    assert_eq!(often.whole, Figure::TooEarly { n: Some(1) });
    let (level, moment) = (Level::Closeness, CountedMoment::NextMorning);
    let after = alex.insights().read(Insight::ByActivity { level, moment }, InsightOf::Me, &ALWAYS).unwrap();
    let tea =
        InsightLabel::Activity { id: evening.steps[1].activity.clone(), title: Some("Tea on the balcony".into()) };
    assert_eq!(after.points, [InsightPoint { label: tea, figure: Figure::TooEarly { n: Some(1) } }]);
    let shared = |vault: &Vault| vault.check_ins().of_session(Whose::Partner, &evening.id).unwrap();
    assert_eq!((shared(&sam)[0].content.closeness, shared(&sam)[0].content.feelings.len()), (Some(6), 2));
    let own = &alex.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap()[0];
    assert_eq!((own.content.closeness, own.content.note.as_str(), own.shared.len()), (Some(7), "Only for me.", 1));
    assert_eq!(alex.preferences().review(1_795_100_000_000).unwrap().pace, Some(ReviewPace::Quarterly));

    let met = meet(&alex, &sam);
    assert_eq!((met.outcome, met.set_aside), (Some(SyncOutcome::AllHandedOver), 0));
    assert_eq!((shared(&sam)[0].content.closeness, shared(&sam)[0].content.feelings.len()), (Some(7), 0));
    assert_eq!(shared(&alex)[0].content.note, "Quiet, and well.");
    assert_eq!(count(&alex, (both, planned, 1)), 1);
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());
}

/// A log of 1,300 entries: the old ones of it go into segments, and are handed on from there.
#[test]
fn the_vaults_of_landing_7_open_and_go_on() {
    let (folder, paths) = copies(7);
    let (alex, sam) = (open(&paths[0], 1), open(&paths[1], 2));
    let winter = |vault: &Vault| pages(vault).into_iter().find(|page| page.3.title == "Winter").unwrap().3.body.text;
    assert_eq!(winter(&alex), "1299Sam 40");
    assert!(pages(&alex).iter().any(|page| page.3.title == "For me, in winter" && page.3.body.text == "1292"));
    assert!(pages(&alex).iter().all(|page| page.3.title != "Gone by spring"));

    // What was left in the mailbox is found, and goes on.
    let mailbox = folder.path().join("mailbox");
    std::fs::create_dir(&mailbox).unwrap();
    for blob in std::fs::read_dir(fixture(7, "mailbox")).unwrap() {
        let blob = blob.unwrap();
        std::fs::copy(blob.path(), mailbox.join(blob.file_name())).unwrap();
    }
    let shared = Arc::new(Folder::new(&mailbox));
    for vault in [&sam, &alex, &sam] {
        vault.sync().use_mailbox(shared.clone(), Duration::from_secs(60), &Cancel::new()).unwrap();
    }
    assert_eq!((winter(&alex), winter(&sam)), ("Sam, in the end".into(), "Sam, in the end".into()));
    let kept = |vault: &Vault, name: &str| {
        let report = vault.support_report().unwrap();
        let line = report.lines.iter().find(|line| line.name == name).unwrap();
        line.value.to_string().parse::<u64>().unwrap()
    };
    let entries = kept(&alex, "entries");
    for number in 0..40 {
        alex.journal().write(&plain("A day", &number.to_string(), 70), Sharing::Joint).unwrap();
    }
    assert_eq!(kept(&alex, "entries"), entries + 40);
    assert!(kept(&alex, "entries_in_segments") > 100, "{}", kept(&alex, "entries_in_segments"));
    assert_eq!(meet(&alex, &sam).outcome, Some(SyncOutcome::AllHandedOver));
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());
}

/// Copies of the vaults of a landing.
pub(crate) fn copies(landing: u32) -> (tempfile::TempDir, [std::path::PathBuf; 2]) {
    let tables = [1, 2, 4, 6, 8, 9, 10][landing as usize - 1];
    let folder = tempfile::tempdir().unwrap();
    let paths = ["alex.vault", "sam.vault"].map(|name| {
        let path = folder.path().join(name);
        std::fs::copy(fixture(landing, name), &path).unwrap();
        path
    });
    for (path, number) in paths.iter().zip([1, 2]) {
        assert_eq!(inspect(path).unwrap().form, FileForm::Plausible);
        let keyed = inspect_with_key(path, [number; 32]).unwrap();
        assert_eq!((keyed.version, keyed.layout), (tables, Layout::NeedsMigration));
    }
    (folder, paths)
}

fn open(path: &Path, number: u8) -> Vault {
    Vault::open(path, [number; 32], [number; 16], Arc::new(SystemClock)).unwrap()
}

/// Every page, newest first. What the list shows of it has to fit what stands in it.
fn pages(vault: &Vault) -> Vec<Found> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    let read = |row: nightstand::journal::JournalRow| {
        let view = vault.journal().read(&row.id).unwrap();
        let entry = view.entry;
        assert_eq!((&row.title, &row.when, row.all_day), (&entry.title, &entry.when, entry.all_day));
        assert_eq!((&row.mood, row.favourite), (&entry.mood, entry.favourite));
        assert!(row.tags.iter().eq(&entry.tags), "{:?}", row.tags);
        assert_eq!((row.preview, row.visibility), (on_one_line(&entry.body.text), view.visibility));
        (row.id.author(), view.visibility, view.unshared_edits, entry)
    };
    rows.into_iter().map(read).collect()
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One sync, begun by Alex.
pub(crate) fn meet(alex: &Vault, sam: &Vault) -> SyncReport {
    let (mut alex, mut sam) = (alex.sync().begin().unwrap(), sam.sync().answer().unwrap());
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
            return alex.report();
        }
    }
}

fn alex_apart() -> Vec<Found> {
    vec![
        shared(Author::Me, two_cups()),
        shared(Author::Partner, plain("Not for long", "gone tomorrow", 11)),
        shared(Author::Partner, horse()),
        shared(Author::Both, plain(REMEMBER, "The owl. The lamp was on.", 9)),
        private(plain("A letter", "dear Sam", 8)),
        private(plain("Soup", "it turned into soup", 7)),
        (Author::Me, Visibility::Shared, true, plain("Two squeezes", "It means I am here, and stay.", 6)),
        shared(Author::Me, many_scripts()),
        private(plain("Only for me", "for me alone, still", 2)),
        shared(Author::Me, slow_evening()),
        private(long_ago()),
    ]
}

fn sam_apart() -> Vec<Found> {
    vec![
        shared(Author::Both, plain("On the train", "It half works.", 13)),
        shared(Author::Me, horse()),
        shared(Author::Both, plain(REMEMBER, "We both heard it: The owl.", 9)),
        shared(Author::Partner, plain("A letter", "dear Sam", 8)),
        shared(Author::Partner, plain("Two squeezes", "It means I am here.", 6)),
        shared(Author::Partner, many_scripts()),
        private(plain("Not for the list yet", "to be read to, with the light off", 4)),
        shared(Author::Partner, slow_evening()),
    ]
}

fn alex_afterwards() -> Vec<Found> {
    let mut pages = alex_apart();
    pages.remove(1);
    pages[2] = merged();
    pages.insert(0, shared(Author::Both, plain("On the train", "It half works.", 13)));
    pages
}

fn sam_afterwards() -> Vec<Found> {
    let mut pages = sam_apart();
    pages.remove(3);
    pages[2] = merged();
    pages.insert(1, shared(Author::Partner, two_cups()));
    pages
}

const REMEMBER: &str = "What we want to remember";

fn merged() -> Found {
    shared(Author::Both, plain(REMEMBER, "We both heard it: The owl. The lamp was on.", 9))
}

fn shared(author: Author, entry: EntryDraft) -> Found {
    (author, Visibility::Shared, false, entry)
}

fn private(entry: EntryDraft) -> Found {
    (Author::Me, Visibility::OnlyMe, false, entry)
}

pub(crate) fn plain(title: &str, text: &str, day: i64) -> EntryDraft {
    let utc_ms = 1_794_000_000_000 + day * 86_400_000;
    EntryDraft {
        title: title.into(),
        body: RichText::plain(text),
        when: Moment { utc_ms, offset_seconds: Some(3600), zone: Some("Europe/Warsaw".into()) },
        ..EntryDraft::default()
    }
}

fn two_cups() -> EntryDraft {
    plain("Two cups", "I left yours standing there.", 12)
}

fn horse() -> EntryDraft {
    plain("A horse in a coat", "Fields, a horse in a coat, fields.", 10)
}

fn many_scripts() -> EntryDraft {
    let text = "ただいま。 👩‍👧 e\u{301} zażółć gęślą jaźń \u{1f1f5}\u{1f1f1}";
    EntryDraft { mood: Some("静か".into()), ..plain("雨の夜 🌧️", text, 5) }
}

fn long_ago() -> EntryDraft {
    EntryDraft {
        when: Moment { utc_ms: -9_767_001_525_000, offset_seconds: Some(-75), zone: Some("Europe/London".into()) },
        all_day: true,
        ..plain("A day in 1660", "Blessed be God.", 0)
    }
}

fn slow_evening() -> EntryDraft {
    let text = "How it was\nWe left the phones in the kitchen.\ntea\na song\nstay a little\nfirst";
    let mark = |start, end, style| Mark { start, end, style };
    let marks = vec![
        mark(0, 11, Style::Heading { level: 1 }),
        mark(23, 29, Style::Italic),
        mark(37, 44, Style::Bold),
        mark(46, 50, Style::Bullet),
        mark(50, 57, Style::Bullet),
        mark(50, 56, Style::Link { url: "https://example.org/song".into() }),
        mark(57, 71, Style::Quote),
        mark(71, 76, Style::Numbered),
    ];
    EntryDraft {
        body: RichText { text: text.into(), marks }.normalised().unwrap(),
        mood: Some("tender".into()),
        favourite: true,
        tags: ["evening", "wieczór"].map(str::to_owned).into(),
        ..plain("A slow evening", "", 1)
    }
}
