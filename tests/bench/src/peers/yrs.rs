//! Yrs (the Rust port of Yjs), one document an entry, with the steps of its y-sync protocol.
//!
//! Counted: A's state vectors; B's answers, each an update and its own state vector; A's updates.
//! That is three legs. Updates are in the library's encoding v1 (what y-sync uses) or v2, its
//! packed one, which takes more for a small document; neither is compressed any further. The two
//! or three bytes of message type and length that y-sync puts before each part are not counted.
//! An update goes even when nothing is lacking: equal state vectors say nothing of deletions.

use std::time::Instant;

use yrs::{
    Any, Array, ArrayPrelim, Doc, GetString, Map, MapRef, Out, ReadTxn, StateVector, Text, TextPrelim, TextRef,
    Transact, Update,
    updates::{decoder::Decode, encoder::Encode},
};

use crate::{
    pair::{Cost, Meter, Pair, Side},
    work::{Draw, Edit, Entry},
};

pub(crate) enum Encoding {
    V1,
    V2,
}

pub(crate) struct Yrs {
    encoding: Encoding,
    clients: [u64; 2],
    a: Vec<Doc>,
    b: Vec<Doc>,
}

impl Yrs {
    pub(crate) fn new(seed: u64, encoding: Encoding) -> Self {
        let mut draw = Draw::new(seed, "yrs");
        Self {
            encoding,
            // As long as the ids that yrs draws itself.
            clients: [(); 2].map(|()| draw.number() >> 11),
            a: Vec::new(),
            b: Vec::new(),
        }
    }

    fn update(&self, from: &Doc, for_vector: &[u8]) -> Vec<u8> {
        let known = StateVector::decode_v1(for_vector).expect("what was encoded decodes");
        let from = from.transact();
        match self.encoding {
            Encoding::V1 => from.encode_diff_v1(&known),
            Encoding::V2 => from.encode_diff_v2(&known),
        }
    }

    fn receive(&self, to: &Doc, update: &[u8]) {
        let update = match self.encoding {
            Encoding::V1 => Update::decode_v1(update),
            Encoding::V2 => Update::decode_v2(update),
        };
        to.transact_mut().apply_update(update.expect("what was encoded decodes")).expect("an honest update applies");
    }

    fn document(&self, side: Side, entry: usize) -> &Doc {
        match side {
            Side::A => &self.a[entry],
            Side::B => &self.b[entry],
        }
    }
}

impl Pair for Yrs {
    fn create(&mut self, entries: &[Entry]) {
        for entry in entries {
            let document = Doc::with_client_id(self.clients[0]);
            write(&document, entry);
            self.a.push(document);
            self.b.push(Doc::with_client_id(self.clients[1]));
        }
    }

    fn sync(&mut self) -> Cost {
        let since = Instant::now();
        let mut meter = Meter::default();
        let vectors: Vec<_> = self.a.iter().map(vector).collect();
        vectors.iter().for_each(|vector| meter.count(Side::A, vector));
        let mut answers = Vec::new();
        for (b, of_a) in self.b.iter().zip(&vectors) {
            let (update, of_b) = (self.update(b, of_a), vector(b));
            meter.count(Side::B, &update);
            meter.count(Side::B, &of_b);
            answers.push((update, of_b));
        }
        for ((a, b), (update, of_b)) in self.a.iter().zip(&self.b).zip(&answers) {
            self.receive(a, update);
            let update = self.update(a, of_b);
            meter.count(Side::A, &update);
            self.receive(b, &update);
        }
        meter.cost(since, Instant::now())
    }

    fn edit(&mut self, side: Side, edit: &Edit) {
        let document = self.document(side, edit.entry);
        let entry = document.get_or_insert_map("entry");
        let mut transaction = document.transact_mut();
        let body = entry.get(&transaction, "body").and_then(|body| body.cast::<TextRef>().ok());
        body.expect("an entry has a body").push(&mut transaction, &edit.sentence);
        entry.insert(&mut transaction, "updated", edit.at);
    }

    fn read(&mut self, side: Side, entry: usize) -> Entry {
        let document = self.document(side, entry);
        let entry = document.get_or_insert_map("entry");
        read(&document.transact(), &entry)
    }
}

fn vector(document: &Doc) -> Vec<u8> {
    document.transact().state_vector().encode_v1()
}

fn write(document: &Doc, entry: &Entry) {
    let map = document.get_or_insert_map("entry");
    let mut transaction = document.transact_mut();
    map.insert(&mut transaction, "title", entry.title.as_str());
    map.insert(&mut transaction, "body", TextPrelim::new(entry.body.as_str()));
    let tags = map.insert(&mut transaction, "tags", ArrayPrelim::default());
    for tag in &entry.tags {
        tags.push_back(&mut transaction, tag.as_str());
    }
    map.insert(&mut transaction, "created", entry.created);
    map.insert(&mut transaction, "updated", entry.updated);
}

fn read(transaction: &impl ReadTxn, entry: &MapRef) -> Entry {
    let text = |value| match value {
        Some(Out::Any(Any::String(text))) => text.to_string(),
        Some(Out::YText(text)) => text.get_string(transaction),
        _ => panic!("not a text"),
    };
    let time = |value| match value {
        Some(Out::Any(Any::Number(time))) => time.as_i64().expect("whole milliseconds"),
        _ => panic!("not a time"),
    };
    let Some(Out::YArray(tags)) = entry.get(transaction, "tags") else { panic!("no tags") };
    Entry {
        title: text(entry.get(transaction, "title")),
        body: text(entry.get(transaction, "body")),
        tags: tags.iter(transaction).map(|tag| text(Some(tag))).collect(),
        created: time(entry.get(transaction, "created")),
        updated: time(entry.get(transaction, "updated")),
    }
}
