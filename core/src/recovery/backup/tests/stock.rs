//! The tool `age` as it is packaged opens a backup, and what it wrote is restored here.
//!
//! Without `age` and `tar` this is skipped, and says so; `NIGHTSTAND_REQUIRE=age` makes that a failure. A passphrase the tool asks
//! for on a terminal, so `script` gives it one; without `script` that part is skipped the same way.

use std::process::{Command, Stdio};

use std::io::Write;

use super::*;

/// Is the tool there? Else it is said.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn there(tool: &str, ask: &str) -> bool {
    let found = Command::new(tool).arg(ask).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    let required = std::env::var("NIGHTSTAND_REQUIRE").is_ok_and(|list| list.split(',').any(|one| one == "age"));
    assert!(there || !required, "NIGHTSTAND_REQUIRE names age, and there is no {tool}");
    if !there {
        eprintln!("SKIPPED: no {tool} here: whether the stock tool opens a backup was not looked at");
    }
    there
}

fn run(command: &mut Command, input: &str) -> Vec<u8> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{command:?}");
    done.stdout
}

#[test]
fn the_stock_tool_opens_it_with_the_phrases_identity_and_what_it_seals_is_restored() {
    if !there("age", "--version") || !there("tar", "--version") {
        return;
    }
    let home = Home::with_a_life();
    let (file, tar) = (home.file("backup.age"), home.file("backup.tar"));
    backup(&home.phone, &file, &home.phrase()).unwrap();
    let identity = home.phone.backup().identity(&home.words).unwrap();
    let opened = |output: &Path| {
        run(Command::new("age").args(["-d", "-i", "-", "-o"]).arg(output).arg(&file), &identity);
    };
    opened(&tar);
    let listed = run(Command::new("tar").arg("-tf").arg(&tar), "");
    let listed = String::from_utf8(listed).unwrap();
    assert_eq!(listed, "README.txt\nbackup.json\nentries/000001.zst\nreadable/000001.jsonl.zst\n");
    let readme = run(Command::new("tar").arg("-xOf").arg(&tar).arg("README.txt"), "");
    assert!(readme.starts_with(b"This is a backup of a vault of Nightstand"));

    // To the same key again, by the tool.
    let again = home.file("again.age");
    run(Command::new("age").args(["-e", "-i", "-", "-o"]).arg(&again).arg(&tar), &identity);
    let new = open(&home.folder, &home.clock, "new", 9);
    restore(&new, &again, &home.phrase()).unwrap();
    assert_eq!(titles(&new), EVERYTHING);
}

#[test]
fn the_stock_tool_opens_it_with_the_passphrase() {
    if !there("age", "--version") || !there("script", "--version") {
        return;
    }
    let home = Home::with_a_life();
    let (file, tar) = (home.file("backup.age"), home.file("backup.tar"));
    backup(&home.phone, &file, &PASSPHRASE).unwrap();
    let command = format!("age -d -o {} {}", tar.display(), file.display());
    let mut script = Command::new("script");
    run(script.args(["-qec", &command, "/dev/null"]), "four quiet yellow boats\n");
    assert!(std::fs::read(&tar).unwrap().starts_with(b"README.txt\0"));
}
