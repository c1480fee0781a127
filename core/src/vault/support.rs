//! What a person can hand to those who help them: versions, sizes, counts. No text, no name, no id, no path, no date.

use core::fmt;

use super::{Purpose, Vault};
use crate::error::NightstandError;
use crate::log::Value;
use crate::store::{Rows, StoreError};
use crate::version::{LIBRARY, PROTOCOL, SCHEMA};

/// A report for support. It says how much there is, also of private entries, and nothing of what they say: show it to the
/// person before it goes anywhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SupportReport {
    /// What was found, a name and a value each. Which there are may change with every version.
    pub lines: Vec<ReportLine>,
    /// The newest lines of the [log](crate::log), at most 64, each with the seconds since the vault was opened.
    pub log: Vec<String>,
}

/// A line of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportLine {
    /// What it is about, such as `entries_waiting`.
    pub name: String,
    /// A number or a word; `unreadable` where the file did not say.
    pub value: String,
}

/// The report as one text, a line each.
impl fmt::Display for SupportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|ReportLine { name, value }| writeln!(f, "{name}: {value}"))?;
        self.log.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What is counted in the file.
const COUNTS: [(&str, &str); 18] = [
    ("file_pages", "SELECT page_count FROM pragma_page_count"),
    ("file_pages_free", "SELECT freelist_count FROM pragma_freelist_count"),
    ("derived_version", "SELECT coalesce(max(value), 0) FROM meta WHERE name = 'derived_version'"),
    ("purge_due", "SELECT count(*) FROM meta WHERE name = 'purge'"),
    (
        "documents_private",
        "SELECT count(*) FROM document JOIN place ON place.id = document.place WHERE space = 0 AND buried = 0",
    ),
    (
        "documents_mine",
        "SELECT count(*) FROM document JOIN place ON place.id = document.place WHERE space = 1 AND buried = 0",
    ),
    (
        "documents_joint",
        "SELECT count(*) FROM document JOIN place ON place.id = document.place WHERE space = 2 AND buried = 0",
    ),
    ("documents_deleted", "SELECT count(*) FROM document WHERE buried = 1"),
    ("documents_not_begun", "SELECT count(*) FROM document WHERE kind = 0 AND buried = 0"),
    ("entries", "SELECT (SELECT count(*) FROM entry) + (SELECT coalesce(sum(count), 0) FROM segment)"),
    ("entries_in_segments", "SELECT coalesce(sum(count), 0) FROM segment"),
    ("private_under_second_key", "SELECT count(*) FROM meta WHERE name = 'private_lock'"),
    ("entries_waiting", "SELECT count(*) FROM entry WHERE state = 1"),
    ("entries_set_aside", "SELECT count(*) FROM entry WHERE state >= 10"),
    ("logs", "SELECT count(*) FROM log"),
    ("logs_frozen", "SELECT count(*) FROM log WHERE frozen = 1"),
    ("bonds_held", "SELECT count(*) FROM bond WHERE state = 1"),
    ("devices_of_partner", "SELECT count(*) FROM peer_device"),
];

impl Vault {
    /// What helps those who help: versions, sizes, counts, and the newest lines of the log. It reads every page of the file to
    /// count damaged ones: a second for a few hundred megabytes.
    ///
    /// Errors: `Paused`, `KeyNeeded`, `Closed`.
    pub fn support_report(&self) -> Result<SupportReport, NightstandError> {
        let mut lines: Vec<(&'static str, Value)> = vec![
            ("library", LIBRARY.into()),
            ("protocol", PROTOCOL.into()),
            ("schema", u64::from(SCHEMA).into()),
            ("system", std::env::consts::OS.into()),
            ("processor", std::env::consts::ARCH.into()),
            ("purpose", purpose(self.0.purpose).into()),
        ];
        self.read(|rows, _| {
            for (name, sql) in COUNTS {
                lines.push((name, counted(number(rows, sql))?));
            }
            let damaged = rows.all("PRAGMA cipher_integrity_check", [], |_| Ok(())).map(|pages| pages.len() as u64);
            lines.push(("file_pages_damaged", counted(damaged)?));
            Ok(())
        })?;
        let line = |(name, value): (&str, Value)| ReportLine { name: name.into(), value: value.to_string() };
        Ok(SupportReport { lines: lines.into_iter().map(line).collect(), log: self.0.log.kept() })
    }
}

fn number(rows: &Rows<'_>, sql: &str) -> Result<u64, StoreError> {
    Ok(rows.one(sql, [], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or_default().unsigned_abs())
}

/// A damaged file still says what it can.
fn counted(count: Result<u64, StoreError>) -> Result<Value, NightstandError> {
    match count {
        Ok(count) => Ok(count.into()),
        Err(StoreError::Cut) => Err(NightstandError::Paused),
        Err(_) => Ok("unreadable".into()),
    }
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Use => "use",
        Purpose::Background => "background",
        Purpose::Read => "read",
    }
}
