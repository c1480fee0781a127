//! A plan from what the vault knows of the two.
//!
//! Both preferences are read in one go, from derived rows: no document is opened, and nothing is written. What is private to
//! whoever asks counts, and so these calls answer nothing while Private is locked: a boundary that can't be seen is not to be
//! taken for none.

use std::collections::BTreeSet;

use nightstand_engine::ids::{PersonId, Space};
use nightstand_engine::kinds::Kind;
use rusqlite::{Row, named_params};

use super::activities::{self, OwnActivity};
use super::list::must_see;
use super::plan::{self, Known, MOST_OWN, Occasion, OccasionActivity, Person, Plans, Step, StepMark, Want};
use super::{Item, Preferences, Side, Stance, Whose};
use crate::docs::{Derived, DerivedPreference};
use crate::error::NightstandError;
use crate::places::held_bond;
use crate::records::Places;
use crate::store::{Rows, StoreError};

impl Preferences {
    /// Suggests what to do on an occasion, from what both want as far as this device knows: one's own items, private and
    /// shared, and what the partner shares. Nothing is stored, nothing leaves the device, and equal inputs give equal plans.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use nightstand::vault::{SystemClock, Vault};
    /// # let folder = tempfile::tempdir()?;
    /// # let clock = std::sync::Arc::new(SystemClock);
    /// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], clock)?;
    /// use nightstand::care::plan::Occasion;
    ///
    /// let plans = vault.preferences().plan(&Occasion { minutes: 5, ..Occasion::default() })?;
    /// assert!(plans.plan.minutes() <= 5);
    /// assert!(plans.talk.is_some(), "nothing was said yet: it is suggested to talk");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Errors: `PrivateLocked`; `InvalidInput` (`Occasion`) for what is out of range.
    pub fn plan(&self, occasion: &Occasion) -> Result<Plans, NightstandError> {
        let (occasion, me, partner) = self.known(occasion)?;
        Ok(plan::plan(&occasion, &me, &partner))
    }

    /// Which of some picked steps meet a boundary of one's own, private or shared, and what could stand in place of each. To
    /// be shown on this device alone, and never stored.
    ///
    /// Errors: as [`plan`](Self::plan).
    pub fn marks(&self, occasion: &Occasion, steps: &[Step]) -> Result<Vec<StepMark>, NightstandError> {
        let (occasion, me, partner) = self.known(occasion)?;
        Ok(plan::marks(&occasion, &me, &partner, steps))
    }

    /// The occasion with the couple's own activities, and what the two want, as far as this device knows.
    fn known(&self, occasion: &Occasion) -> Result<(Occasion, Person, Person), NightstandError> {
        occasion.check()?;
        self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            let mut occasion = occasion.clone();
            for OwnActivity { id, content, .. } in activities::list(rows, &Places::of(rows, person)?)? {
                let activities::ActivityDraft { family, needs, minutes, works_apart, .. } = content;
                let stands = occasion.own.iter().any(|own| own.id == id);
                if !stands && occasion.own.len() < MOST_OWN {
                    let needs = needs.into_iter().collect();
                    occasion.own.push(OccasionActivity { id, family, needs, minutes, works_apart });
                }
            }
            let mut two = (Person::default(), Person::default());
            for said in said(rows, person)? {
                said.put_into(if said.mine { &mut two.0 } else { &mut two.1 });
            }
            Ok((occasion, two.0, two.1))
        })
    }
}

/// What one document says of an activity or a question.
struct Said {
    mine: bool,
    known: Known,
    item: String,
    stance: Option<Stance>,
    choices: String,
}

impl Said {
    fn put_into(&self, person: &mut Person) {
        let want = |activity: &str, side, condition, stance| {
            let activity = activity.to_owned();
            Want { activity, side, condition, stance, known: self.known }
        };
        match (self.item.parse(), self.stance) {
            (Ok(Item::Stance { activity, side, condition }), Some(stance)) => {
                person.wants.push(Want { activity, side, condition, stance, known: self.known });
            }
            (Ok(Item::Question(question)), _) => {
                let chosen = self.choices.split('\u{1f}').filter(|choice| !choice.is_empty());
                let chosen: BTreeSet<_> = chosen.map(str::to_owned).collect();
                person.choices.push((question, chosen));
            }
            // A newer app said it of a side or under a condition that is not known here. That may hold at this moment.
            (Err(_), Some(stance)) if stance.is_boundary() => {
                let mut parts = self.item.split('/').skip(1);
                let (Some(activity), Some(side)) = (parts.next(), parts.next()) else { return };
                let known = Side::from_name(side);
                let sides = known.as_ref().map_or(Side::ALL, core::slice::from_ref);
                person.wants.extend(sides.iter().map(|side| want(activity, *side, None, stance)));
            }
            _ => {}
        }
    }
}

/// Everything that is said of activities and questions, by both, in the order of the items' names. However much it is: none
/// of it may be missed.
fn said(rows: &Rows<'_>, me: PersonId) -> Result<Vec<Said>, NightstandError> {
    let bond = held_bond(rows)?.map(|bond| bond.bond);
    let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
    let sql = "SELECT place.owner = :me, place.space, preference.item, preference.stance, preference.until_ms,
                   preference.choices
               FROM preference JOIN place ON place.id = preference.place
               WHERE ((place.space = 0 AND place.owner = :me) OR (place.space = 1 AND place.bond = :bond))
                   AND ((preference.item >= 'question/' AND preference.item < 'question0')
                       OR (preference.item >= 'stance/' AND preference.item < 'stance0'))
               ORDER BY preference.item";
    let mut said = rows.all(sql, named_params! { ":me": me.as_bytes(), ":bond": bond }, read_said)?;
    if !rows.private_lists_are_current()? {
        said.retain(|said| said.known != Known::ToOwner);
        rows.each_unsealed(me, Kind::Preference, |derived| {
            if let Derived::Preference(DerivedPreference { item, stance, choices, .. }) = derived
                && (item.starts_with("question/") || item.starts_with("stance/"))
            {
                let stance = stance.and_then(|(number, until_ms)| Stance::from_parts(number, until_ms));
                said.push(Said { mine: true, known: Known::ToOwner, item, stance, choices });
            }
        })?;
        said.sort_by(|one, other| one.item.cmp(&other.item));
    }
    Ok(said)
}

fn read_said(row: &Row<'_>) -> Result<Said, StoreError> {
    let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
    let stance = match row.get::<_, Option<u8>>(3)? {
        None => None,
        Some(number) => Some(Stance::from_parts(number, row.get(4)?).ok_or(StoreError::Damaged)?),
    };
    let known = if space == Space::Private { Known::ToOwner } else { Known::ToBoth };
    Ok(Said { mine: row.get(0)?, known, item: row.get(2)?, stance, choices: row.get(5)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::Condition;

    fn put(item: &str, stance: Stance) -> Vec<Want> {
        let (item, choices) = (item.to_owned(), String::new());
        let said = Said { mine: true, known: Known::ToOwner, item, stance: Some(stance), choices };
        let mut person = Person::default();
        said.put_into(&mut person);
        person.wants
    }

    /// What a newer app says may hold: its boundaries count, and nothing else of it.
    #[test]
    fn a_boundary_that_is_not_understood_counts() {
        let tired = put("stance/bath/give/tired", Stance::Never);
        assert!(tired.len() == 1 && tired[0].condition == Some(Condition::Tired));
        let later = put("stance/bath/give/at-sea", Stance::Never);
        assert!(later.len() == 1 && later[0].condition.is_none() && later[0].side == Side::Give);
        assert_eq!(put("stance/bath/sideways", Stance::NotNow { until_ms: None }).len(), 3);
        assert!(put("stance/bath/give/at-sea", Stance::Love).is_empty());
        assert!(put("stance/bath", Stance::Never).is_empty() && put("poem/1", Stance::Never).is_empty());
    }
}
