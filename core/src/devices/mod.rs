//! A person's devices: adding one, seeing which there are, removing one that was lost.
//!
//! A phone and a tablet of one person share everything: what is shared with the partner at once, and what is private once that
//! may pass. They sync with each other as two partners' phones do, and either of them can sync with the partner's phone.
//!
//! ```no_run
//! # fn main() -> Result<(), nightstand::error::NightstandError> {
//! # let (phone, tablet): (nightstand::vault::Vault, nightstand::vault::Vault) = unimplemented!();
//! # let words = "";
//! // The phone asks for the recovery phrase and shows a code, the tablet, on which nothing was written, scans it …
//! let mut on_phone = phone.devices().invite(words, "Phone")?;
//! let mut on_tablet = tablet.devices().join("Tablet", &on_phone.link(&[]))?;
//! // … frames are passed between the two, both show the same words, and both are told so:
//! on_phone.confirm()?;
//! on_tablet.confirm()?;
//! // … and then they sync.
//! let there = tablet.devices().list()?;
//! let conversation = tablet.sync().begin_with_own(&there[0].device)?;
//! # Ok(())
//! # }
//! ```
//!
//! # Private, and 72 hours
//!
//! Linking must not be anybody's road to a person's journal: who knows the recovery phrase and holds an unlocked phone for two
//! minutes could link a device of their own. So a new device is announced on every other one, stays in the list, and gets
//! nothing private for 72 hours, in which any own device can refuse it ([`Devices::refuse_private`]). Where Private is under a
//! second key, whoever unlocked it may let it pass at once ([`Devices::let_private_pass`]).
//!
//! Each device decides for what it hands on, by its own clock; a refusal reaches the others with the next sync and stands. What
//! is shared with the partner is not held back.
//!
//! # What leaves the phone
//!
//! The partner's phone learns which devices exist, since it has to tell them from strangers, and shows neither names, number
//! nor times of them. What a device is called, own devices alone can read.

mod aside;
pub(crate) mod link;
mod remove;
#[cfg(test)]
pub(crate) mod tests;
mod view;

pub use aside::{AsideId, AsideSort, AsideView};
pub use remove::Removal;
pub use view::{DeviceView, DevicesView, PrivateStanding, Unconfirmed};

use nightstand_engine::ids::DeviceId;
use nightstand_engine::pairing::invite::Purpose;

use crate::error::{NightstandError, Refused};
use crate::pairing::PairingTalk;
use crate::recovery::phrase::root_of;
use crate::store::{Answer, OwnDeviceRow, PrivateFor};
use crate::vault::Vault;

/// How long a new device is known before Private passes to it: 72 hours, in milliseconds.
pub const PRIVATE_WAITS_MS: i64 = 72 * 3_600_000;

/// Does Private pass to this device by now?
pub(crate) fn private_passes(row: &OwnDeviceRow, now_ms: i64) -> bool {
    match row.private {
        PrivateFor::Passes => true,
        PrivateFor::Refused => false,
        PrivateFor::Waits => now_ms >= row.since_ms.saturating_add(PRIVATE_WAITS_MS),
    }
}

/// A device, in its app's hands. It means something on this person's devices alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnDeviceId(pub(crate) DeviceId);

impl core::fmt::Display for OwnDeviceId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(self.0.as_bytes()))
    }
}

impl core::str::FromStr for OwnDeviceId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        bytes.and_then(|bytes| DeviceId::from_slice(&bytes)).map(Self).ok_or(NightstandError::NotFound)
    }
}

impl core::fmt::Debug for OwnDeviceId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OwnDeviceId")
    }
}

/// The devices of a vault's person.
#[derive(Clone)]
pub struct Devices {
    vault: Vault,
}

impl Vault {
    /// This person's devices.
    pub fn devices(&self) -> Devices {
        Devices { vault: self.clone() }
    }
}

impl Devices {
    /// Makes an invite for another device of one's own, good for ten minutes and for one device. `words` are the recovery
    /// phrase; `this_device` is what this one is called on the other, such as "Phone".
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase; `Refused` if this phone was removed, or is not listed.
    pub fn invite(&self, words: &str, this_device: &str) -> Result<PairingTalk, NightstandError> {
        self.check_listed()?;
        let root = root_of(&self.vault, words)?;
        PairingTalk::invite(&self.vault, this_device, Purpose::OwnDevice, Some(root))
    }

    /// Takes up an invite that another device of one's own shows. This vault must be new: nothing written, nobody paired with.
    /// Once both devices have said yes, it is a vault of the other device's person, and its own recovery phrase is void.
    ///
    /// Errors: `Refused` if something was written here, or for an invite that has expired; as
    /// [`Pairing::join`](crate::pairing::Pairing::join) for the link.
    pub fn join(&self, this_device: &str, link: &str) -> Result<PairingTalk, NightstandError> {
        link::check_new(&self.vault)?;
        PairingTalk::join_own(&self.vault, this_device, link)
    }

    /// Lists this very phone, where it is not: it was restored from a backup, or another device changed the list at the same time
    /// as the one that had added it. `words` are the recovery phrase; `this_device` is what this one is called on the others. From
    /// then on it syncs with the partner and with other own devices. It removes nobody: what was lost is removed after that.
    ///
    /// Where the partner's phone knows a newer list than the backup did, the next sync brings that list and fails with
    /// `Refused` (`Device`): then this is to be called again.
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase; `Refused` (`Removed`) if this phone was removed.
    pub fn list_this(&self, words: &str, this_device: &str) -> Result<(), NightstandError> {
        if view::is_removed(&self.vault)? {
            return Err(NightstandError::Refused(Refused::Removed));
        }
        let root = root_of(&self.vault, words)?;
        link::list_this(&self.vault, &root, this_device)
    }

    /// Which devices there are. Worth a look after each sync that says `devices_changed`.
    pub fn list(&self) -> Result<Vec<DeviceView>, NightstandError> {
        Ok(self.view()?.others)
    }

    /// Which devices there are, and what the person should hear of them.
    pub fn view(&self) -> Result<DevicesView, NightstandError> {
        view::view(&self.vault)
    }

    /// The person has looked at the list: nothing in it is new any more.
    pub fn seen(&self) -> Result<(), NightstandError> {
        self.vault.write(|tx| Ok(tx.devices_were_seen()?))
    }

    /// Private shall not pass to this device, on none of one's own. It still gets what is shared: who does not know it removes
    /// it. [`Self::let_private_pass`] takes it back on this device alone.
    ///
    /// Errors: `NotFound`.
    pub fn refuse_private(&self, device: &OwnDeviceId) -> Result<(), NightstandError> {
        self.set_private(device, PrivateFor::Refused)
    }

    /// Private passes to this device from here on, before its 72 hours are over.
    ///
    /// Errors: `NotFound`; `Refused` where Private is under no second key, or was put under it after the device came: only a
    /// key that whoever linked the device could not set proves anything. Then it takes its time; `PrivateLocked`.
    pub fn let_private_pass(&self, device: &OwnDeviceId) -> Result<(), NightstandError> {
        use crate::vault::PrivateLock;
        let now_ms = self.vault.now_ms();
        let is_fresh = self.vault.read(|rows, _| {
            let row = rows.own_devices()?.into_iter().find(|row| row.device == device.0);
            let waits = row.is_some_and(|row| now_ms < row.since_ms.saturating_add(PRIVATE_WAITS_MS));
            Ok(waits && rows.was_before_second_key(&device.0)?)
        })?;
        match self.vault.private_lock()? {
            PrivateLock::Locked => Err(NightstandError::PrivateLocked),
            PrivateLock::Unlocked if !is_fresh => self.set_private(device, PrivateFor::Passes),
            PrivateLock::None | PrivateLock::Unlocked => Err(NightstandError::Refused(Refused::NoSecondKey)),
        }
    }

    /// What the person says of a device in [`DevicesView::unconfirmed`]: `theirs`, and what the partner's phone has of it is taken
    /// in with the next sync; not `theirs`, or they can't tell, and it stays out. They may answer otherwise until the list of
    /// devices changes.
    ///
    /// Errors: `NotFound` for a device about which nothing is asked.
    pub fn confirm(&self, device: &OwnDeviceId, theirs: bool) -> Result<(), NightstandError> {
        let answer = if theirs { Answer::Theirs } else { Answer::NotTheirs };
        let asked = self.vault.write(|tx| Ok(tx.answer_about(&device.0, answer)?))?;
        if asked { Ok(()) } else { Err(NightstandError::NotFound) }
    }

    fn set_private(&self, device: &OwnDeviceId, private: PrivateFor) -> Result<(), NightstandError> {
        let known = self.vault.write(|tx| Ok(tx.set_private_for(&device.0, private)?))?;
        if known { Ok(()) } else { Err(NightstandError::NotFound) }
    }

    pub(crate) fn check_listed(&self) -> Result<(), NightstandError> {
        let view = self.view()?;
        match (view.this_is_removed, view.this_is_unlisted) {
            (true, _) => Err(NightstandError::Refused(Refused::Removed)),
            (false, true) => Err(NightstandError::Refused(Refused::NotListed)),
            (false, false) => Ok(()),
        }
    }
}
