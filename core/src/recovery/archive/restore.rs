//! Restoring: the newest lane that is complete, and what other lanes have beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use age::Identity;
use nightstand_engine::keys::Phrase;
use nightstand_engine::store::{Store, Transaction};

use super::{Archive, ArchiveRestored, VolumeName};
use crate::cancel::Until;
use crate::devices::link;
use crate::error::{InvalidInput, NightstandError};
use crate::mailbox::{Asking, Storage, StorageError};
use crate::pairing::follow_partings;
use crate::progress::ProgressReport;
use crate::recovery::backup::RestoreSummary;
use crate::recovery::backup::envelope;
use crate::recovery::backup::manifest::{MOST_MANIFEST, Manifest, Volume};
use crate::recovery::backup::restore::Restoring;
use crate::recovery::backup::tar::TarReader;
use crate::store::{ArchiveLane, ArchiveState};
use crate::sync::{Cancel, MailboxTrouble};
use crate::vault::Vault;

/// Most bytes that are fetched of a volume.
const FETCHED_BYTES: u64 = 64 * 1024 * 1024;

/// Most files in a row that don't open and may be no volumes.
const MOST_SKIPPED: usize = 16;

/// Most lanes that are looked at.
const MOST_LANES: usize = 256;

impl Archive {
    /// Brings an archive back into this vault, in which nothing was written: whose vault it is, and everything in it. From then on
    /// it is the vault of the archive's person, its own recovery phrase is void, and it is [set up](Self::set_up) to go on with the
    /// archive. `words` are the recovery phrase. `progress` is told how many entries have come and says whether to go on.
    ///
    /// The vault is not among its person's devices yet: see [`Devices::list_this`](crate::devices::Devices::list_this).
    ///
    /// A storage that fails is said in the report, and nothing has changed then. Errors: `NotFound` if there is no archive;
    /// `WrongKey` if there are some, and none of these words; `Refused` (`NotEmpty`) if something was written here, or Private is under
    /// a second key; `InvalidInput` for words that are no phrase, and if nothing of the archive can be read; `NewerVersion`,
    /// `TooLarge`, `Cancelled`, `DiskFull`. Then nothing has changed.
    pub fn restore(
        &self,
        storage: Arc<dyn Storage>,
        words: &str,
        within: Duration,
        cancel: &Cancel,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<ArchiveRestored, NightstandError> {
        link::check_new(&self.vault)?;
        let root = Phrase::from_words(words).map_err(|_| InvalidInput::Phrase)?.root();
        let until = Until::new(within, cancel);
        let identity = Box::new(envelope::identity_of(&root)?);
        let shelf = Shelf { storage: Asking::new(storage, until.clone())?, until, identity };
        let recipient = envelope::recipient_line(&root)?;
        match bring_back(&self.vault, &shelf, recipient, progress) {
            Err(Stop::Storage(error)) => {
                Ok(ArchiveRestored { trouble: Some(MailboxTrouble::from(error)), ..ArchiveRestored::default() })
            }
            Err(Stop::Vault(error)) => Err(error),
            Ok(restored) => Ok(restored),
        }
    }
}

/// Why it ended.
enum Stop {
    Storage(StorageError),
    Vault(NightstandError),
}

impl<E: Into<NightstandError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Vault(error.into())
    }
}

struct Shelf {
    storage: Asking,
    until: Until,
    identity: Box<dyn Identity>,
}

/// A lane, as its newest volume that opens tells of it.
struct Found {
    lane: ArchiveLane,
    numbers: BTreeSet<u64>,
    complete: bool,
    made_ms: i64,
}

/// What a lane brought.
#[derive(Clone, Copy)]
struct Brought {
    /// Every volume that there was.
    is_all: bool,
    /// There was nothing more when the last of them was written.
    complete: bool,
}

impl Found {
    fn last(&self) -> u64 {
        self.numbers.last().copied().unwrap_or(0)
    }
}

impl Shelf {
    fn list(&self) -> Result<BTreeMap<ArchiveLane, BTreeSet<u64>>, Stop> {
        let names = self.ask(|storage| storage.list())?;
        let mut lanes = BTreeMap::<_, BTreeSet<u64>>::new();
        for name in names.iter().filter_map(|name| VolumeName::parse(name)) {
            if lanes.len() < MOST_LANES || lanes.contains_key(&name.lane) {
                lanes.entry(name.lane).or_default().insert(name.number);
            }
        }
        Ok(lanes)
    }

    fn fetch(&self, name: VolumeName) -> Result<Vec<u8>, Stop> {
        self.ask(move |storage| storage.get(&name.to_text(), FETCHED_BYTES))
    }

    fn ask<R: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Storage) -> Result<R, StorageError> + Send + 'static,
    ) -> Result<R, Stop> {
        if !self.until.goes_on()? {
            return Err(Stop::Storage(StorageError::Unreachable));
        }
        self.storage.ask(question)?.map_err(Stop::Storage)
    }

    /// What a volume says of itself, and when it was made.
    fn said(&self, name: VolumeName, bytes: &[u8]) -> Result<(Volume, i64), NightstandError> {
        let mut input = TarReader::new(envelope::open_any(Cursor::new(bytes), &*self.identity)?);
        let manifest = match input.next()? {
            Some(member) if member.name == "backup.json" => Manifest::parse(&input.content(MOST_MANIFEST)?)?,
            _ => return Err(InvalidInput::File.into()),
        };
        let volume = manifest.volume.filter(|volume| volume.name == name.to_text());
        Ok((volume.ok_or(InvalidInput::File)?, manifest.made_ms))
    }

    /// What opens with these words, the best first. Was there something that nobody can read?
    fn find(&self) -> Result<(Vec<Found>, bool), Stop> {
        let lanes = self.list()?;
        let (mut found, mut why, mut is_damaged) = (Vec::new(), NightstandError::NotFound, false);
        for (lane, numbers) in lanes {
            match self.look(lane, &numbers)? {
                Ok((volume, made_ms)) => found.push(Found { lane, numbers, complete: volume.complete, made_ms }),
                Err(error) => {
                    is_damaged |= error != NightstandError::WrongKey;
                    why = error;
                }
            }
        }
        if found.is_empty() {
            return Err(why.into());
        }
        found.sort_by_key(|found| std::cmp::Reverse((found.complete, found.made_ms)));
        Ok((found, is_damaged))
    }

    /// What a lane's newest volume that opens says.
    fn look(&self, lane: ArchiveLane, numbers: &BTreeSet<u64>) -> Result<Result<(Volume, i64), NightstandError>, Stop> {
        let mut numbers: Vec<_> = numbers.iter().take(1).chain(numbers.iter().rev().take(MOST_SKIPPED).rev()).collect();
        let mut why = NightstandError::NotFound;
        while let Some(number) = numbers.pop() {
            let name = VolumeName { lane, number: *number };
            let bytes = match self.fetch(name) {
                Err(Stop::Storage(StorageError::Missing | StorageError::TooLarge)) => continue,
                other => other?,
            };
            match self.said(name, &bytes) {
                Err(error) => {
                    // Somebody else's lane, in all likelihood. Or somebody put a file there: then the oldest opens.
                    if error == NightstandError::WrongKey {
                        numbers.truncate(1);
                    }
                    why = error;
                }
                said => return Ok(said),
            }
        }
        Ok(Err(why))
    }

    /// Takes a lane in as far as its volumes follow each other. What does not open is passed over, as long as nothing builds on it.
    fn take(
        &self,
        found: &Found,
        restoring: &mut Restoring<'_>,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<Brought, Stop> {
        let (mut last, mut complete, mut skipped) = (0, false, 0);
        let in_part = Brought { is_all: false, complete: false };
        for number in &found.numbers {
            if skipped > MOST_SKIPPED {
                return Ok(in_part);
            }
            let name = VolumeName { lane: found.lane, number: *number };
            let bytes = match self.fetch(name) {
                Err(Stop::Storage(StorageError::Missing | StorageError::TooLarge)) => {
                    skipped += 1;
                    continue;
                }
                other => other?,
            };
            // Half of a volume tells nothing: it is opened to its end before anything of it counts.
            let volume = match self.said(name, &bytes).and_then(|(volume, _)| self.check(&bytes).map(|()| volume)) {
                Ok(volume) if volume.after <= last => volume,
                Ok(_) => return Ok(in_part),
                Err(NightstandError::InvalidInput { .. } | NightstandError::WrongKey) => {
                    skipped += 1;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let mut input = TarReader::new(envelope::open_any(Cursor::new(&bytes), &*self.identity)?);
            match restoring.take(&mut input, progress) {
                // It opens and does not go on from what came before: what did come stays.
                Err(NightstandError::InvalidInput { .. }) if last > 0 => return Ok(in_part),
                taken => taken?,
            }
            (last, complete, skipped) = (*number, volume.complete, 0);
        }
        let is_all = skipped == 0 && restoring.is_all();
        Ok(Brought { is_all, complete: complete && is_all })
    }

    fn check(&self, bytes: &[u8]) -> Result<(), NightstandError> {
        let mut input = envelope::open_any(Cursor::new(bytes), &*self.identity)?;
        std::io::copy(&mut input, &mut std::io::sink()).map(drop).map_err(envelope::unreadable)
    }
}

fn bring_back(
    vault: &Vault,
    shelf: &Shelf,
    recipient: String,
    progress: &mut dyn FnMut(ProgressReport) -> bool,
) -> Result<ArchiveRestored, Stop> {
    let (all, mut is_damaged) = shelf.find()?;
    let mut state = ArchiveState { recipient, ..ArchiveState::default() };
    let mut others = all.iter();
    let mut restored = None;
    for found in others.by_ref() {
        restored = first(vault, shelf, found, &mut state, progress)?;
        if restored.is_some() {
            break;
        }
        is_damaged = true;
    }
    let mut restored = restored.ok_or(InvalidInput::File)?;
    restored.is_whole &= !is_damaged;
    for found in others {
        // What there is, is here: another device's lane is no reason to lose it again.
        let (entries, is_all) = beside(vault, shelf, found, progress).unwrap_or((0, false));
        restored.entries += entries;
        restored.is_whole &= is_all;
        state.retired.extend(is_all.then_some((found.lane, found.last())));
    }
    vault.write(|tx| Ok(tx.put_archive(Some(&state))?))?;
    // A later volume may tell that the couple has parted.
    let _ = follow_partings(vault);
    Ok(restored)
}

/// Whose vault it is, and what a lane holds. None if it holds nothing that can be read from its beginning; nothing has changed then.
fn first(
    vault: &Vault,
    shelf: &Shelf,
    found: &Found,
    state: &mut ArchiveState,
    progress: &mut dyn FnMut(ProgressReport) -> bool,
) -> Result<Option<ArchiveRestored>, Stop> {
    let mut stop = None;
    let taken = vault.with_store(|store| {
        let mut restoring = Restoring::new(store.begin()?);
        let brought = match shelf.take(found, &mut restoring, progress) {
            Ok(brought) => brought,
            Err(Stop::Vault(NightstandError::InvalidInput { .. })) => return Ok(None),
            Err(Stop::Vault(error)) => return Err(error),
            Err(Stop::Storage(error)) => {
                stop = Some(error);
                return Ok(None);
            }
        };
        let Ok(summary) = restoring.summary() else { return Ok(None) };
        let person = restoring.tx.person();
        // What was taken in as a whole goes once this device's own lane is complete.
        state.retired.extend(brought.is_all.then_some((found.lane, found.last())));
        let mut tx = restoring.end()?;
        tx.put_archive(Some(state))?;
        tx.commit()?;
        Ok(Some((summary, person, brought.is_all && brought.complete)))
    })?;
    if let Some(error) = stop {
        return Err(Stop::Storage(error));
    }
    Ok(taken.map(|(summary, person, is_whole)| {
        vault.belongs_to(person);
        let RestoreSummary { entries, with_private, made_ms } = summary;
        ArchiveRestored { entries, with_private, made_ms, is_whole, trouble: None }
    }))
}

/// What another lane has beside what is here. Was it all taken in?
fn beside(
    vault: &Vault,
    shelf: &Shelf,
    found: &Found,
    progress: &mut dyn FnMut(ProgressReport) -> bool,
) -> Result<(u64, bool), NightstandError> {
    vault.with_store(|store| {
        let mut restoring = Restoring::beside(store.begin()?)?;
        let brought = match shelf.take(found, &mut restoring, progress) {
            Ok(brought) => brought,
            Err(Stop::Vault(error)) => return Err(error),
            Err(Stop::Storage(_)) => return Ok((0, false)),
        };
        let entries = restoring.summary()?.entries;
        restoring.end()?.commit()?;
        Ok((entries, brought.is_all))
    })
}
