//! The folder of both vaults.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Trouble;

/// Where the vaults lie.
pub(crate) enum Home {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Home {
    pub(crate) fn new(keep: Option<&Path>) -> Result<Self, Trouble> {
        let Some(keep) = keep else { return Ok(Self::Temporary(tempfile::tempdir()?)) };
        let folder = keep.display();
        let unusable = |error| format!("{folder} can't be used: {error}");
        if keep.exists() && std::fs::read_dir(keep).map_err(unusable)?.next().is_some() {
            return Err(format!("{folder} is not empty; nothing in it was touched").into());
        }
        std::fs::create_dir_all(keep).map_err(unusable)?;
        // The keys of both journals will lie in it.
        #[cfg(unix)]
        std::fs::set_permissions(keep, std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .map_err(|error| format!("{folder} can't be closed to others: {error}"))?;
        Ok(Self::Kept(keep.canonicalize()?))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self, Self::Temporary(_))
    }
}
