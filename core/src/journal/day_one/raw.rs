//! The JSON of an export, read in one pass without ever holding the file.
//!
//! Every value may be of another type than expected: of an entry that is broken, only that entry is lost. What is not
//! imported is skipped without being built, so a small file can't unfold into a large structure.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::{DayOneError, DayOneSkip, from_io};

/// No entry has more tags than this; the rest of a longer list is not imported.
const MAX_TAGS: usize = 1_000;

/// An entry as it stands in the file.
#[derive(Default)]
pub(super) struct RawEntry {
    pub(super) uuid: Option<String>,
    pub(super) created: Option<String>,
    pub(super) modified: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) starred: bool,
    pub(super) all_day: bool,
    pub(super) tags: Vec<String>,
    pub(super) text: Option<String>,
    /// There is a text, and it is no text.
    pub(super) is_text_broken: bool,
    /// Day One's own format, kept only where there is no text.
    pub(super) styled: Option<String>,
    pub(super) attachments: u32,
    pub(super) left: Vec<&'static str>,
}

/// What may still be read, over all journals of an export.
pub(super) struct Budget {
    bytes: Cell<u64>,
    entries: Cell<u32>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(super) fn new(bytes: u64, entries: u32) -> Self {
        Self { bytes: Cell::new(bytes), entries: Cell::new(entries), exceeded: Cell::new(false) }
    }

    fn take_bytes(&self, count: usize) -> io::Result<usize> {
        match self.bytes.get().checked_sub(count as u64) {
            Some(left) => self.bytes.set(left),
            None => {
                self.exceeded.set(true);
                return Err(io::Error::other("too large"));
            }
        }
        Ok(count)
    }

    fn take_entry<E: de::Error>(&self) -> Result<(), E> {
        match self.entries.get().checked_sub(1) {
            Some(left) => self.entries.set(left),
            None => {
                self.exceeded.set(true);
                return Err(E::custom("too many entries"));
            }
        }
        Ok(())
    }
}

/// Reads one JSON file to its end. `false`: it is something other than a journal, and nothing was added.
pub(super) fn read_journal(
    source: impl Read,
    budget: &Budget,
    entries: &mut Vec<Result<RawEntry, DayOneSkip>>,
) -> Result<bool, DayOneError> {
    let mut source = BufReader::with_capacity(1 << 16, Metered { source, budget });
    match opens_object(&mut source) {
        Ok(true) => {}
        Ok(false) => return Ok(false),
        Err(_) if budget.exceeded.get() => return Err(DayOneError::TooLarge),
        Err(error) => return Err(from_io(error)),
    }
    let before = entries.len();
    let mut found = false;
    let mut json = serde_json::Deserializer::from_reader(source);
    let journal = Journal { budget, entries, found: &mut found };
    let read = json.deserialize_map(journal).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(found),
        Err(_) if budget.exceeded.get() => Err(DayOneError::TooLarge),
        Err(error) => match (error.classify(), error.io_error_kind()) {
            (Category::Io, Some(kind)) => Err(from_io(kind.into())),
            (Category::Syntax | Category::Eof, _) if found => Err(DayOneError::Damaged),
            _ => {
                entries.truncate(before);
                Ok(false)
            }
        },
    }
}

/// Skips spaces and a byte order mark, and says whether `{` follows.
fn opens_object(source: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match source.fill_buf()?.first() {
            Some(b' ' | b'\t' | b'\r' | b'\n' | 0xef | 0xbb | 0xbf) => source.consume(1),
            first => return Ok(first == Some(&b'{')),
        }
    }
}

struct Metered<'a, R> {
    source: R,
    budget: &'a Budget,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.budget.take_bytes(count)
    }
}

/// The outermost object.
struct Journal<'a> {
    budget: &'a Budget,
    entries: &'a mut Vec<Result<RawEntry, DayOneSkip>>,
    found: &'a mut bool,
}

impl<'de> Visitor<'de> for Journal<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a journal")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "entries" {
                map.next_value_seed(Entries(&mut self))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Entries<'a, 'b>(&'a mut Journal<'b>);

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        *self.0.found = true;
        while let Some(value) = items.next_element_seed(Expected::Entry)? {
            self.0.budget.take_entry()?;
            self.0.entries.push(match value {
                Value::Entry(entry) => Ok(*entry),
                _ => Err(DayOneSkip::NotAnEntry),
            });
        }
        Ok(())
    }
}

/// Any JSON value, of which only what an entry may need is kept.
enum Value {
    /// `null`, or an object or list with nothing in it.
    Nothing,
    Number,
    Text(String),
    Flag(bool),
    List {
        texts: Vec<String>,
        count: u32,
    },
    Object,
    Entry(Box<RawEntry>),
}

impl Value {
    fn text(self) -> Option<String> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// How a value is read: what stands deeper than expected is skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Entry,
    Field,
    ListItem,
}

impl<'de> DeserializeSeed<'de> for Expected {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Expected {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let (mut texts, mut count) = (Vec::new(), 0_u32);
        if self == Self::Field {
            while let Some(item) = items.next_element_seed(Self::ListItem)? {
                count = count.saturating_add(1);
                texts.extend(item.text().filter(|text| !text.is_empty() && texts.len() < MAX_TAGS));
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            count = count.saturating_add(1);
        }
        Ok(if count == 0 { Value::Nothing } else { Value::List { texts, count } })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        if self == Self::Entry {
            return RawEntry::read(map).map(|entry| Value::Entry(Box::new(entry)));
        }
        let mut value = Value::Nothing;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            value = Value::Object;
        }
        Ok(value)
    }
}

impl RawEntry {
    fn read<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut entry = Self::default();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Expected::Field)?;
            entry.set(&key, value);
        }
        if entry.text.as_ref().is_some_and(|text| !text.is_empty()) {
            entry.styled = None;
        }
        Ok(entry)
    }

    fn set(&mut self, key: &str, value: Value) {
        match (key, value) {
            ("uuid", Value::Text(text)) => self.uuid = Some(text),
            ("creationDate", Value::Text(text)) => self.created = Some(text),
            ("modifiedDate", Value::Text(text)) => self.modified = Some(text),
            ("timeZone", Value::Text(text)) => self.zone = Some(text),
            ("starred", Value::Flag(flag)) => self.starred = flag,
            ("isAllDay", Value::Flag(flag)) => self.all_day = flag,
            ("tags", Value::List { texts, .. }) => self.tags = texts,
            ("text", Value::Text(text)) => self.text = Some(text),
            ("text", Value::Nothing) => {}
            ("text", _) => self.is_text_broken = true,
            ("richText", Value::Text(text)) => self.styled = Some(text),
            ("photos", Value::List { count, .. }) => self.leave_attachments("photos", count),
            ("videos", Value::List { count, .. }) => self.leave_attachments("videos", count),
            ("audios", Value::List { count, .. }) => self.leave_attachments("audios", count),
            ("pdfAttachments", Value::List { count, .. }) => self.leave_attachments("documents", count),
            ("location", Value::Object) => self.leave("location"),
            ("weather", Value::Object) => self.leave("weather"),
            ("userActivity", Value::Object) => self.leave("activity"),
            ("music", Value::Object) => self.leave("music"),
            ("isPinned", Value::Flag(true)) => self.leave("pin"),
            (_, Value::List { .. } | Value::Object) => self.leave("other"),
            _ => {}
        }
    }

    fn leave_attachments(&mut self, kind: &'static str, count: u32) {
        self.attachments = self.attachments.saturating_add(count);
        self.leave(kind);
    }

    /// Notes a kind of thing that is not imported.
    pub(super) fn leave(&mut self, kind: &'static str) {
        if let Err(place) = self.left.binary_search(&kind) {
            self.left.insert(place, kind);
        }
    }
}
