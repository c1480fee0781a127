//! A text in UTF-16 units that is cheap to change where it was changed last: a gap buffer.
//!
//! ```text
//!   W e   l a y   t h e r e _ _ _ _ _ _ _ _ .
//!   └──────── front ──────┘  the gap        └ back, from its end on
//! ```

use std::ops::Range;

use super::delta::{is_high, is_low};

/// The units before the gap, and those behind it in reverse order.
#[derive(Clone, Default)]
pub(super) struct Units {
    front: Vec<u16>,
    back: Vec<u16>,
}

impl Units {
    pub(super) fn of(text: &str) -> Self {
        Self { front: text.encode_utf16().collect(), back: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.front.len() + self.back.len()
    }

    fn get(&self, at: usize) -> Option<u16> {
        match at.checked_sub(self.front.len()) {
            None => self.front.get(at).copied(),
            Some(behind) => self.back.len().checked_sub(behind + 1).map(|at| self.back[at]),
        }
    }

    /// Is this a place between two characters of the text, or one of its ends?
    pub(super) fn is_place(&self, at: usize) -> bool {
        let divides = || at > 0 && self.get(at).is_some_and(is_low) && self.get(at - 1).is_some_and(is_high);
        at <= self.len() && !divides()
    }

    pub(super) fn slice(&self, range: Range<usize>) -> Vec<u16> {
        range.map_while(|at| self.get(at)).collect()
    }

    pub(super) fn all(&self) -> Vec<u16> {
        let mut all = Vec::with_capacity(self.len());
        all.extend_from_slice(&self.front);
        all.extend(self.back.iter().rev());
        all
    }

    pub(super) fn to_text(&self) -> String {
        String::from_utf16_lossy(&self.all())
    }

    /// Where the paragraph begins that this place is in, and where its line feed stands, or the end of the text.
    pub(super) fn paragraph(&self, at: usize) -> Range<usize> {
        let start = (0..at.min(self.len())).rev().find(|&before| self.get(before) == Some(LINE_FEED));
        let end = (at..self.len()).find(|&behind| self.get(behind) == Some(LINE_FEED));
        start.map_or(0, |line_feed| line_feed + 1)..end.unwrap_or(self.len())
    }

    pub(super) fn splice(&mut self, at: usize, gone: usize, put: &[u16]) {
        let at = at.min(self.len());
        let before = self.front.len();
        if at < before {
            self.back.extend(self.front.drain(at..).rev());
        } else {
            let from = self.back.len() - (at - before);
            self.front.extend(self.back.drain(from..).rev());
        }
        self.back.truncate(self.back.len().saturating_sub(gone));
        self.front.extend_from_slice(put);
    }
}

pub(super) const LINE_FEED: u16 = b'\n' as u16;
