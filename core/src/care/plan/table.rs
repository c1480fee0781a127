//! What counts of one person, activity by activity and side by side.

use std::collections::BTreeSet;

use super::candidates::Activities;
use super::occasion::SaidAloud;
use super::person::{Known, Person};
use super::step::Way;
use crate::care::{Condition, Question, Side, Stance};

type Row = [Option<Stance>; 3];

/// The strictest stances of all that is said under conditions that hold.
pub(super) struct Table {
    /// All that this phone knows: what may be suggested.
    counts: Vec<Row>,
    /// What both know: what a reason may rest on.
    shown: Vec<Row>,
}

/// What both know of one person.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a>(&'a [Row]);

/// What somebody's side of a step comes to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// Nothing was said.
    Silence,
    /// Something was said that is no boundary.
    Yes(Stance),
}

impl Table {
    pub(super) fn of(
        person: &Person,
        said: &[SaidAloud],
        conditions: &BTreeSet<Condition>,
        activities: &Activities<'_>,
    ) -> Self {
        let mut table =
            Self { counts: vec![Row::default(); activities.len()], shown: vec![Row::default(); activities.len()] };
        // What is said of one activity mostly stands together.
        let mut last = ("", None);
        for want in &person.wants {
            if want.condition.is_some_and(|condition| !conditions.contains(&condition)) {
                continue;
            }
            if last.0 != want.activity {
                last = (&want.activity, activities.number_of(&want.activity));
            }
            if let Some(number) = last.1 {
                table.tighten(number, want.side, want.stance, want.known);
            }
        }
        for SaidAloud { activity, side, stance } in said {
            if last.0 != activity {
                last = (activity, activities.number_of(activity));
            }
            if let Some(number) = last.1 {
                table.tighten(number, *side, *stance, Known::ToBoth);
            }
        }
        table.heed_choices(person, activities);
        table
    }

    fn tighten(&mut self, number: usize, side: Side, stance: Stance, known: Known) {
        let at = side as usize;
        let rows: &mut [&mut Vec<Row>] = match known {
            Known::ToOwner => &mut [&mut self.counts],
            Known::ToBoth => &mut [&mut self.counts, &mut self.shown],
        };
        for rows in rows {
            let there = &mut rows[number][at];
            *there = Some(there.map_or(stance, |there| there.min(stance)));
        }
    }

    /// What somebody avoids is not suggested. Falling asleep is fine if they say that they like it.
    fn heed_choices(&mut self, person: &Person, activities: &Activities<'_>) {
        let not_now = Stance::NotNow { until_ms: None };
        let mut avoid = |activity: &str, unless_liked: bool| {
            let Some(number) = activities.number_of(activity) else { return };
            for there in &mut self.counts[number] {
                if !(unless_liked && *there >= Some(Stance::Like)) {
                    *there = Some(there.map_or(not_now, |there| there.min(not_now)));
                }
            }
        };
        if person.chose(Question::Avoid, "analysis") || person.chose_other_than(Question::WhenToTalk, "now") {
            avoid("debrief", false);
        }
        if person.chose(Question::Avoid, "falling-asleep-at-once") {
            avoid("falling-asleep-together", true);
            avoid("nap-together", true);
        }
    }

    pub(super) fn shown(&self) -> Shown<'_> {
        Shown(&self.shown)
    }

    /// What a step comes to for a person, `way` as that person sees it; none if there is a boundary in the way.
    ///
    /// In turns, the better half is what the person has of it, if they said yes to both.
    pub(super) fn answer(&self, number: usize, way: Way) -> Option<Answer> {
        if self.has_boundary(number, way) {
            return None;
        }
        let row = &self.counts[number];
        let said = match way {
            Way::Alone => first_said(row),
            _ if way.mine().iter().any(|side| row[*side as usize].is_none()) => None,
            _ => best(row, way),
        };
        match said {
            Some(stance) => Some(Answer::Yes(stance)),
            None if row.iter().flatten().any(|stance| stance.is_boundary()) => None,
            None => Some(Answer::Silence),
        }
    }

    /// Is there a boundary in the way of a step, `way` as this person sees it?
    pub(super) fn has_boundary(&self, number: usize, way: Way) -> bool {
        let row = &self.counts[number];
        let mut sides = match way {
            Way::Together => Side::ALL.iter(),
            Way::Alone => return first_said(row).is_some_and(Stance::is_boundary),
            _ => way.mine().iter(),
        };
        sides.any(|side| row[*side as usize].is_some_and(Stance::is_boundary))
    }
}

impl Shown<'_> {
    /// The best that a person has of a step, so far as both know. `way` is as that person sees it.
    pub(super) fn best(self, number: usize, way: Way) -> Option<Stance> {
        let row = &self.0[number];
        if way == Way::Alone { first_said(row) } else { best(row, way) }
    }
}

/// What counts alone: what is done for this person, or else what they would do together.
fn first_said(row: &Row) -> Option<Stance> {
    Way::Alone.mine().iter().find_map(|side| row[*side as usize])
}

fn best(row: &Row, way: Way) -> Option<Stance> {
    way.mine().iter().filter_map(|side| row[*side as usize]).max()
}
