//! The check code: what two people read to each other to know that nobody stands between their phones.
//!
//! It is 32 bits of a hash over the whole handshake and a random number from each side. The joiner binds itself to its
//! number before it learns the inviter's, and the inviter gives its own before it learns the joiner's, so neither side, nor
//! anyone between them, can search for numbers that make two codes equal: one try, one chance in four thousand million.

use super::words::WORDS;
use crate::hash::{Hash, Hasher, Label};

/// What both people see. Equal on both phones, or somebody is between them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CheckCode(u32);

impl CheckCode {
    pub(super) fn derive(handshake: &[u8; 32], inviter: &[u8; 32], joiner: &[u8; 32]) -> Self {
        let mut hasher = Hasher::new(Label::CheckCode);
        hasher.field(handshake).field(inviter).field(joiner);
        Self(u32::from_be_bytes(hasher.finish().first()))
    }

    /// Four words.
    pub fn words(&self) -> [&'static str; 4] {
        self.0.to_be_bytes().map(|byte| WORDS[usize::from(byte)])
    }

    /// The same as ten digits in groups, `0123 456 789`, for people who do not share English.
    pub fn digits(&self) -> String {
        let digits = format!("{:010}", self.0);
        format!("{} {} {}", &digits[..4], &digits[4..7], &digits[7..])
    }

    /// The digits for a screen reader: one by one, with a pause after each group, `0 1 2 3, 4 5 6, 7 8 9`.
    pub fn spoken(&self) -> String {
        let groups = self.digits();
        let groups = groups.split(' ').map(|group| group.chars().map(String::from).collect::<Vec<_>>().join(" "));
        groups.collect::<Vec<_>>().join(", ")
    }
}

impl core::fmt::Debug for CheckCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("CheckCode(…)")
    }
}

/// What the joiner says of its number before it may show it.
pub(super) fn commitment(number: &[u8; 32]) -> Hash {
    let mut hasher = Hasher::new(Label::PairingCommitment);
    hasher.field(number);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_digits_say_the_same() {
        let code = CheckCode(0x0001_feff);
        assert_eq!(code.words(), ["abacus", "acorn", "zenith", "zigzag"]);
        assert_eq!(code.digits(), "0000 130 815");
        assert_eq!(code.spoken(), "0 0 0 0, 1 3 0, 8 1 5");
        assert_eq!(CheckCode(u32::MAX).digits(), "4294 967 295");
        assert_eq!(format!("{code:?}"), "CheckCode(…)");
    }

    #[test]
    fn everything_said_goes_into_it() {
        let code = CheckCode::derive(&[1; 32], &[2; 32], &[3; 32]);
        assert_eq!(code, CheckCode::derive(&[1; 32], &[2; 32], &[3; 32]));
        assert_ne!(code, CheckCode::derive(&[9; 32], &[2; 32], &[3; 32]));
        assert_ne!(code, CheckCode::derive(&[1; 32], &[9; 32], &[3; 32]));
        assert_ne!(code, CheckCode::derive(&[1; 32], &[2; 32], &[9; 32]));
        assert_ne!(code, CheckCode::derive(&[1; 32], &[3; 32], &[2; 32]));
    }
}
