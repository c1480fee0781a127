//! A plan for the time after.

use nightstand::care::catalogue::{Family, Need};
use nightstand::care::plan as core;
use nightstand::care::plan::{Company, Reason, Way};
use nightstand::care::{Condition, Side};
use nightstand::records::RecordId;

use super::Preferences;
use super::item::Stance;
use crate::error::NightstandError;

#[uniffi::export]
impl Preferences {
    /// Suggests what to do on an occasion, from what both want as far as this device knows: one's own items, private and
    /// shared, and what the partner shares. Equal inputs give equal plans.
    ///
    /// No step is one that either has a boundary on, in that situation; of the partner's this phone knows what they share.
    /// Until somebody has said something, a plan is of what the two do together, costs a moment and touches nobody, such as
    /// water or a few slow breaths: nobody is taken to want to give. Thanks or a kind word are in it once one of the two
    /// asked for them or said something of them. The best plan is the one that is best for whoever it is less good for.
    /// Private boundaries decide which steps remain, and no reason rests on them; still, a partner may notice what never
    /// comes up, and an app should say so.
    ///
    /// Nothing is saved, and nothing leaves the phone. It takes about a millisecond.
    ///
    /// Errors: `PrivateLocked`, since a boundary that can't be seen is not to be taken for none; `InvalidInput` (`Occasion`)
    /// for what is out of range.
    pub async fn plan(&self, occasion: Occasion) -> Result<Plans, NightstandError> {
        let occasion = core::Occasion::from(occasion);
        self.0.read(move |vault| Ok(vault.preferences().plan(&occasion)?.into())).await
    }

    /// Which of some picked steps meet a boundary of one's own, private or shared, and what could stand in place of each. The
    /// steps may come from anywhere: an older plan, a ritual, the partner; those of a session in the way that each says, whosever
    /// session it is. For this device's screen alone.
    ///
    /// Nothing is saved, and nothing leaves the phone.
    ///
    /// Errors: as `plan`.
    pub async fn marks(&self, occasion: Occasion, steps: Vec<Step>) -> Result<Vec<StepMark>, NightstandError> {
        let occasion = core::Occasion::from(occasion);
        let steps: Vec<_> = steps.into_iter().map(core::Step::from).collect();
        self.0
            .read(move |vault| {
                Ok(vault.preferences().marks(&occasion, &steps)?.into_iter().map(StepMark::from).collect())
            })
            .await
    }
}

/// The name of a reason, which never changes: `reason-` and this is the key of its text.
#[uniffi::export]
pub fn reason_name(reason: Reason) -> String {
    reason.name().into()
}

/// The occasion that a plan is made for: what is so this once. None of it is stored.
///
/// A reason may name a need, a stance or a situation that is handed in here. So hand in what was said between the two, or
/// what may be read over a shoulder; what is kept to oneself belongs into the preferences, and needs no handing in.
#[derive(uniffi::Record)]
pub struct Occasion {
    /// How many minutes there are, from 1 to 240.
    pub minutes: u16,
    /// For one or for two.
    pub company: Company,
    /// What it comes after, and how it is. With `apart` only what works apart is planned.
    #[uniffi(default)]
    pub situation: Vec<Condition>,
    /// How I am; none if nothing is said of it.
    #[uniffi(default)]
    pub me: Option<PersonState>,
    /// How my partner is, so far as they said.
    #[uniffi(default)]
    pub partner: Option<PersonState>,
    /// What was done when, so far as it is known. Of an activity that stands here twice, the last counts.
    #[uniffi(default)]
    pub lately: Vec<DoneLately>,
    /// The ids of activities that can't be done here: there is no bath, say. At most 1,000.
    #[uniffi(default)]
    pub not_at_hand: Vec<String>,
    /// Activities for this occasion alone, beside the built-in ones and those that the couple made, which need no handing in. At
    /// most 200. One with the id of another is not looked at.
    #[uniffi(default)]
    pub own: Vec<OccasionActivity>,
    /// Which of equally good plans it is. Hand in another number each time, such as a counter or the day.
    #[uniffi(default)]
    pub rotation: u32,
}

/// How somebody says they are.
#[derive(uniffi::Record)]
pub struct PersonState {
    /// The ids of feelings, as in a check-in. One's own words say nothing here.
    #[uniffi(default)]
    pub feelings: Vec<String>,
    /// From 0 to 10.
    #[uniffi(default)]
    pub energy: Option<u8>,
    /// What they ask for.
    #[uniffi(default)]
    pub needs: Vec<Need>,
    /// What they said aloud for this once: it counts beside what is written down, and of all of it the strictest.
    #[uniffi(default)]
    pub said: Vec<SaidAloud>,
}

/// Something said aloud, for this once.
#[derive(uniffi::Record)]
pub struct SaidAloud {
    /// The activity's id.
    pub activity: String,
    /// On which side.
    pub side: Side,
    /// How they feel about it.
    pub stance: Stance,
}

/// When an activity was last done.
#[derive(uniffi::Record)]
pub struct DoneLately {
    /// Its id.
    pub activity: String,
    /// How many days ago.
    pub days_ago: u16,
}

/// An activity of the couple's own.
#[derive(uniffi::Record)]
pub struct OccasionActivity {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub family: Family,
    /// What it can be good for; the first is what it is best known for.
    pub needs: Vec<Need>,
    /// How long it usually takes at least, in minutes, from 1 on.
    pub least_minutes: u16,
    /// How long it usually takes at most, in minutes, up to 240.
    pub most_minutes: u16,
    /// Can it be done while the two are apart?
    pub works_apart: bool,
}

/// For whom a plan is.
#[uniffi::remote(Enum)]
pub enum Company {
    /// For whoever asks, alone.
    Alone,
    /// For the two. Without a partner in the app, of theirs counts what they said aloud, handed in as `said`.
    Two,
}

/// Who does it, and for whom: as seen by whoever holds the phone. A session's step has a side in its place: see `StepDraft`.
#[uniffi::remote(Enum)]
pub enum Way {
    /// Both do it.
    Together,
    /// My partner does it for me.
    ForMe,
    /// I do it for my partner.
    ForPartner,
    /// One for the other, then the other way round. Its minutes are those of both.
    InTurns,
    /// One person, for themself.
    Alone,
}

/// Why a step is there. Its text is `reason-` and its `reason_name`, with `minutes` (the step's) and `need` (the key of
/// `TextOf.Need` without `need-`). No reason rests on what is private.
#[uniffi::remote(Enum)]
pub enum Reason {
    /// Both love it.
    BothLove,
    /// Both like it.
    BothLike,
    /// I like it.
    YouLike,
    /// My partner likes it.
    PartnerLikes,
    /// It is good for something that one of the two asked for, and who asked gets it.
    Need(Need),
    /// It is good for something that often helps in such a situation, or with such a feeling.
    Often(Need),
    /// It was last done some time ago.
    NotLately,
    /// It can be done while the two are apart.
    Apart,
    /// It takes nothing that isn't there.
    AtHand,
    /// It fits the time there is.
    FitsTime,
    /// Each for themself: at this moment the two have nothing in common to suggest.
    ForEachAlone,
    /// To talk about what would be good, as nothing is known yet that both would like at this moment.
    Talk,
}

/// One thing to do.
#[derive(uniffi::Record)]
pub struct Step {
    /// The activity's id.
    pub activity: String,
    /// Who does it, and for whom.
    pub way: Way,
    /// For how many minutes.
    pub minutes: u16,
}

/// A step of a plan.
#[derive(uniffi::Record)]
pub struct PlannedStep {
    /// What to do.
    pub step: Step,
    /// Why it is there, the weightiest reason first; at least one.
    pub reasons: Vec<Reason>,
    /// What could stand in its place: of the same kind or good for the same, no longer than it, and in no step of the plan.
    /// Often two, and none where there is nothing.
    pub swaps: Vec<Step>,
}

/// What to do, in this order.
#[derive(uniffi::Record)]
pub struct Plan {
    /// Five at most.
    pub steps: Vec<PlannedStep>,
    /// How long all of it takes, in minutes: no more than there are.
    pub minutes: u16,
}

/// What is suggested for an occasion.
#[derive(uniffi::Record)]
pub struct Plans {
    /// The one to show first. Without a step where nothing may be suggested.
    pub plan: Plan,
    /// Up to three others, the better ones first.
    pub others: Vec<Plan>,
    /// Where nothing is known that both would like at this moment.
    pub talk: Option<TalkFirst>,
    /// The ids of rituals that fit the occasion, to offer beside it, in the order of their titles.
    pub rituals: Vec<RecordId>,
}

/// A gentle suggestion to talk about what would be good, and what each can do for themself until then.
#[derive(uniffi::Record)]
pub struct TalkFirst {
    /// Always `talk`: a screen words it as it words the others.
    pub reason: Reason,
    /// The kindest steps for me, alone.
    pub mine: Vec<PlannedStep>,
    /// The kindest steps for my partner, alone, so far as this phone knows.
    pub partners: Vec<PlannedStep>,
}

/// A picked step that meets a boundary of whoever holds the phone. It is theirs alone to see.
#[derive(uniffi::Record)]
pub struct StepMark {
    /// Which of the steps, counted from 0.
    pub step: u32,
    /// What could stand in its place with one tap, as ordinary as any other suggestion; none if there is nothing.
    pub swap: Option<Step>,
}

impl From<Occasion> for core::Occasion {
    fn from(occasion: Occasion) -> Self {
        let Occasion { minutes, company, situation, me, partner, lately, not_at_hand, own, rotation } = occasion;
        let state = |state: Option<PersonState>| state.map(core::PersonState::from).unwrap_or_default();
        Self {
            minutes,
            company,
            situation: situation.into_iter().collect(),
            me: state(me),
            partner: state(partner),
            lately: lately.into_iter().map(|done| (done.activity, done.days_ago)).collect(),
            not_at_hand: not_at_hand.into_iter().collect(),
            own: own.into_iter().map(core::OccasionActivity::from).collect(),
            rotation,
        }
    }
}

impl From<PersonState> for core::PersonState {
    fn from(state: PersonState) -> Self {
        let PersonState { feelings, energy, needs, said } = state;
        Self {
            feelings: feelings.into_iter().collect(),
            energy,
            needs: needs.into_iter().collect(),
            said: said.into_iter().map(core::SaidAloud::from).collect(),
        }
    }
}

impl From<SaidAloud> for core::SaidAloud {
    fn from(SaidAloud { activity, side, stance }: SaidAloud) -> Self {
        Self { activity, side, stance: stance.into() }
    }
}

impl From<OccasionActivity> for core::OccasionActivity {
    fn from(own: OccasionActivity) -> Self {
        let OccasionActivity { id, family, needs, least_minutes, most_minutes, works_apart } = own;
        Self { id, family, needs, minutes: (least_minutes, most_minutes), works_apart }
    }
}

impl From<Step> for core::Step {
    fn from(Step { activity, way, minutes }: Step) -> Self {
        Self { activity, way, minutes }
    }
}

impl From<core::Step> for Step {
    fn from(core::Step { activity, way, minutes }: core::Step) -> Self {
        Self { activity, way, minutes }
    }
}

impl From<core::PlannedStep> for PlannedStep {
    fn from(core::PlannedStep { step, reasons, swaps }: core::PlannedStep) -> Self {
        Self { step: step.into(), reasons, swaps: swaps.into_iter().map(Step::from).collect() }
    }
}

impl From<core::Plan> for Plan {
    fn from(plan: core::Plan) -> Self {
        Self { minutes: plan.minutes(), steps: plan.steps.into_iter().map(PlannedStep::from).collect() }
    }
}

impl From<core::Plans> for Plans {
    fn from(core::Plans { plan, others, talk, rituals }: core::Plans) -> Self {
        let others = others.into_iter().map(Plan::from).collect();
        Self { plan: plan.into(), others, talk: talk.map(TalkFirst::from), rituals }
    }
}

impl From<core::TalkFirst> for TalkFirst {
    fn from(core::TalkFirst { reason, mine, partners }: core::TalkFirst) -> Self {
        let steps = |all: Vec<core::PlannedStep>| all.into_iter().map(PlannedStep::from).collect();
        Self { reason, mine: steps(mine), partners: steps(partners) }
    }
}

impl From<core::StepMark> for StepMark {
    fn from(core::StepMark { step, swap }: core::StepMark) -> Self {
        Self { step, swap: swap.map(Step::from) }
    }
}
