//! The words of a text, as search knows them.
//!
//! What is indexed and what is sought are folded alike: letters in lower case and without their marks, also those that Unicode
//! takes for letters of their own (ł, ø, ß …). Chinese, Japanese and Korean are written without spaces between words, or with
//! endings that hang on, so a run of their characters is cut into overlapping pairs: 日本語 is 日本, 本語. Whoever seeks two
//! characters or more finds them anywhere in a sentence.

use core::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word, folded, and where it stands in the text, in bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Word {
    pub(crate) folded: String,
    pub(crate) at: Range<usize>,
}

/// The words of a text, in order. Pairs overlap.
pub(crate) fn words(text: &str) -> Words<'_> {
    Words { text, letters: text.char_indices().peekable(), pair: None }
}

/// A text as it goes into the index: its words with spaces between.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in words(text) {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(&word.folded);
    }
    folded
}

/// See [`words`].
pub(crate) struct Words<'a> {
    text: &'a str,
    letters: core::iter::Peekable<core::str::CharIndices<'a>>,
    /// The last character of a run of pairs: folded, where it begins, and whether it stands in a pair already.
    pair: Option<(String, usize, bool)>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            let next = self.letters.peek().copied();
            match (next, self.pair.take()) {
                (Some((at, letter)), None) if is_paired(letter) => {
                    let folded = self.paired(letter);
                    self.pair = Some((folded, at, false));
                }
                (Some((at, letter)), Some((first, start, _))) if is_paired(letter) => {
                    let second = self.paired(letter);
                    let word = Word { folded: first + &second, at: start..self.position() };
                    self.pair = Some((second, at, true));
                    return Some(word);
                }
                // A character alone is a word; the end of a run stands in its last pair.
                (_, Some((alone, start, false))) => return Some(Word { folded: alone, at: start..self.position() }),
                (_, Some((_, _, true))) => {}
                (Some((at, letter)), None) if letter.is_alphanumeric() => return Some(self.word(at)),
                (Some(_), None) => {
                    self.letters.next();
                }
                (None, None) => return None,
            }
        }
    }
}

impl Words<'_> {
    fn word(&mut self, start: usize) -> Word {
        let mut folded = String::new();
        while let Some((_, letter)) = self.letters.next_if(|(_, letter)| continues(*letter)) {
            match letter {
                letter if letter.is_ascii() => folded.push(letter.to_ascii_lowercase()),
                letter => fold_into(&mut folded, core::iter::once(letter)),
            }
        }
        Word { folded, at: start..self.position() }
    }

    /// Takes one character of a run, and the marks on it.
    fn paired(&mut self, letter: char) -> String {
        self.letters.next();
        let mut whole = String::from(letter);
        while let Some((_, mark)) = self.letters.next_if(|(_, next)| is_combining_mark(*next) || is_kana_mark(*next)) {
            whole.push(mark);
        }
        let mut folded = String::new();
        fold_into(&mut folded, whole.chars());
        folded
    }

    fn position(&mut self) -> usize {
        self.letters.peek().map_or(self.text.len(), |(at, _)| *at)
    }
}

fn continues(letter: char) -> bool {
    (letter.is_alphanumeric() && !is_paired(letter)) || is_combining_mark(letter)
}

fn fold_into(folded: &mut String, letters: impl Iterator<Item = char>) {
    // Compatibility forms too: ﬁ is fi, full-width Ａ is a, ｶ is カ. Composed again, so that Korean stays one syllable a letter.
    let plain = letters.nfkd().filter(|letter| !is_combining_mark(*letter) || is_kana_mark(*letter)).nfc();
    for letter in plain.flat_map(char::to_lowercase) {
        match base(letter) {
            Some(base) => folded.push_str(base),
            None if is_combining_mark(letter) && !is_kana_mark(letter) => {}
            None => folded.push(letter),
        }
    }
}

/// Makes another sound of a kana: は, ば, ぱ are not the same with a mark more or less.
fn is_kana_mark(letter: char) -> bool {
    matches!(letter, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}')
}

/// Letters that Unicode does not take apart.
fn base(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ł' | 'ƚ' | 'ɫ' => "l",
        'ø' | 'ɵ' => "o",
        'ß' => "ss",
        'đ' | 'ð' | 'ɖ' => "d",
        'þ' => "th",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ĸ' => "k",
        'ƶ' => "z",
        'ς' => "σ",
        _ => return None,
    })
}

/// Is it written in runs that are cut into pairs? Han, kana, bopomofo, hangul.
fn is_paired(letter: char) -> bool {
    matches!(u32::from(letter),
        0x1100..=0x11ff | 0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3031..=0x3035 | 0x3041..=0x30ff
        | 0x3105..=0x318f | 0x31a0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xa960..=0xa97f | 0xac00..=0xd7ff
        | 0xf900..=0xfaff | 0xff66..=0xff9f | 0x1b000..=0x1b16f | 0x20000..=0x3fffd)
        && letter.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        words(text).map(|word| word.folded).collect()
    }

    #[test]
    fn letters_lose_their_case_and_marks() {
        assert_eq!(of("Zażółć GĘŚLĄ jaźń"), ["zazolc", "gesla", "jazn"]);
        assert_eq!(of("Straße, smørrebrød; cafe\u{301}"), ["strasse", "smorrebrod", "cafe"]);
        assert_eq!(of("ﬁne Ｔｅａ Œuvre Þór ΟΔΟΣ İstanbul"), ["fine", "tea", "oeuvre", "thor", "οδοσ", "istanbul"]);
        assert_eq!(of("don't 3.5"), ["don", "t", "3", "5"]);
        assert_eq!(of("🌧️ — …"), Vec::<String>::new());
    }

    #[test]
    fn what_has_no_spaces_is_cut_into_pairs() {
        assert_eq!(of("日本語で、茶"), ["日本", "本語", "語で", "茶"]);
        assert_eq!(of("Tea茶室2"), ["tea", "茶室", "2"]);
        assert_eq!(of("사랑해"), ["사랑", "랑해"]);
        assert_eq!(of("ガラス"), of("カ\u{3099}ラス"));
        assert_eq!(of("ガラス"), of("ｶﾞﾗｽ"));
        assert_eq!(folded("ただいま。Hi"), "ただ だい いま hi");
    }

    #[test]
    fn every_word_says_where_it_stands() {
        let text = "Zażółć 日本語!";
        let found: Vec<_> = words(text).map(|word| &text[word.at]).collect();
        assert_eq!(found, ["Zażółć", "日本", "本語"]);
    }

    proptest! {
        #[test]
        fn any_text_has_words_in_order(text in "\\PC{0,60}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(text.get(word.at.clone()).is_some() && word.at.start >= last && !word.at.is_empty());
                last = word.at.start;
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,60}") {
            let once = folded(&text);
            prop_assert!(words(&once).all(|word| word.folded == once[word.at]));
        }
    }
}
