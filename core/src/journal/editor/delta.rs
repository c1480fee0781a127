//! What happened to a text, from its start to its end: kept so many units, dropped so many, put these in.
//!
//! Two people change the same text at once. [`Delta::past`] says what the one's change is on top of the other's, so that
//! both orders end in the same text:
//!
//! ```text
//!              a
//!       text ─────▶ ·
//!         │         │
//!       b │         │ b past a
//!         ▼         ▼
//!         · ──────▶ the same text
//!           a past b
//! ```
//!
//! Positions count UTF-16 units. What a delta does not name at its end is kept.

/// A change of a text.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Delta(Vec<Piece>);

/// A part of a change.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Piece {
    Keep(usize),
    Drop(usize),
    Put(Vec<u16>),
}

/// Whose insertion stands first where both put something in at one place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    Mine,
    Theirs,
}

/// A part of a change as a text view makes it: at a place in the text as the splices before have left it.
pub(crate) struct Splice<'a> {
    pub(crate) at: usize,
    pub(crate) gone: usize,
    pub(crate) put: &'a [u16],
}

impl Delta {
    pub(crate) fn splice(at: usize, gone: usize, put: Vec<u16>) -> Self {
        let mut delta = Self::default();
        delta.keep(at);
        delta.put(put);
        delta.drop(gone);
        delta
    }

    /// What makes `after` of `before`: one splice between their common beginning and end.
    pub(crate) fn between(before: &[u16], after: &[u16]) -> Self {
        let mut start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
        if start > 0 && is_high(before[start - 1]) {
            start -= 1;
        }
        let most = before.len().min(after.len()) - start;
        let mut tail = before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        if tail > 0 && is_low(before[before.len() - tail]) {
            tail -= 1;
        }
        Self::splice(start, before.len() - start - tail, after[start..after.len() - tail].to_vec())
    }

    /// Does each piece begin and end between two characters of the text that it changes? Among equal characters a change may
    /// lead to the right text and still take the second half of one with the first half of the next; what it is moved past, or
    /// what undoes it, would then stand in the middle of one.
    pub(crate) fn divides_no_character(&self, text: &[u16]) -> bool {
        let mut reached = 0;
        self.0.iter().all(|piece| match piece {
            Piece::Keep(units) | Piece::Drop(units) => {
                reached += units;
                let unit = |at: usize| text.get(at).copied().unwrap_or_default();
                reached == 0 || !(is_high(unit(reached - 1)) && is_low(unit(reached)))
            }
            Piece::Put(put) => char::decode_utf16(put.iter().copied()).all(|unit| unit.is_ok()),
        })
    }

    pub(crate) fn changes_nothing(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Keep(_)))
    }

    pub(crate) fn keep(&mut self, units: usize) {
        match self.0.last_mut() {
            _ if units == 0 => {}
            Some(Piece::Keep(last)) => *last += units,
            _ => self.0.push(Piece::Keep(units)),
        }
    }

    /// Keeps what there is up to this place of the text as it was.
    pub(crate) fn keep_until(&mut self, at: usize) {
        let covered = |piece: &Piece| match piece {
            Piece::Keep(units) | Piece::Drop(units) => *units,
            Piece::Put(_) => 0,
        };
        self.keep(at.saturating_sub(self.0.iter().map(covered).sum()));
    }

    /// Takes the next change in, if both are one run of typing or erasing. Does not look at what was typed so far.
    pub(crate) fn absorb(&mut self, next: &Self) -> bool {
        let (at, next) = next.leading();
        let kept = self.leading().0;
        match (self.last_of_two(), next) {
            (Some(Piece::Put(put)), [Piece::Put(more)]) if at == kept + put.len() => put.extend_from_slice(more),
            (Some(Piece::Put(put)), [Piece::Drop(gone)]) if *gone < put.len() && at == kept + put.len() - gone => {
                put.truncate(put.len() - gone);
            }
            (Some(Piece::Drop(gone)), [Piece::Drop(more)]) if at == kept => *gone += more,
            (Some(Piece::Drop(gone)), [Piece::Drop(more)]) if at + more == kept => {
                let both = *gone + more;
                *self = Self::splice(at, both, Vec::new());
            }
            _ => return false,
        }
        true
    }

    /// How much it keeps at first, and the rest.
    fn leading(&self) -> (usize, &[Piece]) {
        match self.0.split_first() {
            Some((Piece::Keep(units), rest)) => (*units, rest),
            _ => (0, &self.0),
        }
    }

    fn last_of_two(&mut self) -> Option<&mut Piece> {
        match self.0.as_mut_slice() {
            [piece] | [Piece::Keep(_), piece] => Some(piece),
            _ => None,
        }
    }

    pub(crate) fn drop(&mut self, units: usize) {
        match self.0.last_mut() {
            _ if units == 0 => {}
            Some(Piece::Drop(last)) => *last += units,
            _ => self.0.push(Piece::Drop(units)),
        }
    }

    pub(crate) fn put(&mut self, units: Vec<u16>) {
        if units.is_empty() {
            return;
        }
        // What is put in stands before what is dropped at the same place, so that equal changes are equal values.
        let behind = matches!(self.0.last(), Some(Piece::Drop(_)));
        let at = self.0.len() - usize::from(behind);
        match at.checked_sub(1).and_then(|before| self.0.get_mut(before)) {
            Some(Piece::Put(last)) => last.extend(units),
            _ => self.0.insert(at, Piece::Put(units)),
        }
    }

    /// The splices that make this change, in order.
    pub(crate) fn splices(&self) -> impl Iterator<Item = Splice<'_>> {
        let mut at = 0;
        let mut pieces = self.0.iter().peekable();
        std::iter::from_fn(move || {
            loop {
                match pieces.next()? {
                    Piece::Keep(units) => at += units,
                    Piece::Drop(gone) => return Some(Splice { at, gone: *gone, put: &[] }),
                    Piece::Put(put) => {
                        let gone = match pieces.peek() {
                            Some(Piece::Drop(gone)) => *gone,
                            _ => 0,
                        };
                        if gone > 0 {
                            pieces.next();
                        }
                        let splice = Splice { at, gone, put };
                        at += put.len();
                        return Some(splice);
                    }
                }
            }
        })
    }

    /// This change on top of `other`, which was made to the same text.
    pub(crate) fn past(&self, other: &Self, first: First) -> Self {
        let (mut mine, mut theirs) = (Pieces::of(self), Pieces::of(other));
        let mut moved = Self::default();
        loop {
            match (mine.peek(), theirs.peek()) {
                (None, _) => return moved,
                (Some(Piece::Put(_)), Some(Piece::Put(put))) if first == First::Theirs => {
                    moved.keep(put.len());
                    theirs.skip();
                }
                (Some(Piece::Put(put)), _) => {
                    moved.put(put.clone());
                    mine.skip();
                }
                (_, Some(Piece::Put(put))) => {
                    moved.keep(put.len());
                    theirs.skip();
                }
                (Some(_), _) => {
                    let units = mine.left().min(theirs.left());
                    let (dropped, gone) = (mine.take(units), theirs.take(units));
                    match (dropped, gone) {
                        (_, true) => {}
                        (true, false) => moved.drop(units),
                        (false, false) => moved.keep(units),
                    }
                }
            }
        }
    }

    /// This change and then `next`, as one.
    pub(crate) fn then(&self, next: &Self) -> Self {
        let (mut first, mut second) = (Pieces::of(self), Pieces::of(next));
        let mut both = Self::default();
        loop {
            match (first.peek(), second.peek()) {
                (None, None) => return both,
                (Some(Piece::Drop(_)), _) => {
                    let units = first.left();
                    first.take(units);
                    both.drop(units);
                }
                (_, Some(Piece::Put(put))) => {
                    both.put(put.clone());
                    second.skip();
                }
                (Some(Piece::Put(_)), _) => {
                    let units = first.left().min(second.left());
                    let put = first.take_put(units);
                    if !second.take(units) {
                        both.put(put);
                    }
                }
                _ => {
                    let units = first.left().min(second.left());
                    first.take(units);
                    if second.take(units) { both.drop(units) } else { both.keep(units) }
                }
            }
        }
    }

    /// Where a place in the text is after this change. What is put in at the place itself comes before it if `behind`.
    pub(crate) fn place(&self, at: usize, behind: bool) -> usize {
        let (mut old, mut new) = (0, 0);
        for piece in &self.0 {
            match piece {
                Piece::Put(put) if old < at || (old == at && behind) => new += put.len(),
                Piece::Put(_) => {}
                Piece::Keep(units) if old + units > at => return new + (at - old),
                Piece::Keep(units) => (old, new) = (old + units, new + units),
                Piece::Drop(units) if old + units > at => old = at,
                Piece::Drop(units) => old += units,
            }
            if old > at {
                break;
            }
        }
        new + at.saturating_sub(old)
    }
}

/// The rest of a delta. Behind its end everything is kept.
struct Pieces<'a> {
    pieces: std::slice::Iter<'a, Piece>,
    piece: Option<&'a Piece>,
    used: usize,
}

impl<'a> Pieces<'a> {
    fn of(delta: &'a Delta) -> Self {
        let mut pieces = delta.0.iter();
        let piece = pieces.next();
        Self { pieces, piece, used: 0 }
    }

    fn peek(&self) -> Option<&'a Piece> {
        self.piece
    }

    fn skip(&mut self) {
        (self.piece, self.used) = (self.pieces.next(), 0);
    }

    fn left(&self) -> usize {
        match self.piece {
            Some(Piece::Keep(units) | Piece::Drop(units)) => units - self.used,
            Some(Piece::Put(put)) => put.len() - self.used,
            None => usize::MAX,
        }
    }

    fn advance(&mut self, units: usize) {
        self.used += units;
        if self.piece.is_some() && self.left() == 0 {
            self.skip();
        }
    }

    /// Goes on by so many units. Were they dropped?
    fn take(&mut self, units: usize) -> bool {
        let dropped = matches!(self.piece, Some(Piece::Drop(_)));
        self.advance(units);
        dropped
    }

    fn take_put(&mut self, units: usize) -> Vec<u16> {
        let put = match self.piece {
            Some(Piece::Put(put)) => put[self.used..self.used + units].to_vec(),
            _ => Vec::new(),
        };
        self.advance(units);
        put
    }
}

pub(crate) fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

pub(crate) fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}
