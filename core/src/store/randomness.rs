//! The vault's source of random bytes.

use std::sync::{Arc, Mutex, PoisonError};

use nightstand_engine::random::{self, Random, Seeded};
use zeroize::Zeroizing;

use super::StoreError;
use crate::error::IoKind;

/// One stream for a whole vault. It begins with a seed of the system's generator, the only part that can fail; a test gives
/// a seed and gets the same ids and keys every time.
#[derive(Clone)]
pub(crate) struct Randomness(Arc<Mutex<Seeded>>);

impl Randomness {
    /// The stream of a seed of the system's.
    pub(crate) fn from_system() -> Result<Self, StoreError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut seed[..]).map_err(|_| StoreError::Io(IoKind::Device))?;
        Ok(Self::from_seed(*seed))
    }

    /// The stream of this seed.
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self(Arc::new(Mutex::new(Seeded::new(seed))))
    }

    /// Draws an array.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        random::make_bytes(&mut self.clone())
    }
}

impl Random for Randomness {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(out);
    }
}
