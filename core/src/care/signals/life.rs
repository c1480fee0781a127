//! How long a signal counts.

use super::KEPT_MS;

/// How far ahead of this phone's time a stated time may be, in milliseconds, to be believed: ten minutes. Phones that set their
/// clocks by themselves are seconds apart.
pub const MOST_AHEAD_MS: i64 = 600_000;

/// What a signal says of its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Life {
    /// When it was sent, by its sender's clock.
    pub(super) at_ms: i64,
    pub(super) lives_minutes: u16,
}

impl Life {
    /// Until when it counts, if it does now. It was first here at `received_ms`, by this phone's clock, as `now_ms` is.
    pub(super) fn live_until(self, received_ms: i64, now_ms: i64) -> Option<i64> {
        let believed = self.at_ms <= received_ms.saturating_add(MOST_AHEAD_MS)
            // This phone's clock was set back since.
            && received_ms <= now_ms.saturating_add(MOST_AHEAD_MS);
        let until_ms = self.at_ms.min(received_ms).saturating_add(self.lives_ms());
        (believed && now_ms < until_ms).then_some(until_ms)
    }

    /// Is it still of use to be read? Asked of one's own, on the phone that may delete them.
    pub(super) fn is_kept(self, now_ms: i64) -> bool {
        let faded_ms = self.at_ms.saturating_add(self.lives_ms());
        self.at_ms <= now_ms.saturating_add(MOST_AHEAD_MS) && now_ms < faded_ms.saturating_add(KEPT_MS)
    }

    fn lives_ms(self) -> i64 {
        i64::from(self.lives_minutes) * 60_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    fn quarter(at_ms: i64) -> Life {
        Life { at_ms, lives_minutes: 15 }
    }

    #[test]
    fn both_clocks_have_to_agree() {
        // Sent at 0, here at once.
        assert_eq!(quarter(0).live_until(0, 5 * MINUTE), Some(15 * MINUTE));
        assert_eq!(quarter(0).live_until(0, 15 * MINUTE), None);
        // Here after ten minutes: five are left. After twenty: none.
        assert_eq!(quarter(0).live_until(10 * MINUTE, 10 * MINUTE), Some(15 * MINUTE));
        assert_eq!(quarter(0).live_until(20 * MINUTE, 20 * MINUTE), None);
        // The sender's clock is ahead: a little is forgiven and wins no time, more is not believed, then or later.
        assert_eq!(quarter(8 * MINUTE).live_until(0, 0), Some(15 * MINUTE));
        assert_eq!(quarter(60 * MINUTE).live_until(0, 0), None);
        assert_eq!(quarter(60 * MINUTE).live_until(0, 60 * MINUTE), None);
        // This phone's clock was set back by an hour.
        assert_eq!(quarter(60 * MINUTE).live_until(60 * MINUTE, 0), None);
    }

    proptest! {
        #[test]
        fn nobody_makes_one_last_longer(at in any::<i64>(), here in -1_000_000..1_000_000i64, later in 0..3_000_000i64) {
            let until = quarter(at).live_until(here, here + later);
            prop_assert!(until.is_none_or(|until| until <= here + 15 * MINUTE && until > here + later));
            // What is not live does not come back.
            if until.is_none() {
                prop_assert_eq!(quarter(at).live_until(here, here + later + MINUTE), None);
            }
        }
    }
}
