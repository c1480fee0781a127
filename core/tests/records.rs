//! What was noted is found again, and taken along.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, Hands};
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment, DropLevel};
use nightstand::care::sessions::{SessionDraft, StepDraft, StepVerb};
use nightstand::care::signals::{Signal, SignalKind};
use nightstand::care::{RecordsAs, Side, Whose};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::texts::Texts;

const EVENING: i64 = 1_790_000_000_000;

fn evening(note: &str) -> CheckIn {
    CheckIn { note: note.into(), ..CheckIn::new(CheckInMoment::Closing, None, EVENING) }
}

#[test]
fn check_ins_are_found_by_their_words() {
    let couple = Couple::at(&Hands::at(EVENING));
    let (alex, texts) = (couple.alex.check_ins(), Texts::new());
    let café = alex.add(&evening("We went to the Café by the sea.")).unwrap();
    let picked = CheckIn {
        feelings: ["tearful".into()].into(),
        body: ["shaky".into()].into(),
        own_words: ["far away".into()].into(),
        wish: "A long breakfast".into(),
        at_ms: EVENING + 1,
        ..evening("")
    };
    let picked = alex.add(&picked).unwrap();
    let found = |text: &str| -> Vec<_> {
        alex.search(Whose::Me, text, &texts).unwrap().into_iter().map(|view| view.id).collect()
    };
    assert_eq!(found("CAFE sea"), [café.id]);
    assert_eq!(found("tear"), [picked.id], "as the reader's language says it");
    assert_eq!(found("shaky far breakf"), [picked.id]);
    assert_eq!(found("a"), [picked.id], "of a word's beginning");
    assert!(found("café breakfast").is_empty() && found("mountain").is_empty());

    alex.share(&picked.id, &[CheckInField::Feelings].into()).unwrap();
    couple.meet();
    let sam = couple.sam.check_ins();
    assert_eq!(sam.search(Whose::Partner, "tearful", &texts).unwrap().len(), 1);
    assert!(sam.search(Whose::Partner, "breakfast", &texts).unwrap().is_empty());
    let nothing = NightstandError::InvalidInput { what: InvalidInput::Query };
    for text in ["", " … ", &"x ".repeat(33), &"x".repeat(1_001)] {
        assert_eq!(alex.search(Whose::Me, text, &texts), Err(nothing));
    }
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    assert_eq!(found("sea"), [café.id]);
    couple.alex.lock_private().unwrap();
    assert_eq!(alex.search(Whose::Me, "sea", &texts), Err(NightstandError::PrivateLocked));
}

#[test]
fn what_was_noted_is_taken_along() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let step = StepDraft { activity: "water".into(), side: Side::Give, minutes: 5, way: None };
    let left = StepDraft { activity: "music".into(), side: Side::Together, minutes: 5, way: None };
    let draft = SessionDraft { steps: vec![step, left], ..SessionDraft::default() };
    let session = couple.alex.sessions().plan(Audience::Both, &draft).unwrap();
    couple.alex.sessions().step(&session.id, session.steps[0].id, StepVerb::Start).unwrap();
    clock.pass(180_000);
    couple.alex.sessions().end(&session.id).unwrap();
    let said = CheckIn {
        feelings: ["tearful".into()].into(),
        closeness: Some(3),
        drop: Some(DropLevel::Some),
        ..CheckIn { session: Some(session.id), ..evening("*Only* for me.") }
    };
    let mine = couple.alex.check_ins().add(&said).unwrap();
    couple.alex.check_ins().share(&mine.id, &[CheckInField::Closeness].into()).unwrap();
    couple.alex.check_ins().add(&CheckIn::new(CheckInMoment::SomethingNotRight, None, EVENING)).unwrap();
    couple.sam.signals().send(&Signal::Listed(SignalKind::QuietFine), None).unwrap();
    couple.alex.signals().send(&Signal::Own("Hum to me".into()), None).unwrap();
    couple.meet();

    let folder = tempfile::tempdir().unwrap();
    let export = |vault: &nightstand::vault::Vault, name: &str, form| {
        let path = folder.path().join(name);
        let count = vault.preferences().export_records(&path, form, &Texts::new(), "Europe/Warsaw", &Warsaw).unwrap();
        (count, std::fs::read_to_string(path).unwrap())
    };
    let (count, json) = export(&couple.alex, "alex.json", RecordsAs::Json);
    assert_eq!(count, 5);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["format"], "nightstand records");
    let own = &json["check_ins"]["mine"];
    assert_eq!(own.as_array().unwrap().len(), 2);
    let closing = own.as_array().unwrap().iter().find(|one| one["moment"] == "closing").unwrap();
    assert_eq!((&closing["shared"][0], &closing["note"]), (&"closeness".into(), &"*Only* for me.".into()));
    assert_eq!(closing["session"], json["sessions"][0]["id"]);
    assert_eq!(json["sessions"][0]["of"], "both");
    assert_eq!(json["sessions"][0]["steps"][0]["spent_ms"], 180_000);
    assert_eq!(json["signals"]["mine"][0]["words"], "Hum to me");
    assert_eq!(json["signals"]["partner"][0]["kind"], "quiet-fine");

    let (_, page) = export(&couple.alex, "alex.md", RecordsAs::Markdown);
    for line in [
        "## Closing · 21 September 2026, 16:13",
        "- touching, 3 of 7",
        "- A low",
        "- \\*Only\\* for me.",
        "- My partner can read: Closeness",
        "## Hum to me · 21 September 2026, 16:16",
        "## I need quiet, we are fine · 21 September 2026",
    ] {
        assert!(page.contains(line), "{line}\n{page}");
    }
    assert!(page.contains("· 3 min") && !page.contains("Music"), "{page}");

    let (count, json) = export(&couple.sam, "sam.json", RecordsAs::Json);
    assert_eq!(count, 4);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (json["check_ins"]["partner"][0]["closeness"].as_u64(), json["check_ins"]["mine"].as_array().map(Vec::len)),
        (Some(3), Some(0))
    );
    assert_eq!(
        (&json["check_ins"]["partner"][0]["note"], json["check_ins"]["partner"][0].get("shared")),
        (&"".into(), None)
    );

    let path = folder.path().join("sam.json");
    let again = couple.sam.preferences().export_records(&path, RecordsAs::Json, &Texts::new(), "", &());
    assert_eq!(again, Err(NightstandError::InvalidInput { what: InvalidInput::FileExists }));
}

/// In summer.
struct Warsaw;

impl nightstand::zones::ZoneOffsets for Warsaw {
    fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
        (zone == "Europe/Warsaw").then_some(7_200)
    }
}
