//! What somebody writes to: a question of a deck, or words of their own.

use super::questions::question;
use crate::error::{InvalidInput, NightstandError};
use crate::records::{check_text, is_blank};

/// Longest question of one's own, in UTF-16 units.
pub const MOST_PROMPT_UNITS: usize = 400;

/// What an entry or a [sealed reflection](crate::together::reflections) answers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Prompt {
    /// A question of a [deck](super::questions), by its id.
    Question(String),
    /// A question of one's own, not empty, at most [`MOST_PROMPT_UNITS`] UTF-16 units.
    Words(String),
}

const QUESTION: &str = "question:";
const WORDS: &str = "words:";

impl Prompt {
    pub(crate) fn check(&self) -> Result<(), NightstandError> {
        match self {
            Self::Question(id) if question(id).is_some() => Ok(()),
            Self::Words(words) if !is_blank(words) => check_text(words, MOST_PROMPT_UNITS),
            Self::Question(_) => Err(InvalidInput::Words.into()),
            Self::Words(_) => Err(InvalidInput::Empty.into()),
        }
    }

    /// As it is saved, such as `question:first-minute` or `words:What was good?`.
    pub(crate) fn saved(&self) -> String {
        match self {
            Self::Question(id) => format!("{QUESTION}{id}"),
            Self::Words(words) => format!("{WORDS}{words}"),
        }
    }

    /// A question that only a later version knows is kept by its id.
    pub(crate) fn of_saved(saved: &str) -> Option<Self> {
        match (saved.strip_prefix(QUESTION), saved.strip_prefix(WORDS)) {
            (Some(id), _) => Some(Self::Question(id.into())),
            (None, Some(words)) => Some(Self::Words(words.into())),
            (None, None) => None,
        }
    }
}

/// A question of one's own is one's own.
impl core::fmt::Debug for Prompt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Prompt(…)")
    }
}
