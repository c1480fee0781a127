//! What earlier landings said to another phone.

use std::collections::{BTreeMap, BTreeSet};

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use data_encoding::HEXLOWER;
use nightstand_engine::author::Draft;
use nightstand_engine::batch::{self, Batch, Form};
use nightstand_engine::circle::Circle;
use nightstand_engine::document::Document;
use nightstand_engine::exchange::Parties;
use nightstand_engine::exchange::admit::{Terms, admit};
use nightstand_engine::ids::{BondId, DocumentId, DocumentKey, Place, Space};
use nightstand_engine::keys::{DeviceKeys, OwnKeys, Phrase, Root};
use nightstand_engine::kinds::Kind;
use nightstand_engine::log::{EntryKind, Opening};
use nightstand_engine::noise::{Handshake, Pattern, Transport};
use nightstand_engine::pairing::invite::{Invite, Purpose};
use nightstand_engine::roster::{DeviceRecord, Roster, SignedRoster};
use nightstand_engine::session::{Config, Event, Outcome, Session};
use nightstand_engine::simulator::store::{DiskFull, MemoryStore};
use nightstand_engine::store::{DocumentRow, Store, Transaction};

use crate::fixture;

const BOND: BondId = BondId::from_bytes([0xb0; 16]);

/// The lines that a landing recorded, in order.
fn recorded(landing: u32) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(fixture(landing, "wire.txt")).unwrap();
    text.lines().map(|line| line.split_once(' ').unwrap()).map(|(name, rest)| (name.into(), rest.into())).collect()
}

fn all(name: &str) -> Vec<Vec<u8>> {
    all_of(1, name)
}

fn all_of(landing: u32, name: &str) -> Vec<Vec<u8>> {
    let lines = recorded(landing).into_iter().filter(|(found, _)| found == name);
    lines.map(|(_, hex)| HEXLOWER.decode(hex.as_bytes()).unwrap()).collect()
}

fn one(name: &str) -> Vec<u8> {
    let [bytes] = all(name).try_into().expect("one line of this name");
    bytes
}

/// One of the two phones that were recorded, with nothing in it.
struct Phone {
    root: Root,
    keys: DeviceKeys,
    parties: Parties,
    peer: DeviceRecord,
    store: MemoryStore,
}

impl Phone {
    fn alex() -> Self {
        Self::new(0xa0, "alex", "sam")
    }

    fn sam() -> Self {
        Self::new(0x50, "sam", "alex")
    }

    fn new(number: u8, me: &str, partner: &str) -> Self {
        let root = Phrase::from_entropy([number; 32]).root();
        let roster = |name| SignedRoster::parse(&one(&format!("roster.{name}"))).unwrap();
        let (me, partner_roster) = (roster(me).into(), roster(partner).into());
        Self {
            keys: DeviceKeys::new([number + 1; 32], [number + 2; 16]),
            peer: DeviceRecord::parse(&one(&format!("record.{partner}"))).unwrap(),
            store: MemoryStore { person: Some(root.person()), ..MemoryStore::default() },
            parties: Parties::couple(BOND, me, partner_roster, OwnKeys::of(&root, 1)),
            root,
        }
    }

    fn take(&mut self, packed: &[u8]) {
        let mut tx = self.store.begin().unwrap();
        let terms = Terms::with(1);
        let admitted = admit(&mut tx, &self.parties, &batch::unpack(packed).unwrap(), &terms).unwrap();
        assert_eq!(admitted.set_aside, 0);
        tx.commit().unwrap();
    }

    fn config(&self) -> Config {
        Config {
            parties: self.parties.clone(),
            device: self.keys.clone(),
            peers: vec![self.peer.clone()],
            circle: Circle::default(),
            private_for: BTreeSet::new(),
            introduce: false,
            offered: false,
            live: false,
            workers: 1,
            seed: [1; 32],
            now_ms: 0,
        }
    }

    /// What is here, by the byte that each document's id repeats; none where it was deleted.
    fn documents(&self) -> BTreeMap<u8, Option<Document>> {
        let rows = self.store.stored.documents().iter();
        rows.map(|(key, row)| {
            let number = key.id.as_bytes()[0];
            assert_eq!(key.id, DocumentId::from_bytes([number; 16]));
            (number, alive(row))
        })
        .collect()
    }

    fn text(&self, number: u8) -> Option<String> {
        self.documents().remove(&number)?.map(|document| text(&document))
    }
}

fn alive(row: &DocumentRow) -> Option<Document> {
    match row {
        DocumentRow::Buried => None,
        DocumentRow::Alive { stored, .. } => Some(Document::load(stored).unwrap()),
    }
}

fn text(document: &Document) -> String {
    let document = document.automerge();
    let (_, body) = document.get(automerge::ROOT, "body").unwrap().unwrap();
    document.text(&body).unwrap()
}

#[test]
fn keys_rosters_records_and_logs_of_landing_1_come_out_the_same() {
    for (phone, name, nonce) in [(Phone::alex(), "alex", 0x10), (Phone::sam(), "sam", 0x20)] {
        let roster = SignedRoster::parse(&one(&format!("roster.{name}"))).unwrap();
        assert_eq!(
            roster,
            SignedRoster::sign(&phone.root, Roster::first(phone.root.person(), phone.keys.device()), Vec::new())
        );
        let record = DeviceRecord::parse(&one(&format!("record.{name}"))).unwrap();
        assert_eq!(record, DeviceRecord::sign(&phone.keys, BOND));
        let packed = batch::unpack(&one(&format!("batch.{name}"))).unwrap();
        let batch = Batch::parse(&packed, BOND).unwrap();
        let opening = Opening {
            person: phone.root.person(),
            device: phone.keys.device(),
            space: Space::Mine,
            bond: Some(BOND),
            nonce: [nonce + Space::Mine.number(); 16],
        };
        assert_eq!(batch.runs[&opening.log()].opening, Some(opening));
    }
}

#[test]
fn an_invite_of_landing_1_reads() {
    let (_, link) = recorded(1).into_iter().find(|(name, _)| name == "invite").unwrap();
    let invite = Invite::from_link(&link).unwrap();
    assert_eq!((invite.inviter_key, invite.endpoint, *invite.secret), ([1; 32], [2; 32], [3; 16]));
    assert_eq!((invite.expires, invite.purpose), (1_795_000_600, Purpose::Partner));
    let hints: Vec<_> = invite.hints.into_iter().map(|hint| std::net::SocketAddr::from(hint).to_string()).collect();
    assert_eq!(hints, ["192.0.2.7:4433", "[2001:db8::7]:4434"]);
}

#[test]
fn batches_of_landing_1_give_a_new_phone_everything() {
    let packed = one("batch.everything");
    let plain = batch::unpack(&packed).unwrap();
    let entries = Batch::parse(&plain, BOND).unwrap().entries;
    let of = |which: fn(&batch::Entry<'_>) -> bool| entries.iter().filter(|entry| which(entry)).count();
    assert_eq!(of(|entry| entry.kind == EntryKind::Tombstone), 2);
    assert_eq!(of(|entry| matches!(entry.form, Form::Withheld(_))), 2);
    assert_eq!(of(|entry| matches!(entry.form, Form::Stripped { .. })), 6);

    let mut sam = Phone::sam();
    sam.take(&packed);
    let documents = sam.documents();
    for (number, document) in &documents {
        match document {
            None => assert_eq!(one(&format!("buried.{number:02x}")), b""),
            Some(document) => {
                let stored = Document::load(&one(&format!("document.{number:02x}"))).unwrap();
                assert_eq!((document.heads(), text(document)), (stored.heads(), text(&stored)));
            }
        }
    }
    assert_eq!(documents.keys().copied().collect::<Vec<_>>(), [0x11, 0x12, 0x13, 0x21, 0x22]);
    assert_eq!(sam.text(0x11).as_deref(), Some("Rain on the roof, and nobody moved. 🌧️"));
    assert_eq!(sam.text(0x13).as_deref(), Some("The lamp was on. We lay there. It was quiet."));
    assert_eq!(sam.text(0x21).as_deref(), Some("Ein Brief, für später."));
}

/// The recorded Alex calls: Sam's phone is of today, Alex's says what landing 1 said.
#[test]
fn a_phone_of_landing_1_hands_over_to_one_of_today() {
    let mut sam = Phone::sam();
    sam.take(&one("batch.sam"));
    let alex = Phone::alex();
    let pattern = Pattern::Session;
    let mut old = Handshake::initiate(pattern, &alex.keys.noise_key(&BOND), &alex.peer.noise_key, [2; 32]);
    let mut session = Session::respond(sam.config());
    let mut said = all("frame.alex").into_iter();
    let first = old.write(&said.next().unwrap()).unwrap();
    session.handle_frame(&mut sam.store, &first, 0).unwrap();
    old.read(&session.poll_frame(&mut sam.store).unwrap().unwrap()).unwrap();
    let mut old = old.into_transport().unwrap();
    for plain in said {
        session.handle_frame(&mut sam.store, &old.seal(&plain).unwrap(), 0).unwrap();
        while let Some(frame) = session.poll_frame(&mut sam.store).unwrap() {
            old.open(&frame).unwrap();
        }
    }
    let ended = std::iter::from_fn(|| session.poll_event()).last();
    assert_eq!(ended, Some(Event::Ended(Outcome::AllHandedOver)));
    assert_eq!(sam.text(0x11).as_deref(), Some("Rain on the roof, and nobody moved. 🌧️"));
    assert_eq!((sam.documents()[&0x12].is_none(), sam.text(0x13).as_deref()), (true, Some("We lay there.")));
}

/// The recorded Sam answers a phone of today that has nothing yet.
#[test]
fn a_phone_of_landing_1_answers_one_of_today() {
    let (mut alex, sam) = (Phone::alex(), Phone::sam());
    let mut session = Session::initiate(alex.config(), alex.peer.clone(), &mut alex.store).unwrap();
    let mut old = Handshake::respond(Pattern::Session, &sam.keys.noise_key(&BOND), [2; 32]);
    old.read(&session.poll_frame(&mut alex.store).unwrap().unwrap()).unwrap();
    let answer = old.write(&all("frame.sam")[0]).unwrap();
    session.handle_frame(&mut alex.store, &answer, 0).unwrap();
    assert_eq!(alex.text(0x21).as_deref(), Some("Ein Brief, für später."));
}

/// What landing 2 had written in the meantime: a page, in a log of its own.
fn write(phone: &mut Phone, page: u8, nonce: u8, text: &str) {
    let person = phone.root.person();
    let place = Place::of(Space::Mine, Some(BOND), person).unwrap();
    let device = phone.keys.device();
    let opening = Opening { person, device, space: Space::Mine, bond: Some(BOND), nonce: [nonce; 16] };
    let mut tx = phone.store.begin().unwrap();
    if tx.log(&opening.log()).unwrap().is_none() {
        tx.open_log(&opening).unwrap();
    }
    let key = DocumentKey { place, id: DocumentId::from_bytes([page; 16]) };
    let mut draft = Draft::open(&tx, &opening.log(), key, Kind::JournalEntry).unwrap();
    let (_, body) = draft.document().get(automerge::ROOT, "body").unwrap().unwrap();
    draft.edit::<_, DiskFull>(|edit| edit.splice_text(&body, 0, 0, text)).unwrap();
    draft.finish(&mut tx).unwrap();
    tx.commit().unwrap();
}

/// The recorded other side of a session that stays open.
struct Old {
    transport: Transport,
    frames: std::vec::IntoIter<Vec<u8>>,
}

impl Old {
    /// The other side says its next `count` frames; what this side answers is only decrypted.
    fn says(&mut self, count: usize, session: &mut Session, phone: &mut Phone) {
        for _ in 0..count {
            let plain = self.frames.next().unwrap();
            session.handle_frame(&mut phone.store, &self.transport.seal(&plain).unwrap(), 0).unwrap();
            self.hears(session, phone);
        }
    }

    fn hears(&mut self, session: &mut Session, phone: &mut Phone) {
        while let Some(frame) = session.poll_frame(&mut phone.store).unwrap() {
            self.transport.open(&frame).unwrap();
        }
    }
}

fn outcome(session: &mut Session) -> Option<Event> {
    std::iter::from_fn(|| session.poll_event()).last()
}

/// The Alex that landing 2 recorded calls, stays, writes again, and leaves.
#[test]
fn a_phone_of_landing_2_stays_connected_to_one_of_today() {
    let (alex, mut sam) = (Phone::alex(), Phone::sam());
    sam.take(&one("batch.alex"));
    let mut frames = all_of(2, "frame.alex").into_iter();
    let mut old = Handshake::initiate(Pattern::Session, &alex.keys.noise_key(&BOND), &alex.peer.noise_key, [2; 32]);
    let mut session = Session::respond(Config { live: true, introduce: true, ..sam.config() });
    let first = old.write(&frames.next().unwrap()).unwrap();
    session.handle_frame(&mut sam.store, &first, 0).unwrap();
    old.read(&session.poll_frame(&mut sam.store).unwrap().unwrap()).unwrap();
    let mut old = Old { transport: old.into_transport().unwrap(), frames };

    old.says(3, &mut session, &mut sam);
    assert!(session.is_level());
    assert_eq!(sam.text(0x31).as_deref(), Some("Before we met."));
    old.says(2, &mut session, &mut sam);
    assert_eq!(sam.text(0x32).as_deref(), Some("While we are both here."));
    write(&mut sam, 0x33, 0x33, "I see it.");
    session.wake();
    old.hears(&mut session, &mut sam);
    old.says(2, &mut session, &mut sam);
    assert_eq!(outcome(&mut session), Some(Event::Ended(Outcome::AllHandedOver)));
}

/// The Sam that landing 2 recorded is called by a phone of today, and stays.
#[test]
fn a_phone_of_landing_2_that_is_called_stays_connected() {
    let (mut alex, sam) = (Phone::alex(), Phone::sam());
    alex.take(&one("batch.sam"));
    write(&mut alex, 0x31, 0x31, "Before we met.");
    let mut frames = all_of(2, "frame.sam").into_iter();
    let config = Config { live: true, introduce: true, ..alex.config() };
    let mut session = Session::initiate(config, alex.peer.clone(), &mut alex.store).unwrap();
    let mut old = Handshake::respond(Pattern::Session, &sam.keys.noise_key(&BOND), [2; 32]);
    old.read(&session.poll_frame(&mut alex.store).unwrap().unwrap()).unwrap();
    let answer = old.write(&frames.next().unwrap()).unwrap();
    session.handle_frame(&mut alex.store, &answer, 0).unwrap();
    let mut old = Old { transport: old.into_transport().unwrap(), frames };

    old.hears(&mut session, &mut alex);
    old.says(2, &mut session, &mut alex);
    assert!(session.is_level());
    write(&mut alex, 0x32, 0x31, "While we are both here.");
    session.wake();
    old.hears(&mut session, &mut alex);
    old.says(3, &mut session, &mut alex);
    assert_eq!(alex.text(0x33).as_deref(), Some("I see it."));
    session.leave();
    old.hears(&mut session, &mut alex);
    old.says(1, &mut session, &mut alex);
    assert_eq!(outcome(&mut session), Some(Event::Ended(Outcome::AllHandedOver)));
}
