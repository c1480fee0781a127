//! The runner, run for a few seconds with a few made-up entries.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::process::Command;

/// How it ended, and what it said.
fn run(options: &[&str]) -> (Option<i32>, String) {
    let ended = Command::new(env!("CARGO_BIN_EXE_nightstand-kills")).arg("--small").args(options).output().unwrap();
    let said = [ended.stdout, ended.stderr].map(|words| String::from_utf8(words).unwrap()).concat();
    (ended.status.code(), said)
}

#[test]
fn nothing_acknowledged_is_lost_when_a_phone_is_killed() {
    let (code, said) = run(&["--kills", "6", "--seed", "1660"]);
    assert_eq!(code, Some(0), "{said}");
    for kind in ["in a first sync", "typing", "in a later sync", "typing, and connected"] {
        let kills = said.lines().find(|line| line.starts_with(&format!("  {kind:<24} "))).unwrap();
        assert!(!kills.contains(" 0 kills"), "{said}");
    }
    assert!(said.contains("6 kills, seed 1660") && said.contains("lost: 0; damaged or unequal: 0"), "{said}");
}

#[test]
fn a_loss_is_noticed() {
    let (code, said) = run(&["--kills", "3", "--seed", "1", "--lose-on-purpose"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("\nLOST the entry \"page ") && said.ends_with("Something does NOT hold.\n"), "{said}");
}

#[test]
fn damage_is_noticed() {
    let (code, said) = run(&["--kills", "1", "--seed", "1", "--damage-on-purpose"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("\nBAD ") && said.contains("HMAC verification failed"), "{said}");
}
