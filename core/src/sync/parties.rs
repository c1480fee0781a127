//! Whom this vault knows, as an exchange wants it said.

use std::collections::BTreeMap;

use nightstand_engine::exchange::{Audience, Parties, Reach};
use nightstand_engine::ids::PersonId;
use nightstand_engine::roster::Membership;

use crate::error::NightstandError;
use crate::store::{BondState, Rows};

/// Threads that take a batch in, where the phone has so many cores. More would leave the screen none.
const MOST_WORKERS: usize = 4;

/// This person's own devices, and whom they are paired with.
pub(crate) fn own_parties(rows: &Rows<'_>, me: Membership, reach: Reach) -> Result<Parties, NightstandError> {
    let mut bonds = BTreeMap::new();
    for bond in rows.bonds()?.into_iter().filter(|bond| bond.state == BondState::Held) {
        bonds.insert(bond.bond, known(rows, &bond.partner)?);
    }
    let audience = Audience::OwnDevice(reach);
    Ok(Parties { me, own_keys: rows.own_keys()?, believed: rows.believed()?, bonds, audience })
}

pub(crate) fn known(rows: &Rows<'_>, person: &PersonId) -> Result<Membership, NightstandError> {
    rows.membership(person)?.ok_or(NightstandError::Damaged { salvage: None })
}

/// Threads to take a batch in with.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_WORKERS))
}
