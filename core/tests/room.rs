//! Times that both set aside: stories, and random evenings beside a model.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Couple, Hands};
use nightstand::care::Whose;
use nightstand::care::room::{RoomDraft, RoomState, RoomView};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::RecordId;
use nightstand::times::{CLOCKS_MS, MOST_AHEAD_MS};
use nightstand::vault::Vault;
use proptest::prelude::*;
use proptest::sample::Index;

const SUNDAY: i64 = 1_789_495_200_000;

fn slowly() -> RoomDraft {
    RoomDraft { at_ms: SUNDAY, minutes: 90, title: "Slowly".into(), situation: [].into() }
}

fn state(vault: &Vault, id: &RecordId) -> RoomState {
    vault.rooms().read(id).unwrap().state
}

/// Accepts what is shown.
fn accept(vault: &Vault, id: &RecordId) -> RoomView {
    let shown = vault.rooms().read(id).unwrap();
    vault.rooms().accept(id, &shown.hash).unwrap()
}

#[test]
fn both_set_it_aside() {
    let couple = Couple::at(&Hands::at(SUNDAY));
    let (alex, sam) = (couple.alex.rooms(), couple.sam.rooms());
    let room = alex.propose(&slowly()).unwrap();
    assert_eq!((room.state, room.proposed_by, room.reminder_minutes), (RoomState::Waiting, Whose::Me, Some(30)));
    couple.meet();
    let asked = sam.read(&room.id).unwrap();
    assert_eq!((asked.state, asked.proposed_by, &asked.content), (RoomState::Asked, Whose::Partner, &slowly()));
    assert_eq!(sam.decline(&room.id).unwrap().state, RoomState::Declined);
    couple.meet();
    assert_eq!(state(&couple.alex, &room.id), RoomState::Waiting, "it looks as if Sam had not answered");
    assert_eq!(accept(&couple.sam, &room.id).state, RoomState::Agreed);
    couple.meet();
    assert_eq!(state(&couple.alex, &room.id), RoomState::Agreed);
    assert_eq!(sam.withdraw(&room.id).unwrap().state, RoomState::Declined);
    couple.meet();
    assert_eq!(state(&couple.alex, &room.id), RoomState::Waiting);
    assert_eq!(alex.withdraw(&room.id).unwrap().state, RoomState::Withdrawn);
    let not_as_it_stands = Err(NightstandError::InvalidInput { what: InvalidInput::State });
    assert_eq!(accept(&couple.alex, &room.id).state, RoomState::Waiting);
    assert_eq!(alex.decline(&room.id), not_as_it_stands);
    assert_eq!(alex.list(SUNDAY, SUNDAY + 1).unwrap().len(), 1);
    assert!(alex.list(SUNDAY + 1, i64::MAX).unwrap().is_empty());
    let refused = |draft: RoomDraft| match alex.propose(&draft) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(RoomDraft { minutes: 0, ..slowly() }), InvalidInput::Range);
    assert_eq!(refused(RoomDraft { at_ms: i64::MAX, ..slowly() }), InvalidInput::Date);
    for at_ms in [SUNDAY - CLOCKS_MS - 1, SUNDAY + MOST_AHEAD_MS + 1] {
        assert_eq!(refused(RoomDraft { at_ms, ..slowly() }), InvalidInput::Date);
    }
    assert_eq!(refused(RoomDraft { title: " ".into(), ..slowly() }), InvalidInput::Empty);
    assert_eq!(refused(RoomDraft { title: "x".repeat(61), ..slowly() }), InvalidInput::TitleTooLong);
    let far = alex.remind(&room.id, Some(u16::MAX));
    assert_eq!(far, Err(NightstandError::InvalidInput { what: InvalidInput::Range }));
}

#[test]
fn what_is_over_is_not_set_aside() {
    let clock = Hands::at(SUNDAY);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.rooms(), couple.sam.rooms());
    let room = alex.propose(&slowly()).unwrap();
    let other = alex.propose(&slowly()).unwrap().id;
    couple.meet();
    clock.pass(89 * 60_000);
    assert_eq!(accept(&couple.sam, &room.id).state, RoomState::Agreed, "there is a minute of it");
    clock.pass(60_000);
    let shown = sam.read(&other).unwrap();
    let over = Err(NightstandError::InvalidInput { what: InvalidInput::State });
    assert_eq!(sam.accept(&other, &shown.hash), over);
    assert_eq!(sam.read(&other), Ok(shown), "nothing was written");
    assert_eq!(accept(&couple.sam, &room.id).state, RoomState::Agreed, "it is so already");
    assert_eq!(sam.decline(&other).unwrap().state, RoomState::Declined);
    let moved = alex.move_to(&room.id, &slowly());
    assert_eq!(moved, Err(NightstandError::InvalidInput { what: InvalidInput::Date }));
    assert_eq!(alex.read(&room.id).unwrap().state, RoomState::Waiting, "it is not left");
}

#[test]
fn to_move_it_is_to_propose_another() {
    let couple = Couple::at(&Hands::at(SUNDAY));
    let (alex, sam) = (couple.alex.rooms(), couple.sam.rooms());
    let old = alex.propose(&slowly()).unwrap().id;
    couple.meet();
    accept(&couple.sam, &old);
    couple.meet();
    let new = sam.move_to(&old, &RoomDraft { at_ms: SUNDAY + 1, ..slowly() }).unwrap();
    assert_eq!((new.state, new.moves), (RoomState::Waiting, Some(old)));
    couple.meet();
    let seen = alex.read(&old).unwrap();
    assert_eq!((seen.state, seen.moved_to), (RoomState::Waiting, Some(new.id)));
    accept(&couple.alex, &new.id);
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!((state(vault, &new.id), state(vault, &old)), (RoomState::Agreed, RoomState::Withdrawn));
    }
}

/// Who, what, and which one.
#[derive(Clone, Debug)]
enum Deed {
    Propose(usize),
    Move(usize, Index),
    Accept(usize, Index),
    Decline(usize, Index),
    Withdraw(usize, Index),
    Meet,
}

fn deed() -> impl Strategy<Value = Deed> {
    let which = any::<Index>;
    prop_oneof![
        2 => (0..2_usize).prop_map(Deed::Propose),
        1 => (0..2_usize, which()).prop_map(|(who, which)| Deed::Move(who, which)),
        3 => (0..2_usize, which()).prop_map(|(who, which)| Deed::Accept(who, which)),
        2 => (0..2_usize, which()).prop_map(|(who, which)| Deed::Decline(who, which)),
        2 => (0..2_usize, which()).prop_map(|(who, which)| Deed::Withdraw(who, which)),
        3 => Just(Deed::Meet),
    ]
}

/// What one phone knows: who stands by what (oneself, the partner), and to what one said no.
#[derive(Clone, Default)]
struct Phone {
    known: BTreeMap<RecordId, Option<RecordId>>,
    mine: BTreeSet<RecordId>,
    theirs: BTreeSet<RecordId>,
    declined: BTreeSet<RecordId>,
}

impl Phone {
    fn state(&self, id: &RecordId) -> RoomState {
        match (self.mine.contains(id), self.theirs.contains(id)) {
            (true, true) => RoomState::Agreed,
            (true, false) => RoomState::Waiting,
            (false, true) if self.declined.contains(id) => RoomState::Declined,
            (false, true) => RoomState::Asked,
            (false, false) => RoomState::Withdrawn,
        }
    }

    fn stand(&mut self, id: RecordId) {
        self.mine.insert(id);
        self.declined.remove(&id);
        if let Some(old) = self.known[&id] {
            self.leave(old);
        }
    }

    fn leave(&mut self, id: RecordId) {
        self.mine.remove(&id);
        self.declined.insert(id);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_order_of_syncs_ends_as_the_model_says(deeds in prop::collection::vec(deed(), 1..24)) {
        let couple = Couple::at(&Hands::at(SUNDAY));
        let vaults = [&couple.alex, &couple.sam];
        let mut phones = [Phone::default(), Phone::default()];
        let pick = |phone: &Phone, which: &Index| {
            let known: Vec<_> = phone.known.keys().copied().collect();
            (!known.is_empty()).then(|| *which.get(&known))
        };
        for deed in deeds.into_iter().chain([Deed::Meet]) {
            match deed {
                Deed::Propose(who) => {
                    let id = vaults[who].rooms().propose(&slowly()).unwrap().id;
                    phones[who].known.insert(id, None);
                    phones[who].stand(id);
                }
                Deed::Move(who, which) => {
                    let Some(old) = pick(&phones[who], &which) else { continue };
                    let id = vaults[who].rooms().move_to(&old, &slowly()).unwrap().id;
                    phones[who].known.insert(id, Some(old));
                    phones[who].stand(id);
                }
                Deed::Accept(who, which) => {
                    let Some(id) = pick(&phones[who], &which) else { continue };
                    accept(vaults[who], &id);
                    if !phones[who].mine.contains(&id) {
                        phones[who].stand(id);
                    }
                }
                Deed::Decline(who, which) => {
                    let Some(id) = pick(&phones[who], &which) else { continue };
                    let said = vaults[who].rooms().decline(&id);
                    if phones[who].mine.contains(&id) {
                        prop_assert_eq!(said, Err(NightstandError::InvalidInput { what: InvalidInput::State }));
                    } else {
                        phones[who].leave(id);
                    }
                }
                Deed::Withdraw(who, which) => {
                    let Some(id) = pick(&phones[who], &which) else { continue };
                    let before = phones[who].state(&id);
                    let said = vaults[who].rooms().withdraw(&id);
                    match before {
                        RoomState::Asked => {
                            prop_assert_eq!(said, Err(NightstandError::InvalidInput { what: InvalidInput::State }));
                        }
                        RoomState::Agreed => phones[who].leave(id),
                        // It was proposed by oneself, or left by the other: should they come (back) to it, one is asked.
                        RoomState::Waiting => {
                            phones[who].mine.remove(&id);
                        }
                        RoomState::Declined | RoomState::Withdrawn => {}
                    }
                }
                Deed::Meet => {
                    couple.meet();
                    let known: BTreeMap<_, _> = phones.iter().flat_map(|phone| phone.known.clone()).collect();
                    let mine = [phones[0].mine.clone(), phones[1].mine.clone()];
                    for (who, phone) in phones.iter_mut().enumerate() {
                        phone.known = known.clone();
                        phone.theirs = mine[1 - who].clone();
                    }
                }
            }
            for (vault, phone) in vaults.iter().zip(&phones) {
                let listed = vault.rooms().list(i64::MIN, i64::MAX).unwrap();
                let stands: BTreeMap<_, _> = listed.iter().map(|room| (room.id, (room.state, room.moves))).collect();
                let model: BTreeMap<_, _> =
                    phone.known.iter().map(|(id, moves)| (*id, (phone.state(id), *moves))).collect();
                prop_assert_eq!(stands, model);
            }
        }
        let agreed = |phone: &Phone| phone.known.keys().filter(|id| phone.state(id) == RoomState::Agreed).count();
        prop_assert_eq!(agreed(&phones[0]), agreed(&phones[1]));
    }
}
