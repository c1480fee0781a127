//! What earlier landings wrote opens, reads as it did, and goes on: see each folder `fixtures/landing-…`.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod care;
mod migration;
mod vaults;
mod wire;

use std::path::{Path, PathBuf};

/// A file that the landing with this number left.
fn fixture(landing: u32, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/landing-{landing}")).join(name)
}
