//! What one writes before one seals, and what was sealed and is not any more. All of it is one's own.
//!
//! The record of the draft has what was typed as its text, and as marks which sealed texts stand in front of it, since they were
//! taken back, and which were not chosen. A text is named there and not written anew: two own devices that take the same one back
//! at once give it back once, and of two texts both are there.

use std::collections::BTreeSet;

use super::couple::Couple;
use super::round::{Seal, Side};
use super::{MOST_ASKED_BYTES, SealedText, sealed};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::records::{self, Name, RecordId};
use crate::store::{Rows, StoreTx};

const BACK: &str = "back:";
const ASIDE: &str = "aside:";

/// What a round has of one's own beside what is sealed.
pub(super) struct Drafted {
    pub(super) text: String,
    aside: BTreeSet<RecordId>,
}

impl Drafted {
    /// Of the texts that were sealed, those that are not chosen, and that are nowhere else: a lock may have chosen as well.
    pub(super) fn set_aside(
        &self,
        kept: &[(RecordId, Record)],
        me: &Side,
        choices: &[SealedText],
        (counts, shown): (Option<&Seal>, Option<&str>),
    ) -> Vec<SealedText> {
        let standing: BTreeSet<_> = me.standing().iter().map(|seal| seal.id).collect();
        let shows: BTreeSet<_> = choices.iter().map(|one| one.seal).chain(counts.map(|seal| seal.id)).collect();
        let is_aside = |id: &RecordId| (self.aside.contains(id) || standing.contains(id)) && !shows.contains(id);
        let is_new = |text: &str| !text.is_empty() && text != self.text && Some(text) != shown;
        let texts = kept.iter().filter(|(id, record)| is_aside(id) && is_new(&record.text));
        texts.map(|(id, record)| SealedText::of(*id, record)).collect()
    }
}

impl Couple {
    fn draft_name(&self, id: &RecordId) -> Name<'static> {
        Name { what: sealed::DRAFT, id: *id, place: self.private }
    }

    /// What was asked is kept with it, so that it says to what it was written when the round is gone. It takes the place of all
    /// that stood there: what was given back and has not come to this device yet was on no screen, and stays.
    pub(super) fn keep_draft(
        &self,
        tx: &mut StoreTx<'_>,
        id: &RecordId,
        text: &str,
        asked: &str,
    ) -> Result<(), NightstandError> {
        let name = self.draft_name(id);
        if text.is_empty() && records::read(&tx.rows(), &name)?.is_none() {
            return Ok(());
        }
        let here = sealed::kept(&tx.rows(), self.private, Some(id), usize::MAX)?;
        let here: BTreeSet<_> = here.into_iter().map(|(seal, _)| format!("{BACK}{seal}")).collect();
        records::write(tx, &name, |record| {
            text.clone_into(&mut record.text);
            record.set(sealed::ASKED, Some(asked).filter(|asked| !text.is_empty() && asked.len() <= MOST_ASKED_BYTES));
            record.marks.retain(|mark| !here.contains(mark));
            Ok(())
        })
    }

    /// Withdraws what stands, and gives the texts back to the draft, in front of what was written there since.
    pub(super) fn drop_seals(&self, tx: &mut StoreTx<'_>, id: &RecordId, me: &Side) -> Result<(), NightstandError> {
        let standing = me.standing();
        for seal in &standing {
            sealed::withdraw(tx, self.shared.mine, id, seal, me.withdrawal(seal))?;
        }
        self.mark(tx, id, BACK, &standing)
    }

    /// Notes which texts were not chosen.
    pub(super) fn lay_aside(
        &self,
        tx: &mut StoreTx<'_>,
        id: &RecordId,
        others: &BTreeSet<Seal>,
    ) -> Result<(), NightstandError> {
        self.mark(tx, id, ASIDE, others)
    }

    fn mark(
        &self,
        tx: &mut StoreTx<'_>,
        id: &RecordId,
        how: &str,
        seals: &BTreeSet<Seal>,
    ) -> Result<(), NightstandError> {
        records::write(tx, &self.draft_name(id), |record| {
            record.marks.extend(seals.iter().map(|seal| format!("{how}{}", seal.id)));
            Ok(())
        })
    }

    /// Of what was `kept` of the texts that were sealed in this round.
    pub(super) fn drafted(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        kept: &[(RecordId, Record)],
    ) -> Result<Drafted, NightstandError> {
        let record = sealed::standing(rows, &self.draft_name(id))?.unwrap_or_default();
        let marked = |how| {
            record.marks.iter().filter_map(move |mark| mark.strip_prefix(how)?.parse().ok()).collect::<BTreeSet<_>>()
        };
        let back: BTreeSet<RecordId> = marked(BACK);
        let given_back = kept.iter().filter(|(id, _)| back.contains(id)).map(|(_, record)| record.text.as_str());
        let mut parts: Vec<&str> = Vec::new();
        for part in given_back.chain([typed(&record)]) {
            if !part.is_empty() && !parts.contains(&part) {
                parts.push(part);
            }
        }
        Ok(Drafted { text: parts.join("\n\n"), aside: marked(ASIDE) })
    }
}

/// Where devices wrote the same at once, it stands there as often as what was asked.
fn typed(record: &Record) -> &str {
    let times = record.values(sealed::ASKED).len().max(1);
    record.text_of_each(times).unwrap_or(&record.text)
}

impl SealedText {
    /// Of the record that has its text.
    pub(super) fn of(seal: RecordId, record: &Record) -> Self {
        Self { seal, at_ms: record.number("at").unwrap_or_default(), text: record.text.clone() }
    }
}
