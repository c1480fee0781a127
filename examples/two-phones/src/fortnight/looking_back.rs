//! What happened, in figures: too early to tell at first, of one's own at the end, of both with a yes of each.

use nightstand::insights::{CountedMoment, Figure, Insight, InsightOf, InsightSpan, InsightView, Level};

use super::tell::OFFSET_SECONDS;
use super::{Story, Who};
use crate::Trouble;

const MORNINGS: Insight = Insight::ByMonth { level: Level::Closeness, moment: CountedMoment::NextMorning };

const CHANGE: Insight = Insight::Change { level: Level::Calm, until: CountedMoment::Closing };

impl Story {
    pub(super) fn too_early_to_tell(&mut self) -> Result<(), Trouble> {
        let seen = self.insight(Who::Alex, MORNINGS, InsightOf::Me)?;
        self.tell_insight(&seen)?;
        let early = matches!(seen.whole, Figure::TooEarly { n: Some(n) } if n < 5);
        self.claim("from so few mornings there is no figure", early)
    }

    pub(super) fn look_back(&mut self) -> Result<(), Trouble> {
        self.say("Alex looks at what happened, on Alex's own phone:")?;
        for insight in [Insight::HowOften, MORNINGS, CHANGE] {
            let seen = self.insight(Who::Alex, insight, InsightOf::Me)?;
            self.tell_insight(&seen)?;
            let sessions = self.figures.written_of("sessions");
            let Figure::Known(known) = seen.whole else {
                return Err("after five evenings and more a figure is still missing".into());
            };
            let between = match (known.low, known.high) {
                (Some(low), Some(high)) => low <= known.value && known.value <= high,
                _ => insight == Insight::HowOften,
            };
            self.claim(
                if insight == Insight::HowOften {
                    "the count is of every session"
                } else {
                    "the figure says on how many times it rests, and how sure it is"
                },
                u64::from(known.n) == sessions && between,
            )?;
        }
        self.of_both(false, "without a yes of Sam there is no figure of both")?;
        for who in [Who::Alex, Who::Sam] {
            self.phone(who).vault.insights().set_consent(true)?;
            self.figures.wrote("yeses to being counted", true);
        }
        self.meet()?;
        self.of_both(true, "both say yes to being counted, and there is a figure of both")?;
        self.sam.vault.insights().set_consent(false)?;
        self.meet()?;
        self.of_both(false, "Sam takes the yes back, and it is gone from Alex's phone")
    }

    fn of_both(&mut self, known: bool, words: &str) -> Result<(), Trouble> {
        let seen = self.insight(Who::Alex, MORNINGS, InsightOf::Both)?;
        self.tell_insight(&seen)?;
        let fits = match seen.whole {
            Figure::Known(figure) => known && figure.n >= 10 && figure.n.is_multiple_of(5) && figure.low.is_some(),
            Figure::TooEarly { n } => !known && n.is_none(),
        };
        self.claim(words, fits)
    }

    fn insight(&self, who: Who, insight: Insight, of: InsightOf) -> Result<InsightView, Trouble> {
        let span = InsightSpan { from_ms: self.begins_ms, before_ms: self.now_ms + 1, offset_seconds: OFFSET_SECONDS };
        Ok(self.phone(who).vault.insights().read(insight, of, &span)?)
    }

    fn tell_insight(&self, seen: &InsightView) -> Result<(), Trouble> {
        let spoken = seen.spoken(&self.texts)?;
        self.shows(format_args!("{}. {}.", spoken.title.text, spoken.summary.text))
    }
}
