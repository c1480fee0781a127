//! Journals: entries that are private, shared by one of the two, or written by both.
//!
//! | an entry | lives in | who reads | who writes |
//! |---|---|---|---|
//! | private | a document in `Private` | I | I |
//! | shared by me | the same, as working copy, and a second document in `Mine` | I; my partner what was shared | I |
//! | shared by my partner | a document in their `Mine` | we both | my partner |
//! | joint | a document in `Joint` | we both | we both |
//!
//! Sharing publishes the text as it stands. What is edited afterwards stays in the working copy until it is shared again, so
//! drafts never travel. Lists show one entry, not its two documents.
//!
//! [`Journal`] is a small handle; get one from [`Vault::journal`](crate::vault::Vault::journal). Its calls touch the disk and
//! take from a fraction of a millisecond to a few; the binding runs them on the core's own threads.

mod bring_back;
pub mod day_one;
mod delete;
pub mod digest;
pub mod editor;
pub mod entry;
mod export;
mod history;
mod import;
pub mod live;
pub mod markdown;
mod months;
mod prompt;
pub mod questions;
mod read;
pub mod rich_text;
mod rows;
mod search;
mod share;
pub mod synonyms;
mod working_copy;
mod write;

use core::fmt;
use core::str::FromStr;

use nightstand_engine::ids::{DocumentId, DocumentKey};
use nightstand_engine::store::DocumentRow;

pub(crate) use bring_back::bring_back;
pub use editor::Editor;
pub use entry::{EntryDraft, EntryVersion, Moment};
pub use export::{ExportAs, ExportSummary};
pub use history::{MOST_VERSIONS, PastVersion};
pub use import::{ImportInto, ImportSummary};
pub use live::LiveRows;
pub use months::Month;
pub use prompt::{MOST_PROMPT_UNITS, Prompt};
pub use read::{EntryView, SharedText};
pub use rows::{DayOfYear, JournalRow, MOST_ROWS, RowCursor, RowsPage, RowsQuery, TagCount};
pub use search::{MOST_HITS, SearchHit, SearchPage, TextRange};

use crate::error::NightstandError;
use crate::names::names;
use crate::places::{held_bond, place, required_bond};
use crate::store::Rows;
use crate::vault::Vault;

/// Who an entry is from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Author {
    /// The person of this vault.
    Me,
    /// Their partner.
    Partner,
    /// Both, in one text.
    Both,
}

names!(Author { Self::Me = "me", Self::Partner = "partner", Self::Both = "both" });

/// Who can read an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// The person of this vault alone.
    OnlyMe,
    /// Both partners.
    Shared,
}

names!(Visibility { Self::OnlyMe = "only-me", Self::Shared = "shared" });

/// Where a new entry goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sharing {
    /// It stays mine.
    Private,
    /// My partner may read it.
    Shared,
    /// We both write it.
    Joint,
}

names!(Sharing { Self::Private = "private", Self::Shared = "shared", Self::Joint = "joint" });

/// An entry, as lists and calls name it. It stays the same for as long as the entry lives, on this phone; shared again or
/// not. As text it is a word and 32 hexadecimal digits, such as `mine-0f…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId {
    author: Author,
    id: DocumentId,
}

impl EntryId {
    pub(crate) fn new(author: Author, id: DocumentId) -> Self {
        Self { author, id }
    }

    /// Who it is from.
    pub fn author(&self) -> Author {
        self.author
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.author {
            Author::Me => "mine",
            Author::Partner => "theirs",
            Author::Both => "joint",
        };
        write!(f, "{word}-{}", data_encoding::HEXLOWER.encode(self.id.as_bytes()))
    }
}

impl fmt::Debug for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntryId({:?}, {:?})", self.author, self.id)
    }
}

impl FromStr for EntryId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let parse = || {
            let (word, hex) = text.split_once('-')?;
            let author = match word {
                "mine" => Author::Me,
                "theirs" => Author::Partner,
                "joint" => Author::Both,
                _ => return None,
            };
            let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?;
            Some(Self { author, id: DocumentId::from_slice(&bytes)? })
        };
        parse().ok_or(NightstandError::NotFound)
    }
}

/// The journal of a vault.
#[derive(Clone)]
pub struct Journal {
    vault: Vault,
}

impl Journal {
    pub(crate) fn new(vault: Vault) -> Self {
        Self { vault }
    }
}

impl Vault {
    /// The journal.
    pub fn journal(&self) -> Journal {
        Journal::new(self.clone())
    }
}

/// The documents behind an id of this vault's person: the working copy and the shared one, as far as they live.
struct Mine {
    working: DocumentKey,
    has_working: bool,
    shared: Option<DocumentKey>,
}

/// Is this document there and alive?
fn alive(rows: &Rows<'_>, key: &DocumentKey) -> Result<bool, NightstandError> {
    Ok(matches!(rows.document(key)?, Some(DocumentRow::Alive { .. })))
}
