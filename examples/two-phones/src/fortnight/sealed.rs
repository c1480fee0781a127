//! A sealed reflection: both write to one question, unseen. One withdraws while the other's phone has locked already; nobody
//! reads what was withdrawn, and in the end both open at once.

use nightstand::journal::Prompt;
use nightstand::records::RecordId;
use nightstand::together::reflections::ReflectionState::{self, Open, Opened, Sealed, Waiting};

use super::{Story, Who, words};
use crate::Trouble;

const QUESTION: &str = "first-minute";

impl Story {
    /// Alex asks, and seals.
    pub(super) fn ask_and_seal(&mut self) -> Result<RecordId, Trouble> {
        let question = self.text(&format!("ask-{QUESTION}"))?;
        self.say(format_args!("Alex asks both a question, to be answered unseen: “{question}”"))?;
        let reflections = self.alex.vault.reflections();
        let round = reflections.begin(&Prompt::Question(QUESTION.into()))?;
        let id = round.id;
        self.figures.wrote("questions to both", true);
        self.alex.keep(words::SEALED_WITHDRAWN);
        reflections.write_draft(&id, words::SEALED_WITHDRAWN, &round.draft)?;
        reflections.seal(&id, words::SEALED_WITHDRAWN, &round.hash)?;
        self.figures.wrote("sealed texts", false);
        self.meet()?;
        self.are(id, [Sealed, Open], "Alex's text is sealed, and on Sam's phone nothing tells so")?;
        Ok(id)
    }

    /// Sam's phone has Alex's seal, and so it locks.
    pub(super) fn sam_seals(&mut self, id: RecordId) -> Result<(), Trouble> {
        self.sam.keep(words::SEALED_SAM);
        let reflections = self.sam.vault.reflections();
        reflections.seal(&id, words::SEALED_SAM, &reflections.read(&id)?.hash)?;
        self.figures.wrote("sealed texts", false);
        self.are(id, [Sealed, Waiting], "Sam seals as well; Alex's phone, far away, has not heard of it")
    }

    /// Alex has not heard that Sam has sealed.
    pub(super) fn alex_withdraws(&mut self, id: RecordId) -> Result<(), Trouble> {
        let view = self.alex.vault.reflections().withdraw(&id)?;
        self.say("Alex takes the sealed text back, to think about it once more.")?;
        self.claim(
            "it is a draft again, on Alex's phone alone",
            view.state == Open && view.draft == words::SEALED_WITHDRAWN,
        )
    }

    /// The withdrawal and Sam's lock have met.
    pub(super) fn withdrawal_holds(&mut self, id: RecordId) -> Result<(), Trouble> {
        self.are(id, [Open, Sealed], "the withdrawal holds, though Sam's phone had locked")?;
        let mut texts = Vec::new();
        for who in [Who::Alex, Who::Sam] {
            texts.push(self.phone(who).vault.reflections().read(&id)?.theirs);
        }
        self.claim("neither phone shows the other's text", texts == [None, None])?;
        self.nothing_private_is_elsewhere("neither text was in anything sent, nor is it in the other's file")
    }

    pub(super) fn both_open(&mut self, id: RecordId) -> Result<(), Trouble> {
        let reflections = self.alex.vault.reflections();
        reflections.seal(&id, words::SEALED_ALEX, &reflections.read(&id)?.hash)?;
        self.figures.wrote("sealed texts", true);
        self.meet_until_quiet()?;
        self.sam.no_secret(words::SEALED_SAM);
        // Sam's text, counted when it was kept, is read by both from here on.
        self.figures.written.entry("sealed texts").or_default().shared += 1;
        self.are(id, [Opened; 2], "Alex seals other words, and both texts open, on both phones")?;
        let (alex, sam) = (self.alex.vault.reflections().read(&id)?, self.sam.vault.reflections().read(&id)?);
        for (name, text) in [("Alex", &sam.theirs), ("Sam", &alex.theirs)] {
            let text = text.as_deref().unwrap_or_default().split(" (canary").next().unwrap_or_default();
            self.shows(format_args!("{name}: “{text}”"))?;
        }
        let (first, second) = (Some(words::SEALED_ALEX), Some(words::SEALED_SAM));
        let as_sealed = (alex.mine.as_deref(), alex.theirs.as_deref()) == (first, second)
            && (sam.mine.as_deref(), sam.theirs.as_deref()) == (second, first);
        self.claim("each reads what the other sealed, to the letter, and not what was withdrawn", as_sealed)
    }

    /// As Alex's phone sees it, and as Sam's does.
    fn are(&mut self, id: RecordId, states: [ReflectionState; 2], words: &str) -> Result<(), Trouble> {
        let mut seen = Vec::new();
        for who in [Who::Alex, Who::Sam] {
            seen.push(self.phone(who).vault.reflections().read(&id)?.state);
        }
        self.claim(words, seen == states)
    }
}
