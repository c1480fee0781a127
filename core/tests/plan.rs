//! A plan for the time after, from what two vaults know; and what of it nobody else learns.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use common::{Couple, Hands, SATURDAY, vault};
use nightstand::care::plan::{Company, Occasion, Plans, Reason, SaidAloud, Step, Way};
use nightstand::care::{Condition, Item, ItemDraft, Question, Side, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::vault::Vault;

fn on(activity: &str, side: Side, condition: Option<Condition>) -> Item {
    Item::Stance { activity: activity.into(), side, condition }
}

fn say(vault: &Vault, item: &Item, stance: Stance) {
    let draft = ItemDraft { stance: Some(stance), ..ItemDraft::default() };
    let seen = vault.preferences().read(item).unwrap().version;
    vault.preferences().set(item, &draft, &seen).unwrap();
}

fn share(vault: &Vault, item: &Item, stance: Stance) {
    say(vault, item, stance);
    let seen = vault.preferences().read(item).unwrap().version;
    vault.preferences().share(item, &seen).unwrap();
}

fn together(activity: &str) -> Item {
    on(activity, Side::Together, None)
}

fn plan(vault: &Vault, occasion: &Occasion) -> Plans {
    vault.preferences().plan(occasion).unwrap()
}

/// The reasons of a step; none if it is not in the plan.
fn reasons(plans: &Plans, activity: &str) -> Option<Vec<Reason>> {
    plans.plan.steps.iter().find(|it| it.step.activity == activity).map(|it| it.reasons.clone())
}

/// Everything that is suggested anywhere.
fn suggested(plans: &Plans) -> BTreeSet<&str> {
    let plans = plans.others.iter().chain([&plans.plan]);
    let steps = plans.flat_map(|plan| &plan.steps).flat_map(|it| it.swaps.iter().chain([&it.step]));
    steps.map(|step| step.activity.as_str()).collect()
}

/// Half an hour.
fn half_an_hour() -> Occasion {
    Occasion { minutes: 30, ..Occasion::default() }
}

#[test]
fn each_phone_plans_from_what_it_knows() {
    let couple = Couple::new();
    for vault in [&couple.alex, &couple.sam] {
        share(vault, &together("silent-cuddling"), Stance::Love);
        share(vault, &together("kissing"), Stance::Like);
    }
    say(&couple.sam, &together("bath"), Stance::Love);
    share(&couple.alex, &together("bath"), Stance::Love);
    couple.meet();
    let (of_alex, of_sam) = (plan(&couple.alex, &half_an_hour()), plan(&couple.sam, &half_an_hour()));
    for plans in [&of_alex, &of_sam] {
        assert_eq!(reasons(plans, "silent-cuddling").unwrap()[0], Reason::BothLove);
        assert_eq!(reasons(plans, "kissing").unwrap()[0], Reason::BothLike);
        assert_eq!(plans.plan.minutes(), 30);
    }
    // Sam's phone knows that both love a bath, and that Alex does not know. It may come up there, and the reason is Alex's.
    assert_eq!(reasons(&of_alex, "bath"), None);
    assert_eq!(reasons(&of_sam, "bath").unwrap(), [Reason::PartnerLikes]);
}

#[test]
fn a_private_boundary_is_honoured_and_said_nowhere() {
    let couple = Couple::new();
    for vault in [&couple.alex, &couple.sam] {
        share(vault, &together("kissing"), Stance::Love);
        share(vault, &together("silent-cuddling"), Stance::Like);
    }
    couple.meet();
    assert!(suggested(&plan(&couple.alex, &half_an_hour())).contains("kissing"));
    say(&couple.alex, &together("kissing"), Stance::Never);
    let plans = plan(&couple.alex, &half_an_hour());
    assert!(!suggested(&plans).contains("kissing"));
    assert_eq!(reasons(&plans, "silent-cuddling").unwrap(), [Reason::BothLike]);
    // It is as if it were not at hand, to the last byte.
    say(&couple.alex, &on("kissing", Side::Give, None), Stance::Never);
    say(&couple.alex, &on("kissing", Side::Receive, None), Stance::Never);
    let mut not_there = half_an_hour();
    not_there.not_at_hand.insert("kissing".into());
    assert!(plan(&couple.alex, &half_an_hour()) == plan(&couple.alex, &not_there));
    // Sam's phone has not heard of it, and Sam picks it: Alex's phone alone says so, and offers something else.
    let picked: Vec<Step> = plan(&couple.sam, &half_an_hour()).plan.steps.into_iter().map(|it| it.step).collect();
    let kissing = picked.iter().position(|step| step.activity == "kissing").unwrap();
    let marks = couple.alex.preferences().marks(&half_an_hour(), &picked).unwrap();
    assert_eq!(marks.iter().map(|mark| mark.step as usize).collect::<Vec<_>>(), [kissing]);
    let swap = marks[0].swap.clone().unwrap();
    assert!(!picked.iter().any(|step| step.activity == swap.activity) && swap.minutes <= picked[kissing].minutes);
    assert_eq!(couple.sam.preferences().marks(&half_an_hour(), &picked).unwrap(), []);
    let mut swapped = picked;
    swapped[kissing] = swap;
    assert_eq!(couple.alex.preferences().marks(&half_an_hour(), &swapped).unwrap(), []);
}

#[test]
fn a_not_now_is_planned_again_when_its_owner_says_so() {
    let clock = Hands::at(SATURDAY);
    let couple = Couple::at(&clock);
    let kissing = together("kissing");
    share(&couple.sam, &kissing, Stance::Love);
    share(&couple.alex, &kissing, Stance::NotNow { until_ms: Some(SATURDAY + 1_000) });
    couple.meet();
    clock.pass(30 * 86_400_000);
    // Its end is long past.
    assert_eq!(couple.alex.preferences().ended(2_000_000_000_000).unwrap(), std::slice::from_ref(&kissing));
    for vault in [&couple.alex, &couple.sam] {
        assert!(!suggested(&plan(vault, &half_an_hour())).contains("kissing"));
    }
    share(&couple.alex, &kissing, Stance::Like);
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert!(suggested(&plan(vault, &half_an_hour())).contains("kissing"));
    }
}

#[test]
fn what_is_said_for_a_case_counts_in_it() {
    let couple = Couple::new();
    for vault in [&couple.alex, &couple.sam] {
        share(vault, &together("pillow-talk"), Stance::Love);
        share(vault, &on("debrief", Side::Together, None), Stance::Like);
    }
    share(
        &couple.alex,
        &on("pillow-talk", Side::Together, Some(Condition::Intense)),
        Stance::NotNow { until_ms: None },
    );
    let later = ItemDraft { choices: Some(["tomorrow".into()].into()), ..ItemDraft::default() };
    let when = Item::Question(Question::WhenToTalk);
    couple.sam.preferences().set(&when, &later, &Default::default()).unwrap();
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        let mut occasion = half_an_hour();
        assert!(suggested(&plan(vault, &occasion)).contains("pillow-talk"));
        occasion.situation.insert(Condition::Intense);
        assert!(!suggested(&plan(vault, &occasion)).contains("pillow-talk"));
    }
    // Sam would rather look back tomorrow, and has told nobody.
    assert!(suggested(&plan(&couple.alex, &half_an_hour())).contains("debrief"));
    assert!(!suggested(&plan(&couple.sam, &half_an_hour())).contains("debrief"));
}

#[test]
fn everything_works_alone() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    say(&alex, &on("bath", Side::Receive, None), Stance::Love);
    let one = Occasion { minutes: 60, company: Company::Alone, ..Occasion::default() };
    let plans = plan(&alex, &one);
    assert!(suggested(&plans).contains("bath") && plans.plan.steps.iter().all(|it| it.step.way == Way::Alone));
    // For two, from what was said aloud.
    say(&alex, &together("kissing"), Stance::Like);
    let mut two = half_an_hour();
    assert!(plan(&alex, &two).talk.is_some());
    two.partner.said.push(SaidAloud { activity: "kissing".into(), side: Side::Together, stance: Stance::Love });
    let plans = plan(&alex, &two);
    assert_eq!(reasons(&plans, "kissing").unwrap(), [Reason::PartnerLikes]);
    assert!(plans.talk.is_none());
}

#[test]
fn while_private_is_locked_there_is_no_plan() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    say(&alex, &together("kissing"), Stance::Never);
    alex.set_private_key(Some([5; 32]), |_| ControlFlow::Continue(())).unwrap();
    alex.lock_private().unwrap();
    assert!(matches!(alex.preferences().plan(&half_an_hour()), Err(NightstandError::PrivateLocked)));
    assert!(matches!(alex.preferences().marks(&half_an_hour(), &[]), Err(NightstandError::PrivateLocked)));
    alex.unlock_private([5; 32], |_| ControlFlow::Continue(())).unwrap();
    let kissing = Step { activity: "kissing".into(), way: Way::Together, minutes: 5 };
    assert_eq!(alex.preferences().marks(&half_an_hour(), &[kissing]).unwrap().len(), 1);
}

#[test]
fn what_is_out_of_range_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let refused = |occasion: Occasion| {
        let what = InvalidInput::Occasion;
        assert_eq!(alex.preferences().plan(&occasion).err(), Some(NightstandError::InvalidInput { what }));
    };
    refused(Occasion { minutes: 0, ..Occasion::default() });
    refused(Occasion { minutes: 241, ..Occasion::default() });
    let mut wide_awake = Occasion::default();
    wide_awake.partner.energy = Some(11);
    refused(wide_awake);
}
