//! Coming back with the recovery phrase alone: no device is left, and the partner's phone knows the way.
//!
//! The two compare a code and confirm, as in a pairing, and yet none is made: they have one. The partner's phone lets nobody in
//! but the person it is paired with, and hands over the list of that person's devices as it knows it. The new phone signs the
//! next one, which lists it as well, and gets everything shared back with its first sync. What was private is gone, unless
//! there is a [backup](crate::recovery::backup): then that comes first, and this is not needed.
//!
//! **The other devices** stay in the list, for the partner's phone can't tell which of them is lost: all are shown as new, and
//! Private waits. Whoever has lost them [removes](crate::devices::Devices::remove) them after the first sync, so that what they
//! wrote and handed over counts.
//!
//! **An older list** than the one that counts is all that a partner's phone may have: of a device that was linked meanwhile it
//! did not hear. Whoever knows the newer one tells it, and the new phone [is listed again](crate::devices::Devices::list_this).
//! Who keeps one back on purpose can have a removed device stand in the list again, where its person sees it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::circle::{BondStanding, Circle, KnownBond};
use nightstand_engine::keys::{Phrase, Root};
use nightstand_engine::pairing::{Handover, Paired};
use nightstand_engine::roster::DeviceRecord;

use super::{Pairing, PairingTalk};
use crate::devices::link;
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::store::{BondRow, BondState};
use crate::vault::Vault;

impl Pairing {
    /// On the phone of the partner of somebody who has lost all theirs: makes an invite for that person alone, good for ten
    /// minutes and for one phone. `name` is what the person here wants to be called.
    ///
    /// Errors: `NotPaired` unless both had confirmed a pairing; `Refused` if this phone was removed, or is not listed.
    pub fn invite_back(&self, name: &str) -> Result<PairingTalk, NightstandError> {
        self.vault.devices().check_listed()?;
        let partner = held(&self.vault)?;
        PairingTalk::invite_back(&self.vault, name, partner)
    }

    /// On a new phone of somebody who has lost all theirs and has the recovery phrase: takes up an invite that the partner's
    /// phone made by [`invite_back`](Self::invite_back). `this_device` is what this one is called on others to come.
    ///
    /// Once both have confirmed, this is the vault of the phrase's person and its own phrase is void. The first sync, begun by
    /// `begin_again`, brings everything back that was shared; what was private is not among it. The devices that were lost are
    /// to be removed after that.
    ///
    /// Where the two phones do not belong together, `handle_frame` fails with `Refused` ([`Refused::Device`]) on this one, and
    /// the invite is used up.
    ///
    /// Errors: `InvalidInput` for words that are no phrase, for a link that is no invite, or one for something else; `PeerTooNew`;
    /// `Refused` for one that has expired, or if something was written here ([`Refused::NotEmpty`]).
    pub fn join_back(&self, words: &str, this_device: &str, link: &str) -> Result<PairingTalk, NightstandError> {
        link::check_new(&self.vault)?;
        let root = Phrase::from_words(words).map_err(|_| InvalidInput::Phrase)?.root();
        PairingTalk::join_back(&self.vault, root, this_device, link)
    }
}

/// The bond that both have confirmed.
fn held(vault: &Vault) -> Result<BondRow, NightstandError> {
    let standing = vault.read(|rows, _| Ok(rows.standing_bond(vault.now_ms())?))?;
    standing.filter(|bond| bond.state == BondState::Held).ok_or(NightstandError::NotPaired)
}

/// What the partner gets who comes back.
pub(super) fn handover(vault: &Vault, to: &BondRow) -> Result<Handover, NightstandError> {
    let bond = held(vault)?;
    if bond.bond != to.bond {
        return Err(NightstandError::NotPaired);
    }
    vault.read(|rows, _| {
        let theirs = rows.membership(&bond.partner)?.ok_or(NightstandError::Damaged { salvage: None })?;
        let record = DeviceRecord::sign(&rows.device_keys()?, bond.bond);
        Ok(Handover { theirs, bond: bond.bond, since_ms: bond.offered_at_ms, record })
    })
}

/// Makes this vault one of the root's person, and lists it.
pub(super) fn come_back(
    vault: &Vault,
    root: &Root,
    this_device: &str,
    met: &Paired,
    handed: Handover,
) -> Result<(), NightstandError> {
    let partner = met.roster.clone().ok_or(NightstandError::Refused(Refused::Device))?;
    let known = KnownBond {
        standing: BondStanding::Held,
        name: met.name.clone(),
        since_ms: handed.since_ms,
        partner: partner.into(),
        devices: [(handed.record.device, handed.record)].into(),
    };
    let circle = Circle { bonds: [(handed.bond, known)].into(), devices: BTreeMap::new(), refused: BTreeSet::new() };
    vault.write(|tx| {
        if !tx.become_restored(&handed.theirs, &circle)? {
            return Err(NightstandError::Refused(Refused::NotEmpty));
        }
        link::list_in(tx, root, this_device)
    })?;
    vault.belongs_to(root.person());
    Ok(())
}

#[cfg(test)]
mod tests;
