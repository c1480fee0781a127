//! The consent to be counted, which is not the one to be read.

use super::Insights;
use crate::docs::record::{Field, Record};
use crate::error::NightstandError;
use crate::records::{self, Name, Places, RecordId};
use crate::store::Rows;

use nightstand_engine::ids::Place;

/// The sort of record.
const COUNTED: &str = "counted";
const YES: &str = "yes";

impl Insights {
    /// Has this vault's person said yes to being counted?
    pub fn consent(&self) -> Result<bool, NightstandError> {
        self.vault.read(|rows, person| match Places::of(rows, person)?.shared {
            Some(shared) => given(rows, shared.mine),
            None => Ok(false),
        })
    }

    /// Says yes to being counted, or takes the yes back: what one shares of check-ins then counts, or counts no more, in the
    /// figures of both on the partner's phone. Saved when this returns; it holds there from the next sync on. Nothing is shared
    /// by it that was not shared before, and nobody is told of it; a figure that appears or goes can be noticed.
    ///
    /// A no where there was no yes writes nothing: to the partner's phone, no and never asked are the same. Where two devices
    /// of one person said different things, knowing nothing of each other, it is no.
    ///
    /// Errors: `NotPaired`.
    pub fn set_consent(&self, counted: bool) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let mine = Places::of(&tx.rows(), tx.person())?.shared()?.mine;
            let name = name(mine);
            let said = records::read(&tx.rows(), &name)?;
            if !counted && said.is_none_or(|record| record.values(YES).is_empty()) {
                return Ok(());
            }
            records::write(tx, &name, |record| {
                record.set(YES, Some(counted));
                Ok(())
            })
        })
    }
}

/// Did whoever writes in this place say yes?
pub(super) fn given(rows: &Rows<'_>, place: Place) -> Result<bool, NightstandError> {
    let said = records::listed(rows, &name(place))?;
    Ok(said.is_some_and(|record| is_yes(&record)))
}

/// Where several values stand side by side, one that is no yes is enough.
fn is_yes(record: &Record) -> bool {
    let values = record.values(YES);
    !values.is_empty() && values.iter().all(|value| *value == Field::Flag(true))
}

fn name(place: Place) -> Name<'static> {
    Name { what: COUNTED, id: RecordId::ONE, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicting_words_are_a_no() {
        let said =
            |values: &[Field]| is_yes(&Record { fields: [(YES.into(), values.into())].into(), ..Record::default() });
        let (yes, no) = (Field::Flag(true), Field::Flag(false));
        assert!(said(core::slice::from_ref(&yes)) && said(&[yes.clone(), yes.clone()]));
        assert!(!said(&[yes.clone(), no.clone()]) && !said(&[no.clone(), yes.clone()]) && !said(&[no]));
        assert!(!said(&[yes, "yes".into()]) && !said(&[]) && !said(&[1.into()]));
    }
}
