//! Day One's own rich text, for the entries that some of its versions export without Markdown.
//!
//! A list of runs of text, each with its styles. Line styles stand at every run of the line.

use serde::Deserialize;

use super::super::rich_text::{Mark, RichText, Style, units};

/// Beyond this many bytes it is not read: as a structure it takes some ten times as much memory.
const MAX_BYTES: usize = 16 << 20;

/// The text without blank lines around it, and how many pictures and the like stood in it. `None` if it can't be read.
pub(super) fn read(json: &str) -> Option<(RichText, u32)> {
    if json.len() > MAX_BYTES {
        return None;
    }
    let document: Document = serde_json::from_str(json).ok()?;
    let (mut rich, mut at, mut embedded) = (RichText::default(), 0, 0_u32);
    for run in document.contents {
        embedded = embedded.saturating_add(u32::try_from(run.embedded_objects.len()).unwrap_or(u32::MAX));
        let (start, end) = (at, at + units(&run.text));
        rich.text.push_str(&run.text);
        at = end;
        rich.marks.extend(run.attributes.styles().map(|style| Mark { start, end, style }));
    }
    Some((RichText::from_markdown(rich.to_markdown().trim_matches('\n')), embedded))
}

#[derive(Deserialize)]
struct Document {
    contents: Vec<Run>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Run {
    text: String,
    attributes: Attributes,
    embedded_objects: Vec<serde::de::IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    bold: bool,
    italic: bool,
    #[serde(rename = "linkURL")]
    link: Option<String>,
    line: Line,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Line {
    header: u8,
    list_style: String,
    quote: bool,
}

impl Attributes {
    fn styles(self) -> impl Iterator<Item = Style> {
        let line = match (self.line.header, self.line.list_style.as_str(), self.line.quote) {
            (level @ 1..=6, _, _) => Some(Style::Heading { level }),
            (_, "numbered", _) => Some(Style::Numbered),
            (_, "", quote) => quote.then_some(Style::Quote),
            _ => Some(Style::Bullet),
        };
        let bold = self.bold.then_some(Style::Bold);
        let italic = self.italic.then_some(Style::Italic);
        [bold, italic, self.link.map(|url| Style::Link { url }), line].into_iter().flatten()
    }
}
