//! Why a step is there.
//!
//! Reasons are made from a [`Shown`] table alone: what a person keeps to themself is not in it, so no reason can rest on it.

use super::candidates::Activity;
use super::occasion::Occasion;
use super::step::Way;
use super::table::Shown;
use super::worth::{self, Wishes};
use crate::care::Stance;
use crate::care::catalogue::Need;

/// Why a step is there. Its text comes with the texts, by its [`name`](Self::name).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
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
    /// It takes nothing that isn't there. That can be what somebody put ready, as the card `what-helps-most` says to do.
    AtHand,
    /// It fits the time there is.
    FitsTime,
    /// Each for themself: at this moment the two have nothing in common to suggest.
    ForEachAlone,
    /// To talk about what would be good, as nothing is known yet that both would like at this moment.
    Talk,
}

impl Reason {
    /// Its name, which never changes.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BothLove => "both-love",
            Self::BothLike => "both-like",
            Self::YouLike => "you-like",
            Self::PartnerLikes => "partner-likes",
            Self::Need(_) => "need",
            Self::Often(_) => "often",
            Self::NotLately => "not-lately",
            Self::Apart => "apart",
            Self::AtHand => "at-hand",
            Self::FitsTime => "fits-time",
            Self::ForEachAlone => "for-each-alone",
            Self::Talk => "talk",
        }
    }
}

/// What reasons may rest on, beside the activity itself.
pub(super) struct Grounds<'a> {
    pub(super) occasion: &'a Occasion,
    pub(super) mine: Shown<'a>,
    pub(super) partners: Shown<'a>,
    pub(super) my_wishes: &'a Wishes,
    pub(super) partners_wishes: &'a Wishes,
}

/// Who does a step: the two, or one of them alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Doer {
    Two,
    Me,
    Partner,
}

impl Grounds<'_> {
    pub(super) fn reasons(&self, activity: &Activity<'_>, way: Way, doer: Doer) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let liked = |stance: Option<Stance>| stance >= Some(Stance::Like);
        let mine = if doer == Doer::Partner { None } else { self.mine.best(activity.number, way) };
        let partners = if doer == Doer::Me { None } else { self.partners.best(activity.number, way.seen_by_partner()) };
        match (mine, partners) {
            (Some(Stance::Love), Some(Stance::Love)) => reasons.push(Reason::BothLove),
            _ if liked(mine) && liked(partners) => reasons.push(Reason::BothLike),
            _ if liked(mine) => reasons.push(Reason::YouLike),
            _ if liked(partners) => reasons.push(Reason::PartnerLikes),
            _ => {}
        }
        let getters = [
            (doer != Doer::Partner && way.i_get()).then_some(self.my_wishes),
            (doer != Doer::Me && way.partner_gets()).then_some(self.partners_wishes),
        ];
        let getters: Vec<_> = getters.into_iter().flatten().collect();
        let asked = |need: &Need| getters.iter().any(|wishes| wishes.asked.contains(*need));
        let often = |need: &Need| getters.iter().any(|wishes| wishes.often.contains(*need));
        reasons.extend(activity.needs.iter().copied().filter(asked).map(Reason::Need));
        reasons.extend(activity.needs.iter().copied().find(|need| !asked(need) && often(need)).map(Reason::Often));
        if worth::is_long_ago(self.occasion.lately.get(activity.id).copied()) {
            reasons.push(Reason::NotLately);
        }
        if self.occasion.is_apart() && activity.works_apart && doer == Doer::Two {
            reasons.push(Reason::Apart);
        }
        if activity.takes_nothing {
            reasons.push(Reason::AtHand);
        }
        if self.occasion.is_short() || reasons.is_empty() {
            reasons.push(Reason::FitsTime);
        }
        reasons
    }
}
