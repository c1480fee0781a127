//! Items, and what they say.

use nightstand::care as core;
use nightstand::care::{Condition, Item, Line, LineId, Question, Remark, Side};

use crate::error::NightstandError;
use crate::time::Timestamp;

/// How somebody feels about an activity. The first is the strictest.
#[derive(uniffi::Enum)]
pub enum Stance {
    /// A boundary.
    Never,
    /// A boundary for the time being.
    NotNow {
        /// When its person may be asked whether it still holds (the text `stance-not-now.ask`, with `date`). It ends only
        /// when they say so.
        until: Option<Timestamp>,
    },
    /// Fine, if it comes up.
    Open,
    /// Liked.
    Like,
    /// Loved.
    Love,
}

/// Which item.
#[uniffi::remote(Enum)]
pub enum Item {
    /// How somebody feels about an activity.
    Stance {
        /// Its id: of the catalogue a lower-case word with hyphens, or one of the couple's own (`own-…`).
        activity: String,
        /// On which side.
        side: Side,
        /// Under which condition; none: always. One under a condition only ever tightens what stands without.
        condition: Option<Condition>,
    },
    /// A question with choices.
    Question(Question),
    /// Something to say once.
    Remark(Remark),
    /// One of many.
    Line(Line, LineId),
}

// Tells the lines of one kind apart.
uniffi::custom_type!(LineId, String, {
    remote,
    try_lift: |text| text.parse::<LineId>().map_err(|error| NightstandError::from(error).into()),
    lower: |id| id.to_string(),
});

/// Which side of an activity.
#[uniffi::remote(Enum)]
pub enum Side {
    /// It is done for me.
    Receive,
    /// I do it.
    Give,
    /// We both do it.
    Together,
}

/// When a stance counts, beside always. A stance under a condition only ever tightens what stands without one.
#[uniffi::remote(Enum)]
pub enum Condition {
    /// After something intense.
    Intense,
    /// After role play.
    RolePlay,
    /// After something extra vigorous.
    Vigorous,
    /// After something new.
    New,
    /// When tired.
    Tired,
    /// When vulnerable.
    Vulnerable,
    /// When disappointed or not satisfied.
    Disappointed,
    /// When an old issue was stirred.
    OldIssue,
    /// Short on time.
    ShortTime,
    /// With little privacy, or interrupted.
    LittlePrivacy,
    /// While apart.
    Apart,
    /// After closeness without sex.
    Closeness,
    /// After another emotionally charged moment.
    Charged,
}

/// A question with choices. Any number of them can be picked.
#[uniffi::remote(Enum)]
pub enum Question {
    /// How I like to connect first.
    FirstConnection,
    /// How long.
    Length,
    /// When I like to talk about it.
    WhenToTalk,
    /// How I usually am afterwards: help for reading me, never inferred.
    UsualAfter,
    /// What to avoid.
    Avoid,
    /// How often to look at all of it again, since needs change.
    Review,
}

/// Something to say in one's own words, once.
#[uniffi::remote(Enum)]
pub enum Remark {
    /// When I go quiet it means …
    Quiet,
    /// When I need distance it does not mean …
    Distance,
}

/// Something of which there can be many, each a line in the person's own words.
#[uniffi::remote(Enum)]
pub enum Line {
    /// Words that help.
    Helps,
    /// Words that don't.
    DoesNotHelp,
    /// What else to avoid.
    Avoid,
    /// For next time.
    Wish,
}

/// What a screen says of an item. What is none stays as it is.
#[derive(uniffi::Record)]
pub struct ItemDraft {
    /// The stance, of an activity. Said again it is a write too: a boundary that is said again holds against whoever loosens
    /// it at the same time without having seen that. To clear a stance, say `open`.
    #[uniffi(default)]
    pub stance: Option<Stance>,
    /// All that is chosen, of a question, by ids.
    #[uniffi(default)]
    pub choices: Option<Vec<String>>,
    /// The note, of at most 4,000 UTF-16 units.
    #[uniffi(default)]
    pub note: Option<String>,
}

/// What an item says.
#[derive(uniffi::Record)]
pub struct ItemContent {
    /// The stance; none if nothing was said.
    pub stance: Option<Stance>,
    /// The ids of what was chosen, in rising order.
    pub choices: Vec<String>,
    /// In the person's own words.
    pub note: String,
}

/// An item of one's own, whole.
#[derive(uniffi::Record)]
pub struct ItemView {
    /// Which.
    pub item: Item,
    /// What it says, with what was not shared yet; of the stances the strictest that stands, private and shared.
    pub content: ItemContent,
    /// What the partner sees of it; none if it is not shared.
    pub shared: Option<ItemContent>,
    /// The partner sees something else: sharing would hand something on.
    pub unshared_changes: bool,
    /// The state that this shows: hand it back to `set` and `share` as it is.
    pub version: Vec<u8>,
}

/// What the partner sees of an item.
#[derive(uniffi::Record)]
pub struct SharedItem {
    /// What they see already; none if it is not shared.
    pub present: Option<ItemContent>,
    /// What they would see if it were shared this moment.
    pub next: ItemContent,
}

/// What an item said, and from when on.
#[derive(uniffi::Record)]
pub struct PastItem {
    /// When it was said, as this phone's clock had it.
    pub at: Timestamp,
    /// What it said then.
    pub content: ItemContent,
}

/// What a list shows of an item.
#[derive(uniffi::Record)]
pub struct ItemRow {
    /// Which.
    pub item: Item,
    /// The strictest stance that this device knows of, private and shared; none if nothing was said.
    pub stance: Option<Stance>,
    /// The ids of what was chosen, in rising order. Of an own item: with what was not shared yet.
    pub choices: Vec<String>,
    /// In the person's own words. Of an own item: with what was not shared yet.
    pub note: String,
    /// Both can read it.
    pub shared: bool,
    /// Of an own item that is shared: the partner sees something else.
    pub unshared_changes: bool,
}

/// Items, in rising order.
#[derive(uniffi::Record)]
pub struct ItemRows {
    /// At most 10,000.
    pub items: Vec<ItemRow>,
    /// How many more there are that this version can't read: a newer app wrote them. Worth a line on a screen.
    pub unreadable: u64,
}

impl From<core::Stance> for Stance {
    fn from(stance: core::Stance) -> Self {
        match stance {
            core::Stance::Never => Self::Never,
            core::Stance::NotNow { until_ms } => Self::NotNow { until: until_ms.map(Timestamp) },
            core::Stance::Open => Self::Open,
            core::Stance::Like => Self::Like,
            core::Stance::Love => Self::Love,
        }
    }
}

impl From<Stance> for core::Stance {
    fn from(stance: Stance) -> Self {
        match stance {
            Stance::Never => Self::Never,
            Stance::NotNow { until } => Self::NotNow { until_ms: until.map(|until| until.0) },
            Stance::Open => Self::Open,
            Stance::Like => Self::Like,
            Stance::Love => Self::Love,
        }
    }
}

impl From<ItemDraft> for core::ItemDraft {
    fn from(draft: ItemDraft) -> Self {
        let ItemDraft { stance, choices, note } = draft;
        Self { stance: stance.map(core::Stance::from), choices: choices.map(|all| all.into_iter().collect()), note }
    }
}

impl From<core::ItemContent> for ItemContent {
    fn from(content: core::ItemContent) -> Self {
        let core::ItemContent { stance, choices, note } = content;
        Self { stance: stance.map(Stance::from), choices: choices.into_iter().collect(), note }
    }
}

impl From<core::ItemView> for ItemView {
    fn from(view: core::ItemView) -> Self {
        let core::ItemView { item, content, shared, unshared_changes, version } = view;
        let (content, shared) = (content.into(), shared.map(ItemContent::from));
        Self { item, content, shared, unshared_changes, version: version.as_bytes().to_vec() }
    }
}

impl From<core::SharedItem> for SharedItem {
    fn from(shared: core::SharedItem) -> Self {
        Self { present: shared.present.map(ItemContent::from), next: shared.next.into() }
    }
}

impl From<core::PastItem> for PastItem {
    fn from(past: core::PastItem) -> Self {
        Self { at: Timestamp(past.at_ms), content: past.content.into() }
    }
}

impl From<core::ItemRow> for ItemRow {
    fn from(row: core::ItemRow) -> Self {
        let core::ItemRow { item, stance, choices, note, shared, unshared_changes } = row;
        Self { item, stance: stance.map(Stance::from), choices, note, shared, unshared_changes }
    }
}

impl From<core::ItemRows> for ItemRows {
    fn from(rows: core::ItemRows) -> Self {
        Self { items: rows.items.into_iter().map(ItemRow::from).collect(), unreadable: rows.unreadable }
    }
}
