//! Who this vault belongs to and the secrets of this phone.

use std::ops::ControlFlow;

use nightstand_engine::ids::{PersonId, Place};
use nightstand_engine::keys::{DeviceKeys, OwnEntriesKey, OwnKeys, Phrase};
use nightstand_engine::roster::{Roster, SignedRoster};
use zeroize::Zeroizing;

use super::{Rows, StoreError, StoreTx};

const PERSON: &str = "person";
const PHRASE: &str = "phrase";
const DEVICE_SEED: &str = "device_seed";
const INSTALL_MARK: &str = "install_mark";
const OWN_KEY: &str = "own_key";
const OWN_KEY_NUMBER: &str = "own_key_number";
/// The keys before it, one after the other: 8 bytes of number, little-endian, and 32 of key.
const EARLIER_OWN_KEYS: &str = "earlier_own_keys";
/// How many install marks there were before this one.
const INSTALLS: &str = "installs";

impl Rows<'_> {
    /// Whose vault it is. None in a file that was made and not set up.
    pub(super) fn stored_person(&self) -> Result<Option<PersonId>, StoreError> {
        Ok(self.meta(PERSON)?.map(PersonId::from_bytes))
    }

    /// The keys of this device under this install.
    pub(crate) fn device_keys(&self) -> Result<DeviceKeys, StoreError> {
        let seed = Zeroizing::new(self.required_meta(DEVICE_SEED)?);
        let installs = self.meta::<i64>(INSTALLS)?.unwrap_or_default().cast_unsigned();
        Ok(DeviceKeys::new(*seed, self.required_meta(INSTALL_MARK)?).installed(installs))
    }

    /// The keys under which the person's own devices vouch for their logs.
    pub(crate) fn own_keys(&self) -> Result<OwnKeys, StoreError> {
        let key = Zeroizing::new(self.required_meta(OWN_KEY)?);
        let current = OwnEntriesKey::from_parts(self.required_meta::<i64>(OWN_KEY_NUMBER)?.cast_unsigned(), *key);
        let earlier = Zeroizing::new(self.meta::<Vec<u8>>(EARLIER_OWN_KEYS)?.unwrap_or_default());
        let (earlier, []) = earlier.as_chunks::<40>() else { return Err(StoreError::Damaged) };
        let earlier = earlier.iter().map(|part| {
            let (number, key) = part.split_first_chunk::<8>().ok_or(StoreError::Damaged)?;
            let key = key.try_into().map_err(|_| StoreError::Damaged)?;
            Ok(OwnEntriesKey::from_parts(u64::from_le_bytes(*number), key))
        });
        let keys = earlier.chain([Ok(current)]).collect::<Result<Vec<_>, StoreError>>()?;
        OwnKeys::from_keys(keys).ok_or(StoreError::Damaged)
    }

    /// The first of them, which stays the same when a device is removed.
    pub(crate) fn first_own_key(&self) -> Result<OwnEntriesKey, StoreError> {
        self.own_keys()?.iter().next().cloned().ok_or(StoreError::Damaged)
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

    /// Keeps the own-entries keys.
    pub(crate) fn put_own_keys(&mut self, keys: &OwnKeys) -> Result<(), StoreError> {
        let current = keys.current();
        let mut earlier = Zeroizing::new(Vec::new());
        for key in keys.iter().filter(|key| key.number() < current.number()) {
            earlier.extend_from_slice(&key.number().to_le_bytes());
            earlier.extend_from_slice(key.secret());
        }
        self.rows().set_meta(OWN_KEY, current.secret())?;
        self.rows().set_meta(OWN_KEY_NUMBER, current.number().cast_signed())?;
        self.rows().set_meta(EARLIER_OWN_KEYS, &earlier[..])
    }

    /// Makes it the vault of somebody else.
    pub(super) fn set_person(&mut self, person: PersonId) -> Result<(), StoreError> {
        self.rows().set_meta(PERSON, person.as_bytes())?;
        self.belongs_to(person);
        Ok(())
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
        self.put_own_keys(&OwnKeys::of(&root, 1))?;
        self.put_membership(&SignedRoster::sign(&root, Roster::first(root.person(), device), Vec::new()).into())?;
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
        let installs = self.rows().meta::<i64>(INSTALLS)?.unwrap_or_default();
        self.rows().set_meta(INSTALLS, installs.saturating_add(1))?;
        self.renew_writing_logs()
    }
}
