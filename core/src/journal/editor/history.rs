//! Undo and redo of one's own edits.
//!
//! A step is what undoes one thing that a person did: a run of typing, a paste, a style. What comes from elsewhere moves all
//! steps past itself, so a step names the same letters wherever they are, and letters that came from elsewhere are in none.

use super::Field;
use super::delta::Delta;
use super::edit::Edit;

/// Most steps that can be taken back.
pub const MOST_UNDO_STEPS: usize = 1_000;
/// A pause in typing of so many milliseconds begins a new step.
pub const UNDO_PAUSE_MS: i64 = 1_000;
/// Most keystrokes of one step.
const MOST_KEYSTROKES: usize = 200;

/// What is done to go one step back, or forth: edits of one field, in order.
pub(super) struct Step {
    pub(super) field: Field,
    pub(super) edits: Vec<Edit>,
}

#[derive(Default)]
pub(super) struct History {
    pub(super) undo: Vec<Step>,
    pub(super) redo: Vec<Step>,
    run: Option<Run>,
}

/// The typing that the last step is made of, which may go on.
struct Run {
    field: Field,
    erasing: bool,
    place: usize,
    last_ms: i64,
    keystrokes: usize,
}

/// One keystroke: where, how many units it took away, what it put there.
pub(super) struct Stroke<'a> {
    pub(super) at: usize,
    pub(super) gone: usize,
    pub(super) put: &'a [u16],
}

impl History {
    /// Notes what undoes a keystroke.
    pub(super) fn typed(&mut self, field: Field, stroke: &Stroke<'_>, undo: Vec<Edit>, now_ms: i64) {
        let Stroke { at, gone, put } = *stroke;
        let erasing = put.is_empty();
        let place = at + put.len();
        let goes_on = self.run.take().filter(|run| {
            let near = if erasing { at + gone == run.place || at == run.place } else { gone == 0 && at == run.place };
            let soon = (0..UNDO_PAUSE_MS).contains(&(now_ms.saturating_sub(run.last_ms)));
            run.field == field && run.erasing == erasing && near && soon && run.keystrokes < MOST_KEYSTROKES
        });
        let keystrokes = goes_on.as_ref().map_or(0, |run| run.keystrokes) + 1;
        match self.undo.last_mut().filter(|_| goes_on.is_some()) {
            Some(step) => {
                let older = std::mem::replace(&mut step.edits, undo);
                step.edits = joined(std::mem::take(&mut step.edits), older);
            }
            None => self.push(Step { field, edits: undo }),
        }
        self.redo.clear();
        // A line feed ends its step: what is typed behind it is a new thought.
        let ends = put.contains(&super::units::LINE_FEED);
        self.run = (!ends).then_some(Run { field, erasing, place, last_ms: now_ms, keystrokes });
    }

    /// Notes what undoes anything else.
    pub(super) fn did(&mut self, field: Field, undo: Vec<Edit>) {
        self.end_step();
        self.redo.clear();
        self.push(Step { field, edits: undo });
    }

    /// The next keystroke begins a new step.
    pub(super) fn end_step(&mut self) {
        self.run = None;
    }

    fn push(&mut self, step: Step) {
        if self.undo.len() == MOST_UNDO_STEPS {
            self.undo.remove(0);
        }
        self.undo.push(step);
    }

    /// Moves every step past what came from elsewhere.
    pub(super) fn move_past(&mut self, field: Field, arrived: &Delta) {
        for stack in [&mut self.undo, &mut self.redo] {
            let mut arrived = arrived.clone();
            for step in stack.iter_mut().rev().filter(|step| step.field == field) {
                (step.edits, arrived) = Edit::all_past(&step.edits, arrived);
            }
        }
        if let Some(run) = self.run.as_mut().filter(|run| run.field == field) {
            run.place = arrived.place(run.place, false);
        }
    }
}

/// What undoes the newer and then the older.
fn joined(newer: Vec<Edit>, older: Vec<Edit>) -> Vec<Edit> {
    match (newer.as_slice(), older.as_slice()) {
        ([Edit::Text(newer)], [Edit::Text(older)]) => vec![Edit::Text(newer.then(older))],
        _ => newer.into_iter().chain(older).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(history: &mut History, at: usize, gone: usize, put: &str, now_ms: i64) {
        let put: Vec<u16> = put.encode_utf16().collect();
        let undo = vec![Edit::Text(Delta::splice(at, put.len(), vec![u16::from(b'x'); gone]))];
        history.typed(Field::Body, &Stroke { at, gone, put: &put }, undo, now_ms);
    }

    #[test]
    fn a_run_of_typing_is_one_step_until_a_pause_a_jump_or_a_line_feed() {
        let mut history = History::default();
        let mut steps = |at, gone, put, now| {
            stroke(&mut history, at, gone, put, now);
            history.undo.len()
        };
        assert_eq!([steps(0, 0, "a", 0), steps(1, 0, "b", 900), steps(2, 0, "c", 1_800)], [1, 1, 1]);
        assert_eq!(steps(3, 0, "d", 2_800), 2, "after a pause");
        assert_eq!(steps(0, 0, "e", 2_801), 3, "elsewhere");
        assert_eq!(steps(0, 1, "", 2_802), 4, "erasing");
        assert_eq!([steps(2, 1, "", 2_803), steps(1, 1, "", 2_804), steps(1, 1, "", 2_805)], [5, 5, 5]);
        assert_eq!([steps(1, 0, "\n", 2_806), steps(2, 0, "f", 2_807)], [6, 7]);
        assert_eq!(steps(3, 0, "g", 0), 8, "a clock that was put back");
    }

    #[test]
    fn no_more_steps_are_kept_than_said() {
        let mut history = History::default();
        for at in 0..MOST_UNDO_STEPS + 5 {
            stroke(&mut history, at * 2, 0, "a", 0);
        }
        assert_eq!(history.undo.len(), MOST_UNDO_STEPS);
    }
}
