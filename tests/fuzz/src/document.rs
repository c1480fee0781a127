//! Documents as a partner's phone may write them, with anything under any key, read as lists, search and screens read them.

use automerge::marks::{ExpandMark, Mark};
use automerge::transaction::{Transactable, Transaction};
use automerge::{Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue};
use nightstand::testing::read_document;
use nightstand_engine::change;
use nightstand_engine::ids::{BondId, LogId, PersonId, Place};
use nightstand_engine::kinds::Kind;

use crate::bytes::{Source, piece};

const LOGS: [LogId; 2] = [LogId::from_bytes([7; 16]), LogId::from_bytes([8; 16])];

/// Keys that some kind of document gives a meaning.
const KEYS: &[&str] = &[
    "title",
    "body",
    "tags",
    "when",
    "offset",
    "zone",
    "allDay",
    "mood",
    "favourite",
    "prompt",
    "session",
    "published",
    "source",
    "kept",
    "item",
    "generation",
    "stance",
    "choices",
    "note",
    "name",
    "items",
    "marks",
    "text",
    "at",
    "lives",
    "began",
    "ended",
    "feeling:calm",
    "activity",
    "minutes",
    "done",
];

/// Names of marks that a text gives a meaning.
const MARKS: &[&str] = &["bold", "italic", "link", "block", "underline"];

const MOST_EDITS: usize = 32;

/// Edits by two devices that know nothing of each other until they merge, and then the reading.
pub(crate) fn document(data: &[u8]) {
    let mut source = Source::new(data);
    let kind = Kind::ALL[usize::from(source.byte()) % Kind::ALL.len()];
    let mut devices = LOGS.map(|log| {
        let mut document = kind.new_document();
        document.set_actor(change::actor(&log));
        document
    });
    let mut edits = 0;
    while !source.is_empty() && edits < MOST_EDITS {
        edits += 1;
        let how = source.byte();
        let [one, other] = &mut devices;
        let done = match how >> 6 {
            2 => one.merge(other).map(|_| ()),
            3 => other.merge(one).map(|_| ()),
            side => edit(if side == 0 { one } else { other }, how, &mut source),
        };
        // What Automerge does not let a phone write, none writes.
        let _ = done;
    }
    let [mut one, mut other] = devices;
    if one.merge(&mut other).is_err() || other.merge(&mut one).is_err() {
        return;
    }
    let place = Place::Mine { bond: BondId::from_bytes([1; 16]), owner: PersonId::from_bytes([2; 32]) };
    let read = [&one, &other].map(|document| read_document(kind, place, document));
    assert!(read[0] == read[1], "two phones with the same entries show the same");
}

fn edit(document: &mut Automerge, how: u8, source: &mut Source<'_>) -> Result<(), AutomergeError> {
    document.transact(|edit| one_edit(edit, how, source)).map(|_| ()).map_err(|failure| failure.error)
}

fn one_edit(edit: &mut Transaction<'_>, how: u8, source: &mut Source<'_>) -> Result<(), AutomergeError> {
    let object = if how & 32 == 0 { ROOT } else { object(edit, source)? };
    match how % 32 {
        0..=15 => put(edit, &object, source),
        16..=18 => {
            let kind = [ObjType::Map, ObjType::List, ObjType::Text][usize::from(how) % 3];
            edit.put_object(&object, key(source), kind).map(|_| ())
        }
        19 => edit.delete(&object, key(source)),
        20 => edit.increment(&object, key(source), i64::from(source.byte())),
        21..=24 => {
            let (at, gone) = (usize::from(source.byte()), isize::from(source.byte()));
            let text = text(source);
            edit.splice_text(&object, at, gone, &text)
        }
        25..=28 => {
            let name = MARKS[usize::from(source.byte()) % MARKS.len()];
            let (start, length) = (usize::from(source.byte()), usize::from(source.byte()));
            let mark = Mark::new(name.into(), scalar(source), start, start + length);
            edit.mark(&object, mark, ExpandMark::Both)
        }
        _ => {
            let at = usize::from(source.byte());
            edit.insert(&object, at, scalar(source))
        }
    }
}

fn put(edit: &mut Transaction<'_>, object: &ObjId, source: &mut Source<'_>) -> Result<(), AutomergeError> {
    let key = key(source);
    edit.put(object, key, scalar(source))
}

/// An object that stands at the root, or in one that does.
fn object(edit: &Transaction<'_>, source: &mut Source<'_>) -> Result<ObjId, AutomergeError> {
    let mut object = ROOT;
    for _ in 0..=source.byte() % 2 {
        match edit.get(&object, key(source))? {
            Some((value, inner)) if value.is_object() => object = inner,
            _ => break,
        }
    }
    Ok(object)
}

fn key(source: &mut Source<'_>) -> String {
    match usize::from(source.byte()) {
        known if known < 224 => KEYS[known % KEYS.len()].into(),
        _ => text(source),
    }
}

/// Short, or many times what stands there.
fn text(source: &mut Source<'_>) -> String {
    let (length, times) = (source.byte(), source.byte());
    let text = String::from_utf8_lossy(source.take(length.into()));
    text.repeat(if times < 224 { 1 } else { usize::from(times - 223) * 8 })
}

fn scalar(source: &mut Source<'_>) -> ScalarValue {
    match source.byte() % 10 {
        0 => ScalarValue::Null,
        1 => true.into(),
        2 => i64::from(source.byte() as i8).into(),
        3 => number(source).into(),
        4 => (number(source) as u64).into(),
        5 => f64::from_bits(number(source) as u64).into(),
        6 => ScalarValue::counter(number(source)),
        7 => ScalarValue::Timestamp(number(source)),
        8 => ScalarValue::Bytes(source.piece().to_vec()),
        _ => text(source).into(),
    }
}

fn number(source: &mut Source<'_>) -> i64 {
    let mut bytes = [0; 8];
    bytes.fill_with(|| source.byte());
    i64::from_le_bytes(bytes)
}

/// Edits of each sort, spelled as the fuzzer would.
pub(crate) fn documents() -> Vec<Vec<u8>> {
    let place = |name: &str| KEYS.iter().position(|key| *key == name).expect("a key") as u8;
    let text = |text: &str| [&[text.len() as u8, 0], text.as_bytes()].concat();
    let put = |name: &str, value: &[u8]| [&[0, place(name)], value].concat();
    let put_text = |name: &str, said: &str| put(name, &[&[9], &text(said)[..]].concat());
    let put_number = |name: &str, number: i64| put(name, &[&[3], &number.to_le_bytes()[..]].concat());
    let within = |how: u8, name: &str, rest: &[u8]| [&[32 | how, 0, place(name)], rest].concat();
    let typed = |name: &str, said: &str| within(21, name, &[&[0, 0], &text(said)[..]].concat());
    let entry = [
        vec![0],
        typed("title", "Sunday"),
        typed("body", "We slept in.\ntoast\njam"),
        within(25, "body", &[0, 3, 5, 1]),
        within(26, "body", &[&[3, 13, 6, 9], &text("bullet")[..]].concat()),
        within(27, "body", &[&[2, 0, 2, 9], &text("https://x.y")[..]].concat()),
        put_number("when", 1_790_000_000_000),
        put_number("offset", 3600),
        put_text("zone", "Europe/London"),
        put("allDay", &[1]),
        put_text("mood", "calm"),
        put_text("prompt", "question:first-minute"),
        within(0, "tags", &[&[224], &text("rain")[..], &[1]].concat()),
        vec![128, 192],
    ];
    let stance = [&[4_u8][..], &[0xaa; 8]].concat();
    let preference = [
        vec![1],
        put_text("item", "activity/water"),
        put("stance", &[&[8], &piece(&stance)[..]].concat()),
        vec![64, place("stance"), 8, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        within(0, "choices", &[&[224], &text("warm")[..], &[1]].concat()),
        typed("note", "not too hot"),
        put_number("generation", 1),
    ];
    let record = [
        vec![2],
        put_text("name", "session/0123456789abcdef0123456789abcdef"),
        put_number("at", 1_790_000_000_000),
        put_number("lives", 30),
        within(0, "marks", &[place("feeling:calm"), 1]),
        within(18, "items", &[&[224], &text("3f0a")[..]].concat()),
        vec![
            32,
            1,
            place("items"),
            224,
            4,
            0,
            b'3',
            b'f',
            b'0',
            b'a',
            place("activity"),
            9,
            5,
            0,
            b'w',
            b'a',
            b't',
            b'e',
            b'r',
        ],
        typed("text", "tired and happy"),
        vec![64, place("at"), 2, 5],
    ];
    [entry.concat(), preference.concat(), record.concat()].to_vec()
}
