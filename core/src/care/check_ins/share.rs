//! Sharing a check-in field by field, and taking it back.

use std::collections::BTreeSet;

use super::{CHECK_IN, CheckIn, CheckInField, CheckInMoment, CheckInView, CheckIns, SHARE, SHARED_AS, view};
use crate::care::sessions;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId};
use crate::store::{Rows, StoreTx};

impl CheckIns {
    /// Lets the partner read these parts as they stand, from the next sync on, and no others: none takes all of it back.
    ///
    /// Errors: `InvalidInput` (`NotRight`) for parts of one that says that something was not right:
    /// [`share_not_right`](Self::share_not_right) is for that; `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn share(&self, id: &RecordId, fields: &BTreeSet<CheckInField>) -> Result<CheckInView, NightstandError> {
        self.publish(id, fields, |content, _| {
            let not_right = content.moment == CheckInMoment::SomethingNotRight;
            if not_right && !fields.is_empty() { Err(InvalidInput::NotRight.into()) } else { Ok(()) }
        })
    }

    /// As [`share`](Self::share), of a check-in that says that something was not right, and only after a look at what the partner
    /// would read: `previewed` is the [`preview`](Self::preview) of these parts that was on the screen.
    ///
    /// Errors: `ChangedMeanwhile` if something else would be read by now: then nothing was handed on, and the preview is to be
    /// drawn again. `InvalidInput` (`State`) for a check-in of another moment; `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn share_not_right(
        &self,
        id: &RecordId,
        fields: &BTreeSet<CheckInField>,
        previewed: &CheckIn,
    ) -> Result<CheckInView, NightstandError> {
        self.publish(id, fields, |content, published| match content.moment {
            CheckInMoment::SomethingNotRight if CheckIn::of(published).as_ref() == Some(previewed) => Ok(()),
            CheckInMoment::SomethingNotRight => Err(NightstandError::ChangedMeanwhile),
            _ => Err(InvalidInput::State.into()),
        })
    }

    /// `may` sees what the check-in says, and what the partner would read of it.
    fn publish(
        &self,
        id: &RecordId,
        fields: &BTreeSet<CheckInField>,
        may: impl FnOnce(&CheckIn, &Record) -> Result<(), NightstandError>,
    ) -> Result<CheckInView, NightstandError> {
        self.vault.write(|tx| {
            let places = Places::of(&tx.rows(), tx.person())?;
            let shared = places.shared()?;
            let name = records::find(&tx.rows(), [places.private], CHECK_IN, *id)?;
            let record = records::read(&tx.rows(), &name)?.ok_or(NightstandError::NotFound)?;
            let published = published(&tx.rows(), &places, &record, fields)?;
            may(&CheckIn::of(&record).ok_or(NightstandError::NotFound)?, &published)?;
            let mut living = living(&tx.rows(), &places, &record)?;
            if !shares(&record).is_subset(fields) || fields.is_empty() {
                take_back(tx, &places, &living)?;
                living.clear();
            }
            if living.is_empty() && !fields.is_empty() {
                living.push(RecordId::make(tx));
            }
            for share in &living {
                let name = Name { what: CHECK_IN, id: *share, place: shared.mine };
                records::write(tx, &name, |record| {
                    *record = published.clone();
                    Ok(())
                })?;
            }
            records::write(tx, &name, |record| {
                record.set(SHARED_AS, living.first().map(RecordId::to_string));
                record.marks.retain(|mark| !mark.starts_with(SHARE));
                record.marks.extend(fields.iter().map(|field| format!("{SHARE}{}", field.name())));
                Ok(())
            })?;
            view(&tx.rows(), &places, *id)
        })
    }

    /// What the partner would read if these parts were shared this moment.
    ///
    /// Errors: `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn preview(&self, id: &RecordId, fields: &BTreeSet<CheckInField>) -> Result<CheckIn, NightstandError> {
        self.vault.read(|rows, person| {
            let places = Places::of(rows, person)?;
            let name = records::find(rows, [places.private], CHECK_IN, *id)?;
            let record = records::read(rows, &name)?.ok_or(NightstandError::NotFound)?;
            CheckIn::of(&published(rows, &places, &record, fields)?).ok_or(NightstandError::NotFound)
        })
    }
}

/// What is handed on of a check-in. A session that is only one's own is not named.
pub(super) fn published(
    rows: &Rows<'_>,
    places: &Places,
    record: &Record,
    fields: &BTreeSet<CheckInField>,
) -> Result<Record, NightstandError> {
    let content = CheckIn::of(record).ok_or(NightstandError::NotFound)?;
    let session = sessions::named_to_partner(rows, places, content.session)?;
    let mut said = CheckIn::new(content.moment, session, content.at_ms);
    for field in fields {
        match field {
            CheckInField::Feelings => {
                (said.feelings, said.own_words) = (content.feelings.clone(), content.own_words.clone());
            }
            CheckInField::Body => (said.body, said.body_says) = (content.body.clone(), content.body_says.clone()),
            CheckInField::Closeness => said.closeness = content.closeness,
            CheckInField::Calm => said.calm = content.calm,
            CheckInField::Energy => said.energy = content.energy,
            CheckInField::Comfort => said.comfort = content.comfort,
            CheckInField::Drop => (said.drop, said.drop_since_ms) = (content.drop, content.drop_since_ms),
            CheckInField::Wish => said.wish.clone_from(&content.wish),
            CheckInField::Note => said.note.clone_from(&content.note),
        }
    }
    let mut published = Record::default();
    said.write(&mut published);
    Ok(published)
}

pub(super) fn shares(record: &Record) -> BTreeSet<CheckInField> {
    record.marks.iter().filter_map(|mark| CheckInField::from_name(mark.strip_prefix(SHARE)?)).collect()
}

/// What is shared of a check-in and lives: more than one only where own devices shared it at the same time.
pub(super) fn living(rows: &Rows<'_>, places: &Places, record: &Record) -> Result<Vec<RecordId>, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Vec::new()) };
    let mut living = Vec::new();
    for id in record.values(SHARED_AS).iter().filter_map(|value| value.text()?.parse().ok()) {
        if records::listed(rows, &Name { what: CHECK_IN, id, place: shared.mine })?.is_some() {
            living.push(id);
        }
    }
    Ok(living)
}

pub(super) fn take_back(tx: &mut StoreTx<'_>, places: &Places, living: &[RecordId]) -> Result<(), NightstandError> {
    let Some(shared) = places.shared else { return Ok(()) };
    living.iter().try_for_each(|id| records::bury(tx, &Name { what: CHECK_IN, id: *id, place: shared.mine }))
}
