//! Texts: what the core gives to screens, by key, in the languages of the person who reads.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use nightstand::care::breathing::BreathPhase;
use nightstand::care::catalogue::{Family, Need};
use nightstand::care::check_ins::{CheckInField, CheckInMoment, DropLevel};
use nightstand::care::follow_ups::{FollowUpAnswer, FollowUpFor};
use nightstand::care::plan::{Company, Way};
use nightstand::care::room::RoomState;
use nightstand::care::sessions::{SessionState, StepState, StepVerb};
use nightstand::care::settings::Setting;
use nightstand::care::signals::SignalKind;
use nightstand::care::{Condition, Line, Question, Remark, ReviewPace, Side, Standing, Whose};
use nightstand::error::Action;
use nightstand::insights::{CountedMoment, InsightOf, Level as CheckInLevel, Method as InsightMethod, SessionLength};
use nightstand::journal::questions::Deck as QuestionDeck;
use nightstand::journal::rich_text::Style;
use nightstand::journal::{Author, Sharing, Visibility};
use nightstand::records::Audience;
use nightstand::recovery::phrase::{PhraseCheck, PhraseState};
use nightstand::sync::{BundleOutcome, MailboxTrouble, SyncOutcome};
use nightstand::texts as core;
use nightstand::texts::{
    Fault as TextFault, FaultKind as TextFaultKind, TextKey, TextValue, Wording, WritingDirection,
};
use nightstand::together::agreements::AgreementState;
use nightstand::together::cards::Grade as CardGrade;
use nightstand::together::reflections::ReflectionState;
use nightstand::together::songs::SongState;
use nightstand::together::sources::Evidence;
use nightstand::vault::PrivateLock;

use crate::care::item::Stance;
use crate::care::settings::Mute;
use crate::error::NightstandError;
use crate::pairing::PairingState;

/// The texts, in the languages that there are. An app makes one, once; it may be asked from any thread, at once.
///
/// English ships. An app adds other languages, and puts its own wording in place of single keys, as files in the format of
/// Fluent. The languages asked for answer in their order, each by itself and then without its region (`pt-BR`, `pt`), and
/// English last; in each, what was added last goes first. A text that lacks a parameter is passed over for the next, so that
/// none is ever shown half-made.
///
/// No marks of writing direction are put around parameters, since some screen readers read them aloud; what could turn a whole
/// line around is taken out of them.
#[derive(uniffi::Object)]
pub struct Texts(RwLock<core::Texts>);

#[uniffi::export]
impl Texts {
    /// What ships. `languages` are those in which the person reads, the dearest first, as tags (`pl-PL`, `en`): what the
    /// system says. One that is no tag is passed over, as are those after the first 32.
    #[uniffi::constructor]
    pub fn new(languages: Vec<String>) -> Self {
        let mut texts = core::Texts::new();
        texts.ask_for(languages);
        Self(RwLock::new(texts))
    }

    /// Other languages to ask for.
    pub fn ask_for(&self, languages: Vec<String>) {
        self.write(|texts| texts.ask_for(languages));
    }

    /// Adds a file of texts in a language, named by its tag. What it holds goes before what was there of that language; what
    /// it lacks stays. It stands alone: what it refers to, it holds. Keys that the core does not know may be in it.
    ///
    /// Errors: `InvalidInput` (`Language`) for a tag that is none; `InvalidInput` (`Texts`) for a file that does not parse or
    /// has a fault of the kinds `Syntax`, `Nested`, `Twice`, `Unsupported`, `Reference` or `Endless` (see `text_faults`);
    /// `TooLarge` over 512 KiB, or over 4 MiB of all that was added. Then nothing of it is taken.
    pub fn add(&self, language: String, file: String) -> Result<(), NightstandError> {
        self.write(|texts| Ok(texts.add(&language, &file)?))
    }

    /// Adds words of a language that `journal().search` takes for each other if it is given these texts, whatever language is
    /// asked for: a ring a line, its words with commas between, at most 16 of them; `cuddl*` stands for whatever begins so,
    /// and a line that begins with `#` is passed over. A ring takes the place of those of its language that hold its first
    /// word, what ships among them; of one word alone nothing stands for it any more.
    ///
    /// Errors: `InvalidInput` (`Language`) for a tag that is none; `InvalidInput` (`Texts`) for a list with something in it
    /// that is not one word, or a stem of one letter or two; `TooLarge` as for `add`, with which it shares its limits. Then
    /// nothing of it is taken.
    pub fn add_synonyms(&self, language: String, list: String) -> Result<(), NightstandError> {
        self.write(|texts| Ok(texts.add_synonyms(&language, &list)?))
    }

    /// Takes all that was added of a language out again, texts and synonyms. What ships stays.
    ///
    /// Errors: `InvalidInput` (`Language`).
    pub fn remove(&self, language: String) -> Result<(), NightstandError> {
        self.write(|texts| Ok(texts.remove(&language)?))
    }

    /// The text of a key, with its named parameters: texts or whole numbers. Those that the text does not use are passed over.
    /// Fractions, dates and times are given as text, formatted by the app.
    ///
    /// Errors: `NotFound` for a key of which there is no text; `InvalidInput` (`Parameters`) if no language can say it with
    /// these: one is missing, there are more than 32, one is longer than 4,096 bytes, or a number beyond ±2⁵³; `TooLarge` for a
    /// text over 16 KiB.
    #[uniffi::method(default(parameters))]
    pub fn say(&self, key: String, parameters: HashMap<String, TextValue>) -> Result<Wording, NightstandError> {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let texts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Ok(texts.say(&key, &parameters)?)
    }
}

impl Texts {
    /// For what is written whole, such as a page.
    pub(crate) fn read<T>(&self, with: impl FnOnce(&core::Texts) -> T) -> T {
        with(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, with: impl FnOnce(&mut core::Texts) -> T) -> T {
        with(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The key of what was chosen from a list, such as `condition-tired`. Where things have ids of their own, such as activities,
/// feelings and cards, and for what `TextOf` does not name, their pages say the key.
#[uniffi::export]
pub fn text_key(of: TextOf) -> String {
    let (prefix, name) = match of {
        TextOf::Family(one) => ("family", one.name()),
        TextOf::Need(one) => ("need", one.name()),
        TextOf::Side(one) => ("side", one.name()),
        TextOf::Way(one) => ("way", one.name()),
        TextOf::Stance(one) => ("stance", nightstand::care::Stance::from(one).name()),
        TextOf::Condition(one) => ("condition", one.name()),
        TextOf::Question(one) => ("question", one.name()),
        TextOf::Choice(question, choice) => return format!("choice-{}-{choice}", question.name()),
        TextOf::Line(one) => ("line", one.name()),
        TextOf::Remark(one) => ("remark", one.name()),
        TextOf::Deck(one) => ("question-deck", one.name()),
        TextOf::Grade(one) => ("grade", one.name()),
        TextOf::Evidence(one) => ("evidence", one.name()),
        TextOf::Action(one) => ("action", one.name()),
        TextOf::Agreement(one) => ("agreement", one.name()),
        TextOf::Reflection(one) => ("reflection", one.name()),
        TextOf::Moment(one) => ("moment", one.name()),
        TextOf::Field(one) => ("field", one.name()),
        TextOf::Drop(one) => ("drop", one.name()),
        TextOf::Standing(one) => ("side-by-side", one.name()),
        TextOf::Level(one) => ("level", one.name()),
        TextOf::Counted(one) => ("moment", one.name()),
        TextOf::Length(one) => ("session-length", one.name()),
        TextOf::Method(one) => ("insight-method", one.name()),
        TextOf::InsightOf(one) => ("insight-of", one.name()),
        TextOf::Phase(one) => ("breathing", one.name()),
        TextOf::Pace(one) => ("choice-review", one.choice()),
        TextOf::Signal(one) => ("signal", one.name()),
        TextOf::Company(Company::Alone) | TextOf::Audience(Audience::Me) => ("page", "for-me"),
        TextOf::Company(Company::Two) | TextOf::Audience(Audience::Both) => ("page", "for-both"),
        TextOf::Session(one) => ("session", one.name()),
        TextOf::Step(one) => ("step-state", one.name()),
        TextOf::Verb(one) => ("step", one.name()),
        TextOf::WishFor(one) => ("wish-for", one.name()),
        TextOf::WishAnswer(one) => ("wish-answer", one.name()),
        TextOf::Room(one) => ("room-state", one.name()),
        TextOf::Song(one) => ("song", one.name()),
        TextOf::Setting(one) => ("setting", one.name()),
        TextOf::Mute(one) => ("mute", nightstand::care::settings::Mute::from(one).name()),
        TextOf::Lock(one) => ("private-lock", one.name()),
        TextOf::Author(one) => ("author", one.name()),
        TextOf::Whose(Whose::Me) => ("author", Author::Me.name()),
        TextOf::Whose(Whose::Partner) => ("author", Author::Partner.name()),
        TextOf::Visibility(one) => ("visibility", one.name()),
        TextOf::Sharing(one) => ("sharing", one.name()),
        TextOf::Style(one) => ("style", style(&one)),
        TextOf::Pairing(one) => ("pairing", pairing(&one)),
        TextOf::Sync(one) => ("sync", one.name()),
        TextOf::Bundle(one) => ("bundle", one.name()),
        TextOf::Mailbox(one) => ("mailbox", one.name()),
        TextOf::Phrase(one) => ("phrase", one.name()),
        TextOf::PhraseCheck(one) => ("phrase-check", one.name()),
    };
    format!("{prefix}-{name}")
}

fn style(style: &Style) -> &'static str {
    match style {
        Style::Bold => "bold",
        Style::Italic => "italic",
        Style::Link { .. } => "link",
        Style::Heading { .. } => "heading",
        Style::Bullet => "bullet",
        Style::Numbered => "numbered",
        Style::Quote => "quote",
    }
}

fn pairing(state: &PairingState) -> &'static str {
    match state {
        PairingState::Meeting => "meeting",
        PairingState::Compare { .. } => "compare",
        PairingState::Waiting => "waiting",
        PairingState::Paired => "paired",
        PairingState::Refused => "refused",
        PairingState::Failed => "failed",
    }
}

/// What can be chosen from a list, to find its text by.
#[derive(uniffi::Enum)]
pub enum TextOf {
    /// What kind of thing an activity is.
    Family(Family),
    /// What an activity can be good for.
    Need(Need),
    /// Which side of an activity.
    Side(Side),
    /// Who does a step, and for whom.
    Way(Way),
    /// How somebody feels about an activity.
    Stance(Stance),
    /// When a stance counts.
    Condition(Condition),
    /// A question with choices.
    Question(Question),
    /// One of a question's choices, by its id.
    Choice(Question, String),
    /// Something of which there can be many.
    Line(Line),
    /// Something to say once.
    Remark(Remark),
    /// A deck of questions; with `.about` behind the key, what it is about.
    Deck(QuestionDeck),
    /// On what a card rests; with `.about` behind the key, what that means.
    Grade(CardGrade),
    /// What kind of evidence a publication is.
    Evidence(Evidence),
    /// What can be done about an error.
    Action(Action),
    /// How an agreement stands.
    Agreement(AgreementState),
    /// How a sealed reflection stands.
    Reflection(ReflectionState),
    /// When in the time after a check-in is; with `.about` behind the key, what is asked then.
    Moment(CheckInMoment),
    /// A part of a check-in.
    Field(CheckInField),
    /// How much of a low.
    Drop(DropLevel),
    /// How what the two share stands to each other: a heading.
    Standing(Standing),
    /// What a check-in says in figures.
    Level(CheckInLevel),
    /// A moment whose check-ins are counted.
    Counted(CountedMoment),
    /// How long a session took.
    Length(SessionLength),
    /// How a figure was reckoned.
    Method(InsightMethod),
    /// Of whom a figure is.
    InsightOf(InsightOf),
    /// A part of a breath. Its text takes `seconds`.
    Phase(BreathPhase),
    /// How often to look again.
    Pace(ReviewPace),
    /// Something said with one tap.
    Signal(SignalKind),
    /// For whom a plan is.
    Company(Company),
    /// For whom something is.
    Audience(Audience),
    /// Where a session stands.
    Session(SessionState),
    /// Where a step stands.
    Step(StepState),
    /// What can be done with a step: a button.
    Verb(StepVerb),
    /// Who may fulfil a wish.
    WishFor(FollowUpFor),
    /// What can be said to a partner's wish.
    WishAnswer(FollowUpAnswer),
    /// Where a time that was proposed stands.
    Room(RoomState),
    /// Where a song stands.
    Song(SongState),
    /// Something that a person can set.
    Setting(Setting),
    /// Whether anything shows. Of a mute with an end, `.until` behind the key says until when (`when`).
    Mute(Mute),
    /// How Private stands.
    Lock(PrivateLock),
    /// Whom an entry is from.
    Author(Author),
    /// Whose a list is.
    Whose(Whose),
    /// Who can read an entry.
    Visibility(Visibility),
    /// Where a new entry goes.
    Sharing(Sharing),
    /// How a part of a text is written: a button of an editor.
    Style(Style),
    /// Where two phones are with pairing.
    Pairing(PairingState),
    /// How a sync ended.
    Sync(SyncOutcome),
    /// How the taking in of a bundle ended.
    Bundle(BundleOutcome),
    /// What a mailbox did not do.
    Mailbox(MailboxTrouble),
    /// Where the recovery phrase is.
    Phrase(PhraseState),
    /// What was found about words that somebody typed.
    PhraseCheck(PhraseCheck),
}

/// Every text that the core gives, in the order of keys: for whoever translates, and for an app's own tests.
#[uniffi::export]
pub fn text_keys() -> Vec<TextKey> {
    core::keys()
}

/// What is amiss in a file of texts, in order of lines, what is missing first; at most 2,000 faults. An empty answer is a whole
/// translation. For a file that is meant to hold a few keys, pass over `Missing`.
#[uniffi::export]
pub fn text_faults(file: String) -> Vec<TextFault> {
    core::faults(&file)
}

/// What a parameter says.
#[uniffi::remote(Enum)]
pub enum TextValue {
    /// A name, a time, a fraction: as it is to be read.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// A text, ready to be shown or spoken.
#[uniffi::remote(Record)]
pub struct Wording {
    /// What it says.
    pub text: String,
    /// In which language, as a tag: to a screen reader it tells the voice.
    pub language: String,
    /// In which direction that is written.
    pub direction: WritingDirection,
}

/// In which direction a text is written.
#[uniffi::remote(Enum)]
pub enum WritingDirection {
    /// As English.
    LeftToRight,
    /// As Arabic and Hebrew.
    RightToLeft,
}

/// A text that the core gives.
#[uniffi::remote(Record)]
pub struct TextKey {
    /// Its key.
    pub key: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
    /// How long it may be in any language, in UTF-16 units, with nothing in its parameters.
    pub most_units: u32,
}

/// Something amiss in a file of texts.
#[uniffi::remote(Record)]
pub struct TextFault {
    /// In which line its entry begins, counted from one; 0 if it has none.
    pub line: u32,
    /// Of which text; empty where the file can't be read.
    pub key: String,
    /// What.
    pub kind: TextFaultKind,
}

/// What can be amiss. A file with one of the first six is not taken; the others are for whoever translates.
#[uniffi::remote(Enum)]
pub enum TextFaultKind {
    /// It does not parse.
    Syntax,
    /// Too much stands in braces or brackets.
    Nested,
    /// The key stands in the file before.
    Twice,
    /// A function, a fraction, or a choice by something else than a parameter or a term's attribute.
    Unsupported,
    /// It refers to what the file does not hold.
    Reference,
    /// It refers to itself, or through too many others.
    Endless,
    /// The file, or the text with nothing in its parameters, is over its limit.
    TooLong,
    /// The core knows the key and the file lacks it: the next language answers.
    Missing,
    /// The core does not know the key. It may be the app's own.
    Unknown,
    /// It asks for a parameter that the core does not give: the next language answers.
    Parameters,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn all<T: Copy>(of: &'static [T], named: impl Fn(T) -> TextOf) -> Vec<TextOf> {
        of.iter().map(|one| named(*one)).collect()
    }

    #[test]
    fn whatever_is_chosen_has_a_text() {
        let choices = Question::ALL.iter().flat_map(|question| {
            question.choices().iter().map(|choice| TextOf::Choice(*question, (*choice).to_owned()))
        });
        let stances = [Stance::Never, Stance::NotNow { until: None }, Stance::Open, Stance::Like, Stance::Love];
        let named = [
            all(Family::ALL, TextOf::Family),
            all(Need::ALL, TextOf::Need),
            all(Side::ALL, TextOf::Side),
            all(Way::ALL, TextOf::Way),
            stances.map(TextOf::Stance).into(),
            all(Condition::ALL, TextOf::Condition),
            all(Question::ALL, TextOf::Question),
            choices.collect(),
            all(Line::ALL, TextOf::Line),
            all(Remark::ALL, TextOf::Remark),
            all(QuestionDeck::ALL, TextOf::Deck),
            all(CardGrade::ALL, TextOf::Grade),
            all(Evidence::ALL, TextOf::Evidence),
            all(Action::ALL, TextOf::Action),
            all(AgreementState::ALL, TextOf::Agreement),
            all(ReflectionState::ALL, TextOf::Reflection),
            all(CheckInMoment::ALL, TextOf::Moment),
            all(CheckInField::ALL, TextOf::Field),
            all(DropLevel::ALL, TextOf::Drop),
            all(Standing::ALL, TextOf::Standing),
            all(CheckInLevel::ALL, TextOf::Level),
            all(CountedMoment::ALL, TextOf::Counted),
            all(SessionLength::ALL, TextOf::Length),
            all(InsightMethod::ALL, TextOf::Method),
            all(InsightOf::ALL, TextOf::InsightOf),
            all(BreathPhase::ALL, TextOf::Phase),
            all(ReviewPace::ALL, TextOf::Pace),
            all(SignalKind::ALL, TextOf::Signal),
            all(&[Company::Alone, Company::Two], TextOf::Company),
            all(&[Audience::Me, Audience::Both], TextOf::Audience),
            all(SessionState::ALL, TextOf::Session),
            all(StepState::ALL, TextOf::Step),
            all(FollowUpFor::ALL, TextOf::WishFor),
            all(FollowUpAnswer::ALL, TextOf::WishAnswer),
            all(RoomState::ALL, TextOf::Room),
            all(SongState::ALL, TextOf::Song),
            all(Setting::ALL, TextOf::Setting),
            all(PrivateLock::ALL, TextOf::Lock),
            all(Author::ALL, TextOf::Author),
            all(&[Whose::Me, Whose::Partner], TextOf::Whose),
            all(Visibility::ALL, TextOf::Visibility),
            all(Sharing::ALL, TextOf::Sharing),
            all(SyncOutcome::ALL, TextOf::Sync),
            all(BundleOutcome::ALL, TextOf::Bundle),
            all(MailboxTrouble::ALL, TextOf::Mailbox),
            all(PhraseState::ALL, TextOf::Phrase),
            vec![
                TextOf::PhraseCheck(PhraseCheck::Fits),
                TextOf::PhraseCheck(PhraseCheck::UnknownWords { places: vec![7] }),
                TextOf::PhraseCheck(PhraseCheck::WordCount { count: 23 }),
                TextOf::PhraseCheck(PhraseCheck::DoesNotAddUp),
                TextOf::PhraseCheck(PhraseCheck::Another),
                TextOf::Mute(Mute::Off),
                TextOf::Mute(Mute::Until { end: Timestamp(0) }),
                TextOf::Mute(Mute::UntilTakenOff),
                TextOf::Verb(StepVerb::Start),
                TextOf::Verb(StepVerb::Pause),
                TextOf::Verb(StepVerb::Resume),
                TextOf::Verb(StepVerb::Extend { minutes: 5 }),
                TextOf::Verb(StepVerb::Skip),
                TextOf::Verb(StepVerb::Done),
                TextOf::Pairing(PairingState::Meeting),
                TextOf::Pairing(PairingState::Waiting),
                TextOf::Pairing(PairingState::Paired),
                TextOf::Pairing(PairingState::Refused),
                TextOf::Pairing(PairingState::Failed),
                TextOf::Style(Style::Bold),
                TextOf::Style(Style::Italic),
                TextOf::Style(Style::Link { url: String::new() }),
                TextOf::Style(Style::Heading { level: 1 }),
                TextOf::Style(Style::Bullet),
                TextOf::Style(Style::Numbered),
                TextOf::Style(Style::Quote),
            ],
        ];
        let texts = Texts::new(Vec::new());
        for key in named.into_iter().flatten().map(text_key) {
            // The phases of a breath say their seconds.
            assert!(texts.say(key.clone(), HashMap::from([("seconds".into(), TextValue::Number(4))])).is_ok(), "{key}");
        }
    }
}
