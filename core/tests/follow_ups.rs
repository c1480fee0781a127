//! Wishes about later, one's own and the partner's.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::path::Path;

use common::{Couple, Hands, vault};
use nightstand::care::Whose;
use nightstand::care::follow_ups::{
    FollowUpAnswer, FollowUpDraft, FollowUpFor, FollowUpTime, FollowUpView, reconnect_scripts,
};
use nightstand::care::room::RoomDraft;
use nightstand::care::sessions::SessionDraft;
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::records::Audience;
use nightstand::times::MOST_AHEAD_MS;
use nightstand::vault::{OpenOptions, Vault};

const EVENING: i64 = 1_789_495_200_000;

fn cuddle() -> FollowUpDraft {
    FollowUpDraft {
        activity: Some("cuddle-kept-for-later".into()),
        words: "With the blue blanket.".into(),
        script: None,
        when: FollowUpTime::NextDay { minute: 20 * 60 },
        session: None,
    }
}

fn of(vault: &Vault, whose: Whose) -> Vec<FollowUpView> {
    vault.follow_ups().list(whose).unwrap()
}

#[test]
fn a_wish_for_oneself_stays_ones_own() {
    let couple = Couple::at(&Hands::at(EVENING));
    let alex = couple.alex.follow_ups();
    let kept = alex.add(FollowUpFor::Me, &cuddle()).unwrap();
    assert_eq!((kept.whose, kept.wished_of, &kept.content), (Whose::Me, FollowUpFor::Me, &cuddle()));
    couple.meet();
    assert!(of(&couple.sam, Whose::Partner).is_empty());
    assert_eq!(couple.sam.follow_ups().read(&kept.id), Err(NightstandError::NotFound));
    let at = FollowUpDraft { when: FollowUpTime::At { ms: EVENING + 1 }, ..cuddle() };
    let changed = alex.change(&kept.id, &at, &cuddle()).unwrap();
    assert_eq!(changed.content, at);
    assert_eq!(alex.done(&kept.id, &kept.hash), Err(NightstandError::ChangedMeanwhile));
    assert!(alex.done(&kept.id, &changed.hash).unwrap().is_done);
    assert!(!alex.change(&kept.id, &at, &at).unwrap().is_done, "said anew, it is to come again");
    let mine = alex.answer(&kept.id, Some(FollowUpAnswer::Yes), &kept.hash);
    assert_eq!(mine, Err(NightstandError::InvalidInput { what: InvalidInput::State }));
    alex.take_back(&kept.id).unwrap();
    assert_eq!(alex.read(&kept.id), Err(NightstandError::Deleted));
}

#[test]
fn a_yes_is_to_what_was_wished() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.follow_ups(), couple.sam.follow_ups());
    let wish = alex.add(FollowUpFor::Partner, &cuddle()).unwrap();
    couple.meet();
    let seen = of(&couple.sam, Whose::Partner).remove(0);
    assert_eq!((&seen.content, seen.whose, seen.answer), (&cuddle(), Whose::Partner, None));
    assert_eq!(sam.change(&wish.id, &cuddle(), &cuddle()), Err(NightstandError::NotYours));
    assert_eq!(sam.take_back(&wish.id), Err(NightstandError::NotYours));

    let said = |answer| {
        let view = sam.answer(&wish.id, answer, &sam.read(&wish.id).unwrap().hash).unwrap();
        assert_eq!(view.answer, answer);
        couple.meet();
        alex.read(&wish.id).unwrap().partner_said_yes
    };
    assert!(said(Some(FollowUpAnswer::Yes)) && said(Some(FollowUpAnswer::Yes)));
    assert!(!said(Some(FollowUpAnswer::YesQuietly)));
    assert!(said(Some(FollowUpAnswer::Yes)));
    assert!(!said(Some(FollowUpAnswer::No)));
    assert!(said(Some(FollowUpAnswer::Yes)));
    assert!(!said(None));
    assert!(said(Some(FollowUpAnswer::Yes)));

    clock.pass(60_000);
    let other = FollowUpDraft { words: "On the sofa.".into(), ..cuddle() };
    assert!(!alex.change(&wish.id, &other, &cuddle()).unwrap().partner_said_yes, "it was to something else");
    couple.meet();
    assert_eq!(sam.read(&wish.id).unwrap().answer, None);
    // A no stands in other words as well: nobody is asked again for having said it.
    assert!(!said(Some(FollowUpAnswer::No)));
    alex.change(&wish.id, &FollowUpDraft { words: "On the balcony.".into(), ..cuddle() }, &other).unwrap();
    couple.meet();
    assert_eq!(sam.read(&wish.id).unwrap().answer, Some(FollowUpAnswer::No));
    assert!(said(Some(FollowUpAnswer::Yes)));
    let shown = sam.read(&wish.id).unwrap().hash;
    assert!(sam.done(&wish.id, &shown).unwrap().is_done);
    couple.meet();
    assert!(!alex.read(&wish.id).unwrap().is_done, "what Sam noted is Sam's");
    assert!(alex.done(&wish.id, &shown).unwrap().is_done);
    alex.take_back(&wish.id).unwrap();
    couple.meet();
    assert!(of(&couple.sam, Whose::Partner).is_empty());
    assert_eq!(sam.answer(&wish.id, None, &[]), Err(NightstandError::Deleted));
}

#[test]
fn an_answer_is_to_what_was_shown() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let (alex, sam) = (couple.alex.follow_ups(), couple.sam.follow_ups());
    let wish = alex.add(FollowUpFor::Partner, &cuddle()).unwrap().id;
    couple.meet();
    let shown = sam.read(&wish).unwrap();
    clock.pass(60_000);
    alex.change(&wish, &FollowUpDraft { words: "And stay till noon.".into(), ..cuddle() }, &cuddle()).unwrap();
    couple.meet();
    for answer in [FollowUpAnswer::No, FollowUpAnswer::YesQuietly, FollowUpAnswer::Yes] {
        assert_eq!(sam.answer(&wish, Some(answer), &shown.hash), Err(NightstandError::ChangedMeanwhile));
    }
    assert_eq!(sam.done(&wish, &shown.hash), Err(NightstandError::ChangedMeanwhile));
    assert!(!sam.read(&wish).unwrap().is_done, "what Sam never read is not done");
    couple.meet();
    assert_eq!((sam.read(&wish).unwrap().answer, alex.read(&wish).unwrap().partner_said_yes), (None, false));
    let read = sam.read(&wish).unwrap();
    assert_eq!(sam.answer(&wish, Some(FollowUpAnswer::Yes), &read.hash).unwrap().answer, Some(FollowUpAnswer::Yes));
    couple.meet();
    assert!(alex.read(&wish).unwrap().partner_said_yes, "what was shown is what a yes is to");
    // An answer is taken back whatever the wish says.
    assert_eq!(sam.answer(&wish, None, &shown.hash).unwrap().answer, None);
}

#[test]
fn a_session_of_ones_own_is_not_named() {
    let couple = Couple::at(&Hands::at(EVENING));
    let own = couple.alex.sessions().plan(Audience::Me, &SessionDraft::default()).unwrap().id;
    let both = couple.alex.sessions().plan(Audience::Both, &SessionDraft::default()).unwrap().id;
    let of = |session| FollowUpDraft { session: Some(session), ..cuddle() };
    let alex = couple.alex.follow_ups();
    assert_eq!(alex.add(FollowUpFor::Partner, &of(own)).unwrap().content.session, None);
    assert_eq!(alex.add(FollowUpFor::Partner, &of(both)).unwrap().content.session, Some(both));
    assert_eq!(alex.add(FollowUpFor::Me, &of(own)).unwrap().content.session, Some(own));
}

#[test]
fn what_a_wish_can_say() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let refused = |draft: FollowUpDraft| match alex.follow_ups().add(FollowUpFor::Me, &draft) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(FollowUpDraft { activity: Some("dancing".into()), ..cuddle() }), InvalidInput::Item);
    assert_eq!(refused(FollowUpDraft { activity: None, words: " ".into(), ..cuddle() }), InvalidInput::Empty);
    assert_eq!(refused(FollowUpDraft { words: "x".repeat(401), ..cuddle() }), InvalidInput::TextTooLong);
    assert_eq!(refused(FollowUpDraft { script: Some("sorry".into()), ..cuddle() }), InvalidInput::Item);
    assert_eq!(refused(FollowUpDraft { when: FollowUpTime::At { ms: i64::MAX }, ..cuddle() }), InvalidInput::Date);
    assert_eq!(
        refused(FollowUpDraft { when: FollowUpTime::NextDay { minute: 1_440 }, ..cuddle() }),
        InvalidInput::Range
    );
    assert_eq!(alex.follow_ups().add(FollowUpFor::Partner, &cuddle()), Err(NightstandError::NotPaired));
    for script in reconnect_scripts() {
        let again =
            FollowUpDraft { activity: Some("reconnect-later".into()), script: Some((*script).into()), ..cuddle() };
        assert_eq!(alex.follow_ups().add(FollowUpFor::Me, &again).unwrap().content, again);
    }
}

/// What went over, frame by frame: from whom, how many bytes.
fn crossed(alex: &Vault, sam: &Vault) -> Vec<(&'static str, usize)> {
    let (mut alex, mut sam) = (alex.sync().begin().unwrap(), sam.sync().answer().unwrap());
    let mut crossed = Vec::new();
    loop {
        let before = crossed.len();
        while let Some(frame) = alex.poll_frame().unwrap() {
            crossed.push(("alex", frame.len()));
            sam.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = sam.poll_frame().unwrap() {
            crossed.push(("sam", frame.len()));
            alex.handle_frame(&frame).unwrap();
        }
        if crossed.len() == before {
            return crossed;
        }
    }
}

/// In one world Sam says no, puts off and mutes; in the other they say nothing. Alex's phone gets the same.
#[test]
fn declined_and_unanswered_look_the_same() {
    let couple = Couple::new();
    let wish = couple.alex.follow_ups().add(FollowUpFor::Partner, &cuddle()).unwrap().id;
    let sunday = RoomDraft { at_ms: EVENING, minutes: 60, title: "Slowly".into(), situation: [].into() };
    let room = couple.alex.rooms().propose(&sunday).unwrap().id;
    couple.meet();
    couple.alex.close().unwrap();
    couple.sam.close().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = |name: &str, declines: bool| {
        let open = |from: &Path, number: u8| {
            let path = folder.path().join(format!("{name}-{number}.db"));
            std::fs::copy(from, &path).unwrap();
            Vault::open_with(OpenOptions::new(path, [number; 32], [number; 16]).seed([9; 32]).clock(Hands::at(EVENING)))
                .unwrap()
        };
        let (alex, sam) = (open(&couple.path_of_alex(), 1), open(&couple.path_of_sam(), 2));
        let shown = sam.follow_ups().read(&wish).unwrap().hash;
        if declines {
            sam.follow_ups().answer(&wish, Some(FollowUpAnswer::No), &shown).unwrap();
            sam.rooms().decline(&room).unwrap();
            sam.rooms().remind(&room, Some(5)).unwrap();
            let since = sam.settings().read().unwrap();
            let mut settings = since.clone();
            settings.mute = nightstand::care::settings::Mute::UntilTakenOff;
            sam.settings().set(&settings, &since).unwrap();
            let any = "00112233445566778899aabbccddeeff".parse().unwrap();
            sam.due().decline(&any).unwrap();
        }
        let idle = crossed(&alex, &sam);
        sam.rooms().propose(&sunday).unwrap();
        if declines {
            sam.follow_ups().answer(&wish, Some(FollowUpAnswer::YesQuietly), &shown).unwrap();
        }
        let busy = crossed(&alex, &sam);
        let report = alex.support_report().unwrap().lines;
        let counts: Vec<_> = report.into_iter().map(|line| (line.name, line.value)).collect();
        let views = (alex.follow_ups().read(&wish).unwrap(), alex.rooms().read(&room).unwrap());
        (idle, busy, counts, views)
    };
    let (silent, declined) = (world("silent", false), world("declined", true));
    assert_eq!(silent, declined);
}

#[test]
fn what_cannot_come_is_not_wished() {
    let clock = Hands::at(EVENING);
    let couple = Couple::at(&clock);
    let alex = couple.alex.follow_ups();
    let refused = |wished_of, draft: FollowUpDraft| match alex.add(wished_of, &draft) {
        Err(NightstandError::InvalidInput { what }) => what,
        other => panic!("{other:?}"),
    };
    let of = |activity: &str| FollowUpDraft { activity: Some(activity.into()), ..cuddle() };
    let at = |ms| FollowUpDraft { when: FollowUpTime::At { ms }, ..cuddle() };
    assert_eq!(refused(FollowUpFor::Me, at(EVENING)), InvalidInput::Date);
    assert_eq!(refused(FollowUpFor::Me, at(EVENING + MOST_AHEAD_MS + 1)), InvalidInput::Date);
    let blank = FollowUpDraft { words: " \u{200b}".into(), ..of("reconnect-later") };
    assert_eq!(refused(FollowUpFor::Me, blank), InvalidInput::Empty);
    assert_eq!(refused(FollowUpFor::Partner, of("slow-ending")), InvalidInput::Item);
    let script = Some(reconnect_scripts()[0].to_owned());
    assert_eq!(refused(FollowUpFor::Me, FollowUpDraft { script: script.clone(), ..cuddle() }), InvalidInput::Item);
    alex.add(FollowUpFor::Me, &FollowUpDraft { script: script.clone(), ..of("reconnect-later") }).unwrap();
    alex.add(FollowUpFor::Me, &FollowUpDraft { script, activity: None, ..cuddle() }).unwrap();

    // What only one of them has can't be asked of the other.
    let tea = nightstand::care::activities::ActivityDraft {
        title: "Tea".into(),
        about: String::new(),
        family: nightstand::care::catalogue::Family::Body,
        needs: [].into(),
        minutes: (5, 10),
        works_apart: false,
    };
    let own = couple.alex.activities().add(Audience::Me, &tea).unwrap().id;
    assert_eq!(refused(FollowUpFor::Partner, of(&own)), InvalidInput::NotOfBoth);
    alex.add(FollowUpFor::Me, &of(&own)).unwrap();
    let copy = couple.alex.activities().copy_to_both(&own).unwrap().id;
    let wished = alex.add(FollowUpFor::Partner, &of(&own)).unwrap();
    assert_eq!(wished.content.activity, Some(copy), "once it is copied, the copy is wished for");
    let both = couple.alex.activities().add(Audience::Both, &tea).unwrap().id;
    alex.add(FollowUpFor::Partner, &of(&both)).unwrap();

    // One that came can be said anew, in other words.
    let wish = alex.add(FollowUpFor::Me, &at(EVENING + 1)).unwrap();
    clock.pass(60_000);
    let words = FollowUpDraft { words: "Sooner or later.".into(), ..at(EVENING + 1) };
    assert_eq!(alex.change(&wish.id, &words, &at(EVENING + 1)).unwrap().content, words);
    let past = alex.change(&wish.id, &at(EVENING + 2), &words);
    assert_eq!(past, Err(NightstandError::InvalidInput { what: InvalidInput::Date }));
}
