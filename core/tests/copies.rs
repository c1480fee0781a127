//! What somebody made alone is copied for both after a pairing: what they pick, once, and nothing that hangs on it.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, Hands, vault};
use nightstand::care::activities::ActivityDraft;
use nightstand::care::catalogue::Family;
use nightstand::care::check_ins::{CheckIn, CheckInMoment};
use nightstand::care::sessions::{SessionDraft, SessionState, StepDraft, StepState, StepVerb};
use nightstand::care::{Condition, Side, Whose};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::insights::{Figure, Insight, InsightOf, InsightSpan};
use nightstand::records::Audience;
use nightstand::together::rituals::RitualDraft;
use nightstand::together::songs::{SongBy, SongDraft};

const EVENING: i64 = 1_790_000_000_000;

fn tea() -> ActivityDraft {
    ActivityDraft {
        title: "Tea on the balcony".into(),
        about: "The blue cups.".into(),
        family: Family::Body,
        needs: [].into(),
        minutes: (5, 10),
        works_apart: false,
    }
}

fn step(activity: &str, side: Side) -> StepDraft {
    StepDraft { activity: activity.into(), side, minutes: 5, way: None }
}

fn refused(what: InvalidInput) -> NightstandError {
    NightstandError::InvalidInput { what }
}

#[test]
fn what_was_picked_is_both_of_theirs_and_the_rest_stays() {
    let couple = Couple::at(&Hands::at(EVENING));
    let alex = &couple.alex;
    let own = alex.activities().add(Audience::Me, &tea()).unwrap();
    alex.activities().add(Audience::Me, &ActivityDraft { title: "Ring Kim".into(), ..tea() }).unwrap();
    let steps = vec![step(&own.id, Side::Together), step("water", Side::Give)];
    let draft = RitualDraft { title: "Slowly".into(), situation: [Condition::Tired].into(), steps: steps.clone() };
    let ritual = alex.rituals().add(Audience::Me, &draft).unwrap();
    let song = SongDraft { title: "Something slow".into(), ..SongDraft::default() };
    let song = alex.songs().add(Audience::Me, &song).unwrap();

    assert_eq!(
        alex.rituals().copy_to_both(&ritual.id),
        Err(refused(InvalidInput::NotOfBoth)),
        "the tea is not theirs yet"
    );
    let shared = alex.activities().copy_to_both(&own.id).unwrap();
    assert_eq!((shared.audience, &shared.content), (Audience::Both, &tea()));
    assert_ne!(shared.id, own.id);
    let copy = alex.rituals().copy_to_both(&ritual.id).unwrap();
    assert_eq!((copy.audience, copy.steps[0].activity.as_str()), (Audience::Both, shared.id.as_str()));
    let sung = alex.songs().copy_to_both(&song.id).unwrap();
    couple.meet();

    let sam = &couple.sam;
    assert_eq!(sam.activities().list().unwrap(), std::slice::from_ref(&shared));
    let theirs = sam.rituals().list().unwrap();
    assert_eq!((theirs.len(), theirs[0].title.as_str(), theirs[0].steps[1].side), (1, "Slowly", Side::Receive));
    let heard = sam.songs().list(None).unwrap();
    assert_eq!((heard.len(), heard[0].id, heard[0].by), (1, sung.id, SongBy::Partner));

    // Once more is the same one, as both have it by then.
    sam.activities().change(&shared.id, &ActivityDraft { title: "Tea".into(), ..tea() }, &tea()).unwrap();
    couple.meet();
    assert_eq!(alex.activities().copy_to_both(&own.id).unwrap().content.title, "Tea");
    assert_eq!(alex.rituals().copy_to_both(&ritual.id).unwrap(), copy);
    assert_eq!(alex.songs().copy_to_both(&song.id).unwrap().id, sung.id);
    // The original stays, and a copy has none.
    assert_eq!(alex.activities().list().unwrap().len(), 3);
    assert_eq!(alex.rituals().read(&ritual.id).unwrap(), ritual);
    assert_eq!(alex.rituals().copy_to_both(&copy.id), Err(NightstandError::NotFound));
    // What both let go of does not come back.
    sam.songs().remove(&sung.id).unwrap();
    couple.meet();
    assert_eq!(alex.songs().copy_to_both(&song.id), Err(NightstandError::Deleted));
}

#[test]
fn an_evening_goes_along_without_what_hangs_on_it() {
    let couple = Couple::at(&Hands::at(EVENING));
    let sessions = couple.alex.sessions();
    let gone = couple.alex.activities().add(Audience::Me, &tea()).unwrap().id;
    let draft = SessionDraft {
        situation: [Condition::Intense, Condition::Vulnerable].into(),
        apart: false,
        steps: vec![step("water", Side::Give), step(&gone, Side::Together)],
    };
    let session = sessions.plan(Audience::Me, &draft).unwrap();
    sessions.step(&session.id, session.steps[0].id, StepVerb::Start).unwrap();
    assert_eq!(sessions.copy_to_both(&session.id), Err(refused(InvalidInput::Running)), "it is going on");
    sessions.end(&session.id).unwrap();
    assert_eq!(sessions.copy_to_both(&session.id), Err(refused(InvalidInput::NotOfBoth)));
    couple.alex.activities().remove(&gone).unwrap();
    let said = CheckIn::new(CheckInMoment::Closing, Some(session.id), EVENING);
    couple.alex.check_ins().add(&said).unwrap();

    let copy = sessions.copy_to_both(&session.id).unwrap();
    couple.meet();
    let seen = couple.sam.sessions().read(&copy.id).unwrap();
    assert_eq!((seen.state, seen.at_ms, seen.ended_ms), (SessionState::Ended, EVENING, Some(EVENING)));
    assert_eq!(seen.situation, [Condition::Intense].into());
    assert_eq!((seen.steps.len(), seen.steps[0].side, seen.steps[0].state), (1, Side::Receive, StepState::Done));
    assert!(couple.sam.check_ins().of_session(Whose::Partner, &copy.id).unwrap().is_empty());
    // Nobody is asked because of it, and no figure has the evening twice.
    let due = |vault: &nightstand::vault::Vault| {
        vault.due().between(EVENING, EVENING + 3 * 86_400_000, "Etc/UTC", &()).unwrap().items
    };
    assert!(due(&couple.sam).is_empty());
    for item in due(&couple.alex) {
        assert_eq!(item.leads_to.len(), 1);
    }
    let span = InsightSpan { from_ms: EVENING - 1, before_ms: EVENING + 1, offset_seconds: 0 };
    let often = |of| match couple.alex.insights().read(Insight::HowOften, of, &span).unwrap().whole {
        Figure::Known(known) => known.n,
        _ => 0,
    };
    for _ in 0..5 {
        let more = sessions.plan(Audience::Me, &SessionDraft::default()).unwrap().id;
        sessions.start(&more).unwrap();
        sessions.end(&more).unwrap();
        sessions.copy_to_both(&more).unwrap();
    }
    assert_eq!((often(InsightOf::Me), often(InsightOf::Both)), (6, 6));
}

#[test]
fn alone_there_is_nobody_to_copy_for() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let own = alex.activities().add(Audience::Me, &tea()).unwrap();
    assert_eq!(alex.activities().copy_to_both(&own.id), Err(NightstandError::NotPaired));
    assert_eq!(alex.activities().copy_to_both("water"), Err(refused(InvalidInput::Id)));
}

/// A step names the copy that both have, also when the original is gone.
#[test]
fn a_step_keeps_its_activity_when_the_original_is_gone() {
    let couple = Couple::at(&Hands::at(EVENING));
    let alex = &couple.alex;
    let own = alex.activities().add(Audience::Me, &tea()).unwrap().id;
    let steps = vec![step(&own, Side::Together), step("water", Side::Give)];
    let draft = RitualDraft { title: "Slowly".into(), situation: [].into(), steps: steps.clone() };
    let ritual = alex.rituals().add(Audience::Me, &draft).unwrap().id;
    let evening = SessionDraft { situation: [].into(), apart: false, steps };
    let session = alex.sessions().plan(Audience::Me, &evening).unwrap();
    alex.sessions().start(&session.id).unwrap();
    alex.sessions().end(&session.id).unwrap();
    let shared = alex.activities().copy_to_both(&own).unwrap().id;
    alex.activities().remove(&own).unwrap();
    let names: Vec<_> =
        alex.rituals().copy_to_both(&ritual).unwrap().steps.into_iter().map(|one| one.activity).collect();
    assert_eq!(names, [shared.as_str(), "water"]);
    assert_eq!(alex.sessions().copy_to_both(&session.id).unwrap().steps.len(), 2);
}

/// What a ritual says of its person is theirs.
#[test]
fn a_ritual_goes_along_without_what_tells_of_oneself() {
    let couple = Couple::at(&Hands::at(EVENING));
    let rituals = couple.alex.rituals();
    let of_oneself = [Condition::Tired, Condition::Vulnerable, Condition::Disappointed, Condition::OldIssue];
    let situation = of_oneself.into_iter().chain([Condition::Intense]).collect();
    let draft = RitualDraft { title: "Slowly".into(), situation, steps: vec![step("water", Side::Give)] };
    let own = rituals.add(Audience::Me, &draft).unwrap();
    let copy = rituals.copy_to_both(&own.id).unwrap();
    couple.meet();
    assert_eq!(couple.sam.rituals().read(&copy.id).unwrap().situation, [Condition::Intense].into());
    assert_eq!(rituals.read(&own.id).unwrap(), own, "the original stays");
}
