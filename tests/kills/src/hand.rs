//! What a person types: letters that look random and follow from how many there were before. So a text tells which of them
//! it has, and one that is missing in the middle is noticed.

/// Whose letters: Alex types small ones and Sam capitals, so each can be read out of a text that both have typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    Alex,
    Sam,
}

/// Typed, and taken away a moment later.
pub(crate) const SLIP: &str = ".";

impl Hand {
    pub(crate) fn of(name: &str) -> Self {
        if name == "Sam" { Self::Sam } else { Self::Alex }
    }

    /// The letter behind so many others.
    pub(crate) fn letter(self, number: u64) -> char {
        let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let letter = b'a' + ((mixed >> 32) % 26) as u8;
        let letter = if self == Self::Sam { letter.to_ascii_uppercase() } else { letter };
        letter.into()
    }

    /// How many letters of this hand a text has, if they are the first so many and each is in its place.
    pub(crate) fn count(self, text: &str) -> Option<u64> {
        let own = |letter: &char| match self {
            Self::Alex => letter.is_ascii_lowercase(),
            Self::Sam => letter.is_ascii_uppercase(),
        };
        let mut letters = 0;
        for letter in text.chars().filter(own) {
            if letter != self.letter(letters) {
                return None;
            }
            letters += 1;
        }
        Some(letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_that_is_missing_or_in_the_wrong_place_is_noticed() {
        let text: String = (0..300).flat_map(|number| [Hand::Alex.letter(number), Hand::Sam.letter(number)]).collect();
        assert_eq!([Hand::Alex.count(&text), Hand::Sam.count(&text)], [Some(300), Some(300)]);
        for place in (0..600).step_by(2) {
            let without = format!("{}{}", &text[..place], &text[place + 1..]);
            // Near the end there is little behind it that could tell.
            assert!(place >= 580 || Hand::Alex.count(&without).is_none(), "{place}");
            assert_ne!(Hand::Alex.count(&without), Some(300));
            assert_eq!(Hand::Sam.count(&without), Some(300));
        }
    }
}
