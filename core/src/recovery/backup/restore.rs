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

use super::archive::ArchiveReader;
use super::manifest::{MOST_MANIFEST, Manifest};
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
        let mut archive = ArchiveReader::new(envelope::open(path, &*identity)?);
        let (summary, person) = self.vault.with_store(|store| {
            let mut restoring = Restoring { tx: store.begin()?, place: None };
            let summary = restoring.all(&mut archive, progress)?;
            let person = restoring.tx.person();
            restoring.tx.commit()?;
            Ok((summary, person))
        })?;
        self.vault.belongs_to(person);
        Ok(summary)
    }
}

struct Restoring<'a> {
    tx: StoreTx<'a>,
    /// Once it is known whose vault it is.
    place: Option<(Parties, BTreeMap<LogId, u64>)>,
}

impl Restoring<'_> {
    fn all<R: Read>(
        &mut self,
        archive: &mut ArchiveReader<R>,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<RestoreSummary, NightstandError> {
        let (mut summary, mut frozen) = (None, BTreeSet::new());
        while let Some(member) = archive.next()? {
            let folder = member.name.split('/').next().unwrap_or_default();
            match (folder, &mut summary) {
                ("backup.json", None) => {
                    let manifest = Manifest::parse(&archive.content(MOST_MANIFEST)?)?;
                    let (made_ms, with_private) = (manifest.made_ms, manifest.with_private);
                    frozen = self.become_theirs(manifest)?;
                    summary = Some(RestoreSummary { entries: 0, with_private, made_ms });
                }
                ("entries", Some(summary)) => {
                    summary.entries += self.entries(&archive.content(limits::BATCH_PACKED_BYTES)?)?;
                    let (done, total) = (summary.entries, summary.entries);
                    if !progress(ProgressReport { done, total }) {
                        return Err(NightstandError::Cancelled);
                    }
                }
                ("imported", Some(_)) => self.imported(&archive.content(limits::BATCH_BYTES)?)?,
                ("entries" | "imported" | "backup.json", _) => return Err(InvalidInput::File.into()),
                _ => {}
            }
        }
        for log in frozen {
            if self.tx.log(&log)?.is_some() {
                self.tx.set_frozen(&log, true)?;
            }
        }
        summary.ok_or_else(|| InvalidInput::File.into())
    }

    fn become_theirs(&mut self, manifest: Manifest) -> Result<BTreeSet<LogId>, NightstandError> {
        if !self.tx.become_restored(&manifest.me, &manifest.circle)? {
            return Err(NightstandError::Refused(Refused::NotEmpty));
        }
        let rows = self.tx.rows();
        let parties = own_parties(&rows, known(&rows, &manifest.me.person())?, Reach::Everything)?;
        self.place = Some((parties, manifest.private_floors));
        Ok(manifest.frozen)
    }

    fn entries(&mut self, packed: &[u8]) -> Result<u64, NightstandError> {
        let Some((parties, floors)) = &self.place else { return Err(InvalidInput::File.into()) };
        let plain = batch::unpack(packed).map_err(|error| unusable(error.into()))?;
        match admit::admit_own_backup(&mut self.tx, parties, &plain, workers(), floors) {
            Ok(admitted) => Ok(admitted.entries),
            Err(AdmitError::Store(error)) => Err(error.into()),
            Err(AdmitError::Refused(refusal)) => Err(unusable(refusal)),
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
