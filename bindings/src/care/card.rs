//! The one-page card.

use std::collections::HashMap;

use nightstand::care::{CardAs, Item};

use super::Preferences;
use crate::error::NightstandError;

#[uniffi::export]
impl Preferences {
    /// Makes a one-page card "what helps me afterwards" of one's own items, private ones too if they are picked. Items that
    /// say nothing are passed over. `texts` has the texts of the keys `care-card-title`, `stance-love`,
    /// `activity-holding-hands`, `side-give`, `condition-tired`, `question-length`, `choice-length-long`, `remark-quiet`,
    /// `line-helps` and their like; where one is not there, the id stands in plain letters. `language` is theirs, such as
    /// `pl`; a page in HTML says it to screen readers.
    ///
    /// Nothing is saved. A card is not encrypted, and whoever has it can hand it on: it goes where the app takes it.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn card(
        &self,
        items: Vec<Item>,
        form: CardAs,
        texts: HashMap<String, String>,
        language: Option<String>,
    ) -> Result<String, NightstandError> {
        let card = move |vault: &nightstand::vault::Vault| {
            vault.preferences().card(&items, form, language.as_deref(), &|key| texts.get(key).cloned())
        };
        self.0.read(card).await
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
