//! Texts: what the core gives to screens, by key, in the languages of the person who reads.
//!
//! The core says *that* water comes next, that a check-in is due, that the vault is locked. How this is put to a person is a
//! **text**: it has a key, such as `activity-water` or `due-check-in-later-today`, and lies in one file a language
//! (`core/texts/en.ftl`), in the [format of Fluent](https://projectfluent.org/fluent/guide/), which translators' tools know:
//!
//! ```text
//! activity-water = Water                      the key activity-water
//!     .about = A glass for each.              the key activity-water.about
//! insight-early = { $n ->                     a plural, by the language's own categories
//!     [one] Too early to tell, from one time
//!    *[other] Too early to tell, from { $n } times
//! }
//! ```
//!
//! English ships. An app adds languages, and puts its own wording in place of single keys, with [`Texts::add`].
//!
//! # Which wording answers
//!
//! ```text
//!   asked for: pt-BR, de        pt-BR ▶ pt ▶ de ▶ English
//!   in each of them             what was added last ▶ … ▶ what was added first (or is built in)
//! ```
//!
//! The first that has the key, and can say it with the parameters given, answers; so a translation with a hole in it, or with
//! a parameter that the screen does not give, is passed over and never shown half-made. Each added file stands alone: what it
//! refers to, it holds. The answer names its language and its writing direction, since on one screen two may meet.
//!
//! Parameters are texts or whole numbers. Numbers are written in digits 0 to 9, without grouping; fractions, dates and times
//! come formatted from the app, as text. No marks of writing direction are put around parameters: some screen readers read
//! them aloud, and they stay behind in what is copied or exported. What could turn the writing of a whole line around is
//! taken out of parameters, since a partner chooses their own name.
//!
//! # Words that search takes for each other
//!
//! Beside its texts a language has words that the [search](crate::journal) of the journal takes for each other; an app adds its
//! own, or puts them in place of those that ship, with [`Texts::add_synonyms`].
//!
//! # Bounds
//!
//! A file is read once, checked whole and kept in a form of its own, or refused: see [`faults`] for what can be amiss in it.
//! Whatever is in a file or a parameter, nothing panics and nothing goes on for long.
//! [`MOST_FILE_BYTES`], [`MOST_ADDED_BYTES`] and [`MOST_WORDING_BYTES`] bound what may be kept and what comes out.
//!
//! Why not all of Fluent: its parser is used, `fluent-bundle`, which makes text of what was parsed, is not. It panics on
//! files that can be written on purpose (a choice by a literal around more than a hundred insertions), and its plural
//! rules are those of 2020. What a text here needs of it takes one short file, `wording.rs`, and ICU4X knows the present
//! rules.
//!
//! How the sentences are written is in `docs/words.md`.

mod dates;
mod faults;
mod file;
mod keys;
mod language;
mod wording;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use faults::{Fault, FaultKind, MOST_FAULTS, faults};
pub use keys::{TextKey, keys};
pub use language::WritingDirection;
pub use wording::{TextValue, Wording};

use crate::error::{InvalidInput, NightstandError};
use crate::journal::synonyms::Synonyms;
use file::File;
use language::Language;
use wording::Unsaid;

/// Longest file that can be added, in bytes.
pub const MOST_FILE_BYTES: usize = 512 * 1024;
/// How much can be added in all, in bytes of files.
pub const MOST_ADDED_BYTES: usize = 4 * 1024 * 1024;
/// Longest text that is given out, in bytes, parameters included.
pub const MOST_WORDING_BYTES: usize = 16 * 1024;
/// Most languages that can be asked for; further ones are passed over.
pub const MOST_ASKED: usize = 32;

/// The languages that ship.
const SHIPPED: &[(&str, &str)] = &[("en", include_str!("../../texts/en.ftl"))];

static BUILT_IN: LazyLock<BTreeMap<&str, File>> =
    LazyLock::new(|| SHIPPED.iter().map(|(language, source)| (*language, file::read(source).0)).collect());

/// The texts, in the languages that there are.
///
/// ```
/// use nightstand::texts::{Texts, WritingDirection};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut texts = Texts::new();
/// assert_eq!(texts.say("activity-water", &[])?.text, "Water");
///
/// // A language, of which there is one text so far. Polish has four plural categories.
/// texts.add("pl", "
/// insight-early = { $n ->
///     [one] Za wcześnie na wnioski: { $n } raz
///     [few] Za wcześnie na wnioski: { $n } razy
///    *[many] Za wcześnie na wnioski: { $n } razy
/// }
/// ")?;
/// texts.ask_for(["pl-PL", "en"]);
/// assert_eq!(texts.say("insight-early", &[("n", 2.into())])?.text, "Za wcześnie na wnioski: 2 razy");
///
/// // What Polish lacks is said in English.
/// let wording = texts.say("activity-water", &[])?;
/// assert_eq!((wording.text.as_str(), wording.language.as_str()), ("Water", "en"));
/// assert_eq!(wording.direction, WritingDirection::LeftToRight);
///
/// // An app's own wording for one key.
/// texts.add("en", "activity-water = A glass of water")?;
/// assert_eq!(texts.say("activity-water", &[])?.text, "A glass of water");
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct Texts {
    asked: Vec<Language>,
    added: BTreeMap<String, Vec<File>>,
    added_bytes: usize,
    synonyms: Synonyms,
}

impl Texts {
    /// What ships: English.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file of texts in a language, named by its tag, as in `pl`, `pt-BR`, `zh-Hant`. What it holds goes before what
    /// was there of that language; what it lacks stays. Keys that the core does not know may be in it.
    ///
    /// Errors: `InvalidInput` (`Language`) for a tag that is none; `InvalidInput` (`Texts`) for a file that has
    /// [`faults`] of its own, `TooLarge` beyond [`MOST_FILE_BYTES`] or [`MOST_ADDED_BYTES`]: then nothing of it is taken.
    pub fn add(&mut self, language: &str, file: &str) -> Result<(), NightstandError> {
        let language = self.room_for(language, file)?;
        let (read, faults) = file::read(file);
        if !faults.is_empty() {
            return Err(InvalidInput::Texts.into());
        }
        self.added.entry(language.tag().to_owned()).or_default().push(read);
        self.added_bytes += file.len();
        Ok(())
    }

    /// Adds words of a language that [search](crate::journal::Journal::search_with) takes for each other, whatever language is
    /// asked for: a ring a line, its words with commas between, at most [`MOST_RING`](crate::journal::synonyms::MOST_RING) of
    /// them; `cuddl*` stands for whatever begins so, and a line that begins with `#` is passed over. A ring takes the place of
    /// those of its language that hold its first word, what ships among them; of one word alone nothing stands for it any more.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut texts = nightstand::texts::Texts::new();
    /// texts.add_synonyms("de", "umarm*, kuscheln, kuschelt\nbad, dusche, duschen")?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `InvalidInput` (`Language`) for a tag that is none; `InvalidInput` (`Texts`) for a list with something in it
    /// that is not one word, or a stem of one letter or two; `TooLarge` as for [`add`](Self::add), with which it shares its
    /// limits. Then nothing of it is taken.
    pub fn add_synonyms(&mut self, language: &str, list: &str) -> Result<(), NightstandError> {
        let language = self.room_for(language, list)?;
        self.synonyms.add(language.tag(), list)?;
        self.added_bytes += list.len();
        Ok(())
    }

    pub(crate) fn synonyms(&self) -> &Synonyms {
        &self.synonyms
    }

    fn room_for(&self, language: &str, file: &str) -> Result<Language, NightstandError> {
        let language = Language::parse(language).ok_or(InvalidInput::Language)?;
        if file.len() > MOST_FILE_BYTES || self.added_bytes.saturating_add(file.len()) > MOST_ADDED_BYTES {
            return Err(NightstandError::TooLarge);
        }
        Ok(language)
    }

    /// Takes all that was added of a language out again, texts and synonyms. What ships stays.
    ///
    /// Errors: `InvalidInput` (`Language`).
    pub fn remove(&mut self, language: &str) -> Result<(), NightstandError> {
        let language = Language::parse(language).ok_or(InvalidInput::Language)?;
        let removed = self.added.remove(language.tag()).unwrap_or_default();
        self.added_bytes -= removed.iter().map(|file| file.bytes).sum::<usize>();
        self.added_bytes -= self.synonyms.remove(language.tag());
        Ok(())
    }

    /// In which languages the person reads, the dearest first: what the system says. A tag that is none is passed over, as
    /// are those after the first [`MOST_ASKED`].
    pub fn ask_for(&mut self, languages: impl IntoIterator<Item = impl AsRef<str>>) {
        let asked = languages.into_iter().take(MOST_ASKED);
        self.asked = asked.filter_map(|tag| Language::parse(tag.as_ref())).collect();
    }

    /// The text of a key, with its named parameters. Parameters that the text does not use are passed over.
    ///
    /// Errors: `NotFound` for a key of which there is no text; `InvalidInput` (`Parameters`) if no language can say it with
    /// these: one is missing, there are more than 32, one is longer than 4,096 bytes, or a number beyond ±2⁵³; `TooLarge` for
    /// a text over [`MOST_WORDING_BYTES`].
    pub fn say(&self, key: &str, parameters: &[(&str, TextValue)]) -> Result<Wording, NightstandError> {
        let parameters = wording::parameters(parameters).ok_or(InvalidInput::Parameters)?;
        let mut why_not = NightstandError::NotFound;
        for (language, file) in self.answering() {
            match wording::say(file, &language, key, &parameters) {
                Ok(text) => {
                    let direction = language.direction();
                    return Ok(Wording { text, language: language.tag().to_owned(), direction });
                }
                Err(Unsaid::Unknown) => {}
                Err(Unsaid::Parameter) => why_not = InvalidInput::Parameters.into(),
                Err(Unsaid::TooLong) => why_not = NightstandError::TooLarge,
            }
        }
        Err(why_not)
    }

    /// Files in the order in which they are asked.
    fn answering(&self) -> impl Iterator<Item = (Language, &File)> {
        let chain = self.asked.iter().flat_map(Language::and_wider).chain([Language::english()]);
        chain.flat_map(|language| {
            let added = self.added.get(language.tag()).map_or(&[][..], Vec::as_slice).iter().rev();
            added.chain(BUILT_IN.get(language.tag())).map(move |file| (language.clone(), file))
        })
    }
}
