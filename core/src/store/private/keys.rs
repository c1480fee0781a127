//! The second key: set, changed, removed; Private unlocked and locked.

use std::ops::ControlFlow;

use nightstand_engine::ids::Space;
use nightstand_engine::store::{Store, Transaction};
use zeroize::Zeroizing;

use super::lists::{attach, detach, is_current, make_file, make_tables, make_views};
use super::{DataKey, LOCK, Private, STAMP};
use crate::store::{Reader, Rows, StoreError, Told, Writer, file, remove};

impl Rows<'_> {
    /// What wraps the data key; none without a second key.
    pub(in crate::store) fn private_lock(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.meta(LOCK)
    }
}

impl Writer {
    /// Puts Private under this second key, under another one, or under none. Of a locked Private that is refused.
    pub(crate) fn set_private_key(&mut self, key: Option<&[u8; 32]>, told: &mut Told<'_>) -> Result<(), StoreError> {
        match (self.private().clone(), key) {
            (Private::Locked, _) => Err(StoreError::PrivateLocked),
            (Private::Open, None) => Ok(()),
            (Private::Open, Some(key)) => self.close_private(key, told),
            (Private::Unlocked(data), Some(key)) => {
                let tx = self.begin()?;
                tx.rows().set_meta(LOCK, DataKey::from(key).seal(LOCK.as_bytes(), &data.0[..], &tx.randomness())?)?;
                tx.commit()
            }
            (Private::Unlocked(data), None) => self.open_private(&data, told),
        }
    }

    fn close_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let data = DataKey::make(self.randomness());
        let path = self.access().private_path();
        remove(&path)?;
        make_file(&path)?;
        attach(self.connection(), &path, &data)?;
        self.set_private(Private::Unlocked(data.clone()));
        let mut close = |writer: &mut Self| -> Result<(), StoreError> {
            file::set_up_private(writer.connection())?;
            let mut tx = writer.begin()?;
            make_tables(tx.connection())?;
            tx.rows().set_meta(LOCK, DataKey::from(key).seal(LOCK.as_bytes(), &data.0[..], &tx.randomness())?)?;
            tx.each_private(told, |tx, it| {
                tx.drop_derived_in("main", it.id)?;
                let sealed = data.seal(it.document.as_bytes(), &it.stored, &tx.randomness())?;
                tx.put_stored(it.id, &sealed)?;
                tx.derive_private(it, &it.stored)
            })?;
            tx.note_made()?;
            tx.mark_purge()?;
            tx.commit()?;
            make_views(writer.connection())
        };
        let closed = close(self);
        if closed.is_err() {
            self.give_up_private();
        }
        self.access().remember(self.private());
        closed
    }

    fn open_private(&mut self, data: &DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        self.set_private(Private::Open);
        let mut open = |writer: &mut Self| -> Result<(), StoreError> {
            let mut tx = writer.begin()?;
            tx.each_private(told, |tx, it| {
                let plain = data.unseal(it.document.as_bytes(), &it.stored).ok_or(StoreError::Damaged)?;
                tx.put_stored(it.id, &plain)?;
                tx.derive_private(it, &plain)
            })?;
            tx.rows().drop_meta(LOCK)?;
            tx.rows().drop_meta(STAMP)?;
            tx.commit()
        };
        if let Err(error) = open(self) {
            self.set_private(Private::Unlocked(data.clone()));
            return Err(error);
        }
        self.access().remember(&Private::Open);
        detach(self.connection())?;
        // What can't be removed is sealed, and in nobody's way.
        let _ = remove(&self.access().private_path());
        Ok(())
    }

    /// Unlocks Private. Its lists are made again if they are not those of the file.
    pub(crate) fn unlock_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let Some(lock) = self.rows().private_lock()? else { return Ok(()) };
        let data = DataKey::from(key).unseal(LOCK.as_bytes(), &lock).ok_or(StoreError::WrongKey)?;
        let data = DataKey(Zeroizing::new(data.try_into().map_err(|_| StoreError::Damaged)?));
        if matches!(self.private(), Private::Unlocked(_)) {
            return Ok(());
        }
        self.take_up_private(data, told)
    }

    /// Goes on as before the file was let go of.
    pub(in crate::store) fn restore_private(&mut self) -> Result<(), StoreError> {
        match self.access().remembered() {
            Some(data) if matches!(self.private(), Private::Locked) => {
                self.take_up_private(data, &mut |_| ControlFlow::Continue(()))
            }
            _ => Ok(()),
        }
    }

    fn take_up_private(&mut self, data: DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        let path = self.access().private_path();
        self.set_private(Private::Unlocked(data.clone()));
        let current = |writer: &Self| -> Result<bool, StoreError> {
            make_file(&path)?;
            attach(writer.connection(), &path, &data)?;
            file::set_up_private(writer.connection())?;
            if writer.connection().prepare("PRAGMA private.cipher_integrity_check")?.exists([])? {
                return Err(StoreError::Damaged);
            }
            is_current(writer.connection())
        };
        let taken = match current(self) {
            Ok(true) => Ok(()),
            Ok(false) => self.make_private_lists(told),
            // A file that can't be read holds nothing that is not in the first one, too.
            Err(StoreError::Damaged | StoreError::WrongKey) => (|| {
                detach(self.connection())?;
                remove(&path)?;
                make_file(&path)?;
                attach(self.connection(), &path, &data)?;
                file::set_up_private(self.connection())?;
                self.make_private_lists(told)
            })(),
            Err(error) => Err(error),
        };
        let taken = taken.and_then(|()| make_views(self.connection())).and_then(|()| self.keep_unkept());
        if taken.is_err() {
            self.give_up_private();
        }
        self.access().remember(self.private());
        taken
    }

    fn make_private_lists(&mut self, told: &mut Told<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        make_tables(tx.connection())?;
        let private = self::Private::clone(tx.private());
        tx.each_private(told, |tx, it| {
            let plain = private.unseal(Space::Private, &it.document, it.stored.clone())?;
            tx.derive_private(it, &plain)
        })?;
        tx.note_made()?;
        tx.commit()
    }

    /// Locks Private. Does nothing without a second key.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        if matches!(self.private(), Private::Unlocked(_)) {
            self.set_private(Private::Locked);
            self.access().remember(&Private::Locked);
            detach(self.connection())?;
        }
        Ok(())
    }

    /// After something went wrong: as the file says.
    fn give_up_private(&mut self) {
        let _ = detach(self.connection());
        self.set_private(Private::of(self.connection()).unwrap_or(Private::Locked));
    }
}

impl Reader {
    /// Sees what the writer lists of Private, or no more. Without a second key there is nothing to lock.
    pub(crate) fn follow_private(&mut self, private: &Private) -> Result<(), StoreError> {
        let path = self.access().private_path();
        let writes = |on: bool| self.connection().pragma_update(None, "query_only", !on);
        writes(true)?;
        let followed = detach(self.connection()).and_then(|()| match private {
            Private::Open | Private::Locked => Ok(()),
            Private::Unlocked(key) => {
                attach(self.connection(), &path, key).and_then(|()| make_views(self.connection()))
            }
        });
        if followed.is_err() {
            let _ = detach(self.connection());
        }
        writes(false)?;
        let lock = Private::lock_of(self.connection())?;
        let private = match private {
            _ if lock.is_none() => Private::Open,
            Private::Unlocked(key) if followed.is_ok() => Private::Unlocked(key.clone()),
            _ => Private::Locked,
        };
        self.set_private(private, lock);
        followed
    }

    /// Unlocks Private in a vault that only reads.
    pub(crate) fn unlock_private(&mut self, key: &[u8; 32]) -> Result<(), StoreError> {
        let Some(lock) = self.read(|rows| rows.private_lock())? else { return Ok(()) };
        let data = DataKey::from(key).unseal(LOCK.as_bytes(), &lock).ok_or(StoreError::WrongKey)?;
        let data = DataKey(Zeroizing::new(data.try_into().map_err(|_| StoreError::Damaged)?));
        let private = Private::Unlocked(data);
        self.follow_private(&private)?;
        if !is_current(self.connection())? {
            self.follow_private(&Private::Locked)?;
            return Err(StoreError::Older);
        }
        self.access().remember(&private);
        Ok(())
    }

    /// Locks it again there.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        if !matches!(self.private(), Private::Unlocked(_)) {
            return Ok(());
        }
        self.access().remember(&Private::Locked);
        self.follow_private(&Private::Locked)
    }
}
