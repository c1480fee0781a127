//! Do both phones show the same, and did anything private leave one?

use std::collections::BTreeSet;

use super::figures::PhoneFigures;
use super::{Story, Who};
use crate::Trouble;
use crate::canaries::{Canaries, Search};
use crate::leaks;
use crate::protocol::Closed;
use crate::screen::{self, counted, thousands};

impl Story {
    /// In the middle of it all: both apps are closed, what was sent and both files are searched, and both are opened again.
    pub(super) fn nothing_private_is_elsewhere(&mut self, words: &str) -> Result<(), Trouble> {
        for phone in [&self.alex, &self.sam] {
            phone.vault.close()?;
        }
        let (leaked, _) = self.look_for_leaks()?;
        self.alex.reopen()?;
        self.sam.reopen()?;
        self.claim_nothing_leaked(words, &leaked)
    }

    /// What leaked is shown, before the claim that nothing did ends the story.
    pub(super) fn claim_nothing_leaked(&mut self, words: &str, leaked: &BTreeSet<String>) -> Result<(), Trouble> {
        leaked.iter().take(10).try_for_each(|phrase| self.shows(phrase))?;
        self.claim(words, leaked.is_empty())
    }

    /// What each phone holds, and whether it is the same.
    pub(super) fn part(&mut self) -> Result<(), Trouble> {
        self.meet_until_quiet()?;
        for who in [Who::Alex, Who::Sam] {
            let figures = PhoneFigures::of(self.phone(who))?;
            self.figures.phones.push(figures);
        }
        let [alex, sam] = &self.figures.phones[..] else { return Err("there are two phones".into()) };
        self.figures.converged =
            alex.shared_documents > 0 && (alex.shared_documents, &alex.digest) == (sam.shared_documents, &sam.digest);
        let (documents, same) = (alex.shared_documents, self.figures.converged);
        let shared = counted(documents, "shared document", "shared documents");
        self.claim(format_args!("both phones hold the same {shared}: their digests are equal"), same)
    }

    /// After the vaults are closed: how long the files are, and what is where it must not be. The answer is what a key file
    /// says of each.
    pub(super) fn close(&mut self) -> Result<([Closed; 2], BTreeSet<String>), Trouble> {
        for at in 0..2 {
            let phone = [&self.alex, &self.sam][at];
            phone.vault.close()?;
            self.figures.phones[at].file_bytes = phone.file_bytes()?;
            let figures = &self.figures.phones[at];
            screen::prose(format_args!(
                "{}'s phone: {}, {} bytes on disk.",
                phone.name,
                figures.told(),
                thousands(figures.file_bytes)
            ))?;
        }
        let (leaked, [alex, sam]) = self.look_for_leaks()?;
        self.figures.private_sought = alex.private.len() + sam.private.len();
        self.figures.private_leaked = leaked.len();
        Ok(([self.alex.closed(alex)?, self.sam.closed(sam)?], leaked))
    }

    /// The private phrases that were sent, or that the other's file holds; and all that were looked for.
    fn look_for_leaks(&self) -> Result<(BTreeSet<String>, [Canaries; 2]), Trouble> {
        let (alex, sam) = (self.alex.canaries()?, self.sam.canaries()?);
        let mut leaked = BTreeSet::new();
        for (phone, own, partners) in [(&self.alex, &alex, &sam), (&self.sam, &sam, &alex)] {
            let file = phone.closed_file()?;
            leaked.extend(leaks::leaked(leaks::search(&phone.sent, &file, own, partners)?, own, partners)?);
            let mut at_home = Search::new(&own.private);
            file.search(&mut [&mut at_home])?;
            let (seen, of) = (at_home.found().len(), own.private.len());
            // What was written over or taken out again is in no file any more.
            if seen * 10 < of * 9 {
                return Err(
                    format!("the search is blind: in {}'s own file it saw {seen} of {of} phrases", phone.name).into()
                );
            }
        }
        Ok((leaked, [alex, sam]))
    }
}
