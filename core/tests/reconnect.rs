//! An offer to reconnect: to whoever wants it, once, and never where something was not right.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, vault_at};
use nightstand::care::check_ins::{CheckIn, CheckInMoment};
use nightstand::care::due::{DueItem, DueKind, DueLead};
use nightstand::care::room::RoomDraft;
use nightstand::care::sessions::SessionDraft;
use nightstand::records::Audience;
use nightstand::vault::Vault;

/// The 15th of September 2026, 18:00 UTC.
const EVENING: i64 = 1_789_495_200_000;
const DAY: i64 = 86_400_000;

fn offers(vault: &Vault) -> Vec<DueItem> {
    let items = vault.due().between(EVENING, EVENING + 400 * DAY, "Etc/UTC", &()).unwrap().items;
    items.into_iter().filter(|item| item.leads_to == [DueLead::Reconnect]).collect()
}

fn want(vault: &Vault) {
    let mut settings = vault.settings().read().unwrap();
    let since = settings.clone();
    settings.offer_reconnect = true;
    vault.settings().set(&settings, &since).unwrap();
}

fn evening(vault: &Vault, audience: Audience) {
    let session = vault.sessions().plan(audience, &SessionDraft::default()).unwrap().id;
    vault.sessions().start(&session).unwrap();
    vault.sessions().end(&session).unwrap();
}

#[test]
fn it_comes_once_to_whoever_wants_it() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    want(&couple.alex);
    assert!(offers(&couple.alex).is_empty(), "before there was anything, there is nothing to come back to");
    evening(&couple.alex, Audience::Both);
    couple.meet();
    let offered = offers(&couple.alex);
    assert_eq!((offered.len(), offered[0].kind, offered[0].fire_ms), (1, DueKind::Reconnect, EVENING + 14 * DAY));
    assert_eq!(offered[0].title_key(), "due-reconnect");
    assert!(offers(&couple.sam).is_empty(), "Sam did not switch it on");

    // Another evening moves it, and one of the partner's is one of both.
    clock.pass(5 * DAY);
    evening(&couple.sam, Audience::Both);
    couple.meet();
    assert_eq!(offers(&couple.alex)[0].fire_ms, EVENING + 19 * DAY);
    couple.alex.due().snooze(&offers(&couple.alex)[0].id, EVENING + 25 * DAY).unwrap();
    assert_eq!(offers(&couple.alex)[0].fire_ms, EVENING + 25 * DAY);
    couple.alex.due().decline(&offers(&couple.alex)[0].id).unwrap();
    clock.pass(30 * DAY);
    assert!(offers(&couple.alex).is_empty());
    evening(&couple.alex, Audience::Me);
    assert_eq!(offers(&couple.alex).len(), 1);
}

/// On the day it is 45 days before the evening, and a moment earlier.
#[test]
fn what_was_not_right_holds_for_45_days() {
    for (before, offered) in [(45 * DAY, 0), (45 * DAY + 1, 1)] {
        let folder = tempfile::tempdir().unwrap();
        let clock = Hands::at(EVENING - before);
        let alex = vault_at(&folder, "alex.db", 1, clock.clone());
        want(&alex);
        let said = CheckIn::new(CheckInMoment::SomethingNotRight, None, EVENING - before);
        alex.check_ins().add(&said).unwrap();
        clock.pass(before);
        evening(&alex, Audience::Me);
        assert_eq!(offers(&alex).len(), offered, "{before} ms before");
    }
}

#[test]
fn it_does_not_come_where_something_was_not_right_or_time_is_set_aside() {
    let couple = Couple::at(&Hands::at(EVENING));
    want(&couple.alex);
    evening(&couple.alex, Audience::Both);
    let room = RoomDraft { at_ms: EVENING + 9 * DAY, minutes: 60, title: String::new(), situation: [].into() };
    let room = couple.sam.rooms().propose(&room).unwrap();
    couple.meet();
    assert_eq!(offers(&couple.alex).len(), 1);
    couple.alex.rooms().accept(&room.id, &room.hash).unwrap();
    assert!(offers(&couple.alex).is_empty());
    couple.alex.rooms().withdraw(&room.id).unwrap();
    assert_eq!(offers(&couple.alex).len(), 1);
    let said = CheckIn::new(CheckInMoment::SomethingNotRight, None, EVENING);
    couple.alex.check_ins().add(&said).unwrap();
    assert!(offers(&couple.alex).is_empty());
}
