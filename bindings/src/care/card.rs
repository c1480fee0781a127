//! The one-page card.

use std::sync::Arc;

use nightstand::care::{CardAs, Item};

use super::Preferences;
use crate::error::NightstandError;
use crate::texts::Texts;
use crate::time::ZoneOffsets;

#[uniffi::export]
impl Preferences {
    /// Makes a one-page card "what helps me afterwards" of one's own items, private ones too if they are picked, in the words
    /// of `texts` and with days of `zone` (an IANA name; one that the system does not know counts as UTC). Items that say
    /// nothing are passed over. A page in HTML tells screen readers its language.
    ///
    /// Nothing is saved. A card is not encrypted, and whoever has it can hand it on: it goes where the app takes it.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn card(
        &self,
        items: Vec<Item>,
        form: CardAs,
        texts: Arc<Texts>,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<String, NightstandError> {
        self.page(texts, zone, zones, move |own, texts, zone, zones| own.card(&items, form, texts, zone, zones)).await
    }
}

/// The form of a card.
#[uniffi::remote(Enum)]
pub enum CardAs {
    /// Lines of text.
    Text,
    /// The same with headings and lists as Markdown writes them.
    Markdown,
    /// A page for a browser and for a printer, with headings and lists that a screen reader can walk through. It loads
    /// nothing.
    Html,
}
