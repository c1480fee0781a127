//! What comes out: steps, plans, and a suggestion to talk.

use super::Reason;
use crate::care::Side;
use crate::names::names;
use crate::records::RecordId;

/// Who does it, and for whom: as seen by whoever holds the phone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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

names!(Way {
    Self::Together = "together",
    Self::ForMe = "for-me",
    Self::ForPartner = "for-partner",
    Self::InTurns = "in-turns",
    Self::Alone = "alone",
});

impl Way {
    /// The sides of the activity that are mine. Alone it is what is done for me, or what I would else do together: whichever
    /// something was said about.
    pub const fn mine(self) -> &'static [Side] {
        match self {
            Self::Together => &[Side::Together],
            Self::ForMe => &[Side::Receive],
            Self::ForPartner => &[Side::Give],
            Self::InTurns => &[Side::Receive, Side::Give],
            Self::Alone => &[Side::Receive, Side::Together],
        }
    }

    /// The sides that are my partner's.
    pub const fn partners(self) -> &'static [Side] {
        self.seen_by_partner().mine()
    }

    /// The same step as the other of the two sees it.
    pub const fn seen_by_partner(self) -> Self {
        match self {
            Self::ForMe => Self::ForPartner,
            Self::ForPartner => Self::ForMe,
            Self::Together | Self::InTurns | Self::Alone => self,
        }
    }

    pub(super) fn i_get(self) -> bool {
        self != Self::ForPartner
    }

    pub(super) fn partner_gets(self) -> bool {
        self.seen_by_partner().i_get()
    }
}

/// One thing to do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The activity's id.
    pub activity: String,
    /// Who does it, and for whom.
    pub way: Way,
    /// For how many minutes.
    pub minutes: u16,
}

/// A step of a plan.
#[derive(Clone, PartialEq, Eq)]
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
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Five at most. Their minutes are no more than there are.
    pub steps: Vec<PlannedStep>,
}

/// What is suggested for an occasion.
#[derive(Clone, PartialEq, Eq)]
pub struct Plans {
    /// The one to show first. Without a step where nothing may be suggested.
    pub plan: Plan,
    /// Up to three others, the better ones first.
    pub others: Vec<Plan>,
    /// Where nothing is known that both would like at this moment.
    pub talk: Option<TalkFirst>,
    /// [Rituals](crate::together::rituals) that fit the occasion, to offer beside it, in the order of their titles; none where
    /// preferences are not read from a vault.
    pub rituals: Vec<RecordId>,
}

/// A gentle suggestion to talk about what would be good, and what each can do for themself until then.
#[derive(Clone, PartialEq, Eq)]
pub struct TalkFirst {
    /// Always [`Reason::Talk`]: a screen words it as it words the others.
    pub reason: Reason,
    /// The kindest steps for me, alone.
    pub mine: Vec<PlannedStep>,
    /// The kindest steps for my partner, alone, so far as this phone knows.
    pub partners: Vec<PlannedStep>,
}

impl PlannedStep {
    pub(super) fn for_each_alone(mut self) -> Self {
        self.reasons.insert(0, Reason::ForEachAlone);
        self
    }
}

impl Plan {
    /// How long it takes, in minutes.
    pub fn minutes(&self) -> u16 {
        self.steps.iter().map(|step| step.step.minutes).sum()
    }

    /// Does it have every step of the other one, however long?
    pub(super) fn has_the_steps_of(&self, other: &Self) -> bool {
        let same = |one: &PlannedStep, other: &PlannedStep| {
            (&one.step.activity, one.step.way) == (&other.step.activity, other.step.way)
        };
        other.steps.iter().all(|step| self.steps.iter().any(|own| same(own, step)))
    }
}

/// Names no activity.
impl core::fmt::Debug for Step {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Step(…)")
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for PlannedStep {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PlannedStep({} reasons, {} swaps)", self.reasons.len(), self.swaps.len())
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for Plan {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Plan({} steps)", self.steps.len())
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for Plans {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Plans({} steps, {} others)", self.plan.steps.len(), self.others.len())
    }
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for TalkFirst {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "TalkFirst({} and {} steps)", self.mine.len(), self.partners.len())
    }
}
