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
use crate::journal::editor::delta::{Delta, First};
use crate::records::{self, Name, RecordId};
use crate::store::{Rows, StoreTx};

const BACK: &str = "back:";
const ASIDE: &str = "aside:";

/// Between texts that were given back, and what was typed.
const BETWEEN: &str = "\n\n";

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

    /// What was typed, with what came to the draft since the text field was filled.
    pub(super) fn draft_with(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        typed: &str,
        since: &str,
    ) -> Result<String, NightstandError> {
        let kept = sealed::kept(rows, self.private, Some(id), usize::MAX)?;
        Ok(both(since, &self.drafted(rows, id, &kept)?.text, typed))
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
            record.set(sealed::BOND, Some(self.bond_mark()));
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
            record.set(sealed::BOND, Some(self.bond_mark()));
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
        let typed = typed(&record);
        let mut parts: Vec<&str> = Vec::new();
        // Where another device gave a text back as well, it may be in what was typed since.
        for part in given_back.filter(|part| !typed.contains(part)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
        parts.extend(Some(typed).filter(|typed| !typed.is_empty()));
        Ok(Drafted { text: parts.join(BETWEEN), aside: marked(ASIDE) })
    }
}

/// What two screens made of a text, `since` which they were drawn: what stands `here`, and what was `typed` on the other.
fn both(since: &str, here: &str, typed: &str) -> String {
    if since == here || typed.contains(here) {
        return typed.into();
    }
    if since.is_empty() && !typed.is_empty() {
        return format!("{here}{BETWEEN}{typed}");
    }
    let [since, mut here, typed] = [since, here, typed].map(|text| text.encode_utf16().collect::<Vec<_>>());
    let came = Delta::between(&since, &here);
    for splice in Delta::between(&since, &typed).past(&came, First::Theirs).splices() {
        here.splice(splice.at..splice.at + splice.gone, splice.put.iter().copied());
    }
    String::from_utf16_lossy(&here)
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

#[cfg(test)]
mod tests {
    use super::both;
    use proptest::prelude::*;

    #[test]
    fn what_came_meanwhile_stays_with_what_was_typed() {
        for (since, here, typed, expected) in [
            ("", "", "I listen", "I listen"),
            ("I listen", "I listen", "", ""),
            ("", "Given back.", "Anew.", "Given back.\n\nAnew."),
            ("I lis", "Given back.\n\nI lis", "I listen", "Given back.\n\nI listen"),
            ("I lis", "Given back.\n\nI lis", "", "Given back.\n\n"),
            ("the rain", "the rain, and you", "in the rain", "in the rain, and you"),
            ("🫖🫖", "🫖🫖🕯️", "🫖", "🫖🕯️"),
            // A field that does not say what it kept before.
            ("", "I lis", "I listen", "I listen"),
        ] {
            assert_eq!(both(since, here, typed), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_came_is_gone(since in "[a-c🫖 ]{0,12}", came in "[A-C🕯]{1,6}", typed in "[a-c🫖 ]{0,12}") {
            for here in [format!("{came}\n\n{since}"), format!("{since}{came}")] {
                prop_assert!(both(&since, &here, &typed).contains(&came));
            }
            prop_assert_eq!(both(&since, &since, &typed), typed);
        }
    }
}
