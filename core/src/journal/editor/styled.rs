//! A text with its styles, as it stands in memory.
//!
//! The styles are the marks as Automerge has them: a bold range goes on across line feeds, a heading need not cover its
//! whole paragraph. [`RichText`] makes the one fixed form of them. Typing goes on in a style as it does in Automerge: in bold
//! and italic behind their end, in anything between two of its letters.

use std::ops::Range;

use super::delta::{Delta, Splice};
use super::edit::{Edit, Restyle, StyleKind};
use super::units::{LINE_FEED, Units};
use crate::docs::typing::FieldText;
use crate::journal::rich_text::{Mark, RichText, Style};

#[derive(Clone, Default)]
pub(super) struct Styled {
    pub(super) units: Units,
    spans: Vec<Span>,
}

#[derive(Clone, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
    style: Style,
}

impl Styled {
    pub(super) fn of(text: &FieldText) -> Self {
        let mut spans = Vec::with_capacity(text.marks.len());
        for Mark { start, end, style } in text.marks.iter().cloned() {
            spans.push(Span { start: start as usize, end: end as usize, style });
        }
        Self { units: Units::of(&text.text), spans }
    }

    /// The whole text in its fixed form.
    pub(super) fn rich(&self) -> RichText {
        FieldText { text: self.units.to_text(), marks: self.marks() }.resolved()
    }

    pub(super) fn has_styles(&self) -> bool {
        !self.spans.is_empty()
    }

    /// Does a screen show both alike?
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        self.spans == other.spans || self.rich().marks == other.rich().marks
    }

    fn marks(&self) -> Vec<Mark> {
        let mark = |span: &Span| Mark { start: span.start as u32, end: span.end as u32, style: span.style.clone() };
        self.spans.iter().map(mark).collect()
    }

    /// A part of the text. Positions in it count from its start.
    pub(super) fn part(&self, range: Range<usize>) -> RichText {
        // A paragraph's style stands at its line feed, which may be behind the range.
        let whole =
            self.units.paragraph(range.start).start..(self.units.paragraph(range.end).end + 1).min(self.units.len());
        let text = String::from_utf16_lossy(&self.units.slice(whole.clone()));
        let inside = |span: &Span| Mark {
            start: span.start.saturating_sub(whole.start) as u32,
            end: span.end.min(whole.end).saturating_sub(whole.start) as u32,
            style: span.style.clone(),
        };
        let marks = self.spans.iter().filter(|span| span.start < whole.end && whole.start < span.end).map(inside);
        let around = FieldText { text, marks: marks.collect() }.resolved();
        let cut = |at: u32| (at as usize + whole.start).clamp(range.start, range.end) - range.start;
        let marks = around.marks.into_iter().map(|Mark { start, end, style }| Mark {
            start: cut(start) as u32,
            end: cut(end) as u32,
            style,
        });
        let text = String::from_utf16_lossy(&self.units.slice(range.clone()));
        RichText { text, marks: marks.filter(|mark| mark.start < mark.end).collect() }
    }

    /// Makes an edit, and says what would undo it, in order.
    pub(super) fn apply(&mut self, edit: &Edit) -> Vec<Edit> {
        match edit {
            Edit::Text(delta) => self.change_text(delta),
            Edit::Styles(restyle) => vec![Edit::Styles(self.restyle(restyle))],
        }
    }

    /// The runs of one kind in a range.
    pub(super) fn runs(&self, kind: StyleKind, range: Range<usize>) -> Vec<(usize, usize, Style)> {
        let mut runs: Vec<_> = self
            .spans
            .iter()
            .filter(|span| StyleKind::of(&span.style) == kind && span.start < range.end && range.start < span.end)
            .map(|span| (span.start.max(range.start), span.end.min(range.end), span.style.clone()))
            .collect();
        runs.sort();
        runs
    }

    fn change_text(&mut self, delta: &Delta) -> Vec<Edit> {
        let (mut undoing, mut restyles) = (Delta::default(), Vec::new());
        // Where the splices so far have ended: in the text as it becomes, and in the text as it was.
        let (mut reached, mut reached_before) = (0, 0);
        for splice in delta.splices() {
            let Splice { at, gone, put } = splice;
            let old = self.units.slice(at..at + gone);
            let start = reached_before + (at - reached);
            (reached, reached_before) = (at + put.len(), start + old.len());
            if !self.spans.is_empty() && !old.is_empty() {
                for kind in StyleKind::ALL {
                    let home = |place: usize| start + (place - at);
                    let runs = self.runs(kind, at..at + old.len()).into_iter();
                    let runs: Vec<_> = runs.map(|(start, end, style)| (home(start), home(end), style)).collect();
                    // Also where there were none: what is put back must not go on in the styles around it.
                    if self.spans.iter().any(|span| StyleKind::of(&span.style) == kind) {
                        restyles.push(Edit::Styles(Restyle { kind, start, end: start + old.len(), runs }));
                    }
                }
            }
            undoing.keep_until(at);
            undoing.put(old);
            undoing.drop(put.len());
            self.move_spans(&splice);
            self.units.splice(at, gone, put);
        }
        let mut undo = vec![Edit::Text(undoing)];
        undo.extend(restyles);
        undo
    }

    fn move_spans(&mut self, splice: &Splice<'_>) {
        if self.spans.is_empty() {
            return;
        }
        let Splice { at, gone, put } = *splice;
        // A line feed that is put into a styled paragraph divides it into two of that style.
        let block = if put.contains(&LINE_FEED) { self.block_at(at) } else { None };
        for span in &mut self.spans {
            let grows = matches!(span.style, Style::Bold | Style::Italic);
            let goes_on = span.start < at && (at < span.end || (at == span.end && grows));
            let cut = |place: usize| if place <= at { place } else { place.saturating_sub(gone).max(at) };
            (span.start, span.end) = (cut(span.start), cut(span.end));
            if span.start >= at {
                span.start += put.len();
            }
            if goes_on || span.end > at {
                span.end += put.len();
            }
        }
        self.spans.retain(|span| span.start < span.end);
        if let Some(style) = block {
            let covered = |at| self.spans.iter().any(|span| span.style == style && span.start <= at && at < span.end);
            let feeds = (0..put.len()).filter(|&unit| put[unit] == LINE_FEED).map(|unit| at + unit);
            let new: Vec<_> = feeds.filter(|&at| !covered(at)).collect();
            self.spans.extend(new.into_iter().map(|at| Span { start: at, end: at + 1, style: style.clone() }));
        }
    }

    /// The style of the paragraph at a place.
    fn block_at(&self, at: usize) -> Option<Style> {
        let paragraph = self.units.paragraph(at);
        let end = (paragraph.end + 1).min(self.units.len());
        let feed = self.runs(StyleKind::Block, paragraph.end..end).pop();
        let letters = || self.runs(StyleKind::Block, paragraph.clone()).into_iter().next();
        let found = if paragraph.end < self.units.len() { feed } else { letters() };
        found.map(|(_, _, style)| style)
    }

    fn restyle(&mut self, restyle: &Restyle) -> Restyle {
        let Restyle { kind, .. } = *restyle;
        let (start, end) = (restyle.start.min(self.units.len()), restyle.end.min(self.units.len()));
        let before = Restyle { kind, start, end, runs: self.runs(kind, start..end) };
        let mut rest = Vec::with_capacity(self.spans.len() + restyle.runs.len());
        for span in self.spans.drain(..) {
            if StyleKind::of(&span.style) != kind || span.end <= start || end <= span.start {
                rest.push(span);
                continue;
            }
            rest.push(Span { end: start, ..span.clone() });
            rest.push(Span { start: end, ..span });
        }
        rest.retain(|span| span.start < span.end);
        for (start, end, style) in &restyle.runs {
            let end = (*end).min(self.units.len());
            if *start < end {
                rest.push(Span { start: *start, end, style: style.clone() });
            }
        }
        self.spans = rest;
        self.join(kind);
        before
    }

    /// Equal ranges that touch are one, so that typing between them goes on in their style.
    fn join(&mut self, kind: StyleKind) {
        let (mut of_kind, rest): (Vec<_>, Vec<_>) =
            self.spans.drain(..).partition(|span| StyleKind::of(&span.style) == kind);
        of_kind.sort_by_key(|span| (span.start, span.end));
        self.spans = rest;
        let first = self.spans.len();
        for span in of_kind {
            match self.spans[first..].last_mut() {
                Some(last) if last.end >= span.start && last.style == span.style => last.end = last.end.max(span.end),
                _ => self.spans.push(span),
            }
        }
    }
}
