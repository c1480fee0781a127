//! The two, and their rounds: where things lie, which round a question has, and what a phone does by itself.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::hash::{Hasher, Label};
use nightstand_engine::ids::{BondId, PersonId, Place};

use super::round::{self, Seal, Side};
use super::sealed::{self, Bound, Sealed};
use super::{MOST_ROUNDS, REFLECTION, ReflectionState, ReflectionView, lapsed};
use crate::docs::record::Record;
use crate::error::NightstandError;
use crate::journal::Prompt;
use crate::records::{self, Name, Places, RecordId, SharedPlaces};
use crate::store::{Records, Rows, StoreTx};
use crate::vault::Vault;

/// Locks and opens what is due: after a seal, and after whatever a sync brought.
///
/// Errors: `PrivateLocked` if something is due and the texts are locked away; it is done after they are unlocked.
pub(crate) fn go_on(vault: &Vault) -> Result<(), NightstandError> {
    let due = vault.read(|rows, person| match Couple::with(rows, person) {
        Ok(couple) => couple.due(rows),
        Err(NightstandError::NotPaired) => Ok(Vec::new()),
        Err(error) => Err(error),
    })?;
    if due.is_empty() || vault.is_read_only() {
        return Ok(());
    }
    // One that can't go on holds up no other.
    let mut told = Ok(());
    for id in &due {
        told = told.and(vault.write(|tx| Couple::of(tx)?.go_on(tx, id)));
    }
    told
}

/// Where the reflections of a bond stand.
pub(super) struct Couple {
    pub(super) private: Place,
    pub(super) shared: SharedPlaces,
    bond: BondId,
    pub(super) me: PersonId,
    pub(super) partner: PersonId,
}

/// The round in which a question can be asked.
pub(super) enum Standing {
    New(RecordId),
    Begun(Box<ReflectionView>),
}

impl Couple {
    pub(super) fn of(tx: &StoreTx<'_>) -> Result<Self, NightstandError> {
        Self::with(&tx.rows(), tx.person())
    }

    pub(super) fn with(rows: &Rows<'_>, me: PersonId) -> Result<Self, NightstandError> {
        let places = Places::of(rows, me)?;
        let shared = places.shared()?;
        let Place::Mine { bond, owner: partner } = shared.theirs else { return Err(NightstandError::NotPaired) };
        Ok(Self { private: places.private, shared, bond, me, partner })
    }

    pub(super) fn round(&self, id: RecordId) -> Name<'static> {
        Name { what: REFLECTION, id, place: self.shared.joint }
    }

    pub(super) fn bound(&self, id: &RecordId, person: PersonId) -> Bound {
        Bound { bond: self.bond, round: *id, person }
    }

    /// What is asked.
    ///
    /// Errors: `NotFound`, `Deleted`.
    pub(super) fn prompt(&self, rows: &Rows<'_>, id: &RecordId) -> Result<Record, NightstandError> {
        records::read(rows, &self.round(*id))?.ok_or(NightstandError::NotFound)
    }

    /// Is it a round of this bond? What either has of it in `Mine` tells it too: what was asked may come here later than that.
    pub(super) fn is_ours(&self, rows: &Rows<'_>, id: &RecordId) -> Result<bool, NightstandError> {
        Ok(self.knows(rows, id)?
            || sealed::is_in(rows, self.shared.mine, id)?
            || sealed::is_in(rows, self.shared.theirs, id)?)
    }

    /// How this bond stands in what one writes.
    pub(super) fn bond_mark(&self) -> String {
        sealed::bond_mark(&self.bond)
    }

    /// Was it begun in this bond? It may have been deleted since.
    pub(super) fn knows(&self, rows: &Rows<'_>, id: &RecordId) -> Result<bool, NightstandError> {
        match records::find(rows, [self.shared.joint], REFLECTION, *id) {
            Ok(_) | Err(NightstandError::Deleted) => Ok(true),
            Err(NightstandError::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Rounds of one question are numbered, so that both phones begin the same one. One that is over or has lapsed, and one
    /// that asks something else, since an app that is not ours began it, is followed by the next.
    pub(super) fn standing(&self, rows: &Rows<'_>, question: &str, now_ms: i64) -> Result<Standing, NightstandError> {
        for number in 0_u64.. {
            let mut hasher = Hasher::new(Label::Round);
            hasher.field(self.bond.as_bytes()).field(question.as_bytes()).field(&number.to_le_bytes());
            let id = RecordId::from_bytes(hasher.finish().first());
            match records::read(rows, &self.round(id)) {
                Ok(None) => return Ok(Standing::New(id)),
                Ok(Some(_)) => {
                    let view = self.view(rows, &id)?;
                    let over = matches!(
                        view.state,
                        ReflectionState::Opened | ReflectionState::NotAsSealed | ReflectionState::TakenBack
                    );
                    let asks_this = matches!(&view.prompt, Prompt::Question(id) if id == question);
                    if asks_this && !over && !lapsed(Some(view.until_ms), now_ms) {
                        return Ok(Standing::Begun(Box::new(view)));
                    }
                }
                Err(NightstandError::Deleted) => {}
                Err(error) => return Err(error),
            }
        }
        Err(NightstandError::TooLarge)
    }

    pub(super) fn rounds(&self, rows: &Rows<'_>) -> Result<BTreeSet<RecordId>, NightstandError> {
        let (place, bond) = (Some(self.shared.joint), Some(self.bond));
        let query = Records { what: REFLECTION, place, bond, ..Records::default() };
        Ok(records::named(records::own_first(rows, &query, self.me, MOST_ROUNDS)?).map(|(id, _)| id).collect())
    }

    pub(super) fn sides(&self, rows: &Rows<'_>, id: &RecordId) -> Result<(Side, Side), NightstandError> {
        Ok((sealed::side(rows, self.shared.mine, id)?, sealed::side(rows, self.shared.theirs, id)?))
    }

    /// The rounds in which this device may have something to do.
    pub(super) fn due(&self, rows: &Rows<'_>) -> Result<Vec<RecordId>, NightstandError> {
        let mut due = Vec::new();
        let [mine, theirs] = [&self.shared.mine, &self.shared.theirs];
        for of in rows.records_without((sealed::SEAL, mine), (sealed::OPENED, mine), (sealed::SEAL, theirs))? {
            let Ok(id) = of.parse() else { continue };
            let (me, partner) = self.sides(rows, &id)?;
            let waits = self.lock_due(rows, &id, &me, &partner)?.is_some()
                || self.to_open(rows, &id, &me, &partner)?.next().is_some();
            if waits && self.stands(rows, &id)? {
                due.push(id);
            }
        }
        Ok(due)
    }

    /// What this device locks, as far as it knows: nothing more where a pair is open, or is to be, so that what was sealed
    /// anew meanwhile stays where it is.
    fn lock_due(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        me: &Side,
        partner: &Side,
    ) -> Result<Option<(Seal, Seal)>, NightstandError> {
        let due = round::lock_due(me, partner);
        Ok(if due.is_some() && self.agreed(rows, id, me, partner)?.is_empty() { due } else { None })
    }

    /// The pairs that both have locked and whose texts are both to be open. Of one that was withdrawn meanwhile they are if
    /// one is open already, so that none is open without the other.
    pub(super) fn agreed(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        me: &Side,
        partner: &Side,
    ) -> Result<Vec<(Seal, Seal)>, NightstandError> {
        let mut agreed = Vec::new();
        for pair in round::agreed(me, partner) {
            let (mine, theirs) = &pair;
            if round::stands(me, partner, &pair)
                || sealed::was_opened(rows, self.shared.mine, mine)?
                || me.follows(mine)
                    && Sealed::opened(rows, self.shared.theirs, &self.bound(id, self.partner), theirs)?.is_some()
            {
                agreed.push(pair);
            }
        }
        Ok(agreed)
    }

    /// Those of them of which one's own is not open.
    fn to_open(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        me: &Side,
        partner: &Side,
    ) -> Result<impl Iterator<Item = (Seal, Seal)> + use<>, NightstandError> {
        let mut closed = BTreeMap::new();
        for (mine, theirs) in self.agreed(rows, id, me, partner)? {
            if !sealed::was_opened(rows, self.shared.mine, &mine)? {
                closed.entry(mine).or_insert(theirs);
            }
        }
        Ok(closed.into_iter())
    }

    /// The two seals whose texts are read. Where several are open, those that were opened for each other, so that both phones
    /// show the same.
    pub(super) fn read_pair(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        me: &Side,
        partner: &Side,
    ) -> Result<Option<(Seal, Seal)>, NightstandError> {
        let mut read = None;
        for pair in self.agreed(rows, id, me, partner)? {
            if sealed::is_opened_for(rows, self.shared.mine, &pair)? {
                if sealed::is_opened_for(rows, self.shared.theirs, &(pair.1, pair.0))? {
                    return Ok(Some(pair));
                }
                read = read.or(Some(pair));
            }
        }
        Ok(read)
    }

    /// Were texts taken back on both sides, and is one open alone? Then the round goes no further.
    pub(super) fn is_one_sided(
        &self,
        rows: &Rows<'_>,
        id: &RecordId,
        me: &Side,
        partner: &Side,
    ) -> Result<bool, NightstandError> {
        for pair in round::agreed(me, partner) {
            let mine = sealed::was_opened(rows, self.shared.mine, &pair.0)?;
            let theirs = Sealed::opened(rows, self.shared.theirs, &self.bound(id, self.partner), &pair.1)?;
            if round::is_one_sided(me, partner, &pair, (mine, theirs.is_some())) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Of a round that was deleted nothing leaves any more.
    fn stands(&self, rows: &Rows<'_>, id: &RecordId) -> Result<bool, NightstandError> {
        Ok(sealed::standing(rows, &self.round(*id))?.is_some())
    }

    pub(super) fn go_on(&self, tx: &mut StoreTx<'_>, id: &RecordId) -> Result<(), NightstandError> {
        if !self.stands(&tx.rows(), id)? {
            return Ok(());
        }
        let (mut me, partner) = self.sides(&tx.rows(), id)?;
        let bound = self.bound(id, self.me);
        if let Some(pair) = self.lock_due(&tx.rows(), id, &me, &partner)?
            && Sealed::own(&tx.rows(), self.private, &bound, &pair.0)?.is_some()
        {
            sealed::lock(tx, self.shared.mine, id, pair)?;
            me.locks.insert(pair);
        }
        for pair in self.to_open(&tx.rows(), id, &me, &partner)? {
            if let Some(sealed) = Sealed::own(&tx.rows(), self.private, &bound, &pair.0)? {
                sealed.open(tx, self.shared.mine, &bound, &pair)?;
            }
        }
        Ok(())
    }
}
