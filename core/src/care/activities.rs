//! Activities of a couple's own, beside the built-in ones.
//!
//! Wherever an activity is named (a stance, a step, a ritual) one's own stands like a built-in one; its id is `own-` and 32
//! hexadecimal digits. It lives in `Joint`, where both change it, or in `Private`.

use std::collections::BTreeSet;

use nightstand_engine::ids::PersonId;

use super::Whose;
use super::catalogue::{self, Family, Need};
use super::list::must_see;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::records::copies::{Copying, derive_copy_id};
use crate::records::{self, Audience, Name, Places, RecordId, check_new_line, check_text, named};
use crate::shown::check_since;
use crate::store::{RecordRow, Rows, StoreTx};
use crate::texts::Texts;
use crate::vault::Vault;

/// The sort of record.
const ACTIVITY: &str = "activity";

/// What ids of own activities begin with.
const OWN: &str = "own-";

/// Most own activities.
pub const MOST_ACTIVITIES: usize = 500;

/// Longest title, in UTF-16 units.
pub const MOST_TITLE_UNITS: usize = 60;

/// Longest description, in UTF-16 units.
pub const MOST_ABOUT_UNITS: usize = 400;

/// The minutes that an activity may take.
pub const MINUTES: core::ops::RangeInclusive<u16> = 1..=600;

/// The text for one that this phone can't name.
pub(crate) const UNKNOWN: &str = "unknown-activity";

const APART: &str = "apart";
const NEED: &str = "need:";

/// The activities that this couple, or this person, made.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::activities::ActivityDraft;
/// use nightstand::care::catalogue::{Family, Need};
/// use nightstand::records::Audience;
///
/// let tea = ActivityDraft {
///     title: "Tea on the balcony".into(),
///     about: "The blue cups, and a blanket each.".into(),
///     family: Family::Body,
///     needs: [Need::Body, Need::Quiet].into(),
///     minutes: (10, 20),
///     works_apart: false,
/// };
/// let tea = vault.activities().add(Audience::Me, &tea)?;
/// assert!(tea.id.starts_with("own-"));
/// assert_eq!(vault.activities().list()?, [tea]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Activities {
    vault: Vault,
}

impl Vault {
    /// Own activities.
    pub fn activities(&self) -> Activities {
        Activities { vault: self.clone() }
    }
}

/// What somebody says of an activity of their own.
#[derive(Clone, PartialEq, Eq)]
pub struct ActivityDraft {
    /// One line, not empty, at most [`MOST_TITLE_UNITS`] UTF-16 units.
    pub title: String,
    /// What is done, at most [`MOST_ABOUT_UNITS`] UTF-16 units.
    pub about: String,
    /// Its kind.
    pub family: Family,
    /// What it can be good for.
    pub needs: BTreeSet<Need>,
    /// How long it usually takes, in minutes: at least and at most; 1 to 600.
    pub minutes: (u16, u16),
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

/// An activity of one's own.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnActivity {
    /// Its id wherever an activity is named.
    pub id: String,
    /// Whose.
    pub audience: Audience,
    /// What is said of it.
    pub content: ActivityDraft,
}

impl Activities {
    /// Adds one. Saved when this returns; of both, the partner has it after the next sync.
    ///
    /// Errors: `InvalidInput` for a text or minutes out of range, or if one has added [`MOST_ACTIVITIES`] already; `NotPaired`,
    /// `PrivateLocked`.
    pub fn add(&self, audience: Audience, draft: &ActivityDraft) -> Result<OwnActivity, NightstandError> {
        draft.check()?;
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            if records::is_full(&tx.rows(), &places.records(ACTIVITY), tx.person(), MOST_ACTIVITIES)? {
                return Err(InvalidInput::Full.into());
            }
            let name = Name { what: ACTIVITY, id: RecordId::make(tx), place: audience.place(&places)? };
            draft.write(tx, &name)?;
            Ok(OwnActivity { id: format!("{OWN}{}", name.id), audience, content: draft.clone() })
        })
    }

    /// Says something else of it: `since` is the content that the screen was drawn from. Wherever it is named, it is that
    /// from then on.
    ///
    /// Errors: as [`add`](Self::add); `ChangedMeanwhile` if it says something else by now, on another screen or device, or by
    /// the partner: then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub fn change(&self, id: &str, draft: &ActivityDraft, since: &ActivityDraft) -> Result<(), NightstandError> {
        draft.check()?;
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            check_since(&read(tx, &name)?, draft, since)?;
            draft.write(tx, &name)
        })
    }

    /// Removes it, on the partner's phone too if it is of both. What names it keeps its id, and [`title`](Self::title) says of
    /// that id that it is not here.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn remove(&self, id: &str) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            records::bury(tx, &name)
        })
    }

    /// Copies one of one's own for both, as after a pairing; the partner has the copy after the next sync. The original
    /// stays, under its own id, and so does what names it. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `NotFound` for one that is not one's own alone; `Deleted` if it or its copy was removed;
    /// `InvalidInput` (`Full`) if one has added [`MOST_ACTIVITIES`] already; `PrivateLocked`.
    pub fn copy_to_both(&self, id: &str) -> Result<OwnActivity, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let copying = Copying::of(&tx.rows(), &places, ACTIVITY, &record_id(id)?)?;
            if !copying.stands {
                if records::is_full(&tx.rows(), &places.records(ACTIVITY), tx.person(), MOST_ACTIVITIES)? {
                    return Err(InvalidInput::Full.into());
                }
                read(tx, &copying.from)?.write(tx, &copying.to)?;
            }
            let content = read(tx, &copying.to)?;
            Ok(OwnActivity { id: format!("{OWN}{}", copying.to.id), audience: Audience::Both, content })
        })
    }

    /// All of them, by title. While Private is locked those of both.
    pub fn list(&self) -> Result<Vec<OwnActivity>, NightstandError> {
        self.vault.read(|rows, person| {
            let mut found = list(rows, &Places::of(rows, person)?, person)?;
            found.sort_by(|a, b| (&a.content.title, &a.id).cmp(&(&b.content.title, &b.id)));
            Ok(found)
        })
    }
}

impl Activities {
    /// What an activity is called, to be shown wherever one is named: a built-in one in the words of `texts`, one's own as it was
    /// titled. One that was removed, that is the partner's alone, or that a newer app knows is said with a text of its own
    /// (`unknown-activity`), never with its id.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # use std::sync::Arc;
    /// # let folder = tempfile::tempdir()?;
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
    /// use nightstand::texts::Texts;
    ///
    /// assert_eq!(vault.activities().title("water", &Texts::new())?, "Water");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `PrivateLocked` for one that may be in Private while that is locked.
    pub fn title(&self, id: &str, texts: &Texts) -> Result<String, NightstandError> {
        let own = self.list()?.into_iter().find(|own| own.id == id);
        if own.is_none() && is_own(id) {
            self.vault.read(|rows, _| must_see(rows, Whose::Me))?;
        }
        match own {
            Some(own) => Ok(own.content.title),
            None => said(texts, id),
        }
    }
}

impl ActivityDraft {
    fn check(&self) -> Result<(), NightstandError> {
        check_new_line(&self.title, 1, MOST_TITLE_UNITS)?;
        check_text(&self.about, MOST_ABOUT_UNITS)?;
        let (least, most) = self.minutes;
        let fits = MINUTES.contains(&least) && MINUTES.contains(&most) && least <= most;
        if fits { Ok(()) } else { Err(InvalidInput::Range.into()) }
    }

    fn write(&self, tx: &mut StoreTx<'_>, name: &Name<'_>) -> Result<(), NightstandError> {
        records::write(tx, name, |record| {
            record.set("title", Some(self.title.as_str()));
            record.set("family", Some(self.family.name()));
            record.set("least", Some(i64::from(self.minutes.0)));
            record.set("most", Some(i64::from(self.minutes.1)));
            record.marks.retain(|mark| mark != APART && !mark.starts_with(NEED));
            record.marks.extend(self.needs.iter().map(|need| format!("{NEED}{}", need.name())));
            if self.works_apart {
                record.marks.insert(APART.into());
            }
            record.text.clone_from(&self.about);
            Ok(())
        })
    }

    /// None of what is no activity.
    fn of(record: &Record) -> Option<Self> {
        let minutes =
            |key| record.number(key).and_then(|number| number.try_into().ok()).filter(|one| MINUTES.contains(one));
        let (least, most): (u16, u16) = (minutes("least")?, minutes("most")?);
        let needs = record.marks.iter().filter_map(|mark| Need::from_name(mark.strip_prefix(NEED)?));
        Some(Self {
            title: record.text_of("title")?.to_owned(),
            about: about(record).to_owned(),
            family: record.text_of("family").and_then(Family::from_name)?,
            needs: needs.collect(),
            // Two phones may have changed the two at the same time.
            minutes: (least.min(most), most.max(least)),
            works_apart: record.marks.contains(APART),
        })
    }
}

/// What is done. Where devices copied the same, knowing nothing of each other, it stands there as often, and so does all
/// else; until somebody says something else.
fn about(record: &Record) -> &str {
    let times = ["title", "family", "least", "most"].map(|field| record.values(field).len()).into_iter().min();
    times.and_then(|times| record.text_of_each(times)).unwrap_or(&record.text)
}

/// Those of Private, and those of both.
pub(crate) fn list(rows: &Rows<'_>, places: &Places, me: PersonId) -> Result<Vec<OwnActivity>, NightstandError> {
    let found = records::own_first(rows, &places.records(ACTIVITY), me, MOST_ACTIVITIES)?;
    let read = |(id, row): (RecordId, RecordRow)| {
        let audience = Audience::of(&row.place);
        Some(OwnActivity { id: format!("{OWN}{id}"), audience, content: ActivityDraft::of(&row.record)? })
    };
    Ok(named(found).filter_map(read).collect())
}

/// What an activity is called that is not one of the couple's own.
pub(crate) fn said(texts: &Texts, id: &str) -> Result<String, NightstandError> {
    let wording = match texts.say(&format!("activity-{id}"), &[]) {
        Err(NightstandError::NotFound) => texts.say(UNKNOWN, &[]),
        said => said,
    };
    Ok(wording?.text)
}

/// Is there such an activity, built in or one's own?
pub(crate) fn is_known(rows: &Rows<'_>, places: &Places, id: &str) -> Result<bool, NightstandError> {
    if catalogue::activity(id).is_some() {
        return Ok(true);
    }
    match find(rows, places, id) {
        Ok(_) => Ok(true),
        Err(NightstandError::NotFound | NightstandError::Deleted | NightstandError::InvalidInput { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Can an activity be named?
///
/// Errors: `NotFound`, `Deleted` for one of somebody's own that is not here; `InvalidInput` (`Item`) for what is no activity.
pub(crate) fn check(rows: &Rows<'_>, places: &Places, id: &str) -> Result<(), NightstandError> {
    match catalogue::activity(id) {
        Some(_) => Ok(()),
        None if is_own(id) => find(rows, places, id).map(|_| ()),
        None => Err(InvalidInput::Item.into()),
    }
}

/// Is it one that the partner has too: built in, or of both?
pub(crate) fn is_known_to_both(rows: &Rows<'_>, places: &Places, id: &str) -> Result<bool, NightstandError> {
    let joint = Places { private: places.shared()?.joint, shared: None };
    is_known(rows, &joint, id)
}

/// The id under which both have an activity; none for one that is gone. A copy stands for its original, be that gone or not.
///
/// Errors: `InvalidInput` (`NotOfBoth`) for one of one's own that was not copied for both.
pub(crate) fn for_both(rows: &Rows<'_>, places: &Places, id: &str) -> Result<Option<String>, NightstandError> {
    if !is_own(id) || is_known_to_both(rows, places, id)? {
        return Ok(Some(id.to_owned()));
    }
    let id = record_id(id)?;
    let copy = format!("{OWN}{}", derive_copy_id(ACTIVITY, &id, &places.shared()?.joint));
    if is_known_to_both(rows, places, &copy)? {
        return Ok(Some(copy));
    }
    match Copying::of(rows, places, ACTIVITY, &id) {
        Ok(_) => Err(InvalidInput::NotOfBoth.into()),
        Err(NightstandError::NotFound | NightstandError::Deleted) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does it look like the id of somebody's own activity?
pub(crate) fn is_own(id: &str) -> bool {
    id.strip_prefix(OWN).is_some_and(|id| id.parse::<RecordId>().is_ok())
}

fn find(rows: &Rows<'_>, places: &Places, id: &str) -> Result<Name<'static>, NightstandError> {
    records::find(rows, places.own_or_joint(), ACTIVITY, record_id(id)?)
}

fn read(tx: &StoreTx<'_>, name: &Name<'_>) -> Result<ActivityDraft, NightstandError> {
    let record = records::read(&tx.rows(), name)?;
    record.and_then(|record| ActivityDraft::of(&record)).ok_or(NightstandError::NotFound)
}

fn record_id(id: &str) -> Result<RecordId, NightstandError> {
    id.strip_prefix(OWN).ok_or(InvalidInput::Id)?.parse()
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for ActivityDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ActivityDraft({:?}, {} bytes)", self.family, self.title.len() + self.about.len())
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for OwnActivity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "OwnActivity({:?}, {:?})", self.audience, self.content)
    }
}
