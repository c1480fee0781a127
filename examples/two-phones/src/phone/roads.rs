//! Pairing and syncing with the other phone, over QUIC on this computer.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use nightstand::error::NightstandError;
use nightstand::pairing::{PairingState, PairingTalk};
use nightstand::sync::{Cancel, SyncOutcome, Talk, drive};
use nightstand::transport::iroh::{IrohPipe, IrohRoad};
use nightstand::transport::{Pipe, PipeError};

use super::evening::Evening;
use super::{Phone, say};
use crate::Trouble;
use crate::protocol::{Outcome, Reply, Request, Stay, Synced};

const DIAL: Duration = Duration::from_secs(10);

/// How long the called phone waits for the call: longer than dialling takes.
const RING: Duration = Duration::from_secs(15);

impl Phone {
    pub(super) fn invite(&mut self, within_s: u64) -> Result<Reply, Trouble> {
        let talk = self.vault.pairing().invite(&self.name)?;
        let road = listen(talk.endpoint_key())?;
        let addresses = road.addresses();
        say(&Reply::Invite { link: talk.link(&addresses), qr: talk.qr(&addresses)?.to_text() })?;
        let within = Duration::from_secs(within_s);
        let pipe = road.accept(within)?.ok_or("nobody took the invite up")?;
        self.pair(talk, pipe, within)
    }

    pub(super) fn join(&mut self, link: &str, within_s: u64) -> Result<Reply, Trouble> {
        let talk = self.vault.pairing().join(&self.name, link)?;
        let road = listen(talk.endpoint_key())?;
        let (inviter, addresses) = talk.inviter_endpoint().ok_or("an invite says where to go")?;
        let pipe = road.dial(inviter, &addresses, DIAL)?;
        self.pair(talk, pipe, Duration::from_secs(within_s))
    }

    fn pair(&mut self, talk: PairingTalk, mut pipe: IrohPipe, within: Duration) -> Result<Reply, Trouble> {
        let mut asking = Asking { talk, asked: false, answers: &self.requests };
        let driven = drive(&mut asking, &mut pipe, within, &Cancel::new());
        self.sent.extend(asking.talk.recorded().map(<[u8]>::to_vec));
        driven?;
        match self.vault.pairing().partner()? {
            Some(partner) if partner.confirmed_by_both => Ok(Reply::Paired { partner: partner.name }),
            _ => Err(format!("pairing ended as {:?}", asking.talk.state()).into()),
        }
    }

    pub(super) fn go_online(&mut self) -> Result<Reply, Trouble> {
        let road = listen(self.vault.sync().endpoint_key()?)?;
        let addresses = road.addresses();
        self.road = Some(road);
        Ok(Reply::Online { addresses })
    }

    pub(super) fn answer(&mut self, stay: Option<Stay>, within_s: u64) -> Result<Reply, Trouble> {
        let within = Duration::from_secs(within_s);
        let began = Instant::now();
        let Some(pipe) = self.road()?.accept(within.min(RING))? else {
            return Ok(Reply::Synced(Synced::cut(began.elapsed())));
        };
        if !self.vault.sync().partner_endpoints()?.contains(&pipe.remote()) {
            return Err("a stranger called".into());
        }
        let sync = self.vault.sync();
        let conversation = if stay.is_some() { sync.answer_live()? } else { sync.answer()? };
        self.converse(Evening::new(conversation, &self.vault, stay)?, pipe, within, began)
    }

    pub(super) fn begin(
        &mut self,
        addresses: &[SocketAddr],
        again: bool,
        stay: Option<Stay>,
        within_s: u64,
    ) -> Result<Reply, Trouble> {
        let began = Instant::now();
        let endpoints = self.vault.sync().partner_endpoints()?;
        let endpoint = endpoints.first().ok_or("the partner has no phone")?;
        let pipe = match self.road()?.dial(*endpoint, addresses, DIAL) {
            Err(PipeError::Unreachable) => return Ok(Reply::Synced(Synced::cut(began.elapsed()))),
            dialled => dialled?,
        };
        let sync = self.vault.sync();
        let conversation = match (again, &stay) {
            (true, _) => sync.begin_again()?,
            (false, None) => sync.begin()?,
            (false, Some(_)) => sync.begin_live()?,
        };
        let evening = Evening::new(conversation, &self.vault, stay)?;
        self.converse(evening, pipe, Duration::from_secs(within_s), began)
    }

    fn converse(
        &mut self,
        mut evening: Evening,
        mut pipe: IrohPipe,
        within: Duration,
        began: Instant,
    ) -> Result<Reply, Trouble> {
        let driven = drive(&mut evening, &mut pipe, within, &Cancel::new());
        let conversation = &evening.conversation;
        let ms = u64::try_from(began.elapsed().as_millis())?;
        self.sent.extend(conversation.recorded().map(<[u8]>::to_vec));
        let outcome = match (driven, conversation.report().outcome) {
            (Ok(()), Some(SyncOutcome::AllHandedOver)) => Outcome::AllHandedOver,
            (Ok(()), _) => Outcome::NotYet,
            (Err(NightstandError::Unreachable), _) => Outcome::Cut,
            (Err(error), _) => return Err(error.into()),
        };
        let report = conversation.report();
        let wire = pipe.wire_bytes().unwrap_or_default();
        Ok(Reply::Synced(Synced {
            bytes: report.bytes_sent + report.bytes_received,
            round_trips: report.round_trips,
            ms,
            wire_bytes: wire.sent + wire.received,
            outcome,
        }))
    }

    fn road(&self) -> Result<&IrohRoad, Trouble> {
        Ok(self.road.as_ref().ok_or("the phone is offline")?)
    }
}

fn listen(endpoint_key: [u8; 32]) -> Result<IrohRoad, Trouble> {
    Ok(IrohRoad::bind(endpoint_key, (Ipv4Addr::LOCALHOST, 0).into())?)
}

/// A pairing that shows its code to the terminal and waits for the person there.
struct Asking<'a> {
    talk: PairingTalk,
    asked: bool,
    answers: &'a Receiver<Request>,
}

impl Asking<'_> {
    fn ask(&mut self) -> Result<(), NightstandError> {
        let PairingState::Compare { code, name } = self.talk.state() else { return Ok(()) };
        if !self.asked {
            self.asked = true;
            let shown = say(&Reply::Compare { words: code.words.to_vec(), digits: code.digits, name });
            return shown.map_err(|_| NightstandError::Cancelled);
        }
        match self.answers.try_recv() {
            Ok(Request::Confirm) => self.talk.confirm(),
            Ok(_) => self.talk.refuse(),
            Err(_) => Ok(()),
        }
    }
}

impl Talk for Asking<'_> {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        self.talk.handle_frame(frame)?;
        self.ask()
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        self.talk.poll_frame()
    }

    fn is_over(&self) -> bool {
        self.talk.is_over()
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        self.talk.handle_timeout()?;
        self.ask()
    }
}
