//! T6: two people type one text at the same time, keystroke by keystroke: a real trace of 26,000.
//!
//! Ours types into two editors on two phones. Whenever the phones have to meet (the trace asks for it some hundred times), both
//! editors save, durably, and the phones sync. Raw automerge has two documents in memory with the same keystrokes; when ours
//! saves it commits and takes the bytes that an app would have to write, and when ours syncs it merges.

use std::time::Duration;

use automerge::{AutoCommit, ObjType, ROOT, ReadDoc, transaction::Transactable};
use nightstand::journal::editor::{Editor, Field};

use super::{Counts, OURS, Peer, Row};
use crate::{
    child::Measured,
    keystrokes::{self, Keystrokes, Step},
    ours::Typists,
    timing::timed,
};

pub(crate) const ROW: Row = Row {
    id: "T6",
    figures: &[("typing", "ms"), ("typing and saving", "ms"), ("typing, saving and meeting", "ms")],
    peers: &[Peer::of("automerge, in memory")],
    sizes: |_| {
        let path = keystrokes::path().ok_or("shared/data/friendsforever.json.gz is not beside the project")?;
        let typed = |step: &&Step| matches!(step, Step::Replace { .. });
        Ok(vec![Keystrokes::read(&path).steps.iter().filter(typed).count()])
    },
    prepare: None,
    runs: 3,
    counts: Counts::Median,
    measure,
};

/// So late that they save when they are told to.
const NEVER: Duration = Duration::from_secs(3_600);

/// Somebody who can be typed into on two phones.
trait Type {
    fn replace(&mut self, who: usize, at: u32, gone: u32, put: &str);
    fn save(&mut self);
    fn meet(&mut self);
    fn text(&self, who: usize) -> String;
}

fn measure(who: &str, _: usize, seed: u64) -> Measured {
    let trace = Keystrokes::read(&keystrokes::path().expect("the trace was there a moment ago"));
    let times = match who {
        OURS => type_all(&mut Editors::open(seed), &trace),
        _ => type_all(&mut Raw::new(), &trace),
    };
    let [typing, saving, meeting] = times;
    Measured { values: vec![Some(typing), Some(typing + saving), Some(typing + saving + meeting)], wire_bytes: None }
}

fn type_all(phones: &mut dyn Type, trace: &Keystrokes) -> [f64; 3] {
    let (mut typing, mut saving, mut meeting) = (0.0, 0.0, 0.0);
    for step in &trace.steps {
        match step {
            Step::Replace { who, at, gone, put } => typing += timed(|| phones.replace(*who, *at, *gone, put)).0,
            Step::Meet => {
                saving += timed(|| phones.save()).0;
                meeting += timed(|| phones.meet()).0;
            }
        }
    }
    for who in 0..2 {
        assert!(phones.text(who) == trace.end, "the text of the trace");
    }
    [typing, saving, meeting]
}

struct Editors {
    phones: Typists,
    editors: [Editor; 2],
}

impl Editors {
    fn open(seed: u64) -> Self {
        let phones = Typists::begin(seed);
        let editors = phones.vaults().map(|vault| {
            let editor = vault.journal().open_editor_saving_after(phones.entry(), NEVER);
            editor.expect("the entry is there")
        });
        Self { phones, editors }
    }
}

impl Type for Editors {
    fn replace(&mut self, who: usize, at: u32, gone: u32, put: &str) {
        self.editors[who].replace(Field::Body, at..at + gone, put).expect("it is a place in the text");
    }

    fn save(&mut self) {
        self.editors.iter().for_each(|editor| editor.flush().expect("it can be saved"));
    }

    fn meet(&mut self) {
        self.phones.meet();
        for editor in &self.editors {
            editor.flush().expect("there is nothing to save");
            editor.poll_changes().expect("the entry is there");
        }
    }

    fn text(&self, who: usize) -> String {
        let stored = self.phones.vaults()[who].journal().read(self.phones.entry()).expect("the entry is there");
        let shown = self.editors[who].text(Field::Body).text;
        assert!(stored.entry.body.text == shown, "what is stored is what is shown");
        shown
    }
}

struct Raw {
    documents: [AutoCommit; 2],
    text: automerge::ObjId,
}

impl Raw {
    fn new() -> Self {
        let mut document = AutoCommit::new();
        let text = document.put_object(ROOT, "text", ObjType::Text).expect("a new document takes a text");
        let other = document.fork();
        Self { documents: [document, other], text }
    }
}

impl Type for Raw {
    fn replace(&mut self, who: usize, at: u32, gone: u32, put: &str) {
        let document = &mut self.documents[who];
        document.splice_text(&self.text, at as usize, gone as isize, put).expect("it is a place in the text");
    }

    fn save(&mut self) {
        self.documents.iter_mut().for_each(|document| _ = document.save_incremental());
    }

    fn meet(&mut self) {
        let [a, b] = &mut self.documents;
        a.merge(b).expect("both are sound");
        b.merge(a).expect("both are sound");
    }

    fn text(&self, who: usize) -> String {
        self.documents[who].text(&self.text).expect("it is a text")
    }
}
