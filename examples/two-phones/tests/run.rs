//! The example, run as a person would run it.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

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
    let entry = |uuid: &str, text: &str| json!({ "uuid": uuid, "creationDate": "2024-02-29T21:30:00Z", "timeZone": "Europe/Warsaw", "text": text });
    let [first, second] = [entry("AAAA", "What helped\n\nQuiet, then talk."), entry("BBBB", "A day off.")];
    std::fs::write(&journal, json!({ "entries": [first, second] }).to_string()).unwrap();

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
    assert!(text.contains("--jurnal") && text.contains("Usage: two-phones"), "{text}");
}

#[test]
fn what_can_not_work_is_said_before_anything_begins() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let here = folder.path().to_str().unwrap();
    let (text, nothing) = (file("notes.txt", b"Dear diary"), file("empty.json", br#"{ "entries": [] }"#));
    let (object, list) = (file("object.json", b"{}"), file("list.json", b"[]"));
    let (zip, broken) = (file("empty.zip", b"PK\x05\x06"), file("half.json", br#"{ "entries": [{ "uuid": "A"#));
    let cases = [
        ("--journal", here, "is a folder"),
        ("--journal", &text, "is no Day One export"),
        ("--journal", &nothing, "has no entries"),
        ("--journal", &object, "is no Day One export"),
        ("--journal", &list, "is no Day One export"),
        ("--journal", &zip, "damaged"),
        ("--journal", &broken, "damaged"),
        ("--journal", "/nowhere/at all.json", "can't be read"),
        ("--keep", here, "is not empty"),
        ("--keep", &text, "can't be used"),
        ("--json", here, "is a folder"),
        ("--json", "/nowhere/at all.json", "is no folder"),
    ];
    for (option, path, words) in cases {
        let ended = Command::new(env!("CARGO_BIN_EXE_two-phones")).args([option, path]).output().unwrap();
        let heard = said(&ended);
        assert_eq!((ended.status.code(), ended.stdout.is_empty()), (Some(1), true), "{option} {path}: {heard}");
        assert!(heard.contains(words) && heard.contains(path.rsplit('/').nth(1).unwrap()), "{option} {path}: {heard}");
    }
}

#[test]
fn the_check_with_stock_sqlcipher_says_what_it_lacks() {
    if Command::new("python3").arg("--version").output().is_err() {
        std::io::stderr().write_all(b"SKIPPED: verify: python3 is not here\n").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let verify = || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/verify.py");
        Command::new("python3").arg(script).arg(folder.path()).output().unwrap()
    };
    let key_files = [
        None,
        Some("{}"),
        Some("no JSON"),
        Some(r#"{ "phones": [1, 2] }"#),
        Some(&*json!({ "phones": [kept("Alex"), kept("Sam")] }).to_string()),
    ]
    .map(|key_file| key_file.map(str::to_owned));
    let words =
        ["made by two-phones --keep?", "not as two-phones", "not as two-phones", "not as two-phones", "is not there"];
    for (key_file, words) in key_files.iter().zip(words) {
        if let Some(text) = key_file {
            std::fs::write(folder.path().join("keys.json"), text).unwrap();
        }
        let ended = verify();
        let heard = said(&ended);
        assert_eq!((ended.status.code(), heard.contains(words), heard.lines().count()), (Some(1), true, 1), "{heard}");
    }
}

/// What a key file says of a phone.
fn kept(name: &str) -> Value {
    json!({ "name": name, "file": "vault.db", "key": "00", "digest": "", "taken_back": [] })
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
