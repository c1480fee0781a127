//! How a session begins: two messages that say who is there, which rosters they know and what they have.

use super::hello::{Hello, HelloError, VERSIONS};
use super::{
    Config, Event, HELLO, Outcome, PART, Phase, REMOVED, Session, SessionError, VECTOR, VERSION_MISMATCH, rosters,
};
use crate::frame::{self, FrameWriter, IfUnknown};
use crate::limits;
use crate::noise::SECOND_OVERHEAD;
use crate::roster::{DeviceRecord, SignedRoster};
use crate::store::{self, Store, Transaction};
use crate::vector::VersionVector;
use crate::wire::{Reader, WireError, Writer};

impl Session {
    pub(super) fn handle_first<S: Store>(&mut self, store: &mut S, frame: &[u8]) -> Result<(), SessionError<S::Error>> {
        let (plain, remote) = self.read_first(frame)?;
        let hello = match sole_hello(&plain)? {
            Ok(hello) => hello,
            // An answer that says no more than which versions this side speaks: the other side sees who must update.
            Err(error) => return self.answer_versions(error),
        };
        let peer = self.find_peer(&remote, &hello)?;
        self.config.reach(&peer.device, hello.private);
        self.peer = Some(peer);
        self.transfer.peer_kinds = hello.kinds;
        self.compare(&hello);

        let tx = store.begin().map_err(SessionError::Store)?;
        let vector = store::vector(&tx, &self.config.parties).map_err(SessionError::Store)?;
        let known = self.known_base(&tx, &hello.base)?;
        drop(tx);
        let moved = |base: &VersionVector| !hello.moved.is_empty() || !vector.changed_since(base).is_empty();
        let nothing = known.as_ref().is_some_and(|base| !moved(base)) && self.agrees(&hello);
        // Keys that were not known count only once the other side has proved that it is no replay, so it is made to go on.
        let base = known.filter(|_| !nothing || self.told.is_empty());
        self.live.agree(self.config.live && hello.live);
        let quiet = nothing && base.is_some();
        let mut answer = Hello::new(&self.config, base.as_ref().unwrap_or(&VersionVector::default()), &vector);
        answer.base_unknown = base.is_none();
        answer.live = self.live.is_on();
        self.said = vector;
        if let Some(base) = base {
            let theirs = base.clone().with(&hello.moved);
            self.base = base;
            self.learn_vector(store, theirs, false)?;
        }

        let mut writer = FrameWriter::new();
        writer.push(HELLO, IfUnknown::Refuse, &answer.to_bytes());
        // What the other side is to know first goes before any entry, in the next frame.
        if !quiet && self.messages.is_empty() && self.may_send() {
            self.transfer.fill(store, &self.config.parties, limits::FIRST_BATCH_BYTES)?;
            if let Some(part) = self.transfer.take_small_batch(limits::FIRST_BATCH_BYTES) {
                writer.push(PART, IfUnknown::Refuse, &part);
            }
        }
        let Phase::Shaking(handshake) = &mut self.phase else { return Err(SessionError::Over) };
        let plain = writer.finish(SECOND_OVERHEAD);
        self.recording.keep(&plain);
        let message = handshake.write(&plain)?;
        self.frames.push_back(message);
        self.open_transport()?;
        if quiet && !self.live.is_on() {
            self.finish(Outcome::AllHandedOver);
        }
        Ok(())
    }

    pub(super) fn handle_second<S: Store>(
        &mut self,
        store: &mut S,
        frame: &[u8],
    ) -> Result<(), SessionError<S::Error>> {
        let Phase::Shaking(handshake) = &mut self.phase else { return Err(SessionError::Over) };
        let plain = handshake.read(frame)?;
        let messages = frame::messages(&plain)?;
        let (hello, rest) = match messages.split_first() {
            Some((first, rest)) if first.kind == HELLO => (Hello::parse(first.body)?, rest),
            Some((first, _)) if first.kind == VERSION_MISMATCH => return Err(who_must_update(first.body)?),
            Some((first, _)) if first.kind == REMOVED => return self.handle_removed(first.body),
            _ => return Err(WireError::Malformed.into()),
        };
        self.open_transport()?;
        self.events.push_back(Event::Authenticated);
        self.transfer.peer_kinds = hello.kinds;
        self.compare(&hello);
        self.learn_reach(store, &hello)?;

        let empty = VersionVector::default();
        let base = if hello.base == self.base.digest() { self.base.clone() } else { empty.clone() };
        if base.digest() != hello.base {
            return Err(WireError::Malformed.into());
        }
        self.live.agree(hello.live);
        if !self.config.live {
            self.leave(); // it was left before it began
        }
        let quiet = !hello.base_unknown && hello.moved.is_empty() && !self.told_moves && self.agrees(&hello);
        if quiet && !hello.live {
            if self.unmet {
                self.keep_agreed(store)?;
            }
            self.finish(Outcome::AllHandedOver);
            return Ok(());
        }
        if hello.base_unknown {
            self.messages.push_back((VECTOR, self.said.to_bytes()));
        }
        self.learn_vector(store, base.with(&hello.moved), true)?;
        for message in rest {
            self.handle_message(store, message)?;
        }
        Ok(())
    }

    fn find_peer<E>(&mut self, remote: &[u8; 32], hello: &Hello) -> Result<DeviceRecord, SessionError<E>> {
        let (channel, mut other) = (self.config.parties.channel(), self.config.parties.other().clone());
        let told = |bytes: &Option<Vec<u8>>| bytes.as_deref().and_then(|bytes| SignedRoster::parse(bytes).ok());
        let shown = told(&hello.roster).filter(|roster| roster.roster().person == other.person());
        let roster = shown.clone().filter(|roster| other.take(roster.clone()) == Ok(true));

        let fits = |record: &DeviceRecord| record.noise_key == *remote && record.bond == channel;
        let known = self.config.peers.iter().find(|record| fits(record)).cloned();
        let told = hello.record.as_deref().and_then(|bytes| DeviceRecord::parse(bytes).ok()).filter(fits);
        let is_new = known.is_none();
        let record = known.or(told).ok_or(SessionError::UnknownPeer)?;
        // A device that shows its person's word for it, and an older word than is known here, is told the newer one: it was
        // restored from a backup, and has to be listed again.
        let was_listed = !other.lists(&record.device) && shown.is_some_and(|roster| roster.lists(&record.device));
        if other.has_removed(&record.device) || was_listed {
            return self.answer_removed();
        }
        if !other.lists(&record.device) || record.device == self.config.device.device() {
            return Err(SessionError::UnknownPeer);
        }
        if let Some(roster) = roster {
            self.config.take_roster(roster.clone())?;
            self.told.push(Event::Roster(roster));
        }
        if is_new {
            self.told.push(Event::Record(record.clone()));
        }
        Ok(record)
    }

    fn known_base<T: Transaction>(
        &self,
        tx: &T,
        digest: &[u8; 16],
    ) -> Result<Option<VersionVector>, SessionError<T::Error>> {
        let empty = VersionVector::default();
        if empty.digest() == *digest {
            return Ok(Some(empty));
        }
        let Some(peer) = &self.peer else { return Ok(None) };
        let agreed = tx.agreed(&peer.noise_key).map_err(SessionError::Store)?;
        Ok(agreed.into_iter().find(|vector| vector.digest() == *digest))
    }

    /// Reads message 1, under whichever configuration it is meant.
    fn read_first<E>(&mut self, frame: &[u8]) -> Result<(Vec<u8>, [u8; 32]), SessionError<E>> {
        let Phase::Shaking(handshake) = &mut self.phase else { return Err(SessionError::Over) };
        let mut read = handshake.read(frame);
        for config in std::mem::take(&mut self.others) {
            if read.is_ok() {
                break;
            }
            let mut other = config.responder();
            read = other.read(frame);
            if read.is_ok() {
                let live = config.live && self.config.live;
                self.config = Config { live, ..config };
                self.phase = Phase::Shaking(Box::new(other));
            }
        }
        let plain = read?;
        let Phase::Shaking(handshake) = &self.phase else { return Err(SessionError::Over) };
        Ok((plain, handshake.remote_static().ok_or(SessionError::UnknownPeer)?))
    }

    /// Learns from the other own device's answer how far the exchange reaches.
    fn learn_reach<S: Store>(&mut self, store: &mut S, hello: &Hello) -> Result<(), SessionError<S::Error>> {
        let Some(peer) = self.peer.as_ref().filter(|_| self.config.parties.are_own_devices()) else { return Ok(()) };
        self.config.reach(&peer.device, hello.private);
        let tx = store.begin().map_err(SessionError::Store)?;
        self.said = store::vector(&tx, &self.config.parties).map_err(SessionError::Store)?;
        Ok(())
    }

    fn answer_versions<E>(&mut self, error: HelloError) -> Result<(), SessionError<E>> {
        let mut versions = Writer::new();
        versions.varint(VERSIONS.0).varint(VERSIONS.1);
        self.answer_only(VERSION_MISMATCH, &versions.finish())?;
        Err(error.into())
    }

    /// A device that was removed, or is listed by an older roster alone, is told so by its own person's rosters, and nothing else.
    fn answer_removed<T, E>(&mut self) -> Result<T, SessionError<E>> {
        let rosters = rosters::write_all(self.config.parties.other());
        self.answer_only(REMOVED, &rosters)?;
        Err(SessionError::UnknownPeer)
    }

    fn answer_only<E>(&mut self, kind: u64, body: &[u8]) -> Result<(), SessionError<E>> {
        let mut writer = FrameWriter::new();
        writer.push(kind, IfUnknown::Refuse, body);
        if let Phase::Shaking(handshake) = &mut self.phase {
            let plain = writer.finish(SECOND_OVERHEAD);
            self.recording.keep(&plain);
            let message = handshake.write(&plain)?;
            self.frames.push_back(message);
        }
        Ok(())
    }

    fn open_transport<E>(&mut self) -> Result<(), SessionError<E>> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Shaking(handshake) => {
                self.phase = Phase::Open(Box::new(handshake.into_transport()?));
                Ok(())
            }
            _ => Err(SessionError::Over),
        }
    }
}

/// Message 1 holds one hello, and nothing else that counts.
fn sole_hello<E>(plain: &[u8]) -> Result<Result<Hello, HelloError>, SessionError<E>> {
    match frame::messages(plain)?.first() {
        Some(message) if message.kind == HELLO => match Hello::parse(message.body) {
            Err(HelloError::Wire(error)) => Err(error.into()),
            other => Ok(other),
        },
        _ => Err(WireError::Malformed.into()),
    }
}

/// What an initiator learns from the versions of a responder that could not answer otherwise.
fn who_must_update<E>(body: &[u8]) -> Result<SessionError<E>, WireError> {
    let mut reader = Reader::new(body);
    let (oldest, _newest) = (reader.varint()?, reader.varint()?);
    Ok(if oldest > VERSIONS.1 { SessionError::UpdateThisSide } else { SessionError::UpdateOtherSide })
}
