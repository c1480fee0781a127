//! One-tap signals: "I need quiet, we are fine", "come close", "water please", and own ones.
//!
//! A signal is a document of its sender's in `Mine`. It says what it is, when it was sent, and for how many minutes it counts;
//! then it fades. It asks for no answer and has none. Nothing is written when somebody reads it, so nobody can tell whether it
//! was read; whether the other phone is muted can't be told either.
//!
//! **Live, or sent earlier.** Clocks are advice, so two of them have to agree: a signal of the partner's is live while both the
//! time since it came to this phone and its age, as its sender says, are less than what it lives. A phone that was away, a
//! second phone, a backup that is put back: they hear of it late and show it as sent earlier, without a notification. A stated
//! time that is ahead of this phone's by up to [`MOST_AHEAD_MS`] counts as that of its coming; one that is further ahead is not
//! believed, and its signal is never live. A sender whose clock is behind has signals that fade sooner, or at once.
//!
//! **What goes.** What was sent an hour or a day ago is of no use to anybody, and is not collected: when somebody sends or takes
//! back a signal, and whenever the phones talk, their own that faded more than [`KEPT_MS`] ago are deleted, on both phones, and
//! of the others the oldest beyond [`MOST_SENT`]. Sending what is there already puts the new one in its place.
//!
//! ```text
//!   mod     sending, listing, taking back
//!   life    how long one counts: pure
//!   notice  what to tell on a lock screen: pure
//!   saved   words of one's own, kept in Private to be sent again
//! ```

mod life;
mod notice;
mod saved;
#[cfg(test)]
mod tests;

pub use life::MOST_AHEAD_MS;
pub use notice::{Hush, SignalNotice, notices};
pub use saved::{MOST_SAVED, SavedSignal};

use life::Life;

use super::Whose;
use crate::docs::record::{LIVES, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::names::names;
use crate::records::{self, Name, Places, RecordId, check_line, check_new_line, named};
use crate::store::{RecordRow, Records, Rows, StoreTx};
use crate::vault::Vault;

/// The sort of record.
const SIGNAL: &str = "signal";

const KIND: &str = "kind";
const WORDS: &str = "words";

/// Longest signal in own words, in UTF-16 units.
pub const MOST_SIGNAL_UNITS: usize = 100;

/// How long a signal may live, in minutes.
pub const LIVES_MINUTES: core::ops::RangeInclusive<u16> = 1..=1_440;

/// For how long after it faded a signal stays readable, in milliseconds: a week.
pub const KEPT_MS: i64 = 7 * 86_400_000;

/// Most signals that a person has on the two phones at a time.
pub const MOST_SENT: usize = 20;

/// A built-in signal. How it is said is the text `signal-<name>`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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

names!(SignalKind {
    Self::QuietFine = "quiet-fine",
    Self::ComeClose = "come-close",
    Self::SpaceBackSoon = "space-back-soon",
    Self::WaterPlease = "water-please",
    Self::ThinkingOfYou = "thinking-of-you",
    Self::CuddleLater = "cuddle-later",
    Self::TalkAboutIt = "talk-about-it",
});

impl SignalKind {
    /// For how many minutes it counts if nothing else is said.
    pub fn lives_minutes(self) -> u16 {
        match self {
            Self::WaterPlease => 15,
            Self::ComeClose => 30,
            Self::QuietFine | Self::SpaceBackSoon => 60,
            Self::ThinkingOfYou | Self::CuddleLater => 720,
            Self::TalkAboutIt => 1_440,
        }
    }
}

/// What a signal says.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Signal {
    /// One of the list.
    Listed(SignalKind),
    /// In own words: one line, not empty, at most [`MOST_SIGNAL_UNITS`] UTF-16 units.
    Own(String),
}

impl Signal {
    /// For how many minutes it counts if nothing else is said: an hour for own words.
    pub fn lives_minutes(&self) -> u16 {
        match self {
            Self::Listed(kind) => kind.lives_minutes(),
            Self::Own(_) => 60,
        }
    }

    fn check(&self) -> Result<(), NightstandError> {
        match self {
            Self::Listed(_) => Ok(()),
            Self::Own(words) => check_new_line(words, 1, MOST_SIGNAL_UNITS),
        }
    }

    fn write(&self, record: &mut Record) {
        let (kind, words) = match self {
            Self::Listed(kind) => (Some(kind.name()), None),
            Self::Own(words) => (None, Some(words.as_str())),
        };
        record.set(KIND, kind);
        record.set(WORDS, words);
    }

    /// None of what is no signal. One of a later version's list may say in words what it is.
    fn of(record: &Record) -> Option<Self> {
        let listed = record.text_of(KIND).and_then(SignalKind::from_name).map(Self::Listed);
        let words = || record.text_of(WORDS).filter(|words| check_line(words, 1, MOST_SIGNAL_UNITS).is_ok());
        listed.or_else(|| words().map(|words| Self::Own(words.to_owned())))
    }
}

/// A signal as a screen shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignalView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub whose: Whose,
    /// What it says.
    pub signal: Signal,
    /// When it was sent, in milliseconds since 1970: as its sender says, and never later than it came here.
    pub sent_ms: i64,
    /// Of the partner's: when this phone first had it. None where that is not known.
    pub received_ms: Option<i64>,
    /// Until when it counts; none if it was sent earlier (the text `signal-earlier`).
    pub live_until_ms: Option<i64>,
}

impl SignalView {
    /// Does it count at the moment it was listed?
    pub fn is_live(&self) -> bool {
        self.live_until_ms.is_some()
    }
}

/// What both have sent, each list the newest first.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct SignalList {
    /// What counts at this moment.
    pub live: Vec<SignalView>,
    /// What was sent earlier.
    pub earlier: Vec<SignalView>,
}

/// The signals of a vault.
///
/// A small handle; get one from [`Vault::signals`]. What is sent reaches the partner at the next sync. Observers of the vault
/// hear when something comes; when something fades nobody is told, so a screen draws itself again at the earliest
/// [`live_until_ms`](SignalView::live_until_ms).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::signals::{Signal, SignalKind};
/// use nightstand::error::NightstandError;
///
/// let quiet = Signal::Listed(SignalKind::QuietFine);
/// assert_eq!(quiet.lives_minutes(), 60);
/// // There is nobody yet to send it to.
/// assert_eq!(vault.signals().send(&quiet, None), Err(NightstandError::NotPaired));
/// assert!(vault.signals().list()?.live.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Signals {
    vault: Vault,
}

impl Vault {
    /// One-tap signals: one's own, and the partner's.
    pub fn signals(&self) -> Signals {
        Signals { vault: self.clone() }
    }
}

impl Signals {
    /// Sends a signal, which counts for so many minutes, or as long as is usual for it. The same one, sent before, goes.
    ///
    /// Errors: `InvalidInput` for words that are empty, over their limit or of several lines, and for minutes beyond
    /// [`LIVES_MINUTES`]; `NotPaired`.
    pub fn send(&self, signal: &Signal, lives_minutes: Option<u16>) -> Result<SignalView, NightstandError> {
        signal.check()?;
        let lives = lives_minutes.unwrap_or(signal.lives_minutes());
        if !LIVES_MINUTES.contains(&lives) {
            return Err(InvalidInput::Range.into());
        }
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = Name { what: SIGNAL, id: RecordId::make(tx), place: places.shared()?.mine };
            let now_ms = tx.now_ms();
            // The new one is the newest.
            let old = old(&sent(&tx.rows(), &places)?, now_ms, MOST_SENT - 1, Some(signal));
            bury(tx, &places, &old)?;
            records::write(tx, &name, |record| {
                record.set("at", Some(now_ms));
                record.set(LIVES, Some(i64::from(lives)));
                signal.write(record);
                Ok(())
            })?;
            let life = Life { at_ms: now_ms, lives_minutes: lives };
            Ok(view(name.id, Whose::Me, signal.clone(), life, Some(now_ms), now_ms))
        })
    }

    /// What both have sent: of each at most [`MOST_SENT`].
    pub fn list(&self) -> Result<SignalList, NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.read(|rows, person| listed(rows, &Places::of(rows, person)?, now_ms))
    }

    /// Takes a signal of one's own back; the partner's phone deletes it at the next sync.
    ///
    /// Errors: `NotPaired`, `NotFound`, `Deleted`.
    pub fn take_back(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = records::find(&tx.rows(), [places.shared()?.mine], SIGNAL, *id)?;
            records::bury(tx, &name)?;
            let (sent, now_ms) = (sent(&tx.rows(), &places)?, tx.now_ms());
            bury(tx, &places, &old(&sent, now_ms, MOST_SENT, None))
        })
    }

    /// What the lock screen may tell of what came from the partner after a moment, in milliseconds since 1970. Nothing while
    /// signals are hushed: muted, or in quiet hours; whoever sent them can't tell. See [`notices`].
    pub fn to_notify(&self, after_ms: i64, hush: Hush) -> Result<Vec<SignalNotice>, NightstandError> {
        Ok(notices(&self.list()?.live, after_ms, hush))
    }
}

/// Deletes one's own that faded long ago. Writes nothing if there are none.
pub(crate) fn bury_old(vault: &Vault) -> Result<(), NightstandError> {
    let now_ms = vault.now_ms();
    let is_due = vault.read(|rows, person| {
        let places = Places::of(rows, person)?;
        Ok(!old(&sent(rows, &places)?, now_ms, MOST_SENT, None).is_empty())
    })?;
    if !is_due {
        return Ok(());
    }
    vault.write(|tx| {
        let places = Places::of(&tx.rows(), tx.person())?;
        let (sent, now_ms) = (sent(&tx.rows(), &places)?, tx.now_ms());
        bury(tx, &places, &old(&sent, now_ms, MOST_SENT, None))
    })
}

/// One's own that live as documents, the newest first.
fn sent(rows: &Rows<'_>, places: &Places) -> Result<Vec<(RecordId, RecordRow)>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let query = Records { what: SIGNAL, place: Some(shared.mine), bond: shared.mine.bond(), ..Records::default() };
    Ok(named(rows.records(&query, 10 * MOST_SENT)?).collect())
}

/// Those that are to go: what faded long ago, what can't be read, what there is too much of, and what is sent anew.
fn old(sent: &[(RecordId, RecordRow)], now_ms: i64, most: usize, anew: Option<&Signal>) -> Vec<RecordId> {
    let (mut stays, mut goes) = (0, Vec::new());
    for (id, row) in sent {
        let signal = Signal::of(&row.record);
        let is_kept = Life::of(&row.record).is_some_and(|life| life.is_kept(now_ms));
        if stays < most && is_kept && signal.is_some() && signal.as_ref() != anew {
            stays += 1;
        } else {
            goes.push(*id);
        }
    }
    goes
}

fn bury(tx: &mut StoreTx<'_>, places: &Places, old: &[RecordId]) -> Result<(), NightstandError> {
    let place = places.shared()?.mine;
    old.iter().try_for_each(|id| records::bury(tx, &Name { what: SIGNAL, id: *id, place }))
}

fn listed(rows: &Rows<'_>, places: &Places, now_ms: i64) -> Result<SignalList, NightstandError> {
    let mut list = SignalList::default();
    let Some(shared) = places.shared else { return Ok(list) };
    for (whose, place) in [(Whose::Me, shared.mine), (Whose::Partner, shared.theirs)] {
        let query = Records { what: SIGNAL, place: Some(place), bond: place.bond(), ..Records::default() };
        for (id, row) in named(rows.records(&query, MOST_SENT)?) {
            let (Some(signal), Some(life)) = (Signal::of(&row.record), Life::of(&row.record)) else { continue };
            // One's own was here when it was sent.
            let received_ms = if whose == Whose::Me { Some(life.at_ms) } else { row.received_ms };
            let view = view(id, whose, signal, life, received_ms, now_ms);
            if view.is_live() { &mut list.live } else { &mut list.earlier }.push(view);
        }
    }
    for list in [&mut list.live, &mut list.earlier] {
        list.sort_by_key(|view| (core::cmp::Reverse(view.sent_ms), view.id));
    }
    Ok(list)
}

fn view(id: RecordId, whose: Whose, signal: Signal, life: Life, received_ms: Option<i64>, now_ms: i64) -> SignalView {
    SignalView {
        id,
        whose,
        signal,
        sent_ms: life.at_ms.min(received_ms.unwrap_or(now_ms)),
        received_ms: received_ms.filter(|_| whose == Whose::Partner),
        live_until_ms: received_ms.and_then(|received_ms| life.live_until(received_ms, now_ms)),
    }
}

impl Life {
    /// None of what does not say both.
    fn of(record: &Record) -> Option<Self> {
        let at_ms = record.number("at").filter(|at| TIMES_MS.contains(at))?;
        let lives = record.number(LIVES).filter(|lives| *lives > 0)?;
        // A later version may let them live longer.
        let lives_minutes = u16::try_from(lives).unwrap_or(u16::MAX).min(*LIVES_MINUTES.end());
        Some(Self { at_ms, lives_minutes })
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for Signal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Listed(_) => f.write_str("Signal::Listed"),
            Self::Own(words) => write!(f, "Signal::Own({} bytes)", words.len()),
        }
    }
}
