//! The words that texts do without, and what a lock screen may show: see `docs/words.md`.

use std::collections::BTreeSet;

use super::super::keys::{Kind, known};
use super::{all_of, shipped};

/// A stranger who glances at a lock screen learns nothing.
#[test]
fn notifications_are_neutral() {
    let telling = [
        "sex",
        "partner",
        "feel",
        "body",
        "check",
        "cuddle",
        "care",
        "intima",
        "love",
        "close",
        "drop",
        "nightstand",
        "bed",
        "journal",
        "plan",
        "consent",
        "boundar",
        "kiss",
        "touch",
        "connect",
        "together",
        "miss",
        "you two",
        "mood",
        "low",
        "private",
        "secret",
        "not now",
    ];
    let due: Vec<_> = known().into_iter().filter(|(_, text)| text.kind == Kind::Notification).collect();
    assert_eq!(due.len(), 14);
    for (language, file) in shipped() {
        for (key, text) in &due {
            assert!(key.starts_with("due-") && text.parameters.is_empty());
            let mut all = String::new();
            all_of(&file.patterns[key], &mut all);
            let all = all.to_lowercase();
            assert!(telling.iter().all(|word| !all.contains(word)), "{language}: {key}: {all}");
        }
    }
}

/// One line of the list: the words, and which keys may use them.
struct Avoided {
    words: String,
    except: BTreeSet<String>,
}

/// Lower case, one space around each word, apostrophes straight.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('’', "'");
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '-');
    let words: Vec<_> = words.map(|word| word.trim_matches(['\'', '-'])).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

fn avoided(language: &str) -> Vec<Avoided> {
    let list = include_str!("../../../../tests/words.txt");
    let mut section = "";
    let mut avoided: Vec<Avoided> = Vec::new();
    for line in list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
        } else if section == language {
            avoided.push(Avoided { words: line.to_owned(), except: BTreeSet::new() });
        } else if section == format!("{language} exceptions") {
            let parts: Vec<_> = line.splitn(3, ':').map(str::trim).collect();
            assert!(parts.len() == 3 && parts[2].len() > 10, "an exception has a reason: {line}");
            let of =
                avoided.iter_mut().find(|one| one.words == parts[0]).expect("an exception from a word of the list");
            assert!(of.except.insert(parts[1].to_owned()), "{line}");
        }
    }
    avoided
}

fn uses(text: &str, words: &str) -> bool {
    match words.strip_suffix('*') {
        Some(beginning) => text.contains(&format!(" {beginning}")),
        None => text.contains(&format!(" {words} ")),
    }
}

#[test]
fn no_text_uses_the_words_that_we_avoid() {
    for (language, file) in shipped() {
        let mut avoided = avoided(language);
        assert!(avoided.len() >= 120, "{language}");
        let mut found = Vec::new();
        for (key, pattern) in &file.patterns {
            let mut all = String::new();
            all_of(pattern, &mut all);
            for line in all.lines() {
                let line = plain(line);
                for one in avoided.iter_mut().filter(|one| uses(&line, &one.words)) {
                    if !one.except.contains(key) {
                        found.push(format!("{key}: {}: {line}", one.words));
                    }
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
        for one in &avoided {
            for key in &one.except {
                let mut all = String::new();
                all_of(file.patterns.get(key).expect("an exception of a text that there is"), &mut all);
                assert!(uses(&plain(&all), &one.words), "{}: {key} does not use it", one.words);
            }
        }
    }
}

/// What the READMEs let people write is held to the same.
#[test]
fn nor_do_the_samples_of_the_readmes() {
    let readmes = [
        include_str!("../../../../README.md"),
        include_str!("../../../../bindings/README.md"),
        include_str!("../../../../bindings/kotlin/README.md"),
        include_str!("../../../../bindings/swift/README.md"),
        include_str!("../../../../bindings/python/README.md"),
    ];
    let avoided = avoided("en");
    let mut samples = 0;
    for readme in readmes {
        for code in readme.split("```").skip(1).step_by(2) {
            for sample in
                code.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|one| one.contains(' '))
            {
                samples += 1;
                let words = avoided.iter().find(|one| uses(&plain(sample), &one.words));
                assert!(words.is_none(), "{sample}");
            }
        }
    }
    assert!(samples >= 5);
}
