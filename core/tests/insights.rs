//! Insights: what happened, in figures; of both only with a yes, and never one beside the other.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, Hands, vault_at};
use nightstand::care::activities::ActivityDraft;
use nightstand::care::catalogue::Family;
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment, DropLevel};
use nightstand::care::sessions::{SessionDraft, StepDraft, StepVerb};
use nightstand::care::{Condition, Side};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::insights::{
    CountedMoment, Figure, Insight, InsightLabel, InsightOf, InsightSpan, InsightView, Known, Level, Method,
    SessionLength,
};
use nightstand::records::{Audience, RecordId};
use nightstand::texts::Texts;
use nightstand::vault::Vault;
use proptest::prelude::*;

/// 2026-09-21, in the afternoon.
const NOW: i64 = 1_790_000_000_000;
/// When all of it was.
const LATER: i64 = NOW + 100 * DAY;
const DAY: i64 = 86_400_000;
const MINUTE: i64 = 60_000;

const ALWAYS: InsightSpan = InsightSpan { from_ms: 0, before_ms: NOW + 1_000 * DAY, offset_seconds: 7_200 };
const CLOSINGS: Insight = Insight::ByMonth { level: Level::Closeness, moment: CountedMoment::Closing };

fn close(vault: &Vault, moment: CheckInMoment, session: Option<RecordId>, at_ms: i64, closeness: u8) -> RecordId {
    let said = CheckIn { closeness: Some(closeness), calm: Some(closeness), ..CheckIn::new(moment, session, at_ms) };
    vault.check_ins().add(&said).unwrap().id
}

/// Closings, a day apart, that the partner may read the closeness of.
fn share(vault: &Vault, levels: &[u8]) -> Vec<RecordId> {
    let note = |(day, level): (i64, &u8)| {
        let id = close(vault, CheckInMoment::Closing, None, NOW + day * DAY, *level);
        vault.check_ins().share(&id, &[CheckInField::Closeness].into()).unwrap();
        id
    };
    (0..).zip(levels).map(note).collect()
}

fn read(vault: &Vault, insight: Insight, of: InsightOf) -> InsightView {
    vault.insights().read(insight, of, &ALWAYS).unwrap()
}

fn known(figure: Figure) -> Known {
    match figure {
        Figure::Known(known) => known,
        Figure::TooEarly { .. } => panic!("it is too early"),
    }
}

fn ended(vault: &Vault, clock: &Hands, activity: &str, minutes: i64) -> RecordId {
    let step = StepDraft { activity: activity.into(), side: Side::Together, minutes: 5, way: None };
    let situation = [if minutes > 10 { Condition::Intense } else { Condition::ShortTime }].into();
    let draft = SessionDraft { situation, steps: vec![step], ..SessionDraft::default() };
    let session = vault.sessions().plan(Audience::Me, &draft).unwrap();
    vault.sessions().step(&session.id, session.steps[0].id, StepVerb::Start).unwrap();
    clock.pass(minutes * MINUTE);
    vault.sessions().end(&session.id).unwrap();
    session.id
}

#[test]
fn figures_of_ones_own_tell_how_many_and_how_sure() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(LATER));
    for (day, level) in [(0, 5), (1, 6), (2, 7), (14, 4)] {
        close(&alex, CheckInMoment::Closing, None, NOW + day * DAY, level);
    }
    // None of these is counted here.
    close(&alex, CheckInMoment::Arrival, None, NOW, 1);
    for day in 0..9 {
        close(&alex, CheckInMoment::SomethingNotRight, None, NOW + day * DAY, 1);
    }
    alex.check_ins().add(&CheckIn { calm: Some(3), ..CheckIn::new(CheckInMoment::Closing, None, NOW) }).unwrap();
    let early = read(&alex, CLOSINGS, InsightOf::Me);
    assert_eq!(early.whole, Figure::TooEarly { n: Some(4) });
    let spoken = early.spoken(&Texts::new()).unwrap();
    assert_eq!((spoken.summary.text.as_str(), spoken.method), ("Too early to tell, from 4 times", None));

    for day in 3..7 {
        close(&alex, CheckInMoment::Closing, None, NOW + day * DAY, 6);
    }
    let seen = read(&alex, CLOSINGS, InsightOf::Me);
    let whole = known(seen.whole);
    assert_eq!((whole.n, whole.value, whole.method), (8, 5.75, Method::Mean));
    let (low, high) = (whole.low.unwrap(), whole.high.unwrap());
    assert!(1.0 < low && low < 5.75 && 5.75 < high && high < 7.0);
    let labels: Vec<_> = seen.points.iter().map(|point| point.label.clone()).collect();
    let month = |month| InsightLabel::Month { year: 2026, month };
    assert_eq!(labels, [month(9), month(10)]);
    assert_eq!((known(seen.points[0].figure).n, seen.points[1].figure), (7, Figure::TooEarly { n: Some(1) }));

    let spoken = seen.spoken(&Texts::new()).unwrap();
    assert_eq!(spoken.title.text, "Closeness: Closing");
    let said = spoken.summary.text.as_str();
    assert!(said.starts_with("5.8 on average, from 8 times; likely between ") && said.contains(" and 6."), "{said}");
    assert_eq!((spoken.header.len(), spoken.rows.len()), (5, 2));
    assert_eq!(
        (spoken.rows[0][0].as_str(), spoken.rows[0][1].as_str(), spoken.rows[0][4].as_str()),
        ("September 2026", "6.0", "7")
    );
    assert!(spoken.rows.iter().all(|row| row.len() == spoken.header.len()));
    assert_eq!(spoken.lines.len(), 1);

    let half = InsightSpan { before_ms: NOW + 5 * DAY, ..ALWAYS };
    assert_eq!(known(alex.insights().read(CLOSINGS, InsightOf::Me, &half).unwrap().whole).n, 5);
    // Just before midnight in UTC, on the last of September, it is October in Warsaw.
    let turn = InsightSpan { from_ms: NOW + 14 * DAY, ..ALWAYS };
    close(&alex, CheckInMoment::Closing, None, 1_790_812_740_000, 6);
    let seen = read(&alex, CLOSINGS, InsightOf::Me);
    assert_eq!(seen.points[1].figure, Figure::TooEarly { n: Some(2) });
    assert_eq!(alex.insights().read(CLOSINGS, InsightOf::Me, &turn).unwrap().points.len(), 1);
}

#[test]
fn both_are_joined_only_with_a_yes() {
    let couple = Couple::at(&Hands::at(LATER));
    let (alex, sam) = (couple.alex.insights(), couple.sam.insights());
    share(&couple.alex, &[4, 4, 4, 4, 4, 4]);
    share(&couple.sam, &[6, 6, 6, 6, 6]);
    couple.meet();
    let both = || read(&couple.alex, CLOSINGS, InsightOf::Both);
    let none =
        InsightView { insight: CLOSINGS, of: InsightOf::Both, whole: Figure::TooEarly { n: None }, points: Vec::new() };
    assert_eq!(both(), none, "what is shared is for reading");
    assert!(!sam.consent().unwrap());

    sam.set_consent(true).unwrap();
    assert!(sam.consent().unwrap() && !alex.consent().unwrap());
    couple.meet();
    let whole = known(both().whole);
    assert_eq!((whole.n, whole.value, whole.method), (10, 5.0, Method::Mean));
    for number in [whole.value, whole.low.unwrap(), whole.high.unwrap()] {
        assert_eq!(number * 2.0, (number * 2.0).round(), "in halves");
    }
    let spoken = both().spoken(&Texts::new()).unwrap();
    assert!(spoken.summary.text.starts_with("For the two of you together 5.0 on average, from at least 10 times;"));
    assert_eq!(known(read(&couple.alex, CLOSINGS, InsightOf::Me).whole).value, 4.0, "one's own stay one's own");
    // Sam's yes is about what is Sam's.
    assert_eq!(read(&couple.sam, CLOSINGS, InsightOf::Both), none);
    // What is not shared does not count, whatever else of the same check-in is.
    let calm = Insight::ByMonth { level: Level::Calm, moment: CountedMoment::Closing };
    assert_eq!(read(&couple.alex, calm, InsightOf::Both).whole, Figure::TooEarly { n: None });

    // It stops counting as soon as the word has come.
    sam.set_consent(false).unwrap();
    assert!(!sam.consent().unwrap());
    assert!(both().whole != none.whole);
    couple.meet();
    assert_eq!(both(), none);
    assert_eq!(couple.alex.check_ins().list(nightstand::care::Whose::Partner, 0, i64::MAX).unwrap().len(), 5);
    sam.set_consent(true).unwrap();
    couple.meet();
    assert!(both() != none);
}

#[test]
fn too_few_of_either_look_like_no_yes() {
    let couple = Couple::at(&Hands::at(LATER));
    share(&couple.alex, &[4; 40]);
    let ids = share(&couple.sam, &[6; 5]);
    couple.sam.insights().set_consent(true).unwrap();
    couple.meet();
    assert_eq!(known(read(&couple.alex, CLOSINGS, InsightOf::Both).whole).n, 45);
    couple.sam.check_ins().share(&ids[2], &Default::default()).unwrap();
    couple.meet();
    let seen = read(&couple.alex, CLOSINGS, InsightOf::Both);
    assert_eq!((seen.whole, seen.points.len()), (Figure::TooEarly { n: None }, 0));
    let spoken = seen.spoken(&Texts::new()).unwrap();
    let lines = spoken.lines.iter().map(|line| line.text.as_str()).collect::<String>();
    let all = format!("{}{lines}{}{:?}", spoken.summary.text, spoken.caption.text, spoken.rows);
    assert!(!all.contains(|letter: char| letter.is_ascii_digit() && letter != '0'), "{all}");

    // Of several that one person noted at one moment of one session, the last counts.
    let session = couple.sam.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
    for level in [1, 1, 1, 7] {
        let id = close(&couple.sam, CheckInMoment::Closing, Some(session), NOW + i64::from(level), level);
        couple.sam.check_ins().share(&id, &[CheckInField::Closeness].into()).unwrap();
    }
    let seen = known(read(&couple.sam, CLOSINGS, InsightOf::Me).whole);
    assert_eq!((seen.n, seen.value), (6, 37.0 / 6.0));
    couple.meet();
    assert_eq!(known(read(&couple.alex, CLOSINGS, InsightOf::Both).whole).n, 45);
}

#[test]
fn a_no_where_there_was_no_yes_writes_nothing() {
    let couple = Couple::at(&Hands::at(LATER));
    let lines = || couple.alex.support_report().unwrap().lines;
    let before = lines();
    couple.alex.insights().set_consent(false).unwrap();
    assert_eq!(lines(), before);
    couple.alex.insights().set_consent(true).unwrap();
    assert!(lines() != before);
}

#[test]
fn levels_by_what_was_done_how_long_it_took_and_what_came_before() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Hands::at(NOW));
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let tea = ActivityDraft {
        title: "Tea".into(),
        about: String::new(),
        family: Family::Body,
        needs: Default::default(),
        minutes: (5, 10),
        works_apart: false,
    };
    let tea = alex.activities().add(Audience::Me, &tea).unwrap().id;
    for (activity, minutes, level) in [("water", 5, 6), (tea.as_str(), 25, 4)] {
        for _ in 0..5 {
            let session = ended(&alex, &clock, activity, minutes);
            close(&alex, CheckInMoment::Closing, Some(session), NOW, level);
        }
    }
    // One that is going on, and one that was left open.
    let open = alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id;
    close(&alex, CheckInMoment::Closing, Some(open), NOW, 1);
    let session = ended(&alex, &clock, "water", 13 * 60);
    close(&alex, CheckInMoment::Closing, Some(session), NOW, 6);

    let at = CountedMoment::Closing;
    let by = |insight| {
        let seen = read(&alex, insight, InsightOf::Me);
        let points = seen.points.iter().map(|point| {
            let known = known(point.figure);
            (point.label.clone(), known.n, known.value)
        });
        (known(seen.whole).n, points.collect::<Vec<_>>())
    };
    let (n, done) = by(Insight::ByActivity { level: Level::Closeness, moment: at });
    let activity =
        |id: &str, title: Option<&str>| InsightLabel::Activity { id: id.into(), title: title.map(str::to_owned) };
    assert_eq!((n, done), (11, vec![(activity("water", None), 6, 6.0), (activity(&tea, Some("Tea")), 5, 4.0)]));
    let (n, long) = by(Insight::ByLength { level: Level::Closeness, moment: at });
    let length = InsightLabel::Length;
    assert_eq!((n, long), (10, vec![(length(SessionLength::Short), 5, 6.0), (length(SessionLength::Middle), 5, 4.0)]));
    let (_, after) = by(Insight::BySituation { level: Level::Closeness, moment: at });
    assert_eq!(after[0].0, InsightLabel::Situation(Condition::Intense));
    assert_eq!(after.len(), 2);

    let insight = Insight::ByActivity { level: Level::Closeness, moment: at };
    let spoken = read(&alex, insight, InsightOf::Me).spoken(&Texts::new()).unwrap();
    assert_eq!(spoken.title.text, "Closeness: Closing, by what you did");
    assert_eq!(spoken.lines[0].text, "With “Water”, 6 times: 6.0 on average");
    assert_eq!(spoken.rows[1][0], "Tea");
    assert!(!format!("{:?}{spoken:?}", read(&alex, insight, InsightOf::Me)).contains("Tea"));
    alex.activities().remove(&tea).unwrap();
    let spoken = read(&alex, insight, InsightOf::Me).spoken(&Texts::new()).unwrap();
    assert_eq!(spoken.rows[1][0], "An activity that is not on this phone");
}

#[test]
fn before_and_after_are_pairs() {
    let couple = Couple::at(&Hands::at(LATER));
    let change = Insight::Change { level: Level::Closeness, until: CountedMoment::Closing };
    for (vault, levels) in [(&couple.alex, [(2, 4), (3, 5), (4, 4), (2, 6), (3, 5)]), (&couple.sam, [(5, 5); 5])] {
        for (day, (before, after)) in (0..).zip(levels) {
            let session = vault.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
            for (moment, level) in [(CheckInMoment::Arrival, before), (CheckInMoment::Closing, after)] {
                let id = close(vault, moment, Some(session), NOW + day * DAY, level);
                vault.check_ins().share(&id, &[CheckInField::Closeness].into()).unwrap();
            }
            // Nothing to pair it with.
            close(vault, CheckInMoment::Arrival, None, NOW, 1);
        }
    }
    couple.sam.insights().set_consent(true).unwrap();
    couple.meet();
    let mine = read(&couple.alex, change, InsightOf::Me);
    let whole = known(mine.whole);
    assert_eq!((whole.n, whole.value, whole.method), (5, 2.0, Method::MeanDifference));
    // 2 ± 2.776 × √(2 ÷ 5)
    assert!((whole.low.unwrap() - 0.244).abs() < 0.001 && (whole.high.unwrap() - 3.756).abs() < 0.001);
    let means: Vec<_> = mine.points.iter().map(|point| known(point.figure).value).collect();
    assert_eq!(means, [2.8, 4.8]);
    let spoken = mine.spoken(&Texts::new()).unwrap();
    assert_eq!(spoken.title.text, "Closeness: Arriving, then Closing");
    let said = "Before 2.8, afterwards 4.8, on average over 5 times; the difference is likely between 0.2 and 3.8";
    assert_eq!(spoken.summary.text, said);
    let both = read(&couple.alex, change, InsightOf::Both);
    assert_eq!((known(both.whole).n, known(both.whole).value), (10, 1.0));
    assert!(both.spoken(&Texts::new()).unwrap().summary.text.starts_with("For the two of you together before 4.0,"));

    let wrong = Insight::Change { level: Level::Calm, until: CountedMoment::Arrival };
    let refused = |what| Err(NightstandError::InvalidInput { what });
    assert_eq!(couple.alex.insights().read(wrong, InsightOf::Me, &ALWAYS), refused(InvalidInput::Choices));
    let backwards = InsightSpan { from_ms: 1, before_ms: 0, offset_seconds: 0 };
    assert_eq!(couple.alex.insights().read(change, InsightOf::Me, &backwards), refused(InvalidInput::Date));
    let far = InsightSpan { offset_seconds: 65_000, ..ALWAYS };
    assert_eq!(couple.alex.insights().read(change, InsightOf::Me, &far), refused(InvalidInput::Date));
}

#[test]
fn how_often_tells_what_happened_and_not_what_did_not() {
    let clock = Hands::at(NOW);
    let couple = Couple::at(&clock);
    let often = |vault: &Vault, of| read(vault, Insight::HowOften, of);
    let end = |audience| {
        let session = couple.alex.sessions().plan(audience, &SessionDraft::default()).unwrap().id;
        couple.alex.sessions().end(&session).unwrap();
    };
    (0..4).for_each(|_| end(Audience::Both));
    end(Audience::Me);
    couple.alex.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap();
    assert_eq!(often(&couple.alex, InsightOf::Both).whole, Figure::TooEarly { n: Some(4) });
    assert_eq!(known(often(&couple.alex, InsightOf::Me).whole).n, 5);
    clock.pass(62 * DAY);
    end(Audience::Both);
    couple.meet();
    let seen = often(&couple.sam, InsightOf::Both);
    assert_eq!((known(seen.whole).n, known(seen.whole).low), (5, None));
    // No month of which there is nothing to tell.
    let months: Vec<_> = seen.points.iter().map(|point| (point.label.clone(), known(point.figure).n)).collect();
    let month = |month| InsightLabel::Month { year: 2026, month };
    assert_eq!(months, [(month(9), 4), (month(11), 1)]);
    let spoken = seen.spoken(&Texts::new()).unwrap();
    assert_eq!(spoken.summary.text, "Care was written down 5 times");
    assert_eq!(
        (spoken.header, &spoken.rows[0]),
        (vec!["When".into(), "How many".into()], &vec!["September 2026".into(), "4".into()])
    );
}

#[test]
fn lows_are_ones_own() {
    let couple = Couple::at(&Hands::at(LATER));
    let lows = [DropLevel::Clear, DropLevel::Some, DropLevel::Strong, DropLevel::Clear, DropLevel::Clear];
    for drop in lows {
        let said = CheckIn { drop: Some(drop), ..CheckIn::new(CheckInMoment::NextMorning, None, NOW) };
        let id = couple.sam.check_ins().add(&said).unwrap().id;
        couple.sam.check_ins().share(&id, &[CheckInField::Drop].into()).unwrap();
    }
    couple.sam.insights().set_consent(true).unwrap();
    couple.meet();
    assert_eq!(read(&couple.alex, Insight::Lows, InsightOf::Me).whole, Figure::TooEarly { n: Some(0) });
    let both = couple.alex.insights().read(Insight::Lows, InsightOf::Both, &ALWAYS);
    assert_eq!(both, Err(NightstandError::InvalidInput { what: InvalidInput::Choices }));
    let seen = read(&couple.sam, Insight::Lows, InsightOf::Me);
    let share = known(seen.whole);
    assert_eq!((share.n, share.value, share.method), (5, 40.0, Method::Share));
    let said = seen.spoken(&Texts::new()).unwrap().summary.text;
    assert_eq!(said, "2 of 5 times; over a long time likely 11.8 to 76.9 in a hundred");
}

#[test]
fn alone_and_locked() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(LATER));
    assert_eq!(alex.insights().read(CLOSINGS, InsightOf::Both, &ALWAYS), Err(NightstandError::NotPaired));
    assert_eq!(alex.insights().set_consent(true), Err(NightstandError::NotPaired));
    assert!(!alex.insights().consent().unwrap());

    let couple = Couple::at(&Hands::at(LATER));
    share(&couple.alex, &[4; 6]);
    share(&couple.sam, &[6; 6]);
    couple.sam.insights().set_consent(true).unwrap();
    couple.meet();
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    assert_eq!(known(read(&couple.alex, CLOSINGS, InsightOf::Both).whole).value, 5.0);
    couple.alex.lock_private().unwrap();
    for of in [InsightOf::Me, InsightOf::Both] {
        assert_eq!(couple.alex.insights().read(CLOSINGS, of, &ALWAYS), Err(NightstandError::PrivateLocked));
    }
    couple.alex.insights().set_consent(true).unwrap();
    couple.alex.unlock_private([9; 32], go_on).unwrap();
    assert_eq!(known(read(&couple.alex, CLOSINGS, InsightOf::Me).whole).n, 6);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// Whatever was noted: figures are those that somebody reckons from the list of check-ins, one by one.
    #[test]
    fn figures_are_what_the_list_says(noted in prop::collection::vec((0..5_usize, 0..4_usize, 1..8_u8, 0..90_i64), 0..25)) {
        let folder = tempfile::tempdir().unwrap();
        let alex = vault_at(&folder, "alex.db", 1, Hands::at(LATER));
        let sessions: Vec<_> = (0..3)
            .map(|_| alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id)
            .collect();
        let moments = [
            CheckInMoment::Arrival,
            CheckInMoment::Closing,
            CheckInMoment::LaterToday,
            CheckInMoment::NextMorning,
            CheckInMoment::SomethingNotRight,
        ];
        for (moment, session, level, day) in noted {
            close(&alex, moments[moment], sessions.get(session).copied(), NOW + day * DAY, level);
        }
        let mut list = alex.check_ins().list(nightstand::care::Whose::Me, 0, i64::MAX).unwrap();
        list.sort_by_key(|one| (one.content.at_ms, one.id));
        let span = InsightSpan { from_ms: NOW + 20 * DAY, before_ms: NOW + 70 * DAY, offset_seconds: 0 };
        for (counted, moment) in CountedMoment::ALL.iter().zip(moments) {
            let of = |one: &&nightstand::care::check_ins::CheckInView| {
                one.content.moment == moment && (span.from_ms..span.before_ms).contains(&one.content.at_ms)
            };
            let here: Vec<_> = list.iter().filter(of).collect();
            let last = |one: &&&nightstand::care::check_ins::CheckInView| {
                let session = one.content.session;
                session.is_none() || here.iter().rfind(|other| other.content.session == session).map(|it| it.id) == Some(one.id)
            };
            let levels: Vec<f64> =
                here.iter().filter(last).map(|one| f64::from(one.content.closeness.unwrap())).collect();
            let insight = Insight::ByMonth { level: Level::Closeness, moment: *counted };
            let seen = alex.insights().read(insight, InsightOf::Me, &span).unwrap();
            match seen.whole {
                Figure::TooEarly { n } => prop_assert_eq!((n, levels.len() < 5), (Some(levels.len() as u32), true)),
                Figure::Known(known) => {
                    prop_assert_eq!(known.n as usize, levels.len());
                    prop_assert!((known.value - levels.iter().sum::<f64>() / levels.len() as f64).abs() < 1e-9);
                    prop_assert!(1.0 <= known.low.unwrap() && known.low.unwrap() < known.value + 1e-9);
                    prop_assert!(known.value < known.high.unwrap() + 1e-9 && known.high.unwrap() <= 7.0);
                }
            }
            let counted_in_months: u32 = seen.points.iter().map(|point| match point.figure {
                Figure::TooEarly { n } => n.unwrap(),
                Figure::Known(known) => known.n,
            }).sum();
            prop_assert_eq!(counted_in_months as usize, levels.len());
        }
    }
}
