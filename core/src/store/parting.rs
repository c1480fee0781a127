//! Leaving a bond, on this device.

use nightstand_engine::ids::{BondId, Place};

use super::{BondState, StoreError, StoreTx};

impl StoreTx<'_> {
    /// Parts: the bond's keys and all that lives under it go from this file. What is to stay was copied to Private before.
    ///
    /// Where own devices differ in whether what was written together stays, keeping it wins.
    pub(crate) fn part(&mut self, bond: &BondId, kept: bool) -> Result<(), StoreError> {
        let Some(row) = self.rows().bonds()?.into_iter().find(|row| row.bond == *bond) else { return Ok(()) };
        let (mine, theirs) = (self.person(), row.partner);
        for record in self.rows().peer_devices(bond)? {
            self.drop_peer_device(&record.noise_key)?;
        }
        for place in [Place::Mine { bond: *bond, owner: mine }, Place::Mine { bond: *bond, owner: theirs }] {
            self.purge_place(&place)?;
        }
        self.purge_place(&Place::Joint { bond: *bond })?;
        let kept = kept || (row.state == BondState::Parted && row.kept);
        self.put_bond(&super::BondRow { state: BondState::Parted, kept, ..row })
    }
}
