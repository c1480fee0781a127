//! One field of an open entry: what the screen shows, what is still to be saved, and what came and was not shown yet.
//!
//! ```text
//!   stored ──── pending ────▶ ahead          what the entry will read as once all is saved
//!                               ▲
//!                             unseen         what came from elsewhere since the screen last asked
//!                               │
//!                             shown          what the screen has: every position that it hands in is one of this text
//! ```
//!
//! An edit is made to `shown`, moved past what is unseen, made to `ahead`, and put behind what is pending. As long as nothing
//! is unseen, the two are one text, kept once.

use super::delta::Delta;
use super::edit::Edit;
use super::styled::Styled;

#[derive(Default)]
pub(super) struct Page {
    pub(super) shown: Styled,
    ahead: Option<Ahead>,
    pending: Vec<Edit>,
    /// So many of the pending edits are being written at the moment and must stay as they are.
    saving: usize,
    /// The last of the pending edits is text being composed: it is not saved yet.
    composing: bool,
}

struct Ahead {
    text: Styled,
    unseen: Vec<Delta>,
}

/// What came from elsewhere, with the text that was shown before.
pub(super) struct Arrived {
    pub(super) before: Styled,
    pub(super) deltas: Vec<Delta>,
}

impl Page {
    pub(super) fn of(shown: Styled) -> Self {
        Self { shown, ..Self::default() }
    }

    /// Is there something to save?
    pub(super) fn is_unsaved(&self) -> bool {
        self.pending.len() > usize::from(self.composing)
    }

    pub(super) fn has_unseen(&self) -> bool {
        self.ahead.is_some()
    }

    /// The text as it will be saved.
    pub(super) fn ahead(&self) -> &Styled {
        self.ahead.as_ref().map_or(&self.shown, |ahead| &ahead.text)
    }

    /// Makes an edit of the screen's, and says what undoes it.
    pub(super) fn edit(&mut self, edit: &Edit) -> Vec<Edit> {
        let (undo, moved) = self.apply(edit);
        if let (Edit::Text(next), false) = (&moved, self.composing)
            && self.pending.len() > self.saving
            && let Some(Edit::Text(last)) = self.pending.last_mut()
            && last.absorb(next)
        {
            return undo;
        }
        self.pending.push(moved);
        undo
    }

    /// Changes the text being composed, or begins it. It stays the last edit until it is finished.
    pub(super) fn compose(&mut self, edit: &Delta) -> Vec<Edit> {
        let (undo, moved) = self.apply(&Edit::Text(edit.clone()));
        match (self.composing, self.pending.last_mut(), moved) {
            (true, Some(Edit::Text(composed)), Edit::Text(next)) => *composed = composed.then(&next),
            (_, _, moved) => self.pending.push(moved),
        }
        self.composing = true;
        undo
    }

    /// From here on the composed text is like any other.
    pub(super) fn finish_composing(&mut self) {
        self.composing = false;
    }

    fn apply(&mut self, edit: &Edit) -> (Vec<Edit>, Edit) {
        let undo = self.shown.apply(edit);
        let mut moved = edit.clone();
        if let Some(ahead) = &mut self.ahead {
            for unseen in &mut ahead.unseen {
                let next = moved.past(unseen);
                *unseen = moved.under(unseen);
                moved = next;
            }
            ahead.text.apply(&moved);
        }
        (undo, moved)
    }

    /// What is to be saved: it stays here until [`Self::saved`], or until saving begins again because it failed.
    pub(super) fn begin_saving(&mut self) -> Vec<Edit> {
        self.saving = self.pending.len() - usize::from(self.composing);
        self.pending[..self.saving].to_vec()
    }

    /// What was being saved is. Meanwhile `arrived` came to the same text, and with both the entry reads as `base`. The
    /// answer: is there something new to show?
    pub(super) fn saved(&mut self, arrived: Option<(Delta, &Styled)>) -> bool {
        self.pending.drain(..self.saving);
        self.saving = 0;
        let Some((arrived, base)) = arrived else { return false };
        let (pending, arrived) = Edit::all_past(&self.pending, arrived);
        let mut text = base.clone();
        for edit in &pending {
            text.apply(edit);
        }
        self.pending = pending;
        if arrived.changes_nothing() && text.looks_like(self.ahead()) {
            return false;
        }
        let unseen = self.ahead.take().map(|ahead| ahead.unseen).unwrap_or_default();
        self.ahead = Some(Ahead { text, unseen: unseen.into_iter().chain([arrived]).collect() });
        true
    }

    /// Shows what came.
    pub(super) fn show_unseen(&mut self) -> Option<Arrived> {
        let Ahead { text, unseen } = self.ahead.take()?;
        let before = std::mem::replace(&mut self.shown, text);
        Some(Arrived { before, deltas: unseen })
    }
}
