//! Automerge's own sync, one document an entry, and for reference all entries in one document.
//!
//! Counted: the encoded sync messages. Each document's two sync states are kept between meetings
//! the way the library saves them (`State::encode`), as an app that restarts would. (With documents
//! of one or two changes, forgetting the states would cost a sixth less: a Bloom filter over so few
//! is smaller than the hash it stands for.) Whole documents travel deflated, which is the library's
//! own choice (its message version 2, which both sides speak).

use std::time::Instant;

use automerge::{
    ActorId, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value,
    sync::{Message, State, SyncDoc},
    transaction::Transactable,
};

use super::{Layout, key};
use crate::{
    pair::{Cost, Meter, Pair, Side},
    work::{Draw, Edit, Entry},
};

pub(crate) struct Automerge {
    layout: Layout,
    a: Phone,
    b: Phone,
}

struct Phone {
    actor: ActorId,
    documents: Vec<AutoCommit>,
    /// A saved sync state for each document.
    states: Vec<Vec<u8>>,
}

impl Automerge {
    pub(crate) fn new(seed: u64, layout: Layout) -> Self {
        let mut draw = Draw::new(seed, "automerge");
        let mut phone = || Phone {
            actor: [draw.number(), draw.number()].map(u64::to_be_bytes).concat().into(),
            documents: Vec::new(),
            states: Vec::new(),
        };
        Self { layout, a: phone(), b: phone() }
    }
}

impl Pair for Automerge {
    fn create(&mut self, entries: &[Entry]) {
        if let Layout::OneDocument = self.layout {
            self.add_document();
            let document = &mut self.a.documents[0];
            document.put_object(ROOT, "entries", ObjType::Map).expect("a root takes a map");
        }
        for (i, entry) in entries.iter().enumerate() {
            if let Layout::DocumentPerEntry = self.layout {
                self.add_document();
            }
            let document = self.a.documents.last_mut().expect("one was added");
            let at = match self.layout {
                Layout::DocumentPerEntry => ROOT,
                Layout::OneDocument => {
                    let entries = object(document, &ROOT, "entries");
                    let entry = document.put_object(entries, key(i), ObjType::Map);
                    entry.expect("a map takes an entry")
                }
            };
            write(document, &at, entry).expect("a new map takes the fields");
            document.commit();
        }
    }

    fn sync(&mut self) -> Cost {
        let since = Instant::now();
        let mut meter = Meter::default();
        let (mut on_a, mut on_b) = (self.a.load_states(), self.b.load_states());
        let (a, b) = (&mut self.a.documents, &mut self.b.documents);
        loop {
            let there = leg(&mut meter, Side::A, (a, &mut on_a), (b, &mut on_b));
            let back = leg(&mut meter, Side::B, (b, &mut on_b), (a, &mut on_a));
            if !there && !back {
                break;
            }
        }
        self.a.states = on_a.iter().map(State::encode).collect();
        self.b.states = on_b.iter().map(State::encode).collect();
        meter.cost(since, Instant::now())
    }

    fn edit(&mut self, side: Side, edit: &Edit) {
        let (document, at) = self.find(side, edit.entry);
        apply(document, &at, edit).expect("an entry has a body");
        document.commit();
    }

    fn read(&mut self, side: Side, entry: usize) -> Entry {
        let (document, at) = self.find(side, entry);
        read(document, &at).expect("an entry has all its fields")
    }
}

impl Automerge {
    fn add_document(&mut self) {
        self.a.add_document();
        self.b.add_document();
    }

    /// The document that holds an entry, and the entry in it.
    fn find(&mut self, side: Side, entry: usize) -> (&mut AutoCommit, ObjId) {
        let documents = match side {
            Side::A => &mut self.a.documents,
            Side::B => &mut self.b.documents,
        };
        match self.layout {
            Layout::DocumentPerEntry => (&mut documents[entry], ROOT),
            Layout::OneDocument => {
                let document = &mut documents[0];
                let entries = object(document, &ROOT, "entries");
                let at = object(document, &entries, &key(entry));
                (document, at)
            }
        }
    }
}

fn object(document: &AutoCommit, within: &ObjId, name: &str) -> ObjId {
    let found = document.get(within, name).expect("it is an object");
    found.expect("it was put there").1
}

impl Phone {
    fn add_document(&mut self) {
        self.documents.push(AutoCommit::new().with_actor(self.actor.clone()));
        self.states.push(State::new().encode());
    }

    fn load_states(&self) -> Vec<State> {
        let load = |saved: &Vec<u8>| State::decode(saved).expect("a saved state loads");
        self.states.iter().map(load).collect()
    }
}

/// Everything that one side has to say at this moment, document by document.
fn leg(
    meter: &mut Meter,
    from: Side,
    (senders, sending): (&mut [AutoCommit], &mut [State]),
    (receivers, receiving): (&mut [AutoCommit], &mut [State]),
) -> bool {
    let mut said_any = false;
    for i in 0..senders.len() {
        let Some(message) = senders[i].sync().generate_sync_message(&mut sending[i]) else {
            continue;
        };
        let bytes = message.encode();
        meter.count(from, &bytes);
        said_any = true;
        let message = Message::decode(&bytes).expect("what was encoded decodes");
        receivers[i].sync().receive_sync_message(&mut receiving[i], message).expect("an honest message is accepted");
    }
    said_any
}

type Result<T> = std::result::Result<T, automerge::AutomergeError>;

/// The entry's fields; the body is a text, the tags a list.
pub(super) fn write(document: &mut impl Transactable, at: &ObjId, entry: &Entry) -> Result<()> {
    document.put(at, "title", entry.title.as_str())?;
    let body = document.put_object(at, "body", ObjType::Text)?;
    document.splice_text(&body, 0, 0, &entry.body)?;
    let tags = document.put_object(at, "tags", ObjType::List)?;
    for (i, tag) in entry.tags.iter().enumerate() {
        document.insert(&tags, i, tag.as_str())?;
    }
    document.put(at, "created", ScalarValue::Timestamp(entry.created))?;
    document.put(at, "updated", ScalarValue::Timestamp(entry.updated))
}

pub(super) fn apply(document: &mut impl Transactable, at: &ObjId, edit: &Edit) -> Result<()> {
    let (_, body) = document.get(at, "body")?.expect("an entry has a body");
    document.splice_text(&body, document.length(&body), 0, &edit.sentence)?;
    document.put(at, "updated", ScalarValue::Timestamp(edit.at))
}

pub(super) fn read(document: &impl ReadDoc, at: &ObjId) -> Result<Entry> {
    let field = |name| document.get(at, name).map(|field| field.expect("every field is there"));
    let text = |(value, _): (Value, ObjId)| value.into_string().expect("a text");
    let time = |(value, _): (Value, ObjId)| value.as_i64().expect("a time");
    let tags = field("tags")?.1;
    let tag = |i| document.get(&tags, i).map(|tag| text(tag.expect("within the list")));
    Ok(Entry {
        title: text(field("title")?),
        body: document.text(field("body")?.1)?,
        tags: (0..document.length(&tags)).map(tag).collect::<Result<_>>()?,
        created: time(field("created")?),
        updated: time(field("updated")?),
    })
}
