//! Check-ins: one's own, shared field by field.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use common::{Couple, Hands, vault_at};
use nightstand::care::Whose;
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment, CheckInView, DropLevel};
use nightstand::care::sessions::SessionDraft;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::times::CLOCKS_MS;
use nightstand::vault::Vault;

const MORNING: i64 = 1_790_000_000_000;

fn morning() -> CheckIn {
    CheckIn {
        feelings: ["tender".into(), "tearful".into()].into(),
        own_words: ["far away, and glad".into()].into(),
        body: ["warm".into()].into(),
        body_says: "Rest.".into(),
        closeness: Some(5),
        calm: Some(3),
        energy: Some(0),
        comfort: Some(10),
        drop: Some(DropLevel::Some),
        drop_since_ms: Some(MORNING - 3_600_000),
        wish: "A long breakfast".into(),
        note: "Only for me.".into(),
        ..CheckIn::new(CheckInMoment::NextMorning, None, MORNING)
    }
}

fn theirs(vault: &Vault) -> Vec<CheckInView> {
    vault.check_ins().list(Whose::Partner, i64::MIN, i64::MAX).unwrap()
}

#[test]
fn it_is_shared_field_by_field() {
    let couple = Couple::at(&Hands::at(MORNING));
    let alex = couple.alex.check_ins();
    let session = couple.alex.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
    let said = CheckIn { session: Some(session), ..morning() };
    let saved = alex.add(&said).unwrap();
    couple.meet();
    assert!(theirs(&couple.sam).is_empty());

    let fields: BTreeSet<_> = [CheckInField::Closeness, CheckInField::Feelings].into();
    let preview = alex.preview(&saved.id, &fields).unwrap();
    let shared = alex.share(&saved.id, &fields).unwrap();
    assert_eq!((&shared.shared, shared.unshared_changes), (&fields, false));
    couple.meet();
    let seen = theirs(&couple.sam);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].content, preview);
    let expected = CheckIn {
        feelings: said.feelings.clone(),
        own_words: said.own_words.clone(),
        closeness: said.closeness,
        ..CheckIn::new(CheckInMoment::NextMorning, Some(session), MORNING)
    };
    assert_eq!(preview, expected);
    // What is filled in and kept looks like what is not filled in.
    assert_ne!(seen[0].id, saved.id);
    assert_eq!(couple.sam.check_ins().of_session(Whose::Partner, &session).unwrap(), seen);
    assert_eq!(alex.of_session(Whose::Me, &session).unwrap(), [shared]);

    // A later word waits until it is shared.
    let changed = alex.change(&saved.id, &CheckIn { closeness: Some(7), ..said.clone() }, &said).unwrap();
    assert!(changed.unshared_changes);
    couple.meet();
    assert_eq!(theirs(&couple.sam)[0].content.closeness, Some(5));
    alex.share(&saved.id, &fields).unwrap();
    couple.meet();
    assert_eq!((theirs(&couple.sam)[0].content.closeness, theirs(&couple.sam)[0].id), (Some(7), seen[0].id));

    // Where a field is taken back, a fresh document has the rest.
    alex.share(&saved.id, &[CheckInField::Closeness].into()).unwrap();
    couple.meet();
    let left = theirs(&couple.sam);
    assert!(left.len() == 1 && left[0].content.feelings.is_empty() && left[0].id != seen[0].id);
    alex.share(&saved.id, &BTreeSet::new()).unwrap();
    couple.meet();
    assert!(theirs(&couple.sam).is_empty());
    assert!(alex.read(&saved.id).unwrap().shared.is_empty());

    alex.share(&saved.id, &fields).unwrap();
    couple.meet();
    alex.delete(&saved.id).unwrap();
    couple.meet();
    assert!(theirs(&couple.sam).is_empty());
    assert_eq!(alex.read(&saved.id), Err(NightstandError::Deleted));
    assert_eq!(couple.sam.check_ins().read(&saved.id), Err(NightstandError::NotFound));
}

#[test]
fn a_session_of_ones_own_is_not_named_to_the_partner() {
    let couple = Couple::at(&Hands::at(MORNING));
    let session = couple.alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id;
    let saved = couple.alex.check_ins().add(&CheckIn { session: Some(session), ..morning() }).unwrap();
    couple.alex.check_ins().share(&saved.id, &[CheckInField::Calm].into()).unwrap();
    couple.meet();
    assert_eq!(theirs(&couple.sam)[0].content.session, None);
}

#[test]
fn alone_everything_works_but_sharing() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(MORNING));
    let saved = alex.check_ins().add(&morning()).unwrap();
    assert_eq!(alex.check_ins().read(&saved.id).unwrap().content, morning());
    let shared = alex.check_ins().share(&saved.id, &[CheckInField::Calm].into());
    assert_eq!(shared.unwrap_err(), NightstandError::NotPaired);
    alex.check_ins().delete(&saved.id).unwrap();
    assert!(alex.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap().is_empty());
}

#[test]
fn words_and_numbers_have_limits() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(MORNING));
    let refused = |check_in: CheckIn| match alex.check_ins().add(&check_in) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(CheckIn { feelings: ["grumpy".into()].into(), ..morning() }), InvalidInput::Words);
    assert_eq!(refused(CheckIn { body: ["loud".into()].into(), ..morning() }), InvalidInput::Words);
    let many = (0..21).map(|number| number.to_string()).collect();
    assert_eq!(refused(CheckIn { own_words: many, ..morning() }), InvalidInput::Full);
    assert_eq!(refused(CheckIn { closeness: Some(0), ..morning() }), InvalidInput::Range);
    assert_eq!(refused(CheckIn { calm: Some(11), ..morning() }), InvalidInput::Range);
    assert_eq!(refused(CheckIn { at_ms: i64::MAX, ..morning() }), InvalidInput::Date);
    assert_eq!(refused(CheckIn { at_ms: MORNING + CLOCKS_MS + 1, ..morning() }), InvalidInput::Date);
    assert_eq!(refused(CheckIn { drop_since_ms: Some(MORNING + CLOCKS_MS + 1), ..morning() }), InvalidInput::Date);
    for drop in [None, Some(DropLevel::Clear)] {
        assert_eq!(refused(CheckIn { drop, ..morning() }), InvalidInput::Date);
    }
    assert_eq!(refused(CheckIn { own_words: ["\u{200b}".into()].into(), ..morning() }), InvalidInput::Empty);
    assert_eq!(refused(CheckIn { wish: "x".repeat(401), ..morning() }), InvalidInput::TextTooLong);
    assert_eq!(refused(CheckIn { note: "x".repeat(4_001), ..morning() }), InvalidInput::TextTooLong);
    assert!(morning().is_low() && !morning().names_help());
    assert!(CheckIn { drop: Some(DropLevel::Strong), ..morning() }.names_help());
    assert!(CheckIn::new(CheckInMoment::SomethingNotRight, None, MORNING).names_help());
    assert!(!CheckIn { calm: Some(8), ..CheckIn::new(CheckInMoment::Closing, None, MORNING) }.is_low());
}

#[test]
fn it_is_private_under_a_second_key() {
    let couple = Couple::at(&Hands::at(MORNING));
    let (alex, sam) = (couple.alex.check_ins(), couple.sam.check_ins());
    let saved = alex.add(&morning()).unwrap();
    let of_sam = sam.add(&morning()).unwrap();
    sam.share(&of_sam.id, &[CheckInField::Closeness].into()).unwrap();
    couple.meet();
    let go_on = |_| ControlFlow::Continue(());
    couple.alex.set_private_key(Some([9; 32]), go_on).unwrap();
    assert_eq!(alex.list(Whose::Me, i64::MIN, i64::MAX).unwrap(), std::slice::from_ref(&saved));
    couple.alex.lock_private().unwrap();
    assert_eq!(alex.list(Whose::Me, i64::MIN, i64::MAX), Err(NightstandError::PrivateLocked));
    assert_eq!(alex.read(&saved.id), Err(NightstandError::PrivateLocked));
    assert_eq!(alex.add(&morning()), Err(NightstandError::PrivateLocked));
    assert_eq!(theirs(&couple.alex).len(), 1);
    couple.alex.unlock_private([9; 32], go_on).unwrap();
    assert_eq!(alex.list(Whose::Me, i64::MIN, i64::MAX).unwrap(), [saved]);
}

#[test]
fn two_screens_overwrite_nothing_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault_at(&folder, "alex.db", 1, Hands::at(MORNING));
    let saved = alex.check_ins().add(&morning()).unwrap();
    let (noted, calmer) = (CheckIn { note: "Later.".into(), ..morning() }, CheckIn { calm: Some(8), ..morning() });
    alex.check_ins().change(&saved.id, &noted, &saved.content).unwrap();
    assert_eq!(alex.check_ins().change(&saved.id, &calmer, &saved.content), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(alex.check_ins().read(&saved.id).unwrap().content, noted);
    // A second tap on the same is no mistake.
    alex.check_ins().change(&saved.id, &noted, &saved.content).unwrap();
    assert_eq!(alex.check_ins().change(&saved.id, &calmer, &noted).unwrap().content, calmer);
}

/// A phone's clock ran ahead, and was set right.
#[test]
fn times_that_stand_may_stay() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Hands::at(MORNING + 3_600_000);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let ahead = CheckIn { at_ms: MORNING + 3_600_000, drop_since_ms: Some(MORNING + 3_600_000), ..morning() };
    let id = alex.check_ins().add(&ahead).unwrap().id;
    clock.pass(-3_600_000);
    let noted = CheckIn { note: "Later.".into(), ..ahead.clone() };
    assert_eq!(alex.check_ins().change(&id, &noted, &ahead).unwrap().content, noted);
    let date = Err(NightstandError::InvalidInput { what: InvalidInput::Date });
    let lifted = CheckIn { drop: Some(DropLevel::Clear), ..noted.clone() };
    assert_eq!(alex.check_ins().change(&id, &lifted, &noted), date, "a low that is none is since never");
    let later = CheckIn { at_ms: ahead.at_ms + 1, ..noted.clone() };
    assert_eq!(alex.check_ins().change(&id, &later, &noted), date);
    assert_eq!(alex.check_ins().change(&id, &CheckIn { drop: None, ..noted.clone() }, &noted), date);
    let soon = CheckIn { at_ms: MORNING + CLOCKS_MS, ..morning() };
    assert_eq!(alex.check_ins().add(&soon).unwrap().content, soon, "clocks may be off a little");
}
