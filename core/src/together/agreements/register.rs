//! One person's register of one agreement: which wording they accept, or none.

use nightstand_engine::hash::{Hash, Hasher, Label};
use nightstand_engine::ids::BondId;
use nightstand_engine::random::{self, Random};

use crate::docs::record::Field;
use crate::records::RecordId;

/// An exact wording: the proposal that has it, and the hash of what it says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Wording {
    pub(super) proposal: RecordId,
    pub(super) hash: Hash,
}

impl Wording {
    /// Of this agreement, in this bond: the same words in another agreement have another hash.
    pub(super) fn of(bond: &BondId, agreement: &RecordId, proposal: RecordId, title: &str, text: &str) -> Self {
        let mut hasher = Hasher::new(Label::Agreement);
        hasher.field(bond.as_bytes()).field(agreement.as_bytes()).field(proposal.as_bytes());
        hasher.field(title.as_bytes()).field(text.as_bytes());
        Self { proposal, hash: hasher.finish() }
    }
}

/// What a register says: its words, and 8 random bytes, so that saying the same again is a write.
///
/// ```text
///   3f0a… 9b1e… 77c20d5e01aa93f4     a proposal, its hash, the random bytes
///   none 0e4b8d3350f1c266
/// ```
pub(super) fn write(wording: Option<&Wording>, random: &mut dyn Random) -> Field {
    let fresh = data_encoding::HEXLOWER.encode(&random::make_bytes::<8>(random));
    Field::Text(match wording {
        None => format!("{NONE} {fresh}"),
        Some(Wording { proposal, hash }) => {
            format!("{proposal} {} {fresh}", data_encoding::HEXLOWER.encode(hash.as_bytes()))
        }
    })
}

/// The wording that a register names. Several values stand where two devices of one person wrote without knowing of each
/// other: they are none, unless each of them names the same wording.
pub(super) fn read(values: &[Field]) -> Option<Wording> {
    let mut named = values.iter().map(|value| value.text().and_then(wording));
    let first = named.next()??;
    named.all(|other| other == Some(first)).then_some(first)
}

fn wording(text: &str) -> Option<Wording> {
    let mut words = text.split(' ');
    let proposal = words.next()?.parse().ok()?;
    let hash = data_encoding::HEXLOWER.decode(words.next()?.as_bytes()).ok()?;
    Some(Wording { proposal, hash: Hash::from_slice(&hash)? })
}

const NONE: &str = "none";

#[cfg(test)]
mod tests {
    use super::*;
    use nightstand_engine::random::Seeded;

    fn some(number: u8) -> Wording {
        let id = data_encoding::HEXLOWER.encode(&[number; 16]).parse().unwrap();
        Wording::of(&BondId::from_bytes([1; 16]), &id, id, "Phones", "Out of the bedroom.")
    }

    #[test]
    fn it_reads_as_it_was_written() {
        let mut random = Seeded::from_number(1);
        let (one, again) = (write(Some(&some(1)), &mut random), write(Some(&some(1)), &mut random));
        assert_ne!(one.text(), again.text(), "saying it again is a write");
        assert_eq!(read(std::slice::from_ref(&one)), Some(some(1)));
        assert_eq!(read(&[write(None, &mut random)]), None);
        assert_eq!(read(&[]), None);
        for other in [Field::Flag(true), Field::Text(String::new()), Field::Text("3f 3f".into())] {
            assert_eq!(read(std::slice::from_ref(&other)), None);
            assert_eq!(read(&[one.clone(), other]), None);
        }
    }

    #[test]
    fn of_two_devices_that_say_something_else_none_wins() {
        let mut random = Seeded::from_number(1);
        let mut say = |wording: Option<Wording>| write(wording.as_ref(), &mut random);
        assert_eq!(read(&[say(Some(some(1))), say(Some(some(2)))]), None);
        assert_eq!(read(&[say(Some(some(1))), say(None)]), None);
        assert_eq!(read(&[say(None), say(Some(some(1)))]), None);
        assert_eq!(read(&[say(Some(some(1))), say(Some(some(1)))]), Some(some(1)));
    }

    #[test]
    fn every_word_counts() {
        let (bond, id) = (BondId::from_bytes([1; 16]), some(1).proposal);
        let hash = |title: &str, text: &str| Wording::of(&bond, &id, id, title, text).hash;
        assert_ne!(hash("Phones", "Out."), hash("Phones", "Out. "));
        assert_ne!(hash("a", "bc"), hash("ab", "c"));
        assert_ne!(some(1).hash, some(2).hash);
        assert_ne!(
            some(1).hash,
            Wording::of(&BondId::from_bytes([2; 16]), &id, id, "Phones", "Out of the bedroom.").hash
        );
    }
}
