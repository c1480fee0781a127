//! One phone of the two weeks: a vault in this process, by a clock that the story moves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use data_encoding::HEXLOWER;
use nightstand::vault::{Clock, OpenOptions, Vault};

use super::dice::derive_bytes;
use crate::Trouble;
use crate::canaries::{Canaries, distinctive};
use crate::file::File;
use crate::protocol::Closed;

/// A clock that stands still until the story moves it.
pub(super) struct Hands(AtomicI64);

impl Hands {
    pub(super) fn at(now_ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(now_ms)))
    }

    pub(super) fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

pub(super) struct Phone {
    /// Whose it is.
    pub(super) name: &'static str,
    pub(super) vault: Vault,
    /// All that pairing and conversations sent, unencrypted.
    pub(super) sent: Vec<Vec<u8>>,
    /// Private documents that the partner has read before they were taken back.
    pub(super) taken_back: BTreeSet<String>,
    /// Phrases that its person wrote for nobody else.
    pub(super) secrets: BTreeSet<String>,
    /// The seeds that the vault was opened with, in hexadecimal.
    pub(super) seeds: Vec<String>,
    seed: u64,
    file: PathBuf,
    key: [u8; 32],
    install_mark: [u8; 16],
    clock: Arc<Hands>,
}

impl Phone {
    pub(super) fn new(name: &'static str, folder: &Path, seed: u64, clock: &Arc<Hands>) -> Result<Self, Trouble> {
        std::fs::create_dir_all(folder)?;
        let (file, key) = (folder.join("journal.db"), derive_bytes(seed, &format!("{name}'s key")));
        let mut install_mark = [0; 16];
        install_mark.copy_from_slice(&derive_bytes(seed, &format!("{name}'s install mark"))[..16]);
        let mut seeds = Vec::new();
        let vault = open(&file, key, install_mark, clock, next_seed(seed, name, &mut seeds))?;
        let (sent, taken_back, secrets) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        let clock = Arc::clone(clock);
        Ok(Self { name, vault, sent, taken_back, secrets, seeds, seed, file, key, install_mark, clock })
    }

    /// The app is closed and opened again.
    pub(super) fn reopen(&mut self) -> Result<(), Trouble> {
        self.vault.close()?;
        let seed = next_seed(self.seed, self.name, &mut self.seeds);
        self.vault = open(&self.file, self.key, self.install_mark, &self.clock, seed)?;
        Ok(())
    }

    /// Notes what its person wrote for nobody else, to be sought where it must not be.
    pub(super) fn keep(&mut self, text: &str) {
        self.secrets.extend(distinctive("", text));
    }

    /// From here on the partner may read this.
    pub(super) fn no_secret(&mut self, text: &str) {
        self.secrets.retain(|phrase| !text.contains(phrase));
    }

    /// The phrases to look for: those that were noted, and those that the closed file has.
    pub(super) fn canaries(&self) -> Result<Canaries, Trouble> {
        let mut canaries = self.closed_file()?.canaries(&self.taken_back)?;
        canaries.private.extend(self.secrets.iter().cloned());
        Ok(canaries)
    }

    pub(super) fn closed_file(&self) -> Result<File, Trouble> {
        File::open(&self.file, &self.key)
    }

    pub(super) fn file_bytes(&self) -> Result<u64, Trouble> {
        Ok(std::fs::metadata(&self.file)?.len())
    }

    /// What the key file says of it.
    pub(super) fn closed(&self, canaries: Canaries) -> Result<Closed, Trouble> {
        Ok(Closed {
            file: self.file.clone(),
            key: HEXLOWER.encode(&self.key),
            install_mark: HEXLOWER.encode(&self.install_mark),
            person: self.closed_file()?.person()?,
            taken_back: self.taken_back.iter().cloned().collect(),
            canaries,
        })
    }
}

/// Another one each time: opened with the same seed again, a vault would draw the same ids again.
fn next_seed(seed: u64, name: &str, seeds: &mut Vec<String>) -> [u8; 32] {
    let next = derive_bytes(seed, &format!("{name}'s opening {}", seeds.len()));
    seeds.push(HEXLOWER.encode(&next));
    next
}

fn open(
    file: &Path,
    key: [u8; 32],
    install_mark: [u8; 16],
    clock: &Arc<Hands>,
    seed: [u8; 32],
) -> Result<Vault, Trouble> {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Ok(Vault::open_with(OpenOptions::new(file, key, install_mark).clock(clock).seed(seed))?)
}
