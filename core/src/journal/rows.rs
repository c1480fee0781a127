//! Lists: what a screen shows of many entries, without opening any.

use nightstand_engine::ids::{DocumentId, PersonId, Space};
use rusqlite::types::Value;
use rusqlite::{Row, ToSql};

use super::{Author, EntryId, Journal, Moment, Prompt, Visibility};
use crate::error::{InvalidInput, NightstandError};
use crate::records::RecordId;
use crate::store::{Rows, StoreError};

/// Most rows of one page.
pub const MOST_ROWS: u32 = 1_000;

/// Which entries to list, newest first.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RowsQuery {
    /// Only by this author.
    pub author: Option<Author>,
    /// Only what these can read.
    pub visibility: Option<Visibility>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only with this mood.
    pub mood: Option<String>,
    /// Only those marked to be found again.
    pub favourites: bool,
    /// Only those that answer this.
    pub prompt: Option<Prompt>,
    /// Only those about this care session.
    pub session: Option<RecordId>,
    /// Only from this time on, in milliseconds since 1970.
    pub from_ms: Option<i64>,
    /// Only before this time, in milliseconds since 1970.
    pub until_ms: Option<i64>,
    /// Only of this day of any year, as it was where the entry was written: "on this day".
    pub day: Option<DayOfYear>,
    /// Go on behind this place; from the newest on if none.
    pub after: Option<RowCursor>,
    /// How many at the most, up to [`MOST_ROWS`]; 0 for as many.
    pub limit: u32,
}

/// Shows that there is one: tags and moods are people's words.
impl core::fmt::Debug for RowsQuery {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RowsQuery({:?}, {:?}, {} tags)", self.author, self.visibility, self.tags.len())
    }
}

/// A day without its year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DayOfYear {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A place in the list, to go on from. It stays good when entries come and go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowCursor {
    /// The time of the last row, in milliseconds since 1970.
    pub when_ms: i64,
    /// Tells rows of one time apart, alike on both phones of a couple.
    pub order: String,
}

/// What a list shows of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Which entry; the same for as long as it lives.
    pub id: EntryId,
    /// Who can read it.
    pub visibility: Visibility,
    /// Its title, at most 200 characters.
    pub title: String,
    /// The beginning of its text on one line, at most 200 characters.
    pub preview: String,
    /// When what it tells of happened.
    pub when: Moment,
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

impl core::fmt::Debug for JournalRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "JournalRow({:?}, {:?})", self.id, self.visibility)
    }
}

/// A page of a list.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowsPage {
    /// The rows, newest first.
    pub rows: Vec<JournalRow>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<RowCursor>,
}

/// What is listed: every living entry but the shared documents that a working copy stands for; of those, what the query's
/// filters let through. See [`filters`] for the names.
pub(super) const LISTED: &str = "row.kind = 1
    AND NOT (place.space = 1 AND place.owner = :me
             AND EXISTS (SELECT 1 FROM row AS working WHERE working.published = document.document))
    AND (:author IS NULL OR :author = iif(place.space = 2, 2, iif(place.owner = :me, 0, 1)))
    AND (:shared IS NULL OR :shared = (place.space > 0 OR row.published IS NOT NULL))
    AND (:mood IS NULL OR row.mood = :mood)
    AND (NOT :favourites OR row.favourite)
    AND (:prompt IS NULL OR row.prompt = :prompt)
    AND (:session IS NULL OR row.session = :session)
    AND (:from IS NULL OR row.when_ms >= :from)
    AND (:until IS NULL OR row.when_ms < :until)
    AND (:day IS NULL
         OR strftime('%m-%d', row.when_ms / 1000.0 + coalesce(row.offset_seconds, 0), 'unixepoch') = :day)
    AND (:tags IS NULL OR NOT EXISTS (
        SELECT 1 FROM json_each(:tags) AS wanted
        WHERE wanted.value NOT IN (SELECT tag FROM row_tag WHERE row_tag.document = row.document)))";

/// What a row reads; [`read_row`] takes it.
pub(super) const COLUMNS: &str =
    "document.document, place.space, place.owner = :me, row.published IS NOT NULL, row.title,
    row.preview, row.when_ms, row.offset_seconds, row.zone, row.all_day, row.mood, row.favourite, row.kept,
    hex(coalesce(row.published, document.document)),
    (SELECT group_concat(tag, char(31) ORDER BY tag) FROM row_tag WHERE row_tag.document = row.document)";

/// Where a row's parts stand.
pub(super) const PLACES: &str = "JOIN document ON document.id = row.document JOIN place ON place.id = row.place";

/// What rows of one time are ordered by: the id that both phones know, so that both lists read the same.
pub(super) const ORDER: &str = "hex(coalesce(row.published, document.document))";

/// Stands before every [`ORDER`] in a falling list.
const BEFORE_ALL: &str = "~";

impl Journal {
    /// A page of entries, newest first.
    pub fn rows(&self, query: &RowsQuery) -> Result<RowsPage, NightstandError> {
        let (rows, next) = self.vault.read(|rows, person| page(rows, &person, query))?;
        Ok(RowsPage { rows: rows.into_iter().map(|(row, _)| row).collect(), next })
    }

    /// How many entries the query's filters let through. Its place and limit do not matter.
    pub fn count(&self, query: &RowsQuery) -> Result<u64, NightstandError> {
        let sql = format!("SELECT count(*) FROM row {PLACES} WHERE {LISTED}");
        self.vault.read(|rows, person| {
            let filters = filters(query, &person)?;
            let count = rows.one(&sql, bound(&filters).as_slice(), |row| Ok(row.get::<_, i64>(0)?))?;
            Ok(count.unwrap_or_default().unsigned_abs())
        })
    }

    /// Every tag, and how many entries have it; the most used first.
    pub fn tags(&self) -> Result<Vec<TagCount>, NightstandError> {
        let sql = format!(
            "SELECT row_tag.tag, count(*) AS entries FROM row_tag JOIN row ON row.document = row_tag.document {PLACES}
             WHERE {LISTED} GROUP BY row_tag.tag ORDER BY entries DESC, row_tag.tag"
        );
        self.vault.read(|rows, person| {
            let filters = filters(&RowsQuery::default(), &person)?;
            let read = |row: &Row<'_>| Ok(TagCount { tag: row.get(0)?, entries: row.get::<_, i64>(1)?.unsigned_abs() });
            Ok(rows.all(&sql, bound(&filters).as_slice(), read)?)
        })
    }
}

/// A tag, and how many entries have it.
#[derive(Clone, PartialEq, Eq)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// How many entries have it.
    pub entries: u64,
}

impl core::fmt::Debug for TagCount {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TagCount({})", self.entries)
    }
}

/// The rows of a page, each with its place, and where the next page begins.
pub(super) type Page = (Vec<(JournalRow, RowCursor)>, Option<RowCursor>);

pub(super) fn page(rows: &Rows<'_>, me: &PersonId, query: &RowsQuery) -> Result<Page, NightstandError> {
    let limit = if query.limit == 0 { MOST_ROWS } else { query.limit.min(MOST_ROWS) };
    let (when, order) = query.after.as_ref().map_or((i64::MAX, BEFORE_ALL), |cursor| (cursor.when_ms, &cursor.order));
    let sql = format!(
        "SELECT {COLUMNS} FROM row {PLACES}
         WHERE {LISTED} AND row.when_ms <= :when AND (row.when_ms < :when OR {ORDER} < :order)
         ORDER BY row.when_ms DESC, {ORDER} DESC LIMIT :limit"
    );
    let mut filters = filters(query, me)?;
    filters.extend([
        (":when", Value::from(when)),
        (":order", Value::from(order.to_owned())),
        (":limit", Value::from(i64::from(limit) + 1)),
    ]);
    let mut found = rows.all(&sql, bound(&filters).as_slice(), read_row)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = found.last().filter(|_| more).map(|(_, cursor)| cursor.clone());
    Ok((found, next))
}

/// What the names in [`LISTED`] stand for.
pub(super) fn filters(query: &RowsQuery, me: &PersonId) -> Result<Vec<(&'static str, Value)>, NightstandError> {
    let author = query.author.map(|author| match author {
        Author::Me => 0_i64,
        Author::Partner => 1,
        Author::Both => 2,
    });
    let day = match query.day {
        Some(DayOfYear { month: 1..=12, day: 1..=31 }) | None => {
            query.day.map(|DayOfYear { month, day }| format!("{month:02}-{day:02}"))
        }
        Some(_) => return Err(InvalidInput::Date.into()),
    };
    let tags = (!query.tags.is_empty()).then(|| serde_json::json!(query.tags).to_string());
    Ok(vec![
        (":me", Value::from(me.as_bytes().to_vec())),
        (":author", Value::from(author)),
        (":shared", Value::from(query.visibility.map(|visibility| visibility == Visibility::Shared))),
        (":mood", Value::from(query.mood.clone())),
        (":favourites", Value::from(query.favourites)),
        (":prompt", Value::from(query.prompt.as_ref().map(Prompt::saved))),
        (":session", Value::from(query.session.map(|session| session.to_string()))),
        (":from", Value::from(query.from_ms)),
        (":until", Value::from(query.until_ms)),
        (":day", Value::from(day)),
        (":tags", Value::from(tags)),
    ])
}

/// The same, as a statement takes it.
pub(super) fn bound<'a>(values: &'a [(&'static str, Value)]) -> Vec<(&'static str, &'a dyn ToSql)> {
    values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect()
}

/// Reads [`COLUMNS`].
pub(super) fn read_row(row: &Row<'_>) -> Result<(JournalRow, RowCursor), StoreError> {
    let id = DocumentId::from_bytes(row.get(0)?);
    let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
    let author = match (space, row.get::<_, bool>(2)?) {
        (Space::Joint, _) => Author::Both,
        (_, true) => Author::Me,
        (_, false) => Author::Partner,
    };
    let shared = space != Space::Private || row.get::<_, bool>(3)?;
    let cursor = RowCursor { when_ms: row.get(6)?, order: row.get(13)? };
    let tags: Option<String> = row.get(14)?;
    let found = JournalRow {
        id: EntryId::new(author, id),
        visibility: if shared { Visibility::Shared } else { Visibility::OnlyMe },
        title: row.get(4)?,
        preview: row.get(5)?,
        when: Moment { utc_ms: cursor.when_ms, offset_seconds: row.get(7)?, zone: row.get(8)? },
        all_day: row.get(9)?,
        mood: row.get(10)?,
        favourite: row.get(11)?,
        kept: row.get(12)?,
        tags: tags.map(|tags| tags.split('\u{1f}').map(str::to_owned).collect()).unwrap_or_default(),
    };
    Ok((found, cursor))
}
