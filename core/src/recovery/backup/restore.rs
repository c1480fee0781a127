//! Taking one in: all of it in one transaction, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use nightstand_engine::exchange::admit::{self, AdmitError, Refusal};
use nightstand_engine::exchange::{Parties, Reach};
use nightstand_engine::ids::LogId;
use nightstand_engine::store::{Store, Transaction};
use nightstand_engine::wire::WireError;
use nightstand_engine::{batch, limits};

use super::manifest::{MOST_MANIFEST, Manifest};
use super::tar::TarReader;
use super::{Backup, BackupKey, RestoreSummary, VERSION, envelope};
use crate::devices::link;
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::progress::ProgressReport;
use crate::store::StoreTx;
use crate::sync::{known, own_parties, workers};

impl Backup {
    /// Brings a backup back into this vault, in which nothing was written: whose vault it is, and everything in it. From then on
    /// it is the vault of the backup's person, and its own recovery phrase is void. `progress` is told how many entries have come
    /// and says whether to go on; how many there are is not known before the end.
    ///
    /// The vault is not among its person's devices yet: see [`Devices::list_this`](crate::devices::Devices::list_this).
    ///
    /// Errors: `WrongKey`; `Refused` (`NotEmpty`) if something was written here, or Private is under a second key: put it under one
    /// afterwards; `InvalidInput` for a file that is no backup, or is damaged or cut off, and for words that are no phrase;
    /// `NewerVersion`, `TooLarge`, `Cancelled`, `DiskFull`. Then nothing has changed.
    pub fn restore(
        &self,
        path: &Path,
        key: &BackupKey<'_>,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<RestoreSummary, NightstandError> {
        link::check_new(&self.vault)?;
        let identity = envelope::identity(key)?;
        let mut input = TarReader::new(envelope::open(path, &*identity)?);
        let (summary, person) = self.vault.with_store(|store| {
            let mut restoring = Restoring::new(store.begin()?);
            restoring.take(&mut input, progress)?;
            let summary = restoring.summary()?;
            let person = restoring.tx.person();
            restoring.end()?.commit()?;
            Ok((summary, person))
        })?;
        self.vault.belongs_to(person);
        Ok(summary)
    }
}

/// What of a vault is being taken in, from one file or from several.
pub(in crate::recovery) struct Restoring<'a> {
    pub(in crate::recovery) tx: StoreTx<'a>,
    /// Once it is known whose vault it is.
    place: Option<(Parties, BTreeMap<LogId, u64>)>,
    summary: Option<RestoreSummary>,
    frozen: BTreeSet<LogId>,
    /// Logs under a bond that was left since, and such as differ from what is here.
    left_out: BTreeSet<LogId>,
    /// Something is here already.
    is_beside: bool,
}

impl<'a> Restoring<'a> {
    pub(in crate::recovery) fn new(tx: StoreTx<'a>) -> Self {
        Self { tx, place: None, summary: None, frozen: BTreeSet::new(), left_out: BTreeSet::new(), is_beside: false }
    }

    /// Goes on in a vault that was restored already.
    pub(in crate::recovery) fn beside(tx: StoreTx<'a>) -> Result<Self, NightstandError> {
        let (rows, person) = (tx.rows(), tx.person());
        let parties = own_parties(&rows, known(&rows, &person)?, Reach::Everything)?;
        let summary = RestoreSummary { entries: 0, with_private: false, made_ms: i64::MIN };
        Ok(Self {
            place: Some((parties, BTreeMap::new())),
            summary: Some(summary),
            frozen: BTreeSet::new(),
            left_out: BTreeSet::new(),
            is_beside: true,
            tx,
        })
    }

    /// Takes in one file. The first says whose vault it is.
    pub(in crate::recovery) fn take<R: Read>(
        &mut self,
        input: &mut TarReader<R>,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<(), NightstandError> {
        let mut is_named = false;
        while let Some(member) = input.next()? {
            let folder = member.name.split('/').next().unwrap_or_default();
            match folder {
                "backup.json" if !is_named => {
                    self.name(Manifest::parse(&input.content(MOST_MANIFEST)?)?)?;
                    is_named = true;
                }
                "entries" if is_named => {
                    let entries = self.entries(&input.content(limits::BATCH_PACKED_BYTES)?)?;
                    let done = self.summary.as_mut().map_or(0, |summary| {
                        summary.entries += entries;
                        summary.entries
                    });
                    if !progress(ProgressReport { done, total: done }) {
                        return Err(NightstandError::Cancelled);
                    }
                }
                "imported" if is_named => self.imported(&input.content(limits::BATCH_BYTES)?)?,
                "entries" | "imported" | "backup.json" => return Err(InvalidInput::File.into()),
                _ => {}
            }
        }
        if is_named { Ok(()) } else { Err(InvalidInput::File.into()) }
    }

    /// What has come so far.
    pub(in crate::recovery) fn summary(&self) -> Result<RestoreSummary, NightstandError> {
        self.summary.ok_or_else(|| InvalidInput::File.into())
    }

    /// Was everything that came taken in?
    pub(in crate::recovery) fn is_all(&self) -> bool {
        self.left_out.is_empty()
    }

    /// Everything has come.
    pub(in crate::recovery) fn end(mut self) -> Result<StoreTx<'a>, NightstandError> {
        for log in &self.frozen {
            if self.tx.log(log)?.is_some() {
                self.tx.set_frozen(log, true)?;
            }
        }
        Ok(self.tx)
    }

    fn name(&mut self, manifest: Manifest) -> Result<(), NightstandError> {
        let (made_ms, with_private) = (manifest.made_ms, manifest.with_private);
        self.frozen.extend(&manifest.frozen);
        match (&mut self.summary, &mut self.place) {
            (Some(summary), Some((parties, floors))) if parties.my_person() == manifest.me.person() => {
                summary.with_private |= with_private;
                summary.made_ms = made_ms.max(summary.made_ms);
                floors.extend(manifest.private_floors);
                for roster in manifest.me.rosters() {
                    self.tx.take_roster_with(roster, floors)?;
                }
                self.tx.take_circle(&manifest.circle)?;
                let (rows, person) = (self.tx.rows(), self.tx.person());
                *parties = own_parties(&rows, known(&rows, &person)?, Reach::Everything)?;
            }
            (None, None) => {
                self.become_theirs(manifest)?;
                self.summary = Some(RestoreSummary { entries: 0, with_private, made_ms });
            }
            _ => return Err(InvalidInput::File.into()),
        }
        Ok(())
    }

    fn become_theirs(&mut self, manifest: Manifest) -> Result<(), NightstandError> {
        if !self.tx.become_restored(&manifest.me, &manifest.circle)? {
            return Err(NightstandError::Refused(Refused::NotEmpty));
        }
        let rows = self.tx.rows();
        let parties = own_parties(&rows, known(&rows, &manifest.me.person())?, Reach::Everything)?;
        self.place = Some((parties, manifest.private_floors));
        Ok(())
    }

    fn entries(&mut self, packed: &[u8]) -> Result<u64, NightstandError> {
        let Some((parties, floors)) = &self.place else { return Err(InvalidInput::File.into()) };
        let plain = batch::unpack(packed).map_err(|error| unusable(error.into()))?;
        loop {
            match admit::admit_own_backup(&mut self.tx, parties, &plain, workers(), floors, &mut self.left_out) {
                Ok(admitted) => return Ok(admitted.entries),
                Err(AdmitError::Store(error)) => return Err(error.into()),
                // Here it differs, or is frozen: the others go on without it.
                Err(AdmitError::Refused(Refusal::Fork(log))) if self.is_beside && self.left_out.insert(log) => {}
                Err(AdmitError::Refused(refusal)) => return Err(unusable(refusal)),
            }
        }
    }

    fn imported(&mut self, sources: &[u8]) -> Result<(), NightstandError> {
        let (sources, []) = sources.as_chunks::<16>() else { return Err(InvalidInput::File.into()) };
        Ok(sources.iter().try_for_each(|source| self.tx.note_imported(source))?)
    }
}

fn unusable(refusal: Refusal) -> NightstandError {
    match refusal {
        Refusal::Wire(WireError::TooNew) => NightstandError::NewerVersion { found: VERSION + 1, supported: VERSION },
        Refusal::Wire(WireError::TooLarge) | Refusal::TooManyOperations | Refusal::TooManyLogs => {
            NightstandError::TooLarge
        }
        _ => InvalidInput::File.into(),
    }
}
