//! What figures need of a session, so that they take no record apart.
//!
//! What is done in a session of both is written by either app, so names are kept only in the form that ours have, and no more of
//! them than a session has steps. Which of them are known is asked when a figure is made: a later version knows more.

use std::collections::BTreeSet;

use super::DerivedRecord;
use crate::care::sessions::{MOST_STEPS, SESSION, done};

/// Longest name of an activity or of a condition, in bytes.
const MOST_NAME_BYTES: usize = 64;

/// What figures need to know of a session. Times are milliseconds since 1970.
pub(crate) struct DerivedSession {
    pub(crate) at_ms: Option<i64>,
    pub(crate) began_ms: Option<i64>,
    pub(crate) ended_ms: Option<i64>,
    /// The activities of the steps that were done, in rising order, U+001F between them.
    pub(crate) done: String,
    /// The names of what it came after, in the same form.
    pub(crate) situation: String,
}

impl DerivedSession {
    /// None of what is no session.
    pub(crate) fn of(derived: &DerivedRecord) -> Option<Self> {
        let DerivedRecord { what, record, .. } = derived;
        (what == SESSION).then(|| Self {
            at_ms: record.number("at"),
            began_ms: record.number("began"),
            ended_ms: record.number("ended"),
            done: joined(record.items.values().filter_map(done)),
            situation: joined(record.marks.iter().map(String::as_str)),
        })
    }
}

fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: BTreeSet<&str> = names.filter(|name| is_name(name)).collect();
    names.into_iter().take(MOST_STEPS).collect::<Vec<_>>().join("\u{1f}")
}

fn is_name(name: &str) -> bool {
    let fits = |letter| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (1..=MOST_NAME_BYTES).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::{Condition, catalogue};

    #[test]
    fn our_names_have_the_form() {
        let activities = catalogue::activities().iter().map(|activity| activity.id);
        let conditions = Condition::ALL.iter().map(|condition| condition.name());
        assert!(activities.chain(conditions).all(is_name));
        assert!(is_name(&format!("own-{}", "0".repeat(32))));
        for odd in ["", "Water", "tea\u{1f}water", "tea water", "tée", &"x".repeat(MOST_NAME_BYTES + 1)] {
            assert!(!is_name(odd));
        }
    }
}
