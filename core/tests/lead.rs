//! A session that leads itself: after one tap the phones lie aside, and both say the same of what runs.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, vault_at};
use nightstand::care::Side;
use nightstand::care::due::{DueItem, DueKind, DueLead};
use nightstand::care::sessions::{
    SessionDraft, SessionLead, SessionState, SessionView, StepDraft, StepId, StepState, StepVerb,
};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::vault::Vault;
use proptest::prelude::*;

const EVENING: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

fn step(activity: &str, minutes: u16) -> StepDraft {
    StepDraft { activity: activity.into(), side: Side::Together, minutes, way: None }
}

fn evening() -> SessionDraft {
    let steps = vec![step("water", 2), step("holding-hands", 10), step("music", 20)];
    SessionDraft { steps, ..SessionDraft::default() }
}

fn states(session: &SessionView) -> Vec<StepState> {
    session.steps.iter().map(|step| step.state).collect()
}

/// In minutes after the beginning.
fn ends(session: &SessionView) -> Vec<Option<i64>> {
    session.steps.iter().map(|step| step.ends_at_ms.map(|ms| (ms - EVENING) / MINUTE)).collect()
}

fn due(vault: &Vault, from_ms: i64) -> Vec<DueItem> {
    let items = vault.due().between(from_ms, EVENING + 40 * 86_400_000, "Etc/UTC", &()).unwrap().items;
    items.into_iter().filter(|item| item.kind == DueKind::Step).collect()
}

fn minutes(items: &[DueItem]) -> Vec<i64> {
    items.iter().map(|item| (item.fire_ms - EVENING) / MINUTE).collect()
}

use StepState::{Done, Paused, Running, Skipped, Waiting};

#[test]
fn after_one_tap_each_step_follows_the_one_before() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.sessions(), couple.sam.sessions());
    let session = alex.plan(Audience::Both, &evening()).unwrap();
    assert_eq!(session.lead, SessionLead::ByHand);
    let led = alex.lead(&session.id, SessionLead::ByItself).unwrap();
    assert_eq!((led.state, led.lead), (SessionState::Running, SessionLead::ByItself));
    assert_eq!((states(&led), ends(&led)), (vec![Running, Waiting, Waiting], vec![Some(2), Some(12), Some(32)]));
    couple.meet();

    let told = due(&couple.sam, EVENING);
    assert_eq!(minutes(&told), [2, 12, 32]);
    assert_eq!(told[1].leads_to, [DueLead::Step { session: session.id, step: session.steps[1].id }]);
    // What comes later stays scheduled when one is shown.
    assert_eq!(told[0].replaces, []);
    assert_eq!(told[2].replaces.len(), 2);

    clock.pass(5 * MINUTE);
    for phone in [&alex, &sam] {
        let at_five = phone.read(&session.id).unwrap();
        assert_eq!((states(&at_five), at_five.steps[0].spent_ms), (vec![Done, Running, Waiting], 2 * MINUTE));
        assert_eq!(at_five.steps[1].spent_ms, 3 * MINUTE);
    }
    assert_eq!(minutes(&due(&couple.alex, EVENING + 5 * MINUTE)), [12, 32]);

    // Longer, from the other phone: what comes behind moves with it.
    sam.step(&session.id, session.steps[1].id, StepVerb::Extend { minutes: 5 }).unwrap();
    couple.meet();
    assert_eq!(ends(&alex.read(&session.id).unwrap()), [None, Some(17), Some(37)]);
    // A pause holds up all of it.
    alex.step(&session.id, session.steps[1].id, StepVerb::Pause).unwrap();
    couple.meet();
    assert!(due(&couple.sam, EVENING).is_empty());
    clock.pass(10 * MINUTE);
    sam.step(&session.id, session.steps[1].id, StepVerb::Resume).unwrap();
    couple.meet();
    assert_eq!(ends(&alex.read(&session.id).unwrap()), [None, Some(27), Some(47)]);
    // The next at once.
    alex.step(&session.id, session.steps[1].id, StepVerb::Skip).unwrap();
    couple.meet();
    let music = sam.read(&session.id).unwrap();
    assert_eq!((states(&music), ends(&music)), (vec![Done, Skipped, Running], vec![None, None, Some(35)]));

    // The last one runs on until somebody ends it.
    clock.pass(60 * MINUTE);
    let late = sam.read(&session.id).unwrap();
    assert_eq!((late.state, states(&late)[2], late.steps[2].spent_ms), (SessionState::Running, Running, 60 * MINUTE));
    let ended = sam.end(&session.id).unwrap();
    assert_eq!(states(&ended), [Done, Skipped, Done]);
    assert_eq!(sam.lead(&session.id, SessionLead::ByItself), Err(refused(InvalidInput::Ended)));
    couple.meet();
    assert_eq!(alex.read(&session.id).unwrap().steps, ended.steps);
}

fn refused(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

#[test]
fn it_goes_on_while_the_app_is_gone_and_is_written_down_by_whoever_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Hands::at(EVENING);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let session = alex.sessions().plan(Audience::Me, &evening()).unwrap();
    let [water, hands, music]: [StepId; 3] =
        session.steps.iter().map(|step| step.id).collect::<Vec<_>>().try_into().unwrap();
    alex.sessions().lead(&session.id, SessionLead::ByItself).unwrap();
    drop(alex);
    clock.pass(13 * MINUTE);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let sessions = alex.sessions();
    assert_eq!(states(&sessions.read(&session.id).unwrap()), [Done, Done, Running]);
    // By hand again: what has come about stands, and the step goes on.
    let by_hand = sessions.lead(&session.id, SessionLead::ByHand).unwrap();
    assert_eq!((states(&by_hand), ends(&by_hand)), (vec![Done, Done, Running], vec![None, None, Some(32)]));
    clock.pass(30 * MINUTE);
    let nap = sessions.add_step(&session.id, &step("nap-together", 30)).unwrap().steps[3].id;
    assert_eq!(states(&sessions.read(&session.id).unwrap()), [Done, Done, Running, Waiting]);
    // What has run over gives way at this moment, not at one that is past.
    let on = sessions.lead(&session.id, SessionLead::ByItself).unwrap();
    assert_eq!((states(&on), ends(&on)[3]), (vec![Done, Done, Done, Running], Some(43 + 30)));
    assert_eq!(on.steps[2].spent_ms, 31 * MINUTE);

    // Once more: it stands still where its time is used up, and runs until somebody says otherwise.
    sessions.step(&session.id, hands, StepVerb::Start).unwrap();
    clock.pass(MINUTE);
    assert_eq!(states(&sessions.read(&session.id).unwrap()), [Done, Running, Done, Paused]);
    sessions.step(&session.id, hands, StepVerb::Done).unwrap();
    assert_eq!(states(&sessions.read(&session.id).unwrap()), [Done, Done, Done, Running]);
    // One that is taken out makes room for the next, and what is added behind the last one follows it.
    sessions.remove_step(&session.id, nap).unwrap();
    assert_eq!(states(&sessions.read(&session.id).unwrap()), [Done; 3]);
    sessions.add_step(&session.id, &step("water", 3)).unwrap();
    sessions.add_step(&session.id, &step("music", 3)).unwrap();
    let again = sessions.lead(&session.id, SessionLead::ByItself).unwrap();
    assert_eq!(
        (states(&again), ends(&again)[3..].to_vec()),
        (vec![Done, Done, Done, Running, Waiting], vec![Some(47), Some(50)])
    );
    let removed = sessions.remove_step(&session.id, again.steps[3].id).unwrap();
    assert_eq!((states(&removed), ends(&removed)[3]), (vec![Done, Done, Done, Running], Some(47)));
    let _ = (water, music);
}

#[test]
fn both_began_one_at_the_same_time_and_one_of_them_counts() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.sessions(), couple.sam.sessions());
    let session = alex.plan(Audience::Both, &evening()).unwrap();
    alex.lead(&session.id, SessionLead::ByItself).unwrap();
    couple.meet();
    clock.pass(MINUTE);
    alex.step(&session.id, session.steps[1].id, StepVerb::Start).unwrap();
    clock.pass(MINUTE / 2);
    sam.step(&session.id, session.steps[2].id, StepVerb::Start).unwrap();
    couple.meet();
    let (here, there) = (alex.read(&session.id).unwrap(), sam.read(&session.id).unwrap());
    assert_eq!(here.steps, there.steps);
    assert_eq!(states(&here), [Paused, Paused, Running]);
    // One phone says by hand, the other by itself: by hand.
    alex.lead(&session.id, SessionLead::ByHand).unwrap();
    sam.lead(&session.id, SessionLead::ByItself).unwrap();
    couple.meet();
    assert_eq!(sam.read(&session.id).unwrap().lead, alex.read(&session.id).unwrap().lead);
}

#[test]
fn many_steps_make_no_more_notices_than_one_session_can_have() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let long = SessionDraft { steps: vec![step("water", 1); 100], ..SessionDraft::default() };
    for _ in 0..3 {
        let session = couple.sam.sessions().plan(Audience::Both, &long).unwrap();
        couple.sam.sessions().lead(&session.id, SessionLead::ByItself).unwrap();
    }
    let own = couple.alex.sessions().plan(Audience::Me, &evening()).unwrap();
    couple.alex.sessions().lead(&own.id, SessionLead::ByItself).unwrap();
    couple.meet();
    let mut leads = Vec::new();
    let (mut from_ms, mut items) = (EVENING, Vec::new());
    loop {
        let due = couple.alex.due().between(from_ms, EVENING + 86_400_000, "Etc/UTC", &()).unwrap();
        items.extend(due.items);
        if due.ask_again_at_ms >= EVENING + 86_400_000 {
            break;
        }
        from_ms = due.ask_again_at_ms;
    }
    items.iter().for_each(|item| leads.extend(item.leads_to.iter().cloned()));
    // One of the three whole, of the two others the step that runs, and all of one's own.
    assert_eq!(leads.len(), 100 + 2 + 3);
    assert!(items.iter().all(|item| item.replaces.len() <= 101 * item.leads_to.len()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However often somebody looks, and whoever writes down what has come about: the same steps run at the same times.
    #[test]
    fn looking_changes_nothing(looks in prop::collection::vec((0..12_i64, any::<bool>()), 1..8)) {
        let clock = Hands::at(EVENING);
        let couple = Couple::at(&clock);
        let (alex, sam) = (couple.alex.sessions(), couple.sam.sessions());
        let session = alex.plan(Audience::Both, &evening()).unwrap();
        alex.lead(&session.id, SessionLead::ByItself).unwrap();
        couple.meet();
        let mut passed = 0;
        for (wait, writes) in looks {
            passed += wait;
            clock.pass(wait * MINUTE);
            if writes {
                sam.lead(&session.id, SessionLead::ByItself).unwrap();
                couple.meet();
            }
            let expected = match passed {
                0..2 => [Running, Waiting, Waiting],
                2..12 => [Done, Running, Waiting],
                _ => [Done, Done, Running],
            };
            let (here, there) = (alex.read(&session.id).unwrap(), sam.read(&session.id).unwrap());
            prop_assert_eq!(&here.steps, &there.steps);
            prop_assert_eq!(states(&here), expected.to_vec());
            prop_assert_eq!(here.steps[2].ends_at_ms, Some(EVENING + 32 * MINUTE));
        }
    }
}
