//! Python's story: the binding is generated as an app's build would do it, and `bindings/python/tests` is run against it; then
//! `tests/testing` against the library for tests.
//!
//! Without Python the story is skipped, and says so; `NIGHTSTAND_REQUIRE=python` makes that a failure.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{BINDINGS, Library, must, run, serve, skip};

#[test]
fn the_story_in_python() {
    if !python_is_there() {
        return skip("python", "no python3 of 3.10 or newer here");
    }
    tell(Library::Ordinary, &["nightstand_ffi"], "python/tests");
    tell(Library::Testing, &["nightstand_ffi", "nightstand_testing"], "python/tests/testing");
}

fn tell(library: Library, crates: &[&str], stories: &str) {
    let folder = tempfile::tempdir().unwrap();
    library.put(folder.path());
    for of in crates {
        library.generate("python", of, folder.path());
    }
    let paths = [folder.path(), &Path::new(BINDINGS).join("python/tests")].map(Path::to_owned);
    let mut python = Command::new("python3");
    let _server = serve(&mut python);
    let told = must(run(python
        .args(["-X", "faulthandler", "-B", "-W", "error", "-m", "unittest", "discover", "-v", "-p", "story_*.py", "-s"])
        .arg(Path::new(BINDINGS).join(stories))
        .env("PYTHONPATH", std::env::join_paths(paths).unwrap())));
    // Finding nothing to run is no success.
    assert!(told.contains("Ran ") && !told.contains("Ran 0 tests"), "{told}");
}

/// Python 3.10 is the oldest that still gets repairs.
fn python_is_there() -> bool {
    let ask = ["-c", "import sys; sys.exit(sys.version_info < (3, 10))"];
    run(Command::new("python3").args(ask)).is_ok()
}
