//! Lists: what a screen shows of many entries, without opening any.

use nightstand::journal as core;
use nightstand::journal::{Author, EntryId, RowCursor, RowsQuery, Visibility};

use super::entry::Moment;

/// Which entries to list, newest first.
#[uniffi::remote(Record)]
pub struct RowsQuery {
    /// Only by this author.
    #[uniffi(default)]
    pub author: Option<Author>,
    /// Only what these can read.
    #[uniffi(default)]
    pub visibility: Option<Visibility>,
    /// Go on behind this place; from the newest on if none.
    #[uniffi(default)]
    pub after: Option<RowCursor>,
    /// How many at the most, up to 1,000; 0 for as many.
    #[uniffi(default)]
    pub limit: u32,
}

/// A place in the list, to go on from. It stays good when entries come and go.
#[uniffi::remote(Record)]
pub struct RowCursor {
    /// The time of the last row, in milliseconds since 1970.
    pub when_ms: i64,
    /// Tells rows of one time apart, alike on both phones of a couple.
    pub order: String,
}

/// What a list shows of an entry.
#[derive(uniffi::Record)]
pub struct JournalRow {
    /// Which entry; the same for as long as it lives.
    pub id: EntryId,
    /// Who it is from.
    pub author: Author,
    /// Who can read it.
    pub visibility: Visibility,
    /// Its title, at most 200 characters.
    pub title: String,
    /// The beginning of its text on one line, at most 200 characters.
    pub preview: String,
    /// When what it tells of happened.
    pub moment: Moment,
    /// It is about a day, not about a moment.
    pub all_day: bool,
    /// A word for the mood.
    pub mood: Option<String>,
    /// Marked to be found again.
    pub favourite: bool,
    /// In rising order.
    pub tags: Vec<String>,
    /// It was kept here when the partner deleted the joint entry that it stood in.
    pub kept: bool,
}

/// A page of a list.
#[derive(uniffi::Record)]
pub struct RowsPage {
    /// The rows, newest first.
    pub rows: Vec<JournalRow>,
    /// What to hand in as `after` for the next page; none if this is the last.
    pub next: Option<RowCursor>,
}

impl From<core::JournalRow> for JournalRow {
    fn from(row: core::JournalRow) -> Self {
        let core::JournalRow { id, visibility, title, preview, when, all_day, mood, favourite, tags, kept } = row;
        let (author, moment) = (id.author(), when.into());
        Self { id, author, visibility, title, preview, moment, all_day, mood, favourite, tags, kept }
    }
}

impl From<core::RowsPage> for RowsPage {
    fn from(page: core::RowsPage) -> Self {
        Self { rows: page.rows.into_iter().map(JournalRow::from).collect(), next: page.next }
    }
}
