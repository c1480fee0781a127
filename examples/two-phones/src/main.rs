//! Two phones in one terminal: they pair, write apart, meet, and show the same journal.
//!
//! ```text
//!   two-phones (this terminal)
//!     │  a line of JSON each: what to do, what came of it       (protocol.rs)
//!     ├──────────────▶ two-phones phone --name Alex             its own process, its own vault
//!     └──────────────▶ two-phones phone --name Sam
//!                        Alex ◀══ QUIC on 127.0.0.1, Noise inside ══▶ Sam
//! ```
//!
//! `docs/two-phones.md` says how to read what it prints.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may stop at once"))]

mod canaries;
mod child;
mod file;
mod fortnight;
mod home;
mod leaks;
mod options;
mod parent;
mod phone;
mod protocol;
mod report;
mod screen;
mod story;
mod wants;
mod zones;

use std::fmt::Display;
use std::io::{Error, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::options::{CommandLine, Role};

/// What went wrong, in words for the person at the terminal.
type Trouble = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let CommandLine { role, options } = CommandLine::parse();
    let ended = match role {
        Some(Role::Phone(options)) => phone::run(options).map(|()| parent::Verdict::Good),
        Some(Role::Fortnight(options)) => fortnight::run(&options),
        None => parent::run(&options),
    };
    match ended {
        Ok(parent::Verdict::Good) => ExitCode::SUCCESS,
        Ok(parent::Verdict::Bad) => ExitCode::FAILURE,
        Err(trouble) => {
            // Whoever closed the pipe has read enough. Still no success: nothing was checked.
            let enough = trouble.downcast_ref::<Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe);
            if !enough {
                complain(format_args!("Stopped: {trouble}"));
            }
            ExitCode::FAILURE
        }
    }
}

fn complain(words: impl Display) {
    // Where even this can't be written, the exit code has to do.
    let _unheard = writeln!(std::io::stderr(), "{words}");
}
