//! Breathing together, paced: phases with their seconds, so that a screen can stay dark and a soft sound, a touch or a count
//! leads.
//!
//! About six breaths a minute, as slow-paced breathing is mostly taught: practice, and no treatment of anything. The text
//! `breathing-about` goes with it: who is more at ease at another pace takes theirs.
//!
//! ```
//! use nightstand::care::breathing::{BreathPhase, breathing, paces};
//!
//! let pace = paces().iter().find(|pace| pace.id == "longer-out").expect("it is one of them");
//! let steps = breathing(pace.id, 3)?;
//! assert_eq!((steps[0].phase, steps[0].seconds), (BreathPhase::In, 4));
//! assert_eq!((steps[1].phase, steps[1].at_ms), (BreathPhase::Out, 4_000));
//! assert_eq!(steps.last().map(|step| (step.breath, step.breaths)), Some((18, 18)));
//! # Ok::<(), nightstand::error::NightstandError>(())
//! ```

use crate::error::{InvalidInput, NightstandError};
use crate::names::names;

/// The minutes that it may take.
pub const BREATHING_MINUTES: core::ops::RangeInclusive<u16> = 1..=30;

/// A part of a breath. How it is said is the text `breathing-<name>`, with its seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BreathPhase {
    /// Breathing in.
    In,
    /// A rest.
    Hold,
    /// Breathing out.
    Out,
}

names!(BreathPhase { Self::In = "in", Self::Hold = "hold", Self::Out = "out" });

/// A pace. Its title is the text `pace-<id>`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BreathingPace {
    /// Its name in everything saved, and in the key of its text.
    pub id: &'static str,
    /// The phases of one breath, with their seconds.
    pub phases: &'static [(BreathPhase, u8)],
}

/// A phase, in its turn.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// begins, never in a rest. Who counts aloud counts the seconds instead.
    pub touches_ms: Vec<u32>,
}

/// The paces, the simplest first.
pub fn paces() -> &'static [BreathingPace] {
    use BreathPhase::{Hold, In, Out};
    &[
        BreathingPace { id: "even", phases: &[(In, 5), (Out, 5)] },
        BreathingPace { id: "longer-out", phases: &[(In, 4), (Out, 6)] },
        BreathingPace { id: "with-a-rest", phases: &[(In, 4), (Hold, 2), (Out, 6)] },
    ]
}

/// All phases of so many minutes at a pace, in their turn, with whole breaths: the last ends at the latest with the time.
///
/// Errors: `InvalidInput` for a pace that there is not (`Words`), or minutes beyond [`BREATHING_MINUTES`] (`Range`).
pub fn breathing(pace: &str, minutes: u16) -> Result<Vec<BreathStep>, NightstandError> {
    let pace = paces().iter().find(|one| one.id == pace).ok_or(InvalidInput::Words)?;
    if !BREATHING_MINUTES.contains(&minutes) {
        return Err(InvalidInput::Range.into());
    }
    let one: u16 = pace.phases.iter().map(|(_, seconds)| u16::from(*seconds)).sum();
    let breaths = minutes * 60 / one;
    let (mut steps, mut at_ms) = (Vec::new(), 0);
    for breath in 1..=breaths {
        for (phase, seconds) in pace.phases {
            let touches = match phase {
                BreathPhase::In => u32::from(*seconds),
                BreathPhase::Hold => 0,
                BreathPhase::Out => 1,
            };
            let touches_ms = (0..touches).map(|second| second * 1_000).collect();
            steps.push(BreathStep { phase: *phase, seconds: *seconds, at_ms, breath, breaths, touches_ms });
            at_ms += u32::from(*seconds) * 1_000;
        }
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_breaths_fill_the_time() {
        for pace in paces() {
            for minutes in BREATHING_MINUTES {
                let steps = breathing(pace.id, minutes).unwrap();
                let end = |step: &BreathStep| step.at_ms + u32::from(step.seconds) * 1_000;
                assert!(steps.windows(2).all(|two| end(&two[0]) == two[1].at_ms));
                let (last, all) = (steps.last().unwrap(), u32::from(minutes) * 60_000);
                assert!(end(last) <= all && all - end(last) < 12_000 && last.breath == last.breaths);
                let inside = |step: &BreathStep| step.touches_ms.iter().all(|at| *at < u32::from(step.seconds) * 1_000);
                assert!(steps.iter().all(inside));
            }
        }
        let invalid = |what| Err(NightstandError::InvalidInput { what });
        assert_eq!(breathing("hasty", 3), invalid(InvalidInput::Words));
        assert_eq!(breathing("even", 0), invalid(InvalidInput::Range));
        assert_eq!(breathing("even", 31), invalid(InvalidInput::Range));
    }
}
