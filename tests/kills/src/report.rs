//! What came of it, in figures.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use crate::ledger::Found;
use crate::runner::Kind;

/// Kills of one kind.
#[derive(Default, Clone, Copy)]
pub(crate) struct Kills {
    pub(crate) of: [u32; 2],
    /// Something was under way: a sync that was not over, letters that were not saved.
    pub(crate) amid: u32,
}

/// The figures so far.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) seed: u64,
    pub(crate) diary: u64,
    pub(crate) kills: [Kills; 4],
    pub(crate) entries: u64,
    pub(crate) letters: u64,
    pub(crate) handed_over: u64,
    pub(crate) letters_gone: u64,
    pub(crate) oldest_gone: Option<Duration>,
    pub(crate) slowest_opening: Duration,
    pub(crate) checks: u32,
    pub(crate) syncs: u32,
    /// What is not as it should be, in words.
    pub(crate) losses: Vec<String>,
    pub(crate) faults: Vec<String>,
}

impl Report {
    pub(crate) fn kills(&self) -> u32 {
        self.kills.iter().flat_map(|kills| kills.of).sum()
    }

    /// What a phone was killed in least often, so that the next kill comes there.
    pub(crate) fn rarest(&self) -> Kind {
        let kills = |kind: &Kind| self.kills[*kind as usize].of.iter().sum::<u32>();
        Kind::ALL.into_iter().min_by_key(kills).unwrap_or(Kind::FirstSync)
    }

    pub(crate) fn is_good(&self) -> bool {
        self.losses.is_empty() && self.faults.is_empty()
    }

    pub(crate) fn found(&mut self, found: Found) {
        self.entries += found.entries;
        self.letters += found.letters;
        self.letters_gone += found.letters_gone;
        self.oldest_gone = self.oldest_gone.max(found.oldest_gone);
        self.losses.extend(found.losses);
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} kills, seed {}, a diary of {} entries", self.kills(), self.seed, self.diary)?;
        for (kind, Kills { of: [alex, sam], amid }) in Kind::ALL.iter().zip(&self.kills) {
            writeln!(
                f,
                "  {:<24} {:>4} kills: Alex {alex}, Sam {sam}; {amid} {}",
                kind.words(),
                alex + sam,
                kind.amid()
            )?;
        }
        writeln!(f, "  looked for after the kills, because it was acknowledged:")?;
        let Self { entries, letters, handed_over, .. } = self;
        writeln!(
            f,
            "    {entries} entries, {letters} letters, {handed_over} log entries that the other phone had taken"
        )?;
        let oldest = self.oldest_gone.unwrap_or_default().as_millis();
        let gone = self.letters_gone;
        writeln!(
            f,
            "  letters that nobody had acknowledged and that are gone: {gone}, typed at most {oldest} ms before"
        )?;
        writeln!(f, "  opened again in at most {} ms", self.slowest_opening.as_millis())?;
        writeln!(f, "  integrity checks: {}; next syncs that ended with equal vaults: {}", self.checks, self.syncs)?;
        writeln!(f, "  lost: {}; damaged or unequal: {}", self.losses.len(), self.faults.len())?;
        for loss in self.losses.iter().take(20) {
            writeln!(f, "LOST {loss}")?;
        }
        for fault in self.faults.iter().take(20) {
            writeln!(f, "BAD {fault}")?;
        }
        let verdict = if self.is_good() { "Nothing acknowledged was lost." } else { "Something does NOT hold." };
        writeln!(f, "{verdict}")
    }
}
