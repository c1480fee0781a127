//! One-tap signals.

use std::sync::Arc;

use nightstand::care::Whose;
use nightstand::care::signals as core;
use nightstand::care::signals::{Hush, Signal, SignalKind};
use nightstand::records::RecordId;

use crate::error::NightstandError;
use crate::time::Timestamp;
use crate::work::Desk;

/// One-tap signals: one's own, and the partner's.
///
/// A signal counts for a while and fades. It asks for no answer, and nobody can tell whether it was read, or whether a phone is
/// muted. What is sent reaches the partner at the next sync. Observers of the vault hear when something comes; when something
/// fades nobody is told, so a screen draws itself again at the earliest `live_until`.
#[derive(uniffi::Object)]
pub struct Signals(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Signals {
    /// Sends a signal, which counts for so many minutes (1 to 1,440), or as long as is usual for it. The same one, sent before,
    /// goes.
    ///
    /// Errors: `InvalidInput` for words that are empty, over 100 UTF-16 units or of several lines, and for minutes out of range;
    /// `NotPaired`.
    #[uniffi::method(default(lives_minutes = None))]
    pub async fn send(&self, signal: Signal, lives_minutes: Option<u16>) -> Result<SignalView, NightstandError> {
        self.0.write(move |vault| Ok(vault.signals().send(&signal, lives_minutes)?.into())).await
    }

    /// What both have sent: of each at most 20, each list the newest first. Nothing is written, and nobody learns of it.
    pub async fn list(&self) -> Result<SignalList, NightstandError> {
        self.0.read(|vault| Ok(vault.signals().list()?.into())).await
    }

    /// Takes a signal of one's own back; the partner's phone deletes it at the next sync.
    ///
    /// Errors: `NotPaired`, `NotFound`, `Deleted`.
    pub async fn take_back(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.signals().take_back(&id)).await
    }

    /// What the lock screen may tell of what came from the partner after a moment: give the time of the last call, and none is
    /// told twice. Nothing while signals are hushed; whoever sent them can't tell.
    pub async fn to_notify(&self, after: Timestamp, hush: Hush) -> Result<Vec<SignalNotice>, NightstandError> {
        let read = move |vault: &nightstand::vault::Vault| vault.signals().to_notify(after.0, hush);
        self.0.read(move |vault| Ok(read(vault)?.into_iter().map(SignalNotice::from).collect())).await
    }

    /// Keeps words to be sent again, for oneself alone. Sends nothing.
    ///
    /// Errors: `InvalidInput` as `send`, or if there are 50 already; `PrivateLocked`.
    #[uniffi::method(default(lives_minutes = None))]
    pub async fn save(&self, words: String, lives_minutes: Option<u16>) -> Result<SavedSignal, NightstandError> {
        self.0.write(move |vault| Ok(vault.signals().save(&words, lives_minutes)?.into())).await
    }

    /// Those that are kept, the newest first.
    ///
    /// Errors: `PrivateLocked`.
    pub async fn saved(&self) -> Result<Vec<SavedSignal>, NightstandError> {
        self.0.read(|vault| Ok(vault.signals().saved()?.into_iter().map(SavedSignal::from).collect())).await
    }

    /// Keeps one no longer. What was sent of it stays until it fades.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub async fn forget(&self, id: RecordId) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.signals().forget(&id)).await
    }
}

/// For how many minutes a signal counts if nothing else is said.
#[uniffi::export]
pub fn signal_lives_minutes(signal: Signal) -> u16 {
    signal.lives_minutes()
}

/// The key of the text that says a built-in signal.
#[uniffi::export]
pub fn signal_text_key(kind: SignalKind) -> String {
    format!("signal-{}", kind.name())
}

/// A built-in signal.
#[uniffi::remote(Enum)]
pub enum SignalKind {
    /// I need quiet, we are fine.
    QuietFine,
    /// Come close.
    ComeClose,
    /// A little space, back soon.
    SpaceBackSoon,
    /// Water, please.
    WaterPlease,
    /// Thinking of you.
    ThinkingOfYou,
    /// Cuddle later?
    CuddleLater,
    /// Can we talk about it?
    TalkAboutIt,
}

/// What a signal says.
#[uniffi::remote(Enum)]
pub enum Signal {
    /// One of the list.
    Listed(SignalKind),
    /// In own words: one line, not empty, at most 100 UTF-16 units.
    Own(String),
}

/// Are signals kept from making themselves heard? It is a matter of this phone alone.
#[uniffi::remote(Enum)]
pub enum Hush {
    /// They may be heard.
    Off,
    /// They are muted, or these are quiet hours.
    On,
}

/// A signal as a screen shows it.
#[derive(uniffi::Record)]
pub struct SignalView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub whose: Whose,
    /// What it says.
    pub signal: Signal,
    /// When it was sent: as its sender says, and never later than it came here.
    pub sent: Timestamp,
    /// Of the partner's: when this phone first had it. None where that is not known.
    pub received: Option<Timestamp>,
    /// Until when it counts; none if it was sent earlier (the text `signal-earlier`).
    pub live_until: Option<Timestamp>,
}

/// What both have sent, each list the newest first.
#[derive(uniffi::Record)]
pub struct SignalList {
    /// What counts at this moment.
    pub live: Vec<SignalView>,
    /// What was sent earlier.
    pub earlier: Vec<SignalView>,
}

/// A notification that is due at once.
#[derive(uniffi::Record)]
pub struct SignalNotice {
    /// Of which signal: as the notification's own id, it replaces itself if it is given twice.
    pub id: RecordId,
    /// The key of its title, which tells a stranger nothing.
    pub title_key: String,
    /// When to take it away: the signal then no longer counts.
    pub until: Timestamp,
}

/// A signal in own words, kept to be sent again.
#[derive(uniffi::Record)]
pub struct SavedSignal {
    /// Which.
    pub id: RecordId,
    /// Its words.
    pub words: String,
    /// For how many minutes it is to count.
    pub lives_minutes: u16,
}

impl From<core::SignalView> for SignalView {
    fn from(view: core::SignalView) -> Self {
        let core::SignalView { id, whose, signal, sent_ms, received_ms, live_until_ms } = view;
        let (received, live_until) = (received_ms.map(Timestamp), live_until_ms.map(Timestamp));
        Self { id, whose, signal, sent: Timestamp(sent_ms), received, live_until }
    }
}

impl From<core::SignalList> for SignalList {
    fn from(list: core::SignalList) -> Self {
        let views = |views: Vec<core::SignalView>| views.into_iter().map(SignalView::from).collect();
        Self { live: views(list.live), earlier: views(list.earlier) }
    }
}

impl From<core::SignalNotice> for SignalNotice {
    fn from(notice: core::SignalNotice) -> Self {
        let core::SignalNotice { id, title_key, until_ms } = notice;
        Self { id, title_key: title_key.into(), until: Timestamp(until_ms) }
    }
}

impl From<core::SavedSignal> for SavedSignal {
    fn from(saved: core::SavedSignal) -> Self {
        let core::SavedSignal { id, words, lives_minutes } = saved;
        Self { id, words, lives_minutes }
    }
}
