//! What an editor holds in memory.

use std::time::Instant;

use super::composing::Composing;
use super::history::History;
use super::page::Page;
use super::styled::Styled;
use super::{Field, Selection};
use crate::error::NightstandError;
use crate::journal::EntryId;

pub(super) struct State {
    pub(super) pages: [Page; 2],
    pub(super) history: History,
    pub(super) composing: Option<Composing>,
    pub(super) selection: Option<Selection>,
    /// Why the last save failed, until one succeeds.
    pub(super) failed: Option<NightstandError>,
    /// Why there is nothing more to edit: the entry was deleted, or the editor closed.
    pub(super) ended: Option<NightstandError>,
    /// Where the text went that was not saved when the entry was deleted.
    pub(super) kept: Option<EntryId>,
    /// For the thread that saves.
    pub(super) duty: Duty,
}

#[derive(Default)]
pub(super) struct Duty {
    /// When what is unsaved is to be saved.
    pub(super) due: Option<Instant>,
    /// Somebody wants it saved at once.
    pub(super) asked: bool,
    /// A commit of somebody else's may have changed the entry.
    pub(super) heard: bool,
    /// Nobody holds the editor any more.
    pub(super) leaving: bool,
    /// Rounds of saving under way, one behind the other.
    pub(super) rounds: u32,
    /// Rounds that have failed since the last that did not.
    pub(super) failures: u32,
    /// Rises with everything that a screen may want to look at.
    pub(super) news: u64,
}

impl State {
    pub(super) fn of([title, body]: &[Styled; 2]) -> Self {
        Self {
            pages: [Page::of(title.clone()), Page::of(body.clone())],
            history: History::default(),
            composing: None,
            selection: None,
            failed: None,
            ended: None,
            kept: None,
            duty: Duty::default(),
        }
    }

    pub(super) fn page(&mut self, field: Field) -> &mut Page {
        &mut self.pages[field.index()]
    }

    pub(super) fn is_unsaved(&self) -> bool {
        self.pages.iter().any(Page::is_unsaved)
    }

    pub(super) fn has_unseen(&self) -> bool {
        self.pages.iter().any(Page::has_unseen)
    }

    /// The cursor stands here, with nothing selected.
    pub(super) fn put_cursor(&mut self, field: Field, at: usize) {
        self.selection = Some(Selection { field, anchor: at as u32, head: at as u32 });
    }
}
