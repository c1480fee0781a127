//! Python's story: the binding is generated as an app's build would do it, and `bindings/python/tests` is run against it.
//!
//! Without Python the story is skipped, and says so; `NIGHTSTAND_REQUIRE=python` makes that a failure.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[test]
fn the_story_in_python() {
    if !python_is_there() {
        let required = std::env::var("NIGHTSTAND_REQUIRE").is_ok_and(|list| list.split(',').any(|one| one == "python"));
        assert!(!required, "NIGHTSTAND_REQUIRE names python, and there is no python3 of 3.10 or newer");
        // Past the test's captured output: a skip has to be seen.
        std::io::stderr()
            .write_all(b"SKIPPED: python: no python3 of 3.10 or newer here, the binding was not tested\n")
            .unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let library = library();
    std::fs::copy(&library, folder.path().join(library.file_name().unwrap())).unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_uniffi-bindgen"))
        .args(["generate", "--language", "python", "--no-format", "--out-dir"])
        .arg(folder.path())
        .arg(&library)
        .current_dir(BINDINGS));
    let told = run(Command::new("python3")
        .args(["-X", "faulthandler", "-B", "-W", "error", "-m", "unittest", "discover", "-v", "-p", "story_*.py", "-s"])
        .arg(Path::new(BINDINGS).join("python/tests"))
        .env("PYTHONPATH", folder.path()));
    // Finding nothing to run is no success.
    assert!(told.contains("Ran ") && !told.contains("Ran 0 tests"), "{told}");
}

/// Python 3.10 is the oldest that still gets repairs.
fn python_is_there() -> bool {
    let ask = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
    Command::new("python3").args(ask).status().is_ok_and(|status| status.success())
}

/// The library that Cargo built for this test, as it is a dependency: beside the test itself, or one folder up. Where Cargo
/// puts it elsewhere, it is asked.
fn library() -> PathBuf {
    let name = format!("{DLL_PREFIX}nightstand_ffi{DLL_SUFFIX}");
    let test = std::env::current_exe().unwrap();
    let beside = test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|path| path.exists());
    beside.unwrap_or_else(|| build(&name))
}

fn build(name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    let built = cargo
        .args(["build", "-p", "nightstand-ffi", "--message-format", "json"])
        .current_dir(BINDINGS)
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let said = String::from_utf8(built.stdout).unwrap();
    // One JSON object a line; of the paths in quotes, the one that ends in the name is the library.
    said.split('"').map(PathBuf::from).find(|path| path.file_name().is_some_and(|file| file == name)).unwrap()
}

fn run(command: &mut Command) -> String {
    let ended = command.output().unwrap();
    let said = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(ended.status.success(), "{command:?}\n{said}");
    said
}
