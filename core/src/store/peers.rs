//! The others: rosters, bonds, devices to talk to, and what was agreed with each.

use nightstand_engine::ids::{BondId, PersonId};
use nightstand_engine::roster::{DeviceRecord, Membership, SignedRoster};
use nightstand_engine::vector::VersionVector;
use rusqlite::{Row, params};

use super::{Rows, StoreError, StoreTx};

/// A pairing as it stands here.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BondRow {
    pub(crate) bond: BondId,
    pub(crate) state: BondState,
    pub(crate) partner: PersonId,
    /// What the partner wants to be called.
    pub(crate) name: String,
    /// When this person confirmed, in milliseconds since 1970: an offer lapses.
    pub(crate) offered_at_ms: i64,
    /// Of a bond that this person has left: what was written together stays.
    pub(crate) kept: bool,
}

/// How far a pairing is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BondState {
    /// This person has confirmed.
    Offered,
    /// Both have: content flows.
    Held,
    /// One has left.
    Parted,
}

impl BondState {
    const fn number(self) -> u8 {
        match self {
            Self::Offered => 0,
            Self::Held => 1,
            Self::Parted => 2,
        }
    }

    fn from_number(number: u8) -> Result<Self, StoreError> {
        [Self::Offered, Self::Held, Self::Parted].get(usize::from(number)).copied().ok_or(StoreError::Damaged)
    }
}

fn read_bond(row: &Row<'_>) -> Result<BondRow, StoreError> {
    Ok(BondRow {
        bond: BondId::from_bytes(row.get(0)?),
        state: BondState::from_number(row.get(1)?)?,
        partner: PersonId::from_bytes(row.get(2)?),
        name: row.get(3)?,
        offered_at_ms: row.get(4)?,
        kept: row.get(5)?,
    })
}

fn read_record(row: &Row<'_>) -> Result<DeviceRecord, StoreError> {
    DeviceRecord::parse(row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?).map_err(|_| StoreError::Damaged)
}

/// How long an offer stands that the other side never confirmed.
const OFFER_LAPSES_MS: i64 = 7 * 24 * 3_600_000;

impl Rows<'_> {
    /// A person's devices.
    pub(crate) fn membership(&self, person: &PersonId) -> Result<Option<Membership>, StoreError> {
        let read = |row: &Row<'_>| {
            let bytes: Vec<u8> = row.get(0)?;
            SignedRoster::parse(&bytes).map_err(|_| StoreError::Damaged)
        };
        let counts = self.one("SELECT bytes FROM roster WHERE person = ?1", [person.as_bytes()], read)?;
        let Some(mut membership) = counts.map(Membership::from) else { return Ok(None) };
        for rival in self.all("SELECT bytes FROM roster_rival WHERE person = ?1", [person.as_bytes()], read)? {
            membership.take(rival).map_err(|_| StoreError::Damaged)?;
        }
        Ok(Some(membership))
    }

    /// All pairings, past ones too.
    pub(crate) fn bonds(&self) -> Result<Vec<BondRow>, StoreError> {
        self.all(
            "SELECT bond, state, partner, name, offered_at, kept FROM bond ORDER BY offered_at, bond",
            [],
            read_bond,
        )
    }

    /// The bond that stands: the one that both confirmed, else the newest offer that the other side may still confirm.
    pub(crate) fn standing_bond(&self, now_ms: i64) -> Result<Option<BondRow>, StoreError> {
        let bonds = self.bonds()?;
        let held = bonds.iter().find(|bond| bond.state == BondState::Held);
        let open = |bond: &&BondRow| bond.state == BondState::Offered && now_ms - bond.offered_at_ms < OFFER_LAPSES_MS;
        Ok(held.or_else(|| bonds.iter().rev().find(open)).cloned())
    }

    /// The devices to talk to under a bond.
    pub(crate) fn peer_devices(&self, bond: &BondId) -> Result<Vec<DeviceRecord>, StoreError> {
        let sql = "SELECT record FROM peer_device WHERE bond = ?1 ORDER BY noise_key";
        self.all(sql, [bond.as_bytes()], read_record)
    }

    pub(crate) fn agreed(&self, peer: &[u8; 32]) -> Result<Vec<VersionVector>, StoreError> {
        self.all("SELECT vector FROM agreed WHERE peer = ?1 ORDER BY turn DESC", [peer], |row| {
            let bytes: Vec<u8> = row.get(0)?;
            VersionVector::parse(&bytes).map_err(|_| StoreError::Damaged)
        })
    }
}

impl StoreTx<'_> {
    /// Keeps a person's rosters in place of those before.
    pub(crate) fn put_membership(&mut self, membership: &Membership) -> Result<(), StoreError> {
        let person = membership.person();
        self.rows().run("DELETE FROM roster_rival WHERE person = ?1", [person.as_bytes()])?;
        let (counts, rivals) = membership.rosters().split_first().ok_or(StoreError::Misuse("no roster"))?;
        let sql = "INSERT INTO roster (person, bytes) VALUES (?1, ?2)
                   ON CONFLICT (person) DO UPDATE SET bytes = excluded.bytes";
        self.rows().run(sql, params![person.as_bytes(), counts.as_bytes()])?;
        for rival in rivals {
            let sql = "INSERT INTO roster_rival (person, bytes) VALUES (?1, ?2)";
            self.rows().run(sql, params![person.as_bytes(), rival.as_bytes()])?;
        }
        self.rosters_changed();
        self.forget_unconfirmed(membership)
    }

    /// Keeps a pairing.
    pub(crate) fn put_bond(&mut self, bond: &BondRow) -> Result<(), StoreError> {
        let sql = "INSERT INTO bond (bond, state, partner, name, offered_at, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (bond) DO UPDATE SET state = excluded.state, partner = excluded.partner,
                       name = excluded.name, offered_at = excluded.offered_at, kept = excluded.kept";
        let (id, partner) = (bond.bond.as_bytes(), bond.partner.as_bytes());
        self.rows()
            .run(sql, params![id, bond.state.number(), partner, bond.name, bond.offered_at_ms, bond.kept])
            .map(drop)
    }

    /// Holds an offered bond. `false` if another one is held, or the offer was withdrawn: one bond at a time.
    pub(crate) fn hold_bond(&mut self, bond: &BondId) -> Result<bool, StoreError> {
        let sql = "UPDATE bond SET state = 1 WHERE bond = ?1 AND state < 2
                   AND NOT EXISTS (SELECT 1 FROM bond WHERE state = 1 AND bond <> ?1)";
        Ok(self.rows().run(sql, [bond.as_bytes()])? == 1)
    }

    /// Takes back offers that were never confirmed by the other side: this one, or all but this one.
    pub(crate) fn withdraw_offers(&mut self, bond: &BondId, others: bool) -> Result<(), StoreError> {
        let sql = "DELETE FROM peer_device WHERE (bond <> ?1) = ?2 AND bond IN (SELECT bond FROM bond WHERE state = 0)";
        self.rows().run(sql, params![bond.as_bytes(), others])?;
        self.rows().run("DELETE FROM bond WHERE (bond <> ?1) = ?2 AND state = 0", params![bond.as_bytes(), others])?;
        Ok(())
    }

    /// Keeps a device to talk to.
    pub(crate) fn put_peer_device(&mut self, record: &DeviceRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO peer_device (noise_key, bond, device, record) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (noise_key) DO UPDATE SET bond = excluded.bond, device = excluded.device,
                       record = excluded.record";
        let (bond, device) = (record.bond.as_bytes(), record.device.as_bytes());
        self.rows().run(sql, params![record.noise_key, bond, device, record.as_bytes()]).map(drop)
    }

    /// Forgets a device and what was agreed with it.
    pub(crate) fn drop_peer_device(&mut self, noise_key: &[u8; 32]) -> Result<(), StoreError> {
        self.rows().run("DELETE FROM agreed WHERE peer = ?1", [noise_key])?;
        self.rows().run("DELETE FROM peer_device WHERE noise_key = ?1", [noise_key]).map(drop)
    }

    /// Keeps the two newest. What is the newest already is not written again: a sync with nothing to say writes nothing.
    pub(super) fn push_agreed(&mut self, peer: &[u8; 32], vector: &VersionVector) -> Result<(), StoreError> {
        let sql = "SELECT turn, vector FROM agreed WHERE peer = ?1 ORDER BY turn DESC LIMIT 1";
        let newest = self.rows().one(sql, [peer], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let bytes = vector.to_bytes();
        let turn = match newest {
            Some((_, kept)) if kept == bytes => return Ok(()),
            newest => newest.map_or(1, |(turn, _)| turn + 1),
        };
        self.rows().run("INSERT INTO agreed (peer, turn, vector) VALUES (?1, ?2, ?3)", params![peer, turn, bytes])?;
        self.rows().run("DELETE FROM agreed WHERE peer = ?1 AND turn < ?2", params![peer, turn - 1]).map(drop)
    }
}
