//! The second key: set, changed, removed; Private unlocked and locked.

use std::ops::ControlFlow;
use std::path::Path;

use nightstand_engine::ids::Space;
use nightstand_engine::store::{Store, Transaction};

use super::lists::{attach, detach, is_current, make_file, make_tables, make_views};
use super::{CHECK, DataKey, LOCK, Private, STAMP};
use crate::store::{Reader, Rows, StoreError, Told, Writer, file, remove};

/// The lists are made in a file of their own, under a key of their own: any number will do.
const FIRST_STAMP: i64 = 1;

impl Rows<'_> {
    /// Do the lists of Private say what its documents say? Not for a moment after each commit, and not while they can't be
    /// written.
    pub(crate) fn private_lists_are_current(&self) -> Result<bool, StoreError> {
        if !matches!(self.private(), Private::Unlocked(_)) {
            return Ok(true);
        }
        let sql = "SELECT stamp = (SELECT value FROM main.meta WHERE name = ?1) FROM private.stamp";
        Ok(self.one(sql, [STAMP], |row| Ok(row.get::<_, Option<bool>>(0)?))?.flatten() == Some(true))
    }

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
                let mut tx = self.begin()?;
                tx.rows().set_meta(LOCK, data.wrapped(key, &tx.randomness())?)?;
                // What the old key opened leaves the log, too.
                tx.mark_purge()?;
                tx.commit()
            }
            (Private::Unlocked(data), None) => self.open_private(&data, told),
        }
    }

    /// First the lists, in a file that nobody has heard of yet; then all the rest, in one transaction of the first file.
    fn close_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let data = DataKey::make(self.randomness());
        let path = self.access().private_path();
        remove(&path)?;
        let closed = self.list_into(&path, &data, FIRST_STAMP, told).and_then(|()| self.seal_private(key, &data));
        if let Err(error) = closed {
            self.give_up_private();
            if !matches!(self.private(), Private::Open) {
                return Ok(()); // it was committed all the same: Private is locked, and the key opens it
            }
            let _ = remove(&path);
            return Err(error);
        }
        // The key is set; what fails from here on leaves Private locked.
        self.set_private(Private::Unlocked(data));
        if make_views(self.connection()).is_err() {
            self.give_up_private();
        }
        self.access().remember(self.private());
        Ok(())
    }

    fn seal_private(&mut self, key: &[u8; 32], data: &DataKey) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        tx.rows().set_meta(LOCK, data.wrapped(key, &tx.randomness())?)?;
        tx.rows().set_meta(CHECK, data.check())?;
        tx.rows().set_meta(STAMP, FIRST_STAMP)?;
        tx.each_private(&mut |_| ControlFlow::Continue(()), |tx, it| {
            tx.drop_derived_in("main", it.id)?;
            tx.spell_out(it.id)?;
            tx.put_stored(it.id, &data.seal(it.document.as_bytes(), &it.stored, &tx.randomness())?)
        })?;
        tx.mark_purge()?;
        tx.commit()
    }

    /// Lists what lies open, in a new second file.
    fn list_into(&mut self, path: &Path, data: &DataKey, stamp: i64, told: &mut Told<'_>) -> Result<(), StoreError> {
        make_file(path)?;
        attach(self.connection(), path, data)?;
        file::set_up_private(self.connection())?;
        self.make_private_lists(stamp, told)
    }

    fn open_private(&mut self, data: &DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        tx.each_private(told, |tx, it| {
            let plain = data.unseal(it.document.as_bytes(), &it.stored).ok_or(StoreError::Damaged)?;
            tx.put_stored(it.id, &plain)?;
            tx.derive_private("main", it, &plain)
        })?;
        for name in [LOCK, CHECK, STAMP] {
            tx.rows().drop_meta(name)?;
        }
        tx.commit()?;
        self.set_private(Private::Open);
        self.access().remember(&Private::Open);
        let _ = detach(self.connection());
        // What can't be removed is sealed, and in nobody's way.
        let _ = remove(&self.access().private_path());
        Ok(())
    }

    /// Unlocks Private. Its lists are made again if they are not those of the file.
    pub(crate) fn unlock_private(&mut self, key: &[u8; 32], told: &mut Told<'_>) -> Result<(), StoreError> {
        let Some(lock) = self.rows().private_lock()? else { return Ok(()) };
        let data = DataKey::unwrapped(&lock, key)?;
        if matches!(self.private(), Private::Unlocked(_)) {
            return Ok(());
        }
        self.take_up_private(data, told)
    }

    /// Goes on as before the file was let go of. A data key that is no longer the one is forgotten.
    pub(in crate::store) fn restore_private(&mut self) -> Result<(), StoreError> {
        let Some(data) = self.access().remembered() else { return Ok(()) };
        if !data.fits(self.connection())? {
            self.access().remember(&Private::Locked);
            return Ok(());
        }
        self.take_up_private(data, &mut |_| ControlFlow::Continue(()))
    }

    /// Sets aside what removed devices wrote there while it was locked.
    fn settle_private(&mut self) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        tx.settle_private()?;
        tx.commit()
    }

    fn take_up_private(&mut self, data: DataKey, told: &mut Told<'_>) -> Result<(), StoreError> {
        let path = self.access().private_path();
        let stamp = self.rows().meta(STAMP)?.unwrap_or_default();
        let _ = detach(self.connection());
        self.set_private(Private::Unlocked(data.clone()));
        let taken = match self.look_into(&path, &data) {
            Ok(true) => Ok(()),
            Ok(false) => self.make_private_lists(stamp, told),
            // A file that can't be read holds nothing that is not in the first one, too.
            Err(StoreError::Damaged | StoreError::WrongKey) => {
                let _ = detach(self.connection());
                remove(&path).and_then(|()| self.list_into(&path, &data, stamp, told))
            }
            Err(error) => Err(error),
        };
        let taken = taken.and_then(|()| make_views(self.connection())).and_then(|()| self.keep_unkept());
        let taken = taken.and_then(|()| self.settle_private());
        if taken.is_err() {
            self.give_up_private();
        } else if self.rows().purge_is_due().unwrap_or(true) {
            self.purge_is_due_again();
        }
        self.access().remember(self.private());
        taken
    }

    /// Is the second file whole, and does it list what the first one holds?
    fn look_into(&self, path: &Path, data: &DataKey) -> Result<bool, StoreError> {
        make_file(path)?;
        attach(self.connection(), path, data)?;
        file::set_up_private(self.connection())?;
        let damaged = self.connection().prepare("PRAGMA private.cipher_integrity_check")?.exists([])?;
        let whole = "PRAGMA private.quick_check(1)";
        let whole = || self.connection().query_row(whole, [], |row| Ok(row.get::<_, String>(0)? == "ok"));
        if damaged || !whole()? {
            return Err(StoreError::Damaged);
        }
        is_current(self.connection())
    }

    fn make_private_lists(&mut self, stamp: i64, told: &mut Told<'_>) -> Result<(), StoreError> {
        let mut tx = self.begin()?;
        make_tables(tx.connection())?;
        let private = tx.private().clone();
        tx.each_private(told, |tx, it| {
            // One that is spoilt is not listed, as one that does not load; it stays where it is.
            match private.unseal(Space::Private, &it.document, it.stored.clone()) {
                Err(StoreError::Damaged) => Ok(()),
                plain => tx.derive_private("private", it, &plain?),
            }
        })?;
        tx.note_made(stamp)?;
        tx.commit_lists()?;
        self.lists_stale().set(false);
        Ok(())
    }

    /// Makes the lists of Private again, if a disk was full when they were to be written, or if they are damaged.
    pub(crate) fn mend_private(&mut self, damaged: bool) -> Result<(), StoreError> {
        match self.private().clone() {
            Private::Unlocked(data) if damaged => self.take_up_private(data, &mut |_| ControlFlow::Continue(())),
            Private::Unlocked(_) if self.lists_stale().get() => {
                let stamp = self.rows().meta(STAMP)?.unwrap_or_default();
                self.make_private_lists(stamp, &mut |_| ControlFlow::Continue(()))
            }
            _ => Ok(()),
        }
    }

    /// Locks Private. Does nothing without a second key.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        if matches!(self.private(), Private::Unlocked(_)) {
            self.set_private(Private::Locked);
            let _ = detach(self.connection());
        }
        self.access().remember(&Private::Locked);
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
            Private::Unlocked(key) => match key.fits(self.connection()) {
                Ok(true) => attach(self.connection(), &path, key).and_then(|()| make_views(self.connection())),
                Ok(false) => Err(StoreError::WrongKey),
                Err(error) => Err(error),
            },
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
        let data = DataKey::unwrapped(&lock, key)?;
        let private = Private::Unlocked(data);
        // Who may write makes a file that is lost, damaged or behind anew.
        let current = self.follow_private(&private).and_then(|()| is_current(self.connection()));
        if !matches!(current, Ok(true)) {
            self.follow_private(&Private::Locked)?;
            return Err(StoreError::Older);
        }
        self.access().remember(&private);
        Ok(())
    }

    /// Locks it again there.
    pub(crate) fn lock_private(&mut self) -> Result<(), StoreError> {
        self.access().remember(&Private::Locked);
        self.follow_private(&Private::Locked)
    }
}
