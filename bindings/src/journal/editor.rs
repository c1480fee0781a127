//! An entry open for typing.

use std::sync::{Arc, Mutex};

use nightstand::error::NightstandError as CoreError;
use nightstand::journal::EntryId;
use nightstand::journal::editor as core;
use nightstand::journal::editor::{Field, Selection, StyleChange, StyleKind, TextChange};
use nightstand::journal::rich_text::{RichText, Style};

use crate::error::NightstandError;
use crate::observe::{HostObserver, Observer, Subscription};
use crate::work::{Desk, Held, drop_apart, lock};

/// An entry open for typing: a text view tells it of each keystroke, and shows what it says of the partner's.
///
/// - Positions count UTF-16 units, as Swift's `NSString` and Kotlin's `String` do. One that is behind the end or inside a
///   character is `InvalidInput` with `Position`, and changes nothing.
/// - Calls that type touch memory alone and return at once; a thread of the core's saves a quarter of a second later. `flush`
///   and `close` save at once, and so do pausing and closing the vault, and letting go of the editor.
/// - Use it from the thread of the text view. `poll_changes` gives what came; make those changes to the view before the next
///   edit is handed in.
/// - The app's clock is asked with each keystroke, on the caller's thread.
///
/// Once the entry is deleted, edits are told `Deleted`; its text can still be read, and `state().kept` is the private entry
/// with what was typed and not saved by then.
#[derive(uniffi::Object)]
pub struct Editor {
    editor: Mutex<Option<core::Editor>>,
    desk: Arc<Desk>,
}

impl Editor {
    pub(super) fn new(editor: core::Editor, desk: Arc<Desk>) -> Arc<Self> {
        Arc::new(Self { editor: Mutex::new(Some(editor)), desk })
    }

    /// The handle, which is there until this is dropped.
    fn editor(&self) -> Result<core::Editor, CoreError> {
        lock(&self.editor).clone().ok_or(CoreError::Closed)
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // It saves, and this may be the thread of the screen.
        if let Some(left) = lock(&self.editor).take() {
            drop_apart(left);
        }
    }
}

#[uniffi::export]
impl Editor {
    /// The entry that it edits.
    pub fn id(&self) -> Result<EntryId, NightstandError> {
        Ok(self.editor()?.id())
    }

    /// Replaces a range by a text, as a text view says it for each keystroke: typing has an empty range, erasing an empty
    /// text. What is typed goes on in the styles around it: in bold and italic behind their end, in a link, heading, list item
    /// or quote between two of its letters; a line feed divides a paragraph into two of its style. Text being composed is
    /// finished by it.
    ///
    /// Errors: `InvalidInput` with `Position`, `TextTooLong` (200,000 units), `TitleTooLong` (1,000), `TitleOfSeveralLines` or
    /// `Styles`; `Deleted`, `Closed`. Then nothing has changed.
    pub fn replace(&self, field: Field, start: u32, end: u32, text: String) -> Result<(), NightstandError> {
        Ok(self.editor()?.replace(field, start..end, &text)?)
    }

    /// Replaces a range of the body by a text that keeps exactly its own styles: one step of undo.
    ///
    /// Errors: as `replace`.
    pub fn paste(&self, start: u32, end: u32, text: RichText) -> Result<(), NightstandError> {
        Ok(self.editor()?.paste(start..end, &text)?)
    }

    /// Gives a range of the body a style. A heading, list item or quote takes the whole paragraphs that the range touches.
    ///
    /// Errors: `InvalidInput` with `Position` or `Styles`; `Deleted`, `Closed`.
    pub fn set_style(&self, start: u32, end: u32, style: Style) -> Result<(), NightstandError> {
        Ok(self.editor()?.set_style(start..end, &style)?)
    }

    /// Takes the styles of a kind from a range of the body; of the whole paragraphs for `Block`.
    ///
    /// Errors: as `set_style`.
    pub fn clear_style(&self, start: u32, end: u32, kind: StyleKind) -> Result<(), NightstandError> {
        Ok(self.editor()?.clear_style(start..end, kind)?)
    }

    /// Gives a range of the body a style, or takes it away if all of it has it, as a button does.
    ///
    /// Errors: as `set_style`.
    pub fn toggle_style(&self, start: u32, end: u32, style: Style) -> Result<(), NightstandError> {
        Ok(self.editor()?.toggle_style(start..end, &style)?)
    }

    /// Shows a text as being composed by an input method, in place of a range: at first any range, then the one that
    /// `composing` gives. It is not saved and does not travel until `finish_composing` or any other edit.
    ///
    /// Errors: as `replace`.
    pub fn set_composing(&self, field: Field, start: u32, end: u32, text: String) -> Result<(), NightstandError> {
        Ok(self.editor()?.set_composing(field, start..end, &text)?)
    }

    /// Takes what is being composed as typed. Does nothing if there is none.
    ///
    /// Errors: `Deleted`, `Closed`.
    pub fn finish_composing(&self) -> Result<(), NightstandError> {
        Ok(self.editor()?.finish_composing()?)
    }

    /// What is being composed, as a range from anchor to head; none if nothing is.
    pub fn composing(&self) -> Result<Option<Selection>, NightstandError> {
        let composing = self.editor()?.composing();
        Ok(composing.map(|(field, range)| Selection { field, anchor: range.start, head: range.end }))
    }

    /// Takes back one's own last step, and says what to do in the text view. Letters of the partner's stay.
    ///
    /// Errors: `InvalidInput` with `TextTooLong` or `TitleTooLong` if what comes back has no room; `Deleted`, `Closed`.
    pub fn undo(&self) -> Result<Changes, NightstandError> {
        Ok(self.editor()?.undo()?.into())
    }

    /// Makes the last step again that was taken back. Any new edit ends that.
    ///
    /// Errors: as `undo`.
    pub fn redo(&self) -> Result<Changes, NightstandError> {
        Ok(self.editor()?.redo()?.into())
    }

    /// Ends the present step of undo, which a pause of a second does too.
    pub fn end_step(&self) -> Result<(), NightstandError> {
        Ok(self.editor()?.end_step()?)
    }

    /// What came from elsewhere since the last call, from the partner or from another screen, in the order in which a text
    /// view makes it. Call it on the thread that types, and make the changes before the next edit is handed in.
    pub fn poll_changes(&self) -> Result<Changes, NightstandError> {
        Ok(self.editor()?.poll_changes()?.into())
    }

    /// Tells `observer` when there is something to look at: changes to poll, or another `state`. The first call comes at once.
    ///
    /// Errors: `Internal` if the system gives no thread to call from.
    pub fn observe(&self, observer: Arc<dyn Observer>) -> Result<Arc<Subscription>, NightstandError> {
        Ok(Arc::new(Subscription::new(self.editor()?.observe(Arc::new(HostObserver(Held::new(observer))))?)))
    }

    /// A text as it is shown, whole.
    pub fn text(&self, field: Field) -> Result<RichText, NightstandError> {
        Ok(self.editor()?.text(field))
    }

    /// A part of the body with its styles, positions counted from the part's start.
    ///
    /// Errors: `InvalidInput` with `Position`.
    pub fn part(&self, start: u32, end: u32) -> Result<RichText, NightstandError> {
        Ok(self.editor()?.part(start..end)?)
    }

    /// Says where the person is, so that it moves along with what comes.
    ///
    /// Errors: `InvalidInput` with `Position`.
    pub fn set_selection(&self, selection: Selection) -> Result<(), NightstandError> {
        Ok(self.editor()?.set_selection(selection)?)
    }

    /// Where the person is, as far as it was told. The editor's own calls put it behind what they put in.
    pub fn selection(&self) -> Result<Option<Selection>, NightstandError> {
        Ok(self.editor()?.selection())
    }

    /// How it stands.
    pub fn state(&self) -> Result<EditorState, NightstandError> {
        Ok(self.editor()?.state().into())
    }

    /// Saves what is typed, at once: when this returns, it is in the file. Text being composed is not saved.
    ///
    /// Errors: `DiskFull`, `Paused`, `TooLarge` and what else saving may say: then all stays in memory and is tried again.
    pub async fn flush(&self) -> Result<(), NightstandError> {
        let editor = self.editor()?;
        self.desk.write(move |_| editor.flush()).await
    }

    /// Finishes what is being composed, saves, and ends the editor: every later edit is told `Closed`. If saving fails it stays
    /// open, and says why. In Kotlin it is `shut()`, since `close()` there lets go of the handle.
    pub async fn close(&self) -> Result<(), NightstandError> {
        let editor = self.editor()?;
        self.desk.write(move |_| editor.close()).await
    }
}

/// What is edited: an entry has two texts.
#[uniffi::remote(Enum)]
pub enum Field {
    /// One line of at most 1,000 UTF-16 units, without styles.
    Title,
    /// The text, of at most 200,000 UTF-16 units.
    Body,
}

/// Styles of which a character or a paragraph has at most one.
#[uniffi::remote(Enum)]
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

/// Where a person is: a range from where the selection began to where it ends, or a cursor if both are one.
#[uniffi::remote(Record)]
pub struct Selection {
    /// In the title or in the body.
    pub field: Field,
    /// Where it began, in UTF-16 units.
    pub anchor: u32,
    /// Where it ends. It may be before the anchor.
    pub head: u32,
}

/// One change of a text.
#[uniffi::remote(Record)]
pub struct TextChange {
    /// Of the title or of the body.
    pub field: Field,
    /// Where, in UTF-16 units of the text as the changes before have left it.
    pub start: u32,
    /// So many units go.
    pub deleted: u32,
    /// And this comes in their place.
    pub inserted: String,
}

/// A range of the body whose styles have changed.
#[uniffi::remote(Record)]
pub struct StyleChange {
    /// Its first unit.
    pub start: u32,
    /// The unit after its last.
    pub end: u32,
}

/// What a text view does to show what happened: first the texts' changes one after the other, then it reads the styles of
/// the ranges again.
#[derive(uniffi::Record)]
pub struct Changes {
    /// In the order in which they are made.
    pub texts: Vec<TextChange>,
    /// Where styles have changed, in the text as it is after all of that: read it again with `part`.
    pub styles: Vec<StyleChange>,
    /// Where the selection is after all of that, if the editor was told of one.
    pub selection: Option<Selection>,
}

/// How an editor stands.
#[derive(uniffi::Record)]
pub struct EditorState {
    /// Something typed is not in the file yet. Composed text does not count.
    pub unsaved: bool,
    /// Why the last save failed, if it did: its `code()`. What was typed stays in memory, and is tried again.
    pub failed: Option<String>,
    /// There are changes to poll.
    pub arrived: bool,
    /// Why it can't be edited any more, if so: `deleted` or `closed`. Its text can still be read.
    pub ended: Option<String>,
    /// If the entry was deleted before all was saved: the private entry that has what would have been lost.
    pub kept: Option<EntryId>,
    /// There is a step to take back.
    pub can_undo: bool,
    /// There is a step to make again.
    pub can_redo: bool,
}

impl From<core::Changes> for Changes {
    fn from(core::Changes { texts, styles, selection }: core::Changes) -> Self {
        Self { texts, styles, selection }
    }
}

impl From<core::EditorState> for EditorState {
    fn from(state: core::EditorState) -> Self {
        let core::EditorState { unsaved, failed, arrived, ended, kept, can_undo, can_redo } = state;
        let code = |error: CoreError| error.code().to_owned();
        Self { unsaved, failed: failed.map(code), arrived, ended: ended.map(code), kept, can_undo, can_redo }
    }
}
