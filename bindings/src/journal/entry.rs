//! What an entry holds, as a screen hands it in and gets it back.

use nightstand::journal as core;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{Author, EntryId, Prompt, Visibility};
use nightstand::records::RecordId;

use crate::time::Timestamp;

/// A point in time and how clocks showed it there.
///
/// The instant orders entries; offset and zone say which local time and day the writer meant, also years later and
/// elsewhere. The core has no table of time zones: the app, which has the system's, hands in the offset.
#[derive(uniffi::Record)]
pub struct Moment {
    /// The instant.
    pub utc: Timestamp,
    /// What to add to UTC for the local time there, in seconds (London in 1660: −75). None where it is not known.
    #[uniffi(default)]
    pub offset_seconds: Option<i32>,
    /// The zone's IANA name, such as `Europe/Warsaw`.
    #[uniffi(default)]
    pub zone: Option<String>,
}

/// The text and circumstances of an entry, as written. Lengths are in UTF-16 units.
#[derive(uniffi::Record)]
pub struct EntryDraft {
    /// One line, possibly empty, of at most 1,000 units.
    pub title: String,
    /// The text, of at most 200,000 units.
    pub body: RichText,
    /// When what it tells of happened.
    pub moment: Moment,
    /// It is about a day, not about a moment.
    #[uniffi(default)]
    pub all_day: bool,
    /// A word for the mood, from the app's list or the person's own, of at most 100 units.
    #[uniffi(default)]
    pub mood: Option<String>,
    /// Marked to be found again.
    #[uniffi(default)]
    pub favourite: bool,
    /// At most 100, each of at most 100 units. Their order is not kept: they come back sorted.
    #[uniffi(default)]
    pub tags: Vec<String>,
    /// What it answers.
    #[uniffi(default)]
    pub prompt: Option<Prompt>,
    /// The care session that it is about. One that is only one's own is not named to the partner: an entry that they can read
    /// does not have it.
    #[uniffi(default)]
    pub session: Option<RecordId>,
}

/// What an entry or a sealed reflection answers.
#[uniffi::remote(Enum)]
pub enum Prompt {
    /// A question of a deck, by its id: the text `ask-<id>`.
    Question(String),
    /// A question of one's own, not empty, at most 400 UTF-16 units.
    Words(String),
}

/// An entry, whole.
#[derive(uniffi::Record)]
pub struct EntryView {
    /// Which.
    pub id: EntryId,
    /// Who it is from.
    pub author: Author,
    /// Its text and circumstances. Of an own entry: with edits that were not shared yet.
    pub entry: EntryDraft,
    /// Who can read it.
    pub visibility: Visibility,
    /// There are edits that the partner does not have, since they were not shared.
    pub unshared_edits: bool,
    /// The state that this shows: hand it back to `edit` as it is.
    pub version: Vec<u8>,
}

/// What the partner sees of an entry.
#[derive(uniffi::Record)]
pub struct SharedText {
    /// What they see already; none if it is not shared.
    pub present: Option<EntryDraft>,
    /// What they would see if it were shared this moment.
    pub next: EntryDraft,
}

/// An entry as it once was.
#[derive(uniffi::Record)]
pub struct PastVersion {
    /// Which: for `read_past` and `restore`.
    pub version: Vec<u8>,
    /// When it came to be, to the second. None for joint entries, and where it was not noted.
    pub at: Option<Timestamp>,
    /// Who made it so.
    pub by: Author,
}

impl From<core::PastVersion> for PastVersion {
    fn from(past: core::PastVersion) -> Self {
        let core::PastVersion { version, at_ms, by } = past;
        Self { version: version.as_bytes().to_vec(), at: at_ms.map(Timestamp), by }
    }
}

impl From<core::Moment> for Moment {
    fn from(moment: core::Moment) -> Self {
        Self { utc: Timestamp(moment.utc_ms), offset_seconds: moment.offset_seconds, zone: moment.zone }
    }
}

impl From<Moment> for core::Moment {
    fn from(moment: Moment) -> Self {
        Self { utc_ms: moment.utc.0, offset_seconds: moment.offset_seconds, zone: moment.zone }
    }
}

impl From<core::EntryDraft> for EntryDraft {
    fn from(draft: core::EntryDraft) -> Self {
        let core::EntryDraft { title, body, when, all_day, mood, favourite, tags, prompt, session } = draft;
        let (moment, tags) = (when.into(), tags.into_iter().collect());
        Self { title, body, moment, all_day, mood, favourite, tags, prompt, session }
    }
}

impl From<EntryDraft> for core::EntryDraft {
    fn from(draft: EntryDraft) -> Self {
        let EntryDraft { title, body, moment, all_day, mood, favourite, tags, prompt, session } = draft;
        let (when, tags) = (moment.into(), tags.into_iter().collect());
        Self { title, body, when, all_day, mood, favourite, tags, prompt, session }
    }
}

impl From<core::EntryView> for EntryView {
    fn from(view: core::EntryView) -> Self {
        let core::EntryView { id, entry, visibility, unshared_edits, version } = view;
        let version = version.as_bytes().to_vec();
        Self { id, author: id.author(), entry: entry.into(), visibility, unshared_edits, version }
    }
}

impl From<core::SharedText> for SharedText {
    fn from(text: core::SharedText) -> Self {
        Self { present: text.present.map(EntryDraft::from), next: text.next.into() }
    }
}
