//! What removed devices wrote past what was known of them: each document as it would be with that, or as it was before one of
//! them deleted it.
//!
//! A boundary that was set aside so and is stricter than what stands **holds** until its person has looked: the derived row of a
//! preference has the stricter of the two, on their own phones and on the partner's. On the partner's it holds until the
//! person writes to the item anew, which looking at it does.

use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentId, DocumentKey, PersonId};
use nightstand_engine::kinds::Kind;
use nightstand_engine::store::DocumentRow;
use rusqlite::params;

use super::{Private, Rows, StoreError, StoreTx, documents, places};
use crate::care::Stance;
use crate::docs::{Derived, DerivedPreference};

/// A document as it would be with what was set aside.
pub(crate) struct Aside {
    pub(crate) key: DocumentKey,
    pub(crate) kind: Kind,
    pub(crate) stored: Vec<u8>,
    /// It was deleted, and stood as it is here before.
    pub(crate) deleted: bool,
}

const ASIDE: &str =
    "SELECT place.space, place.bond, place.owner, document.document, aside.kind, aside.stored, document.buried
                     FROM aside JOIN document ON document.id = aside.document JOIN place ON place.id = document.place";

impl Rows<'_> {
    /// What this person's removed devices wrote, in the order in which the documents were first heard of. While Private is
    /// locked, its own are left out.
    pub(crate) fn aside(&self, person: &PersonId) -> Result<Vec<Aside>, StoreError> {
        let sql = format!("{ASIDE} WHERE aside.person = ?1 ORDER BY aside.document");
        let rows = self.all(&sql, [person.as_bytes()], read)?;
        let locked = matches!(self.private(), Private::Locked);
        let readable = rows.into_iter().filter(|aside| aside.key.place.bond().is_some() || !locked);
        readable.map(|aside| self.unsealed(aside)).collect()
    }

    fn aside_of(&self, document: i64) -> Result<Option<Aside>, StoreError> {
        let sql = format!("{ASIDE} WHERE aside.document = ?1");
        self.one(&sql, [document], read)?.map(|aside| self.unsealed(aside)).transpose()
    }

    fn unsealed(&self, aside: Aside) -> Result<Aside, StoreError> {
        let stored = self.private().unseal(aside.key.place.space(), &aside.key.id, aside.stored)?;
        Ok(Aside { stored, ..aside })
    }

    /// What was set aside of an item of preferences.
    fn preference_aside(&self, document: i64) -> Result<Option<DerivedPreference>, StoreError> {
        let Some(aside) = self.aside_of(document)?.filter(|aside| aside.kind == Kind::Preference) else {
            return Ok(None);
        };
        let Ok(document) = Document::load(&aside.stored) else { return Ok(None) };
        match crate::docs::derive(aside.kind, &aside.key, document.automerge()) {
            Derived::Preference(preference) => Ok(Some(preference)),
            _ => Ok(None),
        }
    }

    /// An item with the stricter of what stands and what was set aside.
    pub(super) fn with_held_boundary(
        &self,
        document: i64,
        derived: &DerivedPreference,
    ) -> Result<DerivedPreference, StoreError> {
        let aside = self.preference_aside(document)?.and_then(|aside| stance(&aside));
        let stands = stance(derived);
        // Without a word of it nothing stands that would be looser.
        let strictest = aside.filter(|aside| stands.is_none_or(|stands| *aside < stands)).or(stands);
        Ok(DerivedPreference { stance: strictest.map(Stance::parts), ..derived.clone() })
    }
}

fn stance(derived: &DerivedPreference) -> Option<Stance> {
    derived.stance.and_then(|(number, until_ms)| Stance::from_parts(number, until_ms))
}

fn read(row: &rusqlite::Row<'_>) -> Result<Aside, StoreError> {
    let key = DocumentKey { place: places::read(row, 0)?, id: DocumentId::from_bytes(row.get(3)?) };
    Ok(Aside { key, kind: documents::kind_from(row.get(4)?)?, stored: row.get(5)?, deleted: row.get(6)? })
}

impl StoreTx<'_> {
    pub(super) fn keep_aside(
        &mut self,
        key: &DocumentKey,
        kind: Kind,
        saved: &[u8],
        by: &PersonId,
    ) -> Result<(), StoreError> {
        // What the partner's device deleted only the partner can bring back, and then it is another document.
        if self.rows().document(key)? == Some(DocumentRow::Buried) && *by != self.person() {
            return Ok(());
        }
        let place = self.rows().make_place_id(&key.place)?;
        let id = self.make_document_id(place, &key.id)?;
        let saved = self.private().seal(key.place.space(), &key.id, saved, &self.randomness())?;
        let sql = "INSERT INTO aside (document, kind, person, stored) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (document) DO UPDATE SET
                       kind = excluded.kind, person = excluded.person, stored = excluded.stored";
        self.rows().run(sql, params![id, kind.number(), by.as_bytes(), saved])?;
        self.note_set_aside(*key);
        self.derive_with_aside(key)
    }

    /// Lets go of what was set aside of a document: its person has looked at it.
    pub(crate) fn drop_aside(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        let Some(id) = self.rows().document_id(key)? else { return Ok(()) };
        if self.rows().run("DELETE FROM aside WHERE document = ?1", [id])? == 0 {
            return Ok(());
        }
        self.derive_with_aside(key)
    }

    /// Of what the partner's removed device wrote, the partner's next word on it says what they made of it.
    pub(super) fn drop_aside_of_others(&mut self, key: &DocumentKey, id: i64) -> Result<(), StoreError> {
        if key.place.writable_by(&self.person()) || self.was_set_aside_now(key) {
            return Ok(());
        }
        self.rows().run("DELETE FROM aside WHERE document = ?1", [id]).map(drop)
    }

    /// A document of which nothing is left here is as if it had not begun.
    pub(super) fn unbegin_document(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        let Some(id) = self.rows().document_id(key)? else { return Ok(()) };
        self.drop_received(id)?;
        self.spell_out(id)?;
        self.rows().run("UPDATE document SET kind = 0, stored = NULL WHERE id = ?1 AND buried = 0", [id])?;
        self.derive_with_aside(key)
    }

    /// Lists a document anew after something of it was set aside or let go of.
    fn derive_with_aside(&mut self, key: &DocumentKey) -> Result<(), StoreError> {
        let place = self.rows().make_place_id(&key.place)?;
        let id = self.make_document_id(place, &key.id)?;
        let derived = match self.rows().document(key)? {
            Some(DocumentRow::Alive { kind, stored }) => match Document::load(&stored) {
                Ok(document) => Some(crate::docs::derive(kind, key, document.automerge())),
                Err(_) => return Ok(()),
            },
            Some(DocumentRow::Buried) => None,
            None => self.boundary_alone(id)?,
        };
        self.drop_derived(id)?;
        if let Some(derived) = derived {
            self.put_derived(id, place, key.place.space(), &derived)?;
        }
        self.mark_changed(*key);
        Ok(())
    }

    /// Of an item of which nothing else is left: its boundary, while that holds.
    fn boundary_alone(&self, document: i64) -> Result<Option<Derived>, StoreError> {
        let aside = self.rows().preference_aside(document)?;
        let alone = aside.map(|aside| DerivedPreference { choices: String::new(), note: String::new(), ..aside });
        Ok(alone.map(Derived::Preference))
    }

    /// Lists boundaries that hold and of whose items nothing else is left, when all is listed anew.
    pub(super) fn derive_held_boundaries(&mut self) -> Result<(), StoreError> {
        let sql = format!("{ASIDE} WHERE document.buried = 0 AND document.stored IS NULL");
        let locked = matches!(self.private(), Private::Locked);
        for aside in self.rows().all(&sql, [], read)? {
            if aside.kind == Kind::Preference && (aside.key.place.bond().is_some() || !locked) {
                self.derive_with_aside(&aside.key)?;
            }
        }
        Ok(())
    }
}
