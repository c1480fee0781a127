//! The stories are one story: the same steps in every language. And what the READMEs show stands in them, word for word.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const KOTLIN: &str = "kotlin/src/test/kotlin/app/nightstand/story";
const SWIFT: &str = "swift/Tests/StoryTests";

#[test]
fn every_language_tells_the_same() {
    let mut python = steps("python/tests", "def test_");
    python.extend(steps("python/tests/testing", "def test_"));
    for alone in ["ascriptendswell", "thereadmeshowswhatrunshere", "docstringscomethrough"] {
        assert!(python.remove(alone), "{alone}");
    }
    python.insert("changescomeasastream".into());
    assert_eq!(steps(KOTLIN, "@Test fun "), python);
    assert_eq!(steps(SWIFT, "@Test func "), python);
}

#[test]
fn what_the_readmes_show_runs() {
    let readmes = [
        ("kotlin", KOTLIN, "kotlin/README.md", 7),
        ("swift", SWIFT, "swift/README.md", 7),
        ("kotlin", KOTLIN, "../README.md", 1),
        ("swift", SWIFT, "../README.md", 1),
    ];
    for (language, stories, readme, examples) in readmes {
        let readme = fs::read_to_string(Path::new(BINDINGS).join(readme)).unwrap();
        let run = files(stories).iter().map(|file| words(&fs::read_to_string(file).unwrap())).collect::<String>();
        let fence = format!("```{language}\n");
        let shown: Vec<_> = readme.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
        assert_eq!(shown.len(), examples);
        for example in shown {
            assert!(run.contains(&words(example)), "{language}:\n{example}");
        }
    }
}

/// The names of a story's steps, without what languages do to names.
fn steps(folder: &str, mark: &str) -> BTreeSet<String> {
    let told = files(folder).iter().map(|file| words(&fs::read_to_string(file).unwrap())).collect::<String>();
    let names = told.split(mark).skip(1).map(|rest| rest.split('(').next().unwrap());
    names.map(|name| name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect()).collect()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let files = fs::read_dir(Path::new(BINDINGS).join(folder)).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).collect()
}

/// A text with one space between words, however it is indented and broken.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ") + " "
}
