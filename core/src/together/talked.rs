//! Questions of the decks that were talked through, and ticked.
//!
//! A tick of both lives in `Joint`, where either sets it and takes it off; one's own in `Private`. A question can also be
//! written about alone, in an [entry](crate::journal), or by both unseen, in a [sealed reflection](super::reflections).

use crate::error::{InvalidInput, NightstandError};
use crate::journal::questions::question;
use crate::records::{self, Audience, Name, Places, RecordId};
use crate::vault::Vault;

/// The sort of record: there is one in a place, and its marks are what was ticked.
const TALKED: &str = "talked";
const THE_ONE: RecordId = RecordId::from_bytes([0; 16]);

/// A question that was talked through.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Talked {
    /// Its id.
    pub question: String,
    /// Who ticked it: one for oneself, or one of both for both.
    pub audience: Audience,
}

/// What was talked through of the [decks](crate::journal::questions).
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::records::Audience;
///
/// vault.talked().tick("first-minute", Audience::Me)?;
/// assert_eq!(vault.talked().list()?[0].question, "first-minute");
/// vault.talked().untick("first-minute", Audience::Me)?;
/// assert_eq!(vault.talked().list()?, []);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TalkedThrough {
    vault: Vault,
}

impl Vault {
    /// Which questions were talked through.
    pub fn talked(&self) -> TalkedThrough {
        TalkedThrough { vault: self.clone() }
    }
}

impl TalkedThrough {
    /// Ticks a question, for both or for oneself. Ticked twice is ticked.
    ///
    /// Errors: `InvalidInput` for a question that is in no deck; `NotPaired`, `PrivateLocked`.
    pub fn tick(&self, question: &str, audience: Audience) -> Result<(), NightstandError> {
        self.mark(question, audience, |marks, question| marks.insert(question))
    }

    /// Takes a tick off, whoever of both set it.
    ///
    /// Errors: as [`tick`](Self::tick).
    pub fn untick(&self, question: &str, audience: Audience) -> Result<(), NightstandError> {
        self.mark(question, audience, |marks, question| marks.remove(&question))
    }

    /// All ticks, in the order of the questions' ids. While Private is locked those of both.
    pub fn list(&self) -> Result<Vec<Talked>, NightstandError> {
        self.vault.read(|rows, person| {
            let found = rows.records(&Places::of(rows, person)?.records(TALKED), 2)?;
            let ticks = found.iter().flat_map(|row| {
                let talked = |mark: &String| Talked { question: mark.clone(), audience: Audience::of(&row.place) };
                row.record.marks.iter().filter(|mark| question(mark).is_some()).map(talked)
            });
            let mut ticks: Vec<_> = ticks.collect();
            ticks.sort_unstable();
            Ok(ticks)
        })
    }

    fn mark(
        &self,
        id: &str,
        audience: Audience,
        change: impl FnOnce(&mut std::collections::BTreeSet<String>, String) -> bool,
    ) -> Result<(), NightstandError> {
        if question(id).is_none() {
            return Err(NightstandError::InvalidInput { what: InvalidInput::Words });
        }
        self.vault.write(|tx| {
            let place = audience.place(&Places::of(&tx.rows(), tx.person())?)?;
            records::write(tx, &Name { what: TALKED, id: THE_ONE, place }, |record| {
                change(&mut record.marks, id.into());
                Ok(())
            })
        })
    }
}
