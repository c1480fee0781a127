//! What a person can do when phones are lost, and beforehand.

use std::sync::Arc;

use nightstand::recovery::phrase as core;
use nightstand::recovery::phrase::{PhraseCheck, PhraseState};
use zeroize::Zeroizing;

use crate::error::NightstandError;
use crate::work::Desk;

/// The recovery phrase of a vault: 24 words that stand for its person. A new vault keeps them until they were written down;
/// then only the paper has them.
///
/// Whoever has the words can add a device of this person, and so reads what is shared and, later, what is private. Without
/// them no device can be added or removed; everything else goes on.
///
/// A text can't be wiped from memory in Swift, Kotlin or Python. Keep the words in no variable that outlives the screen; show
/// them where screenshots are off, without copying; let them be typed where the keyboard learns nothing.
#[derive(uniffi::Object)]
pub struct RecoveryPhrase(pub(crate) Arc<Desk>);

#[uniffi::export]
impl RecoveryPhrase {
    /// Where it is: kept here, or on paper alone.
    pub async fn state(&self) -> Result<PhraseState, NightstandError> {
        self.0.read(|vault| vault.recovery_phrase().state()).await
    }

    /// The 24 words in their order, to be written down. Show them to their person alone, for as long as they write.
    ///
    /// Errors: `NotFound` once they are written down, since nothing here has them any more; `PrivateLocked`.
    pub async fn show(&self) -> Result<Vec<String>, NightstandError> {
        self.0.read(|vault| Ok(vault.recovery_phrase().show()?.iter().map(str::to_owned).collect())).await
    }

    /// Takes the words typed back from the paper. If they fit, the vault forgets the phrase, for good; else nothing changes.
    ///
    /// Errors: `ReadOnly`, and what writing can fail with.
    pub async fn confirm(&self, words: String) -> Result<PhraseCheck, NightstandError> {
        let words = Zeroizing::new(words);
        self.0.write(move |vault| vault.recovery_phrase().confirm(&words)).await
    }

    /// Are these words this vault's? Capitals, line breaks, more spaces and numbers before the words do no harm. Nothing is
    /// written.
    pub async fn check(&self, words: String) -> Result<PhraseCheck, NightstandError> {
        let words = Zeroizing::new(words);
        self.0.read(move |vault| vault.recovery_phrase().check(&words)).await
    }
}

/// The words of the list that begin with what somebody has typed of one, at most 8, in the order of the alphabet; of nothing
/// typed there are none. For the screen on which they are typed back.
#[uniffi::export]
pub fn suggest_phrase_words(prefix: String) -> Vec<String> {
    core::suggest_phrase_words(&Zeroizing::new(prefix)).iter().map(|word| (*word).to_owned()).collect()
}

/// Where the phrase is.
#[uniffi::remote(Enum)]
pub enum PhraseState {
    /// The vault keeps it: nobody has confirmed yet that it is written down.
    Kept,
    /// It was written down, and is forgotten here.
    WrittenDown,
}

/// What was found about words that somebody typed. It holds none of them.
#[uniffi::remote(Enum)]
pub enum PhraseCheck {
    /// They are this vault's.
    Fits,
    /// Some are not on the list.
    UnknownWords {
        /// Which: the first word's place is 1. At most 24.
        places: Vec<u32>,
    },
    /// All are on the list, and they are not 24.
    WordCount {
        /// How many they are.
        count: u32,
    },
    /// All are on the list, and they don't belong together: one stands for another, or two have changed places.
    DoesNotAddUp,
    /// They are the phrase of another vault.
    Another,
}
