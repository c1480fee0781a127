//! A partner's phone that lies, and a network that meddles: each ends as the design says, with the victim's vault unchanged.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::batch::{Batch, Dependency, DocumentName, End, Entry, EntryName, Form, Run};
use nightstand_engine::change::{self, Stripped, Unusable};
use nightstand_engine::exchange::admit::{AdmitError, Admitted, Refusal, Terms, admit};
use nightstand_engine::exchange::outbox::Outbox;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, LogId, PersonId, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::limits;
use nightstand_engine::log::{EntryKind, Opening, Tag, Tombstone, next_hash};
use nightstand_engine::session::{Session, SessionError};
use nightstand_engine::simulator::device::Device;
use nightstand_engine::simulator::store::{DiskFull, Stored};
use nightstand_engine::simulator::talk::{couple, faithfully, talk};
use nightstand_engine::store::{EntryState, Store, Transaction};
use nightstand_engine::vector::VersionVector;
use nightstand_engine::wire::WireError;
use proptest::prelude::*;

/// A log that Sam's phone makes up, and the batch that tells of it.
struct Lie {
    opening: Opening,
    first: u64,
    head: Hash,
    entries: Vec<(DocumentName, DocumentId, EntryKind, Payload)>,
    tag: Option<Tag>,
    mentioned: Vec<LogId>,
}

enum Payload {
    Whole(Vec<u8>),
    Withheld(Hash),
}

impl Lie {
    fn by(device: &Device, person: PersonId, space: Space) -> Self {
        let opening =
            Opening { person, device: device.device(), space, bond: Some(device.couple().bond), nonce: [7; 16] };
        Self { opening, first: 1, head: opening.hash(), entries: Vec::new(), tag: None, mentioned: Vec::new() }
    }

    fn change(mut self, id: DocumentId, chunk: Vec<u8>) -> Self {
        self.entries.push((DocumentName::New(id), id, EntryKind::Change, Payload::Whole(chunk)));
        self
    }

    fn plain(&self) -> Vec<u8> {
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
        Batch { runs, entries: entries.collect() }.to_bytes()
    }
}

/// Lets Alex's phone take a batch in. On refusal nothing may have changed.
fn tell(alex: &mut Device, plain: &[u8]) -> Result<Admitted, Refusal> {
    tell_in_dispute(alex, &BTreeSet::new(), plain)
}

fn tell_in_dispute(alex: &mut Device, disputed: &BTreeSet<LogId>, plain: &[u8]) -> Result<Admitted, Refusal> {
    let (before, couple) = (alex.store.stored.clone(), alex.couple().clone());
    let mut tx = alex.store.begin().expect("memory");
    match admit(&mut tx, &couple, plain, &Terms { workers: 1, disputed }) {
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
fn honest_change(log: &LogId, text: &str) -> Vec<u8> {
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

/// The same letter by letter: as many changes, each building on the one before.
fn honest_chain(log: &LogId, letters: usize) -> Vec<Vec<u8>> {
    use automerge::transaction::Transactable;
    use automerge::{ROOT, ReadDoc};
    let mut document = Kind::JournalEntry.new_document();
    document.set_actor(change::actor(log));
    let (_, body) = document.get(ROOT, "body").expect("it is there").expect("the first change makes it");
    let letter = |at| {
        let done = document.transact(|edit| edit.splice_text(&body, at, 0, "a")).expect("the edit fits");
        let change = document.get_change_by_hash(&done.hash.expect("something was written")).expect("just made");
        change.raw_bytes().to_vec()
    };
    (0..letters).map(letter).collect()
}

fn set_aside(stored: &Stored) -> Vec<Unusable> {
    stored
        .entries()
        .filter_map(|row| if let EntryState::SetAside(why) = row.state { Some(why) } else { None })
        .collect()
}

fn document(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; 16])
}

#[test]
fn a_change_that_claims_a_million_operations_is_set_aside_unread() {
    let [mut alex, sam] = couple(1);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let million = include_bytes!("../fixtures/million-operations.change");
    assert!(million.len() < 150, "{} bytes", million.len());
    let honest = honest_change(&lie.opening.log(), "what follows is fine");
    let lie = lie.change(document(1), million.to_vec()).change(document(2), honest);
    let admitted = tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!((admitted.entries, admitted.set_aside), (2, 1));
    assert_eq!(set_aside(&alex.store.stored), [Unusable::TooManyOperations]);
    // It is counted and kept, and blocks nothing behind it.
    assert_eq!(alex.store.stored.documents().len(), 1);
}

#[test]
fn a_first_operation_that_does_not_follow_is_set_aside() {
    for wrong in [1, 3, 1000, (1 << 32) - 2] {
        let [mut alex, sam] = couple(2);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let honest = honest_change(&log, "hello");
        let mut stripped = Stripped::of(&honest, &log).expect("plain");
        stripped.start_op = wrong;
        let lie = lie.change(document(1), stripped.chunk(&log));
        tell(&mut alex, &lie.plain()).expect("authentic");
        let why = set_aside(&alex.store.stored);
        assert!(why == [Unusable::OutOfSequence] || why == [Unusable::NotAChange], "{why:?} for {wrong}");
        assert!(alex.store.stored.documents().is_empty());
    }
}

#[test]
fn a_gap_in_an_actors_sequence_is_set_aside() {
    let [mut alex, sam] = couple(3);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let log = lie.opening.log();
    let honest = honest_change(&log, "hello");
    let mut stripped = Stripped::of(&honest, &log).expect("plain");
    stripped.sequence = 9;
    let lie = lie.change(document(1), stripped.chunk(&log));
    tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!(set_aside(&alex.store.stored), [Unusable::OutOfSequence]);
}

/// Numbers so great that the next would be none: what refers to them is refused, here and by whoever passes it on.
#[test]
fn numbers_at_their_end_are_no_beginning() {
    let (id, chain) = (document(1), |log: &LogId| honest_chain(log, 2));
    for (sequence, start_op) in [(u64::MAX, 5), (9, u64::from(u32::MAX)), (u64::MAX, u64::MAX)] {
        let [mut alex, sam] = couple(3);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let chain = chain(&log);
        let mut last = Stripped::of(&chain[0], &log).expect("plain");
        (last.sequence, last.start_op) = (sequence, start_op);
        let chunk = last.chunk(&log);
        let digest = change::digest(&chunk).expect("long enough");
        let mut next = Stripped::of(&chain[1], &log).expect("plain");
        next.dependencies = vec![digest];
        let lie = lie.change(id, chunk).change(id, next.chunk(&log));
        tell(&mut alex, &lie.plain()).expect("authentic");
        assert!(alex.store.stored.documents().is_empty());

        let continued = Entry {
            log,
            kind: EntryKind::Change,
            document: DocumentName::Known(EntryName { log, number: 1 }),
            form: Form::Stripped {
                dependencies: vec![Dependency::Entry(EntryName { log, number: 1 })],
                actors: Vec::new(),
                operations: next.operations,
            },
        };
        let run = Run { first: 3, opening: None, end: Some(End { hash: [0; 8], tag: None }) };
        let plain = Batch { runs: BTreeMap::from([(log, run)]), entries: vec![continued] }.to_bytes();
        assert_eq!(tell(&mut alex, &plain), Err(Refusal::UnknownReference));

        let mut outbox = Outbox::new(&VersionVector::default(), BTreeSet::new());
        let couple = alex.couple().clone();
        let tx = alex.store.begin().expect("memory");
        let packed = outbox.next_batch(&tx, &couple, limits::BATCH_TARGET).expect("memory");
        // Sam's phone gave no tag under which it would take them back.
        assert!(packed.is_none() && outbox.held_back());
    }
}

/// An honest sender puts what is built upon first. Whoever turns it around costs no more than the sorting.
#[test]
fn a_history_that_comes_backwards_is_taken_in() {
    let [mut alex, sam] = couple(3);
    let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
    for chunk in honest_chain(&lie.opening.log(), 3_000).into_iter().rev() {
        lie = lie.change(document(1), chunk);
    }
    let admitted = tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!((admitted.entries, admitted.set_aside), (3_000, 0));
    let key = *alex.store.stored.documents().keys().next().expect("there is one");
    assert_eq!(alex.text(&key).expect("alive").len(), 3_000);
    assert!(alex.store.stored.entries().all(|row| row.state == EntryState::Applied));
}

#[test]
fn nobody_writes_under_the_others_name() {
    let [mut alex, sam] = couple(4);
    // Sam's phone opens a log for Alex: Alex's roster does not list Sam's phone.
    let lie = Lie::by(&sam, alex.person(), Space::Mine).change(document(1), b"anything".to_vec());
    assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::NotTheirs));
    // And one under an id that is not its opening's.
    let mut plain = Lie::by(&sam, sam.person(), Space::Mine).change(document(1), b"anything".to_vec()).plain();
    plain[3] ^= 1;
    assert_eq!(tell(&mut alex, &plain), Err(Refusal::NotTheirs));
}

#[test]
fn an_entry_cannot_name_the_others_document() {
    let [mut alex, sam] = couple(5);
    let mut random = nightstand_engine::random::Seeded::from_number(5);
    let key = alex.new_key(Space::Mine, &mut random);
    alex.write(key, "what helps me afterwards", 0).expect("room");
    let mine = alex.log(Space::Mine);

    // By its id: that names a document of Sam's own, and Alex's stays as it is.
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let honest = honest_change(&lie.opening.log(), "something else");
    let lie = lie.change(key.id, honest.clone());
    tell(&mut alex, &lie.plain()).expect("authentic");
    assert_eq!(alex.text(&key).as_deref(), Some("what helps me afterwards"));

    // By an entry of it: refused.
    let mut lie = Lie::by(&sam, sam.person(), Space::Joint);
    lie.mentioned.push(mine);
    lie.entries.push((
        DocumentName::Known(EntryName { log: mine, number: 1 }),
        key.id,
        EntryKind::Change,
        Payload::Whole(honest),
    ));
    assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::NotTheirs));
    assert_eq!(alex.text(&key).as_deref(), Some("what helps me afterwards"));
}

#[test]
fn own_entries_come_back_only_under_an_own_tag() {
    let [mut alex, _] = couple(6);
    let log = alex.log(Space::Mine);
    let row = {
        let tx = alex.store.begin().expect("memory");
        tx.log(&log).expect("memory").expect("opened at the start")
    };
    let chunk = honest_change(&log, "I want nothing afterwards");
    for tag in [
        None,
        Some(Tag { number: 1, key_number: 1, mac: [0; 16] }),
        Some(Tag { number: 1, key_number: 2, mac: [9; 16] }),
    ] {
        let lie = Lie {
            opening: row.opening,
            first: 1,
            head: row.opening.hash(),
            entries: vec![(
                DocumentName::New(document(1)),
                document(1),
                EntryKind::Change,
                Payload::Whole(chunk.clone()),
            )],
            tag,
            mentioned: Vec::new(),
        };
        assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::Unvouched(log)));
    }
    // Nor may a partner's phone claim that I had deleted something of mine.
    let lie = Lie {
        opening: row.opening,
        first: 1,
        head: row.opening.hash(),
        entries: vec![(
            DocumentName::New(document(1)),
            document(1),
            EntryKind::Change,
            Payload::Withheld(Hash::from_bytes([3; 32])),
        )],
        tag: None,
        mentioned: Vec::new(),
    };
    assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::Unvouched(log)));
}

#[test]
fn equal_numbers_with_different_content_freeze_the_log() {
    let [mut alex, sam] = couple(7);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let log = lie.opening.log();
    let (one, other) = (honest_change(&log, "one"), honest_change(&log, "other"));
    tell(&mut alex, &lie.change(document(1), one).plain()).expect("authentic");
    let again = Lie::by(&sam, sam.person(), Space::Mine).change(document(1), other);
    assert_eq!(tell(&mut alex, &again.plain()), Err(Refusal::Fork(log)));
}

#[test]
fn a_gap_in_a_log_is_refused() {
    let [mut alex, sam] = couple(8);
    let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
    let chunk = honest_change(&lie.opening.log(), "hello");
    lie.first = 5;
    assert_eq!(tell(&mut alex, &lie.change(document(1), chunk).plain()), Err(Refusal::Gap));
}

#[test]
fn references_to_nowhere_are_refused() {
    let [mut alex, sam] = couple(9);
    let lie = Lie::by(&sam, sam.person(), Space::Mine);
    let log = lie.opening.log();
    let runs = BTreeMap::from([(
        log,
        Run { first: 1, opening: Some(lie.opening), end: Some(End { hash: [0; 8], tag: None }) },
    )]);
    let form = Form::Stripped {
        dependencies: vec![Dependency::Entry(EntryName { log, number: 99 })],
        actors: Vec::new(),
        operations: b"",
    };
    let entry = Entry { log, kind: EntryKind::Change, document: DocumentName::New(document(1)), form };
    let plain = Batch { runs, entries: vec![entry] }.to_bytes();
    assert_eq!(tell(&mut alex, &plain), Err(Refusal::UnknownReference));
}

#[test]
fn more_entries_than_a_batch_may_have_are_refused() {
    let [mut alex, sam] = couple(10);
    let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
    for _ in 0..20_000 {
        lie = lie.change(document(1), Vec::new());
    }
    assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::Wire(WireError::TooLarge)));
}

#[test]
fn a_replayed_first_message_changes_nothing_and_acknowledges_nothing() {
    let mut devices = couple(11);
    let mut random = nightstand_engine::random::Seeded::from_number(1);
    let key = devices[0].new_key(Space::Mine, &mut random);
    devices[0].write(key, "hello", 0).expect("room");
    let transcript = talk(&mut devices, 1, faithfully);
    let first = &transcript.frames[0].frame;

    let [_, sam] = &mut devices;
    let before = sam.store.stored.clone();
    for seed in 0..3 {
        let mut session = Session::respond(sam.config(false, [seed; 32], 0));
        session.handle_frame(&mut sam.store, first, 0).expect("it is genuine");
        while session.poll_frame(&mut sam.store).expect("memory").is_some() {}
        // The attacker can't go on: it has no keys for a second frame.
        assert!(session.handle_frame(&mut sam.store, first, 0).is_err());
    }
    assert_eq!(sam.store.stored, before);
}

#[test]
fn a_stranger_gets_no_answer() {
    let [_, mut sam] = couple(12);
    let [stranger, _] = &mut couple(13);
    let peer = sam.record();
    let mut session = Session::initiate(stranger.config(true, [1; 32], 0), peer, &mut stranger.store).expect("memory");
    let hello = session.poll_frame(&mut stranger.store).expect("memory").expect("the first frame");
    let mut answering = Session::respond(sam.config(false, [2; 32], 0));
    let refused = answering.handle_frame(&mut sam.store, &hello, 0);
    assert!(matches!(refused, Err(SessionError::UnknownPeer)), "{refused:?}");
    assert_eq!(answering.poll_frame(&mut sam.store), Ok(None));
}

/// A listed device that floods: frames that say nothing, that it is still there, batches without entries, acknowledgements
/// of nothing. The session has enough at some point.
#[test]
fn a_flood_of_idle_frames_ends_the_session() {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::TRANSPORT_OVERHEAD;
    let nothing = Batch { runs: BTreeMap::new(), entries: Vec::new() }.to_bytes();
    let mut part = vec![1];
    part.extend(nightstand_engine::batch::pack(&nothing).expect("packs"));
    let malformed = SessionError::Wire(WireError::Malformed);
    let floods: [(u64, &[u8], _); 4] = [
        (0, &[], SessionError::Silent),
        (9, &[], SessionError::Silent),
        (3, &part, SessionError::Silent),
        (4, &[0], malformed),
    ];
    for (kind, body, end) in floods {
        let [alex, mut sam] = couple(14);
        let mut lying = talk_first_frame(&alex, &sam);
        let mut answering = Session::respond(sam.config(false, [2; 32], 0));
        answering.handle_frame(&mut sam.store, &lying.1, 0).expect("a listed device");
        let answer = answering.poll_frame(&mut sam.store).expect("memory").expect("an answer");
        lying.0.read(&answer).expect("for us");
        let mut transport = lying.0.into_transport().expect("finished");
        let before = sam.store.stored.clone();
        let ended = (0..1_000).find_map(|number| {
            let mut writer = FrameWriter::new();
            if kind > 0 {
                writer.push(kind, IfUnknown::Refuse, body);
            }
            let frame = transport.seal(&writer.finish(TRANSPORT_OVERHEAD)).expect("small");
            // Saying at leisure that one is still there keeps no session open that is not live.
            answering.handle_frame(&mut sam.store, &frame, number * 100_000).err()
        });
        assert_eq!(ended, Some(end));
        assert_eq!(sam.store.stored, before);
    }
}

/// The first frame of Alex's phone, with the handshake in the liar's hands. Alex has something to say, so that it does not
/// end at once.
fn talk_first_frame(alex: &Device, sam: &Device) -> (nightstand_engine::noise::Handshake, Vec<u8>) {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::{FIRST_OVERHEAD, Handshake, Pattern};
    use nightstand_engine::wire::{Unknown, Writer};
    let config = alex.config(true, [1; 32], 0);
    let name = |roster: &nightstand_engine::roster::SignedRoster| {
        let mut writer = Writer::new();
        writer.varint(roster.roster().epoch).raw(&roster.hash().first::<8>());
        writer.finish()
    };
    let empty = nightstand_engine::vector::VersionVector::default();
    let mut moved = empty.clone();
    moved.set(LogId::from_bytes([1; 16]), nightstand_engine::vector::Position { count: 1, hash: [0; 8] });
    let mut hello = Writer::new();
    hello
        .field(1, Unknown::Refuse, &[1, 1])
        .field(2, Unknown::Refuse, &name(&config.couple.me))
        .field(3, Unknown::Refuse, &name(&config.couple.partner))
        .field(4, Unknown::Refuse, &empty.digest())
        .field(5, Unknown::Refuse, &moved.to_bytes())
        .field(7, Unknown::Skip, config.record.as_bytes());
    let mut frame = FrameWriter::new();
    frame.push(1, IfUnknown::Refuse, &hello.finish());
    let mut handshake = Handshake::initiate(Pattern::Session, &config.noise_key, &sam.record().noise_key, [5; 32]);
    let first = handshake.write(&frame.finish(FIRST_OVERHEAD)).expect("small");
    (handshake, first)
}

/// A listed device that sends bombs, truncated batches and nonsense in place of a batch.
#[test]
fn bombs_and_nonsense_end_the_session_with_the_vault_unchanged() {
    use nightstand_engine::frame::{FrameWriter, IfUnknown};
    use nightstand_engine::noise::TRANSPORT_OVERHEAD;
    let bomb = zstd::bulk::compress(&vec![0; 64 * 1024 * 1024], 19).expect("compresses");
    let cut = &bomb[..bomb.len() / 2];
    for body in [&bomb[..], cut, b"", b"\x28\xb5\x2f\xfd", &[0xff; 4000]] {
        let [alex, mut sam] = couple(15);
        let (mut handshake, first) = talk_first_frame(&alex, &sam);
        let mut answering = Session::respond(sam.config(false, [2; 32], 0));
        answering.handle_frame(&mut sam.store, &first, 0).expect("a listed device");
        let answer = answering.poll_frame(&mut sam.store).expect("memory").expect("an answer");
        handshake.read(&answer).expect("for us");
        let mut transport = handshake.into_transport().expect("finished");
        let before = sam.store.stored.clone();
        let mut part = vec![1];
        part.extend_from_slice(body);
        let mut frame = FrameWriter::new();
        frame.push(3, IfUnknown::Refuse, &part);
        let frame = transport.seal(&frame.finish(TRANSPORT_OVERHEAD)).expect("small");
        let handled: Result<(), SessionError<DiskFull>> = answering.handle_frame(&mut sam.store, &frame, 0);
        assert!(matches!(handled, Err(SessionError::Wire(_))), "{handled:?}");
        assert_eq!(sam.store.stored, before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_first_frame_ends_in_an_error(frame in proptest::collection::vec(any::<u8>(), 0..600)) {
        let [_, mut sam] = couple(16);
        let before = sam.store.stored.clone();
        let mut session = Session::respond(sam.config(false, [2; 32], 0));
        prop_assert!(session.handle_frame(&mut sam.store, &frame, 0).is_err());
        prop_assert_eq!(&sam.store.stored, &before);
    }

    #[test]
    fn any_truncation_ends_in_an_error(position in 0usize..4, keep in 0usize..400) {
        let mut devices = couple(17);
        let mut random = nightstand_engine::random::Seeded::from_number(1);
        for side in &mut devices {
            let key = side.new_key(Space::Mine, &mut random);
            side.write(key, "hello", 0).expect("room");
        }
        let transcript = talk(&mut devices, 1, |index, sent| {
            let frame = &sent.frame;
            vec![if index == position { frame[..keep.min(frame.len().saturating_sub(1))].to_vec() } else { frame.clone() }]
        });
        prop_assert!(transcript.errors.iter().any(Option::is_some));
        // Whatever happened, the next meeting brings both to the same.
        prop_assert!(talk(&mut devices, 2, faithfully).succeeded());
        prop_assert_eq!(devices[0].store.stored.documents().len(), 2);
        prop_assert_eq!(devices[1].store.stored.documents().len(), 2);
    }

    #[test]
    fn any_change_bytes_are_set_aside_and_block_nothing(bytes in proptest::collection::vec(any::<u8>(), 8..300)) {
        let [mut alex, sam] = couple(18);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let honest = honest_change(&lie.opening.log(), "fine");
        let lie = lie.change(document(1), bytes).change(document(2), honest);
        let admitted = tell(&mut alex, &lie.plain());
        prop_assert_eq!(admitted.map(|admitted| admitted.entries), Ok(2));
        prop_assert_eq!(alex.store.stored.documents().len(), 1);
    }

    #[test]
    fn a_mutated_change_never_harms_its_document(at in 10usize..200, bit in 0u8..8) {
        let [mut alex, sam] = couple(19);
        let lie = Lie::by(&sam, sam.person(), Space::Mine);
        let log = lie.opening.log();
        let mut chunk = honest_change(&log, "a text that is long enough to be changed in many places");
        let at = 10 + at % (chunk.len() - 10);
        chunk[at] ^= 1 << bit;
        // A liar fixes the checksum.
        let digest = change::digest(&chunk).expect("long enough");
        chunk[4..8].copy_from_slice(&digest.first::<4>());
        tell(&mut alex, &lie.change(document(1), chunk).plain()).expect("authentic");
        for key in alex.store.stored.documents().keys() {
            prop_assert!(alex.text(key).is_some(), "a stored document does not read");
        }
    }
}

/// Sam's phone says that Alex's log went on otherwise, and shows entries that Alex never wrote.
#[test]
fn a_branch_of_my_log_is_believed_under_my_tag_alone() {
    let [mut alex, sam] = couple(30);
    let key = alex.new_key(Space::Mine, &mut nightstand_engine::random::Seeded::from_number(30));
    alex.write(key, "what I wrote", 0).expect("room");
    let log = alex.log(Space::Mine);
    let opening = alex.store.stored.logs().find(|row| row.opening.log() == log).expect("it was written to").opening;
    let disputed = BTreeSet::from([log]);
    let head = opening.hash();
    let lie = Lie { opening, first: 1, head, entries: Vec::new(), tag: None, mentioned: Vec::new() };
    let mut lie = lie.change(document(1), honest_change(&log, "what I never wrote"));
    assert_eq!(tell_in_dispute(&mut alex, &disputed, &lie.plain()), Err(Refusal::Unvouched(log)));
    lie.tag = Some(Tag::make(&sam.couple().own_key, 1, &opening.hash()));
    assert_eq!(tell_in_dispute(&mut alex, &disputed, &lie.plain()), Err(Refusal::Unvouched(log)));

    // What Alex wrote in truth is no other branch: nothing moves.
    let mine = alex.store.stored.entries().find(|row| row.log == log).expect("one entry").clone();
    let chunk = mine.payload.expect("nobody has it yet");
    let tag = Some(Tag::make(&alex.couple().own_key, 1, &mine.hash));
    let truth = Lie { opening, first: 1, head, entries: Vec::new(), tag, mentioned: Vec::new() };
    let admitted =
        tell_in_dispute(&mut alex, &disputed, &truth.change(key.id, chunk).plain()).expect("it is vouched for");
    assert_eq!((admitted.entries, admitted.repaired.len()), (0, 0));
    assert_eq!((alex.text(&key).as_deref(), alex.log(Space::Mine)), (Some("what I wrote"), log));
}

/// Sam's phone keeps back an entry that Alex's restored vault lacks, and shows the tombstone of another document as the
/// reason.
#[test]
fn a_withheld_entry_of_mine_is_explained_by_its_own_tombstone_alone() {
    let [mut alex, _sam] = couple(31);
    let mut restored = couple(31)[0].store.clone();
    let mut random = nightstand_engine::random::Seeded::from_number(31);
    let (kept, deleted) = (alex.new_key(Space::Mine, &mut random), alex.new_key(Space::Mine, &mut random));
    let first = alex.write(kept, "what Sam would like me to forget", 0).expect("room");
    let second = alex.write(deleted, "what I deleted", 0).expect("room");
    alex.bury(deleted).expect("room");
    let log = alex.log(Space::Mine);
    let stored = alex.store.stored.clone();
    let opening = stored.logs().find(|row| row.opening.log() == log).expect("it was written to").opening;
    let tombstone = stored.entries().find(|row| row.kind == EntryKind::Tombstone).expect("one was written");
    let mut lie =
        Lie { opening, first: 1, head: opening.hash(), entries: Vec::new(), tag: None, mentioned: Vec::new() };
    lie.tag = Some(Tag::make(&alex.couple().own_key, 3, &tombstone.hash));
    let new = |id| (DocumentName::New(id), id);
    for ((name, id), digest) in [(new(kept.id), first), (new(deleted.id), second)] {
        lie.entries.push((name, id, EntryKind::Change, Payload::Withheld(digest)));
    }
    let name = DocumentName::Known(EntryName { log, number: 2 });
    let body = tombstone.payload.clone().expect("a tombstone is its payload");
    lie.entries.push((name, deleted.id, EntryKind::Tombstone, Payload::Whole(body)));
    std::mem::swap(&mut alex.store, &mut restored);
    assert_eq!(tell(&mut alex, &lie.plain()), Err(Refusal::Unvouched(log)));

    // The one that was deleted may be kept back.
    let chunk = stored.entries().find(|row| row.digest == first).and_then(|row| row.payload.clone());
    lie.entries[0].3 = Payload::Whole(chunk.expect("nobody has it yet"));
    assert_eq!(tell(&mut alex, &lie.plain()).map(|admitted| admitted.entries), Ok(3));
    assert_eq!(alex.text(&kept).as_deref(), Some("what Sam would like me to forget"));
}

/// Sam's phone opens log after log.
#[test]
fn a_person_has_only_so_many_logs() {
    use nightstand_engine::limits::LOGS_PER_PERSON;
    let [mut alex, sam] = couple(32);
    let entry = |number: u64| {
        let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
        lie.opening.nonce[..8].copy_from_slice(&number.to_le_bytes());
        lie.head = lie.opening.hash();
        let honest = honest_change(&lie.opening.log(), "one more");
        lie.change(document(1), honest)
    };
    let mut tx = alex.store.begin().expect("memory");
    for number in 1..LOGS_PER_PERSON as u64 {
        tx.open_log(&entry(number).opening).expect("memory");
    }
    tx.commit().expect("memory");
    assert_eq!(tell(&mut alex, &entry(10_000).plain()).map(|admitted| admitted.entries), Ok(1));
    assert_eq!(tell(&mut alex, &entry(10_001).plain()), Err(Refusal::TooManyLogs));
}

/// A tombstone is the reason why other payloads are missing, so it can't be missing its own.
#[test]
fn a_tombstone_is_never_kept_back() {
    let [mut alex, sam] = couple(33);
    let mut lie = Lie::by(&sam, sam.person(), Space::Mine);
    let hidden = Payload::Withheld(Hash::from_bytes([1; 32]));
    lie.entries.push((DocumentName::New(document(1)), document(1), EntryKind::Tombstone, hidden));
    assert!(matches!(tell(&mut alex, &lie.plain()), Err(Refusal::Wire(_))));
}
