//! What two people had of care, together and in figures, in the vaults of the fifth landing and the sixth.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use nightstand::care::check_ins::CheckInMoment;
use nightstand::care::follow_ups::FollowUpAnswer;
use nightstand::care::room::RoomState;
use nightstand::care::settings::{Mute, QuietHours};
use nightstand::care::{Condition, Item, Whose};
use nightstand::insights::{CountedMoment, Figure, Insight, InsightOf, InsightSpan, Level};
use nightstand::journal::{Prompt, RowsQuery};
use nightstand::records::Audience;
use nightstand::sync::SyncOutcome;
use nightstand::together::agreements::AgreementState;
use nightstand::together::reflections::ReflectionState;
use nightstand::together::ticks::TickOf;
use nightstand::vault::{Clock, OpenOptions, Vault};

use crate::fixture;
use crate::vaults::{copies, meet};

const BEGAN: i64 = 1_796_000_000_000;
const LEFT: i64 = 1_796_435_002_000;
const DAY: i64 = 86_400_000;

/// When landing 6's vaults were written in.
const ABOUT_LANDING_6: (i64, i64) = (1_797_000_000_000, 1_797_001_000_000);

/// The moment at which the vaults of landing 5 were left; those of landing 6 were soon after.
struct Then;

impl Clock for Then {
    fn now_ms(&self) -> i64 {
        LEFT
    }
}

#[test]
fn the_vaults_of_landing_5_open_and_go_on() {
    let (_folder, alex, sam) = opened(5);

    let rounds = |vault: &Vault| {
        let mut states: Vec<_> = vault.reflections().list().unwrap().iter().map(|round| round.state).collect();
        states.sort_unstable();
        states
    };
    let (opened, waiting, not_sealed) = (ReflectionState::Opened, ReflectionState::Waiting, ReflectionState::Open);
    assert_eq!((rounds(&alex), rounds(&sam)), (vec![waiting, opened], vec![not_sealed, waiting, opened]));
    let states = |vault: &Vault| {
        let all = vault.agreements().list().unwrap();
        let mut states: Vec<_> =
            all.into_iter().map(|one| (one.proposals[0].content.title.clone(), one.state)).collect();
        states.sort_by(|one, other| one.0.cmp(&other.0));
        states.into_iter().map(|(_, state)| state).collect::<Vec<_>>()
    };
    assert_eq!(states(&alex), [AgreementState::Proposed, AgreementState::ForMe]);
    assert_eq!(states(&sam), [AgreementState::Apart, AgreementState::Holds]);
    what_is_ones_own(&alex);

    let met = meet(&alex, &sam);
    assert_eq!((met.outcome, met.set_aside), (Some(SyncOutcome::AllHandedOver), 0));
    for _ in 0..3 {
        meet(&alex, &sam);
    }
    // The seals that stood half-way are opened.
    for (vault, mine, theirs) in
        [(&alex, "Rain on the tin roof.", "Your stomach."), (&sam, "Your stomach.", "Rain on the tin roof.")]
    {
        let rounds = vault.reflections().list().unwrap();
        let sound = rounds.iter().find(|round| round.prompt == Prompt::Words("What was the sound?".into())).unwrap();
        assert_eq!((sound.mine.as_deref(), sound.theirs.as_deref()), (Some(mine), Some(theirs)));
        assert!(rounds.iter().any(|round| {
            round.theirs.as_deref().is_some_and(|text| text.ends_with("warm.") || text.ends_with("you."))
        }));
        what_is_of_both(vault);
    }
    assert_eq!(states(&sam), [AgreementState::Apart, AgreementState::Proposed]);
    assert_eq!(states(&alex), [AgreementState::Apart, AgreementState::ForMe]);
    assert!(alex.follow_ups().list(Whose::Me).unwrap()[0].partner_said_yes);
    assert_eq!(sam.follow_ups().list(Whose::Partner).unwrap()[0].answer, Some(FollowUpAnswer::Yes));
    assert_eq!(alex.signals().list().unwrap().live.iter().filter(|signal| signal.whose == Whose::Partner).count(), 1);
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());
}

#[test]
fn the_vaults_of_landing_6_open_and_go_on() {
    let (_folder, alex, sam) = opened(6);
    let round = |vault: &Vault, words: &str| {
        let asked = Prompt::Words(words.into());
        vault.reflections().list().unwrap().into_iter().find(|round| round.prompt == asked).unwrap()
    };
    let stays = round(&alex, "What stays?");
    assert_eq!((stays.state, stays.draft.as_str()), (ReflectionState::Open, "The quiet.\n\nAnd the rain"));
    assert_eq!(round(&alex, "What is quiet?").draft, "The snow");
    assert!(alex.reflections().former().unwrap().is_empty());
    let blanket: Item = "stance/blanket/receive".parse().unwrap();
    assert_eq!(sam.preferences().to_look_at().unwrap(), [blanket]);
    let own: Vec<_> = sam.check_ins().list(Whose::Me, ABOUT_LANDING_6.0, ABOUT_LANDING_6.1).unwrap();
    let said: Vec<_> = own.iter().map(|one| (one.content.moment, one.shared.len(), one.unshared_changes)).collect();
    let (morning, not_right) = (CheckInMoment::NextMorning, CheckInMoment::SomethingNotRight);
    assert_eq!(said.len(), 2);
    assert!(said.contains(&(morning, 1, true)) && said.contains(&(not_right, 1, false)), "{said:?}");

    for _ in 0..3 {
        let met = meet(&alex, &sam);
        assert_eq!((met.outcome, met.set_aside), (Some(SyncOutcome::AllHandedOver), 0));
    }
    assert_eq!(round(&alex, "What was new?").theirs.as_deref(), Some("The blue cups."));
    assert_eq!(round(&sam, "What was new?").theirs.as_deref(), Some("Your laugh."));
    assert_eq!(alex.reflections().write_draft(&stays.id, "The rain", &stays.draft).unwrap().draft, "The rain");
    let read = alex.check_ins().list(Whose::Partner, ABOUT_LANDING_6.0, ABOUT_LANDING_6.1).unwrap();
    let read: Vec<_> = read.iter().map(|one| (one.content.closeness, one.content.note.as_str())).collect();
    assert!(read.contains(&(Some(5), "")) && read.contains(&(None, "The light was too bright.")), "{read:?}");
    let alone = own.iter().find(|one| one.content.moment == morning).unwrap();
    sam.check_ins().share(&alone.id, &Default::default()).unwrap();
    meet(&alex, &sam);
    assert_eq!(alex.check_ins().list(Whose::Partner, ABOUT_LANDING_6.0, ABOUT_LANDING_6.1).unwrap().len(), 1);

    let rituals = alex.rituals().list().unwrap();
    let slowly: Vec<_> = rituals.iter().filter(|one| one.title == "Slowly").collect();
    assert_eq!(slowly.len(), 2, "the original and the copy");
    let copied = slowly.iter().find(|one| one.audience == Audience::Both).unwrap();
    let activities = sam.activities().list().unwrap();
    let tea = activities.iter().find(|one| one.id == copied.steps[0].activity).unwrap();
    assert_eq!(tea.content.title, "Tea on the balcony");
    let of_both = alex.songs().list(None).unwrap().into_iter().filter(|one| one.audience == Audience::Both);
    assert!(of_both.map(|one| one.content.title).any(|title| title == "Something slow"));
    let own = slowly.iter().find(|one| one.audience == Audience::Me).unwrap();
    assert_eq!(alex.rituals().copy_to_both(&own.id).unwrap().id, copied.id, "it is copied once");
    assert_eq!(alex.journal().shared_digest().unwrap(), sam.journal().shared_digest().unwrap());
}

/// Both vaults of a landing whose Sam has a second key.
fn opened(landing: u32) -> (tempfile::TempDir, Vault, Vault) {
    let (folder, [alex_path, sam_path]) = copies(landing);
    let beside = sam_path.with_file_name("sam.vault.private");
    std::fs::copy(fixture(landing, "sam.vault.private"), beside).unwrap();
    let (alex, sam) = (open(alex_path, 1), open(sam_path, 2));
    sam.unlock_private([9; 32], |_| ControlFlow::Continue(())).unwrap();
    (folder, alex, sam)
}

fn what_is_ones_own(alex: &Vault) {
    let settings = alex.settings().read().unwrap();
    assert_eq!(settings.quiet_hours, Some(QuietHours { from: 1_320, to: 420 }));
    assert_eq!(settings.mute, Mute::Off, "the mute has passed");
    assert_eq!(alex.drop_care().help_list().unwrap().len(), 2);
    assert_eq!(alex.signals().saved().unwrap()[0].words, "the kettle is on");
    assert_eq!(alex.ticks().list(TickOf::Card).unwrap()[0].id, "afterglow");
}

fn what_is_of_both(vault: &Vault) {
    let ritual = &vault.rituals().list().unwrap()[0];
    assert_eq!((ritual.title.as_str(), ritual.steps.len()), ("Sunday", 3));
    assert_eq!(ritual.situation, [Condition::Tired].into());
    assert_eq!(vault.songs().list(None).unwrap()[0].content.title, "Slow water");
    let ticked = vault.ticks().list(TickOf::Question).unwrap();
    assert!(ticked.iter().any(|tick| tick.id == "first-minute" && tick.audience == Audience::Both));
    let room = &vault.rooms().list(BEGAN, i64::MAX).unwrap()[0];
    assert_eq!((room.state, room.content.title.as_str()), (RoomState::Agreed, "Only us"));

    let answered = RowsQuery { prompt: Some(Prompt::Question("first-minute".into())), ..RowsQuery::default() };
    let page = &vault.journal().rows(&answered).unwrap().rows[0];
    let session = vault.journal().read(&page.id).unwrap().entry.session.unwrap();
    assert_eq!(vault.check_ins().of_session(Whose::Partner, &session).unwrap().len(), 1);

    let span = InsightSpan { from_ms: BEGAN - 365 * DAY, before_ms: LEFT + DAY, offset_seconds: 3_600 };
    let figure = |insight| vault.insights().read(insight, InsightOf::Both, &span).unwrap().whole;
    let Figure::Known(often) = figure(Insight::HowOften) else { panic!("{:?}", figure(Insight::HowOften)) };
    let mornings = Insight::ByMonth { level: Level::Closeness, moment: CountedMoment::NextMorning };
    let Figure::Known(closeness) = figure(mornings) else { panic!("{:?}", figure(mornings)) };
    assert_eq!((often.n >= 5, closeness.n), (true, 10));
    let by_activity = Insight::ByActivity { level: Level::Closeness, moment: CountedMoment::NextMorning };
    let view = vault.insights().read(by_activity, InsightOf::Both, &span).unwrap();
    assert!(view.points.iter().any(|point| matches!(point.figure, Figure::Known(known) if known.n == 10)));
}

fn open(path: PathBuf, number: u8) -> Vault {
    Vault::open_with(OpenOptions::new(path, [number; 32], [number; 16]).clock(Arc::new(Then))).unwrap()
}
