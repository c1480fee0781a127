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
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "tests may stop at once"))]

mod canaries;
mod child;
mod file;
mod options;
mod parent;
mod phone;
mod protocol;
mod report;
mod screen;
mod story;
mod zones;

use std::process::ExitCode;

/// What went wrong, in words for the person at the terminal.
type Trouble = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let ended = match options::parse(std::env::args_os().skip(1)) {
        Ok(options::Role::Help) => {
            println!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(options::Role::Phone(options)) => phone::run(options).map(|()| parent::Verdict::Good),
        Ok(options::Role::Parent(options)) => parent::run(&options),
        Err(trouble) => {
            eprintln!("{trouble}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    match ended {
        Ok(parent::Verdict::Good) => ExitCode::SUCCESS,
        Ok(parent::Verdict::Bad) => ExitCode::FAILURE,
        Err(trouble) => {
            eprintln!("Stopped: {trouble}");
            ExitCode::FAILURE
        }
    }
}
