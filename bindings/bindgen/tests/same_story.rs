//! The stories are one story: the same steps in every language. And what the READMEs show stands in them, word for word.
#![allow(clippy::unwrap_used, reason = "tests may stop at once")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const BINDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const KOTLIN: &str = "kotlin/src/test/kotlin/app/nightstand/story";
const SWIFT: &str = "swift/Tests/StoryTests";
/// The stories of the view models, which Python does not have, and the view models.
const KOTLIN_SCREENS: [&str; 2] =
    ["kotlin/src/test/kotlin/app/nightstand/story/screens", "kotlin/src/screens/kotlin/app/nightstand/screens"];
const SWIFT_SCREENS: [&str; 2] = ["swift/Tests/StoryTests/Screens", "swift/Sources/NightstandScreens"];

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
fn view_models_are_driven_alike() {
    let told = steps(KOTLIN_SCREENS[0], "@Test fun ");
    assert!(told.len() >= 12, "{told:?}");
    assert_eq!(steps(SWIFT_SCREENS[0], "@Test func "), told);
}

/// What a view can ask of a screen has one name in both; beside it, a view in Swift says for how long it watches.
#[test]
fn view_models_take_the_same_intents() {
    let names = |folder: &str| {
        let names = files(folder).into_iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with("Screen") && name != "Screen").collect::<BTreeSet<_>>()
    };
    let screens = names(KOTLIN_SCREENS[1]);
    assert_eq!(screens.len(), 6);
    assert_eq!(names(SWIFT_SCREENS[1]), screens);
    for screen in screens {
        let intents = |folder: &str, ending: &str, mark: &str| {
            let file = Path::new(BINDINGS).join(folder).join(format!("{screen}.{ending}"));
            let text = fs::read_to_string(file).unwrap();
            let class =
                text.split(&format!("\n{}class {screen}", if ending == "swift" { "final " } else { "" })).nth(1);
            let class = class.unwrap().split("\n}\n").next().unwrap();
            let mark = format!("\n    {mark} ");
            let named = class.split(&mark).skip(1);
            named.map(|rest| rest.split('(').next().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let mut swift = intents(SWIFT_SCREENS[1], "swift", "func");
        swift.remove("watch");
        assert!(swift.len() >= 4, "{screen}");
        assert_eq!(intents(KOTLIN_SCREENS[1], "kt", "fun"), swift, "{screen}");
    }
}

#[test]
fn what_the_readmes_show_runs() {
    let readmes = [
        ("kotlin", [KOTLIN, KOTLIN_SCREENS[0]], "kotlin/README.md", 8),
        ("swift", [SWIFT, SWIFT_SCREENS[0]], "swift/README.md", 8),
        ("kotlin", [KOTLIN, KOTLIN_SCREENS[0]], "../README.md", 1),
        ("swift", [SWIFT, SWIFT_SCREENS[0]], "../README.md", 1),
    ];
    for (language, stories, readme, examples) in readmes {
        let readme = fs::read_to_string(Path::new(BINDINGS).join(readme)).unwrap();
        let stories = stories.into_iter().flat_map(files);
        let run = stories.map(|file| words(&fs::read_to_string(file).unwrap())).collect::<String>();
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
