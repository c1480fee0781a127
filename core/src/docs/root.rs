//! What stands at a document's root: the containers of its first change, and scalars. What is of another type reads as absent.

use automerge::{Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, Value};

/// A text or map that the kind's first change made.
pub(super) fn container(document: &impl ReadDoc, key: &str) -> Option<ObjId> {
    match document.get(ROOT, key) {
        Ok(Some((Value::Object(ObjType::Text | ObjType::Map), object))) => Some(object),
        _ => None,
    }
}

/// The same, for writing.
pub(super) fn required(document: &impl ReadDoc, key: &str) -> Result<ObjId, AutomergeError> {
    container(document, key).ok_or(AutomergeError::InvalidObjId(String::new()))
}

pub(super) fn string(document: &Automerge, key: &str) -> Option<String> {
    match document.get(ROOT, key) {
        Ok(Some((Value::Scalar(value), _))) => value.as_str().map(str::to_owned),
        _ => None,
    }
}

pub(super) fn integer(document: &Automerge, key: &str) -> Option<i64> {
    match document.get(ROOT, key) {
        Ok(Some((Value::Scalar(value), _))) => value.as_i64(),
        _ => None,
    }
}

pub(super) fn flag(document: &Automerge, key: &str) -> bool {
    matches!(document.get(ROOT, key), Ok(Some((Value::Scalar(value), _))) if value.as_bool() == Some(true))
}
