//! Questions that were talked through.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::Couple;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::together::talked::Talked;
use nightstand::vault::Vault;

fn ticks(vault: &Vault) -> Vec<(String, Audience)> {
    vault.talked().list().unwrap().into_iter().map(|Talked { question, audience }| (question, audience)).collect()
}

#[test]
fn ticks_of_both_meet_and_ones_own_stay() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.talked(), couple.sam.talked());
    alex.tick("first-minute", Audience::Both).unwrap();
    alex.tick("tears-mean", Audience::Me).unwrap();
    sam.tick("touch-where", Audience::Both).unwrap();
    sam.tick("first-minute", Audience::Both).unwrap();
    couple.meet();
    let both = [("first-minute".to_owned(), Audience::Both), ("touch-where".to_owned(), Audience::Both)];
    assert_eq!(ticks(&couple.sam), both);
    assert_eq!(ticks(&couple.alex).len(), 3);
    sam.untick("first-minute", Audience::Both).unwrap();
    couple.meet();
    assert_eq!(ticks(&couple.alex), [("tears-mean".to_owned(), Audience::Me), both[1].clone()]);

    let key = [5; 32];
    couple.alex.set_private_key(Some(key), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(ticks(&couple.alex), both[1..]);
    assert_eq!(alex.tick("tears-mean", Audience::Me), Err(NightstandError::PrivateLocked));
}

#[test]
fn alone_one_ticks_for_oneself() {
    let couple = Couple::strangers();
    assert_eq!(couple.alex.talked().tick("first-minute", Audience::Both), Err(NightstandError::NotPaired));
    let unknown = couple.alex.talked().tick("no-such-thing", Audience::Me);
    assert_eq!(unknown, Err(NightstandError::InvalidInput { what: InvalidInput::Words }));
    couple.alex.talked().tick("first-minute", Audience::Me).unwrap();
    assert_eq!(ticks(&couple.alex), [("first-minute".to_owned(), Audience::Me)]);
}
