//! How far a long call is.

/// How far a long call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressReport {
    /// Done so far: entries of an import, an export or a backup, documents of a migration.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}
