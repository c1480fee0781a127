//! What was kept of fuzzing: every decoder is called with its corpus and with each input that once did harm. How they came to
//! be is said in `docs/reliability.md`.

use std::path::{Path, PathBuf};

use nightstand_fuzz::memory::Counting;
use nightstand_fuzz::{TARGETS, Target};

/// The tests of a process share an allocator, which counts for each thread.
#[global_allocator]
static MEMORY: Counting = Counting;

fn folder(kind: &str, target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind).join(target.name)
}

/// The files of a folder, in the order of their names; none if there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = files.map(|file| file.expect("a folder can be read").path()).collect();
    files.sort();
    files
}

fn replay(files: &[PathBuf], target: &Target) {
    for file in files {
        let data = std::fs::read(file).expect("a kept input can be read");
        let done = std::panic::catch_unwind(|| target.check(&data));
        assert!(done.is_ok(), "{} on {}", target.name, file.display());
    }
}

#[test]
fn every_corpus_is_read_or_refused() {
    for target in TARGETS {
        let kept = files(&folder("corpora", target));
        assert!(kept.len() >= (target.seeds)().len().min(3), "{} has no corpus: run tests/fuzz/run", target.name);
        replay(&kept, target);
    }
}

#[test]
fn what_once_did_harm_does_none() {
    for target in TARGETS {
        replay(&files(&folder("crashes", target)), target);
    }
}

#[test]
fn seeds_are_good_bytes() {
    for target in TARGETS {
        (target.seeds)().iter().for_each(|seed| target.check(seed));
    }
}

/// The check of this file itself: what takes too much memory is noticed.
#[test]
fn a_hungry_decoder_is_noticed() {
    let hungry = Target { name: "hungry", run: |data| drop(vec![1_u8; data.len() << 20]), ..TARGETS[0] };
    hungry.check(&[0]);
    assert!(std::panic::catch_unwind(|| hungry.check(&[0; 3])).is_err());
}

/// A corpus and what did harm belong to a target: nothing lies there that no test looks at.
#[test]
fn every_folder_has_a_target() {
    for kind in ["corpora", "crashes"] {
        for folder in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(kind)) {
            let named = |target: &Target| folder.file_name().is_some_and(|name| name == target.name);
            assert!(TARGETS.iter().any(named), "{}", folder.display());
        }
    }
}
