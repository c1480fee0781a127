//! An evening: a plan with its reasons, steps that are picked, a session with its timers, and how each is.

use nightstand::care::Condition;
use nightstand::care::catalogue::Need;
use nightstand::care::check_ins::CheckInMoment;
use nightstand::care::plan::{Occasion, PersonState, Step};
use nightstand::care::sessions::{SessionDraft, SessionState, SessionView, StepDraft, StepState, StepVerb};
use nightstand::records::{Audience, RecordId};

use super::{Story, Who};
use crate::Trouble;
use crate::screen::{counted, thousands};

impl Story {
    /// An evening that chance put on this day.
    pub(super) fn evening_if_any(&mut self) -> Result<(), Trouble> {
        if !self.evenings.contains(&self.day) {
            return Ok(());
        }
        self.at(20, 30);
        let planner = self.dice.pick(&[Who::Alex, Who::Sam]);
        let (occasion, session) = self.plan_an_evening(planner)?;
        self.pick_other_steps(planner.other(), &occasion, session.id)?;
        self.spend(planner, session.id, None)
    }

    /// A plan, and a session of the steps that are picked of it.
    pub(super) fn plan_an_evening(&mut self, planner: Who) -> Result<(Occasion, SessionView), Trouble> {
        let minutes = self.dice.pick(&[15, 20, 30, 40]);
        let (tired, need) = (self.dice.once_in(3), self.dice.pick(Need::ALL));
        let vault = self.phone(planner).vault.clone();
        let occasion = Occasion {
            minutes,
            situation: tired.then_some(Condition::Tired).into_iter().collect(),
            me: PersonState { needs: [need].into(), ..PersonState::default() },
            lately: vault.sessions().lately(self.now_ms)?,
            rotation: u32::try_from(self.day)?,
            ..Occasion::default()
        };
        let plans = vault.preferences().plan(&occasion)?;
        let name = self.phone(planner).name;
        let how = if tired { ", both of them tired" } else { "" };
        self.say(format_args!("{} {name} asks what the two could do with {minutes} minutes{how}.", self.time()))?;
        for planned in &plans.plan.steps {
            let title = self.title(planner, &planned.step.activity)?;
            let reasons = planned.reasons.iter().take(2).map(|reason| self.reason(*reason, planned.step.minutes));
            let why = reasons.collect::<Result<Vec<_>, _>>()?.join("; ");
            self.shows(format_args!("{title}, {}: {why}", counted(planned.step.minutes.into(), "minute", "minutes")))?;
        }
        let fits = plans.plan.minutes() <= minutes && plans.plan.steps.iter().all(|it| !it.reasons.is_empty());
        self.claim(
            "the plan has steps, fits into the time, and gives a reason for each",
            fits && !plans.plan.steps.is_empty(),
        )?;
        let many = 1 + self.dice.below(plans.plan.steps.len());
        let picked = self.dice.some_of(&plans.plan.steps, many.max(2));
        let steps = picked.iter().map(|planned| StepDraft::from(&planned.step)).collect();
        let draft = SessionDraft { situation: occasion.situation.clone(), apart: false, steps };
        let session = vault.sessions().plan(Audience::Both, &draft)?;
        self.figures.wrote("sessions", true);
        let titles = session.steps.iter().map(|step| self.title(planner, &step.activity));
        let titles = titles.collect::<Result<Vec<_>, _>>()?.join(", ");
        self.say(format_args!("{name} picks: {titles}."))?;
        self.meet()?;
        Ok((occasion, session))
    }

    /// The other phone marks what meets a boundary of its person's, for them alone, and offers something as ordinary.
    fn pick_other_steps(&mut self, who: Who, occasion: &Occasion, session: RecordId) -> Result<(), Trouble> {
        let vault = self.phone(who).vault.clone();
        let steps = vault.sessions().read(&session)?.steps;
        let picked: Vec<_> = steps
            .iter()
            .map(|step| Step { activity: step.activity.clone(), way: step.way, minutes: step.minutes })
            .collect();
        for mark in vault.preferences().marks(occasion, &picked)? {
            vault.sessions().remove_step(&session, steps[usize::try_from(mark.step)?].id)?;
            if let Some(swap) = mark.swap {
                vault.sessions().add_step(&session, &StepDraft::from(&swap))?;
            }
            self.say(format_args!("{} would rather have another step, and taps it.", self.phone(who).name))?;
        }
        Ok(())
    }

    /// The time that they planned. `killed` is whose app ends in the middle of it.
    pub(super) fn spend(&mut self, planner: Who, session: RecordId, killed: Option<Who>) -> Result<(), Trouble> {
        let (syncs, bytes) = (self.figures.syncs.count, self.figures.syncs.bytes);
        self.tells_syncs = false;
        self.go_through(planner, session, killed)?;
        self.tells_syncs = true;
        let (syncs, bytes) = (self.figures.syncs.count - syncs, self.figures.syncs.bytes - bytes);
        let syncs = counted(syncs, "sync", "syncs");
        self.say(format_args!(
            "{} Each has said how they are. {syncs} meanwhile, {} bytes.",
            self.time(),
            thousands(bytes)
        ))
    }

    fn go_through(&mut self, planner: Who, session: RecordId, killed: Option<Who>) -> Result<(), Trouble> {
        self.both_check_in(CheckInMoment::Arrival, session)?;
        self.meet()?;
        let (first, second) = (planner.other(), planner);
        let steps = self.phone(first).vault.sessions().read(&session)?.steps;
        for (at, step) in steps.iter().enumerate() {
            // Whoever is nearer to their phone taps.
            let who = if at % 2 == 0 { first } else { second };
            let sessions = self.phone(who).vault.sessions();
            if at > 0 && self.dice.once_in(5) {
                sessions.step(&session, step.id, StepVerb::Skip)?;
            } else {
                sessions.step(&session, step.id, StepVerb::Start)?;
                if at == 0 && killed == Some(who) {
                    self.kill_amid(who, session)?;
                }
                self.pass(i64::from(step.minutes));
                let sessions = self.phone(who).vault.sessions();
                if self.dice.once_in(4) {
                    sessions.step(&session, step.id, StepVerb::Extend { minutes: 5 })?;
                    self.pass(5);
                }
                sessions.step(&session, step.id, StepVerb::Done)?;
            }
            self.meet()?;
        }
        let ended = self.phone(planner).vault.sessions().end(&session)?;
        self.meet()?;
        let there = self.phone(first).vault.sessions().read(&session)?;
        let done = |view: &SessionView| view.steps.iter().filter(|step| step.state == StepState::Done).count();
        self.claim(
            format_args!(
                "at {} the session has ended on both phones, with {} done",
                self.time(),
                counted(done(&ended) as u64, "step", "steps")
            ),
            there.state == SessionState::Ended && (done(&there), there.ended_ms) == (done(&ended), ended.ended_ms),
        )?;
        self.pass(5);
        self.both_check_in(CheckInMoment::Closing, session)?;
        self.meet()?;
        self.last_session = Some(session);
        Ok(())
    }

    /// A phone's system ends the app while a timer runs.
    fn kill_amid(&mut self, who: Who, session: RecordId) -> Result<(), Trouble> {
        self.pass(1);
        let before = self.phone(who).vault.sessions().read(&session)?;
        self.phone_mut(who).reopen()?;
        self.pass(1);
        let after = self.phone(who).vault.sessions().read(&session)?;
        let (name, ran, runs) = (self.phone(who).name, &before.steps[0], &after.steps[0]);
        self.claim(
            format_args!("{name}'s app was ended and opened again, and the timer ran on"),
            runs.state == StepState::Running
                && runs.spent_ms == ran.spent_ms + 60_000
                && runs.ends_at_ms == ran.ends_at_ms,
        )
    }
}
