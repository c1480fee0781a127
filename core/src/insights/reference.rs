//! Figures beside those that somebody reckons who opens every session and reads what stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use nightstand_engine::ids::Place;
use proptest::prelude::*;

use super::sessions::By;
use super::{CountedMoment, ENOUGH, Figure, Insight, InsightLabel, InsightOf, InsightSpan, Level};
use crate::care::check_ins::CHECK_IN;
use crate::care::sessions::SESSION;
use crate::docs::record::{Field, Item, Record};
use crate::records::{self, Name, Places, RecordId};
use crate::store::tests::{Phone, pair};
use crate::vault::Vault;

const NOW: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;
const ALWAYS: InsightSpan = InsightSpan { from_ms: 0, before_ms: 2 * NOW, offset_seconds: 0 };
const SOME_WEEKS: InsightSpan = InsightSpan { from_ms: NOW + 10 * DAY, before_ms: NOW + 30 * DAY, offset_seconds: 0 };
const SECOND: [u8; 32] = [42; 32];

const OWN: &str = "own-00112233445566778899aabbccddeeff";
const KNOWN: [&str; 3] = ["water", "cuddling", OWN];
const CONDITIONS: [&str; 3] = ["intense", "short-time", "apart"];

/// What a session says. Some of it no app of ours writes.
#[derive(Clone, Debug)]
struct Said {
    day: i64,
    began: usize,
    ended: usize,
    steps: Vec<(usize, usize)>,
    marks: BTreeSet<usize>,
}

fn said() -> impl Strategy<Value = Said> {
    let steps = prop::collection::vec((0..9_usize, 0..7_usize), 0..5);
    let marks = prop::collection::btree_set(0..5_usize, 0..4);
    (0..40_i64, 0..7_usize, 0..10_usize, steps, marks).prop_map(|(day, began, ended, steps, marks)| Said {
        day,
        began,
        ended,
        steps,
        marks,
    })
}

impl Said {
    fn write(&self, record: &mut Record) {
        let at_ms = NOW + self.day * DAY;
        *record = Record::default();
        record.set("at", (self.day > 0).then_some(at_ms));
        let began: [Field; 3] = [at_ms.into(), "early".into(), i64::MIN.into()];
        record.set("began", began.get(self.began.saturating_sub(3)).cloned());
        let minutes = |minutes: i64| Field::from(at_ms + minutes * MINUTE);
        let ended: [Field; 9] = [
            minutes(5),
            minutes(5),
            minutes(10),
            minutes(30),
            minutes(120),
            minutes(13 * 60),
            minutes(-1),
            i64::MAX.into(),
            true.into(),
        ];
        record.set("ended", ended.get(self.ended).cloned());
        for (at, (activity, timer)) in self.steps.iter().enumerate() {
            let activities: [Field; 8] = [
                KNOWN[0].into(),
                KNOWN[1].into(),
                KNOWN[2].into(),
                "Water".into(),
                "no-such-thing".into(),
                "water\u{1f}cuddling".into(),
                "x".repeat(100).into(),
                7.into(),
            ];
            let timers: [Field; 6] = [
                "done 0 0".into(),
                "done 1 2".into(),
                "done ".into(),
                "done".into(),
                "skipped 0 0".into(),
                true.into(),
            ];
            let activity = activities.get(*activity).map(|activity| ("activity".to_owned(), activity.clone()));
            let timer = timers.get(*timer).map(|timer| ("timer".to_owned(), timer.clone()));
            record.items.insert(format!("{at:016x}"), activity.into_iter().chain(timer).collect());
        }
        let marks = [CONDITIONS[0], CONDITIONS[1], CONDITIONS[2], "Intense", "unheard-of"];
        record.marks = self.marks.iter().map(|mark| marks[*mark].to_owned()).collect();
    }
}

/// A session, with the closeness that was noted when it ended.
struct Evening {
    name: Name<'static>,
    closeness: u8,
}

fn write(vault: &Vault, name: &Name<'_>, change: impl FnOnce(&mut Record)) {
    let written = vault.write(|tx| {
        records::write(tx, name, |record| {
            change(record);
            Ok(())
        })
    });
    written.unwrap();
}

fn evenings(vault: &Vault, said: &[Said]) -> Vec<Evening> {
    let places = vault.read(Places::of).unwrap();
    let shared = places.shared.unwrap();
    let begin = |(number, said): (u8, &Said)| {
        let place = match number % 8 {
            7 => shared.mine,
            0..3 => shared.joint,
            _ => places.private,
        };
        let name = Name { what: SESSION, id: RecordId::from_bytes([number; 16]), place };
        write(vault, &name, |record| said.write(record));
        let closeness = 1 + number % 7;
        write(vault, &Name { what: CHECK_IN, place: places.private, ..name }, |record| {
            record.set("at", Some(NOW));
            record.set("of", Some(name.id.to_string()));
            record.set("moment", Some("closing"));
            record.set("closeness", Some(i64::from(closeness)));
        });
        Evening { name, closeness }
    };
    (0..).zip(said).map(begin).collect()
}

/// The names with which a session counts; none if it does not.
fn names(record: &Record, by: By, span: &InsightSpan) -> Option<BTreeSet<String>> {
    let ended_ms = record.number("ended")?;
    if !(span.from_ms..span.before_ms).contains(&record.number("at")?) {
        return None;
    }
    let done = |item: &&Item| item.get("timer").and_then(Field::text).is_some_and(|timer| timer.starts_with("done "));
    let names: Vec<&str> = match by {
        By::Activity => {
            record.items.values().filter(done).filter_map(|item| item.get("activity").and_then(Field::text)).collect()
        }
        By::Situation => record.marks.iter().map(String::as_str).collect(),
        By::Length => {
            let took_ms = record.number("began").map(|began_ms| i128::from(ended_ms) - i128::from(began_ms));
            match took_ms.and_then(|took_ms| u128::try_from(took_ms).ok()).map(|took_ms| took_ms.div_ceil(60_000)) {
                Some(0..=10) => vec!["short"],
                Some(11..=30) => vec!["middle"],
                Some(31..=720) => vec!["long"],
                _ => Vec::new(),
            }
        }
    };
    let counts = |name: &&str| match by {
        By::Activity => KNOWN.contains(name),
        By::Situation => CONDITIONS.contains(name),
        By::Length => true,
    };
    Some(names.into_iter().filter(counts).map(str::to_owned).collect())
}

/// How many values, and their mean if they are enough.
type Told = (u32, Option<f64>);

fn told(figure: Figure) -> Told {
    match figure {
        Figure::TooEarly { n } => (n.unwrap(), None),
        Figure::Known(known) => (known.n, Some(known.value)),
    }
}

fn mean(values: &[u8]) -> Told {
    let (n, sum) = (values.len() as u32, values.iter().map(|value| f64::from(*value)).sum::<f64>());
    (n, (n >= ENOUGH).then(|| sum / f64::from(n)))
}

fn label(label: InsightLabel) -> String {
    match label {
        InsightLabel::Activity { id, .. } => id,
        InsightLabel::Length(length) => length.name().into(),
        InsightLabel::Situation(condition) => condition.name().into(),
        InsightLabel::Month { .. } | InsightLabel::Moment(_) => panic!("not asked for"),
    }
}

fn agree(vault: &Vault, evenings: &[Evening]) -> Result<(), TestCaseError> {
    let read = |evening: &Evening| vault.read(|rows, _| records::read(rows, &evening.name)).ok().flatten();
    let all: Vec<(Place, u8, Record)> = evenings
        .iter()
        .filter_map(|evening| Some((evening.name.place, evening.closeness, read(evening)?)))
        .filter(|(place, ..)| !matches!(place, Place::Mine { .. }))
        .collect();
    let (level, moment) = (Level::Closeness, CountedMoment::Closing);
    let asked = [
        (By::Activity, Insight::ByActivity { level, moment }),
        (By::Length, Insight::ByLength { level, moment }),
        (By::Situation, Insight::BySituation { level, moment }),
    ];
    for span in [ALWAYS, SOME_WEEKS] {
        for (by, insight) in asked {
            let (mut whole, mut groups) = (Vec::new(), BTreeMap::<String, Vec<u8>>::new());
            for (_, closeness, record) in &all {
                let names = names(record, by, &span).unwrap_or_default();
                whole.extend((!names.is_empty()).then_some(*closeness));
                names.into_iter().for_each(|name| groups.entry(name).or_default().push(*closeness));
            }
            let seen = vault.insights().read(insight, InsightOf::Me, &span).unwrap();
            prop_assert_eq!(told(seen.whole), mean(&whole));
            let points: BTreeMap<String, Told> =
                seen.points.into_iter().map(|point| (label(point.label), told(point.figure))).collect();
            let groups: BTreeMap<String, Told> =
                groups.into_iter().map(|(name, values)| (name, mean(&values))).collect();
            prop_assert_eq!(points, groups);
        }
        for of in [InsightOf::Me, InsightOf::Both] {
            let counts = |place: &Place| of == InsightOf::Me || matches!(place, Place::Joint { .. });
            let ended =
                all.iter().filter(|(place, _, record)| counts(place) && names(record, By::Length, &span).is_some());
            let seen = vault.insights().read(Insight::HowOften, of, &span).unwrap();
            prop_assert_eq!(told(seen.whole).0 as usize, ended.count());
        }
    }
    Ok(())
}

/// How many rows of private sessions lie in the vault's own file.
fn private_in_the_open(vault: &Vault) -> i64 {
    let sql = "SELECT count(*) FROM main.session JOIN place ON place.id = session.place WHERE place.space = 0";
    vault.read(|rows, _| Ok(rows.one(sql, [], |row| Ok(row.get(0)?))?)).unwrap().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever sessions say and whatever becomes of them: written, changed, deleted, listed anew, under a second key or none.
    #[test]
    fn figures_are_what_the_sessions_say(
        first in prop::collection::vec(said(), 0..30),
        later in prop::collection::vec((0..30_usize, prop::option::of(said())), 0..8),
        under_key in prop::collection::vec((0..30_usize, prop::option::of(said())), 0..8),
    ) {
        let (phone, partner) = (Phone::alex(), Phone::sam());
        let vault = phone.open();
        pair(&vault, &partner.open());
        let evenings = evenings(&vault, &first);
        agree(&vault, &evenings)?;

        // Those for whom nothing is said are deleted.
        let change = |changes: &[(usize, Option<Said>)]| {
            let deleted = |evening: &Evening| vault.read(|rows, _| records::read(rows, &evening.name)).is_err();
            for (at, said) in changes {
                match (evenings.get(*at).filter(|evening| !deleted(evening)), said) {
                    (Some(Evening { name, .. }), Some(said)) => write(&vault, name, |record| said.write(record)),
                    (Some(Evening { name, .. }), None) => vault.write(|tx| records::bury(tx, name)).unwrap(),
                    (None, _) => {}
                }
            }
        };
        change(&later);
        agree(&vault, &evenings)?;
        let go_on = |_| ControlFlow::Continue(());
        vault.write(|tx| Ok(tx.rebuild_rows(&mut { go_on })?)).unwrap();
        agree(&vault, &evenings)?;

        vault.set_private_key(Some(SECOND), go_on).unwrap();
        agree(&vault, &evenings)?;
        change(&under_key);
        agree(&vault, &evenings)?;
        prop_assert_eq!(private_in_the_open(&vault), 0);
        vault.lock_private().unwrap();
        vault.unlock_private(SECOND, go_on).unwrap();
        agree(&vault, &evenings)?;
        vault.set_private_key(None, go_on).unwrap();
        agree(&vault, &evenings)?;
    }
}
