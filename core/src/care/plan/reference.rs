//! The rules of a plan, said once more as plainly as they can be said, and every possible plan looked at.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::candidates::place;
use super::{Company, Known, Occasion, Person, PersonState, Way};
use crate::care::catalogue::{self, Family, Need};
use crate::care::{Condition, Question, Side, Stance};

/// Who: what they have written down, and how they are.
pub(super) type Who<'a> = (&'a Person, &'a PersonState);

/// A step, as whoever holds the phone sees it.
pub(super) type Named = (String, Way);

fn conditions(occasion: &Occasion, state: &PersonState) -> BTreeSet<Condition> {
    let mut all = occasion.situation.clone();
    if occasion.minutes <= 10 {
        all.insert(Condition::ShortTime);
    }
    let feels = |names: &[&str]| names.iter().any(|name| state.feelings.contains(*name));
    if feels(&["sleepy", "tired", "exhausted"]) || state.energy.is_some_and(|energy| energy <= 3) {
        all.insert(Condition::Tired);
    }
    if feels(&["vulnerable", "tearful", "insecure"]) {
        all.insert(Condition::Vulnerable);
    }
    if feels(&["disappointed"]) {
        all.insert(Condition::Disappointed);
    }
    all
}

/// The strictest stance of all that is said of one side, or of what is known to both alone.
pub(super) fn effective(occasion: &Occasion, who: Who<'_>, activity: &str, side: Side, shown: bool) -> Option<Stance> {
    let (person, state) = who;
    let holds = conditions(occasion, state);
    let written = person.wants.iter().filter(|want| {
        want.activity == activity
            && want.side == side
            && want.condition.is_none_or(|condition| holds.contains(&condition))
            && (!shown || want.known == Known::ToBoth)
    });
    let aloud = state.said.iter().filter(|said| said.activity == activity && said.side == side).map(|said| said.stance);
    let strictest = written.map(|want| want.stance).chain(aloud).min();
    if shown {
        return strictest;
    }
    let answers = |question| person.choices.iter().filter(move |(of, _)| *of == question).map(|(_, all)| all);
    let chose = |question, choice: &str| answers(question).any(|all| all.contains(choice));
    let waits = answers(Question::WhenToTalk).any(|all| !all.is_empty() && !all.contains("now"));
    let avoided = match activity {
        "debrief" => chose(Question::Avoid, "analysis") || waits,
        "nap-together" | "falling-asleep-together" => {
            chose(Question::Avoid, "falling-asleep-at-once") && strictest < Some(Stance::Like)
        }
        _ => false,
    };
    let not_now = Stance::NotNow { until_ms: None };
    if avoided { Some(strictest.unwrap_or(not_now).min(not_now)) } else { strictest }
}

fn is_boundary(stance: Option<Stance>) -> bool {
    stance.is_some_and(|stance| stance < Stance::Open)
}

/// Does somebody have a boundary in the way of a step, as they see it?
pub(super) fn has_boundary(occasion: &Occasion, who: Who<'_>, activity: &str, way: Way) -> bool {
    let of = |side| effective(occasion, who, activity, side, false);
    match way {
        Way::Together => {
            is_boundary(of(Side::Together)) || is_boundary(of(Side::Give)) || is_boundary(of(Side::Receive))
        }
        Way::ForMe => is_boundary(of(Side::Receive)),
        Way::ForPartner => is_boundary(of(Side::Give)),
        Way::InTurns => is_boundary(of(Side::Give)) || is_boundary(of(Side::Receive)),
        Way::Alone => is_boundary(of(Side::Receive).or(of(Side::Together))),
    }
}

/// What somebody said of a step, as they see it: the better half of it in turns, none if not of all of it.
fn said(occasion: &Occasion, who: Who<'_>, activity: &str, way: Way) -> Option<Stance> {
    let of = |side| effective(occasion, who, activity, side, false);
    match way {
        Way::Together => of(Side::Together),
        Way::ForMe => of(Side::Receive),
        Way::ForPartner => of(Side::Give),
        Way::InTurns => Some(of(Side::Give)?.max(of(Side::Receive)?)),
        Way::Alone => of(Side::Receive).or(of(Side::Together)),
    }
}

/// Said nothing about it, and has a boundary on another side of it.
pub(super) fn is_silent_beside_a_boundary(occasion: &Occasion, who: Who<'_>, activity: &str, way: Way) -> bool {
    said(occasion, who, activity, way).is_none()
        && Side::ALL.iter().any(|side| is_boundary(effective(occasion, who, activity, *side, false)))
}

fn is_gentle(activity: &str, way: Way) -> bool {
    match way {
        Way::Together => [
            "water",
            "snack",
            "small-treat",
            "breathing-together",
            "phones-away",
            "bathroom-break",
            "check-in-this-evening",
        ]
        .contains(&activity),
        Way::ForMe | Way::ForPartner if ["water", "snack", "blanket", "warm-towel"].contains(&activity) => true,
        Way::ForMe | Way::ForPartner | Way::InTurns => {
            ["words-of-affection", "gratitude", "reassurance", "message-later-today", "kind-word-next-day"]
                .contains(&activity)
        }
        Way::Alone => [
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
        ]
        .contains(&activity),
    }
}

/// May it be suggested to somebody, as they see it?
fn may(occasion: &Occasion, who: Who<'_>, activity: &str, way: Way) -> bool {
    !has_boundary(occasion, who, activity, way)
        && !is_silent_beside_a_boundary(occasion, who, activity, way)
        && (said(occasion, who, activity, way).is_some() || is_gentle(activity, way))
}

/// Somebody said something about it, or it is done together, or those who get it asked for what it is good for.
pub(super) fn asks_nobody_to_give(
    occasion: &Occasion,
    me: Who<'_>,
    partner: Who<'_>,
    activity: &str,
    way: Way,
) -> bool {
    let silent = |who, way| said(occasion, who, activity, way).is_none();
    let asked = |who: Who<'_>| facts(occasion, activity).1.iter().any(|need| who.1.needs.contains(need));
    match way {
        _ if !silent(me, way) || !silent(partner, way.seen_by_partner()) => true,
        Way::Together | Way::Alone => true,
        Way::ForMe => asked(me),
        Way::ForPartner => asked(partner),
        Way::InTurns => asked(me) && asked(partner),
    }
}

type Facts = (Family, Vec<Need>, (u16, u16), bool);

fn facts(occasion: &Occasion, activity: &str) -> Facts {
    if let Some(it) = catalogue::activity(activity) {
        return (it.family, it.needs.to_vec(), it.minutes, it.works_apart);
    }
    let own = occasion.own.iter().find(|own| own.id == activity).unwrap();
    (own.family, own.needs.clone(), own.minutes, own.works_apart)
}

fn worth(occasion: &Occasion, who: Who<'_>, activity: &str, way: Way) -> u16 {
    let liked = match said(occasion, who, activity, way) {
        Some(Stance::Love) => 6,
        Some(Stance::Like) => 4,
        Some(_) => 2,
        None => 1,
    };
    let needs = if way == Way::ForPartner { Vec::new() } else { facts(occasion, activity).1 };
    let asked = needs.iter().filter(|need| who.1.needs.contains(need)).count().min(2) as u16;
    let helps = needs.iter().any(|need| often(occasion, who.1).contains(need));
    let days = occasion.lately.get(activity).copied();
    let worth = liked + 3 * asked + u16::from(helps) + u16::from(days.is_some_and(|days| days >= 14));
    worth.saturating_sub(u16::from(days.is_some_and(|days| days <= 1))).max(1)
}

fn often(occasion: &Occasion, state: &PersonState) -> BTreeSet<Need> {
    let mut all = BTreeSet::new();
    for condition in conditions(occasion, state) {
        all.extend(match condition {
            Condition::Intense => vec![Need::Reassurance, Need::Body],
            Condition::Tired => vec![Need::Rest],
            Condition::Vulnerable => vec![Need::Reassurance],
            Condition::Disappointed => vec![Need::Reassurance, Need::Words],
            Condition::ShortTime | Condition::Apart => vec![],
            other => panic!("{other:?} is not used in these tests"),
        });
    }
    for feeling in &state.feelings {
        all.extend(match feeling.as_str() {
            "sleepy" => vec![Need::Rest],
            "tearful" => vec![Need::Reassurance],
            "disappointed" => vec![Need::BeingSeen, Need::Words],
            "playful" => vec![Need::Play],
            _ => vec![],
        });
    }
    match state.energy {
        Some(0..=3) => all.extend([Need::Rest, Need::Quiet]),
        Some(8..) => all.extend([Need::Play]),
        _ => {}
    }
    all
}

struct Possible {
    step: Named,
    family: Family,
    least: u16,
    mine: u16,
    partners: u16,
}

fn possible(occasion: &Occasion, minutes_there_are: u16, me: Who<'_>, partner: Who<'_>) -> Vec<Possible> {
    let own = occasion.own.iter().map(|own| own.id.as_str());
    let ids = catalogue::activities().iter().map(|it| it.id).chain(own);
    let mut all = Vec::new();
    for id in ids.filter(|id| !occasion.not_at_hand.contains(*id)) {
        let (family, _, minutes, works_apart) = facts(occasion, id);
        for way in Way::ALL.iter().copied() {
            let least = if way == Way::InTurns { 2 * minutes.0 } else { minutes.0 };
            let alone = occasion.company == Company::Alone;
            let sensible = catalogue::activity(id).is_none() || is_gentle(id, Way::Alone);
            let fits = least <= minutes_there_are
                && (way == Way::Alone) == alone
                && (alone || works_apart || !occasion.situation.contains(&Condition::Apart))
                && (!alone || sensible)
                && may(occasion, me, id, way)
                && (alone || may(occasion, partner, id, way.seen_by_partner()))
                && (alone || asks_nobody_to_give(occasion, me, partner, id, way));
            if fits {
                let mine = worth(occasion, me, id, way);
                let partners = if alone { mine } else { worth(occasion, partner, id, way.seen_by_partner()) };
                all.push(Possible { step: (id.to_owned(), way), family, least, mine, partners });
            }
        }
    }
    all.sort_by_key(|it| {
        (Reverse(it.mine + it.partners), place(&it.step.0, it.step.1, occasion.rotation), it.step.clone())
    });
    all
}

/// Is there a step of which both have said something that is no boundary, however long it takes?
pub(super) fn rests_on_a_yes(occasion: &Occasion, me: Who<'_>, partner: Who<'_>) -> bool {
    possible(occasion, u16::MAX, me, partner).iter().any(|it| {
        let (activity, way) = (it.step.0.as_str(), it.step.1);
        said(occasion, me, activity, way).is_some()
            && said(occasion, partner, activity, way.seen_by_partner()).is_some()
    })
}

type Key = (u16, u16, Reverse<u16>, Reverse<Vec<usize>>);

/// The steps of the best plan.
pub(super) fn best(occasion: &Occasion, me: Who<'_>, partner: Who<'_>) -> BTreeSet<Named> {
    let all = possible(occasion, occasion.minutes, me, partner);
    assert!(all.len() <= 40, "{} steps are too many to look at every plan", all.len());
    let mut best: Option<(Key, Vec<usize>)> = None;
    look(occasion, &all, &mut Vec::new(), 0, &mut best);
    best.unwrap().1.into_iter().map(|at| all[at].step.clone()).collect()
}

fn look(
    occasion: &Occasion,
    all: &[Possible],
    chosen: &mut Vec<usize>,
    from: usize,
    best: &mut Option<(Key, Vec<usize>)>,
) {
    let sum = |of: fn(&Possible) -> u16| chosen.iter().map(|at| of(&all[*at])).sum::<u16>();
    let (mine, partners, minutes) = (sum(|it| it.mine), sum(|it| it.partners), sum(|it| it.least));
    if minutes > occasion.minutes {
        return;
    }
    let key = (mine.min(partners), mine + partners, Reverse(minutes), Reverse(chosen.clone()));
    if best.as_ref().is_none_or(|(there, _)| key > *there) {
        *best = Some((key, chosen.clone()));
    }
    let most = match occasion.minutes {
        ..5 => 2,
        5..15 => 3,
        15..40 => 4,
        _ => 5,
    };
    if chosen.len() == most {
        return;
    }
    for at in from..all.len() {
        let once = chosen.iter().all(|other| all[*other].step.0 != all[at].step.0);
        let of_family = chosen.iter().filter(|other| all[**other].family == all[at].family).count();
        let most = match all[at].family {
            Family::Rest | Family::Shared | Family::Later => 1,
            _ => 2,
        };
        if once && of_family < most {
            chosen.push(at);
            look(occasion, all, chosen, at + 1, best);
            chosen.pop();
        }
    }
}
