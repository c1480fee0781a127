//! A low, hours to days after closeness, and what helps.
//!
//! Any role can drop, the leading one too. A low is recognised here on its person's own phone, from their own check-ins, and
//! nowhere else: nothing of it is stored, and nothing of it is sent. The partner learns what is shared with them by hand, with
//! [`CheckIns::share`](super::check_ins::CheckIns::share).
//!
//! **The rule.** Of the check-ins from the last [72 hours](RECENT_MS), closing ones and later ones, the newest are looked at,
//! back to the first that tells of nothing low or says that there is no low. Among these,
//!
//! - a marker (some, strong) is a low, as strong as the newest marker says;
//! - without one, two in a row that [are low](super::check_ins::CheckIn::is_low) are a low, if the newer is from later that day
//!   or from a next morning. One alone is a feeling, and is answered as one.
//!
//! It began when its person says, or with the earliest of these. A check-in on [something that was not
//! right](super::not_right) is never counted: that is no low to be helped with a blanket. Three lows of their own in
//! [60 days](REPEATS_WITHIN_MS) are called coming back; lows within 72 hours of one that was counted are that one.
//!
//! What this is not: a diagnosis, a measure, or a finding. It is the practice of people who look after each other, put in a rule
//! that can be read; no study has tested it. It knows what was written and nothing else, and it can be
//! [switched off](DropCare::set_looking).
//!
//! **What helps** is its person's own list: words of their own and activities, in the order in which they want them. It lies in
//! `Private`. While it is empty, the activities that they love stand in. An activity that meets a boundary of theirs is left out.

mod helps;
mod rule;

pub use helps::{Help, MOST_HELP_UNITS, MOST_HELPS};
pub use rule::{RECENT_MS, REPEATS, REPEATS_WITHIN_MS};

use super::Whose;
use super::check_ins::{self, DropLevel};
use super::list::must_see;
use crate::docs::record::{Field, Record};
use crate::error::NightstandError;
use crate::records::{self, Name, Places, RecordId};
use crate::shown::check_since;
use crate::store::Rows;
use crate::vault::Vault;

/// The sort of record, of which there is one: what helps, and whether to look at all.
const DROP_CARE: &str = "drop-care";

const OFF: &str = "off";

/// Does this phone look for lows?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Looking {
    /// It does.
    On,
    /// It does not, and says nothing of them.
    Off,
}

/// How things stand.
#[derive(Clone, PartialEq, Eq)]
pub struct DropView {
    /// Was there a look at all?
    pub looking: Looking,
    /// The low that stands, or none.
    pub level: DropLevel,
    /// Since when, in milliseconds since 1970; none without a low.
    pub since_ms: Option<i64>,
    /// What helps, in its person's own order; empty without a low.
    pub what_helps: Vec<Help>,
    /// A low stands, and it is one of several of late.
    pub repeats: bool,
    /// What the screen says, in this order; none without a low. Where help is found is named if the low is strong or comes back,
    /// and not each time. With `help-where` go the contacts that the app has for where its
    /// person lives; where it has none, say `help-where-none`.
    pub text_keys: Vec<&'static str>,
}

/// Shows nothing of how somebody is.
impl core::fmt::Debug for DropView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DropView({:?})", self.looking)
    }
}

/// Looks for lows, on this phone and for its person alone.
///
/// A small handle; get one from [`Vault::drop_care`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::check_ins::{CheckIn, CheckInMoment, DropLevel};
/// use nightstand::care::drop::Help;
/// # let an_hour_ago = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis() as i64 - 3_600_000;
///
/// let care = vault.drop_care();
/// care.set_help_list(&[Help::Words("Ring Kim".into()), Help::Activity("bath".into())], &[])?;
/// let mut morning = CheckIn::new(CheckInMoment::NextMorning, None, an_hour_ago);
/// morning.drop = Some(DropLevel::Some);
/// vault.check_ins().add(&morning)?;
/// let view = care.now()?;
/// assert_eq!((view.level, view.since_ms), (DropLevel::Some, Some(an_hour_ago)));
/// assert_eq!(view.what_helps[0], Help::Words("Ring Kim".into()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DropCare {
    vault: Vault,
}

impl Vault {
    /// Care for a low, hours to days after closeness.
    pub fn drop_care(&self) -> DropCare {
        DropCare { vault: self.clone() }
    }
}

impl DropCare {
    /// How things stand at this moment. Reads, and writes nothing.
    ///
    /// Errors: `PrivateLocked`.
    pub fn now(&self) -> Result<DropView, NightstandError> {
        let now_ms = self.vault.now_ms();
        let looked = self.vault.read(|rows, person| {
            let places = Places::of(rows, person)?;
            let record = care(rows, &places)?;
            if looking(&record) == Looking::Off {
                return Ok(None);
            }
            let check_ins = check_ins::own_since(rows, &places, now_ms.saturating_sub(REPEATS_WITHIN_MS + RECENT_MS))?;
            Ok(Some((rule::standing(&check_ins, now_ms), rule::repeats(&check_ins, now_ms), record)))
        })?;
        let nothing = DropView {
            looking: Looking::On,
            level: DropLevel::Clear,
            since_ms: None,
            what_helps: Vec::new(),
            repeats: false,
            text_keys: Vec::new(),
        };
        let Some((low, repeats, record)) = looked else { return Ok(DropView { looking: Looking::Off, ..nothing }) };
        let Some(rule::Low { level, since_ms }) = low else { return Ok(nothing) };
        let items = self.vault.preferences().list(Whose::Me)?.items;
        let (what_helps, source) =
            self.vault.read(|rows, person| helps::offered(rows, &Places::of(rows, person)?, &record, &items))?;
        let mut text_keys = vec!["drop-seen", source.text_key(), "drop-shared"];
        if repeats {
            text_keys.push("drop-repeats");
        }
        if repeats || level == DropLevel::Strong {
            text_keys.extend(["help-where", "not-medical-advice"]);
        }
        Ok(DropView { looking: Looking::On, level, since_ms: Some(since_ms), what_helps, repeats, text_keys })
    }

    /// One's own list of what helps, as it was written.
    ///
    /// Errors: `PrivateLocked`.
    pub fn help_list(&self) -> Result<Vec<Help>, NightstandError> {
        self.vault.read(|rows, person| Ok(helps::read(&care(rows, &Places::of(rows, person)?)?)))
    }

    /// Writes the list, for oneself alone, in place of what it was: `since` is the list that the screen was drawn from. What
    /// another device of one's own added at the same time stays.
    ///
    /// Errors: `ChangedMeanwhile` if the list is another by now: then nothing was written. `InvalidInput` for words that are
    /// empty, of several lines or over [`MOST_HELP_UNITS`], for an activity that does not exist, and for more than
    /// [`MOST_HELPS`]; `PrivateLocked`.
    pub fn set_help_list(&self, list: &[Help], since: &[Help]) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            helps::check(&tx.rows(), &places, list)?;
            check_since(helps::read(&care(&tx.rows(), &places)?).as_slice(), list, since)?;
            let fresh: Vec<_> = list.iter().map(|_| RecordId::make(tx)).collect();
            records::write(tx, &name(&places), |record| {
                helps::write(record, list, fresh);
                Ok(())
            })
        })
    }

    /// Does this phone look for lows? It does until it is told not to.
    ///
    /// Errors: `PrivateLocked`.
    pub fn looking(&self) -> Result<Looking, NightstandError> {
        self.vault.read(|rows, person| Ok(looking(&care(rows, &Places::of(rows, person)?)?)))
    }

    /// Switches it on or off, on all of one's own devices.
    ///
    /// Errors: `PrivateLocked`.
    pub fn set_looking(&self, looking: Looking) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            records::write(tx, &name(&places), |record| {
                record.set(OFF, Some(looking == Looking::Off));
                Ok(())
            })
        })
    }
}

fn name(places: &Places) -> Name<'static> {
    Name { what: DROP_CARE, id: RecordId::THE_ONE, place: places.private }
}

fn care(rows: &Rows<'_>, places: &Places) -> Result<Record, NightstandError> {
    must_see(rows, Whose::Me)?;
    Ok(records::read(rows, &name(places))?.unwrap_or_default())
}

/// Where two devices said different things at the same time, off.
fn looking(record: &Record) -> Looking {
    if record.values(OFF).contains(&Field::Flag(true)) { Looking::Off } else { Looking::On }
}
