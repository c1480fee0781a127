//! What removed devices wrote past what was known of them: each document as it would be with that.

use nightstand_engine::ids::{DocumentId, DocumentKey};
use nightstand_engine::kinds::Kind;
use rusqlite::params;

use super::{Private, Rows, StoreError, StoreTx, documents, places};

/// A document as it would be with what was set aside.
pub(crate) struct Aside {
    pub(crate) key: DocumentKey,
    pub(crate) kind: Kind,
    pub(crate) stored: Vec<u8>,
}

impl Rows<'_> {
    /// All of them, in the order in which their documents were first heard of. While Private is locked, its own are left out.
    pub(crate) fn aside(&self) -> Result<Vec<Aside>, StoreError> {
        let sql = "SELECT place.space, place.bond, place.owner, document.document, aside.kind, aside.stored
                   FROM aside JOIN document ON document.id = aside.document JOIN place ON place.id = document.place
                   WHERE document.buried = 0 ORDER BY aside.document";
        let rows = self.all(sql, [], |row| {
            let key = DocumentKey { place: places::read(row, 0)?, id: DocumentId::from_bytes(row.get(3)?) };
            Ok(Aside { key, kind: documents::kind_from(row.get(4)?)?, stored: row.get(5)? })
        })?;
        let locked = matches!(self.private(), Private::Locked);
        let readable = rows.into_iter().filter(|aside| aside.key.place.bond().is_some() || !locked);
        readable
            .map(|aside| {
                let stored = self.private().unseal(aside.key.place.space(), &aside.key.id, aside.stored)?;
                Ok(Aside { stored, ..aside })
            })
            .collect()
    }
}

impl StoreTx<'_> {
    pub(super) fn keep_aside(&mut self, key: &DocumentKey, kind: Kind, saved: &[u8]) -> Result<(), StoreError> {
        let place = self.rows().make_place_id(&key.place)?;
        let id = self.make_document_id(place, &key.id)?;
        let saved = self.private().seal(key.place.space(), &key.id, saved, &self.randomness())?;
        let sql = "INSERT INTO aside (document, kind, stored) VALUES (?1, ?2, ?3)
                   ON CONFLICT (document) DO UPDATE SET kind = excluded.kind, stored = excluded.stored";
        self.rows().run(sql, params![id, kind.number(), saved])?;
        self.mark_changed(*key);
        Ok(())
    }

    /// Lets go of what was set aside of a document: its person has looked at it.
    pub(crate) fn drop_aside(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        let Some(id) = self.rows().document_id(key)? else { return Ok(()) };
        self.rows().run("DELETE FROM aside WHERE document = ?1", [id])?;
        self.mark_changed(*key);
        Ok(())
    }

    /// A document of which nothing is left here is as if it had not begun.
    pub(super) fn unbegin_document(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        let Some(id) = self.rows().document_id(key)? else { return Ok(()) };
        self.drop_derived(id)?;
        self.drop_received(id)?;
        self.rows().run("UPDATE document SET kind = 0, stored = NULL WHERE id = ?1 AND buried = 0", [id])?;
        self.mark_changed(*key);
        Ok(())
    }
}
