//! The other phone, at a test's word.

use std::sync::{Arc, Mutex, PoisonError};

use nightstand::care::Item;
use nightstand::error::NightstandError as CoreError;
use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, EntryId, Moment, Sharing};
use nightstand::pairing::PairingState;
use nightstand::sync::{SyncReport, Talk};
use nightstand::vault::{Clock, Disk, Vault as CoreVault};
use nightstand_ffi::care::item::ItemDraft;
use nightstand_ffi::error::NightstandError;
use nightstand_ffi::vault::Vault;
use nightstand_ffi::work::apart;

use crate::clock::{TestClock, or_sunday};
use crate::scratch::open;

/// A partner with a phone of their own, who does what a test says. Nothing happens between the two phones by itself: what one
/// wrote is with the other after they have met.
///
/// For what has no word here, there is the partner's `vault()`: it can do all that the app's can.
#[derive(uniffi::Object)]
pub struct ScriptedPartner {
    name: String,
    clock: Arc<TestClock>,
    vault: Arc<Vault>,
    /// How many frames still pass when the two meet; none: all.
    cut_after: Mutex<Option<u32>>,
}

impl ScriptedPartner {
    pub(crate) fn begin(name: String, clock: Arc<TestClock>, vault: CoreVault) -> Result<Arc<Self>, CoreError> {
        let vault = Vault::from_core(vault)?;
        Ok(Arc::new(Self { name, clock, vault, cut_after: Mutex::default() }))
    }
}

#[uniffi::export]
impl ScriptedPartner {
    /// Somebody of this name, with a new phone. The rest is as with `scratch_vault`; the seed is another one than the app's.
    #[uniffi::constructor(default(clock = None, parent = None))]
    pub async fn named(
        name: String,
        seed: u64,
        clock: Option<Arc<TestClock>>,
        parent: Option<String>,
    ) -> Result<Arc<Self>, NightstandError> {
        apart(move || {
            let clock = or_sunday(clock);
            let vault = open(seed, &clock, parent.map(Into::into))?;
            Self::begin(name, clock, vault)
        })
        .await
    }

    /// The vault on the partner's phone.
    pub fn vault(&self) -> Arc<Vault> {
        Arc::clone(&self.vault)
    }

    /// Joins an invite of this vault, whose person is called `name`; both compare the codes and say yes.
    ///
    /// Errors: `AlreadyPaired`; `Unreachable` if the link is dropped.
    pub async fn pairs(self: Arc<Self>, with: Arc<Vault>, name: String) -> Result<(), NightstandError> {
        apart(move || {
            let mut inviting = with.core().pairing().invite(&name)?;
            let mut joining = self.vault.core().pairing().join(&self.name, &inviting.link(&[]))?;
            let mut link = self.link();
            link.carry(&mut inviting, &mut joining)?;
            match (inviting.state(), joining.state()) {
                (PairingState::Compare { code, .. }, PairingState::Compare { code: same, .. }) if code == same => {}
                _ => return Err(CoreError::Internal("a pairing without one code")),
            }
            inviting.confirm()?;
            joining.confirm()?;
            link.carry(&mut inviting, &mut joining)
        })
        .await
    }

    /// Writes an entry, at the time that the clock shows. The id is the one on the partner's phone.
    ///
    /// Errors: as when an app writes.
    pub async fn writes(
        self: Arc<Self>,
        title: String,
        text: String,
        sharing: Sharing,
    ) -> Result<EntryId, NightstandError> {
        apart(move || {
            let when = Moment { utc_ms: self.clock.now_ms(), offset_seconds: None, zone: None };
            let draft = EntryDraft { title, body: RichText::plain(&text), when, ..EntryDraft::default() };
            self.vault.core().journal().write(&draft, sharing)
        })
        .await
    }

    /// Says something about an item of the preferences, and shares it.
    ///
    /// Errors: as when an app does.
    pub async fn says(self: Arc<Self>, item: Item, draft: ItemDraft) -> Result<(), NightstandError> {
        apart(move || {
            let preferences = self.vault.core().preferences();
            let said = preferences.set(&item, &draft.into(), &preferences.read(&item)?.version)?;
            preferences.share(&item, &said.version).map(drop)
        })
        .await
    }

    /// One sync with the app's phone, which begins it. The report is the app's side's.
    ///
    /// Errors: what the app would be told. If something is wrong on the partner's phone, such as a full disk, it hangs up, and
    /// the app is told `Unreachable`, as it is when the link is dropped. What both had committed stays, and the next meeting
    /// goes on from there.
    pub async fn meets(self: Arc<Self>, with: Arc<Vault>) -> Result<SyncReport, NightstandError> {
        apart(move || {
            let mut begun = with.core().sync().begin()?;
            let mut answering = self.vault.core().sync().answer().map_err(|_| CoreError::Unreachable)?;
            self.link().carry(&mut begun, &mut answering)?;
            Ok(begun.report())
        })
        .await
    }

    /// Cuts the next pairing or meeting off once so many frames have passed, counted over both ways. The one that meets the
    /// cut is lost. It happens once.
    pub fn drop_link(&self, after_frames: u32) {
        *self.cut_after.lock().unwrap_or_else(PoisonError::into_inner) = Some(after_frames);
    }

    /// As if the disk of the partner's phone were full.
    pub async fn full_disk(self: Arc<Self>) -> Result<(), NightstandError> {
        apart(move || self.vault.core().set_disk(Disk::Full)).await
    }

    /// There is room again.
    pub async fn room_again(self: Arc<Self>) -> Result<(), NightstandError> {
        apart(move || self.vault.core().set_disk(Disk::Roomy)).await
    }
}

impl ScriptedPartner {
    fn link(&self) -> Link {
        Link { left: self.cut_after.lock().unwrap_or_else(PoisonError::into_inner).take() }
    }
}

/// Carries frames on one thread, each as soon as it is there: so that what happens is the same every time.
struct Link {
    left: Option<u32>,
}

impl Link {
    /// Carries all that the two have to say, the app's side first.
    fn carry(&mut self, app: &mut dyn Talk, partner: &mut dyn Talk) -> Result<(), CoreError> {
        loop {
            let mut silent = true;
            while let Some(frame) = app.poll_frame()? {
                self.pass()?;
                partner.handle_frame(&frame).map_err(|_| CoreError::Unreachable)?;
                silent = false;
            }
            while let Some(frame) = partner.poll_frame().map_err(|_| CoreError::Unreachable)? {
                self.pass()?;
                app.handle_frame(&frame)?;
                silent = false;
            }
            if silent {
                return Ok(());
            }
        }
    }

    fn pass(&mut self) -> Result<(), CoreError> {
        let Some(left) = &mut self.left else { return Ok(()) };
        *left = left.checked_sub(1).ok_or(CoreError::Unreachable)?;
        Ok(())
    }
}
