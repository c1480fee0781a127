//! The recovery phrase: 24 words that stand for a person, on paper.
//!
//! A new vault draws it and keeps it until its person has written it down; then it is forgotten here, and only the paper has it.
//! From the words follows the person's root, which signs the list of their devices; nothing else can (see
//! `nightstand_engine::keys`, and `core/engine/tests/phrase.txt` for one phrase with what is derived of it).
//!
//! ```text
//!   new vault ──▶ Kept ── show ─▶ paper ── confirm, with the words typed back ──▶ WrittenDown
//!                                   └── check, whenever somebody wonders whether the paper is right
//! ```
//!
//! | whoever has the words | whoever has lost them |
//! |---|---|
//! | can add a device of this person, and so reads what is shared and, later, what is private | can remove no device and add none |
//! | can remove the person's devices | goes on writing and syncing as before |
//! | brings this person back on a new phone | starts over with a new phrase and a new pairing, and copies |
//!
//! So the words are for nobody else, a partner included. An app says so before it matters: the texts `phrase-…` do.
//!
//! **What is forgotten, and what is not.** [`RecoveryPhrase::confirm`] overwrites the words in the file and empties the
//! write-ahead log. A copy of the file from before, such as a backup of the system, still has them, under the vault's key.
//!
//! **In memory.** What is handled here is wiped after use, and no `Debug`, log or error has any of it. What has reached Swift,
//! Kotlin or Python can't be wiped: their texts are copied at will and live until they are collected. So are what a keyboard
//! learns, a clipboard, a screenshot. An app keeps the words in no variable that outlives the screen, shows them where
//! screenshots are off, offers no copying, and lets them be typed into a field without suggestions of the keyboard's own:
//! [`suggest_phrase_words`] has the list's.
//!
//! **Nothing reminds by itself.** What is [due](crate::care::due) stands on a lock screen, and follows from what people wrote,
//! with its time; a vault notes no time at which it was made. An app asks [`RecoveryPhrase::state`] where it is calm to
//! mention it: after a pairing, in its settings, before a second device.

use core::fmt;

use nightstand_engine::ids::PersonId;
use nightstand_engine::keys::{self, NotAPhrase, Phrase, Root};
use zeroize::Zeroizing;

use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::store::Private;
use crate::vault::Vault;

/// Most words that [`suggest_phrase_words`] gives.
pub const MOST_SUGGESTED: usize = 8;

/// Where the phrase is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PhraseState {
    /// The vault keeps it: nobody has confirmed yet that it is written down.
    Kept,
    /// It was written down, and is forgotten here.
    WrittenDown,
}

names!(PhraseState {
    Self::Kept = "kept",
    Self::WrittenDown = "written-down",
});

/// What was found about words that somebody typed. It holds none of them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
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

impl PhraseCheck {
    /// The names of all, in the order of a screen.
    pub const NAMES: &'static [&'static str] = &["fits", "unknown-words", "word-count", "does-not-add-up", "another"];

    /// Its name, as in the keys of texts, behind `phrase-check-`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::UnknownWords { .. } => "unknown-words",
            Self::WordCount { .. } => "word-count",
            Self::DoesNotAddUp => "does-not-add-up",
            Self::Another => "another",
        }
    }
}

/// The 24 words. They are wiped from memory when this is dropped.
pub struct PhraseWords(Zeroizing<String>);

impl PhraseWords {
    /// The words, the first to be numbered 1.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split(' ')
    }

    /// The words with single spaces between them.
    pub fn as_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhraseWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhraseWords(…)")
    }
}

/// The words of the list that begin with what somebody has typed of one, at most [`MOST_SUGGESTED`], in the order of the
/// alphabet. Of nothing typed there are none. No vault is needed, and none is asked.
///
/// ```
/// use nightstand::recovery::phrase::suggest_phrase_words;
///
/// assert_eq!(suggest_phrase_words("Lun"), ["lunar", "lunch"]);
/// ```
pub fn suggest_phrase_words(prefix: &str) -> &'static [&'static str] {
    match prefix.trim() {
        "" => &[],
        prefix => keys::words_beginning(prefix).chunks(MOST_SUGGESTED).next().unwrap_or_default(),
    }
}

/// The recovery phrase of a vault.
///
/// A small handle; get one from [`Vault::recovery_phrase`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], std::sync::Arc::new(SystemClock))?;
/// use nightstand::recovery::phrase::{PhraseCheck, PhraseState};
///
/// let phrase = vault.recovery_phrase();
/// let words = phrase.show()?;
/// assert_eq!(words.iter().count(), 24);
///
/// // … written on paper, and typed back from it:
/// assert_eq!(phrase.confirm(words.as_text())?, PhraseCheck::Fits);
/// assert_eq!(phrase.state()?, PhraseState::WrittenDown);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RecoveryPhrase {
    vault: Vault,
}

impl Vault {
    /// The recovery phrase.
    pub fn recovery_phrase(&self) -> RecoveryPhrase {
        RecoveryPhrase { vault: self.clone() }
    }
}

impl RecoveryPhrase {
    /// Where it is: kept here, or on paper alone.
    pub fn state(&self) -> Result<PhraseState, NightstandError> {
        let kept = self.vault.read(|rows, _| Ok(rows.phrase()?.is_some()))?;
        Ok(if kept { PhraseState::Kept } else { PhraseState::WrittenDown })
    }

    /// The words, to be written down. Show them to their person alone, and for as long as they write.
    ///
    /// Errors: `NotFound` once they are [written down](PhraseState::WrittenDown), since nothing here has them any more;
    /// `PrivateLocked`, since a device that is added with them reads what is private, too.
    pub fn show(&self) -> Result<PhraseWords, NightstandError> {
        self.vault.read(|rows, _| {
            if matches!(rows.private(), Private::Locked) {
                return Err(NightstandError::PrivateLocked);
            }
            Ok(PhraseWords(rows.phrase()?.ok_or(NightstandError::NotFound)?.words()))
        })
    }

    /// Takes the words typed back from the paper. If they [fit](PhraseCheck::Fits), the vault forgets the phrase, for good;
    /// else nothing changes. Once it is forgotten this is a [`check`](Self::check).
    ///
    /// Errors: `ReadOnly`, and what writing can fail with.
    pub fn confirm(&self, words: &str) -> Result<PhraseCheck, NightstandError> {
        let check = self.check(words)?;
        if check == PhraseCheck::Fits {
            self.vault.write(|tx| Ok(tx.forget_phrase()?))?;
        }
        Ok(check)
    }

    /// Are these words this vault's? Capitals, line breaks, more spaces and numbers before the words do no harm. Nothing is
    /// written. It takes some milliseconds.
    pub fn check(&self, words: &str) -> Result<PhraseCheck, NightstandError> {
        // A vault that is closed, paused or locked says so.
        let person = self.vault.read(|_, person| Ok(person))?;
        Ok(root_by_words(person, words).map_or_else(|unfit| unfit, |_| PhraseCheck::Fits))
    }
}

/// The root of this vault's person, of the words that they typed; for what signs their list of devices. Drop it after that.
///
/// Errors: `InvalidInput`: [`InvalidInput::Phrase`] for words that are no phrase, [`InvalidInput::AnotherPhrase`] for
/// somebody else's. Before this, [`RecoveryPhrase::check`] tells a screen more.
pub(crate) fn root_of(vault: &Vault, words: &str) -> Result<Root, NightstandError> {
    let root = root_by_words(vault.person(), words);
    root.map_err(|unfit| match unfit {
        PhraseCheck::Another => InvalidInput::AnotherPhrase.into(),
        _ => InvalidInput::Phrase.into(),
    })
}

/// The person's root, or why the words do not bring it back.
fn root_by_words(person: PersonId, words: &str) -> Result<Root, PhraseCheck> {
    let root = Phrase::from_words(words).map_err(PhraseCheck::from)?.root();
    if root.person() == person { Ok(root) } else { Err(PhraseCheck::Another) }
}

impl From<NotAPhrase> for PhraseCheck {
    fn from(why: NotAPhrase) -> Self {
        match why {
            NotAPhrase::UnknownWords(places) => Self::UnknownWords { places },
            NotAPhrase::WordCount(count) => Self::WordCount { count },
            NotAPhrase::Checksum => Self::DoesNotAddUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::Phone;

    #[test]
    fn the_root_is_had_by_the_own_words_alone() {
        let (alex, sam) = (Phone::alex().open(), Phone::sam().open());
        let words = alex.recovery_phrase().show().unwrap();
        assert_eq!(root_of(&alex, words.as_text()).unwrap().person(), alex.person());
        let refused = |vault: &Vault, words: &str| root_of(vault, words).err().unwrap();
        assert_eq!(refused(&sam, words.as_text()), InvalidInput::AnotherPhrase.into());
        for wrong in ["", "lighthouse", &words.as_text().replacen(' ', " abandon ", 1)] {
            assert_eq!(refused(&alex, wrong), InvalidInput::Phrase.into());
        }
    }
}
