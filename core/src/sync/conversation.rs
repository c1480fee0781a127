//! An engine session joined with the vault.

use std::time::Instant;

use nightstand_engine::ids::DeviceId;
use nightstand_engine::roster::DeviceRecord;
use nightstand_engine::session::{Config, Event, Outcome, Session, SessionError};

use super::drive::Talk;
use super::parties::{with_own_device, with_partner};
use crate::care::signals;
use crate::error::{NightstandError, Refused};
use crate::log::Level;
use crate::names::names;
use crate::pairing::follow_partings;
use crate::store::{BondRow, BondState, StoreError, StoreTx, Writer};
use crate::together::reflections;
use crate::vault::Vault;

/// How a conversation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyncOutcome {
    /// Each has everything of the other.
    AllHandedOver,
    /// Something is still to come, or can't be taken by one side.
    NotYet,
}

names!(SyncOutcome { Self::AllHandedOver = "all-handed-over", Self::NotYet = "not-yet" });

/// What a conversation moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SyncReport {
    /// How it ended; none while it goes on, or if it was cut off. Of a live conversation it is there while both have said
    /// all, and gone while something is under way.
    pub outcome: Option<SyncOutcome>,
    /// Bytes of the frames that this side sent.
    pub bytes_sent: u64,
    /// Bytes of the frames that this side received.
    pub bytes_received: u64,
    /// How often the word went to the other side and back.
    pub round_trips: u64,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that the other side has acknowledged.
    pub entries_sent: u64,
    /// Entries of logs that came, are kept and can't be used by this version.
    pub set_aside: u64,
    /// Logs that were found to have two contents, as when an old copy of a vault was put back and written to. Of the
    /// partner's, nothing more is taken until theirs agrees again.
    pub forks: u64,
    /// Of this device's own such logs: how many were put right. Both what the partner has and what was written here since is
    /// kept; the latter goes on in new logs.
    pub repaired: u64,
    /// Something was learned of this person's devices, of the partner's, or of a parting on another own device: worth another
    /// look at [`Devices`](crate::devices::Devices).
    pub devices_changed: bool,
}

/// One conversation with the partner's phone. See the [module](super) for how to lead it.
pub struct Conversation {
    vault: Vault,
    session: Session,
    report: SyncReport,
    started: Instant,
    said_last: bool,
    /// The vault's revision when a live conversation last looked for something new.
    looked_at: u64,
    /// The number of the rosters that the session was last told of.
    learned: u64,
    with: With,
    side: Side,
}

/// Who called.
enum Side {
    /// This phone did: the one with this endpoint key.
    Calls { endpoint: [u8; 32] },
    /// The other did. Has it shown who it is? Until then it may be anybody.
    Called { live: bool, heard: bool },
}

/// Whom a conversation is with.
#[derive(Clone, PartialEq, Eq)]
enum With {
    /// The partner, under this bond.
    Partner(BondRow),
    OwnDevice,
    /// Whoever begins it tells; it may be the partner, under this bond.
    NotKnown(BondRow),
}

impl Conversation {
    pub(super) fn begin(vault: &Vault, introduce: bool, live: bool) -> Result<Self, NightstandError> {
        Self::begin_to(vault, None, introduce, live)
    }

    /// With this device of the partner's, or else the first that is known.
    fn begin_to(
        vault: &Vault,
        peer: Option<&DeviceRecord>,
        introduce: bool,
        live: bool,
    ) -> Result<Self, NightstandError> {
        follow(vault);
        let_go_of_what_faded(vault);
        let (bond, config) = with_partner(vault)?;
        let peer = peer.or(config.peers.first()).cloned().ok_or(NightstandError::NotPaired)?;
        Self::initiate(vault, With::Partner(bond), Config { introduce, live, ..config }, peer)
    }

    /// With another device of this person.
    pub(super) fn begin_with_own(vault: &Vault, device: &DeviceId, live: bool) -> Result<Self, NightstandError> {
        let config = with_own_device(vault)?.ok_or(NightstandError::NotFound)?;
        let peer = config.peers.iter().find(|record| record.device == *device).cloned();
        let peer = peer.ok_or(NightstandError::NotFound)?;
        // The other device may have been restored, and forgotten this one.
        Self::initiate(vault, With::OwnDevice, Config { introduce: true, live, ..config }, peer)
    }

    /// The partner's devices whose keys are known. None without a partner.
    pub(super) fn partners(vault: &Vault) -> Result<Option<Vec<DeviceRecord>>, NightstandError> {
        match with_partner(vault) {
            Ok((_, config)) => Ok(Some(config.peers)),
            Err(NightstandError::NotPaired) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Own devices whose keys are known.
    pub(super) fn own_devices(vault: &Vault) -> Result<Vec<DeviceRecord>, NightstandError> {
        Ok(with_own_device(vault)?.map(|config| config.peers).unwrap_or_default())
    }

    /// With this device of the partner's. It may have been restored, and forgotten this one.
    pub(super) fn begin_to_partner(vault: &Vault, peer: &DeviceRecord) -> Result<Self, NightstandError> {
        Self::begin_to(vault, Some(peer), true, false)
    }

    fn initiate(vault: &Vault, with: With, config: Config, peer: DeviceRecord) -> Result<Self, NightstandError> {
        let side = Side::Calls { endpoint: peer.endpoint_key };
        let session =
            vault.with_store(|store| Session::initiate(config, peer, store).map_err(what_an_app_does_about))?;
        Ok(Self::new(vault, with, session, side))
    }

    pub(super) fn answer(vault: &Vault, live: bool) -> Result<Self, NightstandError> {
        follow(vault);
        let_go_of_what_faded(vault);
        let own = with_own_device(vault)?.map(|config| Config { live, ..config });
        let (with, session) = match with_partner(vault) {
            Ok((bond, partner)) => {
                let partner = Config { live, ..partner };
                (With::NotKnown(bond), Session::respond_to_any(partner, own.into_iter().collect()))
            }
            Err(error) => (With::OwnDevice, Session::respond(own.ok_or(error)?)),
        };
        Ok(Self::new(vault, with, session, Side::Called { live, heard: false }))
    }

    fn new(vault: &Vault, with: With, session: Session, side: Side) -> Self {
        Self {
            vault: vault.clone(),
            session,
            report: SyncReport::default(),
            started: Instant::now(),
            said_last: false,
            looked_at: 0,
            learned: 0,
            with,
            side,
        }
    }

    /// Takes a frame of the other side in. What it brought is on disk when this returns.
    ///
    /// Errors end the conversation; what was committed stays. [`Self::poll_frame`] may still give a frame that tells the other
    /// side why: send it. `Refused` is for bytes that are not what they say, for a device that is not the partner's or an own
    /// one, and (`Removed`) where this phone was removed; `PeerTooNew` and `PeerTooOld` say which phone needs an update.
    pub fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        self.report.bytes_received += frame.len() as u64;
        if std::mem::take(&mut self.said_last) {
            self.report.round_trips += 1;
        }
        self.check_standing()?;
        let now = self.now_ms();
        let handled = self.with_session(|session, store| session.handle_frame(store, frame, now));
        self.find_out_with_whom()?;
        let kept = self.keep_events();
        handled.and(kept)
    }

    /// The next frame to send; none until the other side has said more, or until something was written that a live
    /// conversation hands on.
    ///
    /// Errors: `Unreachable` when nothing came from the other side for two minutes.
    pub fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        Talk::handle_timeout(self)?;
        self.check_standing()?;
        self.look_for_news();
        let frame = self.with_session(Session::poll_frame)?;
        self.keep_events()?;
        if let Some(frame) = &frame {
            self.report.bytes_sent += frame.len() as u64;
            self.said_last = true;
        }
        Ok(frame)
    }

    /// Is there nothing more to do?
    pub fn is_over(&self) -> bool {
        self.session.is_over()
    }

    /// Do both sides have everything, and stay connected for what is written next?
    pub fn is_level(&self) -> bool {
        self.session.is_level()
    }

    /// Ends a live conversation once both sides have everything: each says goodbye when it has nothing more to send.
    pub fn leave(&mut self) {
        self.session.leave();
    }

    /// The endpoint key of the phone that it calls, for a road that needs one. None where it answers.
    pub fn endpoint(&self) -> Option<[u8; 32]> {
        match self.side {
            Side::Calls { endpoint } => Some(endpoint),
            Side::Called { .. } => None,
        }
    }

    /// What it has moved so far.
    pub fn report(&self) -> SyncReport {
        self.report
    }

    /// Everything that this side has sent so far, unencrypted and unpacked. For checks that nothing private leaves; no app
    /// is built with the feature `recording`.
    #[cfg(feature = "recording")]
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.session.recorded()
    }

    /// With the vault held, and told what it has learned of devices by other roads since.
    fn with_session<R>(
        &mut self,
        step: impl FnOnce(&mut Session, &mut Writer) -> Result<R, SessionError<StoreError>>,
    ) -> Result<R, NightstandError> {
        let (session, learned) = (&mut self.session, &mut self.learned);
        self.vault.with_store(|store| {
            if std::mem::replace(learned, store.rosters()) != store.rosters() {
                for person in [store.person()].into_iter().chain(store.rows().bonds()?.iter().map(|bond| bond.partner))
                {
                    let known = store.rows().membership(&person)?;
                    known.iter().for_each(|known| session.learn(known));
                }
            }
            step(session, store).map_err(what_an_app_does_about)
        })
    }

    fn look_for_news(&mut self) {
        let revision = self.vault.revision();
        if std::mem::replace(&mut self.looked_at, revision) != revision {
            self.session.wake();
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn keep_events(&mut self) -> Result<(), NightstandError> {
        let mut came = false;
        while let Some(event) = self.session.poll_event() {
            match event {
                Event::Authenticated => {
                    if let Side::Called { heard, .. } = &mut self.side {
                        *heard = true;
                    }
                    self.hold_bond()?;
                }
                Event::Record(record) => self.vault.write(|tx| keep_record(tx, &record))?,
                Event::Roster(roster) => {
                    self.report.devices_changed |= self.vault.write(|tx| Ok(tx.take_roster(&roster)?))?;
                }
                Event::Circle(circle) => {
                    self.report.devices_changed = true;
                    self.vault.write(|tx| Ok(tx.take_circle(&circle)?))?;
                }
                Event::Took(admitted) => {
                    came |= admitted.entries > 0;
                    self.report.entries_received += admitted.entries;
                    self.report.set_aside += admitted.set_aside;
                    self.report.repaired += admitted.repaired.len() as u64;
                }
                Event::HandedOver(entries) => self.report.entries_sent += entries,
                Event::Forked(_) => self.report.forks += 1,
                Event::Unconfirmed(doubt) => {
                    self.report.devices_changed |= self.vault.write(|tx| Ok(tx.ask_about(&doubt)?))?;
                }
                Event::Level(outcome) | Event::Ended(outcome) => {
                    self.report.outcome = Some(match outcome {
                        Outcome::AllHandedOver => SyncOutcome::AllHandedOver,
                        Outcome::NotYet => SyncOutcome::NotYet,
                    });
                }
            }
        }
        if came {
            follow(&self.vault);
        }
        if self.with == With::OwnDevice && self.report.outcome.is_some() {
            // What the other device copied is here by now. What can't be done is done after a later sync, or at unlocking.
            if let Err(error) = follow_partings(&self.vault) {
                self.vault.log().say_failed("parting_not_followed", &error);
            }
        }
        if self.session.is_live() && !self.session.is_level() {
            self.report.outcome = None;
        }
        Ok(())
    }

    /// Once the other side has spoken, it is known whose device it is.
    fn find_out_with_whom(&mut self) -> Result<(), NightstandError> {
        if matches!(self.with, With::NotKnown(_))
            && let Some(peer) = self.session.peer()
        {
            let bonds = self.vault.read(|rows, _| Ok(rows.bonds()?))?;
            let bond = bonds.into_iter().find(|bond| bond.bond == peer.bond);
            self.with = bond.map_or(With::OwnDevice, With::Partner);
        }
        Ok(())
    }

    /// An offer may be withdrawn, a bond left, or a device removed while a conversation goes on.
    fn check_standing(&self) -> Result<(), NightstandError> {
        let stands = self.vault.read(|rows, person| {
            let whose = match &self.with {
                With::Partner(with) | With::NotKnown(with) => {
                    let stands = |bond: &BondRow| bond.bond == with.bond && bond.state != BondState::Parted;
                    if !rows.bonds()?.iter().any(stands) {
                        return Ok(false);
                    }
                    with.partner
                }
                With::OwnDevice => person,
            };
            let Some(peer) = self.session.peer() else { return Ok(true) };
            Ok(!rows.membership(&whose)?.is_some_and(|membership| membership.has_removed(&peer.device)))
        })?;
        if stands { Ok(()) } else { Err(NightstandError::NotPaired) }
    }

    /// The other side has shown that it holds the bond: what this person confirmed counts from here on.
    fn hold_bond(&mut self) -> Result<(), NightstandError> {
        if let With::Partner(bond) = &mut self.with
            && bond.state == BondState::Offered
        {
            if !self.vault.write(|tx| Ok(tx.hold_bond(&bond.bond)?))? {
                return Err(NightstandError::NotPaired);
            }
            bond.state = BondState::Held;
        }
        Ok(())
    }
}

/// Ended, given up or cut off: the log hears of it.
impl Drop for Conversation {
    fn drop(&mut self) {
        let SyncReport { outcome, round_trips, bytes_sent, bytes_received, entries_sent, entries_received, .. } =
            self.report;
        let outcome = match outcome {
            Some(SyncOutcome::AllHandedOver) => "all_handed_over",
            Some(SyncOutcome::NotYet) => "not_yet",
            None => "cut",
        };
        let values = [
            ("outcome", outcome.into()),
            ("round_trips", round_trips.into()),
            ("bytes_sent", bytes_sent.into()),
            ("bytes_received", bytes_received.into()),
            ("entries_sent", entries_sent.into()),
            ("entries_received", entries_received.into()),
        ];
        self.vault.log().say(Level::Info, "synced", &values);
    }
}

impl Talk for Conversation {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        Self::handle_frame(self, frame)
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        Self::poll_frame(self)
    }

    fn is_over(&self) -> bool {
        Self::is_over(self)
    }

    fn leave(&mut self) -> bool {
        self.look_for_news();
        let may = self.is_level();
        if may {
            Self::leave(self);
        }
        may
    }

    fn stay_for_another(&mut self) -> Result<bool, NightstandError> {
        let Side::Called { live, heard: false } = self.side else { return Ok(false) };
        *self = Self::answer(&self.vault.clone(), live)?;
        Ok(true)
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        let now = self.now_ms();
        self.session.handle_timeout::<StoreError>(now).map_err(what_an_app_does_about)
    }
}

/// So that it does not go over, and the other phone deletes what it has of it.
pub(super) fn let_go_of_what_faded(vault: &Vault) {
    // What can't be deleted is deleted before a later conversation; this one is no worse for it.
    let _ = signals::bury_old(vault);
}

/// Does what follows from what came. What can't be done, as while Private is locked, is done after a later sync.
pub(super) fn follow(vault: &Vault) {
    if let Err(error) = reflections::go_on(vault)
        && error != NightstandError::PrivateLocked
    {
        vault.log().say_failed("not_followed", &error);
    }
}

/// A device that comes with new keys has only those.
pub(super) fn keep_record(tx: &mut StoreTx<'_>, record: &DeviceRecord) -> Result<(), NightstandError> {
    for old in tx.rows().peer_devices(&record.bond)? {
        if old.device == record.device && old.noise_key != record.noise_key {
            tx.drop_peer_device(&old.noise_key)?;
        }
    }
    Ok(tx.put_peer_device(record)?)
}

fn what_an_app_does_about(error: SessionError<StoreError>) -> NightstandError {
    match error {
        SessionError::Store(error) => error.into(),
        SessionError::UnknownPeer => NightstandError::Refused(Refused::Device),
        SessionError::Removed => NightstandError::Refused(Refused::Removed),
        SessionError::UpdateThisSide => NightstandError::PeerTooNew,
        SessionError::UpdateOtherSide => NightstandError::PeerTooOld,
        SessionError::Silent => NightstandError::Unreachable,
        SessionError::Over => NightstandError::Closed,
        SessionError::Noise(_) | SessionError::Wire(_) | SessionError::Roster(_) | SessionError::Refused(_) => {
            NightstandError::Refused(Refused::Bytes)
        }
    }
}
