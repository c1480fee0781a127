//! What was done lately, for plans; and what of it one has said nothing about yet.

use std::collections::{BTreeMap, BTreeSet};

use super::sessions::{Sessions, StepState};
use super::{Item, Preferences, Whose};
use crate::error::NightstandError;

/// How far back it is looked for what was done, in days.
pub const LATELY_DAYS: i64 = 60;

const DAY_MS: i64 = 86_400_000;

impl Sessions {
    /// How many days ago each activity was last done, of those in the [`LATELY_DAYS`] days before `now_ms` (milliseconds since
    /// 1970), by the ids of activities: for a plan's [`lately`](super::plan::Occasion::lately). While Private is locked, of what
    /// both did.
    pub fn lately(&self, now_ms: i64) -> Result<BTreeMap<String, u16>, NightstandError> {
        let from_ms = now_ms.saturating_sub(LATELY_DAYS * DAY_MS);
        let mut lately = BTreeMap::new();
        for session in self.list(from_ms, now_ms.saturating_add(1))? {
            let days = u16::try_from((now_ms - session.at_ms) / DAY_MS).unwrap_or(u16::MAX);
            for step in session.steps.into_iter().filter(|step| step.state == StepState::Done) {
                lately.entry(step.activity).and_modify(|known: &mut u16| *known = days.min(*known)).or_insert(days);
            }
        }
        Ok(lately)
    }
}

impl Preferences {
    /// Items worth a word: activities that were done in the last [`LATELY_DAYS`] days and about which one has said nothing, each
    /// with the side that one had. The introduction's last step offers them, with the text `programme-adjust`; nothing is changed
    /// until their person [sets](Self::set) something.
    ///
    /// Errors: `PrivateLocked`.
    pub fn unsaid(&self, now_ms: i64) -> Result<BTreeSet<Item>, NightstandError> {
        let said: BTreeSet<Item> = self.list(Whose::Me)?.items.into_iter().map(|row| row.item).collect();
        let from_ms = now_ms.saturating_sub(LATELY_DAYS * DAY_MS);
        let sessions = self.vault.sessions().list(from_ms, now_ms.saturating_add(1))?;
        let done = sessions.into_iter().flat_map(|session| session.steps).filter(|step| step.state == StepState::Done);
        let items = done.map(|step| Item::Stance { activity: step.activity, side: step.side, condition: None });
        Ok(items.filter(|item| !said.contains(item)).collect())
    }
}
