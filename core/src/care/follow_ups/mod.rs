//! Wishes about later: a message later today, a kind word the next day, a cuddle that is kept for later, to reconnect after
//! something got lost.
//!
//! | a wish | lives in | comes due |
//! |---|---|---|
//! | for oneself | `Private` | on one's own devices |
//! | that the partner may fulfil | `Mine` of who wished | on the partner's, once the partner said yes to it |
//!
//! **A yes** names what it says yes to: a hash of the wish as it stood. A wish that was changed needs a new one. A yes may
//! be told to who wished, as a record of its own in `Mine`, or be kept to oneself. **A no, and no answer, look the same**:
//! an answer is noted in `Private`, and a no writes nothing else. (A yes that was told and is taken back is seen to be
//! gone.)
//!
//! ```text
//!   Alex   Mine      follow-up 7…          kind-word-next-day, the next day at 9:00
//!   Sam    Private   follow-up-answer 7…   yes, to 3f…        ──▶ due on Sam's phone
//!   Sam    Mine      follow-up-yes 2…      of 7…, to 3f…      ──▶ told, if Sam likes
//! ```
//!
//! Nothing is counted: a wish that nobody answered lapses with its time.

mod answered;
mod sense;
mod wish;

use nightstand_engine::ids::Place;

use super::list::must_see;
use super::{Whose, activities, sessions, yes};
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::names::names;
use crate::records::{self, Audience, Name, Places, RecordId, named};
use crate::shown::check_since;
use crate::store::{RecordRow, Records, Rows, StoreTx};
use crate::vault::Vault;
use answered::Answered;
pub(super) use wish::Wish;

/// The sorts of record.
const FOLLOW_UP: &str = "follow-up";
const ANSWER: &str = "follow-up-answer";
const YES: &str = "follow-up-yes";

/// Longest words of one's own, in UTF-16 units.
pub const MOST_WORDS_UNITS: usize = 400;

/// Most wishes of one person that are listed, and that one can have in each place.
pub const MOST_FOLLOW_UPS: usize = 500;

/// Ids of what to begin with when reconnecting: the texts `reconnect-<id>`.
pub fn reconnect_scripts() -> &'static [&'static str] {
    &["near", "got-lost", "no-hurry"]
}

/// Who may fulfil a wish.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FollowUpFor {
    /// Its person themself. Nobody else reads it.
    Me,
    /// The partner, who reads it from the next sync on.
    Partner,
}

names!(FollowUpFor { Self::Me = "me", Self::Partner = "partner" });

/// When a wish comes due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FollowUpTime {
    /// At one moment.
    At {
        /// In milliseconds since 1970.
        ms: i64,
    },
    /// The day after it was wished, by the clock where it comes due. Who is up after midnight is up late: a day begins at
    /// four.
    NextDay {
        /// At this minute of the day: 0 to 1,439.
        minute: u16,
    },
}

/// What a wish says.
#[derive(Clone, PartialEq, Eq)]
pub struct FollowUpDraft {
    /// The id of an activity, from the catalogue or one's own; of what the partner may fulfil, one that they know too. There is
    /// this, or words.
    pub activity: Option<String>,
    /// In one's own words, at most [`MOST_WORDS_UNITS`] UTF-16 units.
    pub words: String,
    /// What to begin with, one of [`reconnect_scripts`]: of `reconnect-later`, or of words alone.
    pub script: Option<String>,
    /// When it comes due.
    pub when: FollowUpTime,
    /// The session that it comes from. One that is only one's own is not named to the partner.
    pub session: Option<RecordId>,
}

/// What somebody says to a wish of their partner's.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FollowUpAnswer {
    /// No. Nobody learns of it.
    No,
    /// Yes, for oneself: it comes due, and nobody learns of it.
    YesQuietly,
    /// Yes, and the partner may know from the next sync on.
    Yes,
}

names!(FollowUpAnswer { Self::No = "no", Self::YesQuietly = "yes-quietly", Self::Yes = "yes" });

/// A wish as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct FollowUpView {
    /// Which.
    pub id: RecordId,
    /// Who wished it.
    pub whose: Whose,
    /// Of one's own: who may fulfil it. Of the partner's: oneself.
    pub wished_of: FollowUpFor,
    /// What it says.
    pub content: FollowUpDraft,
    /// When it was wished, or changed last; milliseconds since 1970, by the phone that did.
    pub made_ms: i64,
    /// Of one's own: it was said to be done. Of the partner's: they said so, or one noted it for oneself.
    pub is_done: bool,
    /// Of the partner's: what one said to it as it stands. None also where it was changed since.
    pub answer: Option<FollowUpAnswer>,
    /// Of one's own: the partner let one know that they said yes to it as it stands. Without it they may have said
    /// anything, or nothing.
    pub partner_said_yes: bool,
    /// Of exactly this wish, 32 bytes; [`answer`](FollowUps::answer) is given it.
    pub hash: Vec<u8>,
}

/// Wishes about later.
///
/// A small handle; get one from [`Vault::follow_ups`].
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::care::follow_ups::{FollowUpDraft, FollowUpFor, FollowUpTime};
///
/// let cuddle = FollowUpDraft {
///     activity: Some("cuddle-kept-for-later".into()),
///     words: "On the sofa, with the blue blanket.".into(),
///     script: None,
///     when: FollowUpTime::NextDay { minute: 20 * 60 },
///     session: None,
/// };
/// let kept = vault.follow_ups().add(FollowUpFor::Me, &cuddle)?;
/// assert_eq!(kept.content, cuddle);
/// assert!(vault.follow_ups().done(&kept.id, &kept.hash)?.is_done);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FollowUps {
    vault: Vault,
}

impl Vault {
    /// Wishes about later.
    pub fn follow_ups(&self) -> FollowUps {
        FollowUps { vault: self.clone() }
    }
}

impl FollowUps {
    /// Wishes something. Saved when this returns; what the partner may fulfil reaches them at the next sync, and comes due
    /// on their phone once they said yes to it. Of an activity of one's own that was copied for both, the copy is wished for.
    ///
    /// Errors: `InvalidInput` for a wish that says nothing; `Item` for an activity or a script that does not exist or does
    /// not fit, one that can't come later (as getting up slowly); `NotOfBoth` for one of one's own that the partner does not
    /// have, `NotFound` and `Deleted` for one that is not here; `Date` for a moment that is past or more than five years off;
    /// a text or a minute out of range, or if there are [`MOST_FOLLOW_UPS`] already; `NotPaired` for one of the partner;
    /// `PrivateLocked`.
    pub fn add(&self, wished_of: FollowUpFor, draft: &FollowUpDraft) -> Result<FollowUpView, NightstandError> {
        self.vault.write(|tx| {
            must_see(&tx.rows(), Whose::Me)?;
            let places = Places::of(&tx.rows(), tx.person())?;
            let place = match wished_of {
                FollowUpFor::Me => places.private,
                FollowUpFor::Partner => places.shared()?.mine,
            };
            if in_place(&tx.rows(), &place)?.len() >= MOST_FOLLOW_UPS {
                return Err(InvalidInput::Full.into());
            }
            let name = Name { what: FOLLOW_UP, id: RecordId::make(tx), place };
            say(tx, &places, &name, draft)?;
            view(&tx.rows(), &places, name.id)
        })
    }

    /// Says something else, from this moment on: `since` is the content that the screen was drawn from. A yes of the partner's
    /// was to what it said before: they are asked anew. A no stands.
    ///
    /// A moment that stood there before may be past. Errors: as [`add`](Self::add); `ChangedMeanwhile` if it says something
    /// else by now, on another screen or device: then nothing was written. `NotFound`, `Deleted`, `NotYours` for one of
    /// the partner's.
    pub fn change(
        &self,
        id: &RecordId,
        draft: &FollowUpDraft,
        since: &FollowUpDraft,
    ) -> Result<FollowUpView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = own(&tx.rows(), &places, id)?;
            check_since(&view(&tx.rows(), &places, *id)?.content, draft, since)?;
            say(tx, &places, &name, draft)?;
            view(&tx.rows(), &places, *id)
        })
    }

    /// Says that it is done, so that it does not come due: `hash` is what was shown with it. Of one's own this is saved with
    /// it, and reaches the partner if they may fulfil it; of the partner's it is noted for oneself alone.
    ///
    /// Errors: `ChangedMeanwhile` if the wish says something else by now; then nothing is noted, and what it says comes due.
    /// `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn done(&self, id: &RecordId, hash: &[u8]) -> Result<FollowUpView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = find(&tx.rows(), &places, id)?;
            let shown = standing(&tx.rows(), &name)?.shown;
            shown.check(hash)?;
            if is_theirs(&places, &name.place) {
                records::write(tx, &answer_name(&places, *id), |record| {
                    record.set("done", Some(shown.saved()));
                    Ok(())
                })?;
            } else {
                records::write(tx, &name, |record| {
                    record.set("done", Some(true));
                    Ok(())
                })?;
            }
            view(&tx.rows(), &places, *id)
        })
    }

    /// Takes a wish of one's own back, from the partner's phone too at the next sync.
    ///
    /// Errors: `NotFound`, `Deleted`, `NotYours` for one of the partner's; `PrivateLocked`.
    pub fn take_back(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = own(&tx.rows(), &places, id)?;
            records::bury(tx, &name)
        })
    }

    /// Answers a wish of the partner's: `hash` is what was shown with it. None takes an answer back, whatever the wish says by
    /// now. Saved when this returns, for oneself alone, but for a [`Yes`](FollowUpAnswer::Yes), which the partner may know of
    /// from the next sync on until another answer takes its place.
    ///
    /// Errors: `ChangedMeanwhile` if the wish says something else by now; then nothing is answered. `NotFound`, `Deleted`,
    /// `InvalidInput` (`State`) for one of one's own; `PrivateLocked`.
    pub fn answer(
        &self,
        id: &RecordId,
        answer: Option<FollowUpAnswer>,
        hash: &[u8],
    ) -> Result<FollowUpView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let name = find(&tx.rows(), &places, id)?;
            if !is_theirs(&places, &name.place) {
                return Err(InvalidInput::State.into());
            }
            let shown = standing(&tx.rows(), &name)?.shown;
            answer.map_or(Ok(()), |_| shown.check(hash))?;
            records::write(tx, &answer_name(&places, *id), |record| {
                record.set("said", answer.map(|answer| format!("{} {}", answer.name(), shown.saved())));
                Ok(())
            })?;
            yes::say(tx, YES, &places, id, (answer == Some(FollowUpAnswer::Yes)).then_some(&shown))?;
            view(&tx.rows(), &places, *id)
        })
    }

    /// One wish.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<FollowUpView, NightstandError> {
        self.vault.read(|rows, person| view(rows, &Places::of(rows, person)?, *id))
    }

    /// The wishes of one of the two, the newest first, at most [`MOST_FOLLOW_UPS`] of each place.
    ///
    /// Errors: `PrivateLocked`, also for the partner's: one's answers to them are private.
    pub fn list(&self, whose: Whose) -> Result<Vec<FollowUpView>, NightstandError> {
        self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            let places = Places::of(rows, person)?;
            let of = match (whose, places.shared) {
                (Whose::Me, shared) => [Some(places.private), shared.map(|shared| shared.mine)],
                (Whose::Partner, shared) => [shared.map(|shared| shared.theirs), None],
            };
            let mut views = Vec::new();
            for place in of.into_iter().flatten() {
                for (id, row) in in_place(rows, &place)? {
                    views.extend(view_of(rows, &places, id, &row.place, &row.record)?);
                }
            }
            views.sort_by_key(|view| (core::cmp::Reverse(view.made_ms), view.id));
            Ok(views)
        })
    }
}

/// What may come due here: one's own wishes for oneself, and those of the partner's to which one said yes. Private is not
/// locked.
pub(super) fn coming(rows: &Rows<'_>, places: &Places) -> Result<Vec<(RecordId, Wish)>, NightstandError> {
    let mut coming = Vec::new();
    for place in [Some(places.private), places.shared.map(|shared| shared.theirs)].into_iter().flatten() {
        for (id, row) in in_place(rows, &place)? {
            let Some(wish) = Wish::of(&id, &row.record).filter(|wish| !wish.is_done) else { continue };
            let comes = if is_theirs(places, &place) {
                let answered = Answered::of(rows, places, &id, &wish.shown)?;
                !answered.is_done && answered.answer.is_some_and(|answer| answer != FollowUpAnswer::No)
            } else {
                true
            };
            if comes {
                coming.push((id, wish));
            }
        }
    }
    Ok(coming)
}

fn say(tx: &mut StoreTx<'_>, places: &Places, name: &Name<'_>, draft: &FollowUpDraft) -> Result<(), NightstandError> {
    draft.check(&tx.rows(), places)?;
    let mut draft = draft.clone();
    if let (Audience::Both, Some(activity)) = (Audience::of(&name.place), &draft.activity) {
        draft.activity = Some(activities::for_both(&tx.rows(), places, activity)?.ok_or(NightstandError::NotFound)?);
    }
    sense::check(&draft, tx, name)?;
    let session = match Audience::of(&name.place) {
        Audience::Me => draft.session,
        Audience::Both => sessions::named_to_partner(&tx.rows(), places, draft.session)?,
    };
    let now_ms = tx.now_ms();
    records::write(tx, name, |record| {
        draft.write(record, session);
        record.set("at", Some(now_ms));
        record.set("done", None::<bool>);
        Ok(())
    })
}

fn in_place(rows: &Rows<'_>, place: &Place) -> Result<Vec<(RecordId, RecordRow)>, NightstandError> {
    let query = Records { what: FOLLOW_UP, place: Some(*place), bond: place.bond(), ..Records::default() };
    Ok(named(rows.records(&query, MOST_FOLLOW_UPS)?).collect())
}

fn find(rows: &Rows<'_>, places: &Places, id: &RecordId) -> Result<Name<'static>, NightstandError> {
    must_see(rows, Whose::Me)?;
    let shared = places.shared.map(|shared| [shared.mine, shared.theirs]);
    records::find(rows, shared.into_iter().flatten().chain([places.private]), FOLLOW_UP, *id)
}

fn own(rows: &Rows<'_>, places: &Places, id: &RecordId) -> Result<Name<'static>, NightstandError> {
    let name = find(rows, places, id)?;
    if is_theirs(places, &name.place) { Err(NightstandError::NotYours) } else { Ok(name) }
}

fn standing(rows: &Rows<'_>, name: &Name<'_>) -> Result<Wish, NightstandError> {
    records::read(rows, name)?.and_then(|record| Wish::of(&name.id, &record)).ok_or(NightstandError::NotFound)
}

fn is_theirs(places: &Places, place: &Place) -> bool {
    places.shared.is_some_and(|shared| shared.theirs == *place)
}

fn answer_name(places: &Places, id: RecordId) -> Name<'static> {
    Name { what: ANSWER, id, place: places.private }
}

fn view(rows: &Rows<'_>, places: &Places, id: RecordId) -> Result<FollowUpView, NightstandError> {
    let name = find(rows, places, &id)?;
    let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
    view_of(rows, places, id, &name.place, &record)?.ok_or(NightstandError::NotFound)
}

/// None of what is no wish.
fn view_of(
    rows: &Rows<'_>,
    places: &Places,
    id: RecordId,
    place: &Place,
    record: &Record,
) -> Result<Option<FollowUpView>, NightstandError> {
    let Some(wish) = Wish::of(&id, record) else { return Ok(None) };
    let theirs = is_theirs(places, place);
    let answered = if theirs { Answered::of(rows, places, &id, &wish.shown)? } else { Answered::default() };
    let partner_said_yes = match places.shared {
        Some(shared) if *place == shared.mine => yes::stands(rows, YES, &shared.theirs, &id, &wish.shown)?,
        _ => false,
    };
    Ok(Some(FollowUpView {
        id,
        whose: if theirs { Whose::Partner } else { Whose::Me },
        wished_of: if theirs || *place == places.private { FollowUpFor::Me } else { FollowUpFor::Partner },
        content: wish.content,
        made_ms: wish.made_ms,
        is_done: wish.is_done || answered.is_done,
        answer: answered.answer,
        partner_said_yes,
        hash: wish.shown.to_vec(),
    }))
}

/// Without what was said to it, and without what could be tried against guesses of the wish.
impl core::fmt::Debug for FollowUpView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "FollowUpView({:?}, {:?})", self.whose, self.content)
    }
}

/// Shows nothing of what somebody wishes.
impl core::fmt::Debug for FollowUpDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "FollowUpDraft({} bytes)", self.words.len())
    }
}
