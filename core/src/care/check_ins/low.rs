//! Check-ins that tell of something hard.

use super::read::{moment, own_records};
use super::{CheckIn, CheckInMoment, DropLevel, MOST_CHECK_INS};
use crate::care::feelings::feeling;
use crate::error::NightstandError;
use crate::records::Places;
use crate::store::{Records, Rows};

impl CheckIn {
    /// Does it tell of something hard, so that the screen answers with `answer-low`? Not where something was not right: that has
    /// [its own answer](crate::care::not_right::texts), and is nothing that "happens".
    pub fn is_low(&self) -> bool {
        let is_low = self.feelings.iter().any(|id| feeling(id).is_some_and(|feeling| feeling.is_low))
            || matches!(self.drop, Some(DropLevel::Some | DropLevel::Strong))
            || self.calm.is_some_and(|calm| calm <= 2)
            || self.comfort.is_some_and(|comfort| comfort <= 2);
        is_low && self.moment != CheckInMoment::SomethingNotRight
    }

    /// Does where help is found belong below the answer: was the low strong, or something not right? One that comes back is
    /// seen by [`DropCare::now`](crate::care::drop::DropCare::now). Else a feeling is answered as one.
    pub fn names_help(&self) -> bool {
        self.moment == CheckInMoment::SomethingNotRight || self.drop == Some(DropLevel::Strong)
    }
}

/// Did its person note from this time on that something was not right? Private is not locked.
pub(in crate::care) fn something_not_right_since(
    rows: &Rows<'_>,
    places: &Places,
    from_ms: i64,
) -> Result<bool, NightstandError> {
    let since = Records { from_ms: Some(from_ms), ..Records::default() };
    let own = own_records(rows, places, &since, MOST_CHECK_INS)?;
    Ok(own.iter().any(|(_, record)| moment(record) == Some(CheckInMoment::SomethingNotRight)))
}
