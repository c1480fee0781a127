//! A Day One export on its way into a vault: what comes in, what stays behind, and what a second import does.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use common::{Couple, edit, vault};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::rich_text::{RichText, Style};
use nightstand::journal::{
    Author, EntryDraft, EntryId, ImportInto, ImportSummary, JournalRow, Moment, RowsQuery, Visibility,
};
use nightstand::progress::ProgressReport;
use nightstand::vault::Vault;
use nightstand::zones::ZoneOffsets;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Two entries that can be read, the older one with all that an entry can have, and one that can't.
const EXPORT: &str = r##"{
      "metadata": { "version": "1.0" },
      "entries": [
        { "uuid": "AAAA", "creationDate": "2024-02-29T21:30:00Z", "modifiedDate": "2024-03-01T07:00:00Z",
          "timeZone": "Europe\/Warsaw", "starred": true, "isAllDay": false, "tags": ["us", " slow evenings ", "us"],
          "text": "# What helped\\!\n\nQuiet, **then** talk\\. 1\\. tea \\- hot\n\n![](dayone-moment:\/\/P1)\n\n- a blanket",
          "photos": [{ "identifier": "P1", "type": "jpeg" }], "weather": { "temperatureCelsius": 9 } },
        { "uuid": "BBBB", "creationDate": "2024-03-01T11:00:00Z", "timeZone": "Nowhere\/Else", "isAllDay": true,
          "text": "A day off." },
        { "uuid": "CCCC", "creationDate": "yesterday", "text": "lost" }
      ]
    }"##;

/// What the phone's system knows of time zones.
struct Warsaw;

impl ZoneOffsets for Warsaw {
    fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
        (zone == "Europe/Warsaw").then_some(3600)
    }
}

#[test]
fn an_export_comes_in_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let summary = import(&alex, &saved(&folder, "Journal.json", EXPORT), ImportInto::Private).unwrap();
    let left = ["photos", "weather"].map(str::to_owned).into();
    let expected =
        ImportSummary { total: 3, imported: 2, unreadable: 1, photos_left: 1, left, ..ImportSummary::default() };
    assert_eq!(summary, expected);

    let [day_off, evening] = <[JournalRow; 2]>::try_from(rows(&alex)).unwrap();
    assert_eq!((evening.id.author(), evening.visibility), (Author::Me, Visibility::OnlyMe));
    let EntryDraft { title, body, when, all_day, mood, favourite, tags, prompt, session } = read(&alex, &evening.id);
    assert_eq!((prompt, session), (None, None));
    assert_eq!((title.as_str(), body.text.as_str()), ("What helped!", "Quiet, then talk. 1. tea - hot\na blanket"));
    let styled: Vec<_> = body.marks.iter().map(|mark| (mark.start, mark.end, &mark.style)).collect();
    assert_eq!(styled, [(7, 11, &Style::Bold), (31, 40, &Style::Bullet)]);
    let warsaw = Moment { utc_ms: 1_709_242_200_000, offset_seconds: Some(3600), zone: Some("Europe/Warsaw".into()) };
    assert_eq!((when, all_day, mood, favourite), (warsaw, false, None, true));
    assert_eq!(tags, ["slow evenings", "us"].map(str::to_owned).into());

    let day_off = read(&alex, &day_off.id);
    let nowhere = Moment { utc_ms: 1_709_290_800_000, offset_seconds: None, zone: Some("Nowhere/Else".into()) };
    let expected =
        EntryDraft { body: RichText::plain("A day off."), when: nowhere, all_day: true, ..EntryDraft::default() };
    assert!(day_off == expected);
}

#[test]
fn the_zip_brings_the_same_as_the_file_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (alex, sam) = (vault(&folder, "alex.db", 1), vault(&folder, "sam.db", 2));
    let json = saved(&folder, "Journal.json", EXPORT);
    let zip = saved(&folder, "export.zip", zipped(EXPORT));
    let from_json = import(&alex, &json, ImportInto::Private).unwrap();
    assert_eq!(import(&sam, &zip, ImportInto::Private), Ok(from_json));
    let written = |vault: &Vault| rows(vault).iter().map(|row| read(vault, &row.id)).collect::<Vec<_>>();
    assert!(written(&alex) == written(&sam));
    assert_eq!(import(&alex, &zip, ImportInto::Private).unwrap().known, 2, "an entry is known by its id alone");
}

#[test]
fn a_second_import_adds_nothing_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let export = saved(&folder, "Journal.json", EXPORT);
    import(&alex, &export, ImportInto::Private).unwrap();
    let evening = rows(&alex)[1].id;
    let edited = EntryDraft { title: "What helped us".into(), ..read(&alex, &evening) };
    edit(&alex, &evening, &edited);

    let again = import(&alex, &export, ImportInto::Private).unwrap();
    assert_eq!(again, ImportSummary { total: 3, known: 2, unreadable: 1, ..ImportSummary::default() });
    assert_eq!(rows(&alex).len(), 2);
    assert!(read(&alex, &evening) == edited);
}

#[test]
fn what_was_deleted_is_not_brought_again_and_the_partners_copy_is_theirs() {
    let couple = Couple::new();
    let folder = tempfile::tempdir().unwrap();
    let nameless = r#"{"entries":[{"creationDate":"2024-03-01T11:00:00Z","text":"No id."}]}"#;
    let export = saved(&folder, "nameless.json", nameless);
    assert_eq!(import(&couple.alex, &export, ImportInto::Private).unwrap().imported, 1);
    couple.alex.journal().delete(&rows(&couple.alex)[0].id).unwrap();
    let again = import(&couple.alex, &export, ImportInto::Private).unwrap();
    assert_eq!((again.imported, again.known, rows(&couple.alex).len()), (0, 1, 0));

    // Sam has the same export, and what Alex shared of it is Alex's.
    let ours = saved(&folder, "ours.json", diary(3));
    import(&couple.alex, &ours, ImportInto::Shared).unwrap();
    couple.meet();
    assert_eq!(import(&couple.sam, &ours, ImportInto::Private).unwrap().imported, 3);
    assert_eq!(rows(&couple.sam).len(), 6);
}

#[test]
fn what_is_imported_for_oneself_stays_and_what_is_shared_arrives() {
    let couple = Couple::strangers();
    let folder = tempfile::tempdir().unwrap();
    let (own, ours) = (saved(&folder, "own.json", EXPORT), saved(&folder, "ours.json", diary(3)));
    assert_eq!(import(&couple.alex, &ours, ImportInto::Shared), Err(NightstandError::NotPaired));
    assert_eq!(rows(&couple.alex).len(), 0);
    couple.pair();
    assert_eq!(import(&couple.alex, &own, ImportInto::Private).unwrap().imported, 2);
    assert_eq!(import(&couple.alex, &ours, ImportInto::Shared).unwrap().imported, 3);
    couple.meet();

    let theirs = rows(&couple.sam);
    let titles: Vec<_> = theirs.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["Day 2", "Day 1", "Day 0"]);
    assert!(theirs.iter().all(|row| (row.id.author(), row.visibility) == (Author::Partner, Visibility::Shared)));
    let (alex, sam) = (couple.alex.journal(), couple.sam.journal());
    assert_eq!(alex.shared_digest().unwrap(), sam.shared_digest().unwrap());
    assert_eq!(alex.count(&RowsQuery { visibility: Some(Visibility::OnlyMe), ..RowsQuery::default() }).unwrap(), 2);

    // From there on it is an entry like any other: an edit stays here until it is shared again.
    let mine = alex.rows(&RowsQuery { visibility: Some(Visibility::Shared), ..RowsQuery::default() }).unwrap().rows;
    let edited = EntryDraft { title: "The last day".into(), ..read(&couple.alex, &mine[0].id) };
    edit(&couple.alex, &mine[0].id, &edited);
    couple.meet();
    assert_eq!(rows(&couple.sam)[0].title, "Day 2");
    alex.share(&mine[0].id).unwrap();
    couple.meet();
    assert_eq!(rows(&couple.sam)[0].title, "The last day");
    assert_eq!(import(&couple.alex, &ours, ImportInto::Shared).unwrap().known, 3);
}

#[test]
fn an_import_that_is_cancelled_keeps_what_came_and_goes_on_later() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let export = saved(&folder, "Journal.json", diary(450));
    let first = import_until(&alex, &export, |_| false).unwrap();
    assert!(first.cancelled && first.imported > 0 && first.imported < 450, "{first:?}");
    assert_eq!((alex.journal().count(&RowsQuery::default()), first.total), (Ok(first.imported), 450));

    let mut told = Vec::new();
    let rest = import_until(&alex, &export, |progress| {
        told.push(progress);
        // A no after the last batch comes too late to cancel anything.
        progress.done < progress.total
    });
    let (known, imported) = (first.imported, 450 - first.imported);
    assert_eq!(rest, Ok(ImportSummary { total: 450, known, imported, ..ImportSummary::default() }));
    assert!(told.is_sorted_by(|one, next| one.done < next.done), "{told:?}");
    assert_eq!(told.last(), Some(&ProgressReport { done: 450, total: 450 }));
    assert_eq!(alex.journal().count(&RowsQuery::default()), Ok(450));
}

#[test]
fn a_broken_file_is_refused_before_anything_of_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    // It breaks off long after the first batch.
    let (json, zip) = (diary(450), zipped(&diary(450)));
    let broken = [
        ("short.json", &json.as_bytes()[..json.len() - 2]),
        ("short.zip", &zip[..zip.len() - 30]),
        ("photo.jpeg", b"\xff\xd8\xff\xe0"),
        ("other.json", b"{\"entries\": \"none\"}"),
        ("empty.zip", b""),
    ];
    for (name, bytes) in broken {
        let imported = import(&alex, &saved(&folder, name, bytes), ImportInto::Private);
        assert_eq!(imported, Err(NightstandError::InvalidInput { what: InvalidInput::File }), "{name}");
    }
    let gone = import(&alex, &folder.path().join("gone.json"), ImportInto::Private);
    assert_eq!(gone, Err(NightstandError::NotFound));
    assert_eq!(alex.journal().count(&RowsQuery::default()), Ok(0));
}

#[test]
fn what_is_larger_than_an_entry_stays_behind_alone() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let long = "and talked, ".repeat(20_000);
    let export = format!(
        r#"{{"entries":[{{"uuid":"1","creationDate":"2024-01-01T12:00:00Z","text":"{long}"}},
                        {{"uuid":"2","creationDate":"2024-01-02T12:00:00Z","text":"We walked."}}]}}"#
    );
    let summary = import(&alex, &saved(&folder, "Journal.json", export), ImportInto::Private).unwrap();
    assert_eq!(summary, ImportSummary { total: 2, imported: 1, unreadable: 1, ..ImportSummary::default() });
    assert_eq!(rows(&alex)[0].preview, "We walked.");
}

#[test]
fn a_real_diary_comes_in() {
    let data = "shared/data/pepys-dayone.zip";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(diary) = here.ancestors().map(|folder| folder.join(data)).find(|path| path.exists()) else {
        // Past the test's captured output: a skip has to be seen.
        std::io::stderr()
            .write_all(b"SKIPPED: import: shared/data/pepys-dayone.zip is not beside the project\n")
            .unwrap();
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let summary = import(&alex, &diary, ImportInto::Private).unwrap();
    assert_eq!(summary, ImportSummary { total: 3_413, imported: 3_413, ..ImportSummary::default() });
    let again = import(&alex, &diary, ImportInto::Private).unwrap();
    assert_eq!(again, ImportSummary { total: 3_413, known: 3_413, ..ImportSummary::default() });

    let (mut query, mut listed) = (RowsQuery::default(), Vec::new());
    loop {
        let page = alex.journal().rows(&query).unwrap();
        listed.extend(page.rows);
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    assert_eq!(listed.len(), 3_413);
    let (newest, oldest) = (read(&alex, &listed[0].id), read(&alex, &listed[3_412].id));
    assert!(oldest.body.text.starts_with("Jan. 1st (Lord’s day)."));
    assert!(newest.body.text.ends_with("S. P.\n\nMay 31, 1669."));
    let then = Moment { utc_ms: -9_781_696_800_000, offset_seconds: None, zone: Some("Europe/London".into()) };
    assert_eq!((oldest.when, oldest.tags), (then, ["diary", "wife"].map(str::to_owned).into()));
}

fn import(vault: &Vault, path: &Path, into: ImportInto) -> Result<ImportSummary, NightstandError> {
    vault.journal().import_day_one(path, into, &Warsaw, &mut |_| true)
}

/// The same into `Private`, as far as `go_on` lets it.
fn import_until(
    vault: &Vault,
    path: &Path,
    mut go_on: impl FnMut(ProgressReport) -> bool,
) -> Result<ImportSummary, NightstandError> {
    vault.journal().import_day_one(path, ImportInto::Private, &Warsaw, &mut go_on)
}

fn saved(folder: &tempfile::TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

fn zipped(json: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("Journal.json", SimpleFileOptions::default()).unwrap();
    zip.write_all(json.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

/// An export of many days, one entry a minute.
fn diary(days: usize) -> String {
    let entry = |day| {
        let (hour, minute) = (day / 60, day % 60);
        format!(
            r##"{{"uuid":"{day:032X}","creationDate":"2024-01-01T{hour:02}:{minute:02}:00Z","text":"# Day {day}\n\nUp early."}}"##
        )
    };
    format!(r#"{{"entries":[{}]}}"#, (0..days).map(entry).collect::<Vec<_>>().join(","))
}

/// Newest first.
fn rows(vault: &Vault) -> Vec<JournalRow> {
    vault.journal().rows(&RowsQuery::default()).unwrap().rows
}

fn read(vault: &Vault, id: &EntryId) -> EntryDraft {
    vault.journal().read(id).unwrap().entry
}
