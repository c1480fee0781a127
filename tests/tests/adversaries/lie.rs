//! What Sam's phone makes up, and how Alex's phone hears it.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::batch::{Batch, DocumentName, End, Entry, Form, Run};
use nightstand_engine::change::{self};
use nightstand_engine::exchange::admit::{AdmitError, Admitted, Refusal, Terms, admit};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, LogId, PersonId, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::log::{EntryKind, Opening, Tag, Tombstone, next_hash};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::store::{Store, Transaction};

/// A log that Sam's phone makes up, and the batch that tells of it.
pub(crate) struct Lie {
    pub(crate) opening: Opening,
    pub(crate) first: u64,
    pub(crate) head: Hash,
    pub(crate) entries: Vec<(DocumentName, DocumentId, EntryKind, Payload)>,
    pub(crate) tag: Option<Tag>,
    pub(crate) mentioned: Vec<LogId>,
}

impl Lie {
    pub(crate) fn by(device: &Device, person: PersonId, space: Space) -> Self {
        let opening = Opening { person, device: device.device(), space, bond: Some(device.bond()), nonce: [7; 16] };
        Self { opening, first: 1, head: opening.hash(), entries: Vec::new(), tag: None, mentioned: Vec::new() }
    }

    pub(crate) fn change(mut self, id: DocumentId, chunk: Vec<u8>) -> Self {
        self.entries.push((DocumentName::New(id), id, EntryKind::Change, Payload::Whole(chunk)));
        self
    }

    pub(crate) fn plain(&self) -> Vec<u8> {
        let log = self.opening.log();
        let mut head = self.head;
        for ((_, id, kind, payload), number) in self.entries.iter().zip(self.first..) {
            let digest = match payload {
                Payload::Whole(body) if *kind == EntryKind::Tombstone => Tombstone::digest(body),
                Payload::Whole(chunk) => change::digest(chunk).unwrap_or(Hash::from_bytes([0; 32])),
                Payload::Withheld(digest) => *digest,
            };
            head = next_hash(&head, number, id, *kind, &digest);
        }
        let end = Some(End { hash: head.first(), tag: self.tag });
        let mut runs = BTreeMap::from([(log, Run { first: self.first, opening: Some(self.opening), end })]);
        for mentioned in &self.mentioned {
            runs.insert(*mentioned, Run { first: 0, opening: None, end: None });
        }
        let entries = self.entries.iter().map(|(document, _, kind, payload)| Entry {
            log,
            kind: *kind,
            document: *document,
            form: match payload {
                Payload::Whole(chunk) => Form::Whole(chunk),
                Payload::Withheld(digest) => Form::Withheld(*digest),
            },
        });
        Batch { runs, entries: entries.collect() }.to_bytes(self.opening.bond)
    }
}

pub(crate) enum Payload {
    Whole(Vec<u8>),
    Withheld(Hash),
}

/// Lets Alex's phone take a batch in. On refusal nothing may have changed.
pub(crate) fn tell(alex: &mut Device, plain: &[u8]) -> Result<Admitted, Refusal> {
    tell_in_dispute(alex, &BTreeSet::new(), plain)
}

pub(crate) fn tell_in_dispute(
    alex: &mut Device,
    disputed: &BTreeSet<LogId>,
    plain: &[u8],
) -> Result<Admitted, Refusal> {
    let (before, parties) = (alex.store.stored.clone(), alex.parties().clone());
    let mut tx = alex.store.begin().expect("memory");
    match admit(&mut tx, &parties, plain, &Terms { disputed, ..Terms::with(1) }) {
        Ok(admitted) => {
            tx.commit().expect("there is room");
            Ok(admitted)
        }
        Err(AdmitError::Refused(refusal)) => {
            drop(tx);
            assert_eq!(alex.store.stored, before, "a refused batch changed something");
            Err(refusal)
        }
        Err(AdmitError::Store(_)) => panic!("the store did not fail"),
    }
}

/// A change as Sam's app would write it into a new document of this log.
pub(crate) fn honest_change(log: &LogId, text: &str) -> Vec<u8> {
    use automerge::transaction::Transactable;
    use automerge::{ROOT, ReadDoc};
    let mut document = Kind::JournalEntry.new_document();
    document.set_actor(change::actor(log));
    let done = document
        .transact(|edit| {
            let (_, body) = edit.get(ROOT, "body")?.expect("the first change makes it");
            edit.splice_text(&body, 0, 0, text)
        })
        .expect("the edit fits");
    let change = document.get_change_by_hash(&done.hash.expect("something was written")).expect("just made");
    change.raw_bytes().to_vec()
}

pub(crate) fn document(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 16])
}
