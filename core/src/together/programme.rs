//! The introduction: four steps for couples to whom this is new, each with one or two things to try; and sentences to begin
//! gratitude and compliments with.
//!
//! A step's title is the text `programme-<id>`, what it says `programme-<id>.body`; a thing to try is `try-<id>`, a beginning
//! `gratitude-<id>` or `compliment-<id>`. Ids stay, since people's progress names them.
//!
//! ```
//! use nightstand::texts::Texts;
//! use nightstand::together::programme::steps;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let texts = Texts::new();
//! for step in steps() {
//!     println!("{}", texts.say(&format!("programme-{}", step.id), &[])?.text);
//!     for id in step.to_try {
//!         println!("  {}", texts.say(&format!("try-{id}"), &[])?.text);
//!     }
//! }
//! # Ok(())
//! # }
//! ```

/// One step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its name in everything saved, and in the keys of its texts.
    pub id: &'static str,
    /// The ids of what to try.
    pub to_try: &'static [&'static str],
}

/// The steps, in their order.
pub fn steps() -> &'static [Step] {
    &[
        Step { id: "words-to-begin-with", to_try: &["three-questions", "one-thing-each"] },
        Step { id: "one-small-thing", to_try: &["pick-one", "five-minutes"] },
        Step { id: "be-patient", to_try: &["brief-is-enough", "name-the-awkward"] },
        Step { id: "look-back", to_try: &["keep-and-change", "adjust-one"] },
    ]
}

/// The ids of beginnings for gratitude.
pub fn gratitude_starters() -> &'static [&'static str] {
    &[
        "this-evening",
        "small-thing",
        "felt-safe",
        "you-noticed",
        "your-patience",
        "you-asked",
        "you-stayed",
        "laughed",
        "your-hands",
        "you-said",
        "being-myself",
        "this-week",
        "slowing-down",
        "still-thinking",
    ]
}

/// The ids of beginnings for a compliment.
pub fn compliment_starters() -> &'static [&'static str] {
    &[
        "i-like-how",
        "your-voice",
        "you-look",
        "loved-when",
        "with-you",
        "your-skin",
        "your-laugh",
        "the-way-you-look",
        "brave",
        "gentle",
        "good-at",
        "in-your-arms",
        "learned-from-you",
        "again",
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn four_steps_with_something_to_try() {
        assert_eq!(steps().len(), 4);
        assert!(steps().iter().all(|step| (1..=2).contains(&step.to_try.len())));
        for starters in [gratitude_starters(), compliment_starters()] {
            assert!(starters.len() >= 12);
            assert_eq!(starters.iter().collect::<BTreeSet<_>>().len(), starters.len());
        }
    }

    /// Ids stand in people's files: these lists only grow.
    #[test]
    fn nothing_is_taken_away() {
        let steps = steps().iter().flat_map(|step| [step.id].into_iter().chain(step.to_try.iter().copied()));
        let all = steps.chain(gratitude_starters().iter().copied()).chain(compliment_starters().iter().copied());
        let cards = super::super::cards::cards().iter().map(|card| card.id);
        let here: String = all.chain(cards).map(|id| format!("{id}\n")).collect();
        assert_eq!(here, include_str!("together.txt"));
    }
}
