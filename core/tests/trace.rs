//! A real trace of two people typing one text at the same time, typed again through two editors on two phones.
//!
//! The trace says of each keystroke what its writer had on their screen. Here the phones meet less often than theirs did: every
//! 500 keystrokes, and when somebody is about to type where something stands that has not reached them. So each keystroke is moved from the screen
//! of the trace to the screen of its editor, by a plain list of all letters that were ever typed.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use common::{Couple, entry};
use nightstand::journal::Sharing;
use nightstand::journal::editor::{Editor, Field};

/// So late that the test saves by itself.
const NEVER: Duration = Duration::from_secs(3_600);

/// How many keystrokes of each somebody knows.
type Known = [u32; 2];

/// A letter that was typed by one of the two as their so-manieth keystroke, and taken away by a keystroke of each, or not.
struct Letter {
    who: usize,
    number: u32,
    gone: [u32; 2],
}

impl Letter {
    fn is_known(&self, known: &Known) -> bool {
        self.number <= known[self.who]
    }

    fn is_seen(&self, known: &Known) -> bool {
        self.is_known(known) && self.gone[0] > known[0] && self.gone[1] > known[1]
    }
}

/// Everything that was ever typed, in the order of the text.
#[derive(Default)]
struct Letters(Vec<Letter>);

/// A keystroke among all letters: in front of which it puts something, what it takes away, and what it stands between.
struct Place {
    before: usize,
    gone: Vec<usize>,
    around: std::ops::Range<usize>,
}

impl Letters {
    fn find(&self, known: &Known, at: usize, gone: usize) -> Place {
        let mut seen = self.0.iter().enumerate().filter(|(_, letter)| letter.is_seen(known)).map(|(index, _)| index);
        let left = if at > 0 { seen.nth(at - 1).unwrap() + 1 } else { 0 };
        let gone: Vec<_> = seen.by_ref().take(gone).collect();
        let right = seen.next().unwrap_or(self.0.len());
        // Behind what the other typed there at the same time, if they are the first of the two.
        let known_at = |index: usize| self.0.get(index).is_none_or(|letter| letter.is_known(known));
        let mut before = left;
        while !known_at(before) && self.0[before].who == 0 {
            before += 1;
        }
        Place { before, gone, around: left.saturating_sub(1)..(right + 1).min(self.0.len()) }
    }

    /// Where that is on a screen.
    fn on_screen(&self, known: &Known, index: usize) -> u32 {
        self.0[..index].iter().filter(|letter| letter.is_seen(known)).count() as u32
    }
}

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
    let data = "shared/data/friendsforever.json.gz";
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Some(path) = here.ancestors().map(|folder| folder.join(data)).find(|path| path.exists()) else {
        // Past the test's captured output: a skip has to be seen.
        std::io::stderr()
            .write_all(b"SKIPPED: trace: shared/data/friendsforever.json.gz is not beside the project\n")
            .unwrap();
        return;
    };
    let mut json = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut json).unwrap();
    let trace: serde_json::Value = serde_json::from_str(&json).unwrap();
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Friends", "", 1), Sharing::Joint).unwrap();
    couple.meet();
    let editors =
        [&couple.alex, &couple.sam].map(|vault| vault.journal().open_editor_saving_after(&id, NEVER).unwrap());

    let (mut letters, mut typed, mut met, mut history) = (Letters::default(), [0, 0], [0, 0], Vec::<Known>::new());
    let mut meetings = 0;
    for transaction in trace["txns"].as_array().unwrap() {
        let who = transaction["agent"].as_u64().unwrap() as usize;
        let mut known = [0, 0];
        for parent in transaction["parents"].as_array().unwrap() {
            let parent = history[parent.as_u64().unwrap() as usize];
            known = [known[0].max(parent[0]), known[1].max(parent[1])];
        }
        let [patch] = transaction["patches"].as_array().unwrap().as_slice() else { panic!("one patch each") };
        let number = |at: usize| patch[at].as_u64().unwrap() as usize;
        let (at, put) = (number(0), patch[2].as_str().unwrap());
        let place = letters.find(&known, at, number(1));

        // On their own screen stands all that they typed, and what the other had typed when they last met.
        let mut screen: Known = met;
        screen[who] = typed[who];
        let stands_apart = |letter: &Letter| !letter.is_known(&screen);
        if letters.0[place.around.clone()].iter().any(stands_apart) || history.len() % 500 == 499 {
            meet(&couple, &editors);
            met = typed;
            screen = typed;
            meetings += 1;
        }
        typed[who] += 1;
        known[who] = typed[who];
        history.push(known);
        for &index in place.gone.iter().rev().filter(|index| letters.0[**index].is_seen(&screen)) {
            let start = letters.on_screen(&screen, index);
            editors[who].replace(Field::Body, start..start + 1, "").unwrap();
        }
        place.gone.iter().for_each(|&index| letters.0[index].gone[who] = letters.0[index].gone[who].min(typed[who]));
        screen[who] = typed[who];
        if !put.is_empty() {
            let start = letters.on_screen(&screen, place.before);
            editors[who].replace(Field::Body, start..start, put).unwrap();
            let new = put.chars().map(|_| Letter { who, number: typed[who], gone: [u32::MAX; 2] });
            letters.0.splice(place.before..place.before, new);
        }
    }
    meet(&couple, &editors);
    assert!(meetings > 60, "{meetings} meetings");
    for (editor, vault) in editors.iter().zip([&couple.alex, &couple.sam]) {
        assert!(editor.text(Field::Body).text == trace["endContent"].as_str().unwrap(), "the editor's text");
        let stored = vault.journal().read(&id).unwrap().entry.body.text;
        assert!(stored == trace["endContent"].as_str().unwrap(), "the stored text");
    }
    let report = couple.meet();
    assert_eq!((report.round_trips, report.forks, report.set_aside), (1, 0, 0));
}
