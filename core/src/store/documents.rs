//! Documents in their stored form.

use automerge::Automerge;
use nightstand_engine::ids::{DocumentId, DocumentKey};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;
use rusqlite::params;

use super::{Rows, StoreError, StoreTx, places};

impl Rows<'_> {
    /// The private working copy of which a document of `Mine` is what is shared.
    pub(crate) fn working_copy_of(&self, shared: &DocumentId) -> Result<Option<DocumentId>, StoreError> {
        let sql =
            "SELECT document.document FROM row JOIN document ON document.id = row.document WHERE row.published = ?1";
        self.one(sql, [shared.as_bytes()], |row| Ok(DocumentId::from_bytes(row.get(0)?)))
    }

    pub(crate) fn document(&self, key: &DocumentKey) -> Result<Option<DocumentRow>, StoreError> {
        let Some(id) = self.document_id(key)? else { return Ok(None) };
        let sql = "SELECT kind, buried, stored FROM document WHERE id = ?1";
        let row = self.one(sql, [id], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get(2)?)))?;
        match row {
            Some((_, true, _)) => Ok(Some(DocumentRow::Buried)),
            Some((kind, false, Some(stored))) => {
                let stored = self.private().unseal(key.place.space(), &key.id, stored)?;
                Ok(Some(DocumentRow::Alive { kind: kind_from(kind)?, stored }))
            }
            Some((_, false, None)) | None => Ok(None),
        }
    }

    /// The number by which the derived tables know a document, if anything was ever heard of it.
    pub(crate) fn document_id(&self, key: &DocumentKey) -> Result<Option<i64>, StoreError> {
        let Some(place) = self.place_id(&key.place)? else { return Ok(None) };
        self.document_id_in(place, &key.id)
    }

    fn document_id_in(&self, place: i64, document: &DocumentId) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT id FROM document WHERE place = ?1 AND document = ?2";
        self.one(sql, params![place, document.as_bytes()], |row| Ok(row.get(0)?))
    }
}

impl Rows<'_> {
    /// Documents whose beginning is not here, and of which entries wait.
    pub(super) fn unbegun(&self) -> Result<Vec<DocumentKey>, StoreError> {
        let sql = "SELECT place.space, place.bond, place.owner, document.document
                   FROM document JOIN place ON place.id = document.place
                   WHERE document.kind = 0 AND document.buried = 0
                       AND EXISTS (SELECT 1 FROM entry WHERE entry.document = document.id AND entry.state = 1)";
        self.all(sql, [], |row| {
            Ok(DocumentKey { place: places::read(row, 0)?, id: DocumentId::from_bytes(row.get(3)?) })
        })
    }
}

/// A living document, whichever kind it is of.
pub(crate) struct Living {
    /// Its number in this file.
    pub(crate) id: i64,
    pub(crate) key: DocumentKey,
    pub(crate) kind: u32,
    pub(crate) stored: Vec<u8>,
}

impl Rows<'_> {
    /// The next living document after this number, in Private or outside of it alone.
    pub(crate) fn living_after(&self, last: i64, private: bool) -> Result<Option<Living>, StoreError> {
        let sql = "SELECT document.id, place.space, place.bond, place.owner, document.document, document.kind, document.stored
                   FROM document CROSS JOIN place
                   WHERE place.id = +document.place AND document.id > ?1 AND document.stored IS NOT NULL
                       AND (place.space = 0) <= ?2
                   ORDER BY document.id LIMIT 1";
        let living = self.one(sql, params![last, private], |row| {
            let key = DocumentKey { place: places::read(row, 1)?, id: DocumentId::from_bytes(row.get(4)?) };
            Ok(Living { id: row.get(0)?, key, kind: row.get(5)?, stored: row.get(6)? })
        })?;
        let unsealed = |living: Living| {
            let stored = self.private().unseal(living.key.place.space(), &living.key.id, living.stored)?;
            Ok(Living { stored, ..living })
        };
        living.map(unsealed).transpose()
    }
}

/// A kind that a later version added, in a file that this one opens all the same.
pub(super) fn kind_from(number: u32) -> Result<Kind, StoreError> {
    let newer = StoreError::Newer { found: super::schema::VERSION + 1, supported: super::schema::VERSION };
    Kind::from_number(number).ok_or(newer)
}

impl StoreTx<'_> {
    pub(super) fn make_document_id(&mut self, place: i64, document: &DocumentId) -> Result<i64, StoreError> {
        match self.rows().document_id_in(place, document)? {
            Some(id) => Ok(id),
            None => {
                let sql = "INSERT INTO document (place, document, kind, buried, stored) VALUES (?1, ?2, 0, 0, NULL)";
                self.rows().insert(sql, params![place, document.as_bytes()])
            }
        }
    }

    pub(super) fn store_document(
        &mut self,
        key: &DocumentKey,
        kind: Kind,
        document: &Automerge,
        saved: &[u8],
    ) -> Result<(), StoreError> {
        let place = self.rows().make_place_id(&key.place)?;
        let id = self.make_document_id(place, &key.id)?;
        let space = key.place.space();
        let saved = self.private().seal(space, &key.id, saved, &self.randomness())?;
        let sql = "UPDATE document SET kind = ?2, stored = ?3 WHERE id = ?1 AND buried = 0";
        if self.rows().run(sql, params![id, kind.number(), saved])? == 0 {
            return Err(StoreError::Misuse("a deleted document can't be written"));
        }
        self.drop_aside_of_others(key, id)?;
        let derived = crate::docs::derive(kind, key, document);
        self.put_derived(id, place, space, &derived)?;
        self.note_received(id, &key.place, &derived)?;
        self.mark_changed(*key);
        Ok(())
    }
}
