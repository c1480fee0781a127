//! The one-page card "what helps me afterwards": to print, to send, to show to somebody who has no such app.
//!
//! It holds what its person picked, item by item, and says nothing of the rest. Titles are not the core's to say: they are
//! asked for by keys, and where there is none, the id stands in plain letters.
//!
//! | key | for |
//! |---|---|
//! | `care-card-title` | the page |
//! | `stance-<name>` | a heading: love, like, open, not-now, never |
//! | `activity-<id>`, `side-<name>`, `condition-<name>` | an activity, with its side and its condition |
//! | `question-<name>`, `choice-<question>-<choice>` | a question, and what was chosen |
//! | `remark-<name>`, `line-<name>` | something in one's own words, under its heading |
//!
//! **A card is not encrypted**, and whoever has it can hand it on. A page in HTML is whole in itself: it loads nothing.

use std::fmt::Write as _;

use super::{Item, ItemRow, Preferences, Stance, Whose};
use crate::error::NightstandError;

/// The form of a card.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CardAs {
    /// Lines of text.
    Text,
    /// The same with headings and lists as Markdown writes them.
    Markdown,
    /// A page for a browser and for a printer, with headings and lists that a screen reader can walk through.
    Html,
}

/// What belongs under one heading.
struct Section {
    heading: String,
    lines: Vec<String>,
}

impl Preferences {
    /// Makes a card of one's own items, private ones too if they are picked: what their working copies say. Items that say
    /// nothing are passed over. `text` answers the text of a key, if there is one; `language` is its language, such as `pl`.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # let folder = tempfile::tempdir()?;
    /// # let clock = std::sync::Arc::new(SystemClock);
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], clock)?;
    /// use nightstand::care::{CardAs, Line};
    ///
    /// let helps = vault.preferences().add(Line::Helps, "I'm still here.")?.item;
    /// let text = |key: &str| (key == "line-helps").then(|| "Words that help me".to_owned());
    /// let card = vault.preferences().card(&[helps], CardAs::Markdown, Some("en"), &text)?;
    /// assert_eq!(card, "# care card title\n\n## Words that help me\n\n- I'm still here.\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `PrivateLocked`.
    pub fn card(
        &self,
        items: &[Item],
        form: CardAs,
        language: Option<&str>,
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, NightstandError> {
        let rows = self.list(Whose::Me)?.items;
        let picked = items.iter().filter_map(|item| rows.iter().find(|row| row.item == *item)).collect::<Vec<_>>();
        let say = |key: String, id: &str| text(&key).unwrap_or_else(|| id.replace('-', " "));
        let title = say("care-card-title".into(), "care-card-title");
        let sections = sections(&picked, &say);
        Ok(match form {
            CardAs::Text => plain(&title, &sections),
            CardAs::Markdown => markdown(&title, &sections),
            CardAs::Html => html(&title, &sections, language.unwrap_or_default()),
        })
    }
}

/// What is loved comes first; what somebody would rather not have, last. The rest stands in the order in which it was picked.
fn sections(picked: &[&ItemRow], say: &dyn Fn(String, &str) -> String) -> Vec<Section> {
    let mut ranked: Vec<(u8, Section)> = Vec::new();
    for row in picked {
        let Some((rank, heading, lines)) = section_of(row, say) else { continue };
        match ranked.iter_mut().find(|(_, section)| section.heading == heading) {
            Some((_, section)) => section.lines.extend(lines),
            None => ranked.push((rank, Section { heading, lines })),
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, section)| section).collect()
}

/// Where an item belongs, and its lines there; none if it says nothing.
fn section_of(row: &ItemRow, say: &dyn Fn(String, &str) -> String) -> Option<(u8, String, Vec<String>)> {
    let note = (!row.note.trim().is_empty()).then(|| row.note.trim().to_owned());
    match &row.item {
        Item::Stance { activity, side, condition } => {
            let (rank, stance) = match row.stance? {
                Stance::Love => (0, "love"),
                Stance::Like => (1, "like"),
                Stance::Open => (2, "open"),
                Stance::NotNow { .. } => (4, "not-now"),
                Stance::Never => (5, "never"),
            };
            let mut line = say(format!("activity-{activity}"), activity);
            let _ = write!(line, " ({}", say(format!("side-{}", side.name()), side.name()));
            if let Some(condition) = condition {
                let _ = write!(line, "; {}", say(format!("condition-{}", condition.name()), condition.name()));
            }
            line.push(')');
            if let Some(note) = note {
                let _ = write!(line, ": {note}");
            }
            Some((rank, say(format!("stance-{stance}"), stance), vec![line]))
        }
        Item::Question(question) => {
            let name = question.name();
            let choices = row.choices.iter().map(|choice| say(format!("choice-{name}-{choice}"), choice));
            let lines: Vec<_> = choices.chain(note).collect();
            (!lines.is_empty()).then(|| (3, say(format!("question-{name}"), name), lines))
        }
        Item::Remark(remark) => Some((3, say(format!("remark-{}", remark.name()), remark.name()), vec![note?])),
        Item::Line(line, _) => Some((3, say(format!("line-{}", line.name()), line.name()), vec![note?])),
    }
}

fn plain(title: &str, sections: &[Section]) -> String {
    let mut page = format!("{}\n", one_line(title));
    for section in sections {
        let _ = write!(page, "\n{}\n", one_line(&section.heading));
        for line in &section.lines {
            let _ = writeln!(page, "- {}", line.lines().collect::<Vec<_>>().join("\n  "));
        }
    }
    page
}

fn markdown(title: &str, sections: &[Section]) -> String {
    let mut page = format!("# {}\n", marked_down(&one_line(title)));
    for section in sections {
        let _ = write!(page, "\n## {}\n\n", marked_down(&one_line(&section.heading)));
        for line in &section.lines {
            let _ = writeln!(page, "- {}", line.lines().map(marked_down).collect::<Vec<_>>().join("\\\n  "));
        }
    }
    page
}

/// What would mean something else in Markdown stands with a backslash before it.
fn marked_down(text: &str) -> String {
    let mut marked = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let at_line_start = text[..at].chars().all(|before| before.is_whitespace() || before.is_ascii_digit());
        let special = matches!(character, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|')
            || (at_line_start && matches!(character, '#' | '-' | '+' | '=' | '.' | ')'));
        if special {
            marked.push('\\');
        }
        marked.push(character);
    }
    marked
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}\
                     h1{font-size:1.6rem}h2{font-size:1.2rem;margin-bottom:.25rem}li{margin:.25rem 0}";

fn html(title: &str, sections: &[Section], language: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let language = if !language.is_empty() && language.len() <= 64 && language.bytes().all(plain) {
        format!(" lang=\"{language}\"")
    } else {
        String::new()
    };
    let title = escaped(&one_line(title));
    let mut page = format!(
        "<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1 dir=\"auto\">{title}</h1>\n"
    );
    for (number, section) in sections.iter().enumerate() {
        let heading = escaped(&one_line(&section.heading));
        let _ = write!(
            page,
            "<section aria-labelledby=\"part-{number}\">\n<h2 id=\"part-{number}\" dir=\"auto\">{heading}</h2>\n<ul>\n"
        );
        for line in &section.lines {
            let _ =
                writeln!(page, "<li dir=\"auto\">{}</li>", line.lines().map(escaped).collect::<Vec<_>>().join("<br>"));
        }
        page.push_str("</ul>\n</section>\n");
    }
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // What no page may hold.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::{Condition, Line, LineId, Question, Remark, Side};
    use proptest::prelude::*;

    fn row(item: Item, stance: Option<Stance>, note: &str) -> ItemRow {
        let choices = vec![];
        ItemRow { item, stance, choices, note: note.into(), shared: false, unshared_changes: false }
    }

    fn stance(activity: &str, stance: Stance, note: &str) -> ItemRow {
        let item = Item::Stance { activity: activity.into(), side: Side::Receive, condition: Some(Condition::Tired) };
        row(item, Some(stance), note)
    }

    fn of(rows: &[ItemRow]) -> Vec<Section> {
        sections(&rows.iter().collect::<Vec<_>>(), &|key, _| key)
    }

    #[test]
    fn the_card_of_an_evening() {
        let mut length = row(Item::Question(Question::Length), None, "");
        length.choices = vec!["long".into()];
        let rows = [
            stance("bath", Stance::Never, ""),
            length,
            row(Item::Remark(Remark::Quiet), None, "I am far away.\nAnd glad."),
            row(Item::Line(Line::Helps, LineId::from_bytes([1; 16])), None, "I'm <here> & *still*"),
            row(Item::Line(Line::Helps, LineId::from_bytes([2; 16])), None, "- 1. Nothing"),
            row(Item::Remark(Remark::Distance), None, "  "),
            stance("water", Stance::Love, "Cold."),
        ];
        let sections = of(&rows);
        let expected = "care\n\nstance-love\n- activity-water (side-receive; condition-tired): Cold.\n\nquestion-length\n\
                        - choice-length-long\n\nremark-quiet\n- I am far away.\n  And glad.\n\nline-helps\n\
                        - I'm <here> & *still*\n- - 1. Nothing\n\nstance-never\n\
                        - activity-bath (side-receive; condition-tired)\n";
        assert_eq!(plain("care", &sections), expected);
        let marked = markdown("care", &sections);
        assert!(
            marked.starts_with("# care\n\n## stance-love\n\n- activity-water (side-receive; condition-tired): Cold.\n")
        );
        assert!(marked.contains("- I'm \\<here\\> \\& \\*still\\*\n- \\- 1. Nothing\n"));
        assert!(marked.contains("- I am far away.\\\n  And glad.\n"));
        let page = html("care", &sections, "pl");
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"pl\">\n"));
        assert!(page.contains("<li dir=\"auto\">I&#39;m &lt;here&gt; &amp; *still*</li>\n"));
        assert!(page.contains("<li dir=\"auto\">I am far away.<br>And glad.</li>\n"));
        assert!(!html("care", &sections, "\"><script>").contains("script"));
    }

    proptest! {
        /// Whatever is written in it, a page keeps its shape: as many elements as the card has parts.
        #[test]
        fn nothing_written_becomes_a_tag(note in any::<String>(), title in any::<String>()) {
            let page = html(&title, &of(&[stance("water", Stance::Love, &note)]), "");
            let breaks = page.matches("<br>").count();
            prop_assert_eq!(page.matches('<').count(), 25 + breaks);
            prop_assert_eq!(page.matches("<li").count(), 1);
        }
    }
}
