//! What is hard: a low, and something that was not right. Each stays with whose it is.

use std::collections::BTreeSet;

use nightstand::care::check_ins::{CheckIn, CheckInMoment, DropLevel};
use nightstand::care::drop::Help;
use nightstand::care::plan::{Occasion, Step, Way};
use nightstand::care::{Item, Side, Stance, Whose, not_right};

use super::{Story, Who, words};
use crate::Trouble;
use crate::screen::counted;

impl Story {
    /// Alex is low while the two are apart, and finds the list that Alex made for it.
    pub(super) fn alex_is_low(&mut self) -> Result<(), Trouble> {
        let care = self.alex.vault.drop_care();
        let helps = [words::ALEX_HELPS.into(), "Ring Sam's sister (canary-alex-helps-2)".into()].map(Help::Words);
        let [first, second] = helps;
        self.alex.keep(words::ALEX_HELPS);
        self.alex.keep("Ring Sam's sister (canary-alex-helps-2)");
        // A bath is where Alex has a boundary when vulnerable.
        care.set_help_list(
            &[first.clone(), Help::Activity("warmth".into()), Help::Activity("bath".into()), second],
            &[],
        )?;
        self.alex.keep(words::ALEX_IS_LOW);
        let mut low = CheckIn::new(CheckInMoment::LaterToday, None, self.now_ms);
        low.feelings = ["lonely".into(), "tired".into()].into();
        low.calm = Some(2);
        low.drop = Some(DropLevel::Some);
        low.note = words::ALEX_IS_LOW.into();
        self.save(Who::Alex, &low, &BTreeSet::new())?;
        let now = care.now()?;
        self.say("In the afternoon Alex is low, and writes that down. Alex's phone:")?;
        for key in &now.text_keys {
            self.shows(self.help_text(key)?)?;
            if key.starts_with("drop-what-helps") {
                self.show_what_helps(&now.what_helps)?;
            }
        }
        let offered = now.what_helps.first() == Some(&first) && now.what_helps.len() == 3;
        let has_bath = now.what_helps.contains(&Help::Activity("bath".into()));
        self.claim(
            "what helps stands there in Alex's order, without the bath that meets a boundary",
            offered && !has_bath,
        )
    }

    pub(super) fn nobody_heard_of_the_low(&mut self) -> Result<(), Trouble> {
        let seen = self.sam.vault.check_ins().list(Whose::Partner, self.begins_ms, i64::MAX)?;
        let told = seen.iter().any(|it| it.content.drop.is_some() || it.content.session.is_none());
        let now = self.sam.vault.drop_care().now()?;
        self.claim("Sam's phone knows nothing of Alex's low", !told && now.level == DropLevel::Clear)
    }

    /// Where help is found is for an app to know; this one has no contacts.
    fn help_text(&self, key: &str) -> Result<String, Trouble> {
        self.text(if key == "help-where" { "help-where-none" } else { key })
    }

    fn show_what_helps(&mut self, helps: &[Help]) -> Result<(), Trouble> {
        for help in helps {
            let shown = match help {
                Help::Words(text) => text.split(" (canary").next().unwrap_or_default().to_owned(),
                Help::Activity(id) => self.title(Who::Alex, id)?,
            };
            self.shows(format_args!("· {shown}"))?;
        }
        Ok(())
    }

    /// Sam writes it down, is offered words, a boundary and help, and takes the boundary.
    pub(super) fn something_was_not_right(&mut self) -> Result<(), Trouble> {
        self.meet_until_quiet()?;
        self.say(
            "Something about last night was not right for Sam. Sam writes that down, for nobody else. Sam's phone:",
        )?;
        let mut said = CheckIn::new(CheckInMoment::SomethingNotRight, self.last_session, self.now_ms);
        said.feelings = ["uncertain".into()].into();
        said.note = words::SAM_NOT_RIGHT.into();
        self.sam.keep(words::SAM_NOT_RIGHT);
        self.save(Who::Sam, &said, &BTreeSet::new())?;
        let texts = not_right::texts();
        let help = texts.help.iter().filter(|key| **key != "help-now");
        for key in texts.begin.iter().chain(&texts.words).chain([&texts.boundary]).chain(help).chain([&texts.close]) {
            self.shows(self.help_text(key)?)?;
        }
        let offers = self.sam.vault.not_right().boundaries(words::NOT_RIGHT_ACTIVITY, Stance::Never)?;
        let is_offer = |item: &Item| matches!(item, Item::Stance { side: Side::Receive, .. });
        let offer = offers.iter().find(|offer| is_offer(&offer.item)).ok_or("no boundary is offered")?;
        self.sam.vault.preferences().set(&offer.item, &offer.draft, &offer.since)?;
        self.figures.wrote("preferences", false);
        let synced = self.sync(Who::Sam)?;
        let title = self.title(Who::Sam, words::NOT_RIGHT_ACTIVITY)?.to_lowercase();
        let stands = self.sam.vault.not_right().boundaries(words::NOT_RIGHT_ACTIVITY, Stance::Never)?;
        self.claim(
            format_args!("with one tap there is a boundary: no {title}, and Sam gives no reason"),
            stands.iter().any(|offer| is_offer(&offer.item) && offer.stands),
        )?;
        let nothing = (synced.entries, synced.round_trips) == (0, 1) && synced.bytes <= 400;
        self.claim("the sync after it is one in which nothing was new", nothing)?;
        self.the_boundary_holds_and_is_not_told()
    }

    fn the_boundary_holds_and_is_not_told(&mut self) -> Result<(), Trouble> {
        let activity = words::NOT_RIGHT_ACTIVITY;
        let mut suggested = 0;
        for rotation in 0..10 {
            let occasion = Occasion { minutes: 40, rotation, ..Occasion::default() };
            let plans = self.sam.vault.preferences().plan(&occasion)?;
            for planned in plans.others.iter().chain([&plans.plan]).flat_map(|plan| &plan.steps) {
                let steps = planned.swaps.iter().chain([&planned.step]);
                suggested += steps.filter(|step| step.activity == activity && step.way != Way::ForPartner).count();
            }
        }
        self.claim(format_args!("of {} on Sam's phone none has it", counted(10, "plan", "plans")), suggested == 0)?;
        let step = |way| Step { activity: activity.into(), way, minutes: 10 };
        let occasion = Occasion { minutes: 40, ..Occasion::default() };
        let sams = self.sam.vault.preferences().marks(&occasion, &[step(Way::ForMe)])?;
        let alexs = self.alex.vault.preferences().marks(&occasion, &[step(Way::ForPartner)])?;
        self.claim(
            "a step that Alex picks is marked on Sam's phone alone, with another one to tap",
            sams.len() == 1 && sams[0].swap.is_some() && alexs.is_empty(),
        )?;
        let item = Item::Stance { activity: activity.into(), side: Side::Receive, condition: None };
        let known = self.alex.vault.preferences().list(Whose::Partner)?.items;
        let shown = known.iter().find(|row| row.item == item).and_then(|row| row.stance);
        let check_ins = self.alex.vault.check_ins().list(Whose::Partner, self.begins_ms, i64::MAX)?;
        let told = check_ins.iter().any(|it| it.content.moment == CheckInMoment::SomethingNotRight);
        self.claim("Alex's phone shows what it showed before", shown == Some(Stance::Like) && !told)
    }
}
