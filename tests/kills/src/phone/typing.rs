//! A person who types: in bursts, into a private and a joint entry, with slips that are taken away again. After a burst the
//! app saves, or the person waits until the editor has.

use std::time::{Duration, Instant};

use nightstand::journal::editor::{Editor, Field, Selection};
use nightstand::vault::Vault;

use super::say;
use crate::Trouble;
use crate::dice::Dice;
use crate::hand::{Hand, SLIP};
use crate::protocol::Reply;

/// From one letter to the next.
const PACE: Duration = Duration::from_millis(3);

pub(super) struct Typing {
    hand: Hand,
    pages: [Page; 2],
    dice: Dice,
    next: Instant,
    /// Strokes that are left of this burst.
    burst: u64,
    strokes: u64,
    seed: u64,
}

struct Page {
    id: String,
    editor: Editor,
    letters: u64,
    saved: u64,
    slipped: bool,
}

impl Typing {
    pub(super) fn begin(vault: &Vault, hand: Hand, ids: [&str; 2], seed: u64) -> Result<Self, Trouble> {
        let open = |id: &str| -> Result<Page, Trouble> {
            let editor = vault.journal().open_editor(&id.parse()?)?;
            // Behind the text that an entry begins with.
            let end = editor.length(Field::Body);
            editor.set_selection(Selection { field: Field::Body, anchor: end, head: end })?;
            Ok(Page { id: id.to_owned(), editor, letters: 0, saved: 0, slipped: false })
        };
        let pages = [open(ids[0])?, open(ids[1])?];
        Ok(Self { hand, pages, dice: Dice::new(seed), next: Instant::now(), burst: 30, strokes: 0, seed })
    }

    pub(super) fn until_next_stroke(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Types a letter, or does what comes after a burst. Sometimes the person writes a whole entry meanwhile: the answer is
    /// its title.
    pub(super) fn stroke(&mut self) -> Result<Option<String>, Trouble> {
        self.next = Instant::now() + PACE;
        let mut aside = None;
        if self.burst == 0 {
            // A burst of nothing: the person waits until the editor has saved by itself.
            if self.pages.iter().all(|page| !page.editor.state().unsaved) {
                self.burst = 1 + self.dice.below(100);
            }
        } else {
            self.burst -= 1;
            self.strokes += 1;
            let page = self.dice.below(2) as usize;
            let slip = self.dice.below(12) == 0;
            self.pages[page].stroke(self.hand, slip)?;
            aside = (self.strokes % 50 == 25).then(|| format!("aside {} {}", self.seed, self.strokes));
            if self.burst == 0 && self.dice.below(2) == 0 {
                self.save()?;
            }
        }
        self.pages.iter_mut().try_for_each(Page::say_if_saved)?;
        Ok(aside)
    }

    /// Saves, and says what is saved.
    pub(super) fn save(&mut self) -> Result<(), Trouble> {
        for page in &mut self.pages {
            page.editor.flush()?;
            page.say_saved()?;
        }
        Ok(())
    }
}

impl Page {
    fn stroke(&mut self, hand: Hand, slip: bool) -> Result<(), Trouble> {
        self.editor.poll_changes()?;
        let at = self.editor.selection().map_or(0, |selection| selection.head);
        if std::mem::take(&mut self.slipped) {
            return Ok(self.editor.replace(Field::Body, at - 1..at, "")?);
        }
        if slip {
            self.slipped = true;
            return Ok(self.editor.replace(Field::Body, at..at, SLIP)?);
        }
        self.editor.replace(Field::Body, at..at, &hand.letter(self.letters).to_string())?;
        self.letters += 1;
        say(&Reply::Typed { id: self.id.clone(), letters: self.letters })
    }

    fn say_if_saved(&mut self) -> Result<(), Trouble> {
        if self.letters > self.saved && !self.editor.state().unsaved { self.say_saved() } else { Ok(()) }
    }

    fn say_saved(&mut self) -> Result<(), Trouble> {
        self.saved = self.letters;
        say(&Reply::Saved { id: self.id.clone(), letters: self.letters })
    }
}
