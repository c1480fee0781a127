//! Addresses of links, and entities.

use super::super::rich_text::{MAX_URL_UNITS, is_link};

/// Parentheses nest no deeper in an address (as in cmark), so hostile input can't make the scan quadratic.
const MAX_PARENS: usize = 32;
/// No address that may be kept is longer in bytes, even with every character escaped.
const MAX_ADDRESS: usize = 2 * 3 * MAX_URL_UNITS;

/// The character an entity at the start of `source` stands for, and its length in bytes.
pub(super) fn entity(source: &str) -> Option<(char, usize)> {
    let end = source.bytes().take(10).position(|byte| byte == b';')?;
    let name = source.get(1..end)?;
    let number = |digits: &str, radix| {
        let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        let c = plain.then(|| u32::from_str_radix(digits, radix).ok()).flatten().and_then(char::from_u32)?;
        // A line break here would break the paragraph apart.
        (!matches!(c, '\0' | '\n')).then_some(c)
    };
    let c = match name.strip_prefix('#') {
        Some(digits) => match digits.strip_prefix(['x', 'X']) {
            Some(hex) => number(hex, 16)?,
            None => number(digits, 10)?,
        },
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => return None,
        },
    };
    Some((c, end + 1))
}

/// The address in `<https://…>`.
pub(super) fn autolink(source: &str) -> Option<&str> {
    let end =
        source.bytes().take(MAX_ADDRESS).skip(1).position(|b| b == b'>' || b == b'<' || b.is_ascii_whitespace())? + 1;
    let url = source.get(1..end)?;
    let scheme = url.split_once(':')?.0;
    let known = (2..=32).contains(&scheme.len())
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    (source.as_bytes()[end] == b'>' && known && is_link(url)).then_some(url)
}

/// The address in `(url)` or `(<url>)`, and the length of it all in bytes.
pub(super) fn destination(source: &str) -> Option<(String, usize)> {
    let inner = source.strip_prefix('(')?.trim_start_matches(' ');
    let angled = inner.starts_with('<');
    let start = source.len() - inner.len() + usize::from(angled);
    let (mut url, mut at, mut depth) = (String::new(), start, 0);
    loop {
        let rest = &source[at..];
        let c = rest.chars().next().filter(|_| at - start <= MAX_ADDRESS)?;
        let escaped = rest.chars().nth(1).filter(|next| c == '\\' && next.is_ascii_punctuation());
        let replaced = if c == '&' { entity(rest) } else { escaped.map(|next| (next, 2)) };
        if let Some((c, len)) = replaced {
            url.push(c);
            at += len;
            continue;
        }
        match c {
            '\n' => return None,
            '>' if angled => break,
            '<' if angled => return None,
            ')' if !angled && depth == 0 => break,
            _ if !angled && (c.is_whitespace() || c.is_control()) => break,
            '(' if !angled => depth += 1,
            ')' if !angled => depth -= 1,
            _ => {}
        }
        if depth > MAX_PARENS {
            return None;
        }
        url.push(c);
        at += c.len_utf8();
    }
    let tail = source[at + usize::from(angled)..].trim_start_matches(' ').strip_prefix(')')?;
    (depth == 0).then_some((url, source.len() - tail.len()))
}
