//! Where the documents of a vault's person live.

use nightstand_engine::ids::{PersonId, Place, Space};

use crate::error::NightstandError;
use crate::store::{BondRow, BondState, Rows};

/// The bond that sharing goes to, if there is one.
pub(crate) fn held_bond(rows: &Rows<'_>) -> Result<Option<BondRow>, NightstandError> {
    Ok(rows.bonds()?.into_iter().find(|bond| bond.state == BondState::Held))
}

/// The same, where it takes one.
pub(crate) fn required_bond(rows: &Rows<'_>) -> Result<BondRow, NightstandError> {
    held_bond(rows)?.ok_or(NightstandError::NotPaired)
}

/// The place of what this person writes in a space; beyond `Private` it takes a bond.
pub(crate) fn place(space: Space, person: PersonId, bond: Option<&BondRow>) -> Result<Place, NightstandError> {
    let bond = if space == Space::Private { None } else { bond.map(|bond| bond.bond) };
    Place::of(space, bond, person).ok_or(NightstandError::NotPaired)
}
