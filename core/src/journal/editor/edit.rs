//! One edit of a title or a body, and how it moves when somebody else's came before it.

use super::delta::{Delta, First};
use crate::journal::rich_text::Style;

/// An edit of one field.
#[derive(Clone)]
pub(super) enum Edit {
    Text(Delta),
    Styles(Restyle),
}

/// On one range the styles of one kind are these, and no others.
#[derive(Clone)]
pub(super) struct Restyle {
    pub(super) kind: StyleKind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Parts of the range: start, end, style.
    pub(super) runs: Vec<(usize, usize, Style)>,
}

/// Styles of which a character or a paragraph has at most one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum StyleKind {
    /// Bold or not.
    Bold,
    /// Italic or not.
    Italic,
    /// A link, whatever its address.
    Link,
    /// A heading, list item or quote.
    Block,
}

impl StyleKind {
    pub(super) const ALL: [Self; 4] = [Self::Bold, Self::Italic, Self::Link, Self::Block];

    /// The kind of a style.
    pub fn of(style: &Style) -> Self {
        match style {
            Style::Bold => Self::Bold,
            Style::Italic => Self::Italic,
            Style::Link { .. } => Self::Link,
            Style::Heading { .. } | Style::Bullet | Style::Numbered | Style::Quote => Self::Block,
        }
    }
}

impl Edit {
    /// This edit on top of a change of the text that was made beside it.
    pub(super) fn past(&self, other: &Delta) -> Self {
        match self {
            Self::Text(delta) => Self::Text(delta.past(other, First::Mine)),
            Self::Styles(restyle) => Self::Styles(restyle.past(other)),
        }
    }

    /// A change of the text on top of this edit, which was made beside it.
    pub(super) fn under(&self, other: &Delta) -> Delta {
        match self {
            Self::Text(delta) => other.past(delta, First::Theirs),
            Self::Styles(_) => other.clone(),
        }
    }

    /// Moves edits that were made one after the other past a change, and the change past them.
    pub(super) fn all_past(edits: &[Self], mut other: Delta) -> (Vec<Self>, Delta) {
        let mut moved = Vec::with_capacity(edits.len());
        for edit in edits {
            moved.push(edit.past(&other));
            other = edit.under(&other);
        }
        (moved, other)
    }
}

impl Restyle {
    fn past(&self, other: &Delta) -> Self {
        let range = |start, end| {
            let start = other.place(start, true);
            (start, other.place(end, false).max(start))
        };
        let (start, end) = range(self.start, self.end);
        let runs = self.runs.iter().map(|(start, end, style)| {
            let (start, end) = range(*start, *end);
            (start, end, style.clone())
        });
        Self { kind: self.kind, start, end, runs: runs.filter(|(start, end, _)| start < end).collect() }
    }
}
