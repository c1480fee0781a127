//! What is sealed, one document after the other; and what waits for Private to be unlocked.

use nightstand_engine::document::Document;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, PersonId, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, Store, Transaction};
use rusqlite::params;

use crate::docs::Derived;
use crate::progress::ProgressReport;
use crate::store::derived::TELL_EVERY;
use crate::store::{Rows, StoreError, StoreTx, Told, Writer, documents, places};

/// A document of Private as it lies in the file.
pub(super) struct Kept {
    pub(super) id: i64,
    pub(super) place: i64,
    pub(super) key: DocumentKey,
    pub(super) document: DocumentId,
    pub(super) kind: Kind,
    pub(super) stored: Vec<u8>,
}

impl StoreTx<'_> {
    /// Goes through the documents of Private.
    pub(super) fn each_private(
        &mut self,
        told: &mut Told<'_>,
        mut visit: impl FnMut(&mut Self, &Kept) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // Else SQLite goes from the place to its documents, and sorts all of them at each step.
        let of = "FROM document CROSS JOIN place
                  WHERE place.id = +document.place AND place.space = 0 AND document.stored IS NOT NULL AND document.id > ?1";
        let count = format!("SELECT count(*) {of}");
        let total = self.rows().one(&count, [0], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or_default().unsigned_abs();
        let next = format!(
            "SELECT document.id, document.place, place.space, place.bond, place.owner, document.document, document.kind,
                 document.stored {of} ORDER BY document.id LIMIT 1"
        );
        let (mut last, mut done) = (0, 0);
        loop {
            let kept = self.rows().one(&next, [last], |row| {
                let document = DocumentId::from_bytes(row.get(5)?);
                let key = DocumentKey { place: places::read(row, 2)?, id: document };
                let (id, place, kind) = (row.get(0)?, row.get(1)?, documents::kind_from(row.get(6)?)?);
                Ok(Kept { id, place, key, document, kind, stored: row.get(7)? })
            })?;
            let Some(kept) = kept else {
                let _ = told(ProgressReport { done, total: done });
                return Ok(());
            };
            if done % TELL_EVERY == 0 && told(ProgressReport { done, total }).is_break() {
                return Err(StoreError::Cancelled);
            }
            visit(self, &kept)?;
            (last, done) = (kept.id, done + 1);
        }
    }

    pub(super) fn put_stored(&self, id: i64, stored: &[u8]) -> Result<(), StoreError> {
        self.rows().run("UPDATE document SET stored = ?2 WHERE id = ?1", params![id, stored]).map(drop)
    }

    /// A document that does not load is not listed; it stays where it is.
    pub(super) fn derive_private(&mut self, schema: &str, kept: &Kept, plain: &[u8]) -> Result<(), StoreError> {
        let Ok(document) = Document::load(plain) else { return Ok(()) };
        let derived = crate::docs::derive(kept.kind, &kept.key, document.automerge());
        self.put_derived_in(schema, kept.id, kept.place, &derived)
    }

    /// Keeps a document that somebody deleted, of which something must be copied to Private once that is unlocked.
    pub(in crate::store) fn put_unkept(
        &self,
        id: i64,
        burial: &Burial,
        kind: Kind,
        stored: &[u8],
    ) -> Result<(), StoreError> {
        let heads: Vec<u8> = burial.heads.iter().flat_map(Hash::as_bytes).copied().collect();
        let sql = "INSERT OR IGNORE INTO unkept (document, kind, deleter, heads, stored) VALUES (?1, ?2, ?3, ?4, ?5)";
        self.rows().run(sql, params![id, kind.number(), burial.by.as_bytes(), heads, stored]).map(drop)
    }
}

impl Rows<'_> {
    /// What follows from the documents of Private that are of one kind, read from themselves.
    pub(crate) fn each_unsealed(
        &self,
        person: PersonId,
        kind: Kind,
        mut visit: impl FnMut(Derived),
    ) -> Result<(), StoreError> {
        let place = Place::Private { owner: person };
        let Some(number) = self.place_id(&place)? else { return Ok(()) };
        let sql = "SELECT document, stored FROM document WHERE place = ?1 AND kind = ?2 AND stored IS NOT NULL";
        let found = self.all(sql, params![number, kind.number()], |row| {
            Ok((DocumentId::from_bytes(row.get(0)?), row.get::<_, Vec<u8>>(1)?))
        })?;
        for (id, stored) in found {
            let plain = self.private().unseal(Space::Private, &id, stored)?;
            let document = Document::load(&plain).map_err(|_| StoreError::Damaged)?;
            visit(crate::docs::derive(kind, &DocumentKey { place, id }, document.automerge()));
        }
        Ok(())
    }
}

impl Writer {
    /// Copies to Private what must stay of documents that others deleted while it was locked.
    pub(super) fn keep_unkept(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT unkept.document, place.space, place.bond, place.owner, document.document, unkept.deleter,
                       unkept.heads, unkept.kind, unkept.stored
                   FROM unkept JOIN document ON document.id = unkept.document JOIN place ON place.id = document.place
                   ORDER BY unkept.document LIMIT 1";
        loop {
            let mut tx = self.begin()?;
            let next = tx.rows().one(sql, [], |row| {
                let key = DocumentKey { place: places::read(row, 1)?, id: DocumentId::from_bytes(row.get(4)?) };
                let heads = row.get::<_, Vec<u8>>(6)?.chunks(32).map(Hash::from_slice).collect::<Option<_>>();
                let heads = heads.ok_or(StoreError::Damaged)?;
                let burial = Burial { key, by: PersonId::from_bytes(row.get(5)?), heads };
                Ok((row.get::<_, i64>(0)?, burial, documents::kind_from(row.get(7)?)?, row.get::<_, Vec<u8>>(8)?))
            })?;
            let Some((id, burial, kind, stored)) = next else { return Ok(()) };
            tx.rescue_late(id, &burial, kind, &stored)?;
            tx.rows().run("DELETE FROM unkept WHERE document = ?1", [id])?;
            tx.mark_purge()?;
            tx.commit()?;
        }
    }
}
