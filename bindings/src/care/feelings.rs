//! Words for how one feels and what one's body says.

use nightstand::care::feelings as core;

/// A word for how one feels. How it is said is the text `feeling-<id>`.
#[derive(uniffi::Record)]
pub struct Feeling {
    /// Its name in everything saved, such as `calm`.
    pub id: String,
    /// Whoever picks it is answered, on their own phone, that all of this happens, whatever the desire or the satisfaction was
    /// (the text `answer-low`).
    pub is_low: bool,
}

/// The words for how one feels, in the order of a screen. Own words go beside them.
#[uniffi::export]
pub fn feelings() -> Vec<Feeling> {
    core::feelings().iter().map(|feeling| Feeling { id: feeling.id.into(), is_low: feeling.is_low }).collect()
}

/// The ids of the words for what the body says, in the order of a screen: the texts `body-<id>`.
#[uniffi::export]
pub fn body_words() -> Vec<String> {
    core::body_words().iter().map(|id| (*id).to_owned()).collect()
}
