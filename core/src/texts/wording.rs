//! Making a text out of what was read, and its parameters.

use core::fmt;
use std::borrow::Cow;

use icu_plurals::{PluralCategory, PluralRules};

use super::file::{By, File, Part, Pattern, Reference, Select, VariantKey};
use super::language::Language;
use super::{MOST_WORDING_BYTES, WritingDirection};

const MOST_PARAMETERS: usize = 32;
const MOST_PARAMETER_BYTES: usize = 4_096;
/// Every host's numbers hold these exactly.
const MOST_NUMBER: u64 = 1 << 53;
/// Parts that one text may be made of, those of what it refers to included.
const MOST_PARTS: usize = 10_000;

/// What a parameter says.
#[derive(Clone, PartialEq, Eq)]
pub enum TextValue {
    /// A name, a time, a fraction: as it is to be read.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for TextValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for TextValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for TextValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for TextValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A text, ready to be shown or spoken.
#[derive(Clone, PartialEq, Eq)]
pub struct Wording {
    /// What it says.
    pub text: String,
    /// In which language, as a tag: to a screen reader it tells the voice.
    pub language: String,
    /// In which direction that is written.
    pub direction: WritingDirection,
}

/// Shows nothing of what it says: it can be a name, or something that somebody wrote.
impl fmt::Debug for TextValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
        })
    }
}

/// Shows nothing of what it says: parameters stand in it.
impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wording({}, {} bytes)", self.language, self.text.len())
    }
}

/// Why a file does not say a text.
#[derive(Debug)]
pub(super) enum Unsaid {
    Unknown,
    Parameter,
    TooLong,
}

type Given<'a> = [(&'a str, Cow<'a, TextValue>)];

/// The parameters as they go into texts; none if they can't.
pub(super) fn parameters<'a>(given: &'a [(&'a str, TextValue)]) -> Option<Vec<(&'a str, Cow<'a, TextValue>)>> {
    let fits = |value: &TextValue| match value {
        TextValue::Text(text) => text.len() <= MOST_PARAMETER_BYTES,
        TextValue::Number(number) => number.unsigned_abs() <= MOST_NUMBER,
    };
    let fit = given.len() <= MOST_PARAMETERS && given.iter().all(|(_, value)| fits(value));
    fit.then(|| given.iter().map(|(name, value)| (*name, upright(value))).collect())
}

/// Without what turns around the writing of all that follows.
fn upright(value: &TextValue) -> Cow<'_, TextValue> {
    let turns = |letter: char| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match value {
        TextValue::Text(text) if text.contains(turns) => Cow::Owned(TextValue::Text(text.replace(turns, ""))),
        other => Cow::Borrowed(other),
    }
}

pub(super) fn say(file: &File, language: &Language, key: &str, given: &Given<'_>) -> Result<String, Unsaid> {
    let pattern = file.patterns.get(key).filter(|_| !key.starts_with('-')).ok_or(Unsaid::Unknown)?;
    let mut saying = Saying { file, language, text: String::new(), parts: 0 };
    saying.pattern(pattern, given, Whose::Text)?;
    Ok(saying.text)
}

struct Saying<'a> {
    file: &'a File,
    language: &'a Language,
    text: String,
    parts: usize,
}

/// Whose words are written: a text has to have its parameters, a term does without.
#[derive(Clone, Copy, PartialEq)]
enum Whose {
    Text,
    Term,
}

impl Saying<'_> {
    fn pattern(&mut self, pattern: &Pattern, given: &Given<'_>, whose: Whose) -> Result<(), Unsaid> {
        for part in &pattern.0 {
            self.parts += 1;
            if self.parts > MOST_PARTS {
                return Err(Unsaid::TooLong);
            }
            match part {
                Part::Text(text) => self.push(text)?,
                Part::Parameter(name) => self.push(&parameter(given, name).ok_or(Unsaid::Parameter)?.to_string())?,
                Part::Reference(reference) => self.reference(reference, given)?,
                Part::Select(select) => {
                    let variant = self.variant(select, given, whose)?;
                    self.pattern(variant, given, whose)?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Unsaid> {
        if self.text.len() + text.len() > MOST_WORDING_BYTES {
            return Err(Unsaid::TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn reference(&mut self, reference: &Reference, given: &Given<'_>) -> Result<(), Unsaid> {
        let pattern = self.file.patterns.get(&reference.key).ok_or(Unsaid::Unknown)?;
        if reference.is_term() {
            let own: Vec<_> = reference.given.iter().map(|(name, value)| (&**name, Cow::Borrowed(value))).collect();
            self.pattern(pattern, &own, Whose::Term)
        } else {
            self.pattern(pattern, given, Whose::Text)
        }
    }

    fn variant<'s>(&mut self, select: &'s Select, given: &Given<'_>, whose: Whose) -> Result<&'s Pattern, Unsaid> {
        let value = match &select.by {
            By::Parameter(name) => match parameter(given, name) {
                None if whose == Whose::Text => return Err(Unsaid::Parameter),
                other => other.cloned(),
            },
            By::Reference(reference) => {
                let before = self.text.len();
                self.reference(reference, given)?;
                Some(TextValue::Text(self.text.split_off(before)))
            }
        };
        let category = match value {
            Some(TextValue::Number(number)) => plural(self.language, number),
            _ => None,
        };
        let fits = |key: &VariantKey| match (key, &value) {
            (VariantKey::Number(one), Some(TextValue::Number(other))) => one == other,
            (VariantKey::Word(word), Some(TextValue::Text(text))) => **word == **text,
            (VariantKey::Word(word), Some(TextValue::Number(_))) => Some(&**word) == category,
            _ => false,
        };
        let found = select.variants.iter().find(|(key, _)| fits(key));
        Ok(found.map_or(&select.variants[select.default].1, |(_, pattern)| pattern))
    }
}

fn parameter<'a>(given: &'a Given<'_>, name: &str) -> Option<&'a TextValue> {
    given.iter().find(|(own, _)| *own == name).map(|(_, value)| &**value)
}

/// The category of a number in a language's own rules; of a language without rules that of any number.
fn plural(language: &Language, number: i64) -> Option<&'static str> {
    let rules = PluralRules::try_new_cardinal(language.id().into()).ok()?;
    Some(match rules.category_for(number) {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    })
}
