//! Logs of others, logs that skip, fork, or keep something back.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::batch::{Batch, Dependency, DocumentName, End, Entry, EntryName, Form, Run};
use nightstand_engine::change;
use nightstand_engine::exchange::admit::{Doubt, Refusal};
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{BondId, LogId, Space};
use nightstand_engine::log::{EntryKind, Opening, Tag, next_hash};
use nightstand_engine::random::Seeded;
use nightstand_engine::session::Event;
use nightstand_engine::simulator::device::{Device, Person};
use nightstand_engine::simulator::talk::{couple, talk};
use nightstand_engine::store::{Store, Transaction};
use nightstand_engine::vector::Position;
use nightstand_engine::wire::WireError;

use crate::lie::{Lie, Payload, document, honest_change, tell, tell_in_dispute};

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
    let mut devices = couple(7);
    let mut random = Seeded::from_number(7);
    let key = devices[1].new_key(Space::Mine, &mut random);
    devices[1].write(key, "one", 0).expect("room");
    let log = devices[1].log(Space::Mine);
    let lie = Lie { opening: opening(&devices[1], &log), ..Lie::by(&devices[1], devices[1].person(), Space::Mine) };
    let lie = Lie { head: lie.opening.hash(), ..lie };
    let other = lie.change(document(1), honest_change(&log, "other")).plain();
    tell(&mut devices[0], &other).expect("authentic");
    let row =
        |device: &Device| device.store.stored.logs().find(|row| row.opening.log() == log).expect("it is open").clone();
    let transcript = talk(&mut devices, 7, |_, sent| vec![sent.frame.clone()]);
    assert!(transcript.events[0].contains(&Event::Forked(log)));
    assert!(row(&devices[0]).frozen && row(&devices[0]).count == 1);
    assert_eq!(devices[0].text(&key), None);
    assert_eq!(tell(&mut devices[0], &other), Err(Refusal::Fork(log)));
}

/// How a device opened a log of its own.
fn opening(device: &Device, log: &LogId) -> Opening {
    device.store.stored.logs().find(|row| row.opening.log() == *log).expect("it is open").opening
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
    let plain = Batch { runs, entries: vec![entry] }.to_bytes(alex.bond());
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
    lie.tag = Some(Tag::make(sam.parties().own_keys.current(), 1, &opening.hash()));
    assert_eq!(tell_in_dispute(&mut alex, &disputed, &lie.plain()), Err(Refusal::Unvouched(log)));

    // What Alex wrote in truth is no other branch: nothing moves.
    let mine = alex.store.stored.entries().find(|row| row.log == log).expect("one entry").clone();
    let chunk = mine.payload.expect("nobody has it yet");
    let tag = Some(Tag::make(alex.parties().own_keys.current(), 1, &mine.hash));
    let truth = Lie { opening, first: 1, head, entries: Vec::new(), tag, mentioned: Vec::new() };
    let admitted =
        tell_in_dispute(&mut alex, &disputed, &truth.change(key.id, chunk).plain()).expect("it is vouched for");
    assert_eq!((admitted.entries, admitted.repaired.len()), (0, 0));
    assert_eq!((alex.text(&key).as_deref(), alex.log(Space::Mine)), (Some("what I wrote"), log));
}

/// Alex's phone was put back and removed the tablet. What Sam's phone shows of its log may be Alex's own, and the tablet's keys
/// could have made it. Alex is asked, and believes what they were asked about and nothing that comes after it.
#[test]
fn what_is_believed_of_my_log_goes_no_further_than_i_was_asked() {
    let mut random = Seeded::from_number(32);
    let (person, sam) = (Person::make(2, &mut random), Person::make(1, &mut random));
    let bond = BondId::from_bytes([32; 16]);
    let mut alex = Device::new(&person, &sam, bond, 0, &mut random);
    let tablet = Device::new(&person, &sam, bond, 1, &mut random).device();
    let log = alex.log(Space::Mine);
    let removal = person.remove(&[tablet], &alex, &mut random);
    alex.take_roster(removal);
    let opening = opening(&alex, &log);
    let shown = |texts: &[&str]| {
        let mut lie = Lie { opening, first: 1, head: opening.hash(), entries: vec![], tag: None, mentioned: vec![] };
        let mut head = opening.hash();
        for (text, number) in texts.iter().zip(1..) {
            let chunk = honest_change(&log, text);
            let digest = change::digest(&chunk).expect("a change");
            head = next_hash(&head, number, &document(number as u8), EntryKind::Change, &digest);
            lie = lie.change(document(number as u8), chunk);
        }
        lie.tag = Some(Tag::make(person.own_keys.current(), texts.len() as u64, &head));
        (lie.plain(), Position::new(texts.len() as u64, &head))
    };
    let asked = |(plain, until): &(Vec<u8>, Position), alex: &mut Device| {
        let doubt = Doubt { log, device: opening.device, until: *until };
        assert_eq!(tell(alex, plain), Err(Refusal::Unconfirmed(doubt)));
        Event::Unconfirmed(doubt)
    };
    let (one, other, two) = (shown(&["mine"]), shown(&["made up"]), shown(&["mine", "made up since"]));
    let doubt = asked(&one, &mut alex);
    alex.keep(&doubt);
    asked(&other, &mut alex);
    asked(&two, &mut alex);
    assert_eq!(tell(&mut alex, &one.0).map(|admitted| admitted.entries), Ok(1));
    let doubt = asked(&two, &mut alex);
    alex.keep(&doubt);
    assert_eq!(tell(&mut alex, &two.0).map(|admitted| admitted.entries), Ok(1));
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
    lie.tag = Some(Tag::make(alex.parties().own_keys.current(), 3, &tombstone.hash));
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
