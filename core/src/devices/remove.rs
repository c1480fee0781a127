//! Removing a device that was lost, sold, or that nobody remembers.

use std::collections::BTreeSet;

use super::{Devices, OwnDeviceId};
use crate::error::NightstandError;
use crate::recovery::phrase::root_of;
use crate::store::RosterChange;

/// What a removal came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Removal {
    /// How many devices are left, this one among them.
    pub devices_left: u64,
}

impl Devices {
    /// Removes a device for good: it is refused by every own device and by the partner's phone once they hear of this, which
    /// they do with their next sync with one that knows. What is on it stays on it. What it wrote and told others up to this
    /// moment, as far as it is here, stays; what it wrote beyond is set aside where it turns up, and shown by
    /// [`Self::set_aside`].
    ///
    /// Sync with every device within reach first, so that as much as possible of what it wrote is here. `words` are the
    /// recovery phrase.
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase, `NotFound`, `Refused` if this phone was removed itself.
    pub fn remove(&self, words: &str, device: &OwnDeviceId) -> Result<Removal, NightstandError> {
        self.check_listed()?;
        let root = root_of(&self.vault, words)?;
        if !self.view()?.others.iter().any(|other| other.device == *device) {
            return Err(NightstandError::NotFound);
        }
        let gone = BTreeSet::from([device.0]);
        let signed = self.vault.write(|tx| Ok(tx.sign_roster(&root, RosterChange::Remove(&gone))?))?;
        Ok(Removal { devices_left: signed.roster().devices.len() as u64 })
    }
}
