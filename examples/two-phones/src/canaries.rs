//! Words that tell where a text has been: taken from private pages, and sought in all that left the phone.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

/// Letters of one piece of text. So many in a row stand in two texts only if one quotes the other.
const PIECE: usize = 24;

/// A title or line under this many bytes may stand anywhere.
const SHORTEST: usize = 10;

/// How many bytes of a needle the search looks at first.
const START: usize = 8;

/// What to look for.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Canaries {
    /// From every private document: nobody else may have these.
    pub(crate) private: BTreeSet<String>,
    /// From documents that were shared: a search that does not find these sees nothing.
    pub(crate) shared: BTreeSet<String>,
}

/// The strings that give a text away: its title, its lines in pieces, and words made for this search.
pub(crate) fn distinctive(title: &str, body: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut keep = |text: &str| {
        if text.len() >= SHORTEST {
            found.insert(text.to_owned());
        }
    };
    keep(title);
    for line in body.lines() {
        let letters: Vec<char> = line.chars().collect();
        match letters.len().checked_sub(PIECE) {
            Some(last) => {
                for start in (0..=last).step_by(PIECE).chain([last]) {
                    keep(&letters[start..start + PIECE].iter().collect::<String>());
                }
            }
            None => keep(line.trim()),
        }
        line.split(|letter: char| !(letter.is_alphanumeric() || letter == '-'))
            .filter(|word| word.starts_with("canary-"))
            .for_each(&mut keep);
    }
    found
}

/// Looks for many strings at once.
pub(crate) struct Search<'a> {
    by_start: HashMap<[u8; START], Vec<&'a str>>,
    found: BTreeSet<&'a str>,
}

impl<'a> Search<'a> {
    /// A search for strings of at least [`START`] bytes.
    pub(crate) fn new(needles: &'a BTreeSet<String>) -> Self {
        let mut by_start: HashMap<_, Vec<&str>> = HashMap::new();
        for needle in needles {
            if let Some(start) = needle.as_bytes().first_chunk::<START>() {
                by_start.entry(*start).or_default().push(needle);
            }
        }
        Self { by_start, found: BTreeSet::new() }
    }

    /// Looks through some bytes.
    pub(crate) fn look(&mut self, bytes: &[u8]) {
        for at in 0..bytes.len().saturating_sub(START - 1) {
            let rest = &bytes[at..];
            let Some(candidates) = rest.first_chunk::<START>().and_then(|start| self.by_start.get(start)) else {
                continue;
            };
            self.found.extend(candidates.iter().filter(|needle| rest.starts_with(needle.as_bytes())));
        }
    }

    /// What was found.
    pub(crate) fn found(self) -> BTreeSet<&'a str> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "A line that is long enough to be cut into pieces. (canary-alex-private-1)\nshort\nただいま、と言える場所があるのはいいな。";

    #[test]
    fn a_text_is_known_by_each_of_its_parts() {
        let needles = distinctive("Only for me", BODY);
        assert!(needles.contains("Only for me") && needles.contains("canary-alex-private-1"));
        assert!(needles.contains("A line that is long enou") && !needles.contains("(canary-alex-private-1)"));
        assert!(needles.contains("ただいま、と言える場所があるのはいいな。") && !needles.contains("short"));
    }

    #[test]
    fn what_is_there_is_found_and_nothing_else() {
        let needles = distinctive("Only for me", BODY);
        let mut search = Search::new(&needles);
        search.look(b"\0\xffOnly for you, Only for me");
        assert_eq!(search.found().into_iter().collect::<Vec<_>>(), ["Only for me"]);
        let mut search = Search::new(&needles);
        search.look(BODY.as_bytes());
        assert_eq!(search.found().len(), needles.len() - 1);
        let mut search = Search::new(&needles);
        search.look(b"Only fo");
        assert!(search.found().is_empty());
    }
}
