//! An entry open for typing.
//!
//! A text view tells the editor of each keystroke, in UTF-16 units. The editor holds title and body in memory, saves them some
//! hundred milliseconds later on a thread of its own, and tells the view what came from the partner meanwhile.
//!
//! ```text
//!   text view ── replace · paste · styles · undo ──▶ Editor: memory alone, no disk
//!             ◀─ poll_changes: what came ───────────   │  pending edits
//!                                                      ▼
//!                          the saving thread: one transaction a quarter of a second
//!                            1  is the stored document another than at the last save? then what came is moved past
//!                               what is pending, and what is pending past what came
//!                            2  what is pending becomes one change of this device's log
//!                                                      ▼
//!                                                stored document ◀── sync, other screens
//! ```
//!
//! **The stored document is the truth; an editor holds edits that are not in it yet.** It makes no Automerge change before it
//! is inside the transaction that stores it, so several editors, other calls and a sync may write to one document and one log,
//! and numbers never clash. Edits are kept as positions, and moved past what came (see `delta`), which gives what
//! Automerge gives: insertions stay, deletions meet. A keystroke costs a splice in a gap buffer; Automerge sees it once, when
//! it is saved, and a letter that was typed and taken away within one save never enters the history.
//!
//! | file | what |
//! |---|---|
//! | `typing` · `styles` · `composing` · `undo` | what a person does |
//! | `arriving` | what came from elsewhere, and how a view hears of it |
//! | `saving` · `standing` · `rescue` | when it is saved, how it is written, what is kept of a deleted entry |
//! | `page` · `history` · `state` | what is held: texts and pending edits, steps of undo, all of it |
//! | `delta` · `edit` · `styled` · `units` | changes of a text, edits, a text with styles, a gap buffer |

mod arriving;
mod composing;
pub(crate) mod delta;
mod edit;
mod history;
mod page;
mod rescue;
mod saving;
mod standing;
mod state;
mod styled;
mod styles;
#[cfg(test)]
mod tests;
mod typing;
mod undo;
mod units;

use std::ops::Range;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

pub use arriving::{Changes, StyleChange, TextChange};
pub use edit::StyleKind;
pub use history::{MOST_UNDO_STEPS, UNDO_PAUSE_MS};
use saving::Shared;
use standing::Standing;
use state::State;

use super::rich_text::RichText;
use super::working_copy::joint_key;
use super::{Author, EntryId, Journal, Mine};
use crate::error::NightstandError;

/// How long after the first keystroke that is not saved all of them are.
pub const SAVE_AFTER: Duration = Duration::from_millis(250);

/// What is edited: an entry has two texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// One line, at most [`MOST_TITLE_UNITS`](super::entry::MOST_TITLE_UNITS) UTF-16 units, without styles.
    Title,
    /// The text, at most [`MOST_BODY_UNITS`](super::entry::MOST_BODY_UNITS) UTF-16 units.
    Body,
}

impl Field {
    pub(crate) const BOTH: [Self; 2] = [Self::Title, Self::Body];

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
        }
    }
}

/// Where a person is: a range from where the selection began to where it ends, or a cursor if both are one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selection {
    /// In the title or in the body.
    pub field: Field,
    /// Where it began, in UTF-16 units.
    pub anchor: u32,
    /// Where it ends. It may be before the anchor.
    pub head: u32,
}

/// How an editor stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EditorState {
    /// Something typed is not in the file yet. Composed text does not count.
    pub unsaved: bool,
    /// Why the last save failed, if it did. What was typed stays in memory, and it is tried again: after a second, then after
    /// longer pauses of at most half a minute, with the next `flush`, and when the vault is resumed.
    pub failed: Option<NightstandError>,
    /// There are changes to poll.
    pub arrived: bool,
    /// Why it can't be edited any more, if so: `Deleted` or `Closed`. Its text can still be read.
    pub ended: Option<NightstandError>,
    /// If the entry was deleted before all was saved: the private entry that has what would have been lost.
    pub kept: Option<EntryId>,
    /// There is a step to take back.
    pub can_undo: bool,
    /// There is a step to make again.
    pub can_redo: bool,
}

/// An entry open for typing.
///
/// A handle: clones are the same editor, every thread may use one, and when the last is dropped what is unsaved is saved.
/// Several editors on one entry see each other's edits as they come.
///
/// ```
/// # use nightstand::journal::{EntryDraft, Sharing, editor::Field, rich_text::Style};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let clock = std::sync::Arc::new(nightstand::vault::SystemClock);
/// # let vault = nightstand::vault::Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], clock)?;
/// let id = vault.journal().write(&EntryDraft::default(), Sharing::Private)?;
/// let editor = vault.journal().open_editor(&id)?;
/// editor.replace(Field::Body, 0..0, "We lay there.")?;
/// editor.replace(Field::Body, 3..6, "just lay")?;
/// editor.set_style(3..7, &Style::Italic)?;
/// editor.undo()?;
/// for change in editor.poll_changes()?.texts {
///     // … make it in the text view
/// }
/// editor.flush()?; // in the file, with the next sync on its way
/// assert_eq!(vault.journal().read(&id)?.entry.body.text, "We just lay there.");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Editor(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Opens an entry for typing. Of an own entry it edits the private working copy, and what is typed reaches the partner
    /// when the entry is shared again; one that was imported straight into what is shared gets its working copy first. In a
    /// joint entry everything that is saved reaches the partner with the next sync.
    ///
    /// Everything else of an entry (mood, tags, time) is edited as ever, with [`edit`](Self::edit), also while an editor is
    /// open; hand in title and body as they were read, and they stay as they are typed.
    ///
    /// Errors: `NotYours` for the partner's, `NotFound`, `Deleted`, `PrivateLocked`, `ReadOnly`; `Internal` if the system gives
    /// no thread.
    pub fn open_editor(&self, id: &EntryId) -> Result<Editor, NightstandError> {
        self.open_editor_saving_after(id, SAVE_AFTER)
    }

    /// The same with another time between a keystroke and its save: longer costs less power, and a killed app loses more.
    pub fn open_editor_saving_after(&self, id: &EntryId, pause: Duration) -> Result<Editor, NightstandError> {
        if self.vault.is_read_only() {
            return Err(NightstandError::ReadOnly);
        }
        let key = match id.author {
            Author::Partner => return Err(NightstandError::NotYours),
            Author::Both => self.vault.read(|rows, person| joint_key(rows, person, id))?,
            Author::Me => {
                let mine = self.vault.read(|rows, person| Mine::find_to_change(rows, person, id))?;
                if !mine.has_working {
                    self.vault.write(|tx| Mine::find_to_change(&tx.rows(), tx.person(), id)?.ensure_working(tx))?;
                }
                mine.working
            }
        };
        let standing = self.vault.read(|rows, _| Standing::read(rows, &key))?;
        let shared = Shared::new(self.vault.clone(), *id, key, standing, pause);
        let thread = Shared::start(&shared)?;
        Ok(Editor(Arc::new(Handle { shared, thread: Some(thread) })))
    }
}

impl Editor {
    /// The entry that it edits.
    pub fn id(&self) -> EntryId {
        self.0.shared.id
    }

    /// A text as it is shown, whole: with what is being composed, and without what was not polled. For every key pressed,
    /// a text view knows it by itself.
    pub fn text(&self, field: Field) -> RichText {
        self.0.shared.state().pages[field.index()].shown.rich()
    }

    /// A part of the body with its styles, positions counted from the part's start.
    ///
    /// Errors: `InvalidInput` with `Position`.
    pub fn part(&self, range: Range<u32>) -> Result<RichText, NightstandError> {
        let state = self.0.shared.state();
        let range = state.range(Field::Body, range)?;
        Ok(state.pages[Field::Body.index()].shown.part(range))
    }

    /// How long a text is as it is shown, in UTF-16 units.
    pub fn length(&self, field: Field) -> u32 {
        self.0.shared.state().pages[field.index()].shown.units.len() as u32
    }

    /// Says where the person is, so that it moves along with what comes. The editor's own calls move it behind what they put
    /// in.
    ///
    /// Errors: `InvalidInput` with `Position`.
    pub fn set_selection(&self, selection: Selection) -> Result<(), NightstandError> {
        let mut state = self.0.shared.state();
        let Selection { field, anchor, head } = selection;
        state.range(field, anchor.min(head)..anchor.max(head))?;
        state.selection = Some(selection);
        Ok(())
    }

    /// Where the person is, as far as it was told.
    pub fn selection(&self) -> Option<Selection> {
        self.0.shared.state().selection
    }

    /// How it stands.
    pub fn state(&self) -> EditorState {
        let state = self.0.shared.state();
        EditorState {
            unsaved: state.is_unsaved(),
            failed: state.failed,
            arrived: state.has_unseen(),
            ended: state.ended,
            kept: state.kept,
            can_undo: !state.history.undo.is_empty() || state.composing.is_some(),
            can_redo: !state.history.redo.is_empty() && state.composing.is_none(),
        }
    }

    fn now_ms(&self) -> i64 {
        self.0.shared.vault.now_ms()
    }

    /// Makes a change of what is shown, and sees to it that it is saved.
    fn change<R>(&self, make: impl FnOnce(&mut State) -> Result<R, NightstandError>) -> Result<R, NightstandError> {
        let shared = &self.0.shared;
        let mut state = shared.state();
        if let Some(ended) = state.ended {
            return Err(ended);
        }
        let made = make(&mut state)?;
        shared.see_to_saving(&mut state);
        Ok(made)
    }
}

impl core::fmt::Debug for Editor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Editor({:?})", self.0.shared.id)
    }
}
