//! Rituals: steps that belong together, under a name, for certain situations.
//!
//! A ritual lives in `Joint`, where both change it, or in `Private`. Each step is an activity, built in or one's own, with its
//! minutes; so what two people have named among themselves is made an [activity](crate::care::activities) first. A
//! [plan](crate::care::Preferences::plan) offers beside its own steps the rituals that fit the occasion, and one call begins a
//! session with a ritual's steps.
//!
//! Steps are numbered with room in between: to move one changes that one, and what the other phone added, moved or took out
//! meanwhile stays so.

use std::collections::BTreeSet;

use nightstand_engine::ids::{PersonId, Place};

use super::order::{Placed, place};
use crate::care::plan::{self, Company, MOST_MINUTES, Occasion, Person, Way};
use crate::care::sessions::{
    MOST_STEPS, SessionDraft, SessionView, Sessions, Step, StepDraft, StepId, WAY, copy_steps, goes_along, order_of,
};
use crate::care::{Condition, Side};
use crate::docs::record::{Item, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::records::copies::{Copying, derive_copy_id};
use crate::records::{self, Audience, Name, Places, RecordId, check_line, check_new_line, named};
use crate::shown::check_since;
use crate::store::{RecordRow, Rows, StoreTx};
use crate::vault::Vault;

/// The sort of record.
const RITUAL: &str = "ritual";

/// Most rituals that one person adds, and that a list has of each.
pub const MOST_RITUALS: usize = 200;

/// Longest title, in UTF-16 units.
pub const MOST_TITLE_UNITS: usize = 60;

/// Longest id of an activity that is read from a ritual.
const MOST_ID_BYTES: usize = 60;

/// The rituals of a vault.
///
/// A small handle; get one from [`Vault::rituals`]. What it changes is saved when a call returns, and reaches the partner at the
/// next sync if the ritual is of both.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], std::sync::Arc::new(SystemClock))?;
/// use nightstand::care::sessions::{SessionState, StepDraft};
/// use nightstand::care::{Condition, Side};
/// use nightstand::records::Audience;
/// use nightstand::together::rituals::RitualDraft;
///
/// let step = |activity: &str, minutes| StepDraft { activity: activity.into(), side: Side::Together, minutes, way: None };
/// let draft = RitualDraft {
///     title: "Coming back down".into(),
///     situation: [Condition::Intense].into(),
///     steps: vec![step("water", 2), step("silent-cuddling", 15)],
/// };
/// let ritual = vault.rituals().add(Audience::Me, &draft)?;
/// assert_eq!(ritual.minutes(), 17);
///
/// let session = vault.rituals().start(&ritual.id)?;
/// assert_eq!((session.state, session.steps.len()), (SessionState::Running, 2));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Rituals {
    vault: Vault,
}

impl Vault {
    /// Rituals.
    pub fn rituals(&self) -> Rituals {
        Rituals { vault: self.clone() }
    }
}

/// What a ritual begins with.
#[derive(Clone, PartialEq, Eq)]
pub struct RitualDraft {
    /// One line, not empty, at most [`MOST_TITLE_UNITS`] UTF-16 units.
    pub title: String,
    /// After or in which of these it is offered; none: always.
    pub situation: BTreeSet<Condition>,
    /// The steps, in their order. At most [`MOST_STEPS`].
    pub steps: Vec<StepDraft>,
}

/// A ritual as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct RitualView {
    /// Which.
    pub id: RecordId,
    /// Whose.
    pub audience: Audience,
    /// Its name.
    pub title: String,
    /// After or in which of these it is offered; none: always.
    pub situation: BTreeSet<Condition>,
    /// In their order.
    pub steps: Vec<RitualStep>,
}

/// A step of a ritual.
#[derive(Clone, PartialEq, Eq)]
pub struct RitualStep {
    /// Which.
    pub id: StepId,
    /// The activity's id. One of one's own may have been removed since.
    pub activity: String,
    /// Who does it for whom, as this vault's person sees it.
    pub side: Side,
    /// In which way, as this vault's person sees it.
    pub way: Way,
    /// How long it is meant to take.
    pub minutes: u16,
}

impl RitualView {
    /// How long it takes, in minutes.
    pub fn minutes(&self) -> u32 {
        self.steps.iter().map(|step| u32::from(step.minutes)).sum()
    }

    fn step(&self, id: StepId) -> Option<&RitualStep> {
        self.steps.iter().find(|step| step.id == id)
    }
}

impl Rituals {
    /// Adds a ritual.
    ///
    /// Errors: `InvalidInput` for a title that is empty, too long or of several lines, an activity that does not exist,
    /// minutes out of range, more than [`MOST_STEPS`] steps, or if one has added [`MOST_RITUALS`] already; `NotFound`,
    /// `Deleted` for an activity of one's own that is not here; `NotPaired`, `PrivateLocked`.
    pub fn add(&self, audience: Audience, draft: &RitualDraft) -> Result<RitualView, NightstandError> {
        check_new_line(&draft.title, 1, MOST_TITLE_UNITS)?;
        if draft.steps.len() > MOST_STEPS {
            return Err(InvalidInput::Full.into());
        }
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            draft.steps.iter().try_for_each(|step| step.check(&tx.rows(), &places))?;
            if records::is_full(&tx.rows(), &places.records(RITUAL), tx.person(), MOST_RITUALS)? {
                return Err(InvalidInput::Full.into());
            }
            let name = Name { what: RITUAL, id: RecordId::make(tx), place: audience.place(&places)? };
            let me = tx.person();
            let steps = draft
                .steps
                .iter()
                .enumerate()
                .map(|(at, step)| (StepId::make(tx).to_string(), item(&Step::new(step, order_of(at), &me))));
            let steps = steps.collect();
            records::write(tx, &name, |record| {
                describe(record, &draft.title, &draft.situation);
                record.items = steps;
                Ok(())
            })?;
            view(tx, &name)
        })
    }

    /// Gives it another name, or other situations: `since` is the ritual that the screen was drawn from. Its steps do not
    /// count here: they have calls of their own.
    ///
    /// Errors: as [`add`](Self::add); `ChangedMeanwhile` if its name or its situations are others by now, on another screen or
    /// device, or by the partner: then nothing was written, and the screen is to be drawn again. `NotFound`, `Deleted`.
    pub fn describe(
        &self,
        id: &RecordId,
        title: &str,
        situation: &BTreeSet<Condition>,
        since: &RitualView,
    ) -> Result<RitualView, NightstandError> {
        check_new_line(title, 1, MOST_TITLE_UNITS)?;
        self.change(id, |record| {
            let stands = (record.text_of("title").unwrap_or_default(), &conditions(record));
            check_since(&stands, &(title, situation), &(since.title.as_str(), &since.situation))?;
            describe(record, title, situation);
            Ok(())
        })
    }

    /// Puts a step behind the others.
    ///
    /// Errors: as [`add`](Self::add); `NotFound`, `Deleted`.
    pub fn add_step(&self, id: &RecordId, draft: &StepDraft) -> Result<RitualView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            draft.check(&tx.rows(), &places)?;
            let (name, key, me) = (find(&tx.rows(), &places, id)?, StepId::make(tx).to_string(), tx.person());
            records::write(tx, &name, |record| {
                if record.items.len() >= MOST_STEPS {
                    return Err(InvalidInput::Full.into());
                }
                let at = put(record, None, usize::MAX);
                record.items.insert(key, item(&Step::new(draft, at, &me)));
                Ok(())
            })?;
            view(tx, &name)
        })
    }

    /// Says something else of a step: `since` is the ritual that the screen was drawn from. The step stays where it is, and the
    /// others do not count here.
    ///
    /// Errors: as [`add_step`](Self::add_step); `ChangedMeanwhile` if the step is another by now: then nothing was written, and
    /// the screen is to be drawn again.
    pub fn change_step(
        &self,
        id: &RecordId,
        step: StepId,
        draft: &StepDraft,
        since: &RitualView,
    ) -> Result<RitualView, NightstandError> {
        self.vault.write(|tx| {
            let (places, me) = (Places::of(&tx.rows(), tx.person())?, tx.person());
            draft.check(&tx.rows(), &places)?;
            let name = find(&tx.rows(), &places, id)?;
            let stands = view(tx, &name)?;
            records::write(tx, &name, |record| {
                let old = record.items.get_mut(&step.to_string()).ok_or(NightstandError::NotFound)?;
                let order = Step::of(old).map_or(0, |old| old.order);
                old.remove(WAY);
                old.extend(item(&Step::new(draft, order, &me)));
                Ok(())
            })?;
            let said = view(tx, &name)?;
            check_since(&stands.step(step), &said.step(step), &since.step(step))?;
            Ok(said)
        })
    }

    /// Moves a step: to the place `position`, counted from 0 without it. Beyond the end is the end.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn move_step(&self, id: &RecordId, step: StepId, position: usize) -> Result<RitualView, NightstandError> {
        self.change(id, |record| {
            if !record.items.contains_key(&step.to_string()) {
                return Err(NightstandError::NotFound);
            }
            let at = put(record, Some(step), position);
            set_order(record, step, at);
            Ok(())
        })
    }

    /// Takes a step out.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn remove_step(&self, id: &RecordId, step: StepId) -> Result<RitualView, NightstandError> {
        self.change(id, |record| record.items.remove(&step.to_string()).map(drop).ok_or(NightstandError::NotFound))
    }

    /// Removes a ritual, on the partner's phone too if it is of both. Sessions that were begun with it stay as they are.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn remove(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            records::bury(tx, &name)
        })
    }

    /// Copies a ritual of one's own for both, as after a pairing; the partner has the copy after the next sync. What goes
    /// along is its title, its steps, and its situations without those that tell of oneself (tired, vulnerable, disappointed,
    /// an old issue); one that has no other is offered always. A step whose activity is gone, and its copy too, stays behind.
    /// Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput`: `NotOfBoth` if a step is of an activity of one's own that was [not
    /// copied](crate::care::activities::Activities::copy_to_both), `Full` if one has added [`MOST_RITUALS`] already;
    /// `NotFound` for one that is not one's own alone; `Deleted` if it or its copy was removed; `PrivateLocked`.
    pub fn copy_to_both(&self, id: &RecordId) -> Result<RitualView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let copying = Copying::of(&tx.rows(), &places, RITUAL, id)?;
            if !copying.stands {
                if records::is_full(&tx.rows(), &places.records(RITUAL), tx.person(), MOST_RITUALS)? {
                    return Err(InvalidInput::Full.into());
                }
                let RitualView { title, situation, .. } = view(tx, &copying.from)?;
                let situation = situation.into_iter().filter(|condition| goes_along(*condition)).collect();
                let record = records::read(&tx.rows(), &copying.from)?.ok_or(NightstandError::NotFound)?;
                let items = steps(&record).into_iter().map(|(id, step)| (id.to_string(), item(&step)));
                let items = copy_steps(&tx.rows(), &places, items)?;
                records::write(tx, &copying.to, |record| {
                    describe(record, &title, &situation);
                    record.items = items;
                    Ok(())
                })?;
            }
            view(tx, &copying.to)
        })
    }

    /// One ritual.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn read(&self, id: &RecordId) -> Result<RitualView, NightstandError> {
        self.vault.read(|rows, person| {
            let name = find(rows, &Places::of(rows, person)?, id)?;
            let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
            view_of(*id, &name.place, &record, &person).ok_or(NightstandError::NotFound)
        })
    }

    /// All of them, by title. While Private is locked those of both.
    pub fn list(&self) -> Result<Vec<RitualView>, NightstandError> {
        self.vault.read(|rows, person| list(rows, &Places::of(rows, person)?, &person))
    }

    /// Begins a session with a ritual's steps, situation and audience: a copy, which goes its own way from there. Its first step
    /// begins, and it [leads itself](Sessions::lead), so that after this one tap the phones can lie aside; it can be led by hand
    /// again.
    ///
    /// Boundaries of one's own that a step meets are for [`marks`](crate::care::Preferences::marks) to show beforehand; to begin
    /// is its person's own choice.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn start(&self, id: &RecordId) -> Result<SessionView, NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            let RitualView { situation, steps, .. } = view(tx, &name)?;
            let steps = steps.into_iter().map(|RitualStep { activity, side, way, minutes, .. }| StepDraft {
                activity,
                side,
                minutes,
                way: Some(way),
            });
            let apart = situation.contains(&Condition::Apart);
            Sessions::begin(tx, name.place, &SessionDraft { situation, apart, steps: steps.collect() })
        })
    }

    fn change(
        &self,
        id: &RecordId,
        change: impl FnOnce(&mut Record) -> Result<(), NightstandError>,
    ) -> Result<RitualView, NightstandError> {
        self.vault.write(|tx| {
            let name = find(&tx.rows(), &Places::of(&tx.rows(), tx.person())?, id)?;
            records::write(tx, &name, change)?;
            view(tx, &name)
        })
    }
}

/// Those to offer beside a plan. For one, those of one's own; for two, those of both as well. One fits if there is time for all
/// of it, one of its situations is that of the occasion, and none of its steps meets a boundary of either, so far as this phone
/// knows: then it is not offered here, and nothing is said of why. Of an original and the copy that both have it is the copy.
pub(crate) fn offered(
    rows: &Rows<'_>,
    places: &Places,
    person: &PersonId,
    occasion: &Occasion,
    me: &Person,
    partner: &Person,
) -> Result<Vec<RecordId>, NightstandError> {
    let situation = occasion.conditions_of(&occasion.me);
    let fits = |ritual: &RitualView| {
        let company = ritual.audience == Audience::Me || occasion.company == Company::Two;
        let situated = ritual.situation.is_empty() || !ritual.situation.is_disjoint(&situation);
        let timely = ritual.minutes() <= u32::from(occasion.minutes.min(MOST_MINUTES));
        company && situated && timely && !ritual.steps.is_empty() && {
            let steps: Vec<_> = ritual.steps.iter().map(RitualStep::planned).collect();
            plan::may_offer(occasion, me, partner, &steps)
        }
    };
    let mut fitting: Vec<_> = list(rows, places, person)?.into_iter().filter(fits).map(|ritual| ritual.id).collect();
    if let Some(shared) = places.shared {
        let all: BTreeSet<_> = fitting.iter().copied().collect();
        fitting.retain(|id| !all.contains(&derive_copy_id(RITUAL, id, &shared.joint)));
    }
    Ok(fitting)
}

impl RitualStep {
    fn planned(&self) -> plan::Step {
        plan::Step { activity: self.activity.clone(), way: self.way, minutes: self.minutes }
    }
}

fn list(rows: &Rows<'_>, places: &Places, person: &PersonId) -> Result<Vec<RitualView>, NightstandError> {
    let found = named(records::own_first(rows, &places.records(RITUAL), *person, MOST_RITUALS)?);
    let read = |(id, row): (RecordId, RecordRow)| view_of(id, &row.place, &row.record, person);
    let mut found: Vec<_> = found.filter_map(read).collect();
    found.sort_by(|one, other| (&one.title, one.id).cmp(&(&other.title, other.id)));
    Ok(found)
}

fn find(rows: &Rows<'_>, places: &Places, id: &RecordId) -> Result<Name<'static>, NightstandError> {
    records::find(rows, places.own_or_joint(), RITUAL, *id)
}

fn view(tx: &StoreTx<'_>, name: &Name<'_>) -> Result<RitualView, NightstandError> {
    let record = records::read(&tx.rows(), name)?.ok_or(NightstandError::NotFound)?;
    view_of(name.id, &name.place, &record, &tx.person()).ok_or(NightstandError::NotFound)
}

/// None of what is no ritual, or has a title that no call of ours lets through: a partner's app may be a changed one.
fn view_of(id: RecordId, place: &Place, record: &Record, me: &PersonId) -> Option<RitualView> {
    let title = record.text_of("title").filter(|title| check_line(title, 1, MOST_TITLE_UNITS).is_ok())?;
    let read = |(id, step): (StepId, Step)| {
        let step = step.view(id, me, 0, None);
        RitualStep { id, activity: step.activity, side: step.side, way: step.way, minutes: step.minutes }
    };
    Some(RitualView {
        id,
        audience: Audience::of(place),
        title: title.to_owned(),
        situation: conditions(record),
        steps: steps(record).into_iter().map(read).filter(|step| is_id(&step.activity)).take(MOST_STEPS).collect(),
    })
}

fn conditions(record: &Record) -> BTreeSet<Condition> {
    record.marks.iter().filter_map(|mark| Condition::from_name(mark)).collect()
}

/// Also one that a newer app knows.
fn is_id(activity: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MOST_ID_BYTES).contains(&activity.len()) && activity.bytes().all(plain)
}

fn describe(record: &mut Record, title: &str, situation: &BTreeSet<Condition>) {
    record.set("title", Some(title));
    record.marks.retain(|mark| Condition::from_name(mark).is_none());
    record.marks.extend(situation.iter().map(|condition| condition.name().to_owned()));
}

/// In their order.
fn steps(record: &Record) -> Vec<(StepId, Step)> {
    let read = |(id, item): (&String, &Item)| Some((id.parse().ok()?, Step::of(item)?));
    let mut steps: Vec<(StepId, Step)> = record.items.iter().filter_map(read).collect();
    steps.sort_by_key(|(id, step)| (step.order, *id));
    steps
}

/// A step as a session has it, without the timer.
fn item(step: &Step) -> Item {
    let mut item = step.to_item();
    item.remove("timer");
    item
}

/// The number with which a step stands at a position among the others. Where there is no room, the others are numbered anew.
fn put(record: &mut Record, moved: Option<StepId>, position: usize) -> i64 {
    let mut others = steps(record);
    others.retain(|(id, _)| Some(*id) != moved);
    let position = position.min(others.len());
    let orders: Vec<_> = others.iter().map(|(_, step)| step.order).collect();
    match place(&orders, position) {
        Placed::At(at) => at,
        Placed::Anew => {
            for (at, (id, _)) in others.iter().enumerate() {
                set_order(record, *id, order_of(at + usize::from(at >= position)));
            }
            order_of(position)
        }
    }
}

fn set_order(record: &mut Record, step: StepId, order: i64) {
    if let Some(item) = record.items.get_mut(&step.to_string()) {
        item.insert("order".into(), order.into());
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for RitualDraft {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RitualDraft({} steps)", self.steps.len())
    }
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for RitualView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RitualView({:?}, {} steps)", self.audience, self.steps.len())
    }
}

/// Names no activity.
impl core::fmt::Debug for RitualStep {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RitualStep({} minutes)", self.minutes)
    }
}
