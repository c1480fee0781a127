//! What one wrote to questions with somebody who is one's partner no more.

use std::collections::BTreeSet;

use super::couple::Couple;
use super::{MOST_ROUNDS, Reflections, sealed};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::journal::Prompt;
use crate::records::{self, Name, Places, RecordId};
use crate::store::{Private, Records, Rows};
use nightstand_engine::ids::{PersonId, Place};

/// What one wrote in a round of a bond that is over. Whatever of it was sealed or opened, it is on one's own phones alone.
#[derive(Clone, PartialEq, Eq)]
pub struct FormerReflection {
    /// Which round it was.
    pub id: RecordId,
    /// What was asked; none if that is not known any more.
    pub prompt: Option<Prompt>,
    /// When the newest text was sealed, in milliseconds since 1970; none if none was.
    pub at_ms: Option<i64>,
    /// What was sealed, the newest first, and what was a draft.
    pub texts: Vec<String>,
}

impl Reflections {
    /// What one wrote with an earlier partner, the newest first, at most [`MOST_ROUNDS`]: it stays one's own. There may be no
    /// partner.
    ///
    /// Errors: `PrivateLocked`.
    pub fn former(&self) -> Result<Vec<FormerReflection>, NightstandError> {
        self.vault.read(|rows, person| {
            let mut found = former(rows, person, None)?;
            found.truncate(MOST_ROUNDS);
            Ok(found)
        })
    }

    /// Deletes what one wrote in such a round, on all phones of one's own.
    ///
    /// Errors: `NotFound`, also for a round with one's partner; `PrivateLocked`.
    pub fn delete_former(&self, id: &RecordId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let private = Places::of(&tx.rows(), tx.person())?.private;
            if former(&tx.rows(), tx.person(), Some(id))?.is_empty() {
                return Err(NightstandError::NotFound);
            }
            for (seal, _) in sealed::kept(&tx.rows(), private, Some(id), usize::MAX)? {
                records::bury(tx, &Name { what: sealed::SEALED, id: seal, place: private })?;
            }
            records::bury(tx, &Name { what: sealed::DRAFT, id: *id, place: private })
        })
    }
}

fn former(
    rows: &Rows<'_>,
    person: PersonId,
    round: Option<&RecordId>,
) -> Result<Vec<FormerReflection>, NightstandError> {
    if matches!(rows.private(), Private::Locked) {
        return Err(NightstandError::PrivateLocked);
    }
    let private = Places::of(rows, person)?.private;
    let present = match Couple::with(rows, person) {
        Ok(couple) => Some(couple),
        Err(NightstandError::NotPaired) => None,
        Err(error) => return Err(error),
    };
    let written = written(rows, private, round)?;
    let bond = present.as_ref().map(Couple::bond_mark);
    let says_so = |(id, record): &(RecordId, Record)| {
        (bond.is_some() && record.text_of(sealed::BOND) == bond.as_deref()).then_some(*id)
    };
    let of_bond: BTreeSet<_> = written.iter().filter_map(says_so).collect();
    let mut found: Vec<FormerReflection> = Vec::new();
    for (id, record) in written {
        let ours = present.as_ref().map_or(Ok(false), |couple| couple.is_ours(rows, &id))?;
        if ours || of_bond.contains(&id) {
            continue;
        }
        let at = found.iter().position(|one| one.id == id).unwrap_or_else(|| {
            found.push(FormerReflection { id, prompt: None, at_ms: None, texts: Vec::new() });
            found.len() - 1
        });
        let one = &mut found[at];
        one.prompt = one.prompt.take().or_else(|| record.text_of(sealed::ASKED).and_then(Prompt::of_saved));
        one.at_ms = one.at_ms.max(record.number("at"));
        if !record.text.is_empty() && !one.texts.contains(&record.text) {
            one.texts.push(record.text);
        }
    }
    found.retain(|one| !one.texts.is_empty());
    Ok(found)
}

/// All that one sealed, the newest first, and then what one drafted; each with its round.
fn written(
    rows: &Rows<'_>,
    private: Place,
    round: Option<&RecordId>,
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let of = |record: Record| Some((record.text_of("of")?.parse().ok()?, record));
    let sealed = sealed::kept(rows, private, round, usize::MAX)?.into_iter().filter_map(|(_, record)| of(record));
    let id = round.map(RecordId::to_string);
    let drafts = Records { what: sealed::DRAFT, id: id.as_deref(), place: Some(private), ..Records::default() };
    let drafts = records::named(rows.records(&drafts, usize::MAX)?).map(|(id, row)| (id, row.record));
    Ok(sealed.chain(drafts).collect())
}

/// Shows nothing of what somebody wrote.
impl core::fmt::Debug for FormerReflection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "FormerReflection({} texts)", self.texts.len())
    }
}

#[cfg(test)]
mod tests {
    use nightstand_engine::ids::{BondId, Space};

    use super::*;
    use crate::store::tests::{meet_own, paired, tell};
    use crate::store::{BondRow, BondState};

    #[test]
    fn what_was_written_with_somebody_before_is_ones_own_and_apart() {
        let (_phones, alex, _sam) = paired();
        let reflections = alex.reflections();
        let (question, words) = (Prompt::Question("first-minute".into()), Prompt::Words("What was good?".into()));
        let [sealed, drafted] = [&question, &words].map(|prompt| reflections.begin(prompt).unwrap());
        reflections.seal(&sealed.id, "I listen.", &sealed.hash).unwrap();
        reflections.write_draft(&drafted.id, "The window", "").unwrap();
        assert_eq!((reflections.list().unwrap().len(), reflections.former().unwrap()), (2, Vec::new()));
        assert_eq!(reflections.delete_former(&sealed.id), Err(NightstandError::NotFound));

        let bond = |bond: BondRow| alex.write(|tx| Ok(tx.put_bond(&bond)?)).unwrap();
        let before = alex.read(|rows, _| Ok(rows.bonds()?.remove(0))).unwrap();
        let anew = BondRow { bond: BondId::from_bytes([7; 16]), name: "Kim".into(), ..before.clone() };
        bond(BondRow { state: BondState::Parted, ..before });
        assert_eq!(reflections.list(), Err(NightstandError::NotPaired));
        assert_eq!(reflections.former().unwrap().len(), 2);
        bond(anew);

        assert!(reflections.list().unwrap().is_empty());
        assert_eq!(reflections.read(&sealed.id), Err(NightstandError::NotFound));
        let found = reflections.former().unwrap();
        let read: Vec<_> = found.iter().map(|one| (one.id, one.prompt.clone(), one.texts.join(", "))).collect();
        assert!(read.contains(&(sealed.id, Some(question.clone()), "I listen.".into())));
        assert!(read.contains(&(drafted.id, Some(words), "The window".into())));
        for one in found {
            reflections.delete_former(&one.id).unwrap();
        }
        assert!(reflections.former().unwrap().is_empty());
        assert_ne!(reflections.begin(&question).unwrap().id, sealed.id);
    }

    /// What was asked, and what was sealed, comes to another device later than what one writes: it is no former round.
    #[test]
    fn what_comes_before_its_round_is_with_whom_it_was_written() {
        for seals in [false, true] {
            let ([alex_phone, _sam_phone], alex, _sam) = paired();
            let other = alex_phone.another_device(1);
            let round = alex.reflections().begin(&Prompt::Question("first-minute".into())).unwrap();
            if seals {
                alex.reflections().seal(&round.id, "I listen.", &round.hash).unwrap();
            } else {
                alex.reflections().write_draft(&round.id, "I listen", "").unwrap();
            }
            tell(&alex, &other, |space| space == Space::Private);
            assert!(other.reflections().former().unwrap().is_empty());
            assert_eq!(other.reflections().delete_former(&round.id), Err(NightstandError::NotFound));
            meet_own(&alex, &other);
            assert!(other.reflections().former().unwrap().is_empty());
            assert_eq!(other.reflections().list().unwrap(), alex.reflections().list().unwrap());
        }
    }
}
