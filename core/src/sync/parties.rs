//! Whom this vault knows, as an exchange wants it said.

use std::collections::{BTreeMap, BTreeSet};

use nightstand_engine::circle::Circle;
use nightstand_engine::exchange::{Audience, Parties, Reach};
use nightstand_engine::ids::{BondId, PersonId};
use nightstand_engine::random;
use nightstand_engine::roster::{DeviceRecord, Membership};
use nightstand_engine::session::Config;

use crate::devices;
use crate::error::NightstandError;
use crate::store::{BondRow, BondState, Private, Rows};
use crate::vault::Vault;

/// Threads that take a batch in, where the phone has so many cores. More would leave the screen none.
const MOST_WORKERS: usize = 4;

/// This person's own devices, and whom they are paired with.
pub(crate) fn own_parties(rows: &Rows<'_>, me: Membership, reach: Reach) -> Result<Parties, NightstandError> {
    let mut bonds = BTreeMap::new();
    for bond in rows.bonds()?.into_iter().filter(|bond| bond.state == BondState::Held) {
        bonds.insert(bond.bond, known(rows, &bond.partner)?);
    }
    let audience = Audience::OwnDevice(reach);
    let (believed, doubted) = (rows.believed()?, rows.doubted()?);
    Ok(Parties { me, own_keys: rows.own_keys()?, believed, doubted, bonds, audience })
}

pub(crate) fn known(rows: &Rows<'_>, person: &PersonId) -> Result<Membership, NightstandError> {
    rows.membership(person)?.ok_or(NightstandError::Damaged { salvage: None })
}

/// Threads to take a batch in with.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().min(MOST_WORKERS))
}

/// The bond to talk under, offered or held.
pub(super) fn bond(rows: &Rows<'_>, now_ms: i64) -> Result<BondRow, NightstandError> {
    rows.standing_bond(now_ms)?.ok_or(NightstandError::NotPaired)
}

pub(super) fn with_partner(vault: &Vault) -> Result<(BondRow, Config), NightstandError> {
    let now_ms = vault.now_ms();
    vault.read(|rows, person| {
        let bond = bond(rows, now_ms)?;
        let (me, partner) = (known(rows, &person)?, known(rows, &bond.partner)?);
        let parties = Parties::couple(bond.bond, me, partner, rows.own_keys()?);
        let parties = Parties { believed: rows.believed()?, doubted: rows.doubted()?, ..parties };
        let config = config(vault, rows, parties, rows.peer_devices(&bond.bond)?)?;
        let offered = bond.state != BondState::Held;
        Ok((bond, Config { offered, ..config }))
    })
}

/// For a conversation with another device of this person. None while there is no other.
pub(super) fn with_own_device(vault: &Vault) -> Result<Option<Config>, NightstandError> {
    let now_ms = vault.now_ms();
    vault.read(|rows, person| {
        let own = BondId::of_own_devices(&person);
        let (peers, others) = (rows.peer_devices(&own)?, rows.own_devices()?);
        let me = known(rows, &person)?;
        // A removed device that calls is told so.
        if peers.is_empty() && others.is_empty() && !me.has_removed_any() {
            return Ok(None);
        }
        let parties = own_parties(rows, me, Reach::Everything)?;
        let locked = matches!(rows.private(), Private::Locked);
        let passes = others.iter().filter(|row| !locked && devices::private_passes(row, now_ms));
        let private_for = passes.map(|row| row.device).collect();
        let circle = rows.circle(person)?;
        Ok(Some(Config { circle, private_for, ..config(vault, rows, parties, peers)? }))
    })
}

fn config(
    vault: &Vault,
    rows: &Rows<'_>,
    parties: Parties,
    peers: Vec<DeviceRecord>,
) -> Result<Config, NightstandError> {
    Ok(Config {
        parties,
        device: rows.device_keys()?,
        peers,
        circle: Circle::default(),
        private_for: BTreeSet::new(),
        introduce: false,
        live: false,
        offered: false,
        workers: workers(),
        seed: random::make_bytes(&mut vault.randomness()),
        now_ms: 0,
    })
}
