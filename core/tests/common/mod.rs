//! Alex and Sam, each with a vault. What the tests share; each test file is a crate of its own and uses a part of it.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, EntryId, Moment};
use nightstand::pairing::PairingState;
use nightstand::sync::{SyncOutcome, SyncReport};
use nightstand::vault::{Clock, OpenOptions, Vault};

/// Two vaults whose phones pass frames from hand to hand.
pub(crate) struct Couple {
    pub(crate) alex: Vault,
    pub(crate) sam: Vault,
    folder: tempfile::TempDir,
}

impl Couple {
    /// Alex and Sam, paired.
    pub(crate) fn new() -> Self {
        let couple = Self::strangers();
        couple.pair();
        couple
    }

    /// Alex and Sam, before they pair.
    pub(crate) fn strangers() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { alex: vault(&folder, "alex.db", 1), sam: vault(&folder, "sam.db", 2), folder }
    }

    /// Alex and Sam, paired, with one clock for both.
    pub(crate) fn at(clock: &Arc<Hands>) -> Self {
        Self::by(clock, clock)
    }

    /// Alex and Sam, paired, with a clock each.
    pub(crate) fn by(alex: &Arc<Hands>, sam: &Arc<Hands>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let alex = vault_at(&folder, "alex.db", 1, Arc::clone(alex) as Arc<dyn Clock>);
        let sam = vault_at(&folder, "sam.db", 2, Arc::clone(sam) as Arc<dyn Clock>);
        let couple = Self { alex, sam, folder };
        couple.pair();
        couple
    }

    pub(crate) fn pair(&self) {
        let mut alex = self.alex.pairing().invite("Alex").unwrap();
        let mut sam = self.sam.pairing().join("Sam", &alex.link(&[])).unwrap();
        for round in 0..6 {
            while let Some(frame) = sam.poll_frame().unwrap() {
                alex.handle_frame(&frame).unwrap();
            }
            while let Some(frame) = alex.poll_frame().unwrap() {
                sam.handle_frame(&frame).unwrap();
            }
            if round == 2 {
                let (PairingState::Compare { code, name }, PairingState::Compare { code: same, .. }) =
                    (alex.state(), sam.state())
                else {
                    panic!("{:?} {:?}", alex.state(), sam.state());
                };
                assert_eq!((code, name.as_str()), (same, "Sam"));
                alex.confirm().unwrap();
                sam.confirm().unwrap();
            }
        }
        assert_eq!((alex.state(), sam.state()), (PairingState::Paired, PairingState::Paired));
    }

    /// Where Alex's vault is.
    pub(crate) fn path_of_alex(&self) -> std::path::PathBuf {
        self.folder.path().join("alex.db")
    }

    /// Where Sam's vault is.
    pub(crate) fn path_of_sam(&self) -> std::path::PathBuf {
        self.folder.path().join("sam.db")
    }

    /// The bytes of Alex's file.
    pub(crate) fn copy_of_alex(&self) -> Vec<u8> {
        self.alex.pause(std::time::Duration::from_secs(10)).unwrap();
        let copy = std::fs::read(self.path_of_alex()).unwrap();
        self.alex.resume().unwrap();
        copy
    }

    /// Alex's vault under the same install mark, with these bytes as its file, and with randomness of its own.
    pub(crate) fn reopen_alex(&mut self, file: &[u8]) {
        self.alex.close().unwrap();
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{ending}", self.path_of_alex().display()));
        }
        std::fs::write(self.path_of_alex(), file).unwrap();
        let options = OpenOptions::new(self.path_of_alex(), [1; 32], [1; 16]);
        self.alex = Vault::open_with(options.clock(Hands::at(SATURDAY))).unwrap();
    }

    /// One sync, begun by Alex.
    pub(crate) fn meet(&self) -> SyncReport {
        let (report, of_sam) = self.meet_both();
        assert_eq!(of_sam.outcome, Some(SyncOutcome::AllHandedOver));
        report
    }

    /// The same, which may leave something for the next time.
    pub(crate) fn meet_whatever_it_says(&self) -> SyncReport {
        self.meet_both().0
    }

    fn meet_both(&self) -> (SyncReport, SyncReport) {
        meet(&self.alex, &self.sam)
    }
}

/// One sync, begun by the first of two phones: what each says of it.
pub(crate) fn meet(caller: &Vault, called: &Vault) -> (SyncReport, SyncReport) {
    let (mut caller, mut called) = (caller.sync().begin().unwrap(), called.sync().answer().unwrap());
    loop {
        let mut moved = false;
        while let Some(frame) = caller.poll_frame().unwrap() {
            moved = true;
            called.handle_frame(&frame).unwrap();
        }
        while let Some(frame) = called.poll_frame().unwrap() {
            moved = true;
            caller.handle_frame(&frame).unwrap();
        }
        if !moved {
            return (caller.report(), called.report());
        }
    }
}

/// When it is where a test says nothing of it: a Saturday in September 2026.
pub(crate) const SATURDAY: i64 = 1_789_408_800_000;

/// A vault in this folder; its number stands for its key, its install mark and its seed.
pub(crate) fn vault(folder: &tempfile::TempDir, name: &str, number: u8) -> Vault {
    vault_at(folder, name, number, Hands::at(SATURDAY))
}

/// The same, by another clock.
pub(crate) fn vault_at(folder: &tempfile::TempDir, name: &str, number: u8, clock: Arc<dyn Clock>) -> Vault {
    let options = OpenOptions::new(folder.path().join(name), [number; 32], [number; 16]);
    Vault::open_with(options.clock(clock).seed([number; 32])).unwrap()
}

/// A clock that stands still until somebody moves it.
pub(crate) struct Hands(AtomicI64);

impl Hands {
    pub(crate) fn at(now_ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now_ms)))
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Saves what somebody makes of an entry that they have just read.
pub(crate) fn edit(vault: &Vault, id: &EntryId, draft: &EntryDraft) {
    let seen = vault.journal().read(id).unwrap().version;
    vault.journal().edit(id, draft, &seen).unwrap();
}

/// An entry in Warsaw, so many days after New Year 1970.
pub(crate) fn entry(title: &str, text: &str, day: i64) -> EntryDraft {
    EntryDraft {
        title: title.into(),
        body: RichText::plain(text),
        when: Moment { utc_ms: day * 86_400_000, offset_seconds: Some(3600), zone: Some("Europe/Warsaw".into()) },
        ..EntryDraft::default()
    }
}
