use super::super::rich_text::RichText;
use super::*;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Every feature we know of, and entries broken in each way.
const HAND_MADE: &str = r##"{
      "metadata": { "version": "1.0" },
      "entries": [
        { "uuid": "AAAA", "creationDate": "2024-02-29T21:30:00Z", "modifiedDate": "2024-03-01T07:00:00Z",
          "timeZone": "America\/New_York", "starred": true, "isAllDay": false, "isPinned": true, "duration": 0,
          "tags": ["us", " slow evenings ", "us", 5, ""],
          "text": "# What helped\\!\n\nQuiet, **then** talk\\. 1\\. tea \\- hot\n\n![](dayone-moment:\/\/P1)\n\n- [our song](https:\/\/example.org\/a_b)\n- _blanket_",
          "richText": "not even JSON",
          "photos": [{ "identifier": "P1", "type": "jpeg" }], "audios": [{ "identifier": "A1" }], "videos": [],
          "location": { "placeName": "Home" }, "weather": { "temperatureCelsius": 9 }, "comments": [{ "text": "x" }],
          "creationDevice": "Phone", "editingTime": 63.5 },
        { "uuid": "BBBB", "creationDate": "1969-07-20T20:17:40Z", "isAllDay": true, "starred": false, "timeZone": "not a zone" },
        { "creationDate": "1660-01-11T22:00:00Z", "modifiedDate": "soon", "text": "Old 🕯", "tags": "diary", "photos": null },
        { "uuid": "CCCC", "creationDate": "yesterday", "text": "lost" },
        { "uuid": "DDDD", "text": "lost" },
        { "uuid": "EEEE", "creationDate": "2024-01-01T00:00:00Z", "text": ["lost"] },
        "not an entry"
      ]
    }"##;

fn read(bytes: impl AsRef<[u8]>) -> Result<DayOneExport, DayOneError> {
    DayOneExport::read(Cursor::new(bytes))
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn reads_every_feature() {
    let export = read(HAND_MADE).unwrap();
    assert_eq!(export.len(), 7);
    let mut entries = export.into_iter();
    let first = entries.next().unwrap().unwrap();
    assert_eq!((first.source_id.as_str(), first.title.as_str()), ("AAAA", "What helped!"));
    assert_eq!(first.body.text, "Quiet, then talk. 1. tea - hot\nour song\nblanket");
    assert_eq!(first.body.marks.len(), 5);
    assert_eq!((first.created_ms, first.modified_ms), (1_709_242_200_000, Some(1_709_276_400_000)));
    assert_eq!((first.zone.as_deref(), first.starred, first.all_day), (Some("America/New_York"), true, false));
    assert_eq!(first.tags, ["us", "slow evenings"]);
    assert_eq!(first.left, ["audios", "location", "other", "photos", "pin", "weather"]);
    assert_eq!((first.photos_left, entries.len()), (2, 6));
    let second = entries.next().unwrap().unwrap();
    assert_eq!((second.created_ms, second.all_day, second.zone), (-14_182_940_000, true, None));
    assert_eq!((second.body, second.left), (Default::default(), vec!["zone"]));
    let third = entries.next().unwrap().unwrap();
    assert_eq!((third.source_id.as_str(), third.body.text.as_str(), third.modified_ms), ("", "Old 🕯", None));
    assert_eq!(third.created_ms, -9_781_696_800_000);
    let skipped: Vec<_> = entries.map(Result::unwrap_err).collect();
    use DayOneSkip::*;
    assert_eq!(skipped, [NoDate, NoDate, NoText, NotAnEntry]);
}

#[test]
fn reads_all_journals_of_a_zip() {
    let one = br#"{"entries":[{"uuid":"1","creationDate":"2024-01-01T00:00:00Z"}]}"#;
    let files: [(&str, &[u8]); 6] = [
        ("Journal.json", one),
        ("__MACOSX/._Journal.json", b"\0\x05\x16\x07"),
        ("photos/a.jpeg", b"{"),
        ("photos/notes.json", br#"{"entries":5}"#),
        ("../../nested/Travel.JSON", one),
        ("with mark.json", b"\xef\xbb\xbf {\"entries\":[]}"),
    ];
    assert_eq!(read(zipped(&files)).unwrap().len(), 2);
    assert_eq!(read(zipped(&files[1..4])).unwrap_err(), DayOneError::NotAnExport);
}

#[test]
fn refuses_what_is_no_whole_export() {
    for other in ["", "hello", "[]", "{}", r#"{"entries":{}}"#, r"{\rtf1 }", r#"{"metadata":"#] {
        assert_eq!(read(other).unwrap_err(), DayOneError::NotAnExport, "{other}");
    }
    assert_eq!(read(&HAND_MADE[..HAND_MADE.len() - 2]).unwrap_err(), DayOneError::Damaged);
    assert_eq!(read(b"{\"entries\":[{\"text\":\"\xff\"}]}").unwrap_err(), DayOneError::Damaged);
    let zip = zipped(&[("Journal.json", HAND_MADE.repeat(2).as_bytes())]);
    assert_eq!(read(&zip).unwrap_err(), DayOneError::Damaged);
    let mut zip = zipped(&[("Journal.json", HAND_MADE.as_bytes())]);
    assert_eq!(read(&zip[..zip.len() / 2]).unwrap_err(), DayOneError::Damaged);
    let middle = zip.len() / 2;
    zip[middle] ^= 0x55;
    assert_eq!(read(&zip).unwrap_err(), DayOneError::Damaged);
    let folder = DayOneExport::open(env!("CARGO_MANIFEST_DIR")).unwrap_err();
    assert_eq!(folder, DayOneError::NotAnExport);
    let gone = DayOneExport::open("no such file").unwrap_err();
    assert_eq!(gone, DayOneError::Unreadable(io::ErrorKind::NotFound));
}

#[test]
fn refuses_a_zip_with_a_password() {
    // The first flag bit of both headers, as a password sets it.
    let mut zip = zipped(&[("Journal.json", HAND_MADE.as_bytes())]);
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = zip.windows(4).position(|bytes| bytes == signature).unwrap();
        zip[at + flags] |= 1;
    }
    assert_eq!(read(zip).unwrap_err(), DayOneError::Encrypted);
}

#[test]
fn refuses_more_than_memory_should_hold() {
    let budgeted = |bytes: &[u8], budget| DayOneExport::read_within(Cursor::new(bytes), &budget).unwrap_err();
    let bomb = format!(r#"{{"entries":[{{"text":"{}"}}]}}"#, "a".repeat(1 << 20));
    let zip = zipped(&[("a.json", bomb.as_bytes()), ("b.json", bomb.as_bytes())]);
    assert!(zip.len() < 8_000);
    assert_eq!(budgeted(&zip, Budget::new(3 << 19, 10)), DayOneError::TooLarge);
    assert_eq!(budgeted(bomb.as_bytes(), Budget::new(1 << 19, 10)), DayOneError::TooLarge);
    assert_eq!(budgeted(HAND_MADE.as_bytes(), Budget::new(1 << 20, 6)), DayOneError::TooLarge);
    let deep = format!(r#"{{"entries":[{{"weather":{}"#, "[".repeat(1 << 20));
    assert_eq!(read(deep).unwrap_err(), DayOneError::Damaged);
}

#[test]
fn nothing_written_shows_in_debug_or_errors() {
    let export = read(HAND_MADE).unwrap();
    let whole = format!("{export:?}");
    let shown = format!("{whole} {:?}", export.into_iter().collect::<Vec<_>>());
    for word in ["helped", "Quiet", "slow", "AAAA", "example.org", "New_York"] {
        assert!(!shown.contains(word), "{shown}");
    }
}

#[test]
fn reads_a_real_diary() {
    let data = "shared/data/pepys-dayone.zip";
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let Some(path) = here.ancestors().map(|folder| folder.join(data)).find(|path| path.exists()) else {
        // Past the test's captured output: a skip has to be seen.
        std::io::stderr()
            .write_all(b"SKIPPED: day_one: shared/data/pepys-dayone.zip is not beside the project\n")
            .unwrap();
        return;
    };
    let export = DayOneExport::open(path).unwrap();
    assert_eq!(export.len(), 3_413);
    let entries: Vec<_> = export.into_iter().map(Result::unwrap).collect();
    assert!(entries.iter().all(|entry| entry.zone.as_deref() == Some("Europe/London") && entry.left.is_empty()));
    assert!(entries.iter().all(|entry| !entry.body.text.is_empty() && entry.created_ms < -9_400_000_000_000));
    let characters: usize = entries.iter().map(|entry| entry.body.text.chars().count()).sum();
    // One line is a numbered item, with a blank line on either side; nothing else in there is Markdown.
    assert_eq!(characters + "1. \n\n".len(), 5_999_425);
    for entry in &entries {
        assert_eq!(RichText::from_markdown(&entry.body.to_markdown()), entry.body);
    }
}
