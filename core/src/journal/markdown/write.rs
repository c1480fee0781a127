//! Paragraphs to lines, so that this reader and others find the same in them.

use super::super::rich_text::{Paragraph, RichText, Style};
use super::address::entity;
use super::emphasis::flanks;

/// Writes a text that is in its fixed form.
pub(super) fn write(rich: &RichText) -> String {
    let mut out = String::with_capacity(rich.text.len() + rich.text.len() / 8);
    let mut before: Option<Paragraph<'_>> = None;
    let (mut blanks, mut number) = (0, 0);
    let mut marks = rich.marks.iter().filter(|mark| !mark.style.is_block()).peekable();
    for paragraph in rich.paragraphs() {
        if paragraph.text.is_empty() && paragraph.block.is_none() {
            blanks += 1;
            continue;
        }
        number = if blanks == 0 && before.is_some_and(|before| before.block == Some(&Style::Numbered)) {
            number + 1
        } else {
            1
        };
        match before {
            None => out.extend((0..blanks).map(|_| '\n')),
            Some(before) => separate(&mut out, &before, &paragraph, blanks),
        }
        match paragraph.block {
            Some(Style::Heading { level }) => out.extend((0..*level).map(|_| '#')),
            Some(Style::Bullet) => out.push('-'),
            Some(Style::Numbered) => out.push_str(&format!("{number}.")),
            Some(Style::Quote) => out.push('>'),
            _ => {}
        }
        if paragraph.block.is_some() && !paragraph.text.is_empty() {
            out.push(' ');
        }
        let mut line = Line::of(&paragraph);
        while let Some(mark) = marks.next_if(|mark| mark.start < paragraph.end) {
            line.set(mark.start, mark.end, &mark.style);
        }
        line.write(&mut out);
        before = Some(paragraph);
        blanks = 0;
    }
    let blanks = if before.is_none() { blanks - 1 } else { blanks };
    out.extend((0..blanks).map(|_| '\n'));
    out
}

fn separate(out: &mut String, before: &Paragraph<'_>, after: &Paragraph<'_>, blanks: usize) {
    let same = before.block == after.block;
    let flows = same && matches!(after.block, None | Some(Style::Quote));
    let is_list = same && matches!(after.block, Some(Style::Bullet | Style::Numbered));
    if blanks == 0 && flows && !before.text.is_empty() && !after.text.is_empty() {
        out.push_str("  ");
    }
    let separator = (before.block.is_some() || after.block.is_some()) && !(blanks == 0 && (flows || is_list));
    out.extend((0..1 + blanks + usize::from(separator)).map(|_| '\n'));
}

/// One character and its inline styles.
struct Char<'a> {
    c: char,
    at: u32,
    bold: bool,
    italic: bool,
    link: Option<&'a str>,
}

/// Something of the output. Styles nest in one order, link around bold around italic, and are reopened where they cross.
enum Piece<'a> {
    Text(String),
    Open(Kind),
    Close(Kind),
    OpenLink,
    CloseLink(&'a str),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bold,
    Italic,
}

impl Piece<'_> {
    fn first(&self) -> Option<char> {
        match self {
            Self::Text(text) => text.chars().next(),
            Self::Open(_) | Self::Close(_) => Some('*'),
            Self::OpenLink => Some('['),
            Self::CloseLink(_) => Some(']'),
        }
    }

    fn last(&self) -> Option<char> {
        match self {
            Self::Text(text) => text.chars().next_back(),
            Self::CloseLink(_) => Some(')'),
            _ => self.first(),
        }
    }
}

/// The characters of one paragraph.
struct Line<'a> {
    chars: Vec<Char<'a>>,
    /// The character that would be read as markup at this place.
    escaped: Option<usize>,
}

impl<'a> Line<'a> {
    fn of(paragraph: &Paragraph<'_>) -> Self {
        let mut at = paragraph.start;
        let place = |c: char| {
            let start = at;
            at += if c.len_utf16() == 2 { 2 } else { 1 };
            Char { c, at: start, bold: false, italic: false, link: None }
        };
        let escaped = match paragraph.block {
            Some(Style::Heading { .. }) => paragraph.text.ends_with('#').then(|| paragraph.text.chars().count() - 1),
            _ => marker(paragraph.text),
        };
        Self { chars: paragraph.text.chars().map(place).collect(), escaped }
    }

    fn set(&mut self, start: u32, end: u32, style: &'a Style) {
        let first = self.chars.partition_point(|c| c.at < start);
        for c in self.chars[first..].iter_mut().take_while(|c| c.at < end) {
            match style {
                Style::Bold => c.bold = true,
                Style::Italic => c.italic = true,
                Style::Link { url } => c.link = Some(url),
                _ => {}
            }
        }
    }

    fn write(&self, out: &mut String) {
        let pieces = self.pieces();
        // Which opening piece is written as a tag, remembered for the closing one.
        let mut as_tag = [false; 2];
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::OpenLink => out.push('['),
                Piece::CloseLink(url) => push_address(out, url),
                Piece::Open(kind) => {
                    as_tag[*kind as usize] = !is_read_back(&pieces, at, *kind);
                    out.push_str(match (kind, as_tag[*kind as usize]) {
                        (Kind::Bold, false) => "**",
                        (Kind::Bold, true) => "<b>",
                        (Kind::Italic, false) => "_",
                        (Kind::Italic, true) => "<i>",
                    });
                }
                Piece::Close(kind) => out.push_str(match (kind, as_tag[*kind as usize]) {
                    (Kind::Bold, false) => "**",
                    (Kind::Bold, true) => "</b>",
                    (Kind::Italic, false) => "_",
                    (Kind::Italic, true) => "</i>",
                }),
            }
        }
    }

    fn pieces(&self) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let (mut link, mut bold, mut italic) = (None, false, false);
        let end = Char { c: ' ', at: u32::MAX, bold: false, italic: false, link: None };
        for (at, c) in self.chars.iter().chain([&end]).enumerate() {
            let new_link = c.link != link;
            let new_bold = new_link || c.bold != bold;
            let new_italic = new_bold || c.italic != italic;
            if new_italic && italic {
                pieces.push(Piece::Close(Kind::Italic));
            }
            if new_bold && bold {
                pieces.push(Piece::Close(Kind::Bold));
            }
            if let Some(url) = link.filter(|_| new_link) {
                pieces.push(Piece::CloseLink(url));
            }
            if new_link && c.link.is_some() {
                pieces.push(Piece::OpenLink);
            }
            if new_bold && c.bold {
                pieces.push(Piece::Open(Kind::Bold));
            }
            if new_italic && c.italic {
                pieces.push(Piece::Open(Kind::Italic));
            }
            (link, bold, italic) = (c.link, c.bold, c.italic);
            if at < self.chars.len() {
                match pieces.last_mut() {
                    Some(Piece::Text(text)) => self.push_char(at, text),
                    _ => {
                        let mut text = String::new();
                        self.push_char(at, &mut text);
                        pieces.push(Piece::Text(text));
                    }
                }
            }
        }
        pieces
    }

    fn push_char(&self, at: usize, out: &mut String) {
        let Char { c, link, .. } = self.chars[at];
        let next = self.chars.get(at + 1);
        let is_edge = at == 0 || next.is_none();
        let is_markup = match c {
            '\\' | '*' | '_' | '`' | '[' => true,
            ']' => link.is_some(),
            '<' => next.is_some_and(|next| next.c.is_ascii_alphabetic() || "/!?".contains(next.c)),
            '!' => next.is_some_and(|next| next.link.is_some() && next.link != link),
            '&' => looks_like_entity(self.chars[at + 1..].iter().map(|next| next.c)),
            _ => false,
        };
        match c {
            ' ' if is_edge => out.push_str("&#32;"),
            '\t' if is_edge => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            _ => {
                if is_markup || self.escaped == Some(at) {
                    out.push('\\');
                }
                out.push(c);
            }
        }
    }
}

/// Whether `**` or `_` at this place and at its end would be read as what they mean.
fn is_read_back(pieces: &[Piece<'_>], open: usize, kind: Kind) -> bool {
    let run = if kind == Kind::Bold { '*' } else { '_' };
    let around = |at: usize| {
        let before = at.checked_sub(1).and_then(|at| pieces[at].last());
        flanks(run, before, pieces.get(at + 1).and_then(Piece::first))
    };
    let close = pieces[open..].iter().position(|piece| matches!(piece, Piece::Close(found) if *found == kind));
    around(open).0 && close.is_some_and(|len| around(open + len).1)
}

/// The character to escape in a line that would otherwise be read as a heading, item, quote, rule or fence.
fn marker(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_gap = |at: usize| bytes.get(at).is_none_or(|byte| matches!(byte, b' ' | b'\t'));
    let run = |is: fn(&u8) -> bool| bytes.iter().take_while(|byte| is(byte)).count();
    let is_marker = match bytes.first()? {
        b'#' => is_gap(run(|&byte| byte == b'#')),
        b'>' => true,
        b'-' => is_gap(1) || bytes[1] == b'-',
        b'+' => is_gap(1),
        b'=' => text.trim_end().bytes().all(|byte| byte == b'='),
        b'~' => text.starts_with("~~~"),
        b'0'..=b'9' => {
            let digits = run(u8::is_ascii_digit);
            let is_item = matches!(bytes.get(digits), Some(b'.' | b')')) && is_gap(digits + 1);
            return is_item.then_some(digits);
        }
        _ => false,
    };
    is_marker.then_some(0)
}

fn looks_like_entity(mut after: impl Iterator<Item = char>) -> bool {
    after.by_ref().take(32).find(|c| !c.is_ascii_alphanumeric() && *c != '#') == Some(';')
}

fn push_address(out: &mut String, url: &str) {
    let angled = url.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<'));
    out.push_str(if angled { "](<" } else { "](" });
    for (at, c) in url.char_indices() {
        if matches!(c, '<' | '>' | '\\') || c == '&' && entity_at(&url[at..]) {
            out.push('\\');
        }
        out.push(c);
    }
    out.push_str(if angled { ">)" } else { ")" });
}

fn entity_at(url: &str) -> bool {
    entity(url).is_some() || looks_like_entity(url[1..].chars())
}
