//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Two phones that are killed, again and again, while they sync and while people type.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
    #[command(flatten)]
    pub(crate) options: Options,
}

/// What this process is, if it is not the runner.
#[derive(Subcommand)]
pub(crate) enum Role {
    /// One of the phones.
    #[command(hide = true)]
    Phone(PhoneOptions),
}

/// How it runs.
#[derive(Args, Clone)]
pub(crate) struct Options {
    /// How often a phone is killed.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) kills: u32,
    /// What everything random is drawn from.
    #[arg(long, value_name = "N", default_value_t = 1660)]
    pub(crate) seed: u64,
    /// A Day One export for the first sync. Without it, the diary that lies in shared/data beside the project.
    #[arg(long, value_name = "FILE")]
    pub(crate) diary: Option<PathBuf>,
    /// A few made-up entries in the diary's place.
    #[arg(long, conflicts_with = "diary")]
    pub(crate) small: bool,
    /// After each kill the killed phone's file is put back as it was before: the check has to notice.
    #[arg(long)]
    pub(crate) lose_on_purpose: bool,
    /// After each kill a few bytes of what is checked are changed: the check has to notice.
    #[arg(long)]
    pub(crate) damage_on_purpose: bool,
}

/// Which phone this process is.
#[derive(Args)]
pub(crate) struct PhoneOptions {
    /// Whose it is.
    #[arg(long)]
    pub(crate) name: String,
    /// Its vault's file.
    #[arg(long)]
    pub(crate) file: PathBuf,
}

/// The key of a phone's vault and its install mark, as a Keychain would keep them over a kill. Nobody's secrets are in it.
pub(crate) fn keychain(name: &str) -> ([u8; 32], [u8; 16]) {
    let letter = name.as_bytes().first().copied().unwrap_or_default();
    ([letter; 32], [letter; 16])
}
