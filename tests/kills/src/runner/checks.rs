//! What is looked at after a kill, and after the sync that follows it.

use std::time::{Duration, Instant};

use nightstand_engine::vector::VersionVector;

use super::Runner;
use crate::Trouble;
use crate::couple::NAMES;
use crate::file::{self, Inside};
use crate::hand::Hand;
use crate::options::keychain;
use crate::protocol::Sum;

impl Runner {
    pub(super) fn look_after(&mut self, victim: usize, killed: Instant) -> Result<(), Trouble> {
        if self.options.lose_on_purpose {
            let kept = self.path(&format!("kept {victim}.db"));
            let lies = self.couple()?.file(victim);
            file::copy(&kept, &lies)?;
        }
        // The file as the kill has left it, before anybody else opens it.
        self.check_file(victim)?;
        let inside = [self.inside(0)?, self.inside(1)?];
        let couple = self.couple.as_mut().ok_or("there is no couple")?;
        for phone in [0, 1] {
            let (name, handed) = (NAMES[phone], couple.ledgers[1 - phone].handed_over);
            let (now, known) = (&inside[phone], &self.known[phone]);
            let mut lost = |what: &str| self.report.losses.push(format!("on {name}'s phone: {what}"));
            if !covers(&now.vector, &known.vector) {
                lost("logs end before what was there when the phones were last at rest");
            }
            if now.received < known.received + handed {
                let (known, now) = (known.received, now.received);
                lost(&format!("of {known} and {handed} log entries that it had acknowledged {now} are there"));
            }
            if !inside[1 - phone].agreed.iter().all(|agreed| covers(&now.vector, agreed)) {
                lost("what the two had agreed that both have");
            }
            self.report.handed_over += handed;
        }
        self.report.slowest_opening = self.report.slowest_opening.max(couple.open(victim)?);
        for phone in [0, 1] {
            let hand = Hand::of(NAMES[phone]);
            let ids = couple.ledgers[phone].ids();
            let texts = couple.texts(phone, ids)?;
            self.report.found(couple.ledgers[phone].check(hand, &texts, killed));
            couple.ledgers[phone].settle(hand, &texts);
        }
        self.known = inside;
        Ok(())
    }

    pub(super) fn check_file(&mut self, phone: usize) -> Result<(), Trouble> {
        let copy = self.path("copy.db");
        self.couple()?.copy_file(phone, &copy)?;
        if self.options.damage_on_purpose {
            file::damage(&copy)?;
        }
        let faults = file::faults(&copy, &keychain(NAMES[phone]).0)?;
        self.report.checks += 1;
        self.report.faults.extend(faults.into_iter().map(|fault| format!("{}'s file: {fault}", NAMES[phone])));
        Ok(())
    }

    fn inside(&mut self, phone: usize) -> Result<Inside, Trouble> {
        let copy = self.path("copy.db");
        self.couple()?.copy_file(phone, &copy)?;
        file::inside(&copy, &keychain(NAMES[phone]).0)
    }

    pub(super) fn know(&mut self) -> Result<(), Trouble> {
        self.known = [self.inside(0)?, self.inside(1)?];
        Ok(())
    }

    /// The next sync, after which both hold the same: how long it took.
    pub(super) fn level(&mut self, expected: Option<Sum>) -> Result<Duration, Trouble> {
        if !self.report.is_good() {
            // Whatever is missing is told; the next kill begins with phones that have everything.
            self.restore()?;
            let took = self.sync(0)?;
            return self.know().map(|()| took);
        }
        let caller = self.dice.below(2) as usize;
        let took = self.sync(caller)?;
        let couple = self.couple()?;
        let sums = [couple.sum(0)?, couple.sum(1)?];
        self.know()?;
        let mut bad = |what: &str| self.report.faults.push(format!("after the next sync {what}"));
        if sums[0] != sums[1] {
            bad("the phones hold different documents");
        }
        if self.known[0].vector != self.known[1].vector {
            bad("the phones have different entries of logs");
        }
        if expected.is_some_and(|expected| expected != sums[0]) {
            bad("the diary is another");
        }
        self.report.syncs += u32::from(self.report.is_good());
        Ok(took)
    }
}

/// Does somebody who is here have everything that was there?
fn covers(here: &VersionVector, there: &VersionVector) -> bool {
    there.iter().all(|(log, position)| match here.get(log) {
        Some(here) => here.count > position.count || here == *position,
        None => false,
    })
}
