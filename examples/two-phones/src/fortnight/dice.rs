//! Where everything random of the two weeks comes from: one number.

use sha2::{Digest, Sha256};

/// Decides what is left to chance. The same number, thrown in the same order, falls the same.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of 0 up to, and without, `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.throw() % end.max(1) as u64).unwrap_or_default()
    }

    /// A level from `least` to `most`.
    pub(super) fn level(&mut self, least: u8, most: u8) -> u8 {
        least + u8::try_from(self.below(usize::from(most.saturating_sub(least)) + 1)).unwrap_or_default()
    }

    /// Once in so many times.
    pub(super) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these; there has to be one.
    pub(super) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// So many of these, each once, in their order.
    pub(super) fn some_of<T: Clone>(&mut self, from: &[T], how_many: usize) -> Vec<T> {
        let mut left: Vec<usize> = (0..from.len()).collect();
        while left.len() > how_many {
            left.remove(self.below(left.len()));
        }
        left.into_iter().map(|at| from[at].clone()).collect()
    }

    /// Steele, Lea and Flood's SplitMix64 (2014).
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Keys and seeds of the vaults.
pub(super) fn derive_bytes(seed: u64, what: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(b"two-phones fortnight")
        .chain_update(seed.to_le_bytes())
        .chain_update(what)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_falls_the_same() {
        let falls = |seed| {
            let mut dice = Dice::new(seed);
            (0..20).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(falls(7), falls(7));
        assert_ne!(falls(7), falls(8));
        assert_ne!(derive_bytes(1, "Alex"), derive_bytes(1, "Sam"));
    }

    #[test]
    fn chance_keeps_within_what_it_was_given() {
        let mut dice = Dice::new(1);
        assert!((0..200).all(|_| (3..=7).contains(&dice.level(3, 7))));
        let some = dice.some_of(&[1, 2, 3, 4, 5], 3);
        assert!(some.len() == 3 && some.is_sorted());
        assert_eq!(dice.some_of(&[1, 2], 5), [1, 2]);
    }
}
