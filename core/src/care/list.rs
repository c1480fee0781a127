//! Lists of items, and what counts of them, without opening a document.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::ids::{PersonId, Space};
use nightstand_engine::kinds::Kind;
use rusqlite::{Row, named_params};

use super::read::strictest;
use super::{Condition, Item, ItemContent, Preferences, Side, Stance};
use crate::docs::{Derived, DerivedPreference};
use crate::error::NightstandError;
use crate::places::held_bond;
use crate::store::{Private, Rows, StoreError};

/// Most items that are listed of one person.
pub const MOST_ITEMS: usize = 10_000;

/// Whose items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// Those of the vault's person.
    Me,
    /// Those that the partner shares.
    Partner,
}

/// What a list shows of an item.
#[derive(Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Which.
    pub item: Item,
    /// The strictest stance that this device knows of, private and shared; none if nothing was said.
    pub stance: Option<Stance>,
    /// The ids of what was chosen, in rising order. Of an own item: in the working copy.
    pub choices: Vec<String>,
    /// In the person's own words. Of an own item: in the working copy.
    pub note: String,
    /// Both can read it.
    pub shared: bool,
    /// Of an own item that is shared: the partner sees something else.
    pub unshared_changes: bool,
}

/// Shows which sort of item, and nothing of what is said.
impl core::fmt::Debug for ItemRow {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ItemRow({:?}, {} choices, {} bytes)", self.item, self.choices.len(), self.note.len())
    }
}

/// Items, in rising order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ItemRows {
    /// At most [`MOST_ITEMS`].
    pub items: Vec<ItemRow>,
    /// How many more there are that this version can't read: a newer app wrote them. Worth a line on a screen.
    pub unreadable: u64,
}

/// What one document says.
pub(super) struct Said {
    pub(super) item: String,
    pub(super) private: bool,
    pub(super) content: ItemContent,
}

impl Preferences {
    /// The items about which something was said.
    ///
    /// Errors: `PrivateLocked` for one's own while Private is locked: a boundary that can't be seen is not to be taken for
    /// none.
    pub fn list(&self, whose: Whose) -> Result<ItemRows, NightstandError> {
        self.vault.read(|rows, person| {
            must_see(rows, whose)?;
            let mut listed = ItemRows::default();
            let mut items: BTreeMap<Item, Vec<Said>> = BTreeMap::new();
            for said in said(rows, person, whose, "")? {
                match said.item.parse() {
                    Ok(item) => items.entry(item).or_default().push(said),
                    Err(_) => listed.unreadable += 1,
                }
            }
            listed.items = items.into_iter().map(|(item, said)| row(item, said)).collect();
            Ok(listed)
        })
    }

    /// The stance that counts in a situation, so far as this device knows: the strictest of what is said always and under
    /// each of these conditions, private and shared. None if nothing was said.
    ///
    /// Errors: as [`list`](Self::list).
    pub fn effective(
        &self,
        whose: Whose,
        activity: &str,
        side: Side,
        conditions: &BTreeSet<Condition>,
    ) -> Result<Option<Stance>, NightstandError> {
        let of = |condition| Item::Stance { activity: activity.to_owned(), side, condition }.to_string();
        let names: BTreeSet<_> = [of(None)].into_iter().chain(conditions.iter().map(|one| of(Some(*one)))).collect();
        self.vault.read(|rows, person| {
            must_see(rows, whose)?;
            let said = said(rows, person, whose, &of(None))?;
            Ok(strictest(said.into_iter().filter(|said| names.contains(&said.item)).map(|said| said.content.stance)))
        })
    }

    /// One's own items whose "not now" has reached its end: whether it still holds is asked of their owner alone, and until
    /// they have answered it does. `now_ms` is in milliseconds since 1970.
    pub fn ended(&self, now_ms: i64) -> Result<Vec<Item>, NightstandError> {
        let ends = self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            ends(rows, person)
        })?;
        Ok(ends.into_iter().filter(|(_, until_ms)| *until_ms <= now_ms).map(|(item, _)| item).collect())
    }
}

/// One's own items that say "not now" up to some time, with that time. Private is not locked.
pub(super) fn ends(rows: &Rows<'_>, me: PersonId) -> Result<Vec<(Item, i64)>, NightstandError> {
    let mut items: BTreeMap<Item, Vec<Said>> = BTreeMap::new();
    for said in said(rows, me, Whose::Me, "stance/")? {
        if let Ok(item) = said.item.parse() {
            items.entry(item).or_default().push(said);
        }
    }
    let end = |(item, said): (Item, Vec<Said>)| match row(item, said) {
        ItemRow { item, stance: Some(Stance::NotNow { until_ms: Some(until_ms) }), .. } => Some((item, until_ms)),
        _ => None,
    };
    Ok(items.into_iter().filter_map(end).collect())
}

pub(super) fn must_see(rows: &Rows<'_>, whose: Whose) -> Result<(), NightstandError> {
    match (whose, rows.private()) {
        (Whose::Me, Private::Locked) => Err(NightstandError::PrivateLocked),
        _ => Ok(()),
    }
}

fn row(item: Item, said: Vec<Said>) -> ItemRow {
    let stance = item.stance_of(strictest(said.iter().map(|said| said.content.stance)));
    let (working, shared): (Vec<_>, Vec<_>) = said.into_iter().partition(|said| said.private);
    let is_shared = !shared.is_empty();
    let shared_stance = strictest(shared.iter().map(|said| said.content.stance));
    let shared = shared.into_iter().next().map(|said| ItemContent { stance: shared_stance, ..said.content });
    let working = working.into_iter().next().map(|said| said.content);
    let unshared_changes = working.is_some() && is_shared && working != shared;
    let ItemContent { choices, note, .. } = working.or(shared).unwrap_or_default();
    ItemRow { item, stance, choices: choices.into_iter().collect(), note, shared: is_shared, unshared_changes }
}

/// What the documents of one person say, of the items whose names begin so.
pub(super) fn said(rows: &Rows<'_>, me: PersonId, whose: Whose, beginning: &str) -> Result<Vec<Said>, NightstandError> {
    let bond = held_bond(rows)?.map(|bond| bond.bond);
    let bond = bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
    let sql = "SELECT preference.item, place.space, preference.stance, preference.until_ms, preference.choices,
                   preference.note
               FROM preference JOIN place ON place.id = preference.place
               WHERE (place.owner = :me) = :mine AND (place.space = 0 OR (place.space = 1 AND place.bond = :bond))
                   AND preference.item >= :beginning AND substr(preference.item, 1, length(:beginning)) = :beginning
               ORDER BY preference.item, place.space, preference.document LIMIT :most";
    let params = named_params! {
        ":me": me.as_bytes(), ":mine": whose == Whose::Me, ":bond": bond, ":beginning": beginning,
        ":most": MOST_ITEMS as i64,
    };
    let mut said = rows.all(sql, params, read_said)?;
    if whose == Whose::Me && !rows.private_lists_are_current()? {
        // A boundary that was set must not be missed because a list could not be written.
        said.retain(|said| !said.private);
        said.extend(unsealed(rows, me, beginning)?);
        said.sort_by(|one, other| (&one.item, other.private).cmp(&(&other.item, one.private)));
    }
    Ok(said)
}

fn unsealed(rows: &Rows<'_>, me: PersonId, beginning: &str) -> Result<Vec<Said>, NightstandError> {
    let mut said = Vec::new();
    rows.each_unsealed(me, Kind::Preference, |derived| {
        if let Derived::Preference(DerivedPreference { item, stance, choices, note }) = derived
            && item.starts_with(beginning)
        {
            let stance = stance.and_then(|(number, until_ms)| Stance::from_parts(number, until_ms));
            said.push(Said { item, private: true, content: ItemContent { stance, choices: split(&choices), note } });
        }
    })?;
    Ok(said)
}

fn split(choices: &str) -> BTreeSet<String> {
    choices.split('\u{1f}').filter(|choice| !choice.is_empty()).map(str::to_owned).collect()
}

fn read_said(row: &Row<'_>) -> Result<Said, StoreError> {
    let space = Space::from_number(row.get(1)?).ok_or(StoreError::Damaged)?;
    let stance = match row.get::<_, Option<u8>>(2)? {
        None => None,
        Some(number) => Some(Stance::from_parts(number, row.get(3)?).ok_or(StoreError::Damaged)?),
    };
    let choices: String = row.get(4)?;
    let content = ItemContent { stance, choices: split(&choices), note: row.get(5)? };
    Ok(Said { item: row.get(0)?, private: space == Space::Private, content })
}
