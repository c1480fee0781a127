//! Odd inputs: characters of several units, marks that turn or end a line, numbers at the ends of what they can be.

use super::{NOON, joint, write};
use crate::care::check_ins::{CheckIn, CheckInMoment, DropLevel};
use crate::care::sessions::StepDraft;
use crate::care::{RecordsAs, Side, Whose};
use crate::docs::record::Field;
use crate::insights::{CountedMoment, Insight, InsightOf, InsightSpan, Level};
use crate::journal::Prompt;
use crate::journal::entry::TIMES_MS;
use crate::store::tests::{Phone, hand_over, paired, tell_partner};
use crate::texts::Texts;
use crate::together::reflections::go_on;

fn draft_of_two(first: &str, here: &str, typed: &str) -> String {
    let ([_alex_phone, _sam_phone], alex, _sam) = paired();
    let id = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
    alex.reflections().write_draft(&id, first, "").unwrap();
    alex.reflections().write_draft(&id, here, first).unwrap();
    alex.reflections().write_draft(&id, typed, first).unwrap().draft
}

/// What two screens make of a text cuts none of its characters in two.
#[test]
fn no_character_is_divided() {
    for (since, here, typed) in [
        ("😀", "😁", "😂"),
        ("a😀b", "a😁b", "a😂b"),
        ("😀😀", "😁😀", "😀😁"),
        ("😀😁", "😁", "😀😂"),
        ("👩🏽", "👩🏾", "👨🏽"),
        ("😀", "😀😀", "😁😀"),
        ("😀😀😀", "😀😀", "😀😀😀😀"),
        ("\u{1F600}", "\u{1FA00}", "\u{1F200}"),
    ] {
        let draft = draft_of_two(since, here, typed);
        assert!(!draft.contains('\u{fffd}'), "{since} {here} {typed}: {draft}");
    }
}

/// Steps of a ritual at the ends of what a number can be.
#[test]
fn no_order_of_a_step_stops_a_ritual() {
    let (_phones, alex, sam) = paired();
    for orders in [[i64::MAX; 3], [i64::MIN; 3], [i64::MIN, 0, i64::MAX], [i64::MAX - 1, i64::MAX, i64::MAX]] {
        write(&sam, joint, "ritual", |record| {
            record.set("title", Some("Slowly"));
            for (at, order) in orders.into_iter().enumerate() {
                let fields: [(&str, Field); 4] = [
                    ("activity", "water".into()),
                    ("to", "both".into()),
                    ("order", order.into()),
                    ("minutes", 600_i64.into()),
                ];
                record.items.insert(format!("{at:016x}"), fields.map(|(key, value)| (key.to_owned(), value)).into());
            }
        });
    }
    hand_over(&sam, &alex);
    let step = StepDraft { activity: "water".into(), side: Side::Together, minutes: 2, way: None };
    let rituals = alex.rituals().list().unwrap();
    assert_eq!(rituals.len(), 4);
    for ritual in rituals {
        let added = alex.rituals().add_step(&ritual.id, &step).unwrap();
        assert_eq!((added.steps.len(), added.steps[3].minutes), (4, 2));
        let moved = alex.rituals().move_step(&ritual.id, added.steps[3].id, 1).unwrap();
        assert_eq!(moved.steps[1].minutes, 2);
        let moved = alex.rituals().move_step(&ritual.id, added.steps[3].id, 0).unwrap();
        assert_eq!(moved.steps[0].minutes, 2);
        let session = alex.rituals().start(&ritual.id).unwrap();
        assert_eq!(session.steps.len(), 4);
    }
}

/// Texts with nothing but what is hardly seen, and with what turns or ends a line, open as they were sealed.
#[test]
fn odd_texts_open_as_they_were_sealed() {
    for text in [
        "a\u{0}b",
        "\u{202e}abc\u{202c}",
        "\u{feff}x",
        "👩🏽\u{200d}🤝\u{200d}👩🏾",
        "\r\n.\r",
        "\u{10ffff}\u{e0001}",
        "e\u{301}\u{e9}",
    ] {
        let (_phones, alex, sam) = paired();
        let id = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
        let hash = alex.reflections().read(&id).unwrap().hash;
        alex.reflections().write_draft(&id, text, "").unwrap();
        assert_eq!(alex.reflections().read(&id).unwrap().draft, text);
        alex.reflections().seal(&id, text, &hash).unwrap();
        tell_partner(&alex, &sam);
        sam.reflections().seal(&id, text, &hash).unwrap();
        for _ in 0..3 {
            for (from, to) in [(&sam, &alex), (&alex, &sam)] {
                tell_partner(from, to);
                go_on(to).unwrap();
            }
        }
        for vault in [&alex, &sam] {
            assert_eq!(vault.reflections().read(&id).unwrap().theirs.as_deref(), Some(text), "{text:?}");
        }
    }
}

/// A check-in as early as can be is listed, exported, and answered.
#[test]
fn the_earliest_check_in_is_read() {
    let phone = Phone::alex();
    let alex = phone.open();
    for at_ms in [*TIMES_MS.start(), -1, 0] {
        let low = CheckIn {
            calm: Some(0),
            drop: Some(DropLevel::Strong),
            drop_since_ms: Some(at_ms),
            ..CheckIn::new(CheckInMoment::Closing, None, at_ms)
        };
        alex.check_ins().add(&low).unwrap();
    }
    assert_eq!(alex.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap().len(), 3);
    alex.drop_care().now().unwrap();
    let texts = Texts::new();
    let path = phone.path().with_file_name("records.md");
    let form = RecordsAs::Markdown;
    assert_eq!(alex.preferences().export_records(&path, form, &texts, "Etc/UTC", &()), Ok(3));
    for offset_seconds in [-64_800, 64_800] {
        let span = InsightSpan { from_ms: *TIMES_MS.start(), before_ms: NOON, offset_seconds };
        let (level, moment) = (Level::Calm, CountedMoment::Closing);
        let read = alex.insights().read(Insight::ByMonth { level, moment }, InsightOf::Me, &span);
        assert!(read.is_ok(), "{:?}", read.err());
    }
}
