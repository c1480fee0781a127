//! What no call of ours writes: odd values.

use std::sync::Arc;

use super::{CountedMoment, Figure, Insight, InsightOf, InsightSpan, Level};
use crate::care::check_ins::CHECK_IN;
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
