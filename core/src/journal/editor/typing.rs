//! Typing, erasing, pasting.

use std::ops::Range;

use super::delta::Delta;
use super::edit::{Edit, Restyle, StyleKind};
use super::history::Stroke;
use super::state::State;
use super::{Editor, Field};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::{MOST_BODY_UNITS, MOST_MARKS, MOST_TITLE_UNITS};
use crate::journal::rich_text::RichText;

impl Editor {
    /// Replaces a range by a text, as a text view says it for each keystroke: typing has an empty range, erasing an empty
    /// text. Positions count UTF-16 units of the text as it is shown. What is typed goes on in the styles around it: in bold
    /// and italic behind their end, in a link, heading, list item or quote between two of its letters; a line feed divides a
    /// paragraph into two of its style.
    ///
    /// It touches memory alone. Text being composed is finished by it, and the selection stands behind what was put in.
    ///
    /// Errors: `InvalidInput` with `Position` for a range that is not inside the text or divides a character, with
    /// `TextTooLong` or `TitleTooLong` over the limits ([`MOST_BODY_UNITS`], [`MOST_TITLE_UNITS`]), with
    /// `TitleOfSeveralLines`, or with `Styles` for more styled paragraphs than there may be; `Deleted`, `Closed`. Then
    /// nothing has changed.
    pub fn replace(&self, field: Field, range: Range<u32>, text: &str) -> Result<(), NightstandError> {
        let now_ms = self.now_ms();
        self.change(|state| {
            let range = state.range(field, range)?;
            let put: Vec<u16> = text.encode_utf16().collect();
            state.fits(field, &range, &put)?;
            if range.is_empty() && put.is_empty() {
                return Ok(());
            }
            state.finish_composing();
            let edit = Edit::Text(Delta::splice(range.start, range.len(), put.clone()));
            let undo = state.page(field).edit(&edit);
            let stroke = Stroke { at: range.start, gone: range.len(), put: &put };
            state.history.typed(field, &stroke, undo, now_ms);
            state.put_cursor(field, range.start + put.len());
            Ok(())
        })
    }

    /// Replaces a range of the body by a text with styles of its own: it keeps exactly those, whatever stands around it. One
    /// step of undo. To paste without styles, use [`replace`](Self::replace).
    ///
    /// Errors: as `replace`; `InvalidInput` with `Styles` for styles that do not fit their text, or more than
    /// [`MOST_MARKS`] in the body.
    pub fn paste(&self, range: Range<u32>, text: &RichText) -> Result<(), NightstandError> {
        let styles = || NightstandError::InvalidInput { what: InvalidInput::Styles };
        let text = text.clone().normalised().map_err(|_| styles())?;
        self.change(|state| {
            let range = state.range(Field::Body, range)?;
            let put: Vec<u16> = text.text.encode_utf16().collect();
            state.fits(Field::Body, &range, &put)?;
            let present = state.pages[Field::Body.index()].shown.rich().marks.len();
            if present + text.marks.len() > MOST_MARKS {
                return Err(styles());
            }
            if range.is_empty() && put.is_empty() {
                return Ok(());
            }
            state.finish_composing();
            let (start, end) = (range.start, range.start + put.len());
            let mut edits = vec![Edit::Text(Delta::splice(range.start, range.len(), put))];
            for kind in StyleKind::ALL {
                let of_kind = text.marks.iter().filter(|mark| StyleKind::of(&mark.style) == kind);
                let run = |at: u32| start + at as usize;
                let runs: Vec<_> = of_kind.map(|mark| (run(mark.start), run(mark.end), mark.style.clone())).collect();
                // A piece of a paragraph stays in the paragraph's style.
                if kind != StyleKind::Block || !runs.is_empty() {
                    edits.push(Edit::Styles(Restyle { kind, start, end, runs }));
                }
            }
            state.edit_all(Field::Body, &edits);
            state.put_cursor(Field::Body, end);
            Ok(())
        })
    }
}

impl State {
    /// The range in the shown text, if it is one.
    pub(super) fn range(&self, field: Field, range: Range<u32>) -> Result<Range<usize>, NightstandError> {
        let units = &self.pages[field.index()].shown.units;
        let (start, end) = (range.start as usize, range.end as usize);
        if start <= end && units.is_place(start) && units.is_place(end) {
            return Ok(start..end);
        }
        Err(InvalidInput::Position.into())
    }

    /// May this text come in place of the range?
    pub(super) fn fits(&self, field: Field, range: &Range<usize>, put: &[u16]) -> Result<(), NightstandError> {
        let page = &self.pages[field.index()];
        let fail = |what: InvalidInput| Err(what.into());
        let several_lines = put.contains(&super::units::LINE_FEED);
        let (most, too_long) = match field {
            Field::Title => (MOST_TITLE_UNITS, InvalidInput::TitleTooLong),
            Field::Body => (MOST_BODY_UNITS, InvalidInput::TextTooLong),
        };
        if field == Field::Title && several_lines {
            return fail(InvalidInput::TitleOfSeveralLines);
        }
        // What came from elsewhere counts, also before it is shown.
        if put.len() > range.len() && page.ahead().units.len() + put.len() - range.len() > most {
            return fail(too_long);
        }
        if several_lines && page.shown.has_styles() {
            let feeds = put.iter().filter(|unit| **unit == super::units::LINE_FEED).count();
            if page.shown.rich().marks.len() + feeds > MOST_MARKS {
                return fail(InvalidInput::Styles);
            }
        }
        Ok(())
    }

    /// Makes edits that are one step of undo.
    pub(super) fn edit_all(&mut self, field: Field, edits: &[Edit]) {
        let mut undo = Vec::new();
        for edit in edits {
            let mut newer = self.page(field).edit(edit);
            newer.append(&mut undo);
            undo = newer;
        }
        self.history.did(field, undo);
    }
}
