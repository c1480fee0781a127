//! Text with styles, and Markdown in and out.

use nightstand::journal::rich_text::{Mark, RichText, Style};

use crate::error::NightstandError;

/// A text with styles: a plain string, and marks that say which part of it has which style.
///
/// - Positions count UTF-16 code units from the start, as Swift's `NSString` and Kotlin's `String` do; in Python that is
///   `len(text.encode("utf-16-le")) // 2`.
/// - A line feed ends a paragraph. Bold, italic and links cover any characters.
/// - Headings, list items and quotes are whole paragraphs, with their line feed; a paragraph is at most one of them.
///
/// When an entry is written, marks that touch are joined and sorted; ones that do not fit are refused.
#[uniffi::remote(Record)]
pub struct RichText {
    /// The words, without any markup.
    pub text: String,
    /// The styles.
    #[uniffi(default)]
    pub marks: Vec<Mark>,
}

/// One style on one range of a text.
#[uniffi::remote(Record)]
pub struct Mark {
    /// The first UTF-16 unit covered.
    pub start: u32,
    /// The first UTF-16 unit after it.
    pub end: u32,
    /// What the range looks like.
    pub style: Style,
}

/// How a range of characters, or a paragraph, is set.
#[uniffi::remote(Enum)]
pub enum Style {
    /// Bold characters.
    Bold,
    /// Italic characters.
    Italic,
    /// Characters that lead somewhere. Two links never overlap.
    Link {
        /// Where to: 1 to 2,048 units, no control characters. It is not checked further: open only the schemes you know.
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

/// Reads Markdown. What it doesn't know stays in the text as it was written.
#[uniffi::export]
pub fn rich_text_from_markdown(markdown: String) -> Result<RichText, NightstandError> {
    Ok(RichText::from_markdown(&markdown))
}

/// Writes Markdown that other apps show alike, and that `rich_text_from_markdown` reads back as the same text.
#[uniffi::export]
pub fn rich_text_to_markdown(text: RichText) -> Result<String, NightstandError> {
    Ok(text.to_markdown())
}
