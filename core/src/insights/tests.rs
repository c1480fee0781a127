//! What no call of ours writes: odd values, and how long five years take.

use std::sync::Arc;
use std::time::Instant;

use super::{CountedMoment, Figure, Insight, InsightOf, InsightSpan, Level};
use crate::care::check_ins::{CHECK_IN, CheckIn, CheckInMoment};
use crate::care::sessions::SESSION;
use crate::records::{self, Name, Places, RecordId};
use crate::vault::{SystemClock, Vault};

const NOW: i64 = 1_790_000_000_000;
const ALWAYS: InsightSpan = InsightSpan { from_ms: 0, before_ms: 2 * NOW, offset_seconds: 0 };
const CLOSINGS: Insight = Insight::ByMonth { level: Level::Closeness, moment: CountedMoment::Closing };

fn vault(folder: &tempfile::TempDir) -> Vault {
    Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock)).unwrap()
}

/// A newer app, or a changed one, may have written anything.
#[test]
fn what_is_no_level_is_not_counted() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder);
    vault
        .write(|tx| {
            let place = Places::of(&tx.rows(), tx.person())?.private;
            for odd in 0..8 {
                let name = Name { what: CHECK_IN, id: RecordId::make(tx), place };
                records::write(tx, &name, |record| {
                    record.set("at", Some(if odd == 0 { i64::MAX } else { NOW }));
                    record.set("moment", Some(if odd == 1 { "at-noon" } else { "closing" }));
                    match odd {
                        2 => record.set("closeness", Some(true)),
                        3 => record.set("closeness", Some("7")),
                        4 => record.set("closeness", Some(8)),
                        5 => record.set("closeness", Some(-1)),
                        6 => record.set("closeness", Some(i64::MAX)),
                        7 => record.set("closeness", None::<bool>),
                        _ => record.set("closeness", Some(7)),
                    }
                    Ok(())
                })?;
            }
            for odd in 0..4 {
                let name = Name { what: SESSION, id: RecordId::make(tx), place };
                records::write(tx, &name, |record| {
                    record.set("at", Some(NOW));
                    record.set("began", (odd > 0).then_some("early"));
                    record.set("ended", Some(if odd > 1 { i64::MIN } else { NOW }));
                    record.items.insert("0000000000000000".into(), [("timer".to_owned(), true.into())].into());
                    Ok(())
                })?;
            }
            Ok(())
        })
        .unwrap();
    let insights = vault.insights();
    let seen = |insight| insights.read(insight, InsightOf::Me, &ALWAYS).unwrap().whole;
    assert_eq!(seen(CLOSINGS), Figure::TooEarly { n: Some(0) });
    let (level, moment) = (Level::Closeness, CountedMoment::Closing);
    for insight in [Insight::ByActivity { level, moment }, Insight::ByLength { level, moment }] {
        assert_eq!(seen(insight), Figure::TooEarly { n: Some(0) });
    }
    assert_eq!(seen(Insight::HowOften), Figure::TooEarly { n: Some(4) });
}

/// Five years of daily sessions. Run it by itself: `cargo test -p nightstand --lib insights::tests::five -- --ignored
/// --nocapture`.
#[test]
#[ignore = "takes minutes, and measures"]
#[expect(clippy::print_stdout, reason = "it says what it measured")]
fn five_years_take() {
    let folder = tempfile::tempdir().unwrap();
    let vault = vault(&folder);
    for day in 0..1_800_i64 {
        vault
            .write(|tx| {
                let place = Places::of(&tx.rows(), tx.person())?.private;
                let (at, session) = (NOW - day * 86_400_000, RecordId::make(tx));
                let name = Name { what: SESSION, id: session, place };
                records::write(tx, &name, |record| {
                    record.set("at", Some(at));
                    record.set("began", Some(at));
                    record.set("ended", Some(at + (5 + day % 40) * 60_000));
                    record.marks.extend(["tired".to_owned(), "intense".to_owned()]);
                    for step in 0..4 {
                        let activity = crate::care::catalogue::activities()[((day * 7 + step) % 49) as usize].id;
                        let item = [
                            ("activity".to_owned(), activity.into()),
                            ("timer".to_owned(), "done 0 120000".into()),
                            ("to".to_owned(), "both".into()),
                            ("order".to_owned(), step.into()),
                            ("minutes".to_owned(), 5.into()),
                        ];
                        record.items.insert(format!("{step:016x}"), item.into());
                    }
                    Ok(())
                })?;
                let moments = [
                    CheckInMoment::Arrival,
                    CheckInMoment::Closing,
                    CheckInMoment::LaterToday,
                    CheckInMoment::NextMorning,
                ];
                for moment in moments {
                    let mut said = CheckIn::new(moment, Some(session), at);
                    said.feelings = ["tender".into(), "close".into(), "sleepy".into()].into();
                    (said.closeness, said.calm) = (Some(1 + (day % 7) as u8), Some((day % 11) as u8));
                    (said.energy, said.comfort) = (Some(5), Some(5));
                    said.note = "A few words about how it was, as people write them, or a line more.".into();
                    let name = Name { what: CHECK_IN, id: RecordId::make(tx), place };
                    records::write(tx, &name, |record| {
                        said.write(record);
                        Ok(())
                    })?;
                }
                Ok(())
            })
            .unwrap();
    }
    let (level, moment) = (Level::Closeness, CountedMoment::Closing);
    let insights = [
        Insight::HowOften,
        Insight::Change { level, until: moment },
        Insight::ByMonth { level, moment },
        Insight::ByActivity { level, moment },
        Insight::ByLength { level, moment },
        Insight::BySituation { level, moment },
        Insight::Lows,
    ];
    for insight in insights {
        let mut times: Vec<_> = (0..15)
            .map(|_| {
                let begun = Instant::now();
                let seen = vault.insights().read(insight, InsightOf::Me, &ALWAYS).unwrap();
                assert!(insight == Insight::Lows || seen.whole.is_known());
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("{insight:?}: at least {:?}, in the middle {:?}, at most {:?}", times[0], times[7], times[14]);
    }
}
