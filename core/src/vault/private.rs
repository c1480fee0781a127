//! A second key for what a person keeps to themself.
//!
//! With a second key, Private (private entries and preferences, the working copies of what is shared, all drafts) is closed
//! to whoever has the vault's key alone: it is encrypted under a key of its own. The rest of the vault goes on: what the
//! partner shares is read, what both write is written, and everything that is shared syncs. So the second key can be one that
//! Keychain or Keystore gives only after a face, a finger or a second code, while the first serves the background.
//!
//! ```
//! # use nightstand::{error::NightstandError, vault::{PrivateLock, SystemClock, Vault}};
//! # use std::{ops::ControlFlow, sync::Arc};
//! # fn main() -> Result<(), NightstandError> {
//! # let folder = tempfile::tempdir().map_err(|_| NightstandError::Internal("no folder"))?;
//! # let vault = Vault::open(folder.path().join("a.db"), [0; 32], [0; 16], Arc::new(SystemClock))?;
//! let second_key = [7; 32]; // random, of course
//! vault.set_private_key(Some(second_key), |_| ControlFlow::Continue(()))?;
//! vault.lock_private()?;
//! assert_eq!(vault.private_lock()?, PrivateLock::Locked);
//! vault.unlock_private(second_key, |_| ControlFlow::Continue(()))?;
//! # Ok(())
//! # }
//! ```
//!
//! | while Private is locked | |
//! |---|---|
//! | the journal's list, search, calendar | show what is shared and joint; one's own shared entries as the partner sees them |
//! | reading or writing anything private; `list` and `effective` of one's own preferences | [`PrivateLocked`](NightstandError::PrivateLocked): a boundary that can't be seen must not be taken for none |
//! | sync with the partner | goes on. What one wrote in a joint entry that the partner deletes comes to Private when it is unlocked |
//!
//! What whoever has the vault's key alone can find out: that there is something private, how many documents, how large, which
//! changes each has, when the file was written; and about which activities and questions something private is said, though
//! not what, since the ids of such documents follow from what they are about. Another second key does not make another data
//! key: an old copy of the file still opens with the old one. A second file, with `.private` added to the vault's name, holds
//! what lists and search need of Private, encrypted; it is made again if it is lost.
//!
//! Whoever forgets the second key has lost what is private: nothing else opens it.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;

use super::attend::Forget;
use super::{Purpose, Vault};
use crate::error::{InvalidInput, NightstandError};
use crate::log::Level;
use crate::names::names;
use crate::pairing::follow_partings;
use crate::progress::ProgressReport;
use crate::store::{Private, StoreError, Writer};
use crate::together::reflections;

const KEY_SET: &str = "private_key_set";

/// How Private stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrivateLock {
    /// There is no second key: Private is as open as the vault.
    None,
    /// It needs its second key.
    Locked,
    /// It was unlocked with its second key.
    Unlocked,
}

names!(PrivateLock { Self::None = "none", Self::Locked = "locked", Self::Unlocked = "unlocked" });

impl Vault {
    /// How Private stands.
    pub fn private_lock(&self) -> Result<PrivateLock, NightstandError> {
        self.read(|rows, _| {
            Ok(match rows.private() {
                Private::Open => PrivateLock::None,
                Private::Locked => PrivateLock::Locked,
                Private::Unlocked(_) => PrivateLock::Unlocked,
            })
        })
    }

    /// Puts Private under a second key, under another one, or with `None` under none any more. The first and the last write
    /// every private document anew, a second for some thousand; `told` hears how far it is, and a break leaves all as it was.
    /// Another key takes a moment. Who reads while the key is being set may be told `PrivateLocked` for that moment.
    ///
    /// Fails with [`NightstandError::InvalidInput`] for the vault's own key, which would close nothing; with
    /// [`NightstandError::PrivateLocked`] while Private is locked, with [`NightstandError::Cancelled`], and with what writing
    /// can fail with. Then the old key still holds, if there was one.
    pub fn set_private_key(
        &self,
        key: Option<[u8; 32]>,
        mut told: impl FnMut(ProgressReport) -> ControlFlow<()> + Send,
    ) -> Result<(), NightstandError> {
        let key = key.map(zeroize::Zeroizing::new);
        if key.as_ref().is_some_and(|key| self.is_own_key(key)) {
            return Err(NightstandError::InvalidInput { what: InvalidInput::Key });
        }
        if key.is_some() && self.private_lock()? == PrivateLock::None {
            self.write(|tx| Ok(tx.second_key_comes()?))?;
        }
        self.change_private(KEY_SET, |store| store.set_private_key(key.as_deref(), &mut calm(&mut told)))
    }

    /// Unlocks Private. Does nothing without a second key. Its lists and search may have to be made again, as after a crash
    /// or an update of the app; `told` hears how far that is.
    ///
    /// Fails with [`NightstandError::WrongKey`]; in a vault that was opened to read, with [`NightstandError::MigrationNeeded`]
    /// if the lists have to be made again.
    pub fn unlock_private(
        &self,
        key: [u8; 32],
        mut told: impl FnMut(ProgressReport) -> ControlFlow<()> + Send,
    ) -> Result<(), NightstandError> {
        let key = zeroize::Zeroizing::new(key);
        if self.0.purpose == Purpose::Read {
            self.0.reader.with(|reader| Ok(reader.unlock_private(&key)?))?;
            self.awakenings().ring(self.revision());
            return Ok(());
        }
        self.change_private("private_unlocked", |store| store.unlock_private(&key, &mut calm(&mut told)))?;
        // What editors could not save while it was locked.
        self.ask_to_save();
        // What syncs brought meanwhile.
        let _ = reflections::go_on(self);
        let _ = follow_partings(self);
        Ok(())
    }

    /// Locks Private, after open editors have saved. Does nothing without a second key. Editors of what is private let go of
    /// their text and end; one that could not save what was typed keeps it in memory. What the app itself holds on to stays,
    /// too.
    pub fn lock_private(&self) -> Result<(), NightstandError> {
        self.not_from_within()?;
        self.let_save(None);
        if self.0.purpose == Purpose::Read {
            self.forget_private();
            self.0.reader.with(|reader| Ok(reader.lock_private()?))?;
            self.awakenings().ring(self.revision());
            return Ok(());
        }
        self.forget_private();
        self.change_private("private_locked", Writer::lock_private)?;
        if self.private_lock()? == PrivateLock::Locked {
            self.let_forget(Forget::Private, NightstandError::PrivateLocked);
        }
        Ok(())
    }

    /// Changes how Private stands on the writer, and lets reads follow, whatever came of it. One change at a time.
    fn change_private(
        &self,
        what: &'static str,
        change: impl FnOnce(&mut Writer) -> Result<(), StoreError>,
    ) -> Result<(), NightstandError> {
        self.not_from_within()?;
        let _one = self.0.private_change.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = self.with_store(|store| {
            let changed = change(store);
            let private = store.private().clone();
            let followed = self.0.reader.with(|reader| Ok(reader.follow_private(&private)?));
            changed?;
            if !matches!(private, Private::Open) || what == KEY_SET {
                self.log().say(Level::Info, what, &[]);
            }
            // A key that is set is set, also where reads can't follow at once: they notice it by themselves.
            if what == KEY_SET { Ok(()) } else { followed }
        });
        self.awakenings().ring(self.revision());
        changed
    }

    /// Makes the lists of Private again after damage was met, if that was theirs.
    pub(super) fn mend_private(&self) {
        let unlocked = self.0.writer.with(|writer| Ok(matches!(writer.private(), Private::Unlocked(_))));
        if unlocked == Ok(true) {
            let _ = self.change_private("private_mended", |store| store.mend_private(true));
        }
    }
}

/// A bar that panics is one that says stop: nothing here is to be left half done.
fn calm(
    told: &mut (impl FnMut(ProgressReport) -> ControlFlow<()> + Send),
) -> impl FnMut(ProgressReport) -> ControlFlow<()> + Send {
    move |done| catch_unwind(AssertUnwindSafe(|| told(done))).unwrap_or(ControlFlow::Break(()))
}
