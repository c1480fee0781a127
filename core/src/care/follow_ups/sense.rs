//! What can be wished for later at all.

use super::{FollowUpDraft, FollowUpTime};
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name};
use crate::store::StoreTx;
use crate::times::check_to_come;

/// What belongs to the moment itself.
const NOT_LATER: [&str; 5] = ["slow-ending", "phones-away", "stepping-out-of-roles", "clean-up", "bathroom-break"];

/// What a script is a beginning of.
const RECONNECT: &str = "reconnect-later";

/// Is it something that can come? What is said anew may keep a time that is past.
///
/// Errors: `InvalidInput` (`Item`, `Date`); `PrivateLocked`.
pub(super) fn check(draft: &FollowUpDraft, tx: &StoreTx<'_>, name: &Name<'_>) -> Result<(), NightstandError> {
    if let Some(activity) = draft.activity.as_deref() {
        let fits = !NOT_LATER.contains(&activity) && (draft.script.is_none() || activity == RECONNECT);
        if !fits {
            return Err(InvalidInput::Item.into());
        }
    }
    match draft.when {
        FollowUpTime::At { ms } => check_to_come(ms, tx.now_ms()).or_else(|error| {
            let stands = records::read(&tx.rows(), name)?.and_then(|record| FollowUpDraft::of(&record));
            let kept = stands.is_some_and(|stands| stands.when == draft.when);
            if kept { Ok(()) } else { Err(error) }
        }),
        FollowUpTime::NextDay { .. } => Ok(()),
    }
}
