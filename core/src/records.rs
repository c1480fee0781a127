//! What sessions, check-ins, rituals and the like have in common: each is a record under a name, and its sort says what its
//! fields mean.

pub(crate) mod copies;

use core::fmt;
use core::str::FromStr;

use nightstand_engine::author;
use nightstand_engine::ids::{DocumentKey, PersonId, Place, Space};
use nightstand_engine::kinds::Kind;
use nightstand_engine::random;
use nightstand_engine::store::DocumentRow;

use crate::docs::record::{self, Record};
use crate::error::{InvalidInput, NightstandError};
use crate::places::{held_bond, place};
use crate::store::{BondRow, Hand, RecordRow, Records, Rows, StoreTx};

/// Which session, check-in, ritual …: 16 random bytes, as text 32 hexadecimal digits. It stays the same for as long as the
/// thing lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// Of a sort of which there is one.
    pub(crate) const THE_ONE: Self = Self([0; 16]);

    pub(crate) fn make(tx: &StoreTx<'_>) -> Self {
        Self(random::make_bytes(&mut tx.randomness()))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordId(…)")
    }
}

impl FromStr for RecordId {
    type Err = NightstandError;

    fn from_str(text: &str) -> Result<Self, NightstandError> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(InvalidInput::Id.into())
    }
}

/// For whom something is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Audience {
    /// For the vault's person alone.
    Me,
    /// For both partners, who both change it.
    Both,
}

/// One record of a sort, in one place.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    /// Its sort.
    pub(crate) what: &'a str,
    pub(crate) id: RecordId,
    pub(crate) place: Place,
}

impl Name<'_> {
    fn text(&self) -> String {
        format!("{}/{}", self.what, self.id)
    }

    fn key(&self) -> DocumentKey {
        DocumentKey { place: self.place, id: record::id_of(&self.text(), &self.place) }
    }
}

/// The record of this id in the first of these places that has it.
///
/// Errors: `NotFound`; `Deleted` if it was in one of them; `PrivateLocked`.
pub(crate) fn find(
    rows: &Rows<'_>,
    places: impl IntoIterator<Item = Place>,
    what: &'static str,
    id: RecordId,
) -> Result<Name<'static>, NightstandError> {
    let mut missing = NightstandError::NotFound;
    for place in places {
        let name = Name { what, id, place };
        match rows.document(&name.key())? {
            Some(DocumentRow::Alive { .. }) => return Ok(name),
            Some(DocumentRow::Buried) => missing = NightstandError::Deleted,
            None => {}
        }
    }
    Err(missing)
}

/// What a record says; none if it was never begun.
///
/// Errors: `Deleted`, `PrivateLocked`.
pub(crate) fn read(rows: &Rows<'_>, name: &Name<'_>) -> Result<Option<Record>, NightstandError> {
    match rows.document(&name.key())? {
        None => Ok(None),
        Some(DocumentRow::Buried) => Err(NightstandError::Deleted),
        Some(DocumentRow::Alive { .. }) => Ok(Some(record::read(&crate::docs::load(rows, &name.key())?))),
    }
}

/// What lists know of a record, without opening it; none if it is not there, or not listed before the present transaction is
/// over.
pub(crate) fn listed(rows: &Rows<'_>, name: &Name<'_>) -> Result<Option<Record>, NightstandError> {
    let id = name.id.to_string();
    let query = Records {
        what: name.what,
        id: Some(&id),
        place: Some(name.place),
        bond: name.place.bond(),
        ..Records::default()
    };
    Ok(rows.records(&query, 1)?.pop().map(|row| row.record))
}

/// The records of a list that both write: those that this person began, then those that they changed, and then the others; at
/// most `most` of each, each in their order. However many the partner writes, they take no room from one's own; nor does a
/// change of theirs that says to be an earlier beginning.
pub(crate) fn own_first(
    rows: &Rows<'_>,
    query: &Records<'_>,
    me: PersonId,
    most: usize,
) -> Result<Vec<RecordRow>, NightstandError> {
    let mut found = Vec::new();
    for hand in [Hand::Begun(me), Hand::Joined(me), Hand::NotIn(me)] {
        found.extend(rows.records(&Records { hand: Some(hand), ..*query }, most)?);
    }
    Ok(found)
}

/// Has this person begun so many already? What the partner began is not counted.
pub(crate) fn is_full(
    rows: &Rows<'_>,
    query: &Records<'_>,
    me: PersonId,
    most: usize,
) -> Result<bool, NightstandError> {
    Ok(rows.records(&Records { hand: Some(Hand::Begun(me)), ..*query }, most)?.len() >= most)
}

/// Changes a record, or begins it.
pub(crate) fn write(
    tx: &mut StoreTx<'_>,
    name: &Name<'_>,
    change: impl FnOnce(&mut Record) -> Result<(), NightstandError>,
) -> Result<(), NightstandError> {
    let mut draft = tx.draft(name.key(), Kind::Record)?;
    let mut record = record::read(draft.document());
    change(&mut record)?;
    record::write(&mut draft, &name.text(), &record)?;
    draft.finish(tx)?;
    Ok(())
}

/// Ends a record, on every phone that has it. One that was never there, or is gone, stays so.
pub(crate) fn bury(tx: &mut StoreTx<'_>, name: &Name<'_>) -> Result<(), NightstandError> {
    if tx.rows().document(&name.key())?.is_none() {
        return Ok(());
    }
    let log = tx.open_writing_log(&name.place)?;
    Ok(author::bury(tx, &log, &name.key())?)
}

impl Audience {
    pub(crate) fn place(self, places: &Places) -> Result<Place, NightstandError> {
        match self {
            Self::Me => Ok(places.private),
            Self::Both => Ok(places.shared()?.joint),
        }
    }

    pub(crate) fn of(place: &Place) -> Self {
        if place.bond().is_none() { Self::Me } else { Self::Both }
    }
}

/// The places of a person's records.
pub(crate) struct Places {
    pub(crate) private: Place,
    /// Those that a bond brings: mine, the partner's, and the common one.
    pub(crate) shared: Option<SharedPlaces>,
}

#[derive(Clone, Copy)]
pub(crate) struct SharedPlaces {
    pub(crate) mine: Place,
    pub(crate) theirs: Place,
    pub(crate) joint: Place,
}

impl Places {
    pub(crate) fn of(rows: &Rows<'_>, person: PersonId) -> Result<Self, NightstandError> {
        let private = place(Space::Private, person, None)?;
        let Some(bond) = held_bond(rows)? else { return Ok(Self { private, shared: None }) };
        Self::under(person, &bond)
    }

    /// The places that there are under a bond, whether it is held or not.
    pub(crate) fn under(person: PersonId, bond: &BondRow) -> Result<Self, NightstandError> {
        let private = place(Space::Private, person, None)?;
        let (mine, joint) = (place(Space::Mine, person, Some(bond))?, place(Space::Joint, person, Some(bond))?);
        let theirs = Place::Mine { bond: bond.bond, owner: bond.partner };
        Ok(Self { private, shared: Some(SharedPlaces { mine, theirs, joint }) })
    }

    pub(crate) fn shared(&self) -> Result<SharedPlaces, NightstandError> {
        self.shared.ok_or(NightstandError::NotPaired)
    }

    /// Where things are that are either of both or one's own.
    pub(crate) fn own_or_joint(&self) -> impl Iterator<Item = Place> {
        self.shared.map(|shared| shared.joint).into_iter().chain([self.private])
    }

    /// The records of one sort that count here: those of Private, and those of the bond that is held.
    pub(crate) fn records<'a>(&self, what: &'a str) -> Records<'a> {
        let bond = self.shared.and_then(|shared| shared.joint.bond());
        Records { what, bond, ..Records::default() }
    }
}

/// A line that people wrote: on one line, of so many UTF-16 units.
pub(crate) fn check_line(line: &str, least: usize, most: usize) -> Result<(), NightstandError> {
    let what = match line.encode_utf16().count() {
        units if units > most => InvalidInput::TitleTooLong,
        _ if line.chars().any(char::is_control) => InvalidInput::TitleOfSeveralLines,
        _ if line.trim().chars().count() < least => InvalidInput::Empty,
        _ => return Ok(()),
    };
    Err(what.into())
}

/// A line that somebody writes: as [`check_line`] has it, by which it is read again, and with something to see unless it is
/// empty.
pub(crate) fn check_new_line(line: &str, least: usize, most: usize) -> Result<(), NightstandError> {
    check_line(line, least, most)?;
    if line.contains(['\u{2028}', '\u{2029}']) {
        return Err(InvalidInput::TitleOfSeveralLines.into());
    }
    if line.is_empty() || !is_blank(line) { Ok(()) } else { Err(InvalidInput::Empty.into()) }
}

/// Is there nothing in it to be seen?
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| {
        letter.is_whitespace()
            // What Unicode calls "default ignorable", and the empty pattern of Braille.
            || matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
                | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
    })
}

/// A text that people wrote, of at most so many UTF-16 units.
pub(crate) fn check_text(text: &str, most: usize) -> Result<(), NightstandError> {
    let fits = text.encode_utf16().count() <= most;
    if fits { Ok(()) } else { Err(InvalidInput::TextTooLong.into()) }
}

/// How a person stands in records: enough to tell two apart.
pub(crate) fn mark_of(person: &PersonId) -> String {
    data_encoding::HEXLOWER.encode(&person.as_bytes()[..8])
}

/// The records of a list whose ids are such, with their ids.
pub(crate) fn named(rows: Vec<RecordRow>) -> impl Iterator<Item = (RecordId, RecordRow)> {
    rows.into_iter().filter_map(|row| Some((row.id.parse().ok()?, row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_shows_nothing_is_read_and_not_written() {
        let refused = Err(NightstandError::from(InvalidInput::Empty));
        for line in [" ", "\u{a0}\u{3000}", "\u{200b}", "\u{2800} \u{3164}"] {
            assert_eq!(check_new_line(line, 0, 60), refused);
            assert_eq!(check_line(line, 0, 60), Ok(()));
        }
        assert_eq!((check_new_line("", 0, 60), check_new_line("", 1, 60)), (Ok(()), refused));
        assert_eq!(check_new_line(" Tea 🫖", 1, 60), Ok(()));
        assert!(is_blank("\n\t ") && !is_blank("\n."));
    }
}
