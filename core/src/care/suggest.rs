//! A plan from what the vault knows of the two.
//!
//! Both preferences are read in one go, from derived rows: no document is opened, and nothing is written. What is private to
//! whoever asks counts, and so these calls answer nothing while Private is locked: a boundary that can't be seen is not to be
//! taken for none.

use nightstand_engine::ids::{PersonId, Space};
use nightstand_engine::kinds::Kind;
use rusqlite::{Row, named_params};

use super::activities::{self, OwnActivity};
use super::list::must_see;
use super::plan::{self, Known, MOST_OWN, Occasion, OccasionActivity, Person, Plans, Step, StepMark, Want};
use super::{Condition, Preferences, Question, Side, Stance, Whose};
use crate::docs::{Derived, DerivedPreference};
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::{Rows, StoreError};
use crate::together::rituals;

impl Preferences {
    /// Suggests what to do on an occasion, from what both want as far as this device knows: one's own items, private and
    /// shared, and what the partner shares. Nothing is stored, nothing leaves the device, and equal inputs give equal plans.
    /// Rituals that fit the occasion are offered beside it.
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
        let (occasion, me, partner, rituals) = self.known(occasion, rituals::offered)?;
        Ok(Plans { rituals, ..plan::plan(&occasion, &me, &partner) })
    }

    /// Which of some picked steps meet a boundary of one's own, private or shared, and what could stand in place of each. The
    /// steps of a session go in the way that each says, in one of one's own too, which may be with somebody who has no such app.
    /// To be shown on this device alone, and never stored.
    ///
    /// Errors: as [`plan`](Self::plan).
    pub fn marks(&self, occasion: &Occasion, steps: &[Step]) -> Result<Vec<StepMark>, NightstandError> {
        let (occasion, me, partner, ()) = self.known(occasion, |_, _, _, _, _, _| Ok(()))?;
        Ok(plan::marks(&occasion, &me, &partner, steps))
    }

    /// The occasion with the couple's own activities, and what the two want, as far as this device knows; and what else is read
    /// with that in hand.
    fn known<T>(
        &self,
        occasion: &Occasion,
        beside: impl FnOnce(&Rows<'_>, &Places, &PersonId, &Occasion, &Person, &Person) -> Result<T, NightstandError>,
    ) -> Result<(Occasion, Person, Person, T), NightstandError> {
        occasion.check()?;
        self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            let places = Places::of(rows, person)?;
            let bond = places.shared.and_then(|shared| shared.joint.bond());
            let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
            let (mut me, mut partner) = (Person::default(), Person::default());
            let current = rows.private_lists_are_current()?;
            let put = |row: &Row<'_>| {
                let said = Said::read(row)?;
                if current || said.known != Known::ToOwner {
                    said.put_into(if row.get(0)? { &mut me } else { &mut partner });
                }
                Ok(())
            };
            rows.all(SAID, named_params! { ":me": person.as_bytes(), ":bond": bond }, put)?;
            if !current {
                rows.each_unsealed(person, Kind::Preference, |derived| {
                    let Derived::Preference(DerivedPreference { item, stance, choices, .. }) = derived else { return };
                    let stance = stance.and_then(|(number, until_ms)| Stance::from_parts(number, until_ms));
                    Said { known: Known::ToOwner, item: &item, stance, choices: &choices }.put_into(&mut me);
                })?;
            }
            let occasion = with_own(occasion, activities::list(rows, &places, person)?);
            let beside = beside(rows, &places, &person, &occasion, &me, &partner)?;
            Ok((occasion, me, partner, beside))
        })
    }
}

/// The occasion with the couple's own activities, as many as there is room for.
fn with_own(occasion: &Occasion, made: Vec<OwnActivity>) -> Occasion {
    let mut occasion = occasion.clone();
    for OwnActivity { id, content, .. } in made {
        let stands = occasion.own.iter().any(|own| own.id == id);
        if !stands && occasion.own.len() < MOST_OWN {
            let activities::ActivityDraft { family, needs, minutes, works_apart, .. } = content;
            let needs = needs.into_iter().collect();
            occasion.own.push(OccasionActivity { id, family, needs, minutes, works_apart });
        }
    }
    occasion
}

/// Everything that is said of questions and activities, by both, in the order of the items' names. However much it is: none
/// of it may be missed. What stands between the two in that order is passed over.
const SAID: &str = "SELECT place.owner = :me, place.space, preference.item, preference.stance, preference.until_ms,
                        preference.choices
                    FROM preference JOIN place ON place.id = preference.place
                    WHERE ((place.space = 0 AND place.owner = :me) OR (place.space = 1 AND place.bond = :bond))
                        AND preference.item >= 'question/' AND preference.item < 'stance0'
                    ORDER BY preference.item";

/// What one document says of an activity or a question.
struct Said<'a> {
    known: Known,
    item: &'a str,
    stance: Option<Stance>,
    choices: &'a str,
}

impl<'a> Said<'a> {
    fn read(row: &'a Row<'_>) -> Result<Self, StoreError> {
        let text = |column| row.get_ref(column)?.as_str().map_err(|_| StoreError::Damaged);
        let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
        let stance = match row.get::<_, Option<u8>>(3)? {
            None => None,
            Some(number) => Some(Stance::from_parts(number, row.get(4)?).ok_or(StoreError::Damaged)?),
        };
        let known = if space == Space::Private { Known::ToOwner } else { Known::ToBoth };
        Ok(Self { known, item: text(2)?, stance, choices: text(5)? })
    }

    fn put_into(&self, person: &mut Person) {
        let mut parts = self.item.split('/');
        match (parts.next(), parts.next(), self.stance) {
            (Some("stance"), Some(activity), Some(stance)) => {
                let (side, condition) = (parts.next().and_then(Side::from_name), parts.next());
                let (sides, condition) = match (side, condition.map(Condition::from_name)) {
                    (Some(side), None) => (vec![side], None),
                    (Some(side), Some(Some(condition))) => (vec![side], Some(condition)),
                    // A newer app said it of a side or under a condition that is not known here. That may hold at this
                    // moment.
                    (side, _) if stance.is_boundary() => (side.map_or(Side::ALL.to_vec(), |side| vec![side]), None),
                    _ => return,
                };
                person.wants.extend(sides.into_iter().map(|side| {
                    let activity = activity.to_owned();
                    Want { activity, side, condition, stance, known: self.known }
                }));
            }
            (Some("question"), Some(question), _) => {
                let Some(question) = Question::from_name(question) else { return };
                let chosen = self.choices.split('\u{1f}').filter(|choice| !choice.is_empty());
                person.choices.push((question, chosen.map(str::to_owned).collect()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(item: &str, stance: Stance) -> Vec<Want> {
        let said = Said { known: Known::ToOwner, item, stance: Some(stance), choices: "" };
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
        assert_eq!(put("stance/bath", Stance::Never).len(), 3);
        assert!(put("stance/bath/give/at-sea", Stance::Love).is_empty());
        assert!(put("remark/quiet", Stance::Never).is_empty() && put("poem/1", Stance::Never).is_empty());
    }
}
