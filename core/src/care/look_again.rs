//! Asking the partner to look at something again.
//!
//! What is shared of an item is what stands, without a date and without what stood before, and the partner is told nothing when
//! it changes. Who wants them to hear of it says so, of this item: a note then lies in their `Mine`, with the item's name and
//! nothing else. The partner's phone shows it once; that it was seen is kept in `Private` there, and nobody is told. A note goes
//! with the item when that is taken back.

use std::collections::BTreeSet;

use super::list::must_see;
use super::read::Documents;
use super::{Item, Preferences, Whose};
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId, named};
use crate::store::{Records, Rows, StoreTx};

/// The sorts of record: the notes, and which of the partner's were seen.
const NOTE: &str = "look-again";
const SEEN: &str = "look-again-seen";

/// Most notes of one person that are read.
pub const MOST_NOTES: usize = 200;

impl Preferences {
    /// Lets the partner know, from the next sync on, that one would like them to look at an item again that is shared: the text
    /// `look-again`, once, without what stood there before or when it changed. Asked again, they are told again.
    ///
    /// Errors: `NotPaired`; `InvalidInput` (`NotShared`) for an item that is not shared; `Deleted`, `PrivateLocked`.
    pub fn ask_to_look(&self, item: &Item) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let mine = Places::of(&tx.rows(), tx.person())?.shared()?.mine;
            if Documents::find(&tx.rows(), tx.person(), item)?.shared.is_empty() {
                return Err(NightstandError::InvalidInput { what: InvalidInput::NotShared });
            }
            withdraw(tx, item)?;
            let (name, of) = (Name { what: NOTE, id: RecordId::make(tx), place: mine }, item.to_string());
            records::write(tx, &name, |record| {
                record.set("of", Some(of));
                Ok(())
            })
        })
    }

    /// The items of the partner's that they ask one to look at again, in rising order: those that they share, and that were not
    /// [looked at](Self::looked) since.
    ///
    /// Errors: `PrivateLocked`.
    pub fn to_look_at(&self) -> Result<Vec<Item>, NightstandError> {
        let asked = self.vault.read(|rows, person| {
            must_see(rows, Whose::Me)?;
            let places = Places::of(rows, person)?;
            let seen = records::read(rows, &seen(&places))?.unwrap_or_default().marks;
            let notes = notes(rows, &places, None)?.into_iter();
            Ok(notes.filter(|(id, _)| !seen.contains(&id.to_string())).map(|(_, item)| item).collect::<BTreeSet<_>>())
        })?;
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let shared: BTreeSet<_> = self.list(Whose::Partner)?.items.into_iter().map(|row| row.item).collect();
        Ok(asked.intersection(&shared).cloned().collect())
    }

    /// Says that one has looked at it. Saved when this returns, for one's own devices alone.
    ///
    /// Errors: `PrivateLocked`.
    pub fn looked(&self, item: &Item) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            must_see(&tx.rows(), Whose::Me)?;
            let places = Places::of(&tx.rows(), tx.person())?;
            let all = notes(&tx.rows(), &places, None)?;
            let standing: BTreeSet<_> = all.iter().map(|(id, _)| id.to_string()).collect();
            let looked = notes(&tx.rows(), &places, Some(item))?.into_iter().map(|(id, _)| id.to_string());
            records::write(tx, &seen(&places), |record| {
                // Of a note that is gone nothing needs to be known.
                record.marks.retain(|id| standing.contains(id));
                record.marks.extend(looked);
                Ok(())
            })
        })
    }
}

/// Takes the notes on an item of one's own back.
pub(super) fn withdraw(tx: &mut StoreTx<'_>, item: &Item) -> Result<(), NightstandError> {
    let Some(shared) = Places::of(&tx.rows(), tx.person())?.shared else { return Ok(()) };
    let of = item.to_string();
    let query =
        Records { what: NOTE, of: Some(&of), place: Some(shared.mine), bond: shared.mine.bond(), ..Records::default() };
    for (id, _) in named(tx.rows().records(&query, usize::MAX)?) {
        records::bury(tx, &Name { what: NOTE, id, place: shared.mine })?;
    }
    Ok(())
}

/// The partner's, of all items or of one.
fn notes(rows: &Rows<'_>, places: &Places, of: Option<&Item>) -> Result<Vec<(RecordId, Item)>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let of = of.map(Item::to_string);
    let (place, bond) = (Some(shared.theirs), shared.theirs.bond());
    let query = Records { what: NOTE, of: of.as_deref(), place, bond, ..Records::default() };
    let found = named(rows.records(&query, MOST_NOTES)?);
    Ok(found.filter_map(|(id, row)| Some((id, row.record.text_of("of")?.parse().ok()?))).collect())
}

fn seen(places: &Places) -> Name<'static> {
    Name { what: SEEN, id: RecordId::THE_ONE, place: places.private }
}
