//! How each is: on arriving, at the end, the next morning; and what of it the other may read.

use std::collections::BTreeSet;

use nightstand::care::Whose;
use nightstand::care::check_ins::{CheckIn, CheckInField, CheckInMoment, CheckInView};
use nightstand::records::RecordId;

use super::{Story, Who, words};
use crate::Trouble;

impl Story {
    /// Both check in, each at a level that chance has, and each shares some of it.
    pub(super) fn both_check_in(&mut self, moment: CheckInMoment, session: RecordId) -> Result<(), Trouble> {
        for who in [Who::Alex, Who::Sam] {
            self.check_in(who, moment, session)?;
        }
        Ok(())
    }

    fn check_in(&mut self, who: Who, moment: CheckInMoment, session: RecordId) -> Result<(), Trouble> {
        let calmer = u8::from(moment != CheckInMoment::Arrival) * 2;
        let mut said = CheckIn::new(moment, Some(session), self.now_ms);
        said.closeness = Some(self.dice.level(3, 5) + calmer);
        said.calm = Some(self.dice.level(3, 7) + calmer);
        said.energy = Some(self.dice.level(2, 8));
        said.comfort = Some(self.dice.level(5, 9));
        said.feelings = self.dice.some_of(words::FEELINGS, 2).into_iter().map(str::to_owned).collect();
        said.body = self.dice.some_of(words::BODY, 1).into_iter().map(str::to_owned).collect();
        let mut fields: BTreeSet<_> = [CheckInField::Closeness, CheckInField::Calm].into();
        if self.dice.once_in(2) {
            fields.insert(CheckInField::Feelings);
        }
        if self.dice.once_in(3) {
            said.wish = self.dice.pick(words::wishes(who)).into();
            fields.insert(CheckInField::Wish);
        }
        if moment == CheckInMoment::NextMorning || self.dice.once_in(2) {
            let name = self.phone(who).name.to_lowercase();
            let (note, number) = (self.dice.pick(words::notes(who)), self.figures.written_of("check-ins") + 1);
            said.note = format!("{note} (canary-{name}-note-{number})");
        }
        self.phone_mut(who).keep(&said.note);
        self.save(who, &said, &fields)?;
        Ok(())
    }

    /// Saves a check-in and shares these fields of it.
    pub(super) fn save(
        &mut self,
        who: Who,
        said: &CheckIn,
        fields: &BTreeSet<CheckInField>,
    ) -> Result<CheckInView, Trouble> {
        let check_ins = self.phone(who).vault.check_ins();
        let saved = check_ins.add(said)?;
        self.figures.wrote("check-ins", !fields.is_empty());
        Ok(if fields.is_empty() { saved } else { check_ins.share(&saved.id, fields)? })
    }

    /// What is shared of the morning after arrives, and what is kept looks as if it were not there.
    pub(super) fn look_at_check_ins(&mut self, session: RecordId) -> Result<(), Trouble> {
        let mine = self.alex.vault.check_ins().of_session(Whose::Me, &session)?;
        let seen = self.sam.vault.check_ins().of_session(Whose::Partner, &session)?;
        let Some(morning) = mine.iter().find(|it| it.content.moment == CheckInMoment::NextMorning) else {
            return Err("Alex has no check-in of this morning".into());
        };
        let preview = self.alex.vault.check_ins().preview(&morning.id, &morning.shared)?;
        let arrived = seen.iter().find(|it| it.content.moment == CheckInMoment::NextMorning);
        let level = morning.content.closeness.unwrap_or_default();
        let spoken = self.text_with("closeness-spoken", &[("level", i64::from(level).into())])?;
        self.say(format_args!("Of Alex's morning Sam reads: closeness, {spoken}."))?;
        self.claim(
            "Sam's phone has the fields that Alex shares of this morning, and neither the note nor the energy",
            arrived
                .is_some_and(|it| it.content == preview && it.content.note.is_empty() && it.content.energy.is_none())
                && mine.len() == seen.len(),
        )
    }
}
