//! An engine pairing joined with the vault.

use std::net::SocketAddr;
use std::sync::Arc;

use nightstand_engine::ids::BondId;
use nightstand_engine::keys::Root;
use nightstand_engine::pairing::invite::{Invite, InviteError, Purpose};
use nightstand_engine::pairing::{Back, Handover, Me, Offer, Paired, Pairing, PairingError, PairingEvent, Standing};
use nightstand_engine::random;
use zeroize::Zeroizing;

use super::{QrCode, back};
use crate::devices::link;
use crate::error::{InvalidInput, NightstandError, Refused};
use crate::store::{BondRow, BondState};
use crate::sync::Talk;
use crate::vault::Vault;

/// What two people compare.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// Four words, to be read aloud.
    pub words: [String; 4],
    /// The same as digits.
    pub digits: String,
}

/// Where a pairing stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PairingState {
    /// The two phones have not met yet.
    Meeting,
    /// Show the code, and ask whether the other phone shows the same.
    Compare {
        /// What both phones show.
        code: Code,
        /// What the other side calls itself: unproven until the codes were compared.
        name: String,
    },
    /// This person has said yes, the other has not yet.
    Waiting,
    /// Both have said yes.
    Paired,
    /// One of the two said no.
    Refused,
    /// It came to nothing: expired, cut off, or somebody else answered.
    Failed,
}

/// One pairing. It takes frames and gives frames, like a conversation.
pub struct PairingTalk {
    vault: Vault,
    pairing: Pairing,
    state: PairingState,
    /// What was stored when this person confirmed.
    offered: Option<BondId>,
    /// Between own devices: who confirmed here, until the other one did, too.
    met: Option<Box<Paired>>,
    aim: Aim,
    road: Road,
}

/// What comes of it.
enum Aim {
    /// A bond with the other person.
    Bond,
    /// The other device is listed as one of this person's, by the root that the recovery phrase gave.
    AddDevice(Box<Root>),
    /// This vault becomes one of the other device's person.
    BecomeDevice,
    /// The partner under this bond has a new device, and gets what it needs.
    LetBack(Box<BondRow>),
    /// This vault becomes one of the root's person, who has the partner whose phone this is.
    ComeBack { root: Arc<Root>, this_device: String },
}

enum Road {
    Inviter(Box<Offer>),
    Joiner { invite: Box<Invite>, endpoint_key: Zeroizing<[u8; 32]> },
}

impl PairingTalk {
    /// With a root, for another device of its person.
    pub(crate) fn invite(
        vault: &Vault,
        name: &str,
        purpose: Purpose,
        root: Option<Root>,
    ) -> Result<Self, NightstandError> {
        let aim = root.map_or(Aim::Bond, |root| Aim::AddDevice(Box::new(root)));
        Self::invite_as(vault, me(vault, name)?, purpose, aim)
    }

    fn invite_as(vault: &Vault, me: Me, purpose: Purpose, aim: Aim) -> Result<Self, NightstandError> {
        let mut randomness = vault.randomness();
        let (pairing, offer) = Pairing::invite(me, purpose, seconds(vault), &mut randomness)
            .map_err(|error| what_an_app_does_about(&error))?;
        Ok(Self::new(vault, pairing, aim, Road::Inviter(Box::new(offer))))
    }

    pub(super) fn join(vault: &Vault, name: &str, link: &str) -> Result<Self, NightstandError> {
        Self::join_as(vault, me(vault, name)?, invite_of(link, Purpose::Partner)?, Aim::Bond)
    }

    /// As a new device of the inviter's person.
    pub(crate) fn join_own(vault: &Vault, name: &str, link: &str) -> Result<Self, NightstandError> {
        let me = Me { roster: None, ..me(vault, name)? };
        Self::join_as(vault, me, invite_of(link, Purpose::OwnDevice)?, Aim::BecomeDevice)
    }

    /// For the partner under this bond.
    pub(super) fn invite_back(vault: &Vault, name: &str, partner: BondRow) -> Result<Self, NightstandError> {
        let me = Me { back: Some(Back::Awaits(partner.partner)), ..me(vault, name)? };
        Self::invite_as(vault, me, Purpose::Return, Aim::LetBack(Box::new(partner)))
    }

    /// As a new device of this root's person.
    pub(super) fn join_back(vault: &Vault, root: Root, this_device: &str, link: &str) -> Result<Self, NightstandError> {
        let root = Arc::new(root);
        let me = Me { roster: None, back: Some(Back::Comes(Arc::clone(&root))), ..me(vault, "")? };
        let aim = Aim::ComeBack { root, this_device: this_device.to_owned() };
        Self::join_as(vault, me, invite_of(link, Purpose::Return)?, aim)
    }

    fn join_as(vault: &Vault, me: Me, invite: Invite, aim: Aim) -> Result<Self, NightstandError> {
        let mut randomness = vault.randomness();
        let endpoint_key = Zeroizing::new(random::make_bytes(&mut randomness));
        let pairing = Pairing::join(me, &invite, seconds(vault), &mut randomness)
            .map_err(|error| what_an_app_does_about(&error))?;
        Ok(Self::new(vault, pairing, aim, Road::Joiner { invite: Box::new(invite), endpoint_key }))
    }

    fn new(vault: &Vault, pairing: Pairing, aim: Aim, road: Road) -> Self {
        let (vault, state) = (vault.clone(), PairingState::Meeting);
        Self { vault, pairing, state, offered: None, met: None, aim, road }
    }

    /// Where it stands.
    pub fn state(&self) -> PairingState {
        self.state.clone()
    }

    /// The invite as a link, with the addresses where this phone can be reached in this moment (at most four count). It
    /// holds a secret: show it to the partner alone. Of the joining side: the link that it was given, as it was.
    pub fn link(&self, addresses: &[SocketAddr]) -> String {
        let hints: Vec<_> = addresses.iter().copied().map(Into::into).collect();
        match &self.road {
            Road::Inviter(offer) => offer.invite(&hints).to_link().to_string(),
            Road::Joiner { invite, .. } => invite.to_link().to_string(),
        }
    }

    /// [`Self::link`] as a picture.
    pub fn qr(&self, addresses: &[SocketAddr]) -> Result<QrCode, NightstandError> {
        QrCode::of(&self.link(addresses))
    }

    /// The key of the endpoint to listen or dial with while the pairing goes on. It is a secret, and used for this alone.
    pub fn endpoint_key(&self) -> [u8; 32] {
        match &self.road {
            Road::Inviter(offer) => *offer.endpoint_key(),
            Road::Joiner { endpoint_key, .. } => **endpoint_key,
        }
    }

    /// Where the inviter may be reached, on the joining side: their endpoint's public key and addresses.
    pub fn inviter_endpoint(&self) -> Option<([u8; 32], Vec<SocketAddr>)> {
        match &self.road {
            Road::Inviter(_) => None,
            Road::Joiner { invite, .. } => {
                Some((invite.endpoint, invite.hints.iter().copied().map(SocketAddr::from).collect()))
            }
        }
    }

    /// Takes a frame of the other side in.
    ///
    /// After an error an inviter may go on with another connection, until [`Self::state`] says that it failed.
    pub fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        let now = seconds(&self.vault);
        let handled = self.pairing.handle_frame(now, frame).map_err(|error| what_an_app_does_about(&error));
        let kept = self.keep_events();
        handled.and(kept)
    }

    /// The next frame to send.
    pub fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        self.keep_events()?;
        Ok(self.pairing.poll_frame())
    }

    /// The person says that both phones show the same code.
    ///
    /// Errors: `AlreadyPaired` with somebody else meanwhile; `Refused`: [`Refused::NotYet`] before there is a code to compare,
    /// [`Refused::Invite`] when it was shown too long ago.
    pub fn confirm(&mut self) -> Result<(), NightstandError> {
        if matches!(self.aim, Aim::Bond) {
            self.vault.pairing().check_alone()?;
        }
        let now = seconds(&self.vault);
        let confirmed = match &self.aim {
            Aim::LetBack(partner) => self.pairing.confirm_return(now, back::handover(&self.vault, partner)?),
            _ => self.pairing.confirm(now),
        };
        let confirmed = confirmed.map_err(|error| match error {
            PairingError::OutOfOrder => NightstandError::Refused(Refused::NotYet),
            other => what_an_app_does_about(&other),
        });
        let kept = self.keep_events();
        confirmed.and(kept)
    }

    /// The person says no. The other phone is told.
    ///
    /// Errors: `AlreadyPaired` once this person has said yes.
    pub fn refuse(&mut self) -> Result<(), NightstandError> {
        let over = self.is_over();
        let refused = self.pairing.refuse().map_err(|error| match error {
            PairingError::OutOfOrder => NightstandError::AlreadyPaired,
            other => what_an_app_does_about(&other),
        });
        let kept = self.keep_events();
        if refused.is_ok() && !over {
            self.state = PairingState::Refused;
        }
        refused.and(kept)
    }

    /// Is there nothing more to do?
    pub fn is_over(&self) -> bool {
        self.pairing.is_over()
    }

    /// Everything that this side has sent so far, unencrypted. For checks that nothing private leaves; no app is built with
    /// the feature `recording`.
    #[cfg(feature = "recording")]
    pub fn recorded(&self) -> impl Iterator<Item = &[u8]> {
        self.pairing.recorded()
    }

    /// Looks at the clock: an invite that has expired ends here.
    pub fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        self.pairing.handle_timeout(seconds(&self.vault));
        self.keep_events()
    }

    fn keep_events(&mut self) -> Result<(), NightstandError> {
        while let Some(event) = self.pairing.poll_event() {
            self.state = match event {
                PairingEvent::Compare { code, name } => {
                    let code = Code { words: code.words().map(str::to_owned), digits: code.digits() };
                    let name = if let Aim::LetBack(partner) = &self.aim { partner.name.clone() } else { name };
                    PairingState::Compare { code, name }
                }
                PairingEvent::Store(paired) if matches!(self.aim, Aim::Bond) => {
                    self.store(&paired)?;
                    self.offered = Some(paired.bond);
                    if paired.standing == Standing::Held { PairingState::Paired } else { PairingState::Waiting }
                }
                PairingEvent::Store(paired) => {
                    let held = paired.standing == Standing::Held;
                    self.met = Some(paired);
                    if held { self.link_devices()? } else { PairingState::Waiting }
                }
                PairingEvent::Held(_) if self.met.is_some() => self.link_devices()?,
                PairingEvent::Handed(handed) => self.come_back(*handed)?,
                PairingEvent::Held(bond) => {
                    if !self.vault.write(|tx| Ok(tx.hold_bond(&bond)?))? {
                        self.state = PairingState::Failed;
                        return Err(NightstandError::AlreadyPaired);
                    }
                    PairingState::Paired
                }
                PairingEvent::Refused => {
                    if let Some(bond) = self.offered.take() {
                        self.vault.write(|tx| Ok(tx.withdraw_offers(&bond, false)?))?;
                    }
                    PairingState::Refused
                }
                PairingEvent::Failed(_) => PairingState::Failed,
            };
        }
        Ok(())
    }

    /// Both devices have said yes.
    fn link_devices(&mut self) -> Result<PairingState, NightstandError> {
        let Some(paired) = self.met.take() else { return Ok(PairingState::Failed) };
        let linked = match &self.aim {
            Aim::Bond => Err(NightstandError::Internal("a bond is no device")),
            Aim::LetBack(_) => Ok(()),
            Aim::ComeBack { .. } => {
                // What comes next says which devices there are.
                self.met = Some(paired);
                return Ok(PairingState::Waiting);
            }
            Aim::AddDevice(root) => link::add(&self.vault, root, paired.record.device, &paired.name),
            Aim::BecomeDevice => link::become_device_of(&self.vault, &paired),
        };
        if linked.is_err() {
            self.state = PairingState::Failed;
        }
        linked.map(|()| PairingState::Paired)
    }

    /// Both have said yes, and the partner's phone has said what this one is to know.
    fn come_back(&mut self, handed: Handover) -> Result<PairingState, NightstandError> {
        self.state = PairingState::Failed;
        let (Some(met), Aim::ComeBack { root, this_device }) = (self.met.take(), &self.aim) else {
            return Err(NightstandError::Internal("handed to whom it is not for"));
        };
        back::come_back(&self.vault, root, this_device, &met, handed)?;
        Ok(PairingState::Paired)
    }

    fn store(&self, paired: &Paired) -> Result<(), NightstandError> {
        let roster = paired.roster.as_ref().ok_or(NightstandError::Refused(Refused::Device))?;
        let state = if paired.standing == Standing::Held { BondState::Held } else { BondState::Offered };
        let row = BondRow {
            bond: paired.bond,
            state,
            partner: roster.roster().person,
            name: paired.name.clone(),
            offered_at_ms: self.vault.now_ms(),
            kept: false,
        };
        self.vault.write(|tx| {
            if tx.rows().bonds()?.iter().any(|other| other.state == BondState::Held && other.bond != row.bond) {
                return Err(NightstandError::AlreadyPaired);
            }
            tx.withdraw_offers(&row.bond, true)?;
            tx.take_roster(roster)?;
            tx.put_bond(&row)?;
            tx.put_peer_device(&paired.record)?;
            Ok(())
        })
    }
}

impl Talk for PairingTalk {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        Self::handle_frame(self, frame)
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        Self::poll_frame(self)
    }

    fn is_over(&self) -> bool {
        Self::is_over(self)
    }

    fn stay_for_another(&mut self) -> Result<bool, NightstandError> {
        Ok(matches!(self.road, Road::Inviter(_)) && !Self::is_over(self))
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        Self::handle_timeout(self)
    }
}

fn me(vault: &Vault, name: &str) -> Result<Me, NightstandError> {
    vault.read(|rows, person| {
        let me = rows.membership(&person)?;
        Ok(Me {
            roster: me.map(|me| me.signed().clone()),
            device: rows.device_keys()?,
            name: name.to_owned(),
            back: None,
        })
    })
}

/// The invite of a link, if it is for this.
fn invite_of(link: &str, purpose: Purpose) -> Result<Invite, NightstandError> {
    let invite = Invite::from_link(link).map_err(|error| match error {
        InviteError::TooNew => NightstandError::PeerTooNew,
        InviteError::NotAnInvite | InviteError::TooLong => InvalidInput::Invite.into(),
    })?;
    if invite.purpose == purpose { Ok(invite) } else { Err(InvalidInput::InvitePurpose.into()) }
}

/// The clock in Unix seconds. Before 1970 there are no invites.
fn seconds(vault: &Vault) -> u64 {
    u64::try_from(vault.now_ms() / 1000).unwrap_or_default()
}

fn what_an_app_does_about(error: &PairingError) -> NightstandError {
    match error {
        PairingError::UpdateThisSide => NightstandError::PeerTooNew,
        PairingError::UpdateOtherSide => NightstandError::PeerTooOld,
        PairingError::Void => NightstandError::Refused(Refused::Invite),
        PairingError::OtherPerson => NightstandError::Refused(Refused::Device),
        _ => NightstandError::Refused(Refused::Bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::SystemClock;
    use std::sync::Arc;

    #[test]
    fn a_yes_before_there_is_a_code_is_not_due_yet() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &str, number| {
            Vault::open(folder.path().join(name), [number; 32], [number; 16], Arc::new(SystemClock)).unwrap()
        };
        let (alex, sam) = (open("alex.db", 1), open("sam.db", 2));
        let mut inviting = alex.pairing().invite("Alex").unwrap();
        let mut joining = sam.pairing().join("Sam", &inviting.link(&[])).unwrap();
        let not_yet = Err(NightstandError::Refused(Refused::NotYet));
        assert_eq!((inviting.confirm(), joining.confirm()), (not_yet, not_yet));

        let carry = |inviting: &mut PairingTalk, joining: &mut PairingTalk| {
            for _ in 0..4 {
                while let Some(frame) = joining.poll_frame().unwrap() {
                    inviting.handle_frame(&frame).unwrap();
                }
                while let Some(frame) = inviting.poll_frame().unwrap() {
                    joining.handle_frame(&frame).unwrap();
                }
            }
        };
        carry(&mut inviting, &mut joining);
        assert_eq!(inviting.confirm(), Ok(()), "it cost the invite nothing");
        assert_eq!(inviting.refuse(), Err(NightstandError::AlreadyPaired));
        assert_eq!(joining.confirm(), Ok(()));
        carry(&mut inviting, &mut joining);
        assert_eq!((inviting.state(), joining.state()), (PairingState::Paired, PairingState::Paired));
    }
}
