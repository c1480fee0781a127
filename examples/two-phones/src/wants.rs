//! What both want afterwards, side by side.

use std::collections::BTreeMap;

use crate::protocol::{Feels, Preferences, Said};
use crate::screen::fit;

/// Columns of an item and of what somebody feels about it.
const ITEM: usize = 34;
const FEELS: usize = 10;

/// A table of what is shared, and below it what only this phone knows. Titles come with the texts, so ids have to do.
pub(crate) fn table(name: &str, partner: &str, known: &Preferences) -> String {
    let mut rows: BTreeMap<&str, [Option<Feels>; 2]> = BTreeMap::new();
    for (column, said) in [(0, &known.mine), (1, &known.partners)] {
        for said in said.iter().filter(|said| said.shared) {
            rows.entry(&said.item).or_default()[column] = Some(said.feels);
        }
    }
    let mut table = format!("    {} {} {}\n", fit("", ITEM), fit(name, FEELS), fit(partner, FEELS));
    for (item, feels) in rows {
        let [mine, theirs] = feels.map(|feels| fit(feels.map_or("–", word), FEELS));
        table += &format!("    {} {mine} {theirs}\n", fit(&title(item), ITEM));
    }
    for Said { item, feels, .. } in known.mine.iter().filter(|said| !said.shared) {
        table += &format!("    {} {}\n", fit(&title(item), ITEM), only(word(*feels)));
    }
    table
}

fn only(word: &str) -> String {
    format!("{word}   (only me)")
}

/// `stance/holding-hands/together/tired` in words.
fn title(item: &str) -> String {
    let words = item.strip_prefix("stance/").unwrap_or(item).replace('-', " ");
    words.replace('/', ", ")
}

fn word(feels: Feels) -> &'static str {
    match feels {
        Feels::Never => "never",
        Feels::NotNow => "not now",
        Feels::Open => "open",
        Feels::Like => "like",
        Feels::Love => "love",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_stand_beside_each_other_and_a_secret_stands_alone() {
        let said = |item: &str, feels, shared| Said { item: item.into(), feels, note: String::new(), shared };
        let known = Preferences {
            mine: vec![
                said("stance/bath/together/tired", Feels::Never, false),
                said("stance/holding-hands/together", Feels::Love, true),
            ],
            partners: vec![said("stance/holding-hands/together", Feels::NotNow, true)],
        };
        let table = table("Alex", "Sam", &known);
        let words: Vec<Vec<_>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[0], ["Alex", "Sam"]);
        assert_eq!(words[1], ["holding", "hands,", "together", "love", "not", "now"]);
        assert_eq!(words[2], ["bath,", "together,", "tired", "never", "(only", "me)"]);
    }
}
