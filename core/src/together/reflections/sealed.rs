//! The records of a round: what lies where, and how a seal is made and checked.
//!
//! | record | place | id | holds |
//! |---|---|---|---|
//! | `reflection` | `Joint` | the round's | what is asked, and until when |
//! | `draft` | `Private` | the round's | what its person writes before they seal, what was asked, and in which bond; as marks which sealed texts were taken back into it, or not chosen |
//! | `sealed` | `Private` | the seal's | text, nonce, what was asked, and in which bond; it never changes |
//! | `seal` | `Mine` | the seal's | the commitment; whether it was withdrawn |
//! | `lock` | `Mine` | the round's | pairs of seals, as marks |
//! | `opened` | `Mine` | the seal's | text, nonce, and what was asked, once both have locked; and for which seal of the other's |

use std::collections::BTreeSet;

use nightstand_engine::hash::{Hash, Hasher, Label};
use nightstand_engine::ids::{BondId, PersonId, Place};
use nightstand_engine::random;

use super::round::{Seal, Side, Withdrawn};
use crate::docs::record::{Field, Record};
use crate::error::NightstandError;
use crate::records::{self, Name, RecordId};
use crate::store::{Records, Rows, StoreTx};

pub(super) const DRAFT: &str = "draft";
pub(super) const SEALED: &str = "sealed";
pub(super) const SEAL: &str = "seal";
const LOCK: &str = "lock";
pub(super) const OPENED: &str = "opened";

/// What was asked, of a text that was written to it.
pub(super) const ASKED: &str = "asked";

/// In `Private`: with whom it was written, so that it is theirs also before anything else of its round is here.
pub(super) const BOND: &str = "bond";

/// Of a seal: was it withdrawn, and for good?
const WITHDRAWN: &str = "withdrawn";
const FOR_GOOD: &str = "for-good";

/// The seal of the other's for which a text was opened.
const TO: &str = "to";

/// Most seals of one person in a round, and most pairs in a lock, that are read.
const MOST_SEALS: usize = 32;

/// A text with all that its seal binds.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    /// The id of the question, or its own words.
    pub(super) asked: String,
    pub(super) text: String,
    nonce: [u8; 32],
}

/// Whose text, in which round.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    pub(super) bond: BondId,
    pub(super) round: RecordId,
    pub(super) person: PersonId,
}

impl Sealed {
    pub(super) fn make(tx: &StoreTx<'_>, asked: &str, text: &str) -> Self {
        Self { asked: asked.into(), text: text.into(), nonce: random::make_bytes(&mut tx.randomness()) }
    }

    /// What the partner gets instead of the text. The nonce keeps it from being tried against guesses.
    pub(super) fn commitment(&self, bound: &Bound) -> Hash {
        let mut hasher = Hasher::new(Label::Seal);
        hasher.field(bound.bond.as_bytes()).field(bound.round.as_bytes()).field(self.asked.as_bytes());
        hasher.field(bound.person.as_bytes()).field(&self.nonce).field(self.text.as_bytes());
        hasher.finish()
    }

    fn write(&self, record: &mut Record, round: &RecordId, now_ms: i64) {
        record.set("of", Some(round.to_string()));
        record.set("at", Some(now_ms));
        record.set(ASKED, Some(self.asked.as_str()));
        record.set("nonce", Some(data_encoding::HEXLOWER.encode(&self.nonce)));
        record.text.clone_from(&self.text);
    }

    /// None of a record that says something else, or several things. What several devices of one person opened, knowing
    /// nothing of each other (an old copy that was put back is one), stands there as often as they are, the text one behind the
    /// other.
    fn of(record: &Record) -> Option<Self> {
        let one = |field| {
            let (first, others) = record.values(field).split_first()?;
            others.iter().all(|other| other == first).then(|| first.text())?
        };
        let nonce = data_encoding::HEXLOWER.decode(one("nonce")?.as_bytes()).ok()?.try_into().ok()?;
        let text = record.text_of_each(record.values("nonce").len())?;
        Some(Self { asked: one(ASKED)?.into(), text: text.into(), nonce })
    }

    /// Seals it: the text stays here, the commitment goes to the partner.
    pub(super) fn seal(
        &self,
        tx: &mut StoreTx<'_>,
        bound: &Bound,
        private: Place,
        mine: Place,
    ) -> Result<(), NightstandError> {
        let (id, now_ms) = (RecordId::make(tx), tx.now_ms());
        records::write(tx, &Name { what: SEALED, id, place: private }, |record| {
            self.write(record, &bound.round, now_ms);
            record.set(BOND, Some(bond_mark(&bound.bond)));
            Ok(())
        })?;
        let commitment = data_encoding::HEXLOWER.encode(self.commitment(bound).as_bytes());
        records::write(tx, &Name { what: SEAL, id, place: mine }, |record| {
            record.set("of", Some(bound.round.to_string()));
            record.set("commitment", Some(commitment));
            Ok(())
        })
    }

    /// The text of a seal of one's own, if it is on this device and is what was sealed.
    pub(super) fn own(
        rows: &Rows<'_>,
        private: Place,
        bound: &Bound,
        seal: &Seal,
    ) -> Result<Option<Self>, NightstandError> {
        Self::find(rows, &Name { what: SEALED, id: seal.id, place: private }, bound, seal)
    }

    /// The text of a seal that was opened, if it is what was sealed.
    pub(super) fn opened(
        rows: &Rows<'_>,
        place: Place,
        bound: &Bound,
        seal: &Seal,
    ) -> Result<Option<Self>, NightstandError> {
        Self::find(rows, &Name { what: OPENED, id: seal.id, place }, bound, seal)
    }

    fn find(rows: &Rows<'_>, name: &Name<'_>, bound: &Bound, seal: &Seal) -> Result<Option<Self>, NightstandError> {
        let sealed = standing(rows, name)?.as_ref().and_then(Self::of);
        Ok(sealed.filter(|sealed| sealed.commitment(bound) == seal.commitment))
    }

    /// Opens it to the partner, for this seal of theirs and no other.
    pub(super) fn open(
        &self,
        tx: &mut StoreTx<'_>,
        mine: Place,
        bound: &Bound,
        (seal, other): &(Seal, Seal),
    ) -> Result<(), NightstandError> {
        let now_ms = tx.now_ms();
        records::write(tx, &Name { what: OPENED, id: seal.id, place: mine }, |record| {
            self.write(record, &bound.round, now_ms);
            record.set(TO, Some(word(other)));
            Ok(())
        })
    }
}

/// Something was opened under this seal, whatever it says.
pub(super) fn was_opened(rows: &Rows<'_>, place: Place, seal: &Seal) -> Result<bool, NightstandError> {
    Ok(standing(rows, &Name { what: OPENED, id: seal.id, place })?.is_some())
}

/// Does what was opened under the first of these leave the second to be read? It is opened for one seal of the other's, so that
/// they can't choose between several when they have read it. What is not open, or was opened by an earlier version, is for any.
/// Where two devices opened it for two, the first counts.
pub(super) fn is_opened_for(
    rows: &Rows<'_>,
    place: Place,
    (own, other): &(Seal, Seal),
) -> Result<bool, NightstandError> {
    let opened = standing(rows, &Name { what: OPENED, id: own.id, place })?;
    let to = opened.as_ref().and_then(|opened| opened.values(TO).iter().filter_map(Field::text).min());
    Ok(to.is_none_or(|to| to == word(other)))
}

/// One person's seals and locks in a round, without what the present transaction writes.
pub(super) fn side(rows: &Rows<'_>, place: Place, round: &RecordId) -> Result<Side, NightstandError> {
    let of = round.to_string();
    let query = Records { what: SEAL, of: Some(&of), place: Some(place), bond: place.bond(), ..Records::default() };
    let found = records::named(rows.records(&query, MOST_SEALS)?).filter_map(|(id, row)| {
        let [commitment] = row.record.values("commitment") else { return None };
        let commitment = hash(commitment.text()?)?;
        // Withdrawn by one device is withdrawn.
        let withdrawn = row.record.values(WITHDRAWN).iter().map(|value| match value.text() {
            Some(FOR_GOOD) => Withdrawn::ForGood,
            _ => Withdrawn::Yes,
        });
        let withdrawn = withdrawn.max().unwrap_or(Withdrawn::No);
        Some((Seal { id, commitment }, withdrawn))
    });
    let seals = found.collect();
    let lock = standing(rows, &Name { what: LOCK, id: *round, place })?;
    let locks = lock.map(|lock| lock.marks.iter().filter_map(|mark| pair(mark)).take(MOST_SEALS).collect());
    Ok(Side { seals, locks: locks.unwrap_or_default() })
}

/// Are there as many of them as are read? One more might be read by neither phone.
pub(super) fn is_full(rows: &Rows<'_>, place: Place, round: &RecordId) -> Result<bool, NightstandError> {
    let of = round.to_string();
    let query = Records { what: SEAL, of: Some(&of), place: Some(place), bond: place.bond(), ..Records::default() };
    Ok(rows.records(&query, MOST_SEALS)?.len() >= MOST_SEALS)
}

/// Is there anything of a round in this place?
pub(super) fn is_in(rows: &Rows<'_>, place: Place, round: &RecordId) -> Result<bool, NightstandError> {
    let of = round.to_string();
    for what in [SEAL, LOCK, OPENED] {
        let query = Records { what, of: Some(&of), place: Some(place), bond: place.bond(), ..Records::default() };
        if !rows.records(&query, 1)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes a seal back. What it promised stays with its person.
pub(super) fn withdraw(
    tx: &mut StoreTx<'_>,
    mine: Place,
    round: &RecordId,
    seal: &Seal,
    withdrawn: Withdrawn,
) -> Result<(), NightstandError> {
    records::write(tx, &Name { what: SEAL, id: seal.id, place: mine }, |record| {
        // One of which this phone has the lock alone, as yet.
        record.set("of", Some(round.to_string()));
        match withdrawn {
            Withdrawn::ForGood => record.set(WITHDRAWN, Some(FOR_GOOD)),
            Withdrawn::Yes | Withdrawn::No => record.set(WITHDRAWN, Some(true)),
        }
        Ok(())
    })
}

/// Binds a seal of one's own to one of the partner's.
pub(super) fn lock(
    tx: &mut StoreTx<'_>,
    mine: Place,
    round: &RecordId,
    (own, other): (Seal, Seal),
) -> Result<(), NightstandError> {
    records::write(tx, &Name { what: LOCK, id: *round, place: mine }, |record| {
        record.set("of", Some(round.to_string()));
        record.marks.insert(format!("{} {}", word(&own), word(&other)));
        Ok(())
    })
}

/// Deletes all that one person has in a round, at both ends.
pub(super) fn bury(
    tx: &mut StoreTx<'_>,
    private: Place,
    mine: Place,
    round: &RecordId,
    seals: &BTreeSet<RecordId>,
) -> Result<(), NightstandError> {
    records::bury(tx, &Name { what: DRAFT, id: *round, place: private })?;
    records::bury(tx, &Name { what: LOCK, id: *round, place: mine })?;
    for id in seals {
        records::bury(tx, &Name { what: SEALED, id: *id, place: private })?;
        records::bury(tx, &Name { what: OPENED, id: *id, place: mine })?;
        records::bury(tx, &Name { what: SEAL, id: *id, place: mine })?;
    }
    Ok(())
}

/// The sealed texts of a round that lie on this device, with what each was asked: also of seals that are gone.
pub(super) fn kept(
    rows: &Rows<'_>,
    private: Place,
    round: Option<&RecordId>,
    most: usize,
) -> Result<Vec<(RecordId, Record)>, NightstandError> {
    let of = round.map(RecordId::to_string);
    let query = Records { what: SEALED, of: of.as_deref(), place: Some(private), ..Records::default() };
    Ok(records::named(rows.records(&query, most)?).map(|(id, row)| (id, row.record)).collect())
}

/// How a bond stands in records.
pub(super) fn bond_mark(bond: &BondId) -> String {
    data_encoding::HEXLOWER.encode(bond.as_bytes())
}

/// A record that is there; none of one that is buried.
pub(super) fn standing(rows: &Rows<'_>, name: &Name<'_>) -> Result<Option<Record>, NightstandError> {
    match records::read(rows, name) {
        Err(NightstandError::Deleted) => Ok(None),
        read => read,
    }
}

fn word(seal: &Seal) -> String {
    format!("{} {}", seal.id, data_encoding::HEXLOWER.encode(seal.commitment.as_bytes()))
}

/// `<own seal> <its commitment> <the other's> <its commitment>`
fn pair(mark: &str) -> Option<(Seal, Seal)> {
    let mut words = mark.split(' ');
    let mut seal = || Some(Seal { id: words.next()?.parse().ok()?, commitment: hash(words.next()?)? });
    Some((seal()?, seal()?))
}

fn hash(text: &str) -> Option<Hash> {
    Hash::from_slice(&data_encoding::HEXLOWER.decode(text.as_bytes()).ok()?)
}
