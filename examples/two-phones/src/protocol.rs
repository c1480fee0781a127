//! What the terminal and a phone say to each other: one JSON object a line, over the phone's standard input and output.
//!
//! The terminal asks, the phone answers each request once; [`Reply::Progress`] and, while pairing, [`Reply::Invite`] and
//! [`Reply::Compare`] come before the answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::canaries::Canaries;

/// What a phone is to do.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Write entries.
    Write { pages: Vec<Page> },
    /// Put other words in place of some, in the entry with this title.
    Edit { title: String, replace: String, with: String },
    /// Stop sharing the entry with this title.
    TakeBack { title: String },
    /// Say how one feels about activities, and share that or not.
    Prefer { said: Vec<Said> },
    /// What both want afterwards, as this phone knows it.
    Preferences,
    /// Share a Day One export.
    Import { file: PathBuf },
    /// Make an invite and wait for the partner.
    Invite { within_s: u64 },
    /// Take an invite up.
    Join { link: String, within_s: u64 },
    /// The person says that both codes are the same. Only while pairing.
    Confirm,
    /// Listen.
    Online,
    /// Stop listening.
    Offline,
    /// Wait for the partner's phone and sync.
    Answer { stay: Option<Stay>, within_s: u64 },
    /// Call the partner's phone and sync; again, if the last call was cut.
    Begin { addresses: Vec<SocketAddr>, again: bool, stay: Option<Stay>, within_s: u64 },
    /// Take from a folder what the partner's phone left there, and leave there what it lacks.
    Visit { folder: PathBuf, within_s: u64 },
    /// What the screen shows.
    Screen { rows: u32 },
    /// The text of the entry with this title.
    Read { title: String },
    /// Close the vault and look into its file.
    Close,
    /// Search what was sent and the closed file.
    Search { own: Canaries, partners: Canaries },
}

/// What a phone says.
#[derive(Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub(crate) enum Reply {
    Done,
    Failed {
        text: String,
    },
    Progress {
        done: u64,
        total: u64,
    },
    Imported {
        imported: u64,
        total: u64,
        unreadable: u64,
    },
    Invite {
        link: String,
        qr: String,
    },
    Compare {
        words: Vec<String>,
        digits: String,
        name: String,
    },
    Paired {
        partner: String,
    },
    Online {
        addresses: Vec<SocketAddr>,
    },
    Synced(Synced),
    Visited {
        outcome: Outcome,
    },
    Screen(Screen),
    Preferences(Preferences),
    /// None if there is no such entry.
    Text {
        markdown: Option<String>,
    },
    Closed(Closed),
    Found(Found),
}

/// What to do while connected, once both phones have everything.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stay {
    /// Write this, once the entry with the title in `after` is here.
    pub(crate) write: Page,
    pub(crate) after: Option<String>,
    /// Leave once the entry with this title is here. None: the other side leaves.
    pub(crate) until: Option<String>,
}

/// An entry to write, as the samples have it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) title: String,
    /// Markdown.
    pub(crate) body: String,
    /// With its offset from UTC, such as `2026-09-04T22:50:00+02:00`.
    pub(crate) when: String,
    pub(crate) zone: Option<String>,
    pub(crate) mood: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) favourite: bool,
    pub(crate) space: PageSpace,
}

/// Who may read a page.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PageSpace {
    Private,
    Mine,
    Joint,
}

/// How somebody feels about an activity.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Said {
    /// The item's name, such as `stance/holding-hands/together`.
    pub(crate) item: String,
    pub(crate) feels: Feels,
    pub(crate) note: String,
    pub(crate) shared: bool,
}

/// A stance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Feels {
    Never,
    NotNow,
    Open,
    Like,
    Love,
}

/// What a phone knows of what both want.
#[derive(Serialize, Deserialize)]
pub(crate) struct Preferences {
    pub(crate) mine: Vec<Said>,
    pub(crate) partners: Vec<Said>,
}

/// What a sync moved, as one side saw it.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Synced {
    /// Frames, both ways.
    pub(crate) bytes: u64,
    pub(crate) round_trips: u64,
    /// From dialling to the end.
    pub(crate) ms: u64,
    /// UDP payload, both ways, with what QUIC adds.
    pub(crate) wire_bytes: u64,
    pub(crate) outcome: Outcome,
}

impl Synced {
    /// A call that came to nothing.
    pub(crate) fn cut(after: Duration) -> Self {
        let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        Self { bytes: 0, round_trips: 0, ms, wire_bytes: 0, outcome: Outcome::Cut }
    }

    /// This call and an earlier one that was cut, as one.
    pub(crate) fn after(self, earlier: Self) -> Self {
        Self {
            bytes: earlier.bytes + self.bytes,
            round_trips: earlier.round_trips + self.round_trips,
            ms: earlier.ms + self.ms,
            wire_bytes: earlier.wire_bytes + self.wire_bytes,
            outcome: self.outcome,
        }
    }
}

/// How a sync ended. The later ones outweigh the earlier ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Each has everything of the other.
    AllHandedOver,
    /// Something is still to come.
    NotYet,
    /// The road ended early. What had arrived stays.
    Cut,
}

/// What a phone shows.
#[derive(Serialize, Deserialize)]
pub(crate) struct Screen {
    /// The newest rows.
    pub(crate) rows: Vec<Row>,
    /// How many rows there are.
    pub(crate) count: u64,
    /// How many of them both can read.
    pub(crate) shared_count: u64,
    /// How many documents both share, and their digest (`docs/digest.md`).
    pub(crate) documents: u64,
    pub(crate) digest: String,
}

/// One row of a screen.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) whose: Whose,
    pub(crate) title: String,
    pub(crate) preview: String,
    pub(crate) when_ms: i64,
    pub(crate) offset_seconds: Option<i32>,
}

/// Who wrote a row and who reads it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Whose {
    Private,
    Shared,
    /// Shared, and edited since without sharing that.
    EditedSince,
    Partners,
    Both,
}

/// A closed vault.
#[derive(Serialize, Deserialize)]
pub(crate) struct Closed {
    pub(crate) file: PathBuf,
    pub(crate) key: String,
    pub(crate) install_mark: String,
    pub(crate) person: String,
    /// Documents in `Private` that were shared once and taken back.
    pub(crate) taken_back: Vec<String>,
    pub(crate) canaries: Canaries,
}

/// Which canaries a phone found.
#[derive(Serialize, Deserialize)]
pub(crate) struct Found {
    /// Own private words in what this phone sent.
    pub(crate) own: Vec<String>,
    /// The partner's private words in what this phone sent or in its file.
    pub(crate) partners: Vec<String>,
    /// Own shared words in what this phone sent: the search sees.
    pub(crate) own_shared: usize,
    /// The partner's shared words in this phone's file: the search sees.
    pub(crate) partners_shared: usize,
}
