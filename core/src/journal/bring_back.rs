//! The text of an entry that a removed device deleted comes back.

use nightstand_engine::ids::{DocumentKey, Place, Space};
use nightstand_engine::store::{Burial, DocumentRow};

use super::{Author, EntryId, Mine};
use crate::docs::{keep_late, kept_key};
use crate::error::NightstandError;
use crate::store::StoreTx;

/// What was shared is shared again if its own text still stands in Private. Else it comes back as an entry there: one, whichever
/// of a person's phones brings it back.
pub(crate) fn bring_back(tx: &mut StoreTx<'_>, key: &DocumentKey, stored: &[u8]) -> Result<(), NightstandError> {
    let person = tx.person();
    if key.place.space() == Space::Mine
        && let Some(working) = tx.rows().working_copy_of(&key.id)?
    {
        let fresh = super::write::make_id(tx);
        return Mine::find_to_change(&tx.rows(), person, &EntryId::new(Author::Me, working))?.publish(tx, fresh);
    }
    let mut key = *key;
    while tx.rows().document(&kept_key(&key, person))? == Some(DocumentRow::Buried) {
        key = kept_key(&key, person); // it came back before, and was deleted since
    }
    let log = tx.open_writing_log(&Place::Private { owner: person })?;
    let burial = Burial { key, by: person, heads: Vec::new() };
    Ok(keep_late(tx, &burial, stored, person, &log)?)
}
