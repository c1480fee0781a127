//! What was ticked.

use std::sync::Arc;

use nightstand::records::Audience;
use nightstand::together::ticks as core;
use nightstand::together::ticks::TickOf;

use crate::error::NightstandError;
use crate::work::Desk;

/// What was ticked: questions of the decks that were talked through, things of the introduction that were tried, cards that were
/// put away. By one for oneself, or by either of both for both; nothing says who did, and nothing shows how far the other is.
#[derive(uniffi::Object)]
pub struct Ticks(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Ticks {
    /// Ticks something, for both or for oneself. Ticked twice is ticked.
    ///
    /// Errors: `InvalidInput` for an id that there is not, or a card for both; `NotPaired`, `PrivateLocked`.
    pub async fn tick(&self, of: TickOf, id: String, audience: Audience) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.ticks().tick(of, &id, audience)).await
    }

    /// Takes a tick off, whoever of both set it.
    ///
    /// Errors: as `tick`.
    pub async fn untick(&self, of: TickOf, id: String, audience: Audience) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.ticks().untick(of, &id, audience)).await
    }

    /// All ticks of this kind, in the order of their ids. While Private is locked those of both.
    pub async fn list(&self, of: TickOf) -> Result<Vec<Tick>, NightstandError> {
        self.0.read(move |vault| Ok(vault.ticks().list(of)?.into_iter().map(Tick::from).collect())).await
    }
}

/// What can be ticked.
#[uniffi::remote(Enum)]
pub enum TickOf {
    /// A question of a deck that was talked through.
    Question,
    /// Something of the introduction that was tried.
    Try,
    /// A guidance card that its reader does not need any more. One's own alone.
    Card,
}

/// Something that was ticked.
#[derive(uniffi::Record)]
pub struct Tick {
    /// The id of the question, the thing to try or the card.
    pub id: String,
    /// Whose tick it is: one's own, or that of both.
    pub audience: Audience,
}

impl From<core::Tick> for Tick {
    fn from(core::Tick { id, audience }: core::Tick) -> Self {
        Self { id, audience }
    }
}
