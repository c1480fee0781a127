//! Markdown in and out.
//!
//! The reader is our own rather than a CommonMark parser: in a diary every line counts, and such a parser's events
//! say neither how many blank lines there were nor what the markup it drops looked like.
//!
//! # What is known
//!
//! `# ` to `###### ` headings, `- ` `* ` `+ ` bullets, `1. ` `1) ` numbers, `> ` quotes; `**bold**`, `*italic*` (also with `_`,
//! `<b>`, `<strong>`, `<i>`, `<em>`), `[text](url)`, `<https://url>`; backslash escapes; `&#32;`-like entities and the
//! named ones `&amp;` `&lt;` `&gt;` `&quot;` `&apos;` `&nbsp;`. Emphasis follows CommonMark's rules, and also works
//! beside Chinese, Japanese and Korean letters.
//!
//! Everything else stays in the text as it was written: code, images, tables, rules, links with a title, a "3." that no
//! "2." precedes. What is lost is the indentation of list items (inner lists become flat) and which of several equal
//! notations was used.
//!
//! # Lines
//!
//! A line is a paragraph, and a blank line an empty paragraph: `"a\nb"` and `"a\n\nb"` are themselves. But beside a heading,
//! list item or quote, the blank line that good Markdown puts there only separates, so one is left out:
//!
//! ```text
//! # Sunday          Sunday            (heading)
//!                   We slept in.
//! We slept in.                        (empty)
//!                   Tea in bed.
//! Tea in bed.       toast             (bullet)
//!                   marmalade         (bullet)
//! - toast
//! - marmalade
//! ```
//!
//! Line breaks are written as two spaces at the line's end, which every reader of Markdown understands or doesn't see.
//! Where CommonMark would not read `**` or `_` as emphasis, as in a bold space or inside a word, it is `<b>` or `<i>`.

mod address;
mod emphasis;
mod inline;
mod read;
mod write;

use super::rich_text::RichText;

impl RichText {
    /// Reads Markdown. Never fails: what it doesn't know stays in the text as it was written. The result is
    /// [normalised](RichText::normalised).
    pub fn from_markdown(markdown: &str) -> Self {
        read::read(markdown)
    }

    /// Writes Markdown that other apps show alike, and that [`from_markdown`](Self::from_markdown) reads back as the
    /// same value: every normalised text comes back equal. The exception is a `NUL` character in other apps, which
    /// Markdown forbids.
    pub fn to_markdown(&self) -> String {
        write::write(&self.clone().settled())
    }
}

#[cfg(test)]
mod tests {
    use super::super::rich_text::{Mark, Style};
    use super::*;
    use proptest::prelude::*;

    /// The text with its inline styles as tags, and block styles before their paragraphs.
    fn shown(markdown: &str) -> String {
        let rich = RichText::from_markdown(markdown);
        assert_eq!(rich.clone().normalised().unwrap(), rich);
        let mut out = String::new();
        for paragraph in rich.paragraphs() {
            out += &paragraph.block.map_or(String::new(), |style| format!("{style:?} "));
            let mut at = paragraph.start;
            for c in paragraph.text.chars().map(Some).chain([None]) {
                for mark in rich.marks.iter().filter(|mark| !mark.style.is_block()) {
                    let name = match &mark.style {
                        Style::Bold => "B",
                        Style::Italic => "I",
                        Style::Link { url } => url,
                        _ => continue,
                    };
                    if mark.end == at {
                        out += &format!("/{name}}}");
                    }
                    if mark.start == at {
                        out += &format!("{{{name}:");
                    }
                }
                out.extend(c);
                at += c.map_or(0, |c| c.len_utf16() as u32);
            }
            out.push('|');
        }
        out.pop();
        out
    }

    #[test]
    fn reads_inline_styles() {
        for (markdown, expected) in [
            ("a **b** *c* __d__ _e_", "a {B:b/B} {I:c/I} {B:d/B} {I:e/I}"),
            ("***both*** **a *b* c**", "{B:{I:both/B}/I} {B:a {I:b/I} c/B}"),
            ("in**si**de snake_case_name 2*3*4", "in{B:si/B}de snake_case_name 2{I:3/I}4"),
            ("**not closed, * alone, ** either", "**not closed, * alone, ** either"),
            ("**two\nlines**", "{B:two/B}|{B:lines/B}"),
            ("**静か。**です", "{B:静か。/B}です"),
            (r"\*plain\* 1\. a\-b c\\d e\f", r"*plain* 1. a-b c\d e\f"),
            (
                "[a *b*](https://x.y/(z)) <https://q.r>",
                "{https://x.y/(z):a {I:b/https://x.y/(z)}/I} {https://q.r:https://q.r/https://q.r}",
            ),
            ("[a](<b c>) [t](u \"title\") [r][s] []()", "{b c:a/b c} [t](u \"title\") [r][s] []()"),
            ("![pic *x*](u *y*) ![pic *x*](u)", "![pic {I:x/I}](u {I:y/I}) ![pic *x*](u)"),
            ("x<b>y</b> <u>z</u> </i> <em>", "x{B:y/B} <u>z</u> </i> <em>"),
            ("`a *b* \\` ~~c~~", "`a *b* \\` ~~c~~"),
            ("a&#32;&amp;&hearts;&#0;&nbsp;b", "a &&hearts;&#0;\u{a0}b"),
            ("<b>![</b>](u)</b>", "{B:![</b>](u)/B}"),
            ("\\``x`` `", "``x`` `"),
            ("[a [b](u) c](v)", "[a {u:b/u} c](v)"),
        ] {
            assert_eq!(shown(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn reads_blocks_and_lines() {
        for (markdown, expected) in [
            (
                "# One\n\ntext\n###### six ##\n####### seven\n#tag",
                "Heading(1) One|text|Heading(6) six|####### seven|#tag",
            ),
            ("a\nb\n\nc  \nd\\\ne\r\nf", "a|b||c|d|e|f"),
            ("\na\n\n- b\n* c\n\n+ d\n\n\ne\n", "|a|Bullet b|Bullet c|Bullet d||e|"),
            ("1. a\n1. b\n3) c\n\n2023. was good\n3. d", "Numbered a|Numbered b|Numbered c|2023. was good|3. d"),
            ("1. a\n   - b\n2. c\n\n\n3. d", "Numbered a|Bullet b|Numbered c||3. d"),
            ("> a\n>b\n>\n> > c\nd", "Quote a|Quote b|Quote |Quote > c|d"),
            ("- a\n    - inner\n\n    - code?\n\nx\n    - code", "Bullet a|Bullet inner|Bullet code?|x|    - code"),
            ("a\n---\n* * *\n-\n-b", "a|---|* * *|-|-b"),
            ("text\n-\nmore", "text|-|more"),
            ("- ", "Bullet |"),
            ("", ""),
        ] {
            assert_eq!(shown(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn writes_what_other_apps_read() {
        let link = || Style::Link { url: "https://a.b/c?d=1&e=2".into() };
        let text = "Sunday\nWe slept.\nTea!\n\ntoast\n jam\nlike 1. this\n- that";
        let marks = [
            (0, 6, Style::Heading { level: 2 }),
            (10, 15, Style::Bold),
            (17, 20, link()),
            (18, 19, Style::Italic),
            (23, 28, Style::Bullet),
            (30, 31, Style::Bullet),
        ];
        let marks = marks.map(|(start, end, style)| Mark { start, end, style }).to_vec();
        let rich = RichText { text: text.into(), marks }.normalised().unwrap();
        let expected = "## Sunday\n\nWe **slept**.  \n[T<i>e</i>a](https://a.b/c?d=1&e=2)!\n\n\n- toast\n- &#32;jam\n\nlike 1. this  \n\\- that";
        assert_eq!(rich.to_markdown(), expected);
    }

    fn any_rich_text() -> impl Strategy<Value = (String, Vec<(u32, u32, u8)>)> {
        let words = "([a-c _*.!<>&#\\[\\]()`~=|:;\\\\\t\r\u{a0}\u{2028}🕯é静。+0-9-]|\n|\n|b>|amp;|#32;|\\]\\(a\\)|\\. |# |- ){0,24}";
        (words, prop::collection::vec((0u32..40, 1u32..9, 0u8..10), 0..6))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Every text, without exception.
        #[test]
        fn what_is_written_reads_back_equal((text, marks) in any_rich_text()) {
            let style = |kind| match kind {
                0 | 1 => Style::Bold,
                2 | 3 => Style::Italic,
                4 => Style::Link { url: "a(b <&amp;\\".into() },
                5 => Style::Link { url: "https://é.x/?a=1&b=2".into() },
                6 => Style::Heading { level: 2 },
                7 => Style::Bullet,
                8 => Style::Numbered,
                _ => Style::Quote,
            };
            let mark = |&(start, len, kind): &(u32, u32, u8)| Mark { start, end: start + len, style: style(kind) };
            let rich = RichText { text, marks: marks.iter().map(mark).collect() }.settled();
            let markdown = rich.to_markdown();
            let back = RichText::from_markdown(&markdown);
            prop_assert_eq!(&back.text, &rich.text, "{}", markdown);
            prop_assert_eq!(&back.marks, &rich.marks, "{}", markdown);
        }

        /// Any input gives a normalised text, and writing that is stable.
        #[test]
        fn any_markdown_can_be_read(markdown in "([ab *_.\\[\\]()<>!`&;#\\\\\n1-]|\\*\\*|\\]\\(|<b>|</b>|!\\[){0,40}") {
            let rich = RichText::from_markdown(&markdown);
            prop_assert_eq!(&rich.clone().normalised().unwrap(), &rich);
            prop_assert_eq!(RichText::from_markdown(&rich.to_markdown()), rich);
        }
    }
}
