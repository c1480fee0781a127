//! The example, run as a person would run it.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

#[test]
fn two_phones_show_the_same_and_nothing_private_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let (ended, figures) = run(folder.path(), &[]);
    assert!(ended.status.success(), "{}", said(&ended));
    assert_eq!((&figures["converged"], &figures["private_leaked"]), (&true.into(), &0.into()));
    assert!(number(&figures["entries"]) > 0);
    let [alex, sam] = [0, 1].map(|phone| &figures["phones"][phone]);
    assert!(number(&alex["entries"]) > 0 && alex == sam, "{figures}");
    let idle = &figures["idle_sync"];
    assert!(number(&idle["round_trips"]) == 1 && number(&idle["bytes"]) <= 400, "{idle}");
}

#[test]
fn an_old_journal_is_shared_and_holds_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("Journal.json");
    let entry = |uuid: &str, text: &str| serde_json::json!({ "uuid": uuid, "creationDate": "2024-02-29T21:30:00Z", "timeZone": "Europe/Warsaw", "text": text });
    let [first, second] = [entry("AAAA", "What helped\n\nQuiet, then talk."), entry("BBBB", "A day off.")];
    std::fs::write(&journal, serde_json::json!({ "entries": [first, second] }).to_string()).unwrap();

    let (plain, without) = run(folder.path(), &[]);
    let (ended, with) = run(folder.path(), &["--journal", journal.to_str().unwrap()]);
    assert!(ended.status.success(), "{}", said(&ended));
    assert_eq!(number(&with["entries"]), number(&without["entries"]) + 2);
    assert_eq!(with["private_leaked"], 0);
    assert_eq!(sought(&ended), sought(&plain));
}

#[test]
fn a_leak_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (ended, figures) = run(folder.path(), &["--leak-on-purpose"]);
    assert_eq!(ended.status.code(), Some(1), "{}", said(&ended));
    assert!(number(&figures["private_leaked"]) > 0);
    assert_eq!(figures["converged"], true);
    assert!(said(&ended).contains("canary-alex-private-1"));
}

#[test]
fn what_it_does_not_know_it_asks_about() {
    let asked = Command::new(env!("CARGO_BIN_EXE_two-phones")).arg("--jurnal").output().unwrap();
    assert_eq!((asked.status.code(), asked.stdout.is_empty()), (Some(2), true));
    let text = String::from_utf8(asked.stderr).unwrap();
    assert!(text.contains("What is --jurnal?") && text.contains("Usage: two-phones"), "{text}");
}

/// Runs it with `--json` and these options: how it ended, and the figures.
fn run(folder: &Path, options: &[&str]) -> (Output, Value) {
    let json = folder.join("figures.json");
    let ended = Command::new(env!("CARGO_BIN_EXE_two-phones")).arg("--json").arg(&json).args(options).output().unwrap();
    let figures = std::fs::read(&json).unwrap_or_else(|_| panic!("no figures: {}", said(&ended)));
    (ended, serde_json::from_slice(&figures).unwrap())
}

fn said(ended: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr))
}

/// The line that tells how many private phrases it looks for.
fn sought(ended: &Output) -> String {
    said(ended).lines().find(|line| line.starts_with("Looking for")).unwrap().to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}
