//! "Something was not right for me": what a screen answers.

use std::sync::Arc;

use nightstand::care::Item;
use nightstand::care::not_right as core;

use super::item::{ItemDraft, Stance};
use crate::error::NightstandError;
use crate::work::Desk;

/// The offer of a boundary to somebody for whom something was not right. It reads, and writes nothing.
///
/// A check-in of this moment is private. `check_ins().share` refuses it, so that it never goes along with one call like any
/// other; `share_previewed` shares it after a look at what would be read. Show no button for that beside the answer. It is in
/// no figure, is never taken for a low, and nothing on the partner's phone rests on it. A boundary on something that is no
/// activity is a line in own words: `preferences().add(Line.Avoid, …)`.
#[derive(uniffi::Object)]
pub struct NotRight(pub(crate) Arc<Desk>);

#[uniffi::export]
impl NotRight {
    /// A boundary on the activity that the person named, one for each side: to receive it, to give it, to do it together.
    /// Nothing is set until it is tapped.
    ///
    /// Errors: `InvalidInput` for an activity that does not exist, and for a stance that is no boundary (never, not now);
    /// `PrivateLocked`.
    pub async fn boundaries(&self, activity: String, stance: Stance) -> Result<Vec<BoundaryOffer>, NightstandError> {
        let stance = stance.into();
        let read = move |vault: &nightstand::vault::Vault| vault.not_right().boundaries(&activity, stance);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(BoundaryOffer::from).collect())).await
    }
}

/// What the screen says to somebody for whom something was not right, in its order.
#[uniffi::export]
pub fn not_right_texts() -> NotRightTexts {
    core::texts().into()
}

/// What the screen says, by key, in its order.
#[derive(uniffi::Record)]
pub struct NotRightTexts {
    /// That it was heard, that it counts, and that it stays here.
    pub begin: Vec<String>,
    /// A line, and beginnings in one's own voice below it, to be taken over into a note, or left.
    pub words: Vec<String>,
    /// The offer of a boundary.
    pub boundary: String,
    /// Where help is. `help-where` takes the contacts, `help-now` the emergency number that the app has for where its person
    /// lives; where it has none, say `help-where-none` and leave `help-now` out.
    pub help: Vec<String>,
    /// That the page can be closed.
    pub close: String,
}

/// A boundary that can be set with one tap: `preferences().set` with its item, its draft and its `since`.
#[derive(uniffi::Record)]
pub struct BoundaryOffer {
    /// About which activity, on which side.
    pub item: Item,
    /// What a tap says.
    pub draft: ItemDraft,
    /// What the offer was drawn from.
    pub since: Vec<u8>,
    /// How the person feels about it so far, as this device knows; none if nothing was said.
    pub present: Option<Stance>,
    /// A boundary as strict or stricter stands already: there is nothing to tap, and a tap never loosens one.
    pub stands: bool,
}

impl From<core::NotRightTexts> for NotRightTexts {
    fn from(texts: core::NotRightTexts) -> Self {
        let owned = |keys: Vec<&str>| keys.into_iter().map(str::to_owned).collect();
        let core::NotRightTexts { begin, words, boundary, help, close } = texts;
        let (begin, words, help) = (owned(begin), owned(words), owned(help));
        Self { begin, words, boundary: boundary.into(), help, close: close.into() }
    }
}

impl From<core::BoundaryOffer> for BoundaryOffer {
    fn from(offer: core::BoundaryOffer) -> Self {
        let core::BoundaryOffer { item, draft, since, present, stands } = offer;
        let draft = ItemDraft { stance: draft.stance.map(Stance::from), choices: None, note: None };
        Self { item, draft, since: since.as_bytes().to_vec(), present: present.map(Stance::from), stands }
    }
}
