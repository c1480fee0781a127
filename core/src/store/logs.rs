//! Logs: who writes where, and how far each goes here.

use nightstand_engine::exchange::Audience;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DeviceId, LogId, PersonId, Place};
use nightstand_engine::log::{Opening, Tag};
use nightstand_engine::store::LogRow;
use rusqlite::{Row, params};

use super::{Rows, StoreError, StoreTx, places};

macro_rules! select_log {
    ($rest:literal) => {
        concat!(
            "SELECT place.space, place.bond, place.owner, log.person, log.device, log.nonce, log.count, log.head, log.frozen ",
            "FROM log JOIN place ON place.id = log.place ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<LogRow, StoreError> {
    let place = places::read(row, 0)?;
    let opening = Opening {
        person: PersonId::from_bytes(row.get(3)?),
        device: DeviceId::from_bytes(row.get(4)?),
        space: place.space(),
        bond: place.bond(),
        nonce: row.get(5)?,
    };
    Ok(LogRow {
        opening,
        count: row.get::<_, i64>(6)?.cast_unsigned(),
        head: Hash::from_bytes(row.get(7)?),
        frozen: row.get(8)?,
    })
}

/// What `entries` needs of a log to append to it.
pub(super) struct LogEnd {
    pub(super) id: i64,
    pub(super) place: i64,
    pub(super) count: u64,
}

impl Rows<'_> {
    pub(crate) fn log(&self, log: &LogId) -> Result<Option<LogRow>, StoreError> {
        self.one(select_log!("WHERE log.log = ?1"), [log.as_bytes()], read)
    }

    /// What is under a bond; for own devices, all.
    pub(crate) fn logs(&self, audience: &Audience) -> Result<Vec<LogRow>, StoreError> {
        match audience {
            Audience::Partner(bond) => {
                self.all(select_log!("WHERE place.bond = ?1 ORDER BY log.log"), [bond.as_bytes()], read)
            }
            Audience::OwnDevice(_) => self.all(select_log!("ORDER BY log.log"), [], read),
        }
    }

    /// The log that this install writes in a place, if it has opened one.
    pub(crate) fn writing_log(&self, place: &Place) -> Result<Option<LogId>, StoreError> {
        let sql = "SELECT log FROM log WHERE place = ?1 AND writing = 1";
        let Some(place) = self.place_id(place)? else { return Ok(None) };
        self.one(sql, [place], |row| Ok(LogId::from_bytes(row.get(0)?)))
    }

    /// All logs of a person, wherever they write.
    pub(crate) fn logs_of(&self, person: &PersonId) -> Result<Vec<LogId>, StoreError> {
        let sql = "SELECT log FROM log WHERE person = ?1 ORDER BY log";
        self.all(sql, [person.as_bytes()], |row| Ok(LogId::from_bytes(row.get(0)?)))
    }

    pub(super) fn log_end(&self, log: &LogId) -> Result<LogEnd, StoreError> {
        let sql = "SELECT id, place, count FROM log WHERE log = ?1";
        let end = self.one(sql, [log.as_bytes()], |row| {
            Ok(LogEnd { id: row.get(0)?, place: row.get(1)?, count: row.get::<_, i64>(2)?.cast_unsigned() })
        })?;
        end.ok_or(StoreError::Misuse("no such log"))
    }

    pub(crate) fn tag(&self, log: &LogId, number: u64) -> Result<Option<Tag>, StoreError> {
        let sql = "SELECT key_number, mac FROM tag WHERE log = (SELECT id FROM log WHERE log = ?1) AND number = ?2";
        self.one(sql, params![log.as_bytes(), number.cast_signed()], |row| {
            Ok(Tag { number, key_number: row.get::<_, i64>(0)?.cast_unsigned(), mac: row.get(1)? })
        })
    }
}

impl StoreTx<'_> {
    /// The log that this install writes in a place. Opens it if there is none.
    pub(crate) fn open_writing_log(&mut self, place: &Place) -> Result<LogId, StoreError> {
        if let Some(log) = self.rows().writing_log(place)? {
            return Ok(log);
        }
        if !place.writable_by(&self.person()) {
            return Err(StoreError::NotYours);
        }
        let opening = Opening {
            person: self.person(),
            device: self.device_keys()?.device(),
            space: place.space(),
            bond: place.bond(),
            nonce: self.randomness().bytes(),
        };
        self.insert_log(&opening)?;
        self.rows().run("UPDATE log SET writing = 1 WHERE log = ?1", [opening.log().as_bytes()])?;
        Ok(opening.log())
    }

    /// Ends this install's logs and opens new ones in the same places.
    pub(super) fn renew_writing_logs(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT place.space, place.bond, place.owner FROM log JOIN place ON place.id = log.place WHERE log.writing = 1";
        let places = self.rows().all(sql, [], |row| places::read(row, 0))?;
        self.rows().run("UPDATE log SET writing = 0 WHERE writing = 1", [])?;
        places.iter().try_for_each(|place| self.open_writing_log(place).map(drop))
    }

    pub(super) fn insert_log(&mut self, opening: &Opening) -> Result<(), StoreError> {
        let place = opening.place().ok_or(StoreError::Misuse("a log of no place"))?;
        let place = self.rows().make_place_id(&place)?;
        let sql = "INSERT INTO log (log, place, person, device, nonce, count, head, frozen, writing)
                   VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, 0, 0) ON CONFLICT (log) DO NOTHING";
        let (log, head) = (opening.log(), opening.hash());
        let (person, device) = (opening.person.as_bytes(), opening.device.as_bytes());
        let parts = params![log.as_bytes(), place, person, device, opening.nonce, head.as_bytes()];
        self.rows().run(sql, parts).map(drop)
    }

    pub(super) fn update_frozen(&mut self, log: &LogId, frozen: bool) -> Result<(), StoreError> {
        self.rows().run("UPDATE log SET frozen = ?2 WHERE log = ?1", params![log.as_bytes(), frozen])?;
        Ok(())
    }

    pub(super) fn cut_entries(&mut self, log: &LogId, count: u64, head: &Hash) -> Result<(), StoreError> {
        self.cut_segments(log, count)?;
        let (id, count) = (self.rows().log_end(log)?.id, count.cast_signed());
        // Numbers beyond the half of 64 bits are kept as negative ones.
        self.rows().run("DELETE FROM tag WHERE log = ?1 AND (number > ?2 OR number < 0)", params![id, count])?;
        self.rows().run("DELETE FROM entry WHERE log = ?1 AND number > ?2", params![id, count])?;
        let sql = "UPDATE log SET count = ?2, head = ?3 WHERE id = ?1";
        self.rows().run(sql, params![id, count, head.as_bytes()])?;
        self.count_unsent_again();
        Ok(())
    }

    pub(super) fn write_instead(&mut self, old: &LogId, opening: &Opening) -> Result<(), StoreError> {
        self.insert_log(opening)?;
        let sql = "UPDATE log SET writing = 0 WHERE log = ?1 AND writing = 1";
        if self.rows().run(sql, [old.as_bytes()])? > 0 {
            self.rows().run("UPDATE log SET writing = 1 WHERE log = ?1", [opening.log().as_bytes()])?;
        }
        Ok(())
    }

    pub(super) fn upsert_tag(&mut self, log: &LogId, tag: &Tag) -> Result<(), StoreError> {
        let sql = "INSERT INTO tag (log, number, key_number, mac) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (log, number) DO UPDATE SET key_number = excluded.key_number, mac = excluded.mac";
        let id = self.rows().log_end(log)?.id;
        self.rows().run(sql, params![id, tag.number.cast_signed(), tag.key_number.cast_signed(), tag.mac])?;
        Ok(())
    }
}
