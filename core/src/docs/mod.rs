//! The Automerge boundary: what the documents of each kind hold, read and written with types.
//!
//! Nothing outside this folder touches an Automerge document. Reading is tolerant: a document may have been written by a
//! newer version or by an app that is not ours, so what is missing or of another type reads as empty and stays untouched.
//! Writing changes only what differs.

mod body;
mod copy;
pub(crate) mod entry;
pub(crate) mod preference;
pub(crate) mod record;
mod rescue;
mod root;
mod session;
pub(crate) mod typing;

use automerge::Automerge;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;

use crate::error::NightstandError;
use crate::store::Rows;

pub(crate) use copy::copy_to_private;
pub(crate) use preference::DerivedPreference;
pub(crate) use record::DerivedRecord;
pub(crate) use rescue::{boundary_beyond, keep_late, kept_alone, kept_key, rescue, rescue_place, rescue_to_private};
pub(crate) use session::DerivedSession;

/// Loads a document that must be there.
pub(crate) fn load(rows: &Rows<'_>, key: &DocumentKey) -> Result<Automerge, NightstandError> {
    match rows.document(key)? {
        None => Err(NightstandError::NotFound),
        Some(DocumentRow::Buried) => Err(NightstandError::Deleted),
        Some(DocumentRow::Alive { stored, .. }) => {
            Ok(Document::load(&stored).map_err(|_| NightstandError::Damaged { salvage: None })?.into_automerge())
        }
    }
}

/// What lists, filters and search need to know of a document. It follows from the document alone, so it can be dropped and
/// made again at any time.
#[derive(Clone, PartialEq)]
pub(crate) enum Derived {
    /// Of a journal entry.
    Entry(Box<DerivedEntry>),
    /// Of an item of somebody's preferences.
    Preference(DerivedPreference),
    /// Of a record.
    Record(DerivedRecord),
    /// It is not what its kind says: listed nowhere.
    Nothing,
}

/// What lists, filters and search need to know of a journal entry.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct DerivedEntry {
    /// The title, cut to [`TITLE_CHARS`].
    pub(crate) title: String,
    /// The beginning of the text on one line, at most [`PREVIEW_CHARS`].
    pub(crate) preview: String,
    /// When it happened: milliseconds since 1970, UTC.
    pub(crate) when_ms: i64,
    /// What to add to UTC for the local time there, in seconds, if it was known.
    pub(crate) offset_seconds: Option<i32>,
    /// The zone's IANA name.
    pub(crate) zone: Option<String>,
    /// The entry is about a day, not about a moment.
    pub(crate) all_day: bool,
    pub(crate) mood: Option<String>,
    pub(crate) favourite: bool,
    /// In rising order.
    pub(crate) tags: Vec<String>,
    /// What is searched: title, text and tags, one a line.
    pub(crate) search: String,
    /// What it answers, as it is saved.
    pub(crate) prompt: Option<String>,
    /// The care session that it is about.
    pub(crate) session: Option<String>,
    /// Of a private working copy: its shared document in `Mine`.
    pub(crate) published: Option<DocumentId>,
    /// Where it was imported from: the source's own id.
    pub(crate) source: Option<String>,
    /// It was kept here when the other deleted what it stood in.
    pub(crate) kept: bool,
}

/// Most characters of a title in a list.
pub(crate) const TITLE_CHARS: usize = 200;
/// Most characters of a preview in a list.
pub(crate) const PREVIEW_CHARS: usize = 200;

/// What a document gives to lists and search.
pub(crate) fn derive(kind: Kind, key: &DocumentKey, document: &Automerge) -> Derived {
    match kind {
        Kind::JournalEntry => Derived::Entry(Box::new(entry::derive(document))),
        Kind::Preference => preference::derive(key, document).map_or(Derived::Nothing, Derived::Preference),
        Kind::Record => record::derive(key, document).map_or(Derived::Nothing, Derived::Record),
    }
}
