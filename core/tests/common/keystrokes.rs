//! The trace of two people typing one text at the same time, as what each of two phones does.
//!
//! The trace says of each keystroke what its writer had on their screen. Here the phones meet less often than theirs did: every
//! 500 keystrokes, and when somebody is about to type where something stands that has not reached them. So each keystroke is
//! moved from the screen of the trace to that of its phone, by a plain list of all letters that were ever typed.
//!
//! The test of the trace and the benchmark both do these steps.

use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// What is done next.
pub(crate) enum Step {
    /// One of the two replaces a part of the text; empty for a letter that is put in.
    Replace { who: usize, at: u32, gone: u32, put: String },
    /// Both save, and bring each other up to date.
    Meet,
}

/// The steps, and how the text reads in the end.
pub(crate) struct Keystrokes {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: String,
}

/// Where the trace is, if it is beside the project.
pub(crate) fn path() -> Option<PathBuf> {
    let data = "shared/data/friendsforever.json.gz";
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join(data)).find(|path| path.exists())
}

impl Keystrokes {
    pub(crate) fn read(path: &Path) -> Self {
        let (mut json, file) = (String::new(), std::fs::File::open(path).expect("it can be opened"));
        flate2::read::GzDecoder::new(file).read_to_string(&mut json).expect("it is packed text");
        let trace: Value = serde_json::from_str(&json).expect("it is JSON");
        let mut typing = Typing::default();
        list(&trace["txns"]).iter().for_each(|transaction| typing.take(transaction));
        typing.steps.push(Step::Meet);
        Self { steps: typing.steps, end: text(&trace["endContent"]).to_owned() }
    }
}

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
        let left = if at > 0 { seen.nth(at - 1).expect("the text is as long") + 1 } else { 0 };
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

#[derive(Default)]
struct Typing {
    letters: Letters,
    typed: Known,
    /// What both had typed when they last met.
    met: Known,
    /// What was known after each transaction.
    history: Vec<Known>,
    steps: Vec<Step>,
}

impl Typing {
    fn take(&mut self, transaction: &Value) {
        let who = number(&transaction["agent"]);
        let mut known = [0, 0];
        for parent in list(&transaction["parents"]) {
            let parent = self.history[number(parent)];
            known = [known[0].max(parent[0]), known[1].max(parent[1])];
        }
        let [patch] = list(&transaction["patches"]) else { panic!("one patch each") };
        let put = text(&patch[2]);
        let place = self.letters.find(&known, number(&patch[0]), number(&patch[1]));

        // On their own screen stands all that they typed, and what the other had typed when they last met.
        let mut screen = self.met;
        screen[who] = self.typed[who];
        let stands_apart = |letter: &Letter| !letter.is_known(&screen);
        if self.letters.0[place.around.clone()].iter().any(stands_apart) || self.history.len() % 500 == 499 {
            self.steps.push(Step::Meet);
            self.met = self.typed;
            screen = self.typed;
        }
        self.typed[who] += 1;
        known[who] = self.typed[who];
        self.history.push(known);
        for &index in place.gone.iter().rev().filter(|index| self.letters.0[**index].is_seen(&screen)) {
            let at = self.letters.on_screen(&screen, index);
            self.steps.push(Step::Replace { who, at, gone: 1, put: String::new() });
        }
        for &index in &place.gone {
            let gone = &mut self.letters.0[index].gone[who];
            *gone = (*gone).min(self.typed[who]);
        }
        screen[who] = self.typed[who];
        if !put.is_empty() {
            let at = self.letters.on_screen(&screen, place.before);
            self.steps.push(Step::Replace { who, at, gone: 0, put: put.to_owned() });
            let new = put.chars().map(|_| Letter { who, number: self.typed[who], gone: [u32::MAX; 2] });
            self.letters.0.splice(place.before..place.before, new);
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("the trace has a list there")
}

fn number(value: &Value) -> usize {
    value.as_u64().expect("the trace has a number there") as usize
}

fn text(value: &Value) -> &str {
    value.as_str().expect("the trace has a text there")
}
