//! Text with styles, as journal entries hold it.
//!
//! Text and styles are kept apart: a plain string, and a list of [`Mark`]s that say which part of it has which [`Style`].
//! That is the form in which two people's edits merge, and close to what NSAttributedString and Kotlin's Spannable take.
//!
//! - Positions count UTF-16 code units from the start of the text, as NSString and Kotlin's String do; `end` is exclusive.
//! - A `'\n'` ends a paragraph, and the last paragraph has none. `"a\n"` is two paragraphs, the second one empty.
//! - Bold, italic and links cover any characters. On a `'\n'` they mean nothing.
//! - Headings, list items and quotes are whole paragraphs, and a paragraph is at most one of them. Such a mark covers
//!   the paragraph and its `'\n'`, so an empty list item is one unit long. An empty last paragraph can't be styled.

mod settle;

use std::fmt;

use settle::Clash;

/// The longest link that [`RichText::normalised`] takes, in UTF-16 code units.
pub const MAX_URL_UNITS: usize = 2048;

/// A text with styles. Positions count UTF-16 code units, as NSString and Kotlin's String do.
///
/// The fields may hold anything; what comes from outside goes through [`normalised`](Self::normalised) before it is kept.
/// `Debug` prints sizes only, since what people write must not reach a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RichText {
    /// The words, without any markup. Paragraphs are divided by `'\n'`.
    pub text: String,
    /// The styles.
    pub marks: Vec<Mark>,
}

/// One style on one range of a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The first code unit covered.
    pub start: u32,
    /// The first code unit after it, so the mark is `end - start` units long.
    pub end: u32,
    /// What the range looks like.
    pub style: Style,
}

/// How a range of characters, or a paragraph, is set.
///
/// `Debug` leaves a link's address out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Bold characters.
    Bold,
    /// Italic characters.
    Italic,
    /// Characters that lead somewhere. Two links never overlap.
    Link {
        /// Where to: 1 to [`MAX_URL_UNITS`] units, no control characters. It is not checked further, so an app opens
        /// only the schemes it knows.
        url: String,
    },
    /// A paragraph that is a heading.
    Heading {
        /// 1 (the largest) to 6.
        level: u8,
    },
    /// A paragraph that is an item of an unordered list.
    Bullet,
    /// A paragraph that is an item of a numbered list. The number follows from the items right above it.
    Numbered,
    /// A paragraph that is a quotation.
    Quote,
}

/// Why a text and its marks don't fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RichTextError {
    /// A mark is empty, runs backwards or reaches past the end of the text.
    #[error("a mark's range is empty or not inside the text")]
    BadRange,
    /// A mark starts or ends between the two halves of one character.
    #[error("a mark's range divides a surrogate pair")]
    SplitsCharacter,
    /// A heading's level is not 1 to 6.
    #[error("a heading's level is not 1 to 6")]
    BadLevel,
    /// A link is empty, too long or has control characters.
    #[error("a link is empty, too long or has control characters")]
    BadLink,
    /// A paragraph has two different block styles, or a character two different links.
    #[error("two styles that exclude each other meet")]
    Contradiction,
}

/// One paragraph of a text, from [`RichText::paragraphs`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Paragraph<'a> {
    /// Its first code unit in the whole text.
    pub start: u32,
    /// The code unit after its last character, where its `'\n'` stands if it has one.
    pub end: u32,
    /// Its words, without the `'\n'`.
    pub text: &'a str,
    /// Heading, list item or quote; `None` for an ordinary paragraph.
    pub block: Option<&'a Style>,
}

impl RichText {
    /// A text without any styles.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), marks: Vec::new() }
    }

    /// The same meaning in its one fixed form, or why it has none. Texts that look equal become equal values.
    ///
    /// Equal inline marks that touch become one, and none covers a `'\n'`; block marks grow to their whole paragraphs
    /// and become one mark each; marks are sorted by start, end, style. Nothing is clipped or dropped to make it fit.
    ///
    /// # Errors
    /// The first [`RichTextError`] found. Then nothing of it should be kept.
    pub fn normalised(self) -> Result<Self, RichTextError> {
        self.settle(Clash::Refused)
    }

    /// The fixed form of what a merge left behind, which can hold contradictions that nobody made: when the line
    /// between a heading and a list item is deleted on one phone, the paragraph has both. Never fails: what
    /// [`normalised`](Self::normalised) would refuse is left out, and of two that exclude each other the earlier stays.
    #[must_use]
    pub fn settled(self) -> Self {
        // Only `Clash::Refused` makes errors.
        self.settle(Clash::EarlierWins).unwrap_or_default()
    }

    /// How long the text is, in UTF-16 code units: what NSString's `length` and Kotlin's `length` say.
    pub fn utf16_len(&self) -> u32 {
        units(&self.text)
    }

    /// The paragraphs in order: always at least one, since an empty text is one empty paragraph.
    ///
    /// Expects a [`normalised`](Self::normalised) text; of any other, the block styles may be wrong.
    pub fn paragraphs(&self) -> impl Iterator<Item = Paragraph<'_>> {
        let mut blocks = self.marks.iter().filter(|mark| mark.style.is_block()).peekable();
        let mut next = 0;
        self.text.split('\n').map(move |text| {
            let (start, end) = (next, next + units(text));
            next = end + 1;
            while blocks.next_if(|mark| mark.end <= start).is_some() {}
            let block = blocks.peek().filter(|mark| mark.start <= end).map(|mark| &mark.style);
            Paragraph { start, end, text, block }
        })
    }
}

impl fmt::Debug for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RichText").field("units", &self.utf16_len()).field("marks", &self.marks.len()).finish()
    }
}

impl Style {
    /// Whether it belongs to whole paragraphs (heading, list item, quote) rather than to characters.
    pub fn is_block(&self) -> bool {
        match self {
            Self::Bold | Self::Italic | Self::Link { .. } => false,
            Self::Heading { .. } | Self::Bullet | Self::Numbered | Self::Quote => true,
        }
    }
}

impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bold => f.write_str("Bold"),
            Self::Italic => f.write_str("Italic"),
            Self::Link { .. } => f.write_str("Link"),
            Self::Heading { level } => write!(f, "Heading({level})"),
            Self::Bullet => f.write_str("Bullet"),
            Self::Numbered => f.write_str("Numbered"),
            Self::Quote => f.write_str("Quote"),
        }
    }
}

/// Whether a link may be kept: 1 to [`MAX_URL_UNITS`] units and no control characters.
pub(crate) fn is_link(url: &str) -> bool {
    !url.is_empty() && url.encode_utf16().count() <= MAX_URL_UNITS && !url.contains(char::is_control)
}

/// How long a string is in UTF-16 code units.
pub(crate) fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mark(start: u32, end: u32, style: Style) -> Mark {
        Mark { start, end, style }
    }

    fn rich(text: &str, marks: &[Mark]) -> RichText {
        RichText { text: text.into(), marks: marks.to_vec() }
    }

    #[test]
    fn inline_marks_join_and_stop_at_line_ends() {
        let scattered = rich("ab\ncd", &[mark(1, 4, Style::Bold), mark(0, 1, Style::Bold), mark(4, 5, Style::Bold)]);
        let whole = rich("ab\ncd", &[mark(0, 5, Style::Bold)]);
        let expected = vec![mark(0, 2, Style::Bold), mark(3, 5, Style::Bold)];
        assert_eq!(scattered.normalised().unwrap().marks, expected);
        assert_eq!(whole.normalised().unwrap().marks, expected);
    }

    #[test]
    fn block_marks_grow_to_their_paragraphs() {
        let list = rich("one\n\nthree\n", &[mark(1, 6, Style::Bullet)]).normalised().unwrap();
        let expected = [mark(0, 4, Style::Bullet), mark(4, 5, Style::Bullet), mark(5, 11, Style::Bullet)];
        assert_eq!(list.marks, expected);
        let shown: Vec<_> = list.paragraphs().map(|p| (p.start, p.end, p.text, p.block.is_some())).collect();
        assert_eq!(shown, [(0, 3, "one", true), (4, 4, "", true), (5, 10, "three", true), (11, 11, "", false)]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let link = |url: &str| Style::Link { url: url.into() };
        let refused = |text: &str, marks: &[Mark]| rich(text, marks).normalised().unwrap_err();
        assert_eq!(refused("ab", &[mark(0, 3, Style::Bold)]), RichTextError::BadRange);
        assert_eq!(refused("ab", &[mark(1, 1, Style::Bold)]), RichTextError::BadRange);
        assert_eq!(refused("a🕯b", &[mark(0, 2, Style::Bold)]), RichTextError::SplitsCharacter);
        assert_eq!(refused("ab", &[mark(0, 1, Style::Heading { level: 7 })]), RichTextError::BadLevel);
        assert_eq!(refused("ab", &[mark(0, 1, link(&"x".repeat(2049)))]), RichTextError::BadLink);
        assert_eq!(refused("ab", &[mark(0, 2, link("x")), mark(1, 2, link("y"))]), RichTextError::Contradiction);
        let two = [mark(0, 2, Style::Bullet), mark(1, 2, Style::Quote)];
        assert_eq!(refused("ab\n", &two), RichTextError::Contradiction);
        assert_eq!(rich("ab\n", &two).settled().marks, [mark(0, 3, Style::Bullet)]);
    }

    #[test]
    fn debug_shows_no_words() {
        let text = rich("a secret", &[mark(0, 1, Style::Link { url: "secret".into() })]);
        let shown = format!("{text:?} {:?}", text.marks);
        assert!(!shown.contains("secret") && shown.contains("units: 8"), "{shown}");
    }

    proptest! {
        /// What counts is which character has which style, and that decides the value.
        #[test]
        fn equal_meaning_is_an_equal_value(
            text in "[ab🕯\n]{0,12}",
            raw in prop::collection::vec((0u32..14, 0u32..14, 0u8..6), 0..8),
        ) {
            let style = |kind| match kind {
                0 => Style::Bold,
                1 => Style::Italic,
                2 | 3 => Style::Link { url: kind.to_string() },
                4 => Style::Bullet,
                _ => Style::Quote,
            };
            let marks: Vec<_> = raw.iter().map(|&(start, end, kind)| mark(start, end, style(kind))).collect();
            let settled = rich(&text, &marks).settled();
            prop_assert_eq!(settled.clone().normalised().unwrap(), settled.clone());
            // One mark for each character says the same.
            let mut pieces = Vec::new();
            for m in &settled.marks {
                let mut at = 0;
                for c in text.chars() {
                    let end = at + c.len_utf16() as u32;
                    if m.start <= at && end <= m.end {
                        pieces.push(mark(at, end, m.style.clone()));
                    }
                    at = end;
                }
            }
            pieces.reverse();
            prop_assert_eq!(rich(&text, &pieces).normalised().unwrap(), settled);
        }
    }
}
