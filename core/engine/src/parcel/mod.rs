//! What somebody lacks as one sealed file: the form of bundles and of a mailbox's blobs.
//!
//! ```text
//! parcel  := 1 · slots(1) · letter(160)* · nonce(24) · chunk*
//! letter  := Noise X to one reader: content key(32) · hash(32) of everything from the nonce on
//! chunk   := XChaCha20-Poly1305 of 64 KiB of content; of the last one, of what is left
//! content := message* zero*
//! message := varint(kind·2 + must) varint(length) body
//! ```
//!
//! The messages are, in this order: the head, the sender's person's rosters, the other person's, between own devices whom they
//! know, tags, batches, and the end. A reader refuses a kind that it does not know where `must` is 1, and skips it where it is 0.
//!
//! **Who wrote it** a letter proves to its reader, and to nobody else. It names the hash of what is enclosed: else one reader
//! could put other things under the same key and pass them to another reader in the writer's name.
//!
//! **What can be seen from outside** is the size. It is one of few ([`crate::frame`] says which ones), the smallest
//! being [`SMALLEST`]; the letters are filled up with such that nobody can open, so that they do not tell how many devices there
//! are. Nothing is named: a reader tries each letter.
//!
//! A parcel is not forward secret: who has a reader's key can open what was sealed to it, at any later time. It can also be
//! replayed, which changes nothing: entries that are here are skipped.
//!
//! A parcel is checked as a whole before anything of it counts. Then its batches are taken in one by one, each in one
//! transaction, so that only one of them is in memory, and what was taken in before a failure stays.

mod reading;

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::exchange::admit::Refusal;
use crate::exchange::outbox::Outbox;
use crate::frame;
use crate::hash::{Hash, Hasher, Label};
use crate::kinds::Kind;
use crate::limits;
use crate::noise::{self, LETTER_OVERHEAD};
use crate::random::{self, Random};
use crate::recording::Recording;
use crate::roster::{DeviceRecord, RosterError};
use crate::session::{Config, rosters};
use crate::store::{self, Transaction};
use crate::vector::{Position, VersionVector};
use crate::wire::{Reader, Record, Unknown, WireError, Writer};

pub use reading::{Introduced, Missing, Sealed, Taken, Taking, differs, open, take_in};

/// The smallest parcel.
pub const SMALLEST: usize = 2048;

/// Most bytes of a parcel. What goes beyond stands in the next one.
pub const PARCEL_BYTES: usize = 64 * 1024 * 1024;

/// Most devices that one parcel is sealed to.
pub const MOST_READERS: usize = 32;

const FORMAT: u8 = 1;
const LETTER: usize = 64 + LETTER_OVERHEAD;
const CHUNK: usize = 64 * 1024;
const MAC: usize = 16;

const HEAD: u64 = 1;
const MINE: u64 = 2;
const YOURS: u64 = 3;
const CIRCLE: u64 = 4;
const TAGS: u64 = 5;
const BATCH: u64 = 6;
const END: u64 = 7;

/// Nothing was left out.
const COMPLETE: u8 = 1;

/// Stands for what a device knows of persons and devices: a change of it is worth a parcel.
pub fn known(config: &Config) -> [u8; 8] {
    let mut hasher = Hasher::new(Label::Known);
    for rosters in [&config.parties.me, config.parties.other()] {
        hasher.field(rosters.hash().as_bytes());
    }
    hasher.field(&config.circle.digest());
    hasher.finish().first()
}

/// Why a parcel was not opened, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError<E> {
    /// The store failed.
    #[error("the store failed")]
    Store(E),
    /// No letter of it is for this device, or it is none.
    #[error("sealed to somebody else")]
    NotForThisDevice,
    /// It is for this device, and was changed or cut off since.
    #[error("damaged")]
    Damaged,
    /// It was written in this form.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A roster in it does not hold.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// Whoever wrote it is not, or no longer, among the devices of the other end.
    #[error("the device is not listed")]
    UnknownPeer,
    /// This device was removed, and here is its own person's word for it.
    #[error("this device was removed")]
    Removed,
    /// A batch is at fault.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// What a parcel says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// What its readers have to have, for it to be taken in.
    pub base: VersionVector,
    /// What its writer has.
    pub mine: VersionVector,
    /// The newest kind of document that its writer knows.
    pub kinds: u32,
    /// In a mailbox: the writer found something there that builds on what it lacks.
    pub lacking: bool,
    /// In a mailbox: where it lies.
    pub place: Option<([u8; 16], u64)>,
    /// In a mailbox: up to which number its writer has taken each lane in.
    pub taken: BTreeMap<[u8; 16], u64>,
}

impl Head {
    fn write(&self, record: &DeviceRecord) -> Vec<u8> {
        let mut writer = Writer::new();
        writer
            .field(1, Unknown::Refuse, record.as_bytes())
            .field(2, Unknown::Refuse, &self.base.to_bytes())
            .field(3, Unknown::Skip, &self.mine.to_bytes())
            .number(4, Unknown::Skip, u64::from(self.kinds))
            .number(5, Unknown::Skip, u64::from(self.lacking));
        if let Some((lane, number)) = self.place {
            let mut place = Writer::new();
            place.raw(&lane).varint(number);
            writer.field(6, Unknown::Refuse, &place.finish());
        }
        let mut taken = Writer::new();
        for (lane, number) in &self.taken {
            taken.raw(lane).varint(*number);
        }
        writer.field(7, Unknown::Skip, &taken.finish());
        writer.finish()
    }

    fn parse<E>(body: &[u8]) -> Result<(Self, DeviceRecord), ParcelError<E>> {
        let mut record = Record::parse(body)?;
        let device = DeviceRecord::parse(record.required(1)?)?;
        let base = VersionVector::parse(record.required(2)?)?;
        let mine = VersionVector::parse(record.field(3).unwrap_or_default())?;
        let kinds = record.number(4)?.unwrap_or(0).try_into().unwrap_or(u32::MAX);
        let lacking = record.number(5)?.unwrap_or(0) != 0;
        let place = record.field(6).map(|place| {
            let mut reader = Reader::new(place);
            Ok::<_, WireError>((reader.array()?, reader.varint()?))
        });
        let place = place.transpose()?;
        let (mut reader, mut taken) = (Reader::new(record.field(7).unwrap_or_default()), BTreeMap::new());
        while !reader.is_empty() {
            taken.insert(reader.array()?, reader.varint()?);
        }
        record.finish()?;
        Ok((Self { base, mine, kinds, lacking, place, taken }, device))
    }
}

/// A parcel ready to go.
pub struct Made {
    /// The sealed bytes.
    pub bytes: Vec<u8>,
    /// Where each log stands for a reader that had the base and has taken this in.
    pub reaches: VersionVector,
    /// How many entries there are.
    pub entries: u64,
    /// Some of them are tombstones.
    pub deletes: bool,
    /// There is nothing more to hand over that did not go in for its size.
    pub complete: bool,
    recording: Recording,
}

impl Made {
    /// All that was sealed, as it was before. For checks that nothing private leaves.
    #[cfg(feature = "recording")]
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.recording.sent()
    }
}

/// Where a parcel is cut.
pub struct Cut<'a> {
    /// At about this many bytes.
    pub most: usize,
    /// Once this says no. It is asked before each batch.
    pub goes_on: &'a dyn Fn() -> bool,
}

/// Makes a parcel for these readers of what `outbox` has next, from one state of the store.
///
/// # Panics
///
/// If there are more readers than [`MOST_READERS`].
pub fn make<T: Transaction>(
    tx: &T,
    config: &Config,
    readers: &[DeviceRecord],
    head: Head,
    outbox: &mut Outbox,
    cut: &Cut<'_>,
    random: &mut dyn Random,
) -> Result<Made, T::Error> {
    let mut making = Making::begin(tx, config, head, cut.most)?;
    while (cut.goes_on)() && making.step(tx, outbox)? {}
    Ok(making.seal(readers, outbox, random))
}

/// A parcel that is being made, batch by batch.
pub struct Making<'a> {
    config: &'a Config,
    content: Content,
    made: Made,
    most: usize,
}

impl<'a> Making<'a> {
    /// Begins one of about `most` bytes.
    pub fn begin<T: Transaction>(tx: &T, config: &'a Config, head: Head, most: usize) -> Result<Self, T::Error> {
        let parties = &config.parties;
        let base = as_here(tx, &head.base)?;
        let head = Head { base, mine: store::vector(tx, parties)?, kinds: Kind::NEWEST, ..head };
        let mut made = Made {
            bytes: Vec::new(),
            reaches: VersionVector::default(),
            entries: 0,
            deletes: false,
            complete: false,
            recording: Recording::default(),
        };
        let mut content = Content { plain: Writer::new() };
        content.push(HEAD, true, &head.write(&config.record()));
        content.push(MINE, true, &rosters::write_all(&parties.me));
        if parties.are_own_devices() {
            content.push(CIRCLE, true, &config.circle.to_bytes());
        } else {
            content.push(YOURS, true, &rosters::write_all(parties.other()));
            content.push(TAGS, false, &rosters::new_tags(tx, parties)?);
        }
        made.recording.keep(&content.plain.clone().finish());
        let most = most.min(PARCEL_BYTES) - limits::BATCH_PACKED_BYTES;
        Ok(Self { config, content, made, most })
    }

    /// Adds the next batch. `false` once there is nothing more to hand over, or no room.
    pub fn step<T: Transaction>(&mut self, tx: &T, outbox: &mut Outbox) -> Result<bool, T::Error> {
        if self.content.plain.len() >= self.most {
            return Ok(false);
        }
        let Some(packed) = outbox.next_batch(tx, &self.config.parties, limits::BATCH_TARGET)? else {
            self.made.complete = true;
            return Ok(false);
        };
        self.made.recording.keep_batch(&packed.bytes);
        self.content.push(BATCH, true, &packed.bytes);
        self.made.reaches = std::mem::take(&mut self.made.reaches).with(&packed.reaches);
        self.made.entries += packed.entries;
        self.made.deletes |= packed.deletes;
        Ok(true)
    }

    /// Seals it for these readers.
    ///
    /// # Panics
    ///
    /// If there are more than [`MOST_READERS`].
    pub fn seal(mut self, readers: &[DeviceRecord], outbox: &Outbox, random: &mut dyn Random) -> Made {
        assert!(readers.len() <= MOST_READERS, "callers choose their readers");
        let is_all = self.made.complete && !outbox.held_back();
        self.content.push(END, true, &[if is_all { COMPLETE } else { 0 }]);
        self.made.bytes = seal(self.content.plain, self.config, readers, random);
        self.made
    }
}

/// The same numbers of entries, with the hashes that the logs have here: of a log with two contents some readers may have the
/// other.
fn as_here<T: Transaction>(tx: &T, vector: &VersionVector) -> Result<VersionVector, T::Error> {
    let mut here = vector.clone();
    for (log, position) in vector.iter() {
        if let Some(hash) = tx.hash_after(log, position.count)? {
            here.set(*log, Position::new(position.count, &hash));
        }
    }
    Ok(here)
}

/// Seals any content, as the device of `config` would if it lied. For tests alone.
#[cfg(feature = "simulator")]
pub fn seal_any(content: &[u8], config: &Config, readers: &[DeviceRecord], random: &mut dyn Random) -> Vec<u8> {
    let mut plain = Writer::new();
    plain.raw(content);
    seal(plain, config, readers, random)
}

struct Content {
    plain: Writer,
}

impl Content {
    fn push(&mut self, kind: u64, must: bool, body: &[u8]) {
        self.plain.varint(kind << 1 | u64::from(must)).bytes(body);
    }
}

fn seal(plain: Writer, config: &Config, readers: &[DeviceRecord], random: &mut dyn Random) -> Vec<u8> {
    let slots = readers.len().next_power_of_two().max(4);
    let outside = 2 + slots * LETTER + 24;
    let room = padded_size(outside + plain.len() + plain.len().div_ceil(CHUNK) * MAC) - outside;
    let mut plain = Zeroizing::new(plain.finish());
    let length = plain.len().max(room - room.div_ceil(CHUNK + MAC) * MAC);
    plain.resize(length, 0);

    let key = Zeroizing::new(random::make_bytes::<32>(random));
    let nonce: [u8; 24] = random::make_bytes(random);
    let cipher = XChaCha20Poly1305::new((&*key).into());
    let mut enclosed = nonce.to_vec();
    let last = plain.len().div_ceil(CHUNK) - 1;
    for (index, chunk) in plain.chunks(CHUNK).enumerate() {
        let sealed = cipher
            .encrypt(&nonce_of(&nonce, index), Payload { msg: chunk, aad: &[FORMAT, u8::from(index == last)] })
            .expect("encrypting in memory takes no input that it could refuse");
        enclosed.extend_from_slice(&sealed);
    }

    let mut letter = Zeroizing::new(key.to_vec());
    letter.extend_from_slice(hash_of(&enclosed).as_bytes());
    let own = config.device.noise_key(&config.parties.channel());
    let mut bytes = vec![FORMAT, slots as u8];
    for slot in 0..slots {
        let seed = random::make_bytes(random);
        let written = match readers.get(slot) {
            Some(reader) => noise::write_letter(&own, &reader.noise_key, &letter, seed),
            None => {
                let (from, to) = (random::make_bytes(random), random::make_bytes(random));
                noise::write_letter(&from, &crate::keys::noise_public_key(&to), &[0; 64], seed)
            }
        };
        // A key that is none was listed by its own device: whoever can't be written to reads nothing.
        let written = written.unwrap_or_else(|_| random::make_bytes::<LETTER>(random).to_vec());
        bytes.extend_from_slice(&written);
    }
    bytes.extend_from_slice(&enclosed);
    bytes
}

/// As frames are, and without their upper bound.
fn padded_size(total: usize) -> usize {
    if total <= SMALLEST {
        return SMALLEST;
    }
    frame::padme(total)
}

fn nonce_of(nonce: &[u8; 24], index: usize) -> XNonce {
    let mut nonce = *nonce;
    for (byte, count) in nonce[16..].iter_mut().zip((index as u64).to_le_bytes()) {
        *byte ^= count;
    }
    XNonce::from(nonce)
}

fn hash_of(enclosed: &[u8]) -> Hash {
    let mut hasher = Hasher::new(Label::Parcel);
    hasher.field(enclosed);
    hasher.finish()
}
