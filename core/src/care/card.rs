//! The one-page card "what helps me afterwards": to print, to send, to show to somebody who has no such app.
//!
//! It holds what its person picked, item by item, and says nothing of the rest. Headings and titles are [texts](crate::texts),
//! in the languages that the app asks for; an activity of one's own has the title that it was given. A page of all preferences
//! ([`export`](Preferences::export)) is made of the same parts.
//!
//! **A card is not encrypted**, and whoever has it can hand it on. A page in HTML is whole in itself: it loads nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Item, ItemRow, Preferences, Stance, Whose, activities};
use crate::error::NightstandError;
use crate::texts::{Texts, WritingDirection};
use crate::zones::{LocalClock, ZoneOffsets};

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
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) lines: Vec<String>,
}

impl Preferences {
    /// Makes a card of one's own items, private ones too if they are picked: what their working copies say. Items that say
    /// nothing are passed over. Days are those of `zone` (an IANA name; one that the system does not know counts as UTC).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # let folder = tempfile::tempdir()?;
    /// # let clock = std::sync::Arc::new(SystemClock);
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], clock)?;
    /// use nightstand::care::{CardAs, Line};
    /// use nightstand::texts::Texts;
    ///
    /// let helps = vault.preferences().add(Line::Helps, "I'm still here.")?.item;
    /// let card = vault.preferences().card(&[helps], CardAs::Markdown, &Texts::new(), "Europe/Warsaw", &())?;
    /// assert_eq!(card, "# What helps me afterwards\n\n## Words that help me\n\n- I'm still here.\n");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `PrivateLocked`.
    pub fn card(
        &self,
        items: &[Item],
        form: CardAs,
        texts: &Texts,
        zone: &str,
        zones: &dyn ZoneOffsets,
    ) -> Result<String, NightstandError> {
        let rows = self.list(Whose::Me)?.items;
        let picked = items.iter().filter_map(|item| rows.iter().find(|row| row.item == *item)).collect::<Vec<_>>();
        let title = texts.say("care-card-title", &[])?;
        let clock = LocalClock { zone, zones };
        let sections = sections(&picked, &self.says(texts)?, &|ms| texts.day(&clock, ms));
        Ok(match form {
            CardAs::Text => plain(&title.text, &sections),
            CardAs::Markdown => markdown(&title.text, &sections),
            CardAs::Html => html(&title.text, &sections, &title.language, title.direction),
        })
    }

    /// What stands for a key on a page, with a day in it where the text has one. An activity that is not here has a text of its
    /// own; what else a newer app knows is named by its id.
    pub(super) fn says<'t>(
        &self,
        texts: &'t Texts,
    ) -> Result<impl Fn(String, &str) -> String + use<'t>, NightstandError> {
        let own = self.vault.activities().list()?.into_iter().map(|own| (own.id, own.content.title));
        let own: BTreeMap<String, String> = own.collect();
        Ok(move |key: String, id: &str| {
            let said = match own.get(id) {
                Some(title) => Ok(title.clone()),
                None if key.starts_with("activity-") => activities::said(texts, id),
                None => texts.say(&key, &[("day", id.into())]).map(|wording| wording.text),
            };
            said.unwrap_or_else(|_| id.replace('-', " "))
        })
    }
}

/// What is loved comes first; what somebody would rather not have, last. The rest stands in the order in which it was picked.
pub(super) fn sections(
    picked: &[&ItemRow],
    say: &dyn Fn(String, &str) -> String,
    day: &dyn Fn(i64) -> String,
) -> Vec<Section> {
    let mut ranked: Vec<(u8, Section)> = Vec::new();
    for row in picked {
        let Some((rank, heading, lines)) = section_of(row, say, day) else { continue };
        match ranked.iter_mut().find(|(_, section)| section.heading == heading) {
            Some((_, section)) => section.lines.extend(lines),
            None => ranked.push((rank, Section { heading, lines })),
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, section)| section).collect()
}

/// Where an item belongs, and its lines there; none if it says nothing.
fn section_of(
    row: &ItemRow,
    say: &dyn Fn(String, &str) -> String,
    day: &dyn Fn(i64) -> String,
) -> Option<(u8, String, Vec<String>)> {
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
            if let Some(Stance::NotNow { until_ms: Some(until) }) = row.stance {
                let _ = write!(line, "; {}", say("until-day".into(), &day(until)));
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

pub(super) fn markdown(title: &str, sections: &[Section]) -> String {
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

fn html(title: &str, sections: &[Section], language: &str, direction: WritingDirection) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let language = if !language.is_empty() && language.len() <= 64 && language.bytes().all(plain) {
        format!(" lang=\"{language}\"")
    } else {
        String::new()
    };
    let direction = if direction == WritingDirection::RightToLeft { " dir=\"rtl\"" } else { "" };
    let title = escaped(&one_line(title));
    let mut page = format!(
        "<!DOCTYPE html>\n<html{language}{direction}>\n<head>\n<meta charset=\"utf-8\">\n\
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
        sections(&rows.iter().collect::<Vec<_>>(), &|key, _| key, &|ms| ms.to_string())
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
        let page = html("care", &sections, "pl", WritingDirection::LeftToRight);
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"pl\">\n"));
        assert!(page.contains("<li dir=\"auto\">I&#39;m &lt;here&gt; &amp; *still*</li>\n"));
        assert!(page.contains("<li dir=\"auto\">I am far away.<br>And glad.</li>\n"));
        let page = html("care", &sections, "\"><script>", WritingDirection::RightToLeft);
        assert!(!page.contains("script") && page.contains("<html dir=\"rtl\">"));
    }

    proptest! {
        /// Whatever is written in it, a page keeps its shape: as many elements as the card has parts.
        #[test]
        fn nothing_written_becomes_a_tag(note in any::<String>(), title in any::<String>()) {
            let page = html(&title, &of(&[stance("water", Stance::Love, &note)]), "", WritingDirection::LeftToRight);
            let breaks = page.matches("<br>").count();
            prop_assert_eq!(page.matches('<').count(), 25 + breaks);
            prop_assert_eq!(page.matches("<li").count(), 1);
        }
    }
}
