//! A real trace of two people typing one text at the same time, typed again through two editors on two phones.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;
#[path = "common/keystrokes.rs"]
mod keystrokes;

use std::io::Write;
use std::time::Duration;

use common::{Couple, entry};
use keystrokes::{Keystrokes, Step};
use nightstand::journal::Sharing;
use nightstand::journal::editor::{Editor, Field};

/// So late that the test saves by itself.
const NEVER: Duration = Duration::from_secs(3_600);

/// Both save, meet, and show what came.
fn meet(couple: &Couple, editors: &[Editor; 2]) {
    editors.iter().for_each(|editor| editor.flush().unwrap());
    couple.meet();
    for editor in editors {
        editor.flush().unwrap();
        editor.poll_changes().unwrap();
    }
}

#[test]
fn two_people_typing_end_in_the_traces_text() {
    let Some(path) = keystrokes::path() else {
        // Past the test's captured output: a skip has to be seen.
        std::io::stderr()
            .write_all(b"SKIPPED: trace: shared/data/friendsforever.json.gz is not beside the project\n")
            .unwrap();
        return;
    };
    let Keystrokes { steps, end } = Keystrokes::read(&path);
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Friends", "", 1), Sharing::Joint).unwrap();
    couple.meet();
    let editors =
        [&couple.alex, &couple.sam].map(|vault| vault.journal().open_editor_saving_after(&id, NEVER).unwrap());
    for step in &steps {
        match step {
            Step::Replace { who, at, gone, put } => editors[*who].replace(Field::Body, *at..at + gone, put).unwrap(),
            Step::Meet => meet(&couple, &editors),
        }
    }
    let meetings = steps.iter().filter(|step| matches!(step, Step::Meet)).count();
    assert!(meetings > 60, "{meetings} meetings");
    for (editor, vault) in editors.iter().zip([&couple.alex, &couple.sam]) {
        assert!(editor.text(Field::Body).text == end, "the editor's text");
        let stored = vault.journal().read(&id).unwrap().entry.body.text;
        assert!(stored == end, "the stored text");
    }
    let report = couple.meet();
    assert_eq!((report.round_trips, report.forks, report.set_aside), (1, 0, 0));
}
