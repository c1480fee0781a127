//! Parting: leaving a bond, at once, offline, without a word to the other phone.
//!
//! Nothing is asked of the partner and nothing is sent to them: to their phone it looks like out of reach. Their entries go from
//! this phone, and so does what was shared with them; each person chooses for themself what of the rest stays. Own devices hear
//! of it with their next sync, and do the same.
//!
//! What stays is copied to Private first: entries and check-ins of one's own of which only what was shared is here, and if the
//! person wants it, what both wrote together as it reads today. What one said of oneself (preferences, boundaries) always stays:
//! nobody should have to say a boundary twice.
//!
//! What can't be done: what is on the other phone, and what a person remembers or photographed, stays with them.

use nightstand_engine::ids::Place;

use super::Pairing;
use crate::care::check_ins;
use crate::error::NightstandError;
use crate::names::names;
use crate::store::{BondRow, BondState, Private, StoreTx};
use crate::vault::Vault;

/// Whether something stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Stays {
    /// It is copied to Private.
    #[default]
    Kept,
    /// It goes with the bond.
    LetGo,
}

names!(Stays { Self::Kept = "kept", Self::LetGo = "let-go" });

/// What stays of what lived under a bond.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PartingChoice {
    /// Entries and check-ins of one's own that stand nowhere but in what was shared.
    pub mine: Stays,
    /// What both wrote together: journal entries, sessions, rituals, songs, as they read today.
    pub together: Stays,
}

impl Pairing {
    /// Parts from the partner. When it returns, nothing of the two goes to the other any more, and what was to go is gone from
    /// this phone, from its search and from the free room of its file.
    ///
    /// While Private is locked it is done all the same: nobody should need a key to leave. Then what stays waits where it is, and
    /// is copied once Private is unlocked; of this person's own everything stays, whatever `choice` says of it.
    ///
    /// Errors: `NotPaired`.
    pub fn part(&self, choice: &PartingChoice) -> Result<(), NightstandError> {
        let now_ms = self.vault.now_ms();
        self.vault.write(|tx| {
            let bond = tx.rows().standing_bond(now_ms)?.ok_or(NightstandError::NotPaired)?;
            if bond.state == BondState::Offered {
                return Ok(tx.withdraw_offers(&bond.bond, false)?);
            }
            let kept = choice.together == Stays::Kept;
            if matches!(tx.rows().private(), Private::Locked) {
                tx.part(&bond.bond, kept)?;
                return Ok(tx.purge_others(&bond, kept)?);
            }
            keep(tx, &bond, choice)?;
            tx.part(&bond.bond, kept)?;
            Ok(tx.purge_bond(&bond)?)
        })?;
        self.vault.awakenings().ring(self.vault.revision());
        Ok(())
    }
}

/// Does on this device what was decided on another, or here while Private was locked. While it is locked it waits.
pub(crate) fn follow_partings(vault: &Vault) -> Result<(), NightstandError> {
    if vault.read(|rows, _| Ok(rows.partings_heard_of()?.is_empty() || matches!(rows.private(), Private::Locked)))? {
        return Ok(());
    }
    vault.write(|tx| {
        for bond in tx.rows().partings_heard_of()? {
            let together = if bond.kept { Stays::Kept } else { Stays::LetGo };
            // What this device alone has of its person's, the other could not decide about.
            keep(tx, &bond, &PartingChoice { mine: Stays::Kept, together })?;
            tx.purge_bond(&bond)?;
        }
        Ok(())
    })
}

fn keep(tx: &mut StoreTx<'_>, bond: &BondRow, choice: &PartingChoice) -> Result<(), NightstandError> {
    let mine = Place::Mine { bond: bond.bond, owner: tx.person() };
    tx.copy_preferences_to_private(&mine)?;
    if choice.mine == Stays::Kept {
        check_ins::keep_all(tx, bond)?;
        tx.copy_entries_to_private(&mine)?;
    }
    if choice.together == Stays::Kept {
        tx.copy_place_to_private(&Place::Joint { bond: bond.bond })?;
    }
    Ok(())
}
