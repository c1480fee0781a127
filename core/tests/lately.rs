//! What was done lately, and what of it one has said nothing about.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::sync::Arc;

use common::{Couple, Hands};
use nightstand::care::plan::Occasion;
use nightstand::care::sessions::{SessionDraft, StepDraft, StepVerb};
use nightstand::care::{Item, ItemDraft, Side, Stance};
use nightstand::records::Audience;
use nightstand::vault::{Clock, Vault};

const DAY: i64 = 86_400_000;

fn do_both(vault: &Vault, audience: Audience, activity: &str, side: Side) {
    let step = StepDraft { activity: activity.into(), side, minutes: 5, way: None };
    let other = StepDraft { activity: "bath".into(), side: Side::Together, minutes: 5, way: None };
    let draft = SessionDraft { steps: vec![step, other], ..SessionDraft::default() };
    let planned = vault.sessions().plan(audience, &draft).unwrap();
    vault.sessions().step(&planned.id, planned.steps[0].id, StepVerb::Start).unwrap();
    vault.sessions().step(&planned.id, planned.steps[1].id, StepVerb::Skip).unwrap();
    vault.sessions().end(&planned.id).unwrap();
}

#[test]
fn what_was_done_is_known_by_the_days_since() {
    let clock = Hands::at(1_790_000_000_000);
    let couple = Couple::at(&clock);
    do_both(&couple.alex, Audience::Both, "water", Side::Give);
    do_both(&couple.alex, Audience::Me, "cuddling", Side::Together);
    clock.pass(3 * DAY);
    do_both(&couple.alex, Audience::Both, "light-massage", Side::Give);
    clock.pass(2 * DAY);
    couple.meet();
    let now_ms = Arc::clone(&clock).now_ms();
    let alex = couple.alex.sessions().lately(now_ms).unwrap();
    let as_said = |id: &str| alex.get(id).copied();
    assert_eq!((as_said("water"), as_said("cuddling"), as_said("light-massage")), (Some(5), Some(5), Some(2)));
    assert_eq!(as_said("bath"), None, "left out");
    let sam = couple.sam.sessions().lately(now_ms).unwrap();
    assert_eq!(sam.into_iter().collect::<Vec<_>>(), [("light-massage".to_owned(), 2), ("water".to_owned(), 5)]);
    // It is what a plan takes.
    couple.alex.preferences().plan(&Occasion { lately: alex, ..Occasion::default() }).unwrap();
    assert!(couple.alex.sessions().lately(now_ms + 90 * DAY).unwrap().is_empty());
    assert!(couple.alex.sessions().lately(i64::MIN).unwrap().is_empty());

    let stance = |activity: &str, side| Item::Stance { activity: activity.into(), side, condition: None };
    let unsaid = |vault: &Vault| vault.preferences().unsaid(now_ms).unwrap().into_iter().collect::<Vec<_>>();
    let (water, massage) = (stance("water", Side::Receive), stance("light-massage", Side::Receive));
    assert_eq!(unsaid(&couple.sam), [massage.clone(), water.clone()]);
    let seen = couple.sam.preferences().read(&water).unwrap().version;
    let like = ItemDraft { stance: Some(Stance::Like), ..ItemDraft::default() };
    couple.sam.preferences().set(&water, &like, &seen).unwrap();
    assert_eq!(unsaid(&couple.sam), [massage]);
}
