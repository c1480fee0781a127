//! Loro, one document an entry, and for reference all entries in one document.
//!
//! Loro has no protocol of its own. The one here is the shortest that its docs suggest: A's version
//! vectors; B's, and what A lacks; what B lacks, nothing where nothing is lacking. Counted: vectors
//! and exports. The exports are updates, which are not compressed; a snapshot is (LZ4), but keeps
//! the text twice and takes over half as much again for a first sync.

use std::time::Instant;

use loro::{Container, ExportMode, LoroDoc, LoroList, LoroMap, LoroText, LoroValue, ValueOrContainer, VersionVector};

use super::{Layout, key};
use crate::{
    pair::{Cost, Meter, Pair, Side},
    work::{Draw, Edit, Entry},
};

pub(crate) struct Loro {
    layout: Layout,
    ids: [u64; 2],
    a: Vec<LoroDoc>,
    b: Vec<LoroDoc>,
}

impl Loro {
    pub(crate) fn new(seed: u64, layout: Layout) -> Self {
        let mut draw = Draw::new(seed, "loro");
        Self { layout, ids: [(); 2].map(|()| draw.number()), a: Vec::new(), b: Vec::new() }
    }

    fn add_document(&mut self) {
        for (documents, id) in [&mut self.a, &mut self.b].into_iter().zip(self.ids) {
            let document = LoroDoc::new();
            document.set_peer_id(id).expect("a drawn id is allowed");
            documents.push(document);
        }
    }

    /// The document that holds an entry, and the entry in it.
    fn find(&self, side: Side, entry: usize) -> (&LoroDoc, LoroMap) {
        let documents = match side {
            Side::A => &self.a,
            Side::B => &self.b,
        };
        match self.layout {
            Layout::DocumentPerEntry => (&documents[entry], documents[entry].get_map("entry")),
            Layout::OneDocument => match container(&documents[0].get_map("entries"), &key(entry)) {
                Container::Map(map) => (&documents[0], map),
                _ => panic!("not an entry"),
            },
        }
    }
}

impl Pair for Loro {
    fn create(&mut self, entries: &[Entry]) {
        if let Layout::OneDocument = self.layout {
            self.add_document();
        }
        for (i, entry) in entries.iter().enumerate() {
            if let Layout::DocumentPerEntry = self.layout {
                self.add_document();
            }
            let document = self.a.last().expect("one was added");
            let map = match self.layout {
                Layout::DocumentPerEntry => document.get_map("entry"),
                Layout::OneDocument => {
                    document.get_map("entries").insert_container(&key(i), LoroMap::new()).expect("a map takes an entry")
                }
            };
            write(&map, entry).expect("a new map takes the fields");
            document.commit();
        }
    }

    fn sync(&mut self) -> Cost {
        let since = Instant::now();
        let mut meter = Meter::default();
        let vectors: Vec<_> = self.a.iter().map(|a| a.oplog_vv().encode()).collect();
        vectors.iter().for_each(|vector| meter.count(Side::A, vector));
        let mut answers = Vec::new();
        for (b, of_a) in self.b.iter().zip(&vectors) {
            let (of_b, update) = (b.oplog_vv().encode(), lacking(b, of_a));
            meter.count(Side::B, &of_b);
            update.iter().for_each(|update| meter.count(Side::B, update));
            answers.push((of_b, update));
        }
        for ((a, b), (of_b, update)) in self.a.iter().zip(&self.b).zip(&answers) {
            let answer = lacking(a, of_b);
            if let Some(update) = update {
                a.import(update).expect("an honest update imports");
            }
            if let Some(update) = answer {
                meter.count(Side::A, &update);
                b.import(&update).expect("an honest update imports");
            }
        }
        meter.cost(since, Instant::now())
    }

    fn edit(&mut self, side: Side, edit: &Edit) {
        let (document, entry) = self.find(side, edit.entry);
        let Container::Text(body) = container(&entry, "body") else { panic!("not a text") };
        body.insert(body.len_unicode(), &edit.sentence).expect("the end is inside");
        entry.insert("updated", edit.at).expect("a map takes a time");
        document.commit();
    }

    fn read(&mut self, side: Side, entry: usize) -> Entry {
        let (_, entry) = self.find(side, entry);
        let LoroValue::Map(entry) = entry.get_deep_value() else { panic!("not an entry") };
        let text = |value: &LoroValue| value.as_string().expect("a text").to_string();
        let time = |name: &str| *entry[name].as_i64().expect("a time");
        Entry {
            title: text(&entry["title"]),
            body: text(&entry["body"]),
            tags: entry["tags"].as_list().expect("a list").iter().map(text).collect(),
            created: time("created"),
            updated: time("updated"),
        }
    }
}

/// What one side has beyond the other's vector.
fn lacking(document: &LoroDoc, for_vector: &[u8]) -> Option<Vec<u8>> {
    let known = VersionVector::decode(for_vector).expect("what was encoded decodes");
    if document.oplog_vv() <= known {
        return None;
    }
    let update = document.export(ExportMode::updates(&known));
    Some(update.expect("a document exports"))
}

fn container(map: &LoroMap, name: &str) -> Container {
    let found = map.get(name).map(ValueOrContainer::into_container);
    found.and_then(Result::ok).expect("it was created so")
}

fn write(map: &LoroMap, entry: &Entry) -> loro::LoroResult<()> {
    map.insert("title", entry.title.as_str())?;
    map.insert_container("body", LoroText::new())?.insert(0, &entry.body)?;
    let tags = map.insert_container("tags", LoroList::new())?;
    for tag in &entry.tags {
        tags.push(tag.as_str())?;
    }
    map.insert("created", entry.created)?;
    map.insert("updated", entry.updated)
}
