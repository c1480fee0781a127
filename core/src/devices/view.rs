//! What a screen shows of a person's devices.

use std::collections::BTreeMap;

use nightstand_engine::ids::DeviceId;

use super::{OwnDeviceId, PRIVATE_WAITS_MS, private_passes};
use crate::error::NightstandError;
use crate::store::{Answer, PrivateFor};
use crate::vault::Vault;

/// How Private stands with another device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrivateStanding {
    /// It passes between this device and the other.
    Passes,
    /// It will, from this time on, if nobody refuses: milliseconds since 1970, by this phone's clock.
    Waits {
        /// From when on.
        until_ms: i64,
    },
    /// Somebody said that it shall not.
    Refused,
}

/// Another device of this person.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceView {
    /// Stands for it in calls.
    pub device: OwnDeviceId,
    /// What it was called when it was linked. Empty of the first device, and where this one can't read it.
    pub name: String,
    /// When this device first heard of it, in milliseconds since 1970.
    pub since_ms: i64,
    /// How Private stands with it.
    pub private: PrivateStanding,
    /// The person has not seen yet that it is there: say so, and ask whether they know it.
    pub is_new: bool,
}

impl core::fmt::Debug for DeviceView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "DeviceView({:?}, new: {})", self.private, self.is_new)
    }
}

/// A person's devices, as this one knows them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DevicesView {
    /// The others, in the order in which this one heard of them.
    pub others: Vec<DeviceView>,
    /// This phone was removed: it syncs with nobody any more.
    pub this_is_removed: bool,
    /// This phone is not in the list, and was not removed either: it was restored from a backup, or lost its place when two
    /// devices changed the list at the same time. What is written here stays here until the person
    /// [lists it](super::Devices::list_this).
    pub this_is_unlisted: bool,
    /// Two devices changed the list without having heard of each other. Who was removed by either is out; whoever was added may
    /// have to be added again. It is settled by the next change of the list: linking or removing a device.
    pub needs_settling: bool,
    /// Devices that are listed and said more, to the partner's phone, than was known when another was removed: as one does that
    /// was put back from an older copy and removed the other before it met anybody. The removed device could have made it up,
    /// so it was not taken in: ask the person, and say what they answer with [`Devices::confirm`](super::Devices::confirm).
    pub unconfirmed: Vec<Unconfirmed>,
}

/// A device about which the person is to say whether they wrote on it what the partner's phone has of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Stands for it in calls.
    pub device: OwnDeviceId,
    /// It is the phone in hand.
    pub is_this: bool,
    /// What it was called when it was linked. Empty of the first device, and where this one can't read it.
    pub name: String,
    /// The person has answered, and said no. They may answer otherwise.
    pub stays_out: bool,
}

impl core::fmt::Debug for Unconfirmed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Unconfirmed(this: {})", self.is_this)
    }
}

pub(super) fn is_removed(vault: &Vault) -> Result<bool, NightstandError> {
    vault.read(|rows, person| {
        let this = rows.device_keys()?.device();
        Ok(rows.membership(&person)?.is_some_and(|me| me.has_removed(&this)))
    })
}

pub(super) fn view(vault: &Vault) -> Result<DevicesView, NightstandError> {
    let now_ms = vault.now_ms();
    vault.read(|rows, person| {
        let me = rows.membership(&person)?.ok_or(NightstandError::Damaged { salvage: None })?;
        let names = rows.for_own_devices(&me)?.names;
        let this = rows.device_keys()?.device();
        let name = |device: &DeviceId| names.get(device).cloned().unwrap_or_default();
        let asked = rows.unconfirmed()?.into_values().filter(|(_, answer)| *answer != Answer::Theirs);
        let asked: BTreeMap<DeviceId, Answer> = asked.map(|(doubt, answer)| (doubt.device, answer)).collect();
        let unconfirmed = asked.into_iter().map(|(device, answer)| Unconfirmed {
            device: OwnDeviceId(device),
            is_this: device == this,
            name: name(&device),
            stays_out: answer == Answer::NotTheirs,
        });
        let others = rows.own_devices()?.into_iter().map(|row| DeviceView {
            device: OwnDeviceId(row.device),
            name: name(&row.device),
            since_ms: row.since_ms,
            private: match row.private {
                PrivateFor::Refused => PrivateStanding::Refused,
                _ if private_passes(&row, now_ms) => PrivateStanding::Passes,
                _ => PrivateStanding::Waits { until_ms: row.since_ms.saturating_add(PRIVATE_WAITS_MS) },
            },
            is_new: !row.seen,
        });
        let this = rows.device_keys()?.device();
        Ok(DevicesView {
            others: others.collect(),
            this_is_removed: me.has_removed(&this),
            this_is_unlisted: !me.has_removed(&this) && !me.lists(&this),
            needs_settling: me.is_disputed(),
            unconfirmed: unconfirmed.collect(),
        })
    })
}
