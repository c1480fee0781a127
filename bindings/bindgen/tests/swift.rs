//! Swift's story: `bindings/swift` is built and its tests are run by Swift's package manager, in Swift 6 mode.
//!
//! Swift is the one on the PATH, or the one that `bindings/swift/toolchain install` has put into the cache. Without either the
//! story is skipped, and says so; `NIGHTSTAND_REQUIRE=swift` makes that a failure.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;
mod packages;

use std::path::Path;
use std::process::Command;

use common::{BINDINGS, must, run, serve, skip};
use packages::Workshop;

#[test]
fn the_story_in_swift() {
    if let Err(said) = run(swift().arg("--version")) {
        return skip("swift", &format!("no Swift 6 here ({})", said.lines().last().unwrap_or_default()));
    }
    let workshop = Workshop::open("swift", ["Sources/Nightstand", "Sources/NightstandTesting"]);
    let package = workshop.folder.join("package");
    let native = package.join("native");
    let mut swift = swift();
    let _server = serve(&mut swift);
    let told = must(run(swift
        .args(["test", "--package-path", "package", "--scratch-path", "scratch", "-Xlinker", "-L", "-Xlinker"])
        .arg(&native)
        .args(["-Xlinker", "-rpath", "-Xlinker"])
        .arg(&native)
        // Swift 6.0's own library of Observation on Linux names a function that no library has.
        .args(["-Xlinker", "--allow-shlib-undefined"])
        .current_dir(&workshop.folder)));
    // Finding nothing to run is no success.
    assert!(told.contains("Test run with ") && !told.contains("Test run with 0 tests"), "{told}");
    let swift = std::fs::read_to_string(package.join("Sources/Nightstand/Nightstand.swift")).unwrap();
    assert!(swift.contains("32 random bytes"), "docstrings come through");
    assert!(swift.contains("It goes on after `unlockPrivate`"), "and name calls as the language does");
}

fn swift() -> Command {
    let mut command = Command::new(Path::new(BINDINGS).join("swift/toolchain"));
    command.arg("swift");
    command
}
