//! What each of the two wants afterwards: said alone, shared item by item, never loosened by a merge.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use common::{Couple, Hands, SATURDAY, vault, vault_at};
use nightstand::care::plan::Way;
use nightstand::care::{
    CardAs, Condition, Item, ItemDraft, ItemVersion, ItemView, Line, MOST_NOTE_UNITS, Question, Remark, ReviewPace,
    Side, Stance, Standing, Whose,
};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::Sharing;
use nightstand::texts::Texts;
use nightstand::vault::{Clock, OpenOptions, Vault};
use nightstand::zones::ZoneOffsets;

const UNTIL: Stance = Stance::NotNow { until_ms: Some(1_790_000_000_000) };

fn holding_hands(condition: Option<Condition>) -> Item {
    Item::Stance { activity: "holding-hands".into(), side: Side::Together, condition }
}

fn feels(stance: Stance) -> ItemDraft {
    ItemDraft { stance: Some(stance), ..ItemDraft::default() }
}

fn noted(note: &str) -> ItemDraft {
    ItemDraft { note: Some(note.into()), ..ItemDraft::default() }
}

/// Says something on a screen that was drawn just before.
fn set(vault: &Vault, item: &Item, draft: &ItemDraft) -> ItemView {
    let seen = vault.preferences().read(item).unwrap().version;
    vault.preferences().set(item, draft, &seen).unwrap()
}

fn share(vault: &Vault, item: &Item) -> ItemView {
    let seen = vault.preferences().read(item).unwrap().version;
    vault.preferences().share(item, &seen).unwrap()
}

/// The stance of the partner's that this vault knows.
fn theirs(vault: &Vault, item: &Item) -> Option<Stance> {
    vault.preferences().list(Whose::Partner).unwrap().items.into_iter().find(|row| row.item == *item)?.stance
}

#[test]
fn everything_works_alone() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let preferences = alex.preferences();
    let hands = holding_hands(None);
    assert!(preferences.list(Whose::Me).unwrap().items.is_empty());
    set(&alex, &hands, &ItemDraft { note: Some("Not too tight.".into()), ..feels(Stance::Love) });
    let question = Item::Question(Question::Length);
    let chosen = ItemDraft { choices: Some(["long".into(), "into-next-day".into()].into()), ..ItemDraft::default() };
    set(&alex, &question, &chosen);
    let quiet = Item::Remark(Remark::Quiet);
    set(&alex, &quiet, &noted("I am far away and glad."));
    let wish = preferences.add(Line::Wish, "A walk").unwrap();
    let help = preferences.add(Line::Helps, "I'm still here").unwrap();

    let rows = preferences.list(Whose::Me).unwrap().items;
    let found: BTreeSet<_> = rows.iter().map(|row| row.item.clone()).collect();
    assert_eq!(found, [hands.clone(), question, quiet, wish.item.clone(), help.item].into());
    assert!(rows.iter().all(|row| !row.shared && !row.unshared_changes));
    let of = |item: &Item| rows.iter().find(|row| row.item == *item).unwrap();
    assert_eq!((of(&hands).stance, of(&hands).note.as_str()), (Some(Stance::Love), "Not too tight."));
    assert_eq!(of(&Item::Question(Question::Length)).choices, ["into-next-day", "long"]);

    preferences.remove(&wish.item).unwrap();
    assert_eq!(preferences.read(&wish.item), Err(NightstandError::Deleted));
    assert_eq!(preferences.list(Whose::Me).unwrap().items.len(), 4);
    assert_eq!(preferences.share(&hands, &ItemVersion::default()), Err(NightstandError::NotPaired));
}

#[test]
fn items_are_shared_and_taken_back_one_by_one() {
    let couple = Couple::new();
    let (hands, sore) = (holding_hands(None), holding_hands(Some(Condition::Tired)));
    set(&couple.alex, &hands, &ItemDraft { note: Some("Always.".into()), ..feels(Stance::Like) });
    set(&couple.alex, &sore, &feels(Stance::Never));
    share(&couple.alex, &hands);
    couple.meet();
    let seen = couple.sam.preferences().list(Whose::Partner).unwrap();
    assert_eq!((seen.items.len(), seen.unreadable), (1, 0));
    assert_eq!((seen.items[0].stance, seen.items[0].note.as_str()), (Some(Stance::Like), "Always."));
    assert!(couple.sam.preferences().list(Whose::Me).unwrap().items.is_empty());

    // What is changed stays here until it is shared again.
    let changed = set(&couple.alex, &hands, &feels(Stance::Love));
    assert!(changed.unshared_changes);
    assert_eq!((changed.content.stance, changed.shared.unwrap().stance), (Some(Stance::Like), Some(Stance::Like)));
    couple.meet();
    assert_eq!(theirs(&couple.sam, &hands), Some(Stance::Like));
    let preview = couple.alex.preferences().preview(&hands).unwrap();
    assert_eq!((preview.present.unwrap().stance, preview.next.stance), (Some(Stance::Like), Some(Stance::Love)));
    let shared = share(&couple.alex, &hands);
    assert_eq!((shared.content.stance, shared.unshared_changes), (Some(Stance::Love), false));
    couple.meet();
    assert_eq!(theirs(&couple.sam, &hands), Some(Stance::Love));

    // Taken back, shared anew, taken back again.
    for stance in [Stance::Open, Stance::Like] {
        let back = couple.alex.preferences().take_back(&hands).unwrap();
        assert_eq!(back.shared, None);
        couple.meet();
        assert_eq!(theirs(&couple.sam, &hands), None);
        set(&couple.alex, &hands, &feels(stance));
        share(&couple.alex, &hands);
        couple.meet();
        assert_eq!(theirs(&couple.sam, &hands), Some(stance));
    }
    let line = couple.alex.preferences().add(Line::Wish, "A bath, some day").unwrap();
    couple.alex.preferences().share(&line.item, &line.version).unwrap();
    couple.meet();
    assert_eq!(couple.sam.preferences().list(Whose::Partner).unwrap().items.len(), 2);
    couple.alex.preferences().remove(&line.item).unwrap();
    couple.meet();
    assert_eq!(couple.sam.preferences().list(Whose::Partner).unwrap().items.len(), 1);
    assert_eq!(couple.alex.journal().shared_digest().unwrap(), couple.sam.journal().shared_digest().unwrap());
}

#[test]
fn a_boundary_that_was_not_seen_is_not_loosened() {
    let couple = Couple::new();
    let preferences = couple.alex.preferences();
    let hands = holding_hands(None);
    let first = set(&couple.alex, &hands, &feels(Stance::Like));
    // Another screen of Alex's, drawn before.
    set(&couple.alex, &hands, &feels(Stance::Never));
    for looser in [Stance::Love, Stance::Open, UNTIL, Stance::NotNow { until_ms: None }] {
        assert_eq!(
            preferences.set(&hands, &feels(looser), &first.version),
            Err(NightstandError::ChangedMeanwhile),
            "{looser:?}"
        );
    }
    assert_eq!(preferences.read(&hands).unwrap().content.stance, Some(Stance::Never));
    // As strict, or a note alone, is fine from there.
    preferences.set(&hands, &feels(Stance::Never), &first.version).unwrap();
    preferences.set(&hands, &noted("Not this year."), &first.version).unwrap();
    // Seen, it is loosened.
    let seen = preferences.read(&hands).unwrap();
    assert_eq!(
        preferences.set(&hands, &feels(Stance::Open), &seen.version).unwrap().content.stance,
        Some(Stance::Open)
    );
    assert_eq!(preferences.read(&hands).unwrap().content.note, "Not this year.");

    // A boundary that was loosened and set again is another one: who saw the first has not seen it.
    let never = set(&couple.alex, &hands, &feels(Stance::Never));
    set(&couple.alex, &hands, &feels(Stance::Open));
    set(&couple.alex, &hands, &feels(Stance::Never));
    assert_eq!(preferences.set(&hands, &feels(Stance::Like), &never.version), Err(NightstandError::ChangedMeanwhile));
}

#[test]
fn sharing_loosens_nothing_that_was_not_seen_either() {
    let couple = Couple::new();
    let (preferences, hands) = (couple.alex.preferences(), holding_hands(None));
    set(&couple.alex, &hands, &feels(Stance::Like));
    let old = share(&couple.alex, &hands);
    set(&couple.alex, &hands, &feels(Stance::Never));
    share(&couple.alex, &hands);
    let seen = preferences.read(&hands).unwrap();
    preferences.set(&hands, &feels(Stance::Love), &seen.version).unwrap();
    // The working copy says love, what is shared says never: the stricter counts here, and an old screen can't hand love on.
    assert_eq!(preferences.read(&hands).unwrap().content.stance, Some(Stance::Never));
    assert_eq!(preferences.share(&hands, &old.version), Err(NightstandError::ChangedMeanwhile));
    assert_eq!(share(&couple.alex, &hands).content.stance, Some(Stance::Love));
}

#[test]
fn conditions_and_privacy_only_tighten() {
    let couple = Couple::new();
    let preferences = couple.alex.preferences();
    let effective = |vault: &Vault, whose, conditions: &[Condition]| {
        let conditions = conditions.iter().copied().collect();
        vault.preferences().effective(whose, "holding-hands", Side::Together, &conditions).unwrap()
    };
    assert_eq!(effective(&couple.alex, Whose::Me, &[Condition::Tired]), None);
    set(&couple.alex, &holding_hands(None), &feels(Stance::Like));
    set(&couple.alex, &holding_hands(Some(Condition::Tired)), &feels(Stance::Love));
    set(&couple.alex, &holding_hands(Some(Condition::New)), &feels(Stance::NotNow { until_ms: None }));
    share(&couple.alex, &holding_hands(None));
    couple.meet();
    assert_eq!(effective(&couple.alex, Whose::Me, &[]), Some(Stance::Like));
    assert_eq!(effective(&couple.alex, Whose::Me, &[Condition::Tired]), Some(Stance::Like));
    let both = [Condition::Tired, Condition::New];
    assert_eq!(effective(&couple.alex, Whose::Me, &both), Some(Stance::NotNow { until_ms: None }));
    // Sam's phone knows what is shared, and nothing else.
    assert_eq!(effective(&couple.sam, Whose::Partner, &both), Some(Stance::Like));
    assert_eq!(effective(&couple.sam, Whose::Me, &both), None);

    // A private boundary counts on Alex's phone alone.
    set(&couple.alex, &holding_hands(None), &feels(Stance::Never));
    assert_eq!(effective(&couple.alex, Whose::Me, &[]), Some(Stance::Never));
    couple.meet();
    assert_eq!(effective(&couple.sam, Whose::Partner, &[]), Some(Stance::Like));
    assert!(preferences.list(Whose::Me).unwrap().items.iter().any(|row| row.unshared_changes));
}

#[test]
fn a_not_now_ends_only_when_its_owner_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let hands = holding_hands(None);
    set(&alex, &hands, &feels(UNTIL));
    let preferences = alex.preferences();
    assert_eq!(preferences.ended(1_789_999_999_999).unwrap(), []);
    assert_eq!(preferences.ended(1_790_000_000_000).unwrap(), std::slice::from_ref(&hands));
    assert_eq!(preferences.read(&hands).unwrap().content.stance, Some(UNTIL));
    // Sooner is looser, later is stricter.
    let sooner = Stance::NotNow { until_ms: Some(1) };
    let seen = preferences.read(&hands).unwrap();
    set(&alex, &hands, &feels(Stance::NotNow { until_ms: Some(1_800_000_000_000) }));
    assert_eq!(preferences.set(&hands, &feels(sooner), &seen.version), Err(NightstandError::ChangedMeanwhile));
    set(&alex, &hands, &feels(Stance::Open));
    assert_eq!(preferences.ended(i64::MAX).unwrap(), []);
}

#[test]
fn a_not_now_is_not_over_before_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Hands::at(SATURDAY);
    let alex = vault_at(&folder, "alex.db", 1, clock.clone());
    let hands = holding_hands(None);
    let until = |ms| feels(Stance::NotNow { until_ms: Some(ms) });
    let say = |draft: &ItemDraft| alex.preferences().set(&hands, draft, &alex.preferences().read(&hands)?.version);
    let date = NightstandError::InvalidInput { what: InvalidInput::Date };
    assert_eq!(say(&until(SATURDAY)).unwrap_err(), date);
    assert_eq!(alex.preferences().read(&hands).unwrap().content.stance, None);
    say(&until(SATURDAY + 1)).unwrap();
    clock.pass(1_000);
    say(&until(SATURDAY + 1)).unwrap();
    assert_eq!(say(&until(SATURDAY + 1_000)).unwrap_err(), date, "what stands may be said again, and nothing else");
}

#[test]
fn a_line_says_something() {
    let folder = tempfile::tempdir().unwrap();
    let preferences = vault(&folder, "alex.db", 1).preferences();
    let words = NightstandError::InvalidInput { what: InvalidInput::Empty };
    for blank in ["", " \n", "\u{200b}"] {
        assert_eq!(preferences.add(Line::Avoid, blank).unwrap_err(), words);
    }
    assert!(preferences.list(Whose::Me).unwrap().items.is_empty());
}

#[test]
fn only_the_owner_sees_how_an_item_changed() {
    let couple = Couple::new();
    let hands = holding_hands(None);
    set(&couple.alex, &hands, &feels(Stance::Like));
    set(&couple.alex, &hands, &noted("A canary in a note that was changed later."));
    set(&couple.alex, &hands, &ItemDraft { note: Some("Fine.".into()), ..feels(Stance::Open) });
    share(&couple.alex, &hands);
    couple.meet();
    let past = couple.alex.preferences().history(&hands).unwrap();
    let stances: Vec<_> = past.iter().map(|past| past.content.stance.unwrap()).collect();
    assert_eq!(stances, [Stance::Like, Stance::Like, Stance::Open]);
    assert!(past[1].content.note.starts_with("A canary") && past.windows(2).all(|two| two[0].at_ms <= two[1].at_ms));
    assert!(couple.sam.preferences().history(&hands).unwrap().is_empty());
}

#[test]
fn what_an_item_cannot_say_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let preferences = alex.preferences();
    let (hands, question, quiet) = (holding_hands(None), Item::Question(Question::Avoid), Item::Remark(Remark::Quiet));
    let chosen = |choice: &str| ItemDraft { choices: Some([choice.into()].into()), ..ItemDraft::default() };
    let unknown = Item::Stance { activity: "juggling".into(), side: Side::Give, condition: None };
    let far = feels(Stance::NotNow { until_ms: Some(i64::MAX) });
    let long = noted(&"é".repeat(MOST_NOTE_UNITS + 1));
    let wrong = [
        (&hands, chosen("jokes"), InvalidInput::Item),
        (&question, feels(Stance::Like), InvalidInput::Item),
        (&quiet, feels(Stance::Like), InvalidInput::Item),
        (&unknown, feels(Stance::Like), InvalidInput::Item),
        (&question, chosen("juggling"), InvalidInput::Choices),
        (&hands, far, InvalidInput::Date),
        (&quiet, long, InvalidInput::TextTooLong),
    ];
    for (item, draft, what) in wrong {
        let refused = preferences.set(item, &draft, &ItemVersion::default());
        assert_eq!(refused, Err(NightstandError::InvalidInput { what }));
    }
    assert_eq!(preferences.remove(&hands), Err(NightstandError::InvalidInput { what: InvalidInput::Item }));
    assert!(preferences.list(Whose::Me).unwrap().items.is_empty());
    // A version of something else, or of nothing.
    set(&alex, &hands, &feels(Stance::Like));
    let other = set(&alex, &quiet, &noted("…")).version;
    for version in [other, ItemVersion::from_bytes(vec![1; 32]), ItemVersion::from_bytes(vec![1; 5])] {
        assert_eq!(preferences.set(&hands, &feels(Stance::Never), &version), Err(NightstandError::ChangedMeanwhile));
    }
}

#[test]
fn a_note_written_on_two_screens_is_merged() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let preferences = alex.preferences();
    let hands = holding_hands(None);
    let screen = set(&alex, &hands, &noted("Warm hands."));
    preferences.set(&hands, &noted("Warm hands. No talking."), &screen.version).unwrap();
    let merged = preferences.set(&hands, &noted("Slowly. Warm hands."), &screen.version).unwrap();
    assert_eq!(merged.content.note, "Slowly. Warm hands. No talking.");
    let question = Item::Question(Question::UsualAfter);
    let chosen = |choices: &[&str]| ItemDraft {
        choices: Some(choices.iter().map(|choice| (*choice).to_owned()).collect()),
        ..ItemDraft::default()
    };
    let screen = set(&alex, &question, &chosen(&["sleepy"]));
    preferences.set(&question, &chosen(&["sleepy", "hungry"]), &screen.version).unwrap();
    let merged = preferences.set(&question, &chosen(&["tearful"]), &screen.version).unwrap();
    assert_eq!(merged.content.choices, ["hungry".to_owned(), "tearful".to_owned()].into());
}

#[test]
fn journals_and_preferences_do_not_mix() {
    let couple = Couple::new();
    couple.alex.journal().write(&common::entry("Evening", "Tea.", 1), Sharing::Shared).unwrap();
    set(&couple.alex, &holding_hands(None), &feels(Stance::Like));
    share(&couple.alex, &holding_hands(None));
    couple.meet();
    for vault in [&couple.alex, &couple.sam] {
        assert_eq!(vault.journal().count(&Default::default()).unwrap(), 1);
        assert_eq!(vault.journal().shared_digest().unwrap().documents, 2);
    }
    assert_eq!(couple.alex.journal().shared_digest().unwrap(), couple.sam.journal().shared_digest().unwrap());
    assert_eq!(couple.meet().round_trips, 1);
}

#[test]
fn side_by_side_shows_what_is_shared_and_nothing_else() {
    let couple = Couple::new();
    let on = |activity: &str, side| Item::Stance { activity: activity.into(), side, condition: None };
    let say = |vault: &Vault, item: &Item, stance| {
        set(vault, item, &feels(stance));
        share(vault, item);
    };
    say(&couple.alex, &holding_hands(None), Stance::Love);
    say(&couple.sam, &holding_hands(None), Stance::Like);
    say(&couple.alex, &on("back-rub", Side::Receive), Stance::Love);
    say(&couple.sam, &on("back-rub", Side::Give), Stance::Open);
    say(&couple.alex, &on("bath", Side::Give), Stance::Like);
    say(&couple.sam, &on("kissing", Side::Together), Stance::Never);
    say(&couple.alex, &on("kissing", Side::Together), Stance::Love);
    let chosen = |choices: &[&str]| ItemDraft {
        choices: Some(choices.iter().map(|choice| (*choice).to_owned()).collect()),
        ..ItemDraft::default()
    };
    let length = Item::Question(Question::Length);
    for (vault, choices) in [(&couple.alex, ["long", "brief-is-enough"]), (&couple.sam, ["long", "into-next-day"])] {
        set(vault, &length, &chosen(&choices));
        share(vault, &length);
    }
    couple.meet();
    let before = couple.alex.preferences().side_by_side().unwrap();
    let seen: Vec<_> = before.activities.iter().map(|it| (it.activity.as_str(), it.way, it.standing)).collect();
    let expected = [
        ("back-rub", Way::ForMe, Standing::Adjust),
        ("bath", Way::ForPartner, Standing::Ask),
        ("holding-hands", Way::Together, Standing::Match),
        ("kissing", Way::Together, Standing::Boundary),
    ];
    assert_eq!(seen, expected);
    let question = &before.questions[0];
    assert_eq!((question.question, question.standing), (Question::Length, Standing::Match));
    assert_eq!(
        (&question.both[..], &question.mine[..]),
        (&["long".to_owned()][..], &["brief-is-enough".to_owned()][..])
    );

    // Sam's phone shows the same from the other side.
    let mirrored = couple.sam.preferences().side_by_side().unwrap();
    for (here, there) in before.activities.iter().zip(&mirrored.activities) {
        assert_eq!(here.way, there.way.seen_by_partner());
        assert!(here.mine == there.partners && here.partners == there.mine && here.standing == there.standing);
    }
    // What Alex keeps to themself changes nothing, and neither does locking it.
    set(&couple.alex, &holding_hands(None), &feels(Stance::Never));
    set(&couple.alex, &on("water", Side::Give), &feels(Stance::Never));
    assert!(couple.alex.preferences().side_by_side().unwrap() == before);
    couple.alex.set_private_key(Some([5; 32]), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert!(couple.alex.preferences().side_by_side().unwrap() == before);
}

#[test]
fn a_card_holds_what_was_picked() {
    let folder = tempfile::tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let preferences = alex.preferences();
    set(&alex, &holding_hands(None), &ItemDraft { note: Some("Not too tight.".into()), ..feels(Stance::Love) });
    set(&alex, &Item::Remark(Remark::Quiet), &noted("I am far away, and glad."));
    let secret = preferences.add(Line::Wish, "Nobody's business").unwrap().item;
    let texts = Texts::new();
    let picked = [Item::Remark(Remark::Quiet), holding_hands(None), Item::Remark(Remark::Distance)];
    let card = |form| preferences.card(&picked, form, &texts, "", &()).unwrap();
    let page = "What helps me afterwards\n\nI love it\n- Holding hands (Together): Not too tight.\n\n\
                When I go quiet, it means …\n\
                - I am far away, and glad.\n";
    assert_eq!(card(CardAs::Text), page);
    for form in [CardAs::Text, CardAs::Markdown, CardAs::Html] {
        assert!(!card(form).contains("business") && card(form).contains("Not too tight."));
    }
    let with_it = preferences.card(&[secret], CardAs::Text, &texts, "", &()).unwrap();
    assert!(with_it.contains("Nobody's business"));
    // A day is that of whoever reads it.
    set(&alex, &holding_hands(None), &feels(UNTIL));
    let at =
        |zones: &dyn ZoneOffsets| preferences.card(&[holding_hands(None)], CardAs::Text, &texts, "", zones).unwrap();
    assert!(at(&()).contains("until 21 September 2026)"));
    assert!(at(&Ahead).contains("until 22 September 2026)"));
}

struct Ahead;

impl ZoneOffsets for Ahead {
    fn offset_seconds(&self, _: &str, _: i64) -> Option<i32> {
        Some(12 * 3_600)
    }
}

/// A clock that is set by hand.
struct Set(AtomicI64);

impl Clock for Set {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

#[test]
fn a_review_comes_at_its_pace_and_is_nobody_elses() {
    const DAY: i64 = 86_400_000;
    let start = 1_790_000_000_000;
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(Set(AtomicI64::new(start)));
    let options = OpenOptions::new(folder.path().join("alex.db"), [1; 32], [1; 16]);
    let alex = Vault::open_with(options.clock(clock.clone())).unwrap();
    let preferences = alex.preferences();
    let review = |days: i64| preferences.review(start + days * DAY).unwrap();
    assert_eq!((review(0).pace, review(4_000).is_due), (None, false));
    preferences.set_review_pace(ReviewPace::Quarterly).unwrap();
    assert_eq!((review(0).pace, review(89).is_due, review(92).is_due), (Some(ReviewPace::Quarterly), false, true));
    clock.0.store(start + 92 * DAY, Ordering::SeqCst);
    preferences.reviewed().unwrap();
    assert_eq!(review(92).last_ms, Some(start + 92 * DAY));
    assert!(!review(180).is_due && review(185).is_due);
    preferences.set_review_pace(ReviewPace::WhenAsked).unwrap();
    assert_eq!(review(4_000).next_ms, None);
    // It is an ordinary answer to a question, without a stance, and can't be shared.
    let item = Item::Question(Question::Review);
    let view = preferences.read(&item).unwrap();
    assert_eq!((view.content.stance, view.content.choices), (None, ["when-i-ask".to_owned()].into()));
    assert_eq!(preferences.list(Whose::Me).unwrap().items[0].stance, None);
    let refused = preferences.share(&item, &view.version);
    assert_eq!(refused, Err(NightstandError::InvalidInput { what: InvalidInput::Item }));
}
