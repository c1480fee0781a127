//! Opening a parcel, finding out who wrote it, and taking it in.

use std::collections::BTreeSet;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use zeroize::Zeroizing;

use super::{
    BATCH, CHUNK, CIRCLE, COMPLETE, END, FORMAT, HEAD, Head, LETTER, MAC, MINE, MOST_READERS, PARCEL_BYTES,
    ParcelError, TAGS, YOURS, hash_of, nonce_of,
};
use crate::circle::Circle;
use crate::exchange::admit::{self, AdmitError, Admitted, Doubt, Refusal, Terms};
use crate::ids::LogId;
use crate::roster::{DeviceRecord, RosterError, SignedRoster};
use crate::session::{Config, rosters};
use crate::store::{self, Store, Transaction};
use crate::vector::VersionVector;
use crate::wire::{Reader, WireError};
use crate::{batch, limits, noise};

/// A parcel that is whole and for this device. Who wrote it is not checked yet: see [`Self::introduce`].
pub struct Sealed<'a> {
    writer: [u8; 32],
    messages: Messages<'a>,
}

impl core::fmt::Debug for Sealed<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Sealed")
    }
}

/// Opens a parcel with the key that this device has towards the other end.
pub fn open<'a, E>(bytes: &'a [u8], config: &Config) -> Result<Sealed<'a>, ParcelError<E>> {
    if bytes.len() > PARCEL_BYTES + PARCEL_BYTES / 8 {
        return Err(WireError::TooLarge.into());
    }
    let mut reader = Reader::new(bytes);
    let [format, slots] = reader.array()?;
    if format != FORMAT {
        // What a disk lost reads as zeros.
        return Err(if format == 0 { WireError::Malformed } else { WireError::TooNew }.into());
    }
    if usize::from(slots) > MOST_READERS {
        return Err(WireError::TooLarge.into());
    }
    let own = config.device.noise_key(&config.parties.channel());
    let mut found = None;
    for _ in 0..slots {
        let letter: [u8; LETTER] = reader.array()?;
        found = found.or_else(|| noise::read_letter(&own, &letter).ok());
    }
    let (letter, writer) = found.ok_or(ParcelError::NotForThisDevice)?;
    let letter = Zeroizing::new(letter);
    let (key, hash) = letter.split_first_chunk::<32>().ok_or(WireError::Malformed)?;
    if hash_of(reader.rest()).as_bytes() != hash {
        return Err(ParcelError::Damaged);
    }
    let nonce = reader.array()?;
    let messages = Messages {
        cipher: XChaCha20Poly1305::new(key.into()),
        nonce,
        sealed: reader.rest(),
        index: 0,
        plain: Zeroizing::new(Vec::new()),
        read: 0,
        passed_over: 0,
    };
    Ok(Sealed { writer, messages })
}

/// The enclosed messages, one after the other.
struct Messages<'a> {
    cipher: XChaCha20Poly1305,
    nonce: [u8; 24],
    sealed: &'a [u8],
    index: usize,
    /// What was decrypted, and how much of it was handed out.
    plain: Zeroizing<Vec<u8>>,
    read: usize,
    /// How many messages a later version may know were passed over.
    passed_over: usize,
}

/// Most messages of unknown kinds. Each costs a moment and may be two bytes long.
const MOST_UNKNOWN: usize = 4_096;

impl Messages<'_> {
    /// The next message of a kind that is known; none at the end.
    fn next(&mut self) -> Result<Option<(u64, Vec<u8>)>, WireError> {
        loop {
            let mut reader = Reader::new(&self.plain[self.read..]);
            match message(&mut reader) {
                Ok((0, _, _)) => return Ok(None),
                Ok((kind, must, body)) => {
                    let known = matches!(kind, HEAD..=END).then(|| (kind, body.to_vec()));
                    self.read = self.plain.len() - reader.rest().len();
                    match known {
                        Some(message) => return Ok(Some(message)),
                        None if must => return Err(WireError::TooNew),
                        None if self.passed_over == MOST_UNKNOWN => return Err(WireError::TooLarge),
                        None => self.passed_over += 1,
                    }
                }
                Err(_) if self.plain.len() - self.read > limits::BATCH_PACKED_BYTES + CHUNK => {
                    return Err(WireError::TooLarge);
                }
                Err(_) if self.sealed.is_empty() => return Err(WireError::Malformed),
                Err(_) => self.decrypt()?,
            }
        }
    }

    fn decrypt(&mut self) -> Result<(), WireError> {
        let (chunk, rest) = self.sealed.split_at(self.sealed.len().min(CHUNK + MAC));
        let payload = Payload { msg: chunk, aad: &[FORMAT, u8::from(rest.is_empty())] };
        let plain = self.cipher.decrypt(&nonce_of(&self.nonce, self.index), payload);
        self.plain.drain(..std::mem::take(&mut self.read));
        self.plain.extend_from_slice(&Zeroizing::new(plain.map_err(|_| WireError::Malformed)?));
        self.sealed = rest;
        self.index += 1;
        Ok(())
    }
}

fn message<'a>(reader: &mut Reader<'a>) -> Result<(u64, bool, &'a [u8]), WireError> {
    let header = reader.varint()?;
    if header == 0 {
        return Ok((0, false, &[]));
    }
    Ok((header >> 1, header & 1 == 1, reader.bytes()?))
}

/// What a parcel brings of whom the two ends know. It is to be kept before its entries are taken in.
pub struct Introduced {
    /// What it says of itself.
    pub head: Head,
    /// The device that wrote it.
    pub peer: DeviceRecord,
    /// Its keys were not known.
    pub is_new: bool,
    /// Rosters that count from now on.
    pub rosters: Vec<SignedRoster>,
    /// What another own device knows, joined with what was known here.
    pub circle: Option<Circle>,
    /// The last message that was read: of those that follow.
    next: (u64, Vec<u8>),
}

impl Sealed<'_> {
    /// Finds out who wrote it, and takes what it says of persons and devices into `config`.
    pub fn introduce<E>(&mut self, config: &mut Config) -> Result<Introduced, ParcelError<E>> {
        let (HEAD, body) = self.next()? else { return Err(WireError::Malformed.into()) };
        let (head, peer) = Head::parse(&body)?;
        if peer.noise_key != self.writer || peer.bond != config.parties.channel() {
            return Err(ParcelError::UnknownPeer);
        }
        let is_new = !config.peers.contains(&peer);
        let mut introduced =
            Introduced { head, peer, is_new, rosters: Vec::new(), circle: None, next: (HEAD, Vec::new()) };
        introduced.next = loop {
            match self.next()? {
                (MINE | YOURS, body) => take_rosters(config, &body, &mut introduced.rosters)?,
                (CIRCLE, body) if config.parties.are_own_devices() => {
                    introduced.circle = Some(config.take_circle(Circle::parse(&body)?));
                }
                (CIRCLE | HEAD, _) => return Err(WireError::Malformed.into()),
                next => break next,
            }
        };
        let parties = &config.parties;
        let device = &introduced.peer.device;
        if parties.me.has_removed(&config.device.device()) {
            return Err(ParcelError::Removed);
        }
        if parties.other().has_removed(device) || !parties.other().lists(device) || *device == config.device.device() {
            return Err(ParcelError::UnknownPeer);
        }
        Ok(introduced)
    }

    /// The messages that it encloses. For tests alone.
    #[cfg(feature = "simulator")]
    pub fn contents(mut self) -> Vec<(u64, Vec<u8>)> {
        std::iter::from_fn(|| self.messages.next().ok().flatten()).collect()
    }

    fn next<E>(&mut self) -> Result<(u64, Vec<u8>), ParcelError<E>> {
        Ok(self.messages.next()?.ok_or(WireError::Malformed)?)
    }
}

/// A roster that is older than the one held is passed over: whoever wrote the parcel had not heard of the newer one.
fn take_rosters<E>(config: &mut Config, body: &[u8], news: &mut Vec<SignedRoster>) -> Result<(), ParcelError<E>> {
    for roster in rosters::read_all(body)? {
        match config.take_roster(roster.clone()) {
            Ok(true) => news.push(roster),
            Ok(false) | Err(RosterError::Stale) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// What is missing here for a parcel to be taken in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Missing {
    /// It builds on entries that are not here.
    Earlier,
    /// Of some logs nothing was taken in: what it has of them differs from what is here, or can't be believed without asking
    /// back. Two devices that talk can settle that, or this device's person.
    Talk,
    /// Nothing, but whoever takes it in had to stop. Taken in again, it goes on from there.
    Time,
}

/// What became of a parcel.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Taken {
    /// What its batches brought.
    pub batches: Vec<Admitted>,
    /// Why it was not taken in as a whole.
    pub missing: Option<Missing>,
    /// What this device's person is to be asked about.
    pub doubts: Vec<Doubt>,
    /// Its writer had nothing more to hand over.
    pub complete: bool,
}

/// Most logs that are left out of one parcel. Each costs that a batch is read once more.
const MOST_LEFT_OUT: usize = 32;

/// A parcel on its way in.
pub struct Taking<'a> {
    sealed: Sealed<'a>,
    next: (u64, Vec<u8>),
    /// Logs of which nothing is taken in. The others go on without them: a log that somebody spoiled must not hold up the rest.
    left_out: BTreeSet<LogId>,
    taken: Taken,
}

/// Takes the entries of an introduced parcel in, batch by batch, each committed by itself, until `goes_on` says no. An error
/// leaves those before it.
pub fn take_in<S: Store>(
    sealed: Sealed<'_>,
    introduced: Introduced,
    config: &Config,
    store: &mut S,
    goes_on: &dyn Fn() -> bool,
) -> Result<Taken, ParcelError<S::Error>> {
    let mut taking = Taking::begin(sealed, introduced, config, store)?;
    while taking.step(config, store, goes_on)? {}
    Ok(taking.end())
}

impl<'a> Taking<'a> {
    /// Looks whether what the parcel builds on is here.
    pub fn begin<S: Store>(
        sealed: Sealed<'a>,
        introduced: Introduced,
        config: &Config,
        store: &mut S,
    ) -> Result<Self, ParcelError<S::Error>> {
        let Introduced { head, next, .. } = introduced;
        let mut taking = Self { sealed, next, left_out: BTreeSet::new(), taken: Taken::default() };
        taking.meet(&head.base, config, store).map_err(ParcelError::Store)?;
        Ok(taking)
    }

    /// Takes in the next batch. `false` once there is nothing more to do.
    pub fn step<S: Store>(
        &mut self,
        config: &Config,
        store: &mut S,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<bool, ParcelError<S::Error>> {
        if self.taken.missing.is_some() {
            return Ok(false);
        }
        if self.next.0 == BATCH && !goes_on() {
            self.taken.missing = Some(Missing::Time);
            return Ok(false);
        }
        let body = std::mem::take(&mut self.next.1);
        match self.next.0 {
            BATCH => self.take_batch(config, store, &body)?,
            TAGS => {
                rosters::take_tags(store, &config.parties, &body)?.map_err(ParcelError::Store)?;
            }
            END => {
                self.taken.complete = body.first().is_some_and(|flags| flags & COMPLETE != 0);
                self.taken.missing = (!self.left_out.is_empty()).then_some(Missing::Talk);
                return Ok(false);
            }
            _ => return Err(WireError::Malformed.into()),
        }
        self.next = self.sealed.next()?;
        Ok(self.taken.missing.is_none())
    }

    /// What became of it.
    pub fn end(self) -> Taken {
        self.taken
    }

    /// Is what the parcel builds on here, but for logs that talking has to settle?
    fn meet<S: Store>(&mut self, base: &VersionVector, config: &Config, store: &mut S) -> Result<(), S::Error> {
        let tx = store.begin()?;
        let here = store::vector(&tx, &config.parties)?;
        for (log, position) in base.iter() {
            let is_short = here.count(log) < position.count;
            let is_settled_elsewhere =
                config.parties.doubted.contains(log) || tx.log(log)?.is_some_and(|row| row.frozen);
            let differs = tx.hash_after(log, position.count)?.is_some_and(|hash| hash.first() != position.hash);
            if differs || (is_short && is_settled_elsewhere) {
                self.left_out.insert(*log);
            } else if is_short {
                self.taken.missing = Some(Missing::Earlier);
            }
        }
        Ok(())
    }

    /// Takes a batch in, but for what has to be left out. A log of the partner's that differs is not frozen: the parcel may be
    /// an old one.
    fn take_batch<S: Store>(
        &mut self,
        config: &Config,
        store: &mut S,
        packed: &[u8],
    ) -> Result<(), ParcelError<S::Error>> {
        let plain = batch::unpack(packed)?;
        loop {
            let mut tx = store.begin().map_err(ParcelError::Store)?;
            let terms = Terms { left_out: &self.left_out, ..Terms::with(config.workers) };
            let refusal = match admit::admit(&mut tx, &config.parties, &plain, &terms) {
                Ok(admitted) => {
                    tx.commit().map_err(ParcelError::Store)?;
                    self.taken.batches.push(admitted);
                    return Ok(());
                }
                Err(AdmitError::Store(error)) => return Err(ParcelError::Store(error)),
                Err(AdmitError::Refused(refusal)) => refusal,
            };
            let log = match refusal {
                Refusal::Gap | Refusal::UnknownReference => {
                    self.taken.missing = Some(Missing::Earlier);
                    return Ok(());
                }
                Refusal::Fork(log) | Refusal::Unvouched(log) => log,
                Refusal::Unconfirmed(doubt) => {
                    self.taken.doubts.push(doubt);
                    doubt.log
                }
                refusal => return Err(refusal.into()),
            };
            if self.left_out.len() >= MOST_LEFT_OUT || !self.left_out.insert(log) {
                return Err(refusal.into());
            }
        }
    }
}

/// Does a log that went as far as this say something else there?
pub fn differs<T: Transaction>(tx: &T, vector: &VersionVector) -> Result<bool, T::Error> {
    for (log, position) in vector.iter() {
        if tx.hash_after(log, position.count)?.is_some_and(|hash| hash.first() != position.hash) {
            return Ok(true);
        }
    }
    Ok(false)
}
