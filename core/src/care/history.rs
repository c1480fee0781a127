//! How an item changed: for its owner alone.

use super::read::Documents;
use super::{Item, ItemContent, Preferences};
use crate::docs::preference;
use crate::error::NightstandError;

/// What an item said, and from when on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PastItem {
    /// When it was said, in milliseconds since 1970, to the second, as this phone's clock had it.
    pub at_ms: i64,
    /// What it said then.
    pub content: ItemContent,
}

impl Preferences {
    /// Everything that one's own working copy has said, the earliest first. None of it leaves the phone: the partner sees
    /// what is shared at present, without a date.
    ///
    /// Errors: `Deleted` for a line that is gone.
    pub fn history(&self, item: &Item) -> Result<Vec<PastItem>, NightstandError> {
        self.vault.read(|rows, person| {
            let documents = Documents::find(rows, person, item)?;
            let past = documents.working.as_ref().map(preference::past).unwrap_or_default();
            let past = past.into_iter().map(|(at_ms, content)| PastItem {
                at_ms,
                content: ItemContent { stance: item.stance_of(content.stance), ..content },
            });
            Ok(past.collect())
        })
    }
}
