//! What is seen in the terminal: two screens, side by side where there is room, words, a bar, figures.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::ops::RangeInclusive;

use chrono::{DateTime, FixedOffset};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::protocol::{Row, Screen, Synced, Whose};

/// Rows that a screen has room for.
pub(crate) const ROWS: u32 = 12;

/// Columns, where neither the terminal nor `$COLUMNS` tells.
const COLUMNS: usize = 100;

/// Columns that are made use of, however narrow or wide it is.
const USED: RangeInclusive<usize> = 60..=160;

/// From so many columns on, both screens stand side by side.
const SIDE_BY_SIDE: usize = 100;

/// What stands beside a row's date.
const LEGEND: [&str; 5] =
    ["only me: private", "shared: both read it", "shared*: edited since", "a name: theirs", "both: both write"];

/// Columns of a date and of whose an entry is.
const DATE: usize = 11;
const WHOSE: usize = 7;

/// How wide it is here, now: a terminal may be drawn larger meanwhile.
pub(crate) fn columns() -> usize {
    let terminal = terminal_size::terminal_size().map(|(width, _)| width.0.into());
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal.or_else(told).unwrap_or(COLUMNS).clamp(*USED.start(), *USED.end())
}

/// Writes a line, or several, as they are.
pub(crate) fn line(text: impl Display) -> io::Result<()> {
    written(&format!("{text}\n"))
}

/// Writes words, with no line longer than the terminal is wide.
pub(crate) fn prose(text: impl Display) -> io::Result<()> {
    line(wrapped(&text.to_string(), columns()))
}

fn written(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => error,
        kind => io::Error::new(kind, format!("the output can't be written: {error}")),
    })
}

fn wrapped(text: &str, columns: usize) -> String {
    let lines = text.split('\n').map(|line| filled(line.split(' '), " ", columns));
    lines.collect::<Vec<_>>().join("\n")
}

/// Pieces in a row, and in the next one from where they would be too wide.
fn filled<'a>(pieces: impl IntoIterator<Item = &'a str>, between: &str, columns: usize) -> String {
    let (mut filled, mut used) = (String::new(), 0);
    for (at, piece) in pieces.into_iter().enumerate() {
        let fits = used + between.width() + piece.width() <= columns;
        if at > 0 {
            filled.push_str(if fits { between } else { "\n" });
            used = if fits { used + between.width() } else { 0 };
        }
        filled.push_str(piece);
        used += piece.width();
    }
    filled
}

/// What the words on a screen mean.
pub(crate) fn legend(columns: usize) -> String {
    filled(LEGEND, " · ", columns)
}

/// Both screens: side by side, or one below the other where it is too narrow for that.
pub(crate) fn both(alex: &Screen, sam: &Screen, columns: usize) -> String {
    let beside = columns >= SIDE_BY_SIDE;
    let width = if beside { (columns - 2) / 2 } else { columns };
    let (first, second) = (screen("Alex", "Sam", alex, width), screen("Sam", "Alex", sam, width));
    if beside {
        first.iter().zip(&second).map(|(left, right)| format!("{left}  {right}\n")).collect()
    } else {
        first.iter().chain(&second).map(|line| format!("{line}\n")).collect()
    }
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
    put(&format!("{}, {} of them shared", counted(screen.count, "entry", "entries"), thousands(screen.shared_count)));
    lines.push(format!("╰{}╯", "─".repeat(width - 2)));
    lines
}

fn two_lines(row: &Row, partner: &str) -> (String, String) {
    let whose = match row.whose {
        Whose::Private => "only me",
        Whose::Shared => "shared",
        Whose::EditedSince => "shared*",
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
pub(crate) fn fit(text: &str, columns: usize) -> String {
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
    format!(
        "{} bytes in {}, {} ms ({} bytes on the wire)",
        thousands(synced.bytes),
        counted(synced.round_trips, "round trip", "round trips"),
        thousands(synced.ms),
        thousands(synced.wire_bytes)
    )
}

/// A text moved in from the margin.
pub(crate) fn indented(text: &str, columns: usize) -> String {
    const MARGIN: &str = "    ";
    let text = wrapped(text, columns - MARGIN.len());
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{MARGIN}{line}\n") }).collect()
}

/// So many of something.
pub(crate) fn counted(number: u64, one: &str, several: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { several })
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
    const CELLS: usize = 30;

    /// A bar for this.
    pub(crate) fn new(what: &'static str) -> Self {
        Self(what)
    }

    /// Draws it anew.
    pub(crate) fn show(&self, done: u64, total: u64) -> io::Result<()> {
        let (over, terminal) = (done >= total, io::stdout().is_terminal());
        if !over && !terminal {
            return Ok(());
        }
        let (what, of) = (self.0, thousands(total));
        // Drawn over itself, it has to stay on one line; and the last column makes some terminals begin another.
        let taken = what.width() + 2 * of.len() + " of ".len() + 5;
        let cells = columns().saturating_sub(taken).min(Self::CELLS) as u64;
        let full = (done * cells).checked_div(total).unwrap_or(cells).min(cells);
        let bar = format!("{}{}", "█".repeat(full as usize), "░".repeat((cells - full) as usize));
        let (start, end) = (if terminal { "\r" } else { "" }, if over { "\n" } else { "" });
        written(&format!("{start}{what}  {bar}  {} of {of}{end}", thousands(done)))
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
    fn both_screens_are_as_wide_as_they_may_be() {
        let empty = || Screen { rows: Vec::new(), count: 0, shared_count: 0, documents: 0, digest: String::new() };
        for columns in [60, 80, 99, 100, 120, 160] {
            let screens = both(&empty(), &empty(), columns);
            assert!(screens.lines().all(|line| line.width() == columns), "{columns}");
            let heads = screens.lines().filter(|line| line.contains("'s phone")).count();
            assert_eq!(heads, if columns < SIDE_BY_SIDE { 2 } else { 1 }, "{columns}");
            assert!(legend(columns).lines().all(|line| line.width() <= columns), "{columns}");
        }
    }

    #[test]
    fn words_go_on_in_the_next_line() {
        assert_eq!(wrapped("so that it\nfits, incomprehensibly wide", 8), "so that\nit\nfits,\nincomprehensibly\nwide");
        assert_eq!(indented("a b\n\nc", 5), "    a\n    b\n\n    c\n");
    }

    #[test]
    fn one_is_not_several() {
        let entries = |number| counted(number, "entry", "entries");
        assert_eq!([0, 1, 2_000].map(entries), ["0 entries", "1 entry", "2,000 entries"]);
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
