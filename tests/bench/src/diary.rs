//! The real diary: Samuel Pepys's, as a Day One export that stands beside the project.

use std::{fs::File, io::Read, path::PathBuf};

use chrono::DateTime;
use serde::Deserialize;
use zip::ZipArchive;

use crate::work::{self, Entry};

/// Its entries in the order of the file, or why they can't be had. They have no titles.
pub(crate) fn entries() -> Result<Vec<Entry>, String> {
    let path = path();
    read(&path).map_err(|error| format!("{}: {error}", path.display()))
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/pepys-dayone.zip")
}

fn read(path: &PathBuf) -> Result<Vec<Entry>, Box<dyn std::error::Error>> {
    let mut json = String::new();
    ZipArchive::new(File::open(path)?)?.by_name("Journal.json")?.read_to_string(&mut json)?;
    let journal: Journal = serde_json::from_str(&json)?;
    journal.entries.into_iter().map(entry).collect()
}

fn entry(from: DayOneEntry) -> Result<Entry, Box<dyn std::error::Error>> {
    let millis = |time: &str| DateTime::parse_from_rfc3339(time).map(|time| time.timestamp_millis());
    Ok(Entry {
        title: String::new(),
        body: from.text,
        tags: work::in_order(from.tags),
        created: millis(&from.creation_date)?,
        updated: millis(&from.modified_date)?,
    })
}

#[derive(Deserialize)]
struct Journal {
    entries: Vec<DayOneEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DayOneEntry {
    creation_date: String,
    modified_date: String,
    #[serde(default)]
    tags: Vec<String>,
    text: String,
}
