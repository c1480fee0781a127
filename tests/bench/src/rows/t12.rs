//! T12: figures over five years of daily sessions, each with four steps that were done and four check-ins.
//!
//! Beside the whole call, bare SQLCipher reads the same columns of the same rows of the same file. Sessions are all planned on
//! the day of the run, since their time is the clock's; as many rows are read.

use nightstand::care::Side;
use nightstand::care::catalogue::activities;
use nightstand::care::check_ins::{CheckIn, CheckInMoment};
use nightstand::care::sessions::{SessionDraft, StepDraft, StepVerb};
use nightstand::insights::{CountedMoment, Insight, InsightOf, InsightSpan, Level};
use nightstand::records::Audience;
use rusqlite::Connection;

use super::{Counts, OURS, Peer, Row};
use crate::{
    bare,
    child::Measured,
    ours, pair, shelf,
    timing::{median, timed},
};

pub(crate) const ROW: Row = Row {
    id: "T12",
    figures: &[("how often", "ms"), ("before and after", "ms"), ("by month", "ms"), ("by activity", "ms")],
    peers: &[Peer::of("bare SQLCipher, rows alone")],
    sizes: |_| Ok(vec![SESSIONS]),
    prepare: Some(prepare),
    runs: 3,
    counts: Counts::Median,
    measure,
};

const SESSIONS: usize = 1_800;

const STEPS: usize = 4;

const TIMES: usize = 41;

const VAULT: &str = "five-years-of-sessions";

const DAY: i64 = 86_400_000;

const FIRST: i64 = 1_600_000_000_000;

const ALWAYS: InsightSpan = InsightSpan { from_ms: 0, before_ms: 4_000_000_000_000, offset_seconds: 3_600 };

fn prepare(sessions: usize, seed: u64) {
    ours::keep_filled(&shelf::path(VAULT), seed, |vault, person| {
        let sessions = if person == pair::Side::A { sessions } else { 0 };
        for number in 0..sessions {
            let step = |at: usize| StepDraft {
                activity: activities()[(number * 7 + at * 11) % activities().len()].id.to_owned(),
                side: Side::Together,
                minutes: 5,
                way: None,
            };
            let draft = SessionDraft { steps: (0..STEPS).map(step).collect(), ..SessionDraft::default() };
            let session = vault.sessions().plan(Audience::Both, &draft).expect("a session can be planned");
            for step in &session.steps {
                vault.sessions().step(&session.id, step.id, StepVerb::Done).expect("a step can be done");
            }
            vault.sessions().end(&session.id).expect("a session can be ended");
            let moments =
                [CheckInMoment::Arrival, CheckInMoment::Closing, CheckInMoment::LaterToday, CheckInMoment::NextMorning];
            for moment in moments {
                let mut said = CheckIn::new(moment, Some(session.id), FIRST + number as i64 * DAY);
                said.feelings = ["close".into(), "sleepy".into(), "tender".into()].into();
                said.closeness = Some(1 + (number % 7) as u8);
                said.calm = Some((number % 11) as u8);
                said.note = "A few words about how it was, as people write them, or a line more.".into();
                vault.check_ins().add(&said).expect("a check-in can be noted");
            }
        }
    });
}

fn measure(who: &str, _: usize, _: u64) -> Measured {
    let path = shelf::path(VAULT);
    let (level, moment) = (Level::Closeness, CountedMoment::Closing);
    let insights = [
        (Insight::HowOften, &[TIMES_OF_SESSIONS][..]),
        (Insight::Change { level, until: moment }, &[BEFORE_AND_AFTER]),
        (Insight::ByMonth { level, moment }, &[AFTER]),
        (Insight::ByActivity { level, moment }, &[DONE_IN_SESSIONS, AFTER]),
    ];
    let values = if who == OURS {
        let vault = ours::reopen(&path);
        let read = |insight| {
            let seen = vault.insights().read(insight, InsightOf::Me, &ALWAYS).expect("nothing is locked");
            assert!(!seen.points.is_empty(), "something is told");
        };
        insights.map(|(insight, _)| times(|| read(insight))).to_vec()
    } else {
        let connection = bare::open(&path).expect("the file is sound");
        let read = |sql: &str| assert!(query(&connection, sql).expect("the file is sound") > 0);
        insights.map(|(_, queries)| times(|| queries.iter().copied().for_each(read))).to_vec()
    };
    Measured { values: values.into_iter().map(Some).collect(), wire_bytes: None }
}

fn times(mut read: impl FnMut()) -> f64 {
    median(&mut (0..TIMES).map(|_| timed(&mut read).0).collect::<Vec<_>>())
}

const TIMES_OF_SESSIONS: &str = "SELECT at_ms FROM session WHERE ended_ms IS NOT NULL";

const DONE_IN_SESSIONS: &str = "SELECT id, done FROM session WHERE ended_ms IS NOT NULL";

const AFTER: &str =
    "SELECT at_ms, of, id, content -> '$.fields.moment[0]', content -> '$.fields.closeness[0]' FROM record
     WHERE what = 'check-in' AND at_ms >= 0 AND content -> '$.fields.moment[0]' = '\"closing\"'";

const BEFORE_AND_AFTER: &str =
    "SELECT at_ms, of, id, content -> '$.fields.moment[0]', content -> '$.fields.closeness[0]' FROM record
     WHERE what = 'check-in' AND at_ms >= 0 AND content -> '$.fields.moment[0]' IN ('\"arrival\"', '\"closing\"')";

fn query(connection: &Connection, sql: &str) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get::<_, rusqlite::types::Value>(column)?);
        }
        found += 1;
    }
    Ok(found)
}
