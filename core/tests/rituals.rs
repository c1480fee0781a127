//! Rituals: made together, offered by plans, begun in one call.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::ops::ControlFlow;

use common::{Couple, vault};
use nightstand::care::activities::ActivityDraft;
use nightstand::care::catalogue::Family;
use nightstand::care::plan::{Company, Occasion};
use nightstand::care::sessions::{SessionLead, SessionState, StepDraft, StepState};
use nightstand::care::{Condition, Item, ItemDraft, Side, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::{Audience, RecordId};
use nightstand::together::rituals::{MOST_RITUALS, RitualDraft, RitualView};
use nightstand::vault::Vault;
use proptest::prelude::*;

fn step(activity: &str, side: Side, minutes: u16) -> StepDraft {
    StepDraft { activity: activity.into(), side, minutes, way: None }
}

fn down() -> RitualDraft {
    RitualDraft {
        title: "Coming back down".into(),
        situation: [Condition::Intense, Condition::RolePlay].into(),
        steps: vec![step("water", Side::Give, 2), step("silent-cuddling", Side::Together, 10)],
    }
}

fn told(ritual: &RitualView) -> Vec<(&str, Side, u16)> {
    ritual.steps.iter().map(|step| (step.activity.as_str(), step.side, step.minutes)).collect()
}

fn offered(vault: &Vault, occasion: &Occasion) -> Vec<RecordId> {
    vault.preferences().plan(occasion).unwrap().rituals
}

fn refused(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

#[test]
fn a_ritual_is_made_by_both_and_begun_by_either() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.rituals(), couple.sam.rituals());
    let made = alex.add(Audience::Both, &down()).unwrap();
    assert_eq!((made.minutes(), alex.read(&made.id).unwrap()), (12, made.clone()));
    couple.meet();
    let seen = sam.list().unwrap().remove(0);
    assert_eq!(told(&seen), [("water", Side::Receive, 2), ("silent-cuddling", Side::Together, 10)]);
    assert_eq!((seen.title.as_str(), &seen.situation), ("Coming back down", &down().situation));

    // Both change it, apart.
    let (water, cuddling) = (seen.steps[0].id, seen.steps[1].id);
    alex.move_step(&made.id, cuddling, 0).unwrap();
    alex.describe(&made.id, "Down again", &[Condition::Intense].into(), &made).unwrap();
    sam.add_step(&made.id, &step("music", Side::Together, 20)).unwrap();
    let longer = step("water", Side::Together, 3);
    sam.change_step(&made.id, water, &longer, &seen).unwrap();
    let stale = sam.change_step(&made.id, water, &step("water", Side::Together, 9), &seen);
    assert_eq!(stale, Err(NightstandError::ChangedMeanwhile), "it is another step by now");
    assert_eq!(sam.change_step(&made.id, water, &longer, &seen).unwrap().steps[0].minutes, 3);
    couple.meet();
    for rituals in [&alex, &sam] {
        let merged = rituals.read(&made.id).unwrap();
        let steps =
            [("silent-cuddling", Side::Together, 10), ("water", Side::Together, 3), ("music", Side::Together, 20)];
        assert_eq!(told(&merged), steps);
        assert_eq!((merged.title.as_str(), merged.situation), ("Down again", [Condition::Intense].into()));
    }

    let session = sam.start(&made.id).unwrap();
    assert_eq!((session.state, session.audience, session.steps.len()), (SessionState::Running, Audience::Both, 3));
    assert_eq!(session.situation, [Condition::Intense].into());
    let states: Vec<_> = session.steps.iter().map(|step| step.state).collect();
    assert_eq!(
        (session.lead, states),
        (SessionLead::ByItself, vec![StepState::Running, StepState::Waiting, StepState::Waiting]),
        "after one tap"
    );
    // The session goes its own way.
    sam.remove_step(&made.id, water).unwrap();
    couple.meet();
    assert_eq!(couple.alex.sessions().read(&session.id).unwrap().steps.len(), 3);
    assert_eq!(alex.remove_step(&made.id, water), Err(NightstandError::NotFound));
    alex.remove(&made.id).unwrap();
    couple.meet();
    assert!(sam.list().unwrap().is_empty());
    assert_eq!(sam.start(&made.id), Err(NightstandError::Deleted));
}

#[test]
fn a_screen_that_is_behind_overwrites_nothing() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.rituals(), couple.sam.rituals());
    let shown = alex.add(Audience::Both, &down()).unwrap();
    couple.meet();
    let (id, new) = (shown.id, [Condition::New].into());
    sam.describe(&id, "Down again", &shown.situation, &shown).unwrap();
    couple.meet();
    assert_eq!(alex.describe(&id, &shown.title, &new, &shown), Err(NightstandError::ChangedMeanwhile));
    couple.meet();
    for rituals in [&alex, &sam] {
        let stands = rituals.read(&id).unwrap();
        assert_eq!((stands.title.as_str(), &stands.situation), ("Down again", &shown.situation));
    }
    // To say what stands is no mistake: a second tap, or what the other has said.
    sam.describe(&id, "Down again", &shown.situation, &shown).unwrap();
    let stands = alex.describe(&id, "Down again", &shown.situation, &shown).unwrap();
    // Drawn again, the screen has it; a step that came meanwhile is another matter, and stays.
    sam.add_step(&id, &step("music", Side::Together, 20)).unwrap();
    couple.meet();
    let said = alex.describe(&id, "Down again", &new, &stands).unwrap();
    assert_eq!((said.title.as_str(), &said.situation, said.steps.len()), ("Down again", &new, 3));
    // The situations alone are enough to be behind.
    assert_eq!(alex.describe(&id, "Ours", &new, &stands), Err(NightstandError::ChangedMeanwhile));
}

#[test]
fn a_plan_offers_what_fits() {
    let couple = Couple::new();
    let id = couple.alex.rituals().add(Audience::Both, &down()).unwrap().id;
    let own = RitualDraft { title: "Alone".into(), situation: [].into(), steps: vec![step("water", Side::Receive, 5)] };
    let own = couple.alex.rituals().add(Audience::Me, &own).unwrap().id;
    couple.meet();
    let after = |condition| Occasion { minutes: 15, situation: [condition].into(), ..Occasion::default() };
    let intense = after(Condition::Intense);
    assert_eq!(offered(&couple.alex, &intense), [own, id], "by title");
    assert_eq!(offered(&couple.sam, &intense), [id]);
    assert_eq!(offered(&couple.sam, &after(Condition::New)), []);
    assert_eq!(offered(&couple.alex, &Occasion { minutes: 11, ..intense.clone() }), [own]);
    assert_eq!(offered(&couple.alex, &Occasion { company: Company::Alone, ..intense.clone() }), [own]);
    let dry = Occasion { not_at_hand: ["water".into()].into(), ..intense.clone() };
    assert_eq!(offered(&couple.alex, &dry), []);
    let apart = Occasion { situation: [Condition::Intense, Condition::Apart].into(), ..intense.clone() };
    assert!(!offered(&couple.alex, &apart).contains(&id), "nobody cuddles apart");

    // A boundary that Sam keeps private holds on Sam's phone, and nowhere else does it show.
    let hold = |activity: &str, side| {
        let item = Item::Stance { activity: activity.into(), side, condition: None };
        let screen = couple.sam.preferences().read(&item).unwrap();
        let never = ItemDraft { stance: Some(Stance::Never), ..ItemDraft::default() };
        let said = couple.sam.preferences().set(&item, &never, &screen.version).unwrap();
        (item, said.version)
    };
    let (item, version) = hold("silent-cuddling", Side::Together);
    couple.meet();
    assert_eq!(offered(&couple.sam, &intense), []);
    assert_eq!(offered(&couple.alex, &intense), [own, id]);
    couple.sam.preferences().share(&item, &version).unwrap();
    couple.meet();
    assert_eq!(offered(&couple.alex, &intense), [own]);
    // To begin it is still its person's own choice.
    assert!(couple.sam.rituals().start(&id).is_ok());
}

#[test]
fn a_copy_and_its_original_are_offered_once() {
    let couple = Couple::new();
    let rituals = couple.alex.rituals();
    let own = rituals.add(Audience::Me, &down()).unwrap().id;
    let intense = Occasion { minutes: 15, situation: [Condition::Intense].into(), ..Occasion::default() };
    assert_eq!(offered(&couple.alex, &intense), [own]);
    let copy = rituals.copy_to_both(&own).unwrap().id;
    assert_eq!(offered(&couple.alex, &intense), [copy], "as both have it");
    assert_eq!(offered(&couple.alex, &Occasion { company: Company::Alone, ..intense.clone() }), [own]);
    // What the two made of it does not fit here, and what one has alone does.
    couple.meet();
    let shown = couple.sam.rituals().read(&copy).unwrap();
    couple.sam.rituals().describe(&copy, "Ours", &[Condition::New].into(), &shown).unwrap();
    couple.meet();
    assert_eq!(offered(&couple.alex, &intense), [own]);
    rituals.remove(&copy).unwrap();
    assert_eq!(offered(&couple.alex, &intense), [own]);
}

#[test]
fn limits_and_what_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let rituals = alex.rituals();
    let wrong = |draft: RitualDraft| rituals.add(Audience::Me, &draft).unwrap_err();
    assert_eq!(wrong(RitualDraft { title: "  ".into(), ..down() }), refused(InvalidInput::Empty));
    assert_eq!(wrong(RitualDraft { title: "a\nb".into(), ..down() }), refused(InvalidInput::TitleOfSeveralLines));
    assert_eq!(wrong(RitualDraft { title: "x".repeat(61), ..down() }), refused(InvalidInput::TitleTooLong));
    let steps = vec![step("no-such-thing", Side::Give, 2)];
    assert_eq!(wrong(RitualDraft { steps, ..down() }), refused(InvalidInput::Item));
    let steps = vec![step("water", Side::Give, 0)];
    assert_eq!(wrong(RitualDraft { steps, ..down() }), refused(InvalidInput::Range));
    let steps = vec![step("water", Side::Give, 1); 101];
    assert_eq!(wrong(RitualDraft { steps, ..down() }), refused(InvalidInput::Full));
    assert_eq!(rituals.add(Audience::Both, &down()).unwrap_err(), NightstandError::NotPaired);

    let tea = ActivityDraft {
        title: "Tea".into(),
        about: String::new(),
        family: Family::Body,
        needs: Default::default(),
        minutes: (5, 10),
        works_apart: false,
    };
    let tea = alex.activities().add(Audience::Me, &tea).unwrap().id;
    let id =
        rituals.add(Audience::Me, &RitualDraft { steps: vec![step(&tea, Side::Together, 5)], ..down() }).unwrap().id;
    assert!(offered(&alex, &Occasion { situation: [Condition::Intense].into(), ..Occasion::default() }).contains(&id));
    alex.activities().remove(&tea).unwrap();
    assert_eq!(rituals.start(&id).unwrap().steps[0].activity, tea);
    let again = RitualDraft { steps: vec![step(&tea, Side::Together, 5)], ..down() };
    assert_eq!(wrong(again), NightstandError::Deleted);
    for _ in 1..MOST_RITUALS {
        rituals.add(Audience::Me, &RitualDraft { steps: Vec::new(), ..down() }).unwrap();
    }
    assert_eq!(wrong(down()), refused(InvalidInput::Full));
}

#[test]
fn ones_own_are_private_under_a_second_key() {
    let couple = Couple::new();
    let own = couple.alex.rituals().add(Audience::Me, &down()).unwrap();
    let both = couple.alex.rituals().add(Audience::Both, &down()).unwrap();
    couple.meet();
    assert_eq!(couple.sam.rituals().list().unwrap().len(), 1);
    couple.alex.set_private_key(Some([9; 32]), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(couple.alex.rituals().list().unwrap(), [both]);
    assert_eq!(couple.alex.rituals().read(&own.id), Err(NightstandError::PrivateLocked));
    assert!(!format!("{own:?}{:?}", down()).contains("down"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However the two move, add and take out: both see the same steps, and none twice.
    #[test]
    fn both_see_one_order(turns in prop::collection::vec((any::<bool>(), 0..4_u8, 0..6_usize, 0..6_usize), 1..12)) {
        let couple = Couple::new();
        let id = couple.alex.rituals().add(Audience::Both, &down()).unwrap().id;
        couple.meet();
        for (of_sam, what, which, to) in turns {
            let rituals = if of_sam { couple.sam.rituals() } else { couple.alex.rituals() };
            let steps = rituals.read(&id).unwrap().steps;
            let chosen = steps.get(which % steps.len().max(1)).map(|step| step.id);
            match (what, chosen) {
                (0, _) | (_, None) => {
                    rituals.add_step(&id, &step("music", Side::Together, 1 + to as u16)).unwrap();
                }
                (1, Some(chosen)) => {
                    let moved = rituals.move_step(&id, chosen, to).unwrap();
                    let at = moved.steps.iter().position(|step| step.id == chosen);
                    prop_assert_eq!(at, Some(to.min(steps.len() - 1)));
                }
                (2, Some(chosen)) => drop(rituals.remove_step(&id, chosen).unwrap()),
                _ => drop(couple.meet()),
            }
        }
        couple.meet();
        couple.meet();
        let [one, other] = [&couple.alex, &couple.sam].map(|vault| vault.rituals().read(&id).unwrap());
        let ids = |ritual: &RitualView| ritual.steps.iter().map(|step| step.id).collect::<Vec<_>>();
        prop_assert_eq!(ids(&one), ids(&other));
        let mut once = ids(&one);
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(once.len(), one.steps.len());
    }
}
