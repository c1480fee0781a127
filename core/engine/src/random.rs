//! Randomness as an argument.
//!
//! The engine never asks the operating system for random bytes: whoever drives it hands them in. A phone passes the
//! system's generator, a simulation passes a seed and gets the same trace every time.

/// A source of random bytes. It must not fail: a caller whose generator can fail draws before it enters the engine.
pub trait Random {
    /// Fills `out` with random bytes.
    fn fill(&mut self, out: &mut [u8]);
}

impl<R: Random + ?Sized> Random for &mut R {
    fn fill(&mut self, out: &mut [u8]) {
        (**self).fill(out);
    }
}

/// Draws an array.
pub fn make_bytes<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut out = [0; N];
    random.fill(&mut out);
    out
}

/// A stream of bytes that a 32-byte seed determines: BLAKE3's extendable output. With a seed from the system's generator
/// it serves a session; with a test's seed it replays.
pub struct Seeded(blake3::OutputReader);

impl Seeded {
    /// The stream of this seed.
    pub fn new(seed: [u8; 32]) -> Self {
        Self(blake3::Hasher::new_keyed(&seed).finalize_xof())
    }

    /// The stream of a small number, for tests.
    pub fn from_number(number: u64) -> Self {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&number.to_le_bytes());
        Self::new(seed)
    }
}

impl Random for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}
