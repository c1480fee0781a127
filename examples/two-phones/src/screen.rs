//! What is seen in the terminal: two screens side by side, a bar, figures.

use std::io::{IsTerminal, Write};

use chrono::{DateTime, FixedOffset};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::protocol::{Row, Screen, Synced, Whose};

/// Rows that a screen has room for.
pub(crate) const ROWS: u32 = 12;

/// Columns of both screens together, where the terminal does not say.
const COLUMNS: usize = 110;

/// Columns of a date and of whose an entry is.
const DATE: usize = 11;
const WHOSE: usize = 7;

/// Both screens, side by side.
pub(crate) fn side_by_side(alex: &Screen, sam: &Screen) -> String {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(COLUMNS);
    let width = (columns.clamp(70, 200) - 2) / 2;
    let (left, right) = (screen("Alex", "Sam", alex, width), screen("Sam", "Alex", sam, width));
    let lines = left.iter().zip(&right).map(|(left, right)| format!("{left}  {right}\n"));
    lines.collect()
}

/// One screen; always as many lines.
fn screen(name: &str, partner: &str, screen: &Screen, width: usize) -> Vec<String> {
    let inside = width - 4;
    let head = format!("─ {name}'s phone ");
    let mut lines = vec![format!("╭{head}{}╮", "─".repeat(width - 2 - head.width()))];
    let mut put = |text: &str| lines.push(format!("│ {} │", fit(text, inside)));
    for at in 0..ROWS as usize {
        let (first, second) = screen.rows.get(at).map(|row| two_lines(row, partner)).unwrap_or_default();
        put(&first);
        put(&second);
    }
    let more = screen.count - screen.rows.len() as u64;
    put("");
    put(&if more > 0 { format!("… and {} more below", thousands(more)) } else { String::new() });
    put(&format!("{} entries, {} of them shared", thousands(screen.count), thousands(screen.shared_count)));
    lines.push(format!("╰{}╯", "─".repeat(width - 2)));
    lines
}

fn two_lines(row: &Row, partner: &str) -> (String, String) {
    let whose = match row.whose {
        Whose::Private => "only me",
        Whose::Shared => "shared",
        Whose::Partners => partner,
        Whose::Both => "both",
    };
    let title = if row.title.is_empty() { "(no title)" } else { &row.title };
    (
        format!("{} {} {title}", fit(&date(row), DATE), fit(whose, WHOSE)),
        format!("{} {}", " ".repeat(DATE + 1 + WHOSE), row.preview),
    )
}

/// The day as it was where the entry was written.
fn date(row: &Row) -> String {
    let zone = row.offset_seconds.and_then(FixedOffset::east_opt);
    let moment = DateTime::from_timestamp_millis(row.when_ms).zip(zone.or(FixedOffset::east_opt(0)));
    moment.map(|(moment, zone)| moment.with_timezone(&zone).format("%e %b %Y").to_string()).unwrap_or_default()
}

/// A text in exactly so many columns. What is too long ends in “…”.
fn fit(text: &str, columns: usize) -> String {
    // A row is one line, whatever its title holds.
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.width() <= columns {
        return format!("{text}{}", " ".repeat(columns - text.width()));
    }
    let mut fitted = String::new();
    for letter in text.chars() {
        if fitted.width() + letter.width().unwrap_or_default() + 1 > columns {
            break;
        }
        fitted.push(letter);
    }
    fitted.push('…');
    let missing = columns.saturating_sub(fitted.width());
    fitted + &" ".repeat(missing)
}

/// What a sync moved, in words.
pub(crate) fn moved(synced: &Synced) -> String {
    let trips = if synced.round_trips == 1 { "round trip" } else { "round trips" };
    format!(
        "{} bytes in {} {trips}, {} ms ({} bytes on the wire)",
        thousands(synced.bytes),
        thousands(synced.round_trips),
        thousands(synced.ms),
        thousands(synced.wire_bytes)
    )
}

/// A text moved in from the margin.
pub(crate) fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// A number with its thousands apart.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

/// A bar that fills. Into a file it writes its end alone.
pub(crate) struct Bar(&'static str);

impl Bar {
    const CELLS: u64 = 30;

    /// A bar for this.
    pub(crate) fn new(what: &'static str) -> Self {
        Self(what)
    }

    /// Draws it anew.
    pub(crate) fn show(&self, done: u64, total: u64) {
        let mut out = std::io::stdout().lock();
        let over = done >= total;
        if !over && !out.is_terminal() {
            return;
        }
        let full = (done * Self::CELLS).checked_div(total).unwrap_or(Self::CELLS).min(Self::CELLS);
        let bar = format!("{}{}", "█".repeat(full as usize), "░".repeat((Self::CELLS - full) as usize));
        let (start, end) = (if out.is_terminal() { "\r" } else { "" }, if over { "\n" } else { "" });
        // Nobody may be looking any more.
        let _unseen = write!(out, "{start}{}  {bar}  {} of {}{end}", self.0, thousands(done), thousands(total));
        let _unseen = out.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_takes_the_columns_it_was_given() {
        for text in [
            "",
            "short",
            "a line that is far too long for it",
            "ただいま、と言える場所",
            "ليلة سعيدة يا قلبي",
            "e\u{301}\u{301}\u{301}",
            "a\nb",
        ] {
            for columns in [1, 2, 10, 13] {
                assert_eq!(fit(text, columns).width(), columns, "{text} in {columns}");
                assert!(!fit(text, columns).contains('\n'));
            }
        }
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!([0, 999, 1_000, 3_413_000].map(thousands), ["0", "999", "1,000", "3,413,000"]);
    }

    #[test]
    fn a_day_is_the_writers_day() {
        let row = |offset_seconds| Row {
            whose: Whose::Both,
            title: String::new(),
            preview: String::new(),
            when_ms: 1_757_544_000_000,
            offset_seconds,
        };
        assert_eq!(date(&row(Some(7200))), "11 Sep 2025");
        assert_eq!(date(&row(None)), "10 Sep 2025");
    }
}
