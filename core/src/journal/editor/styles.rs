//! Setting and clearing styles of the body.

use std::ops::Range;

use super::edit::{Edit, Restyle, StyleKind};
use super::state::State;
use super::{Editor, Field};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::MOST_MARKS;
use crate::journal::rich_text::{Mark, RichText, Style};

impl Editor {
    /// Gives a range of the body a style. A heading, list item or quote takes the whole paragraphs that the range touches, and
    /// comes in place of what they were; a link comes in place of another link. Of an empty range it styles the paragraph for
    /// a heading, list item or quote, and nothing for the others: type first, then style what was typed.
    ///
    /// Errors: `InvalidInput` with `Position`, or with `Styles` for a level that is not 1 to 6, an address that is none, or
    /// more than [`MOST_MARKS`] styled runs in the body; `Deleted`, `Closed`.
    pub fn set_style(&self, range: Range<u32>, style: &Style) -> Result<(), NightstandError> {
        self.restyle(range, StyleKind::of(style), |_, _| Some(style.clone()))
    }

    /// Takes the styles of a kind from a range of the body; of the whole paragraphs for [`StyleKind::Block`].
    ///
    /// Errors: as [`set_style`](Self::set_style).
    pub fn clear_style(&self, range: Range<u32>, kind: StyleKind) -> Result<(), NightstandError> {
        self.restyle(range, kind, |_, _| None)
    }

    /// Gives a range of the body a style, or takes it away if all of the range has it, as a button does.
    ///
    /// Errors: as [`set_style`](Self::set_style).
    pub fn toggle_style(&self, range: Range<u32>, style: &Style) -> Result<(), NightstandError> {
        self.restyle(range, StyleKind::of(style), |state, range| {
            let part = state.pages[Field::Body.index()].shown.part(range);
            (!wears(&part, style)).then(|| style.clone())
        })
    }

    fn restyle(
        &self,
        range: Range<u32>,
        kind: StyleKind,
        wanted: impl FnOnce(&State, Range<usize>) -> Option<Style>,
    ) -> Result<(), NightstandError> {
        self.change(|state| {
            let mut range = state.range(Field::Body, range)?;
            let shown = &state.pages[Field::Body.index()].shown;
            if kind == StyleKind::Block {
                let end = shown.units.paragraph(range.end.max(range.start + 1) - 1).end;
                range = shown.units.paragraph(range.start).start..(end + 1).min(shown.units.len());
            }
            if range.is_empty() {
                return Ok(());
            }
            let style = wanted(state, range.clone());
            let runs: Vec<_> = style.map(|style| (range.start, range.end, style)).into_iter().collect();
            let edit = Edit::Styles(Restyle { kind, start: range.start, end: range.end, runs });
            let mut styled = shown.clone();
            styled.apply(&edit);
            // In its fixed form an address or a level that is none would be left out.
            let marks = styled.rich().marks;
            let refused =
                matches!(&edit, Edit::Styles(Restyle { runs, .. }) if !runs.iter().all(|(.., style)| is_style(style)));
            if refused || marks.len() > MOST_MARKS {
                return Err(InvalidInput::Styles.into());
            }
            state.finish_composing();
            state.edit_all(Field::Body, &[edit]);
            Ok(())
        })
    }
}

/// Has every letter of the text this style? Line feeds have no bold, italic or link.
fn wears(text: &RichText, style: &Style) -> bool {
    let covered: u32 = text.marks.iter().filter(|mark| mark.style == *style).map(|mark| mark.end - mark.start).sum();
    let feeds = text.text.matches('\n').count() as u32;
    covered >= if style.is_block() { text.utf16_len() } else { text.utf16_len() - feeds }
}

/// Is it one that a text may have?
fn is_style(style: &Style) -> bool {
    let marks = vec![Mark { start: 0, end: 1, style: style.clone() }];
    RichText { text: "a".into(), marks }.normalised().is_ok()
}
