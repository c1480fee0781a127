//! When somebody wants to be left alone, and what they want to be asked.
//!
//! One record of the person's own, in `Private`: it comes to all of their devices and to nobody else, so that a partner
//! can't tell whether somebody is muted, or which check-ins they are asked for.
//!
//! **The quieter counts.** Where two devices said different things at the same time, both stand until one of them is set
//! again, and the quieter of the two is read: muted over not muted, the longer mute, the longer quiet hours; not asked over
//! asked, and of two times the later.
//!
//! ```text
//!   phone 1   muted until noon ───▶
//!   phone 2   not muted ──────────▶        merged: muted until noon
//! ```

use super::Whose;
use super::list::must_see;
use super::signals::Hush;
use crate::docs::record::{Field, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::names::names;
use crate::records::{self, Name, Places, RecordId};
use crate::shown::check_since;
use crate::store::Rows;
use crate::vault::Vault;
use crate::zones::{DAY_MS, LocalClock, MINUTE_MS, ZoneOffsets};

/// The sort of record.
const SETTINGS: &str = "settings";

/// The minutes after a session's end at which the check-in of later that day may be asked for.
pub const LATER_TODAY_MINUTES: core::ops::RangeInclusive<u16> = 1..=720;

/// The minutes of a day: 0 is midnight.
pub const MINUTES_OF_DAY: core::ops::RangeInclusive<u16> = 0..=1_439;

const QUIET: &str = "quiet";
const MUTE: &str = "mute";
const CLOSING: &str = "closing";
const LATER_TODAY: &str = "later-today";
const NEXT_MORNING: &str = "next-morning";
const TIMERS: &str = "timers-when-quiet";
const RECONNECT: &str = "reconnect";
const SIGNALS: &str = "signals";

/// A part of the day, every day, in local time.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct QuietHours {
    /// The minute of the day from which on it is quiet: 0 to 1,439.
    pub from: u16,
    /// The first minute that is not quiet any more: 0 to 1,439, another than `from`. One that is less lies on the next day.
    pub to: u16,
}

/// Does nothing show?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mute {
    /// Things show.
    Off,
    /// Nothing shows before this time.
    Until {
        /// In milliseconds since 1970.
        ms: i64,
    },
    /// Nothing shows until its person takes it off.
    UntilTakenOff,
}

impl Mute {
    /// The names of all, in the order of a screen.
    pub const NAMES: &'static [&'static str] = &["off", "until", "until-taken-off"];

    /// Its name, as in the keys of texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Until { .. } => "until",
            Self::UntilTakenOff => "until-taken-off",
        }
    }
}

/// What a person can set, here and with what it is about: for a page of settings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Setting {
    /// [`Settings::quiet_hours`].
    QuietHours,
    /// [`Settings::mute`].
    Mute,
    /// [`Settings::ask_closing`].
    AskClosing,
    /// [`Settings::ask_later_today`].
    AskLaterToday,
    /// [`Settings::ask_next_morning`].
    AskNextMorning,
    /// [`Settings::timers_in_quiet_hours`].
    TimersInQuietHours,
    /// [`Settings::offer_reconnect`].
    OfferReconnect,
    /// [`Settings::signals_notify`].
    SignalsNotify,
    /// Whether lows are looked for: see [`drop`](crate::care::drop).
    LookForLows,
    /// Whether one's shared check-ins count in figures of both: see [`insights`](crate::insights).
    BeCounted,
}

names!(Setting {
    Self::QuietHours = "quiet-hours",
    Self::Mute = "mute",
    Self::AskClosing = "ask-closing",
    Self::AskLaterToday = "ask-later-today",
    Self::AskNextMorning = "ask-next-morning",
    Self::TimersInQuietHours = "timers-in-quiet-hours",
    Self::OfferReconnect = "offer-reconnect",
    Self::SignalsNotify = "signals-notify",
    Self::LookForLows = "look-for-lows",
    Self::BeCounted = "be-counted",
});

/// What somebody wants to hear of, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// When nothing is shown; what falls into it is shown at its end.
    pub quiet_hours: Option<QuietHours>,
    /// Whether anything is shown. What falls into it is let go of: nothing comes in bulk afterwards.
    pub mute: Mute,
    /// Is the check-in at the end of a session asked for? Not until somebody wants it.
    pub ask_closing: bool,
    /// How many minutes after the end the one of later that day is asked for, [1 to 720](LATER_TODAY_MINUTES); none: it is
    /// not.
    pub ask_later_today: Option<u16>,
    /// At which minute of the local day the one of the next morning is asked for, [0 to 1,439](MINUTES_OF_DAY); none: it is
    /// not.
    pub ask_next_morning: Option<u16>,
    /// Do the timers of steps ring in quiet hours? They were started with a tap, so a person may want that.
    pub timers_in_quiet_hours: bool,
    /// May there be an offer to reconnect? Not until somebody wants it. [`due`](super::due) says when it comes.
    pub offer_reconnect: bool,
    /// Do signals of the partner notify? Without it they are there when the app is opened. The partner does not learn of
    /// it.
    pub signals_notify: bool,
}

impl Default for Settings {
    /// Before anything was said: the check-ins of later that day (three hours after the end) and of the next morning (at
    /// ten) are asked for, signals notify, and it is never quiet.
    fn default() -> Self {
        Self {
            quiet_hours: None,
            mute: Mute::Off,
            ask_closing: false,
            ask_later_today: Some(180),
            ask_next_morning: Some(600),
            timers_in_quiet_hours: false,
            offer_reconnect: false,
            signals_notify: true,
        }
    }
}

/// What a vault's person wants to hear of, and when.
///
/// A small handle; get one from [`Vault::settings`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::settings::{QuietHours, Settings};
///
/// let mut settings = vault.settings().read()?;
/// assert_eq!(settings, Settings::default());
/// let since = settings.clone();
/// settings.quiet_hours = Some(QuietHours { from: 22 * 60, to: 7 * 60 });
/// vault.settings().set(&settings, &since)?;
/// assert_eq!(vault.settings().read()?, settings);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OwnSettings {
    vault: Vault,
}

impl Vault {
    /// What the vault's person wants to hear of, and when.
    pub fn settings(&self) -> OwnSettings {
        OwnSettings { vault: self.clone() }
    }
}

impl OwnSettings {
    /// What stands. A mute that is over reads as [`Mute::Off`].
    ///
    /// Errors: `PrivateLocked`.
    pub fn read(&self) -> Result<Settings, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            Ok(of(rows, &Places::of(rows, person)?)?.at(now_ms))
        })
    }

    /// Says all of it anew: `since` is what the screen was drawn from. Saved when this returns, for one's own devices alone; what
    /// is the same stays untouched, so that what another device says at the same time of something else stands.
    ///
    /// Errors: `ChangedMeanwhile` if something else stands by now, from another screen or device: then nothing was written, and
    /// the screen is to be drawn again. `InvalidInput` for a minute or a time out of range, or quiet hours that begin when they
    /// end; `PrivateLocked`.
    pub fn set(&self, settings: &Settings, since: &Settings) -> Result<(), NightstandError> {
        settings.check()?;
        self.vault.write(|tx| {
            must_see(&tx.rows(), Whose::Me)?;
            let places = Places::of(&tx.rows(), tx.person())?;
            let (name, now_ms) = (name(&places), tx.now_ms());
            let stands = of(&tx.rows(), &places)?;
            check_since(&stands.at(now_ms), &settings.at(now_ms), &since.at(now_ms))?;
            records::write(tx, &name, |record| {
                settings.write(record, now_ms);
                Ok(())
            })
        })
    }

    /// Is this a time at which nothing is to be shown: muted, or in quiet hours by the local time of this zone (an IANA
    /// name; one that the system does not know counts as UTC)? For what an app shows by itself, such as a signal.
    ///
    /// Errors: `PrivateLocked`: then show nothing.
    pub fn is_quiet(&self, at_ms: i64, zone: &str, zones: &dyn ZoneOffsets) -> Result<bool, NightstandError> {
        let settings = self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            of(rows, &Places::of(rows, person)?)
        })?;
        let minute = LocalClock { zone, zones }.minute_of_day(at_ms);
        Ok(settings.mute.covers(at_ms) || settings.quiet_hours.is_some_and(|quiet| quiet.covers(minute)))
    }
}

impl OwnSettings {
    /// Are signals of the partner kept from making themselves heard at this time: for
    /// [`to_notify`](super::signals::Signals::to_notify). They are where [nothing is shown](Self::is_quiet), where signals do not
    /// notify, and while Private is locked, since a mute could not be seen then.
    pub fn hush(&self, at_ms: i64, zone: &str, zones: &dyn ZoneOffsets) -> Result<Hush, NightstandError> {
        let heard = self.read().and_then(|settings| Ok(settings.signals_notify && !self.is_quiet(at_ms, zone, zones)?));
        match heard {
            Ok(true) => Ok(Hush::Off),
            Ok(false) | Err(NightstandError::PrivateLocked) => Ok(Hush::On),
            Err(error) => Err(error),
        }
    }
}

impl QuietHours {
    /// Is this minute of the day one of them?
    pub fn covers(&self, minute: u16) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&minute)
        } else {
            minute >= self.from || minute < self.to
        }
    }

    /// How many minutes a day they are.
    fn minutes(self) -> u16 {
        (self.to + 1_440 - self.from) % 1_440
    }

    /// When what falls into them at this moment is to be shown: at once if it does not; none if there is no such moment.
    pub(crate) fn over(self, clock: &LocalClock<'_>, at_ms: i64) -> Option<i64> {
        let mut at_ms = at_ms;
        // A day on which the clock never shows the end leads into the next quiet hours, and no zone does that twice.
        for _ in 0..4 {
            if !self.covers(clock.minute_of_day(at_ms)) {
                return Some(at_ms);
            }
            let shown = clock.shown(at_ms);
            let today = shown - shown.rem_euclid(DAY_MS) + i64::from(self.to) * MINUTE_MS;
            at_ms = clock.first_from(at_ms, if today > shown { today } else { today + DAY_MS });
        }
        None
    }

    fn field(self) -> String {
        format!("{} {}", self.from, self.to)
    }

    fn of(field: &str) -> Option<Self> {
        let (from, to) = field.split_once(' ')?;
        Some(Self { from: from.parse().ok()?, to: to.parse().ok()? }).filter(Self::is_one)
    }

    fn is_one(&self) -> bool {
        MINUTES_OF_DAY.contains(&self.from) && MINUTES_OF_DAY.contains(&self.to) && self.from != self.to
    }
}

impl Mute {
    /// Is nothing shown that is due at this time?
    pub fn covers(self, at_ms: i64) -> bool {
        match self {
            Self::Off => false,
            Self::Until { ms } => at_ms < ms,
            Self::UntilTakenOff => true,
        }
    }

    fn rank(self) -> (u8, i64) {
        match self {
            Self::Off => (0, 0),
            Self::Until { ms } => (1, ms),
            Self::UntilTakenOff => (2, 0),
        }
    }
}

impl Settings {
    /// As a screen sees it: a mute that is over is none.
    fn at(&self, now_ms: i64) -> Self {
        let over = matches!(self.mute, Mute::Until { ms } if ms <= now_ms);
        if over { Self { mute: Mute::Off, ..self.clone() } } else { self.clone() }
    }

    fn check(&self) -> Result<(), NightstandError> {
        let fits = self.quiet_hours.is_none_or(|quiet| quiet.is_one())
            && self.ask_later_today.is_none_or(|minutes| LATER_TODAY_MINUTES.contains(&minutes))
            && self.ask_next_morning.is_none_or(|minute| MINUTES_OF_DAY.contains(&minute));
        let what = match self.mute {
            _ if !fits => InvalidInput::Range,
            Mute::Until { ms } if !TIMES_MS.contains(&ms) => InvalidInput::Date,
            _ => return Ok(()),
        };
        Err(what.into())
    }

    /// What is as it stands is not said, so that what another device says of it at the same time counts. A mute that is taken
    /// off ends at this moment: what came due before stays away.
    fn write(&self, record: &mut Record, now_ms: i64) {
        let stands = Self::of(record).at(now_ms);
        let mute = match (self.mute, mute(record)) {
            (Mute::Off, Some(Mute::Until { ms })) if ms <= now_ms => Mute::Until { ms },
            (Mute::Off, Some(Mute::Until { .. } | Mute::UntilTakenOff)) => Mute::Until { ms: now_ms },
            (mute, _) => mute,
        };
        let mute: Field = match mute {
            Mute::Off => false.into(),
            Mute::Until { ms } => ms.into(),
            Mute::UntilTakenOff => true.into(),
        };
        let number_or_off = |number: Option<u16>| number.map_or(Field::Flag(false), |number| i64::from(number).into());
        let quiet = self.quiet_hours.map_or(Field::Flag(false), |quiet| quiet.field().into());
        for (field, is_new, said) in [
            (MUTE, self.at(now_ms).mute != stands.mute, mute),
            (QUIET, self.quiet_hours != stands.quiet_hours, quiet),
            (LATER_TODAY, self.ask_later_today != stands.ask_later_today, number_or_off(self.ask_later_today)),
            (NEXT_MORNING, self.ask_next_morning != stands.ask_next_morning, number_or_off(self.ask_next_morning)),
            (CLOSING, self.ask_closing != stands.ask_closing, self.ask_closing.into()),
            (TIMERS, self.timers_in_quiet_hours != stands.timers_in_quiet_hours, self.timers_in_quiet_hours.into()),
            (RECONNECT, self.offer_reconnect != stands.offer_reconnect, self.offer_reconnect.into()),
            (SIGNALS, self.signals_notify != stands.signals_notify, self.signals_notify.into()),
        ] {
            if is_new {
                record.set(field, Some(said));
            }
        }
    }

    /// What was not said, or can't be read, is as before anything was said.
    fn of(record: &Record) -> Self {
        let before = Self::default();
        // Off wins, and of two times the later.
        let asked = |field, range: &core::ops::RangeInclusive<u16>| {
            let values = record.values(field).iter().filter_map(|value| match value {
                Field::Flag(false) => Some(None),
                Field::Number(number) => u16::try_from(*number).ok().filter(|one| range.contains(one)).map(Some),
                Field::Flag(true) | Field::Text(_) => None,
            });
            values.min_by_key(|asked| (asked.is_some(), asked.map(core::cmp::Reverse)))
        };
        let flag = |field| {
            let said = |value: &Field| if let Field::Flag(flag) = value { Some(*flag) } else { None };
            record.values(field).iter().filter_map(said).min()
        };
        let quiet = record.values(QUIET).iter().filter_map(|value| match value {
            Field::Text(text) => QuietHours::of(text).map(Some),
            Field::Flag(false) => Some(None),
            Field::Flag(true) | Field::Number(_) => None,
        });
        let quiet = quiet.max_by_key(|quiet| quiet.map(|quiet| (quiet.minutes(), quiet.from)));
        Self {
            quiet_hours: quiet.unwrap_or(before.quiet_hours),
            mute: mute(record).unwrap_or(before.mute),
            ask_closing: flag(CLOSING).unwrap_or(before.ask_closing),
            ask_later_today: asked(LATER_TODAY, &LATER_TODAY_MINUTES).unwrap_or(before.ask_later_today),
            ask_next_morning: asked(NEXT_MORNING, &MINUTES_OF_DAY).unwrap_or(before.ask_next_morning),
            timers_in_quiet_hours: flag(TIMERS).unwrap_or(before.timers_in_quiet_hours),
            offer_reconnect: flag(RECONNECT).unwrap_or(before.offer_reconnect),
            signals_notify: flag(SIGNALS).unwrap_or(before.signals_notify),
        }
    }
}

fn mute(record: &Record) -> Option<Mute> {
    let mutes = record.values(MUTE).iter().filter_map(|value| match value {
        Field::Flag(false) => Some(Mute::Off),
        Field::Flag(true) => Some(Mute::UntilTakenOff),
        Field::Number(ms) => Some(Mute::Until { ms: *ms }).filter(|_| TIMES_MS.contains(ms)),
        Field::Text(_) => None,
    });
    mutes.max_by_key(|mute| mute.rank())
}

fn name(places: &Places) -> Name<'static> {
    Name { what: SETTINGS, id: RecordId::THE_ONE, place: places.private }
}

/// What stands, with a mute that may be over. Private is not locked.
pub(super) fn of(rows: &Rows<'_>, places: &Places) -> Result<Settings, NightstandError> {
    Ok(records::read(rows, &name(places))?.map_or_else(Settings::default, |record| Settings::of(&record)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(field: &str, values: &[Field]) -> Settings {
        Settings::of(&Record { fields: [(field.to_owned(), values.to_vec())].into(), ..Record::default() })
    }

    #[test]
    fn of_two_values_the_quieter_counts() {
        let both = |field: &str, one: Field, other: Field| {
            let (here, there) = (beside(field, &[one.clone(), other.clone()]), beside(field, &[other, one]));
            assert_eq!(here, there, "whichever Automerge shows first");
            here
        };
        assert_eq!(both(MUTE, false.into(), 5.into()).mute, Mute::Until { ms: 5 });
        assert_eq!(both(MUTE, 7.into(), 5.into()).mute, Mute::Until { ms: 7 });
        assert_eq!(both(MUTE, i64::MAX.into(), 5.into()).mute, Mute::Until { ms: 5 }, "a time that is none");
        assert_eq!(both(MUTE, true.into(), 7.into()).mute, Mute::UntilTakenOff);
        let night = Some(QuietHours { from: 1_320, to: 420 });
        assert_eq!(both(QUIET, "1320 420".into(), "1380 420".into()).quiet_hours, night);
        assert_eq!(both(QUIET, "1320 420".into(), false.into()).quiet_hours, night);
        assert_eq!(both(QUIET, "1320 420".into(), "x".into()).quiet_hours, night);
        assert_eq!(both(LATER_TODAY, 60.into(), 90.into()).ask_later_today, Some(90));
        assert_eq!(both(LATER_TODAY, 60.into(), false.into()).ask_later_today, None);
        assert_eq!(both(NEXT_MORNING, 9_000.into(), "ten".into()), Settings::default());
        assert!(!both(CLOSING, true.into(), false.into()).ask_closing);
        assert!(!both(SIGNALS, true.into(), false.into()).signals_notify);
        assert!(beside(CLOSING, &[true.into()]).ask_closing);
    }

    #[test]
    fn quiet_hours_may_cross_midnight() {
        let night = QuietHours { from: 22 * 60, to: 7 * 60 };
        let quiet: Vec<_> = (0..24).filter(|hour| night.covers(hour * 60)).collect();
        assert_eq!(quiet, [0, 1, 2, 3, 4, 5, 6, 22, 23]);
        assert_eq!(night.minutes(), 9 * 60);
        let noon = QuietHours { from: 720, to: 780 };
        assert!(noon.covers(720) && !noon.covers(780) && !noon.covers(0));
        let utc = LocalClock { zone: "", zones: &() };
        let at = |minutes: i64| night.over(&utc, minutes * MINUTE_MS).unwrap() / MINUTE_MS;
        assert_eq!([at(419), at(420), at(1_319), at(1_320)], [420, 420, 1_319, 1_440 + 420]);
    }

    #[test]
    fn all_of_it_reads_back() {
        let all = Settings {
            quiet_hours: Some(QuietHours { from: 0, to: 1_439 }),
            mute: Mute::UntilTakenOff,
            ask_closing: true,
            ask_later_today: None,
            ask_next_morning: Some(0),
            timers_in_quiet_hours: true,
            offer_reconnect: true,
            signals_notify: false,
        };
        let mut record = Record::default();
        all.write(&mut record, 1_000);
        assert_eq!(Settings::of(&record), all);
        // What came due while it was muted stays away.
        Settings { mute: Mute::Off, ..all.clone() }.write(&mut record, 2_000);
        assert_eq!(Settings::of(&record).mute, Mute::Until { ms: 2_000 });
        Settings { mute: Mute::Off, ..all }.write(&mut record, 3_000);
        assert_eq!(Settings::of(&record).mute, Mute::Until { ms: 2_000 });
    }
}
