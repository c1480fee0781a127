//! Lines to paragraphs: which are headings, list items and quotes, and which blank lines count.

use super::super::rich_text::{Mark, RichText, Style};
use super::inline;

pub(super) fn read(markdown: &str) -> RichText {
    let mut rich = RichText::default();
    let paragraphs = paragraphs(markdown);
    let mut groups = paragraphs.chunk_by(Line::flows_into).peekable();
    let mut end = 0;
    while let Some(group) = groups.next() {
        let start = end;
        let source: Vec<_> = group.iter().map(|line| line.source).collect();
        end = inline::read(&source.join("\n"), start, &mut rich);
        let style = group[0].block.clone();
        // An empty item at the very end needs a line break to be an item of.
        if groups.peek().is_some() || style.is_some() && end == start {
            rich.text.push('\n');
            end += 1;
        }
        if let Some(style) = style {
            rich.marks.push(Mark { start, end, style });
        }
    }
    rich.settled()
}

/// One paragraph and the Markdown inside it.
struct Line<'a> {
    block: Option<Style>,
    source: &'a str,
}

impl Line<'_> {
    /// Whether emphasis that starts in one may end in the other.
    fn flows_into(&self, next: &Self) -> bool {
        let same = self.block == next.block && matches!(self.block, None | Some(Style::Quote));
        same && !self.source.is_empty() && !next.source.is_empty()
    }
}

fn paragraphs(markdown: &str) -> Vec<Line<'_>> {
    let mut found: Vec<Line<'_>> = Vec::new();
    let empty = || Line { block: None, source: "" };
    let (mut blanks, mut last_number) = (0, 0);
    for raw in lines(markdown) {
        if raw.trim_matches([' ', '\t']).is_empty() {
            blanks += 1;
            continue;
        }
        let before = found.last();
        let above = Above {
            is_text: blanks == 0 && before.is_some_and(|line| line.block.is_none() && !line.source.is_empty()),
            is_item: before.is_some_and(|line| matches!(line.block, Some(Style::Bullet | Style::Numbered))),
            number: if blanks <= 1 { last_number } else { 0 },
        };
        let (line, number) = line(raw, &above);
        let separates = before.is_some_and(|before| before.block.is_some() || line.block.is_some());
        found.extend((usize::from(separates)..blanks).map(|_| empty()));
        let line_is_bullet = line.block == Some(Style::Bullet);
        found.push(line);
        // A bullet may be inside a numbered item, so it doesn't end that list.
        last_number = if line_is_bullet { above.number } else { number };
        blanks = 0;
    }
    found.extend((0..blanks).map(|_| empty()));
    found
}

/// `str::lines`, but with the empty line after a final line break, and with a lone carriage return as one.
fn lines(markdown: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(markdown);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            return rest.take();
        };
        let after = &text[end..];
        rest = Some(after.strip_prefix("\r\n").unwrap_or(&after[1..]));
        Some(&text[..end])
    })
}

/// What a line's meaning depends on.
struct Above {
    /// Ordinary text stands right above.
    is_text: bool,
    /// The last line that wasn't blank is a list item.
    is_item: bool,
    /// How many items the numbered list has that this line may continue, 0 if there is none.
    number: u32,
}

/// Reads one line that isn't blank, and how many items a numbered list has with it (0 if it is no such item).
fn line<'a>(raw: &'a str, above: &Above) -> (Line<'a>, u32) {
    let trimmed = raw.trim_start_matches([' ', '\t']);
    let indent = &raw[..raw.len() - trimmed.len()];
    let (mut block, mut source, mut number) = (None, raw, 0);
    if is_rule(trimmed) || !above.is_item && (indent.len() > 3 || indent.contains('\t')) {
    } else if let Some((level, text)) = heading(trimmed) {
        (block, source) = (Some(Style::Heading { level }), text);
    } else if let Some(text) = trimmed.strip_prefix('>') {
        (block, source) = (Some(Style::Quote), text.strip_prefix(' ').unwrap_or(text));
    } else if let Some(text) = trimmed.strip_prefix(['-', '*', '+']).and_then(|text| item(text, above)) {
        (block, source) = (Some(Style::Bullet), text);
    } else if let Some((count, text)) = numbered(trimmed, above) {
        (block, source, number) = (Some(Style::Numbered), text, count);
    }
    // Two spaces at a line's end are a line break, which every line has.
    if source.ends_with("  ") || source == " " {
        source = source.trim_end_matches(' ');
    }
    (Line { block, source }, number)
}

/// `---`, `***`, `___`: a rule, which is kept as text, and no list item.
fn is_rule(line: &str) -> bool {
    let marks = || line.chars().filter(|c| !matches!(c, ' ' | '\t'));
    marks().count() >= 3 && ['-', '*', '_'].iter().any(|&mark| marks().all(|c| c == mark))
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let text = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - text.len()).ok().filter(|level| (1..=6).contains(level))?;
    let text = match text.trim_matches([' ', '\t']) {
        "" => "",
        _ => text.strip_prefix([' ', '\t'])?.trim_matches([' ', '\t']),
    };
    // "## Like this ##"
    let open = text.trim_end_matches('#');
    let closed = open.is_empty() || open.ends_with([' ', '\t']);
    Some((level, if closed { open.trim_end_matches([' ', '\t']) } else { text }))
}

/// What stands after a list marker. An empty item can't follow text: there, "-" is a dash.
fn item<'a>(after_marker: &'a str, above: &Above) -> Option<&'a str> {
    let text = after_marker.trim_start_matches([' ', '\t']);
    let is_item = if text.is_empty() { !above.is_text } else { text.len() < after_marker.len() };
    is_item.then_some(text)
}

/// "1." or "1)", or the next number of the list above. "2023. A good year" is text.
fn numbered<'a>(line: &'a str, above: &Above) -> Option<(u32, &'a str)> {
    let marker = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &line[..line.len() - marker.len()];
    let number: u32 = digits.parse().ok().filter(|_| digits.len() <= 9)?;
    let text = item(marker.strip_prefix(['.', ')'])?, above)?;
    let count = above.number + 1;
    (1..=count).contains(&number).then_some((count, text))
}
