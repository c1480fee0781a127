//! A session of one's own, copied for both.

use std::collections::BTreeMap;

use super::{APART, COPIED, SESSION, SessionState, SessionView, Sessions, state, steps};
use crate::care::{Condition, activities};
use crate::docs::record::{Item, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::records::copies::Copying;
use crate::records::{self, Places, RecordId};
use crate::store::Rows;

/// What a situation says of its person, to their own phone.
const OF_ONESELF: [Condition; 4] =
    [Condition::Tired, Condition::Vulnerable, Condition::Disappointed, Condition::OldIssue];

impl Sessions {
    /// Copies a session of one's own for both, as after a pairing; the partner has the copy after the next sync. What goes
    /// along is when it was, its steps and what was done of them, and the situation without what tells of oneself (tired,
    /// vulnerable, disappointed, an old issue). No check-in does, and none comes due of the copy. A step whose activity is
    /// gone, and its copy too, stays behind. Copied again, the copy stays as both have it.
    ///
    /// Errors: `NotPaired`; `InvalidInput`: `Running` for one that is going on, `NotOfBoth` if a step is of an activity of
    /// one's own that was [not copied](crate::care::activities::Activities::copy_to_both); `NotFound` for one that is not
    /// one's own alone; `Deleted` if it or its copy was deleted; `PrivateLocked`.
    pub fn copy_to_both(&self, id: &RecordId) -> Result<SessionView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let copying = Copying::of(&tx.rows(), &places, SESSION, id)?;
            if !copying.stands {
                let record = records::read(&tx.rows(), &copying.from)?.ok_or(NightstandError::NotFound)?;
                if state(&record) == SessionState::Running {
                    return Err(InvalidInput::Running.into());
                }
                let copy = copy(&tx.rows(), &places, &record)?;
                records::write(tx, &copying.to, |record| {
                    *record = copy;
                    Ok(())
                })?;
            }
            Self::view(tx, &copying.to)
        })
    }
}

fn copy(rows: &Rows<'_>, places: &Places, record: &Record) -> Result<Record, NightstandError> {
    let mut copy = Record::default();
    for time in ["at", "began", "ended"] {
        copy.set(time, record.number(time));
    }
    copy.set(COPIED, Some(true));
    let goes_along = |mark: &&String| Condition::from_name(mark).map_or(*mark == APART, goes_along);
    copy.marks = record.marks.iter().filter(goes_along).cloned().collect();
    copy.items = copy_steps(rows, places, steps(record).iter().map(|(id, step)| (id.to_string(), step.to_item())))?;
    Ok(copy)
}

/// Is it of the evening, and not of its person?
pub(crate) fn goes_along(condition: Condition) -> bool {
    !OF_ONESELF.contains(&condition)
}

/// Steps by the activities that both have.
pub(crate) fn copy_steps(
    rows: &Rows<'_>,
    places: &Places,
    steps: impl Iterator<Item = (String, Item)>,
) -> Result<BTreeMap<String, Item>, NightstandError> {
    let mut copies = BTreeMap::new();
    for (id, mut item) in steps {
        let activity = item.get("activity").and_then(|activity| activity.text()).unwrap_or_default();
        if let Some(activity) = activities::for_both(rows, places, activity)? {
            item.insert("activity".to_owned(), activity.into());
            copies.insert(id, item);
        }
    }
    Ok(copies)
}
