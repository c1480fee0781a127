//! From what stands to what is shown: pure.
//!
//! An occasion's place follows from what stands and the zone alone, and never from the span that is asked for. That is why
//! spans agree with each other.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::Mark;
use super::occasions::{Occasion, Secret, When};
use super::{Due, DueId, DueItem, DueKind, MOST_DUE, ZoneRule};
use crate::care::settings::{QuietHours, Settings};
use crate::zones::{DAY_MS, HOUR_MS, LocalClock, MINUTE_MS};

/// When a day begins for people: who is up after midnight is up late.
const DAWN_MS: i64 = 4 * HOUR_MS;

/// Later today is asked from six in the morning until midnight.
const WAKING_MINUTES: core::ops::RangeInclusive<u16> = 360..=1_439;

/// Where it is asked earlier, there is so much left of the evening, and it is tried in such steps.
const QUARTER_MS: i64 = 15 * MINUTE_MS;

/// And so much of the time after has been left in peace.
const LEAST_AFTER_MS: i64 = HOUR_MS;

/// All that counts.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) occasions: Vec<Occasion>,
    pub(super) settings: Settings,
    pub(super) marks: BTreeMap<DueId, Mark>,
    pub(super) secret: Secret,
}

/// An occasion at its time.
#[derive(Clone, Copy)]
struct Placed<'a> {
    occasion: &'a Occasion,
    rule: ZoneRule,
}

/// What is shown at each moment.
type Moments<'a> = BTreeMap<i64, Vec<Placed<'a>>>;

impl Standing {
    pub(super) fn between(&self, from_ms: i64, until_ms: i64, clock: &LocalClock<'_>) -> Due {
        let moments = self.moments(clock);
        let mut spanned = moments.range(from_ms..until_ms.max(from_ms)).peekable();
        let items = spanned.by_ref().take(MOST_DUE).map(|(fire_ms, placed)| self.item(*fire_ms, placed)).collect();
        let ask_again_at_ms = spanned.peek().map_or(until_ms, |(fire_ms, _)| **fire_ms);
        Due { items, ask_again_at_ms, zone_known: clock.is_known(from_ms) }
    }

    fn moments<'a>(&'a self, clock: &LocalClock<'_>) -> Moments<'a> {
        let mut moments = Moments::new();
        for occasion in &self.occasions {
            let due = match self.marks.get(&occasion.id) {
                Some(Mark::Declined) => None,
                Some(Mark::Snoozed { until_ms }) => Some((*until_ms, ZoneRule::Instant)),
                None => occasion.when.at(clock, self.settings.quiet_hours, occasion.patience_ms),
            };
            self.place(&mut moments, occasion, due, clock);
        }
        self.mark_several(&mut moments, clock);
        moments
    }

    /// What was said of several at one moment holds for each of them; where they then come together with others, that is
    /// again something of which something may have been said. Each mark counts once, so this ends.
    fn mark_several<'a>(&'a self, moments: &mut Moments<'a>, clock: &LocalClock<'_>) {
        let mut done = BTreeSet::new();
        loop {
            let marked = moments.iter().filter(|(_, placed)| placed.len() > 1).find_map(|(fire_ms, placed)| {
                let id = self.several(placed);
                let mark = self.marks.get(&id).filter(|_| !done.contains(&id))?;
                Some((*fire_ms, id, *mark))
            });
            let Some((fire_ms, id, mark)) = marked else { return };
            done.insert(id);
            let placed = moments.remove(&fire_ms).unwrap_or_default();
            if let Mark::Snoozed { until_ms } = mark {
                for one in placed {
                    self.place(moments, one.occasion, Some((until_ms, ZoneRule::Instant)), clock);
                }
            }
        }
    }

    /// Puts an occasion where it is shown, if it is.
    fn place<'a>(
        &'a self,
        moments: &mut Moments<'a>,
        occasion: &'a Occasion,
        due: Option<(i64, ZoneRule)>,
        clock: &LocalClock<'_>,
    ) {
        let Some((due_ms, rule)) = due else { return };
        let rings = occasion.kind == DueKind::Step && self.settings.timers_in_quiet_hours;
        let fire_ms = match self.settings.quiet_hours {
            Some(quiet) if !rings => quiet.over(clock, due_ms),
            _ => Some(due_ms),
        };
        let Some(fire_ms) = fire_ms else { return };
        let too_late = fire_ms.saturating_sub(due_ms) > occasion.patience_ms
            || occasion.before_ms.is_some_and(|before_ms| fire_ms >= before_ms);
        if too_late || self.settings.mute.covers(due_ms) {
            return;
        }
        let rule = if fire_ms == due_ms { rule } else { ZoneRule::LocalTime };
        moments.entry(fire_ms).or_default().push(Placed { occasion, rule });
    }

    fn item(&self, fire_ms: i64, placed: &[Placed<'_>]) -> DueItem {
        let mut occasions: Vec<_> = placed.iter().map(|one| one.occasion).collect();
        occasions.sort_by_key(|occasion| (occasion.kind, occasion.id));
        let kinds: BTreeSet<_> = occasions.iter().map(|occasion| occasion.kind).collect();
        let mut replaces: BTreeSet<_> =
            occasions.iter().flat_map(|occasion| occasion.replaces.iter().copied()).collect();
        let id = match occasions.as_slice() {
            [one] => one.id,
            several => {
                replaces.extend(several.iter().map(|one| one.id));
                self.several(placed)
            }
        };
        let follows_the_clock = placed.iter().any(|one| one.rule == ZoneRule::LocalTime);
        DueItem {
            id,
            kind: kinds.first().copied().filter(|_| kinds.len() == 1).unwrap_or(DueKind::Several),
            fire_ms,
            rule: if follows_the_clock { ZoneRule::LocalTime } else { ZoneRule::Instant },
            replaces: replaces.into_iter().collect(),
            leads_to: occasions.into_iter().map(|occasion| occasion.leads_to.clone()).collect(),
        }
    }

    /// The id of several at one moment: it follows from which they are.
    fn several(&self, placed: &[Placed<'_>]) -> DueId {
        let ids: BTreeSet<_> = placed.iter().map(|one| one.occasion.id).collect();
        let ids: Vec<_> = ids.iter().map(|id| id.0.as_slice()).collect();
        self.secret.derive_id(DueKind::Several, &ids)
    }
}

impl When {
    /// Its time in a zone; none if there is no such time.
    fn at(&self, clock: &LocalClock<'_>, quiet: Option<QuietHours>, patience_ms: i64) -> Option<(i64, ZoneRule)> {
        let day = |utc_ms: i64| day(clock, utc_ms);
        match *self {
            Self::At { ms } => Some((ms, ZoneRule::Instant)),
            Self::LaterToday { ended_ms, minutes } => {
                let evening = Evening { clock, quiet, ended_ms };
                let ms = ended_ms.saturating_add(i64::from(minutes) * MINUTE_MS);
                if evening.leads_to(ms, patience_ms) {
                    return Some((ms, ZoneRule::Instant));
                }
                evening.earlier(ms).map(|ms| (ms, ZoneRule::LocalTime))
            }
            Self::NextDay { since_ms, minute } => {
                let shown = (day(since_ms) + 1) * DAY_MS + i64::from(minute) * MINUTE_MS;
                Some((clock.first(shown), ZoneRule::LocalTime))
            }
        }
    }
}

/// The day to which a moment belongs, for people.
fn day(clock: &LocalClock<'_>, utc_ms: i64) -> i64 {
    clock.shown(utc_ms).saturating_sub(DAWN_MS).div_euclid(DAY_MS)
}

/// What is left of a day after a session.
struct Evening<'a> {
    clock: &'a LocalClock<'a>,
    quiet: Option<QuietHours>,
    ended_ms: i64,
}

impl Evening<'_> {
    /// Is what falls on this moment shown on that day: at once, or at the end of quiet hours that are over soon?
    fn leads_to(&self, ms: i64, patience_ms: i64) -> bool {
        let shown = self.quiet.map_or(Some(ms), |quiet| quiet.over(self.clock, ms));
        let soon = |shown_ms: &i64| shown_ms.saturating_sub(ms) <= patience_ms && self.is_waking(*shown_ms);
        self.is_waking(ms) && shown.is_some_and(|shown_ms| soon(&shown_ms))
    }

    /// The last moment before this one at which nobody is disturbed, that is not at once after the end and not just before
    /// the night.
    fn earlier(&self, ms: i64) -> Option<i64> {
        let from_ms = self.ended_ms.saturating_add(LEAST_AFTER_MS);
        let earlier = (1..).map(|quarters| ms.saturating_sub(quarters * QUARTER_MS)).take_while(|ms| *ms >= from_ms);
        earlier.into_iter().find(|ms| self.is_open(*ms) && self.is_open(ms.saturating_add(QUARTER_MS)))
    }

    fn is_open(&self, ms: i64) -> bool {
        self.is_waking(ms) && !self.quiet.is_some_and(|quiet| quiet.covers(self.clock.minute_of_day(ms)))
    }

    fn is_waking(&self, ms: i64) -> bool {
        day(self.clock, ms) == day(self.clock, self.ended_ms) && WAKING_MINUTES.contains(&self.clock.minute_of_day(ms))
    }
}
