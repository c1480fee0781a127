//! An Automerge change as bytes: taken apart for the wire, put together again, and checked before Automerge sees it.
//!
//! A change chunk is `magic(4) checksum(4) type(1) length body`. Of the body a peer can tell much by itself: who writes
//! (the log), which sequence number and first operation come next, and what the dependencies hash to. So a [`Stripped`]
//! change leaves those out or names them by `(log, number)`, and the receiver puts the very same bytes together; the
//! digest proves that it did.
//!
//! The format is Automerge's binary format, <https://automerge.org/automerge-binary-format-spec/>.

mod claims;

use automerge::{ActorId, Change, ChangeHash};
use sha2::{Digest, Sha256};

use crate::hash::Hash;
use crate::ids::LogId;
use crate::limits;
use crate::wire::WireError;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;

/// The parts of a change that a peer can't know by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Stripped<'a> {
    /// The changes that it builds on, in the order of the chunk.
    pub dependencies: Vec<Hash>,
    /// The author's sequence number in the document.
    pub sequence: u64,
    /// The number of the first operation.
    pub start_op: u64,
    /// Other actors that the operations name, in the order of the chunk.
    pub actors: Vec<LogId>,
    /// The column descriptions and columns, and whatever stands behind them.
    pub operations: &'a [u8],
}

/// The digest of a change chunk: the hash that Automerge names it by.
pub fn digest(chunk: &[u8]) -> Option<Hash> {
    let hashed = chunk.get(8..)?;
    Some(Hash::from_bytes(Sha256::digest(hashed).into()))
}

impl<'a> Stripped<'a> {
    /// Takes a chunk apart. `None` if it is not the plain form that [`Self::chunk`] would put together again; such a change
    /// is sent as it is.
    pub fn of(chunk: &'a [u8], author: &LogId) -> Option<Self> {
        let stripped = Self::read(chunk, author).ok()?;
        (stripped.chunk(author) == chunk).then_some(stripped)
    }

    fn read(chunk: &'a [u8], author: &LogId) -> Result<Self, WireError> {
        let mut leb = Leb(chunk);
        if leb.take(4)? != MAGIC {
            return Err(WireError::Malformed);
        }
        leb.take(4)?;
        if leb.take(1)? != [CHANGE_CHUNK] {
            return Err(WireError::Malformed);
        }
        let length = leb.number()?;
        if length != leb.0.len() as u64 {
            return Err(WireError::Malformed);
        }
        let dependencies = (0..leb.count()?)
            .map(|_| Hash::from_slice(leb.take(32)?).ok_or(WireError::Malformed))
            .collect::<Result<_, _>>()?;
        if leb.actor()? != *author {
            return Err(WireError::Malformed);
        }
        let (sequence, start_op) = (leb.number()?, leb.number()?);
        let (time, message) = (leb.take(1)?, leb.take(1)?);
        if time != [0] || message != [0] {
            return Err(WireError::Malformed);
        }
        let actors = (0..leb.count()?).map(|_| leb.actor()).collect::<Result<_, _>>()?;
        Ok(Self { dependencies, sequence, start_op, actors, operations: leb.0 })
    }

    /// Puts the chunk together.
    pub fn chunk(&self, author: &LogId) -> Vec<u8> {
        let mut body = Vec::with_capacity(64 + self.dependencies.len() * 32 + self.operations.len());
        write_leb(&mut body, self.dependencies.len() as u64);
        for dependency in &self.dependencies {
            body.extend_from_slice(dependency.as_bytes());
        }
        write_actor(&mut body, author);
        write_leb(&mut body, self.sequence);
        write_leb(&mut body, self.start_op);
        body.extend_from_slice(&[0, 0]);
        write_leb(&mut body, self.actors.len() as u64);
        for actor in &self.actors {
            write_actor(&mut body, actor);
        }
        body.extend_from_slice(self.operations);

        let mut hashed = vec![CHANGE_CHUNK];
        write_leb(&mut hashed, body.len() as u64);
        hashed.append(&mut body);
        let checksum = Sha256::digest(&hashed);
        let mut chunk = Vec::with_capacity(8 + hashed.len());
        chunk.extend_from_slice(&MAGIC);
        chunk.extend_from_slice(&checksum[..4]);
        chunk.append(&mut hashed);
        chunk
    }
}

/// Why an authentic change can't be used. It is kept and counted all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is larger than [`limits::CHANGE_BYTES`], or names more than [`limits::CHANGE_REFERENCES`] or
    /// [`limits::CHANGE_PREDECESSORS`].
    #[error("a change over the size limit")]
    TooLarge,
    /// It claims more than [`limits::CHANGE_OPERATIONS`], or its document would pass [`limits::DOCUMENT_OPERATIONS`].
    #[error("a change with too many operations")]
    TooManyOperations,
    /// It is not an uncompressed change chunk with a good checksum, or Automerge does not read it.
    #[error("not a change")]
    NotAChange,
    /// Its actor is not the log that it stands in, or it names an actor that its document does not know.
    #[error("a change with a foreign actor")]
    ForeignActor,
    /// Its sequence number or first operation does not follow from what it builds on.
    #[error("a change that does not follow from its dependencies")]
    OutOfSequence,
    /// Its document would not save and load again.
    #[error("a change that would damage its document")]
    Damaging,
    /// A removed device wrote it after what was known of that device when it was removed, and nothing else builds on it.
    #[error("a change of a removed device")]
    Removed,
}

impl Unusable {
    /// The number that stands for the reason in files.
    pub const fn number(self) -> u8 {
        match self {
            Self::TooLarge => 1,
            Self::TooManyOperations => 2,
            Self::NotAChange => 3,
            Self::ForeignActor => 4,
            Self::OutOfSequence => 5,
            Self::Damaging => 6,
            Self::Removed => 7,
        }
    }

    /// The reason with this number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::TooLarge),
            2 => Some(Self::TooManyOperations),
            3 => Some(Self::NotAChange),
            4 => Some(Self::ForeignActor),
            5 => Some(Self::OutOfSequence),
            6 => Some(Self::Damaging),
            7 => Some(Self::Removed),
            _ => None,
        }
    }
}

/// A change as [`parse`] read it, or why it can't be used.
pub type Parsed = Result<Change, Unusable>;

/// Reads a change that came from outside, checking all that can be checked without its document.
pub fn parse(chunk: &[u8], author: &LogId) -> Parsed {
    if chunk.len() > limits::CHANGE_BYTES {
        return Err(Unusable::TooLarge);
    }
    let plain = chunk.len() > 10 && chunk[..4] == MAGIC && chunk[8] == CHANGE_CHUNK;
    let checksum_holds = || digest(chunk).is_some_and(|digest| digest.first::<4>() == chunk[4..8]);
    if !plain || !checksum_holds() {
        return Err(Unusable::NotAChange);
    }
    claims::check(operations_of(chunk)?)?;
    let owned = chunk.to_vec();
    // Automerge's parser has panicked on hostile bytes; a panic here is one more way of saying no.
    let change = std::panic::catch_unwind(|| Change::from_bytes(owned))
        .map_err(|_| Unusable::NotAChange)?
        .map_err(|_| Unusable::NotAChange)?;
    if change.raw_bytes() != chunk {
        return Err(Unusable::NotAChange);
    }
    if change.len() > limits::CHANGE_OPERATIONS {
        return Err(Unusable::TooManyOperations);
    }
    if change.deps().len() > limits::CHANGE_REFERENCES || change.other_actor_ids().len() > limits::CHANGE_REFERENCES {
        return Err(Unusable::TooLarge);
    }
    // No document goes so far, and what is added to such numbers later would overflow.
    if change.start_op().get() > limits::DOCUMENT_OPERATIONS || change.seq() > limits::DOCUMENT_OPERATIONS {
        return Err(Unusable::OutOfSequence);
    }
    if change.actor_id().to_bytes() != author.as_bytes() {
        return Err(Unusable::ForeignActor);
    }
    Ok(change)
}

/// What stands behind the other actors of a chunk: its columns.
fn operations_of(chunk: &[u8]) -> Result<&[u8], WireError> {
    let mut leb = Leb(chunk);
    leb.take(9)?;
    leb.number()?;
    for _ in 0..leb.number()? {
        leb.take(32)?;
    }
    leb.piece()?;
    leb.number()?;
    leb.number()?;
    leb.skip_number()?;
    leb.piece()?;
    for _ in 0..leb.number()? {
        leb.piece()?;
    }
    Ok(leb.0)
}

/// A log as an Automerge actor.
pub fn actor(log: &LogId) -> ActorId {
    ActorId::from(&log.as_bytes()[..])
}

/// Automerge's name of a change as our digest.
pub fn hash_of(hash: &ChangeHash) -> Hash {
    Hash::from_bytes(hash.0)
}

/// Our digest as Automerge's name of a change.
pub fn change_hash(hash: &Hash) -> ChangeHash {
    ChangeHash(*hash.as_bytes())
}

/// Automerge writes unsigned LEB128, like [`crate::wire`], but accepts longer forms; only the shortest is put together
/// again, so only that is read here.
struct Leb<'a>(&'a [u8]);

impl<'a> Leb<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (head, tail) = self.0.split_at_checked(count).ok_or(WireError::Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    fn number(&mut self) -> Result<u64, WireError> {
        let mut reader = crate::wire::Reader::new(self.0);
        let value = reader.varint()?;
        self.0 = reader.rest();
        Ok(value)
    }

    /// Passes over a number of any sign.
    fn skip_number(&mut self) -> Result<(), WireError> {
        while self.take(1)?[0] & 0x80 != 0 {}
        Ok(())
    }

    /// Bytes behind their length.
    fn piece(&mut self) -> Result<&'a [u8], WireError> {
        let length = usize::try_from(self.number()?).map_err(|_| WireError::Malformed)?;
        self.take(length)
    }

    fn count(&mut self) -> Result<usize, WireError> {
        let count = self.number()?;
        if count > limits::CHANGE_REFERENCES as u64 {
            return Err(WireError::TooLarge);
        }
        Ok(count as usize)
    }

    fn actor(&mut self) -> Result<LogId, WireError> {
        if self.number()? != LogId::SIZE as u64 {
            return Err(WireError::Malformed);
        }
        LogId::from_slice(self.take(LogId::SIZE)?).ok_or(WireError::Malformed)
    }
}

fn write_leb(out: &mut Vec<u8>, value: u64) {
    let mut writer = crate::wire::Writer::new();
    writer.varint(value);
    out.extend_from_slice(&writer.finish());
}

fn write_actor(out: &mut Vec<u8>, actor: &LogId) {
    write_leb(out, LogId::SIZE as u64);
    out.extend_from_slice(actor.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use automerge::{AutoCommit, ROOT, transaction::Transactable};

    fn change(log: &LogId) -> Change {
        let mut document = AutoCommit::new().with_actor(actor(log));
        document.put(ROOT, "title", "a quiet evening").expect("a root key takes a value");
        document.commit();
        document.put(ROOT, "title", "a quiet evening, together").expect("a root key takes a value");
        document.get_last_local_change().expect("something was written")
    }

    #[test]
    fn a_stripped_change_comes_back_byte_for_byte() {
        let log = LogId::from_bytes([7; 16]);
        let change = change(&log);
        let stripped = Stripped::of(change.raw_bytes(), &log).expect("our own changes are plain");
        assert_eq!(stripped.chunk(&log), change.raw_bytes());
        assert_eq!(stripped.sequence, 2);
        assert_eq!(digest(change.raw_bytes()), Some(hash_of(&change.hash())));
    }

    #[test]
    fn a_change_stands_only_in_its_own_log() {
        let change = change(&LogId::from_bytes([7; 16]));
        assert!(parse(change.raw_bytes(), &LogId::from_bytes([7; 16])).is_ok());
        assert_eq!(parse(change.raw_bytes(), &LogId::from_bytes([8; 16])).err(), Some(Unusable::ForeignActor));
    }

    #[test]
    fn a_flipped_byte_is_no_change() {
        let log = LogId::from_bytes([7; 16]);
        let bytes = change(&log).raw_bytes().to_vec();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 0x10;
            assert!(parse(&flipped, &log).is_err(), "byte {at}");
        }
    }
}
