//! Check-ins: how somebody is, right after, later that day, the next morning.
//!
//! A check-in is its person's own. It lives in `Private`, whole; what of it the partner may read is picked field by field and
//! stands in a second document in `Mine`, with an id of its own. To the partner a field that is filled in and kept private looks
//! like one that is not filled in.
//!
//! ```text
//!   Private   check-in 7…   calm 3, closeness 5, "tearful", a note        shares: closeness, in 2…
//!   Mine      check-in 2…   closeness 5
//! ```
//!
//! Sharing publishes what stands at that moment; what is changed later waits until it is shared again. When a field is taken
//! back, the document that had it is deleted and a fresh one has the rest: nothing of the field stays in a history on the
//! partner's phone. What they have read, they have read.

mod low;
mod read;
mod search;
mod share;

use std::collections::BTreeSet;

pub(super) use low::something_not_right_since;
pub(crate) use read::keep_all;
pub(super) use read::{own_moments, own_since};

use super::Whose;
use super::feelings::{body_words, feeling};
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::journal::entry::TIMES_MS;
use crate::names::names;
use crate::records::{self, Name, Places, RecordId, check_line, check_new_line, check_text};
use crate::shown::check_since;
use crate::store::Records;
use crate::times::check_was;
use crate::vault::Vault;
use read::{adopt, listed, view};
use share::{living, take_back};

/// The sort of record.
pub(crate) const CHECK_IN: &str = "check-in";

/// Longest note, in UTF-16 units.
pub const MOST_NOTE_UNITS: usize = 4_000;

/// Longest wish, and longest answer of the body, in UTF-16 units.
pub const MOST_WISH_UNITS: usize = 400;

/// Most words of one's own, and the longest, in UTF-16 units.
pub const MOST_OWN_WORDS: usize = 20;
/// See [`MOST_OWN_WORDS`].
pub const MOST_WORD_UNITS: usize = 60;

/// Most check-ins that a list has.
pub const MOST_CHECK_INS: usize = 1_000;

const FEELING: &str = "feeling:";
const BODY_WORD: &str = "body:";
const OWN_WORD: &str = "own:";
const SHARE: &str = "share:";
const SHARED_AS: &str = "shared";

/// When in the time after a check-in is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CheckInMoment {
    /// Before, or on arriving.
    Arrival,
    /// When it ends.
    Closing,
    /// Later that day.
    LaterToday,
    /// The next morning.
    NextMorning,
    /// Something was not right. Consent does not end when sex does.
    SomethingNotRight,
}

names!(CheckInMoment {
    Self::Arrival = "arrival",
    Self::Closing = "closing",
    Self::LaterToday = "later-today",
    Self::NextMorning = "next-morning",
    Self::SomethingNotRight = "something-not-right",
});

/// How much of a low somebody is in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum DropLevel {
    /// No low. Its name, also in what is saved, is `none`.
    Clear,
    /// Some.
    Some,
    /// A strong one.
    Strong,
}

names!(DropLevel { Self::Clear = "none", Self::Some = "some", Self::Strong = "strong" });

/// A part of a check-in that is shared or kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum CheckInField {
    /// Feelings, one's own words among them.
    Feelings,
    /// Words for the body, and what it says.
    Body,
    /// Closeness.
    Closeness,
    /// Calm.
    Calm,
    /// Energy.
    Energy,
    /// Comfort of the body.
    Comfort,
    /// The low.
    Drop,
    /// The wish for now.
    Wish,
    /// The note.
    Note,
}

names!(CheckInField {
    Self::Feelings = "feelings",
    Self::Body = "body",
    Self::Closeness = "closeness",
    Self::Calm = "calm",
    Self::Energy = "energy",
    Self::Comfort = "comfort",
    Self::Drop = "drop",
    Self::Wish = "wish",
    Self::Note = "note",
});

/// What a check-in says. All of it but its moment may stay empty.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// Which moment.
    pub moment: CheckInMoment,
    /// The session that it is about.
    pub session: Option<RecordId>,
    /// When it was, in milliseconds since 1970: not later than this moment, but for [ten minutes](crate::times::CLOCKS_MS)
    /// that clocks may be off.
    pub at_ms: i64,
    /// Ids of [`feelings`](super::feelings::feelings).
    pub feelings: BTreeSet<String>,
    /// Words of one's own, at most [`MOST_OWN_WORDS`].
    pub own_words: BTreeSet<String>,
    /// Ids of [`body_words`].
    pub body: BTreeSet<String>,
    /// What the body says, asked before all else if one likes.
    pub body_says: String,
    /// Two circles, from far apart to one: 1 to 7. After Aron, Aron and Smollan's idea of overlapping circles (1992); circles and
    /// words are our own.
    pub closeness: Option<u8>,
    /// 0 to 10.
    pub calm: Option<u8>,
    /// 0 to 10.
    pub energy: Option<u8>,
    /// How well the body is: 0 to 10.
    pub comfort: Option<u8>,
    /// A low, if one wants to say.
    pub drop: Option<DropLevel>,
    /// Since when there is a low that `drop` says, in milliseconds since 1970; as `at_ms` not later than this moment.
    pub drop_since_ms: Option<i64>,
    /// For now.
    pub wish: String,
    /// In one's own words.
    pub note: String,
}

impl CheckIn {
    /// One that says nothing yet.
    pub fn new(moment: CheckInMoment, session: Option<RecordId>, at_ms: i64) -> Self {
        Self {
            moment,
            session,
            at_ms,
            feelings: BTreeSet::new(),
            own_words: BTreeSet::new(),
            body: BTreeSet::new(),
            body_says: String::new(),
            closeness: None,
            calm: None,
            energy: None,
            comfort: None,
            drop: None,
            drop_since_ms: None,
            wish: String::new(),
            note: String::new(),
        }
    }
}

/// A check-in of one's own, or what the partner shares of theirs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckInView {
    /// Which.
    pub id: RecordId,
    /// What it says; of the partner's, what they share.
    pub content: CheckIn,
    /// Of one's own: what the partner may read.
    pub shared: BTreeSet<CheckInField>,
    /// Of one's own: something that is shared was changed since; [`share`](CheckIns::share) hands it on.
    pub unshared_changes: bool,
}

/// The check-ins of a vault.
///
/// A small handle; get one from [`Vault::check_ins`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::check_ins::{CheckIn, CheckInMoment};
///
/// let mut morning = CheckIn::new(CheckInMoment::NextMorning, None, 1_700_000_000_000);
/// morning.feelings = ["tender".into(), "sleepy".into()].into();
/// morning.closeness = Some(6);
/// let saved = vault.check_ins().add(&morning)?;
/// assert!(saved.shared.is_empty());
/// assert_eq!(vault.check_ins().read(&saved.id)?.content, morning);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CheckIns {
    vault: Vault,
}

impl Vault {
    /// Check-ins: one's own, and what the partner shares of theirs.
    pub fn check_ins(&self) -> CheckIns {
        CheckIns { vault: self.clone() }
    }
}

impl CheckIns {
    /// Saves a check-in, for oneself alone.
    ///
    /// Errors: `InvalidInput` for a word that is not in the list, a number out of its range or a text over its limit, with `Date`
    /// for a time that is still to come, or a low since when without a low; `PrivateLocked`.
    pub fn add(&self, content: &CheckIn) -> Result<CheckInView, NightstandError> {
        content.check(None)?;
        self.vault.write(|tx| {
            content.check_times(tx.now_ms(), None)?;
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = Name { what: CHECK_IN, id: RecordId::make(tx), place: places.private };
            records::write(tx, &name, |record| {
                content.write(record);
                Ok(())
            })?;
            view(&tx.rows(), &places, name.id)
        })
    }

    /// Says something else in it: `since` is the content that the screen was drawn from. What is shared stays as it was shared
    /// until [`share`](Self::share) is called again.
    ///
    /// Times that stood there before may stay. Errors: as [`add`](Self::add); `ChangedMeanwhile` if it says something else by
    /// now, on another screen or device: then nothing was written, and the screen is to be drawn again. `NotFound`,
    /// `Deleted`.
    pub fn change(&self, id: &RecordId, content: &CheckIn, since: &CheckIn) -> Result<CheckInView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let stands = view(&tx.rows(), &places, *id)?.content;
            content.check(Some(&stands))?;
            check_since(&stands, content, since)?;
            content.check_times(tx.now_ms(), Some(&stands))?;
            let (name, _) = adopt(tx, &places, *id)?;
            records::write(tx, &name, |record| {
                content.write(record);
                Ok(())
            })?;
            view(&tx.rows(), &places, *id)
        })
    }

    /// Deletes a check-in of one's own, on the partner's phone too.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn delete(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let (name, record) = adopt(tx, &places, *id)?;
            let living = living(&tx.rows(), &places, &record)?;
            take_back(tx, &places, living.into_keys())?;
            records::bury(tx, &name)
        })
    }

    /// One check-in of one's own.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<CheckInView, NightstandError> {
        self.vault.read(|rows, person| view(rows, &Places::of(rows, person)?, *id))
    }

    /// The check-ins whose time lies in `from_ms..before_ms`, the newest first, at most [`MOST_CHECK_INS`]. Of one's own also
    /// those of which only what the partner may read is on this phone, since another one was lost or an old copy was put back:
    /// they can be read, changed, shared, taken back and deleted as the others.
    ///
    /// Errors: `PrivateLocked` for one's own while Private is locked.
    pub fn list(&self, whose: Whose, from_ms: i64, before_ms: i64) -> Result<Vec<CheckInView>, NightstandError> {
        let span = Records { from_ms: Some(from_ms), before_ms: Some(before_ms), ..Records::default() };
        self.vault.read(|rows, person| listed(rows, &Places::of(rows, person)?, whose, &span, MOST_CHECK_INS))
    }

    /// All of them, the newest first.
    pub(super) fn every(&self, whose: Whose) -> Result<Vec<CheckInView>, NightstandError> {
        self.vault.read(|rows, person| listed(rows, &Places::of(rows, person)?, whose, &Records::default(), usize::MAX))
    }

    /// Those about a session, the newest first.
    ///
    /// Errors: as [`list`](Self::list).
    pub fn of_session(&self, whose: Whose, session: &RecordId) -> Result<Vec<CheckInView>, NightstandError> {
        let session = session.to_string();
        let about = Records { of: Some(&session), ..Records::default() };
        self.vault.read(|rows, person| listed(rows, &Places::of(rows, person)?, whose, &about, MOST_CHECK_INS))
    }
}

impl CheckIn {
    /// What a newer app wrote on another device may stay.
    fn check(&self, stands: Option<&Self>) -> Result<(), NightstandError> {
        let is_new = |words: fn(&Self) -> &BTreeSet<String>, id| stands.is_none_or(|it| !words(it).contains(id));
        let known = self.feelings.iter().all(|id| feeling(id).is_some() || !is_new(|it| &it.feelings, id))
            && self.body.iter().all(|id| body_words().contains(&id.as_str()) || !is_new(|it| &it.body, id));
        if !known {
            return Err(InvalidInput::Words.into());
        }
        if self.own_words.len() > MOST_OWN_WORDS {
            return Err(InvalidInput::Full.into());
        }
        self.own_words.iter().try_for_each(|word| check_new_line(word, 1, MOST_WORD_UNITS))?;
        let scales = [self.calm, self.energy, self.comfort];
        if self.closeness.is_some_and(|closeness| !(1..=7).contains(&closeness))
            || scales.iter().flatten().any(|level| *level > 10)
        {
            return Err(InvalidInput::Range.into());
        }
        check_text(&self.wish, MOST_WISH_UNITS)?;
        check_text(&self.body_says, MOST_WISH_UNITS)?;
        check_text(&self.note, MOST_NOTE_UNITS)
    }

    /// Were its times, and is there a low that is since then? What stands may stay.
    fn check_times(&self, now_ms: i64, stands: Option<&Self>) -> Result<(), NightstandError> {
        if stands.is_none_or(|stands| stands.at_ms != self.at_ms) {
            check_was(self.at_ms, now_ms)?;
        }
        let is_low = |drop| matches!(drop, Some(DropLevel::Some | DropLevel::Strong));
        let low = |check_in: &Self| (is_low(check_in.drop), check_in.drop_since_ms);
        match self.drop_since_ms {
            Some(since_ms) if stands.is_none_or(|stands| low(stands) != low(self)) => match self.drop {
                None | Some(DropLevel::Clear) => Err(InvalidInput::Date.into()),
                Some(DropLevel::Some | DropLevel::Strong) => check_was(since_ms, now_ms),
            },
            _ => Ok(()),
        }
    }

    pub(crate) fn write(&self, record: &mut Record) {
        record.set("at", Some(self.at_ms));
        record.set("of", self.session.map(|session| session.to_string()));
        record.set("moment", Some(self.moment.name()));
        for (key, level) in self.levels() {
            record.set(key, level.map(i64::from));
        }
        record.set("drop", self.drop.map(DropLevel::name));
        record.set("drop-since", self.drop_since_ms);
        record.set("wish", text(&self.wish));
        record.set("body-says", text(&self.body_says));
        record.text.clone_from(&self.note);
        let own = |mark: &String| [FEELING, BODY_WORD, OWN_WORD].iter().any(|sort| mark.starts_with(sort));
        record.marks.retain(|mark| !own(mark));
        for (sort, words) in [(FEELING, &self.feelings), (BODY_WORD, &self.body), (OWN_WORD, &self.own_words)] {
            record.marks.extend(words.iter().map(|word| format!("{sort}{word}")));
        }
    }

    /// What is read of the partner's: a changed app may have written words that there are none of, or no line.
    fn of_partner(mut self) -> Self {
        self.feelings.retain(|id| feeling(id).is_some());
        self.body.retain(|id| body_words().contains(&id.as_str()));
        self.own_words.retain(|word| check_line(word, 1, MOST_WORD_UNITS).is_ok());
        self.own_words = self.own_words.into_iter().take(MOST_OWN_WORDS).collect();
        self
    }

    pub(super) fn levels(&self) -> [(&'static str, Option<u8>); 4] {
        [("closeness", self.closeness), ("calm", self.calm), ("energy", self.energy), ("comfort", self.comfort)]
    }

    /// None of what is no check-in.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let level = |key, levels: core::ops::RangeInclusive<u8>| {
            record.number(key).and_then(|level| level.try_into().ok()).filter(|level| levels.contains(level))
        };
        let words =
            |sort| record.marks.iter().filter_map(move |mark| Some(mark.strip_prefix(sort)?.to_owned())).collect();
        let written = |key| record.text_of(key).unwrap_or_default().to_owned();
        Some(Self {
            moment: record.text_of("moment").and_then(CheckInMoment::from_name)?,
            session: record.text_of("of").and_then(|id| id.parse().ok()),
            at_ms: record.number("at").filter(|at| TIMES_MS.contains(at))?,
            feelings: words(FEELING),
            own_words: words(OWN_WORD),
            body: words(BODY_WORD),
            body_says: written("body-says"),
            closeness: level("closeness", 1..=7),
            calm: level("calm", 0..=10),
            energy: level("energy", 0..=10),
            comfort: level("comfort", 0..=10),
            drop: record.text_of("drop").and_then(DropLevel::from_name),
            drop_since_ms: record.number("drop-since").filter(|since| TIMES_MS.contains(since)),
            wish: written("wish"),
            note: text_of(record).to_owned(),
        })
    }
}

/// Where own devices took up at once what is shared alone, all of it stands there as often as they are.
fn text_of(record: &Record) -> &str {
    let times = ["at", "moment"].map(|field| record.values(field).len()).into_iter().min();
    times.and_then(|times| record.text_of_each(times)).unwrap_or(&record.text)
}

fn text(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Shows nothing of what somebody said.
impl core::fmt::Debug for CheckIn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CheckIn({:?})", self.moment)
    }
}
