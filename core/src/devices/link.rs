//! Linking: the existing device signs a roster that lists the new one, and the new one becomes a vault of that person.

use nightstand_engine::ids::DeviceId;
use nightstand_engine::keys::{OwnKeys, Root};
use nightstand_engine::pairing::{Paired, display_name};

use crate::error::{NightstandError, Refused};
use crate::store::{Private, RosterChange, StoreTx};
use crate::vault::Vault;

/// A vault that can become another person's: nothing was written in it, and Private is under no second key.
pub(crate) fn check_new(vault: &Vault) -> Result<(), NightstandError> {
    let is_new = vault.read(|rows, _| Ok(rows.nothing_was_written()? && matches!(rows.private(), Private::Open)))?;
    if is_new { Ok(()) } else { Err(NightstandError::Refused(Refused::NotEmpty)) }
}

/// Lists another device, on the device that has the phrase.
pub(crate) fn add(vault: &Vault, root: &Root, device: DeviceId, name: &str) -> Result<(), NightstandError> {
    let name = display_name(name);
    vault.write(|tx| Ok(tx.sign_roster(root, RosterChange::Add { device, name: &name })?))?;
    Ok(())
}

/// Lists this device, under the keys of its person.
pub(super) fn list_this(vault: &Vault, root: &Root, name: &str) -> Result<(), NightstandError> {
    vault.write(|tx| list_in(tx, root, name))
}

/// The same within a transaction.
pub(crate) fn list_in(tx: &mut StoreTx<'_>, root: &Root, name: &str) -> Result<(), NightstandError> {
    let (me, this) = (tx.rows().membership(&tx.person())?, tx.device_keys()?.device());
    let me = me.ok_or(NightstandError::Damaged { salvage: None })?;
    if me.lists(&this) {
        return Ok(());
    }
    tx.put_own_keys(&OwnKeys::of(root, me.base().key_number))?;
    tx.sign_roster(root, RosterChange::Add { device: this, name: &display_name(name) })?;
    Ok(())
}

/// Makes this vault one of the other device's person.
pub(crate) fn become_device_of(vault: &Vault, paired: &Paired) -> Result<(), NightstandError> {
    let (Some(roster), Some(record)) = (&paired.roster, &paired.own_record) else {
        return Err(NightstandError::Refused(Refused::Device));
    };
    let person = roster.roster().person;
    vault.write(|tx| {
        let others = [record.clone()];
        if tx.become_device_of(roster, &others)? { Ok(()) } else { Err(NightstandError::Refused(Refused::NotEmpty)) }
    })?;
    vault.belongs_to(person);
    Ok(())
}
