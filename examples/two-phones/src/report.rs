//! What came of it: the figures, and the key file of vaults that stay.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::Trouble;
use crate::protocol::{Closed, Screen, Synced};

/// What `--json` writes.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) converged: bool,
    /// Entries that both phones show to both people.
    pub(crate) entries: u64,
    /// Alex's and Sam's.
    pub(crate) phones: [PhoneFigures; 2],
    pub(crate) pair_ms: u64,
    pub(crate) first_sync: Moved,
    pub(crate) edit_sync: Moved,
    pub(crate) idle_sync: Moved,
    /// Private phrases that were found where they must not be.
    pub(crate) private_leaked: usize,
}

/// What one phone has of the shared journal.
#[derive(Serialize)]
pub(crate) struct PhoneFigures {
    /// Documents that went into the digest.
    pub(crate) entries: u64,
    pub(crate) digest: String,
}

impl From<&Screen> for PhoneFigures {
    fn from(screen: &Screen) -> Self {
        Self { entries: screen.documents, digest: screen.digest.clone() }
    }
}

/// What a sync moved, as the phone that called saw it; both ways together.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Moved {
    bytes: u64,
    round_trips: u64,
    ms: u64,
    wire_bytes: u64,
}

impl From<Synced> for Moved {
    fn from(synced: Synced) -> Self {
        let Synced { bytes, round_trips, ms, wire_bytes, outcome: _ } = synced;
        Self { bytes, round_trips, ms, wire_bytes }
    }
}

/// What `--keep` leaves beside the vaults, so that other tools can open them.
#[derive(Serialize)]
struct KeyFile<'a> {
    phones: Vec<KeptPhone<'a>>,
}

#[derive(Serialize)]
struct KeptPhone<'a> {
    name: &'a str,
    /// Where the vault lies, from the key file.
    file: &'a Path,
    key: &'a str,
    install_mark: &'a str,
    person: &'a str,
    /// What the phone itself said its digest is.
    digest: &'a str,
    /// Private documents that the partner has read before they were taken back.
    taken_back: &'a [String],
}

/// Says before the story begins if its figures could not be written.
pub(crate) fn check_writable(path: &Path) -> Result<(), Trouble> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match () {
        () if path.is_dir() => Err(format!("{} is a folder, not a file for the figures", path.display()).into()),
        () if !folder.is_dir() => Err(format!("{} is no folder", folder.display()).into()),
        () => Ok(()),
    }
}

/// The same for a file that takes the place of none.
pub(crate) fn check_new(path: &Path) -> Result<(), Trouble> {
    check_writable(path)?;
    if path.exists() { Err(format!("{} is there already; it was not touched", path.display()).into()) } else { Ok(()) }
}

/// Writes figures to a file that was not there.
pub(crate) fn write_new_json(path: &Path, figures: &impl Serialize) -> Result<(), Trouble> {
    write(path, OpenOptions::new().create_new(true), &serde_json::to_vec_pretty(figures)?)
}

/// Writes the figures.
pub(crate) fn write_json(path: &Path, report: &Report) -> Result<(), Trouble> {
    write(path, OpenOptions::new().create(true).truncate(true), &serde_json::to_vec_pretty(report)?)
}

/// Writes the key file, which nobody but its owner may read.
pub(crate) fn write_keys(folder: &Path, phones: [(&str, &Closed, &str); 2]) -> Result<(), Trouble> {
    let phones = phones.into_iter().map(|(name, closed, digest)| KeptPhone {
        name,
        file: closed.file.strip_prefix(folder).unwrap_or(&closed.file),
        key: &closed.key,
        install_mark: &closed.install_mark,
        person: &closed.person,
        digest,
        taken_back: &closed.taken_back,
    });
    let mut options = OpenOptions::new();
    options.create_new(true);
    // From its first byte on: changed afterwards, it would lie open for a moment.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write(&folder.join("keys.json"), &mut options, &serde_json::to_vec_pretty(&KeyFile { phones: phones.collect() })?)
}

fn write(path: &Path, options: &mut OpenOptions, json: &[u8]) -> Result<(), Trouble> {
    let written = options.write(true).open(path).and_then(|mut file| file.write_all(&[json, b"\n"].concat()));
    Ok(written.map_err(|error| format!("{} can't be written: {error}", path.display()))?)
}
