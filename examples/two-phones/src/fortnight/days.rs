//! The fourteen days.

use nightstand::care::check_ins::CheckInMoment;
use nightstand::care::sessions::SessionLead;

use super::{Story, Who};
use crate::Trouble;
use crate::screen::counted;

/// How many there are.
pub(super) const DAYS: i64 = 14;

/// The mornings on which the phones are in two places.
const APART: std::ops::RangeInclusive<i64> = 5..=8;

impl Story {
    pub(super) fn live(&mut self, leak: bool) -> Result<(), Trouble> {
        self.say(
            "Two weeks with Alex and Sam, from a Monday in November on. What is marked ✓ was looked up and is so.",
        )?;

        self.begin(1)?;
        self.at(19, 30);
        self.write_samples(true)?;
        self.they_pair()?;
        self.write_samples(false)?;
        self.say_what_they_want()?;
        self.side_by_side()?;

        self.begin(2)?;
        self.at(17, 30);
        let (ritual, tea) = self.make_a_ritual()?;
        self.collect_songs()?;
        self.set_quiet_hours()?;
        self.a_signal_fades()?;
        self.talk_a_question_through()?;
        self.evening_if_any()?;

        self.begin(3)?;
        // Early enough that three hours after it is still on this day.
        self.at(19, 30);
        let (_, planned) = self.plan_an_evening(Who::Alex)?;
        self.spend(Who::Alex, planned.id, Some(Who::Sam))?;
        self.nights_are_quiet()?;
        let wish = self.wish_for_a_kind_word()?;

        self.begin(4)?;
        self.look_at_check_ins(planned.id)?;
        self.too_early_to_tell()?;
        self.the_wish_comes_due(wish)?;
        self.at(18, 0);
        let agreement = self.agree()?;
        let question = self.ask_and_seal()?;
        self.evening_if_any()?;

        self.begin(5)?;
        self.at(18, 40);
        self.write_apart()?;
        self.at(22, 30);
        self.sam_seals(question)?;

        self.begin(6)?;
        self.at(11, 0);
        self.alex_withdraws(question)?;
        self.change_apart()?;
        self.at(15, 30);
        self.alex_is_low()?;

        self.begin(7)?;
        self.at(16, 0);
        self.withdraw_agreement(agreement)?;

        self.begin(8)?;
        self.at(18, 0);
        self.say("Alex is home.")?;
        self.meet_until_quiet()?;
        self.come_together()?;
        self.nobody_heard_of_the_low()?;
        self.withdrawal_arrived(agreement)?;
        self.withdrawal_holds(question)?;
        self.evening_if_any()?;

        self.begin(9)?;
        self.at(18, 0);
        self.agree_again(agreement)?;
        self.both_open(question)?;
        self.make_room(DAYS)?;
        self.evening_if_any()?;

        self.begin(10)?;
        self.at(21, 0);
        self.an_evening_with_the_ritual(ritual, &tea)?;

        self.begin(11)?;
        self.at(12, 0);
        self.something_was_not_right()?;

        self.begin(12)?;
        self.at(18, 30);
        self.write_about_it()?;
        self.evening_if_any()?;

        self.begin(13)?;
        self.evening_if_any()?;

        self.begin(DAYS)?;
        self.room_is_due()?;
        self.at(17, 0);
        self.look_back()?;
        if leak {
            self.leak()?;
        }
        self.at(20, 0);
        self.say("Two weeks are over.")?;
        self.part()
    }

    /// A day's morning: how each is after the evening before, and what is tapped on that day.
    fn begin(&mut self, day: i64) -> Result<(), Trouble> {
        self.day = day;
        self.head()?;
        let minute = i64::from(self.dice.level(0, 59));
        self.at(7, minute);
        self.tell_what_is_due()?;
        if self.slept_since_a_session()? {
            let session = self.last_session.ok_or("there was no evening")?;
            self.both_check_in(CheckInMoment::NextMorning, session)?;
            self.say("Each says how they are this morning.")?;
        }
        if day > 1 && !APART.contains(&day) {
            self.at(9, 0);
            self.signals_of_the_day()?;
            if self.dice.once_in(2) || day == 4 {
                self.meet()?;
            }
        }
        Ok(())
    }

    /// Was there a session on the evening before?
    fn slept_since_a_session(&self) -> Result<bool, Trouble> {
        let Some(session) = self.last_session else { return Ok(false) };
        let session = self.alex.vault.sessions().read(&session)?;
        Ok(session.ended_ms.is_some_and(|ended| self.now_ms - ended < 16 * 3_600_000))
    }

    fn an_evening_with_the_ritual(&mut self, ritual: nightstand::records::RecordId, tea: &str) -> Result<(), Trouble> {
        let songs = self.sam.vault.songs().list(None)?;
        self.say(format_args!(
            "They begin with their ritual, and play {}.",
            counted(songs.len() as u64, "song", "songs")
        ))?;
        let begun = self.alex.vault.rituals().start(&ritual)?;
        // They tap each step, as on every evening here.
        self.alex.vault.sessions().lead(&begun.id, SessionLead::ByHand)?;
        self.figures.wrote("sessions", true);
        self.meet()?;
        let session = self.sam.vault.sessions().read(&begun.id)?;
        let title = self.title(Who::Sam, tea)?;
        let has_tea = session.steps.last().is_some_and(|step| step.activity == tea);
        self.claim(
            format_args!("the session has the ritual's steps, with “{title}” at the end"),
            has_tea && session.steps.len() == 3,
        )?;
        self.spend(Who::Alex, begun.id, None)
    }
}
