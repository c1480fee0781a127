//! What was shown to a person, as the call names it that answers to it.
//!
//! What the partner writes, or both, may be something else by the time that somebody who read it taps. So a view carries a hash
//! of all that it shows, the call is given that hash, and where something else stands by then nothing is written and the caller
//! hears `ChangedMeanwhile`. Where the answer is saved, it is saved with the same hash: it is an answer to this and nothing else.
//!
//! A call that says all of something anew is given what was shown itself, as `since`, and holds it against what stands.

use crate::error::NightstandError;

/// All that is shown of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shown([u8; 32]);

impl Shown {
    /// The label says of which sort it is, and never changes: hashes are saved.
    pub(crate) fn of<'a>(label: &str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(label);
        for field in fields {
            hasher.update(&(field.len() as u64).to_le_bytes()).update(field.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }

    /// Is it what a person was shown?
    ///
    /// Errors: `ChangedMeanwhile`.
    pub(crate) fn check(&self, shown: &[u8]) -> Result<(), NightstandError> {
        if self.0[..] == *shown { Ok(()) } else { Err(NightstandError::ChangedMeanwhile) }
    }

    /// As a view carries it: 32 bytes.
    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// As it is saved.
    pub(crate) fn saved(&self) -> String {
        data_encoding::HEXLOWER.encode(&self.0)
    }
}

/// May a screen that was drawn from `since` say this in the place of what stands? What stands already may be said again.
///
/// Errors: `ChangedMeanwhile`.
pub(crate) fn check_since<T: PartialEq + ?Sized>(stands: &T, said: &T, since: &T) -> Result<(), NightstandError> {
    if stands == since || stands == said { Ok(()) } else { Err(NightstandError::ChangedMeanwhile) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_this_and_nothing_else() {
        let shown = Shown::of("nightstand test", ["Slowly", "90"]);
        assert_eq!(shown.check(&shown.to_vec()), Ok(()));
        for other in [Shown::of("nightstand test", ["Slowly9", "0"]), Shown::of("nightstand other", ["Slowly", "90"])] {
            assert_eq!(shown.check(&other.to_vec()), Err(NightstandError::ChangedMeanwhile));
        }
        assert_eq!(shown.check(&[]), Err(NightstandError::ChangedMeanwhile));
    }
}
