//! How a session begins: two messages that say who is there, which rosters they know and what they have.

use super::hello::{Hello, HelloError, RosterName, VERSIONS};
use super::{Event, HELLO, Outcome, PART, Phase, ROSTER, Session, SessionError, VECTOR, VERSION_MISMATCH};
use crate::frame::{self, FrameWriter, IfUnknown};
use crate::limits;
use crate::noise::SECOND_OVERHEAD;
use crate::roster::{DeviceRecord, RosterError, SignedRoster};
use crate::store::{self, Store, Transaction};
use crate::vector::VersionVector;
use crate::wire::{Reader, WireError, Writer};

impl Session {
    pub(super) fn handle_first<S: Store>(&mut self, store: &mut S, frame: &[u8]) -> Result<(), SessionError<S::Error>> {
        let Phase::Shaking(handshake) = &mut self.phase else { return Err(SessionError::Over) };
        let plain = handshake.read(frame)?;
        let remote = handshake.remote_static().ok_or(SessionError::UnknownPeer)?;
        let hello = match sole_hello(&plain)? {
            Ok(hello) => hello,
            // An answer that says no more than which versions this side speaks: the other side sees who must update.
            Err(error) => return self.answer_versions(error),
        };
        self.peer = Some(self.find_peer(&remote, &hello)?);
        self.transfer.peer_kinds = hello.kinds;
        self.compare_rosters(&hello);

        let tx = store.begin().map_err(SessionError::Store)?;
        let vector = store::vector(&tx, &self.config.couple.bond).map_err(SessionError::Store)?;
        let known = self.known_base(&tx, &hello.base)?;
        drop(tx);
        let moved = |base: &VersionVector| !hello.moved.is_empty() || !vector.changed_since(base).is_empty();
        let nothing = known.as_ref().is_some_and(|base| !moved(base)) && self.rosters_agree(&hello);
        // Keys that were not known count only once the other side has proved that it is no replay, so it is made to go on.
        let base = known.filter(|_| !(nothing && self.told.is_some()));
        self.live.agree(self.config.live && hello.live);
        let quiet = nothing && base.is_some();
        let mut answer = Hello::new(&self.config.couple, base.as_ref().unwrap_or(&VersionVector::default()), &vector);
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
        if !quiet && self.may_send() {
            self.transfer.fill(store, &self.config.couple, limits::FIRST_BATCH_BYTES)?;
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
            _ => return Err(WireError::Malformed.into()),
        };
        self.open_transport()?;
        self.events.push_back(Event::Authenticated);
        self.transfer.peer_kinds = hello.kinds;
        self.compare_rosters(&hello);

        let empty = VersionVector::default();
        let base = if hello.base == self.base.digest() { self.base.clone() } else { empty.clone() };
        if base.digest() != hello.base {
            return Err(WireError::Malformed.into());
        }
        self.live.agree(hello.live);
        if !self.config.live {
            self.leave(); // it was left before it began
        }
        let moved_here = !self.said.changed_since(&base).is_empty();
        let quiet = !hello.base_unknown && hello.moved.is_empty() && !moved_here && self.rosters_agree(&hello);
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

    pub(super) fn handle_roster<E>(&mut self, body: &[u8]) -> Result<(), SessionError<E>> {
        let roster = SignedRoster::parse(body)?;
        let couple = &mut self.config.couple;
        let held = if roster.roster().person == couple.my_person() {
            &mut couple.me
        } else if roster.roster().person == couple.partner_person() {
            &mut couple.partner
        } else {
            return Err(RosterError::NotTheirs.into());
        };
        if !RosterName::of(&roster).is_newer_than(&RosterName::of(held)) {
            return Err(RosterError::Stale.into());
        }
        *held = roster.clone();
        self.rosters_awaited = self.rosters_awaited.saturating_sub(1);
        self.events.push_back(Event::Roster(roster));
        let listed = self.peer.as_ref().is_some_and(|peer| self.config.couple.partner.lists(&peer.device));
        if listed { Ok(()) } else { Err(SessionError::UnknownPeer) }
    }

    fn find_peer<E>(&mut self, remote: &[u8; 32], hello: &Hello) -> Result<DeviceRecord, SessionError<E>> {
        let couple = &self.config.couple;
        let fits = |record: &DeviceRecord| {
            record.noise_key == *remote && record.bond == couple.bond && couple.partner.lists(&record.device)
        };
        if let Some(record) = self.config.peers.iter().find(|record| fits(record)) {
            return Ok(record.clone());
        }
        let told =
            hello.record.as_deref().and_then(|bytes| DeviceRecord::parse(bytes).ok()).filter(|record| fits(record));
        let record = told.ok_or(SessionError::UnknownPeer)?;
        self.told = Some(record.clone());
        Ok(record)
    }

    fn compare_rosters(&mut self, hello: &Hello) {
        let couple = &self.config.couple;
        let pairs = [(&couple.me, hello.yours), (&couple.partner, hello.mine)];
        for (held, theirs) in pairs {
            let here = RosterName::of(held);
            if here.is_newer_than(&theirs) {
                self.messages.push_back((ROSTER, held.as_bytes().to_vec()));
            } else if theirs.is_newer_than(&here) {
                self.rosters_awaited += 1;
            }
        }
    }

    fn rosters_agree(&self, hello: &Hello) -> bool {
        let couple = &self.config.couple;
        RosterName::of(&couple.me) == hello.yours && RosterName::of(&couple.partner) == hello.mine
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

    fn answer_versions<E>(&mut self, error: HelloError) -> Result<(), SessionError<E>> {
        let mut writer = FrameWriter::new();
        let mut versions = Writer::new();
        versions.varint(VERSIONS.0).varint(VERSIONS.1);
        writer.push(VERSION_MISMATCH, IfUnknown::Refuse, &versions.finish());
        if let Phase::Shaking(handshake) = &mut self.phase {
            let plain = writer.finish(SECOND_OVERHEAD);
            self.recording.keep(&plain);
            let message = handshake.write(&plain)?;
            self.frames.push_back(message);
        }
        Err(error.into())
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
