//! What the story in every language needs: the library, what is generated from it, and a word about what is missing.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use nightstand_servers::Server;

pub(crate) const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Says that a story was not told; where `NIGHTSTAND_REQUIRE` names its language, that is a failure.
pub(crate) fn skip(language: &str, missing: &str) {
    let required = std::env::var("NIGHTSTAND_REQUIRE").is_ok_and(|list| list.split(',').any(|one| one == language));
    assert!(!required, "NIGHTSTAND_REQUIRE names {language}: {missing}");
    // Past the test's captured output: a skip has to be seen.
    let said = format!("SKIPPED: {language}: {missing}; the binding was not tested\n");
    std::io::stderr().write_all(said.as_bytes()).unwrap();
}

/// Which library a story is told with. The one for tests holds the ordinary one whole and takes its place, under its name.
#[derive(Clone, Copy)]
pub(crate) enum Library {
    Ordinary,
    Testing,
}

impl Library {
    /// Where Cargo put it.
    pub(crate) fn path(self) -> PathBuf {
        match self {
            Self::Ordinary => library("nightstand-ffi"),
            Self::Testing => library("nightstand-testing"),
        }
    }

    /// Puts the library into a folder, as the one that an app loads, and beside it a vault as an earlier version left it.
    pub(crate) fn put(self, native: &Path) {
        std::fs::create_dir_all(native).unwrap();
        let earlier = Path::new(BINDINGS).join("../tests/fixtures/landing-1/alex.vault");
        std::fs::copy(earlier, native.join("earlier.vault")).unwrap();
        std::fs::copy(self.path(), native.join(format!("{DLL_PREFIX}nightstand_ffi{DLL_SUFFIX}"))).unwrap();
    }

    /// Generates a language's side of one crate into a folder, as an app's build would do it.
    pub(crate) fn generate(self, language: &str, of: &str, generated: &Path) {
        let mut generator = Command::new(env!("CARGO_BIN_EXE_uniffi-bindgen"));
        generator.args(["generate", "--language", language, "--no-format", "--crate", of, "--out-dir"]);
        must(run(generator.arg(generated).arg(self.path()).current_dir(BINDINGS)));
    }
}

/// A WebDAV server for the story's own HTTP, which finds it by the environment. Without one, that step is skipped.
pub(crate) fn serve(command: &mut Command) -> Option<Server> {
    let server = Server::web_dav();
    command.envs(server.iter().map(|server| ("NIGHTSTAND_MAILBOX", server.url("ours/"))));
    server
}

/// All that a command says, when it ended well and when it did not.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let ended = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if ended.status.success() { Ok(said) } else { Err(format!("{command:?}\n{said}")) }
}

pub(crate) fn must(ended: Result<String, String>) -> String {
    ended.unwrap_or_else(|said| panic!("{said}"))
}

/// The library that Cargo built for this test, as it is a dependency: beside the test itself, or one folder up. Where Cargo
/// puts it elsewhere, it is asked.
fn library(package: &str) -> PathBuf {
    let name = format!("{DLL_PREFIX}{}{DLL_SUFFIX}", package.replace('-', "_"));
    let test = std::env::current_exe().unwrap();
    let beside = test.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|path| path.exists());
    beside.unwrap_or_else(|| build(package, &name))
}

fn build(package: &str, name: &str) -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    let built =
        cargo.args(["build", "-p", package, "--message-format", "json"]).current_dir(BINDINGS).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let said = String::from_utf8(built.stdout).unwrap();
    // One JSON object a line; of the paths in quotes, the one that ends in the name is the library.
    said.split('"').map(PathBuf::from).find(|path| path.file_name().is_some_and(|file| file == name)).unwrap()
}
