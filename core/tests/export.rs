//! Taking entries out, and what of them comes back.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::io::Read;
use std::path::{Path, PathBuf};

use common::{Couple, entry, vault};
use nightstand::care::activities::ActivityDraft;
use nightstand::care::catalogue::Family;
use nightstand::care::{CardAs, Item, ItemDraft, PreferencesAs, Side, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::rich_text::{Mark, RichText, Style};
use nightstand::journal::{EntryDraft, ExportAs, ExportSummary, ImportInto, Moment, RowsQuery, Sharing, Visibility};
use nightstand::records::Audience;
use nightstand::texts::Texts;
use nightstand::vault::Vault;
use nightstand::zones::ZoneOffsets;

struct Zones;

impl ZoneOffsets for Zones {
    fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
        match zone {
            "Europe/Warsaw" => Some(3600),
            "Europe/London" => Some(-75),
            _ => None,
        }
    }
}

/// Entries with all that both sides know of; the newest first.
fn pages() -> Vec<EntryDraft> {
    let styled = |start, end, style| Mark { start, end, style };
    let text = "How it was\nWe left the phones in the kitchen.\ntea\na song\nstay\nfirst";
    let marks = vec![
        styled(0, 10, Style::Heading { level: 2 }),
        styled(22, 28, Style::Italic),
        styled(36, 43, Style::Bold),
        styled(46, 49, Style::Bullet),
        styled(50, 56, Style::Bullet),
        styled(50, 56, Style::Link { url: "https://example.org/song".into() }),
        styled(57, 61, Style::Quote),
        styled(62, 67, Style::Numbered),
    ];
    vec![
        EntryDraft {
            body: RichText { text: text.into(), marks }.normalised().unwrap(),
            favourite: true,
            tags: ["evening", "wieczór, \"ours\""].map(str::to_owned).into(),
            ..entry("A slow evening", "", 30)
        },
        entry("# not [a] *heading* \\ 1. - >", "* no bullet\n1. no number\n> no quote\n# no heading", 20),
        EntryDraft { all_day: true, ..entry("", "A day without a title. 🕯 雨の夜", 10) },
        EntryDraft {
            when: Moment { utc_ms: -9_777_412_799_877, offset_seconds: Some(-75), zone: Some("Europe/London".into()) },
            ..entry("1660", "Blessed be God.", 0)
        },
    ]
}

fn written(vault: &Vault) -> Vec<EntryDraft> {
    let rows = vault.journal().rows(&RowsQuery::default()).unwrap().rows;
    rows.into_iter().map(|row| vault.journal().read(&row.id).unwrap().entry).collect()
}

fn export(vault: &Vault, path: &Path, form: ExportAs) -> Result<ExportSummary, NightstandError> {
    vault.journal().export(path, form, &RowsQuery::default(), &mut |_| true)
}

/// The files of a zip, by their names.
fn unzipped(path: &Path) -> Vec<(String, String)> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..zip.len())
        .map(|number| {
            let mut file = zip.by_index(number).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file.name().to_owned(), text)
        })
        .collect()
}

fn diary(folder: &tempfile::TempDir) -> Vault {
    let alex = vault(folder, "alex.db", 1);
    for page in pages() {
        alex.journal().write(&page, Sharing::Private).unwrap();
    }
    alex
}

#[test]
fn what_day_one_knows_of_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let alex = diary(&folder);
    assert_eq!(written(&alex), pages());
    let path = folder.path().join("export.zip");
    assert_eq!(export(&alex, &path, ExportAs::DayOne), Ok(ExportSummary { entries: 4 }));
    let sam = vault(&folder, "sam.db", 2);
    let into =
        |vault: &Vault| vault.journal().import_day_one(&path, ImportInto::Private, &Zones, &mut |_| true).unwrap();
    assert_eq!(into(&sam).imported, 4);
    assert_eq!(written(&sam), pages());

    // Exported from there, it is known by the same ids.
    let again = folder.path().join("again.zip");
    export(&sam, &again, ExportAs::DayOne).unwrap();
    assert_eq!(unzipped(&again), unzipped(&path));
    assert_eq!(into(&sam).known, 4);
}

#[test]
fn markdown_is_one_file_an_entry() {
    let folder = tempfile::tempdir().unwrap();
    let alex = diary(&folder);
    let path = folder.path().join("export.zip");
    export(&alex, &path, ExportAs::Markdown).unwrap();
    let files = unzipped(&path);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["1970-01-31-00001.md", "1970-01-21-00002.md", "1970-01-11-00003.md", "1660-03-01-00004.md"]);
    let (head, body) = files[0].1.strip_prefix("---\n").unwrap().split_once("\n---\n\n").unwrap();
    for line in
        ["title: \"A slow evening\"", "date: 1970-01-31T01:00:00+01:00", "zone: \"Europe/Warsaw\"", "author: me"]
    {
        assert!(head.lines().any(|found| found == line), "{line} in {head}");
    }
    assert!(head.contains("favourite: true") && head.contains(r#"tags: ["evening", "wieczór, \"ours\""]"#), "{head}");
    for (page, (_, file)) in pages().iter().zip(&files) {
        let body = file.split_once("\n---\n\n").unwrap().1;
        assert_eq!(RichText::from_markdown(body.trim_end_matches('\n')), page.body);
    }
    assert!(body.starts_with("## How it was"));
}

#[test]
fn json_says_everything() {
    let couple = Couple::new();
    let page = EntryDraft { mood: Some("calm".into()), ..pages().remove(0) };
    couple.alex.journal().write(&page, Sharing::Joint).unwrap();
    couple.alex.journal().write(&entry("Mine", "for me", 1), Sharing::Private).unwrap();
    couple.meet();
    let folder = tempfile::tempdir().unwrap();
    let saved = |vault: &Vault, name: &str| -> serde_json::Value {
        let path: PathBuf = folder.path().join(name);
        export(vault, &path, ExportAs::Json).unwrap();
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    };
    let (alex, sam) = (saved(&couple.alex, "alex.json"), saved(&couple.sam, "sam.json"));
    assert_eq!((&alex["format"], &alex["version"]), (&"nightstand journal".into(), &1.into()));
    assert_eq!((alex["entries"].as_array().unwrap().len(), sam["entries"].as_array().unwrap().len()), (2, 1));
    let joint = &alex["entries"][0];
    assert_eq!(joint, &sam["entries"][0]);
    assert_eq!((&joint["author"], &joint["shared"], &joint["mood"]), (&"both".into(), &true.into(), &"calm".into()));
    assert_eq!((&joint["text"], &joint["time"]), (&page.body.text.as_str().into(), &"1970-01-31T00:00:00Z".into()));
    let bold = serde_json::json!({ "start": 36, "end": 43, "style": "bold" });
    assert!(joint["styles"].as_array().unwrap().contains(&bold), "{joint}");
}

#[test]
fn an_export_overwrites_nothing_and_leaves_no_half() {
    let folder = tempfile::tempdir().unwrap();
    let alex = diary(&folder);
    let path = folder.path().join("export.json");
    std::fs::write(&path, "precious").unwrap();
    let exists = Err(NightstandError::InvalidInput { what: InvalidInput::FileExists });
    assert_eq!(export(&alex, &path, ExportAs::Json), exists);
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    assert_eq!(export(&alex, &folder.path().join("no/where.zip"), ExportAs::Markdown), Err(NightstandError::NotFound));
    let cut = folder.path().join("cut.zip");
    let cancelled = alex.journal().export(&cut, ExportAs::DayOne, &RowsQuery::default(), &mut |_| false);
    assert_eq!((cancelled, cut.exists()), (Err(NightstandError::Cancelled), false));
    let shared = RowsQuery { visibility: Some(Visibility::Shared), ..RowsQuery::default() };
    let summary = alex.journal().export(&cut, ExportAs::DayOne, &shared, &mut |_| true);
    assert_eq!(summary, Ok(ExportSummary { entries: 0 }));
}

#[test]
fn preferences_go_along() {
    let couple = Couple::new();
    let say = |vault: &Vault, item: &str, draft: ItemDraft, shared: bool| {
        let (item, preferences) = (item.parse().unwrap(), vault.preferences());
        let said = preferences.set(&item, &draft, &preferences.read(&item).unwrap().version).unwrap();
        if shared {
            preferences.share(&item, &said.version).unwrap();
        }
    };
    let stance =
        |stance, note: &str| ItemDraft { stance: Some(stance), note: Some(note.into()), ..ItemDraft::default() };
    say(&couple.alex, "stance/holding-hands/together", stance(Stance::Like, ""), true);
    let until_ms = Some(1_900_000_000_000);
    say(&couple.alex, "stance/holding-hands/together", stance(Stance::NotNow { until_ms }, "my wrist\nhurts"), false);
    let short = ItemDraft { choices: Some(["short".to_owned()].into()), ..ItemDraft::default() };
    say(&couple.alex, "question/length", short, false);
    say(&couple.sam, "stance/bath/together/tired", stance(Stance::Never, ""), true);
    couple.meet();

    let folder = tempfile::tempdir().unwrap();
    let texts = Texts::new();
    let (page, all) = (folder.path().join("page.md"), folder.path().join("all.json"));
    assert_eq!(
        couple.alex.preferences().export(&page, PreferencesAs::Markdown, &texts, "Pacific/Auckland", &Ahead),
        Ok(3)
    );
    let page_text = "# What I want in the time after\n\n\
        ## How long feels right?\n\n- Five to ten minutes\n\n\
        ## Not for now\n\n- Holding hands (Together; until 18 March 2030): my wrist\\\n  hurts\n\n\
        # What my partner shares with me of it\n\n\
        ## Not for me\n\n- A bath (Together; When I’m tired)\n";
    assert_eq!(std::fs::read_to_string(&page).unwrap(), page_text);

    assert_eq!(couple.alex.preferences().export(&all, PreferencesAs::Json, &texts, "", &()), Ok(3));
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(&all).unwrap()).unwrap();
    assert_eq!((&all["format"], &all["version"]), (&"nightstand preferences".into(), &1.into()));
    let hands = &all["mine"][0];
    assert_eq!((&hands["item"], &hands["stance"]), (&"stance/holding-hands/together".into(), &"not now".into()));
    assert_eq!(hands["until"], "2030-03-17T17:46:40Z", "exact, and in UTC");
    assert_eq!((&hands["note"], &hands["shared"]["stance"]), (&"my wrist\nhurts".into(), &"like".into()));
    let history: Vec<_> = hands["history"].as_array().unwrap().iter().map(|past| past["stance"].clone()).collect();
    assert_eq!(history, ["like", "not now"]);
    assert_eq!((&all["mine"][1]["choices"][0], &all["mine"][1]["shared"]), (&"short".into(), &serde_json::Value::Null));
    assert_eq!((all["partner"].as_array().unwrap().len(), &all["partner"][0]["stance"]), (1, &"never".into()));
    let exists = Err(NightstandError::InvalidInput { what: InvalidInput::FileExists });
    assert_eq!(couple.alex.preferences().export(&page, PreferencesAs::Json, &texts, "", &()), exists);
    assert_eq!(std::fs::read_to_string(&page).unwrap(), page_text);
}

/// Thirteen hours ahead of UTC.
struct Ahead;

impl nightstand::zones::ZoneOffsets for Ahead {
    fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
        (zone == "Pacific/Auckland").then_some(13 * 3_600)
    }
}

#[test]
fn an_activity_that_is_gone_is_never_said_by_its_id() {
    let (couple, texts) = (Couple::new(), Texts::new());
    let tea = ActivityDraft {
        title: "Tea on the balcony".into(),
        about: String::new(),
        family: Family::Body,
        needs: Default::default(),
        minutes: (5, 10),
        works_apart: false,
    };
    let tea = couple.alex.activities().add(Audience::Both, &tea).unwrap().id;
    let item = Item::Stance { activity: tea.clone(), side: Side::Together, condition: None };
    let loves = ItemDraft { stance: Some(Stance::Love), ..ItemDraft::default() };
    let preferences = couple.alex.preferences();
    let set = preferences.set(&item, &loves, &preferences.read(&item).unwrap().version).unwrap();
    preferences.share(&item, &set.version).unwrap();
    couple.meet();
    assert_eq!(couple.sam.activities().title(&tea, &texts).unwrap(), "Tea on the balcony");

    couple.alex.activities().remove(&tea).unwrap();
    couple.meet();
    let gone = "An activity that is not on this phone";
    let folder = tempfile::tempdir().unwrap();
    let mut pages = vec![couple.alex.preferences().card(&[item], CardAs::Text, &texts, "", &()).unwrap()];
    for (name, vault) in [("alex.md", &couple.alex), ("sam.md", &couple.sam)] {
        let rows = vault.preferences().side_by_side().unwrap().activities;
        assert_eq!(vault.activities().title(&rows[0].activity, &texts).unwrap(), gone);
        let page = folder.path().join(name);
        vault.preferences().export(&page, PreferencesAs::Markdown, &texts, "", &()).unwrap();
        pages.push(std::fs::read_to_string(page).unwrap());
    }
    for page in pages {
        assert!(page.contains(gone) && !page.contains("own") && !page.contains(&tea[4..8]), "{page}");
    }
    assert_eq!(couple.alex.activities().title("of-a-newer-app", &texts).unwrap(), gone);
    assert_eq!(couple.alex.activities().title("bath", &texts).unwrap(), "A bath");
    // Behind a second key it may be there: that is not said to be gone.
    couple.alex.set_private_key(Some([5; 32]), |_| core::ops::ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(couple.alex.activities().title(&tea, &texts), Err(NightstandError::PrivateLocked));
}
