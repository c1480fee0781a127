//! The work that everyone does: entries to write and edits to make, the same for the same seed.
//!
//! The text is words drawn from a short list, so it packs better than real prose would; what
//! real prose costs is seen with the [`diary`](crate::diary).

use std::collections::BTreeSet;

use crate::pair::Side;

/// A journal entry as each contestant stores it: text that can be edited together, the rest plain.
/// Times are in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) tags: Vec<String>,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// One sentence appended to the body, and `updated` set.
pub(crate) struct Edit {
    pub(crate) entry: usize,
    pub(crate) sentence: String,
    pub(crate) at: i64,
}

/// `n` entries of about 28 characters of title, 600 of body and three tags, an hour apart.
pub(crate) fn entries(n: usize, seed: u64) -> Vec<Entry> {
    let mut draw = Draw::new(seed, "entries");
    (0..n as i64)
        .map(|i| {
            let at = FIRST + i * HOUR;
            Entry {
                title: draw.text(28),
                body: draw.text(600),
                tags: in_order([6, 8, 5].map(|length| draw.text(length))),
                created: at,
                updated: at,
            }
        })
        .collect()
}

/// Tags as everybody can keep them: in rising order, none twice.
pub(crate) fn in_order(tags: impl IntoIterator<Item = String>) -> Vec<String> {
    tags.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// The hundred edits that one side makes offline among `n` entries: sentences of eight words.
/// Two of them, or one of each side, may fall on the same entry.
pub(crate) fn edits(n: usize, seed: u64, side: Side) -> Vec<Edit> {
    let (label, minute) = match side {
        Side::A => ("edits of A", 0),
        Side::B => ("edits of B", 1),
    };
    edits_from(n, Draw::new(seed, label), minute).take(100).collect()
}

/// Such edits without end, of one phone alone.
pub(crate) fn endless_edits(n: usize, seed: u64) -> impl Iterator<Item = Edit> {
    edits_from(n, Draw::new(seed, "edits"), 0)
}

fn edits_from(n: usize, mut draw: Draw, minute: i64) -> impl Iterator<Item = Edit> {
    (0..).map(move |k| Edit {
        entry: draw.below(n),
        sentence: draw.sentence(8),
        at: FIRST + n as i64 * HOUR + (2 * k + minute) * 60_000,
    })
}

/// A seeded source of numbers for everything that would be random in an app
/// (splitmix64; each label gives a sequence of its own).
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        let mut draw = Self(seed);
        for byte in label.bytes() {
            draw.0 ^= u64::from(byte);
            draw.0 = draw.number();
        }
        draw
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.number() % end as u64) as usize
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len())]
    }

    /// Words and spaces, cut at exactly `length` characters.
    fn text(&mut self, length: usize) -> String {
        let mut text = String::new();
        while text.len() < length {
            text.push_str(self.word());
            text.push(' ');
        }
        text.truncate(length);
        text
    }

    fn sentence(&mut self, words: usize) -> String {
        let words: Vec<_> = (0..words).map(|_| self.word()).collect();
        format!(" {}.", words.join(" "))
    }
}

const HOUR: i64 = 3_600_000;
const FIRST: i64 = 1_700_000_000_000;

#[rustfmt::skip]
const WORDS: [&str; 144] = [
    "the", "and", "you", "that", "was", "for", "are", "with", "his", "they", "this", "have",
    "from", "one", "had", "word", "but", "not", "what", "all", "were", "when", "your", "can",
    "said", "there", "use", "each", "which", "she", "how", "their", "will", "other", "about", "out",
    "many", "then", "them", "these", "some", "her", "would", "make", "like", "him", "into", "time",
    "has", "look", "two", "more", "write", "see", "number", "way", "could", "people", "than", "first",
    "water", "been", "call", "who", "oil", "its", "now", "find", "long", "down", "day", "did",
    "get", "come", "made", "may", "part", "over", "new", "sound", "take", "only", "little", "work",
    "know", "place", "year", "live", "back", "give", "most", "very", "after", "thing", "our", "just",
    "name", "good", "sentence", "man", "think", "say", "great", "where", "help", "through", "much", "before",
    "line", "right", "too", "mean", "old", "any", "same", "tell", "boy", "follow", "came", "want",
    "show", "also", "around", "form", "three", "small", "set", "put", "end", "does", "another", "well",
    "large", "must", "big", "even", "such", "because", "turn", "here", "why", "ask", "went", "men",
];
