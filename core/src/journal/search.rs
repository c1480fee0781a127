//! Full text: entries by what is written in them, the best first, with the place where it stands.
//!
//! Every word has to be there, in title, text or tags, and the last letters of each may be missing: `lig ev` finds *Lights,
//! late in the evening*. Words in double quotes have to stand so, whole and in that order. Case and marks don't matter, also
//! of letters such as ł, ø, ß; Chinese, Japanese and Korean are found from two characters on, anywhere in a sentence (see
//! [`crate::words`]). A word in a title counts more than one in a text, and a rare one more than a common one (BM25).
//!
//! A word outside of quotes is found by its [synonyms] too, behind everything that holds what was typed: `hug` finds *We
//! cuddled*. What matches is marked, so a screen shows why it was found.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Row;
use rusqlite::types::Value;

use super::rows::{COLUMNS, LISTED, PLACES, RowCursor, bound, filters, read_row};
use super::synonyms::{Member, Synonyms};
use super::{Journal, JournalRow, RowsQuery};
use crate::error::{InvalidInput, NightstandError};
use crate::store::Rows;
use crate::texts::Texts;
use crate::words::{Word, words};

/// Most hits of one page.
pub const MOST_HITS: u32 = 200;

/// Longest text to search for, in bytes, and most words in it.
const MOST_QUERY_BYTES: usize = 1_000;
const MOST_WORDS: usize = 32;

/// Characters of a snippet, and of what stands before the first match in it.
const SNIPPET_CHARS: usize = 160;
const BEFORE_CHARS: usize = 40;

/// A part of a text, in UTF-16 units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextRange {
    /// Where it begins.
    pub start: u32,
    /// Where it ends: the unit behind it.
    pub end: u32,
}

/// An entry that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct SearchHit {
    /// Which, as a list shows it.
    pub row: JournalRow,
    /// What of its title matches.
    pub title_matches: Vec<TextRange>,
    /// The part of its text where the first match stands, on one line, at most 160 characters and an ellipsis at each end;
    /// its beginning if no match is in the text.
    pub snippet: String,
    /// What of the snippet matches.
    pub snippet_matches: Vec<TextRange>,
}

impl core::fmt::Debug for SearchHit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SearchHit({:?})", self.row.id)
    }
}

/// A page of hits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SearchPage {
    /// The hits, the best first.
    pub hits: Vec<SearchHit>,
    /// How many to skip for the next page; none if this is the last.
    pub next: Option<u32>,
}

impl Journal {
    /// Searches the entries that `filters` let through; its place does not matter, its limit holds up to [`MOST_HITS`].
    /// `skip` is 0, or what the page before says.
    ///
    /// Errors: `InvalidInput` for a text without words, of more than 32, or over 1,000 bytes.
    pub fn search(&self, text: &str, query: &RowsQuery, skip: u32) -> Result<SearchPage, NightstandError> {
        self.find(text, query, skip, &Synonyms::default())
    }

    /// As [`search`](Self::search), with the synonyms that were added to `texts`
    /// ([`Texts::add_synonyms`](crate::texts::Texts::add_synonyms)).
    ///
    /// Errors: as [`search`](Self::search).
    pub fn search_with(
        &self,
        text: &str,
        query: &RowsQuery,
        skip: u32,
        texts: &Texts,
    ) -> Result<SearchPage, NightstandError> {
        self.find(text, query, skip, texts.synonyms())
    }

    fn find(
        &self,
        text: &str,
        query: &RowsQuery,
        skip: u32,
        synonyms: &Synonyms,
    ) -> Result<SearchPage, NightstandError> {
        let sought = Sought::parse(text, synonyms).ok_or(InvalidInput::Query)?;
        let limit = if query.limit == 0 { MOST_HITS } else { query.limit.min(MOST_HITS) };
        self.vault.read(|rows, person| {
            let end = (skip as usize).saturating_add(limit as usize);
            let found = best(rows, &sought, filters(query, &person)?, end.saturating_add(1))?;
            let next = (found.len() > end).then(|| skip.saturating_add(limit));
            let mut hits = Vec::new();
            for Found { document, rank, row, .. } in found.into_iter().take(end).skip(skip as usize) {
                let sql = "SELECT text FROM words WHERE document = ?1";
                let text: String = rows.one(sql, [document], |row| Ok(row.get(0)?))?.unwrap_or_default();
                hits.push(sought.hit(row, &text, rank.by));
            }
            Ok(SearchPage { hits, next })
        })
    }
}

/// What an entry was found by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    /// What was typed.
    Words,
    /// At least one word that can stand for one that was typed.
    Synonyms,
}

/// How good a hit is: the less, the better.
#[derive(Clone, Copy, PartialEq)]
struct Rank {
    by: By,
    score: f64,
}

impl Rank {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.by.cmp(&other.by).then_with(|| self.score.total_cmp(&other.score))
    }
}

struct Found {
    document: i64,
    rank: Rank,
    row: JournalRow,
    cursor: RowCursor,
}

/// The best that the filters let through, so many at least if there are. The index alone says what is how good; the rows of
/// few are read, in pieces, until that are enough.
fn best(
    rows: &Rows<'_>,
    sought: &Sought,
    mut filters: Vec<(&'static str, Value)>,
    wanted: usize,
) -> Result<Vec<Found>, NightstandError> {
    let matching = matching(rows, sought)?;
    let sql = format!(
        "SELECT {COLUMNS}, row.document FROM json_each(:documents) AS matching
         CROSS JOIN row ON row.document = matching.value {PLACES} WHERE {LISTED}"
    );
    filters.push((":documents", Value::Null));
    let (mut found, mut rest, mut size) = (Vec::new(), matching.as_slice(), wanted);
    while found.len() < wanted && !rest.is_empty() {
        let mut count = size.min(rest.len());
        // Those that are equally good come in the order of a list, so all of them are looked at.
        while rest.get(count).is_some_and(|next| next.1 == rest[count - 1].1) {
            count += 1;
        }
        let (piece, later) = rest.split_at(count);
        let ranks: BTreeMap<i64, Rank> = piece.iter().copied().collect();
        if let Some((_, documents)) = filters.last_mut() {
            *documents = Value::from(serde_json::json!(ranks.keys().collect::<Vec<_>>()).to_string());
        }
        let read = rows.all(&sql, bound(&filters).as_slice(), |row| Ok((row.get::<_, i64>(15)?, read_row(row)?)))?;
        found.extend(read.into_iter().filter_map(|(document, (row, cursor))| {
            let rank = *ranks.get(&document)?;
            Some(Found { document, rank, row, cursor })
        }));
        (rest, size) = (later, size.saturating_mul(4));
    }
    let place = |found: &Found| (found.cursor.when_ms, found.cursor.order.clone());
    found.sort_by(|one, other| one.rank.cmp(&other.rank).then_with(|| place(other).cmp(&place(one))));
    Ok(found)
}

/// What the index says matches, the best first.
fn matching(rows: &Rows<'_>, sought: &Sought) -> Result<Vec<(i64, Rank)>, NightstandError> {
    let mut matching = Vec::new();
    let mut seen = BTreeSet::new();
    for by in [By::Words, By::Synonyms] {
        let Some(expression) = sought.expression(by) else { continue };
        // Under a second key Private has an index of its own, which ranks by its own words.
        for schema in rows.private().schemas() {
            let sql = format!(
                "SELECT rowid, rank FROM {schema}.search
                 WHERE search MATCH ?1 AND rank MATCH 'bm25(4.0, 1.0)' ORDER BY rank"
            );
            let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, Rank { by, score: row.get(1)? }));
            let found = rows.all(&sql, [&expression], read)?;
            matching.extend(found.into_iter().filter(|(document, _)| seen.insert(*document)));
        }
    }
    if rows.private().schemas().len() > 1 {
        matching.sort_by(|one, other| one.1.cmp(&other.1));
    }
    Ok(matching)
}

/// What is sought: each group has to be there, its words in a row, or a synonym of its one word.
struct Sought {
    groups: Vec<Group>,
}

struct Group {
    words: Vec<String>,
    /// The last word may go on.
    open: bool,
    synonyms: Vec<Member>,
}

impl Sought {
    fn parse(text: &str, synonyms: &Synonyms) -> Option<Self> {
        if text.len() > MOST_QUERY_BYTES {
            return None;
        }
        let folded = |text: &str| words(text).map(|word| word.folded).collect::<Vec<_>>();
        let mut groups = Vec::new();
        for (number, part) in text.split('"').enumerate() {
            if number % 2 == 1 {
                groups.push(Group { words: folded(part), open: false, synonyms: Vec::new() });
            } else {
                groups.extend(part.split_whitespace().map(|part| {
                    let words = folded(part);
                    let synonyms = if let [word] = words.as_slice() { synonyms.of(word) } else { Vec::new() };
                    Group { words, open: true, synonyms }
                }));
            }
        }
        groups.retain(|group| !group.words.is_empty());
        let count: usize = groups.iter().map(|group| group.words.len()).sum();
        (1..=MOST_WORDS).contains(&count).then_some(Self { groups })
    }

    /// As FTS5 reads it; none if there are no synonyms. The words are letters and digits alone, so none means anything else to
    /// it.
    fn expression(&self, by: By) -> Option<String> {
        let phrase = |words: &str, open| format!("\"{words}\"{}", if open { " *" } else { "" });
        let group = |group: &Group| {
            let typed = phrase(&group.words.join(" "), group.open);
            if by == By::Words || group.synonyms.is_empty() {
                return typed;
            }
            let others = group.synonyms.iter().map(|member| phrase(&member.word, member.open));
            format!("({})", core::iter::once(typed).chain(others).collect::<Vec<_>>().join(" OR "))
        };
        let there = by == By::Words || self.groups.iter().any(|group| !group.synonyms.is_empty());
        there.then(|| self.groups.iter().map(group).collect::<Vec<_>>().join(" AND "))
    }

    fn matches(&self, word: &Word, by: By) -> bool {
        self.groups.iter().any(|group| {
            let (last, first) = group.words.split_last().map_or((None, &[][..]), |(last, first)| (Some(last), first));
            let begins =
                |last: &String| if group.open { word.folded.starts_with(last.as_str()) } else { *last == word.folded };
            last.is_some_and(begins)
                || first.contains(&word.folded)
                || (by == By::Synonyms && group.synonyms.iter().any(|member| member.holds(&word.folded)))
        })
    }

    fn hit(&self, row: JournalRow, text: &str, by: By) -> SearchHit {
        // `text` is the title, the body and the tags, a line feed between.
        let body = text.split_once('\n').map_or("", |(_, rest)| rest);
        let body = body.rsplit_once('\n').map_or(body, |(body, _tags)| body);
        let first = words(body).find(|word| self.matches(word, by)).map_or(0, |word| word.at.start);
        let (snippet, snippet_matches) = self.marked(&cut(body, first), by);
        let (_, title_matches) = self.marked(&row.title, by);
        SearchHit { row, title_matches, snippet, snippet_matches }
    }

    /// A text, and what of it matches.
    fn marked(&self, text: &str, by: By) -> (String, Vec<TextRange>) {
        let mut matches: Vec<Range<usize>> = Vec::new();
        for word in words(text).filter(|word| self.matches(word, by)) {
            match matches.last_mut() {
                Some(last) if word.at.start <= last.end => last.end = last.end.max(word.at.end),
                _ => matches.push(word.at),
            }
        }
        let units = |bytes: usize| text[..bytes].encode_utf16().count() as u32;
        let ranges = matches.iter().map(|range| TextRange { start: units(range.start), end: units(range.end) });
        (text.to_owned(), ranges.collect())
    }
}

/// The part of a text around a place, on one line.
fn cut(text: &str, place: usize) -> String {
    let begins = text[..place].char_indices().rev().take(BEFORE_CHARS).last().map_or(place, |(at, _)| at);
    // From the beginning of a word on, if one is near.
    let start = match text[begins..place].find(char::is_whitespace) {
        Some(space) if begins > 0 => begins + space,
        _ => begins,
    };
    let end = text[start..].char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(at, _)| start + at);
    let line = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let before = if text[..start].trim().is_empty() { "" } else { "…" };
    let after = if text[end..].trim().is_empty() { "" } else { "…" };
    format!("{before}{line}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expression(text: &str) -> Option<String> {
        Sought::parse(text, &Synonyms::default())?.expression(By::Words)
    }

    #[test]
    fn what_people_type_means_nothing_else_to_the_index() {
        assert_eq!(expression("lig Éve").as_deref(), Some("\"lig\" * AND \"eve\" *"));
        assert_eq!(expression("\"so it was\" tea").as_deref(), Some("\"so it was\" AND \"tea\" *"));
        assert_eq!(expression("日本語").as_deref(), Some("\"日本 本語\" *"));
        assert_eq!(
            expression("NEAR(a OR b) title:x -y *").as_deref(),
            Some("\"near a\" * AND \"or\" * AND \"b\" * AND \"title x\" * AND \"y\" *")
        );
        assert_eq!(expression("an open \"quote").as_deref(), Some("\"an\" * AND \"open\" * AND \"quote\""));
        for nothing in ["", "  ", "🌧️ — !", "\"\""] {
            assert_eq!(expression(nothing), None);
        }
        assert_eq!(expression(&"a ".repeat(MOST_WORDS + 1)), None);
        assert_eq!(expression(&"a".repeat(MOST_QUERY_BYTES + 1)), None);
    }

    #[test]
    fn a_word_outside_of_quotes_may_be_another() {
        let others = |text: &str| Sought::parse(text, &Synonyms::default()).unwrap().expression(By::Synonyms);
        let pride = "(\"proud\" * OR \"pride\" OR \"proud\")";
        assert_eq!(others("Proud").as_deref(), Some(pride));
        assert_eq!(others("tent proud \"pride\"").unwrap(), format!("\"tent\" * AND {pride} AND \"pride\""));
        for none in ["tent", "\"proud\"", "proud-hearted", "prou"] {
            assert_eq!(others(none), None, "{none}");
        }
        let (_, matches) = Sought::parse("proud", &Synonyms::default()).unwrap().marked("my pride", By::Synonyms);
        assert_eq!(matches, [TextRange { start: 3, end: 8 }]);
    }

    #[test]
    fn a_snippet_shows_where_it_stands() {
        let text = format!("{} the lamp was on, and {}", "before ".repeat(30), "after ".repeat(60));
        let place = text.find("lamp").unwrap();
        let snippet = cut(&text, place);
        assert!(snippet.starts_with("…before ") && snippet.ends_with('…') && snippet.contains("the lamp was on"));
        assert!(snippet.chars().count() <= SNIPPET_CHARS + 2);
        assert_eq!(cut("short\n\nand whole", 7), "short and whole");
        assert_eq!(cut("", 0), "");
        let sought = Sought::parse("lamp \"on\"", &Synonyms::default()).unwrap();
        let (_, matches) = sought.marked("🕯 Lamps on ones", By::Words);
        assert_eq!(matches, [TextRange { start: 3, end: 8 }, TextRange { start: 9, end: 11 }]);
        let (_, matches) = Sought::parse("日本語", &Synonyms::default()).unwrap().marked("日本語です", By::Words);
        assert_eq!(matches, [TextRange { start: 0, end: 3 }]);
    }
}
