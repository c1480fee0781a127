//! Taking a Day One export in.

use nightstand::journal as core;
use nightstand::journal::ImportInto;

/// Where imported entries go.
#[uniffi::remote(Enum)]
pub enum ImportInto {
    /// For the person alone.
    Private,
    /// Shared with the partner at once.
    Shared,
}

/// What came of an import.
#[derive(uniffi::Record)]
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
    /// Kinds of things that entries had and that were not imported, such as `weather`. In rising order.
    pub left: Vec<String>,
    /// The import was cancelled; a later one goes on.
    pub cancelled: bool,
}

impl From<core::ImportSummary> for ImportSummary {
    fn from(summary: core::ImportSummary) -> Self {
        let core::ImportSummary { total, imported, known, unreadable, photos_left, left, cancelled } = summary;
        Self { total, imported, known, unreadable, photos_left, left: left.into_iter().collect(), cancelled }
    }
}
