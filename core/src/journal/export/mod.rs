//! Taking entries out: for other apps, for a printed book, for good.
//!
//! | form | a file with | holds |
//! |---|---|---|
//! | [`Markdown`](ExportAs::Markdown) | `.zip`: one `.md` an entry, its circumstances at the top | everything, readable by anybody |
//! | [`Json`](ExportAs::Json) | `.json` | everything, exactly: texts with their styles as ranges |
//! | [`DayOne`](ExportAs::DayOne) | `.zip` with `Journal.json` | what Day One knows of: text with styles, time, zone, all-day, star, tags |
//!
//! **What is exported is not encrypted.** It lies where the app puts it, for whoever can read that place. Files inside a zip are
//! named by dates and numbers, not by titles.

mod day_one;
mod json;
mod markdown;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use chrono::{DateTime, FixedOffset, SecondsFormat};

use super::{EntryView, Journal, JournalRow, Moment, RowsQuery, Visibility};
use crate::error::NightstandError;
use crate::new_file::{new_file, written};
use crate::progress::ProgressReport;
use crate::store::Private;

/// Entries that are read between two looks at whether to go on.
const BATCH: u32 = 100;

/// The form of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportAs {
    /// A zip with one Markdown file an entry.
    Markdown,
    /// One JSON file.
    Json,
    /// A zip as Day One exports and imports it.
    DayOne,
}

/// What came of an export.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExportSummary {
    /// Entries in the file.
    pub entries: u64,
}

/// An entry on its way out.
struct Leaving<'a> {
    row: &'a JournalRow,
    view: &'a EntryView,
    /// What it is known by elsewhere: 32 hexadecimal digits, or the id that it was imported with.
    source_id: String,
}

/// Writes entries in one form.
trait Form {
    fn entry(&mut self, entry: &Leaving<'_>) -> io::Result<()>;
    fn finish(self: Box<Self>) -> io::Result<BufWriter<File>>;
}

impl Journal {
    /// Writes the entries that `query` lets through into a new file, the newest first; its place and limit do not matter.
    /// `progress` is called now and then and says whether to go on.
    ///
    /// Errors: `InvalidInput` (`FileExists`): nothing is overwritten. `NotFound`, `Io`, `DiskFull` if it can't be
    /// written; `Cancelled` if `progress` said so; `PrivateLocked` while Private is locked, unless the query asks for what is
    /// shared alone: a part is not to be taken for all. Then no file is left.
    pub fn export(
        &self,
        path: &Path,
        form: ExportAs,
        query: &RowsQuery,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<ExportSummary, NightstandError> {
        self.sees_all(query)?;
        new_file(path, |file| self.write_into(file, form, query, progress))
    }

    fn write_into(
        &self,
        file: File,
        form: ExportAs,
        query: &RowsQuery,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<ExportSummary, NightstandError> {
        let file = BufWriter::new(file);
        let mut form: Box<dyn Form> = match form {
            ExportAs::Markdown => Box::new(markdown::Markdown::begin(file)),
            ExportAs::Json => Box::new(json::Json::begin(file).map_err(written)?),
            ExportAs::DayOne => Box::new(day_one::DayOne::begin(file).map_err(written)?),
        };
        let total = self.count(query)?;
        let mut query = RowsQuery { after: None, limit: BATCH, ..query.clone() };
        let mut entries = 0;
        loop {
            let page = self.rows(&query)?;
            // Locked on the way, it sees no more than a part.
            self.sees_all(&query)?;
            for row in &page.rows {
                let view = match self.read(&row.id) {
                    // Deleted since the page was read.
                    Err(NightstandError::NotFound | NightstandError::Deleted) => continue,
                    view => view?,
                };
                let source_id = self.source_id(row)?;
                form.entry(&Leaving { row, view: &view, source_id }).map_err(written)?;
                entries += 1;
            }
            if !progress(ProgressReport { done: entries, total: total.max(entries) }) {
                return Err(NightstandError::Cancelled);
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let file = form.finish().and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
        file.and_then(|file| file.sync_all()).map_err(written)?;
        Ok(ExportSummary { entries })
    }

    fn sees_all(&self, query: &RowsQuery) -> Result<(), NightstandError> {
        let locked = self.vault.read(|rows, _| Ok(matches!(rows.private(), Private::Locked)))?;
        if locked && query.visibility != Some(Visibility::Shared) {
            Err(NightstandError::PrivateLocked)
        } else {
            Ok(())
        }
    }

    fn source_id(&self, row: &JournalRow) -> Result<String, NightstandError> {
        let id = row.id.id;
        let sql = "SELECT row.source FROM row JOIN document ON document.id = row.document
                   WHERE document.document = ?1 AND row.source IS NOT NULL";
        let source = self.vault.read(|rows, _| Ok(rows.one(sql, [id.as_bytes()], |row| Ok(row.get(0)?))?))?;
        Ok(source.unwrap_or_else(|| data_encoding::HEXUPPER.encode(id.as_bytes())))
    }
}

/// A time as it was there, with its offset; in UTC where that is not known.
fn local(moment: &Moment) -> Option<DateTime<FixedOffset>> {
    let zone = FixedOffset::east_opt(moment.offset_seconds.unwrap_or_default())?;
    Some(DateTime::from_timestamp_millis(moment.utc_ms)?.with_timezone(&zone))
}

/// A time in UTC, to the millisecond where it has some.
fn utc(moment: &Moment) -> String {
    let precision = if moment.utc_ms % 1000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
    let time = DateTime::from_timestamp_millis(moment.utc_ms);
    time.map(|time| time.to_rfc3339_opts(precision, true)).unwrap_or_default()
}

fn to_io(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        error => io::Error::other(error),
    }
}

fn json(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
