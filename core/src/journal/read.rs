//! Reading one entry.

use automerge::Automerge;
use nightstand_engine::ids::{DocumentKey, PersonId, Place, Space};

use super::working_copy::{for_partner, joint_key, load};
use super::{Author, EntryDraft, EntryId, EntryVersion, Journal, Mine, Visibility, required_bond};
use crate::docs;
use crate::error::NightstandError;
use crate::store::Rows;

/// An entry, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryView {
    /// Which.
    pub id: EntryId,
    /// Its text and circumstances. Of an own entry: the working copy.
    pub entry: EntryDraft,
    /// Who can read it.
    pub visibility: Visibility,
    /// There are edits that the partner does not have, since they were not shared.
    pub unshared_edits: bool,
    /// The state that this shows, for [`edit`](Journal::edit).
    pub version: EntryVersion,
}

/// What the partner sees of an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedText {
    /// What they see already; none if it is not shared.
    pub present: Option<EntryDraft>,
    /// What they would see if it were shared this moment.
    pub next: EntryDraft,
}

impl Journal {
    /// Reads an entry.
    ///
    /// Errors: `NotFound`, `Deleted`.
    pub fn read(&self, id: &EntryId) -> Result<EntryView, NightstandError> {
        self.vault.read(|rows, person| view(rows, person, id))
    }
}

impl EntryView {
    /// A joint entry, or one of the partner's.
    pub(super) fn of_shared(id: &EntryId, document: &Automerge) -> Self {
        let (entry, version) = (docs::entry::read(document), docs::entry::version(document));
        Self { id: *id, entry, visibility: Visibility::Shared, unshared_edits: false, version }
    }

    /// One's own, as its working copy has it, and what the partner sees of it.
    pub(super) fn of_own(
        rows: &Rows<'_>,
        person: PersonId,
        id: &EntryId,
        shown: &Automerge,
        published: Option<EntryDraft>,
    ) -> Result<Self, NightstandError> {
        let (entry, version) = (docs::entry::read(shown), docs::entry::version(shown));
        let visibility = if published.is_some() { Visibility::Shared } else { Visibility::OnlyMe };
        let unshared_edits = match published {
            Some(published) => published != for_partner(rows, person, entry.clone())?,
            None => false,
        };
        Ok(Self { id: *id, entry, visibility, unshared_edits, version })
    }
}

/// An entry as it is now.
pub(super) fn view(rows: &Rows<'_>, person: PersonId, id: &EntryId) -> Result<EntryView, NightstandError> {
    let shared = |key: &DocumentKey| Ok(EntryView::of_shared(id, &load(rows, key)?));
    match id.author {
        Author::Both => shared(&joint_key(rows, person, id)?),
        Author::Partner => {
            let bond = required_bond(rows)?;
            let place = Place::of(Space::Mine, Some(bond.bond), bond.partner).ok_or(NightstandError::NotPaired)?;
            shared(&DocumentKey { place, id: id.id })
        }
        Author::Me => {
            let mine = Mine::find(rows, person, id)?;
            let published = mine.shared.map(|key| load(rows, &key)).transpose()?;
            let (published, shown) = match (published, mine.has_working) {
                (Some(shown), false) => (Some(docs::entry::read(&shown)), shown),
                (published, _) => {
                    let published = published.map(|document| docs::entry::read(&document));
                    (published, load(rows, &mine.working)?)
                }
            };
            EntryView::of_own(rows, person, id, &shown, published)
        }
    }
}
