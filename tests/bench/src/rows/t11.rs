//! T11: 1,000 list rows through Kotlin and through Swift, in one call, beside the same call in Rust.
//!
//! `languages/build` makes a program in each language over the binding as it ships. Where it found no tools for one, or was not
//! run, that figure is skipped.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use nightstand::journal::RowsQuery;

use super::{Counts, OURS, Peer, Row, t4};
use crate::{
    child::Measured,
    ours, shelf,
    timing::{median, timed},
};

pub(crate) const ROW: Row = Row {
    id: "T11",
    figures: &[("1,000 rows in Kotlin", "ms"), ("1,000 rows in Swift", "ms")],
    peers: &[Peer::of("the call in Rust")],
    sizes: |settings| {
        let none = LANGUAGES.iter().all(|language| program(language).is_none());
        let sizes = settings.sizes.clone().unwrap_or(vec![10_000]);
        if none { Err("tests/bench/languages/build has built nothing here".to_owned()) } else { Ok(sizes) }
    },
    prepare: Some(t4::prepare),
    runs: 3,
    counts: Counts::Median,
    measure,
};

const LANGUAGES: [&str; 2] = ["kotlin", "swift"];

/// As often the programs in the other languages call before they take times, and then.
const WARM_UP: usize = 300;
const TIMES: usize = 101;

fn measure(who: &str, n: usize, _: u64) -> Measured {
    let values = match who {
        OURS => LANGUAGES.map(|language| through(language, n)).to_vec(),
        _ => vec![Some(in_rust(n)); LANGUAGES.len()],
    };
    Measured { values, wire_bytes: None }
}

fn in_rust(n: usize) -> f64 {
    let (_folder, path) = shelf::copy(&t4::name(n));
    let vault = ours::reopen(&path);
    let rows = || vault.journal().rows(&RowsQuery::default()).expect("a list can be read").rows;
    let call = |_| {
        let (time, rows) = timed(rows);
        assert_eq!(rows.len(), n.min(1_000));
        time
    };
    (0..WARM_UP).for_each(|time| _ = call(time));
    median(&mut (0..TIMES).map(call).collect::<Vec<_>>())
}

/// The program prints the milliseconds.
fn through(language: &str, n: usize) -> Option<f64> {
    let Some(program) = program(language) else {
        eprintln!("!! T11 in {language} SKIPPED: tests/bench/languages/build has not built it");
        return None;
    };
    // Inside the program's folder: that is all that Swift may see.
    let vault = program.with_file_name("vault.db");
    std::fs::copy(shelf::path(&t4::name(n)), &vault).expect("it was prepared, and there is room");
    let ended = Command::new(&program)
        .args([Path::new("vault.db").as_os_str()])
        .args([WARM_UP.to_string(), TIMES.to_string(), n.min(1_000).to_string()])
        .output()
        .expect("the program is there");
    let _ = std::fs::remove_file(&vault);
    let said = String::from_utf8_lossy(&ended.stdout);
    let time = said.lines().last().and_then(|line| line.parse().ok());
    assert!(ended.status.success() && time.is_some(), "{said}{}", String::from_utf8_lossy(&ended.stderr));
    time
}

/// What `languages/build` put beside this program's own folder.
fn program(language: &str) -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let program = own.ancestors().nth(2)?.join("languages").join(language).join("run");
    program.exists().then_some(program)
}
