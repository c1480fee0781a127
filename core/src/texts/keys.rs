//! Which texts the core gives, and what each may name.
//!
//! Most keys follow from ids elsewhere in the code, so that an activity without a text does not pass the tests. The others
//! stand here.

use crate::care::breathing::{self, BreathPhase};
use crate::care::check_ins::{CheckInField, CheckInMoment, DropLevel};
use crate::care::due::DueKind;
use crate::care::follow_ups::{FollowUpAnswer, FollowUpFor};
use crate::care::plan::Way;
use crate::care::room::RoomState;
use crate::care::sessions::{SessionState, StepState, StepVerb};
use crate::care::settings::{Mute, Setting};
use crate::care::signals::SignalKind;
use crate::care::{Condition, Line, Question, Remark, Side, Stance, Standing, catalogue, feelings, follow_ups};
use crate::error::{Action, InvalidInput, NightstandError, Refused};
use crate::insights::{InsightOf, Level, Method, SessionLength};
use crate::journal::{Author, Sharing, Visibility, questions};
use crate::pairing::Stays;
use crate::recovery::phrase::{PhraseCheck, PhraseState};
use crate::sync::{BundleOutcome, MailboxTrouble, SyncOutcome};
use crate::together::agreements::AgreementState;
use crate::together::reflections::ReflectionState;
use crate::together::songs::SongState;
use crate::together::{cards, programme, sources};
use crate::vault::PrivateLock;

/// A text that the core gives.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TextKey {
    /// Its key.
    pub key: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// How long it may be in any language, in UTF-16 units, with nothing in its parameters.
    pub most_units: u32,
}

/// Every text that the core gives, in the order of keys: for whoever translates, and for an app's own tests.
///
/// ```
/// let keys = nightstand::texts::keys();
/// let waiting = keys.iter().find(|one| one.key == "waiting-for-phone");
/// assert_eq!(waiting.map(|one| one.parameters.as_slice()), Some(&["name".to_owned()][..]));
/// ```
pub fn keys() -> Vec<TextKey> {
    let owned = |(key, text): (String, Known)| TextKey {
        key,
        parameters: text.parameters.iter().map(|name| (*name).to_owned()).collect(),
        most_units: text.kind.most_units() as u32,
    };
    let mut keys: Vec<_> = known().into_iter().map(owned).collect();
    keys.sort_by(|one, other| one.key.cmp(&other.key));
    keys
}

/// What the code knows of a text.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) kind: Kind,
    pub(super) parameters: &'static [&'static str],
}

/// Where a text stands, and so how long it may be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    /// On a lock screen.
    Notification,
    /// On a button, over a page, in a list.
    Title,
    /// One sentence or two.
    Sentence,
    /// A paragraph.
    Body,
}

impl Kind {
    /// English keeps to two thirds of it: other languages run longer.
    pub(super) fn most_units(self) -> usize {
        match self {
            Self::Notification => 42,
            Self::Title => 60,
            Self::Sentence => 300,
            Self::Body => 900,
        }
    }
}

/// All keys, with what the code knows of each.
pub(super) fn known() -> Vec<(String, Known)> {
    let mut all = Vec::new();
    let mut add = |kind, key: String| all.push((key, Known { kind, parameters: &[] }));
    for activity in catalogue::activities() {
        add(Kind::Title, format!("activity-{}", activity.id));
        add(Kind::Sentence, format!("activity-{}.about", activity.id));
    }
    let named = [
        ("family", names(catalogue::Family::ALL, |one| one.name())),
        ("need", names(catalogue::Need::ALL, |one| one.name())),
        ("side", names(Side::ALL, |one| one.name())),
        ("way", names(Way::ALL, |one| one.name())),
        ("stance", Stance::NAMES.to_vec()),
        ("condition", names(Condition::ALL, |one| one.name())),
        ("line", names(Line::ALL, |one| one.name())),
        ("remark", names(Remark::ALL, |one| one.name())),
        ("action", names(Action::ALL, |one| one.name())),
        ("signal", names(SignalKind::ALL, |one| one.name())),
        ("field", names(CheckInField::ALL, |one| one.name())),
        ("feeling", feelings::feelings().iter().map(|one| one.id).collect()),
        ("body", feelings::body_words().to_vec()),
        ("pace", breathing::paces().iter().map(|pace| pace.id).collect()),
        ("grade", names(cards::Grade::ALL, |one| one.name())),
        ("evidence", names(sources::Evidence::ALL, |one| one.name())),
        ("level", names(Level::ALL, |one| one.name())),
        ("session-length", names(SessionLength::ALL, |one| one.name())),
        ("moment", names(CheckInMoment::ALL, |one| one.name())),
        ("drop", names(DropLevel::ALL, |one| one.name())),
        ("side-by-side", names(Standing::ALL, |one| one.name())),
        ("session", names(SessionState::ALL, |one| one.name())),
        ("step", StepVerb::NAMES.to_vec()),
        ("step-state", names(StepState::ALL, |one| one.name())),
        ("wish-for", names(FollowUpFor::ALL, |one| one.name())),
        ("wish-answer", names(FollowUpAnswer::ALL, |one| one.name())),
        ("room-state", names(RoomState::ALL, |one| one.name())),
        ("setting", names(Setting::ALL, |one| one.name())),
        ("mute", Mute::NAMES.to_vec()),
        ("author", names(Author::ALL, |one| one.name())),
        ("visibility", names(Visibility::ALL, |one| one.name())),
        ("sharing", names(Sharing::ALL, |one| one.name())),
        ("insight-of", names(InsightOf::ALL, |one| one.name())),
        ("song", names(SongState::ALL, |one| one.name())),
        ("private-lock", names(PrivateLock::ALL, |one| one.name())),
        ("sync", names(SyncOutcome::ALL, |one| one.name())),
        ("pairing", PAIRING.to_vec()),
        ("part", names(Stays::ALL, |one| one.name())),
        ("style", STYLES.to_vec()),
    ];
    for (prefix, ids) in named {
        ids.into_iter().for_each(|id| add(Kind::Title, format!("{prefix}-{id}")));
    }
    for question in Question::ALL {
        let choices = question.choices().iter();
        choices.for_each(|choice| add(Kind::Title, format!("choice-{}-{choice}", question.name())));
    }
    for phase in BreathPhase::ALL {
        all.push((format!("breathing-{}", phase.name()), Known { kind: Kind::Title, parameters: &["seconds"] }));
    }
    let mut add = |kind, key: String| all.push((key, Known { kind, parameters: &[] }));
    for deck in questions::Deck::ALL {
        add(Kind::Title, format!("question-deck-{}", deck.name()));
        add(Kind::Sentence, format!("question-deck-{}.about", deck.name()));
    }
    for card in cards::cards() {
        add(Kind::Title, format!("card-{}", card.id));
        add(Kind::Body, format!("card-{}.body", card.id));
    }
    for step in programme::steps() {
        add(Kind::Title, format!("programme-{}", step.id));
        add(Kind::Body, format!("programme-{}.body", step.id));
        step.to_try.iter().for_each(|id| add(Kind::Sentence, format!("try-{id}")));
    }
    CheckInMoment::ALL.iter().for_each(|moment| add(Kind::Sentence, format!("moment-{}.about", moment.name())));
    DueKind::ALL.iter().for_each(|kind| add(Kind::Notification, format!("due-{}", kind.name())));
    let sentences = [
        ("question", names(Question::ALL, |one| one.name())),
        ("error", NightstandError::CODES.to_vec()),
        ("input", names(InvalidInput::ALL, |one| one.name())),
        ("refused", names(Refused::ALL, |one| one.name())),
        ("ask", questions::questions().iter().map(|one| one.id).collect()),
        ("insight-method", names(Method::ALL, |one| one.name())),
        ("source", sources::sources().iter().map(|one| one.id).collect()),
        ("gratitude", programme::gratitude_starters().to_vec()),
        ("agreement", names(AgreementState::ALL, |one| one.name())),
        ("reflection", names(ReflectionState::ALL, |one| one.name())),
        ("compliment", programme::compliment_starters().to_vec()),
        ("reconnect", follow_ups::reconnect_scripts().to_vec()),
        ("phrase", names(PhraseState::ALL, |one| one.name())),
        ("phrase-check", PhraseCheck::NAMES.to_vec()),
        ("bundle", names(BundleOutcome::ALL, |one| one.name())),
        ("mailbox", names(MailboxTrouble::ALL, |one| one.name())),
    ];
    for (prefix, ids) in sentences {
        ids.into_iter().for_each(|id| add(Kind::Sentence, format!("{prefix}-{id}")));
    }
    cards::Grade::ALL.iter().for_each(|grade| add(Kind::Sentence, format!("grade-{}.about", grade.name())));
    all.extend(SINGLE.iter().map(|(key, known)| ((*key).to_owned(), *known)));
    all
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| name(*one)).collect()
}

macro_rules! texts {
    ($($kind:ident { $($key:literal $($parameter:ident)*;)+ })+) => {
        &[$($(($key, Known { kind: Kind::$kind, parameters: &[$(stringify!($parameter)),*] }),)+)+]
    };
}

/// Where two phones are with pairing.
const PAIRING: &[&str] = &["meeting", "compare", "waiting", "paired", "refused", "failed"];

/// How parts of a text can be written.
const STYLES: &[&str] = &["bold", "italic", "link", "heading", "bullet", "numbered", "quote"];

/// Those that follow from no list: a key, and its parameters behind it.
const SINGLE: &[(&str, Known)] = texts! {
    Notification {
        "due-signal";
    }
    Title {
        "care-card-title";
        "page-mine";
        "page-check-ins";
        "page-check-ins-partner";
        "page-sessions";
        "page-signals";
        "page-signals-partner";
        "page-shared";
        "page-for-me";
        "page-for-both";
        "until-day" day;
        "date-day" day month year;
        "date-day-time" day time;
        "date-month" month year;
        "page-partner";
        "minutes-spoken" minutes;
        "body-first";
        "insight-title" level moment;
        "insight-title-change" level before after;
        "insight-title-by-activity" level moment;
        "insight-title-by-length" level moment;
        "insight-title-by-situation" level moment;
        "insight-title-how-often";
        "insight-title-lows";
        "unknown-activity";
        "from-a-newer-app" n;
        "wish-said-yes";
        "fraction" whole tenths;
        "table-what";
        "table-when";
        "table-value";
        "table-from";
        "table-to";
        "table-count";
        "table-no-value";
        "breathing-round" count counts;
        "signal-earlier";
        "drop-since";
        "ritual-title";
        "playlist-title";
        "playlist-request";
        "playlist-let-in";
        "ritual-start";
        "room-title";
        "room-propose";
        "room-another-time";
        "room-open";
        "room-reminder";
        "programme-title";
        "phrase-title";
        "phrase-show";
        "phrase-type-back";
        "phrase-later";
        "phrase-check-mine";
        "backup-title";
        "backup-make";
        "backup-restore";
        "backup-with-passphrase";
        "backup-with-phrase";
        "backup-without-private";
        "archive-title";
        "archive-set-up";
        "archive-turn-off";
        "archive-restore";
        "device-list-this";
        "back-invite";
        "back-join";
        "devices-title";
        "device-unnamed";
        "device-add";
        "device-known";
        "device-let-pass";
        "device-refuse";
        "device-remove";
        "device-confirm";
        "device-not-confirm";
        "aside-title";
        "aside-keep";
        "aside-bring-back";
        "aside-let-go";
        "part-title";
        "part-mine";
        "part-together";
        "part-now";
        "bundle-title";
        "bundle-for-partner";
        "bundle-for-own-devices";
        "bundle-everything";
        "mailbox-title";
        "stance-not-now.until" date;
        "mute-until.until" when;
    }
    Sentence {
        "share-preview";
        "share-taken-back";
        "look-again" name;
        "look-again-about";
        "boundary-private";
        "answer-low";
        "closeness-spoken" level;
        "calm-spoken" level;
        "energy-spoken" level;
        "comfort-spoken" level;
        "series-spoken" n name last to from lowest highest;
        "table-caption" n name;
        "table-row" when value;
        "breathing-done";
        "breathing-about";
        "qr-spoken" link;
        "code-spoken" words digits;
        "code-compare";
        "signal-about";
        "reason-both-love";
        "reason-both-like";
        "reason-you-like";
        "reason-partner-likes";
        "reason-need" need;
        "reason-often" need;
        "reason-not-lately";
        "reason-fits-time" minutes;
        "reason-apart";
        "reason-at-hand";
        "reason-for-each-alone";
        "reason-talk";
        "drop-about";
        "drop-seen";
        "drop-what-helps";
        "drop-what-helps-loved";
        "drop-what-helps-none";
        "drop-repeats";
        "drop-shared";
        "not-right-begin";
        "not-right-consent";
        "not-right-private";
        "not-right-words";
        "not-right-words.one";
        "not-right-words.two";
        "not-right-words.three";
        "not-right-words.four";
        "not-right-words.five";
        "not-right-boundary";
        "not-right-help";
        "not-right-no-hurry";
        "help-where" contacts;
        "help-where-none";
        "help-now" number;
        "adults-only";
        "not-medical-advice";
        "sealed-about";
        "waiting-for-phone" name;
        "agreement-about";
        "ritual-about";
        "ritual-step" step steps;
        "ritual-rest";
        "playlist-about";
        "playlist-added-by" name;
        "playlist-asked-by" name;
        "ritual-offered";
        "room-about";
        "room-proposed" name when;
        "room-accepted" when;
        "room-reminder.about";
        "insight-early" n;
        "insight-early-both";
        "insight-mean" n value low high;
        "insight-mean-both" n value low high;
        "insight-share" n count low high;
        "insight-care" n;
        "insight-before-after" n before after low high;
        "insight-before-after-both" n before after low high;
        "insight-by-activity" n activity value;
        "insight-by-group" n name value;
        "insight-by-group-both" n name value;
        "insight-about";
        "insight-be-counted";
        "insight-counted";
        "insight-reconnect";
        "programme-adjust" activity;
        "stance-not-now.ask" date;
        "question-review.about";
        "phrase-write";
        "phrase-type-back.about";
        "phrase-forgotten";
        "device-add.about";
        "device-new" name;
        "device-private-about";
        "device-private-passes";
        "device-private-waits" date;
        "device-private-refused";
        "device-refuse.about";
        "device-remove.before";
        "device-removed-this";
        "device-unlisted-this";
        "device-list-again";
        "back-stranger";
        "back-done";
        "backup-passphrase-hint";
        "backup-made" date;
        "backup-made-without-private";
        "backup-made-in-part";
        "backup-restore.about";
        "archive-turned-off";
        "archive-private-waits";
        "archive-restore.about";
        "archive-restored-in-part";
        "archive-none";
        "device-needs-settling";
        "aside-about";
        "aside-deleted";
        "part-what-stays";
        "part-choices";
        "part-mine.about";
        "part-together.about";
        "part-done";
        "bundle-cut";
        "mailbox-missing";
        "mailbox-too-new";
    }
    Body {
        "device-unconfirmed-this";
        "device-unconfirmed" name;
        "device-remove.about";
        "part-about";
        "backup-about";
        "archive-about";
        "back-invite.about" name;
        "back-join.about";
        "bundle-about";
        "mailbox-about";
        "phrase-why";
        "phrase-lost";
        "phrase-where";
        "phrase-who";
    }
};
