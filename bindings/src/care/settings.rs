//! What somebody wants to hear of, and when.

use std::sync::Arc;

use nightstand::care::settings as core;
use nightstand::care::settings::{QuietHours, Setting};
use nightstand::care::signals::Hush;

use crate::error::NightstandError;
use crate::time::{HostZones, Timestamp, ZoneOffsets};
use crate::work::{Desk, Held};

/// What a vault's person wants to hear of, and when: on all of their own devices, and told to nobody else.
#[derive(uniffi::Object)]
pub struct OwnSettings(pub(crate) Arc<Desk>);

#[uniffi::export]
impl OwnSettings {
    /// What stands. A mute that is over reads as `Off`. Where two devices said different things at the same time, the
    /// quieter counts.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn read(&self) -> Result<Settings, NightstandError> {
        self.0.read(|vault| Ok(vault.settings().read()?.into())).await
    }

    /// Says all of it anew: `since` is what the screen was drawn from. Saved when this returns.
    ///
    /// Errors: `ChangedMeanwhile` if something else stands by now, from another screen or device: then nothing was written,
    /// and the screen is to be drawn again. `InvalidInput` for a minute or a time out of range, or quiet hours that begin
    /// when they end; `PrivateLocked`.
    pub async fn set(&self, settings: Settings, since: Settings) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.settings().set(&settings.into(), &since.into())).await
    }

    /// Is this a time at which nothing is to be shown: muted, or in quiet hours by the local time of this zone (an IANA
    /// name; one that the system does not know counts as UTC)? For what an app shows by itself; for signals ask `hush`.
    ///
    /// Errors: `PrivateLocked`: then show nothing.
    pub async fn is_quiet(
        &self,
        at: Timestamp,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<bool, NightstandError> {
        let zones = HostZones(Some(Held::new(zones)));
        self.0.read(move |vault| vault.settings().is_quiet(at.0, &zone, &zones)).await
    }

    /// Are signals of the partner kept from making themselves heard at this time: for `to_notify` of signals. They are where
    /// nothing is shown, where signals do not notify, and while Private is locked, since a mute could not be seen then.
    pub async fn hush(
        &self,
        at: Timestamp,
        zone: String,
        zones: Arc<dyn ZoneOffsets>,
    ) -> Result<Hush, NightstandError> {
        let zones = HostZones(Some(Held::new(zones)));
        self.0.read(move |vault| vault.settings().hush(at.0, &zone, &zones)).await
    }
}

/// A part of the day, every day, in local time: minutes of the day, 0 to 1,439.
#[uniffi::remote(Record)]
pub struct QuietHours {
    /// The minute of the day from which on it is quiet: 0 to 1,439.
    pub from: u16,
    /// The first minute that is not quiet any more: 0 to 1,439, another than `from`. One that is less lies on the next day.
    pub to: u16,
}

/// Does nothing show?
#[derive(uniffi::Enum)]
pub enum Mute {
    /// Things show.
    Off,
    /// Nothing shows before this time.
    Until {
        /// When it ends.
        end: Timestamp,
    },
    /// Nothing shows until its person takes it off.
    UntilTakenOff,
}

/// What somebody wants to hear of, and when. Before anything was said, the check-ins of later that day (three hours after the
/// end) and of the next morning (at ten) are asked for, signals notify, and it is never quiet.
#[derive(uniffi::Record)]
pub struct Settings {
    /// When nothing is shown; what falls into it is shown at its end.
    pub quiet_hours: Option<QuietHours>,
    /// Whether anything is shown. What falls into it is let go of: nothing comes in bulk afterwards.
    pub mute: Mute,
    /// Is the check-in at the end of a session asked for? Not until somebody wants it.
    pub ask_closing: bool,
    /// How many minutes after the end the one of later that day is asked for, 1 to 720; none: it is not. Where that is past
    /// midnight, or in quiet hours, it is asked for earlier that evening, an hour after the end or later; else not.
    pub ask_later_today: Option<u16>,
    /// At which minute of the local day the one of the next morning is asked for, 0 to 1,439; none: it is not.
    pub ask_next_morning: Option<u16>,
    /// Do the timers of steps ring in quiet hours? They were started with a tap, so a person may want that.
    pub timers_in_quiet_hours: bool,
    /// May there be an offer to reconnect? Not until somebody wants it. It is due once, in the evening two weeks after the last
    /// session, and leads to `DueLead.Reconnect`.
    pub offer_reconnect: bool,
    /// Do signals of the partner notify? Without it they are there when the app is opened. The partner does not learn of
    /// it.
    pub signals_notify: bool,
}

/// What a person can set: the texts `setting-quiet-hours` and so on, by `TextOf`.
#[uniffi::remote(Enum)]
pub enum Setting {
    /// `quiet_hours`.
    QuietHours,
    /// `mute`.
    Mute,
    /// `ask_closing`.
    AskClosing,
    /// `ask_later_today`.
    AskLaterToday,
    /// `ask_next_morning`.
    AskNextMorning,
    /// `timers_in_quiet_hours`.
    TimersInQuietHours,
    /// `offer_reconnect`.
    OfferReconnect,
    /// `signals_notify`.
    SignalsNotify,
    /// `drop_care().set_looking`.
    LookForLows,
    /// `insights().set_consent`.
    BeCounted,
}

impl From<Mute> for core::Mute {
    fn from(mute: Mute) -> Self {
        match mute {
            Mute::Off => Self::Off,
            Mute::Until { end } => Self::Until { ms: end.0 },
            Mute::UntilTakenOff => Self::UntilTakenOff,
        }
    }
}

impl From<Settings> for core::Settings {
    fn from(settings: Settings) -> Self {
        Self {
            quiet_hours: settings.quiet_hours,
            mute: settings.mute.into(),
            ask_closing: settings.ask_closing,
            ask_later_today: settings.ask_later_today,
            ask_next_morning: settings.ask_next_morning,
            timers_in_quiet_hours: settings.timers_in_quiet_hours,
            offer_reconnect: settings.offer_reconnect,
            signals_notify: settings.signals_notify,
        }
    }
}

impl From<core::Settings> for Settings {
    fn from(settings: core::Settings) -> Self {
        Self {
            quiet_hours: settings.quiet_hours,
            mute: match settings.mute {
                core::Mute::Off => Mute::Off,
                core::Mute::Until { ms } => Mute::Until { end: Timestamp(ms) },
                core::Mute::UntilTakenOff => Mute::UntilTakenOff,
            },
            ask_closing: settings.ask_closing,
            ask_later_today: settings.ask_later_today,
            ask_next_morning: settings.ask_next_morning,
            timers_in_quiet_hours: settings.timers_in_quiet_hours,
            offer_reconnect: settings.offer_reconnect,
            signals_notify: settings.signals_notify,
        }
    }
}
