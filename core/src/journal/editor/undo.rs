//! One step back, one step forth.

use super::arriving::{Changes, restyled};
use super::edit::Edit;
use super::history::Step;
use super::state::State;
use super::{Editor, Field};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::{MOST_BODY_UNITS, MOST_TITLE_UNITS};

#[derive(Clone, Copy)]
enum Way {
    Back,
    Forth,
}

impl Editor {
    /// Takes back one's own last step in this editor that can still be seen, and says what to do in the text view. Letters that
    /// came from elsewhere stay, wherever they stand. Text being composed is finished first, so that it goes.
    ///
    /// Errors: `InvalidInput` with `TextTooLong` or `TitleTooLong` if what comes back has no room any more; `Deleted`,
    /// `Closed`.
    pub fn undo(&self) -> Result<Changes, NightstandError> {
        self.change(|state| state.step(Way::Back))
    }

    /// Makes the last step again that was taken back. Any new edit ends that.
    ///
    /// Errors: as [`undo`](Self::undo).
    pub fn redo(&self) -> Result<Changes, NightstandError> {
        self.change(|state| state.step(Way::Forth))
    }

    /// Ends the present step: what is typed next is undone apart from what was typed before. For an app that knows better
    /// when a thought ends than a pause of a second does, such as when the cursor was moved and put back.
    pub fn end_step(&self) -> Result<(), NightstandError> {
        self.0.shared.state().history.end_step();
        Ok(())
    }
}

impl State {
    fn step(&mut self, way: Way) -> Result<Changes, NightstandError> {
        self.finish_composing();
        self.history.end_step();
        loop {
            let stack = match way {
                Way::Back => &mut self.history.undo,
                Way::Forth => &mut self.history.redo,
            };
            let Some(step) = stack.pop() else {
                return Ok(Changes { selection: self.selection, ..Changes::default() });
            };
            if let Err(error) = self.has_room(&step) {
                match way {
                    Way::Back => self.history.undo.push(step),
                    Way::Forth => self.history.redo.push(step),
                }
                return Err(error);
            }
            let (changes, back) = self.take(&step);
            // What the partner has deleted meanwhile can't be taken back any more: the step before can.
            if changes.is_empty() {
                continue;
            }
            match way {
                Way::Back => self.history.redo.push(back),
                Way::Forth => self.history.undo.push(back),
            }
            return Ok(changes);
        }
    }

    fn take(&mut self, step: &Step) -> (Changes, Step) {
        let (field, mut changes, mut back, mut deltas) = (step.field, Changes::default(), Vec::new(), Vec::new());
        let before = self.pages[field.index()].shown.clone();
        for edit in &step.edits {
            if let Edit::Text(delta) = edit {
                if delta.changes_nothing() {
                    continue;
                }
                changes.add_text(field, delta);
                deltas.push(delta.clone());
            }
            let mut newer = self.page(field).edit(edit);
            newer.append(&mut back);
            back = newer;
        }
        if let Some(last) = changes.texts.last() {
            self.put_cursor(field, last.start as usize + last.inserted.encode_utf16().count());
        }
        changes.styles.extend(restyled(&before, &deltas, &self.pages[field.index()].shown));
        changes.selection = self.selection;
        (changes, Step { field, edits: back })
    }

    fn has_room(&self, step: &Step) -> Result<(), NightstandError> {
        let (mut more, mut less) = (0, 0);
        for edit in &step.edits {
            if let Edit::Text(delta) = edit {
                for splice in delta.splices() {
                    (more, less) = (more + splice.put.len(), less + splice.gone);
                }
            }
        }
        let (most, what) = match step.field {
            Field::Title => (MOST_TITLE_UNITS, InvalidInput::TitleTooLong),
            Field::Body => (MOST_BODY_UNITS, InvalidInput::TextTooLong),
        };
        let length = self.pages[step.field.index()].ahead().units.len();
        if more > less && length + more - less > most {
            return Err(what.into());
        }
        Ok(())
    }
}
