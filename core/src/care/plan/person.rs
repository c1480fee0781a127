//! What one of the two has written down, as far as this phone knows.

use std::collections::BTreeSet;

use crate::care::{Condition, Question, Side, Stance};

/// Who knows of something that a person has said.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Known {
    /// Its owner alone. It decides what may be suggested on their own phone, and is never given as a reason.
    ToOwner,
    /// Both: it is shared.
    ToBoth,
}

/// What a person wants of one side of an activity.
#[derive(Clone, PartialEq, Eq)]
pub struct Want {
    /// The activity's id.
    pub activity: String,
    /// On which side.
    pub side: Side,
    /// Under which condition; none: always.
    pub condition: Option<Condition>,
    /// How they feel about it. Of all that is said under conditions that hold, the strictest counts.
    pub stance: Stance,
    /// Who knows.
    pub known: Known,
}

/// What one of the two has written down.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// About activities, in any order. What is said twice counts as strictly as it was said.
    pub wants: Vec<Want>,
    /// What they chose of questions, by the ids of choices. What is said twice counts as strictly as it was said.
    pub choices: Vec<(Question, BTreeSet<String>)>,
}

impl Person {
    pub(super) fn chose(&self, question: Question, choice: &str) -> bool {
        self.answers(question).any(|chosen| chosen.contains(choice))
    }

    /// Something was chosen, and this not.
    pub(super) fn chose_other_than(&self, question: Question, choice: &str) -> bool {
        self.answers(question).any(|chosen| !chosen.is_empty() && !chosen.contains(choice))
    }

    fn answers(&self, question: Question) -> impl Iterator<Item = &BTreeSet<String>> {
        self.choices.iter().filter(move |(of, _)| *of == question).map(|(_, chosen)| chosen)
    }
}

/// Names no activity.
impl core::fmt::Debug for Want {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Want(…)")
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for Person {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Person({} wants, {} questions)", self.wants.len(), self.choices.len())
    }
}
