//! Nightstand and its peers at the same work: one table, and with `--json FILE` the same as rows.
//!
//! ```text
//! nightstand-bench [T1 T2 …] [--sizes 10,5000,100000] [--limit-seconds 120] [--seed 1660] [--json FILE]
//! ```
//!
//! A row of the targets is one file in `rows`. In those that sync, whoever is measured is one file
//! in `peers`, ours is `ours`, and all of them do the [`work`] through the same few calls
//! ([`pair::Pair`]); the others have [`bare`] SQLCipher or raw automerge beside ours. Every
//! measurement is in a process of its own ([`child`]), so that nothing it leaves in memory weighs
//! on the next and whatever hangs can be cut; what several of them need stands on a [`shelf`].
//!
//! Build it with `--release`: unoptimised peers would flatter ours.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its findings")]

mod args;
mod bare;
mod child;
mod diary;
#[path = "../../../core/tests/common/keystrokes.rs"]
mod keystrokes;
mod memory;
mod ours;
mod pair;
mod peers;
mod report;
mod rows;
mod shelf;
mod timing;
mod wal;
mod work;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    match args::parse(std::env::args().skip(1)) {
        Ok(Command::Run(settings)) => run(&settings),
        Ok(Command::Measure(task)) => {
            child::measure(&task);
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("{wrong}\n\n{}", args::USAGE);
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &args::Settings) -> ExitCode {
    let shelf = match shelf::Shelf::new() {
        Ok(shelf) => shelf,
        Err(error) => {
            eprintln!("no temporary folder: {error}");
            return ExitCode::FAILURE;
        }
    };
    let figures: Vec<_> = rows::ALL
        .iter()
        .filter(|row| settings.rows.is_empty() || settings.rows.iter().any(|id| id == row.id))
        .flat_map(|row| rows::run(row, settings, &shelf))
        .collect();
    print!("{}", report::table(&figures));
    if let Some(file) = &settings.json
        && let Err(error) = std::fs::write(file, report::json(&figures))
    {
        eprintln!("can't write {}: {error}", file.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
