//! An item of somebody's preferences as a document.
//!
//! The kind's first change makes `note`, a text, and `choices`, a map whose keys are what was chosen. At the root stand
//! `item` (the item's name), `generation` (of a shared document: how many were taken back before it) and `stance`. In
//! `Private`, and only there, a change says when it was made, which tells the owner how the item changed.
//!
//! A stance is bytes: its number, for a "not now" with an end eight more for the end (little-endian milliseconds), and eight
//! random ones. Automerge takes putting an equal value for no write; the random ones make saying it again a write, so that a
//! boundary said again stands beside a concurrent loosening. What stands is read from **all** conflicting values, never from
//! the one that Automerge shows.

use std::collections::BTreeSet;

use automerge::transaction::Transactable;
use automerge::{Automerge, AutomergeError, ChangeHash, ObjId, ROOT, ReadDoc, ScalarValue, Value};
use nightstand_engine::author::{AuthorError, Draft};
use nightstand_engine::change;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::{Kind, ZERO_ACTOR};

use super::root::{container, integer, required, string};
use crate::care::{ItemContent, Stance};

/// Longest name of an item, in bytes.
const MOST_NAME_BYTES: usize = 200;

/// Random bytes in a stance.
const NONCE: usize = 8;

/// What lists need to know of an item.
#[derive(Clone, PartialEq)]
pub(crate) struct DerivedPreference {
    pub(crate) item: String,
    /// A stance's number, and its end.
    pub(crate) stance: Option<(u8, Option<i64>)>,
    /// In rising order, U+001F between them.
    pub(crate) choices: String,
    pub(crate) note: String,
}

/// Which document of an item it is.
pub(crate) struct Name<'a> {
    /// The item's name.
    pub(crate) item: &'a str,
    /// How many shared documents of it were taken back before.
    pub(crate) generation: u64,
}

/// What one change says.
pub(crate) struct Saying<'a> {
    pub(crate) choices: &'a BTreeSet<String>,
    pub(crate) note: &'a str,
    /// A stance that is said now, whether it stood before or not, and what makes this a write.
    pub(crate) stance: Option<(Stance, [u8; NONCE])>,
}

/// The id of an item's document: every device of a person derives it alike.
pub(crate) fn id_of(name: &Name<'_>, place: &Place) -> DocumentId {
    match place.space() {
        Space::Private => DocumentId::derive(&format!("preference {}", name.item), place),
        _ => DocumentId::derive(&format!("preference {} {}", name.generation, name.item), place),
    }
}

/// What an item says.
pub(crate) fn read(document: &Automerge) -> ItemContent {
    let choices = container(document, "choices").map(|choices| document.keys(&choices).collect());
    let note = container(document, "note").and_then(|note| document.text(&note).ok());
    ItemContent {
        stance: standing(document).into_iter().map(|(stance, _)| stance).min(),
        choices: choices.unwrap_or_default(),
        note: note.unwrap_or_default(),
    }
}

/// The stances that stand side by side, each with the operation that put it there.
fn standing(document: &Automerge) -> Vec<(Stance, ObjId)> {
    values(document.get_all(ROOT, "stance"))
}

fn values(all: Result<Vec<(Value<'_>, ObjId)>, AutomergeError>) -> Vec<(Stance, ObjId)> {
    all.unwrap_or_default().into_iter().map(|(value, operation)| (decode(&value), operation)).collect()
}

/// Does something stricter than `new` stand here that a screen drawn from `seen` did not show?
pub(crate) fn is_stricter_than_seen(document: &Automerge, new: Stance, seen: &[Hash]) -> bool {
    let seen = known_heads(document, seen);
    let shown: BTreeSet<_> = values(document.get_all_at(ROOT, "stance", &seen)).into_iter().map(|(_, at)| at).collect();
    standing(document).iter().any(|(stance, operation)| *stance < new && !shown.contains(operation))
}

/// Those of the heads that are of this document.
fn known_heads(document: &Automerge, heads: &[Hash]) -> Vec<ChangeHash> {
    heads.iter().filter(|head| knows(document, head)).map(change::change_hash).collect()
}

/// The state that a document is in.
pub(crate) fn heads(document: &Automerge) -> Vec<Hash> {
    document.get_heads().iter().map(change::hash_of).collect()
}

/// Makes choices and note what someone made of them who saw the document as it was at `seen`, and says a stance.
pub(crate) fn write_since<E>(
    draft: &mut Draft,
    name: &Name<'_>,
    saying: &Saying<'_>,
    seen: &[Hash],
) -> Result<(), AuthorError<E>> {
    let mut seen: Vec<Hash> = known_heads(draft.document(), seen).iter().map(change::hash_of).collect();
    if seen.is_empty() {
        seen.push(Kind::Preference.first_change()); // nothing was shown
    }
    let text_alone = Saying { stance: None, ..*saying };
    match draft.as_if_edited_at(&seen, |past| write(past, name, &text_alone))? {
        None => write(draft, name, saying),
        Some(merged) => {
            let merged = read(&merged);
            write(draft, name, &Saying { choices: &merged.choices, note: &merged.note, ..*saying })
        }
    }
}

/// Was it once in a state with this head?
pub(crate) fn knows(document: &Automerge, head: &Hash) -> bool {
    document.get_change_meta_by_hash(&change::change_hash(head)).is_some()
}

/// Makes a document say this. What is the same stays untouched, but for the stance: saying it again is a write.
pub(crate) fn write<E>(draft: &mut Draft, name: &Name<'_>, saying: &Saying<'_>) -> Result<(), AuthorError<E>> {
    let present = read(draft.document());
    let (named, generation) = (string(draft.document(), "item"), integer(draft.document(), "generation"));
    let changes = present.choices != *saying.choices || present.note != saying.note || saying.stance.is_some();
    if !changes && named.is_some() {
        return Ok(());
    }
    let (choices, note) = (required(draft.document(), "choices")?, required(draft.document(), "note")?);
    draft.edit(|edit| {
        if name.generation > 0 && generation.is_none() {
            edit.put(ROOT, "generation", name.generation)?;
        }
        if named.is_none() {
            edit.put(ROOT, "item", name.item)?;
        }
        if let Some((stance, nonce)) = &saying.stance {
            edit.put(ROOT, "stance", encode(*stance, nonce))?;
        }
        for choice in present.choices.difference(saying.choices) {
            edit.delete(&choices, choice.as_str())?;
        }
        for choice in saying.choices.difference(&present.choices) {
            edit.put(&choices, choice.as_str(), true)?;
        }
        if present.note.is_empty() {
            edit.splice_text(&note, 0, 0, saying.note)
        } else if present.note != saying.note {
            edit.update_text(&note, saying.note)
        } else {
            Ok(())
        }
    })
}

/// Says a stance that stood in another document of the item, if it is stricter than what stands here.
pub(crate) fn tighten<E>(draft: &mut Draft, stance: Stance, from: &Automerge) -> Result<(), AuthorError<E>> {
    if read(draft.document()).stance.is_some_and(|here| here <= stance) {
        return Ok(());
    }
    let nonce = heads(from).iter().min().map(Hash::first).unwrap_or_default();
    draft.edit(|edit| edit.put(ROOT, "stance", encode(stance, &nonce)))
}

/// What an item said after each change, and when that was, in milliseconds since 1970. The earliest first.
pub(crate) fn past(document: &Automerge) -> Vec<(i64, ItemContent)> {
    let changes = document.get_changes_meta(&[]);
    let made = changes.iter().filter(|meta| *meta.actor != change::actor(&ZERO_ACTOR));
    made.map(|meta| {
        let then = [meta.hash];
        let stances = values(document.get_all_at(ROOT, "stance", &then));
        let choices = container(document, "choices").map(|choices| document.keys_at(&choices, &then).collect());
        let note = container(document, "note").and_then(|note| document.text_at(&note, &then).ok());
        let content = ItemContent {
            stance: stances.into_iter().map(|(stance, _)| stance).min(),
            choices: choices.unwrap_or_default(),
            note: note.unwrap_or_default(),
        };
        (meta.timestamp.saturating_mul(1000), content)
    })
    .collect()
}

/// What a list shows, if the document is what its place and id say it is.
pub(super) fn derive(key: &DocumentKey, document: &Automerge) -> Option<DerivedPreference> {
    let (item, _) = item_of(key, document)?;
    let content = read(document);
    Some(DerivedPreference {
        item,
        stance: content.stance.map(Stance::parts),
        choices: content.choices.into_iter().collect::<Vec<_>>().join("\u{1f}"),
        note: content.note,
    })
}

/// The item that a document is about and its generation, if its id says so too. Only its own person writes an item, so none
/// is in `Joint`.
pub(crate) fn item_of(key: &DocumentKey, document: &Automerge) -> Option<(String, u64)> {
    let item = string(document, "item").filter(|item| item.len() <= MOST_NAME_BYTES)?;
    let generation = integer(document, "generation").and_then(|number| number.try_into().ok()).unwrap_or_default();
    let own = key.place.space() != Space::Joint && key.id == id_of(&Name { item: &item, generation }, &key.place);
    own.then_some((item, generation))
}

fn encode(stance: Stance, nonce: &[u8; NONCE]) -> ScalarValue {
    let (number, until_ms) = stance.parts();
    let mut bytes = vec![number];
    if let Some(until) = until_ms {
        bytes.extend_from_slice(&until.to_le_bytes());
    }
    bytes.extend_from_slice(nonce);
    ScalarValue::Bytes(bytes)
}

/// A stance that this version does not know reads as the strictest: nothing is suggested that somebody may not want.
fn decode(value: &Value<'_>) -> Stance {
    let known = || {
        let Value::Scalar(scalar) = value else { return None };
        let ScalarValue::Bytes(bytes) = scalar.as_ref() else { return None };
        let (said, _nonce) = bytes.split_at_checked(bytes.len().checked_sub(NONCE)?)?;
        let (number, until) = said.split_first()?;
        let until = if until.is_empty() { None } else { Some(i64::from_le_bytes(until.try_into().ok()?)) };
        Stance::from_parts(*number, until)
    };
    known().unwrap_or(Stance::Never)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(stance: Stance) -> String {
        let ScalarValue::Bytes(bytes) = encode(stance, &[0xaa; 8]) else { panic!() };
        data_encoding::HEXLOWER.encode(&bytes)
    }

    /// They stand in people's files.
    #[test]
    fn the_bytes_of_stances_are_pinned() {
        let stances = [
            (Stance::Never, "00aaaaaaaaaaaaaaaa"),
            (Stance::NotNow { until_ms: None }, "01aaaaaaaaaaaaaaaa"),
            (Stance::NotNow { until_ms: Some(1_790_000_000_000) }, "02006c50c4a0010000aaaaaaaaaaaaaaaa"),
            (Stance::Open, "03aaaaaaaaaaaaaaaa"),
            (Stance::Like, "04aaaaaaaaaaaaaaaa"),
            (Stance::Love, "05aaaaaaaaaaaaaaaa"),
        ];
        for (stance, hex) in stances {
            assert_eq!(told(stance), hex);
            assert_eq!(decode(&Value::from(data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap())), stance);
        }
    }

    #[test]
    fn what_is_not_known_is_taken_for_the_strictest() {
        let strange = [vec![], vec![5], vec![9; 9], vec![2; 9], vec![5; 17], vec![0xff; 40]];
        for bytes in strange {
            assert_eq!(decode(&Value::from(bytes)), Stance::Never);
        }
        assert_eq!(decode(&Value::from("love")), Stance::Never);
        assert_eq!(decode(&Value::from(5_i64)), Stance::Never);
    }
}
