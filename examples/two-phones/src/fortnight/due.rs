//! What is due: in the mornings, by each one's settings; a wish that is fulfilled after a yes; a time that both set aside.

use nightstand::care::due::{DueItem, DueKind};
use nightstand::care::follow_ups::{FollowUpAnswer, FollowUpDraft, FollowUpFor, FollowUpTime};
use nightstand::care::room::{RoomDraft, RoomState};
use nightstand::care::settings::QuietHours;
use nightstand::records::RecordId;

use super::{Story, Who, words};
use crate::Trouble;
use crate::zones::Zones;

const ZONE: &str = "Europe/Amsterdam";

const HOUR_MS: i64 = 3_600_000;

impl Story {
    /// Alex would like to hear of nothing at night.
    pub(super) fn set_quiet_hours(&mut self) -> Result<(), Trouble> {
        let since = self.alex.vault.settings().read()?;
        let mut settings = since.clone();
        settings.quiet_hours = Some(QuietHours { from: 22 * 60, to: 8 * 60 });
        self.alex.vault.settings().set(&settings, &since)?;
        self.figures.wrote("settings", false);
        self.say("Alex sets quiet hours, from ten in the evening until eight. Sam leaves all as it is.")
    }

    /// What each phone would show on this day.
    pub(super) fn tell_what_is_due(&mut self) -> Result<(), Trouble> {
        for who in [Who::Alex, Who::Sam] {
            let items = self.due(who)?;
            self.figures.due += items.len() as u64;
            for item in &items {
                let title = self.text(&item.title_key())?;
                self.say(format_args!(
                    "{}'s phone will say at {}: “{title}”",
                    self.phone(who).name,
                    self.clock_at(item.fire_ms)
                ))?;
            }
        }
        Ok(())
    }

    /// After an evening: what is asked for at night is asked for where nobody wants it quiet.
    pub(super) fn nights_are_quiet(&mut self) -> Result<(), Trouble> {
        let later = |item: &DueItem| item.kind == DueKind::CheckInLaterToday;
        let (alex, sam) = (self.due(Who::Alex)?, self.due(Who::Sam)?);
        let asked = sam.iter().find(|item| later(item)).map(|item| self.clock_at(item.fire_ms)).unwrap_or_default();
        let mut at_alexs = alex.iter().filter(|item| later(item)).map(|item| self.clock_at(item.fire_ms));
        self.claim(
            format_args!("Sam's phone will ask at {asked} how Sam is, and Alex's not in quiet hours"),
            !asked.is_empty() && at_alexs.all(|at| ("08:00".."22:00").contains(&at.as_str())),
        )
    }

    /// Sam wishes for a kind word on the next day.
    pub(super) fn wish_for_a_kind_word(&mut self) -> Result<RecordId, Trouble> {
        let wish = FollowUpDraft {
            activity: Some("kind-word-next-day".into()),
            words: "Around lunch, if you like.".into(),
            script: None,
            when: FollowUpTime::NextDay { minute: 13 * 60 },
            session: self.last_session,
        };
        let id = self.sam.vault.follow_ups().add(FollowUpFor::Partner, &wish)?.id;
        let tea = FollowUpDraft {
            activity: None,
            words: words::ALEX_WISHES.into(),
            when: FollowUpTime::At { ms: self.now_ms + 20 * HOUR_MS },
            session: None,
            ..wish
        };
        self.alex.keep(words::ALEX_WISHES);
        self.alex.vault.follow_ups().add(FollowUpFor::Me, &tea)?;
        self.figures.wrote("wishes about later", true);
        self.figures.wrote("wishes about later", false);
        self.say("Sam wishes for a kind word on the next day. Alex keeps a wish for nobody else.")?;
        self.meet()?;
        Ok(id)
    }

    /// It comes due on Alex's phone after a yes, of which Sam need not know.
    pub(super) fn the_wish_comes_due(&mut self, id: RecordId) -> Result<(), Trouble> {
        let is_due = |items: Vec<DueItem>| items.into_iter().any(|item| item.kind == DueKind::KindWord);
        let before = is_due(self.due(Who::Alex)?);
        let shown = self.alex.vault.follow_ups().read(&id)?.hash;
        self.alex.vault.follow_ups().answer(&id, Some(FollowUpAnswer::YesQuietly), &shown)?;
        let after = is_due(self.due(Who::Alex)?);
        self.meet()?;
        let told = self.sam.vault.follow_ups().read(&id)?.partner_said_yes;
        self.claim("Alex says yes to it, quietly, and from then on it is due on Alex's phone", !before && after)?;
        self.claim("on Sam's phone no answer, a no and this yes look the same", !told)?;
        self.alex.vault.follow_ups().done(&id, &shown)?;
        let done = is_due(self.due(Who::Alex)?);
        self.claim("the kind word is said, and nothing is due of it any more", !done)
    }

    /// A time that both keep free: Sunday afternoon, on the last of these days.
    pub(super) fn make_room(&mut self, day: i64) -> Result<(), Trouble> {
        let at_ms = self.begins_ms + (day - 1) * 24 * HOUR_MS + 15 * HOUR_MS;
        let sunday = RoomDraft { at_ms, minutes: 90, title: "A slow Sunday".into(), situation: [].into() };
        let id = self.alex.vault.rooms().propose(&sunday)?.id;
        self.figures.wrote("times set aside", true);
        self.meet()?;
        let shown = self.sam.vault.rooms().read(&id)?;
        self.sam.vault.rooms().accept(&id, &shown.hash)?;
        self.meet()?;
        let agreed = self.alex.vault.rooms().read(&id)?.state;
        self.say("Alex proposes to keep Sunday afternoon free, and Sam does.")?;
        self.claim(
            "the time is set aside on both phones",
            (shown.state, agreed) == (RoomState::Asked, RoomState::Agreed),
        )
    }

    /// The reminder is each phone's own, and says nothing of what it is about.
    pub(super) fn room_is_due(&mut self) -> Result<(), Trouble> {
        let mut reminded = Vec::new();
        for who in [Who::Alex, Who::Sam] {
            let items = self.due(who)?;
            reminded.push(items.iter().find(|item| item.kind == DueKind::Room).map(|item| self.clock_at(item.fire_ms)));
        }
        let half_past_two = Some("14:30".to_owned());
        self.claim(
            "both phones will tell of it, half an hour before",
            reminded == [half_past_two.clone(), half_past_two],
        )
    }

    /// Of the next twenty-four hours.
    fn due(&self, who: Who) -> Result<Vec<DueItem>, Trouble> {
        let due = self.phone(who).vault.due().between(self.now_ms, self.now_ms + 24 * HOUR_MS, ZONE, &Zones)?;
        if !due.zone_known {
            return Err("the zone is not known".into());
        }
        Ok(due.items)
    }
}
