//! Taking a Day One export in.
//!
//! The vault remembers what an import brought, so that a second one adds nothing, not even what was deleted since. Entries
//! are written in batches of one transaction each: cancelled or cut off, what was written stays, and the next import goes on
//! where this one ended.

use std::collections::BTreeSet;
use std::path::Path;

use nightstand_engine::ids::{DocumentKey, Space};
use nightstand_engine::kinds::Kind;

use super::day_one::{DayOneEntry, DayOneError, DayOneExport};
use super::entry::OFFSETS_SECONDS;
use super::write::{checked, make_id};
use super::{EntryDraft, Journal, Moment, place, required_bond};
use crate::docs;
use crate::error::{InvalidInput, NightstandError};
use crate::progress::ProgressReport;
use crate::store::StoreTx;
use crate::zones::ZoneOffsets;

/// Entries of one transaction.
const BATCH: usize = 200;

/// Where imported entries go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ImportInto {
    /// For the person alone.
    Private,
    /// Shared with the partner at once.
    Shared,
}

/// What came of an import.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct ImportSummary {
    /// Entries in the export.
    pub total: u64,
    /// Entries that are new here.
    pub imported: u64,
    /// Entries that an earlier import had brought.
    pub known: u64,
    /// Entries that could not be read, or that are larger than an entry may be.
    pub unreadable: u64,
    /// Photos, videos, recordings and files that stayed behind: attachments are not imported.
    pub photos_left: u64,
    /// Kinds of things that entries had and that were not imported, such as `weather`.
    pub left: BTreeSet<String>,
    /// The import was cancelled; a later one goes on.
    pub cancelled: bool,
}

impl Journal {
    /// Imports a Day One export: a `.json`, or the `.zip` as exported.
    ///
    /// `progress` is called after every batch and says whether to go on. Nothing that was there is changed.
    ///
    /// Errors: `InvalidInput` for a file that is no such export, breaks off, or has no entry that can be read, `TooLarge`,
    /// `NotFound` and `Io` for one that can't be read: then nothing of it was written. `NotPaired` for [`ImportInto::Shared`]
    /// without a partner. One on the way, such as `DiskFull` or `Paused`, leaves the batches before it, as cancelling does.
    pub fn import_day_one(
        &self,
        path: &Path,
        into: ImportInto,
        zones: &dyn ZoneOffsets,
        progress: &mut dyn FnMut(ProgressReport) -> bool,
    ) -> Result<ImportSummary, NightstandError> {
        if into == ImportInto::Shared {
            self.vault.read(|rows, _| required_bond(rows))?;
        }
        let export = DayOneExport::open(path).map_err(what_an_app_does_about)?;
        let mut summary = ImportSummary { total: export.len() as u64, ..ImportSummary::default() };
        let mut entries = export.into_iter();
        let mut done = 0;
        loop {
            let batch: Vec<_> = entries.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                // Some other file of JSON with entries, such as a journal's own export.
                let none_is_one = summary.total > 0 && summary.unreadable == summary.total;
                return if none_is_one { Err(InvalidInput::File.into()) } else { Ok(summary) };
            }
            done += batch.len() as u64;
            let (readable, broken): (Vec<_>, Vec<_>) = batch.into_iter().partition(Result::is_ok);
            summary.unreadable += broken.len() as u64;
            // The app is asked before the vault is locked for writing: its answer may take its time.
            let readable: Vec<_> = readable.into_iter().flatten().map(|entry| (offset(&entry, zones), entry)).collect();
            self.vault.write(|tx| {
                readable.iter().try_for_each(|(offset, entry)| take_in(tx, entry, *offset, into, &mut summary))
            })?;
            if !progress(ProgressReport { done, total: summary.total }) {
                summary.cancelled = done < summary.total;
                return Ok(summary);
            }
        }
    }
}

fn offset(entry: &DayOneEntry, zones: &dyn ZoneOffsets) -> Option<i32> {
    let offset = zones.offset_seconds(entry.zone.as_deref()?, entry.created_ms)?;
    OFFSETS_SECONDS.contains(&offset).then_some(offset)
}

fn take_in(
    tx: &mut StoreTx<'_>,
    entry: &DayOneEntry,
    offset_seconds: Option<i32>,
    into: ImportInto,
    summary: &mut ImportSummary,
) -> Result<(), NightstandError> {
    let source = source(entry);
    if tx.rows().was_imported(&source, &entry.source_id)? {
        summary.known += 1;
        return Ok(());
    }
    let draft = EntryDraft {
        title: entry.title.clone(),
        body: entry.body.clone(),
        when: Moment { utc_ms: entry.created_ms, offset_seconds, zone: entry.zone.clone() },
        all_day: entry.all_day,
        favourite: entry.starred,
        tags: entry.tags.iter().cloned().collect(),
        ..EntryDraft::default()
    };
    let Ok(draft) = checked(&draft) else {
        summary.unreadable += 1;
        return Ok(());
    };
    let (space, bond) = match into {
        ImportInto::Private => (Space::Private, None),
        ImportInto::Shared => (Space::Mine, Some(required_bond(&tx.rows())?)),
    };
    let key = DocumentKey { place: place(space, tx.person(), bond.as_ref())?, id: make_id(tx) };
    let mut document = tx.draft(key, Kind::JournalEntry)?;
    docs::entry::write_imported(&mut document, &draft, &entry.source_id)?;
    document.finish(tx)?;
    tx.note_imported(&source)?;
    summary.imported += 1;
    summary.photos_left += u64::from(entry.photos_left);
    summary.left.extend(entry.left.iter().map(|kind| (*kind).to_owned()));
    Ok(())
}

/// What an entry of an export is known by: its id there; where it has none, what it says and when.
fn source(entry: &DayOneEntry) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new_derive_key("nightstand 1 imported entry");
    if entry.source_id.is_empty() {
        hasher.update(&entry.created_ms.to_le_bytes()).update(entry.title.as_bytes()).update(&[0]);
        hasher.update(entry.body.text.as_bytes());
    } else {
        hasher.update(entry.source_id.as_bytes());
    }
    let mut source = [0; 16];
    hasher.finalize_xof().fill(&mut source);
    source
}

fn what_an_app_does_about(error: DayOneError) -> NightstandError {
    match error {
        DayOneError::TooLarge => NightstandError::TooLarge,
        DayOneError::Unreadable(kind) => crate::store::StoreError::from(std::io::Error::from(kind)).into(),
        _ => NightstandError::InvalidInput { what: InvalidInput::File },
    }
}
