//! Agreements: they hold while both accept the same words.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands};
use nightstand::care::Whose;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::RecordId;
use nightstand::together::agreements::{
    AgreementDraft, AgreementState, AgreementView, MOST_PROPOSALS, MOST_TEXT_UNITS, MOST_TITLE_UNITS, Proposal,
};
use nightstand::vault::Vault;
use proptest::prelude::*;

fn phones(text: &str) -> AgreementDraft {
    AgreementDraft { title: "Phones".into(), text: text.into() }
}

fn state(vault: &Vault, id: &RecordId) -> AgreementState {
    vault.agreements().read(id).unwrap().state
}

fn saying(view: &AgreementView, text: &str) -> Proposal {
    view.proposals.iter().find(|proposal| proposal.content.text == text).unwrap().clone()
}

fn accept(vault: &Vault, id: &RecordId, text: &str) -> AgreementView {
    let shown = saying(&vault.agreements().read(id).unwrap(), text);
    vault.agreements().accept(id, &shown.id, &shown.hash).unwrap()
}

#[test]
fn it_holds_once_both_accept_and_until_one_withdraws() {
    let couple = Couple::new();
    let proposed = couple.alex.agreements().propose(&phones("In the kitchen.")).unwrap();
    assert_eq!((proposed.state, proposed.holding().is_some()), (AgreementState::Proposed, false));
    assert_eq!(couple.sam.agreements().list().unwrap(), []);
    couple.meet();
    let seen = couple.sam.agreements().read(&proposed.id).unwrap();
    assert_eq!((seen.state, seen.proposals[0].by), (AgreementState::ForMe, Whose::Partner));

    let held = accept(&couple.sam, &proposed.id, "In the kitchen.");
    assert_eq!(held.state, AgreementState::Holds);
    assert_eq!(state(&couple.alex, &proposed.id), AgreementState::Proposed);
    couple.meet();
    let holding = couple.alex.agreements().list().unwrap();
    assert_eq!(holding[0].holding().unwrap().content, phones("In the kitchen."));

    assert_eq!(couple.alex.agreements().withdraw(&proposed.id).unwrap().state, AgreementState::ForMe);
    couple.meet();
    assert_eq!(state(&couple.sam, &proposed.id), AgreementState::Proposed);
    assert_eq!(couple.alex.agreements().undo(&proposed.id).unwrap().state, AgreementState::Holds);
    couple.meet();
    assert_eq!(state(&couple.sam, &proposed.id), AgreementState::Holds);

    couple.sam.agreements().delete(&proposed.id).unwrap();
    assert_eq!(couple.sam.agreements().read(&proposed.id), Err(NightstandError::NotFound));
    couple.meet();
    assert_eq!(couple.alex.agreements().list().unwrap(), []);
}

#[test]
fn another_wording_is_another_proposal() {
    let couple = Couple::new();
    let id = couple.alex.agreements().propose(&phones("In the kitchen.")).unwrap().id;
    couple.meet();
    // Sam accepts what Alex has just replaced.
    accept(&couple.sam, &id, "In the kitchen.");
    let reworded = couple.alex.agreements().reword(&id, &phones("In the hall.")).unwrap();
    assert_eq!(reworded.proposals.iter().map(|one| one.mine).collect::<Vec<_>>(), [true, false]);
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(state(vault, &id), AgreementState::Apart);
    }
    // Either way is open: Alex takes the step back, or Sam accepts the new words.
    assert_eq!(couple.alex.agreements().undo(&id).unwrap().state, AgreementState::Holds);
    assert_eq!(couple.alex.agreements().undo(&id).unwrap().state, AgreementState::Apart);
    accept(&couple.sam, &id, "In the hall.");
    couple.meet();
    let held = couple.alex.agreements().read(&id).unwrap();
    assert_eq!(held.holding().unwrap().content.text, "In the hall.");

    // Both reword at once: neither's words hold until one accepts the other's.
    couple.alex.agreements().reword(&id, &phones("Off.")).unwrap();
    couple.sam.agreements().reword(&id, &phones("In a drawer.")).unwrap();
    couple.meet();
    assert_eq!((state(&couple.alex, &id), state(&couple.sam, &id)), (AgreementState::Apart, AgreementState::Apart));
    accept(&couple.alex, &id, "In a drawer.");
    couple.meet();
    assert_eq!(state(&couple.sam, &id), AgreementState::Holds);
}

#[test]
fn only_the_words_that_were_shown_are_accepted() {
    let couple = Couple::new();
    let agreements = couple.alex.agreements();
    let one = agreements.propose(&phones("In the kitchen.")).unwrap();
    let other = agreements.propose(&phones("In the hall.")).unwrap();
    couple.meet();
    let (first, second) = (one.proposals[0].clone(), other.proposals[0].clone());
    let accept = |id, proposal: &Proposal, hash: &[u8]| {
        couple.sam.agreements().accept(id, &proposal.id, hash).map(|view| view.state)
    };
    assert_eq!(accept(&one.id, &first, &second.hash), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(accept(&one.id, &first, &[]), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(accept(&one.id, &second, &second.hash), Err(NightstandError::NotFound));
    assert_eq!(accept(&one.id, &first, &first.hash), Ok(AgreementState::Holds));
    couple.alex.agreements().delete(&other.id).unwrap();
    couple.meet();
    assert_eq!(accept(&other.id, &second, &second.hash), Err(NightstandError::Deleted));
}

#[test]
fn it_takes_two_and_words_within_their_limits() {
    let strangers = Couple::strangers();
    let alone = strangers.alex.agreements().propose(&phones(""));
    assert_eq!(alone.map(drop), Err(NightstandError::NotPaired));
    assert_eq!(strangers.alex.agreements().list().map(drop), Err(NightstandError::NotPaired));
    let couple = Couple::new();
    let refused = |title: &str, text: &str| {
        let draft = AgreementDraft { title: title.into(), text: text.into() };
        match couple.alex.agreements().propose(&draft) {
            Err(NightstandError::InvalidInput { what }) => what,
            other => panic!("{:?}", other.map(|view| view.state)),
        }
    };
    assert_eq!(refused(" ", ""), InvalidInput::Empty);
    assert_eq!(refused(&"é".repeat(MOST_TITLE_UNITS + 1), ""), InvalidInput::TitleTooLong);
    for blank in ["", " \n"] {
        assert_eq!(refused("Phones", blank), InvalidInput::Empty, "it says nothing");
    }
    assert_eq!(refused("two\nlines", ""), InvalidInput::TitleOfSeveralLines);
    assert_eq!(refused("Phones", &"a".repeat(MOST_TEXT_UNITS + 1)), InvalidInput::TextTooLong);
    let unknown = couple.alex.agreements().propose(&phones("In the kitchen.")).unwrap().proposals[0].id;
    for told in [couple.alex.agreements().withdraw(&unknown), couple.alex.agreements().undo(&unknown)] {
        assert_eq!(told.map(drop), Err(NightstandError::NotFound));
    }
    assert_eq!(couple.alex.agreements().delete(&unknown), Err(NightstandError::NotFound));
}

/// What one of the two does, or that they meet.
#[derive(Clone, Copy, Debug)]
enum Step {
    Reword(bool),
    Accept(bool, usize),
    Withdraw(bool),
    Undo(bool),
    Meet,
}

fn step() -> impl Strategy<Value = Step> {
    let alex = any::<bool>();
    prop_oneof![
        alex.prop_map(Step::Reword),
        (any::<bool>(), 0..4_usize).prop_map(|(alex, which)| Step::Accept(alex, which)),
        any::<bool>().prop_map(Step::Withdraw),
        any::<bool>().prop_map(Step::Undo),
        Just(Step::Meet),
    ]
}

/// What each accepts, and what each knows: a wording is a number, and each phone knows those below its count.
#[derive(Clone, Copy, Default)]
struct Register {
    accepts: Option<usize>,
    before: Option<usize>,
}

impl Register {
    fn say(&mut self, wording: Option<usize>) {
        *self = Self { accepts: wording, before: self.accepts };
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the two do, each phone says that it holds exactly if, as far as it knows, both accept the same words.
    #[test]
    fn it_holds_exactly_while_both_accept_the_same(steps in prop::collection::vec(step(), 1..24)) {
        let couple = Couple::at(&Hands::at(1_790_000_000_000));
        let id = couple.alex.agreements().propose(&phones("0")).unwrap().id;
        couple.meet();
        let mut own = [Register { accepts: Some(0), before: None }, Register::default()];
        let mut of_other = [own[1], own[0]];
        // Which wordings each phone has.
        let mut known = [vec![0], vec![0]];
        let mut next = 1;
        for step in steps {
            let (at, vault) = match step {
                Step::Reword(alex) | Step::Accept(alex, _) | Step::Withdraw(alex) | Step::Undo(alex) => {
                    (usize::from(!alex), if alex { &couple.alex } else { &couple.sam })
                }
                Step::Meet => (0, &couple.alex),
            };
            match step {
                Step::Reword(_) => {
                    vault.agreements().reword(&id, &phones(&next.to_string())).unwrap();
                    known[at].push(next);
                    own[at].say(Some(next));
                    next += 1;
                }
                Step::Accept(_, which) => {
                    let wording = known[at][which % known[at].len()];
                    accept(vault, &id, &wording.to_string());
                    own[at].say(Some(wording));
                }
                Step::Withdraw(_) => {
                    vault.agreements().withdraw(&id).unwrap();
                    own[at].say(None);
                }
                Step::Undo(_) => {
                    vault.agreements().undo(&id).unwrap();
                    let before = own[at].before;
                    own[at].say(before);
                }
                Step::Meet => {
                    couple.meet();
                    of_other = [own[1], own[0]];
                    let mut all = [known[0].clone(), known[1].clone()].concat();
                    all.sort_unstable();
                    all.dedup();
                    known = [all.clone(), all];
                }
            }
            for (at, vault) in [&couple.alex, &couple.sam].into_iter().enumerate() {
                let view = vault.agreements().read(&id).unwrap();
                let holds = own[at].accepts.filter(|wording| of_other[at].accepts == Some(*wording));
                prop_assert_eq!(view.holding().map(|one| one.content.text.clone()), holds.map(|one| one.to_string()));
                prop_assert_eq!(view.state == AgreementState::Holds, holds.is_some());
                prop_assert_eq!(view.proposals.len(), known[at].len());
            }
        }
    }
}

/// Wordings that were put forward since do not hide the one that both accept.
#[test]
fn what_holds_is_seen_behind_any_number_of_wordings() {
    let clock = Hands::at(1_790_000_000_000);
    let couple = Couple::at(&clock);
    let held = couple.alex.agreements().propose(&phones("In the kitchen.")).unwrap();
    let (id, first) = (held.id, held.proposals[0].clone());
    couple.meet();
    clock.pass(5);
    for number in 0..MOST_PROPOSALS {
        couple.sam.agreements().reword(&id, &phones(&format!("In room {number}."))).unwrap();
    }
    couple.sam.agreements().accept(&id, &first.id, &first.hash).unwrap();
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        let seen = vault.agreements().read(&id).unwrap();
        assert_eq!((seen.state, seen.holding().map(|one| one.id)), (AgreementState::Holds, Some(first.id)));
        assert_eq!(vault.agreements().list().unwrap(), [seen]);
    }
    couple.alex.agreements().delete(&id).unwrap();
    assert!(couple.alex.agreements().list().unwrap().is_empty(), "all of its wordings");
}
