//! Which steps may be suggested at all, and what each is worth to the two.

use core::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::composed::Scene;
use super::occasion::{Occasion, OccasionActivity};
use super::reason::Doer;
use super::step::{Plan, Way};
use super::table::Answer;
use super::worth::{self, Needs, Wishes};
use crate::care::catalogue::{self, Family, Need};

/// What may be suggested to somebody who has said nothing about it: it costs a moment, touches nobody and keeps nobody. Where
/// neither has, nobody is to give: they do it together, unless whoever gets it asked for what it is good for.
const GENTLE: &[(&str, &[Way])] = &[
    ("water", &[Way::Together, Way::ForMe, Way::ForPartner]),
    ("snack", &[Way::Together, Way::ForMe, Way::ForPartner]),
    ("small-treat", &[Way::Together]),
    ("blanket", &[Way::ForMe, Way::ForPartner]),
    ("warm-towel", &[Way::ForMe, Way::ForPartner]),
    ("words-of-affection", &[Way::ForMe, Way::ForPartner, Way::InTurns]),
    ("gratitude", &[Way::ForMe, Way::ForPartner, Way::InTurns]),
    ("reassurance", &[Way::ForMe, Way::ForPartner, Way::InTurns]),
    ("breathing-together", &[Way::Together]),
    ("phones-away", &[Way::Together]),
    ("bathroom-break", &[Way::Together]),
    ("message-later-today", &[Way::ForMe, Way::ForPartner, Way::InTurns]),
    ("check-in-this-evening", &[Way::Together]),
    ("kind-word-next-day", &[Way::ForMe, Way::ForPartner, Way::InTurns]),
];

/// What one can do for oneself. Nobody else has to want it, so it may be suggested to whoever has said nothing about it.
const ALONE: &[&str] = &[
    "water",
    "snack",
    "small-treat",
    "warmth",
    "blanket",
    "clean-up",
    "shower",
    "bath",
    "bathroom-break",
    "gentle-stretch",
    "tending-sore-places",
    "time-alone-door-open",
    "phones-away",
    "music",
    "show-in-bed",
];

/// Takes nothing but what is there anyway.
const TAKES_NOTHING: &[&str] =
    &["water", "blanket", "words-of-affection", "gratitude", "reassurance", "phones-away", "bathroom-break"];

/// The ways in which two do something.
const FOR_TWO: [Way; 4] = [Way::Together, Way::ForMe, Way::ForPartner, Way::InTurns];

/// An activity, built-in or own.
pub(super) struct Activity<'a> {
    pub(super) number: usize,
    pub(super) id: &'a str,
    pub(super) family: Family,
    pub(super) needs: &'a [Need],
    pub(super) good_for: Needs,
    pub(super) minutes: (u16, u16),
    pub(super) works_apart: bool,
    pub(super) takes_nothing: bool,
    gentle: &'static [Way],
    alone: Option<OfOneself>,
}

/// What it takes to suggest something to one person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OfOneself {
    /// Nothing.
    Always,
    /// They have said that they like it: who knows what a couple's own activity is.
    IfSaid,
}

/// All activities of an occasion.
pub(super) struct Activities<'a> {
    all: Vec<Activity<'a>>,
    numbers: BTreeMap<&'a str, usize>,
}

impl<'a> Activities<'a> {
    pub(super) fn of(occasion: &'a Occasion) -> Self {
        let built_in = catalogue::activities().iter();
        let built_in = built_in.map(|it| (true, it.id, it.family, it.needs, it.minutes, it.works_apart));
        let own = occasion.own.iter().filter(|own| own.is_in_range());
        let own = own.map(|OccasionActivity { id, family, needs, minutes, works_apart }| {
            (false, id.as_str(), *family, needs.as_slice(), *minutes, *works_apart)
        });
        let (mut all, mut numbers) = (Vec::new(), BTreeMap::new());
        // Of several with one id the first counts, and a built-in one before all others.
        for (built_in, id, family, needs, minutes, works_apart) in built_in.chain(own) {
            let number = all.len();
            match numbers.entry(id) {
                Entry::Occupied(_) => continue,
                Entry::Vacant(entry) => entry.insert(number),
            };
            all.push(Activity {
                number,
                id,
                family,
                needs,
                good_for: needs.iter().copied().collect(),
                minutes,
                works_apart,
                takes_nothing: TAKES_NOTHING.contains(&id),
                gentle: GENTLE.iter().find(|(gentle, _)| *gentle == id).map_or(&[], |(_, ways)| ways),
                alone: if ALONE.contains(&id) {
                    Some(OfOneself::Always)
                } else {
                    (!built_in).then_some(OfOneself::IfSaid)
                },
            });
        }
        Self { all, numbers }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn number_of(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Activity<'a>> {
        self.all.get(self.number_of(id)?)
    }

    fn at_hand<'s>(&'s self, occasion: &Occasion) -> impl Iterator<Item = &'s Activity<'a>> {
        self.all.iter().filter(|activity| !occasion.not_at_hand.contains(activity.id))
    }
}

/// Who of the two does something for themself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    Me,
    Partner,
}

/// A step that may be suggested.
#[derive(Clone)]
pub(super) struct Candidate<'a> {
    pub(super) activity: &'a Activity<'a>,
    pub(super) way: Way,
    pub(super) doer: Doer,
    /// At least and at most, in minutes.
    pub(super) minutes: (u16, u16),
    pub(super) mine: u16,
    pub(super) partners: u16,
    /// Both have said something about it that is no boundary.
    said: bool,
    /// Among equals the lower comes first.
    place: u64,
}

impl Candidate<'_> {
    pub(super) fn both(&self) -> u16 {
        self.mine + self.partners
    }
}

/// The steps that may be suggested: those worth more to both first, equals in the order of their places in this rotation.
#[derive(Clone)]
pub(super) struct Candidates<'a> {
    all: Vec<Candidate<'a>>,
    rest_on_a_yes: bool,
}

impl<'a> Candidates<'a> {
    /// Of those that are possible, the ones that fit the minutes.
    fn of(possible: impl Iterator<Item = Candidate<'a>>, minutes: u16) -> Self {
        let mut rest_on_a_yes = false;
        let fits = |candidate: &Candidate<'a>| {
            rest_on_a_yes |= candidate.said;
            candidate.minutes.0 <= minutes
        };
        let mut all: Vec<_> = possible.filter(fits).collect();
        all.sort_by(|one, other| {
            let key = |it: &Candidate<'a>| (Reverse(it.both()), it.place, it.activity.id, it.way);
            key(one).cmp(&key(other))
        });
        Self { all, rest_on_a_yes }
    }

    pub(super) fn as_slice(&self) -> &[Candidate<'a>] {
        &self.all
    }

    /// Is there anything that both have said yes to, also if it takes longer than there is time?
    pub(super) fn rest_on_a_yes(&self) -> bool {
        self.rest_on_a_yes
    }

    pub(super) fn without(&self, plan: &Plan) -> Self {
        let is_in = |id: &str| plan.steps.iter().any(|step| step.step.activity == id);
        self.only(|candidate| !is_in(candidate.activity.id))
    }

    pub(super) fn without_activity(&self, id: &str) -> Self {
        self.only(|candidate| candidate.activity.id != id)
    }

    fn only(&self, keep: impl Fn(&Candidate<'a>) -> bool) -> Self {
        let all = self.all.iter().filter(|candidate| keep(candidate)).cloned().collect();
        Self { all, rest_on_a_yes: self.rest_on_a_yes }
    }
}

impl<'a> Scene<'a> {
    /// What the two may be offered.
    pub(super) fn for_two(&'a self) -> Candidates<'a> {
        let occasion = self.occasion;
        let activities = self.activities.at_hand(occasion).filter(|it| it.works_apart || !occasion.is_apart());
        let all = activities.flat_map(|activity| FOR_TWO.iter().filter_map(move |way| self.for_two_in(activity, *way)));
        Candidates::of(all, occasion.minutes_in_range())
    }

    fn for_two_in(&'a self, activity: &'a Activity<'a>, way: Way) -> Option<Candidate<'a>> {
        let mine = self.my_table.answer(activity.number, way)?;
        let partners = self.partners_table.answer(activity.number, way.seen_by_partner())?;
        let silent = mine == Answer::Silence || partners == Answer::Silence;
        if silent && !activity.gentle.contains(&way) {
            return None;
        }
        if mine == Answer::Silence && partners == Answer::Silence && !self.asks_nobody_to_give(activity, way) {
            return None;
        }
        let days = self.occasion.lately.get(activity.id).copied();
        let worth = |answer, gets: bool, wishes: &Wishes| {
            worth::worth(answer, if gets { activity.good_for } else { Needs::default() }, wishes, days)
        };
        Some(self.candidate(Candidate {
            activity,
            way,
            doer: Doer::Two,
            minutes: activity.minutes,
            mine: worth(mine, way.i_get(), &self.my_wishes),
            partners: worth(partners, way.partner_gets(), &self.partners_wishes),
            said: !silent,
            place: 0,
        }))
    }

    /// It is done together, or everybody who gets it asked for what it is good for.
    fn asks_nobody_to_give(&self, activity: &Activity<'_>, way: Way) -> bool {
        let asked = |gets: bool, wishes: &Wishes| !gets || !activity.good_for.and(wishes.asked).is_empty();
        way == Way::Together
            || (asked(way.i_get(), &self.my_wishes) && asked(way.partner_gets(), &self.partners_wishes))
    }

    /// What one of the two can do for themself.
    pub(super) fn alone(&'a self, whom: Whom) -> Candidates<'a> {
        let (doer, table, wishes) = match whom {
            Whom::Me => (Doer::Me, &self.my_table, &self.my_wishes),
            Whom::Partner => (Doer::Partner, &self.partners_table, &self.partners_wishes),
        };
        let all = self.activities.at_hand(self.occasion).filter_map(|activity| {
            let answer = table.answer(activity.number, Way::Alone)?;
            if activity.alone? == OfOneself::IfSaid && answer == Answer::Silence {
                return None;
            }
            let days = self.occasion.lately.get(activity.id).copied();
            let worth = worth::worth(answer, activity.good_for, wishes, days);
            Some(self.candidate(Candidate {
                activity,
                way: Way::Alone,
                doer,
                minutes: activity.minutes,
                mine: worth,
                partners: worth,
                said: answer != Answer::Silence,
                place: 0,
            }))
        });
        Candidates::of(all, self.occasion.minutes_in_range())
    }

    fn candidate(&self, mut candidate: Candidate<'a>) -> Candidate<'a> {
        if candidate.way == Way::InTurns {
            candidate.minutes = (candidate.minutes.0.saturating_mul(2), candidate.minutes.1.saturating_mul(2));
        }
        candidate.place = place(candidate.activity.id, candidate.way, self.occasion.rotation);
        candidate
    }
}

/// Where a step stands among equals in this rotation: FNV-1a over its name, then SplitMix64's mixing.
pub(super) fn place(activity: &str, way: Way, rotation: u32) -> u64 {
    let name = activity.bytes().chain([0, way as u8]).chain(rotation.to_le_bytes());
    let hash =
        name.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
