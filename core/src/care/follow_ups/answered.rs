//! What a person said to a wish of their partner's: in `Private`, and there alone.

use super::{FollowUpAnswer, answer_name};
use crate::error::NightstandError;
use crate::records::{self, Places, RecordId};
use crate::shown::Shown;
use crate::store::Rows;

/// What a person noted of a wish of their partner's, as it stands.
#[derive(Default)]
pub(super) struct Answered {
    pub(super) answer: Option<FollowUpAnswer>,
    pub(super) is_done: bool,
}

impl Answered {
    /// Of two answers a no counts, and else the quieter yes. A yes is to what was shown; a no stands also when the wish is said
    /// in other words, so that nobody is asked again for having said no.
    pub(super) fn of(rows: &Rows<'_>, places: &Places, id: &RecordId, shown: &Shown) -> Result<Self, NightstandError> {
        let hash = shown.saved();
        let Some(record) = records::read(rows, &answer_name(places, *id))? else { return Ok(Self::default()) };
        let said = record.values("said").iter().filter_map(|said| {
            let (answer, to) = said.text()?.split_once(' ')?;
            FollowUpAnswer::from_name(answer).filter(|answer| to == hash || *answer == FollowUpAnswer::No)
        });
        let is_done = record.values("done").iter().any(|done| done.text() == Some(&hash));
        Ok(Self { answer: said.min(), is_done })
    }
}
