//! When a low is recognised: pure.

use crate::care::check_ins::{CheckIn, CheckInMoment, DropLevel};

/// Check-ins of so long ago count, in milliseconds: 72 hours.
pub const RECENT_MS: i64 = 72 * 3_600_000;

/// Lows count as coming back within this time, in milliseconds: 60 days.
pub const REPEATS_WITHIN_MS: i64 = 60 * 86_400_000;

/// So many lows are called coming back.
pub const REPEATS: usize = 3;

/// A low as it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Low {
    pub(super) level: DropLevel,
    /// In milliseconds since 1970.
    pub(super) since_ms: i64,
}

/// The low that stands at a moment, from check-ins with the newest first.
pub(super) fn standing(newest_first: &[CheckIn], now_ms: i64) -> Option<Low> {
    let recent = |check_in: &&CheckIn| (now_ms.saturating_sub(RECENT_MS)..=now_ms).contains(&check_in.at_ms);
    let counted = newest_first.iter().filter(recent).filter(|check_in| counts(check_in));
    let run: Vec<_> = counted.take_while(|check_in| tells_of_a_low(check_in)).collect();
    let marked = run.iter().find_map(|check_in| check_in.drop);
    let later = run.first().is_some_and(|newest| newest.moment != CheckInMoment::Closing);
    let level = marked.or((later && run.len() >= 2).then_some(DropLevel::Some))?;
    let began = |check_in: &&CheckIn| match check_in.drop_since_ms {
        Some(since) if since <= check_in.at_ms => since,
        _ => check_in.at_ms,
    };
    Some(Low { level, since_ms: run.iter().map(began).min()? })
}

/// Has a low come back often, of late? Lows that begin within [`RECENT_MS`] of one that is counted are the same one.
pub(super) fn repeats(newest_first: &[CheckIn], now_ms: i64) -> bool {
    let from_ms = now_ms.saturating_sub(REPEATS_WITHIN_MS);
    let (mut times, mut last_ms) = (0, None::<i64>);
    for (place, check_in) in newest_first.iter().enumerate().rev() {
        let at_ms = check_in.at_ms;
        let is_new = last_ms.is_none_or(|last| at_ms >= last.saturating_add(RECENT_MS));
        if (from_ms..=now_ms).contains(&at_ms) && is_new && standing(&newest_first[place..], at_ms).is_some() {
            (times, last_ms) = (times + 1, Some(at_ms));
        }
    }
    times >= REPEATS
}

/// Does it say how somebody is in the time after? What was not right for them is nothing that is counted, and how they were
/// before is another matter.
fn counts(check_in: &CheckIn) -> bool {
    let says_something = !check_in.feelings.is_empty()
        || [check_in.calm, check_in.comfort, check_in.energy, check_in.closeness].iter().any(Option::is_some)
        || check_in.drop.is_some();
    let moment = match check_in.moment {
        CheckInMoment::Closing | CheckInMoment::LaterToday | CheckInMoment::NextMorning => true,
        CheckInMoment::Arrival | CheckInMoment::SomethingNotRight => false,
    };
    moment && says_something
}

/// Whoever says that there is no low has the last word.
fn tells_of_a_low(check_in: &CheckIn) -> bool {
    check_in.drop != Some(DropLevel::Clear) && check_in.is_low()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;

    fn at(hours: i64, moment: CheckInMoment) -> CheckIn {
        CheckIn::new(moment, None, hours * HOUR)
    }

    fn feels(hours: i64, moment: CheckInMoment, feeling: &str) -> CheckIn {
        CheckIn { feelings: [feeling.into()].into(), ..at(hours, moment) }
    }

    fn marked(hours: i64, drop: DropLevel) -> CheckIn {
        CheckIn { drop: Some(drop), ..at(hours, CheckInMoment::NextMorning) }
    }

    /// What stands so many hours after the beginning; check-ins in the order in which they were made.
    fn found(now: i64, mut check_ins: Vec<CheckIn>) -> Option<(DropLevel, i64)> {
        check_ins.reverse();
        standing(&check_ins, now * HOUR).map(|low| (low.level, low.since_ms / HOUR))
    }

    use CheckInMoment::{Arrival, Closing, LaterToday, NextMorning, SomethingNotRight};

    #[test]
    fn what_is_marked_counts_until_something_else_is_said() {
        assert_eq!(found(10, vec![marked(5, DropLevel::Strong)]), Some((DropLevel::Strong, 5)));
        assert_eq!(found(78, vec![marked(5, DropLevel::Strong)]), None, "three days later");
        let said = vec![marked(5, DropLevel::Some), marked(9, DropLevel::Clear)];
        assert_eq!(found(10, said), None);
        let said = vec![marked(5, DropLevel::Some), feels(9, NextMorning, "playful")];
        assert_eq!(found(10, said), None);
        let said = vec![marked(5, DropLevel::Some), at(9, NextMorning)];
        assert_eq!(found(10, said), Some((DropLevel::Some, 5)), "an empty one says nothing");
        let said = vec![marked(5, DropLevel::Some), feels(9, LaterToday, "sad")];
        assert_eq!(found(10, said), Some((DropLevel::Some, 5)));
        let since = CheckIn { drop_since_ms: Some(2 * HOUR), ..marked(5, DropLevel::Some) };
        assert_eq!(found(10, vec![since]), Some((DropLevel::Some, 2)));
    }

    #[test]
    fn two_low_ones_in_a_row_are_a_low_and_one_is_not() {
        assert_eq!(found(10, vec![feels(5, NextMorning, "sad")]), None);
        let said = vec![feels(1, Closing, "tearful"), feels(9, NextMorning, "sad")];
        assert_eq!(found(10, said), Some((DropLevel::Some, 1)));
        let said = vec![feels(1, Closing, "tearful"), feels(9, Closing, "sad")];
        assert_eq!(found(10, said), None, "right after, twice");
        let said = vec![feels(1, LaterToday, "sad"), feels(5, LaterToday, "calm"), feels(9, NextMorning, "sad")];
        assert_eq!(found(10, said), None);
        let said = vec![feels(1, LaterToday, "sad"), feels(80, NextMorning, "sad")];
        assert_eq!(found(81, said), None, "too far apart");
    }

    #[test]
    fn what_was_not_right_is_not_counted() {
        let said = vec![feels(1, SomethingNotRight, "used"), feels(9, SomethingNotRight, "sad")];
        assert_eq!(found(10, said), None);
        let said =
            vec![CheckIn { drop: Some(DropLevel::Strong), ..at(1, SomethingNotRight) }, feels(2, Arrival, "sad")];
        assert_eq!(found(10, said), None);
        let said = vec![marked(1, DropLevel::Some), feels(9, SomethingNotRight, "safe")];
        assert_eq!(found(10, said), Some((DropLevel::Some, 1)));
        assert_eq!(found(0, vec![marked(1, DropLevel::Some)]), None, "not from what is to come");
    }

    #[test]
    fn it_comes_back_when_there_were_three_of_their_own() {
        let lows = |days: &[i64], now: i64| {
            let mut said: Vec<_> = days.iter().map(|day| marked(day * 24, DropLevel::Some)).collect();
            said.reverse();
            repeats(&said, now * DAY)
        };
        assert!(!lows(&[1, 20], 21));
        assert!(lows(&[1, 20, 40], 41));
        assert!(!lows(&[1, 2, 3], 3), "one that goes on");
        assert!(lows(&[1, 2, 4, 5, 7], 7), "one after the other");
        assert!(!lows(&[1, 20, 40], 62), "long ago");
        assert!(lows(&[2, 20, 40], 62));
    }
}
