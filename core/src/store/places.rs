//! Places: where documents live, as small numbers.

use nightstand_engine::ids::{BondId, PersonId, Place, Space};
use rusqlite::Row;

use super::{Rows, StoreError};

/// The columns of a place in a query, in the order of the table.
pub(super) fn read(row: &Row<'_>, at: usize) -> Result<Place, StoreError> {
    let space = Space::from_number(row.get(at)?).ok_or(StoreError::Damaged)?;
    let (bond, owner): (Vec<u8>, Vec<u8>) = (row.get(at + 1)?, row.get(at + 2)?);
    let (bond, owner) = (BondId::from_slice(&bond), PersonId::from_slice(&owner));
    match (space, bond, owner) {
        (Space::Private, None, Some(owner)) => Ok(Place::Private { owner }),
        (Space::Mine, Some(bond), Some(owner)) => Ok(Place::Mine { bond, owner }),
        (Space::Joint, Some(bond), None) => Ok(Place::Joint { bond }),
        _ => Err(StoreError::Damaged),
    }
}

/// The three values that stand for a place in a statement.
pub(super) fn columns(place: &Place) -> (u8, Vec<u8>, Vec<u8>) {
    let bond = place.bond().map_or_else(Vec::new, |bond| bond.as_bytes().to_vec());
    let owner = place.owner().map_or_else(Vec::new, |owner| owner.as_bytes().to_vec());
    (place.space().number(), bond, owner)
}

impl Rows<'_> {
    /// The number of a place, if anything was ever kept there.
    pub(crate) fn place_id(&self, place: &Place) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM place WHERE space = ?1 AND bond = ?2 AND owner = ?3";
        self.one(sql, columns(place), |row| Ok(row.get(0)?))
    }

    pub(super) fn make_place_id(&self, place: &Place) -> Result<i64, StoreError> {
        match self.place_id(place)? {
            Some(id) => Ok(id),
            None => self.insert("INSERT INTO place (space, bond, owner) VALUES (?1, ?2, ?3)", columns(place)),
        }
    }
}
