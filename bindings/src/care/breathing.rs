//! Breathing together, paced.

use nightstand::care::breathing as core;
use nightstand::care::breathing::BreathPhase;

use crate::error::NightstandError;

/// A part of a breath. How it is said is the text `breathing-in`, `-hold` or `-out`, with its `seconds`.
#[uniffi::remote(Enum)]
pub enum BreathPhase {
    /// Breathing in.
    In,
    /// A rest.
    Hold,
    /// Breathing out.
    Out,
}

/// A phase, in its turn.
#[derive(uniffi::Record)]
pub struct BreathStep {
    /// Which.
    pub phase: BreathPhase,
    /// How long it takes.
    pub seconds: u8,
    /// When it begins, in milliseconds from the beginning.
    pub at_ms: u32,
    /// Which breath, from 1 on, of how many: for the text `breathing-round`.
    pub breath: u16,
    /// See `breath`.
    pub breaths: u16,
    /// When a soft touch comes, in milliseconds from the step's beginning: each second of breathing in, once when breathing out
    /// begins, never in a rest.
    pub touches_ms: Vec<u32>,
}

/// The ids of paces, the simplest first: the texts `pace-<id>`.
#[uniffi::export]
pub fn breathing_paces() -> Vec<String> {
    core::paces().iter().map(|pace| pace.id.to_owned()).collect()
}

/// All phases of 1 to 30 minutes at a pace, in their turn, with whole breaths, so that the screen can stay dark and a soft sound,
/// a touch or a count leads. The text `breathing-about` goes with it.
///
/// Errors: `InvalidInput` for a pace that there is not, or minutes out of range.
#[uniffi::export]
pub fn breathing(pace: String, minutes: u16) -> Result<Vec<BreathStep>, NightstandError> {
    Ok(core::breathing(&pace, minutes)?.into_iter().map(BreathStep::from).collect())
}

impl From<core::BreathStep> for BreathStep {
    fn from(step: core::BreathStep) -> Self {
        let core::BreathStep { phase, seconds, at_ms, breath, breaths, touches_ms } = step;
        Self { phase, seconds, at_ms, breath, breaths, touches_ms }
    }
}
