//! Parcels joined with the vault: what bundles and mailboxes share.
//!
//! A parcel goes to all devices of the partner whose keys are known here, or to all one's own. Private is in none.

use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::exchange::{Audience, Reach};
use nightstand_engine::ids::{BondId, DeviceId};
use nightstand_engine::parcel::{
    self, Cut, Head, Introduced, MOST_READERS, Made, Making, ParcelError, Sealed, Taken, Taking,
};
use nightstand_engine::random::Random;
use nightstand_engine::roster::DeviceRecord;
use nightstand_engine::session::Config;
use nightstand_engine::store::Store;
use nightstand_engine::wire::WireError;

use super::conversation::{follow, keep_record};
use super::parties::{with_own_device, with_partner};
use crate::cancel::Until;
use crate::error::{NightstandError, Refused};
use crate::store::{BondRow, BondState, StoreError};
use crate::vault::Vault;

/// The other end of parcels: the partner's devices, or one's own.
pub(super) struct Channel {
    /// None for own devices.
    bond: Option<BondRow>,
    pub(super) config: Config,
}

impl Channel {
    /// Errors: `NotPaired`.
    pub(super) fn with_partner(vault: &Vault) -> Result<Self, NightstandError> {
        let (bond, config) = with_partner(vault)?;
        Ok(Self { bond: Some(bond), config })
    }

    /// None while there is no other device.
    pub(super) fn with_own_devices(vault: &Vault) -> Result<Option<Self>, NightstandError> {
        Ok(with_own_device(vault)?.map(|mut config| {
            config.parties.audience = Audience::OwnDevice(Reach::Shared);
            Self { bond: None, config }
        }))
    }

    /// All there are.
    pub(super) fn all(vault: &Vault) -> Result<Vec<Self>, NightstandError> {
        let partner = match Self::with_partner(vault) {
            Err(NightstandError::NotPaired) => None,
            other => Some(other?),
        };
        Ok(partner.into_iter().chain(Self::with_own_devices(vault)?).collect())
    }

    /// Under which id the devices at both ends know each other.
    pub(super) fn id(&self) -> BondId {
        self.config.parties.channel()
    }

    /// May anything be sent? An offered bond holds once something came under it.
    pub(super) fn is_held(&self) -> bool {
        self.bond.as_ref().is_none_or(|bond| bond.state == BondState::Held)
    }

    /// The devices that can read what is sent.
    pub(super) fn readers(&self) -> Vec<DeviceRecord> {
        let (config, other) = (&self.config, self.config.parties.other());
        let may = |record: &&DeviceRecord| {
            other.lists(&record.device) && !other.has_removed(&record.device) && record.device != config.device.device()
        };
        config.peers.iter().filter(may).take(MOST_READERS).cloned().collect()
    }

    /// Are there devices at the other end whose keys are not known?
    pub(super) fn has_strangers(&self) -> bool {
        let (config, this) = (&self.config, self.config.device.device());
        let is_known = |device: &DeviceId| config.peers.iter().any(|record| record.device == *device);
        config.parties.other().devices().any(|device| *device != this && !is_known(device))
    }

    /// Makes a parcel of what `outbox` has next. Between two batches others may write.
    pub(super) fn make(
        &self,
        vault: &Vault,
        head: Head,
        outbox: &mut Outbox,
        cut: &Cut<'_>,
        random: &mut dyn Random,
    ) -> Result<Made, NightstandError> {
        let readers = self.readers();
        let mut making = vault.with_store(|store| Ok(Making::begin(&store.begin()?, &self.config, head, cut.most)?))?;
        while (cut.goes_on)() && vault.with_store(|store| Ok(making.step(&store.begin()?, outbox)?))? {}
        Ok(making.seal(&readers, outbox, random))
    }
}

/// A parcel that was opened and whose writer is known.
pub(super) struct Opened<'a> {
    sealed: Sealed<'a>,
    pub(super) introduced: Introduced,
    channel: Channel,
}

impl<'a> Opened<'a> {
    /// Opens a parcel, and keeps what it says of persons and devices. None if it is not sealed to this device.
    pub(super) fn open(vault: &Vault, bytes: &'a [u8]) -> Result<Option<Self>, NightstandError> {
        for mut channel in Channel::all(vault)? {
            let mut sealed = match parcel::open::<StoreError>(bytes, &channel.config) {
                Err(ParcelError::NotForThisDevice) => continue,
                other => other.map_err(what_an_app_does_about)?,
            };
            let introduced = sealed.introduce(&mut channel.config).map_err(what_an_app_does_about::<StoreError>)?;
            channel.keep(vault, &introduced)?;
            return Ok(Some(Self { sealed, introduced, channel }));
        }
        Ok(None)
    }

    /// The other end.
    pub(super) fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Takes the entries in, as long as there is time; between two batches others may write. Says as well whether the person is
    /// to be asked about something that they were not asked about before.
    pub(super) fn take_in(self, vault: &Vault, until: &Until) -> Result<(Taken, bool), NightstandError> {
        let Self { sealed, introduced, channel } = self;
        let goes_on = || until.goes_on().unwrap_or(false);
        let taken = || {
            let begin = |store: &mut _| Taking::begin(sealed, introduced, &channel.config, store);
            let mut taking = vault.with_store(|store| begin(store).map_err(what_an_app_does_about))?;
            let mut step = |store: &mut _| taking.step(&channel.config, store, &goes_on);
            while vault.with_store(|store| step(store).map_err(what_an_app_does_about))? {}
            Ok(taking.end())
        };
        let taken: Result<Taken, NightstandError> = taken();
        // What a parcel brought before it failed is here as well.
        follow(vault);
        let taken = taken?;
        let mut asks = false;
        for doubt in &taken.doubts {
            asks |= vault.write(|tx| Ok(tx.ask_about(doubt)?))?;
        }
        Ok((taken, asks))
    }
}

impl Channel {
    /// Whoever writes a parcel under a bond holds it: what this person confirmed counts from here on.
    fn keep(&mut self, vault: &Vault, introduced: &Introduced) -> Result<(), NightstandError> {
        vault.write(|tx| {
            if let Some(bond) = self.bond.as_mut().filter(|bond| bond.state == BondState::Offered) {
                if !tx.hold_bond(&bond.bond)? {
                    return Err(NightstandError::NotPaired);
                }
                bond.state = BondState::Held;
            }
            for roster in &introduced.rosters {
                tx.take_roster(roster)?;
            }
            if let Some(circle) = &introduced.circle {
                tx.take_circle(circle)?;
            }
            // An older parcel may come later: keys that were replaced do not come back.
            let newer = |known: &DeviceRecord| {
                known.device == introduced.peer.device && known.install > introduced.peer.install
            };
            if introduced.is_new && !self.config.peers.iter().any(newer) {
                keep_record(tx, &introduced.peer)?;
            }
            Ok(())
        })
    }
}

fn what_an_app_does_about<E: Into<NightstandError>>(error: ParcelError<E>) -> NightstandError {
    match error {
        ParcelError::Store(error) => error.into(),
        ParcelError::UnknownPeer => NightstandError::Refused(Refused::Device),
        ParcelError::Removed => NightstandError::Refused(Refused::Removed),
        ParcelError::Wire(WireError::TooNew) => NightstandError::PeerTooNew,
        ParcelError::Wire(WireError::TooLarge) => NightstandError::TooLarge,
        ParcelError::NotForThisDevice
        | ParcelError::Damaged
        | ParcelError::Wire(WireError::Malformed)
        | ParcelError::Roster(_)
        | ParcelError::Refused(_) => NightstandError::Refused(Refused::Bytes),
    }
}
