//! What the two want, side by side.

use nightstand::care as core;
use nightstand::care::plan::Way;
use nightstand::care::{Condition, Question, QuestionRow, Standing};

use super::Preferences;
use super::item::Stance;
use crate::error::NightstandError;

#[uniffi::export]
impl Preferences {
    /// What the two share, side by side: where they match, where one would adjust, what to ask. Of what is shared alone, so
    /// that both phones show the same once they have met; it can be read while Private is locked. Without a partner it is
    /// empty. What is shared in one's own words alone, remarks and lines, is in `list`.
    ///
    /// Nothing is saved, and nothing leaves the phone.
    pub async fn side_by_side(&self) -> Result<SideBySide, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().side_by_side()?.into())).await
    }
}

/// How what the two share of something stands to each other. Headings: the texts `side-by-side-match`, `-adjust`, `-ask` and
/// `-boundary`.
#[uniffi::remote(Enum)]
pub enum Standing {
    /// They match: both like it, or are as open to it.
    Match,
    /// One would adjust: one likes it more.
    Adjust,
    /// One has said something, the other nothing: what to ask.
    Ask,
    /// One or both have a boundary. It holds; nobody is asked to adjust.
    Boundary,
}

/// What one of the two shares of an activity.
#[derive(uniffi::Record)]
pub struct SharedStance {
    /// How they feel about their side of it.
    pub stance: Stance,
    /// In their own words.
    pub note: String,
}

/// An activity, in one way of doing it.
#[derive(uniffi::Record)]
pub struct ActivityRow {
    /// Its id.
    pub activity: String,
    /// Together, for me, or for my partner.
    pub way: Way,
    /// Under which condition; none: always.
    pub condition: Option<Condition>,
    /// How the two stand to each other.
    pub standing: Standing,
    /// What I share of my side of it; none if nothing.
    pub mine: Option<SharedStance>,
    /// What my partner shares of theirs; none if nothing.
    pub partners: Option<SharedStance>,
}

/// A question.
#[uniffi::remote(Record)]
pub struct QuestionRow {
    /// Which.
    pub question: Question,
    /// `match` if something was chosen by both, `adjust` if not, `ask` if one has chosen nothing.
    pub standing: Standing,
    /// What both chose, by ids, in rising order.
    pub both: Vec<String>,
    /// What I alone chose.
    pub mine: Vec<String>,
    /// What my partner alone chose.
    pub partners: Vec<String>,
}

/// What the two share, side by side.
#[derive(uniffi::Record)]
pub struct SideBySide {
    /// Activities, in rising order of ids.
    pub activities: Vec<ActivityRow>,
    /// Questions, in the order of a screen.
    pub questions: Vec<QuestionRow>,
}

impl From<core::SharedStance> for SharedStance {
    fn from(core::SharedStance { stance, note }: core::SharedStance) -> Self {
        Self { stance: stance.into(), note }
    }
}

impl From<core::ActivityRow> for ActivityRow {
    fn from(row: core::ActivityRow) -> Self {
        let core::ActivityRow { activity, way, condition, standing, mine, partners } = row;
        let (mine, partners) = (mine.map(SharedStance::from), partners.map(SharedStance::from));
        Self { activity, way, condition, standing, mine, partners }
    }
}

impl From<core::SideBySide> for SideBySide {
    fn from(core::SideBySide { activities, questions }: core::SideBySide) -> Self {
        Self { activities: activities.into_iter().map(ActivityRow::from).collect(), questions }
    }
}
