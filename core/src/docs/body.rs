//! Rich text inside a document: one text object, with marks for the styles.
//!
//! | style | mark name | value |
//! |---|---|---|
//! | bold, italic | `bold`, `italic` | true |
//! | link | `link` | the address |
//! | heading, list, quote | `block` | `h1` … `h6`, `bullet`, `number`, `quote` |
//!
//! A block style is marked on its whole paragraph with the line feed that ends it, and read from that line feed: typing in
//! the middle, splitting a paragraph and joining two keep one answer on both phones. The last paragraph has no line feed;
//! there any marked letter counts.

use std::collections::BTreeMap;

use automerge::marks::{ExpandMark, Mark as AmMark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ObjId, ReadDoc, ScalarValue, Value};
use nightstand_engine::author::{AuthorError, Draft};

use crate::journal::rich_text::{Mark, RichText, Style};

/// UTF-16 units of text in one change. A change of this much is within what every peer takes.
pub(crate) const PIECE: usize = 8 * 1024;

/// Bytes of text that go with the other parts of a new entry in one change.
pub(super) const ONE_CHANGE: usize = 24 * 1024;

const BLOCK: &str = "block";

/// A text and its marks as a document has them, without a fixed form.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct FieldText {
    pub(crate) text: String,
    pub(crate) marks: Vec<Mark>,
}

/// Reads a text object.
pub(super) fn read(document: &impl ReadDoc, object: &ObjId) -> RichText {
    read_raw(document, object).resolved()
}

/// The same as it stands in the document.
pub(super) fn read_raw(document: &impl ReadDoc, object: &ObjId) -> FieldText {
    let text = document.text(object).unwrap_or_default();
    let length = text.encode_utf16().count();
    let mark = |mark: AmMark| {
        let (start, end) = (mark.start.min(length) as u32, mark.end.min(length) as u32);
        let style = style(&mark.name, &mark.value)?;
        (start < end).then_some(Mark { start, end, style })
    };
    let marks = document.marks(object).unwrap_or_default().into_iter().filter_map(mark).collect();
    FieldText { text, marks }
}

impl FieldText {
    /// Its fixed form. The marks lie inside the text.
    pub(crate) fn resolved(self) -> RichText {
        let plain = RichText::plain(self.text);
        let length = plain.utf16_len() as usize;
        let mut marks = Vec::new();
        let mut blocks = vec![None; length];
        for Mark { start, end, style } in self.marks {
            if style.is_block() {
                let covered = (start as usize).min(length)..(end as usize).min(length);
                blocks[covered].iter_mut().for_each(|block| *block = Some(style.clone()));
            } else {
                marks.push(Mark { start, end, style });
            }
        }
        for paragraph in plain.paragraphs() {
            let (start, end) = (paragraph.start as usize, paragraph.end as usize);
            // The line feed, where there is one, stands at `end`.
            let style = match blocks.get(end) {
                Some(block) => block.clone(),
                None => blocks[start..end].iter().flatten().next().cloned(),
            };
            let end = (end + 1).min(length) as u32;
            if let Some(style) = style.filter(|_| paragraph.start < end) {
                marks.push(Mark { start: paragraph.start, end, style });
            }
        }
        RichText { text: plain.text, marks }.settled()
    }
}

/// Does this fit into one change together with an entry's other parts?
pub(super) fn fits_one_change(current: &RichText, wanted: &RichText) -> bool {
    current.text == wanted.text || current.text.len() + wanted.text.len() <= ONE_CHANGE
}

/// Makes a text object read as `wanted`, within one change.
pub(super) fn write(edit: &mut Transaction<'_>, object: &ObjId, wanted: &RichText) -> Result<(), AutomergeError> {
    let current = edit.text(object)?;
    if current.is_empty() {
        edit.splice_text(object, 0, 0, &wanted.text)?;
    } else if current != wanted.text {
        edit.update_text(object, &wanted.text)?;
    }
    write_marks(edit, object, wanted)
}

/// Makes a text object hold the letters of `wanted`, in as many changes as the limits ask: what is between the common
/// beginning and end goes and comes in pieces.
pub(super) fn write_long<E>(draft: &mut Draft, object: &ObjId, wanted: &str) -> Result<(), AuthorError<E>> {
    let current: Vec<u16> = draft.document().text(object)?.encode_utf16().collect();
    let wanted: Vec<u16> = wanted.encode_utf16().collect();
    let mut start = current.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
    if start > 0 && is_high_surrogate(current[start - 1]) {
        start -= 1;
    }
    let most = (current.len() - start).min(wanted.len() - start);
    let mut tail = current.iter().rev().zip(wanted.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    if tail > 0 && is_low_surrogate(current[current.len() - tail]) {
        tail -= 1;
    }
    let mut gone = current.len() - start - tail;
    while gone > 0 {
        let piece = gone.min(PIECE);
        // What goes is cut from its end, so that no piece ends inside a character that stays for the next.
        let from = start + gone - piece;
        let from = if from > start && is_low_surrogate(current[from]) { from - 1 } else { from };
        let piece = start + gone - from;
        draft.edit(|edit| edit.splice_text(object, from, piece as isize, ""))?;
        gone -= piece;
    }
    let mut at = start;
    while at < wanted.len() - tail {
        let piece = whole_characters(&wanted[at..], PIECE.min(wanted.len() - tail - at));
        let text = String::from_utf16_lossy(&wanted[at..at + piece]);
        draft.edit(|edit| edit.splice_text(object, at, 0, &text))?;
        at += piece;
    }
    Ok(())
}

/// Makes the styles of a text object those of `wanted`, whose letters it has.
pub(super) fn write_marks(edit: &mut Transaction<'_>, object: &ObjId, wanted: &RichText) -> Result<(), AutomergeError> {
    let current = read(edit, object);
    if current.marks == wanted.marks {
        return Ok(());
    }
    let (current, wanted) = (by_name(&current.marks), by_name(&wanted.marks));
    let nothing = Vec::new();
    for name in ["bold", "italic", "link", BLOCK] {
        let (have, want) = (current.get(name).unwrap_or(&nothing), wanted.get(name).unwrap_or(&nothing));
        change_marks(edit, object, name, have, want)?;
    }
    Ok(())
}

type Ranges<'a> = Vec<(usize, usize, &'a Style)>;

fn by_name(marks: &[Mark]) -> BTreeMap<&'static str, Ranges<'_>> {
    let mut names: BTreeMap<_, Ranges<'_>> = BTreeMap::new();
    for mark in marks {
        names.entry(name(&mark.style)).or_default().push((mark.start as usize, mark.end as usize, &mark.style));
    }
    names
}

/// Marks and unmarks only where the style differs, from the end on: Automerge looks at every mark that stands before.
fn change_marks(
    edit: &mut Transaction<'_>,
    object: &ObjId,
    name: &'static str,
    have: &Ranges<'_>,
    want: &Ranges<'_>,
) -> Result<(), AutomergeError> {
    let mut edges: Vec<usize> = have.iter().chain(want).flat_map(|(start, end, _)| [*start, *end]).collect();
    edges.sort_unstable();
    edges.dedup();
    let at = |ranges: &Ranges<'_>, position: usize| {
        ranges
            .iter()
            .find(|(start, end, _)| *start <= position && position < *end)
            .map(|(_, _, style)| (*style).clone())
    };
    for pair in edges.windows(2).rev() {
        let (start, end) = (pair[0], pair[1]);
        let wanted = at(want, start);
        if at(have, start) == wanted {
            continue;
        }
        match wanted {
            Some(style) => edit.mark(object, AmMark::new(name.into(), value(&style), start, end), expand(&style))?,
            None => edit.unmark(object, name, start, end, ExpandMark::None)?,
        }
    }
    Ok(())
}

/// Typing at the end of bold text goes on in bold; typing behind a link or a paragraph does not go on in it.
fn expand(style: &Style) -> ExpandMark {
    match style {
        Style::Bold | Style::Italic => ExpandMark::After,
        _ => ExpandMark::None,
    }
}

fn name(style: &Style) -> &'static str {
    match style {
        Style::Bold => "bold",
        Style::Italic => "italic",
        Style::Link { .. } => "link",
        Style::Heading { .. } | Style::Bullet | Style::Numbered | Style::Quote => BLOCK,
    }
}

fn value(style: &Style) -> ScalarValue {
    match style {
        Style::Bold | Style::Italic => true.into(),
        Style::Link { url } => url.as_str().into(),
        Style::Heading { level } => format!("h{level}").into(),
        Style::Bullet => "bullet".into(),
        Style::Numbered => "number".into(),
        Style::Quote => "quote".into(),
    }
}

fn style(name: &str, value: &ScalarValue) -> Option<Style> {
    match (name, value) {
        ("bold", ScalarValue::Boolean(true)) => Some(Style::Bold),
        ("italic", ScalarValue::Boolean(true)) => Some(Style::Italic),
        ("link", ScalarValue::Str(url)) => Some(Style::Link { url: url.to_string() }),
        (BLOCK, ScalarValue::Str(block)) => match block.as_str() {
            "bullet" => Some(Style::Bullet),
            "number" => Some(Style::Numbered),
            "quote" => Some(Style::Quote),
            heading => {
                let level = heading.strip_prefix('h')?.parse().ok().filter(|level| (1..=6).contains(level))?;
                Some(Style::Heading { level })
            }
        },
        _ => None,
    }
}

/// The letters of a text that these actors wrote.
pub(super) fn written_by(document: &Automerge, object: &ObjId, actors: &[automerge::ActorId]) -> String {
    let is_theirs = |id: &ObjId| matches!(id, ObjId::Id(_, actor, _) if actors.contains(actor));
    let letters = document.list_range(object, ..).filter(|item| is_theirs(&item.id()));
    letters.filter_map(|item| Value::from(item.value).as_str().map(str::to_owned)).collect()
}

fn is_high_surrogate(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low_surrogate(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// At most `most` units from the front that do not cut a character in two.
fn whole_characters(units: &[u16], most: usize) -> usize {
    let cuts = most < units.len() && most > 1 && is_high_surrogate(units[most - 1]);
    if cuts { most - 1 } else { most }
}
