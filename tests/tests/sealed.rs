//! A sealed text leaves its phone when both are bound, and not one byte of it before: whatever the two do, in every order of
//! syncs, all that each phone sends is looked through.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

#[path = "../../core/tests/common/mod.rs"]
mod common;

use common::Couple;
use nightstand::journal::Prompt;
use nightstand::records::RecordId;
use nightstand::together::reflections::ReflectionState as State;
use nightstand::vault::Vault;
use proptest::prelude::*;

/// Each short enough to stand in a change as it is, and the same nowhere else.
const TEXTS: [&str; 2] = ["quince and thyme", "lantern, two oars"];

#[derive(Clone, Copy, Debug)]
enum Step {
    Seal(usize),
    Withdraw(usize),
    /// Who begins.
    Meet(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..2_usize).prop_map(Step::Seal),
        1 => (0..2_usize).prop_map(Step::Withdraw),
        4 => (0..2_usize).prop_map(Step::Meet),
    ]
}

/// One sync, and all that each of the two says in it.
fn meet(vaults: [&Vault; 2], begins: usize, sent: &mut [Vec<u8>; 2]) {
    let (one, other) = (vaults[begins], vaults[1 - begins]);
    let mut talks = [one.sync().begin().unwrap(), other.sync().answer().unwrap()];
    loop {
        let mut moved = false;
        for side in 0..2 {
            while let Some(frame) = talks[side].poll_frame().unwrap() {
                moved = true;
                talks[1 - side].handle_frame(&frame).unwrap();
            }
        }
        if !moved {
            break;
        }
    }
    for (side, talk) in talks.iter().enumerate() {
        let of = if side == 0 { begins } else { 1 - begins };
        talk.recorded().for_each(|said| sent[of].extend_from_slice(said));
    }
}

/// Half of a text tells enough.
fn tells(sent: &[u8], text: &str) -> bool {
    let (front, back) = text.as_bytes().split_at(text.len() / 2);
    [front, back].into_iter().any(|half| sent.windows(half.len()).any(|window| window == half))
}

fn state(vault: &Vault, id: &RecordId) -> State {
    vault.reflections().read(id).unwrap().state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_byte_of_a_text_goes_before_both_are_bound(steps in prop::collection::vec(step(), 1..16)) {
        let couple = Couple::new();
        let vaults = [&couple.alex, &couple.sam];
        let id = couple.alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap().id;
        couple.meet();
        let mut sent = [Vec::new(), Vec::new()];
        let mut every = steps;
        every.extend([Step::Meet(0); 4]);
        for step in every {
            match step {
                Step::Seal(who) if state(vaults[who], &id) == State::Open => {
                    let shown = vaults[who].reflections().read(&id).unwrap();
                    vaults[who].reflections().seal(&id, TEXTS[who], &shown.hash).unwrap();
                }
                Step::Withdraw(who) if state(vaults[who], &id) == State::Sealed => {
                    vaults[who].reflections().withdraw(&id).unwrap();
                }
                Step::Seal(_) | Step::Withdraw(_) => {}
                Step::Meet(begins) => meet(vaults, begins, &mut sent),
            }
            let states = [state(&couple.alex, &id), state(&couple.sam, &id)];
            for who in 0..2 {
                let bound = matches!(states[1 - who], State::Waiting | State::Opened);
                prop_assert!(bound || !tells(&sent[who], TEXTS[who]), "{states:?}");
            }
        }
        // In the end both are open, and the search sees it, or neither is.
        let states = [state(&couple.alex, &id), state(&couple.sam, &id)];
        let open = states == [State::Opened; 2];
        prop_assert!(open || !states.contains(&State::Opened), "{states:?}");
        let still_sealed = [State::Sealed, State::Waiting];
        prop_assert!(open || !states.iter().all(|state| still_sealed.contains(state)), "{states:?}");
        for who in 0..2 {
            prop_assert_eq!(tells(&sent[who], TEXTS[who]), open);
        }
    }
}
