//! Decks of questions: to write about alone, to seal, or to talk through and tick.
//!
//! A question's id stands in what people have saved, so it is never given another meaning and never taken away. What it asks
//! is the text `ask-<id>`; a deck's title is `question-deck-<name>`, and what it is about `question-deck-<name>.about`.
//!
//! ```
//! use nightstand::journal::questions::{Deck, questions};
//! use nightstand::texts::Texts;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let texts = Texts::new();
//! let first = questions().iter().find(|one| one.deck == Deck::WhatHelps).ok_or("an empty deck")?;
//! let asked = texts.say(&format!("ask-{}", first.id), &[])?.text;
//! assert!(asked.ends_with('?'));
//! # Ok(())
//! # }
//! ```

use crate::names::names;

/// Which deck.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Deck {
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

names!(Deck {
    Self::GettingStarted = "getting-started",
    Self::WhatHelps = "what-helps",
    Self::FeelingsAfter = "feelings-after",
    Self::Boundaries = "boundaries",
    Self::Bodies = "bodies",
    Self::LookingBack = "looking-back",
    Self::LookingAhead = "looking-ahead",
});

/// A question to the two, or to one alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// Its name in everything saved, such as `first-minute`.
    pub id: &'static str,
    /// Where it belongs.
    pub deck: Deck,
}

/// All of them, deck by deck, each deck in the order in which its questions are best asked.
pub fn questions() -> &'static [Question] {
    QUESTIONS
}

/// The question with this id.
pub fn question(id: &str) -> Option<&'static Question> {
    QUESTIONS.iter().find(|question| question.id == id)
}

macro_rules! questions {
    ($($deck:ident { $($id:literal)+ })+) => {
        &[$($(Question { id: $id, deck: Deck::$deck },)+)+]
    };
}

#[rustfmt::skip]
const QUESTIONS: &[Question] = questions! {
    GettingStarted {
        "afterwards-means" "first-minute" "learned-where" "good-ending" "easy-to-ask" "other-name" "without-sex"
        "talk-where" "one-thing-know" "enough-time" "how-to-begin"
    }
    WhatHelps {
        "touch-where" "words-remember" "quiet-or-talk" "eat-drink" "warm-enough" "light-sound" "who-gets-up"
        "giving-likes" "receiving-hard" "short-version" "apart-care"
    }
    FeelingsAfter {
        "usual-mood" "surprising-feeling" "tears-mean" "going-quiet" "next-day" "low-signs" "proud-of"
        "lonely-close" "anxious-thoughts" "joy-shown" "disappointment-said"
    }
    Boundaries {
        "not-afterwards" "changed-mind" "signal-stop" "yes-looks-like" "unsure-how" "after-no" "hard-to-say-no"
        "told-others" "photos-messages" "new-things-agree" "boundary-respected"
    }
    Bodies {
        "body-tells" "pain-say" "tired-body" "cycle-seasons" "medication-health" "arousal-mismatch" "skin-and-scars"
        "washing" "sleep-bodies" "body-change" "doctor-together"
    }
    LookingBack {
        "best-time" "small-kindness" "went-past" "learned-about-other" "learned-about-self" "stopped-doing" "mended"
        "last-time" "change-one" "felt-seen-when" "first-months"
    }
    LookingAhead {
        "try-next" "let-go" "busy-weeks" "phones-where" "visitors-children" "travel-distance" "ritual-own"
        "say-more" "ask-more" "in-a-year" "when-older"
    }
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;
    use std::collections::BTreeSet;

    /// Ids stand in people's files: this list only grows.
    #[test]
    fn no_question_is_taken_away() {
        let here: String = questions().iter().map(|question| format!("{}\n", question.id)).collect();
        assert_eq!(here, include_str!("questions.txt"));
    }

    #[test]
    fn seven_decks_of_ten_and_more() {
        let ids: BTreeSet<_> = questions().iter().map(|question| question.id).collect();
        assert!(ids.len() == questions().len() && ids.len() >= 70);
        for deck in Deck::ALL {
            assert!(questions().iter().filter(|question| question.deck == *deck).count() >= 10);
        }
        assert!(questions().iter().all(|one| question(one.id) == Some(one)));
    }

    #[test]
    fn each_is_asked_once() {
        let texts = Texts::new();
        let asked = questions().iter().map(|one| texts.say(&format!("ask-{}", one.id), &[]).unwrap().text);
        let asked: BTreeSet<_> = asked.inspect(|text| assert!(text.contains('?'), "{text}")).collect();
        assert_eq!(asked.len(), questions().len());
    }
}
