//! What an entry holds, as a screen hands it in and gets it back.

use std::collections::BTreeSet;

use super::rich_text::RichText;

/// A point in time and how clocks showed it there.
///
/// The instant orders entries; offset and zone say which local time and day the writer meant, also years later and
/// elsewhere. The core has no table of time zones: the app, which has the system's, hands in the offset.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00Z. Negative before.
    pub utc_ms: i64,
    /// What to add to UTC for the local time there, in seconds (London in 1660: −75). None where it is not known.
    pub offset_seconds: Option<i32>,
    /// The zone's IANA name, such as `Europe/Warsaw`.
    pub zone: Option<String>,
}

/// The text and circumstances of an entry, as written.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct EntryDraft {
    /// One line, possibly empty. At most [`MOST_TITLE_UNITS`] UTF-16 units.
    pub title: String,
    /// The text. At most [`MOST_BODY_UNITS`] UTF-16 units.
    pub body: RichText,
    /// When what it tells of happened.
    pub when: Moment,
    /// It is about a day, not about a moment.
    pub all_day: bool,
    /// A word for the mood, from the app's list or the person's own. At most [`MOST_WORD_UNITS`] UTF-16 units.
    pub mood: Option<String>,
    /// Marked to be found again.
    pub favourite: bool,
    /// At most [`MOST_TAGS`], each at most [`MOST_WORD_UNITS`] UTF-16 units.
    pub tags: BTreeSet<String>,
}

/// The times that an entry may have, in milliseconds since 1970: the years 1 to 9999, which every language can show.
pub const TIMES_MS: core::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
/// Longest title.
pub const MOST_TITLE_UNITS: usize = 1_000;
/// Longest text: about a hundred printed pages.
pub const MOST_BODY_UNITS: usize = 200_000;
/// Longest mood or tag.
pub const MOST_WORD_UNITS: usize = 100;
/// Most tags of one entry.
pub const MOST_TAGS: usize = 100;

/// Shows how much there is, and none of it.
impl core::fmt::Debug for EntryDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EntryDraft({} bytes, {} tags)", self.title.len() + self.body.text.len(), self.tags.len())
    }
}
