//! What follows from documents: the rows that lists, filters, calendars and search read instead of them.
//!
//! `docs` says what a document gives; here it is written, in the transaction that writes the document. What is the same stays
//! untouched, so that a keystroke far down in a long entry writes neither its list row nor its tags.

use std::collections::BTreeSet;

use automerge::Automerge;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, Space};
use nightstand_engine::kinds::Kind;
use rusqlite::params;

use super::private::Late;
use super::{Private, Rows, StoreError, StoreTx, Told, documents, places};
use crate::docs::{Derived, DerivedEntry, DerivedPreference, DerivedRecord, DerivedSession};
use crate::progress::ProgressReport;

/// Raise it whenever [`docs::derive`](crate::docs::derive) or the writing of its result changes: files then make these
/// tables again at their next opening.
pub(super) const DERIVED_VERSION: i64 = 7;

/// The tables with a row for each document that is listed there; what points at another comes before it.
const LISTS: [&str; 5] = ["row_tag", "row", "preference", "record", "session"];

const VERSION: &str = "derived_version";

/// So many documents are made anew between two words of progress.
pub(super) const TELL_EVERY: u64 = 64;

impl Rows<'_> {
    /// Were the derived tables made by this version of the code?
    pub(super) fn derived_is_current(&self) -> Result<bool, StoreError> {
        Ok(self.meta::<i64>(VERSION)? == Some(DERIVED_VERSION))
    }
}

impl StoreTx<'_> {
    /// `space` says in which of the two files (see [`private`](super::private)).
    pub(super) fn put_derived(
        &mut self,
        document: i64,
        place: i64,
        space: Space,
        derived: &Derived,
    ) -> Result<(), StoreError> {
        match self.private().schema(space) {
            "main" => self.put_derived_in("main", document, place, derived),
            _ => {
                self.list_late(Late::Put(document, place, derived.clone()));
                Ok(())
            }
        }
    }

    pub(super) fn put_derived_in(
        &mut self,
        schema: &str,
        document: i64,
        place: i64,
        derived: &Derived,
    ) -> Result<(), StoreError> {
        match derived {
            Derived::Entry(entry) => self.put_entry(schema, document, place, entry),
            Derived::Preference(preference) => self.put_preference(schema, document, place, preference),
            Derived::Record(record) => self.put_record(schema, document, place, record),
            // It may have been listed before, as what it then was.
            Derived::Nothing => self.drop_derived_in(schema, document),
        }
    }

    fn put_entry(&mut self, schema: &str, document: i64, place: i64, derived: &DerivedEntry) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {schema}.row (document, place, kind, when_ms, offset_seconds, zone, all_day, favourite, kept, mood,
                                    title, preview, published, source, prompt, session)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
                   ON CONFLICT (document) DO UPDATE SET
                       kind = excluded.kind, when_ms = excluded.when_ms, offset_seconds = excluded.offset_seconds,
                       zone = excluded.zone, all_day = excluded.all_day, favourite = excluded.favourite,
                       kept = excluded.kept, mood = excluded.mood, title = excluded.title, preview = excluded.preview,
                       published = excluded.published, source = excluded.source, prompt = excluded.prompt,
                       session = excluded.session
                   WHERE (row.kind, row.when_ms, row.offset_seconds, row.zone, row.all_day, row.favourite, row.kept,
                          row.mood, row.title, row.preview, row.published, row.source, row.prompt, row.session)
                  IS NOT (excluded.kind, excluded.when_ms, excluded.offset_seconds, excluded.zone, excluded.all_day,
                          excluded.favourite, excluded.kept, excluded.mood, excluded.title, excluded.preview,
                          excluded.published, excluded.source, excluded.prompt, excluded.session)"
        );
        self.rows().run(
            &sql,
            params![
                document,
                place,
                Kind::JournalEntry.number(),
                derived.when_ms,
                derived.offset_seconds,
                derived.zone,
                derived.all_day,
                derived.favourite,
                derived.kept,
                derived.mood,
                derived.title,
                derived.preview,
                derived.published.as_ref().map(|id| id.as_bytes()),
                derived.source,
                derived.prompt,
                derived.session,
            ],
        )?;
        self.put_tags(schema, document, &derived.tags)?;
        self.put_words(schema, document, &derived.search)
    }

    fn put_tags(&mut self, schema: &str, document: i64, tags: &[String]) -> Result<(), StoreError> {
        let sql = format!("SELECT tag FROM {schema}.row_tag WHERE document = ?1");
        let old: BTreeSet<String> = self.rows().all(&sql, [document], |row| Ok(row.get(0)?))?.into_iter().collect();
        let tags: BTreeSet<String> = tags.iter().cloned().collect();
        for tag in old.difference(&tags) {
            let sql = format!("DELETE FROM {schema}.row_tag WHERE tag = ?1 AND document = ?2");
            self.rows().run(&sql, params![tag, document])?;
        }
        for tag in tags.difference(&old) {
            let sql = format!("INSERT OR IGNORE INTO {schema}.row_tag (tag, document) VALUES (?1, ?2)");
            self.rows().run(&sql, params![tag, document])?;
        }
        Ok(())
    }

    fn put_preference(
        &mut self,
        schema: &str,
        document: i64,
        place: i64,
        derived: &DerivedPreference,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {schema}.preference (document, place, item, stance, until_ms, choices, note)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (document) DO UPDATE SET
                       item = excluded.item, stance = excluded.stance, until_ms = excluded.until_ms,
                       choices = excluded.choices, note = excluded.note"
        );
        let derived = self.rows().with_held_boundary(document, derived)?;
        let (stance, until_ms) = derived.stance.unzip();
        let params = params![document, place, derived.item, stance, until_ms.flatten(), derived.choices, derived.note];
        self.rows().run(&sql, params).map(drop)
    }

    fn put_record(
        &mut self,
        schema: &str,
        document: i64,
        place: i64,
        derived: &DerivedRecord,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {schema}.record (document, place, what, id, of, at_ms, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT (document) DO UPDATE SET
                       of = excluded.of, at_ms = excluded.at_ms, content = excluded.content
                   WHERE (record.of, record.at_ms, record.content)
                  IS NOT (excluded.of, excluded.at_ms, excluded.content)"
        );
        let DerivedRecord { what, id, record } = derived;
        let params = params![document, place, what, id, record.text_of("of"), record.number("at"), record.to_json()];
        self.rows().run(&sql, params)?;
        match DerivedSession::of(derived) {
            Some(session) => self.put_session(schema, document, place, id, &session),
            None => Ok(()),
        }
    }

    fn put_session(
        &mut self,
        schema: &str,
        document: i64,
        place: i64,
        id: &str,
        derived: &DerivedSession,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "INSERT INTO {schema}.session (document, place, id, at_ms, began_ms, ended_ms, done, situation)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (document) DO UPDATE SET
                       at_ms = excluded.at_ms, began_ms = excluded.began_ms, ended_ms = excluded.ended_ms,
                       done = excluded.done, situation = excluded.situation
                   WHERE (session.at_ms, session.began_ms, session.ended_ms, session.done, session.situation)
                  IS NOT (excluded.at_ms, excluded.began_ms, excluded.ended_ms, excluded.done, excluded.situation)"
        );
        let DerivedSession { at_ms, began_ms, ended_ms, done, situation } = derived;
        self.rows().run(&sql, params![document, place, id, at_ms, began_ms, ended_ms, done, situation]).map(drop)
    }

    pub(super) fn drop_derived(&mut self, document: i64) -> Result<(), StoreError> {
        self.drop_derived_in("main", document)?;
        let sql =
            "SELECT 1 FROM document JOIN place ON place.id = document.place WHERE document.id = ?1 AND place.space = 0";
        if self.private().schemas().len() > 1 && self.rows().one(sql, [document], |_| Ok(()))?.is_some() {
            self.list_late(Late::Drop(document));
        }
        Ok(())
    }

    pub(super) fn drop_derived_in(&mut self, schema: &str, document: i64) -> Result<(), StoreError> {
        self.drop_words(schema, document)?;
        for table in LISTS {
            self.rows().run(&format!("DELETE FROM {schema}.{table} WHERE document = ?1"), [document])?;
        }
        Ok(())
    }

    /// Makes the derived tables again from the documents. A document that does not load gets no row; it stays where it is.
    /// Under a second key those of Private are made again when it is unlocked.
    pub(crate) fn rebuild_rows(&mut self, told: &mut Told<'_>) -> Result<(), StoreError> {
        let sql = "SELECT count(*) FROM document WHERE stored IS NOT NULL";
        let total = self.rows().one(sql, [], |row| Ok(row.get::<_, i64>(0)?))?.unwrap_or_default().unsigned_abs();
        let mut done = 0;
        self.drop_all_words()?;
        for table in LISTS {
            self.rows().run(&format!("DELETE FROM main.{table}"), [])?;
        }
        let mut last = 0;
        while let Some(next) = self.rows().stored_after(last)? {
            if done % TELL_EVERY == 0 && told(ProgressReport { done, total }).is_break() {
                return Err(StoreError::Cancelled);
            }
            done += 1;
            last = next.id;
            if next.key.place.space() == Space::Private && !matches!(self.private(), Private::Open) {
                continue;
            }
            if let Ok(document) = Document::load(&next.stored) {
                let derived = next.derive(document.automerge());
                self.put_derived(next.id, next.place_id, next.key.place.space(), &derived)?;
            }
        }
        self.derive_held_boundaries()?;
        let _ = told(ProgressReport { done, total: done });
        self.rows().set_meta(VERSION, DERIVED_VERSION)
    }
}

struct Stored {
    id: i64,
    place_id: i64,
    key: DocumentKey,
    kind: Kind,
    stored: Vec<u8>,
}

impl Stored {
    fn derive(&self, document: &Automerge) -> Derived {
        crate::docs::derive(self.kind, &self.key, document)
    }
}

impl Rows<'_> {
    fn stored_after(&self, id: i64) -> Result<Option<Stored>, StoreError> {
        let sql =
            "SELECT document.id, document.place, document.kind, document.stored, place.space, place.bond, place.owner,
                   document.document
                   FROM document JOIN place ON place.id = document.place
                   WHERE document.id > ?1 AND document.stored IS NOT NULL ORDER BY document.id LIMIT 1";
        self.one(sql, [id], |row| {
            Ok(Stored {
                id: row.get(0)?,
                place_id: row.get(1)?,
                kind: documents::kind_from(row.get(2)?)?,
                stored: row.get(3)?,
                key: DocumentKey { place: places::read(row, 4)?, id: DocumentId::from_bytes(row.get(7)?) },
            })
        })
    }
}
