//! Records as lists read them: without opening a document.

use nightstand_engine::ids::{BondId, Place};
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
    /// Else beside those of Private those of this bond.
    pub(crate) bond: Option<BondId>,
}

impl Rows<'_> {
    /// The newest first, at most `most`; those of one time in the order of their ids.
    pub(crate) fn records(&self, query: &Records<'_>, most: usize) -> Result<Vec<RecordRow>, StoreError> {
        let mut sql = String::from(
            "SELECT place.space, place.bond, place.owner, record.id, record.content,
                    received.received_ms
             FROM record JOIN place ON place.id = record.place
             LEFT JOIN received ON received.document = record.document
             WHERE record.what = ? AND (place.space = 0 OR place.bond = ?)",
        );
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
        let asked: [(&str, Option<&dyn ToSql>); 5] = [
            (" AND record.place = ?", place.as_ref().map(|place| place as _)),
            (" AND record.id = ?", query.id.as_ref().map(|id| id as _)),
            (" AND record.of = ?", query.of.as_ref().map(|of| of as _)),
            (" AND record.at_ms >= ?", query.from_ms.as_ref().map(|from| from as _)),
            (" AND record.at_ms < ?", query.before_ms.as_ref().map(|before| before as _)),
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

    /// What the records of one sort in a place belong to, of those that have none of another sort beside them under the same
    /// id. At most `most`.
    pub(crate) fn records_without(
        &self,
        what: &str,
        other: &str,
        place: &Place,
        most: usize,
    ) -> Result<Vec<String>, StoreError> {
        let Some(place) = self.place_id(place)? else { return Ok(Vec::new()) };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.all(
            "SELECT DISTINCT record.of FROM record
             WHERE record.what = ?1 AND record.place = ?2 AND record.of IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM record other WHERE other.what = ?3 AND other.id = record.id AND other.place = ?2)
             ORDER BY record.of LIMIT ?4",
            (what, place, other, most),
            |row| Ok(row.get(0)?),
        )
    }
}

fn read(row: &Row<'_>) -> Result<RecordRow, StoreError> {
    let record = row.get_ref(4)?.as_str().ok().and_then(Record::of_json).ok_or(StoreError::Damaged)?;
    Ok(RecordRow { place: places::read(row, 0)?, id: row.get(3)?, record, received_ms: row.get(5)? })
}
