//! Records as lists read them: without opening a document.

use nightstand_engine::ids::{BondId, PersonId, Place};
use rusqlite::{Row, ToSql};

use super::{Rows, StoreError, places};
use crate::docs::record::Record;

/// A record, and where it stands.
pub(crate) struct RecordRow {
    pub(crate) place: Place,
    /// What is behind the slash of its name.
    pub(crate) id: String,
    pub(crate) record: Record,
    /// Of what fades and is the partner's: when it was first here, in milliseconds since 1970.
    pub(crate) received_ms: Option<i64>,
}

/// Which records of one sort.
#[derive(Clone, Copy, Default)]
pub(crate) struct Records<'a> {
    /// The name up to the slash.
    pub(crate) what: &'a str,
    pub(crate) id: Option<&'a str>,
    /// What they belong to.
    pub(crate) of: Option<&'a str>,
    /// When they happened: from this on, in milliseconds since 1970.
    pub(crate) from_ms: Option<i64>,
    /// Before this.
    pub(crate) before_ms: Option<i64>,
    /// In this place alone.
    pub(crate) place: Option<Place>,
    /// Else beside those of Private those of both in this bond. What the partner has in their `Mine` is theirs alone, whatever
    /// it calls itself.
    pub(crate) bond: Option<BondId>,
    /// Written by whom; none asks for all.
    pub(crate) hand: Option<Hand>,
}

/// Who wrote a record, as the logs have it: a change is in the log of whoever made it, and nobody else writes there.
#[derive(Clone, Copy)]
pub(crate) enum Hand {
    /// Begun by this person.
    Begun(PersonId),
    /// Begun by somebody else, and changed by this person; or begun by both, neither knowing of the other.
    Joined(PersonId),
    /// Begun or changed by this person.
    In(PersonId),
    /// Neither begun nor changed by this person.
    NotIn(PersonId),
}

impl Hand {
    /// With the person's bytes as its parameter. What a document begins with has the first numbers of its operations.
    fn clause(self) -> &'static str {
        match self {
            Self::Begun(_) => {
                " AND (SELECT log.person FROM entry JOIN log ON log.id = entry.log WHERE entry.document = record.document
                       AND entry.kind = 0 ORDER BY entry.last_op, entry.arrival LIMIT 1) IS ?"
            }
            Self::Joined(_) => {
                " AND EXISTS (SELECT 1 FROM entry JOIN log AS own ON own.id = entry.log
                              WHERE entry.document = record.document AND own.person = ? AND own.person IS NOT (
                                  SELECT log.person FROM entry JOIN log ON log.id = entry.log
                                  WHERE entry.document = record.document
                                  AND entry.kind = 0 ORDER BY entry.last_op, entry.arrival LIMIT 1))"
            }
            Self::In(_) => {
                " AND EXISTS (SELECT 1 FROM entry JOIN log ON log.id = entry.log
                              WHERE entry.document = record.document AND log.person = ?)"
            }
            Self::NotIn(_) => {
                " AND NOT EXISTS (SELECT 1 FROM entry JOIN log ON log.id = entry.log
                                  WHERE entry.document = record.document AND log.person = ?)"
            }
        }
    }

    fn person(&self) -> &PersonId {
        match self {
            Self::Begun(person) | Self::Joined(person) | Self::In(person) | Self::NotIn(person) => person,
        }
    }
}

impl Rows<'_> {
    /// The newest first, at most `most`; those of one time in the order of their ids.
    pub(crate) fn records(&self, query: &Records<'_>, most: usize) -> Result<Vec<RecordRow>, StoreError> {
        let mut sql = String::from(
            "SELECT place.space, place.bond, place.owner, record.id, record.content,
                    received.received_ms
             FROM record JOIN place ON place.id = record.place
             LEFT JOIN received ON received.document = record.document
             WHERE record.what = ? AND (place.space = 0 OR place.bond = ?",
        );
        sql.push_str(if query.place.is_none() { " AND place.space = 2)" } else { ")" });
        let bond = query.bond.as_ref().map_or(&[][..], |bond| bond.as_bytes());
        let place = match &query.place {
            None => None,
            // Nothing was ever kept there.
            Some(place) => match self.place_id(place)? {
                None => return Ok(Vec::new()),
                Some(id) => Some(id),
            },
        };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let mut params: Vec<&dyn ToSql> = vec![&query.what, &bond];
        // Said only where it is asked for, so that SQLite finds the index.
        let person = query.hand.as_ref().map(|hand| hand.person().as_bytes());
        let asked: [(&str, Option<&dyn ToSql>); 6] = [
            (" AND record.place = ?", place.as_ref().map(|place| place as _)),
            (" AND record.id = ?", query.id.as_ref().map(|id| id as _)),
            (" AND record.of = ?", query.of.as_ref().map(|of| of as _)),
            (" AND record.at_ms >= ?", query.from_ms.as_ref().map(|from| from as _)),
            (" AND record.at_ms < ?", query.before_ms.as_ref().map(|before| before as _)),
            (query.hand.map_or("", Hand::clause), person.as_ref().map(|person| person as _)),
        ];
        for (clause, param) in asked {
            if let Some(param) = param {
                sql.push_str(clause);
                params.push(param);
            }
        }
        sql.push_str(" ORDER BY record.at_ms DESC, record.id, place.space LIMIT ?");
        params.push(&most);
        self.all(&sql, params.as_slice(), read)
    }

    /// What the records of one sort in a place belong to: of those that have none of a second sort under the same id, where
    /// there is one of a third that belongs to the same. All of them, so that none hides another.
    pub(crate) fn records_without(
        &self,
        (what, place): (&str, &Place),
        (without, there): (&str, &Place),
        (beside, elsewhere): (&str, &Place),
    ) -> Result<Vec<String>, StoreError> {
        let Some(place) = self.place_id(place)? else { return Ok(Vec::new()) };
        let (there, elsewhere) = (self.place_id(there)?, self.place_id(elsewhere)?);
        self.all(
            "SELECT DISTINCT record.of FROM record
             WHERE record.what = ?1 AND record.place = ?2 AND record.of IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM record other WHERE other.what = ?3 AND other.id = record.id AND other.place = ?4)
             AND EXISTS (
                 SELECT 1 FROM record other WHERE other.what = ?5 AND other.of = record.of AND other.place = ?6)
             ORDER BY record.of",
            (what, place, without, there, beside, elsewhere),
            |row| Ok(row.get(0)?),
        )
    }
}

fn read(row: &Row<'_>) -> Result<RecordRow, StoreError> {
    let record = row.get_ref(4)?.as_str().ok().and_then(Record::of_json).ok_or(StoreError::Damaged)?;
    Ok(RecordRow { place: places::read(row, 0)?, id: row.get(3)?, record, received_ms: row.get(5)? })
}
