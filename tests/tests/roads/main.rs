//! Two phones in networks of their own: what the QUIC road does there. Linux makes such networks; elsewhere there are none.
//!
//! ```text
//!   one network      alex 10.77.0.1 ────────── sam 10.77.0.2
//!   apart            alex 10.78.1.2 ── relay ── sam 10.78.2.2      what stands between passes nothing on
//! ```
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests may stop at once")]

#[path = "../../../core/tests/common/mod.rs"]
mod common;
mod namespaces;
mod relay;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use std::{fs, thread};

use common::{Couple, entry};
use namespaces::{apart, apart_alone, inside, ip, one_network};
use nightstand::error::NightstandError;
use nightstand::journal::{RowsQuery, Sharing};
use nightstand::sync::{self, Cancel, Conversation, SyncOutcome, drive};
use nightstand::transport::iroh::{IrohRoad, RoadOptions};
use nightstand::transport::{Pipe, PipeError, WireBytes};
use nightstand::vault::Vault;

/// More than anything needs on a busy machine; nothing waits so long if the road is good.
const LONG: Duration = Duration::from_secs(60);

/// Long enough for two who reach each other.
const BRIEF: Duration = Duration::from_millis(700);

#[test]
fn in_one_network_an_address_is_enough() {
    apart_alone("in_one_network_an_address_is_enough", || {
        one_network();
        // A relay that nobody runs keeps nobody waiting.
        let options = RoadOptions { relays: vec!["https://10.77.0.99".parse().unwrap()], ..RoadOptions::default() };
        let phones = Phones::with(&options);
        let addresses = phones.sam.addresses();
        assert!(addresses.iter().any(|address| address.ip() == Ipv4Addr::new(10, 77, 0, 2)), "{addresses:?}");
        phones.write("an evening");
        phones.sync(&addresses, LONG).unwrap();
        phones.both_have("an evening");
        // Nobody asked to be found.
        assert!(!listens_to_mdns("alex") && !listens_to_mdns("sam"));
    });
}

#[test]
fn in_one_network_mdns_finds_who_asked_to_be_found() {
    apart_alone("in_one_network_mdns_finds_who_asked_to_be_found", || {
        one_network();
        let mut phones = Phones::with(&RoadOptions { mdns: true, ..RoadOptions::default() });
        phones.write("found");
        phones.sync(&[], LONG).unwrap();
        phones.both_have("found");
        assert!(listens_to_mdns("alex") && listens_to_mdns("sam"));

        // Who did not ask for it is not found, by whoever.
        phones.sam = road(&phones.couple.sam, "sam", &RoadOptions::default());
        assert_eq!(phones.dial(&[], BRIEF), Err(PipeError::Unreachable));
        assert_eq!(phones.dial(&phones.sam.addresses(), LONG), Ok(()));
    });
}

#[test]
fn where_neither_reaches_the_other_a_relay_carries_what_passes() {
    apart_alone("where_neither_reaches_the_other_a_relay_carries_what_passes", || {
        apart();
        let relay = relay::run(SocketAddr::from(([10, 78, 9, 1], 3340)));
        let mut phones = Phones::with(&RoadOptions::default());
        let addresses = phones.sam.addresses();
        assert_eq!(phones.dial(&addresses, BRIEF), Err(PipeError::Unreachable));

        let options = RoadOptions { relays: vec!["http://10.78.9.1:3340".parse().unwrap()], ..RoadOptions::default() };
        phones.alex = road(&phones.couple.alex, "alex", &options);
        phones.sam = road(&phones.couple.sam, "sam", &options);
        phones.write("far away");
        phones.sync(&addresses, LONG).unwrap();
        phones.both_have("far away");

        // When the relay is gone, so is the way.
        drop(relay);
        phones.write("later");
        assert_eq!(phones.sync(&addresses, BRIEF), Err(NightstandError::Unreachable));
        let _again = relay::run(SocketAddr::from(([10, 78, 9, 1], 3340)));
        phones.sync(&addresses, LONG).unwrap();
        phones.both_have("later");
    });
}

#[test]
fn an_address_that_changes_in_mid_session_loses_nothing() {
    apart_alone("an_address_that_changes_in_mid_session_loses_nothing", || {
        one_network();
        let phones = Phones::with(&RoadOptions::default());
        phones.write_much();
        let move_alex = || {
            ip("-n alex address del 10.77.0.1/24 dev lan");
            ip("-n alex address add 10.77.0.77/24 dev lan");
            phones.alex.network_changed();
        };
        let led = phones.sync_and(&phones.sam.addresses(), LONG, move_alex);
        // It goes on from the new address, after some ten seconds. Were it cut, the next one would finish.
        assert!(matches!(led, Ok(()) | Err(NightstandError::Unreachable)), "{led:?}");
        phones.sync(&phones.sam.addresses(), LONG).unwrap();
        phones.both_have("the last of many");
    });
}

#[test]
fn after_a_new_network_both_make_their_roads_anew() {
    apart_alone("after_a_new_network_both_make_their_roads_anew", || {
        one_network();
        let phones = Phones::with(&RoadOptions::default());
        phones.write_much();
        let leave = || {
            namespaces::join("10.79.0", "other");
            ip("-n alex link del lan");
            phones.alex.rebuild().unwrap();
        };
        let led = phones.sync_and(&phones.sam.addresses(), LONG, leave);
        assert_eq!(led, Err(NightstandError::Unreachable), "a road that is made anew ends what was open");

        // Sam's phone waits for a call all the while.
        thread::scope(|scope| {
            let called = scope.spawn(|| phones.answer(LONG));
            inside("sam", || phones.sam.rebuild()).unwrap();
            let addresses = phones.sam.addresses();
            assert!(addresses.iter().any(|address| address.ip() == Ipv4Addr::new(10, 79, 0, 2)), "{addresses:?}");
            phones.call(&addresses, LONG).unwrap();
            called.join().unwrap().unwrap();
        });
        phones.both_have("the last of many");
    });
}

/// Is somebody there a member of mDNS's group, 224.0.0.251?
fn listens_to_mdns(namespace: &str) -> bool {
    inside(namespace, || fs::read_to_string("/proc/thread-self/net/igmp")).unwrap().contains("FB0000E0")
}

/// Alex and Sam, paired, each with a road in a network of their own.
struct Phones {
    couple: Couple,
    alex: IrohRoad,
    sam: IrohRoad,
}

fn road(vault: &Vault, namespace: &str, options: &RoadOptions) -> IrohRoad {
    let key = vault.sync().endpoint_key().unwrap();
    inside(namespace, || IrohRoad::bind_with(key, options.clone())).unwrap()
}

impl Phones {
    fn with(options: &RoadOptions) -> Self {
        let couple = Couple::new();
        let (alex, sam) = (road(&couple.alex, "alex", options), road(&couple.sam, "sam", options));
        Self { couple, alex, sam }
    }

    fn write(&self, title: &str) {
        for vault in [&self.couple.alex, &self.couple.sam] {
            vault.journal().write(&entry(title, "We lay there.", 1), Sharing::Joint).unwrap();
        }
    }

    /// More than a second's worth of frames: texts that do not pack well.
    fn write_much(&self) {
        let mut state = 7_u64;
        for day in 0..40 {
            let text = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
            });
            let text: String = text.take(20_000).collect();
            self.couple.alex.journal().write(&entry("one of many", &text, day), Sharing::Joint).unwrap();
        }
        self.write("the last of many");
    }

    /// Does somebody answer at all?
    fn dial(&self, addresses: &[SocketAddr], within: Duration) -> Result<(), PipeError> {
        self.alex.dial(self.sam.endpoint_id(), addresses, within).map(drop)
    }

    /// Alex calls.
    fn call(&self, addresses: &[SocketAddr], within: Duration) -> Result<(), NightstandError> {
        let mut conversation = self.couple.alex.sync().begin()?;
        let sam = conversation.endpoint().unwrap();
        let led = sync::dial(&mut conversation, &self.alex, sam, addresses, within, &Cancel::new());
        led.map(|()| handed_over(&conversation))
    }

    /// Sam answers.
    fn answer(&self, within: Duration) -> Result<(), NightstandError> {
        let mut conversation = self.couple.sam.sync().answer()?;
        let known = self.couple.sam.sync().partner_endpoints()?;
        let led = sync::accept(&mut conversation, &self.sam, Some(&known), within, &Cancel::new());
        led.map(|()| handed_over(&conversation))
    }

    fn sync(&self, addresses: &[SocketAddr], within: Duration) -> Result<(), NightstandError> {
        thread::scope(|scope| {
            let called = scope.spawn(|| self.answer(within));
            let led = self.call(addresses, within);
            called.join().unwrap().and(led)
        })
    }

    /// The same, and something happens in the middle of it.
    fn sync_and(
        &self,
        addresses: &[SocketAddr],
        within: Duration,
        event: impl FnOnce() + Send,
    ) -> Result<(), NightstandError> {
        let cancel = Cancel::new();
        thread::scope(|scope| {
            let called = scope.spawn(|| {
                let mut conversation = self.couple.sam.sync().answer()?;
                let known = self.couple.sam.sync().partner_endpoints()?;
                sync::accept(&mut conversation, &self.sam, Some(&known), within, &cancel)
            });
            let mut conversation = self.couple.alex.sync().begin()?;
            let pipe = self.alex.dial(self.sam.endpoint_id(), addresses, within)?;
            let mut eventful = Eventful { pipe, frames: 0, event: Some(event) };
            let led = drive(&mut conversation, &mut eventful, within, &Cancel::new());
            assert!(eventful.event.is_none(), "it was over before anything happened");
            if led.is_err() {
                cancel.cancel();
            }
            let _cut_or_not = called.join().unwrap();
            led
        })
    }

    fn both_have(&self, title: &str) {
        for vault in [&self.couple.alex, &self.couple.sam] {
            let rows = vault.journal().rows(&RowsQuery::default()).unwrap();
            assert_eq!(rows.rows.iter().filter(|row| row.title == title).count(), 2);
        }
        let digest = |vault: &Vault| vault.journal().shared_digest().unwrap();
        assert_eq!(digest(&self.couple.alex), digest(&self.couple.sam));
    }
}

fn handed_over(conversation: &Conversation) {
    assert_eq!(conversation.report().outcome, Some(SyncOutcome::AllHandedOver));
}

/// A road on which something happens after a few frames.
struct Eventful<P, F> {
    pipe: P,
    frames: u32,
    event: Option<F>,
}

impl<P: Pipe, F: FnOnce() + Send> Pipe for Eventful<P, F> {
    fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        self.pipe.send(frame)?;
        self.frames += 1;
        if self.frames == 4
            && let Some(event) = self.event.take()
        {
            event();
        }
        Ok(())
    }

    fn receive(&mut self, wait: Duration) -> Result<Option<Vec<u8>>, PipeError> {
        self.pipe.receive(wait)
    }

    fn close(&mut self) {
        self.pipe.close();
    }

    fn wire_bytes(&self) -> Option<WireBytes> {
        self.pipe.wire_bytes()
    }
}
