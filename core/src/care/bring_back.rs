//! An item that a removed device deleted is said again.

use nightstand_engine::ids::{Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;

use super::read::Documents;
use super::{Item, ItemContent, ItemDraft, LineId};
use crate::docs::preference::{self, Name, Saying};
use crate::error::NightstandError;
use crate::store::StoreTx;

/// Where it was shared, it is shared again. A line that is gone from Private comes back there as another line.
pub(crate) fn bring_back(
    tx: &mut StoreTx<'_>,
    place: &Place,
    item: &Item,
    said: &ItemContent,
) -> Result<(), NightstandError> {
    let found = Documents::find(&tx.rows(), tx.person(), item);
    if place.space() == Space::Mine && !matches!(found, Err(NightstandError::Deleted)) {
        return share_again(tx, &found?, item, said);
    }
    let item = match item {
        Item::Line(line, _) => Item::Line(*line, LineId::from_bytes(random::make_bytes(&mut tx.randomness()))),
        other => other.clone(),
    };
    let draft = ItemDraft { stance: said.stance, choices: Some(said.choices.clone()), note: Some(said.note.clone()) };
    Documents::find(&tx.rows(), tx.person(), &item)?.write_working(tx, &item, &draft, &[])
}

fn share_again(
    tx: &mut StoreTx<'_>,
    documents: &Documents,
    item: &Item,
    said: &ItemContent,
) -> Result<(), NightstandError> {
    let item = item.to_string();
    let (key, generation) = documents.next_shared(&tx.rows(), tx.person(), &item)?;
    let mut document = tx.draft(key, Kind::Preference)?;
    let stance = said.stance.map(|stance| (stance, random::make_bytes(&mut tx.randomness())));
    let saying = Saying { choices: &said.choices, note: &said.note, stance };
    preference::write(&mut document, &Name { item: &item, generation }, &saying)?;
    document.finish(tx)?;
    Ok(())
}
