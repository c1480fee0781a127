//! A low, hours to days later: seen on one's own phone alone, and met with one's own list.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, Hands};
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment, DropLevel};
use nightstand::care::drop::{Help, Looking, MOST_HELPS};
use nightstand::care::{Item, ItemDraft, Stance, Whose};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::RecordId;
use nightstand::vault::Vault;

const EVENING: i64 = 1_790_000_000_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn low(vault: &Vault, at_ms: i64, drop: Option<DropLevel>) -> RecordId {
    let content =
        CheckIn { feelings: ["sad".into()].into(), drop, ..CheckIn::new(CheckInMoment::NextMorning, None, at_ms) };
    vault.check_ins().add(&content).unwrap().id
}

fn feels(vault: &Vault, item: &str, stance: Stance) {
    let (item, preferences) = (item.parse::<Item>().unwrap(), vault.preferences());
    let seen = preferences.read(&item).unwrap().version;
    preferences.set(&item, &ItemDraft { stance: Some(stance), ..ItemDraft::default() }, &seen).unwrap();
}

fn words(words: &str) -> Help {
    Help::Words(words.into())
}

fn activity(id: &str) -> Help {
    Help::Activity(id.into())
}

#[test]
fn it_is_met_with_ones_own_list() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let care = couple.alex.drop_care();
    assert_eq!(care.now().unwrap().level, DropLevel::Clear);
    assert!(care.now().unwrap().text_keys.is_empty());

    clock.pass(12 * HOUR);
    low(&couple.alex, EVENING + 12 * HOUR, Some(DropLevel::Strong));
    let view = care.now().unwrap();
    assert_eq!((view.level, view.since_ms), (DropLevel::Strong, Some(EVENING + 12 * HOUR)));
    let said = ["drop-seen", "drop-what-helps-none", "drop-shared", "help-where", "not-medical-advice"];
    assert_eq!(view.text_keys, said, "a strong one");

    // What is loved stands in for a list; what meets a boundary never comes up.
    feels(&couple.alex, "stance/bath/receive", Stance::Love);
    feels(&couple.alex, "stance/cuddling/together", Stance::Love);
    feels(&couple.alex, "stance/kissing/give", Stance::Love);
    feels(&couple.alex, "stance/blanket/receive", Stance::Love);
    feels(&couple.alex, "stance/blanket/receive/vulnerable", Stance::Never);
    let view = care.now().unwrap();
    assert_eq!(view.what_helps, [activity("cuddling"), activity("bath")]);
    assert_eq!(view.text_keys[1], "drop-what-helps-loved");

    let list = [words("Ring Kim"), activity("blanket"), activity("water"), words("Ring Kim")];
    care.set_help_list(&list, &[]).unwrap();
    assert_eq!(care.help_list().unwrap(), list[..3]);
    let view = care.now().unwrap();
    assert_eq!(view.what_helps, [words("Ring Kim"), activity("water")]);
    assert_eq!((view.text_keys[1], view.repeats), ("drop-what-helps", false));
    assert!(!format!("{view:?}").contains("Kim"));
    let stale = care.set_help_list(&[activity("water")], &[words("Ring Kim")]);
    assert_eq!(stale, Err(NightstandError::ChangedMeanwhile), "the screen shows another list");
    care.set_help_list(&[activity("water"), words("A walk")], &list[..3]).unwrap();
    care.set_help_list(&[activity("water"), words("A walk")], &list[..3]).unwrap();
    assert_eq!(care.help_list().unwrap(), [activity("water"), words("A walk")]);

    clock.pass(73 * HOUR);
    assert_eq!(care.now().unwrap().level, DropLevel::Clear);
}

#[test]
fn the_partner_learns_what_is_shared_and_nothing_else() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let id = low(&couple.alex, EVENING, Some(DropLevel::Some));
    couple.alex.drop_care().set_help_list(&[words("Ring Kim")], &[]).unwrap();
    couple.meet();
    assert_eq!(couple.sam.drop_care().now().unwrap().level, DropLevel::Clear);
    assert!(couple.sam.drop_care().help_list().unwrap().is_empty());
    couple.alex.check_ins().share(&id, &[CheckInField::Drop].into()).unwrap();
    couple.meet();
    let shared = couple.sam.check_ins().list(Whose::Partner, EVENING, EVENING + DAY).unwrap();
    assert_eq!(shared[0].content.drop, Some(DropLevel::Some));
    assert_eq!(couple.sam.drop_care().now().unwrap().level, DropLevel::Clear, "it is Alex's, not Sam's");
}

#[test]
fn when_it_comes_back_help_is_named() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    for number in 0..3 {
        low(&couple.alex, EVENING + number * 10 * DAY, Some(DropLevel::Some));
        let view = couple.alex.drop_care().now().unwrap();
        assert_eq!(view.repeats, number == 2);
        assert_eq!(view.text_keys.contains(&"help-where"), number == 2, "not each time");
        clock.pass(10 * DAY);
    }
    assert!(!couple.alex.drop_care().now().unwrap().repeats, "nobody is told on a good day");
    low(&couple.alex, EVENING + 30 * DAY, Some(DropLevel::Some));
    let view = couple.alex.drop_care().now().unwrap();
    assert_eq!(view.text_keys[3..], ["drop-repeats", "help-where", "not-medical-advice"]);
    let keys = nightstand::texts::keys();
    assert!(view.text_keys.iter().all(|key| keys.iter().any(|one| one.key == *key)));
}

#[test]
fn it_can_be_switched_off() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    low(&couple.alex, EVENING, Some(DropLevel::Strong));
    let care = couple.alex.drop_care();
    assert_eq!(care.looking().unwrap(), Looking::On);
    care.set_looking(Looking::Off).unwrap();
    let view = care.now().unwrap();
    assert_eq!((view.looking, view.level, view.since_ms), (Looking::Off, DropLevel::Clear, None));
    care.set_help_list(&[words("Ring Kim")], &[]).unwrap();
    assert_eq!(care.looking().unwrap(), Looking::Off);
    care.set_looking(Looking::On).unwrap();
    assert_eq!((care.now().unwrap().level, care.help_list().unwrap().len()), (DropLevel::Strong, 1));
}

#[test]
fn it_is_private_and_has_limits() {
    let couple = Couple::new();
    let care = couple.alex.drop_care();
    let refused = |list: &[Help]| match care.set_help_list(list, &[]) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(&[activity("dancing")]), InvalidInput::Item);
    assert_eq!(refused(&[words("")]), InvalidInput::Empty);
    assert_eq!(refused(&[words(&"x".repeat(201))]), InvalidInput::TitleTooLong);
    assert_eq!(refused(&vec![words("x"); MOST_HELPS + 1]), InvalidInput::Full);
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    care.set_help_list(&[words("x")], &[]).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(care.now(), Err(NightstandError::PrivateLocked));
    assert_eq!(care.help_list(), Err(NightstandError::PrivateLocked));
    assert_eq!(care.set_looking(Looking::Off), Err(NightstandError::PrivateLocked));
    couple.alex.unlock_private([9; 32], go_on).unwrap();
    assert_eq!(care.help_list().unwrap(), [words("x")]);
}
