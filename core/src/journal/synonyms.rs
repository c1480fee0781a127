//! Words that search takes for each other: who seeks a hug finds what was called a cuddle.
//!
//! One list a language, written by hand, beside its texts (`core/texts/en.synonyms.txt`). Rings of words are read from it; a
//! word in two rings has the others of both, and of no third. All lists that ship are asked, since a journal is written in
//! whatever languages its writer has. The index knows nothing of them: a changed list counts at once, for old entries too,
//! and leaves no trace in the file.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Of the lists. It rises with every change of what is found.
pub const VERSION: u32 = 1;

const LISTS: &[&str] = &[include_str!("../../texts/en.synonyms.txt")];

static RINGS: LazyLock<Vec<Vec<Member>>> = LazyLock::new(|| LISTS.iter().flat_map(|list| rings(list)).collect());

/// A word of a ring, folded as search folds words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Member {
    pub(super) word: &'static str,
    /// It stands for whatever begins so.
    pub(super) open: bool,
}

impl Member {
    pub(super) fn holds(&self, folded: &str) -> bool {
        if self.open { folded.starts_with(self.word) } else { folded == self.word }
    }
}

/// What can stand for a word that was typed, in the order of letters. A word that is not whole yet has none, unless it holds all
/// of a stem.
pub(super) fn synonyms(folded: &str) -> Vec<Member> {
    let rings = RINGS.iter().filter(|ring| ring.iter().any(|member| member.holds(folded)));
    rings.flatten().copied().collect::<BTreeSet<_>>().into_iter().collect()
}

fn rings(list: &'static str) -> impl Iterator<Item = Vec<Member>> {
    let lines = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split(',').map(str::trim).map(member).collect())
}

fn member(written: &'static str) -> Member {
    match written.strip_suffix('*') {
        Some(stem) => Member { word: stem, open: true },
        None => Member { word: written, open: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    #[test]
    fn every_ring_is_written_as_search_folds_words() {
        assert!(RINGS.len() >= 50);
        for ring in RINGS.iter() {
            assert!((2..=16).contains(&ring.len()), "{ring:?}");
            for one in ring {
                let folded: Vec<_> = words(one.word).map(|word| word.folded).collect();
                assert_eq!(folded, [one.word], "{ring:?}");
                assert!(!one.open || one.word.len() >= 3, "{} would find too much", one.word);
                let same = ring.iter().filter(|other| other.holds(one.word)).count();
                assert_eq!(same, 1, "{} stands in its ring twice", one.word);
            }
        }
    }

    #[test]
    fn a_word_has_those_of_its_rings() {
        let of = |word| synonyms(word).iter().map(|one| one.word).collect::<Vec<_>>();
        assert!(of("hug").contains(&"cuddl") && of("cuddling").contains(&"hug") && of("cuddl").contains(&"hug"));
        assert!(of("shower").contains(&"bath") && of("bath").contains(&"shower"));
        // In two rings; and nothing of a ring further on.
        assert!(of("intimacy").contains(&"sex") && of("intimacy").contains(&"nearness"));
        assert!(!of("nearness").contains(&"sex"));
        for alone in ["", "hu", "lantern's", "bathrobe", "napkin", "日本"] {
            assert_eq!(of(alone), Vec::<&str>::new(), "{alone}");
        }
    }
}
