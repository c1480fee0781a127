//! A zip as Day One exports and imports it. A title becomes the heading that an import of ours takes it from.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Form, Leaving, json, to_io, utc};
use crate::journal::rich_text::{Mark, RichText, Style, units};

pub(super) struct DayOne {
    zip: ZipWriter<BufWriter<File>>,
    first: bool,
}

/// An entry under Day One's names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'a> {
    uuid: &'a str,
    creation_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
    is_all_day: bool,
    starred: bool,
    tags: &'a BTreeSet<String>,
    text: String,
}

impl DayOne {
    pub(super) fn begin(file: BufWriter<File>) -> io::Result<Self> {
        let mut zip = ZipWriter::new(file);
        zip.start_file("Journal.json", SimpleFileOptions::default()).map_err(to_io)?;
        zip.write_all(br#"{"metadata":{"version":"1.0"},"entries":["#)?;
        Ok(Self { zip, first: true })
    }
}

impl Form for DayOne {
    fn entry(&mut self, entry: &Leaving<'_>) -> io::Result<()> {
        self.zip.write_all(if std::mem::take(&mut self.first) { b"\n" } else { b",\n" })?;
        let draft = &entry.view.entry;
        let exported = Exported {
            uuid: &entry.source_id,
            creation_date: utc(&draft.when),
            time_zone: draft.when.zone.as_deref(),
            is_all_day: draft.all_day,
            starred: draft.favourite,
            tags: &draft.tags,
            text: text(&draft.title, &draft.body),
        };
        json(&mut self.zip, &exported)
    }

    fn finish(mut self: Box<Self>) -> io::Result<BufWriter<File>> {
        self.zip.write_all(b"\n]}\n")?;
        self.zip.finish().map_err(to_io)
    }
}

fn text(title: &str, body: &RichText) -> String {
    let body = body.to_markdown();
    if title.is_empty() {
        return body;
    }
    let heading = Mark { start: 0, end: units(title), style: Style::Heading { level: 1 } };
    let title = RichText { text: title.to_owned(), marks: vec![heading] }.to_markdown();
    format!("{}\n\n{body}", title.trim_end_matches('\n'))
}
