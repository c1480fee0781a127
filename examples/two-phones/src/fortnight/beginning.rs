//! The first two days: what each wants, side by side; something of their own, a ritual, songs, a question talked through.

use nightstand::care::sessions::StepDraft;
use nightstand::care::signals::{Signal, SignalKind};
use nightstand::care::{Side, Standing};
use nightstand::records::{Audience, RecordId};
use nightstand::together::rituals::RitualDraft;
use nightstand::together::ticks::{Tick, TickOf};

use super::{Story, Who, words};
use crate::Trouble;
use crate::phone::{pages, preferences};
use crate::protocol::PageSpace;
use crate::screen::{self, counted};
use crate::{story, wants};

/// Where Alex has a boundary that nobody else knows of.
const ALEX_KEEPS: (&str, &str) = ("bath", "stance/bath/together/vulnerable");

impl Story {
    /// The journals that each has kept before: what is private, or the rest.
    pub(super) fn write_samples(&mut self, private: bool) -> Result<(), Trouble> {
        for (who, pages) in [Who::Alex, Who::Sam].into_iter().zip(story::samples()?) {
            let pages: Vec<_> =
                pages.into_iter().filter(|page| (page.space == PageSpace::Private) == private).collect();
            pages::write(&self.phone(who).vault, &pages)?;
            pages.iter().for_each(|page| self.figures.wrote("journal entries", page.space != PageSpace::Private));
        }
        Ok(())
    }

    pub(super) fn say_what_they_want(&mut self) -> Result<(), Trouble> {
        self.say("Each says what they want in the time after, and shares it. Each keeps one boundary to themself.")?;
        for (who, said) in [Who::Alex, Who::Sam].into_iter().zip(story::wants()) {
            for said in [said, words::more_wants(who)] {
                preferences::say(&self.phone(who).vault, &said)?;
                said.iter().for_each(|said| self.figures.wrote("preferences", said.shared));
            }
        }
        self.meet()?;
        let known = preferences::known(&self.alex.vault)?;
        screen::line(wants::table("Alex", "Sam", &known).trim_end())?;
        let of_sam = preferences::known(&self.sam.vault)?.partners;
        let knows = of_sam.iter().any(|said| said.item == ALEX_KEEPS.1);
        self.claim("Sam's phone does not know of the boundary that Alex keeps", !knows && !of_sam.is_empty())
    }

    pub(super) fn side_by_side(&mut self) -> Result<(), Trouble> {
        let [alex, sam] = [&self.alex, &self.sam].map(|phone| phone.vault.preferences().side_by_side());
        let (alex, sam) = (alex?, sam?);
        for standing in Standing::ALL {
            let rows = alex.activities.iter().filter(|row| row.standing == *standing);
            let mut titles = rows.map(|row| self.title(Who::Alex, &row.activity)).collect::<Result<Vec<_>, _>>()?;
            titles.dedup();
            let head = self.text(&format!("side-by-side-{}", standing.name()))?;
            if !titles.is_empty() {
                self.shows(format_args!("{head}: {}", titles.join(", ")))?;
            }
        }
        let mirrored = alex.activities.iter().all(|row| {
            sam.activities.iter().any(|other| {
                let same = (&other.activity, other.condition, other.standing);
                same == (&row.activity, row.condition, row.standing) && other.way == row.way.seen_by_partner()
            })
        });
        self.claim(
            "side by side, both phones show the same",
            mirrored && alex.activities.len() == sam.activities.len(),
        )?;
        let told = alex.activities.iter().chain(&sam.activities).any(|row| row.activity == ALEX_KEEPS.0);
        self.claim("and what is kept is in neither view", !told)
    }

    /// Something that no catalogue has, and a ritual with it.
    pub(super) fn make_a_ritual(&mut self) -> Result<(RecordId, String), Trouble> {
        let tea = self.alex.vault.activities().add(Audience::Both, &words::tea())?;
        self.figures.wrote("own activities", true);
        self.meet()?;
        let step = |activity: &str, side, minutes| StepDraft { activity: activity.into(), side, minutes, way: None };
        let draft = RitualDraft {
            title: words::RITUAL.into(),
            situation: [].into(),
            steps: vec![
                step("water", Side::Receive, 2),
                step("breathing-together", Side::Together, 5),
                step(&tea.id, Side::Together, 10),
            ],
        };
        let ritual = self.sam.vault.rituals().add(Audience::Both, &draft)?;
        self.figures.wrote("rituals", true);
        self.meet()?;
        self.say(format_args!(
            "Alex adds an activity of their own, “{}”, and Sam makes it part of a ritual: “{}”, {} minutes.",
            tea.content.title,
            ritual.title,
            ritual.minutes()
        ))?;
        let seen = self.alex.vault.rituals().read(&ritual.id)?;
        let same = seen.steps.len() == 3 && seen.steps[0].side == Side::Give && seen.steps[2].activity == tea.id;
        self.claim("Alex's phone has the ritual, each step as Alex sees it", same)?;
        Ok((ritual.id, tea.id))
    }

    pub(super) fn collect_songs(&mut self) -> Result<(), Trouble> {
        let [first, second, asked] = words::songs();
        self.alex.vault.songs().add(Audience::Both, &first)?;
        self.sam.vault.songs().add(Audience::Both, &second)?;
        let asked = self.alex.vault.songs().ask(&asked)?;
        (0..3).for_each(|_| self.figures.wrote("songs", true));
        self.meet()?;
        let waiting = self.sam.vault.songs().list(None)?.len();
        self.sam.vault.songs().let_in(&asked.id)?;
        self.meet()?;
        let titles = |phone: &super::phone::Phone| -> Result<Vec<String>, Trouble> {
            Ok(phone.vault.songs().list(None)?.into_iter().map(|song| song.content.title).collect())
        };
        let (alex, sam) = (titles(&self.alex)?, titles(&self.sam)?);
        self.say(format_args!("Songs to come down to, one of them asked for and let in: {}.", alex.join(", ")))?;
        self.claim("the list is the same on both phones", waiting == 2 && alex.len() == 3 && alex == sam)
    }

    pub(super) fn talk_a_question_through(&mut self) -> Result<(), Trouble> {
        let question = self.dice.pick(&["enough-time", "quiet-or-talk", "easy-to-ask"]);
        let asked = self.text(&format!("ask-{question}"))?;
        self.say(format_args!("They talk a question through and tick it: “{asked}” Sam puts a card away."))?;
        self.sam.vault.ticks().tick(TickOf::Question, question, Audience::Both)?;
        self.sam.vault.ticks().tick(TickOf::Card, "how-we-ask", Audience::Me)?;
        self.figures.wrote("ticks", true);
        self.figures.wrote("ticks", false);
        self.meet()?;
        let ticked = self.alex.vault.ticks().list(TickOf::Question)?;
        let cards = self.alex.vault.ticks().list(TickOf::Card)?;
        self.claim(
            "the question is ticked on both phones, and the card is put away on Sam's alone",
            ticked == [Tick { id: question.into(), audience: Audience::Both }] && cards.is_empty(),
        )
    }

    /// One that counts, and fades.
    pub(super) fn a_signal_fades(&mut self) -> Result<(), Trouble> {
        let water = Signal::Listed(SignalKind::WaterPlease);
        self.sam.vault.signals().send(&water, None)?;
        self.figures.wrote("signals", true);
        self.meet()?;
        let told = self.text("signal-water-please")?;
        let live = self.alex.vault.signals().list()?.live;
        self.claim(
            format_args!("Sam taps “{told}”, and Alex's phone shows it"),
            live.iter().any(|it| it.signal == water),
        )?;
        self.pass(i64::from(water.lives_minutes()));
        let list = self.alex.vault.signals().list()?;
        let faded = !list.live.iter().any(|it| it.signal == water) && list.earlier.iter().any(|it| it.signal == water);
        self.claim(
            format_args!("{} later it has faded", counted(water.lives_minutes().into(), "minute", "minutes")),
            faded,
        )
    }
}
