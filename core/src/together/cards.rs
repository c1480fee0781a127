//! Guidance cards: short, sourced, and gone with one tap.
//!
//! A card's title is the text `card-<id>`, what it says `card-<id>.body`. Each says on what it rests: on studies, which are
//! named ([`sources`](super::sources)), or on practice, which the text `grade-practice.about` explains. A card that comes to
//! rest on something else gets a new id, since people may have put the old one away.

use crate::names::names;

/// On what a card rests: the texts `grade-<name>` and `grade-<name>.about`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    /// On published studies that found things which go together.
    Study,
    /// On what couples, and those who advise them, pass on. No study that we know of has tested it.
    Practice,
}

names!(Grade { Self::Study = "study", Self::Practice = "practice" });

/// A card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Card {
    /// Its name in everything saved, and in the keys of its texts.
    pub id: &'static str,
    /// On what it rests.
    pub grade: Grade,
    /// On which publications, by their ids. One of practice may name some too, for how it words something.
    pub sources: &'static [&'static str],
    /// It speaks of something that can be hard: the text `help-where` belongs under it.
    pub names_help: bool,
}

/// All of them, in an order to read them in.
pub fn cards() -> &'static [Card] {
    CARDS
}

/// The card with this id.
pub fn card(id: &str) -> Option<&'static Card> {
    CARDS.iter().find(|card| card.id == id)
}

macro_rules! cards {
    ($($id:literal $grade:ident [$($source:literal)*] $help:ident;)+) => {
        &[$(Card { id: $id, grade: Grade::$grade, sources: &[$($source),*], names_help: cards!(@ $help) },)+]
    };
    (@ plain) => { false };
    (@ help) => { true };
}

const CARDS: &[Card] = cards! {
    "why-it-matters" Study ["muise-2014"] plain;
    "in-the-body" Practice [] plain;
    "what-helps-most" Practice [] plain;
    "what-to-leave" Practice [] plain;
    "ask-dont-read" Practice [] plain;
    "own-needs" Practice [] plain;
    "many-and-some" Practice [] plain;
    "awkward-at-first" Practice [] plain;
    "afterglow" Study ["meltzer-2017"] plain;
    "how-you-talk" Study ["mallory-2022"] plain;
    "mending-a-miss" Practice [] plain;
    "drop" Practice [] help;
    "low-afterwards" Study ["schweitzer-2015" "maczkowiack-2019"] help;
    "consent-afterwards" Practice [] help;
    "seeing-a-doctor" Practice [] help;
    "how-we-ask" Practice ["aron-1992" "betella-2016"] plain;
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Texts;
    use crate::together::sources::{Evidence, source, sources};
    use std::collections::BTreeSet;

    #[test]
    fn every_claim_says_on_what_it_rests() {
        let texts = Texts::new();
        for card in cards() {
            assert_eq!(super::card(card.id), Some(card));
            let studies =
                card.sources.iter().map(|id| source(id).unwrap()).filter(|one| one.evidence != Evidence::Instrument);
            assert_eq!(studies.count() > 0, card.grade == Grade::Study, "{}", card.id);
            assert!(texts.say(&format!("grade-{}.about", card.grade.name()), &[]).is_ok());
        }
        for source in sources() {
            let evidence = texts.say(&format!("evidence-{}", source.evidence.name()), &[]).unwrap();
            let found = texts.say(&format!("source-{}", source.id), &[]).unwrap();
            assert!(!evidence.text.is_empty() && !found.text.is_empty() && !source.authors.is_empty());
            assert!((1990..2030).contains(&source.year));
        }
        let used: BTreeSet<_> = cards().iter().flat_map(|card| card.sources).collect();
        assert_eq!(used.len(), sources().len());
    }

    /// A number is a claim: it stands where its source stands, and nowhere else.
    #[test]
    fn practice_names_no_figures() {
        let texts = Texts::new();
        for card in cards().iter().filter(|card| card.grade == Grade::Practice) {
            let body = texts.say(&format!("card-{}.body", card.id), &[]).unwrap().text;
            assert!(!body.contains('%') && !body.contains("studies") && !body.contains("proven"), "{}", card.id);
        }
    }

    #[test]
    fn neither_cards_nor_figures_say_that_one_thing_brings_about_another() {
        let texts = Texts::new();
        let keys = cards().iter().map(|card| format!("card-{}.body", card.id));
        let keys = keys.chain(sources().iter().map(|source| format!("source-{}", source.id)));
        let figures = crate::texts::keys().into_iter().filter(|one| one.key.starts_with("insight-"));
        let names = ["n", "value", "low", "high", "count", "before", "after", "activity", "name", "level", "moment"];
        let given = names.map(|name| (name, "1".into()));
        for key in keys.chain(figures.map(|one| one.key)) {
            let text = texts.say(&key, &given).unwrap().text.to_lowercase();
            for word in [
                "cause",
                "because of",
                "leads to",
                "lead to",
                "results in",
                "improves",
                "increases",
                "boosts",
                "effect",
            ] {
                assert!(!text.contains(word), "{key}: {word}");
            }
        }
    }
}
