//! What own devices do at once, what is here only as shared, and what a changed app writes.

use std::collections::BTreeSet;

use nightstand_engine::ids::Space;

use super::{DAY, NOON, mine, write};
use crate::care::check_ins::{CheckIn, CheckInField, CheckInMoment, DropLevel};
use crate::care::due::{DueKind, DueLead};
use crate::care::sessions::{SessionDraft, StepDraft};
use crate::care::settings::{QuietHours, Settings};
use crate::care::{Side, Whose};
use crate::journal::Prompt;
use crate::records::{self, Audience};
use crate::store::tests::{Phone, hand_over, meet_own, paired, tell, tell_partner};
use crate::texts::Texts;
use crate::together::rituals::RitualDraft;
use crate::vault::Vault;

fn read_by_partner(sam: &Vault) -> Vec<CheckIn> {
    sam.check_ins().list(Whose::Partner, i64::MIN, i64::MAX).unwrap().into_iter().map(|one| one.content).collect()
}

fn said() -> CheckIn {
    CheckIn { calm: Some(3), note: "Only this.".into(), ..CheckIn::new(CheckInMoment::NextMorning, None, NOON - DAY) }
}

/// The partner changes a step of a copy; another own device copies the original, knowing nothing of that.
#[test]
fn what_the_partner_changes_in_a_copy_is_not_lost_to_another_copy() {
    let mut lost = 0;
    for number in 1..9 {
        let ([alex_phone, _sam_phone], alex, sam) = paired();
        let step = |minutes| StepDraft { activity: "water".into(), side: Side::Together, minutes, way: None };
        let draft = RitualDraft { title: "Slowly".into(), situation: [].into(), steps: vec![step(10)] };
        let own = alex.rituals().add(Audience::Me, &draft).unwrap().id;
        let other = alex_phone.another_device(number);
        let copy = alex.rituals().copy_to_both(&own).unwrap();
        hand_over(&alex, &sam);
        sam.rituals().change_step(&copy.id, copy.steps[0].id, &step(2), &copy).unwrap();
        hand_over(&sam, &alex);
        other.rituals().copy_to_both(&own).unwrap();
        meet_own(&alex, &other);
        tell_partner(&alex, &sam);
        let all = [&alex, &other, &sam].map(|one| one.rituals().read(&copy.id).unwrap().steps[0].minutes);
        assert!(all.iter().all(|one| *one == all[0]));
        lost += usize::from(all[0] != 2);
    }
    assert_eq!(lost, 0);
}

/// One device copies a ritual for both and changes a step; another one copies it, knowing nothing of that.
#[test]
fn what_is_changed_in_a_copy_is_not_lost_to_another_copy() {
    let mut lost = 0;
    for number in 1..9 {
        let ([alex_phone, _sam_phone], alex, _sam) = paired();
        let step = |minutes| StepDraft { activity: "water".into(), side: Side::Together, minutes, way: None };
        let draft = RitualDraft { title: "Slowly".into(), situation: [].into(), steps: vec![step(10)] };
        let own = alex.rituals().add(Audience::Me, &draft).unwrap().id;
        let other = alex_phone.another_device(number);
        let copy = alex.rituals().copy_to_both(&own).unwrap();
        alex.rituals().change_step(&copy.id, copy.steps[0].id, &step(2), &copy).unwrap();
        other.rituals().copy_to_both(&own).unwrap();
        meet_own(&alex, &other);
        let both = [&alex, &other].map(|one| one.rituals().read(&copy.id).unwrap().steps[0].minutes);
        assert_eq!(both[0], both[1]);
        lost += usize::from(both[0] != 2);
    }
    assert_eq!(lost, 0);
}

/// A phone was lost before it told the rest; two others take up what it had shared, knowing nothing of each other.
#[test]
fn what_two_own_devices_took_up_says_it_once() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let (lost, other) = (alex_phone.another_device(1), alex_phone.another_device(2));
    let id = lost.check_ins().add(&said()).unwrap().id;
    let fields: BTreeSet<_> = [CheckInField::Calm, CheckInField::Note].into();
    lost.check_ins().share(&id, &fields).unwrap();
    for one in [&alex, &other] {
        tell(&lost, one, |space| space == Space::Mine);
        let taken_up = one.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap().pop().unwrap();
        one.check_ins().share(&taken_up.id, &fields).unwrap();
    }
    meet_own(&alex, &other);
    let own = alex.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap();
    let notes: Vec<_> = own.iter().map(|one| (one.content.note.clone(), one.unshared_changes)).collect();
    let again = alex.check_ins().share(&own[0].id, &fields).unwrap();
    tell_partner(&alex, &sam);
    let read: Vec<_> = read_by_partner(&sam).into_iter().map(|one| one.note).collect();
    assert_eq!(
        (notes, again.content.note, read),
        (vec![("Only this.".into(), false)], "Only this.".into(), vec!["Only this.".into()])
    );
}

fn of_lost_phone(content: &CheckIn, share: &[CheckInField]) -> ([Phone; 2], Vault, Vault) {
    let (phones, alex, _sam) = paired();
    let lost = phones[0].another_device(1);
    let id = lost.check_ins().add(content).unwrap().id;
    let fields = share.iter().copied().collect();
    if content.moment == CheckInMoment::SomethingNotRight {
        let previewed = lost.check_ins().preview(&id, &fields).unwrap();
        lost.check_ins().share_previewed(&id, &fields, &previewed).unwrap();
    } else {
        lost.check_ins().share(&id, &fields).unwrap();
    }
    tell(&lost, &alex, |space| space == Space::Mine);
    (phones, alex, lost)
}

#[test]
fn what_was_not_right_counts_where_only_what_is_shared_is_here() {
    let note = CheckIn { note: "No.".into(), ..CheckIn::new(CheckInMoment::SomethingNotRight, None, NOON - DAY) };
    let (_phones, alex, _lost) = of_lost_phone(&note, &[CheckInField::Note]);
    let since = alex.settings().read().unwrap();
    alex.settings().set(&Settings { offer_reconnect: true, ..since.clone() }, &since).unwrap();
    let session = alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id;
    alex.sessions().start(&session).unwrap();
    alex.sessions().end(&session).unwrap();
    assert_eq!(alex.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap().len(), 1);
    let due = alex.due().between(NOON, NOON + 30 * DAY, "Etc/UTC", &()).unwrap().items;
    assert!(!due.iter().any(|item| item.leads_to.contains(&DueLead::Reconnect)), "a phone asks near again");
}

#[test]
fn a_low_counts_where_only_what_is_shared_is_here() {
    let low =
        CheckIn { drop: Some(DropLevel::Strong), ..CheckIn::new(CheckInMoment::NextMorning, None, NOON - 3_600_000) };
    let (_phones, alex, _lost) = of_lost_phone(&low, &[CheckInField::Drop]);
    assert_eq!(alex.drop_care().now().unwrap().level, DropLevel::Strong);
}

#[test]
fn what_another_device_checked_in_is_not_asked_again() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let session = alex.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
    alex.sessions().start(&session).unwrap();
    alex.sessions().end(&session).unwrap();
    let other = alex_phone.another_device(1);
    let content = CheckIn { calm: Some(3), ..CheckIn::new(CheckInMoment::LaterToday, Some(session), NOON) };
    let id = other.check_ins().add(&content).unwrap().id;
    other.check_ins().share(&id, &[CheckInField::Calm].into()).unwrap();
    tell(&other, &alex, |space| space == Space::Mine);
    assert_eq!(alex.check_ins().of_session(Whose::Me, &session).unwrap().len(), 1);
    let due = alex.due().between(NOON, NOON + 2 * DAY, "Etc/UTC", &()).unwrap().items;
    assert!(!due.iter().any(|item| item.kind == DueKind::CheckInLaterToday));
}

/// Each of two devices says one thing of the settings, of which nothing was said before.
#[test]
fn what_two_devices_set_first_both_stands() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let other = alex_phone.another_device(1);
    let before = Settings::default();
    let asked = Settings { ask_closing: true, ask_later_today: Some(60), offer_reconnect: true, ..before.clone() };
    alex.settings().set(&asked, &before).unwrap();
    let quiet = Some(QuietHours { from: 1_320, to: 420 });
    other.settings().set(&Settings { quiet_hours: quiet, ..before.clone() }, &before).unwrap();
    meet_own(&alex, &other);
    assert_eq!(alex.settings().read().unwrap(), Settings { quiet_hours: quiet, ..asked });
}

/// Two devices take one text back; one of them goes on writing before it hears of the other.
#[test]
fn what_two_devices_took_back_and_one_wrote_on_is_not_doubled() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let id = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
    let hash = alex.reflections().read(&id).unwrap().hash;
    alex.reflections().seal(&id, "I listen.", &hash).unwrap();
    let other = alex_phone.another_device(1);
    let drafts = [&alex, &other].map(|one| one.reflections().withdraw(&id).unwrap().draft);
    alex.reflections().write_draft(&id, "I listen. And count.", &drafts[0]).unwrap();
    meet_own(&alex, &other);
    let both = [&alex, &other].map(|one| one.reflections().read(&id).unwrap().draft);
    assert_eq!(both, ["I listen. And count."; 2]);
}

/// A feeling that only a newer app on another device of one's own knows does not keep the note from being changed.
#[test]
fn a_check_in_with_a_word_of_a_newer_app_can_be_changed() {
    let (_phones, alex, _sam) = paired();
    let id = alex.check_ins().add(&said()).unwrap().id;
    let newer = alex.write(|tx| {
        let private = records::Places::of(&tx.rows(), tx.person())?.private;
        records::write(tx, &records::Name { what: "check-in", id, place: private }, |record| {
            record.marks.insert("feeling:newer".into());
            Ok(())
        })
    });
    newer.unwrap();
    let since = alex.check_ins().read(&id).unwrap().content;
    let changed = CheckIn { note: "More.".into(), ..since.clone() };
    assert!(alex.check_ins().change(&id, &changed, &since).is_ok());
}

/// A changed app names feelings that there are none of, and words of several lines.
#[test]
fn words_of_a_changed_app_are_lines() {
    let (_phones, alex, sam) = paired();
    write(&sam, mine, "check-in", |record| {
        record.set("at", Some(NOON));
        record.set("moment", Some("closing"));
        for mark in ["feeling:no such\nthing", "body:\u{202e}x", "own:a\nb\u{0}"] {
            record.marks.insert(mark.into());
        }
        for number in 0..200 {
            record.marks.insert(format!("own:{number}{}", "x".repeat(200)));
        }
    });
    hand_over(&sam, &alex);
    let read = &read_by_partner(&alex)[0];
    let texts = Texts::new();
    for feeling in &read.feelings {
        assert!(texts.say(&format!("feeling-{feeling}"), &[]).is_ok(), "{feeling:?}");
    }
    assert!(read.own_words.len() <= 20, "{}", read.own_words.len());
}

#[test]
fn a_title_that_shows_nothing_or_several_lines_is_none() {
    let phone = Phone::alex();
    let alex = phone.open();
    let mut taken = Vec::new();
    for title in [
        "\u{61c}",
        "\u{fe0f}",
        "\u{34f}",
        "\u{e0020}",
        "\u{180b}",
        "\u{17b4}",
        "\u{1d173}",
        "\u{e0100}",
        "\u{206a}",
        "a\u{2028}b",
        "a\u{2029}b",
        "a\u{85}b",
    ] {
        let draft = RitualDraft { title: title.into(), situation: [].into(), steps: vec![] };
        if alex.rituals().add(Audience::Me, &draft).is_ok() {
            taken.push(format!("{title:?}"));
        }
    }
    assert!(taken.is_empty(), "{taken:?}");
}
