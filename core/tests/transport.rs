//! The roads, held to what they promise.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "iroh")]
#[path = "common/quic.rs"]
mod quic;

use std::time::Duration;

use nightstand::transport::memory::{Cut, Passed, faulty, pair, recording};
use nightstand::transport::{Pipe, PipeError, contract};

#[test]
fn memory_keeps_the_contract() {
    contract::uphold(|| {
        let (alex, sam) = pair();
        (Box::new(alex), Box::new(sam))
    });
}

#[test]
fn the_wrappers_keep_the_contract_until_they_cut() {
    contract::uphold(|| {
        let (alex, sam) = pair();
        let (alex, _) = recording(alex);
        (Box::new(alex), Box::new(faulty(sam, Cut::AfterBytes(usize::MAX))))
    });
}

#[test]
fn a_recording_holds_what_passed_and_nothing_that_was_refused() {
    let (alex, mut sam) = pair();
    let (mut alex, record) = recording(alex);
    alex.send(b"first").unwrap();
    assert_eq!(alex.send(&[0; 65_536]), Err(PipeError::FrameTooLarge));
    sam.send(b"second").unwrap();
    alex.receive(Duration::ZERO).unwrap();
    alex.receive(Duration::ZERO).unwrap();
    assert_eq!(record.passed(), [Passed::Sent(b"first".to_vec()), Passed::Received(b"second".to_vec())]);
}

#[test]
fn a_cut_counts_both_ways_and_loses_the_frame_that_meets_it() {
    let cuts = [(Cut::AfterFrames(3), 3), (Cut::AfterBytes(30), 3), (Cut::AfterBytes(29), 2), (Cut::AfterBytes(0), 0)];
    for (cut, passing) in cuts {
        let (alex, mut sam) = pair();
        let mut alex = faulty(alex, cut);
        let mut passed = 0;
        let broke = loop {
            if alex.send(&[1; 10]).is_err() {
                break "sending";
            }
            match sam.receive(Duration::ZERO) {
                Ok(frame) => passed += usize::from(frame.is_some()),
                Err(_) => break "at sam",
            }
            sam.send(&[2; 10]).unwrap();
            match alex.receive(Duration::ZERO) {
                Ok(frame) => passed += usize::from(frame.is_some()),
                Err(_) => break "receiving",
            }
        };
        assert_eq!(passed, passing, "{cut:?} broke {broke}");
        assert_eq!(alex.send(b"more"), Err(PipeError::Closed));
        assert_eq!(alex.receive(Duration::ZERO), Err(PipeError::Closed));
        assert_eq!(alex.wire_bytes(), None);
    }
}

#[cfg(feature = "iroh")]
mod over_iroh {
    use std::net::Ipv4Addr;
    use std::time::Instant;

    use nightstand::transport::iroh::IrohRoad;

    use super::quic::{meet, road};
    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn iroh_keeps_the_contract() {
        let (alex, sam) = (road(1), road(2));
        contract::uphold(|| {
            let (there, here) = meet(&alex, &sam);
            (Box::new(there), Box::new(here))
        });
    }

    #[test]
    fn each_side_knows_the_key_of_the_other() {
        let (alex, sam) = (road(1), road(2));
        let (there, here) = meet(&alex, &sam);
        assert_eq!(there.remote(), sam.endpoint_id());
        assert_eq!(here.remote(), alex.endpoint_id());
        assert_ne!(alex.endpoint_id(), sam.endpoint_id());
    }

    #[test]
    fn a_conversation_of_two_frames_costs_a_few_packets() {
        let (alex, sam) = (road(1), road(2));
        let (mut there, mut here) = meet(&alex, &sam);
        here.send(&[0; 192]).unwrap();
        assert_eq!(there.receive(LONG), Ok(Some(vec![0; 192])));
        let closing = std::thread::spawn(move || {
            here.close();
            here.wire_bytes().unwrap()
        });
        there.close();
        let (alexs, sams) = (there.wire_bytes().unwrap(), closing.join().unwrap());
        assert!(alexs.received >= 192 && alexs.sent >= 1200, "{alexs:?}");
        // About 9 KB on a good day; a busy machine sends some of it twice.
        assert!(alexs.sent + sams.sent < 32_000, "{alexs:?} {sams:?}");
    }

    #[test]
    fn several_conversations_stand_side_by_side() {
        let (alex, sam) = (road(1), road(2));
        let (mut first, mut second) = (meet(&alex, &sam), meet(&sam, &alex));
        drop(meet(&alex, &sam));
        first.0.send(b"one").unwrap();
        second.0.send(b"two").unwrap();
        assert_eq!(second.1.receive(LONG), Ok(Some(b"two".to_vec())));
        assert_eq!(first.1.receive(LONG), Ok(Some(b"one".to_vec())));
    }

    #[test]
    fn nobody_there_is_unreachable_in_the_time_given() {
        let alex = road(1);
        let gone = road(2);
        let (peer, addresses) = (gone.endpoint_id(), gone.addresses());
        drop(gone);
        let began = Instant::now();
        for addresses in [&addresses[..], &[]] {
            assert_eq!(alex.dial(peer, addresses, Duration::from_millis(200)).err(), Some(PipeError::Unreachable));
        }
        assert!(began.elapsed() < Duration::from_secs(10));
        assert!(alex.accept(Duration::ZERO).unwrap().is_none());
    }

    #[test]
    fn another_key_at_the_address_is_not_the_peer() {
        let (alex, sam, robin) = (road(1), road(2), road(3));
        let dialled = alex.dial(sam.endpoint_id(), &robin.addresses(), Duration::from_secs(2));
        assert_eq!(dialled.err(), Some(PipeError::Unreachable));
        let dialled = alex.dial([0xff; 32], &robin.addresses(), Duration::from_secs(2));
        assert_eq!(dialled.err(), Some(PipeError::Unreachable));
        let dialled = alex.dial(alex.endpoint_id(), &alex.addresses(), Duration::from_secs(2));
        assert_eq!(dialled.err(), Some(PipeError::Unreachable));
    }

    #[test]
    fn one_good_address_among_dead_ones_is_enough() {
        let (alex, sam) = (road(1), road(2));
        let mut addresses = vec!["127.0.0.1:1".parse().unwrap(), "127.0.0.2:9".parse().unwrap()];
        addresses.extend(sam.addresses());
        assert!(alex.dial(sam.endpoint_id(), &addresses, LONG).is_ok());
    }

    #[test]
    fn closing_or_dropping_a_road_ends_its_conversations() {
        for drop_it in [false, true] {
            let (alex, sam) = (road(1), road(2));
            let (mut there, mut here) = meet(&alex, &sam);
            let alex = if drop_it {
                drop(alex);
                None
            } else {
                alex.close();
                Some(alex)
            };
            assert_eq!(there.receive(LONG), Err(PipeError::Closed));
            assert_eq!(there.send(b"x"), Err(PipeError::Closed));
            assert_eq!(here.receive(LONG), Err(PipeError::Closed));
            assert!(there.wire_bytes().is_some());
            there.close();
            if let Some(alex) = alex {
                let dialled = alex.dial(sam.endpoint_id(), &sam.addresses(), LONG);
                assert_eq!(dialled.err(), Some(PipeError::Closed));
                assert_eq!(alex.accept(LONG).err(), Some(PipeError::Closed));
                alex.close();
            }
        }
    }

    #[test]
    fn a_port_that_is_taken_is_the_systems_refusal() {
        let alex = road(1);
        let taken = alex.addresses()[0];
        assert_eq!(IrohRoad::bind([2; 32], taken).err(), Some(PipeError::Io(std::io::ErrorKind::AddrInUse)));
    }

    #[test]
    fn listening_everywhere_names_real_addresses() {
        let alex = IrohRoad::bind([1; 32], (Ipv4Addr::UNSPECIFIED, 0).into()).unwrap();
        let addresses = alex.addresses();
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|address| !address.ip().is_unspecified() && address.port() != 0));
    }

    #[test]
    fn errors_hold_no_address() {
        let alex = road(1);
        let error = alex.dial([0; 32], &["127.0.0.9:4242".parse().unwrap()], Duration::from_millis(50)).err().unwrap();
        assert!(!format!("{error} {error:?}").contains("127"));
    }
}
