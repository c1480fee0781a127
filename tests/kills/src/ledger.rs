//! What a phone has acknowledged, and whether it is still there.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::hand::Hand;
use crate::protocol::{PAGE, text_of};

/// What one phone has acknowledged.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    /// Entries that were written, with their titles.
    written: BTreeMap<String, String>,
    typed: BTreeMap<String, Typed>,
    /// Entries of the log that the other phone acknowledged in the conversation that goes on.
    pub(crate) handed_over: u64,
}

/// What was typed into one entry.
#[derive(Clone, Default)]
struct Typed {
    saved: u64,
    /// When each letter was typed that was not saved then.
    unsaved: BTreeMap<u64, Instant>,
}

/// What became of it.
#[derive(Default)]
pub(crate) struct Found {
    /// What is missing, in words.
    pub(crate) losses: Vec<String>,
    /// Acknowledged entries and letters that were looked for.
    pub(crate) entries: u64,
    pub(crate) letters: u64,
    /// Letters that nobody had acknowledged and that are gone.
    pub(crate) letters_gone: u64,
    /// How long before the kill the oldest of them was typed.
    pub(crate) oldest_gone: Option<Duration>,
}

impl Ledger {
    pub(crate) fn wrote(&mut self, id: String, title: String) {
        self.written.insert(id, title);
    }

    pub(crate) fn typed(&mut self, id: String, letters: u64, now: Instant) {
        self.typed.entry(id).or_default().unsaved.insert(letters, now);
    }

    pub(crate) fn saved(&mut self, id: String, letters: u64) {
        let typed = self.typed.entry(id).or_default();
        typed.saved = letters;
        typed.unsaved = typed.unsaved.split_off(&(letters + 1));
    }

    /// Are there letters that nobody has acknowledged?
    pub(crate) fn has_unsaved(&self) -> bool {
        self.typed.values().any(|typed| !typed.unsaved.is_empty())
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.written.keys().chain(self.typed.keys()).cloned().collect()
    }

    /// What of it is in these texts, which are those of [`Self::ids`].
    pub(crate) fn check(&self, hand: Hand, texts: &[Option<String>], killed: Instant) -> Found {
        let mut found = Found::default();
        let (written, typed) = texts.split_at(self.written.len().min(texts.len()));
        for ((id, title), text) in self.written.iter().zip(written) {
            found.entries += 1;
            match text {
                None => found.losses.push(format!("the entry {title:?} ({id}) is not there")),
                // What is typed into it is looked at below.
                Some(_) if title.starts_with(PAGE) => {}
                Some(text) if *text == text_of(title) => {}
                Some(_) => found.losses.push(format!("the entry {title:?} ({id}) reads otherwise")),
            }
        }
        for ((id, typed), text) in self.typed.iter().zip(typed) {
            found.letters += typed.saved;
            let there = text.as_ref().and_then(|text| hand.count(text));
            match there {
                None => found.losses.push(format!("what was typed into {id} is not there as it was typed")),
                Some(there) if there < typed.saved => {
                    found.losses.push(format!("of {} letters in {id} {there} are there", typed.saved));
                }
                Some(there) => {
                    let mut gone = typed.unsaved.range(there + 1..);
                    found.letters_gone += gone.clone().count() as u64;
                    let age = gone.next().map(|(_, when)| killed.saturating_duration_since(*when));
                    found.oldest_gone = found.oldest_gone.max(age);
                }
            }
        }
        found
    }

    /// What is in the file holds from here on, acknowledged or not.
    pub(crate) fn settle(&mut self, hand: Hand, texts: &[Option<String>]) {
        let typed = texts.iter().skip(self.written.len());
        for (typed, text) in self.typed.values_mut().zip(typed) {
            typed.saved = text.as_ref().and_then(|text| hand.count(text)).unwrap_or(typed.saved);
            typed.unsaved.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_acknowledged_has_to_be_there_and_what_was_not_may_be_gone() {
        let mut ledger = Ledger::default();
        let now = Instant::now();
        ledger.wrote("mine-1".into(), "aside".into());
        for letters in 1..=9 {
            ledger.typed("mine-2".into(), letters, now);
        }
        ledger.saved("mine-2".into(), 6);
        assert!(ledger.has_unsaved());
        let text: String = (0..9).map(|number| Hand::Alex.letter(number)).collect();
        let check = |aside: Option<&str>, letters: usize| {
            let texts = [aside.map(str::to_owned), Some(text[..letters].to_owned())];
            let found = ledger.check(Hand::Alex, &texts, now + Duration::from_millis(7));
            (found.losses.len(), found.letters_gone, found.oldest_gone.map(|age| age.as_millis()))
        };
        let aside = text_of("aside");
        assert_eq!(check(Some(&aside), 9), (0, 0, None));
        assert_eq!(check(Some(&aside), 6), (0, 3, Some(7)));
        assert_eq!(check(Some(&aside), 5).0, 1);
        assert_eq!(check(None, 6).0, 1);
        assert_eq!(check(Some("something else"), 5).0, 2);
    }
}
