//! The one fixed form of a text and its marks.

use super::{Mark, RichText, RichTextError, Style, is_link};

impl RichText {
    pub(super) fn settle(self, clash: Clash) -> Result<Self, RichTextError> {
        let shape = Shape::of(&self.text);
        let mut marks = self.marks;
        match clash {
            Clash::Refused => marks.iter().try_for_each(|mark| shape.check(mark))?,
            Clash::EarlierWins => marks.retain(|mark| shape.check(mark).is_ok()),
        }
        marks.sort();
        let (blocks, inline): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| mark.style.is_block());
        let (links, others): (Vec<_>, Vec<_>) =
            inline.into_iter().partition(|mark| matches!(mark.style, Style::Link { .. }));
        let (bold, italic): (Vec<_>, Vec<_>) = others.into_iter().partition(|mark| mark.style == Style::Bold);

        let mut settled = shape.per_paragraph(blocks, clash)?;
        for kind in [bold, italic, links] {
            for mark in joined(kind, clash)? {
                shape.split_at_newlines(mark, &mut settled);
            }
        }
        settled.sort();
        Ok(Self { text: self.text, marks: settled })
    }
}

/// What happens when two styles exclude each other.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    Refused,
    EarlierWins,
}

/// Where a text can be cut.
struct Shape {
    len: u32,
    newlines: Vec<u32>,
    inside_pairs: Vec<u32>,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut shape = Self { len: 0, newlines: Vec::new(), inside_pairs: Vec::new() };
        for c in text.chars() {
            match (c, c.len_utf16()) {
                ('\n', _) => shape.newlines.push(shape.len),
                (_, 2) => shape.inside_pairs.push(shape.len + 1),
                _ => {}
            }
            shape.len += if c.len_utf16() == 2 { 2 } else { 1 };
        }
        shape
    }

    fn check(&self, mark: &Mark) -> Result<(), RichTextError> {
        if mark.start >= mark.end || mark.end > self.len {
            return Err(RichTextError::BadRange);
        }
        if [mark.start, mark.end].iter().any(|at| self.inside_pairs.binary_search(at).is_ok()) {
            return Err(RichTextError::SplitsCharacter);
        }
        match &mark.style {
            Style::Heading { level } if !(1..=6).contains(level) => Err(RichTextError::BadLevel),
            Style::Link { url } if !is_link(url) => Err(RichTextError::BadLink),
            _ => Ok(()),
        }
    }

    /// Which paragraph a position is in.
    fn paragraph_at(&self, at: u32) -> usize {
        self.newlines.partition_point(|&newline| newline < at)
    }

    /// Block marks, sorted by start, as one mark for each paragraph they touch.
    fn per_paragraph(&self, blocks: Vec<Mark>, clash: Clash) -> Result<Vec<Mark>, RichTextError> {
        // Runs of equally styled paragraphs: first, last.
        let mut runs: Vec<(usize, usize, Style)> = Vec::new();
        for mark in blocks {
            let (mut first, last) = (self.paragraph_at(mark.start), self.paragraph_at(mark.end - 1));
            // Marks come sorted by start, so from `first` to the last run's end every paragraph is styled.
            for (start, end, style) in runs.iter().rev().take_while(|(_, end, _)| *end >= first) {
                if clash == Clash::Refused && *start <= last && *style != mark.style {
                    return Err(RichTextError::Contradiction);
                }
                if clash == Clash::EarlierWins || *style == mark.style {
                    first = end + 1;
                    break;
                }
            }
            match runs.last_mut() {
                _ if first > last => {}
                Some((_, end, style)) if *end + 1 == first && *style == mark.style => *end = last,
                _ => runs.push((first, last, mark.style)),
            }
        }
        let whole = |paragraph: usize, style: &Style| Mark {
            start: paragraph.checked_sub(1).map_or(0, |before| self.newlines[before] + 1),
            end: self.newlines.get(paragraph).map_or(self.len, |newline| newline + 1),
            style: style.clone(),
        };
        let per_run = |(first, last, style): &(usize, usize, Style)| {
            (*first..=*last).map(|paragraph| whole(paragraph, style)).collect::<Vec<_>>()
        };
        Ok(runs.iter().flat_map(per_run).collect())
    }

    fn split_at_newlines(&self, mark: Mark, into: &mut Vec<Mark>) {
        let mut start = mark.start;
        let newlines = &self.newlines[self.paragraph_at(mark.start)..];
        for end in newlines.iter().copied().take_while(|&at| at < mark.end).chain([mark.end]) {
            if start < end {
                into.push(Mark { start, end, style: mark.style.clone() });
            }
            start = end + 1;
        }
    }
}

/// Marks of one kind, sorted by start: equal ones that touch become one, different ones (links) may not overlap.
fn joined(marks: Vec<Mark>, clash: Clash) -> Result<Vec<Mark>, RichTextError> {
    let mut joined: Vec<Mark> = Vec::new();
    for mut mark in marks {
        if let Some(last) = joined.last_mut() {
            if mark.style == last.style && mark.start <= last.end {
                last.end = last.end.max(mark.end);
                continue;
            }
            if mark.start < last.end && clash == Clash::Refused {
                return Err(RichTextError::Contradiction);
            }
            mark.start = mark.start.max(last.end);
        }
        if mark.start < mark.end {
            joined.push(mark);
        }
    }
    Ok(joined)
}
