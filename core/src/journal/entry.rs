//! What an entry holds, as a screen hands it in and gets it back.

use std::collections::BTreeSet;

use nightstand_engine::hash::Hash;

use super::prompt::Prompt;
use super::rich_text::RichText;
use crate::records::RecordId;

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
    /// The text. At most [`MOST_BODY_UNITS`] UTF-16 units, and at most [`MOST_MARKS`] runs of one style.
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
    /// What it answers.
    pub prompt: Option<Prompt>,
    /// The [care session](crate::care::sessions) that it is about. One that is only one's own is not named to the partner: an
    /// entry that they can read does not have it.
    pub session: Option<RecordId>,
}

/// The state of an entry that a screen shows: hand it back to [`edit`](super::Journal::edit) as it is. The vault knows from
/// it what the person saw, and so what they changed.
#[derive(Clone, PartialEq, Eq)]
pub struct EntryVersion(Vec<u8>);

impl EntryVersion {
    pub(crate) fn of(heads: &[Hash]) -> Self {
        Self(heads.iter().flat_map(Hash::as_bytes).copied().collect())
    }

    pub(crate) fn heads(&self) -> Option<Vec<Hash>> {
        self.0.chunks(32).map(Hash::from_slice).collect()
    }

    /// The version with these bytes, which an earlier one gave.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Its bytes, for a screen that is put away and comes back.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Shows that there is one.
impl core::fmt::Debug for EntryVersion {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("EntryVersion(…)")
    }
}

/// The times that an entry may have, in milliseconds since 1970: the years 1 to 9999, which every language can show.
pub const TIMES_MS: core::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;
/// The offsets from UTC that an entry may have, in seconds: no clock was ever further off than 18 hours.
pub const OFFSETS_SECONDS: core::ops::RangeInclusive<i32> = -64_800..=64_800;
/// Longest title.
pub const MOST_TITLE_UNITS: usize = 1_000;
/// Longest text: about a hundred printed pages.
pub const MOST_BODY_UNITS: usize = 200_000;
/// Most runs of one style in a text. Writing them takes the longer the more there are: two thousand some seconds.
pub const MOST_MARKS: usize = 2_000;
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
