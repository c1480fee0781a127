//! One entry of an export, and how it becomes one of ours.

use std::fmt;

use chrono::DateTime;

use super::super::entry::MOST_BODY_UNITS;
use super::super::rich_text::{RichText, Style};
use super::raw::RawEntry;
use super::styled;

/// A journal entry from Day One, with what of it we can hold.
///
/// `Debug` prints no content.
#[derive(Clone, PartialEq, Eq)]
pub struct DayOneEntry {
    /// Day One's id of the entry (a UUID, usually 32 hexadecimal digits), by which a second import of it is recognised.
    /// Empty if the export names none.
    pub source_id: String,
    /// Its first line if that is a `# heading` without links, else empty: Day One has no titles.
    pub title: String,
    /// The text without the title, without references to attachments and without blank lines around it;
    /// [normalised](RichText::normalised).
    pub body: RichText,
    /// When it was written: milliseconds since 1970-01-01T00:00Z, negative before.
    pub created_ms: i64,
    /// When it was last changed, likewise; `None` if the export doesn't say.
    pub modified_ms: Option<i64>,
    /// The time zone it was written in, an IANA name such as `Europe/London`. As the export has it: it may be unknown
    /// to this phone.
    pub zone: Option<String>,
    /// Whether only the day counts, and not the time of day.
    pub all_day: bool,
    /// Whether it is a favourite.
    pub starred: bool,
    /// Its tags, trimmed, each once, in their order.
    pub tags: Vec<String>,
    /// How many photos, videos, recordings and documents it has. None of them is imported.
    pub photos_left: u32,
    /// The kinds of things it has that are not imported, sorted: `activity`, `audios`, `documents`, `location`, `music`,
    /// `photos`, `pin`, `styles` (the text can't be read with its styles), `videos`, `weather`, `zone` (not a name of a
    /// zone), `other`.
    pub left: Vec<&'static str>,
}

/// Longest text that is read at all, in bytes: what an entry may hold, with an escape before every letter.
const MOST_TEXT_BYTES: usize = 4 * MOST_BODY_UNITS;

/// Why one entry of a readable export can't be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayOneSkip {
    /// Something else stands where an entry should.
    #[error("not an entry")]
    NotAnEntry,
    /// It has no date, or one that can't be read.
    #[error("the entry's date can't be read")]
    NoDate,
    /// Its text is there but can't be read.
    #[error("the entry's text can't be read")]
    NoText,
    /// Its text is longer than an entry may be, in any reading.
    #[error("the entry's text is too long")]
    TooLong,
}

impl DayOneEntry {
    pub(super) fn from_raw(mut raw: RawEntry) -> Result<Self, DayOneSkip> {
        let created_ms = raw.created.as_deref().and_then(milliseconds).ok_or(DayOneSkip::NoDate)?;
        let whole = body(&mut raw)?;
        let (title, body) = split_title(whole);
        let zone = raw.zone.take().filter(|zone| !zone.is_empty());
        if zone.as_deref().is_some_and(|zone| !is_zone(zone)) {
            raw.leave("zone");
        }
        let mut tags: Vec<String> = Vec::new();
        for tag in raw.tags.iter().map(|tag| tag.trim()) {
            if !tag.is_empty() && !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        Ok(Self {
            source_id: raw.uuid.unwrap_or_default(),
            title,
            body,
            created_ms,
            modified_ms: raw.modified.as_deref().and_then(milliseconds),
            zone: zone.filter(|zone| is_zone(zone)),
            all_day: raw.all_day,
            starred: raw.starred,
            tags,
            photos_left: raw.attachments,
            left: raw.left,
        })
    }
}

impl fmt::Debug for DayOneEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DayOneEntry");
        shown
            .field("body", &self.body)
            .field("tags", &self.tags.len())
            .field("left", &self.left)
            .finish_non_exhaustive()
    }
}

fn milliseconds(date: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(date.trim()).ok().map(|date| date.timestamp_millis())
}

fn is_zone(zone: &str) -> bool {
    zone.len() <= 64 && zone.bytes().all(|byte| byte.is_ascii_graphic())
}

fn body(raw: &mut RawEntry) -> Result<RichText, DayOneSkip> {
    if raw.is_text_broken {
        return Err(DayOneSkip::NoText);
    }
    let longer = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.len() > most);
    if longer(&raw.text, MOST_TEXT_BYTES) || longer(&raw.styled, 4 * MOST_TEXT_BYTES) {
        return Err(DayOneSkip::TooLong);
    }
    let (rich, embedded) = match (raw.text.take(), raw.styled.take()) {
        (text, Some(json)) => match styled::read(&json) {
            Some(read) => read,
            // An empty text beside an unreadable one is not known to be empty.
            None if text.is_none() => return Err(DayOneSkip::NoText),
            None => {
                raw.leave("styles");
                (RichText::default(), 0)
            }
        },
        (text, None) => {
            let (markdown, embedded) = without_attachments(&text.unwrap_or_default());
            (RichText::from_markdown(markdown.trim_matches(['\r', '\n'])), embedded)
        }
    };
    if embedded > raw.attachments {
        raw.attachments = embedded;
        raw.leave("photos");
    }
    Ok(rich)
}

/// Removes `![](dayone-moment://…)`, and the lines and blank lines that only stood there for it; says how many there were.
fn without_attachments(markdown: &str) -> (String, u32) {
    let mut kept: Vec<String> = Vec::new();
    let mut removed = 0_u32;
    let mut closes_gap = false;
    for line in markdown.split('\n') {
        let (mut text, mut rest) = (String::new(), line);
        while let Some((start, end)) = attachment(rest) {
            text.push_str(&rest[..start]);
            rest = &rest[end..];
            removed = removed.saturating_add(1);
        }
        text.push_str(rest);
        let is_blank = text.trim().is_empty();
        if is_blank && rest.len() < line.len() {
            closes_gap = true;
        } else if !(is_blank && closes_gap && kept.last().is_none_or(|last| last.trim().is_empty())) {
            closes_gap = false;
            kept.push(text);
        }
    }
    (kept.join("\n"), removed)
}

/// Where in a line the first reference to an attachment is.
fn attachment(line: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let address = from + line[from..].find("](dayone-moment:")?;
        let end = address + line[address..].find(')')? + 1;
        if let Some(start) = line[from..address].rfind("![") {
            return Some((from + start, end));
        }
        from = end;
    }
}

/// Takes the first line off if it is a heading that can stand as a title without losing anything but its emphasis.
fn split_title(whole: RichText) -> (String, RichText) {
    let title = whole.paragraphs().next().filter(|first| first.block == Some(&Style::Heading { level: 1 }));
    let Some((title, cut)) = title.map(|first| (first.text.trim().to_owned(), first.end + 1)) else {
        return (String::new(), whole);
    };
    let has_link = whole.marks.iter().any(|mark| mark.start < cut && matches!(mark.style, Style::Link { .. }));
    if title.is_empty() || has_link {
        return (String::new(), whole);
    }
    let mut body = RichText::default();
    if let Some((_, text)) = whole.text.split_once('\n') {
        let rest = text.trim_start_matches('\n');
        // Only `'\n'` is taken off, one unit and one byte each.
        let cut = cut + u32::try_from(text.len() - rest.len()).unwrap_or_default();
        body.text = rest.to_owned();
        body.marks = whole.marks.into_iter().filter(|mark| mark.start >= cut).collect();
        for mark in &mut body.marks {
            mark.start -= cut;
            mark.end -= cut;
        }
    }
    (title, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> DayOneEntry {
        let created = Some("1970-01-01T00:00:00.5+00:00".to_owned());
        DayOneEntry::from_raw(RawEntry { created, text: Some(text.to_owned()), ..RawEntry::default() }).unwrap()
    }

    #[test]
    fn a_first_heading_becomes_the_title() {
        let read = |text| {
            let entry = entry(text);
            (entry.title, entry.body.to_markdown())
        };
        let pair = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(
            read("# A *slow* Sunday\n\n\nWe **stayed** in bed\\."),
            pair("A slow Sunday", "We **stayed** in bed.")
        );
        assert_eq!(read("\n# Only this\n"), pair("Only this", ""));
        assert_eq!(read("## Smaller\ntext"), pair("", "## Smaller\n\ntext"));
        assert_eq!(read("# See [this](https://a.b)"), pair("", "# See [this](https://a.b)"));
        assert_eq!(read("text\n# Later"), pair("", "text\n\n# Later"));
    }

    #[test]
    fn attachments_leave_no_gap() {
        let read = entry(
            "![](dayone-moment://A1)\n\n# Title\n\none\n\n![](dayone-moment:/video/B2)\n\ntwo ![x](dayone-moment://C3)three\n![](https://a.b/c.png)",
        );
        assert_eq!((read.title.as_str(), read.photos_left, read.left), ("Title", 3, vec!["photos"]));
        assert_eq!(read.body.text, "one\n\ntwo three\n![](https://a.b/c.png)");
    }

    #[test]
    fn an_entry_without_markdown_is_read_from_its_rich_text() {
        let json = r#"{"meta":{"version":1},"contents":[
            {"text":"Home\n","attributes":{"line":{"header":1,"identifier":"X"}}},
            {"embeddedObjects":[{"type":"photo","identifier":"A1"}]},
            {"text":"tea ","attributes":{"line":{"listStyle":"bulleted","indentLevel":1}}},
            {"text":"first\n","attributes":{"bold":true,"line":{"listStyle":"bulleted"}}},
            {"text":"then talk","attributes":{"linkURL":"https://a.b"}}]}"#;
        let raw = |styled: &str| RawEntry {
            created: Some("2024-01-01T00:00:00Z".into()),
            styled: Some(styled.into()),
            ..RawEntry::default()
        };
        let read = DayOneEntry::from_raw(raw(json)).unwrap();
        assert_eq!((read.title.as_str(), read.photos_left), ("Home", 1));
        assert_eq!(read.body.to_markdown(), "- tea **first**\n\n[then talk](https://a.b)");
        assert_eq!(DayOneEntry::from_raw(raw("{")).unwrap_err(), DayOneSkip::NoText);
    }
}
