//! Kotlin's story, on the JVM: `bindings/kotlin` is built and its tests are run by Maven.
//!
//! Without Maven, or without what it needs to fetch once, the story is skipped, and says so; `NIGHTSTAND_REQUIRE=kotlin` makes
//! that a failure.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;
mod packages;

use std::process::Command;

use common::{must, run, serve, skip};
use packages::Workshop;

#[test]
fn the_story_in_kotlin() {
    if run(Command::new("mvn").arg("-version")).is_err() {
        return skip("kotlin", "no Maven and Java here");
    }
    let workshop = Workshop::open("kotlin", ["generated"; 2]);
    let package = workshop.folder.join("package");
    // A story that is gone from the sources would still be told.
    let _ = std::fs::remove_dir_all(workshop.folder.join("target/test-classes"));
    let mut maven = Command::new("mvn");
    let _server = serve(&mut maven);
    let told = run(maven
        .args(["-B", "-ntp", "test", "-f"])
        .arg(package.join("pom.xml"))
        .arg(format!("-Dnightstand.build={}", workshop.folder.join("target").display()))
        .arg(format!("-Dnightstand.library={}", package.join("native").display())));
    if told.as_ref().is_err_and(|said| said.contains("could not be resolved") || said.contains("Could not resolve")) {
        return skip("kotlin", "Maven can't fetch what the package is built with");
    }
    // Finding nothing to run is no success.
    let told = must(told);
    assert!(told.contains("Tests run: ") && !told.contains("Tests run: 0"), "{told}");
    let kotlin = std::fs::read_to_string(package.join("generated/app/nightstand/nightstand.kt")).unwrap();
    assert!(kotlin.contains("32 random bytes"), "docstrings come through");
    assert!(kotlin.contains("It goes on after `unlockPrivate`"), "and name calls as the language does");
}
