//! "Something was not right for me": words, a boundary, help; nothing is pressed, and nothing leaves.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, vault};
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment};
use nightstand::care::not_right;
use nightstand::care::plan::Occasion;
use nightstand::care::{Side, Stance, Whose};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::vault::Vault;

const EVENING: i64 = 1_790_000_000_000;

fn written(vault: &Vault) -> nightstand::records::RecordId {
    let said = CheckIn {
        note: "I want some time before we talk about it.".into(),
        ..CheckIn::new(CheckInMoment::SomethingNotRight, None, EVENING)
    };
    assert!(!said.is_low() && said.names_help());
    vault.check_ins().add(&said).unwrap().id
}

#[test]
fn every_text_of_the_answer_is_there() {
    let texts = not_right::texts();
    let keys = nightstand::texts::keys();
    let said = texts.begin.iter().chain(&texts.words).chain([&texts.boundary]).chain(&texts.help).chain([&texts.close]);
    for key in said {
        assert!(keys.iter().any(|one| one.key == *key), "{key}");
    }
    let listed = keys.iter().filter(|one| one.key.starts_with("not-right-")).count();
    assert_eq!(listed, texts.begin.len() + texts.words.len() + 3, "none is forgotten");
}

#[test]
fn a_boundary_is_set_with_a_tap_and_stays_private() {
    let couple = Couple::at(&Hands::at(EVENING));
    written(&couple.alex);
    let offers = couple.alex.not_right().boundaries("cuddling", Stance::NotNow { until_ms: None }).unwrap();
    assert_eq!(offers.len(), Side::ALL.len());
    assert!(offers.iter().all(|offer| !offer.stands && offer.present.is_none()));
    assert!(couple.alex.preferences().list(Whose::Me).unwrap().items.is_empty(), "an offer writes nothing");
    for offer in &offers {
        couple.alex.preferences().set(&offer.item, &offer.draft, &offer.since).unwrap();
    }
    couple.meet();
    assert!(couple.sam.preferences().list(Whose::Partner).unwrap().items.is_empty());
    for rotation in 0..6 {
        let occasion = Occasion { minutes: 30, rotation, ..Occasion::default() };
        let plans = couple.alex.preferences().plan(&occasion).unwrap();
        let mut steps = plans.others.iter().chain([&plans.plan]).flat_map(|plan| &plan.steps);
        assert!(steps.all(|step| step.step.activity != "cuddling"));
    }

    // A tap never loosens what stands.
    let offers = couple.alex.not_right().boundaries("cuddling", Stance::Never).unwrap();
    assert!(offers.iter().all(|offer| !offer.stands && offer.draft.stance == Some(Stance::Never)));
    couple.alex.preferences().set(&offers[0].item, &offers[0].draft, &offers[0].since).unwrap();
    let again = couple.alex.not_right().boundaries("cuddling", Stance::NotNow { until_ms: None }).unwrap();
    assert_eq!((again[0].stands, again[0].draft.stance), (true, Some(Stance::Never)));
}

#[test]
fn it_stays_here_unless_its_person_shares_it_on_purpose() {
    let couple = Couple::at(&Hands::at(EVENING));
    let id = written(&couple.alex);
    couple.meet();
    let theirs = |vault: &Vault| vault.check_ins().list(Whose::Partner, EVENING, EVENING + 1).unwrap();
    assert!(theirs(&couple.sam).is_empty());
    let (check_ins, note) = (couple.alex.check_ins(), [CheckInField::Note].into());
    // With the call for any other it does not go along.
    let refused = check_ins.share(&id, &note);
    assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::NotRight }));
    // Nor if it says something else than what was looked at.
    let (previewed, saved) = (check_ins.preview(&id, &note).unwrap(), check_ins.read(&id).unwrap().content);
    let more = CheckIn { note: "And I do not want to talk about it.".into(), ..saved.clone() };
    check_ins.change(&id, &more, &saved).unwrap();
    assert_eq!(check_ins.share_previewed(&id, &note, &previewed), Err(NightstandError::ChangedMeanwhile));
    let wider = [CheckInField::Note, CheckInField::Feelings].into();
    check_ins.change(&id, &CheckIn { feelings: ["sad".into()].into(), ..more.clone() }, &more).unwrap();
    let of_the_note = check_ins.preview(&id, &note).unwrap();
    assert_eq!(check_ins.share_previewed(&id, &wider, &of_the_note), Err(NightstandError::ChangedMeanwhile));
    couple.meet();
    assert!(theirs(&couple.sam).is_empty());

    check_ins.share_previewed(&id, &note, &of_the_note).unwrap();
    couple.meet();
    assert_eq!(theirs(&couple.sam)[0].content.moment, CheckInMoment::SomethingNotRight);
    couple.alex.check_ins().share(&id, &Default::default()).unwrap();
    couple.meet();
    assert!(theirs(&couple.sam).is_empty());
}

/// What was shared as something else stays as it was, and takes a look of its own from then on.
#[test]
fn what_turns_out_not_to_have_been_right_goes_no_further() {
    let couple = Couple::at(&Hands::at(EVENING));
    let check_ins = couple.alex.check_ins();
    let said = CheckIn { calm: Some(4), ..CheckIn::new(CheckInMoment::NextMorning, None, EVENING) };
    let (id, calm) = (check_ins.add(&said).unwrap().id, [CheckInField::Calm].into());
    check_ins.share(&id, &calm).unwrap();
    // Of any other moment a look is a choice: nothing goes that was not seen.
    let previewed = check_ins.preview(&id, &calm).unwrap();
    let calmer = CheckIn { calm: Some(8), ..said.clone() };
    check_ins.change(&id, &calmer, &said).unwrap();
    assert_eq!(check_ins.share_previewed(&id, &calm, &previewed), Err(NightstandError::ChangedMeanwhile));
    let seen = check_ins.preview(&id, &calm).unwrap();
    assert!(!check_ins.share_previewed(&id, &calm, &seen).unwrap().unshared_changes);
    let said = calmer;
    check_ins.change(&id, &CheckIn { moment: CheckInMoment::SomethingNotRight, ..said.clone() }, &said).unwrap();
    let refused = check_ins.share(&id, &calm);
    assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::NotRight }));
    couple.meet();
    let theirs = couple.sam.check_ins().list(Whose::Partner, EVENING, EVENING + 1).unwrap();
    assert_eq!(theirs[0].content.moment, CheckInMoment::NextMorning);
}

#[test]
fn what_is_no_boundary_is_not_offered() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let item = NightstandError::InvalidInput { what: InvalidInput::Item };
    assert_eq!(alex.not_right().boundaries("cuddling", Stance::Love), Err(item));
    assert_eq!(alex.not_right().boundaries("dancing", Stance::Never), Err(item));
}
