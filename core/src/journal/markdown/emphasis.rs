//! Which `*` and `_` belong together: CommonMark's rules.

use super::super::rich_text::Style;

/// A run of `*` or `_`.
pub(super) struct Delim {
    /// The node it is the text of.
    pub(super) node: usize,
    pub(super) run: char,
    /// How long the run was, which the rules go by.
    pub(super) original: usize,
    /// How many of its characters are still text.
    pub(super) left: usize,
    pub(super) opens: bool,
    pub(super) closes: bool,
}

/// Whether a run of `*` or `_` between these two characters (`None`: the line's edge) may open and may close emphasis.
pub(super) fn flanks(run: char, before: Option<char>, after: Option<char>) -> (bool, bool) {
    let (left, right) = (is_flanking(before, after), is_flanking(after, before));
    if run == '*' {
        return (left, right);
    }
    (left && (!right || before.is_some_and(is_punctuation)), right && (!left || after.is_some_and(is_punctuation)))
}

/// How the reader takes a run: as `flanks`, but languages without spaces put 。 or 」 right before the next word.
pub(super) fn flanks_loosely(run: char, before: Option<char>, after: Option<char>) -> (bool, bool) {
    let (opens, closes) = flanks(run, before, after);
    let starts = run == '*' && before.is_some_and(is_cjk) && !is_space(after);
    let ends = run == '*' && after.is_some_and(is_cjk) && !is_space(before);
    (opens || starts, closes || ends)
}

/// CommonMark's "process emphasis". Takes from the runs what found a partner, and says which nodes it styles: from the
/// one after the opening run's to the one before the closing run's.
pub(super) fn pair(delims: &mut [Delim]) -> Vec<(usize, usize, Style)> {
    let mut pairs = Vec::new();
    let mut openers: Vec<usize> = Vec::new();
    // Below these, a closer of that kind has no opener: without them unmatched closers would cost a square.
    let mut floors = [0; 12];
    for at in 0..delims.len() {
        let (before, rest) = delims.split_at_mut(at);
        let closer = &mut rest[0];
        let floor = usize::from(closer.run == '*') * 6 + usize::from(closer.opens) * 3 + closer.original % 3;
        while closer.closes && closer.left > 0 {
            let found = (floors[floor]..openers.len()).rev().find(|&place| fits(&before[openers[place]], closer));
            let Some(found) = found else {
                floors[floor] = openers.len();
                break;
            };
            let opener = &mut before[openers[found]];
            let used = if opener.left >= 2 && closer.left >= 2 { 2 } else { 1 };
            opener.left -= used;
            closer.left -= used;
            let style = if used == 2 { Style::Bold } else { Style::Italic };
            pairs.push((opener.node + 1, closer.node, style));
            let kept = found + usize::from(opener.left > 0);
            openers.truncate(kept);
            floors = floors.map(|floor| floor.min(kept));
        }
        if closer.opens && closer.left > 0 {
            openers.push(at);
        }
    }
    pairs
}

fn fits(opener: &Delim, closer: &Delim) -> bool {
    let ambiguous = opener.closes || closer.opens;
    let of_three = (opener.original + closer.original).is_multiple_of(3)
        && !(opener.original.is_multiple_of(3) && closer.original.is_multiple_of(3));
    opener.run == closer.run && !(ambiguous && of_three)
}

/// Whether a run leans on `inner`: left-flanking with the character after it, right-flanking with the one before.
fn is_flanking(outer: Option<char>, inner: Option<char>) -> bool {
    !is_space(inner) && (!inner.is_some_and(is_punctuation) || is_space(outer) || outer.is_some_and(is_punctuation))
}

fn is_space(c: Option<char>) -> bool {
    c.is_none_or(char::is_whitespace)
}

/// Punctuation and symbols, told apart by what they are not, since the standard library has no tables for them.
fn is_punctuation(c: char) -> bool {
    let joins = matches!(c, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}');
    c.is_ascii_punctuation() || !(c.is_ascii() || c.is_alphanumeric() || c.is_whitespace() || c.is_control() || joins)
}

fn is_cjk(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}
