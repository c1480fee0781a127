//! What a removed device wrote or deleted past what was known of it: shown to its person, who keeps it or lets it go.
//!
//! Whoever removes a lost phone may not have heard of the last things written on it, and can't tell whether it was they who wrote
//! them. So they stand apart: in no list, in no plan, except that a boundary among them which is stricter than what stands
//! holds until its person has looked. What it deleted is gone from the lists too, since it may be gone from another phone for
//! good; where it was still here, it can be brought back, as something new.

use automerge::Automerge;
use nightstand_engine::document::Document;
use nightstand_engine::ids::{DocumentKey, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;

use super::Devices;
use crate::care::{self, Stance};
use crate::docs::{entry, preference, record};
use crate::error::NightstandError;
use crate::journal;
use crate::records::{self, Name, RecordId};
use crate::store::{Aside, StoreTx};

/// Stands for something that was set aside, in its app's hands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsideId(DocumentKey);

impl core::fmt::Display for AsideId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}-{}", self.0.place.space().number(), data_encoding::HEXLOWER.encode(self.0.id.as_bytes()))
    }
}

impl AsideId {
    /// The id that this text stands for, of those that are there.
    pub fn find(text: &str, among: &[AsideView]) -> Option<Self> {
        among.iter().map(|view| view.id).find(|id| id.to_string() == text)
    }
}

impl core::fmt::Debug for AsideId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AsideId")
    }
}

/// What sort of thing was set aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AsideSort {
    /// A journal entry.
    Entry,
    /// An item of one's preferences. If it says a boundary that is stricter than what stands, that holds meanwhile.
    Preference,
    /// Something noted in a fixed form: a check-in, a session, a ritual.
    Record,
}

/// Something that a removed device wrote, as it would read with that, or deleted, as it was before.
#[derive(Clone, PartialEq, Eq)]
pub struct AsideView {
    /// Stands for it in calls.
    pub id: AsideId,
    /// What it is.
    pub sort: AsideSort,
    /// An entry's title, the name of an item such as `stance/holding-hands/receive`, or a record's sort such as `check-in`.
    pub title: String,
    /// What it says: an entry's text, an item's note, a record's text. May be empty.
    pub text: String,
    /// Of an item: what it says of itself.
    pub stance: Option<Stance>,
    /// The removed device deleted it. It reads as it stood before; to keep it brings it back.
    pub deleted: bool,
}

impl core::fmt::Debug for AsideView {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "AsideView({:?})", self.sort)
    }
}

impl Devices {
    /// What removed devices wrote past what was known of them. While Private is locked, what is private is left out.
    pub fn set_aside(&self) -> Result<Vec<AsideView>, NightstandError> {
        let aside = self.vault.read(|rows, person| Ok(rows.aside(&person)?))?;
        Ok(aside.iter().filter_map(view).collect())
    }

    /// Keeps it: it reads so from here on, written anew by this device, and everybody who may read it hears of it. What had
    /// been deleted comes back: a journal entry as one in Private, unless what was shared of it has its own text there still,
    /// which is shared again; an item is said again where it stood; a record is made anew.
    ///
    /// Errors: `NotFound` for what was looked at already; `PrivateLocked` for what has to be written to Private.
    pub fn keep_set_aside(&self, id: &AsideId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let aside = find(tx, id)?;
            if aside.deleted {
                bring_back(tx, &aside)?
            } else {
                write_anew(tx, &aside)?
            }
            Ok(tx.drop_aside(&aside.key)?)
        })
    }

    /// Lets it go: what stands stays as it is.
    ///
    /// Errors: `NotFound` for what was looked at already.
    pub fn let_go_set_aside(&self, id: &AsideId) -> Result<(), NightstandError> {
        self.vault.write(|tx| {
            let aside = find(tx, id)?;
            tx.drop_aside(&aside.key)?;
            if aside.kind == Kind::Preference && aside.key.place.space() != Space::Private && !aside.deleted {
                say_what_stands(tx, &aside)?;
            }
            Ok(())
        })
    }
}

fn find(tx: &StoreTx<'_>, id: &AsideId) -> Result<Aside, NightstandError> {
    let all = tx.rows().aside(&tx.person())?;
    all.into_iter().find(|aside| aside.key == id.0).ok_or(NightstandError::NotFound)
}

/// None of what does not read as what it is.
fn view(aside: &Aside) -> Option<AsideView> {
    let document = Document::load(&aside.stored).ok()?.into_automerge();
    let (sort, title, text, stance) = match aside.kind {
        Kind::JournalEntry => {
            let entry = entry::read(&document);
            (AsideSort::Entry, entry.title, entry.body.text, None)
        }
        Kind::Preference => {
            let (title, _) = preference::item_of(&aside.key, &document)?;
            let said = preference::read(&document);
            (AsideSort::Preference, title, said.note, said.stance)
        }
        Kind::Record => {
            let name = record::name(&document)?;
            (AsideSort::Record, sort_of(&name).to_owned(), record::read(&document).text, None)
        }
    };
    Some(AsideView { id: AsideId(aside.key), sort, title, text, stance, deleted: aside.deleted })
}

fn sort_of(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

fn load(aside: &Aside) -> Result<Automerge, NightstandError> {
    Ok(Document::load(&aside.stored).map_err(|_| NightstandError::Damaged { salvage: None })?.into_automerge())
}

/// A document that was deleted stays so: what it said is said in another.
fn bring_back(tx: &mut StoreTx<'_>, aside: &Aside) -> Result<(), NightstandError> {
    let document = load(aside)?;
    match aside.kind {
        Kind::JournalEntry => journal::bring_back(tx, &aside.key, &aside.stored),
        Kind::Preference => {
            let (item, _) = preference::item_of(&aside.key, &document).ok_or(NightstandError::NotFound)?;
            care::bring_back(tx, &aside.key.place, &item.parse()?, &preference::read(&document))
        }
        Kind::Record => {
            let name = record::name(&document).ok_or(NightstandError::NotFound)?;
            let anew = Name { what: sort_of(&name), id: RecordId::make(tx), place: aside.key.place };
            let said = record::read(&document);
            records::write(tx, &anew, |record| {
                *record = said;
                Ok(())
            })
        }
    }
}

fn write_anew(tx: &mut StoreTx<'_>, aside: &Aside) -> Result<(), NightstandError> {
    let document = load(aside)?;
    let nonce = random::make_bytes(&mut tx.randomness());
    let mut draft = tx.draft(aside.key, aside.kind)?;
    match aside.kind {
        Kind::JournalEntry => entry::write(&mut draft, &entry::read(&document))?,
        Kind::Preference => {
            let (item, generation) = preference::item_of(&aside.key, &document).ok_or(NightstandError::NotFound)?;
            let said = preference::read(&document);
            let stance = said.stance.map(|stance| (stance, nonce));
            let saying = preference::Saying { choices: &said.choices, note: &said.note, stance };
            preference::write(&mut draft, &preference::Name { item: &item, generation }, &saying)?;
        }
        Kind::Record => {
            let name = record::name(&document).ok_or(NightstandError::NotFound)?;
            record::write(&mut draft, &name, &record::read(&document))?;
        }
    }
    draft.finish(tx)?;
    Ok(())
}

/// Says again what stands of an item, so that a boundary that the partner's phone holds meanwhile holds no longer.
fn say_what_stands(tx: &mut StoreTx<'_>, aside: &Aside) -> Result<(), NightstandError> {
    let document = load(aside)?;
    let Some((item, generation)) = preference::item_of(&aside.key, &document) else { return Ok(()) };
    let nonce = random::make_bytes(&mut tx.randomness());
    let mut draft = tx.draft(aside.key, Kind::Preference)?;
    let said = preference::read(draft.document());
    let stance = Some((said.stance.unwrap_or(Stance::Open), nonce));
    let saying = preference::Saying { choices: &said.choices, note: &said.note, stance };
    preference::write(&mut draft, &preference::Name { item: &item, generation }, &saying)?;
    draft.finish(tx)?;
    Ok(())
}
