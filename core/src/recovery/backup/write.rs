//! Making one. Entries are read batch by batch, each in a moment of its own, so that the vault can be written to meanwhile; what
//! is written meanwhile may be in it or not, and every cut leaves a closed set.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use age::Recipient;
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::exchange::{Parties, Reach};
use nightstand_engine::store::Store;
use nightstand_engine::vector::VersionVector;
use nightstand_engine::{batch, limits};

use super::manifest::Manifest;
use super::tar::TarWriter;
use super::{Backup, BackupExtent, BackupKey, BackupSummary, envelope, readable};
use crate::error::NightstandError;
use crate::new_file::{new_file, written};
use crate::progress::ProgressReport;
use crate::store::Private;
use crate::sync::{known, own_parties};
use crate::vault::Vault;

const README: &str = "\
This is a backup of a vault of Nightstand, opened.

backup.json      whose it is
entries/         everything that was ever written in it, as changes of Automerge documents: Nightstand restores from these
imported/        what imports have brought
readable/        every document as it read when the backup was made: text, one JSON object a line, packed with zstd
                 (zstd -d readable/*.zst)

It is not encrypted any more. Keep it where nobody else reads, or delete it.
";

/// Bytes of lines that go into one file.
const READABLE_BYTES: usize = 1024 * 1024;

/// Hashes that go into one file.
const IMPORTED: u32 = 4096;

/// Told how far it is, and asked whether to go on.
type Told<'a> = dyn FnMut(ProgressReport) -> bool + 'a;

impl Backup {
    /// Writes a backup into a new file. `progress` is told how many entries are in it now and then, and says whether to go on.
    /// While it is written, `.part` is added to the file's name; a kill leaves nothing else.
    ///
    /// Errors: `InvalidInput`: words that are not this vault's phrase, a passphrase that is empty or over 1,024 bytes, and
    /// `FileExists`, since nothing is overwritten; `PrivateLocked`, unless Private is left out; `NotFound`, `Io`, `DiskFull` if it
    /// can't be written; `Cancelled`. Then no file is left.
    pub fn write(
        &self,
        path: &Path,
        key: &BackupKey<'_>,
        extent: BackupExtent,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<BackupSummary, NightstandError> {
        let with_private = extent == BackupExtent::Everything;
        let reach = if with_private { Reach::Everything } else { Reach::Shared };
        let now_ms = self.vault.now_ms();
        let (manifest, parties, total) = self.vault.read(|rows, person| {
            if with_private && matches!(rows.private(), Private::Locked) {
                return Err(NightstandError::PrivateLocked);
            }
            let me = known(rows, &person)?;
            let parties = own_parties(rows, me.clone(), reach)?;
            let logs = rows.logs(&parties.audience)?;
            let total = logs.iter().filter(|row| parties.author(&row.opening).is_some()).map(|row| row.count).sum();
            let manifest = Manifest::of(rows, person, me, now_ms)?;
            Ok((Manifest { with_private, ..manifest }, parties, total))
        })?;
        let recipient = envelope::recipient(&self.vault, key)?;
        new_file(path, |file| {
            let mut writing = Writing::begin(self, &parties, file, &*recipient)?;
            writing.file("README.txt", README.as_bytes())?;
            writing.file("backup.json", &manifest.to_json()?)?;
            let (entries, is_whole) = writing.entries(total, progress)?;
            writing.imported()?;
            let is_whole = writing.readable(with_private, progress, entries)? && is_whole;
            writing.finish()?;
            Ok(BackupSummary { entries, with_private, is_whole })
        })
    }
}

struct Writing<'a> {
    backup: &'a Backup,
    parties: &'a Parties,
    tar: TarWriter<age::stream::StreamWriter<BufWriter<File>>>,
}

impl<'a> Writing<'a> {
    fn begin(
        backup: &'a Backup,
        parties: &'a Parties,
        file: File,
        recipient: &dyn Recipient,
    ) -> Result<Self, NightstandError> {
        let tar = TarWriter::new(envelope::seal(recipient, BufWriter::new(file))?);
        Ok(Self { backup, parties, tar })
    }

    fn file(&mut self, name: &str, content: &[u8]) -> Result<(), NightstandError> {
        self.tar.file(name, content).map_err(written)
    }

    /// How many there are, and whether these are all.
    fn entries(&mut self, total: u64, progress: &mut Told<'_>) -> Result<(u64, bool), NightstandError> {
        let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
        outbox.for_own_backup();
        let (mut entries, mut number) = (0, 0);
        loop {
            let packed = self.backup.vault.with_store(|store| {
                let tx = store.begin()?;
                Ok(outbox.next_batch(&tx, self.parties, limits::BATCH_TARGET)?)
            })?;
            let Some(packed) = packed else { return Ok((entries, !outbox.held_back())) };
            number += 1;
            self.file(&format!("entries/{number:06}.zst"), &packed.bytes)?;
            entries += packed.entries;
            go_on(progress, entries, total)?;
        }
    }

    fn imported(&mut self) -> Result<(), NightstandError> {
        each_imported(&self.backup.vault, &mut |name, content| self.tar.file(name, content).map_err(written))
    }

    /// Could all be read?
    fn readable(&mut self, private: bool, progress: &mut Told<'_>, done: u64) -> Result<bool, NightstandError> {
        let me = self.parties.my_person();
        let (mut last, mut number, mut lines, mut whole) = (0, 0, Vec::new(), true);
        loop {
            let living = self.backup.vault.read(|rows, _| Ok(rows.living_after(last, private)?))?;
            if let Some(living) = &living {
                last = living.id;
                match readable::line(living, me)? {
                    Some(line) => lines.extend(line),
                    None => whole = false,
                }
            }
            if lines.len() >= READABLE_BYTES || (living.is_none() && !lines.is_empty()) {
                number += 1;
                let packed = batch::pack(&lines).map_err(written)?;
                self.file(&format!("readable/{number:06}.jsonl.zst"), &packed)?;
                lines.clear();
                go_on(progress, done, done)?;
            }
            if living.is_none() {
                return Ok(whole);
            }
        }
    }

    fn finish(self) -> Result<(), NightstandError> {
        let sealed = self.tar.finish().and_then(|stream| stream.finish());
        let file = sealed.and_then(|file| file.into_inner().map_err(io::IntoInnerError::into_error));
        file.and_then(|mut file| file.flush().and_then(|()| file.sync_all())).map_err(written)
    }
}

/// Takes a file's name and what it holds.
type PutFile<'a> = dyn FnMut(&str, &[u8]) -> Result<(), NightstandError> + 'a;

/// What imports have brought, as files.
pub(in crate::recovery) fn each_imported(vault: &Vault, file: &mut PutFile<'_>) -> Result<(), NightstandError> {
    let (mut last, mut number) = (None, 0);
    loop {
        let next = vault.read(|rows, _| Ok(rows.imported_after(last.as_ref(), IMPORTED)?))?;
        if next.is_empty() {
            return Ok(());
        }
        number += 1;
        file(&format!("imported/{number:06}"), next.as_flattened())?;
        last = next.last().copied();
    }
}

fn go_on(progress: &mut Told<'_>, done: u64, total: u64) -> Result<(), NightstandError> {
    if progress(ProgressReport { done, total: total.max(done) }) { Ok(()) } else { Err(NightstandError::Cancelled) }
}
