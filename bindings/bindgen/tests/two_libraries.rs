//! The library for tests takes the place of the one that ships: it is the same to an app, and nothing of what it adds is in
//! the other.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::fs;
use std::process::Command;

use common::{BINDINGS, Library, must, run};

#[test]
fn what_is_for_tests_is_not_in_what_ships() {
    let holds = |library: Library, name: &str| {
        let bytes = fs::read(library.path()).unwrap();
        bytes.windows(name.len()).any(|part| part == name.as_bytes())
    };
    assert!(holds(Library::Ordinary, "uniffi_nightstand_ffi_fn_"));
    assert!(holds(Library::Testing, "uniffi_nightstand_ffi_fn_"));
    assert!(holds(Library::Testing, "uniffi_nightstand_testing_fn_"));
    assert!(!holds(Library::Ordinary, "nightstand_testing"));
}

#[test]
fn what_ships_has_a_core_without_the_feature() {
    let features = |package: &str| {
        let mut tree = Command::new(env!("CARGO"));
        tree.args(["tree", "--edges", "normal", "--prefix", "none", "--format", "{lib} {f}", "-p", package]);
        let told = must(run(tree.current_dir(BINDINGS)));
        let core = told.lines().find_map(|line| line.strip_prefix("nightstand ")).unwrap();
        core.split([',', ' ']).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(features("nightstand-testing").contains(&"testing".to_owned()));
    assert!(!features("nightstand-ffi").contains(&"testing".to_owned()));
}

#[test]
fn an_app_sees_the_same_module_in_both() {
    let generated = |library: Library| {
        let folder = tempfile::tempdir().unwrap();
        library.generate("python", "nightstand_ffi", folder.path());
        fs::read_to_string(folder.path().join("nightstand.py")).unwrap()
    };
    let ordinary = generated(Library::Ordinary);
    assert!(ordinary.contains("class Vault"));
    assert!(ordinary == generated(Library::Testing));
}
