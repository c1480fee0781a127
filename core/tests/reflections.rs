//! Sealed reflections: both open, or neither.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::Prompt;
use nightstand::records::RecordId;
use nightstand::together::reflections::{MOST_TEXT_UNITS, ROUND_DAYS, ReflectionState as State, ReflectionView};
use nightstand::vault::Vault;
use std::ops::ControlFlow;

const ALEX: &str = "I listen to you breathe, and count.";
const SAM: &str = "I look for your hand under the blanket.";

fn question() -> Prompt {
    Prompt::Question("first-minute".into())
}

fn read(vault: &Vault, id: &RecordId) -> ReflectionView {
    vault.reflections().read(id).unwrap()
}

fn state(vault: &Vault, id: &RecordId) -> State {
    read(vault, id).state
}

/// Seals to what is shown.
fn seal(vault: &Vault, id: &RecordId, text: &str) -> Result<ReflectionView, NightstandError> {
    vault.reflections().seal(id, text, &read(vault, id).hash)
}

/// A round that both know.
fn begun(couple: &Couple) -> RecordId {
    let id = couple.alex.reflections().begin(&question()).unwrap().id;
    couple.meet();
    id
}

fn meet_until_level(couple: &Couple) {
    for _ in 0..4 {
        couple.meet_whatever_it_says();
    }
}

#[test]
fn both_seal_and_both_open() {
    let couple = Couple::new();
    let id = begun(&couple);
    couple.alex.reflections().write_draft(&id, "I listen", "").unwrap();
    assert_eq!((read(&couple.alex, &id).draft.as_str(), state(&couple.sam, &id)), ("I listen", State::Open));
    let sealed = seal(&couple.alex, &id, ALEX).unwrap();
    assert_eq!((sealed.state, sealed.draft.as_str(), sealed.mine.as_deref()), (State::Sealed, "", Some(ALEX)));
    assert_eq!(sealed.prompt, question());
    couple.meet();
    // Nothing tells Sam that Alex has sealed.
    let seen = read(&couple.sam, &id);
    assert_eq!((seen.state, seen.mine, seen.theirs), (State::Open, None, None));

    seal(&couple.sam, &id, SAM).unwrap();
    assert_eq!(state(&couple.sam, &id), State::Waiting, "Sam's phone has Alex's seal");
    assert_eq!(read(&couple.sam, &id).theirs, None);
    assert_eq!(state(&couple.alex, &id), State::Sealed);
    meet_until_level(&couple);
    for (vault, mine, theirs) in [(&couple.alex, ALEX, SAM), (&couple.sam, SAM, ALEX)] {
        let open = read(vault, &id);
        assert_eq!(open.state, State::Opened);
        assert_eq!((open.mine.as_deref(), open.theirs.as_deref()), (Some(mine), Some(theirs)));
        assert_eq!(vault.reflections().list().unwrap(), [open]);
        assert_eq!(vault.reflections().withdraw(&id), Err(NightstandError::InvalidInput { what: InvalidInput::State }));
    }
    // Asked again, it is another round.
    assert_ne!(couple.sam.reflections().begin(&question()).unwrap().id, id);
}

/// Each sync brings each side at most one step further: seal, lock, text. At no earlier step is a text there.
#[test]
fn step_by_step_no_text_comes_before_both_have_locked() {
    let couple = Couple::new();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    seal(&couple.sam, &id, SAM).unwrap();
    let mut seen = Vec::new();
    for _ in 0..5 {
        couple.meet_whatever_it_says();
        let (alex, sam) = (read(&couple.alex, &id), read(&couple.sam, &id));
        assert!(alex.theirs.is_none() || sam.state != State::Sealed, "bound before it is read");
        assert!(sam.theirs.is_none() || alex.state != State::Sealed);
        seen.push((alex.state, sam.state));
    }
    assert_eq!(seen.last(), Some(&(State::Opened, State::Opened)));
    assert!(seen.is_sorted_by_key(|(alex, sam)| (*alex, *sam)), "{seen:?}");
}

#[test]
fn both_ask_the_same_while_apart() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.reflections(), couple.sam.reflections());
    let id = alex.begin(&question()).unwrap().id;
    assert_eq!(sam.begin(&question()).unwrap().id, id);
    assert_eq!(alex.begin(&question()).unwrap().id, id);
    let words = Prompt::Words("What made you laugh?".into());
    let own = alex.begin(&words).unwrap().id;
    assert_ne!(alex.begin(&words).unwrap().id, own, "words of one's own are asked as often as one likes");
    couple.meet();
    assert_eq!(sam.list().unwrap().len(), 3);
    assert_eq!(sam.read(&own).unwrap().prompt, words);
}

#[test]
fn a_seal_is_withdrawn_as_long_as_ones_own_phone_has_not_locked() {
    let couple = Couple::new();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    couple.meet();
    // Sam seals, and Sam's phone locks; meanwhile Alex withdraws.
    seal(&couple.sam, &id, SAM).unwrap();
    let withdrawn = couple.alex.reflections().withdraw(&id).unwrap();
    assert_eq!((withdrawn.state, withdrawn.draft.as_str(), withdrawn.mine), (State::Open, ALEX, None));
    meet_until_level(&couple);
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (State::Open, State::Sealed));
    assert_eq!((read(&couple.alex, &id).theirs, read(&couple.sam, &id).theirs), (None, None));

    // Alex writes something else and seals that: both open, and nobody reads what was withdrawn.
    seal(&couple.alex, &id, "Something else.").unwrap();
    meet_until_level(&couple);
    assert_eq!(read(&couple.sam, &id).theirs.as_deref(), Some("Something else."));
    assert_eq!(read(&couple.alex, &id).theirs.as_deref(), Some(SAM));
}

#[test]
fn a_lapsed_question_goes_without_a_word() {
    let clock = Hands::at(1_790_000_000_000);
    let couple = Couple::at(&clock);
    let id = begun(&couple);
    let sealed = couple.sam.reflections().begin(&Prompt::Words("What was good?".into())).unwrap().id;
    seal(&couple.sam, &sealed, SAM).unwrap();
    couple.meet();
    clock.pass(ROUND_DAYS * 86_400_000);
    assert!(couple.alex.reflections().list().unwrap().is_empty());
    assert_eq!(couple.sam.reflections().list().unwrap().len(), 1, "Sam's words are still Sam's");
    let late = seal(&couple.alex, &id, ALEX);
    assert_eq!(late, Err(NightstandError::InvalidInput { what: InvalidInput::Ended }));
    assert_ne!(couple.alex.reflections().begin(&question()).unwrap().id, id);
}

#[test]
fn what_a_locked_private_holds_back_opens_when_it_is_unlocked() {
    let couple = Couple::new();
    let key = [5; 32];
    couple.alex.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    seal(&couple.sam, &id, SAM).unwrap();
    couple.alex.lock_private().unwrap();
    meet_until_level(&couple);
    assert_eq!(couple.alex.reflections().read(&id), Err(NightstandError::PrivateLocked));
    assert_eq!(read(&couple.sam, &id).theirs, None);
    couple.alex.unlock_private(key, |_| ControlFlow::Continue(())).unwrap();
    meet_until_level(&couple);
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (State::Opened, State::Opened));
}

/// An old copy of Alex's vault is put back: what was sealed since is not on it.
#[test]
fn a_phone_that_lost_its_text_opens_nothing_and_can_seal_another() {
    let mut couple = Couple::new();
    let id = begun(&couple);
    let before = couple.copy_of_alex();
    seal(&couple.alex, &id, ALEX).unwrap();
    couple.meet();
    couple.reopen_alex(&before);
    seal(&couple.sam, &id, SAM).unwrap();
    meet_until_level(&couple);
    let alex = read(&couple.alex, &id);
    assert_eq!(
        (alex.state, alex.mine, alex.theirs),
        (State::Sealed, None, None),
        "the seal is known, the text is gone"
    );
    assert_eq!(read(&couple.sam, &id).theirs, None);
    couple.alex.reflections().withdraw(&id).unwrap();
    seal(&couple.alex, &id, "Once more.").unwrap();
    meet_until_level(&couple);
    assert_eq!(read(&couple.sam, &id).theirs.as_deref(), Some("Once more."));
    assert_eq!(read(&couple.alex, &id).theirs.as_deref(), Some(SAM));
}

/// The same, and Alex seals before the phone hears of the first seal: two of one person.
#[test]
fn of_a_double_seal_one_is_chosen() {
    let mut couple = Couple::new();
    let id = begun(&couple);
    let before = couple.copy_of_alex();
    seal(&couple.alex, &id, ALEX).unwrap();
    couple.meet();
    couple.reopen_alex(&before);
    seal(&couple.alex, &id, "Once more.").unwrap();
    couple.meet_whatever_it_says();
    seal(&couple.sam, &id, SAM).unwrap();
    meet_until_level(&couple);
    let alex = read(&couple.alex, &id);
    assert_eq!((alex.state, alex.choices.len()), (State::Choose, 2));
    assert_eq!((read(&couple.sam, &id).state, read(&couple.sam, &id).theirs), (State::Sealed, None));
    let nobody = alex.id;
    assert_eq!(couple.alex.reflections().choose(&id, &nobody), Err(NightstandError::NotFound));
    let chosen = alex.choices.iter().find(|choice| choice.text == "Once more.").unwrap().seal;
    couple.alex.reflections().choose(&id, &chosen).unwrap();
    meet_until_level(&couple);
    assert_eq!(read(&couple.sam, &id).theirs.as_deref(), Some("Once more."));
    assert_eq!(read(&couple.alex, &id).theirs.as_deref(), Some(SAM));
    let over = couple.alex.reflections().choose(&id, &chosen);
    assert_eq!(over, Err(NightstandError::InvalidInput { what: InvalidInput::State }));
}

#[test]
fn who_deletes_a_round_takes_their_own_words_and_no_others() {
    let couple = Couple::new();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    seal(&couple.sam, &id, SAM).unwrap();
    meet_until_level(&couple);
    couple.alex.reflections().delete(&id).unwrap();
    assert_eq!(couple.alex.reflections().read(&id), Err(NightstandError::NotFound));
    meet_until_level(&couple);
    let kept = read(&couple.sam, &id);
    assert_eq!((kept.state, kept.mine.as_deref(), kept.theirs), (State::Ended, Some(SAM), None));
    assert_eq!(kept.prompt, question());
    assert_eq!(seal(&couple.sam, &id, SAM), Err(NightstandError::Deleted));
    couple.sam.reflections().delete(&id).unwrap();
    assert!(couple.sam.reflections().list().unwrap().is_empty());
    // The question can be asked again.
    assert_eq!(couple.sam.reflections().begin(&question()).unwrap().state, State::Open);
}

#[test]
fn texts_and_questions_have_their_limits() {
    let strangers = Couple::strangers();
    assert_eq!(strangers.alex.reflections().begin(&question()), Err(NightstandError::NotPaired));
    assert_eq!(strangers.alex.reflections().list(), Err(NightstandError::NotPaired));
    let couple = Couple::new();
    let reflections = couple.alex.reflections();
    let invalid = |what| Err(NightstandError::InvalidInput { what });
    assert_eq!(reflections.begin(&Prompt::Question("no-such-thing".into())), invalid(InvalidInput::Words));
    assert_eq!(reflections.begin(&Prompt::Words(" ".into())), invalid(InvalidInput::Empty));
    let id = reflections.begin(&question()).unwrap().id;
    assert_eq!(seal(&couple.alex, &id, "\n"), invalid(InvalidInput::Empty));
    assert_eq!(reflections.withdraw(&id), invalid(InvalidInput::State));
    assert_eq!(seal(&couple.alex, &id, &"é".repeat(MOST_TEXT_UNITS + 1)), invalid(InvalidInput::TextTooLong));
    // The longest that there can be, opened whole.
    let long = "愛".repeat(MOST_TEXT_UNITS);
    seal(&couple.alex, &id, &long).unwrap();
    assert_eq!(seal(&couple.alex, &id, ALEX), invalid(InvalidInput::State));
    couple.meet();
    seal(&couple.sam, &id, SAM).unwrap();
    meet_until_level(&couple);
    assert_eq!(read(&couple.sam, &id).theirs, Some(long));
}

#[test]
fn phones_that_stay_connected_open_both_at_once() {
    let couple = Couple::new();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    let mut talks = [couple.alex.sync().begin_live().unwrap(), couple.sam.sync().answer_live().unwrap()];
    let mut exchange = || {
        loop {
            let mut moved = false;
            for side in 0..2 {
                while let Some(frame) = talks[side].poll_frame().unwrap() {
                    moved = true;
                    talks[1 - side].handle_frame(&frame).unwrap();
                }
            }
            if !moved {
                return;
            }
        }
    };
    exchange();
    seal(&couple.sam, &id, SAM).unwrap();
    exchange();
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (State::Opened, State::Opened));
}

/// A copy of Alex's vault is made after both have sealed and before Private was unlocked, and put back after Sam has read what
/// was opened: so the same text is opened a second time, in another log.
#[test]
fn what_is_opened_twice_reads_as_once() {
    let mut couple = Couple::new();
    let key = [5; 32];
    couple.alex.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    let id = couple.alex.reflections().begin(&question()).unwrap().id;
    seal(&couple.alex, &id, ALEX).unwrap();
    couple.meet();
    seal(&couple.sam, &id, SAM).unwrap();
    couple.alex.lock_private().unwrap();
    meet_until_level(&couple);
    let before = couple.copy_of_alex();
    couple.alex.unlock_private(key, |_| ControlFlow::Continue(())).unwrap();
    meet_until_level(&couple);
    let opened = read(&couple.sam, &id);
    assert_eq!(opened.state, State::Opened);

    couple.reopen_alex(&before);
    couple.alex.unlock_private(key, |_| ControlFlow::Continue(())).unwrap();
    meet_until_level(&couple);
    let again = read(&couple.sam, &id);
    assert_eq!((again.state, again.theirs), (State::Opened, opened.theirs), "Sam is told that Alex cheated");
}

#[test]
fn who_is_left_alone_with_a_lock_can_withdraw() {
    let couple = Couple::new();
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    couple.meet();
    // Sam's phone locks; Alex takes the seal back, and writes no other.
    seal(&couple.sam, &id, SAM).unwrap();
    couple.alex.reflections().withdraw(&id).unwrap();
    meet_until_level(&couple);
    let back = couple.sam.reflections().withdraw(&id).unwrap();
    assert_eq!((back.state, back.draft.as_str(), back.mine), (State::Open, SAM, None));
    // What Alex seals from here on opens nothing that Sam has withdrawn.
    seal(&couple.alex, &id, "Something else.").unwrap();
    meet_until_level(&couple);
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (State::Sealed, State::Open));
    seal(&couple.sam, &id, "And this from me.").unwrap();
    meet_until_level(&couple);
    assert_eq!(read(&couple.alex, &id).theirs.as_deref(), Some("And this from me."));
    assert_eq!(read(&couple.sam, &id).theirs.as_deref(), Some("Something else."));
}

#[test]
fn each_phone_goes_by_its_own_clock() {
    let (behind, ahead) = (Hands::at(1_790_000_000_000), Hands::at(1_790_000_000_000));
    let couple = Couple::by(&behind, &ahead);
    let id = begun(&couple);
    ahead.pass(ROUND_DAYS * 86_400_000);
    assert_eq!(seal(&couple.sam, &id, SAM), Err(NightstandError::InvalidInput { what: InvalidInput::Ended }));
    assert_ne!(couple.sam.reflections().begin(&question()).unwrap().id, id);
    assert_eq!(couple.alex.reflections().begin(&question()).unwrap().id, id);
    assert_eq!(seal(&couple.alex, &id, ALEX).unwrap().state, State::Sealed);
}

#[test]
fn a_question_that_lapsed_with_a_seal_in_it_can_be_asked_again() {
    let clock = Hands::at(1_790_000_000_000);
    let couple = Couple::at(&clock);
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    clock.pass(ROUND_DAYS * 86_400_000);
    let again = couple.alex.reflections().begin(&question()).unwrap().id;
    assert_ne!(again, id);
    couple.meet();
    assert_eq!(couple.sam.reflections().begin(&question()).unwrap().id, again);
    assert_eq!(read(&couple.alex, &id).mine.as_deref(), Some(ALEX), "what Alex wrote is Alex's");
}

#[test]
fn what_was_sealed_in_time_opens_whenever_phones_meet() {
    let clock = Hands::at(1_790_000_000_000);
    let couple = Couple::at(&clock);
    let id = begun(&couple);
    seal(&couple.alex, &id, ALEX).unwrap();
    seal(&couple.sam, &id, SAM).unwrap();
    clock.pass(2 * ROUND_DAYS * 86_400_000);
    meet_until_level(&couple);
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (State::Opened, State::Opened));
}
