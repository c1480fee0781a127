//! Reading one item, and what the documents behind it are.

use std::collections::BTreeSet;

use automerge::Automerge;
use nightstand_engine::hash::Hash;
use nightstand_engine::ids::{DocumentId, DocumentKey, PersonId, Space};
use nightstand_engine::store::DocumentRow;

use super::list::must_see;
use super::{Item, Preferences, Stance, Whose};
use crate::docs::{self, preference};
use crate::error::NightstandError;
use crate::places::{held_bond, place, required_bond};
use crate::store::Rows;

/// What an item says.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ItemContent {
    /// The stance; none if nothing was said.
    pub stance: Option<Stance>,
    /// The ids of what was chosen (see [`Question::choices`](super::Question::choices)).
    pub choices: BTreeSet<String>,
    /// In the person's own words.
    pub note: String,
}

/// Shows how much there is, and none of it.
impl core::fmt::Debug for ItemContent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ItemContent({} choices, {} bytes)", self.choices.len(), self.note.len())
    }
}

/// The state of an item that a screen shows: hand it back to [`set`](Preferences::set) and [`share`](Preferences::share) as
/// it is. The vault knows from it what the person saw.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ItemVersion(Vec<u8>);

impl ItemVersion {
    fn of(heads: &[Hash]) -> Self {
        Self(heads.iter().flat_map(Hash::as_bytes).copied().collect())
    }

    fn heads(&self) -> Option<Vec<Hash>> {
        self.0.chunks(32).map(Hash::from_slice).collect()
    }

    /// The version with these bytes, which an earlier one gave.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Its bytes, for a screen that is put away and comes back.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Shows that there is one.
impl core::fmt::Debug for ItemVersion {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ItemVersion(…)")
    }
}

/// An item of one's own, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ItemView {
    /// Which.
    pub item: Item,
    /// What it says: choices and note of the working copy, and the strictest of the stances that stand there and in what is
    /// shared. Empty where nothing was said.
    pub content: ItemContent,
    /// What the partner sees of it; none if it is not shared.
    pub shared: Option<ItemContent>,
    /// What the partner sees is not what the working copy says: [`share`](Preferences::share) would hand something on.
    pub unshared_changes: bool,
    /// The state that this shows.
    pub version: ItemVersion,
}

/// What the partner sees of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedItem {
    /// What they see already; none if it is not shared.
    pub present: Option<ItemContent>,
    /// What they would see if it were shared this moment.
    pub next: ItemContent,
}

impl Preferences {
    /// Reads an item of one's own. One about which nothing was said reads as empty.
    pub fn read(&self, item: &Item) -> Result<ItemView, NightstandError> {
        self.vault.read(|rows, person| Ok(Documents::find(rows, person, item)?.view(item)))
    }

    /// What the partner would see of an item if it were shared this moment, and what they see already.
    pub fn preview(&self, item: &Item) -> Result<SharedItem, NightstandError> {
        self.vault.read(|rows, person| {
            let documents = Documents::find(rows, person, item)?;
            let present = documents.shared_content();
            let next = documents.working_content().or_else(|| present.clone()).unwrap_or_default();
            Ok(SharedItem { present, next })
        })
    }
}

/// The documents of one item of this vault's person.
pub(super) struct Documents {
    /// The working copy in `Private`.
    pub(super) working_key: DocumentKey,
    pub(super) working: Option<Automerge>,
    /// What is shared of it; more than one only where own devices shared it anew at the same time.
    pub(super) shared: Vec<(DocumentKey, Automerge)>,
}

impl Documents {
    /// While Private is locked it is found of no item, also of one of which nothing is private: else the answer would tell.
    pub(super) fn find(rows: &Rows<'_>, person: PersonId, item: &Item) -> Result<Self, NightstandError> {
        must_see(rows, Whose::Me)?;
        let name = item.to_string();
        let private = place(Space::Private, person, None)?;
        let working_name = preference::Name { item: &name, generation: 0 };
        let working_key = DocumentKey { place: private, id: preference::id_of(&working_name, &private) };
        let working = match rows.document(&working_key)? {
            None => None,
            Some(DocumentRow::Buried) => return Err(NightstandError::Deleted),
            Some(DocumentRow::Alive { .. }) => Some(docs::load(rows, &working_key)?),
        };
        let mut shared = Vec::new();
        if let Some(bond) = held_bond(rows)? {
            let mine = place(Space::Mine, person, Some(&bond))?;
            for id in living(rows, &mine, &name)? {
                let key = DocumentKey { place: mine, id };
                shared.push((key, docs::load(rows, &key)?));
            }
        }
        Ok(Self { working_key, working, shared })
    }

    /// The document that shares it next: the one that stands, or the first of which none was taken back.
    pub(super) fn next_shared(
        &self,
        rows: &Rows<'_>,
        person: PersonId,
        name: &str,
    ) -> Result<(DocumentKey, u64), NightstandError> {
        let mine = place(Space::Mine, person, Some(&required_bond(rows)?))?;
        let mut generation = 0;
        loop {
            let key =
                DocumentKey { place: mine, id: preference::id_of(&preference::Name { item: name, generation }, &mine) };
            if !matches!(rows.document(&key)?, Some(DocumentRow::Buried)) {
                return Ok((key, generation));
            }
            generation += 1;
        }
    }

    pub(super) fn working_content(&self) -> Option<ItemContent> {
        self.working.as_ref().map(preference::read)
    }

    pub(super) fn shared_content(&self) -> Option<ItemContent> {
        self.shared
            .iter()
            .map(|(_, document)| preference::read(document))
            .reduce(|one, other| ItemContent { stance: strictest([one.stance, other.stance]), ..one })
    }

    /// The strictest stance that stands anywhere.
    pub(super) fn stance(&self) -> Option<Stance> {
        strictest([self.working_content().and_then(|it| it.stance), self.shared_content().and_then(|it| it.stance)])
    }

    pub(super) fn view(&self, item: &Item) -> ItemView {
        let (working, shared) = (self.working_content(), self.shared_content());
        let unshared_changes = shared.is_some() && working.is_some() && shared != working;
        let heads = self.heads();
        let said = working.or_else(|| shared.clone()).unwrap_or_default();
        let content = ItemContent { stance: item.stance_of(self.stance()), ..said };
        ItemView { item: item.clone(), content, shared, unshared_changes, version: ItemVersion::of(&heads) }
    }

    /// What a screen had seen. A version that is of something else, or of a state that this vault does not know, is refused.
    pub(super) fn seen(&self, since: &ItemVersion) -> Result<Vec<Hash>, NightstandError> {
        let heads = since.heads().ok_or(NightstandError::ChangedMeanwhile)?;
        let known = |head: &Hash| self.all().any(|document| preference::knows(document, head));
        if heads.iter().all(known) { Ok(heads) } else { Err(NightstandError::ChangedMeanwhile) }
    }

    /// Refuses a stance that is looser than one that came since.
    pub(super) fn check_seen(&self, new: Stance, seen: &[Hash]) -> Result<(), NightstandError> {
        let unseen = self.all().any(|document| preference::is_stricter_than_seen(document, new, seen));
        if unseen { Err(NightstandError::ChangedMeanwhile) } else { Ok(()) }
    }

    /// The state that the documents are in.
    pub(super) fn heads(&self) -> Vec<Hash> {
        self.all().flat_map(preference::heads).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Automerge> {
        self.working.iter().chain(self.shared.iter().map(|(_, document)| document))
    }
}

/// Of several stances the one that counts.
pub(super) fn strictest(stances: impl IntoIterator<Item = Option<Stance>>) -> Option<Stance> {
    stances.into_iter().flatten().min()
}

/// The documents of a person's `Mine` that share an item.
pub(super) fn living(
    rows: &Rows<'_>,
    place: &nightstand_engine::ids::Place,
    item: &str,
) -> Result<Vec<DocumentId>, NightstandError> {
    let Some(place) = rows.place_id(place)? else { return Ok(Vec::new()) };
    let sql = "SELECT document.document FROM preference JOIN document ON document.id = preference.document
               WHERE preference.item = ?1 AND preference.place = ?2 ORDER BY document.document";
    Ok(rows.all(sql, (item, place), |row| Ok(DocumentId::from_bytes(row.get(0)?)))?)
}
