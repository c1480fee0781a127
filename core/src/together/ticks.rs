//! What was ticked: questions of the decks that were talked through, things of the introduction that were tried, cards that were
//! put away.
//!
//! A tick of both lives in `Joint`, where either sets it and takes it off, and nothing in it says who did; one's own in
//! `Private`. So the introduction shows what the two did together and what one has done for oneself, and never how far the other
//! is.

use std::collections::BTreeSet;

use super::{cards, programme};
use crate::error::{InvalidInput, NightstandError};
use crate::journal::questions;
use crate::names::names;
use crate::records::{self, Audience, Name, Places, RecordId};
use crate::vault::Vault;

/// What can be ticked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TickOf {
    /// A question of a [deck](crate::journal::questions) that was talked through.
    Question,
    /// Something of the [introduction](super::programme) that was tried.
    Try,
    /// A [guidance card](super::cards) that its reader does not need any more. One's own alone.
    Card,
}

names!(TickOf { Self::Question = "talked", Self::Try = "tried", Self::Card = "dismissed" });

/// Something that was ticked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick {
    /// The id of the question, the thing to try or the card.
    pub id: String,
    /// Whose tick it is: one's own, or that of both.
    pub audience: Audience,
}

/// What was ticked, of questions, of the introduction and of cards.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use nightstand::vault::{SystemClock, Vault};
/// # use std::sync::Arc;
/// # let folder = tempfile::tempdir()?;
/// # let vault = Vault::open(folder.path().join("vault.db"), [7; 32], [9; 16], Arc::new(SystemClock))?;
/// use nightstand::records::Audience;
/// use nightstand::together::ticks::TickOf;
///
/// vault.ticks().tick(TickOf::Question, "first-minute", Audience::Me)?;
/// assert_eq!(vault.ticks().list(TickOf::Question)?[0].id, "first-minute");
/// vault.ticks().untick(TickOf::Question, "first-minute", Audience::Me)?;
/// assert_eq!(vault.ticks().list(TickOf::Question)?, []);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Ticks {
    vault: Vault,
}

impl Vault {
    /// What was ticked.
    pub fn ticks(&self) -> Ticks {
        Ticks { vault: self.clone() }
    }
}

impl Ticks {
    /// Ticks something, for both or for oneself. Ticked twice is ticked.
    ///
    /// Errors: `InvalidInput` for an id that there is not, or a card for both; `NotPaired`, `PrivateLocked`.
    pub fn tick(&self, of: TickOf, id: &str, audience: Audience) -> Result<(), NightstandError> {
        self.change(of, id, audience, |ticked| ticked.insert(id.into()))
    }

    /// Takes a tick off, whoever of both set it.
    ///
    /// Errors: as [`tick`](Self::tick).
    pub fn untick(&self, of: TickOf, id: &str, audience: Audience) -> Result<(), NightstandError> {
        self.change(of, id, audience, |ticked| ticked.remove(id))
    }

    /// All ticks of this kind, in the order of their ids. While Private is locked those of both.
    pub fn list(&self, of: TickOf) -> Result<Vec<Tick>, NightstandError> {
        self.vault.read(|rows, person| {
            let places = Places::of(rows, person)?;
            // A card is put away by its reader alone.
            let joint = places.shared.map(|shared| shared.joint).filter(|_| of != TickOf::Card);
            let mut ticks = Vec::new();
            for place in joint.into_iter().chain([places.private]) {
                let name = Name { what: of.name(), id: RecordId::THE_ONE, place };
                let ticked = records::listed(rows, &name)?.map(|record| record.marks).unwrap_or_default();
                let ticked = ticked.into_iter().filter(|id| of.has(id));
                ticks.extend(ticked.map(|id| Tick { id, audience: Audience::of(&place) }));
            }
            ticks.sort_unstable();
            Ok(ticks)
        })
    }

    /// There is one record of a sort in a place, and its marks are what was ticked.
    fn change(
        &self,
        of: TickOf,
        id: &str,
        audience: Audience,
        change: impl FnOnce(&mut BTreeSet<String>) -> bool,
    ) -> Result<(), NightstandError> {
        let what = match (of, audience) {
            (TickOf::Card, Audience::Both) => Some(InvalidInput::State),
            _ if of.has(id) => None,
            _ => Some(InvalidInput::Words),
        };
        if let Some(what) = what {
            return Err(what.into());
        }
        self.vault.write(|tx| {
            let place = audience.place(&Places::of(&tx.rows(), tx.person())?)?;
            records::write(tx, &Name { what: of.name(), id: RecordId::THE_ONE, place }, |record| {
                change(&mut record.marks);
                Ok(())
            })
        })
    }
}

/// Shows nothing of what two people talked about.
impl core::fmt::Debug for Tick {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Tick({:?})", self.audience)
    }
}

impl TickOf {
    fn has(self, id: &str) -> bool {
        match self {
            Self::Question => questions::question(id).is_some(),
            Self::Try => programme::steps().iter().any(|step| step.to_try.contains(&id)),
            Self::Card => cards::card(id).is_some(),
        }
    }
}
