//! Looking back at an entry, and going back to how it was.
//!
//! An entry's document holds all its changes, so nothing extra is kept for this. When a change was made is noted for entries
//! of one's own, whose working copy nobody else reads; a joint entry's changes leave the phone and say no time.

use automerge::Automerge;
use nightstand_engine::change;
use nightstand_engine::ids::{DocumentKey, PersonId};
use nightstand_engine::kinds::Kind;

use super::read::view;
use super::working_copy::{joint_key, load};
use super::{Author, EntryDraft, EntryId, EntryVersion, EntryView, Journal, Mine};
use crate::docs;
use crate::error::NightstandError;
use crate::store::Rows;

/// Most versions that are listed.
pub const MOST_VERSIONS: usize = 10_000;

/// An entry as it once was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastVersion {
    /// Which: for [`read_past`](Journal::read_past) and [`restore`](Journal::restore).
    pub version: EntryVersion,
    /// When it came to be, in milliseconds since 1970, to the second. None for joint entries, and where it was not noted.
    pub at_ms: Option<i64>,
    /// Who made it so.
    pub by: Author,
}

impl Journal {
    /// The versions of an entry, the newest first: one for each time that it was saved. At most [`MOST_VERSIONS`], the
    /// newest. Of a joint entry, a version is what the one who saved it saw.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for the partner's: its history is theirs.
    pub fn history(&self, id: &EntryId) -> Result<Vec<PastVersion>, NightstandError> {
        self.vault.finish_typing(id);
        self.vault.read(|rows, person| {
            let (_, document) = with_history(rows, person, id)?;
            let own: Vec<_> = rows.logs_of(&person)?.iter().map(change::actor).collect();
            let past = docs::entry::past(&document).into_iter().rev().take(MOST_VERSIONS);
            Ok(past
                .map(|past| PastVersion {
                    version: past.version,
                    at_ms: past.at_ms,
                    by: if own.contains(&past.actor) { Author::Me } else { Author::Partner },
                })
                .collect())
        })
    }

    /// An entry as it was in one of its versions.
    ///
    /// Errors: as [`history`](Self::history), and `NotFound` for a version of something else.
    pub fn read_past(&self, id: &EntryId, version: &EntryVersion) -> Result<EntryDraft, NightstandError> {
        self.vault.read(|rows, person| {
            let (_, document) = with_history(rows, person, id)?;
            docs::entry::read_past(&document, version).ok_or(NightstandError::NotFound)
        })
    }

    /// Makes an entry read again as it did in one of its versions. It is a change like any other: what stood there stays in
    /// the history, and what somebody writes elsewhere at the same time is merged with it. An entry of one's own changes in
    /// its working copy; share it again to hand the change on. The answer is the entry as it is then.
    ///
    /// Errors: as [`read_past`](Self::read_past).
    pub fn restore(&self, id: &EntryId, version: &EntryVersion) -> Result<EntryView, NightstandError> {
        self.vault.finish_typing(id);
        self.vault.write(|tx| {
            let person = tx.person();
            let (key, document) = with_history(&tx.rows(), person, id)?;
            let past = docs::entry::read_past(&document, version).ok_or(NightstandError::NotFound)?;
            let key = if id.author == Author::Me {
                let mut mine = Mine::find_to_change(&tx.rows(), person, id)?;
                mine.ensure_working(tx)?;
                mine.working
            } else {
                key
            };
            let mut draft = tx.draft(key, Kind::JournalEntry)?;
            docs::entry::write(&mut draft, &past)?;
            draft.finish(tx)?;
            view(&tx.rows(), person, id)
        })
    }
}

/// The document that has an entry's history: of one's own the working copy, if there is one.
fn with_history(rows: &Rows<'_>, person: PersonId, id: &EntryId) -> Result<(DocumentKey, Automerge), NightstandError> {
    let key = match id.author {
        Author::Partner => return Err(NightstandError::NotYours),
        Author::Both => joint_key(rows, person, id)?,
        Author::Me => {
            let mine = Mine::find_to_change(rows, person, id)?;
            mine.shared.filter(|_| !mine.has_working).unwrap_or(mine.working)
        }
    };
    Ok((key, load(rows, &key)?))
}
