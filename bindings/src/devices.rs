//! A person's devices.

use std::sync::Arc;

use nightstand::devices as core;
use nightstand::devices::{AsideSort, OwnDeviceId, PrivateStanding};
use zeroize::Zeroizing;

use crate::care::item::Stance;
use crate::error::NightstandError;
use crate::pairing::PairingTalk;
use crate::time::Timestamp;
use crate::work::Desk;

/// A person's devices: adding one, seeing which there are, removing one that was lost.
///
/// A phone and a tablet of one person share everything: what is shared with the partner at once, and what is private once that
/// may pass. They sync with each other (`sync().begin_with_own()`), and either of them can sync with the partner's phone.
///
/// A new device is announced on every other one, stays in the list, and gets nothing private for 72 hours, in which any own
/// device can refuse it: linking must not be anybody's road to a person's journal. The partner's phone learns which devices
/// there are, since it has to tell them from strangers, and shows neither names, number nor times of them.
#[derive(uniffi::Object)]
pub struct Devices(pub(crate) Arc<Desk>);

#[uniffi::export]
impl Devices {
    /// Makes an invite for another device of one's own, good for ten minutes and for one device. `words` are the recovery
    /// phrase; `this_device` is what this one is called on the other, such as "Phone". The new device is to sync with this one
    /// afterwards.
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase, `Refused` if this phone was removed, or is not listed.
    pub async fn invite(&self, words: String, this_device: String) -> Result<Arc<PairingTalk>, NightstandError> {
        let (desk, words) = (Arc::clone(&self.0), Zeroizing::new(words));
        self.0.write(move |vault| Ok(PairingTalk::new(desk, vault.devices().invite(&words, &this_device)?))).await
    }

    /// Takes up an invite that another device of one's own shows. This vault must be new: nothing written, nobody paired with.
    /// Once both devices have said yes, it is a vault of the other device's person, and its own recovery phrase is void.
    ///
    /// Errors: `Refused` if something was written here, or for an invite that has expired; `InvalidInput` for a link that is
    /// no invite, or one for a partner.
    pub async fn join(&self, this_device: String, link: String) -> Result<Arc<PairingTalk>, NightstandError> {
        let desk = Arc::clone(&self.0);
        self.0.write(move |vault| Ok(PairingTalk::new(desk, vault.devices().join(&this_device, &link)?))).await
    }

    /// Lists this very phone, where it is not: it was restored from a backup, or another device changed the list at the same time
    /// as the one that had added it. `words` are the recovery phrase; `this_device` is what this one is called on the others. From
    /// then on it syncs with the partner and with other own devices. It removes nobody: what was lost is removed after that.
    ///
    /// Where the partner's phone knows a newer list than the backup did, the next sync, begun by `begin_again()`, brings that list
    /// and fails with `Refused` (`Device`): then this is to be called again.
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase; `Refused` (`Removed`) if this phone was removed.
    pub async fn list_this(&self, words: String, this_device: String) -> Result<(), NightstandError> {
        let words = Zeroizing::new(words);
        self.0.write(move |vault| vault.devices().list_this(&words, &this_device)).await
    }

    /// Which devices there are, and what the person should hear of them. Worth a look after each sync that says
    /// `devices_changed`.
    pub async fn list(&self) -> Result<DevicesView, NightstandError> {
        self.0.read(|vault| Ok(vault.devices().view()?.into())).await
    }

    /// The person has looked at the list: nothing in it is new any more.
    pub async fn seen(&self) -> Result<(), NightstandError> {
        self.0.write(|vault| vault.devices().seen()).await
    }

    /// Private shall not pass to this device, on none of one's own. It still gets what is shared: who does not know it removes
    /// it. `let_private_pass()` takes it back on this device alone.
    ///
    /// Errors: `NotFound`.
    pub async fn refuse_private(&self, device: String) -> Result<(), NightstandError> {
        let device = id(&device)?;
        self.0.write(move |vault| vault.devices().refuse_private(&device)).await
    }

    /// Private passes to this device from here on, before its 72 hours are over.
    ///
    /// Errors: `NotFound`; `Refused` (`NoSecondKey`) where Private is under no second key, or was put under it after the device came:
    /// only a key that whoever linked the device could not set proves anything. Then it takes its time; `PrivateLocked`.
    pub async fn let_private_pass(&self, device: String) -> Result<(), NightstandError> {
        let device = id(&device)?;
        self.0.write(move |vault| vault.devices().let_private_pass(&device)).await
    }

    /// What the person says of a device in `list().unconfirmed`: `theirs`, and what the partner's phone has of it is taken in
    /// with the next sync; not `theirs`, or they can't tell, and it stays out. They may answer otherwise until the list of
    /// devices changes.
    ///
    /// Errors: `NotFound` for a device about which nothing is asked.
    pub async fn confirm(&self, device: String, theirs: bool) -> Result<(), NightstandError> {
        let device = id(&device)?;
        self.0.write(move |vault| vault.devices().confirm(&device, theirs)).await
    }

    /// Removes a device for good: it is refused by every own device and by the partner's phone once they hear of this, which
    /// they do with their next sync with one that knows. What is on it stays on it. What it wrote and told others up to this
    /// moment, as far as it is here, stays; what it wrote beyond is set aside where it turns up, and shown by `set_aside()`.
    ///
    /// Sync with every device within reach first, so that as much as possible of what it wrote is here. `words` are the
    /// recovery phrase. The answer is how many devices are left, this one among them.
    ///
    /// Errors: `InvalidInput` for words that are not this person's phrase, `NotFound`, `Refused` if this phone was removed.
    pub async fn remove(&self, words: String, device: String) -> Result<u64, NightstandError> {
        let (device, words) = (id(&device)?, Zeroizing::new(words));
        self.0.write(move |vault| Ok(vault.devices().remove(&words, &device)?.devices_left)).await
    }

    /// What removed devices wrote or deleted past what was known of them: what they wrote is in no list and no plan until the
    /// person has looked, except that a boundary among it holds meanwhile; what they deleted is gone from there, and can be
    /// brought back. While Private is locked, what is private is left out.
    pub async fn set_aside(&self) -> Result<Vec<AsideView>, NightstandError> {
        self.0.read(|vault| Ok(vault.devices().set_aside()?.into_iter().map(AsideView::from).collect())).await
    }

    /// Keeps something that was set aside: it reads so from here on, written anew by this device, and everybody who may read
    /// it hears of it. What had been deleted comes back: a journal entry as one in Private, unless what was shared of it has
    /// its own text there still, which is shared again; an item is said again where it stood; a record is made anew.
    ///
    /// Errors: `NotFound` for what was looked at already; `PrivateLocked` for what has to be written to Private.
    pub async fn keep_set_aside(&self, id: String) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.devices().keep_set_aside(&aside(vault, &id)?)).await
    }

    /// Lets something go that was set aside: what stands stays as it is.
    ///
    /// Errors: `NotFound` for what was looked at already.
    pub async fn let_go_set_aside(&self, id: String) -> Result<(), NightstandError> {
        self.0.write(move |vault| vault.devices().let_go_set_aside(&aside(vault, &id)?)).await
    }
}

pub(crate) fn id(device: &str) -> Result<OwnDeviceId, NightstandError> {
    Ok(device.parse::<OwnDeviceId>()?)
}

fn aside(vault: &nightstand::vault::Vault, id: &str) -> Result<core::AsideId, nightstand::error::NightstandError> {
    let all = vault.devices().set_aside()?;
    core::AsideId::find(id, &all).ok_or(nightstand::error::NightstandError::NotFound)
}

/// How Private stands with another device.
#[derive(uniffi::Enum)]
pub enum PrivatePassing {
    /// It passes between this device and the other.
    Passes,
    /// It will, from this time on by this phone's clock, if nobody refuses.
    Waits {
        /// From when on.
        until: Timestamp,
    },
    /// Somebody said that it shall not.
    Refused,
}

/// Another device of this person.
#[derive(uniffi::Record)]
pub struct DeviceView {
    /// Stands for it in calls, on this person's devices alone.
    pub device: String,
    /// What it was called when it was linked. Empty of the first device, and where this one can't read it.
    pub name: String,
    /// When this device first heard of it.
    pub since: Timestamp,
    /// How Private stands with it.
    pub private_passing: PrivatePassing,
    /// The person has not seen yet that it is there: say so, and ask whether they know it.
    pub is_new: bool,
}

/// A person's devices, as this one knows them.
#[derive(uniffi::Record)]
pub struct DevicesView {
    /// The others, in the order in which this one heard of them.
    pub others: Vec<DeviceView>,
    /// This phone was removed: it syncs with nobody any more.
    pub this_is_removed: bool,
    /// This phone is not in the list, and was not removed either: it was restored from a backup, or lost its place when two
    /// devices changed the list at the same time. What is written here stays here until the person lists it with `list_this()`.
    pub this_is_unlisted: bool,
    /// Two devices changed the list without having heard of each other. Who was removed by either is out; whoever was added may
    /// have to be added again. It is settled by the next change of the list: linking or removing a device.
    pub needs_settling: bool,
    /// Devices that are listed and said more, to the partner's phone, than was known when another was removed: as one does that
    /// was put back from an older copy and removed the other before it met anybody. The removed device could have made it up,
    /// so it was not taken in: ask the person, and say what they answer with `confirm()`.
    pub unconfirmed: Vec<Unconfirmed>,
}

/// A device about which the person is to say whether they wrote on it what the partner's phone has of it.
#[derive(uniffi::Record)]
pub struct Unconfirmed {
    /// Stands for it in calls.
    pub device: String,
    /// It is the phone in hand.
    pub is_this: bool,
    /// What it was called when it was linked. Empty of the first device, and where this one can't read it.
    pub name: String,
    /// The person has answered, and said no. They may answer otherwise.
    pub stays_out: bool,
}

/// What sort of thing was set aside.
#[uniffi::remote(Enum)]
pub enum AsideSort {
    /// A journal entry.
    Entry,
    /// An item of one's preferences. If it says a boundary that is stricter than what stands, that holds meanwhile.
    Preference,
    /// Something noted in a fixed form: a check-in, a session, a ritual.
    Record,
}

/// Something that a removed device wrote, as it would read with that, or deleted, as it was before.
#[derive(uniffi::Record)]
pub struct AsideView {
    /// Stands for it in calls.
    pub id: String,
    /// What it is.
    pub sort: AsideSort,
    /// An entry's title, the name of an item such as `stance/holding-hands/receive`, or a record's sort such as `check-in`.
    pub title: String,
    /// What it says: an entry's text, an item's note, a record's text. May be empty.
    pub text: String,
    /// Of an item: what it says of itself.
    pub stance: Option<Stance>,
    /// The removed device deleted it. It reads as it stood before; to keep it brings it back.
    pub deleted: bool,
}

impl From<core::DevicesView> for DevicesView {
    fn from(view: core::DevicesView) -> Self {
        let core::DevicesView { others, this_is_removed, this_is_unlisted, needs_settling, unconfirmed } = view;
        let others = others.into_iter().map(DeviceView::from).collect();
        let unconfirmed = unconfirmed.into_iter().map(Unconfirmed::from).collect();
        Self { others, this_is_removed, this_is_unlisted, needs_settling, unconfirmed }
    }
}

impl From<core::Unconfirmed> for Unconfirmed {
    fn from(of: core::Unconfirmed) -> Self {
        Self { device: of.device.to_string(), is_this: of.is_this, name: of.name, stays_out: of.stays_out }
    }
}

impl From<core::DeviceView> for DeviceView {
    fn from(view: core::DeviceView) -> Self {
        let private_passing = match view.private {
            PrivateStanding::Passes => PrivatePassing::Passes,
            PrivateStanding::Waits { until_ms } => PrivatePassing::Waits { until: Timestamp(until_ms) },
            PrivateStanding::Refused => PrivatePassing::Refused,
        };
        let (device, since) = (view.device.to_string(), Timestamp(view.since_ms));
        Self { device, name: view.name, since, private_passing, is_new: view.is_new }
    }
}

impl From<core::AsideView> for AsideView {
    fn from(view: core::AsideView) -> Self {
        let core::AsideView { id, sort, title, text, stance, deleted } = view;
        Self { id: id.to_string(), sort, title, text, stance: stance.map(Stance::from), deleted }
    }
}
