//! Text being composed: what an input method shows underlined until a person has chosen, as for Japanese, for a dead key, or
//! for the word that a keyboard may still correct.
//!
//! It is in the text that is shown, and is not saved, synced, or a step of undo until it is finished: half a word should not
//! travel. Until then the stored entry has what it stands in place of.

use std::ops::Range;

use super::delta::Delta;
use super::edit::Edit;
use super::state::State;
use super::{Editor, Field};
use crate::error::NightstandError;

/// Where composed text stands, and what it came in place of.
pub(super) struct Composing {
    pub(super) field: Field,
    pub(super) range: Range<usize>,
    /// What there was before: the text of the range, and what gave it its styles again.
    undo: Vec<Edit>,
}

impl Editor {
    /// Shows `text` as being composed in place of `range`: at first any range, such as the cursor or a word that is taken up
    /// again, then the range that [`composing`](Self::composing) gives. Another range finishes what was composed and begins
    /// anew. The text stays unsaved until [`finish_composing`](Self::finish_composing), or until any other edit.
    ///
    /// Errors: as [`replace`](Self::replace).
    pub fn set_composing(&self, field: Field, range: Range<u32>, text: &str) -> Result<(), NightstandError> {
        self.change(|state| {
            let range = state.range(field, range)?;
            let put: Vec<u16> = text.encode_utf16().collect();
            state.fits(field, &range, &put)?;
            if state.composing.as_ref().is_some_and(|now| now.field != field || now.range != range) {
                state.finish_composing();
            }
            let delta = Delta::splice(range.start, range.len(), put);
            let end = range.start + (text.encode_utf16().count());
            let undo = state.page(field).compose(&delta);
            match &mut state.composing {
                Some(composing) => composing.range.end = end,
                none => *none = Some(Composing { field, range: range.start..end, undo: first_undo(undo, &range) }),
            }
            state.put_cursor(field, end);
            Ok(())
        })
    }

    /// Takes what is being composed as typed: one step of undo, saved like any other. Does nothing if there is none.
    ///
    /// Errors: `Deleted`, `Closed`.
    pub fn finish_composing(&self) -> Result<(), NightstandError> {
        self.change(|state| {
            state.finish_composing();
            Ok(())
        })
    }

    /// What is being composed: where it stands in the shown text.
    pub fn composing(&self) -> Option<(Field, Range<u32>)> {
        let state = self.0.shared.state();
        let Composing { field, range, .. } = state.composing.as_ref()?;
        Some((*field, range.start as u32..range.end as u32))
    }
}

/// Undoing without the text that stands there at the moment, which changes.
fn first_undo(undo: Vec<Edit>, range: &Range<usize>) -> Vec<Edit> {
    undo.into_iter()
        .map(|edit| match edit {
            Edit::Text(delta) => {
                let put = delta.splices().flat_map(|splice| splice.put.to_vec()).collect();
                Edit::Text(Delta::splice(range.start, 0, put))
            }
            styles => styles,
        })
        .collect()
}

impl State {
    pub(super) fn finish_composing(&mut self) {
        let Some(Composing { field, range, undo }) = self.composing.take() else { return };
        self.page(field).finish_composing();
        let composed = Edit::Text(Delta::splice(range.start, range.len(), Vec::new()));
        self.history.did(field, [composed].into_iter().chain(undo).collect());
    }
}

impl Composing {
    /// The answer is what arrived as it is to the text before anything was composed: what older steps are to be moved past.
    pub(super) fn move_past(&mut self, arrived: &Delta) -> Delta {
        // The undoing is made to a text without what is composed.
        let without = Edit::Text(Delta::splice(self.range.start, self.range.len(), Vec::new()));
        let (undo, under) = Edit::all_past(&self.undo, without.under(arrived));
        self.undo = undo;
        let start = arrived.place(self.range.start, true);
        self.range = start..arrived.place(self.range.end, false).max(start);
        under
    }
}
