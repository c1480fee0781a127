//! Three days in two places: both write, neither phone hears of the other; and what came of it when they meet.

use nightstand::care::Whose;
use nightstand::care::signals::{Signal, SignalKind, SignalView};

use super::{Story, Who};
use crate::Trouble;
use crate::phone::pages;
use crate::protocol::{Page, PageSpace};
use crate::screen::counted;
use crate::story;

impl Story {
    /// Signals of an ordinary day: as many as chance has, of either.
    pub(super) fn signals_of_the_day(&mut self) -> Result<(), Trouble> {
        let many = self.dice.below(3);
        for kind in self.dice.some_of(SignalKind::ALL, many) {
            let who = self.dice.pick(&[Who::Alex, Who::Sam]);
            self.phone(who).vault.signals().send(&Signal::Listed(kind), None)?;
            self.figures.wrote("signals", true);
            let told = self.text(&format!("signal-{}", kind.name()))?;
            self.say(format_args!("{} {} taps “{told}”.", self.time(), self.phone(who).name))?;
            self.pass(40);
        }
        Ok(())
    }

    pub(super) fn write_apart(&mut self) -> Result<(), Trouble> {
        self.say(
            "Alex is on a train, and then in another town, for three days. There is no network to speak of. Both write; what \
             each writes stays with them until the phones meet.",
        )?;
        self.write(Who::Alex, &story::alex_apart())?;
        self.write(Who::Sam, &story::sam_apart())
    }

    pub(super) fn write(&mut self, who: Who, written: &[Page]) -> Result<(), Trouble> {
        pages::write(&self.phone(who).vault, written)?;
        written.iter().for_each(|page| self.figures.wrote("journal entries", page.space != PageSpace::Private));
        Ok(())
    }

    /// Both change one page, and Alex takes another one back.
    pub(super) fn change_apart(&mut self) -> Result<(), Trouble> {
        self.say(format_args!(
            "Both add to “{}”. Alex would rather keep “{}” after all, and goes on with “{}” without sharing that.",
            story::JOINT,
            story::TAKEN_BACK,
            story::DRAFTED
        ))?;
        pages::edit(&self.alex.vault, story::JOINT, story::ALEX_IN_JOINT)?;
        pages::edit(&self.sam.vault, story::JOINT, story::SAM_IN_JOINT)?;
        pages::edit(&self.alex.vault, story::DRAFTED, story::DRAFT)?;
        let document = pages::take_back(&self.alex.vault, story::TAKEN_BACK)?;
        self.alex.taken_back.extend(document);
        let thought = Signal::Listed(SignalKind::ThinkingOfYou);
        self.alex.vault.signals().send(&thought, None)?;
        self.figures.wrote("signals", true);
        let told = self.text("signal-thinking-of-you")?;
        let heard = self.sam.vault.signals().list()?.live.iter().any(|it| it.signal == thought);
        self.claim(format_args!("Alex taps “{told}”, and it waits in Alex's phone"), !heard)
    }

    /// What each wrote alone has come together.
    pub(super) fn come_together(&mut self) -> Result<(), Trouble> {
        let body = |who: Who| -> Result<String, Trouble> {
            let vault = &self.phone(who).vault;
            Ok(vault.journal().read(&pages::find(vault, story::JOINT)?)?.entry.body.to_markdown())
        };
        let (alex, sam) = (body(Who::Alex)?, body(Who::Sam)?);
        let merged = alex == sam && story::ADDED_TO_JOINT.iter().all(|(_, added)| alex.contains(added));
        self.claim(format_args!("“{}” has what both added, and reads the same on both phones", story::JOINT), merged)?;
        let kept = pages::look_for(&self.alex.vault, story::TAKEN_BACK)?.is_some()
            && pages::look_for(&self.sam.vault, story::TAKEN_BACK)?.is_none();
        self.claim(format_args!("“{}” is on Alex's phone alone", story::TAKEN_BACK), kept)?;
        let list = self.sam.vault.signals().list()?;
        let thought = Signal::Listed(SignalKind::ThinkingOfYou);
        let alexs = |it: &&SignalView| it.whose == Whose::Partner && it.signal == thought;
        let (live, earlier) = (list.live.iter().filter(alexs).count(), list.earlier.iter().filter(alexs).count());
        let word = self.text("signal-earlier")?;
        self.claim(
            format_args!("the thought of two days ago came too late to count, and stands under “{word}”"),
            (live, earlier) == (0, 1),
        )?;
        let entries = self.alex.vault.journal().count(&nightstand::journal::RowsQuery::default())?;
        self.say(format_args!("Alex's journal has {}.", counted(entries, "entry", "entries")))
    }
}
