//! An agreement: proposed, put in other words, accepted, withdrawn while apart, accepted again.

use nightstand::records::RecordId;
use nightstand::together::agreements::AgreementState::{self, ForMe, Holds, Proposed};

use super::{Story, Who, words};
use crate::Trouble;

impl Story {
    /// Alex proposes, Sam puts it in other words, Alex accepts those.
    pub(super) fn agree(&mut self) -> Result<RecordId, Trouble> {
        let first = self.alex.vault.agreements().propose(&words::phones_away())?;
        self.figures.wrote("wordings of agreements", true);
        self.meet()?;
        self.say(format_args!("Alex proposes: “{}”", words::phones_away().text))?;
        self.stands(first.id, [Proposed, ForMe], "it waits for Sam, and holds nothing yet")?;
        self.sam.vault.agreements().reword(&first.id, &words::phones_away_reworded())?;
        self.figures.wrote("wordings of agreements", true);
        self.meet()?;
        self.say(format_args!("Sam puts it in other words: “{}”", words::phones_away_reworded().text))?;
        self.stands(first.id, [AgreementState::Apart; 2], "each accepts another wording, so neither holds")?;
        self.accept(Who::Alex, first.id)?;
        self.meet()?;
        self.stands(first.id, [Holds; 2], "Alex accepts Sam's words, and they hold on both phones")?;
        Ok(first.id)
    }

    /// Alone, at once, and without a reason.
    pub(super) fn withdraw_agreement(&mut self, id: RecordId) -> Result<(), Trouble> {
        self.alex.vault.agreements().withdraw(&id)?;
        self.say("Alex withdraws the agreement on phones, alone and without a reason.")?;
        self.stands(id, [ForMe, Holds], "on Alex's phone it holds no more; Sam's has not heard of it")
    }

    pub(super) fn agree_again(&mut self, id: RecordId) -> Result<(), Trouble> {
        self.accept(Who::Alex, id)?;
        self.meet()?;
        self.stands(id, [Holds; 2], "Alex accepts the same words again, and they hold again")
    }

    pub(super) fn withdrawal_arrived(&mut self, id: RecordId) -> Result<(), Trouble> {
        self.stands(id, [ForMe, Proposed], "the agreement that Alex withdrew holds on neither phone")
    }

    /// Accepts the wording that the partner accepts, as it is shown.
    fn accept(&mut self, who: Who, id: RecordId) -> Result<(), Trouble> {
        let agreements = self.phone(who).vault.agreements();
        let view = agreements.read(&id)?;
        let shown = view.proposals.iter().find(|proposal| proposal.theirs).ok_or("there is no wording to accept")?;
        agreements.accept(&id, &shown.id, &shown.hash)?;
        Ok(())
    }

    /// As Alex's phone sees it, and as Sam's does.
    fn stands(&mut self, id: RecordId, states: [AgreementState; 2], words: &str) -> Result<(), Trouble> {
        let mut seen = Vec::new();
        for who in [Who::Alex, Who::Sam] {
            seen.push(self.phone(who).vault.agreements().read(&id)?.state);
        }
        self.claim(words, seen == states)
    }
}
