//! Lists: what a screen shows of many entries, without opening any.

use nightstand::journal as core;
use nightstand::journal::{Author, DayOfYear, EntryId, Prompt, RowCursor, TagCount, TextRange, Visibility};
use nightstand::records::RecordId;

use super::entry::Moment;
use crate::time::Timestamp;

/// Which entries to list, newest first: those that fit all of it.
#[derive(uniffi::Record)]
pub struct RowsQuery {
    /// Only by this author.
    #[uniffi(default)]
    pub author: Option<Author>,
    /// Only what these can read.
    #[uniffi(default)]
    pub visibility: Option<Visibility>,
    /// Only with all of these tags.
    #[uniffi(default)]
    pub tags: Vec<String>,
    /// Only with this mood.
    #[uniffi(default)]
    pub mood: Option<String>,
    /// Only those marked to be found again.
    #[uniffi(default)]
    pub favourites: bool,
    /// Only those that answer this.
    #[uniffi(default)]
    pub prompt: Option<Prompt>,
    /// Only those about this care session.
    #[uniffi(default)]
    pub session: Option<RecordId>,
    /// Only from this time on.
    #[uniffi(default)]
    pub since: Option<Timestamp>,
    /// Only before this time.
    #[uniffi(default)]
    pub until: Option<Timestamp>,
    /// Only of this day of any year, as it was where the entry was written: "on this day".
    #[uniffi(default)]
    pub day: Option<DayOfYear>,
    /// Go on behind this place; from the newest on if none.
    #[uniffi(default)]
    pub after: Option<RowCursor>,
    /// How many at the most, up to 1,000 (200 in a search); 0 for as many.
    #[uniffi(default)]
    pub limit: u32,
}

/// A day without its year.
#[uniffi::remote(Record)]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A tag, and how many entries have it.
#[uniffi::remote(Record)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many entries have it.
    pub entries: u64,
}

/// An entry that was found.
#[derive(uniffi::Record)]
pub struct SearchHit {
    /// Which, as a list shows it.
    pub row: JournalRow,
    /// What of its title matches.
    pub title_matches: Vec<TextRange>,
    /// The part of its text where the first match stands, on one line, at most 160 characters and an ellipsis at each end;
    /// its beginning if no match is in the text.
    pub snippet: String,
    /// What of the snippet matches.
    pub snippet_matches: Vec<TextRange>,
}

/// A part of a text, in UTF-16 units.
#[uniffi::remote(Record)]
pub struct TextRange {
    /// Where it begins.
    pub start: u32,
    /// Where it ends: the unit behind it.
    pub end: u32,
}

/// A page of hits.
#[derive(uniffi::Record)]
pub struct SearchPage {
    /// The hits, the best first.
    pub hits: Vec<SearchHit>,
    /// How many to skip for the next page; none if this is the last.
    pub next: Option<u32>,
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

impl From<RowsQuery> for core::RowsQuery {
    fn from(query: RowsQuery) -> Self {
        let RowsQuery { author, visibility, tags, mood, favourites, prompt, session, since, until, day, after, limit } =
            query;
        let (from_ms, until_ms) = (since.map(|since| since.0), until.map(|until| until.0));
        Self { author, visibility, tags, mood, favourites, prompt, session, from_ms, until_ms, day, after, limit }
    }
}

impl From<core::SearchPage> for SearchPage {
    fn from(page: core::SearchPage) -> Self {
        Self { hits: page.hits.into_iter().map(SearchHit::from).collect(), next: page.next }
    }
}

impl From<core::SearchHit> for SearchHit {
    fn from(hit: core::SearchHit) -> Self {
        let core::SearchHit { row, title_matches, snippet, snippet_matches } = hit;
        Self { row: row.into(), title_matches, snippet, snippet_matches }
    }
}
