//! Alex and Sam over QUIC on this computer: roads that are made anew, calls that are cancelled, and strangers who call.
#![cfg(feature = "iroh")]
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

mod common;
#[path = "common/quic.rs"]
mod quic;

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use common::{Couple, entry};
use nightstand::error::{InvalidInput, NightstandError};
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::pairing::{PairingState, PairingTalk};
use nightstand::sync::{self, Cancel, SyncOutcome, Talk};
use nightstand::transport::iroh::{IrohRoad, Relay, RoadOptions};
use nightstand::transport::{Pipe, PipeError};
use quic::{meet, road, road_of};

const LONG: Duration = Duration::from_secs(60);

#[test]
fn a_road_that_is_made_anew_is_the_same_road() {
    let (alex, sam) = (road(1), road(2));
    let (id, addresses) = (sam.endpoint_id(), sam.addresses());
    sam.rebuild().unwrap();
    assert_eq!(sam.addresses(), addresses, "nobody held it");
    let (mut there, mut here) = meet(&alex, &sam);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| sam.accept(LONG).unwrap().unwrap());
        sam.rebuild().unwrap();
        assert_eq!(here.receive(LONG), Err(PipeError::Closed));
        assert_eq!(there.receive(LONG), Err(PipeError::Closed));
        assert_eq!(sam.endpoint_id(), id);
        // Where something still holds the old socket, the new one has another port.
        let mut again = alex.dial(id, &sam.addresses(), LONG).unwrap();
        again.send(b"again").unwrap();
        assert_eq!(waiting.join().unwrap().receive(LONG), Ok(Some(b"again".to_vec())));
    });
    alex.rebuild().unwrap();
    drop(meet(&alex, &sam));
    sam.close();
    assert_eq!(sam.rebuild(), Err(PipeError::Closed));
    assert_eq!(sam.accept(LONG).err(), Some(PipeError::Closed));
}

#[test]
fn who_dials_while_its_road_is_made_anew_dials_on() {
    let (alex, sam) = (road(1), road(2));
    let (id, addresses) = (sam.endpoint_id(), sam.addresses());
    drop(sam);
    let (begin, begun) = mpsc::channel();
    thread::scope(|scope| {
        let dialling = scope.spawn(|| {
            begin.send(()).unwrap();
            alex.dial(id, &addresses, LONG)
        });
        begun.recv().unwrap();
        alex.rebuild().unwrap();
        let _sam = IrohRoad::bind([2; 32], addresses[0]).unwrap();
        assert!(dialling.join().unwrap().is_ok());
    });
}

#[test]
fn who_waits_can_be_told_to_stop() {
    let alex = road(1);
    let nobody = road(2);
    let (id, addresses) = (nobody.endpoint_id(), nobody.addresses());
    drop(nobody);
    let began = Instant::now();
    let cancel = Cancel::new();
    thread::scope(|scope| {
        let accepting = scope.spawn(|| alex.accept_unless(&cancel, LONG).err());
        let dialling = scope.spawn(|| alex.dial_unless(&cancel, id, &addresses, LONG).err());
        cancel.cancel();
        assert_eq!(accepting.join().unwrap(), Some(PipeError::Cancelled));
        assert_eq!(dialling.join().unwrap(), Some(PipeError::Cancelled));
    });
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(NightstandError::from(PipeError::Cancelled), NightstandError::Cancelled);
}

#[test]
fn a_relay_has_a_whole_address() {
    for good in ["https://relay.example.org", "https://relay.example.org:8443/", "http://127.0.0.1:3340"] {
        assert!(good.parse::<Relay>().is_ok(), "{good}");
    }
    for bad in ["", "relay.example.org", "ftp://relay.example.org", "https://", "mailto:relay@example.org"] {
        assert_eq!(bad.parse::<Relay>().err(), Some(InvalidInput::Address), "{bad}");
    }
}

#[test]
fn mdns_is_there_or_refused() {
    let options =
        RoadOptions { listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))), mdns: true, ..RoadOptions::default() };
    let refused = IrohRoad::bind_with([1; 32], options).err();
    let expected = (!cfg!(feature = "mdns")).then_some(PipeError::Io(ErrorKind::Unsupported));
    assert_eq!(refused, expected);
}

#[test]
fn strangers_call_first_and_the_partner_is_heard_all_the_same() {
    let couple = Couple::new();
    couple.alex.journal().write(&entry("an evening", "We lay there.", 1), Sharing::Joint).unwrap();
    let alex = road_of(couple.alex.sync().endpoint_key().unwrap());
    let sam = road_of(couple.sam.sync().endpoint_key().unwrap());
    let stranger = road(3);
    thread::scope(|scope| {
        let answering = scope.spawn(|| {
            let mut conversation = couple.sam.sync().answer().unwrap();
            let known = couple.sam.sync().partner_endpoints().unwrap();
            let led = sync::accept(&mut conversation, &sam, Some(&known), LONG, &Cancel::new());
            led.map(|()| conversation.report())
        });
        for noise in [&b"hello"[..], &[7; 300], &[0; 65_535]] {
            let mut robin = stranger.dial(sam.endpoint_id(), &sam.addresses(), LONG).unwrap();
            robin.send(noise).unwrap();
            // Whoever is not meant is hung up on, and gets no word.
            assert_eq!(robin.receive(LONG), Err(PipeError::Closed));
        }
        let mut conversation = couple.alex.sync().begin().unwrap();
        let to = conversation.endpoint().unwrap();
        assert_eq!(to, sam.endpoint_id());
        sync::dial(&mut conversation, &alex, to, &sam.addresses(), LONG, &Cancel::new()).unwrap();
        let report = answering.join().unwrap().unwrap();
        assert_eq!((report.outcome, report.entries_received), (Some(SyncOutcome::AllHandedOver), 1));
    });
    assert_eq!(couple.sam.journal().rows(&RowsQuery::default()).unwrap().rows[0].title, "an evening");
}

#[test]
fn a_call_that_nobody_takes_is_unreachable_and_one_that_nobody_wants_cancelled() {
    let couple = Couple::new();
    let sam = road_of(couple.sam.sync().endpoint_key().unwrap());
    let mut answering = couple.sam.sync().answer().unwrap();
    assert_eq!(answering.endpoint(), None);
    let brief = Duration::from_millis(1);
    let led = sync::accept(&mut answering, &sam, None, brief, &Cancel::new());
    assert_eq!(led, Err(NightstandError::Unreachable));
    let cancel = Cancel::new();
    cancel.cancel();
    assert_eq!(sync::accept(&mut answering, &sam, None, LONG, &cancel), Err(NightstandError::Cancelled));
    let mut calling = couple.sam.sync().begin().unwrap();
    let to = calling.endpoint().unwrap();
    let led = sync::dial(&mut calling, &sam, to, &[], brief, &Cancel::new());
    assert_eq!(led, Err(NightstandError::Unreachable));
    assert_eq!(sync::dial(&mut calling, &sam, to, &[], LONG, &cancel), Err(NightstandError::Cancelled));
}

/// Says yes as soon as there is a code.
struct Yes(PairingTalk);

impl Yes {
    fn look(&mut self) -> Result<(), NightstandError> {
        if matches!(self.0.state(), PairingState::Compare { .. }) { self.0.confirm() } else { Ok(()) }
    }
}

impl Talk for Yes {
    fn handle_frame(&mut self, frame: &[u8]) -> Result<(), NightstandError> {
        self.0.handle_frame(frame)?;
        self.look()
    }

    fn poll_frame(&mut self) -> Result<Option<Vec<u8>>, NightstandError> {
        self.0.poll_frame()
    }

    fn is_over(&self) -> bool {
        self.0.is_over()
    }

    fn stay_for_another(&mut self) -> Result<bool, NightstandError> {
        Talk::stay_for_another(&mut self.0)
    }

    fn handle_timeout(&mut self) -> Result<(), NightstandError> {
        self.0.handle_timeout()
    }
}

#[test]
fn an_invite_outlives_a_stranger_who_calls() {
    let couple = Couple::strangers();
    let mut inviting = Yes(couple.alex.pairing().invite("Alex").unwrap());
    let alex = road_of(inviting.0.endpoint_key());
    let mut joining = Yes(couple.sam.pairing().join("Sam", &inviting.0.link(&alex.addresses())).unwrap());
    let sam = road_of(joining.0.endpoint_key());
    let stranger = road(3);
    thread::scope(|scope| {
        let invited = scope.spawn(|| sync::accept(&mut inviting, &alex, None, LONG, &Cancel::new()));
        let mut robin = stranger.dial(alex.endpoint_id(), &alex.addresses(), LONG).unwrap();
        robin.send(&[7; 96]).unwrap();
        assert_eq!(robin.receive(LONG), Err(PipeError::Closed));
        let (to, addresses) = joining.0.inviter_endpoint().unwrap();
        sync::dial(&mut joining, &sam, to, &addresses, LONG, &Cancel::new()).unwrap();
        invited.join().unwrap().unwrap();
    });
    assert_eq!((inviting.0.state(), joining.0.state()), (PairingState::Paired, PairingState::Paired));
}
