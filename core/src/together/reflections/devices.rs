//! Several devices of one person in a round, each of which knows what it was told.

use nightstand_engine::ids::Space;

use super::{InvalidInput, MOST_TEXT_UNITS, Prompt, ReflectionState, ReflectionView, go_on};
use crate::records::RecordId;
use crate::store::tests::{Phone, meet_own, paired, tell, tell_partner};
use crate::vault::Vault;

const ALEX: &str = "I listen to you breathe, and count.";
const SAM: &str = "I look for your hand under the blanket.";

fn begun(vault: &Vault) -> RecordId {
    vault.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id
}

fn read(vault: &Vault, id: &RecordId) -> ReflectionView {
    vault.reflections().read(id).unwrap()
}

fn seal(vault: &Vault, id: &RecordId, text: &str) {
    vault.reflections().seal(id, text, &read(vault, id).hash).unwrap();
}

fn heard(from: &Vault, to: &Vault) {
    tell_partner(from, to);
    go_on(to).unwrap();
}

/// A round in which two devices of Alex's sealed a text each, and know it by now: the other one.
fn sealed_each(phone: &Phone, alex: &Vault) -> (Vault, RecordId) {
    let id = begun(alex);
    let other = phone.another_device(1);
    seal(alex, &id, ALEX);
    seal(&other, &id, "Once more.");
    meet_own(alex, &other);
    (other, id)
}

/// A text as long as can be, opened by three devices that knew nothing of each other.
#[test]
fn what_three_devices_opened_reads_as_once() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let id = begun(&alex);
    let long = "愛".repeat(MOST_TEXT_UNITS);
    seal(&alex, &id, &long);
    tell_partner(&alex, &sam);
    seal(&sam, &id, SAM);
    tell_partner(&sam, &alex);
    let others = [1, 2].map(|number| alex_phone.another_device(number));
    // Each of the three has Sam's lock and Alex's, and no other's text.
    for one in [&alex, &others[0], &others[1]] {
        tell_partner(&sam, one);
        go_on(one).unwrap();
    }
    for other in &others {
        meet_own(&alex, other);
    }
    heard(&alex, &sam);
    heard(&sam, &alex);
    let seen = read(&sam, &id);
    assert_eq!((seen.state, seen.theirs.as_ref()), (ReflectionState::Opened, Some(&long)));
}

/// What another device sealed is here, and its question is not yet.
#[test]
fn a_round_that_has_not_arrived_is_no_former_one() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let other = alex_phone.another_device(1);
    let id = begun(&other);
    seal(&other, &id, ALEX);
    tell(&other, &alex, |space| space != Space::Joint);
    assert!(alex.reflections().former().unwrap().is_empty(), "it is with Sam");
    assert!(alex.reflections().delete_former(&id).is_err());
    let listed = alex.reflections().list().unwrap();
    let shown = listed.iter().map(|round| (round.id, round.state, round.mine.as_deref()));
    assert_eq!(shown.collect::<Vec<_>>(), [(id, ReflectionState::Sealed, Some(ALEX))]);
    tell(&other, &alex, |_| true);
    tell_partner(&alex, &sam);
    seal(&sam, &id, SAM);
    for _ in 0..3 {
        heard(&sam, &alex);
        heard(&alex, &sam);
    }
    assert_eq!(read(&sam, &id).theirs.as_deref(), Some(ALEX));
}

/// Two that take the same text back at once, with something in the draft or nothing.
#[test]
fn what_two_devices_withdrew_is_the_draft_once() {
    for since in ["", "Another beginning"] {
        let ([alex_phone, _sam_phone], alex, _sam) = paired();
        let id = begun(&alex);
        alex.reflections().write_draft(&id, "I listen", "").unwrap();
        seal(&alex, &id, ALEX);
        alex.reflections().write_draft(&id, since, "").unwrap();
        let other = alex_phone.another_device(1);
        let drafts = [&alex, &other].map(|one| one.reflections().withdraw(&id).unwrap().draft);
        meet_own(&alex, &other);
        let expected = if since.is_empty() { ALEX.to_owned() } else { format!("{ALEX}\n\n{since}") };
        assert_eq!([&drafts[0], &drafts[1], &read(&alex, &id).draft, &read(&other, &id).draft], [&expected; 4]);
        // What is written then is what stands.
        assert_eq!(alex.reflections().write_draft(&id, "Anew.", &expected).unwrap().draft, "Anew.");
        meet_own(&alex, &other);
        assert_eq!(read(&other, &id).draft, "Anew.");
        alex.reflections().write_draft(&id, "", "Anew.").unwrap();
        assert_eq!(read(&alex, &id).draft, "");
    }
}

/// The seal is here, its text is not yet: it was on no screen, and what is written then does not take its place.
#[test]
fn what_was_given_back_and_is_not_here_yet_stays() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let id = begun(&alex);
    let other = alex_phone.another_device(1);
    seal(&other, &id, ALEX);
    tell(&other, &alex, |space| space != Space::Private);
    assert_eq!(alex.reflections().withdraw(&id).unwrap().draft, "");
    assert_eq!(alex.reflections().write_draft(&id, "Anew.", "").unwrap().draft, "Anew.");
    meet_own(&alex, &other);
    for one in [&alex, &other] {
        assert_eq!(read(one, &id).draft, format!("{ALEX}\n\nAnew."));
    }
}

/// Two that seal a text each, and take all back.
#[test]
fn of_two_texts_that_are_withdrawn_both_stay() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let (other, id) = sealed_each(&alex_phone, &alex);
    assert_eq!(read(&alex, &id).state, ReflectionState::Choose);
    for one in [&alex, &other] {
        let draft = one.reflections().withdraw(&id).unwrap().draft;
        assert!(draft.contains(ALEX) && draft.contains("Once more."), "{draft}");
    }
    meet_own(&alex, &other);
    let draft = read(&alex, &id).draft;
    assert_eq!(draft.matches(ALEX).count() + draft.matches("Once more.").count(), 2, "{draft}");
}

/// What was not chosen is there to read; also where each device chose another, so that neither counts.
#[test]
fn what_was_not_chosen_can_be_read_and_taken_up() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let (other, id) = sealed_each(&alex_phone, &alex);
    let choices = read(&alex, &id).choices;
    assert!(read(&alex, &id).set_aside.is_empty());
    let which = |text: &str| choices.iter().find(|choice| choice.text == text).unwrap().seal;
    let texts = |view: &ReflectionView| {
        let mut texts: Vec<_> = view.set_aside.iter().map(|one| one.text.clone()).collect();
        texts.sort();
        texts
    };
    let chosen = alex.reflections().choose(&id, &which(ALEX)).unwrap();
    assert_eq!((chosen.mine.as_deref(), texts(&chosen)), (Some(ALEX), vec!["Once more.".to_owned()]));
    other.reflections().choose(&id, &which("Once more.")).unwrap();
    meet_own(&alex, &other);
    let neither = read(&alex, &id);
    assert_eq!((neither.state, neither.mine.as_ref(), neither.draft.as_str()), (ReflectionState::Open, None, ""));
    assert_eq!(texts(&neither), [ALEX, "Once more."]);
    assert!(alex.reflections().list().unwrap().contains(&neither));
    tell_partner(&alex, &sam);
    assert!(read(&sam, &id).set_aside.is_empty(), "it is Alex's alone");
    // One of them is taken up again, as a draft and as what is sealed.
    let drafted = alex.reflections().write_draft(&id, "Once more.", "").unwrap();
    assert_eq!((drafted.draft.as_str(), texts(&drafted)), ("Once more.", vec![ALEX.to_owned()]));
    seal(&alex, &id, "Once more.");
    assert_eq!(texts(&read(&alex, &id)), [ALEX]);
    alex.reflections().delete(&id).unwrap();
    assert!(alex.reflections().list().unwrap().is_empty());
}

/// One of Alex's devices withdraws, Sam sees it and withdraws as well, and another of Alex's has opened meanwhile.
#[test]
fn where_both_took_back_and_one_had_gone_out_it_is_said_and_asked_anew() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let id = begun(&alex);
    seal(&alex, &id, ALEX);
    tell_partner(&alex, &sam);
    let other = alex_phone.another_device(1);
    alex.reflections().withdraw(&id).unwrap();
    seal(&sam, &id, SAM);
    heard(&sam, &other);
    assert_eq!(read(&other, &id).state, ReflectionState::Waiting);
    tell_partner(&alex, &sam);
    assert_eq!(sam.reflections().withdraw(&id).unwrap().draft, SAM);
    heard(&other, &sam);
    meet_own(&alex, &other);
    heard(&sam, &alex);

    let (of_alex, of_sam) = (read(&alex, &id), read(&sam, &id));
    assert_eq!([of_alex.state, of_sam.state], [ReflectionState::TakenBack; 2]);
    assert_eq!((of_alex.mine.as_deref(), of_alex.theirs), (Some(ALEX), None));
    assert_eq!((of_sam.draft.as_str(), of_sam.theirs), (SAM, None), "Sam reads what Alex took back");
    for vault in [&alex, &sam] {
        let shown = read(vault, &id).hash;
        assert!(vault.reflections().seal(&id, "Something else.", &shown).is_err(), "it would wait for ever");
    }
    let again = begun(&alex);
    assert!(again != id && begun(&sam) == again);
    seal(&alex, &again, ALEX);
    tell_partner(&alex, &sam);
    seal(&sam, &again, SAM);
    for _ in 0..3 {
        heard(&sam, &alex);
        heard(&alex, &sam);
    }
    assert_eq!(read(&sam, &again).theirs.as_deref(), Some(ALEX));
    assert_eq!((read(&alex, &again).theirs.as_deref(), read(&sam, &id).theirs), (Some(SAM), None));
}

/// Two texts stand and none is chosen yet when the question is taken away.
#[test]
fn of_a_round_that_ended_both_texts_are_shown() {
    let ([alex_phone, _sam_phone], alex, sam) = paired();
    let (_, id) = sealed_each(&alex_phone, &alex);
    tell_partner(&alex, &sam);
    sam.reflections().delete(&id).unwrap();
    tell_partner(&sam, &alex);
    let seen = read(&alex, &id);
    assert_eq!(seen.state, ReflectionState::Ended);
    let texts: Vec<_> =
        seen.mine.iter().chain(seen.set_aside.iter().map(|one| &one.text)).map(String::as_str).collect();
    assert!(texts.contains(&ALEX) && texts.contains(&"Once more.") && texts.len() == 2, "{texts:?}");
}

/// What one device took back came to another while its text field was open.
#[test]
fn what_was_given_back_behind_an_open_field_stays() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let id = begun(&alex);
    seal(&alex, &id, ALEX);
    let other = alex_phone.another_device(1);
    other.reflections().write_draft(&id, "And the", "").unwrap();
    alex.reflections().withdraw(&id).unwrap();
    meet_own(&alex, &other);

    let kept = other.reflections().write_draft(&id, "And the rain", "And the").unwrap();
    assert_eq!(kept.draft, format!("{ALEX}\n\nAnd the rain"));
    // It is on the screen now, and goes if it is deleted there.
    assert_eq!(other.reflections().write_draft(&id, "The rain", &kept.draft).unwrap().draft, "The rain");
    let long = "a".repeat(MOST_TEXT_UNITS);
    let refused = other.reflections().write_draft(&id, &long, "");
    assert_eq!(refused, Err(InvalidInput::TextTooLong.into()));
    meet_own(&alex, &other);
    assert_eq!([read(&alex, &id).draft, read(&other, &id).draft], ["The rain"; 2]);
}

/// Two devices choose another one each: both texts stay to be read.
#[test]
fn what_two_devices_chose_at_once_stays_to_be_read() {
    let ([alex_phone, _sam_phone], alex, _sam) = paired();
    let (other, id) = sealed_each(&alex_phone, &alex);
    let choices = read(&alex, &id).choices;
    for (one, choice) in [&alex, &other].into_iter().zip(&choices) {
        one.reflections().choose(&id, &choice.seal).unwrap();
    }
    meet_own(&alex, &other);
    for vault in [&alex, &other] {
        let view = read(vault, &id);
        let mut texts: Vec<_> = view.set_aside.iter().map(|one| one.text.as_str()).collect();
        texts.sort_unstable();
        assert_eq!((view.mine.as_deref(), view.draft.as_str(), texts), (None, "", vec![ALEX, "Once more."]));
    }
}
