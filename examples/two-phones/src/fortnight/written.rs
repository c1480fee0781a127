//! Pages that answer a question, or are about an evening.

use nightstand::journal::rich_text::RichText;
use nightstand::journal::{EntryDraft, Moment, Prompt, RowsQuery, Sharing};

use super::tell::OFFSET_SECONDS;
use super::{Story, words};
use crate::Trouble;
use crate::phone::pages;
use crate::story;

const QUESTION: &str = "good-ending";

impl Story {
    /// One that Alex keeps, and one that both write.
    pub(super) fn write_about_it(&mut self) -> Result<(), Trouble> {
        let asked = self.text(&format!("ask-{QUESTION}"))?;
        self.say(format_args!("Alex answers a question for nobody else: “{asked}” Sam begins a page for both."))?;
        let kept = EntryDraft {
            prompt: Some(Prompt::Question(QUESTION.into())),
            ..self.entry(words::PROMPTED_TITLE, words::PROMPTED_BODY)
        };
        self.alex.vault.journal().write(&kept, Sharing::Private)?;
        self.figures.wrote("journal entries", false);
        let both = EntryDraft { session: self.last_session, ..self.entry(words::JOINT_TITLE, words::JOINT_BODY) };
        self.sam.vault.journal().write(&both, Sharing::Joint)?;
        self.figures.wrote("journal entries", true);
        self.meet()?;
        let about = RowsQuery { session: self.last_session, ..RowsQuery::default() };
        let found = self.alex.vault.journal().rows(&about)?.rows;
        let titles: Vec<_> = found.iter().map(|row| row.title.as_str()).collect();
        self.claim(
            "Alex's phone finds the page of both by the evening that it is about",
            titles == [words::JOINT_TITLE],
        )?;
        let answers = RowsQuery { prompt: kept.prompt, ..RowsQuery::default() };
        let (mine, theirs) = (self.alex.vault.journal().count(&answers)?, self.sam.vault.journal().count(&answers)?);
        self.claim("what answers the question is found on Alex's phone, and not on Sam's", (mine, theirs) == (1, 0))
    }

    /// What must never happen, so that the check can show that it would notice.
    pub(super) fn leak(&mut self) -> Result<(), Trouble> {
        self.say(
            "As --leak-on-purpose asks, words that Alex wrote for nobody else now stand in a shared page. No app may let that \
             happen; the check below has to find them.",
        )?;
        pages::write(&self.alex.vault, &story::leak())?;
        self.figures.wrote("journal entries", true);
        self.meet()
    }

    fn entry(&self, title: &str, body: &str) -> EntryDraft {
        EntryDraft {
            title: title.into(),
            body: RichText::plain(body),
            when: Moment {
                utc_ms: self.now_ms,
                offset_seconds: Some(OFFSET_SECONDS),
                zone: Some("Europe/Amsterdam".into()),
            },
            ..EntryDraft::default()
        }
    }
}
