//! Leaving a bond, on this device.

use nightstand_engine::author::AuthorError;
use nightstand_engine::ids::{BondId, DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::Kind;

use super::documents::kind_from;
use super::{BondRow, BondState, Rows, StoreError, StoreTx};

impl Rows<'_> {
    /// Bonds that another own device has left, and whose documents are still here.
    pub(crate) fn partings_heard_of(&self) -> Result<Vec<BondRow>, StoreError> {
        let sql = "SELECT 1 FROM place WHERE bond = ?1 LIMIT 1";
        let mut heard = Vec::new();
        for bond in self.bonds()?.into_iter().filter(|bond| bond.state == BondState::Parted) {
            if self.one(sql, [bond.bond.as_bytes()], |_| Ok(()))?.is_some() {
                heard.push(bond);
            }
        }
        Ok(heard)
    }
}

impl StoreTx<'_> {
    /// Parts: nothing goes to the partner or comes from them any more, and what the bond's devices were known by is forgotten.
    /// What lives under it stays until [`Self::purge_bond`].
    ///
    /// Where own devices differ in whether what was written together stays, keeping it wins.
    pub(crate) fn part(&mut self, bond: &BondId, kept: bool) -> Result<(), StoreError> {
        let Some(row) = self.rows().bonds()?.into_iter().find(|row| row.bond == *bond) else { return Ok(()) };
        for record in self.rows().peer_devices(bond)? {
            self.drop_peer_device(&record.noise_key)?;
        }
        let kept = kept || (row.state == BondState::Parted && row.kept);
        self.put_bond(&BondRow { state: BondState::Parted, name: String::new(), kept, ..row })
    }

    /// Removes what lives under a bond from this file.
    pub(crate) fn purge_bond(&mut self, row: &BondRow) -> Result<(), StoreError> {
        self.purge_place(&Place::Mine { bond: row.bond, owner: self.person() })?;
        self.purge_others(row, false)
    }

    /// The same, but for what may have to be copied first: what this person shared, and what was written together if it is kept.
    pub(crate) fn purge_others(&mut self, row: &BondRow, kept: bool) -> Result<(), StoreError> {
        self.purge_place(&Place::Mine { bond: row.bond, owner: row.partner })?;
        if kept { Ok(()) } else { self.purge_place(&Place::Joint { bond: row.bond }) }
    }

    /// Copies to Private what lives in a place, as far as it is not there.
    pub(crate) fn copy_place_to_private(&mut self, place: &Place) -> Result<(), StoreError> {
        self.copy_to_private(place, |_| true)
    }

    /// The same of journal entries alone.
    pub(crate) fn copy_entries_to_private(&mut self, place: &Place) -> Result<(), StoreError> {
        self.copy_to_private(place, |kind| kind == Kind::JournalEntry)
    }

    /// The same of what somebody said of themself alone.
    pub(crate) fn copy_preferences_to_private(&mut self, place: &Place) -> Result<(), StoreError> {
        self.copy_to_private(place, |kind| kind == Kind::Preference)
    }

    /// What does not load is left out: nothing can be read of it.
    fn copy_to_private(&mut self, place: &Place, which: impl Fn(Kind) -> bool) -> Result<(), StoreError> {
        let Some(id) = self.rows().place_id(place)? else { return Ok(()) };
        let sql = "SELECT document, kind, stored FROM document WHERE place = ?1 AND stored IS NOT NULL ORDER BY id";
        let living = self.rows().all(sql, [id], |row| {
            let key = DocumentKey { place: *place, id: DocumentId::from_bytes(row.get(0)?) };
            Ok((key, kind_from(row.get(1)?)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        let person = self.person();
        let log = self.open_writing_log(&Place::Private { owner: person })?;
        for (key, kind, stored) in living.into_iter().filter(|(_, kind, _)| which(*kind)) {
            let shared = key.place.space() == Space::Mine;
            if shared && self.rows().working_copy_of(&key.id)?.is_some() {
                continue;
            }
            match crate::docs::copy_to_private(self, &key, kind, &stored, person, &log) {
                Ok(()) | Err(AuthorError::Damaged(_)) => {}
                Err(AuthorError::Store(error)) => return Err(error),
                Err(_) => return Err(StoreError::Misuse("what was to be kept could not be written")),
            }
        }
        Ok(())
    }
}
