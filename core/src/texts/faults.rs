//! What is amiss in a translation.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{self, File, Part, Pattern};
use super::keys::known;

/// Something amiss in a file of texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// In which line its entry begins, counted from one; 0 if it has none.
    pub line: u32,
    /// Of which text; empty where the file can't be read.
    pub key: String,
    /// What.
    pub kind: FaultKind,
}

/// What can be amiss. A file with one of the first six is not taken; the others are for whoever translates.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum FaultKind {
    /// It does not parse.
    Syntax,
    /// Too much stands in braces or brackets.
    Nested,
    /// The key stands in the file before.
    Twice,
    /// A function, a fraction, or a choice by something else than a parameter or a term's attribute.
    Unsupported,
    /// It refers to what the file does not hold.
    Reference,
    /// It refers to itself, or through too many others.
    Endless,
    /// The file, or the text with nothing in its parameters, is over its limit.
    TooLong,
    /// The core knows the key and the file lacks it: the next language answers.
    Missing,
    /// The core does not know the key. It may be the app's own.
    Unknown,
    /// It asks for a parameter that the core does not give: the next language answers.
    Parameters,
}

/// Most faults that are told of one file.
pub const MOST_FAULTS: usize = 2_000;

/// What is amiss in a file of texts, for whoever translates and for an app's own tests: in order of lines, what is missing
/// first, and at most [`MOST_FAULTS`]. An empty answer is a whole translation. For a file that is meant to hold a few keys,
/// pass over [`FaultKind::Missing`].
///
/// ```
/// use nightstand::texts::{FaultKind, faults};
///
/// let found = faults("activity-water = Woda\nactivity-watre.about = Po szklance.\n");
/// assert!(found.iter().any(|fault| fault.kind == FaultKind::Syntax && fault.line == 2));
/// assert!(found.iter().any(|fault| fault.kind == FaultKind::Missing && fault.key == "activity-bath"));
/// ```
pub fn faults(source: &str) -> Vec<Fault> {
    let (file, mut found) = file::read(source);
    let known: BTreeMap<_, _> = known().into_iter().collect();
    let lines = file::lines(source);
    let mut lengths = Lengths { file: &file, of: BTreeMap::new() };
    let mut add = |key: &str, kind| {
        let line = lines.get(file::entry(key)).copied().unwrap_or_default();
        found.push(Fault { line, key: key.to_owned(), kind });
    };
    for (key, pattern) in file.patterns.iter().filter(|(key, _)| !key.starts_with('-')) {
        let Some(text) = known.get(key) else {
            add(key, FaultKind::Unknown);
            continue;
        };
        let mut named = BTreeSet::new();
        pattern.parameters(&mut named);
        if named.iter().any(|name| !text.parameters.contains(&name.as_str())) {
            add(key, FaultKind::Parameters);
        }
        if lengths.of(key) > text.kind.most_units() {
            add(key, FaultKind::TooLong);
        }
    }
    for key in known.keys().filter(|key| !file.patterns.contains_key(*key)) {
        found.push(Fault { line: 0, key: key.clone(), kind: FaultKind::Missing });
    }
    found.sort_by(|one, other| (one.line, &one.key, one.kind).cmp(&(other.line, &other.key, other.kind)));
    found.truncate(MOST_FAULTS);
    found
}

/// How many UTF-16 units texts have at most, with nothing in their parameters.
struct Lengths<'a> {
    file: &'a File,
    of: BTreeMap<&'a str, usize>,
}

impl<'a> Lengths<'a> {
    fn of(&mut self, key: &'a str) -> usize {
        if let Some(units) = self.of.get(key) {
            return *units;
        }
        let units = self.file.patterns.get(key).map_or(0, |pattern| self.pattern(pattern));
        self.of.insert(key, units);
        units
    }

    fn pattern(&mut self, pattern: &'a Pattern) -> usize {
        pattern.0.iter().fold(0, |units, part| {
            units.saturating_add(match part {
                Part::Text(text) => text.encode_utf16().count(),
                Part::Parameter(_) => 0,
                Part::Reference(reference) => self.of(&reference.key),
                Part::Select(select) => {
                    select.variants.iter().map(|(_, variant)| self.pattern(variant)).max().unwrap_or_default()
                }
            })
        })
    }
}
