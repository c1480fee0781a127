//! What `--json` writes. No time of any clock is in it, so that the same seed gives the same figures.

use std::collections::BTreeMap;

use serde::Serialize;

use super::couple::Synced;
use super::phone::Phone;
use crate::Trouble;
use crate::screen::{counted, thousands};

/// What came of the two weeks.
#[derive(Serialize, Default)]
pub(crate) struct Figures {
    pub(super) seed: u64,
    pub(super) days: i64,
    /// What was looked up and found to be as it was told.
    pub(super) claims: u64,
    /// By sort: how many were written, and how many of them both can read.
    pub(super) written: BTreeMap<&'static str, Written>,
    /// What was due, of all mornings on both phones.
    pub(super) due: u64,
    pub(super) syncs: Syncs,
    /// Alex's and Sam's.
    pub(super) phones: Vec<PhoneFigures>,
    pub(super) converged: bool,
    /// Private phrases that were sought, and found where they must not be.
    pub(super) private_sought: usize,
    pub(super) private_leaked: usize,
}

#[derive(Serialize, Default, Clone, Copy)]
pub(super) struct Written {
    pub(super) written: u64,
    pub(super) shared: u64,
}

/// All syncs together; both ways.
#[derive(Serialize, Default)]
pub(super) struct Syncs {
    pub(super) count: u64,
    pub(super) bytes: u64,
    pub(super) round_trips: u64,
    /// Entries of logs that were handed over.
    pub(super) entries: u64,
}

#[derive(Serialize)]
pub(super) struct PhoneFigures {
    name: &'static str,
    /// Entries of its logs, the partner's among them, and how many logs there are.
    entries: u64,
    logs: u64,
    documents_private: u64,
    documents_mine: u64,
    documents_joint: u64,
    documents_deleted: u64,
    pub(super) file_bytes: u64,
    /// Documents that went into the digest.
    pub(super) shared_documents: u64,
    pub(super) digest: String,
    /// Those that its vault was opened with.
    seeds: Vec<String>,
}

impl Figures {
    /// Notes that something was written, and whether both can read it.
    pub(super) fn wrote(&mut self, sort: &'static str, shared: bool) {
        let written = self.written.entry(sort).or_default();
        written.written += 1;
        written.shared += u64::from(shared);
    }

    /// How many of this sort were written so far.
    pub(super) fn written_of(&self, sort: &str) -> u64 {
        self.written.get(sort).copied().unwrap_or_default().written
    }

    pub(super) fn synced(&mut self, synced: &Synced) {
        self.syncs.count += 1;
        self.syncs.bytes += synced.bytes;
        self.syncs.round_trips += synced.round_trips;
        self.syncs.entries += synced.entries;
    }
}

impl PhoneFigures {
    /// Of a phone that is open; how long its file is comes once it is closed.
    pub(super) fn of(phone: &Phone) -> Result<Self, Trouble> {
        let report = phone.vault.support_report()?;
        let count = |name: &str| -> Result<u64, Trouble> {
            let line = report.lines.iter().find(|line| line.name == name);
            Ok(line.ok_or_else(|| format!("no report has {name}"))?.value.parse()?)
        };
        let digest = phone.vault.journal().shared_digest()?;
        Ok(Self {
            name: phone.name,
            entries: count("entries")?,
            logs: count("logs")?,
            documents_private: count("documents_private")?,
            documents_mine: count("documents_mine")?,
            documents_joint: count("documents_joint")?,
            documents_deleted: count("documents_deleted")?,
            file_bytes: 0,
            shared_documents: digest.documents,
            digest: digest.sha256,
            seeds: phone.seeds.clone(),
        })
    }

    /// What it holds, in words.
    pub(super) fn told(&self) -> String {
        format!(
            "{} of its own, {} that both write, {} of either's that both read; {} in {}",
            counted(self.documents_private, "private document", "private documents"),
            thousands(self.documents_joint),
            thousands(self.documents_mine),
            counted(self.entries, "entry", "entries"),
            counted(self.logs, "log", "logs")
        )
    }
}
