//! The end of documents: what is kept for its writer, and how the rest leaves the file.
//!
//! A burial removes the stored form, the payloads and the derived rows in its transaction. Words then still stand in three
//! places: in freed parts of pages, which `secure_delete` overwrites with zeros at once; in the search index, which only notes
//! that something is gone; and in the write-ahead log. [`Writer::purge`] clears the last two after the commit. A mark that is
//! committed with the burial says that this is due, so a kill in between only puts it off.

use nightstand_engine::author::AuthorError;
use nightstand_engine::ids::{DocumentId, DocumentKey, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::{Burial, DocumentRow};

use super::{Private, Rows, StoreError, StoreTx, Writer};

/// In `meta` while a purge is due.
const PURGE: &str = "purge";

impl Rows<'_> {
    pub(super) fn purge_is_due(&self) -> Result<bool, StoreError> {
        Ok(self.meta::<bool>(PURGE)?.is_some())
    }
}

impl StoreTx<'_> {
    pub(super) fn bury_document(&mut self, burial: &Burial) -> Result<(), StoreError> {
        let place = self.rows().make_place_id(&burial.key.place)?;
        let id = self.make_document_id(place, &burial.key.id)?;
        if let Some(DocumentRow::Alive { kind, stored }) = self.rows().document(&burial.key)? {
            self.rescue(id, burial, kind, &stored)?;
        }
        self.drop_derived(id)?;
        self.drop_received(id)?;
        self.rows().run("DELETE FROM aside WHERE document = ?1", [id])?;
        self.spell_out(id)?;
        self.rows().run("UPDATE document SET stored = NULL, buried = 1 WHERE id = ?1", [id])?;
        self.rows().run("UPDATE entry SET state = 2, payload = NULL WHERE document = ?1 AND kind = 0", [id])?;
        self.mark_purge()?;
        self.mark_changed(burial.key);
        Ok(())
    }

    /// Lets `docs` copy what this person wrote and nobody meant to delete.
    pub(super) fn rescue(&mut self, id: i64, burial: &Burial, kind: Kind, stored: &[u8]) -> Result<(), StoreError> {
        let person = self.person();
        let sql = "SELECT 1 FROM entry JOIN log ON log.id = entry.log
                   WHERE entry.document = ?1 AND entry.kind = 0 AND log.person = ?2
                   UNION ALL
                   SELECT 1 FROM segment_document JOIN log ON log.id = segment_document.log
                   WHERE segment_document.document = ?1 AND log.person = ?2 LIMIT 1";
        if self.rows().one(sql, (id, person.as_bytes()), |_| Ok(()))?.is_none() {
            return Ok(());
        }
        if burial.key.place.space() == Space::Private {
            return Ok(());
        }
        let own_logs = self.rows().logs_of(&person)?;
        let locked = matches!(self.private(), Private::Locked);
        let place = crate::docs::rescue_place(burial, kind, person);
        if place.space() == Space::Private && locked {
            // What nobody meant to keep must not wait for the unlocking either.
            return match written(crate::docs::kept_alone(burial, stored, person, &own_logs))?.flatten() {
                None => Ok(()),
                Some(kept) => self.put_unkept(id, &Burial { heads: Vec::new(), ..burial.clone() }, kind, &kept),
            };
        }
        let log = self.open_writing_log(&place)?;
        written(crate::docs::rescue(self, burial, kind, stored, person, &log, &own_logs))?;
        if kind != Kind::Preference {
            return Ok(());
        }
        match crate::docs::boundary_beyond(burial, stored, person, &own_logs) {
            None => Ok(()),
            Some(_) if locked => self.put_unkept(id, burial, kind, stored),
            Some((item, stance, document)) => {
                let log = self.open_writing_log(&Place::Private { owner: person })?;
                let handed = crate::docs::rescue_to_private(self, &item, stance, &document, &log, person);
                written(handed).map(drop)
            }
        }
    }

    /// Copies to Private what was kept while that was locked.
    pub(super) fn rescue_late(
        &mut self,
        id: i64,
        burial: &Burial,
        kind: Kind,
        stored: &[u8],
    ) -> Result<(), StoreError> {
        if kind != Kind::JournalEntry || !burial.heads.is_empty() {
            return self.rescue(id, burial, kind, stored);
        }
        let person = self.person();
        let log = self.open_writing_log(&Place::Private { owner: person })?;
        written(crate::docs::keep_late(self, burial, stored, person, &log)).map(drop)
    }

    /// Removes everything in a place from this file, on this phone alone: no tombstone tells others. For parting.
    pub(crate) fn purge_place(&mut self, place: &Place) -> Result<(), StoreError> {
        let Some(id) = self.rows().place_id(place)? else { return Ok(()) };
        let living = self.rows().all(
            "SELECT id, document FROM document WHERE place = ?1 AND stored IS NOT NULL",
            [id],
            |row| Ok((row.get::<_, i64>(0)?, DocumentId::from_bytes(row.get(1)?))),
        )?;
        for (document, name) in living {
            self.drop_derived(document)?;
            self.mark_changed(DocumentKey { place: *place, id: name });
        }
        self.purge_segments(id)?;
        for sql in [
            "DELETE FROM unkept WHERE document IN (SELECT id FROM document WHERE place = ?1)",
            "DELETE FROM aside WHERE document IN (SELECT id FROM document WHERE place = ?1)",
            "DELETE FROM received WHERE document IN (SELECT id FROM document WHERE place = ?1)",
            "DELETE FROM tag WHERE log IN (SELECT id FROM log WHERE place = ?1)",
            "DELETE FROM entry WHERE log IN (SELECT id FROM log WHERE place = ?1)",
            "DELETE FROM log WHERE place = ?1",
            "DELETE FROM document WHERE place = ?1",
            "DELETE FROM place WHERE id = ?1",
        ] {
            self.rows().run(sql, [id])?;
        }
        self.mark_purge()
    }

    pub(super) fn mark_purge(&mut self) -> Result<(), StoreError> {
        self.rows().set_meta(PURGE, true)?;
        self.purge_at_commit();
        Ok(())
    }
}

/// None of a stored form that does not load: it has nothing to copy, and must not keep its tombstone from being carried out.
fn written<R>(done: Result<R, AuthorError<StoreError>>) -> Result<Option<R>, StoreError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(AuthorError::Damaged(_)) => Ok(None),
        Err(AuthorError::Store(error)) => Err(error),
        Err(_) => Err(StoreError::Misuse("what was to be kept could not be written")),
    }
}

impl Writer {
    /// Clears what burials left in the search index and the write-ahead log. Does nothing if nothing is due. Whatever stops
    /// it leaves it due.
    ///
    /// Merging the whole index takes a moment (150 ms for three thousand long entries). FTS5's `secure-delete` would spare
    /// it, but makes every edit of a long entry write ten times as much, and misses the words of earlier wordings.
    pub(crate) fn purge(&mut self) -> Result<(), StoreError> {
        if !self.purge_due() {
            return Ok(());
        }
        for schema in self.private().schemas() {
            self.rows().run(&format!("INSERT INTO {schema}.search (search) VALUES ('optimize')"), [])?;
        }
        self.checkpoint()?;
        // The index of a locked Private waits until it is unlocked.
        if !matches!(self.private(), Private::Locked) {
            self.rows().drop_meta(PURGE)?;
        }
        self.purge_done();
        Ok(())
    }
}
