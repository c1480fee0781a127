//! Everything random, from a seed.

use nightstand_engine::random::{Seeded, make_bytes};

pub(crate) struct Dice(Seeded);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Seeded::from_number(seed))
    }

    pub(crate) fn number(&mut self) -> u64 {
        u64::from_le_bytes(make_bytes(&mut self.0))
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }
}
