//! What the two do together: agreements, reflections, rituals, songs, what was ticked; and what they can read: guidance cards,
//! and an introduction for couples to whom this is new.

pub mod agreements;
pub mod reflections;
pub mod rituals;
pub mod songs;
pub mod ticks;

use nightstand::together::cards::{self, Grade as CardGrade};
use nightstand::together::programme;
use nightstand::together::sources::{self, Evidence};

/// A guidance card. Its title is the text `card-<id>`, what it says `card-<id>.body`.
#[derive(uniffi::Record)]
pub struct GuidanceCard {
    /// Its name in everything saved, and in the keys of its texts.
    pub id: String,
    /// On what it rests: the texts `grade-study` and `grade-practice`, each with `.about`. To be shown on the card.
    pub grade: CardGrade,
    /// On which publications. To be shown on the card.
    pub sources: Vec<CardSource>,
    /// It speaks of something that can be hard: the text `help-where`, or `help-where-none`, belongs under it.
    pub names_help: bool,
}

/// A publication. In one sentence, what it found is the text `source-<id>`.
#[derive(uniffi::Record)]
pub struct CardSource {
    /// Its name here.
    pub id: String,
    /// Who wrote it, as it is cited.
    pub authors: String,
    /// When it came out.
    pub year: u16,
    /// What it is called.
    pub title: String,
    /// Where it came out.
    pub place: String,
    /// Of what kind it is: the texts `evidence-survey`, `-diary`, `-survey-and-diary`, `-meta-analysis`, `-instrument`.
    pub evidence: Evidence,
}

/// A step of the introduction. Its title is the text `programme-<id>`, what it says `programme-<id>.body`.
#[derive(uniffi::Record)]
pub struct ProgrammeStep {
    /// Its name in everything saved, and in the keys of its texts.
    pub id: String,
    /// The ids of what to try: the texts `try-<id>`.
    pub to_try: Vec<String>,
}

/// All guidance cards, in an order to read them in.
#[uniffi::export]
pub fn guidance_cards() -> Vec<GuidanceCard> {
    cards::cards().iter().map(GuidanceCard::from).collect()
}

/// The introduction's steps, in their order.
#[uniffi::export]
pub fn programme_steps() -> Vec<ProgrammeStep> {
    let step = |step: &programme::Step| ProgrammeStep { id: step.id.into(), to_try: owned(step.to_try) };
    programme::steps().iter().map(step).collect()
}

/// The ids of beginnings for gratitude: the texts `gratitude-<id>`.
#[uniffi::export]
pub fn gratitude_starters() -> Vec<String> {
    owned(programme::gratitude_starters())
}

/// The ids of beginnings for a compliment: the texts `compliment-<id>`.
#[uniffi::export]
pub fn compliment_starters() -> Vec<String> {
    owned(programme::compliment_starters())
}

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

impl From<&cards::Card> for GuidanceCard {
    fn from(card: &cards::Card) -> Self {
        let cards::Card { id, grade, sources, names_help } = *card;
        let sources = sources.iter().filter_map(|id| sources::source(id)).map(CardSource::from).collect();
        Self { id: id.into(), grade, sources, names_help }
    }
}

impl From<&sources::Source> for CardSource {
    fn from(source: &sources::Source) -> Self {
        let sources::Source { id, authors, year, title, place, evidence } = *source;
        Self { id: id.into(), authors: authors.into(), year, title: title.into(), place: place.into(), evidence }
    }
}

/// On what a card rests.
#[uniffi::remote(Enum)]
pub enum CardGrade {
    /// On published studies that found things which go together.
    Study,
    /// On what couples, and those who advise them, pass on. No study that we know of has tested it.
    Practice,
}

/// What kind of evidence a publication is.
#[uniffi::remote(Enum)]
pub enum Evidence {
    /// People were asked once.
    Survey,
    /// People were asked every day for some weeks.
    Diary,
    /// People were asked once, and others every day for some weeks.
    SurveyAndDiary,
    /// Many studies, counted together.
    MetaAnalysis,
    /// A way of asking, of which the idea was taken and not the items.
    Instrument,
}
