//! Two phones that are killed, again and again, while they sync a diary and while people type.
//!
//! ```text
//!   nightstand-kills (the runner)
//!     │  a line of JSON each: what to do; what is done      (protocol)
//!     ├──────────────▶ phone --name Alex          its own process, its own vault ◀── SIGKILL, at a moment that the
//!     └──────────────▶ phone --name Sam           its own process, its own vault ◀── seed has drawn
//!                        └── the frames of their conversations pass through the runner
//! ```
//!
//! A phone says what is done after the call for it has returned; the runner keeps book of that (`ledger`). After each kill it
//! looks at the file as it lies there (`file`), opens the vault again, looks for everything that was acknowledged, and lets
//! the two sync: that has to end, and both have to hold the same (`runner`). `docs/reliability.md` says how to run it, and
//! what came of it.
//!
//! In Rust, like the phones: both ends of the pipe then share their words, their letters and one build.

mod child;
mod couple;
mod dice;
mod file;
mod hand;
mod ledger;
mod material;
mod options;
mod phone;
mod protocol;
mod report;
mod runner;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::options::{CommandLine, Role};

/// What went wrong, in words for the person at the terminal.
type Trouble = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let CommandLine { role, options } = CommandLine::parse();
    let good = match role {
        Some(Role::Phone(options)) => phone::run(options).map(|()| true),
        None => runner::run(&options),
    };
    match good {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            complain(format_args!("Stopped: {trouble}"));
            ExitCode::FAILURE
        }
    }
}

fn complain(words: impl Display) {
    // Where even this can't be written, the exit code has to do.
    let _unheard = writeln!(std::io::stderr(), "{words}");
}
