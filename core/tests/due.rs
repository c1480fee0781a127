//! What is due: it follows from what stands, on each phone for its own person.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, Hands, meet, vault_at};
use nightstand::care::check_ins::{CheckIn, CheckInMoment};
use nightstand::care::due::{Due, DueId, DueItem, DueKind, DueLead, ZoneRule};
use nightstand::care::follow_ups::{FollowUpAnswer, FollowUpDraft, FollowUpFor, FollowUpTime};
use nightstand::care::room::RoomDraft;
use nightstand::care::sessions::{SessionDraft, StepDraft, StepVerb};
use nightstand::care::settings::{Mute, QuietHours, Settings};
use nightstand::care::{Item, ItemDraft, ReviewPace, Side, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::{Audience, RecordId};
use nightstand::vault::Vault;
use nightstand::zones::ZoneOffsets;

/// The 15th of September 2026, 20:00 in Warsaw.
const EVENING: i64 = 1_789_495_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

struct Zones;

impl ZoneOffsets for Zones {
    fn offset_seconds(&self, zone: &str, _: i64) -> Option<i32> {
        match zone {
            "Europe/Warsaw" => Some(2 * 3_600),
            "America/New_York" => Some(-4 * 3_600),
            _ => None,
        }
    }
}

fn due(vault: &Vault) -> Due {
    vault.due().between(EVENING - DAY, EVENING + 400 * DAY, "Europe/Warsaw", &Zones).unwrap()
}

/// What is due, and how many minutes after the evening.
fn told(vault: &Vault) -> Vec<(DueKind, i64)> {
    due(vault).items.into_iter().map(|item| (item.kind, (item.fire_ms - EVENING) / MINUTE)).collect()
}

fn id_of(vault: &Vault, kind: DueKind) -> DueId {
    due(vault).items.iter().find(|item| item.kind == kind).unwrap().id
}

fn evening(vault: &Vault, audience: Audience) -> RecordId {
    let session = vault.sessions().plan(audience, &SessionDraft::default()).unwrap().id;
    vault.sessions().start(&session).unwrap();
    vault.sessions().end(&session).unwrap();
    session
}

fn set(vault: &Vault, change: impl FnOnce(&mut Settings)) {
    let mut settings = vault.settings().read().unwrap();
    let since = settings.clone();
    change(&mut settings);
    vault.settings().set(&settings, &since).unwrap();
}

const TWO_CHECK_INS: [(DueKind, i64); 2] = [(DueKind::CheckInLaterToday, 180), (DueKind::CheckInNextMorning, 14 * 60)];

#[test]
fn check_ins_are_asked_for_as_each_wants() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let session = evening(&couple.alex, Audience::Both);
    assert_eq!(told(&couple.alex), TWO_CHECK_INS);
    assert!(told(&couple.sam).is_empty());
    let before = due(&couple.alex);
    couple.meet();
    assert_eq!(told(&couple.sam), TWO_CHECK_INS, "after the sync Sam's phone knows of it");
    assert_eq!(due(&couple.alex), before);
    let item = &before.items[0];
    assert_eq!((item.rule, item.title_key().as_str()), (ZoneRule::Instant, "due-check-in-later-today"));
    assert_eq!(item.leads_to, [DueLead::Session { id: session, moment: CheckInMoment::LaterToday }]);
    assert!(before.items[1].replaces.contains(&item.id) && before.items[1].rule == ZoneRule::LocalTime);
    assert!(!session.to_string().contains(&item.id.to_string()));
    assert_ne!(item.id, due(&couple.sam).items[0].id, "each vault has ids of its own");

    set(&couple.sam, |settings| {
        settings.ask_closing = true;
        settings.ask_later_today = None;
        settings.ask_next_morning = Some(8 * 60);
    });
    assert_eq!(told(&couple.sam), [(DueKind::CheckInClosing, 0), (DueKind::CheckInNextMorning, 12 * 60)]);
    assert_eq!(told(&couple.alex), TWO_CHECK_INS, "what Sam wants to be asked is Sam's alone");

    // In another zone the next morning comes at another moment, under the same id.
    let over_there = couple.alex.due().between(EVENING, EVENING + 2 * DAY, "America/New_York", &Zones).unwrap();
    let moved: Vec<_> = over_there.items.iter().map(|item| (item.id, (item.fire_ms - EVENING) / MINUTE)).collect();
    assert_eq!(moved, [(before.items[0].id, 180), (before.items[1].id, 20 * 60)]);
    let unknown = couple.alex.due().between(EVENING, EVENING + 2 * DAY, "Mars/Base", &Zones).unwrap();
    assert_eq!((unknown.zone_known, unknown.items[1].fire_ms), (false, EVENING + 16 * HOUR));

    // Who checked in is not asked.
    let said = CheckIn::new(CheckInMoment::LaterToday, Some(session), EVENING);
    couple.alex.check_ins().add(&said).unwrap();
    assert_eq!(told(&couple.alex), TWO_CHECK_INS[1..]);
    couple.meet();
    couple.sam.sessions().delete(&session).unwrap();
    couple.meet();
    assert!(told(&couple.alex).is_empty() && told(&couple.sam).is_empty());

    // One that never began is as if it had not been.
    let planned = couple.alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id;
    couple.alex.sessions().end(&planned).unwrap();
    assert!(told(&couple.alex).is_empty());
}

#[test]
fn later_today_is_while_it_is_today_and_who_is_up_late_has_the_same_morning() {
    let clock = Hands::at(EVENING + 5 * HOUR);
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, clock);
    evening(&alex, Audience::Me);
    assert_eq!(told(&alex), TWO_CHECK_INS[1..], "an hour after midnight");
}

#[test]
fn later_today_comes_earlier_where_the_night_is_near() {
    let clock = Hands::at(EVENING + 2 * HOUR);
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, clock);
    let morning = TWO_CHECK_INS[1];
    evening(&alex, Audience::Me);
    let quiet = |from: u16| set(&alex, |settings| settings.quiet_hours = Some(QuietHours { from, to: 7 * 60 }));
    // It ended at ten in the evening, and an hour after midnight nobody is asked.
    assert_eq!(told(&alex), [(DueKind::CheckInLaterToday, 210), morning]);
    assert_eq!(due(&alex).items[0].rule, ZoneRule::LocalTime);
    quiet(23 * 60 + 30);
    assert_eq!(told(&alex), [(DueKind::CheckInLaterToday, 180), morning], "with a quarter of an hour to spare");
    // An hour is left in peace: then it is the next morning's.
    quiet(23 * 60);
    assert_eq!(told(&alex), [morning]);
    quiet(0);
    set(&alex, |settings| settings.ask_later_today = Some(90));
    assert_eq!(told(&alex), [(DueKind::CheckInLaterToday, 210), morning], "as it was asked for");
    assert_eq!(due(&alex).items[0].rule, ZoneRule::Instant);
}

#[test]
fn a_steps_timer_rings_on_both_phones() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let step =
        |activity: &str, minutes| StepDraft { activity: activity.into(), side: Side::Together, minutes, way: None };
    let draft = SessionDraft { steps: vec![step("water", 5), step("cuddling", 30)], ..SessionDraft::default() };
    let session = couple.alex.sessions().plan(Audience::Both, &draft).unwrap();
    let (water, cuddling) = (session.steps[0].id, session.steps[1].id);
    couple.alex.sessions().step(&session.id, water, StepVerb::Start).unwrap();
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(told(vault), [(DueKind::Step, 5)]);
        assert_eq!(due(vault).items[0].leads_to, [DueLead::Step { session: session.id, step: water }]);
    }
    let first = id_of(&couple.alex, DueKind::Step);
    clock.pass(2 * MINUTE);
    couple.sam.sessions().step(&session.id, cuddling, StepVerb::Start).unwrap();
    couple.meet();
    assert_eq!(told(&couple.alex), [(DueKind::Step, 32)]);
    assert!(due(&couple.alex).items[0].replaces.contains(&first));

    // At night it rings where its person wants that.
    set(&couple.alex, |settings| settings.quiet_hours = Some(QuietHours { from: 20 * 60, to: 8 * 60 }));
    assert!(told(&couple.alex).is_empty());
    set(&couple.alex, |settings| settings.timers_in_quiet_hours = true);
    assert_eq!(told(&couple.alex), [(DueKind::Step, 32)]);
    couple.alex.sessions().step(&session.id, cuddling, StepVerb::Pause).unwrap();
    assert!(told(&couple.alex).is_empty());
}

#[test]
fn quiet_hours_put_off_and_a_mute_lets_go() {
    let clock = Hands::at(EVENING);
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    evening(&alex, Audience::Me);
    let wish = |minutes: i64| FollowUpDraft {
        activity: None,
        words: "Tea.".into(),
        script: None,
        when: FollowUpTime::At { ms: EVENING + minutes * MINUTE },
        session: None,
    };
    alex.follow_ups().add(FollowUpFor::Me, &wish(181)).unwrap();
    alex.follow_ups().add(FollowUpFor::Me, &wish(200)).unwrap();
    set(&alex, |settings| settings.quiet_hours = Some(QuietHours { from: 22 * 60, to: 10 * 60 }));
    // "Later today" comes earlier; the rest comes with one sound, at ten.
    assert_eq!(told(&alex), [(DueKind::CheckInLaterToday, 90), (DueKind::Several, 14 * 60)]);
    alex.due().decline(&id_of(&alex, DueKind::CheckInLaterToday)).unwrap();
    let several = due(&alex).items[0].clone();
    assert_eq!((several.leads_to.len(), several.title_key().as_str()), (3, "due-several"));

    alex.due().snooze(&several.id, EVENING + 15 * HOUR).unwrap();
    assert_eq!(told(&alex), [(DueKind::Several, 15 * 60)]);
    alex.due().decline(&several.id).unwrap();
    assert!(told(&alex).is_empty());
    assert_eq!(alex.follow_ups().list(nightstand::care::Whose::Me).unwrap().len(), 2, "nothing is lost");

    alex.follow_ups().add(FollowUpFor::Me, &wish(16 * 60)).unwrap();
    set(&alex, |settings| settings.mute = Mute::UntilTakenOff);
    assert!(told(&alex).is_empty());
    assert!(alex.settings().is_quiet(EVENING, "Europe/Warsaw", &Zones).unwrap());
    clock.pass(17 * HOUR);
    set(&alex, |settings| settings.mute = Mute::Off);
    assert_eq!(alex.settings().read().unwrap().mute, Mute::Off);
    assert!(told(&alex).is_empty(), "what it let go of does not come back");
    alex.follow_ups().add(FollowUpFor::Me, &wish(18 * 60)).unwrap();
    assert_eq!(told(&alex), [(DueKind::Wish, 18 * 60)]);
    let past = alex.due().snooze(&several.id, EVENING);
    assert_eq!(past, Err(NightstandError::InvalidInput { what: InvalidInput::Date }));
}

#[test]
fn a_boundarys_end_is_asked_of_its_owner() {
    let couple = Couple::at(&Hands::at(EVENING));
    let item: Item = "stance/bath/give".parse().unwrap();
    let seen = couple.alex.preferences().read(&item).unwrap().version;
    let stance = Some(Stance::NotNow { until_ms: Some(EVENING + 3 * DAY) });
    let said = couple.alex.preferences().set(&item, &ItemDraft { stance, ..ItemDraft::default() }, &seen).unwrap();
    couple.alex.preferences().share(&item, &said.version).unwrap();
    couple.meet();
    assert_eq!(told(&couple.alex), [(DueKind::NotNowEnded, 3 * 1_440)]);
    assert_eq!(due(&couple.alex).items[0].leads_to, [DueLead::NotNow { item: item.clone() }]);
    assert!(told(&couple.sam).is_empty());

    couple.alex.preferences().set_review_pace(ReviewPace::Monthly).unwrap();
    assert_eq!(told(&couple.alex)[1], (DueKind::Review, 30 * 1_440));
    let open = ItemDraft { stance: Some(Stance::Open), ..ItemDraft::default() };
    let seen = couple.alex.preferences().read(&item).unwrap().version;
    couple.alex.preferences().set(&item, &open, &seen).unwrap();
    couple.alex.preferences().share(&item, &couple.alex.preferences().read(&item).unwrap().version).unwrap();
    assert_eq!(told(&couple.alex).len(), 1);
}

fn accept(vault: &Vault, room: &RecordId) {
    let shown = vault.rooms().read(room).unwrap();
    vault.rooms().accept(room, &shown.hash).unwrap();
}

#[test]
fn time_set_aside_is_told_before_and_wishes_of_the_partners_after_a_yes() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let sunday = RoomDraft { at_ms: EVENING + 5 * DAY, minutes: 90, title: "Slowly".into(), situation: [].into() };
    let room = couple.alex.rooms().propose(&sunday).unwrap().id;
    couple.meet();
    assert!(told(&couple.alex).is_empty() && told(&couple.sam).is_empty());
    accept(&couple.sam, &room);
    couple.sam.rooms().remind(&room, Some(120)).unwrap();
    couple.meet();
    assert_eq!(told(&couple.alex), [(DueKind::Room, 5 * 1_440 - 30)]);
    assert_eq!(told(&couple.sam), [(DueKind::Room, 5 * 1_440 - 120)]);
    let monday = RoomDraft { at_ms: EVENING + 6 * DAY, ..sunday };
    let old = id_of(&couple.sam, DueKind::Room);
    let moved = couple.alex.rooms().move_to(&room, &monday).unwrap().id;
    couple.meet();
    assert!(told(&couple.alex).is_empty() && told(&couple.sam).is_empty());
    accept(&couple.sam, &moved);
    assert_eq!(due(&couple.sam).items[0].replaces, [old]);
    couple.sam.rooms().remind(&moved, None).unwrap();
    assert!(told(&couple.sam).is_empty());

    let word = FollowUpDraft {
        activity: Some("kind-word-next-day".into()),
        words: String::new(),
        script: None,
        when: FollowUpTime::NextDay { minute: 9 * 60 },
        session: None,
    };
    let wish = couple.alex.follow_ups().add(FollowUpFor::Partner, &word).unwrap().id;
    couple.meet();
    assert!(told(&couple.sam).is_empty() && told(&couple.alex).iter().all(|(kind, _)| *kind == DueKind::Room));
    let shown = couple.sam.follow_ups().read(&wish).unwrap();
    couple.sam.follow_ups().answer(&wish, Some(FollowUpAnswer::YesQuietly), &shown.hash).unwrap();
    assert_eq!(told(&couple.sam), [(DueKind::KindWord, 13 * 60)]);
    assert_eq!(due(&couple.sam).items[0].leads_to, [DueLead::FollowUp { id: wish }]);
    clock.pass(MINUTE);
    let writing = FollowUpDraft { words: "In writing?".into(), ..word.clone() };
    couple.alex.follow_ups().change(&wish, &writing, &word).unwrap();
    let stale =
        couple.alex.follow_ups().change(&wish, &FollowUpDraft { words: "By phone?".into(), ..word.clone() }, &word);
    assert_eq!(stale, Err(NightstandError::ChangedMeanwhile));
    assert_eq!(couple.alex.follow_ups().change(&wish, &writing, &word).unwrap().content, writing);
    couple.meet();
    assert!(told(&couple.sam).is_empty(), "it is another wish, and wants another yes");
}

#[test]
fn under_a_second_key_nothing_is_said_and_nothing_is_lost() {
    let couple = Couple::at(&Hands::at(EVENING));
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    evening(&couple.alex, Audience::Both);
    set(&couple.alex, |settings| settings.ask_later_today = None);
    couple.alex.due().decline(&id_of(&couple.alex, DueKind::CheckInNextMorning)).unwrap();
    couple.alex.lock_private().unwrap();
    let span = couple.alex.due().between(EVENING, EVENING + DAY, "Europe/Warsaw", &Zones);
    assert_eq!(span, Err(NightstandError::PrivateLocked));
    assert_eq!(couple.alex.settings().read(), Err(NightstandError::PrivateLocked));
    assert_eq!(
        couple.alex.settings().set(&Settings::default(), &Settings::default()),
        Err(NightstandError::PrivateLocked)
    );
    assert_eq!(couple.alex.rooms().list(0, i64::MAX), Err(NightstandError::PrivateLocked));
    let (_, _) = meet(&couple.alex, &couple.sam);
    couple.alex.unlock_private([9; 32], go_on).unwrap();
    assert!(told(&couple.alex).is_empty());
    assert_eq!(couple.alex.settings().read().unwrap().ask_later_today, None);
}

#[test]
fn settings_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(EVENING));
    let refused = |change: &dyn Fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        match alex.settings().set(&settings, &Settings::default()) {
            Err(NightstandError::InvalidInput { what }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(&|all| all.quiet_hours = Some(QuietHours { from: 5, to: 5 })), InvalidInput::Range);
    assert_eq!(refused(&|all| all.quiet_hours = Some(QuietHours { from: 5, to: 1_440 })), InvalidInput::Range);
    assert_eq!(refused(&|all| all.ask_later_today = Some(0)), InvalidInput::Range);
    assert_eq!(refused(&|all| all.ask_next_morning = Some(1_440)), InvalidInput::Range);
    assert_eq!(refused(&|all| all.mute = Mute::Until { ms: i64::MAX }), InvalidInput::Date);
    assert_eq!(alex.settings().read().unwrap(), Settings::default());
    set(&alex, |all| all.mute = Mute::Until { ms: EVENING });
    assert_eq!(alex.settings().read().unwrap().mute, Mute::Off, "it is over");
    let empty = alex.due().between(i64::MIN, i64::MAX, "", &()).unwrap();
    assert_eq!((empty.items, empty.ask_again_at_ms), (Vec::<DueItem>::new(), i64::MAX));
    let backwards = alex.due().between(5, 4, "", &()).unwrap();
    assert_eq!((backwards.items.len(), backwards.ask_again_at_ms), (0, 4));
}

#[test]
fn two_screens_of_settings_overwrite_nothing_of_each_other() {
    let clock = Hands::at(EVENING);
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let seen = alex.settings().read().unwrap();
    let muted = Settings { mute: Mute::Until { ms: EVENING + HOUR }, ..seen.clone() };
    alex.settings().set(&muted, &seen).unwrap();
    let asked = Settings { ask_closing: true, ..seen.clone() };
    assert_eq!(alex.settings().set(&asked, &seen), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(alex.settings().read().unwrap(), muted);
    // A mute that ended meanwhile changed nothing that somebody said.
    clock.pass(2 * HOUR);
    alex.settings().set(&Settings { ask_closing: true, ..muted.clone() }, &muted).unwrap();
    assert_eq!(alex.settings().read().unwrap(), asked);
}
