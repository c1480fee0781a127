//! Questions that were talked through.

use std::sync::Arc;

use nightstand::records::Audience;
use nightstand::together::talked as core;

use crate::error::NightstandError;
use crate::work::Desk;

/// Which questions of the decks were talked through, and ticked: by one for oneself, or by either of both for both.
#[derive(uniffi::Object)]
pub struct TalkedThrough(pub(crate) Arc<Desk>);

#[uniffi::export]
impl TalkedThrough {
    /// Ticks a question, for both or for oneself. Ticked twice is ticked.
    ///
    /// Errors: `InvalidInput` for a question that is in no deck; `NotPaired`, `PrivateLocked`.
    pub async fn tick(&self, question: String, audience: Audience) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.talked().tick(&question, audience)).await
    }

    /// Takes a tick off, whoever of both set it.
    ///
    /// Errors: as `tick`.
    pub async fn untick(&self, question: String, audience: Audience) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.talked().untick(&question, audience)).await
    }

    /// All ticks, in the order of the questions' ids. While Private is locked those of both.
    pub async fn list(&self) -> Result<Vec<Talked>, NightstandError> {
        self.0.read(|vault| Ok(vault.talked().list()?.into_iter().map(Talked::from).collect())).await
    }
}

/// A question that was talked through.
#[derive(uniffi::Record)]
pub struct Talked {
    /// Its id.
    pub question: String,
    /// Whose tick it is: one's own, or that of both.
    pub audience: Audience,
}

impl From<core::Talked> for Talked {
    fn from(core::Talked { question, audience }: core::Talked) -> Self {
        Self { question, audience }
    }
}
