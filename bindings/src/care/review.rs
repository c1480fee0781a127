//! To look at it all again.

use nightstand::care as core;
use nightstand::care::{Item, ReviewPace};

use super::Preferences;
use crate::error::NightstandError;
use crate::time::Timestamp;

#[uniffi::export]
impl Preferences {
    /// When to look at one's own preferences again.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn review(&self, now: Timestamp) -> Result<Review, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().review(now.0)?.into())).await
    }

    /// Items worth a word: activities that were done in the last 60 days and about which one has said nothing, each with the
    /// side that one had. The introduction's last step offers them, with the text `programme-adjust`; nothing is changed until
    /// their person sets something.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn unsaid(&self, now: Timestamp) -> Result<Vec<Item>, NightstandError> {
        self.0.read(move |vault| Ok(vault.preferences().unsaid(now.0)?.into_iter().collect())).await
    }

    /// Picks how often to look at one's own preferences again; the pace begins at this moment. Saved when this returns, as an
    /// item of one's own that can't be shared.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn set_review_pace(&self, pace: ReviewPace) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.preferences().set_review_pace(pace)).await
    }

    /// Notes that one has looked at it all: the next review is due one pace from this moment. Saved when this returns, for
    /// oneself.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn reviewed(&self) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.preferences().reviewed()).await
    }
}

/// How often to look again. In the same order the choices of `Question.Review` say it.
#[uniffi::remote(Enum)]
pub enum ReviewPace {
    /// Every month.
    Monthly,
    /// Every three months.
    Quarterly,
    /// Every six months.
    HalfYearly,
    /// Every year.
    Yearly,
    /// Never by itself.
    WhenAsked,
}

/// When to look again.
#[derive(uniffi::Record)]
pub struct Review {
    /// The pace that was picked; none if none was. Where two devices picked at the same time, the more frequent.
    pub pace: Option<ReviewPace>,
    /// When its person last said that they had looked, or picked a pace; none if never.
    pub last: Option<Timestamp>,
    /// When the next review is due; none if nothing is due by itself.
    pub next: Option<Timestamp>,
    /// It is due now.
    pub is_due: bool,
}

impl From<core::Review> for Review {
    fn from(core::Review { pace, last_ms, next_ms, is_due }: core::Review) -> Self {
        Self { pace, last: last_ms.map(Timestamp), next: next_ms.map(Timestamp), is_due }
    }
}
