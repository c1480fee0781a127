//! What is due, against a model that walks from minute to minute, in zones that nobody has thought of.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::marks::Mark;
use super::occasions::{Occasion, Secret, When, patience_ms};
use super::*;
use crate::care::settings::{Mute, QuietHours, Settings};
use crate::zones::{HOUR_MS, MINUTE_MS};

/// A Monday, at midnight UTC.
const MONDAY: i64 = 20_717 * DAY_MS;

/// Offsets in minutes, each from a minute on.
#[derive(Clone, Debug)]
struct Table(Vec<(i64, i32)>);

impl ZoneOffsets for Table {
    fn offset_seconds(&self, _: &str, utc_ms: i64) -> Option<i32> {
        let (_, minutes) = self.0.iter().rev().find(|(from_ms, _)| *from_ms <= utc_ms).or(self.0.first())?;
        Some(minutes * 60)
    }
}

fn zone() -> impl Strategy<Value = Table> {
    let change = prop_oneof![Just(60), Just(-60), Just(30), Just(120), Just(1_440)];
    let changes = prop::collection::vec((0..10_i64 * 1_440, change), 0..3);
    (-56..=56_i32, changes).prop_map(|(quarters, mut changes)| {
        changes.sort();
        let mut table = vec![(i64::MIN, quarters * 15)];
        for (minute, change) in changes {
            let (before_ms, before) = table[table.len() - 1];
            let at_ms = MONDAY + minute * MINUTE_MS;
            let next = before + change;
            if (-840..=840).contains(&next) && at_ms.saturating_sub(before_ms) > 2 * DAY_MS {
                table.push((at_ms, next));
            }
        }
        Table(table)
    })
}

fn occasion(number: usize, kind: DueKind, when: When) -> Occasion {
    let id = Secret::from_bytes([3; 32]).derive_id(kind, &[&number.to_le_bytes()]);
    let patience_ms = patience_ms(kind);
    Occasion { id, kind, when, patience_ms, before_ms: None, replaces: Vec::new(), leads_to: DueLead::Review }
}

fn occasions() -> impl Strategy<Value = Vec<Occasion>> {
    let minute = (0..9_i64 * 1_440).prop_map(|minute| MONDAY + minute * MINUTE_MS);
    let when = prop_oneof![
        minute.clone().prop_map(|ms| When::At { ms }),
        (minute.clone(), 1..=720_u16).prop_map(|(ended_ms, minutes)| When::LaterToday { ended_ms, minutes }),
        (minute, 0..1_440_u16).prop_map(|(since_ms, minute)| When::NextDay { since_ms, minute }),
    ];
    let kind = (0..DueKind::ALL.len() - 1).prop_map(|number| DueKind::ALL[number]);
    prop::collection::vec((kind, when), 0..120).prop_map(|all| {
        all.into_iter().enumerate().map(|(number, (kind, when))| occasion(number, kind, when)).collect()
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let quiet = prop::option::of((0..1_440_u16, 1..1_400_u16))
        .prop_map(|quiet| quiet.map(|(from, length)| QuietHours { from, to: (from + length) % 1_440 }));
    let mute = prop_oneof![
        8 => Just(Mute::Off),
        3 => (0..9_i64 * 1_440).prop_map(|minute| Mute::Until { ms: MONDAY + minute * MINUTE_MS }),
        1 => Just(Mute::UntilTakenOff),
    ];
    (quiet, mute, any::<bool>()).prop_map(|(quiet_hours, mute, timers_in_quiet_hours)| Settings {
        quiet_hours,
        mute,
        timers_in_quiet_hours,
        ..Settings::default()
    })
}

fn standing() -> impl Strategy<Value = Standing> {
    let said = prop::collection::vec((any::<prop::sample::Index>(), prop::option::of(0..9_i64 * 1_440)), 0..12);
    (occasions(), settings(), said).prop_map(|(occasions, settings, said)| {
        let mut marks = BTreeMap::new();
        for (index, until) in said {
            if !occasions.is_empty() {
                let until = until.map(|minute| Mark::Snoozed { until_ms: MONDAY + minute * MINUTE_MS });
                marks.insert(index.get(&occasions).id, until.unwrap_or(Mark::Declined));
            }
        }
        Standing { occasions, settings, marks, secret: Secret::from_bytes([3; 32]) }
    })
}

/// The same, said slowly.
struct Model<'a>(&'a Standing, &'a Table);

impl Model<'_> {
    fn shown(&self, utc_ms: i64) -> i64 {
        utc_ms + i64::from(self.1.offset_seconds("", utc_ms).unwrap()) * 1_000
    }

    fn minute(&self, utc_ms: i64) -> u16 {
        u16::try_from(self.shown(utc_ms).rem_euclid(DAY_MS) / MINUTE_MS).unwrap()
    }

    fn first_from(&self, from_ms: i64, shown: i64) -> i64 {
        (0..).map(|minute| from_ms + minute * MINUTE_MS).find(|at_ms| self.shown(*at_ms) >= shown).unwrap()
    }

    fn is_quiet(&self, utc_ms: i64) -> bool {
        self.0.settings.quiet_hours.is_some_and(|quiet| quiet.covers(self.minute(utc_ms)))
    }

    /// The end of quiet hours, if it comes soon enough.
    fn over(&self, due_ms: i64, patience_ms: i64) -> i64 {
        let mut fire_ms = due_ms;
        while self.is_quiet(fire_ms) && fire_ms - due_ms <= patience_ms {
            let to = i64::from(self.0.settings.quiet_hours.unwrap().to) * MINUTE_MS;
            let shown = self.shown(fire_ms);
            let ends = (1..).map(|minute| shown - shown.rem_euclid(MINUTE_MS) + minute * MINUTE_MS);
            let end = ends.into_iter().find(|end| end.rem_euclid(DAY_MS) == to);
            fire_ms = self.first_from(fire_ms, end.unwrap());
        }
        fire_ms
    }

    fn due(&self, Occasion { when, patience_ms, .. }: &Occasion) -> Option<i64> {
        let day = |utc_ms: i64| (self.shown(utc_ms) - 4 * HOUR_MS).div_euclid(DAY_MS);
        match *when {
            When::At { ms } => Some(ms),
            When::LaterToday { ended_ms, minutes } => {
                let ms = ended_ms + i64::from(minutes) * MINUTE_MS;
                let waking = |ms| day(ms) == day(ended_ms) && self.minute(ms) >= 360;
                let shown_ms = self.over(ms, *patience_ms);
                if waking(ms) && waking(shown_ms) && shown_ms - ms <= *patience_ms {
                    return Some(ms);
                }
                let earlier = (1..=48).map(|quarters| ms - quarters * 15 * MINUTE_MS);
                let in_peace = |ms: &i64| {
                    [0, 15].iter().all(|more| {
                        let ms = ms + more * MINUTE_MS;
                        waking(ms) && !self.is_quiet(ms)
                    })
                };
                earlier.filter(|ms| *ms >= ended_ms + HOUR_MS).find(in_peace)
            }
            When::NextDay { since_ms, minute } => {
                let shown = (day(since_ms) + 1) * DAY_MS + i64::from(minute) * MINUTE_MS;
                Some(self.first_from(shown - 18 * HOUR_MS, shown))
            }
        }
    }

    /// When it is shown, if it is.
    fn fire(&self, occasion: &Occasion) -> Option<i64> {
        let due_ms = match self.0.marks.get(&occasion.id) {
            Some(Mark::Declined) => return None,
            Some(Mark::Snoozed { until_ms }) => *until_ms,
            None => self.due(occasion)?,
        };
        match self.0.settings.mute {
            Mute::UntilTakenOff => return None,
            Mute::Until { ms } if due_ms < ms => return None,
            _ => {}
        }
        let rings = occasion.kind == DueKind::Step && self.0.settings.timers_in_quiet_hours;
        let fire_ms = if rings { due_ms } else { self.over(due_ms, occasion.patience_ms) };
        (fire_ms - due_ms <= occasion.patience_ms).then_some(fire_ms)
    }

    fn moments(&self) -> BTreeMap<i64, BTreeSet<DueId>> {
        let mut moments = BTreeMap::<_, BTreeSet<_>>::new();
        for occasion in &self.0.occasions {
            if let Some(fire_ms) = self.fire(occasion) {
                moments.entry(fire_ms).or_default().insert(occasion.id);
            }
        }
        moments
    }
}

/// All of a span, asked for again where it was cut.
fn all(standing: &Standing, clock: &LocalClock<'_>, from_ms: i64, until_ms: i64) -> Vec<DueItem> {
    let mut items = Vec::new();
    let mut from_ms = from_ms;
    loop {
        let due = standing.between(from_ms, until_ms, clock);
        assert!(due.items.len() <= MOST_DUE && due.zone_known);
        assert!(due.items.iter().all(|item| (from_ms..until_ms).contains(&item.fire_ms)));
        items.extend(due.items);
        if due.ask_again_at_ms >= until_ms {
            return items;
        }
        assert!(due.ask_again_at_ms > from_ms, "an answer that was cut has something in it");
        from_ms = due.ask_again_at_ms;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_due_is_what_the_model_says(
        standing in standing(), table in zone(), cuts in prop::collection::btree_set(0..12_i64 * 1_440, 0..5),
    ) {
        let clock = LocalClock { zone: "Any/Where", zones: &table };
        let (first, last) = (MONDAY - 2 * DAY_MS, MONDAY + 14 * DAY_MS);
        let items = all(&standing, &clock, first, last);
        let model = Model(&standing, &table);
        let moments = model.moments();
        prop_assert_eq!(
            items.iter().map(|item| item.fire_ms).collect::<Vec<_>>(),
            moments.keys().copied().collect::<Vec<_>>()
        );
        for item in &items {
            let members = &moments[&item.fire_ms];
            prop_assert_eq!(item.leads_to.len(), members.len());
            if members.len() == 1 {
                prop_assert!(members.contains(&item.id));
            } else {
                prop_assert!(members.iter().all(|id| item.replaces.contains(id)) && !members.contains(&item.id));
            }
            let quiet = standing.settings.quiet_hours.is_some_and(|quiet| quiet.covers(model.minute(item.fire_ms)));
            prop_assert!(!quiet || (item.kind == DueKind::Step && standing.settings.timers_in_quiet_hours));
            prop_assert!(!standing.settings.mute.covers(item.fire_ms));
        }
        let ids: BTreeSet<_> = items.iter().map(|item| item.id).collect();
        prop_assert_eq!(ids.len(), items.len());

        // Spans that adjoin lose nothing and repeat nothing.
        let edges = cuts.into_iter().map(|minute| MONDAY - DAY_MS + minute * MINUTE_MS);
        let edges: Vec<_> = [first].into_iter().chain(edges).chain([last]).collect();
        let pieces = edges.windows(2).flat_map(|edge| all(&standing, &clock, edge[0], edge[1]));
        prop_assert_eq!(pieces.collect::<Vec<_>>(), items);
    }
}

#[test]
fn what_is_said_of_several_holds_for_each() {
    let at = |number, minute: i64| occasion(number, DueKind::Wish, When::At { ms: MONDAY + minute * MINUTE_MS });
    let utc = LocalClock { zone: "", zones: &() };
    let mut standing = Standing {
        occasions: vec![at(1, 60), at(2, 90), at(3, 600)],
        settings: Settings { quiet_hours: Some(QuietHours { from: 0, to: 480 }), ..Settings::default() },
        marks: BTreeMap::new(),
        secret: Secret::from_bytes([3; 32]),
    };
    let shown = |standing: &Standing| {
        let due = standing.between(MONDAY, MONDAY + DAY_MS, &utc);
        due.items.into_iter().map(|item| ((item.fire_ms - MONDAY) / MINUTE_MS, item)).collect::<BTreeMap<_, _>>()
    };
    let morning = shown(&standing)[&480].clone();
    assert_eq!((morning.kind, morning.leads_to.len(), morning.rule), (DueKind::Wish, 2, ZoneRule::LocalTime));
    standing.marks.insert(morning.id, Mark::Snoozed { until_ms: MONDAY + 700 * MINUTE_MS });
    assert_eq!(shown(&standing).keys().copied().collect::<Vec<_>>(), [600, 700]);
    assert_eq!(shown(&standing)[&700].id, morning.id);
    // They come together with another one.
    standing.marks.insert(morning.id, Mark::Snoozed { until_ms: MONDAY + 600 * MINUTE_MS });
    let three = shown(&standing)[&600].clone();
    assert_eq!((three.leads_to.len(), shown(&standing).len()), (3, 1));
    standing.marks.insert(three.id, Mark::Declined);
    assert!(shown(&standing).is_empty());
    // What comes to it later was not said anything of.
    standing.marks.insert(morning.id, Mark::Declined);
    standing.occasions.push(occasion(4, DueKind::Message, When::At { ms: MONDAY + 100 * MINUTE_MS }));
    assert_eq!(shown(&standing)[&480].kind, DueKind::Several);
}
