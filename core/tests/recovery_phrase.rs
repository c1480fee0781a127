//! The recovery phrase: shown, typed back, forgotten, checked.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use common::{Couple, vault};
use nightstand::error::NightstandError;
use nightstand::recovery::phrase::{
    MOST_SUGGESTED, PhraseCheck, PhraseState, PhraseWords, RecoveryPhrase, suggest_phrase_words,
};
use nightstand::vault::{OpenOptions, Purpose, Vault};
use std::ops::ControlFlow;
use tempfile::tempdir;

fn shown(vault: &Vault) -> (RecoveryPhrase, PhraseWords) {
    (vault.recovery_phrase(), vault.recovery_phrase().show().unwrap())
}

/// As somebody types from paper: numbered, in lines, with capitals.
fn typed(words: &PhraseWords) -> String {
    (1..).zip(words.iter()).map(|(place, word)| format!("{place}. {}\n", word.to_uppercase())).collect()
}

#[test]
fn words_are_shown_until_they_were_typed_back() {
    let couple = Couple::new();
    let (phrase, words) = shown(&couple.alex);
    assert_eq!((phrase.state(), words.iter().count()), (Ok(PhraseState::Kept), 24));
    assert_eq!(phrase.show().unwrap().as_text(), words.as_text(), "shown as often as it takes");

    assert_eq!(phrase.confirm(&typed(&words)), Ok(PhraseCheck::Fits));
    assert_eq!(phrase.state(), Ok(PhraseState::WrittenDown));
    assert_eq!(phrase.show().err(), Some(NightstandError::NotFound));
    assert_eq!(phrase.confirm(&typed(&words)), Ok(PhraseCheck::Fits), "a second tap does no harm");
    assert_eq!(phrase.check(&typed(&words)), Ok(PhraseCheck::Fits), "and the paper can be checked for ever");
    couple.meet();
    assert_eq!(couple.sam.recovery_phrase().state(), Ok(PhraseState::Kept), "each has their own");
}

#[test]
fn wrong_words_say_where_to_look_and_change_nothing() {
    let couple = Couple::strangers();
    let (phrase, words) = shown(&couple.alex);
    let all: Vec<_> = words.iter().collect();
    let with = |place: usize, word: &str| {
        let mut words = all.clone();
        words[place - 1] = word;
        words.join(" ")
    };
    let mut swapped = all.clone();
    let other = all.iter().position(|word| *word != all[0]).unwrap();
    swapped.swap(0, other);
    let theirs = shown(&couple.sam).1;
    for (typed, found) in [
        (with(7, "lanternn"), PhraseCheck::UnknownWords { places: vec![7] }),
        (all[..23].join(" "), PhraseCheck::WordCount { count: 23 }),
        (String::new(), PhraseCheck::WordCount { count: 0 }),
        (theirs.as_text().to_owned(), PhraseCheck::Another),
    ] {
        assert_eq!((phrase.check(&typed), phrase.confirm(&typed)), (Ok(found.clone()), Ok(found)));
    }
    let found = phrase.confirm(&swapped.join(" ")).unwrap();
    assert_eq!(found, PhraseCheck::DoesNotAddUp);
    assert_eq!(phrase.state(), Ok(PhraseState::Kept));
    assert_eq!(phrase.show().unwrap().as_text(), words.as_text());
}

#[test]
fn words_of_the_list_are_offered_while_somebody_types() {
    assert_eq!(suggest_phrase_words(" ABan"), ["abandon"]);
    assert_eq!(suggest_phrase_words("a").len(), MOST_SUGGESTED);
    assert_eq!(suggest_phrase_words("zo"), ["zone", "zoo"]);
    assert!(suggest_phrase_words(" ").is_empty() && suggest_phrase_words("xx").is_empty());
}

#[test]
fn the_words_are_for_whoever_may_see_what_is_private() {
    let couple = Couple::new();
    let (phrase, words) = shown(&couple.alex);
    couple.alex.set_private_key(Some([42; 32]), |_| ControlFlow::Continue(())).unwrap();
    couple.alex.lock_private().unwrap();
    assert_eq!(phrase.show().err(), Some(NightstandError::PrivateLocked));
    assert_eq!(phrase.state(), Ok(PhraseState::Kept));
    assert_eq!(phrase.confirm(words.as_text()), Ok(PhraseCheck::Fits), "typed back, nothing is shown");
    couple.alex.lock(std::time::Duration::from_secs(10)).unwrap();
    assert_eq!(phrase.check(words.as_text()), Err(NightstandError::KeyNeeded));
}

#[test]
fn who_reads_alone_can_forget_nothing() {
    let folder = tempdir().unwrap();
    let words = shown(&vault(&folder, "alex.db", 1)).1;
    let options = OpenOptions::new(folder.path().join("alex.db"), [1; 32], [1; 16]);
    let widget = Vault::open_with(options.purpose(Purpose::Read)).unwrap().recovery_phrase();
    assert_eq!(widget.confirm(words.as_text()), Err(NightstandError::ReadOnly));
    assert_eq!(widget.state(), Ok(PhraseState::Kept));
}

#[test]
fn nothing_that_is_told_has_the_words() {
    let folder = tempdir().unwrap();
    let alex = vault(&folder, "alex.db", 1);
    let (phrase, words) = shown(&alex);
    let report = alex.support_report().unwrap().to_string();
    let told = format!("{words:?} {:?} {report}", phrase.check(&format!("{} lighthous", words.as_text())));
    let told: Vec<_> = told.split(|letter: char| !letter.is_alphabetic()).collect();
    // Some words of the list, such as "phrase", may be in a report for other reasons.
    let found = words.iter().filter(|word| told.contains(word)).count();
    assert!(found < 3, "{found} of 24 words");
    assert!(!told.contains(&"lighthous"));
    assert!(!report.contains("phrase") && !report.contains("kept"), "nor whether it is written down");
}
