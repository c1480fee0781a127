//! Asking the partner to look at something again.
//!
//! What is shared of an item is what stands, without a date and without what stood before, and the partner is told nothing when
//! it changes. Who wants them to hear of it says so, of this item: a note then lies in their `Mine`, with the item's name and
//! nothing else. The partner's phone shows it once; that it was seen is kept in `Private` there, and nobody is told. A note goes
//! with the item when that is taken back: it names the document that shares the item, and asks for nothing once that is gone. So
//! it does not come alive when the item is shared anew, though another own device asked while this one took it back.

use std::collections::BTreeSet;

use nightstand_engine::ids::DocumentId;

use super::list::must_see;
use super::read::{Documents, living};
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
            let shared = Documents::find(&tx.rows(), tx.person(), item)?.shared;
            if shared.is_empty() {
                return Err(NightstandError::InvalidInput { what: InvalidInput::NotShared });
            }
            withdraw(tx, item)?;
            let (name, of) = (Name { what: NOTE, id: RecordId::make(tx), place: mine }, item.to_string());
            records::write(tx, &name, |record| {
                record.set("of", Some(of));
                record.marks = shared.iter().map(|(key, _)| mark(&key.id)).collect();
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
            let looked = notes(&tx.rows(), &places, Some(item))?.into_iter().map(|(id, _)| id.to_string());
            let known = records::read(&tx.rows(), &seen(&places))?.unwrap_or_default().marks;
            let gone = gone(&tx.rows(), &places, known)?;
            records::write(tx, &seen(&places), |record| {
                record.marks.retain(|id| !gone.contains(id));
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
    let mut notes = Vec::new();
    for (id, row) in named(rows.records(&query, MOST_NOTES)?) {
        let Some(name) = row.record.text_of("of") else { continue };
        let (Ok(item), marks) = (name.parse(), &row.record.marks) else { continue };
        // One by an earlier version names none, and goes with the item as far as its writer's phone knew.
        if marks.is_empty() || living(rows, &shared.theirs, name)?.iter().any(|id| marks.contains(&mark(id))) {
            notes.push((id, item));
        }
    }
    Ok(notes)
}

/// Of which notes nothing needs to be known any more: those that were taken back. One that another device saw may not be here
/// yet, nor what it is about.
fn gone(rows: &Rows<'_>, places: &Places, known: BTreeSet<String>) -> Result<BTreeSet<String>, NightstandError> {
    let mut gone = BTreeSet::new();
    for text in known {
        let note =
            text.parse().ok().zip(places.shared).map(|(id, shared)| Name { what: NOTE, id, place: shared.theirs });
        let is_gone = match note {
            Some(note) => matches!(records::read(rows, &note), Err(NightstandError::Deleted)),
            None => false,
        };
        if is_gone {
            gone.insert(text);
        }
    }
    Ok(gone)
}

/// A document that shares the item.
fn mark(shared: &DocumentId) -> String {
    format!("in:{}", data_encoding::HEXLOWER.encode(shared.as_bytes()))
}

fn seen(places: &Places) -> Name<'static> {
    Name { what: SEEN, id: RecordId::THE_ONE, place: places.private }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::{ItemDraft, Stance};
    use crate::store::tests::{meet_own, paired, tell, tell_partner};
    use crate::vault::Vault;
    use nightstand_engine::ids::Space;

    fn share(vault: &Vault, item: &Item) {
        let seen = vault.preferences().read(item).unwrap().version;
        let draft = ItemDraft { stance: Some(Stance::Like), ..ItemDraft::default() };
        let said = vault.preferences().set(item, &draft, &seen).unwrap();
        vault.preferences().share(item, &said.version).unwrap();
    }

    /// One device takes the item back while another asks to look at it.
    #[test]
    fn a_note_goes_with_an_item_that_another_device_took_back() {
        // Shared anew by the device that knows of the note, or by the one that took it back and does not.
        for knows in [true, false] {
            let ([alex_phone, _sam_phone], alex, sam) = paired();
            let bath: Item = "stance/bath/receive".parse().unwrap();
            share(&alex, &bath);
            let other = alex_phone.another_device(1);
            alex.preferences().take_back(&bath).unwrap();
            other.preferences().ask_to_look(&bath).unwrap();
            tell_partner(&other, &sam);
            assert_eq!(sam.preferences().to_look_at().unwrap(), std::slice::from_ref(&bath));
            if knows {
                meet_own(&alex, &other);
            }
            share(&alex, &bath);
            meet_own(&alex, &other);
            tell_partner(&alex, &sam);
            assert!(sam.preferences().list(Whose::Partner).unwrap().items.iter().any(|row| row.item == bath));
            assert!(sam.preferences().to_look_at().unwrap().is_empty(), "shared anew, it asks for nothing by itself");
            alex.preferences().ask_to_look(&bath).unwrap();
            tell_partner(&alex, &sam);
            assert_eq!(sam.preferences().to_look_at().unwrap(), [bath]);
        }
    }

    /// Another device saw a note, and the item or the note itself is not here yet.
    #[test]
    fn what_was_seen_elsewhere_is_not_asked_again() {
        let ([_alex_phone, sam_phone], alex, sam) = paired();
        let [bath, tea]: [Item; 2] =
            ["stance/bath/receive", "stance/blanket/receive"].map(|item| item.parse().unwrap());
        let other = sam_phone.another_device(1);
        for item in [&bath, &tea] {
            share(&alex, item);
            alex.preferences().ask_to_look(item).unwrap();
        }
        tell_partner(&alex, &sam);
        sam.preferences().looked(&bath).unwrap();
        // The other one hears of what was seen, and of none of the notes.
        tell(&sam, &other, |space| space == Space::Private);
        other.preferences().looked(&tea).unwrap();
        meet_own(&sam, &other);
        for vault in [&sam, &other] {
            assert_eq!(vault.preferences().to_look_at().unwrap(), std::slice::from_ref(&tea));
        }
        // What is known of a note goes once the note is gone.
        alex.preferences().take_back(&bath).unwrap();
        tell_partner(&alex, &sam);
        sam.preferences().looked(&tea).unwrap();
        let known = sam.read(|rows, person| records::read(rows, &seen(&Places::of(rows, person)?))).unwrap().unwrap();
        assert_eq!(known.marks.len(), 1);
    }
}
