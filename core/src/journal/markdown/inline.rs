//! Bold, italic, links and escapes inside lines: CommonMark's delimiter algorithm, without what we don't know.

use std::collections::BTreeMap;

use super::super::rich_text::{Mark, RichText, Style, is_link, units};
use super::address::{autolink, destination, entity};
use super::emphasis::{Delim, flanks_loosely, pair};

const SPECIAL: [char; 9] = ['\\', '&', '`', '<', '!', '[', ']', '*', '_'];

/// Reads lines divided by `'\n'` and appends text and marks to a text of `at` units; says how many it has then.
/// The appended text has exactly as many `'\n'`.
pub(super) fn read(source: &str, at: u32, into: &mut RichText) -> u32 {
    let mut reader = Reader { source, ..Reader::default() };
    reader.run();
    reader.finish(at, into)
}

/// An open `[` or `![`.
struct Bracket {
    node: usize,
    at: usize,
    image: bool,
    // How many of these there were before it.
    delims: usize,
    marks: usize,
    tags: usize,
}

#[derive(Clone, Copy)]
enum Tag {
    Bold,
    BoldEnd,
    Italic,
    ItalicEnd,
}

const TAGS: [(&str, Tag); 8] = [
    ("<b>", Tag::Bold),
    ("</b>", Tag::BoldEnd),
    ("<strong>", Tag::Bold),
    ("</strong>", Tag::BoldEnd),
    ("<i>", Tag::Italic),
    ("</i>", Tag::ItalicEnd),
    ("<em>", Tag::Italic),
    ("</em>", Tag::ItalicEnd),
];

#[derive(Default)]
struct Reader<'a> {
    source: &'a str,
    at: usize,
    /// Pieces of the text; those that turn out to be markup become empty.
    nodes: Vec<String>,
    /// Text may not be added to nodes before this one: something refers to where they end.
    sealed: usize,
    /// Styles on nodes: first, and first after.
    marks: Vec<(usize, usize, Style)>,
    delims: Vec<Delim>,
    brackets: Vec<Bracket>,
    /// How many of the brackets are around a link already: a link can't hold another one.
    around_link: usize,
    /// The nodes that are tags.
    tags: Vec<(usize, Tag)>,
    /// Where the last run of so many backticks starts, known from the first run on.
    last_ticks: BTreeMap<usize, usize>,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => self.escape(),
                '&' => match entity(self.rest()) {
                    Some((c, len)) => self.replace(len, c.encode_utf8(&mut [0; 4])),
                    None => self.keep(1),
                },
                '`' => self.code(),
                '<' => self.angle(),
                '!' if self.rest().starts_with("![") => self.open_bracket(2),
                '[' => self.open_bracket(1),
                ']' => self.close_bracket(),
                '*' | '_' => self.delimiters(c),
                _ => {
                    let end = self.rest().find(SPECIAL);
                    self.keep(end.unwrap_or(self.rest().len()).max(1));
                }
            }
        }
        self.emphasise(0);
        self.pair_tags();
    }

    fn finish(self, mut at: u32, into: &mut RichText) -> u32 {
        let mut starts = Vec::with_capacity(self.nodes.len() + 1);
        for text in &self.nodes {
            starts.push(at);
            into.text.push_str(text);
            at += units(text);
        }
        starts.push(at);
        let marks =
            self.marks.into_iter().map(|(from, to, style)| Mark { start: starts[from], end: starts[to], style });
        into.marks.extend(marks.filter(|mark| mark.start < mark.end));
        at
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    /// The next `len` bytes are text as they stand.
    fn keep(&mut self, len: usize) {
        let text = &self.rest()[..len];
        self.replace(len, text);
    }

    /// The next `len` bytes stand for `text`.
    fn replace(&mut self, len: usize, text: &str) {
        if self.nodes.len() == self.sealed {
            self.nodes.push(String::new());
        }
        if let Some(node) = self.nodes.last_mut() {
            node.push_str(text);
        }
        self.at += len;
    }

    /// A node of its own, which text is not added to.
    fn push(&mut self, len: usize, text: &str) -> usize {
        self.nodes.push(text.to_owned());
        self.sealed = self.nodes.len();
        self.at += len;
        self.sealed - 1
    }

    fn escape(&mut self) {
        match self.rest()[1..].chars().next() {
            Some('\n') => self.replace(2, "\n"),
            Some(c) if c.is_ascii_punctuation() => self.replace(2, c.encode_utf8(&mut [0; 4])),
            _ => self.keep(1),
        }
    }

    /// Code stays as written, markup and all; a run of backticks without its partner is only itself.
    fn code(&mut self) {
        let open = ticks(self.rest());
        if self.last_ticks.is_empty() {
            let mut at = self.at;
            while let Some(found) = self.source[at..].find('`') {
                let len = ticks(&self.source[at + found..]);
                self.last_ticks.insert(len, at + found);
                at += found + len;
            }
        }
        let last = self.last_ticks.get(&open);
        if last.is_none_or(|&last| last <= self.at) {
            return self.keep(open);
        }
        let mut end = open;
        while let Some(found) = self.rest()[end..].find('`') {
            let close = ticks(&self.rest()[end + found..]);
            end += found + close;
            if close == open {
                break;
            }
        }
        self.keep(end);
    }

    fn angle(&mut self) {
        let rest = self.rest();
        let is_here = |tag: &&(&str, Tag)| {
            let text = rest.get(..tag.0.len());
            text.is_some_and(|text| text.eq_ignore_ascii_case(tag.0))
        };
        if let Some((text, tag)) = TAGS.iter().find(is_here) {
            let node = self.push(text.len(), &rest[..text.len()]);
            self.tags.push((node, *tag));
        } else if let Some(url) = autolink(rest) {
            let node = self.push(url.len() + 2, url);
            let url = url.to_owned();
            self.marks.push((node, node + 1, Style::Link { url }));
        } else {
            self.keep(1);
        }
    }

    /// Settles the tags: what finds no partner is text.
    fn pair_tags(&mut self) {
        let mut open = [Vec::new(), Vec::new()];
        for (node, tag) in std::mem::take(&mut self.tags) {
            let (same, style) = match tag {
                Tag::Bold | Tag::BoldEnd => (&mut open[0], Style::Bold),
                Tag::Italic | Tag::ItalicEnd => (&mut open[1], Style::Italic),
            };
            if matches!(tag, Tag::Bold | Tag::Italic) {
                same.push(node);
            } else if let Some(start) = same.pop() {
                self.nodes[start].clear();
                self.nodes[node].clear();
                self.marks.push((start + 1, node, style));
            }
        }
    }

    fn open_bracket(&mut self, len: usize) {
        let bracket = Bracket {
            node: self.nodes.len(),
            at: self.at,
            image: len == 2,
            delims: self.delims.len(),
            marks: self.marks.len(),
            tags: self.tags.len(),
        };
        self.push(len, &self.rest()[..len]);
        self.brackets.push(bracket);
    }

    fn close_bracket(&mut self) {
        let bracket = self.brackets.pop();
        let around_link = self.brackets.len() < self.around_link;
        self.around_link = self.around_link.min(self.brackets.len());
        let Some(bracket) = bracket.filter(|bracket| bracket.image || !around_link) else {
            return self.keep(1);
        };
        let Some((url, len)) = destination(&self.rest()[1..]) else {
            return self.keep(1);
        };
        let whole = &self.source[bracket.at..self.at + 1 + len];
        let mut inside = self.nodes[bracket.node + 1..].iter();
        let is_empty = inside.all(String::is_empty);
        if bracket.image || is_empty || !is_link(&url) {
            self.nodes.truncate(bracket.node);
            self.marks.truncate(bracket.marks);
            self.delims.truncate(bracket.delims);
            self.tags.truncate(bracket.tags);
            self.push(1 + len, whole);
            return;
        }
        self.emphasise(bracket.delims);
        self.nodes[bracket.node].clear();
        let end = self.push(1 + len, "");
        self.marks.push((bracket.node + 1, end, Style::Link { url }));
        self.around_link = self.brackets.len();
    }

    fn delimiters(&mut self, run: char) {
        let len = self.rest().len() - self.rest().trim_start_matches(run).len();
        let before = self.source[..self.at].chars().next_back();
        let after = self.rest()[len..].chars().next();
        let (opens, closes) = flanks_loosely(run, before, after);
        let delim = Delim { node: self.nodes.len(), run, original: len, left: len, opens, closes };
        self.push(len, &self.rest()[..len]);
        self.delims.push(delim);
    }

    /// Settles the delimiters from `bottom` on: what finds no partner is text.
    fn emphasise(&mut self, bottom: usize) {
        let mut delims = self.delims.split_off(bottom);
        self.marks.extend(pair(&mut delims));
        for delim in delims {
            self.nodes[delim.node].truncate(delim.left);
        }
    }
}

/// How many backticks a string starts with.
fn ticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}
