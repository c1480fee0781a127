//! Everything, exactly: `{"format":"nightstand journal","version":1,"entries":[…]}`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::{Form, Leaving, json, utc};
use crate::journal::rich_text::{Mark, Style};
use crate::journal::{Author, Prompt, Visibility};

pub(super) struct Json {
    out: BufWriter<File>,
    first: bool,
}

/// An entry as it stands in the file.
#[derive(Serialize)]
struct Exported<'a> {
    id: &'a str,
    author: &'static str,
    shared: bool,
    title: &'a str,
    text: &'a str,
    /// Ranges count UTF-16 units.
    styles: Vec<Styled<'a>>,
    time: String,
    offset_seconds: Option<i32>,
    zone: Option<&'a str>,
    all_day: bool,
    mood: Option<&'a str>,
    favourite: bool,
    tags: &'a BTreeSet<String>,
    /// What it answers: `question:` and a question's id, or `words:` and the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    /// The id of the care session that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    kept: bool,
}

#[derive(Serialize)]
struct Styled<'a> {
    start: u32,
    end: u32,
    #[serde(flatten)]
    style: Named<'a>,
}

#[derive(Serialize)]
#[serde(tag = "style", rename_all = "snake_case")]
enum Named<'a> {
    Bold,
    Italic,
    Link { url: &'a str },
    Heading { level: u8 },
    Bullet,
    Numbered,
    Quote,
}

impl Json {
    pub(super) fn begin(mut out: BufWriter<File>) -> io::Result<Self> {
        out.write_all(br#"{"format":"nightstand journal","version":1,"entries":["#)?;
        Ok(Self { out, first: true })
    }
}

impl Form for Json {
    fn entry(&mut self, entry: &Leaving<'_>) -> io::Result<()> {
        self.out.write_all(if std::mem::take(&mut self.first) { b"\n" } else { b",\n" })?;
        let draft = &entry.view.entry;
        json(
            &mut self.out,
            &Exported {
                id: &entry.source_id,
                author: match entry.view.id.author() {
                    Author::Me => "me",
                    Author::Partner => "partner",
                    Author::Both => "both",
                },
                shared: entry.view.visibility == Visibility::Shared,
                title: &draft.title,
                text: &draft.body.text,
                styles: draft.body.marks.iter().map(styled).collect(),
                time: utc(&draft.when),
                offset_seconds: draft.when.offset_seconds,
                zone: draft.when.zone.as_deref(),
                all_day: draft.all_day,
                mood: draft.mood.as_deref(),
                favourite: draft.favourite,
                tags: &draft.tags,
                prompt: draft.prompt.as_ref().map(Prompt::saved),
                session: draft.session.map(|session| session.to_string()),
                kept: entry.row.kept,
            },
        )
    }

    fn finish(mut self: Box<Self>) -> io::Result<BufWriter<File>> {
        self.out.write_all(b"\n]}\n")?;
        Ok(self.out)
    }
}

fn styled(mark: &Mark) -> Styled<'_> {
    let style = match &mark.style {
        Style::Bold => Named::Bold,
        Style::Italic => Named::Italic,
        Style::Link { url } => Named::Link { url },
        Style::Heading { level } => Named::Heading { level: *level },
        Style::Bullet => Named::Bullet,
        Style::Numbered => Named::Numbered,
        Style::Quote => Named::Quote,
    };
    Styled { start: mark.start, end: mark.end, style }
}
