//! The two-person trace, heard as it was heard on the day.
//!
//! The trace says of each keystroke what its writer had on their screen: all their own, and the other's up to some moment.
//! Both phones get exactly that. Where the trace says that something was heard of a phone, that phone saves and sends what it
//! has; the other takes it in when the trace says so, which may be many keystrokes later, and never more than that. So every
//! keystroke is typed where the trace says it was, and both phones end with the trace's text.
//!
//! A whole sync goes both ways and shows either phone more than it had on the day, by four letters as soon as the trace's
//! 36th keystroke. Its positions then name other letters and soon a place behind the end (`Position`), on the phone just as
//! in a plain list of letters. So what travels here is the answer to a sync that goes no further: it brings one phone what the
//! other wrote, and the other nothing.
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;

use std::collections::{BTreeSet, VecDeque};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use common::{Couple, entry};
use nightstand::journal::editor::{Editor, Field};
use nightstand::journal::{EntryId, Sharing};
use nightstand::sync::Conversation;
use nightstand::vault::Vault;

/// So late that the test saves by itself.
const NEVER: Duration = Duration::from_secs(3_600);

/// So many keystrokes are typed in an ordinary run. The one place where both type at once is among them.
const LAST_PART: usize = 4_000;

#[test]
fn the_last_part_of_the_trace_ends_in_its_text() {
    let Some(trace) = Trace::read() else { return };
    let begin = trace.all_known_from(trace.strokes.len() - LAST_PART);
    // Both begin with the text as it was then.
    let mut plain = Plain::two();
    type_again(&trace.strokes[..begin], &mut plain);
    let [alex, sam] = plain.each_ref().map(Plain::text);
    assert_eq!(alex, sam);
    type_on_phones(&trace, begin, &alex);
}

#[test]
#[ignore = "takes some minutes: each thing heard is a session, a transaction and a save of a long text"]
fn the_whole_trace_ends_in_its_text() {
    let Some(trace) = Trace::read() else { return };
    type_on_phones(&trace, 0, "");
}

fn type_on_phones(trace: &Trace, begin: usize, text: &str) {
    let couple = Couple::new();
    let id = couple.alex.journal().write(&entry("Friends", text, 1), Sharing::Joint).unwrap();
    couple.meet();
    let mut phones = [(&couple.alex, &couple.sam), (&couple.sam, &couple.alex)].map(|both| Phone::new(both, &id));
    type_again(&trace.strokes[begin..], &mut phones);
    for phone in &phones {
        assert!(phone.editor.text(Field::Body).text == trace.end, "the editor's text");
        assert!(phone.vault.journal().read(&id).unwrap().entry.body.text == trace.end, "the stored text");
    }
    couple.meet();
    let report = couple.meet();
    assert_eq!((report.round_trips, report.forks, report.set_aside), (1, 0, 0));
}

/// One of two who type, with their screen.
trait Side {
    /// What the other one has not heard yet.
    type News;
    fn replace(&mut self, at: u32, gone: u32, put: &str);
    fn send(&mut self) -> Self::News;
    fn hear(&mut self, news: Self::News);
}

/// Types it all where the trace says, each with what the trace says they had heard. What was typed before these strokes both
/// have. In the end each hears the rest.
fn type_again<S: Side>(strokes: &[Stroke], sides: &mut [S; 2]) {
    let Some(first) = strokes.first() else { return };
    let heard_of = [0, 1].map(|who| {
        strokes.iter().filter(|stroke| stroke.who != who).map(|stroke| stroke.known[who]).collect::<BTreeSet<_>>()
    });
    let (mut typed, mut heard) = (first.known, first.known);
    let mut under_way: [VecDeque<(usize, S::News)>; 2] = Default::default();
    for Stroke { who, known, at, gone, put } in strokes {
        let (who, other) = (*who, 1 - who);
        while heard[other] < known[other] {
            let (strokes, news) = under_way[other].pop_front().unwrap();
            sides[who].hear(news);
            heard[other] = strokes;
        }
        assert_eq!((typed[who], heard[other]), (known[who], known[other]));
        sides[who].replace(*at, *gone, put);
        typed[who] += 1;
        if heard_of[who].contains(&typed[who]) {
            under_way[who].push_back((typed[who], sides[who].send()));
        }
    }
    for who in [0, 1] {
        let rest = sides[who].send();
        under_way[who].drain(..).map(|(_, news)| news).chain([rest]).for_each(|news| sides[1 - who].hear(news));
    }
}

struct Phone<'a> {
    vault: &'a Vault,
    partner: &'a Vault,
    editor: Editor,
}

impl<'a> Phone<'a> {
    fn new((vault, partner): (&'a Vault, &'a Vault), id: &EntryId) -> Self {
        Self { vault, partner, editor: vault.journal().open_editor_saving_after(id, NEVER).unwrap() }
    }

    /// Saves, takes in what came, and shows it.
    fn show(&self) {
        self.editor.flush().unwrap();
        self.editor.poll_changes().unwrap();
    }
}

impl Side for Phone<'_> {
    /// A conversation that the partner has begun, and the answer to it, which holds up to 4 KiB of what they lack.
    type News = (Conversation, Vec<u8>);

    fn replace(&mut self, at: u32, gone: u32, put: &str) {
        self.editor.replace(Field::Body, at..at + gone, put).unwrap();
    }

    fn send(&mut self) -> Self::News {
        self.editor.flush().unwrap();
        let (mut asks, mut answers) = (self.partner.sync().begin().unwrap(), self.vault.sync().answer().unwrap());
        answers.handle_frame(&asks.poll_frame().unwrap().unwrap()).unwrap();
        let answer = answers.poll_frame().unwrap().unwrap();
        (asks, answer)
    }

    fn hear(&mut self, (mut asks, answer): Self::News) {
        asks.handle_frame(&answer).unwrap();
        self.show();
    }
}

/// The text as a list, to know how it read at some moment.
struct Plain {
    who: usize,
    letters: Vec<Letter>,
    typed: u32,
    unsaid: Vec<Said>,
}

/// A letter that was put in, by whom, as their so-manieth.
type LetterId = (usize, u32);

struct Letter {
    id: LetterId,
    letter: char,
    gone: bool,
}

enum Said {
    Put { behind: Option<LetterId>, id: LetterId, letter: char },
    Gone(LetterId),
}

impl Plain {
    fn two() -> [Self; 2] {
        [0, 1].map(|who| Self { who, letters: Vec::new(), typed: 0, unsaid: Vec::new() })
    }

    fn text(&self) -> String {
        self.letters.iter().filter(|letter| !letter.gone).map(|letter| letter.letter).collect()
    }

    fn place(&self, id: LetterId) -> usize {
        self.letters.iter().position(|letter| letter.id == id).unwrap()
    }

    /// Where nobody puts anything in at the same place at the same time, and up to the last part nobody does, there is
    /// nothing more to it.
    fn make(&mut self, said: &Said) {
        match *said {
            Said::Put { behind, id, letter } => {
                let place = behind.map_or(0, |id| self.place(id) + 1);
                self.letters.insert(place, Letter { id, letter, gone: false });
            }
            Said::Gone(id) => {
                let place = self.place(id);
                self.letters[place].gone = true;
            }
        }
    }

    fn say(&mut self, said: Said) {
        self.make(&said);
        self.unsaid.push(said);
    }
}

impl Side for Plain {
    type News = Vec<Said>;

    fn replace(&mut self, at: u32, gone: u32, put: &str) {
        let mut seen = self.letters.iter().filter(|letter| !letter.gone).map(|letter| letter.id);
        let behind = at.checked_sub(1).map(|before| seen.nth(before as usize).unwrap());
        let gone: Vec<_> = seen.take(gone as usize).collect();
        gone.into_iter().for_each(|id| self.say(Said::Gone(id)));
        if let Some(letter) = put.chars().next() {
            self.typed += 1;
            self.say(Said::Put { behind, id: (self.who, self.typed), letter });
        }
    }

    fn send(&mut self) -> Self::News {
        std::mem::take(&mut self.unsaid)
    }

    fn hear(&mut self, news: Self::News) {
        news.iter().for_each(|said| self.make(said));
    }
}

/// How many keystrokes of each somebody knows.
type Known = [usize; 2];

struct Stroke {
    who: usize,
    /// What its writer had on their screen.
    known: Known,
    at: u32,
    gone: u32,
    put: String,
}

struct Trace {
    strokes: Vec<Stroke>,
    end: String,
}

impl Trace {
    /// The trace, if it is here.
    fn read() -> Option<Self> {
        let data = "shared/data/friendsforever.json.gz";
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let Some(path) = here.ancestors().map(|folder| folder.join(data)).find(|path| path.exists()) else {
            // Past the test's captured output: a skip has to be seen.
            std::io::stderr()
                .write_all(b"SKIPPED: trace: shared/data/friendsforever.json.gz is not beside the project\n")
                .unwrap();
            return None;
        };
        let mut json = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut json).unwrap();
        let trace: serde_json::Value = serde_json::from_str(&json).unwrap();
        let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
        let (mut strokes, mut after) = (Vec::new(), Vec::<Known>::new());
        for transaction in trace["txns"].as_array().unwrap() {
            let mut known = [0, 0];
            for parent in transaction["parents"].as_array().unwrap() {
                let parent = after[number(parent)];
                known = [known[0].max(parent[0]), known[1].max(parent[1])];
            }
            let who = number(&transaction["agent"]);
            let [patch] = transaction["patches"].as_array().unwrap().as_slice() else { panic!("one patch each") };
            let (at, gone) = (number(&patch[0]) as u32, number(&patch[1]) as u32);
            strokes.push(Stroke { who, known, at, gone, put: patch[2].as_str().unwrap().to_owned() });
            known[who] += 1;
            after.push(known);
        }
        Some(Self { strokes, end: trace["endContent"].as_str().unwrap().to_owned() })
    }

    /// The last stroke up to this one such that all that was typed before it was known to both from there on.
    fn all_known_from(&self, latest: usize) -> usize {
        let mut typed = [0, 0];
        let before: Vec<Known> = self
            .strokes
            .iter()
            .map(|stroke| {
                let before = typed;
                typed[stroke.who] += 1;
                before
            })
            .collect();
        let mut least = typed;
        let mut all_known = (0..before.len()).rev().filter(|&number| {
            let known = self.strokes[number].known;
            least = [least[0].min(known[0]), least[1].min(known[1])];
            least == before[number]
        });
        all_known.find(|number| *number <= latest).unwrap_or(0)
    }
}
