//! Questions that were talked through, things that were tried, cards that were put away.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::Couple;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::together::ticks::{Tick, TickOf};
use nightstand::vault::Vault;

fn questions(vault: &Vault) -> Vec<(String, Audience)> {
    let ticks = vault.ticks().list(TickOf::Question).unwrap();
    ticks.into_iter().map(|Tick { id, audience }| (id, audience)).collect()
}

#[test]
fn ticks_of_both_meet_and_ones_own_stay() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.ticks(), couple.sam.ticks());
    alex.tick(TickOf::Question, "first-minute", Audience::Both).unwrap();
    alex.tick(TickOf::Question, "tears-mean", Audience::Me).unwrap();
    sam.tick(TickOf::Question, "touch-where", Audience::Both).unwrap();
    sam.tick(TickOf::Question, "first-minute", Audience::Both).unwrap();
    sam.tick(TickOf::Try, "five-minutes", Audience::Both).unwrap();
    couple.meet();
    let both = [("first-minute".to_owned(), Audience::Both), ("touch-where".to_owned(), Audience::Both)];
    assert_eq!(questions(&couple.sam), both);
    assert_eq!(questions(&couple.alex).len(), 3);
    assert_eq!(alex.list(TickOf::Try).unwrap()[0].id, "five-minutes");
    sam.untick(TickOf::Question, "first-minute", Audience::Both).unwrap();
    couple.meet();
    assert_eq!(questions(&couple.alex), [("tears-mean".to_owned(), Audience::Me), both[1].clone()]);

    let key = [5; 32];
    couple.alex.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(questions(&couple.alex), both[1..]);
    assert_eq!(alex.tick(TickOf::Question, "tears-mean", Audience::Me), Err(NightstandError::PrivateLocked));
}

#[test]
fn alone_one_ticks_for_oneself() {
    let ticks = Couple::strangers().alex.ticks();
    assert_eq!(ticks.tick(TickOf::Question, "first-minute", Audience::Both), Err(NightstandError::NotPaired));
    let invalid = |what| Err(NightstandError::InvalidInput { what });
    assert_eq!(ticks.tick(TickOf::Question, "no-such-thing", Audience::Me), invalid(InvalidInput::Words));
    assert_eq!(ticks.tick(TickOf::Try, "first-minute", Audience::Me), invalid(InvalidInput::Words));
    assert_eq!(ticks.tick(TickOf::Card, "afterglow", Audience::Both), invalid(InvalidInput::State));
    ticks.tick(TickOf::Card, "afterglow", Audience::Me).unwrap();
    assert_eq!(ticks.list(TickOf::Card).unwrap(), [Tick { id: "afterglow".into(), audience: Audience::Me }]);
    assert_eq!(ticks.list(TickOf::Question).unwrap(), []);
    ticks.untick(TickOf::Card, "afterglow", Audience::Me).unwrap();
    assert_eq!(ticks.list(TickOf::Card).unwrap(), []);
}
