//! One Markdown file an entry, with what else is known of it in a block of YAML at the top.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use chrono::SecondsFormat;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Form, Leaving, local, to_io};
use crate::journal::{Author, Prompt, Visibility};

pub(super) struct Markdown {
    zip: ZipWriter<BufWriter<File>>,
    number: u64,
}

impl Markdown {
    pub(super) fn begin(file: BufWriter<File>) -> Self {
        Self { zip: ZipWriter::new(file), number: 0 }
    }
}

impl Form for Markdown {
    fn entry(&mut self, entry: &Leaving<'_>) -> io::Result<()> {
        self.number += 1;
        let time = local(&entry.view.entry.when);
        let day = time.map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default();
        let name = format!("{day}-{:05}.md", self.number);
        self.zip.start_file(name, SimpleFileOptions::default()).map_err(to_io)?;
        self.zip.write_all(file(entry).as_bytes())
    }

    fn finish(self: Box<Self>) -> io::Result<BufWriter<File>> {
        self.zip.finish().map_err(to_io)
    }
}

/// JSON strings are YAML strings too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn file(entry: &Leaving<'_>) -> String {
    let draft = &entry.view.entry;
    let time = local(&draft.when).map(|time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    let author = match entry.view.id.author() {
        Author::Me => "me",
        Author::Partner => "partner",
        Author::Both => "both",
    };
    let mut lines = vec![
        format!("title: {}", quoted(&draft.title)),
        format!("date: {}", time.unwrap_or_default()),
        format!("author: {author}"),
        format!("shared: {}", entry.view.visibility == Visibility::Shared),
    ];
    if let Some(zone) = &draft.when.zone {
        lines.push(format!("zone: {}", quoted(zone)));
    }
    if draft.all_day {
        lines.push("all_day: true".into());
    }
    if let Some(mood) = &draft.mood {
        lines.push(format!("mood: {}", quoted(mood)));
    }
    if draft.favourite {
        lines.push("favourite: true".into());
    }
    match &draft.prompt {
        Some(Prompt::Question(id)) => lines.push(format!("question: {}", quoted(id))),
        Some(Prompt::Words(words)) => lines.push(format!("prompt: {}", quoted(words))),
        None => {}
    }
    if let Some(session) = draft.session {
        lines.push(format!("session: {session}"));
    }
    if !draft.tags.is_empty() {
        let tags: Vec<_> = draft.tags.iter().map(|tag| quoted(tag)).collect();
        lines.push(format!("tags: [{}]", tags.join(", ")));
    }
    format!("---\n{}\n---\n\n{}\n", lines.join("\n"), draft.body.to_markdown().trim_end_matches('\n'))
}
