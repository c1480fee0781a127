//! Insights: what happened, in figures, on the phone alone.
//!
//! All of it is read from the rows of sessions and check-ins when it is asked for: a row has what figures need and no more.
//! What is counted at all is decided here, with the consent as it stands at that moment. No figure is stored, nothing leaves the
//! phone, no document is opened, and no figure says why: two things that go together need not depend on each other.
//!
//! | an insight | from | a figure of |
//! |---|---|---|
//! | how often | sessions that ended | how many, and how many in each month |
//! | change | pairs: arrival and a later moment of one session, by one person | the mean difference |
//! | by month | one level at one moment | its mean |
//! | by activity, length, situation | the same, of ended sessions | its mean with each |
//! | lows | one's own check-ins that say whether there was one | the share with one |
//!
//! A figure comes with how many values it rests on and, where it estimates something, an interval of 95 in 100; the page of
//! `interval.rs` names the methods and where they are published, and [`Method`] which of them a figure has. Under
//! [`ENOUGH`] values it is too early to tell. A count is no estimate and has no interval; its months are those in which something
//! happened, and there are none for what did not.
//!
//! An offer to reconnect is no figure: for whoever switched it on, it is [due](crate::care::due).
//!
//! Check-ins in which [something was not right](crate::care::check_ins::CheckInMoment::SomethingNotRight) are counted nowhere.
//!
//! # Of one, and of both
//!
//! Sharing a check-in is for reading. **Being counted is a consent of its own**, one word in its person's `Mine`
//! ([`Insights::set_consent`]), taken back as easily. Without it, figures on the partner's phone are of their own check-ins
//! alone. With it, the levels that are shared (no others) are joined with one's own: a figure of both is one number for the
//! two, never a number for each. Lows are one's own matter and never joined.
//!
//! A figure of both has at least [`ENOUGH`] values of each person, is told in half levels, and its number of values in fives,
//! rounded down; one that has too few of either looks the same as one without a yes, and is not even named. **What can still be
//! told**: who has a figure of both and knows their own can reckon roughly where the other's mean lies, the more closely the
//! fewer of the values are their own; and by asking for many spans, more closely. That is less than the shared check-ins say to
//! whoever reads and adds them up, which is why only shared levels are counted at all. Somebody can also notice that a figure of
//! both came or went, and so that a yes was said or taken back. What was seen before can't be unseen.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use nightstand::vault::{SystemClock, Vault};
//! # let folder = tempfile::tempdir()?;
//! # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], std::sync::Arc::new(SystemClock))?;
//! use nightstand::care::check_ins::{CheckIn, CheckInMoment};
//! use nightstand::insights::{CountedMoment, Figure, Insight, InsightOf, InsightSpan, Level};
//! use nightstand::texts::Texts;
//!
//! for morning in 0..6 {
//!     let mut check_in = CheckIn::new(CheckInMoment::NextMorning, None, 1_700_000_000_000 + morning * 86_400_000);
//!     check_in.closeness = Some(5 + (morning % 2) as u8);
//!     vault.check_ins().add(&check_in)?;
//! }
//! let mornings = Insight::ByMonth { level: Level::Closeness, moment: CountedMoment::NextMorning };
//! let span = InsightSpan { from_ms: 1_699_000_000_000, before_ms: 1_710_000_000_000, offset_seconds: 7_200 };
//! let seen = vault.insights().read(mornings, InsightOf::Me, &span)?;
//! let Figure::Known(mean) = seen.whole else { return Err("six are enough".into()) };
//! assert_eq!((mean.n, mean.value), (6, 5.5));
//!
//! let spoken = seen.spoken(&Texts::new())?;
//! assert_eq!(spoken.title.text, "Closeness: Next morning");
//! assert!(spoken.summary.text.starts_with("5.5 on average, from 6 times; likely between"));
//! # Ok(())
//! # }
//! ```

mod consent;
mod figure;
mod interval;
mod levels;
mod sessions;
mod spoken;
mod view;

#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;

pub use figure::{ENOUGH, Figure, Known, Method};
pub use spoken::InsightSpoken;
pub use view::{InsightLabel, InsightPoint, InsightView};

use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::names::names;
use crate::vault::Vault;

/// The insights of a vault.
///
/// A small handle; get one from [`Vault::insights`].
#[derive(Clone)]
pub struct Insights {
    vault: Vault,
}

impl Vault {
    /// What happened, in figures.
    pub fn insights(&self) -> Insights {
        Insights { vault: self.clone() }
    }
}

/// What a figure is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Insight {
    /// How many sessions ended, and how many in each month. Of both: those of both; else also one's own.
    HowOften,
    /// How a level was at a later moment than on arriving, in the same session and by the same person.
    Change {
        /// Which level.
        level: Level,
        /// At which later moment; not [`CountedMoment::Arrival`].
        until: CountedMoment,
    },
    /// A level at a moment, and month by month.
    ByMonth {
        /// Which level.
        level: Level,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by what was done in the session.
    ByActivity {
        /// Which level.
        level: Level,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by how long the session took.
    ByLength {
        /// Which level.
        level: Level,
        /// At which moment.
        moment: CountedMoment,
    },
    /// The same, by what the session came after.
    BySituation {
        /// Which level.
        level: Level,
        /// At which moment.
        moment: CountedMoment,
    },
    /// How often there was a low, of the times about which one said whether there was. One's own alone.
    Lows,
}

/// Of whose check-ins a figure is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum InsightOf {
    /// Of one's own alone.
    Me,
    /// Of both together, if the partner lets theirs count.
    Both,
}

names!(InsightOf { Self::Me = "me", Self::Both = "both" });

/// A level of check-ins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// 1 to 7.
    Closeness,
    /// 0 to 10.
    Calm,
    /// 0 to 10.
    Energy,
    /// 0 to 10.
    Comfort,
}

names!(Level {
    Self::Closeness = "closeness",
    Self::Calm = "calm",
    Self::Energy = "energy",
    Self::Comfort = "comfort",
});

impl Level {
    /// From the least to the most.
    pub const fn scale(self) -> core::ops::RangeInclusive<u8> {
        match self {
            Self::Closeness => 1..=7,
            Self::Calm | Self::Energy | Self::Comfort => 0..=10,
        }
    }
}

/// A moment whose check-ins are counted. There is none in which something was not right.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CountedMoment {
    /// Before, or on arriving.
    Arrival,
    /// When it ends.
    Closing,
    /// Later that day.
    LaterToday,
    /// The next morning.
    NextMorning,
}

// Named as a check-in names them.
names!(CountedMoment {
    Self::Arrival = "arrival",
    Self::Closing = "closing",
    Self::LaterToday = "later-today",
    Self::NextMorning = "next-morning",
});

/// How long a session took, from its beginning to its end. One that took over twelve hours was left open, and is not counted
/// here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SessionLength {
    /// Up to ten minutes.
    Short,
    /// Over ten, up to thirty.
    Middle,
    /// Over thirty.
    Long,
}

names!(SessionLength { Self::Short = "short", Self::Middle = "middle", Self::Long = "long" });

/// Which time a figure is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InsightSpan {
    /// From this on, in milliseconds since 1970. What is about sessions asks when a session was, the rest when a check-in was.
    pub from_ms: i64,
    /// Before this.
    pub before_ms: i64,
    /// What to add to UTC for the calendar's months. The phone's at present will do: where summer time came between, an hour at
    /// the border of a month may count for the neighbouring one.
    pub offset_seconds: i32,
}

impl InsightSpan {
    fn check(&self) -> Result<(), NightstandError> {
        let fits = self.from_ms <= self.before_ms
            && [self.from_ms, self.before_ms].iter().all(|time| TIMES_MS.contains(time))
            && (-64_800..=64_800).contains(&self.offset_seconds);
        if fits { Ok(()) } else { Err(InvalidInput::Date.into()) }
    }
}
