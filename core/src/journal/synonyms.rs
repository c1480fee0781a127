//! Words that search takes for each other: who seeks a hug finds what was called a cuddle.
//!
//! One list a language, written by hand, beside its texts (`core/texts/en.synonyms.txt`). Rings of words are read from it; a
//! word in two rings has the others of both, and of no third. All lists that ship are asked, since a journal is written in
//! whatever languages its writer has; so are those that an app adds beside its texts
//! ([`Texts::add_synonyms`](crate::texts::Texts::add_synonyms)). The index knows nothing of them: a changed list counts at once,
//! for old entries too, and leaves no trace in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::error::InvalidInput;
use crate::words::words;

/// Of the lists that ship. It rises with every change of what is found.
pub const VERSION: u32 = 1;

/// Most words of one ring.
pub const MOST_RING: usize = 16;

/// Most words that stand for one, of all its rings.
const MOST_SYNONYMS: usize = 64;

/// Fewest bytes of what stands for any ending: less would find too much.
const LEAST_STEM_BYTES: usize = 3;

/// The lists that ship, by their languages.
const LISTS: &[(&str, &str)] = &[("en", include_str!("../../texts/en.synonyms.txt"))];

static SHIPPED: LazyLock<BTreeMap<&str, Vec<Ring>>> =
    LazyLock::new(|| LISTS.iter().map(|(language, list)| (*language, rings(list).unwrap_or_default())).collect());

/// Words that stand for each other.
type Ring = Vec<Member>;

/// A word of a ring, folded as search folds words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Member {
    pub(super) word: Box<str>,
    /// It stands for whatever begins so.
    pub(super) open: bool,
}

impl Member {
    pub(super) fn holds(&self, folded: &str) -> bool {
        if self.open { folded.starts_with(&*self.word) } else { folded == &*self.word }
    }
}

/// The lists that ship, and what an app added to them or put in their place.
#[derive(Default)]
pub(crate) struct Synonyms {
    /// By languages, what counts of each to which something was added.
    changed: BTreeMap<String, Changed>,
}

struct Changed {
    rings: Vec<Ring>,
    /// How long the lists were that were added.
    bytes: usize,
}

impl Synonyms {
    /// A ring of the list takes the place of those of its language that hold its first word; of one word alone nothing stands for
    /// it from then on.
    pub(crate) fn add(&mut self, language: &str, list: &str) -> Result<(), InvalidInput> {
        let added = rings(list).ok_or(InvalidInput::Texts)?;
        let shipped = || SHIPPED.get(language).cloned().unwrap_or_default();
        let changed = self.changed.entry(language.to_owned()).or_insert_with(|| Changed { rings: shipped(), bytes: 0 });
        let replaced: BTreeSet<_> = added.iter().filter_map(|ring| ring.first()).collect();
        changed.rings.retain(|ring| !ring.iter().any(|member| replaced.iter().any(|first| member.holds(&first.word))));
        changed.rings.extend(added);
        changed.bytes += list.len();
        Ok(())
    }

    /// Takes what was added out again. Answers how long it was.
    pub(crate) fn remove(&mut self, language: &str) -> usize {
        self.changed.remove(language).map_or(0, |changed| changed.bytes)
    }

    /// What can stand for a word that was typed, in the order of letters. A word that is not whole yet has none, unless it holds
    /// all of a stem.
    pub(super) fn of(&self, folded: &str) -> Vec<Member> {
        let shipped = SHIPPED.iter().filter(|(language, _)| !self.changed.contains_key(**language)).map(|(_, all)| all);
        let rings = shipped.chain(self.changed.values().map(|changed| &changed.rings)).flatten();
        let found = rings.filter(|ring| ring.iter().any(|member| member.holds(folded)));
        found.flatten().cloned().collect::<BTreeSet<_>>().into_iter().take(MOST_SYNONYMS).collect()
    }
}

/// None if something in the list can't be used.
fn rings(list: &str) -> Option<Vec<Ring>> {
    let lines = list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let ring = |line: &str| {
        let members: Ring = line.split(',').map(|written| member(written.trim())).collect::<Option<_>>()?;
        (members.len() <= MOST_RING).then_some(members)
    };
    lines.map(ring).collect()
}

/// None for what is not one word.
fn member(written: &str) -> Option<Member> {
    let (stem, open) = written.strip_suffix('*').map_or((written, false), |stem| (stem, true));
    let mut folded = words(stem).map(|word| word.folded);
    let (Some(word), None) = (folded.next(), folded.next()) else { return None };
    (!open || word.len() >= LEAST_STEM_BYTES).then(|| Member { word: word.into(), open })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ring_that_ships_is_written_as_search_folds_words() {
        let all: Vec<_> = SHIPPED.values().flatten().collect();
        assert!(all.len() >= 50);
        let written = LISTS.iter().flat_map(|(_, list)| list.lines()).filter(|line| !line.starts_with('#'));
        for word in written.flat_map(|line| line.split(',')).map(|word| word.trim().trim_end_matches('*')) {
            assert!(word.is_empty() || words(word).map(|word| word.folded).eq([word.to_owned()]), "{word}");
        }
        for ring in all {
            assert!((2..=MOST_RING).contains(&ring.len()), "{ring:?}");
            for one in ring {
                let same = ring.iter().filter(|other| other.holds(&one.word)).count();
                assert_eq!(same, 1, "{} stands in its ring twice", one.word);
            }
        }
    }

    fn others(synonyms: &Synonyms, word: &str) -> Vec<String> {
        synonyms.of(word).iter().map(|one| one.word.to_string()).collect()
    }

    #[test]
    fn an_app_adds_rings_and_puts_its_own_in_place() {
        let mut synonyms = Synonyms::default();
        synonyms.add("de", "# Deutsch\nUmarm*, kuscheln, Nähe\n").unwrap();
        assert_eq!(others(&synonyms, "kuscheln"), ["kuscheln", "nahe", "umarm"]);
        assert!(others(&synonyms, "umarmung").contains(&"nahe".to_owned()));
        assert!(others(&synonyms, "shower").contains(&"bath".to_owned()), "what ships stays");

        synonyms.add("en", "phone*, handset\nkiss*\nlantern, lamp").unwrap();
        assert_eq!(others(&synonyms, "phones"), ["handset", "phone"]);
        assert_eq!(others(&synonyms, "kissing"), ["kiss"]);
        assert_eq!(others(&synonyms, "lamp"), ["lamp", "lantern"]);
        assert!(others(&synonyms, "shower").contains(&"bath".to_owned()), "what was not named stays");
        synonyms.add("en", "lamp, light").unwrap();
        assert_eq!(
            (others(&synonyms, "lantern"), others(&synonyms, "lamp")),
            (vec![], vec!["lamp".into(), "light".into()])
        );

        assert!(others(&synonyms, "cuddle").contains(&"hug".to_owned()));
        synonyms.add("en", "cuddle").unwrap();
        assert_eq!(others(&synonyms, "cuddle"), ["cuddle"], "a stem that holds the word stands for nothing either");

        assert_eq!(synonyms.remove("en"), 52);
        assert_eq!((others(&synonyms, "lamp"), synonyms.remove("en")), (vec![], 0));
        assert!(others(&synonyms, "kissing").contains(&"smooch".to_owned()));
    }

    #[test]
    fn what_is_no_list_is_refused_whole() {
        let mut synonyms = Synonyms::default();
        let long = vec!["x"; MOST_RING + 1].join(",");
        for bad in ["hug,", "two words, one", "…, hug", "ab*, hug", "*", &long] {
            assert_eq!(synonyms.add("en", &format!("lantern, lamp\n{bad}")), Err(InvalidInput::Texts), "{bad}");
        }
        assert_eq!(others(&synonyms, "lamp"), Vec::<String>::new());
        // Whatever is added, what is sought stays short.
        let rings: Vec<_> = (0..100).map(|ring| format!("lamp, word{ring}")).collect();
        synonyms.add("en", &rings.join("\n")).unwrap();
        assert_eq!(others(&synonyms, "lamp").len(), MOST_SYNONYMS);
    }

    #[test]
    fn a_word_has_those_of_its_rings() {
        let all = Synonyms::default();
        let of = |word| others(&all, word);
        assert!(
            of("hug").contains(&"cuddl".into())
                && of("cuddling").contains(&"hug".into())
                && of("cuddl").contains(&"hug".into())
        );
        assert!(of("shower").contains(&"bath".into()) && of("bath").contains(&"shower".into()));
        // In two rings; and nothing of a ring further on.
        assert!(of("intimacy").contains(&"sex".into()) && of("intimacy").contains(&"nearness".into()));
        assert!(!of("nearness").contains(&"sex".into()));
        for alone in ["", "hu", "lantern's", "bathrobe", "napkin", "日本"] {
            assert_eq!(of(alone), Vec::<String>::new(), "{alone}");
        }
    }
}
