//! Who this vault belongs to and the secrets of this phone.

use std::ops::ControlFlow;

use nightstand_engine::ids::{PersonId, Place};
use nightstand_engine::keys::{DeviceKeys, OwnEntriesKey, Phrase};
use nightstand_engine::roster::SignedRoster;
use zeroize::Zeroizing;

use super::{Rows, StoreError, StoreTx};

const PERSON: &str = "person";
const PHRASE: &str = "phrase";
const DEVICE_SEED: &str = "device_seed";
const INSTALL_MARK: &str = "install_mark";
const OWN_KEY: &str = "own_key";
const OWN_KEY_NUMBER: &str = "own_key_number";

impl Rows<'_> {
    /// Whose vault it is. None in a file that was made and not set up.
    pub(super) fn stored_person(&self) -> Result<Option<PersonId>, StoreError> {
        Ok(self.meta(PERSON)?.map(PersonId::from_bytes))
    }

    /// The keys of this device under this install.
    pub(crate) fn device_keys(&self) -> Result<DeviceKeys, StoreError> {
        let seed = Zeroizing::new(self.required_meta(DEVICE_SEED)?);
        Ok(DeviceKeys::new(*seed, self.required_meta(INSTALL_MARK)?))
    }

    /// The key under which the person's own devices vouch for their logs.
    pub(crate) fn own_key(&self) -> Result<OwnEntriesKey, StoreError> {
        let key = Zeroizing::new(self.required_meta(OWN_KEY)?);
        Ok(OwnEntriesKey::from_parts(self.required_meta::<i64>(OWN_KEY_NUMBER)?.cast_unsigned(), *key))
    }

    /// The recovery phrase, until the person has confirmed that they wrote it down.
    pub(crate) fn phrase(&self) -> Result<Option<Phrase>, StoreError> {
        let entropy = self.meta(PHRASE)?.map(Zeroizing::new);
        Ok(entropy.map(|entropy| Phrase::from_entropy(*entropy)))
    }
}

impl StoreTx<'_> {
    /// The keys of this device under this install.
    pub(crate) fn device_keys(&self) -> Result<DeviceKeys, StoreError> {
        self.rows().device_keys()
    }

    /// Forgets the phrase: the person has written it down. The write-ahead log is emptied after the commit. Does nothing where
    /// it is forgotten.
    pub(crate) fn forget_phrase(&mut self) -> Result<(), StoreError> {
        if self.rows().phrase()?.is_some() {
            self.rows().drop_meta(PHRASE)?;
            self.mark_purge()?;
        }
        Ok(())
    }

    /// Keeps the own-entries key that counts from now on.
    pub(crate) fn put_own_key(&mut self, key: &OwnEntriesKey) -> Result<(), StoreError> {
        self.rows().set_meta(OWN_KEY, key.secret())?;
        self.rows().set_meta(OWN_KEY_NUMBER, key.number().cast_signed())
    }

    /// Makes a new file the vault of the person with this phrase: one device, the first own-entries key, a private log.
    pub(super) fn set_up(&mut self, phrase: &Phrase, install_mark: [u8; 16]) -> Result<(), StoreError> {
        let root = phrase.root();
        let seed = Zeroizing::new(self.randomness().bytes());
        let device = DeviceKeys::new(*seed, install_mark).device();
        self.rows().set_meta(PERSON, root.person().as_bytes())?;
        self.rows().set_meta(PHRASE, phrase.entropy())?;
        self.rows().set_meta(DEVICE_SEED, *seed)?;
        self.rows().set_meta(INSTALL_MARK, install_mark)?;
        self.put_own_key(&root.own_entries_key(1))?;
        self.put_roster(&SignedRoster::sign(&root, 1, vec![device], 1))?;
        self.open_writing_log(&Place::Private { owner: root.person() })?;
        self.rebuild_rows(&mut |_| ControlFlow::Continue(()))
    }

    /// Notes under which install mark the file is open. Under another than before it is a copy, and its logs may go on
    /// elsewhere: this install then writes new ones.
    pub(super) fn adopt_mark(&mut self, install_mark: [u8; 16]) -> Result<(), StoreError> {
        if self.rows().required_meta::<[u8; 16]>(INSTALL_MARK)? == install_mark {
            return Ok(());
        }
        self.rows().set_meta(INSTALL_MARK, install_mark)?;
        self.renew_writing_logs()
    }
}
