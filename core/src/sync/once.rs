//! One sync over whatever roads are up.

use std::sync::Arc;
use std::time::{Duration, Instant};

use nightstand_engine::roster::DeviceRecord;
use nightstand_engine::store::{Store, Transaction, vector};

use super::parties::with_partner;
use super::{Cancel, Conversation, MailboxTrouble, Sync, SyncOutcome, SyncReport, drive};
use crate::error::{NightstandError, Refused};
use crate::mailbox::Storage;
use crate::transport::Pipe;
#[cfg(feature = "iroh")]
use crate::transport::iroh::IrohRoad;

/// How long somebody is called who does not answer, where others are still to be tried.
#[cfg(feature = "iroh")]
const RING: Duration = Duration::from_secs(8);

/// A road that is up.
pub enum Way<'a> {
    /// A channel that is connected to the partner's phone, which answers there.
    Pipe(&'a mut dyn Pipe),
    /// QUIC: the partner's devices and own ones are called at these addresses, over the road's relays, and by mDNS where it
    /// is on. Who answers is known by their key, so an address may be anybody's.
    #[cfg(feature = "iroh")]
    Road {
        /// The endpoint.
        road: &'a IrohRoad,
        /// Where somebody was found. Nothing is kept of them.
        addresses: &'a [std::net::SocketAddr],
    },
    /// A storage where phones leave each other sealed files.
    Mailbox(Arc<dyn Storage>),
}

impl Way<'_> {
    /// The best comes first: what is connected, what can be called, what is read later.
    fn rank(&self) -> u8 {
        match self {
            Self::Pipe(_) => 0,
            #[cfg(feature = "iroh")]
            Self::Road { .. } => 1,
            Self::Mailbox(_) => 2,
        }
    }
}

/// What a sync can't mend by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attention {
    /// This app is to be updated: the other phone has a newer version.
    UpdateThisPhone,
    /// The other phone's app is to be updated.
    UpdateOtherPhone,
    /// This phone was taken off its person's list of devices.
    ThisPhoneRemoved,
}

/// What one sync came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnceReport {
    /// What is known of the partner's phone. Where there is no partner, of one's own devices.
    pub outcome: SyncOutcome,
    /// A device of the partner's or an own one was talked to.
    pub met: bool,
    /// What a mailbox did not do.
    pub trouble: Option<MailboxTrouble>,
    /// What only a person can mend, where somebody was met.
    pub attention: Option<Attention>,
    /// Entries of logs (one per change, so an edit is one too) that came and were committed.
    pub entries_received: u64,
    /// Entries of logs that others acknowledged or that were left in a mailbox.
    pub entries_sent: u64,
    /// Something was learned of this person's devices, of the partner's, or of a parting on another own device.
    pub devices_changed: bool,
}

impl Sync {
    /// Syncs over whatever is up, the best way first, until all is handed over or the deadline comes. For a background task:
    /// it may be stopped at any byte, what was committed stays, and the next one goes on from there.
    ///
    /// Who does not answer is no error. Errors: `NotPaired` where there is neither a partner nor another own device;
    /// `Cancelled`; and those of the vault.
    pub fn once(
        &self,
        mut ways: Vec<Way<'_>>,
        deadline: Duration,
        cancel: &Cancel,
    ) -> Result<OnceReport, NightstandError> {
        let partner = Conversation::partners(&self.vault)?;
        let own = Conversation::own_devices(&self.vault)?;
        let mut once = Once {
            sync: self,
            began: Instant::now(),
            deadline,
            cancel,
            partner: partner.as_ref().map(|_| false),
            own: vec![false; own.len()],
            report: OnceReport {
                outcome: SyncOutcome::NotYet,
                met: false,
                trouble: None,
                attention: None,
                entries_received: 0,
                entries_sent: 0,
                devices_changed: false,
            },
        };
        if partner.is_none() && own.is_empty() {
            // Nobody is left to sync with; what was left in a mailbox for whom one has parted from goes all the same.
            for way in ways {
                let Way::Mailbox(storage) = way else { continue };
                self.use_mailbox(storage, once.left(), cancel)?;
            }
            return Err(NightstandError::NotPaired);
        }
        ways.sort_by_key(Way::rank);
        for way in ways {
            if once.left().is_zero() {
                break;
            }
            once.go(way, partner.as_deref().unwrap_or_default(), &own)?;
        }
        if once.partner.unwrap_or_else(|| once.own.iter().all(|done| *done)) {
            once.report.outcome = SyncOutcome::AllHandedOver;
        }
        Ok(once.report)
    }

    /// For a screen: has the partner's phone everything, as far as this one knows? It stands until something is written or comes
    /// from an own device, over restarts too. It says nothing of what the partner has written since.
    ///
    /// Errors: `NotPaired`.
    pub fn status(&self) -> Result<SyncOutcome, NightstandError> {
        let (_, config) = with_partner(&self.vault)?;
        let all = self.vault.with_store(|store| {
            let tx = store.begin()?;
            let here = vector(&tx, &config.parties)?;
            for peer in &config.peers {
                if tx.agreed(&peer.noise_key)?.contains(&here) {
                    return Ok(true);
                }
            }
            Ok(false)
        })?;
        Ok(if all { SyncOutcome::AllHandedOver } else { SyncOutcome::NotYet })
    }
}

struct Once<'a> {
    sync: &'a Sync,
    began: Instant,
    deadline: Duration,
    cancel: &'a Cancel,
    /// Has the partner everything? None without one.
    partner: Option<bool>,
    /// Has each own device?
    own: Vec<bool>,
    report: OnceReport,
}

impl Once<'_> {
    fn left(&self) -> Duration {
        self.deadline.saturating_sub(self.began.elapsed())
    }

    #[cfg_attr(not(feature = "iroh"), expect(unused_variables, reason = "own devices are called over QUIC alone"))]
    fn go(&mut self, way: Way<'_>, partner: &[DeviceRecord], own: &[DeviceRecord]) -> Result<(), NightstandError> {
        match way {
            Way::Pipe(pipe) => {
                let Some(peer) = partner.first() else { return Ok(()) };
                let mut talk = Conversation::begin_to_partner(&self.sync.vault, peer)?;
                let led = drive(&mut talk, pipe, self.left(), self.cancel);
                let done = self.note(&talk.report(), led)?;
                self.partner = self.partner.map(|before| before || done);
            }
            #[cfg(feature = "iroh")]
            Way::Road { road, addresses } => {
                for peer in partner {
                    if self.partner == Some(false) && !self.left().is_zero() {
                        let talk = Conversation::begin_to_partner(&self.sync.vault, peer)?;
                        let done = self.call(talk, road, peer, addresses)?;
                        self.partner = Some(done);
                    }
                }
                for (peer, place) in own.iter().zip(0..) {
                    if !self.left().is_zero() {
                        let talk = Conversation::begin_with_own(&self.sync.vault, &peer.device, false)?;
                        self.own[place] |= self.call(talk, road, peer, addresses)?;
                    }
                }
            }
            Way::Mailbox(storage) => {
                let report = self.sync.use_mailbox(storage, self.left(), self.cancel)?;
                self.report.trouble = self.report.trouble.or(report.trouble);
                self.report.entries_received += report.entries_received;
                self.report.entries_sent += report.entries_left;
                self.report.devices_changed |= report.devices_changed;
                if report.outcome == SyncOutcome::AllHandedOver {
                    self.partner = self.partner.map(|_| true);
                    self.own.fill(true);
                }
            }
        }
        Ok(())
    }

    /// Calls somebody, and does not wait for long where nobody answers.
    #[cfg(feature = "iroh")]
    fn call(
        &mut self,
        mut talk: Conversation,
        road: &IrohRoad,
        peer: &DeviceRecord,
        addresses: &[std::net::SocketAddr],
    ) -> Result<bool, NightstandError> {
        let ring = self.left().min(RING);
        let led = match road.dial_unless(self.cancel, peer.endpoint_key, addresses, ring) {
            Ok(mut pipe) => drive(&mut talk, &mut pipe, self.left(), self.cancel),
            Err(error) => Err(error.into()),
        };
        self.note(&talk.report(), led)
    }

    /// Adds up what a conversation moved. Has the other side everything?
    fn note(&mut self, said: &SyncReport, led: Result<(), NightstandError>) -> Result<bool, NightstandError> {
        self.report.met |= said.bytes_received > 0;
        self.report.entries_received += said.entries_received;
        self.report.entries_sent += said.entries_sent;
        self.report.devices_changed |= said.devices_changed;
        match led {
            Ok(()) => Ok(said.outcome == Some(SyncOutcome::AllHandedOver)),
            Err(NightstandError::Unreachable | NightstandError::NotPaired) => Ok(false),
            Err(error) => {
                let attention = match error {
                    NightstandError::PeerTooNew => Some(Attention::UpdateThisPhone),
                    NightstandError::PeerTooOld => Some(Attention::UpdateOtherPhone),
                    NightstandError::Refused(Refused::Removed) => Some(Attention::ThisPhoneRemoved),
                    NightstandError::Refused(_) => None,
                    error => return Err(error),
                };
                self.report.attention = self.report.attention.or(attention);
                Ok(false)
            }
        }
    }
}
