//! What came from elsewhere while an entry is open: from the partner, or from another screen.

use std::sync::Arc;

use super::delta::Delta;
use super::page::Arrived;
use super::state::State;
use super::styled::Styled;
use super::{Editor, Field, Selection};
use crate::error::NightstandError;
use crate::journal::rich_text::Mark;
use crate::observe::{Observer, Subscription};

/// What a text view does to show what happened: first the texts' changes one after the other, then it reads the styles of
/// the ranges again.
///
/// `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// In the order in which they are made: each is about the text as the ones before have left it.
    pub texts: Vec<TextChange>,
    /// Where styles have changed, in the text as it is after all of that: read it again with [`Editor::part`].
    pub styles: Vec<StyleChange>,
    /// Where the selection is after all of that, if the editor was told of one.
    pub selection: Option<Selection>,
}

/// One change of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextChange {
    /// Of the title or of the body.
    pub field: Field,
    /// Where, in UTF-16 units.
    pub start: u32,
    /// So many units go.
    pub deleted: u32,
    /// And this comes in their place.
    pub inserted: String,
}

/// A range of the body whose styles have changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StyleChange {
    /// Its first unit.
    pub start: u32,
    /// The unit after its last.
    pub end: u32,
}

/// Shows how much came, and none of it.
impl core::fmt::Debug for TextChange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self { field, start, deleted, inserted } = self;
        let units = inserted.encode_utf16().count();
        write!(f, "TextChange({field:?} at {start}: {deleted} deleted, {units} inserted)")
    }
}

impl Changes {
    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.styles.is_empty()
    }

    pub(super) fn add_text(&mut self, field: Field, delta: &Delta) {
        self.texts.extend(delta.splices().map(|splice| TextChange {
            field,
            start: splice.at as u32,
            deleted: splice.gone as u32,
            inserted: String::from_utf16_lossy(splice.put),
        }));
    }
}

impl Editor {
    /// What came from elsewhere since the last call, and was not shown yet. The text that the editor shows has it from here
    /// on, so make these changes to the text view before the next edit is handed in: on the thread that types, and not
    /// between an edit of the view and the call that tells of it. Selection, composed text and undo move along.
    ///
    /// It touches memory alone, and answers with nothing if nothing came. An observer is told when there is something.
    pub fn poll_changes(&self) -> Result<Changes, NightstandError> {
        let mut state = self.0.shared.state();
        let mut changes = Changes::default();
        for field in Field::BOTH {
            if let Some(arrived) = state.page(field).show_unseen() {
                state.move_past(field, &arrived, &mut changes);
            }
        }
        changes.selection = state.selection;
        Ok(changes)
    }

    /// Tells `observer` when there is something to look at: changes to poll, or another [`state`](Self::state). The first
    /// call comes at once. Calls come from one thread of the subscription, at most one in fifty milliseconds, never from inside
    /// a call into the editor; calling back into it is allowed. The number rises with the news, and says nothing else.
    ///
    /// Errors: `Internal` if the system gives no thread to call from.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Subscription, NightstandError> {
        let shared = &self.0.shared;
        let news = shared.state().duty.news;
        shared.bells.observe(observer, news)
    }
}

impl State {
    fn move_past(&mut self, field: Field, arrived: &Arrived, changes: &mut Changes) {
        for delta in &arrived.deltas {
            changes.add_text(field, delta);
            let composing = self.composing.as_mut().filter(|composing| composing.field == field);
            let beneath = composing.map(|composing| composing.move_past(delta));
            self.history.move_past(field, beneath.as_ref().unwrap_or(delta));
            if let Some(selection) = self.selection.as_mut().filter(|selection| selection.field == field) {
                selection.move_past(delta);
            }
        }
        let page = &self.pages[field.index()];
        changes.styles.extend(restyled(&arrived.before, &arrived.deltas, &page.shown));
    }
}

/// Where a text has other styles than it had before these changes.
pub(super) fn restyled(before: &Styled, deltas: &[Delta], after: &Styled) -> Option<StyleChange> {
    if !before.has_styles() && !after.has_styles() {
        return None;
    }
    let moved = |mark: Mark| {
        let place = |at: u32, behind| deltas.iter().fold(at as usize, |at, delta| delta.place(at, behind)) as u32;
        Mark { start: place(mark.start, true), end: place(mark.end, false), style: mark.style }
    };
    let before: Vec<_> = before.rich().marks.into_iter().map(moved).collect();
    let after = after.rich().marks;
    let differing =
        before.iter().filter(|mark| !after.contains(mark)).chain(after.iter().filter(|mark| !before.contains(mark)));
    let (start, end) = differing.fold((u32::MAX, 0), |(start, end), mark| (start.min(mark.start), end.max(mark.end)));
    (start < end).then_some(StyleChange { start, end })
}

impl Selection {
    fn move_past(&mut self, arrived: &Delta) {
        // What is put in at the cursor stands behind it: a person goes on where they were.
        self.anchor = arrived.place(self.anchor as usize, false) as u32;
        self.head = arrived.place(self.head as usize, false) as u32;
    }
}
