//! A record as a document: something noted in a fixed form, such as a check-in, a ritual or an agreement.
//!
//! The kind's first change makes `text`, a text; `marks`, a map whose keys are what was ticked; and `items`, a map whose values
//! are maps of scalars, one for each thing that the record lists. At the root stand `name` and the record's fields, which are
//! scalars. What a record of each sort holds is said where it is used, in `care`, `together` and `journal`; this page knows
//! none of them, so a new sort needs nothing here.
//!
//! ```text
//!   name    check-in/8c1f…                  what it is, and which one
//!   fields  at 1790000000000, closeness 6   a field may have several values: each phone wrote one, knowing of no other
//!   marks   feeling:calm, body:warm
//!   text    "tired and happy"
//!   items   3f0a… { activity water, minutes 2 }
//! ```
//!
//! A record with a field `lives` fades by itself: the store keeps when one of the partner's came here.
//!
//! The document's id follows from the name and the place, as that of a preference does: nobody can turn one record into another,
//! two phones of one person that begin the same record begin the same document, and the private and the shared part of one thing
//! bear one name in two places.

use std::collections::{BTreeMap, BTreeSet};

use automerge::transaction::{Transactable, Transaction as Edit};
use automerge::{ActorId, Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::ids::{DocumentId, DocumentKey, Place};
use serde::{Deserialize, Serialize};

use super::root::{container, required, string};

/// Longest name, in bytes.
const MOST_NAME_BYTES: usize = 200;

/// The field of what fades by itself: for how many minutes it counts.
pub(crate) const LIVES: &str = "lives";

/// What stands at the root beside fields.
const NAME: &str = "name";
const CONTAINERS: [&str; 3] = ["items", "marks", "text"];

/// More than a record of ours has; what a partner writes beyond it is not read.
const MOST_ITEMS: usize = 1_000;
const MOST_MARKS: usize = 1_000;
const MOST_FIELDS: usize = 100;
const MOST_VALUES: usize = 16;
const MOST_FIELD_BYTES: usize = 4_096;
/// For each device that may have begun the record, knowing nothing of the others: then a text stands there as often.
const MOST_TEXT_CHARS: usize = 20_000;
/// Most devices of one person that may have begun a record, each with the whole text.
const MOST_DEVICES: usize = 4;
const MOST_KEY_BYTES: usize = 1_000;
const MOST_ITEMS_BYTES: usize = 1024 * 1024;

/// A scalar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Field {
    Flag(bool),
    Number(i64),
    Text(String),
}

/// The scalars of one thing that a record lists.
pub(crate) type Item = BTreeMap<String, Field>;

/// What a record says. Made from a document, or to be written into one; it knows nothing of either.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The values of each field: the one that Automerge shows first, then those that it conflicts with.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, Vec<Field>>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) marks: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) text: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) items: BTreeMap<String, Item>,
}

/// What lists need to know of a record.
#[derive(Clone, PartialEq)]
pub(crate) struct DerivedRecord {
    /// Its name up to the slash, and what is behind it.
    pub(crate) what: String,
    pub(crate) id: String,
    pub(crate) record: Record,
}

impl DerivedRecord {
    /// Does it say how long it lives?
    pub(crate) fn fades(&self) -> bool {
        self.record.number(LIVES).is_some()
    }
}

impl Record {
    /// The values of a field that stand side by side.
    pub(crate) fn values(&self, field: &str) -> &[Field] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// A number, unless something else stands there.
    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        self.values(field).first().and_then(Field::number)
    }

    /// A text, unless something else stands there.
    pub(crate) fn text_of(&self, field: &str) -> Option<&str> {
        self.values(field).first().and_then(Field::text)
    }

    /// As lists keep it.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// None of what `to_json` did not make.
    pub(crate) fn of_json(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// Its text, where it stands there so many times, one behind the other: as when so many devices began the record, knowing
    /// nothing of each other.
    pub(crate) fn text_of_each(&self, times: usize) -> Option<&str> {
        let text = self.text.get(..self.text.len().checked_div(times)?)?;
        (text.repeat(times) == self.text).then_some(text)
    }

    /// Says something of a field, in place of all that stands there; none takes it away.
    pub(crate) fn set(&mut self, field: &str, value: Option<impl Into<Field>>) {
        match value {
            Some(value) => self.fields.insert(field.into(), vec![value.into()]),
            None => self.fields.remove(field),
        };
    }
}

impl Field {
    pub(crate) fn number(&self) -> Option<i64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

impl From<i64> for Field {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Field {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// The id of a record's document: whoever may write there derives it alike.
pub(crate) fn id_of(name: &str, place: &Place) -> DocumentId {
    DocumentId::derive(&format!("record {name}"), place)
}

/// What a record says.
pub(crate) fn read(document: &Automerge) -> Record {
    let fits = |key: &String| key.len() <= MOST_KEY_BYTES;
    let keys = document.keys(ROOT).filter(|key| key != NAME && !CONTAINERS.contains(&key.as_str())).filter(fits);
    let fields = keys.take(MOST_FIELDS).map(|key| (key.clone(), values(document, &key)));
    let fields: BTreeMap<_, _> = fields.filter(|(_, values)| !values.is_empty()).collect();
    let times = fields.values().map(Vec::len).max().unwrap_or(1);
    let text = container(document, "text").and_then(|text| document.text(&text).ok()).unwrap_or_default();
    let marks = container(document, "marks").map(|marks| document.keys(&marks).filter(fits).take(MOST_MARKS).collect());
    Record {
        fields,
        marks: marks.unwrap_or_default(),
        text: match text.char_indices().nth(times.min(MOST_DEVICES) * MOST_TEXT_CHARS) {
            None => text,
            Some((end, _)) => text[..end].into(),
        },
        items: container(document, "items").map(|items| read_items(document, &items)).unwrap_or_default(),
    }
}

/// The one that Automerge shows stands last in its answer.
fn values(document: &Automerge, key: &str) -> Vec<Field> {
    let all = document.get_all(ROOT, key).unwrap_or_default();
    all.iter().rev().take(MOST_VALUES).filter_map(|(value, _)| scalar(value)).collect()
}

fn read_items(document: &Automerge, items: &ObjId) -> BTreeMap<String, Item> {
    let listed = document.map_range(items, ..).filter_map(|item| {
        let (object, conflict) = (item.id(), item.conflict);
        let Value::Object(ObjType::Map) = item.value.into_value() else { return None };
        let all = if conflict { maps(document, items, &item.key) } else { vec![object] };
        Some((item.key.to_string(), read_item(document, &all)))
    });
    let mut left = MOST_ITEMS_BYTES;
    let fits = |(id, item): &(String, Item)| {
        let bytes: usize = item.iter().map(|(key, value)| key.len() + value.text().map_or(8, str::len)).sum();
        left.checked_sub(id.len() + bytes).inspect(|rest| left = *rest).is_some()
    };
    listed.take(MOST_ITEMS).take_while(fits).collect()
}

/// Where phones listed a thing at once, each made a map, and Automerge shows one of them.
fn maps(document: &impl ReadDoc, items: &ObjId, key: &str) -> Vec<ObjId> {
    let all = document.get_all(items, key).unwrap_or_default();
    let maps = all.into_iter().filter(|(value, _)| matches!(value, Value::Object(ObjType::Map)));
    maps.rev().take(MOST_DEVICES).map(|(_, object)| object).collect()
}

/// Of each field what was written last: whichever of the maps a phone knew and wrote in.
fn read_item(document: &Automerge, maps: &[ObjId]) -> Item {
    let mut item: BTreeMap<String, (Option<(u64, ActorId)>, Field)> = BTreeMap::new();
    for map in maps {
        for field in document.map_range(map, ..).take(MOST_FIELDS) {
            let written = match field.id() {
                ObjId::Id(counter, actor, _) => Some((counter, actor)),
                ObjId::Root => None,
            };
            let Some(said) = scalar(&field.value.into_value()) else { continue };
            let is_later = item.get(field.key.as_ref()).is_none_or(|(before, _)| *before < written);
            if is_later {
                item.insert(field.key.to_string(), (written, said));
            }
        }
    }
    item.into_iter().map(|(key, (_, said))| (key, said)).collect()
}

fn scalar(value: &Value<'_>) -> Option<Field> {
    let Value::Scalar(scalar) = value else { return None };
    match scalar.as_ref() {
        ScalarValue::Boolean(flag) => Some(Field::Flag(*flag)),
        ScalarValue::Int(number) => Some(Field::Number(*number)),
        ScalarValue::Str(text) if text.len() <= MOST_FIELD_BYTES => Some(Field::Text(text.to_string())),
        _ => None,
    }
}

/// What a record is called.
pub(crate) fn name(document: &Automerge) -> Option<String> {
    string(document, NAME)
}

/// Makes a document say this. What is the same stays untouched, and so does what this version can't read.
pub(crate) fn write<E>(draft: &mut Draft, name: &str, record: &Record) -> Result<(), AuthorError<E>> {
    let present = read(draft.document());
    let named = string(draft.document(), NAME).is_some();
    if named && present == *record {
        return Ok(());
    }
    draft.edit(|edit| {
        if !named {
            edit.put(ROOT, NAME, name)?;
        }
        write_fields(edit, &present, record)?;
        let marks = required(edit, "marks")?;
        for mark in present.marks.difference(&record.marks) {
            edit.delete(&marks, mark.as_str())?;
        }
        for mark in record.marks.difference(&present.marks) {
            edit.put(&marks, mark.as_str(), true)?;
        }
        write_items(edit, &present.items, &record.items)?;
        let text = required(edit, "text")?;
        if present.text != record.text { edit.update_text(&text, &record.text) } else { Ok(()) }
    })
}

fn write_fields(edit: &mut Edit<'_>, present: &Record, record: &Record) -> Result<(), AutomergeError> {
    for (key, values) in &record.fields {
        if let Some(value) = values.first()
            && present.fields.get(key) != Some(values)
        {
            put(edit, &ROOT, key, value)?;
        }
    }
    for key in present.fields.keys().filter(|key| !record.fields.contains_key(*key)) {
        edit.delete(ROOT, key.as_str())?;
    }
    Ok(())
}

fn write_items(
    edit: &mut Edit<'_>,
    present: &BTreeMap<String, Item>,
    items: &BTreeMap<String, Item>,
) -> Result<(), AutomergeError> {
    let container = required(edit, "items")?;
    for id in present.keys().filter(|id| !items.contains_key(*id)) {
        edit.delete(&container, id.as_str())?;
    }
    for (id, item) in items {
        let (object, old) = match (present.get(id), edit.get(&container, id.as_str())?) {
            (Some(old), Some((_, object))) => (object, old.clone()),
            _ => (edit.put_object(&container, id.as_str(), ObjType::Map)?, Item::new()),
        };
        for (key, value) in item.iter().filter(|(key, value)| old.get(*key) != Some(*value)) {
            put(edit, &object, key, value)?;
        }
        for key in old.keys().filter(|key| !item.contains_key(*key)) {
            for map in maps(edit, &container, id) {
                if edit.get(&map, key.as_str())?.is_some() {
                    edit.delete(&map, key.as_str())?;
                }
            }
        }
    }
    Ok(())
}

fn put(edit: &mut Edit<'_>, object: &ObjId, key: &str, value: &Field) -> Result<(), AutomergeError> {
    match value {
        Field::Flag(flag) => edit.put(object, key, *flag),
        Field::Number(number) => edit.put(object, key, *number),
        Field::Text(text) => edit.put(object, key, text.as_str()),
    }
}

/// What lists show, if the document is what its place and id say it is.
pub(super) fn derive(key: &DocumentKey, document: &Automerge) -> Option<DerivedRecord> {
    let name = string(document, NAME).filter(|name| name.len() <= MOST_NAME_BYTES)?;
    let (what, id) = name.split_once('/')?;
    let own = key.id == id_of(&name, &key.place);
    own.then(|| DerivedRecord { what: what.into(), id: id.into(), record: read(document) })
}
