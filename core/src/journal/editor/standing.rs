//! The stored document as an editor last saw it, and how what is pending is written into it.

use automerge::Automerge;
use nightstand_engine::author::{Draft, Finished};
use nightstand_engine::document::Document;
use nightstand_engine::ids::DocumentKey;
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;

use super::Field;
use super::delta::Delta;
use super::edit::Edit;
use super::styled::Styled;
use crate::docs::{self, typing::Typed};
use crate::error::NightstandError;
use crate::journal::entry::EntryVersion;
use crate::store::{Rows, StoreTx};

/// The stored document as it was last seen.
pub(super) struct Standing {
    version: EntryVersion,
    stored: Vec<u8>,
    /// Loaded, unless a save failed that had begun to change it.
    document: Option<Automerge>,
    pub(super) texts: [Styled; 2],
}

/// How it was found.
pub(super) enum Found {
    /// As it was left, and what was to be saved is.
    Saved(Option<Box<Standing>>),
    /// Changed by somebody else: what they did, and how it reads with what was to be saved.
    Changed(Box<Standing>, [Delta; 2]),
    /// Deleted.
    Gone,
}

impl Standing {
    pub(super) fn read(rows: &Rows<'_>, key: &DocumentKey) -> Result<Self, NightstandError> {
        match rows.document(key)? {
            None => Err(NightstandError::NotFound),
            Some(DocumentRow::Buried) => Err(NightstandError::Deleted),
            Some(DocumentRow::Alive { stored, .. }) => Self::of(load(&stored)?, stored),
        }
    }

    /// What an editor knows that has let go of everything.
    pub(super) fn nothing() -> Self {
        let texts = [Styled::default(), Styled::default()];
        Self { version: EntryVersion::of(&[]), stored: Vec::new(), document: None, texts }
    }

    fn of(document: Automerge, stored: Vec<u8>) -> Result<Self, NightstandError> {
        let texts = docs::typing::texts(&document).map(|text| Styled::of(&text));
        Ok(Self { version: docs::entry::version(&document), stored, document: Some(document), texts })
    }

    pub(super) fn loaded(&mut self) -> Result<Automerge, NightstandError> {
        self.document.take().map_or_else(|| load(&self.stored), Ok)
    }

    /// Is it as it was?
    pub(super) fn look(&self, rows: &Rows<'_>, key: &DocumentKey) -> Result<Found, NightstandError> {
        match rows.document(key)? {
            None | Some(DocumentRow::Buried) => Ok(Found::Gone),
            Some(DocumentRow::Alive { stored, .. }) if stored == self.stored => Ok(Found::Saved(None)),
            Some(DocumentRow::Alive { stored, .. }) => {
                let next = Self::of(load(&stored)?, stored)?;
                let arrived = self.happened(&next);
                Ok(Found::Changed(Box::new(next), arrived))
            }
        }
    }

    /// What somebody else did between this and the next.
    fn happened(&self, next: &Self) -> [Delta; 2] {
        Field::BOTH.map(|field| {
            let (before, after) = (self.texts[field.index()].units.all(), next.texts[field.index()].units.all());
            match &next.document {
                Some(document) => docs::typing::delta_since(document, &self.version, field, &before, &after),
                None => Delta::between(&before, &after),
            }
        })
    }

    /// Writes what is pending into the document as it stands in this transaction.
    pub(super) fn save(
        &mut self,
        tx: &mut StoreTx<'_>,
        key: &DocumentKey,
        pending: &[Vec<Edit>; 2],
    ) -> Result<Found, NightstandError> {
        let (mut base, mut arrived) = match self.look(&tx.rows(), key)? {
            Found::Gone => return Ok(Found::Gone),
            Found::Saved(_) => (None, None),
            Found::Changed(next, arrived) => (Some(next), Some(arrived)),
        };
        let moved;
        let pending = match &mut arrived {
            None => pending,
            Some([in_title, in_body]) => {
                let title = Edit::all_past(&pending[0], std::mem::take(in_title));
                let body = Edit::all_past(&pending[1], std::mem::take(in_body));
                (*in_title, *in_body) = (title.1, body.1);
                moved = [title.0, body.0];
                &moved
            }
        };
        let base = base.as_deref_mut().unwrap_or(self);
        let (typed, texts) = typed(&base.texts, pending);
        let body = Field::Body.index();
        let styled = base.texts[body].has_styles() || texts[body].has_styles();
        let wanted = styled.then(|| texts[body].rich());

        let log = tx.open_writing_log(&key.place)?;
        let mut draft = Draft::of(base.loaded()?, &log, *key, Kind::JournalEntry).at(tx.now_ms());
        docs::typing::write(&mut draft, &typed, wanted.as_ref())?;
        let Finished { document, stored } = draft.finish_keeping(tx)?;
        let stored = stored.unwrap_or_else(|| std::mem::take(&mut base.stored));

        let mut next = Self { version: docs::entry::version(&document), stored, document: Some(document), texts };
        let differing = next.reread(wanted.is_some());
        match (arrived, differing) {
            (None, None) => Ok(Found::Saved(Some(Box::new(next)))),
            (arrived, differing) => {
                let [title, body] = arrived.unwrap_or_default();
                let [and_title, and_body] = differing.unwrap_or_default();
                Ok(Found::Changed(Box::new(next), [title.then(&and_title), body.then(&and_body)]))
            }
        }
    }

    /// What is written reads as it should; a document that holds more than letters, which no app of ours makes, may not. Then
    /// what it reads as holds.
    fn reread(&mut self, styles: bool) -> Option<[Delta; 2]> {
        let read = docs::typing::texts(self.document.as_ref()?).map(|text| Styled::of(&text));
        let same = |field: Field| {
            let (read, wanted) = (&read[field.index()], &self.texts[field.index()]);
            read.units.all() == wanted.units.all() && (!styles || read.looks_like(wanted))
        };
        if Field::BOTH.into_iter().all(same) {
            return None;
        }
        let wanted = std::mem::replace(&mut self.texts, read);
        let units = |texts: &[Styled; 2], field: Field| texts[field.index()].units.all();
        Some(Field::BOTH.map(|field| Delta::between(&units(&wanted, field), &units(&self.texts, field))))
    }
}

/// Pending edits as what is to be typed into the document, in pieces that a change can hold, and the texts with them.
pub(super) fn typed(texts: &[Styled; 2], pending: &[Vec<Edit>; 2]) -> (Vec<Typed>, [Styled; 2]) {
    let (mut texts, mut typed) = (texts.clone(), Vec::new());
    for field in Field::BOTH {
        let text = &mut texts[field.index()];
        for edit in &pending[field.index()] {
            if let Edit::Text(delta) = edit {
                pieces(text, field, delta, &mut typed);
            }
            text.apply(edit);
        }
    }
    (typed, texts)
}

/// A delta as splices of whole characters.
fn pieces(text: &Styled, field: Field, delta: &Delta, typed: &mut Vec<Typed>) {
    let mut units = text.units.clone();
    for splice in delta.splices() {
        let (at, mut gone, mut put) = (splice.at, splice.gone, splice.put);
        while gone > docs::typing::PIECE {
            // From the end, so that the place stays.
            let mut from = at + gone - docs::typing::PIECE;
            from -= usize::from(!units.is_place(from));
            let piece = at + gone - from;
            typed.push(Typed { field, at: from, gone: piece, put: String::new() });
            units.splice(from, piece, &[]);
            gone -= piece;
        }
        let mut from = at;
        loop {
            let mut piece = put.len().min(docs::typing::PIECE);
            if piece < put.len() && super::delta::is_high(put[piece - 1]) {
                piece -= 1;
            }
            let (first, later) = put.split_at(piece);
            typed.push(Typed { field, at: from, gone, put: String::from_utf16_lossy(first) });
            units.splice(from, gone, first);
            (from, gone, put) = (from + piece, 0, later);
            if put.is_empty() {
                break;
            }
        }
    }
}

fn load(stored: &[u8]) -> Result<Automerge, NightstandError> {
    Ok(Document::load(stored).map_err(|_| NightstandError::Damaged { salvage: None })?.into_automerge())
}
