//! Two weeks of a couple, run as a person would run them.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// How it ended, what it wrote to the terminal, and the figures as they lie in their file.
struct Run {
    ended: Output,
    told: String,
    figures: String,
}

fn run(folder: &Path, name: &str, options: &[&str]) -> Run {
    let json = folder.join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_two-phones"));
    let ended = command.arg("fortnight").arg("--json").arg(&json).args(options).env("COLUMNS", "100").output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    let figures = std::fs::read_to_string(&json).unwrap_or_else(|_| panic!("no figures: {told}"));
    Run { ended, told, figures }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_two_weeks_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    let (first, again, other) = (
        run(folder.path(), "first.json", &["--seed", "7"]),
        run(folder.path(), "again.json", &["--seed", "7"]),
        run(folder.path(), "other.json", &["--seed", "8"]),
    );
    for run in [&first, &again, &other] {
        assert!(run.ended.status.success(), "{}", run.told);
    }
    assert_eq!(first.told, again.told);
    assert_eq!(first.figures, again.figures);
    assert_ne!(first.told, other.told);
    assert_ne!(first.figures, other.figures);
    for run in [first, other] {
        let figures: Value = serde_json::from_str(&run.figures).unwrap();
        assert_eq!((&figures["converged"], &figures["private_leaked"]), (&true.into(), &0.into()));
        let [alex, sam] = [0, 1].map(|at| &figures["phones"][at]);
        assert_eq!((&alex["digest"], &alex["shared_documents"]), (&sam["digest"], &sam["shared_documents"]));
        assert!(number(&figures["claims"]) > 50 && number(&figures["private_sought"]) > 50, "{figures}");
        for sort in ["sessions", "check-ins", "signals", "journal entries", "preferences", "sealed texts", "rituals"] {
            let Value::Object(written) = &figures["written"][sort] else { panic!("{sort}: {figures}") };
            assert!(number(&written["shared"]) > 0 && written["shared"].as_u64() <= written["written"].as_u64());
        }
        assert!((5..=7).contains(&number(&figures["written"]["sessions"]["written"])));
        assert!(run.told.contains("  ✓ nothing private of either is in anything that the other got"));
    }
}

#[test]
fn every_seed_is_a_good_story() {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["0", "2", "18446744073709551615"] {
        let run = run(folder.path(), &format!("{seed}.json"), &["--seed", seed]);
        assert!(run.ended.status.success(), "seed {seed}: {}", run.told);
    }
}

#[test]
fn a_leak_is_noticed_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let run = run(folder.path(), "figures.json", &["--leak-on-purpose"]);
    assert_eq!(run.ended.status.code(), Some(1), "{}", run.told);
    let figures: Value = serde_json::from_str(&run.figures).unwrap();
    assert!(number(&figures["private_leaked"]) > 0 && figures["converged"] == true);
    assert!(run.told.contains("canary-alex-private-1"), "{}", run.told);
    assert!(run.told.contains("does not hold: nothing private of either"), "{}", run.told);
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "Dear diary").unwrap();
    let here = folder.path().to_str().unwrap();
    for (option, path, words) in [
        ("--json", file.to_str().unwrap(), "is there already"),
        ("--json", here, "is a folder"),
        ("--keep", here, "is not empty"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_two-phones"));
        let ended = command.args(["fortnight", option, path]).output().unwrap();
        let heard = String::from_utf8_lossy(&ended.stderr);
        assert_eq!((ended.status.code(), ended.stdout.is_empty()), (Some(1), true), "{option} {path}: {heard}");
        assert!(heard.contains(words), "{option} {path}: {heard}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "Dear diary");
}

#[test]
fn vaults_that_stay_have_their_keys_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let run = run(folder.path(), "figures.json", &["--keep", kept.to_str().unwrap()]);
    assert!(run.ended.status.success(), "{}", run.told);
    let keys: Value = serde_json::from_slice(&std::fs::read(kept.join("keys.json")).unwrap()).unwrap();
    for phone in keys["phones"].as_array().unwrap() {
        assert!(kept.join(phone["file"].as_str().unwrap()).is_file());
        assert_eq!(phone["key"].as_str().unwrap().len(), 64);
    }
}
