//! A partner whose app is not ours writes whatever it likes into their `Mine` and into `Joint`.

mod clocks;
mod earlier;
mod odd;
mod own_devices;

use nightstand_engine::ids::Place;

use crate::care::sessions::MOST_STEPS;
use crate::docs::record::{Field, Record};
use crate::error::NightstandError;
use crate::records::{self, Audience, Name, Places, RecordId, SharedPlaces};
use crate::store::tests::{Phone, hand_over, pair, paired};
use crate::together::ticks::TickOf;
use crate::vault::Vault;

const NOON: i64 = 1_800_000_000_000;
const DAY: i64 = 86_400_000;

fn write(vault: &Vault, place: fn(&SharedPlaces) -> Place, what: &'static str, change: impl FnOnce(&mut Record)) {
    let id = vault.write(|tx| Ok(RecordId::make(tx))).unwrap();
    write_to(vault, place, (what, id), change);
}

/// Writes what no call of ours would.
pub(crate) fn write_to(
    vault: &Vault,
    place: fn(&SharedPlaces) -> Place,
    (what, id): (&'static str, RecordId),
    change: impl FnOnce(&mut Record),
) {
    let written = vault.write(|tx| {
        let place = place(&Places::of(&tx.rows(), tx.person())?.shared()?);
        records::write(tx, &Name { what, id, place }, |record| {
            change(record);
            Ok(())
        })
    });
    written.unwrap();
}

pub(crate) fn mine(places: &SharedPlaces) -> Place {
    places.mine
}

pub(crate) fn joint(places: &SharedPlaces) -> Place {
    places.joint
}

/// It could not be ended, left or deleted, and yet asks for check-ins.
#[test]
fn what_the_partner_has_for_themself_is_nothing_of_both() {
    let (_phones, alex, sam) = paired();
    write(&sam, mine, "session", |record| {
        for time in ["at", "began", "ended"] {
            record.set(time, Some(NOON));
        }
    });
    write(&sam, mine, "ritual", |record| record.set("title", Some("Obey")));
    write(&sam, mine, "song", |record| record.set("title", Some("Obey")));
    hand_over(&sam, &alex);
    let due = alex.due().between(NOON, NOON + 3 * DAY, "Etc/UTC", &()).unwrap();
    let sessions = alex.sessions().list(0, i64::MAX).unwrap();
    let deleted = sessions.iter().map(|session| alex.sessions().delete(&session.id)).collect::<Vec<_>>();
    assert_eq!((due.items.len(), sessions.len()), (0, 0), "and to delete it: {deleted:?}");
    assert!(alex.rituals().list().unwrap().is_empty() && alex.songs().list(None).unwrap().is_empty());
}

/// A card that says where the boundary lies, or where help is, is put away by its reader alone.
#[test]
fn the_partner_puts_no_card_away_and_hides_no_tick() {
    let (_phones, alex, sam) = paired();
    alex.ticks().tick(TickOf::Question, "first-minute", Audience::Me).unwrap();
    for place in [mine, joint] {
        for what in [TickOf::Card.name(), TickOf::Question.name()] {
            write(&sam, place, what, |record| {
                record.set("at", Some(i64::MAX));
                record.marks.insert("afterglow".into());
            });
        }
    }
    hand_over(&sam, &alex);
    assert!(alex.ticks().list(TickOf::Card).unwrap().is_empty(), "Sam puts away what Alex is to read");
    assert_eq!(alex.ticks().list(TickOf::Question).unwrap().len(), 1);
}

/// Each step's notification names the other steps: of a thousand that are a million.
#[test]
fn a_session_has_no_more_steps_than_it_may_have() {
    let (_phones, alex, sam) = paired();
    write(&sam, joint, "session", |record| {
        record.set("at", Some(NOON));
        record.set("began", Some(NOON));
        for step in 0..1_000_u64 {
            let fields: [(&str, Field); 4] = [
                ("activity", "water".into()),
                ("to", "both".into()),
                ("minutes", 9_i64.into()),
                ("timer", format!("running {} 0", NOON + step as i64).into()),
            ];
            record.items.insert(format!("{step:016x}"), fields.map(|(key, value)| (key.to_owned(), value)).into());
        }
    });
    hand_over(&sam, &alex);
    let due = alex.due().between(NOON, NOON + DAY, "Etc/UTC", &()).unwrap();
    assert!(due.items.iter().all(|item| item.replaces.len() <= MOST_STEPS));
    assert!(alex.sessions().list(0, i64::MAX).unwrap()[0].steps.len() <= MOST_STEPS);
}

/// What a mark or an item may take up is not left to whoever writes it: lists keep it unpacked.
#[test]
fn a_record_is_not_larger_than_one_of_ours_may_be() {
    let (_phones, alex, sam) = paired();
    for number in 0..20 {
        write(&sam, joint, "ritual", |record| {
            record.marks.insert(format!("{number}{}", "x".repeat(50_000)));
        });
    }
    hand_over(&sam, &alex);
    let longest = |vault: &Vault| {
        let sql = "SELECT max(length(content)) FROM record";
        vault.read(|rows, _| Ok(rows.one(sql, [], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or_default())).unwrap()
    };
    assert!(longest(&alex) < 10_000, "{}", longest(&alex));
}

/// Figures keep names of a session, and those in the form and the number that ours have.
#[test]
fn what_figures_keep_of_a_session_is_small() {
    use crate::insights::{CountedMoment, Insight, InsightOf, InsightSpan, Level};
    let (_phones, alex, sam) = paired();
    write(&sam, joint, "session", |record| {
        for time in ["at", "began", "ended"] {
            record.set(time, Some(NOON));
        }
        for step in 0..1_000_u64 {
            let activity = match step % 3 {
                0 => format!("own-{step:032x}"),
                1 => format!("{step}{}", "x".repeat(200)),
                _ => format!("water\u{1f}{step}"),
            };
            let fields = [("activity", Field::from(activity)), ("timer", "done 0 0".into())];
            record.items.insert(format!("{step:016x}"), fields.map(|(key, value)| (key.to_owned(), value)).into());
            record.marks.insert(format!("mark-{step}"));
        }
    });
    hand_over(&sam, &alex);
    let sql = "SELECT done, situation FROM session";
    let kept = alex.read(|rows, _| Ok(rows.one(sql, [], |row| Ok([row.get(0)?, row.get(1)?]))?));
    let [done, situation]: [String; 2] = kept.unwrap().unwrap();
    assert!(done.len() < MOST_STEPS * 37 && situation.len() < MOST_STEPS * 10);
    assert!(done.split('\u{1f}').all(|name| name.starts_with("own-")));
    let asked = Insight::ByActivity { level: Level::Calm, moment: CountedMoment::Closing };
    let span = InsightSpan { from_ms: 0, before_ms: 2 * NOON, offset_seconds: 0 };
    alex.insights().read(asked, InsightOf::Me, &span).unwrap();
    assert_eq!(alex.sessions().list(0, i64::MAX).unwrap().len(), 1);
}

/// What the partner proposes, soon or later, hides nothing that both set aside.
#[test]
fn what_is_proposed_takes_no_room() {
    use crate::care::room::{MOST_ROOMS, RoomDraft};
    let (_phones, alex, sam) = paired();
    let soon = RoomDraft { at_ms: NOON + DAY, minutes: 60, title: "Ours".into(), situation: [].into() };
    let ours = sam.rooms().propose(&soon).unwrap().id;
    let flood = sam.write(|tx| {
        let place = Places::of(&tx.rows(), tx.person())?.shared()?.joint;
        for number in 0..MOST_ROOMS as i64 * 2 {
            let id = RecordId::make(tx);
            let days = if number % 2 == 0 { 400 } else { 2 };
            records::write(tx, &Name { what: "room", id, place }, |record| {
                record.set("at", Some(NOON + days * DAY + number));
                record.set("minutes", Some(60_i64));
                record.set("title", Some(""));
                Ok(())
            })?;
        }
        Ok(())
    });
    flood.unwrap();
    hand_over(&sam, &alex);
    let shown = alex.rooms().read(&ours).unwrap();
    alex.rooms().accept(&ours, &shown.hash).unwrap();
    let due = alex.due().between(NOON, NOON + 2 * DAY, "Etc/UTC", &()).unwrap();
    assert_eq!(due.items.len(), 1, "the reminder is gone");
}

/// What somebody sets aside is what they read, though it was written over meanwhile.
#[test]
fn a_time_that_was_written_over_is_not_set_aside() {
    use crate::care::room::{RoomDraft, RoomState};
    let (_phones, alex, sam) = paired();
    let slowly = RoomDraft { at_ms: NOON + DAY, minutes: 60, title: "Slowly".into(), situation: [].into() };
    let id = sam.rooms().propose(&slowly).unwrap().id;
    hand_over(&sam, &alex);
    let shown = alex.rooms().read(&id).unwrap();
    for (field, value) in [("minutes", Field::from(600_i64)), ("title", "Whatever I like".into())] {
        let written = sam.write(|tx| {
            let place = Places::of(&tx.rows(), tx.person())?.shared()?.joint;
            records::write(tx, &Name { what: "room", id, place }, |record| {
                record.set(field, Some(value));
                Ok(())
            })
        });
        written.unwrap();
        hand_over(&sam, &alex);
        assert_eq!(alex.rooms().accept(&id, &shown.hash), Err(NightstandError::ChangedMeanwhile));
        assert!(![RoomState::Agreed, RoomState::Waiting].contains(&alex.rooms().read(&id).unwrap().state));
    }
}

/// As many records of a sort as the partner likes, in one sync.
fn flood(vault: &Vault, what: &'static str, many: usize, change: impl Fn(usize, &mut Record)) {
    let written = vault.write(|tx| {
        let place = Places::of(&tx.rows(), tx.person())?.shared()?.joint;
        for number in 0..many {
            let id = RecordId::make(tx);
            records::write(tx, &Name { what, id, place }, |record| {
                change(number, record);
                Ok(())
            })?;
        }
        Ok(())
    });
    written.unwrap();
}

/// Whose it is is told by who wrote it, and not by what it says of itself.
#[test]
fn what_the_partner_adds_takes_no_room_from_what_i_add() {
    use crate::together::agreements::{AgreementDraft, MOST_AGREEMENTS};
    use crate::together::rituals::{MOST_RITUALS, RitualDraft};
    let (_phones, alex, sam) = paired();
    let agreement = AgreementDraft { title: "Phones".into(), text: "In the kitchen.".into() };
    let ritual = RitualDraft { title: "Slowly".into(), situation: [].into(), steps: Vec::new() };
    let agreed = alex.agreements().propose(&agreement).unwrap().id;
    let mine = alex.rituals().add(Audience::Both, &ritual).unwrap().id;
    hand_over(&alex, &sam);
    let me = records::mark_of(&alex.person());
    flood(&sam, "proposal", MOST_AGREEMENTS, |number, record| {
        record.set("of", Some(format!("{number:032x}")));
        record.set("title", Some("Theirs"));
        record.set("by", Some(me.as_str()));
        record.set("at", Some(i64::MAX));
    });
    flood(&sam, "ritual", 2 * MOST_RITUALS, |_, record| {
        record.set("title", Some("Theirs"));
        record.set("by", Some(me.as_str()));
        record.set("at", Some(i64::MAX));
    });
    hand_over(&sam, &alex);
    assert!(alex.agreements().list().unwrap().iter().any(|one| one.id == agreed), "Alex's is hidden");
    assert!(alex.rituals().list().unwrap().iter().any(|one| one.id == mine), "Alex's is hidden");
    alex.agreements().propose(&agreement).unwrap();
    alex.rituals().add(Audience::Both, &ritual).unwrap();
}

/// A hundred evenings that nobody had are no hundred notifications.
#[test]
fn sessions_that_the_partner_makes_up_ask_for_little() {
    use crate::care::due::{DueKind, DueLead};
    use crate::care::sessions::SessionDraft;
    let (_phones, alex, sam) = paired();
    let ours = alex.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
    alex.sessions().start(&ours).unwrap();
    alex.sessions().end(&ours).unwrap();
    let now = alex.now_ms();
    flood(&sam, "session", 1_100, |number, record| {
        // Of today, and of each day to come.
        let at = now + number as i64 % 100 * DAY;
        for time in ["at", "began", "ended"] {
            record.set(time, Some(at));
        }
    });
    flood(&sam, "session", 100, |number, record| {
        record.set("at", Some(now));
        record.set("began", Some(now));
        let fields: [(&str, Field); 4] = [
            ("activity", "water".into()),
            ("to", "both".into()),
            ("minutes", 9_i64.into()),
            ("timer", format!("running {} 0", now + number as i64 * DAY).into()),
        ];
        record.items.insert("00".repeat(8), fields.map(|(key, value)| (key.to_owned(), value)).into());
    });
    hand_over(&sam, &alex);
    let due = alex.due().between(now, now + 90 * DAY, "Etc/UTC", &()).unwrap();
    assert!(due.items.len() <= 20, "{}", due.items.len());
    assert!(due.items.iter().filter(|item| item.kind == DueKind::Step).count() <= 4);
    let leads = due.items.iter().flat_map(|item| &item.leads_to);
    assert!({ leads }.any(|lead| matches!(lead, DueLead::Session { id, .. } if *id == ours)), "ours is hidden");
    assert!(alex.sessions().list(0, i64::MAX).unwrap().iter().any(|session| session.id == ours));
}

/// What somebody began stays among theirs, though the partner's log says that they began it as well.
#[test]
fn what_i_began_takes_its_room_whatever_the_partner_writes_into_it() {
    use crate::together::rituals::{MOST_RITUALS, RitualDraft};
    let (_phones, alex, sam) = paired();
    let ritual = RitualDraft { title: "Slowly".into(), situation: [].into(), steps: Vec::new() };
    let mine = alex.rituals().add(Audience::Both, &ritual).unwrap().id;
    // A change that knows nothing of Alex's, and is smaller.
    let begun = sam.write(|tx| {
        let place = Places::of(&tx.rows(), tx.person())?.shared()?.joint;
        records::write(tx, &Name { what: "ritual", id: mine, place }, |_| Ok(()))
    });
    begun.unwrap();
    flood(&sam, "ritual", 2 * MOST_RITUALS, |_, record| {
        record.set("title", Some("Theirs"));
        record.set("at", Some(i64::MAX));
    });
    hand_over(&sam, &alex);
    assert!(alex.rituals().list().unwrap().iter().any(|one| one.id == mine), "Alex's is hidden");
}

/// Two devices that copy the same, knowing nothing of each other, make one copy that says it once.
#[test]
fn what_two_devices_copied_says_it_once() {
    use crate::care::activities::ActivityDraft;
    use crate::care::catalogue::Family;
    let (alex_phone, sam_phone) = (Phone::alex(), Phone::sam());
    let (alex, sam) = (alex_phone.open(), sam_phone.open());
    let draft = ActivityDraft {
        title: "Tea by the window".into(),
        about: "Ginger, and no talk.".into(),
        family: Family::Body,
        needs: [].into(),
        minutes: (5, 20),
        works_apart: false,
    };
    let own = alex.activities().add(Audience::Me, &draft).unwrap().id;
    pair(&alex, &sam);
    let copy = alex.activities().copy_to_both(&own).unwrap().id;
    // The other device is played by Sam's: what counts is that the two changes know nothing of each other.
    let id: RecordId = copy.strip_prefix("own-").unwrap().parse().unwrap();
    let name = |rows: &crate::store::Rows<'_>, person| {
        let place = Places::of(rows, person)?.shared()?.joint;
        Ok::<_, NightstandError>(Name { what: "activity", id, place })
    };
    let content = alex.read(|rows, person| Ok(records::read(rows, &name(rows, person)?)?.unwrap())).unwrap();
    let again = sam.write(|tx| {
        let name = name(&tx.rows(), tx.person())?;
        records::write(tx, &name, |record| {
            *record = content;
            Ok(())
        })
    });
    again.unwrap();
    hand_over(&sam, &alex);
    hand_over(&alex, &sam);
    let about = |vault: &Vault| {
        let all = vault.activities().list().unwrap();
        all.into_iter().find(|one| one.id == copy).unwrap().content.about
    };
    assert_eq!([about(&alex), about(&sam)], [draft.about.as_str(); 2]);
    // What is said anew is what it says from then on, be it twice the same.
    alex.activities().change(&copy, &ActivityDraft { about: "Tea. Tea. ".into(), ..draft.clone() }, &draft).unwrap();
    hand_over(&alex, &sam);
    assert_eq!([about(&alex), about(&sam)], ["Tea. Tea. "; 2]);
}

/// Numbers at the ends of what a number can be stop nothing.
#[test]
fn no_number_is_too_large_to_be_read() {
    use crate::insights::{CountedMoment, Insight, InsightOf, InsightSpan, Level};
    let (_phones, alex, sam) = paired();
    let mut settings = alex.settings().read().unwrap();
    let since = settings.clone();
    settings.offer_reconnect = true;
    settings.ask_closing = true;
    alex.settings().set(&settings, &since).unwrap();
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, NOON, i64::MAX - 1, i64::MAX];
    let many = ends.len().pow(3);
    flood(&sam, "session", many * 3, |number, record| {
        let pick = |which: u32| ends[number / ends.len().pow(which) % ends.len()];
        record.set("at", Some(pick(0)));
        record.set("began", Some(pick(1)));
        if number >= many {
            record.set("ended", Some(pick(2)));
        }
        record.set("lead", Some("by-itself"));
        for step in 0..4_usize {
            let (since, spent) = (pick(step as u32 % 3), ends[(number + step) % ends.len()]);
            let state = ["running", "waiting", "paused", "running"][(number + step) % 4];
            let fields: [(&str, Field); 5] = [
                ("activity", "water".into()),
                ("to", "both".into()),
                ("order", pick(2).into()),
                ("minutes", 600_i64.into()),
                ("timer", format!("{state} {since} {spent}").into()),
            ];
            record.items.insert(format!("{step:016x}"), fields.map(|(key, value)| (key.to_owned(), value)).into());
        }
    });
    for what in ["room", "ritual", "song", "reflection", "proposal", "not-now"] {
        flood(&sam, what, ends.len() * 2, |number, record| {
            let value = ends[number % ends.len()];
            record.set("title", Some("Theirs"));
            record.text = "Theirs".into();
            for field in ["at", "until", "minutes", "order", "least", "most"] {
                record.set(field, Some(value));
            }
        });
    }
    for value in ends {
        write(&sam, mine, "follow-up", |record| {
            record.set("at", Some(value));
            record.set("when", Some(format!("at {value}")));
            record.text = "Theirs".into();
        });
        write(&sam, mine, "check-in", |record| {
            record.set("at", Some(value));
            record.set("moment", Some("closing"));
            record.set("calm", Some(value));
        });
    }
    hand_over(&sam, &alex);
    for (from, until) in [(i64::MIN, i64::MAX), (NOON - DAY, NOON + 40 * DAY), (i64::MAX, i64::MIN)] {
        alex.due().between(from, until, "Etc/UTC", &()).unwrap();
        alex.sessions().list(from, until).unwrap();
        for offset_seconds in [i32::MIN, 0, i32::MAX] {
            let span = InsightSpan { from_ms: from, before_ms: until, offset_seconds };
            let (level, moment) = (Level::Calm, CountedMoment::Closing);
            for asked in [Insight::HowOften, Insight::ByMonth { level, moment }, Insight::ByLength { level, moment }] {
                let _ = alex.insights().read(asked, InsightOf::Both, &span);
            }
        }
    }
    for session in alex.sessions().list(i64::MIN, i64::MAX).unwrap().iter().take(60) {
        let _ = alex.sessions().step(&session.id, session.steps[0].id, crate::care::sessions::StepVerb::Done);
        let _ = alex.sessions().move_step(&session.id, session.steps[1].id, 0);
        let _ = alex.sessions().end(&session.id);
    }
    alex.reflections().list().unwrap();
    alex.rooms().list(i64::MIN, i64::MAX).unwrap();
    alex.songs().list(None).unwrap();
    alex.follow_ups().list(crate::care::Whose::Partner).unwrap();
}

/// As many words as may be sought, each with all that can stand for it, are sought.
#[test]
fn a_search_of_many_words_is_answered() {
    use crate::journal::RowsQuery;
    use crate::store::tests::Journaling;
    use nightstand_engine::ids::Space;
    let phone = Phone::alex();
    let alex = phone.open();
    for number in 0..200 {
        alex.begin_entry(
            Space::Private,
            "Cuddled",
            &format!("A bath, pained, {number} kinks, sex and a shower, held tight."),
        );
    }
    let search = |text: &str| alex.journal().search(text, &RowsQuery::default(), 0).map(|page| page.hits.len());
    let many = ["hug", "shower", "play", "pain", "sex"].repeat(6).join(" ");
    assert_eq!(search(&many), Ok(200));
    for odd in ["hug\" OR \"x", "hug\"", "NEAR(hug sex)", "hug* ^sex", "{title} : hug", "hug NOT sex", "-hug"] {
        assert!(search(odd).is_ok(), "{odd}");
    }
}

/// An evening that nobody had makes nothing right, and no offer of it.
#[test]
fn what_was_not_right_is_not_made_up_for() {
    use crate::care::check_ins::{CheckIn, CheckInMoment};
    use crate::care::due::DueLead;
    let (_phones, alex, sam) = paired();
    let since = alex.settings().read().unwrap();
    alex.settings().set(&crate::care::settings::Settings { offer_reconnect: true, ..since.clone() }, &since).unwrap();
    alex.check_ins().add(&CheckIn::new(CheckInMoment::SomethingNotRight, None, NOON - DAY)).unwrap();
    write(&sam, joint, "session", |record| {
        for time in ["at", "began", "ended"] {
            record.set(time, Some(NOON));
        }
    });
    hand_over(&sam, &alex);
    let due = alex.due().between(NOON, NOON + 30 * DAY, "Etc/UTC", &()).unwrap().items;
    assert!(!due.iter().any(|item| item.leads_to.contains(&DueLead::Reconnect)));
}
