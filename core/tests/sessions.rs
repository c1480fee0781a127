//! Sessions and own activities: led by one or by two, with timers that nobody has to keep running.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, vault, vault_at};
use nightstand::care::activities::{Activities, ActivityDraft, OwnActivity};
use nightstand::care::catalogue::{Family, Need};
use nightstand::care::plan::{Occasion, Step, Way};
use nightstand::care::sessions::{SessionDraft, SessionState, SessionView, StepDraft, StepState, StepVerb, StepView};
use nightstand::care::{Condition, Item, ItemDraft, ItemVersion, Side, Stance};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::insights::{Known, Method};
use nightstand::records::Audience;
use nightstand::together::rituals::RitualDraft;

const EVENING: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

fn step(activity: &str, side: Side, minutes: u16) -> StepDraft {
    StepDraft { activity: activity.into(), side, minutes, way: None }
}

fn evening() -> SessionDraft {
    SessionDraft {
        situation: [Condition::Tired].into(),
        apart: false,
        steps: vec![step("water", Side::Give, 2), step("holding-hands", Side::Together, 10)],
    }
}

fn told(session: &SessionView) -> Vec<(&str, Side, StepState)> {
    session.steps.iter().map(|step| (step.activity.as_str(), step.side, step.state)).collect()
}

fn refused(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

#[test]
fn an_evening_is_led_from_both_phones() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.sessions(), couple.sam.sessions());
    let planned = alex.plan(Audience::Both, &evening()).unwrap();
    assert_eq!((planned.state, planned.ended_ms), (SessionState::Planned, None));
    couple.meet();

    let (water, hands) = (planned.steps[0].id, planned.steps[1].id);
    let of_sam = sam.read(&planned.id).unwrap();
    let expected =
        [("water", Side::Receive, StepState::Waiting), ("holding-hands", Side::Together, StepState::Waiting)];
    assert_eq!((told(&of_sam).as_slice(), of_sam.audience), (&expected[..], Audience::Both));
    assert_eq!(of_sam.situation, [Condition::Tired].into());

    sam.step(&planned.id, water, StepVerb::Start).unwrap();
    couple.meet();
    clock.pass(MINUTE);
    let running = alex.read(&planned.id).unwrap();
    assert_eq!((running.state, running.steps[0].spent_ms), (SessionState::Running, MINUTE));
    assert_eq!(running.steps[0].ends_at_ms, Some(EVENING + 2 * MINUTE));
    // The next step pauses the one that runs; then that is done after all.
    alex.step(&planned.id, hands, StepVerb::Start).unwrap();
    let both = alex.step(&planned.id, water, StepVerb::Done).unwrap();
    assert_eq!((both.steps[0].state, both.steps[1].state), (StepState::Done, StepState::Running));
    clock.pass(30 * MINUTE);
    let ended = alex.end(&planned.id).unwrap();
    assert_eq!((ended.state, ended.ended_ms), (SessionState::Ended, Some(EVENING + 31 * MINUTE)));
    assert_eq!((ended.steps[1].state, ended.steps[1].spent_ms), (StepState::Done, 30 * MINUTE));
    couple.meet();
    assert_eq!(told(&sam.read(&planned.id).unwrap())[1].2, StepState::Done);
    assert_eq!(sam.list(EVENING, EVENING + 1).unwrap().len(), 1);
    assert_eq!(sam.list(EVENING + 1, i64::MAX).unwrap().len(), 0);

    sam.delete(&planned.id).unwrap();
    couple.meet();
    assert_eq!(alex.read(&planned.id), Err(NightstandError::Deleted));
    assert!(alex.list(i64::MIN, i64::MAX).unwrap().is_empty());
}

#[test]
fn two_phones_that_change_different_things_lose_nothing() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.sessions(), couple.sam.sessions());
    let session = alex.plan(Audience::Both, &evening()).unwrap();
    couple.meet();
    alex.step(&session.id, session.steps[0].id, StepVerb::Start).unwrap();
    sam.add_step(&session.id, &step("music", Side::Together, 20)).unwrap();
    sam.step(&session.id, session.steps[1].id, StepVerb::Extend { minutes: 5 }).unwrap();
    couple.meet();
    let (here, there) = (alex.read(&session.id).unwrap(), sam.read(&session.id).unwrap());
    assert_eq!((here.steps.len(), here.steps[0].state, here.steps[1].minutes), (3, StepState::Running, 15));
    assert_eq!(
        there.steps.iter().map(|step| step.id).collect::<Vec<_>>(),
        here.steps.iter().map(|step| step.id).collect::<Vec<_>>()
    );
    // Both tap "done": the second tap is no mistake.
    alex.step(&session.id, session.steps[0].id, StepVerb::Done).unwrap();
    sam.step(&session.id, session.steps[0].id, StepVerb::Done).unwrap();
    couple.meet();
    sam.step(&session.id, session.steps[0].id, StepVerb::Done).unwrap();
    assert_eq!(alex.read(&session.id).unwrap().steps[0].state, StepState::Done);
}

#[test]
fn a_timer_survives_the_app() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Hands::at(EVENING);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let session = alex.sessions().plan(Audience::Me, &evening()).unwrap();
    let water = session.steps[0].id;
    alex.sessions().step(&session.id, water, StepVerb::Start).unwrap();
    drop(alex);
    clock.pass(90_000);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let paused = alex.sessions().step(&session.id, water, StepVerb::Pause).unwrap();
    assert_eq!((paused.steps[0].spent_ms, paused.steps[0].ends_at_ms), (90_000, None));
    clock.pass(MINUTE);
    let on = alex.sessions().step(&session.id, water, StepVerb::Resume).unwrap();
    assert_eq!((on.steps[0].spent_ms, on.steps[0].ends_at_ms), (90_000, Some(EVENING + 90_000 + MINUTE + 30_000)));
    // A clock that was put back takes no time away.
    clock.pass(-10 * MINUTE);
    assert_eq!(alex.sessions().read(&session.id).unwrap().steps[0].spent_ms, 90_000);
}

#[test]
fn what_a_step_does_not_allow_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let sessions = alex.sessions();
    let session = sessions.plan(Audience::Me, &evening()).unwrap();
    let (id, water) = (session.id, session.steps[0].id);
    assert_eq!(sessions.step(&id, water, StepVerb::Pause), Err(refused(InvalidInput::State)));
    assert_eq!(sessions.step(&id, water, StepVerb::Extend { minutes: 600 }), Err(refused(InvalidInput::Range)));
    assert_eq!(sessions.step(&id, water, StepVerb::Extend { minutes: 0 }), Err(refused(InvalidInput::Range)));
    sessions.step(&id, water, StepVerb::Skip).unwrap();
    assert_eq!(sessions.step(&id, water, StepVerb::Pause), Err(refused(InvalidInput::State)));
    sessions.step(&id, water, StepVerb::Done).unwrap();
    sessions.end(&id).unwrap();
    assert_eq!(sessions.start(&id), Err(refused(InvalidInput::Ended)));
    assert_eq!(sessions.step(&id, water, StepVerb::Start), Err(refused(InvalidInput::Ended)));
    // What was done without having been planned comes in afterwards.
    let added = sessions.add_step(&id, &step("nap-together", Side::Together, 30)).unwrap();
    let nap = added.steps[2].id;
    assert_eq!(sessions.step(&id, nap, StepVerb::Done).unwrap().steps[2].state, StepState::Done);
    let moved = sessions.move_step(&id, nap, 0).unwrap();
    assert_eq!(
        moved.steps.iter().map(|step| step.activity.as_str()).collect::<Vec<_>>(),
        ["nap-together", "water", "holding-hands"]
    );
    sessions.remove_step(&id, nap).unwrap();
    assert_eq!(sessions.remove_step(&id, nap), Err(NightstandError::NotFound));

    let wrong = |steps| sessions.plan(Audience::Me, &SessionDraft { steps, ..SessionDraft::default() }).unwrap_err();
    assert_eq!(wrong(vec![step("no-such-thing", Side::Give, 1)]), refused(InvalidInput::Item));
    assert_eq!(wrong(vec![step("water", Side::Give, 0)]), refused(InvalidInput::Range));
    assert_eq!(wrong(vec![step("water", Side::Give, 1); 101]), refused(InvalidInput::Full));
    assert_eq!(sessions.plan(Audience::Both, &evening()).unwrap_err(), NightstandError::NotPaired);
}

fn tea() -> ActivityDraft {
    ActivityDraft {
        title: "Tea on the balcony".into(),
        about: "The blue cups.".into(),
        family: Family::Body,
        needs: [Need::Body, Need::Quiet].into(),
        minutes: (10, 20),
        works_apart: false,
    }
}

#[test]
fn a_screen_that_is_behind_overwrites_nothing() {
    let couple = Couple::new();
    let (alex, sam) = (couple.alex.activities(), couple.sam.activities());
    let OwnActivity { id, content: shown, .. } = alex.add(Audience::Both, &tea()).unwrap();
    couple.meet();
    let longer = ActivityDraft { minutes: (10, 40), ..tea() };
    sam.change(&id, &longer, &shown).unwrap();
    couple.meet();
    let apart = |draft: &ActivityDraft| ActivityDraft { works_apart: true, ..draft.clone() };
    assert_eq!(alex.change(&id, &apart(&shown), &shown), Err(NightstandError::ChangedMeanwhile));
    couple.meet();
    let content = |activities: &Activities| activities.list().unwrap().remove(0).content;
    assert_eq!([&alex, &sam].map(content), [longer.clone(), longer.clone()]);
    // To say what stands is no mistake: a second tap, or what the other has said.
    sam.change(&id, &longer, &shown).unwrap();
    alex.change(&id, &longer, &shown).unwrap();
    assert_eq!(content(&alex), longer);
    // Drawn again, the screen has it.
    alex.change(&id, &apart(&longer), &longer).unwrap();
    couple.meet();
    assert_eq!(content(&sam), apart(&longer));
    // One of one's own alone has no partner, and more than one screen.
    let own = alex.add(Audience::Me, &tea()).unwrap();
    alex.change(&own.id, &longer, &own.content).unwrap();
    assert_eq!(alex.change(&own.id, &apart(&own.content), &own.content), Err(NightstandError::ChangedMeanwhile));
}

#[test]
fn an_activity_of_ones_own_stands_like_a_built_in_one() {
    let (couple, tea) = (Couple::new(), tea());
    let alex = couple.alex.activities();
    let added = alex.add(Audience::Both, &tea).unwrap();
    couple.meet();
    assert_eq!(couple.sam.activities().list().unwrap(), std::slice::from_ref(&added));

    let draft = SessionDraft { steps: vec![step(&added.id, Side::Together, 10)], ..SessionDraft::default() };
    couple.sam.sessions().plan(Audience::Both, &draft).unwrap();
    let item = Item::Stance { activity: added.id.clone(), side: Side::Together, condition: None };
    let love = ItemDraft { stance: Some(Stance::Love), ..ItemDraft::default() };
    couple.sam.preferences().set(&item, &love, &ItemVersion::default()).unwrap();

    let renamed = ActivityDraft { title: "Tea".into(), works_apart: true, needs: [Need::Play].into(), ..tea.clone() };
    couple.sam.activities().change(&added.id, &renamed, &added.content).unwrap();
    couple.meet();
    assert_eq!(alex.list().unwrap()[0].content, renamed);
    alex.remove(&added.id).unwrap();
    couple.meet();
    assert!(couple.sam.activities().list().unwrap().is_empty());
    assert_eq!(couple.sam.activities().change(&added.id, &tea, &renamed), Err(NightstandError::Deleted));

    let wrong = |draft: ActivityDraft| alex.add(Audience::Me, &draft).unwrap_err();
    assert_eq!(wrong(ActivityDraft { title: " ".into(), ..tea.clone() }), refused(InvalidInput::Empty));
    assert_eq!(
        wrong(ActivityDraft { title: "a\nb".into(), ..tea.clone() }),
        refused(InvalidInput::TitleOfSeveralLines)
    );
    assert_eq!(wrong(ActivityDraft { title: "x".repeat(61), ..tea.clone() }), refused(InvalidInput::TitleTooLong));
    assert_eq!(wrong(ActivityDraft { about: "x".repeat(401), ..tea.clone() }), refused(InvalidInput::TextTooLong));
    assert_eq!(wrong(ActivityDraft { minutes: (20, 10), ..tea }), refused(InvalidInput::Range));
}

#[test]
fn a_step_keeps_its_way_from_the_plan_into_the_evening() {
    let couple = Couple::new();
    let planned = |activity: &str, way| Step { activity: activity.into(), way, minutes: 10 };
    let picked = [
        planned("light-massage", Way::InTurns),
        planned("bath", Way::Alone),
        planned("water", Way::ForPartner),
        planned("music", Way::Together),
    ];
    let steps: Vec<_> = picked.iter().map(StepDraft::from).collect();
    let draft = SessionDraft { steps: steps.clone(), ..SessionDraft::default() };
    let session = couple.alex.sessions().plan(Audience::Both, &draft).unwrap();
    let ways = |session: &SessionView| session.steps.iter().map(|step| (step.way, step.side)).collect::<Vec<_>>();
    let seen = [
        (Way::InTurns, Side::Together),
        (Way::Alone, Side::Receive),
        (Way::ForPartner, Side::Give),
        (Way::Together, Side::Together),
    ];
    assert_eq!(ways(&session), seen);
    couple.meet();
    let by_sam = [
        (Way::InTurns, Side::Together),
        (Way::Alone, Side::Give),
        (Way::ForMe, Side::Receive),
        (Way::Together, Side::Together),
    ];
    let there = couple.sam.sessions().step(&session.id, session.steps[0].id, StepVerb::Start).unwrap();
    assert_eq!(ways(&there), by_sam);

    // A ritual keeps it as well, until somebody says something else.
    let ritual = RitualDraft { title: "Slowly".into(), situation: [].into(), steps };
    let ritual = couple.alex.rituals().add(Audience::Both, &ritual).unwrap();
    assert_eq!(ways(&couple.alex.rituals().start(&ritual.id).unwrap()), seen);
    let again = step("light-massage", Side::Together, 5);
    let changed = couple.alex.rituals().change_step(&ritual.id, ritual.steps[0].id, &again, &ritual).unwrap();
    assert_eq!((changed.steps[0].way, changed.steps[1].way), (Way::Together, Way::Alone));

    let wrong = StepDraft { way: Some(Way::Alone), ..again };
    assert_eq!(couple.alex.sessions().add_step(&session.id, &wrong), Err(refused(InvalidInput::Item)));
}

/// With somebody who has no such app a session is one's own, and what is done together meets a boundary on any side.
#[test]
fn a_step_of_ones_own_session_is_marked_in_the_way_that_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    for activity in ["kissing", "bath"] {
        let item = Item::Stance { activity: activity.into(), side: Side::Give, condition: None };
        let never = ItemDraft { stance: Some(Stance::Never), ..ItemDraft::default() };
        alex.preferences().set(&item, &never, &ItemVersion::default()).unwrap();
    }
    let bath = StepDraft { way: Some(Way::Alone), ..step("bath", Side::Receive, 20) };
    let draft = SessionDraft { steps: vec![step("kissing", Side::Together, 5), bath], ..SessionDraft::default() };
    let session = alex.sessions().plan(Audience::Me, &draft).unwrap();
    let step = |step: &StepView| Step { activity: step.activity.clone(), way: step.way, minutes: step.minutes };
    let steps: Vec<_> = session.steps.iter().map(step).collect();
    assert_eq!(steps.iter().map(|step| step.way).collect::<Vec<_>>(), [Way::Together, Way::Alone]);
    let marks = alex.preferences().marks(&Occasion::default(), &steps).unwrap();
    assert_eq!(marks.iter().map(|mark| mark.step).collect::<Vec<_>>(), [0]);
}

#[test]
fn debug_names_no_situation_and_no_level() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let draft = SessionDraft { situation: [Condition::Disappointed].into(), ..SessionDraft::default() };
    let view = alex.sessions().plan(Audience::Me, &draft).unwrap();
    let offer = alex.not_right().boundaries("cuddling", Stance::Never).unwrap().remove(0);
    let seen = alex.preferences().read(&offer.item).unwrap().version;
    alex.preferences().set(&offer.item, &offer.draft, &seen).unwrap();
    let offer = alex.not_right().boundaries("cuddling", Stance::Never).unwrap().remove(0);
    let known = Known { n: 5, value: 6.25, low: None, high: None, method: Method::Mean };
    let shown = format!("{draft:?} {view:?} {offer:?} {known:?}").to_lowercase();
    for word in ["disappointed", "never", "not now", "notnow", "6.25"] {
        assert!(!shown.contains(word), "{shown}");
    }
}
