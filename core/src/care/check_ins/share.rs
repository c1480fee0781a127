//! Sharing a check-in field by field, and taking it back.
//!
//! What is shared stands in one record of `Mine`, which the private one names. Own devices that share at the same time make one
//! each, and an old copy that was put back knows of none: so beside what is named, a record of `Mine` that no check-in names
//! counts as shared of the one that has its time and moment. The next time it is shared one of them is left. One that is of
//! none of them is [a check-in by itself](super::read).

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::ids::Place;

use super::read::{adopt, own_record, view};
use super::{CHECK_IN, CheckIn, CheckInField, CheckInMoment, CheckInView, CheckIns, MOST_CHECK_INS, SHARE, SHARED_AS};
use crate::care::sessions;
use crate::docs::record::Record;
use crate::error::{InvalidInput, NightstandError};
use crate::records::{self, Name, Places, RecordId};
use crate::store::{RecordRow, Records, Rows, StoreTx};

impl CheckIns {
    /// Lets the partner read these parts as they stand, from the next sync on, and no others: none takes all of it back.
    ///
    /// Errors: `InvalidInput` (`NotRight`) for parts of one that says that something was not right:
    /// [`share_previewed`](Self::share_previewed) is for that; `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn share(&self, id: &RecordId, fields: &BTreeSet<CheckInField>) -> Result<CheckInView, NightstandError> {
        self.publish(id, fields, |content, _| {
            let not_right = content.moment == CheckInMoment::SomethingNotRight;
            if not_right && !fields.is_empty() { Err(InvalidInput::NotRight.into()) } else { Ok(()) }
        })
    }

    /// As [`share`](Self::share), after a look at what the partner would read: `previewed` is the [`preview`](Self::preview) of
    /// these parts that was on the screen, and nothing else is handed on, whatever another screen or device said since. Of a
    /// check-in that says that something was not right this is the only way.
    ///
    /// Errors: `ChangedMeanwhile` if something else would be read by now: then nothing was handed on, and the preview is to
    /// be drawn again. `NotPaired`, `NotFound`, `Deleted`, `PrivateLocked`.
    pub fn share_previewed(
        &self,
        id: &RecordId,
        fields: &BTreeSet<CheckInField>,
        previewed: &CheckIn,
    ) -> Result<CheckInView, NightstandError> {
        self.publish(id, fields, |_, published| {
            let is_the_same = CheckIn::of(published).as_ref() == Some(previewed);
            if is_the_same { Ok(()) } else { Err(NightstandError::ChangedMeanwhile) }
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
            let (name, record) = adopt(tx, &places, *id)?;
            let published = published(&tx.rows(), &places, &record, fields)?;
            may(&CheckIn::of(&record).ok_or(NightstandError::NotFound)?, &published)?;
            let living = living(&tx.rows(), &places, &record)?;
            let stays = !fields.is_empty() && shares(&record, &living).is_subset(fields);
            let mut ids = living.into_keys();
            let stands = if stays { ids.next() } else { None };
            take_back(tx, &places, ids)?;
            let share = if fields.is_empty() { None } else { stands.or_else(|| Some(RecordId::make(tx))) };
            if let Some(id) = share {
                records::write(tx, &Name { what: CHECK_IN, id, place: shared.mine }, |record| {
                    *record = published;
                    Ok(())
                })?;
            }
            records::write(tx, &name, |record| {
                record.set(SHARED_AS, share.map(|id| id.to_string()));
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
            let (_, record) = own_record(rows, &places, *id)?;
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

/// What the partner may read: what its person said, and what stands in what lives.
pub(super) fn shares(record: &Record, living: &Living) -> BTreeSet<CheckInField> {
    let said = record.marks.iter().filter_map(|mark| CheckInField::from_name(mark.strip_prefix(SHARE)?));
    said.chain(living.values().filter_map(CheckIn::of).flat_map(|shared| shared.fields())).collect()
}

/// What is shared of a check-in and lives: more than one only where own devices shared it at the same time.
pub(super) type Living = BTreeMap<RecordId, Record>;

pub(super) fn living(rows: &Rows<'_>, places: &Places, record: &Record) -> Result<Living, NightstandError> {
    let Some(shared) = places.shared else { return Ok(Living::new()) };
    let mut living = Living::new();
    for id in named_by(record) {
        if let Some(found) = records::listed(rows, &Name { what: CHECK_IN, id, place: shared.mine })? {
            living.insert(id, found);
        }
    }
    let Some(at_ms) = record.number("at") else { return Ok(living) };
    for (id, row) in of_time(rows, &shared.mine, at_ms)? {
        let is_of_it = row.record.text_of("moment") == record.text_of("moment");
        if is_of_it && !living.contains_key(&id) && !is_named(rows, places, &id)? {
            living.insert(id, row.record);
        }
    }
    Ok(living)
}

fn of_time(
    rows: &Rows<'_>,
    place: &Place,
    at_ms: i64,
) -> Result<impl Iterator<Item = (RecordId, RecordRow)> + use<>, NightstandError> {
    let (from_ms, before_ms) = (Some(at_ms), Some(at_ms.saturating_add(1)));
    let query =
        Records { what: CHECK_IN, from_ms, before_ms, place: Some(*place), bond: place.bond(), ..Records::default() };
    Ok(records::named(rows.records(&query, MOST_CHECK_INS)?))
}

pub(super) fn named_by(record: &Record) -> impl Iterator<Item = RecordId> {
    record.values(SHARED_AS).iter().filter_map(|value| value.text()?.parse().ok())
}

/// Does a check-in of one's own name this as what is shared of it? Its time may be another since.
fn is_named(rows: &Rows<'_>, places: &Places, share: &RecordId) -> Result<bool, NightstandError> {
    let all = Records { what: CHECK_IN, place: Some(places.private), ..Records::default() };
    Ok(rows.records(&all, usize::MAX)?.iter().any(|row| named_by(&row.record).any(|id| id == *share)))
}

pub(super) fn take_back(
    tx: &mut StoreTx<'_>,
    places: &Places,
    mut living: impl Iterator<Item = RecordId>,
) -> Result<(), NightstandError> {
    let Some(shared) = places.shared else { return Ok(()) };
    living.try_for_each(|id| records::bury(tx, &Name { what: CHECK_IN, id, place: shared.mine }))
}

impl CheckIn {
    /// What it says something of.
    pub(super) fn fields(&self) -> BTreeSet<CheckInField> {
        let says = |field: &CheckInField| match field {
            CheckInField::Feelings => !self.feelings.is_empty() || !self.own_words.is_empty(),
            CheckInField::Body => !self.body.is_empty() || !self.body_says.is_empty(),
            CheckInField::Closeness => self.closeness.is_some(),
            CheckInField::Calm => self.calm.is_some(),
            CheckInField::Energy => self.energy.is_some(),
            CheckInField::Comfort => self.comfort.is_some(),
            CheckInField::Drop => self.drop.is_some() || self.drop_since_ms.is_some(),
            CheckInField::Wish => !self.wish.is_empty(),
            CheckInField::Note => !self.note.is_empty(),
        };
        CheckInField::ALL.iter().copied().filter(says).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::care::Whose;
    use crate::care::check_ins::CheckInMoment;
    use crate::store::tests::{meet_own, paired, tell, tell_partner};
    use crate::vault::Vault;
    use nightstand_engine::ids::Space;

    const AT: i64 = 1_790_000_000_000;

    fn said() -> CheckIn {
        CheckIn { calm: Some(3), note: "Only this.".into(), ..CheckIn::new(CheckInMoment::NextMorning, None, AT) }
    }

    fn read_by_partner(sam: &Vault) -> Vec<CheckIn> {
        sam.check_ins().list(Whose::Partner, i64::MIN, i64::MAX).unwrap().into_iter().map(|one| one.content).collect()
    }

    fn fields<const N: usize>(fields: [CheckInField; N]) -> BTreeSet<CheckInField> {
        fields.into()
    }

    #[test]
    fn what_two_own_devices_shared_is_one_again_and_is_taken_back() {
        let ([alex_phone, _sam_phone], alex, sam) = paired();
        let id = alex.check_ins().add(&said()).unwrap().id;
        let other = alex_phone.another_device(1);
        alex.check_ins().share(&id, &fields([CheckInField::Calm])).unwrap();
        other.check_ins().share(&id, &fields([CheckInField::Note])).unwrap();
        meet_own(&alex, &other);
        let both = fields([CheckInField::Calm, CheckInField::Note]);
        assert_eq!(alex.check_ins().read(&id).unwrap().shared, both);
        tell_partner(&alex, &sam);

        let left = alex.check_ins().share(&id, &both).unwrap();
        assert_eq!((left.shared, left.unshared_changes), (both, false));
        meet_own(&alex, &other);
        tell_partner(&alex, &sam);
        assert_eq!(read_by_partner(&sam), [said()], "it is told twice");
        other.check_ins().share(&id, &fields([])).unwrap();
        meet_own(&alex, &other);
        tell_partner(&alex, &sam);
        assert!(read_by_partner(&sam).is_empty(), "something can't be taken back");
        assert!(alex.check_ins().read(&id).unwrap().shared.is_empty());
    }

    /// What is shared is here, and the private record that names it is not: of another device, or of an old copy.
    #[test]
    fn what_the_partner_reads_is_seen_though_nothing_private_names_it() {
        let ([alex_phone, _sam_phone], alex, sam) = paired();
        let later = CheckIn { moment: CheckInMoment::Closing, ..said() };
        let [id, another] = [said(), later].map(|said| alex.check_ins().add(&said).unwrap().id);
        alex.check_ins().share(&another, &fields([CheckInField::Calm])).unwrap();
        let other = alex_phone.another_device(1);
        other.check_ins().share(&id, &fields([CheckInField::Note])).unwrap();
        tell(&other, &alex, |space| space == Space::Mine);

        assert_eq!(alex.check_ins().read(&id).unwrap().shared, fields([CheckInField::Note]));
        assert_eq!(alex.check_ins().read(&another).unwrap().shared, fields([CheckInField::Calm]));
        // Shared here as well, before what the other says of it is here: still one of them stands, and none is lost.
        alex.check_ins().share(&id, &fields([CheckInField::Note, CheckInField::Calm])).unwrap();
        tell_partner(&alex, &sam);
        assert_eq!(read_by_partner(&sam).len(), 2);
        alex.check_ins().delete(&id).unwrap();
        tell_partner(&alex, &sam);
        assert_eq!(read_by_partner(&sam).len(), 1);
        assert_eq!(alex.check_ins().read(&another).unwrap().shared, fields([CheckInField::Calm]));
    }

    /// One that was moved to another time names what is shared of it, and another one is of that time.
    #[test]
    fn what_is_shared_of_one_is_not_taken_for_anothers() {
        let (_phones, alex, _sam) = paired();
        let moved = alex.check_ins().add(&said()).unwrap().id;
        alex.check_ins().share(&moved, &fields([CheckInField::Calm])).unwrap();
        alex.check_ins().change(&moved, &CheckIn { at_ms: AT - 60_000, ..said() }, &said()).unwrap();
        let another = alex.check_ins().add(&said()).unwrap();
        assert!(another.shared.is_empty());
        alex.check_ins().delete(&another.id).unwrap();
        assert_eq!(alex.check_ins().read(&moved).unwrap().shared, fields([CheckInField::Calm]));
    }

    /// Of a phone that was lost before it told the rest: the partner reads it, and nothing private says that it is shared.
    #[test]
    fn what_only_the_partner_still_has_whole_is_ones_own_and_can_be_taken_back() {
        let ([alex_phone, _sam_phone], alex, sam) = paired();
        let lost = alex_phone.another_device(1);
        let shared = |at_ms, say: &[CheckInField]| {
            let id = lost.check_ins().add(&CheckIn { at_ms, ..said() }).unwrap().id;
            lost.check_ins().share(&id, &say.iter().copied().collect()).unwrap();
        };
        let both = [CheckInField::Calm, CheckInField::Note];
        [AT, AT + 1, AT + 2, AT + 3].into_iter().for_each(|at_ms| shared(at_ms, &both));
        let noted = alex.check_ins().add(&CheckIn { at_ms: AT + 9, ..said() }).unwrap().id;
        tell(&lost, &alex, |space| space == Space::Mine);
        let own = |vault: &Vault| vault.check_ins().list(Whose::Me, i64::MIN, i64::MAX).unwrap();
        let listed = own(&alex);
        assert_eq!(listed.iter().map(|one| one.content.at_ms - AT).collect::<Vec<_>>(), [9, 3, 2, 1, 0]);
        assert!(listed[1..].iter().all(|one| one.shared == fields(both) && !one.unshared_changes));
        let texts = crate::texts::Texts::new();
        assert_eq!(alex.check_ins().search(Whose::Me, "only", &texts).unwrap(), listed);
        let [all, narrower, changed, deleted] = [1, 2, 3, 4].map(|at: usize| listed[at].id);

        assert_eq!(alex.check_ins().read(&all).unwrap(), listed[1]);
        assert!(alex.check_ins().share(&all, &fields([])).unwrap().shared.is_empty());
        alex.check_ins().share(&narrower, &fields([CheckInField::Calm])).unwrap();
        let moved = CheckIn { at_ms: AT - 7, ..listed[3].content.clone() };
        assert!(alex.check_ins().change(&changed, &moved, &listed[3].content).unwrap().unshared_changes);
        alex.check_ins().delete(&deleted).unwrap();
        assert_eq!(alex.check_ins().read(&deleted), Err(NightstandError::Deleted));

        // One's own words stay; the partner reads what was left.
        tell_partner(&alex, &sam);
        let read: Vec<_> = read_by_partner(&sam).iter().map(|one| (one.at_ms - AT, one.note.is_empty())).collect();
        assert_eq!(read, [(2, true), (1, false)]);
        let left: Vec<_> = own(&alex).iter().map(|one| (one.id, one.content.note.is_empty())).collect();
        assert_eq!(left, [(noted, false), (all, false), (narrower, false), (changed, false)]);
        // If the phone turns up again, nothing that it noted is gone, and nothing that was taken back comes back.
        meet_own(&alex, &lost);
        tell_partner(&alex, &sam);
        assert_eq!(read_by_partner(&sam).len(), 2);
        for vault in [&alex, &lost] {
            assert_eq!(own(vault).len(), 8);
        }
    }
}
