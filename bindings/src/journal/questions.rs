//! Decks of questions.

use nightstand::journal::questions as core;
use nightstand::journal::questions::Deck as QuestionDeck;

/// A question to the two, or to one alone. What it asks is the text `ask-<id>`.
#[derive(uniffi::Record)]
pub struct DeckQuestion {
    /// Its name in everything saved, such as `first-minute`.
    pub id: String,
    /// Where it belongs.
    pub deck: QuestionDeck,
}

/// All questions, deck by deck, each deck in the order in which its questions are best asked.
#[uniffi::export]
pub fn deck_questions() -> Vec<DeckQuestion> {
    core::questions().iter().map(DeckQuestion::from).collect()
}

impl From<&core::Question> for DeckQuestion {
    fn from(question: &core::Question) -> Self {
        let core::Question { id, deck } = *question;
        Self { id: id.into(), deck }
    }
}

/// Which deck.
#[uniffi::remote(Enum)]
pub enum QuestionDeck {
    /// First words about the time afterwards.
    GettingStarted,
    /// Small things that make it good.
    WhatHelps,
    /// What turns up, and what to do with it.
    FeelingsAfter,
    /// What is welcome, what is not, and how each tells the other.
    Boundaries,
    /// What a body likes, and what is hard for it at times.
    Bodies,
    /// What has been good so far.
    LookingBack,
    /// What to try, keep, or let go.
    LookingAhead,
}
