//! T10: a plan with its alternatives, from all 49 built-in activities and 20 own ones, of each of which both have said how
//! they feel about every side.
//!
//! The *engine alone* has everything in memory. The *whole call* reads both preferences from the vault first; beside it, bare
//! SQLCipher reads the same columns of the same rows of the same file. Own activities come with the occasion, as nothing can
//! be said of them in the vault. Occasions differ in minutes, in what the two ask for and in their rotation.

use std::collections::BTreeSet;

use nightstand::care::catalogue::{Family, Need, activities};
use nightstand::care::plan::{Known, Occasion, OccasionActivity, Person, PersonState, SaidAloud, Want, plan};
use nightstand::care::{Item, ItemDraft, Side, Stance};
use rusqlite::Connection;

use super::{Counts, OURS, Peer, Row};
use crate::{
    bare,
    child::Measured,
    ours, pair, shelf,
    timing::{at, median, timed},
};

pub(crate) const ROW: Row = Row {
    id: "T10",
    figures: &[
        ("plan, engine alone: median", "ms"),
        ("plan, engine alone: 95 of 100 within", "ms"),
        ("plan, whole call: median", "ms"),
        ("plan, whole call: 95 of 100 within", "ms"),
    ],
    peers: &[Peer::of("bare SQLCipher, rows alone")],
    sizes: |_| Ok(vec![2 * (activities().len() + OWN) * Side::ALL.len()]),
    prepare: Some(prepare),
    runs: 3,
    counts: Counts::Median,
    measure,
};

const OWN: usize = 20;

/// How often a plan is made.
const TIMES: u32 = 340;

const VAULT: &str = "two-who-have-said-everything";

/// What a person says of a side of an activity: open, like or love, as it falls.
fn stance(who: usize, activity: usize, side: Side) -> Stance {
    [Stance::Open, Stance::Like, Stance::Love][(who * 31 + activity * 7 + side as usize * 5) % 11 % 3]
}

fn said() -> impl Iterator<Item = (usize, Side)> {
    (0..activities().len()).flat_map(|activity| Side::ALL.iter().map(move |side| (activity, *side)))
}

fn prepare(_: usize, seed: u64) {
    ours::keep_filled(&shelf::path(VAULT), seed, |vault, person| {
        let (preferences, who) = (vault.preferences(), usize::from(person == pair::Side::B));
        for (activity, side) in said() {
            let item = Item::Stance { activity: activities()[activity].id.to_owned(), side, condition: None };
            let draft = ItemDraft { stance: Some(stance(who, activity, side)), ..ItemDraft::default() };
            let view = preferences.set(&item, &draft, &Default::default()).expect("it can be said");
            preferences.share(&item, &view.version).expect("they are paired");
        }
    });
}

fn measure(who: &str, _: usize, _: u64) -> Measured {
    let path = shelf::path(VAULT);
    let (alone, whole) = if who == OURS {
        let (me, partner) = (person(0), person(1));
        let vault = ours::reopen(&path);
        let preferences = vault.preferences();
        let whole = times(|occasion| preferences.plan(occasion).expect("nothing is locked").plan.steps.len());
        (Some(times(|occasion| plan(occasion, &me, &partner).plan.steps.len())), whole)
    } else {
        let connection = bare::open(&path).expect("the file is sound");
        (None, times(|_| query(&connection).expect("the file is sound")))
    };
    let [median_alone, most_alone] = alone.map_or([None, None], |alone| alone.map(Some));
    let [median, most] = whole.map(Some);
    Measured { values: vec![median_alone, most_alone, median, most], wire_bytes: None }
}

/// How long it takes: in the middle, and nearly always.
fn times(made: impl Fn(&Occasion) -> usize) -> [f64; 2] {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|number| {
            let occasion = occasion(number);
            let (time, found) = timed(|| made(&occasion));
            assert!(found > 0, "something is planned");
            time
        })
        .collect();
    [median(&mut times), at(&mut times, 95)]
}

fn occasion(number: u32) -> Occasion {
    let minutes = [1, 3, 5, 8, 10, 13, 15, 18, 20, 25, 30, 39, 45, 60, 90, 120, 240];
    let families =
        [Family::Touch, Family::Words, Family::Quiet, Family::Body, Family::Rest, Family::Shared, Family::Later];
    let own = |number: usize| OccasionActivity {
        id: format!("own-{number}"),
        family: families[number % families.len()],
        needs: vec![Need::Touch, Need::Play],
        minutes: (1 + (3 * number as u16) % 12, 15 + number as u16),
        works_apart: number.is_multiple_of(2),
    };
    let state = |who: usize, needs: [Need; 2]| PersonState {
        energy: Some([2, 9][who]),
        needs: if number.is_multiple_of(2) { BTreeSet::from(needs) } else { BTreeSet::new() },
        said: (0..OWN)
            .flat_map(|own| Side::ALL.iter().map(move |side| (own, *side)))
            .map(|(own, side)| SaidAloud { activity: format!("own-{own}"), side, stance: stance(who, own, side) })
            .collect(),
        ..PersonState::default()
    };
    Occasion {
        minutes: minutes[number as usize % minutes.len()],
        me: state(0, [Need::Touch, Need::Quiet]),
        partner: state(1, [Need::Words, Need::Rest]),
        own: (0..OWN).map(own).collect(),
        rotation: number,
        ..Occasion::default()
    }
}

fn person(who: usize) -> Person {
    let wants = said().map(|(activity, side)| Want {
        activity: activities()[activity].id.to_owned(),
        side,
        condition: None,
        stance: stance(who, activity, side),
        known: Known::ToBoth,
    });
    Person { wants: wants.collect(), ..Person::default() }
}

/// Reads what the whole call reads.
fn query(connection: &Connection) -> rusqlite::Result<usize> {
    let sql =
        "SELECT place.owner, place.space, preference.item, preference.stance, preference.until_ms, preference.choices
               FROM preference JOIN place ON place.id = preference.place ORDER BY preference.item";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let (owner, space, item): (Vec<u8>, u8, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (stance, until, choices): (Option<u8>, Option<i64>, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        Ok((owner, space, item, stance, until, choices))
    })?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.len())
}
